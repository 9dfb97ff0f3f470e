"""A statement's words as clusters compare them: spellings made one, numbers as values, names and negations marked."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, NamedTuple

from knowledge.cluster_kin import form_of
from knowledge.cluster_numbers import VAGUE, number_at
from knowledge.english import rareness
from knowledge.text import is_stop, words

__all__ = ["LONGEST", "Reading", "Token", "read"]

LONGEST = 2000
"""Characters of a text that are read; what is longer is compared by its whole text alone."""

Kind = Literal["number", "vague", "date", "negation", "name", "content", "sharp", "light"]

_BRACKETS = re.compile(r"\[([^\[\]]{0,80})\]")
_ELLIPSIS = re.compile(r"\[?(?:\.\s?){3,}\]?|\[?…\]?")
_MONEY = re.compile(r"([$€£])\s?(\d[\d.,]*)(?:\s?(bn|tn|m|k|thousand|million|billion|trillion)\b)?")
_CURRENCIES = {"$": "dollars", "€": "euros", "£": "pounds"}
_SHORT = {"bn": "billion", "tn": "trillion", "m": "million", "k": "thousand"}
_NOBODY = re.compile(r"\bno[ -]one\b", re.IGNORECASE)
_PERCENT = re.compile(r"\bper cent\b|%", re.IGNORECASE)
_SHORTENED = tuple(
    (re.compile(pattern, re.IGNORECASE), by)
    for pattern, by in (
        (r"\bwon['’]t\b", "will not"),
        (r"\b(?:can['’]t|cannot)\b", "can not"),
        (r"n['’]t\b", " not"),
        (r"['’]ll\b", " will"),
        (r"['’]ve\b", " have"),
        (r"['’]re\b", " are"),
        (r"\b(I)['’]m\b", r"\1 am"),
        (r"\b(it|that|there|he|she|what|who|here)['’]s\b", r"\1 is"),
    )
)
_MARKS, _OPENING = frozenset(".,;:!?—–()"), frozenset('.!?:“"')
_NEGATIONS = frozenset("not no never nobody none nothing neither nor".split())
# Stop words that turn a statement when they are put for one another.
_SHARP = frozenset(
    "before after above below up down off against with without under over more most all any some few both only".split()
)
# What joins and shades a statement, but carries none of it.
_SHADING = frozenset(
    "until till ever while whilst because since whether although though every still already even now today yet around "
    "others another upon toward towards among amid within whole entire really simply currently some".split()
)
_DATES = frozenset(
    "monday tuesday wednesday thursday friday saturday sunday january february march april may june july august "
    "september october november december".split()
)
_TITLES = frozenset(
    "mr mrs ms dr sir lord lady president prime minister general colonel captain governor mayor senator professor king "
    "queen chancellor secretary judge inspector chief director".split()
)
_DATED = frozenset("in since of by until from late early during before after".split())
_FILLERS = frozenset("look well so honestly frankly and but because that yes think".split())
_YEARS = range(1900, 2100)
_MARKED: dict[Kind, str] = {"vague": "~", "date": "d"}
_WEIGHT: dict[Kind, float] = {
    "number": 0.8, "vague": 0.6, "date": 0.3, "negation": 0.4, "name": 1.0, "content": 1.0, "sharp": 0.2, "light": 0.08,
}  # fmt: skip


class Token(NamedTuple):
    """A word or number. ``form`` is equal for equal things; ``value`` is a number's; ``free`` may be left out.

    Free are words an editor put in brackets, titles before a name, and fillers a sentence opens with. ``begins`` tells
    whether a mark of punctuation stands before it, ``cut`` whether an ellipsis does.
    """

    form: str
    word: str
    kind: Kind
    weight: float
    value: float | None = None
    free: bool = False
    begins: bool = False
    cut: bool = False
    capital: bool = False

    @property
    def hard(self) -> bool:
        """Whether the statement is another one when this is another."""
        return self.kind != "light" and not self.free


@dataclass(frozen=True, slots=True)
class Reading:
    """A statement's tokens, the forms of those that carry it, and how much each form weighs in it."""

    tokens: tuple[Token, ...]
    forms: frozenset[str]
    weights: dict[str, float]


@lru_cache(maxsize=256)
def read(text: str) -> Reading:
    """Read a statement; only its first ``LONGEST`` characters count."""
    tokens = tuple(_tokens(text[:LONGEST]))
    carrying = frozenset(t.form for t in tokens if t.kind in ("content", "name", "number", "vague"))
    weights: dict[str, float] = {}
    for token in tokens:
        if not token.free:
            weights[token.form] = weights.get(token.form, 0.0) + token.weight
    return Reading(tokens, carrying, weights)


def _tokens(text: str) -> Iterator[Token]:
    text = _MONEY.sub(lambda m: f"{m[2]} {_SHORT.get(m[3] or '', m[3] or '')} {_CURRENCIES[m[1]]}", text)
    text = _PERCENT.sub(" percent", _NOBODY.sub("nobody", text))
    if "'" in text or "’" in text:
        for pattern, by in _SHORTENED:
            text = pattern.sub(by, text)
    bracketed = [m.span(1) for m in _BRACKETS.finditer(text)]
    cuts = [m.end() for m in _ELLIPSIS.finditer(text)]
    found = words(text)
    folded = [word for word, _, _ in found]
    # "May" and "March" are months, "may" and "march" are not.
    dates = [word in _DATES and text[start].isupper() for word, start, _ in found]
    place, last = 0, 0
    opening = True
    while place < len(found):
        word, start, _ = found[place]
        between = text[last:start]
        begins = not place or not _MARKS.isdisjoint(between)
        cut = bool(cuts) and any(last <= at <= start for at in cuts)
        opens = not place or not _OPENING.isdisjoint(between)
        capital = text[start].isupper()
        free = bool(bracketed) and any(s <= start < e for s, e in bracketed)
        value, after = number_at(folded, place)
        kind = _kind(folded, dates, place, after, value, capital=capital and not opens)
        if kind == "name" and word in _TITLES and after < len(found) and text[found[after][1]].isupper():
            free = True
        opening = opening and word in _FILLERS
        free = (free or opening) and kind != "negation"
        form = form_of(word) if value is None else f"{_MARKED.get(kind, '')}{value:g}"
        yield Token(form, word, kind, _weight(word, kind), value, free, begins, cut, capital)
        last, place = found[after - 1][2], after


def _kind(
    folded: Sequence[str], dates: Sequence[bool], place: int, after: int, value: float | None, *, capital: bool
) -> Kind:
    word = folded[place]
    if value is not None:
        if (place and dates[place - 1]) or any(dates[after : after + 1]):
            return "date"
        if word.isdigit() and int(word) in _YEARS and place and folded[place - 1] in _DATED:
            return "date"
        return "vague" if word in VAGUE else "number"
    if word in _NEGATIONS:
        return "negation"
    if dates[place] and (word != "may" or capital):
        return "date"
    if word in _SHARP:
        return "sharp"
    if is_stop(word) or word in _SHADING:
        return "light"
    return "name" if capital else "content"


def _weight(word: str, kind: Kind) -> float:
    if kind == "content":
        return 0.35 + 0.65 * rareness(word)
    return _WEIGHT[kind]
