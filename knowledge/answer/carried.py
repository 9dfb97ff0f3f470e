"""What the turns before lend to a question that leans on them ("when was that", "and the mayor?")."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from knowledge.answer.names import Named
from knowledge.answer.question import Question
from knowledge.answer.rank import Ranked
from knowledge.answer.retrieve import Term
from knowledge.answer.spelling import Expansion
from knowledge.index.fields import SentencePayload

__all__ = ["Carried", "carry", "nearer", "with_carried"]

_KEPT = 0.35  # what a word of the topic weighs a turn later
_MOST_TERMS = 8
_NEAR = 0.6
_FADING = 3.0
_SAME_ARTICLE = 0.5


@dataclass(frozen=True, slots=True)
class Carried:
    """The topic so far: its words with weights (0..1), the people in it, and the sentence shown last, if any."""

    terms: tuple[tuple[Expansion, float], ...] = ()
    names: tuple[tuple[Named, ...], ...] = ()
    near: SentencePayload | None = None


def carry(question: Question, before: Carried | None, near: SentencePayload | None) -> Carried:
    """What a question and what it leant on lend to the next turn."""
    # "when was that" says nothing of what it asks about: what was spoken of before it stays what is spoken of.
    terms = before.terms if before and not question.topic else tuple((e, _KEPT) for e in question.topic)
    names = question.names if not question.who else (question.who, *question.names)
    return Carried(terms[:_MOST_TERMS], names, near)


def with_carried(carried: Carried, terms: Sequence[Term], older: Sequence[Term]) -> list[Term]:
    """A question's terms with those that the turns before lend, their rarity weighed."""
    held = {term.expansion.meant for term in terms}
    weights = {expansion.meant: weight for expansion, weight in carried.terms}
    return [
        *terms,
        *(
            replace(term, rarity=term.rarity * weights[term.expansion.meant])
            for term in older
            if term.expansion.meant not in held
        ),
    ]


def nearer(ranked: Sequence[Ranked], near: SentencePayload | None) -> list[Ranked]:
    """The candidates anew, those close to the sentence shown last higher."""
    if near is None:
        return list(ranked)

    def bonus(sentence: SentencePayload) -> float:
        if sentence["article"] != near["article"]:
            return 0.0
        apart = abs(sentence["number"] - near["number"])
        return _SAME_ARTICLE + _NEAR * math.exp(-max(0, apart - 1) / _FADING)

    moved = [replace(r, score=r.score + bonus(r.sentence)) for r in ranked]
    return sorted(moved, key=lambda r: -r.score)
