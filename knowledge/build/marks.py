"""Quotation marks and what stands between them, paragraph by paragraph: a stray one spoils no more than its own.

Double marks count: curly, straight, doubled apostrophes, guillemets, low marks. Single ones are apostrophes far too
often: they count only around speech in a paragraph without double ones ("‘It is late,’ she said"). A quotation inside
a quotation is part of the outer one.
"""

import re
from dataclasses import dataclass

from knowledge.models import Span

__all__ = ["Quotation", "quotations"]

_MARK = re.compile(r"''|``|[\"“”„‟«»]")
_DOUBLED = re.compile(r"(?:''|``)")
# British single marks: only around what reads as speech, from where a sentence may begin to a mark after punctuation.
_SPEECH = re.compile(r"(?:(?<=[\s:])|^)[‘'](?=[^\W\d_])(.{1,1000}?[,.?!…])[’'](?![\w’'])", re.DOTALL)
# Characters before a single mark within which the punctuation before it stands.
FARTHEST_MARK = 20
_ALWAYS_OPEN = frozenset(["„", "``"])


@dataclass(frozen=True, slots=True)
class Quotation:
    """Words between marks: ``start``/``end`` take the marks in, ``inner`` does not and has no white space at its ends.

    ``opened`` / ``closed`` tell whether the mark on that side is there: a quotation without a closing mark runs to
    the end of its paragraph (it may go on in the next); one without an opening mark begins with its paragraph.
    """

    start: int
    end: int
    inner: Span
    opened: bool
    closed: bool
    paragraph: int


@dataclass(frozen=True, slots=True)
class _Mark:
    start: int
    end: int
    opens: bool
    closes: bool


def quotations(text: str, paragraphs: list[Span]) -> list[Quotation]:
    """The quotations of all paragraphs in order, none inside or across another."""
    return [q for number, span in enumerate(paragraphs) for q in _paragraph(text, span, number)]


def _paragraph(text: str, span: Span, number: int) -> list[Quotation]:
    marks = [_read(text, match, span) for match in _MARK.finditer(text, *span)]
    if not marks:
        return _single(text, span, number)
    found: list[Quotation] = []
    opened: list[_Mark] = []
    for index, mark in enumerate(marks):
        if mark.opens and (not mark.closes or not opened):
            if opened and _closings(marks, index) <= len(opened):
                # Too few closing marks left for one inside the other: the first was never closed, or it is repeated
                # in the middle of a long quotation. Either way it all stands in marks.
                continue
            opened.append(mark)
        elif opened:
            first = opened.pop()
            if not opened:
                _add(found, text, first.start, mark.end, (first.end, mark.start), (True, True), number)
        elif not found and mark.closes:
            # An orphan: what it closes can only have begun with the paragraph, or in one before.
            _add(found, text, span[0], mark.end, (span[0], mark.start), (False, True), number)
    if opened:
        _add(found, text, opened[0].start, span[1], (opened[0].end, span[1]), (True, False), number)
    return found


def _single(text: str, span: Span, number: int) -> list[Quotation]:
    """The speech between single marks in a paragraph that has no double ones."""
    found: list[Quotation] = []
    for match in _SPEECH.finditer(text[slice(*span)]):
        start, end = span[0] + match.start(), span[0] + match.end()
        before = text[max(span[0], start - FARTHEST_MARK) : start].rstrip()
        if not before or before[-1] in ".,:?!’'":
            _add(found, text, start, end, (start + 1, end - 1), (True, True), number)
    return found


def _read(text: str, match: re.Match[str], span: Span) -> _Mark:
    """Whether a mark opens, closes, or can do both, from its form and the spaces around it."""
    start, end = match.span()
    mark = match.group()
    before = text[start - 1] if start > span[0] else " "
    after = text[end] if end < span[1] else " "
    free_before = before.isspace() or before in "([{—–-‘'“\"«"
    free_after = after.isspace() or after in ")]}.,;:!?—–-’'”\"»"
    if mark in _ALWAYS_OPEN:
        return _Mark(start, end, opens=True, closes=False)
    if mark in "“«":
        # German closes with the mark that English opens with; Danish points its guillemets inwards.
        closes = free_after and not free_before
        return _Mark(start, end, opens=not closes, closes=closes)
    if mark in "”»":
        opens = before.isspace() and not after.isspace() and after.isalnum()
        return _Mark(start, end, opens=opens, closes=not opens)
    if before.isdigit() and free_after and mark == '"' and text.count('"', *span) % 2:
        return _Mark(start, end, opens=False, closes=False)  # inches
    if free_before != free_after:
        return _Mark(start, end, opens=free_before, closes=free_after)
    return _Mark(start, end, opens=True, closes=True)


def _closings(marks: list[_Mark], index: int) -> int:
    return sum(mark.closes for mark in marks[index + 1 :])


def _add(
    found: list[Quotation], text: str, start: int, end: int, inner: Span, sides: tuple[bool, bool], number: int
) -> None:
    """Put a quotation down, unless there is no letter or digit in it."""
    first, last = inner
    while first < last and text[first].isspace():
        first += 1
    while last > first and text[last - 1].isspace():
        last -= 1
    if any(c.isalnum() for c in text[first:last]):
        found.append(Quotation(start, end, (first, last), *sides, number))
