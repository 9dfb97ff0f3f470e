"""Paragraphs out of a tree of elements, and which of them are prose."""

import re
from dataclasses import dataclass

from knowledge.text import is_stop, words
from knowledge.web.markup import Element

__all__ = ["Block", "any_of", "blocks", "ends_like_a_sentence", "english_share", "is_prose"]

_BLOCKS = frozenset(
    "address article aside blockquote body br-block caption center dd details dialog dir div dl dt fieldset figcaption "
    "figure footer form h1 h2 h3 h4 h5 h6 header hgroup hr html legend li main menu nav ol p pre section summary table "
    "tbody td tfoot th thead tr ul".split()
)
_SILENT = frozenset("head script style title button select option input textarea label audio video img".split())
_HEADINGS = frozenset("h1 h2 h3 h4 h5 h6 th caption legend dt".split())
_END = re.compile(r"[.!?…:;][\"'”’»)\]]*$|[\"”»]$")
_INVISIBLE = re.compile("[\u00ad\u200b\u2060\ufeff]")
_BLANK = re.compile(r"\n[ \t\r]*\n")
_NOTE = re.compile(r"\[\w{1,3}\]|\d{1,3}|[*†‡]")
_SAMPLE = 20_000


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph: its words, white space collapsed; the block element that holds it; how many words are linked."""

    text: str
    element: Element
    words: int
    linked: int

    @property
    def is_heading(self) -> bool:
        """Whether it is marked as a heading."""
        return self.element.tag in _HEADINGS

    @property
    def is_item(self) -> bool:
        """Whether it is, or is in, an item of a list."""
        return self.element.tag in ("li", "dd") or (
            self.element.tag in ("p", "div") and self.element.getparent().tag == "li"
        )


class _Reader:
    """Walks a tree in order; a paragraph ends where a block begins or ends, and at an empty line."""

    def __init__(self) -> None:
        self.found: list[Block] = []
        self._text: list[str] = []
        self._words = 0  # where an element ends inside a word, one too many: enough to compare
        self._linked = 0
        self._bold = 0
        self._breaks = 0
        self._holder: Element = None

    def visit(self, element: Element, *, in_link: bool = False, in_bold: bool = False) -> None:
        tag = element.tag
        if tag in _SILENT or _is_note(element):
            return
        if tag == "br":
            self._breaks += 1
            return
        is_block, outer = tag in _BLOCKS, self._holder
        if is_block:
            self.flush()
            self._holder = element
        in_link, in_bold = in_link or tag == "a", in_bold or tag in ("b", "strong")
        self._add(element.text, in_link, in_bold, preformatted=tag == "pre")
        for child in element:
            self.visit(child, in_link=in_link, in_bold=in_bold)
            self._add(child.tail, in_link, in_bold, preformatted=tag == "pre")
        if is_block:
            self.flush()
            self._holder = outer

    def _add(self, text: str | None, in_link: bool, in_bold: bool, *, preformatted: bool) -> None:
        if not text:
            return
        parts = _BLANK.split(text) if preformatted else [text]
        for i, part in enumerate(parts):
            if i:
                self.flush()
            if part.strip() and self._breaks:
                # One break inside a sentence is only the end of a line; one after a line in bold ends a heading.
                before = "".join(self._text[-3:]).rstrip()
                if self._breaks > 1 or _END.search(before) or self._bold == self._words:
                    self.flush()
                self._text.append(" ")
                self._breaks = 0
            self._text.append(part)
            words = _count(part)
            self._words += words
            self._linked += words if in_link else 0
            self._bold += words if in_bold else 0

    def flush(self) -> None:
        text = " ".join(_INVISIBLE.sub("", "".join(self._text)).split())
        if text:
            self.found.append(Block(text, self._holder, _count(text), self._linked))
        self._text = []
        self._words = self._linked = self._bold = self._breaks = 0


def _count(text: str) -> int:
    """The words of a text: a bar or a dash between two links is none."""
    return sum(any(map(str.isalnum, word)) for word in text.split())


def _is_note(element: Element) -> bool:
    """Whether it is the mark of a note, which is no word of the sentence it hangs on."""
    if element.tag != "sup" and not (element.tag == "a" and (element.get("href") or "").startswith("#")):
        return False
    return _NOTE.fullmatch(element.text_content().strip()) is not None


def any_of(lines: str) -> re.Pattern[str]:
    """One pattern, in any case, of those that stand a line each."""
    return re.compile("|".join(line.strip() for line in lines.splitlines() if line.strip()), re.IGNORECASE)


def blocks(tree: Element) -> list[Block]:
    """The paragraphs of a tree, in order: by block elements, two line breaks, or one after the end of a sentence."""
    reader = _Reader()
    reader.visit(tree)
    reader.flush()
    return reader.found


def ends_like_a_sentence(text: str) -> bool:
    """Whether a paragraph ends as a sentence, a quotation or the opening of a list does."""
    return bool(_END.search(text))


def is_prose(block: Block) -> bool:
    """Whether a paragraph is running text rather than a label, a headline, a byline or a row of links."""
    if block.linked >= 0.9 * block.words and not (block.words >= 8 and ends_like_a_sentence(block.text)):
        return False
    if ends_like_a_sentence(block.text):
        # A heading's tag about a paragraph: pages of the 1990s.
        return not block.is_heading or (block.words >= 12 and block.text.endswith((".", ".”", '."')))
    if block.is_heading:
        return False
    if block.text.endswith((",", "—", "–")) and block.words >= 4:
        return True  # what is quoted follows in a paragraph of its own
    if block.is_item:
        return block.words > 1 or block.element.getparent().tag in ("ol", "ul")
    return block.words > 12 and sum(is_stop(word) for word, _, _ in words(block.text)) >= 3


def english_share(text: str) -> float:
    """The share of words that are English function words, 0 to 1: about .45 in English prose, under .15 elsewhere."""
    found = words(text[:_SAMPLE])
    return sum(is_stop(word) for word, _, _ in found) / max(1, len(found))
