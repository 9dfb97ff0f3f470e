"""What a how-many question counts, and how many of it a sentence says there are."""

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from knowledge.answer.question import Question
from knowledge.answer.spelling import Expansion
from knowledge.cluster_numbers import number_at
from knowledge.text import fold, is_stop, normal, words

__all__ = ["Counted", "counted_by", "forms_counted"]

_REACH = 4  # words between a number and what it counts
_RELATED = 1.5  # a word of like meaning is as far off as one that stands so many words further
_BEFORE = 0.5  # what is counted follows its number more often than not
_LESS = 0.25  # how much less the words before the telling one count
_SURE = 0.5
_PART = frozenset(("of", "in"))
_JOINING = frozenset("and but while with as".split())
_DIVIDING = frozenset(",;:()–—")
_YEAR = re.compile(r"(?:19|20)\d\d")
_MONTH = re.compile(r"(?:jan|feb|mar|apr|may|jun|jul|aug|sept?|oct|nov|dec)[a-z]*")
_ELSEWHERE = frozenset("in at on of by from during when after since for near did does do has have will can".split())


def forms_counted(tokens: Sequence[str], expansions: Iterable[Expansion]) -> frozenset[str]:
    """The normal forms of what a question counts: the next two words after "many", and what stands surely for them."""
    if "many" not in tokens:
        return frozenset()
    after = [t for t in tokens[tokens.index("many") + 1 :][:4] if not is_stop(t)][:2]
    return frozenset(f for e in expansions if e.typed in after for f, weight in e.terms.items() if weight > _SURE)


@dataclass(frozen=True, slots=True)
class Counted:
    """What a how-many question counts: by which words, the telling one last ("people died", "goals")."""

    words: tuple[Expansion, ...]

    def told(self, held: Collection[str]) -> set[int]:
        """Which of the words some normal forms tell, in like words at least, by their places."""
        return {i for i, e in enumerate(self.words) if any(form in held for form in (*e.terms, *e.related))}

    def count_in(self, text: str) -> float | None:
        """The number in a sentence that stands nearest to what is counted ("17 people injured"); None without one.

        It stands in the same part of the sentence ("three died and 17 were hurt" counts two things). A number of them
        ("two of the injured") is a part, not the count; a date or a year is none.
        """
        said, parts, dates = _read(text)
        near = [self._distances(normal(word)) for word in said]
        best: tuple[float, float] | None = None
        place = 0
        while place < len(said):
            value, after = number_at(said, place)
            if value is not None and not dates[place] and said[after : after + 1] not in ([w] for w in _PART):
                far = [self._far(near, parts, place, after, i) for i in range(len(self.words))]
                if (telling := far[-1]) is not None:
                    total = telling + _LESS * sum(_REACH if d is None else d for d in far[:-1])
                    if best is None or total < best[0]:
                        best = total, value
            place = max(after, place + 1)
        return None if best is None else best[1]

    def _distances(self, form: str) -> list[float | None]:
        """For each of the words, how far in meaning a form is from it; None when it does not stand for it."""
        return [
            0.0 if e.terms.get(form, 0.0) > _SURE else _RELATED if form in e.terms or form in e.related else None
            for e in self.words
        ]

    def _far(
        self, near: Sequence[list[float | None]], parts: Sequence[int], start: int, end: int, word: int
    ) -> float | None:
        """How far the number at ``[start, end)`` is from the nearest form of a word in its part of the sentence."""
        found: list[float] = []
        for steps, place in (
            *((i + _BEFORE, start - 1 - i) for i in range(_REACH + 1)),
            *((i, end + i) for i in range(_REACH + 1)),
        ):
            if 0 <= place < len(near) and parts[place] == parts[start]:
                meaning = near[place][word]
                if meaning is not None:
                    found.append(steps + meaning)
        return min(found, default=None)


def counted_by(question: Question) -> Counted | None:
    """What a question counts; None when it does not ask how many of something there are."""
    tokens = question.tokens
    if question.wanted != "number" or "many" not in tokens:
        return None
    after: list[str] = []
    for token in tokens[tokens.index("many") + 1 :]:
        if token in _ELSEWHERE and after:
            break
        if not is_stop(token):
            after.append(token)
    counted = tuple(e for e in question.topic if e.typed in after[:2])
    return Counted(counted) if counted else None


def _read(text: str) -> tuple[list[str], list[int], list[bool]]:
    """The folded words of a sentence; for each the number of its part of the sentence, and whether it is a date's."""
    said: list[str] = []
    parts: list[int] = []
    dates: list[bool] = []
    part, last = 0, 0
    for word, start, end in words(text):
        folded = fold(word)
        part += folded in _JOINING or not _DIVIDING.isdisjoint(text[last:start])
        after_month = bool(said) and _MONTH.fullmatch(said[-1]) is not None
        dates.append(after_month or _YEAR.fullmatch(text[start:end]) is not None)  # "2,000" is no year
        said.append(folded)
        parts.append(part)
        last = end
    return said, parts, dates
