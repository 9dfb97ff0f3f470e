"""``onrecord ask --explain``: how a question was read, what was considered, and what each feature added."""

from collections.abc import Iterator, Mapping, Sequence

from knowledge.answer import Outcome
from knowledge.answer.decide import FLOOR, HELD_FLOOR, LEANING_FLOOR
from knowledge.answer.measures import FEATURES
from knowledge.answer.question import Question
from knowledge.answer.rank import Ranked, weights_for
from knowledge.answer.weights import CONFIDENCE, LEANING, RANK
from knowledge.text import one_line

__all__ = ["explain"]

_CANDIDATES = 5
_SENTENCE = 120


def explain(outcome: Outcome) -> str:
    """The reading, the decision with what it rests on, and the best candidates with each feature's share of the score.

    A feature's share is its value times its weight; the shares of a candidate add up to its score. "near" is what
    standing close to the sentence shown last adds, in a question that leans on the turns before.
    """
    return "\n".join([*_reading(outcome.question), *_decision(outcome), *_candidates(outcome)]) + "\n"


def _reading(question: Question) -> Iterator[str]:
    yield f"question    {one_line(question.text)}"
    yield f"reading     {one_line(question.reading)}"
    yield f"kind        {question.kind}, wants {question.wanted}"
    if question.who_typed:
        people = ", ".join(f"{one_line(n.entity['name'], 80)} ({n.score:.2f})" for n in question.who)
        yield f"who         “{one_line(question.who_typed, 80)}”: {people or 'nobody the articles name'}"
    for expansion in question.topic:
        forms = sorted(expansion.terms.items(), key=lambda pair: (-pair[1], pair[0]))[:4]
        read = ", ".join(f"{form} {weight:.2f}" for form, weight in forms)
        related = f"; related {', '.join(sorted(expansion.related)[:4])}" if expansion.related else ""
        known = "" if expansion.known else " (not in the articles)"
        yield f"topic       {one_line(expansion.typed, 40)}{known}: {read or '-'}{related}"


def _decision(outcome: Outcome) -> Iterator[str]:
    answer = outcome.answer
    decided = "answered" if answer.answered else f"refused ({outcome.reason})"
    yield f"decision    {decided}, confidence {answer.confidence:.2f}"
    if not outcome.evidence:
        return
    leaning = "own_here" in outcome.evidence
    weights = LEANING if leaning else CONFIDENCE[weights_for(outcome.question)]
    floors = f"floor {LEANING_FLOOR}" if leaning else f"floor {FLOOR}"
    if "held" in outcome.evidence:
        floors += f"; articles tell of it {outcome.evidence['held']:.2f}, floor {HELD_FLOOR}"
    yield f"rests on    {floors}"
    yield f"            {_shares(weights, outcome.evidence)}"


def _candidates(outcome: Outcome) -> Iterator[str]:
    ranked: Sequence[Ranked] = outcome.ranked[:_CANDIDATES]
    if not ranked:
        for place, sentence in enumerate(outcome.sentences[:_CANDIDATES], 1):
            yield f"{place:<4}{sentence['article']} {sentence['number']}: {one_line(sentence['text'], _SENTENCE)}"
        return
    weights = dict(zip(FEATURES, RANK[weights_for(outcome.question)], strict=True))
    for place, candidate in enumerate(ranked, 1):
        sentence = candidate.sentence
        where = f"{sentence['article']} {sentence['number']}"
        yield f"{place:<4}{candidate.score:.2f}  {where}: {one_line(sentence['text'], _SENTENCE)}"
        values = {name: candidate.features[name] for name in FEATURES}
        near = candidate.score - sum(weights[name] * value for name, value in values.items())
        yield f"            {_shares({**weights, 'near': 1.0}, {**values, 'near': near})}"


def _shares(weights: Mapping[str, float], values: Mapping[str, float]) -> str:
    """Each name's value times its weight, the largest first; what adds nothing is left out."""
    shares = {name: weight * values[name] for name, weight in weights.items() if name in values}
    named = sorted(shares.items(), key=lambda pair: (-abs(pair[1]), pair[0]))
    return ", ".join(f"{name} {share:+.2f}" for name, share in named if abs(share) >= 0.005) or "nothing"
