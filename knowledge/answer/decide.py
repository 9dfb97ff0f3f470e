"""Answer or refuse: how sure the best candidate is, and the reasons to say that the articles do not hold the answer."""

import math
import re
from collections.abc import Sequence
from typing import Literal

from knowledge.answer.question import Question
from knowledge.answer.rank import Ranked
from knowledge.answer.retrieve import Term
from knowledge.answer.weights import CONFIDENCE

__all__ = ["FEW", "FLOOR", "FLOOR_OF_FEW", "Reason", "confidence", "confidence_features", "reason_to_refuse"]

Reason = Literal[
    "nothing_asked", "empty", "unclear_person", "unknown_person", "not_quoted", "not_on_topic", "nothing_about_this"
]

FLOOR = 0.5
"""Below this confidence the best candidate is no answer."""

FLOOR_OF_FEW = 0.35
"""The floor in less than FEW sentences: the rarity of words, on which the confidence rests, is hardly known there."""

FEW = 100

_UNKNOWN_SHARE = 0.5
_LEAST_CONTEXT = 0.3
_DEED_CONTEXT = 0.5
_DEED = re.compile(r"(?:who|whom) (?:did|does|will|has|had) ")
_AGE_ASKED = re.compile(r"how old (?:is|was|are|were) ")
_AGE = re.compile(r"\bage[ds]?\b|\byears? old\b|\b(?:year|month)-old\b|, \d{1,3},", re.IGNORECASE)


def confidence_features(terms: Sequence[Term], ranked: Sequence[Ranked]) -> dict[str, float]:
    """What the confidence rests on, by name, each about 0..1."""
    best = ranked[0]
    total = sum(t.rarity for t in terms) or 1.0
    here = set(best.sentence["words"].split())
    around = _around(best)
    missing = [t.rarity * (1 - t.weight_in(around)) / total for t in terms]
    missing_here = [t.rarity * (1 - t.weight_in(here)) / total for t in terms]
    unknown = sum(t.rarity for t in terms if not t.expansion.known) / total
    return {
        "bias": 1.0,
        "score": best.score / 10,
        "margin": min(1.0, best.score - ranked[1].score) if len(ranked) > 1 else 1.0,
        "matched": best.feature("matched"),
        "context": best.feature("context"),
        "article": best.feature("article"),
        "missing": max(missing, default=1.0),
        "missing_here": max(missing_here, default=1.0),
        "unknown": unknown,
        "names": best.feature("names"),
        "type": best.feature("type"),
        "no_type": best.feature("no_type"),
        "neighbours": best.feature("neighbours"),
        "token_set": best.feature("token_set"),
        "asked": best.feature("asked"),
        "words": min(len(terms), 8) / 8,
    }


def confidence(question: Question, terms: Sequence[Term], ranked: Sequence[Ranked]) -> float:
    """How likely the best candidate is right, 0..1: a logistic model whose weights are trained with the ranker's."""
    if not ranked:
        return 0.0
    found = confidence_features(terms, ranked)
    weights = CONFIDENCE.get(question.kind, CONFIDENCE["open"])
    return 1 / (1 + math.exp(-sum(weight * found[name] for name, weight in weights.items())))


def reason_to_refuse(
    question: Question, terms: Sequence[Term], ranked: Sequence[Ranked], sure: float, sentences: int
) -> Reason | None:
    """Why the best candidate, of so many ``sentences`` held, is not good enough to be an answer; None when it is."""
    if not terms:
        return "nothing_asked"
    if not ranked or sure < (FLOOR if sentences >= FEW else FLOOR_OF_FEW):
        return "nothing_about_this"
    if ranked[0].feature("context") < _LEAST_CONTEXT:
        return "nothing_about_this"
    if question.wanted == "did" or _DEED.match(" ".join(question.tokens)):
        # Who did what to whom: a name or a deed that is not there makes it another story.
        if any(not t.expansion.known for t in terms) or ranked[0].feature("context") < _DEED_CONTEXT:
            return "nothing_about_this"
        if question.names and ranked[0].feature("names") < 1:
            return "nothing_about_this"
        around = _around(ranked[0])
        deed = [t.weight_in(around) for t in terms if not t.expansion.keys]
        if deed and not any(deed):
            return "nothing_about_this"
    if _AGE_ASKED.match(" ".join(question.tokens)) and not _AGE.search(ranked[0].sentence["text"]):
        return "nothing_about_this"
    if question.wanted in ("number", "money") and ranked[0].feature("no_type"):
        return "nothing_about_this"  # how many, and not a number in it
    total = sum(t.rarity for t in terms) or 1.0
    if sum(t.rarity for t in terms if not t.expansion.known) / total > _UNKNOWN_SHARE:
        return "nothing_about_this"
    return None


def _around(ranked: Ranked) -> set[str]:
    """The content words of a sentence, its neighbours and its title."""
    sentence = ranked.sentence
    return {word for part in ("words", "before", "after", "title") for word in str(sentence[part]).split()}
