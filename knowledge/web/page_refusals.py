"""Why a page is not an article, said in one line with what to do."""

import re
from collections.abc import Iterator

from knowledge.errors import InputError
from knowledge.web.markup import Element
from knowledge.web.page_facts import Facts
from knowledge.web.page_furniture import HEADINGS, is_headline_link
from knowledge.web.page_sizes import Sizes
from knowledge.web.page_story import FEWEST_WORDS
from knowledge.web.prose import any_of, blocks, english_share

__all__ = ["Look", "look_at", "refuse_unless_article"]

_FEW = 150
_STUB = 250
_MANY_HEADLINES = 8
_MANY_TEASERS = 5
_NOT_ENGLISH = "not in English; give an article in English"
_ENGLISH = 0.22
_FOREIGN = 0.3  # where the page itself says that it is in another language
_SEEN = 60_000
_ERROR = any_of(
    r"""
    (?:(?:error|http)\W*)?(?:40[0-9]|410|50[0-9])\b(?=\W*(?:$|error|page|not|bad|internal|service|gateway|forbidden|gone))
    (?:oops|sorry)\b.{0,40}(?:not|wrong|exist)|not found\b|bad gateway|service unavailable|internal server error
    .{0,30}\b(?:page|article|story|content|file)\b.{0,30}(?:\bnot|no longer|n[’']t) (?:be )?(?:found|available|exist)
    """
)
_ROBOT = any_of(
    r"""
    (?:please )?(?:enable|turn on|activate) (?:javascript|cookies|js)\b
    javascript (?:is (?:disabled|required)|must be enabled)|are you (?:a )?(?:human|robot)
    (?:verify|confirm|prove|check(?:ing)?) (?:that )?(?:you are|you[’']re|if you are|your browser)|not a robot
    captcha|unusual (?:traffic|activity)|just a moment\b|access denied|ray id|attention required
    """
)
_COOKIES = re.compile(
    r"\b(?:cookies?|consent|partners|privacy|personal data|advertising|preferences|gdpr)\b", re.IGNORECASE
)
_ACCEPT = re.compile(
    r"\b(?:accept|agree|reject|manage (?:options|preferences|cookies|choices)|i consent)\b", re.IGNORECASE
)
_JOINING = r"(?:subscribe|register|sign (?:in|up)|log ?in|create an? (?:free )?account|become an? \w+|join)"
_PAYING = r"(?:our |paying )?(?:subscribers|members)"
_PAYWALL = any_of(
    rf"""
    {_JOINING}\b.{{0,40}}\b(?:to|and) (?:continue|keep|unlock|finish|access|view)
    {_JOINING}\b.{{0,40}}\b(?:to|and) read (?:the (?:full|rest|whole)|this|more|on|all)
    (?:to|and) (?:continue|keep) reading,? (?:please )?(?:subscribe|register|log|sign|create|become|choose|join)
    (?:article|story|content|rest) is (?:only )?(?:for|available (?:only )?to|reserved for|exclusive to) {_PAYING}
    subscribers? only
    (?:remaining|reached|used) (?:all )?(?:of )?your (?:free|monthly)
    """
)


class Look:
    """A page as it came, before anything was taken out of it."""

    def __init__(self, *, text: str, top: str, headlines: int, teasers: frozenset[str], has_password: bool) -> None:
        self.text = text
        self.top = top
        self.headlines = headlines
        self.teasers = teasers
        self.has_password = has_password


def look_at(tree: Element) -> Look:
    """Count and keep what tells a page that is no article."""
    sizes = Sizes(tree)
    top = next((h1.text_content() for h1 in tree.iter("h1")), "")
    title = next((title.text_content() for title in tree.iter("title")), "")
    linked = {
        link.get("href")
        for link in tree.iter("a")
        if sizes.words(link) >= 4 and sizes.words(link.getparent()) <= sizes.words(link) + 3
    }
    headings = sum(is_headline_link(heading, sizes) for heading in tree.iter(*HEADINGS))
    return Look(
        text=" ".join(tree.find("body").text_content()[:_SEEN].split()),
        top=" \n ".join(" ".join(part.split()) for part in (top, title)),
        headlines=max(headings, len(linked)),
        teasers=frozenset(_teasers(tree)),
        has_password=any(field.get("type", "").lower() == "password" for field in tree.iter("input")),
    )


def _teasers(tree: Element) -> Iterator[str]:
    """The paragraphs that stand right under a headline that is a link."""
    led = False
    for block in blocks(tree.find("body")):
        if led:
            yield block.text
        led = block.words >= 3 and block.linked == block.words


def refuse_unless_article(name: str, paragraphs: list[str], look: Look, facts: Facts) -> None:
    """Raise InputError when what was found on a page is not an article in English."""
    reason = _reason(paragraphs, look, facts)
    if reason:
        raise InputError(name, reason)


def _reason(paragraphs: list[str], look: Look, facts: Facts) -> str | None:
    text = "\n\n".join(paragraphs)
    count = len(text.split())
    few, is_short = count < FEWEST_WORDS, count < _FEW
    if is_short and any(_ERROR.match(part.strip()) for part in look.top.split("\n")):
        return "an error page, not an article; check the address"
    if (few and _ROBOT.search(look.text)) or (is_short and _ROBOT.match(look.top)):
        return "asks for JavaScript or for a person, and shows no article; save the page in a browser and give the file"
    if (is_short or facts.kind != "article") and count < 2 * _STUB and _is_consent(text, look):
        return "asks for consent to cookies and shows no article; save the page in a browser and give the file"
    locked = _PAYWALL.search(look.text) is not None
    if (locked and (is_short or (not facts.is_free and count < _STUB))) or (not facts.is_free and is_short):
        return "shows only the start of an article for subscribers; give its whole text as a .txt file"
    if few and look.has_password:
        return "asks to log in and shows no article; save the page in a browser and give the file"
    teasers = sum(paragraph in look.teasers for paragraph in paragraphs)
    if facts.kind != "article" and (
        (few and look.headlines >= _MANY_HEADLINES) or (teasers >= _MANY_TEASERS and 2 * teasers >= len(paragraphs))
    ):
        return f"a front page or section with {look.headlines} headlines; give the address of one article"
    if _is_other_script(text or look.text):
        return _NOT_ENGLISH
    if few:
        return f"holds {count} words of prose; an article has {FEWEST_WORDS} or more: give the article's own page"
    foreign = facts.language not in ("", "en")
    if english_share(text) < (_FOREIGN if foreign else _ENGLISH):
        return _NOT_ENGLISH
    return None


def _is_other_script(text: str) -> bool:
    """Whether most letters are none of the Latin alphabet and its extensions (up to U+024F)."""
    letters = [c for c in text[:_SEEN] if c.isalpha()]
    return sum(c > "\u024f" for c in letters) > len(letters) / 2


def _is_consent(text: str, look: Look) -> bool:
    """Whether what was found speaks of little else than cookies, on a page that wants them accepted."""
    told = text or look.text
    mentions = len(_COOKIES.findall(told))
    return mentions >= 3 and 30 * mentions >= len(told.split()) and _ACCEPT.search(look.text) is not None
