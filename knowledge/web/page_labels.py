"""Boxes that are known only by what stands over them: "Related stories", "Most read", "Comments (12)"."""

from itertools import islice

from knowledge.web.markup import INLINE, Element, take_out
from knowledge.web.page_names import naming
from knowledge.web.page_sizes import Sizes
from knowledge.web.prose import any_of

__all__ = ["take_out_labelled"]

_TAGS = tuple("h2 h3 h4 h5 h6 p div span strong b dt legend td th summary".split())
_MOST_WORDS = 9
_STORY_WORDS = 60
_NEAR = 60
_BOX_WORDS = 60
_TEASER = 40

_WHICH = "related|recommended|more|other|latest|top|popular|trending|most|featured|further|also"
_WHAT = (
    "articles?|stories|news|posts?|reading|coverage|content|links|topics|headlines|videos?|read|viewed|popular|shared"
    "|commented|discussed|now|today|in|on|from|for|you|this|the|like|by|about|our|site|week|right|story|issue|source"
    "|author|section|company"
)
# Over links to other pages.
_LINKING = any_of(
    rf"""
    (?:{_WHICH})\b(?: (?:{_WHAT}|(?-i:[A-Z])[\w’']+))*
    read (?:more|next|also|on|this next)|see also|up next
    (?:you )?(?:may|might) .*\b(?:like|interest|interested|enjoy|miss(?:ed)?|read)\b.*
    (?:what to read|read|coming up) next|don[’']t miss|editor[’']?s?[’']? (?:picks?|choice)|(?:our|staff) picks
    in case you missed it|must[- ]reads?|elsewhere|around the web|from (?:around )?the web|quick links|sections?
    (?:share|print|email|save)(?: this)?(?: \w+)?|follow us.*|tags?|topics?|filed under
    in this (?:story|article|section)
    (?:photo )?gallery|in pictures|watch.*|listen.*|contact us
    """
)
# Over a few words of their own.
_TELLING = any_of(
    r"""
    about the (?:authors?|writer|reporter)|written by
    at a glance|fact ?(?:file|box)|in numbers|by the numbers|good to know
    """
)
_ASKING = any_of(
    r"""
    (?:our |daily |free |weekly )*newsletters?.*|(?:sign up|subscribe)\b.*|advertisement|ad|sponsored.*|paid content
    get (?:the|our)\b.*(?:newsletter|inbox|briefing|email|app|alerts?).*|partner content|promoted.*
    stay (?:informed|connected|up to date).*|support (?:us|our).*
    """
)
_COMMENTS = any_of(
    r"""
    (?:\d[\d,.]* |(?:all|reader|readers[’']|your|view|latest|top) )*(?:comments|responses|replies)(?: \(?\d[\d,.]*\)?)?
    \d+ comment|(?:join|start) the (?:conversation|discussion|debate)|have your say|what (?:do you think|readers say)
    (?:leave|post|add|write) (?:a |your )?(?:comment|reply)
    """
)


def take_out_labelled(body: Element, sizes: Sizes) -> None:
    """Take out, in place, each box that begins with such a label, or the links that follow a label in the story."""
    for label in list(body.iter(*_TAGS)):
        if not 0 < sizes.words(label) <= _MOST_WORDS or next(label.iterancestors("body"), None) is not body:
            continue  # not a label, or taken out meanwhile
        text = " ".join(label.text_content().split()).strip(" :|»›>*•-–—")
        if _is_in_sentence(label, sizes):
            continue
        if _COMMENTS.fullmatch(text):
            # Over the story the same words lead to the comments.
            if not sizes.linked(label) and sizes.before(label, _STORY_WORDS):
                _take_out_rest(label, sizes)
        elif _LINKING.fullmatch(text):
            _take_out_box(label, sizes, needs_links=True)
        elif _TELLING.fullmatch(text) or _ASKING.fullmatch(text):
            _take_out_box(label, sizes, needs_links=False)


def _is_in_sentence(label: Element, sizes: Sizes) -> bool:
    """Whether words other than links' stand beside it on its line: then it is a part of what they say."""
    inner = label
    while inner.tag in INLINE:
        parent = inner.getparent()
        if _has_letters(inner.tail):
            return True
        for sibling in islice(inner.itersiblings(), _NEAR):
            if sibling.tag not in INLINE:
                break
            if sizes.unlinked(sibling) or _has_letters(sibling.tail):
                return True
        for sibling in islice(inner.itersiblings(preceding=True), _NEAR):
            if _has_letters(sibling.tail):
                return True
            if sibling.tag not in INLINE:
                break
            if sizes.unlinked(sibling):
                return True
        else:
            if _has_letters(parent.text):
                return True
        inner = parent
    return False


def _has_letters(text: str | None) -> bool:
    return any(map(str.isalpha, text or ""))


def _opened_by(label: Element, sizes: Sizes) -> list[Element]:
    """The elements that begin with the label, inmost first."""
    found: list[Element] = []
    inner = label
    for up in label.iterancestors():
        if not sizes.opens(inner) or up.tag in ("body", "main", "article") or naming(up) == "story":
            break
        if sizes.holds_story(up):
            break
        found.append(up)
        inner = up
    return found


def _take_out_rest(label: Element, sizes: Sizes) -> None:
    """Take out comments: the box they open, else everything that follows their label."""
    outer = next(reversed(_opened_by(label, sizes)), label)
    if sizes.words(outer) == sizes.words(label):
        for sibling in list(outer.itersiblings()):
            sibling.tail = None
            take_out(sibling)
        outer.tail = None
    take_out(outer)


def _take_out_box(label: Element, sizes: Sizes, *, needs_links: bool) -> None:
    """Take out the box that the label opens; in the flow of the story, the links (or the words told) that follow it."""
    wrapper = label
    box = None
    for up in _opened_by(label, sizes):
        if sizes.words(up) == sizes.words(label):
            wrapper = up  # a label may stand in a wrapper of its own
        elif _is_box(up, sizes, needs_links=needs_links):
            box = up
    if box is not None:
        take_out(box)
        return
    for sibling in list(islice(wrapper.itersiblings(), _NEAR)):
        words = sizes.words(sibling)
        if words and 2 * sizes.linked(sibling) < words:
            break
        tail = (sibling.tail or "").strip()
        take_out(sibling)
        if tail:
            break
    take_out(wrapper)


def _is_box(element: Element, sizes: Sizes, *, needs_links: bool) -> bool:
    unlinked = sizes.unlinked(element)
    links = sum(1 for _ in islice(element.iter("a"), _NEAR))
    if not links:
        return not needs_links and unlinked <= _BOX_WORDS
    return unlinked <= _BOX_WORDS or (links > 1 and unlinked <= _TEASER * links)
