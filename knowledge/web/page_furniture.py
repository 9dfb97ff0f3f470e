"""Takes out of a page's tree what is not the story: by tag, by name, and by shape where nothing is named."""

import re

from knowledge.web.markup import INLINE, Element, take_out
from knowledge.web.page_labels import take_out_labelled
from knowledge.web.page_names import naming
from knowledge.web.page_sizes import Sizes
from knowledge.web.prose import any_of

__all__ = ["HEADINGS", "is_headline_link", "take_out_furniture"]

HEADINGS = ("h2", "h3", "h4", "h5", "h6")
_TAGS = frozenset(
    "nav aside footer form address button select input textarea label dialog menu audio video map progress datalist "
    "embed param figcaption amp-ad amp-embed amp-sidebar amp-consent amp-social-share amp-user-notification "
    "amp-sticky-ad amp-iframe amp-video amp-youtube amp-lightbox amp-carousel amp-twitter amp-instagram amp-facebook "
    "amp-tiktok amp-reddit".split()
)
_FRAMES = frozenset(("html", "body", "main"))
_IMAGES = frozenset("img amp-img picture video iframe".split())
_INSIDE = INLINE | {"br", "img"}
_CELLS = frozenset("div section article body td li header".split())
_HIDDEN = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|clip\s*:\s*rect\(\s*[01]|clip-path\s*:\s*inset\((?:50|100)%",
    re.IGNORECASE,
)
_BUTTON = re.compile(r"\b(?:btn|button|cta)\b", re.IGNORECASE)
_ASKING = any_of(
    r"""
    (?:sign|log) (?:me )?(?:up|in)\b|subscribe|join|register|donate|support us|give|accept|agree|i understand|got it
    allow|manage|reject|search|submit|send|get (?:it|the)|notify me|download
    """
)
_MOST = 0.6
_SMALL = 40
_SMALL_SHARE = 0.25
_BOX = 60
_LABEL = 12
_CARD = 40
_CAPTION = 40


def take_out_furniture(tree: Element) -> None:
    """Take out of ``tree``, in place, menus, boxes, rails, captions, comments and whatever else is not the story.

    What holds the headline, is named as the body or holds most of the page's words stays, whatever its other names.
    """
    body = tree.find("body")
    _Boxes(body).take_out()
    _Named(body).take_out()
    take_out_labelled(body, Sizes(body))
    _Links(body).take_out()


def is_headline_link(heading: Element, sizes: Sizes) -> bool:
    """Whether a heading is, whole, a link to another page: the headline of another story."""
    words = sizes.words(heading)
    links = list(heading.iter("a")) or list(heading.iterancestors("a"))
    led = [link for link in links if not (link.get("href") or "#").startswith("#")]
    return words >= 2 and bool(led) and sum(map(sizes.words, led)) >= words


class _Taking:
    def __init__(self, body: Element) -> None:
        self.body = body
        self.sizes = Sizes(body)

    def each(self, *tags: str) -> list[Element]:
        return list(self.body.iter(*tags))

    def widest(self, element: Element, most: int) -> Element:
        """The widest element around ``element`` of at most ``most`` words that does not hold the headline."""
        widest = element
        for up in element.iterancestors():
            if up.tag in _FRAMES or self.sizes.words(up) > most:
                break
            if self.sizes.holds_headline(up) or naming(up) == "story":
                break
            widest = up
        return widest

    def is_among_words(self, element: Element) -> bool:
        """Whether it is a part of a sentence."""
        parent, before = element.getparent(), element.getprevious()
        if parent is None:
            return False  # taken out meanwhile
        if parent.tag not in _CELLS:
            return self.sizes.words(parent) > self.sizes.words(element)
        beside = f"{(parent.text if before is None else before.tail) or ''}{element.tail or ''}"
        return any(map(str.isalpha, beside))


class _Boxes(_Taking):
    """Boxes around forms, buttons that ask for something, and images with their captions."""

    def take_out(self) -> None:
        for element in self.each("form", "input", "textarea", "button", "a"):
            if self._asks(element):
                widest = self.widest(element, _BOX)
                if widest is not element and not (widest.tag == "p" and self.sizes.words(widest) > _LABEL):
                    take_out(widest)
        for image in self.each(*_IMAGES):
            widest = self.widest(image, _CAPTION)
            whole = widest.tag not in _INSIDE and widest.tag not in ("p", "article") and self.sizes.words(widest)
            if whole and next(widest.iter("time", *HEADINGS), None) is None:
                take_out(widest)

    def _asks(self, element: Element) -> bool:
        if element.tag == "input":
            return element.get("type", "text") not in ("hidden", "checkbox", "radio")
        if element.tag in ("form", "textarea"):
            return True
        if not 0 < self.sizes.words(element) <= 6:
            return False
        looks_so = element.tag == "a" and _BUTTON.search(element.get("class") or "")
        if not looks_so and not _ASKING.match(element.text_content().strip()):
            return False
        return element.tag == "button" or not self.is_among_words(element)


class _Named(_Taking):
    """What its tag or its names say is not the story."""

    def take_out(self) -> None:
        for element in self.each("*"):
            if element.tag not in _FRAMES and self._is_furniture(element):
                take_out(element)

    def _is_furniture(self, element: Element) -> bool:
        tag = element.tag
        if tag == "figure":
            quoting = next(element.iter("blockquote", "table"), None) is not None
            return not quoting or next(element.iter(*_IMAGES), None) is not None
        if tag == "header":
            inside = any(up.tag in ("article", "main") for up in element.iterancestors())
            return not inside and not self.sizes.holds_story(element)
        kind = naming(element)
        hidden = element.get("hidden") is not None or element.get("aria-hidden") == "true"
        if hidden or _HIDDEN.search(element.get("style") or ""):
            kind = "unseen"
        elif tag in _TAGS:
            kind = "furniture"
        if kind in (None, "story", "quote") or self.sizes.holds_story(element):
            return False
        if tag in _INSIDE and kind != "unseen" and self.is_among_words(element):
            return False  # a linked name in a sentence may be called anything
        if kind == "comments":
            return True
        share = self.sizes.unlinked(element) / max(1, self.sizes.unlinked(self.body))
        if kind == "detail":
            return self.sizes.words(element) <= _SMALL and share <= _SMALL_SHARE
        return share <= _MOST


class _Links(_Taking):
    """Headlines of other stories with their teasers, and whatever is little else than links."""

    def take_out(self) -> None:
        for heading in self.each(*HEADINGS):
            if is_headline_link(heading, self.sizes):
                take_out(self.widest(heading, _CARD))
        for element in self.each("ul", "ol", "dl", "div", "section", "table", "td", "p", "center", "li"):
            if self._is_links(element):
                take_out(element)

    def _is_links(self, element: Element) -> bool:
        words, linked = self.sizes.words(element), self.sizes.linked(element)
        if words == 0 or self.sizes.holds_story(element):
            return False
        if any(inner.tag not in _INSIDE for inner in element):
            return linked >= 0.6 * words
        if linked < 0.9 * words:
            return False
        return words < 8 or not element.text_content().rstrip(" \t\n\"'”’)").endswith((".", "!", "?"))
