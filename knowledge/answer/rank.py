"""Ranking candidates: each feature has a name, a meaning and one trained weight; the score is their weighted sum.

The weights come from ``benchmarks/train_ranker.py``, which learns them from development questions, pairwise: a right
sentence should score above the wrong ones of the same question (Joachims, 2002).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from knowledge.answer.measures import FEATURES, candidates_of
from knowledge.answer.question import Question
from knowledge.answer.retrieve import Term
from knowledge.answer.weights import RANK
from knowledge.index.fields import SentencePayload

__all__ = ["Ranked", "features", "rank", "weights_for"]

_RANKED = 12  # a closer look at more of them finds nothing better, as measured on the development sets


@dataclass(frozen=True, slots=True)
class Ranked:
    """A candidate with its features, by their names, and its score."""

    sentence: SentencePayload
    features: Mapping[str, float]
    score: float


def rank(question: Question, terms: Sequence[Term], candidates: Sequence[SentencePayload]) -> list[Ranked]:
    """The best candidates, best first, by the weights for the question's kind; ties keep the order of retrieval.

    All of somebody's quotes, of other sentences the dozen that hold most of the topic.
    """
    weights = [(name, weight) for name, weight in zip(FEATURES, RANK[weights_for(question)], strict=True) if weight]
    most = None if question.kind == "said" else _RANKED
    ranked = [
        Ranked(c.sentence, c, sum([weight * c[name] for name, weight in weights]))
        for c in candidates_of(question, terms, candidates, most)
    ]
    return sorted(ranked, key=lambda r: -r.score)


def weights_for(question: Question) -> str:
    """Which of the trained weights a question is for: "said", "about" (said, on a topic), "who_said" or "open"."""
    match question.kind:
        case "said":
            return "about" if question.topic else "said"
        case "who_said":
            return "who_said"
        case _:
            return "open"


def features(
    question: Question, terms: Sequence[Term], candidates: Sequence[SentencePayload]
) -> list[tuple[float, ...]]:
    """For each candidate the values of FEATURES, most of them in 0..1."""
    return [tuple(c[name] for name in FEATURES) for c in candidates_of(question, terms, candidates)]
