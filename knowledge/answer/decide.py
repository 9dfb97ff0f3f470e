"""Answer or refuse: how sure the best candidate is, and the reasons to say that the articles do not hold the answer."""

import math
import re
from collections.abc import Mapping, Sequence
from typing import Literal

from knowledge.answer.measures import AGE, asks_age
from knowledge.answer.question import Question
from knowledge.answer.rank import Ranked, weights_for
from knowledge.answer.retrieve import Term, share_in, words_around
from knowledge.answer.weights import CONFIDENCE, HELD, LEANING
from knowledge.english import rareness
from knowledge.index.fields import SentencePayload
from knowledge.text import normal

__all__ = [
    "FLOOR",
    "HELD_FLOOR",
    "LEANING_FLOOR",
    "Reason",
    "confidence",
    "confidence_features",
    "evidence_of",
    "leaning_confidence",
    "leaning_features",
    "reason_to_refuse",
    "reason_to_refuse_leaning",
    "shows_it",
]

Reason = Literal[
    "nothing_asked",
    "empty",
    "unclear_person",
    "unknown_person",
    "not_quoted",
    "not_on_topic",
    "nothing_about_this",
    "no_more",
]

FLOOR = 0.4
"""Below this confidence the best candidate is no answer."""

HELD_FLOOR = 0.95
"""Below this likelihood the articles do not tell of what is asked."""

LEANING_FLOOR = 0.4
"""The same as FLOOR, for questions that lean on the turns before."""

_TELLS = {"when": frozenset(("DATE", "TIME")), "where": frozenset(("GPE", "LOC", "FAC"))}
_UNKNOWN_SHARE = 0.5
_LEAST_CONTEXT = 0.3
_DEED_CONTEXT = 0.5
_WHETHER = frozenset("did does do is are was were has have had will can could would".split())
_DEED = re.compile(r"(?:who|whom) (?:did|does|will|has|had) ")


def confidence_features(terms: Sequence[Term], ranked: Sequence[Ranked]) -> dict[str, float]:
    """What the confidence rests on, by name, each about 0..1."""
    best = ranked[0]
    total = sum(t.rarity for t in terms) or 1.0
    here = set(best.sentence["words"].split())
    around = words_around(best.sentence)
    missing = [t.rarity * (1 - t.weight_in(around)) / total for t in terms]
    missing_here = [t.rarity * (1 - t.weight_in(here)) / total for t in terms]
    unknown = sum(t.rarity for t in terms if not t.expansion.known) / total
    rare = [_rareness(t) for t in terms]
    absent = [r * (1 - t.weight_in(around)) for r, t in zip(rare, terms, strict=True)]
    return {
        "bias": 1.0,
        "score": best.score / 10,
        "margin": _margin(ranked),
        "matched": best.features["matched"],
        "context": best.features["context"],
        "article": best.features["article"],
        "missing": max(missing, default=1.0),
        "missing_here": max(missing_here, default=1.0),
        "unknown": unknown,
        "names": best.features["names"],
        "type": best.features["type"],
        "no_type": best.features["no_type"],
        "neighbours": best.features["neighbours"],
        "token_set": best.features["token_set"],
        "asked": best.features["asked"],
        "words": min(len(terms), 8) / 8,
        "absent": sum(absent) / (sum(rare) or 1.0),
        "most_absent": max(absent, default=1.0),
        "content": best.features["content"],
        "sure": best.features["sure"],
    }


def evidence_of(terms: Sequence[Term], ranked: Sequence[Ranked]) -> dict[str, float]:
    """What the decision on an open question rests on, by name; empty without candidates.

    ``held`` is how likely it is, 0..1, that the question is about a story the articles tell at all: a logistic model
    whose weights are trained with the ranker's.
    """
    if not ranked:
        return {}
    found = confidence_features(terms, ranked)
    return {**found, "held": _logistic(HELD, found)}


def confidence(question: Question, evidence: Mapping[str, float]) -> float:
    """How likely the best candidate is right, 0..1, trained likewise."""
    return _logistic(CONFIDENCE[weights_for(question)], evidence) if evidence else 0.0


def _logistic(weights: Mapping[str, float], found: Mapping[str, float]) -> float:
    return 1 / (1 + math.exp(-sum(weight * found[name] for name, weight in weights.items())))


def _margin(ranked: Sequence[Ranked]) -> float:
    return min(1.0, ranked[0].score - ranked[1].score) if len(ranked) > 1 else 1.0


def _rareness(term: Term) -> float:
    return rareness(term.expansion.meant) * term.expansion.topical


def reason_to_refuse(
    question: Question, terms: Sequence[Term], ranked: Sequence[Ranked], evidence: Mapping[str, float], sure: float
) -> Reason | None:
    """Why the best candidate is not good enough to be an answer; None when it is."""
    if not terms:
        return "nothing_asked"
    if not ranked or sure < FLOOR or (question.kind != "who_said" and evidence["held"] < HELD_FLOOR):
        return "nothing_about_this"
    if ranked[0].features["context"] < _LEAST_CONTEXT:
        return "nothing_about_this"
    if question.tokens[0] in _WHETHER or _asks_of_deed(question):
        # Who did what to whom: a name or a deed that is not there makes it another story.
        if any(not t.expansion.known for t in terms) or ranked[0].features["context"] < _DEED_CONTEXT:
            return "nothing_about_this"
        if question.names and ranked[0].features["names"] < 1 and not _stands_there(question, ranked[0]):
            return "nothing_about_this"
        if _lacks_deed(terms, ranked[0]):
            return "nothing_about_this"
    if _is_no_age(question, ranked[0]):
        return "nothing_about_this"
    if question.wanted in ("number", "money") and ranked[0].features["no_type"]:
        return "nothing_about_this"  # how many, and not a number in it
    total = sum(t.rarity for t in terms) or 1.0
    if sum(t.rarity for t in terms if not t.expansion.known) / total > _UNKNOWN_SHARE:
        return "nothing_about_this"
    return None


def _stands_there(question: Question, best: Ranked) -> bool:
    """Whether all that a question names are groups whose names stand in the sentence, which knows only who speaks."""
    held = best.sentence["words"].split()
    return all(
        not run[0].entity["person"] and all(normal(word) in held for word in question.tokens_of(run))
        for run in question.names
    )


def _asks_of_deed(question: Question) -> bool:
    return bool(_DEED.match(" ".join(question.tokens)))


def _lacks_deed(terms: Sequence[Term], best: Ranked) -> bool:
    """Whether of all that is no name in a question a sentence and those around it hold nothing."""
    around = words_around(best.sentence)
    deed = [t.weight_in(around) for t in terms if not t.expansion.keys]
    return bool(deed) and not any(deed)


def _is_no_age(question: Question, best: Ranked) -> bool:
    return asks_age(question) and not AGE.search(best.sentence["text"])


def leaning_features(
    question: Question,
    own: Sequence[Term],
    terms: Sequence[Term],
    ranked: Sequence[Ranked],
    near: SentencePayload | None,
) -> dict[str, float]:
    """What the confidence in an answer to a question that leans on the turns before rests on, each about 0..1.

    ``own`` are the terms of the question itself, ``terms`` those with what the turns before lend.
    """
    if not ranked:
        return {}
    best = ranked[0]
    here, around = set(best.sentence["words"].split()), words_around(best.sentence)
    held_here, held_around = share_in(own, here), share_in(own, around)
    absent = [_rareness(t) * (1 - t.weight_in(around)) for t in own]
    apart = abs(best.sentence["number"] - near["number"]) if near and near["article"] == best.sentence["article"] else 9
    return {
        "bias": 1.0,
        "sure": _logistic(CONFIDENCE["open"], confidence_features(terms, ranked)),
        "own_here": 0.5 if held_here is None else held_here,
        "own_around": 0.5 if held_around is None else held_around,
        "most_absent": max(absent, default=0.0),
        "no_own": float(not own),
        "type": best.features["type"],
        "no_type": best.features["no_type"],
        "names": best.features["names"] if question.names else 0.5,
        "context": best.features["context"],
        "near": 1 / (1 + apart),
        "margin": _margin(ranked),
        "why": float(question.wanted == "why"),
        "did": float(question.wanted == "did"),
    }


def leaning_confidence(evidence: Mapping[str, float]) -> float:
    """How likely that answer is right, 0..1: trained on development conversations."""
    return _logistic(LEANING, evidence)


def shows_it(question: Question, own: Sequence[Term], near: SentencePayload | None) -> bool:
    """Whether "when was that" or "where" is told by the sentence shown last itself: it holds a time, or a place."""
    if near is None or own:
        return False
    return not _TELLS.get(question.wanted, frozenset()).isdisjoint(near["labels"].split())


def reason_to_refuse_leaning(
    question: Question,
    own: Sequence[Term],
    terms: Sequence[Term],
    ranked: Sequence[Ranked],
    near: SentencePayload | None,
    sure: float,
) -> Reason | None:
    """Why the best candidate for such a question is no answer; None when it is one.

    ``near`` is the sentence shown last: "why?" is not answered by showing it again, unless it gives a reason.
    """
    if not ranked or not (terms or near):
        return "nothing_asked"
    if ranked[0].features["no_type"] and question.wanted in ("number", "money", "when", "where"):
        return "nothing_about_this"
    if shows_it(question, own, near):
        return None
    again = near is not None and ranked[0].sentence["id"] == near["id"]
    if again and question.wanted == "why":
        return None if ranked[0].features["reason"] else "nothing_about_this"
    if sure < LEANING_FLOOR or _is_no_age(question, ranked[0]):
        return "nothing_about_this"
    if _asks_of_deed(question) and _lacks_deed(own, ranked[0]):
        return "nothing_about_this"
    return None
