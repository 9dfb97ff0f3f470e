"""Train the ranker's and the confidence's weights on development questions, and write ``knowledge/answer/weights.py``.

    python -m benchmarks.train_ranker EVAL_FOLDER WORK_FOLDER

EVAL_FOLDER holds ``qa/dev`` and ``said/dev`` (articles.jsonl, questions.jsonl); WORK_FOLDER keeps the knowledge bases
built from them. Ranking: pairwise logistic regression (right minus wrong candidate of one question), L2. Confidence:
logistic regression of "the first is right". Both by Newton's method with numpy, so nothing else need be installed.
"""

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import conversations
from bot.ingesting import ingest_sources
from knowledge.answer import weights as used
from knowledge.answer.answerer import Answerer
from knowledge.answer.decide import confidence_features
from knowledge.answer.measures import FEATURES
from knowledge.answer.question import Question
from knowledge.answer.rank import Ranked, features, weights_for
from knowledge.answer.retrieve import Term
from knowledge.index.fields import SentencePayload
from knowledge.library import Library

_CANDIDATES = 40
_RANK_PENALTY = 10.0
_SURE_PENALTY = 20.0
_LEANING_PENALTY = 5.0
_HELD_PENALTY = 2.0
_HELD = ("bias", "context", "article", "missing", "unknown", "absent", "most_absent", "words", "score", "margin")
_SURE = ("bias", "score", "margin", "matched", "context", "article", "missing", "missing_here", "unknown", "names",
         "type", "no_type", "neighbours", "token_set", "asked", "words", "absent", "most_absent", "content",
         "sure")  # fmt: skip


KINDS = ("open", "who_said", "said", "about")
_EITHER_WAY = ("no_type", "question", "length", "place", "new", "covers", "begins", "direct", "recent")
_EVIDENCE = np.array([name not in _EITHER_WAY for name in FEATURES])


class Asked:
    """One development question in one setting, with its candidates' features and which of them are right."""

    def __init__(
        self, row: dict[str, Any], kind: str, terms: list[Term], candidates: list[SentencePayload], rows: Any
    ) -> None:
        self.kind = kind
        self.terms = terms
        self.candidates = candidates
        self.rows = np.array(rows).reshape(len(candidates), len(FEATURES))
        self.right = np.array([_hit(row, c) for c in candidates], bool)
        self.held = row["kind"] != "offcorpus"
        self.weight = 1.0 if row["source"] == "news" else 0.6


def main(evaluation: Path, work: Path) -> None:
    asked: list[Asked] = []
    for name in ("qa", "said"):
        folder = evaluation / name / "dev"
        ingest_sources(_database(work, name), [str(folder / "articles.jsonl")], as_json=False)
        with Library.open(_database(work, name)) as library:
            asked += list(_questions(library, folder / "questions.jsonl"))
    ranking, confidence = {}, {}
    for kind in KINDS:
        chosen = [q for q in asked if q.kind == kind]
        ranking[kind] = _rank_weights(chosen)
        confidence[kind] = _sure_weights(chosen, ranking[kind])
        for name, value in zip(FEATURES, ranking[kind], strict=True):
            print(f"{kind:9} {name:14} {value:8.3f}")
        for name, value in confidence[kind].items():
            print(f"{kind:9} sure {name:14} {value:8.3f}")
    held = _held_weights([q for q in asked if q.kind == "open"], ranking["open"])
    for name, value in held.items():
        print(f"held {name:14} {value:8.3f}")
    _use(ranking, confidence, held)
    leaning = _leaning_weights(work)
    for name, value in leaning.items():
        print(f"leaning {name:14} {value:8.3f}")
    _write(ranking, confidence, held, leaning)


def _database(work: Path, name: str) -> str:
    return f"sqlite:///{work / name}.db"


def _use(ranking: dict[str, np.ndarray], confidence: dict[str, dict[str, float]], held: dict[str, float]) -> None:
    """Let this process answer with the new weights: the conversations are held with them."""
    used.RANK.update({kind: tuple(map(float, learned)) for kind, learned in ranking.items()})
    used.CONFIDENCE.update(confidence)
    used.HELD.update(held)


def _leaning_weights(work: Path) -> dict[str, float]:
    """Logistic weights for "the first is right" on the turns of the development conversations that lean on others."""
    rows, right = [], []
    for name in ("qa", "said"):
        with Library.open(_database(work, name)) as library:
            for turn, outcome, _ in conversations.held(library, name):
                if turn.part == "train" and outcome.evidence and "own_here" in outcome.evidence:
                    first = outcome.ranked[0].sentence
                    rows.append(outcome.evidence)
                    right.append(any(first["start"] <= start < first["end"] for start in turn.right))
    names = sorted(rows[0], key=lambda name: name != "bias")
    x = np.array([[row[name] for name in names] for row in rows])
    learned = _logistic(x, np.array(right, float), np.ones(len(rows)), _LEANING_PENALTY)
    return dict(zip(names, map(float, learned), strict=True))


def _questions(library: Library, file: Path) -> Iterator[Asked]:
    answerer = library.answerer
    for line in file.open(encoding="utf-8"):
        row = json.loads(line)
        if row["noise"] == "human":
            continue
        for article in (row["article_id"], None):
            if article is None and not row.get("open", True):
                continue
            question = answerer.read(row["question"], article)
            asked = about(answerer, question, row, article)
            if asked is not None:
                yield asked


def about(answerer: Answerer, question: Question, row: dict[str, Any], article: str | None) -> Asked | None:
    """The question with its candidates; None for the kinds that are not ranked by weights."""
    if question.kind not in ("open", "who_said", "said") or not question.tokens:
        return None
    terms = answerer._retriever.terms(question)
    candidates = answerer._candidates(question, article)
    if not candidates:
        return None
    return Asked(row, weights_for(question), terms, candidates, features(question, terms, candidates))


def _hit(row: dict[str, Any], sentence: SentencePayload) -> bool:
    if sentence["article"] != row["article_id"]:
        return False
    start, end = sentence["start"], sentence["end"]
    return any(min(end, y) - max(start, x) >= 0.5 * min(end - start, y - x) for x, y in row["answers"])


def _rank_weights(asked: Sequence[Asked]) -> np.ndarray:
    pairs, amounts = [], []
    for q in asked:
        right, wrong = np.flatnonzero(q.right), np.flatnonzero(~q.right)
        if not len(right) or not len(wrong):
            continue
        differences = (q.rows[right][:, None, :] - q.rows[wrong][None, :, :]).reshape(-1, len(FEATURES))
        pairs.append(differences)
        amounts.append(np.full(len(differences), q.weight / len(differences)))
    x, amount = np.concatenate(pairs), np.concatenate(amounts) * 20
    # Evidence never counts against a sentence: a feature that would is left out, the most harmful first.
    used = np.ones(len(FEATURES), bool)
    while True:
        weights = np.zeros(len(FEATURES))
        weights[used] = _logistic(x[:, used], np.ones(len(x)), amount, _RANK_PENALTY)
        harm = np.where(_EVIDENCE, weights * x.std(axis=0), 0.0)
        if harm.min() >= 0:
            return weights
        used[harm.argmin()] = False


def _sure_weights(asked: Sequence[Asked], weights: np.ndarray) -> dict[str, float]:
    return _likelihood(asked, weights, _SURE, _SURE_PENALTY, lambda q, best: bool(q.right[best]))


def _held_weights(asked: Sequence[Asked], weights: np.ndarray) -> dict[str, float]:
    return _likelihood(asked, weights, _HELD, _HELD_PENALTY, lambda q, _: q.held)


def _likelihood(
    asked: Sequence[Asked],
    weights: np.ndarray,
    names: Sequence[str],
    penalty: float,
    is_so: Callable[[Asked, int], bool],
) -> dict[str, float]:
    """Logistic weights of the named features for what is so of a question's best candidate."""
    rows, so, amounts = [], [], []
    for q in asked:
        scores = q.rows @ weights
        order = np.argsort(-scores, kind="stable")
        ranked = [
            Ranked(q.candidates[i], dict(zip(FEATURES, q.rows[i], strict=True)), float(scores[i])) for i in order[:2]
        ]
        found = confidence_features(q.terms, ranked)
        rows.append([found[name] for name in names])
        so.append(is_so(q, int(order[0])))
        amounts.append(q.weight)
    learned = _logistic(np.array(rows), np.array(so, float), np.array(amounts), penalty)
    return dict(zip(names, map(float, learned), strict=True))


def _logistic(x: np.ndarray, y: np.ndarray, amount: np.ndarray, penalty: float) -> np.ndarray:
    """Weights that maximise the likelihood of y in {0, 1} given x, with an L2 penalty on standardised columns."""
    scale = x.std(axis=0)
    scale[scale < 1e-9] = 1.0
    z, w = x / scale, np.zeros(x.shape[1])
    for _ in range(50):
        p = 1 / (1 + np.exp(-np.clip(z @ w, -30, 30)))
        gradient = z.T @ (amount * (y - p)) - penalty * w
        hessian = (z * (amount * p * (1 - p))[:, None]).T @ z + penalty * np.eye(len(w))
        step = np.linalg.solve(hessian, gradient)
        w = w + step
        if np.abs(step).max() < 1e-6:
            break
    return np.array(w / scale)


def _write(
    ranking: dict[str, np.ndarray],
    confidence: dict[str, dict[str, float]],
    held: dict[str, float],
    leaning: dict[str, float],
) -> None:
    head = "Trained weights for each kind of question, one number a name; written by ``benchmarks/train_ranker.py``."
    lines = [
        f'"""{head}"""',
        "",
        '__all__ = ["CONFIDENCE", "HELD", "LEANING", "RANK"]',
        "",
        "RANK: dict[str, tuple[float, ...]] = {",
    ]
    for kind, weights in ranking.items():
        lines.append(f'    "{kind}": (')
        lines += [f"        {value:.3f},  # {name}" for name, value in zip(FEATURES, weights, strict=True)]
        lines.append("    ),")
    lines += ["}", "", "CONFIDENCE: dict[str, dict[str, float]] = {"]
    for kind, sure in confidence.items():
        lines.append(f'    "{kind}": {{')
        lines += [f'        "{name}": {value:.3f},' for name, value in sure.items()]
        lines.append("    },")
    lines += ["}", "", "HELD: dict[str, float] = {"]
    lines += [f'    "{name}": {value:.3f},' for name, value in held.items()]
    lines += ["}", "", "LEANING: dict[str, float] = {"]
    lines += [f'    "{name}": {value:.3f},' for name, value in leaning.items()]
    lines += ["}", ""]
    Path(used.__file__ or "").write_text("\n".join(lines), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
