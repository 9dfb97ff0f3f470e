"""Numbers in running text as values, and when two of them are different numbers for one count."""

import re
from collections.abc import Sequence

__all__ = ["VAGUE", "fits_vague", "holds_number", "number_at"]

_UNITS = {
    word: float(value)
    for value, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
        "seventeen eighteen nineteen".split()
    )
}
_TENS = {
    word: 10.0 * value
    for value, word in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split(), start=2)
}
_TIMES = {"hundred": 1e2, "thousand": 1e3, "million": 1e6, "bn": 1e9, "billion": 1e9, "trillion": 1e12, "dozen": 12.0}
VAGUE = {"dozens": 12.0, "scores": 20.0, "hundreds": 1e2, "thousands": 1e3, "millions": 1e6, "billions": 1e9}
"""Counts that are told by their size alone, with the least they may be."""
_VAGUE_TO = 20.0
_DIGITS = re.compile(r"\d{1,15}(?:\.\d{1,6})?")
_NOT_COUNTING = frozenset("no any every each the this that another".split())
_AFTER_ONE = frozenset("of another or by and day".split())


_NUMBER = re.compile(rf"\d|\b(?:{'|'.join((*_UNITS, *_TENS, *_TIMES, *VAGUE))})\b", re.IGNORECASE)


def holds_number(text: str) -> bool:
    """Whether a text may hold a number that ``number_at`` reads; False only when it holds none."""
    return _NUMBER.search(text) is not None


def number_at(words: Sequence[str], place: int) -> tuple[float | None, int]:
    """The number that starts at ``place`` of some folded words, and the place after it; None when none does.

    ("forty-two thousand" -> 42000, "2.4 million" -> 2400000, "dozens" -> 12); "one" counts only before a thing.
    """
    word = words[place]
    if word in VAGUE:
        return VAGUE[word], place + 1
    if word == "one" and not _counts(words, place):
        return None, place + 1
    value, at = _below_hundred(words, place)
    if value is None:
        if word not in ("hundred", "thousand", "million", "billion", "dozen") or not place or words[place - 1] != "a":
            return None, place + 1
        value, at = 1.0, place
    while at < len(words) and words[at] in _TIMES:
        value *= _TIMES[words[at]]
        at += 1
    return value, at


def _below_hundred(words: Sequence[str], place: int) -> tuple[float | None, int]:
    word = words[place]
    if _DIGITS.fullmatch(word):
        return float(word), place + 1
    if word in _UNITS:
        return _UNITS[word], place + 1
    if word in _TENS:
        following = words[place + 1] if place + 1 < len(words) else ""
        more = _UNITS.get(following, 0.0)
        return (_TENS[word] + more, place + 2) if 0 < more < 10 else (_TENS[word], place + 1)
    return None, place


def _counts(words: Sequence[str], place: int) -> bool:
    before = words[place - 1] if place else ""
    after = words[place + 1] if place + 1 < len(words) else "of"
    return before not in _NOT_COUNTING and after not in _AFTER_ONE


def fits_vague(vague: float, value: float) -> bool:
    """Whether a count told by its size ("hundreds", from 100) may be this one."""
    return vague <= value < vague * _VAGUE_TO
