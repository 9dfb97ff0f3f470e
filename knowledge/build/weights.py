"""The trained weights of the choices made while an article is read, by model and trait.

Each model is a sum of weights of named traits; ``data/build_weights.tsv`` holds one a line, so that every choice can be
explained by its traits. ``benchmarks/train_build.py`` trains them.
"""

import math
from collections.abc import Iterable, Sequence
from functools import cache
from importlib.resources import files

__all__ = ["forget", "likeliest", "weigh"]


@cache
def _weights(model: str) -> dict[str, float]:
    text = (files("knowledge.data") / "build_weights.tsv").read_text(encoding="utf-8")
    rows = (line.split("\t") for line in text.splitlines() if line.startswith(f"{model}\t"))
    return {trait: float(weight) for _, trait, weight in rows}


def weigh(model: str, traits: Iterable[str]) -> float:
    """The sum of the weights that ``model`` has for some traits; those it does not know weigh nothing."""
    weights = _weights(model)
    return sum(weights.get(trait, 0.0) for trait in traits)


def likeliest(scores: Sequence[float]) -> tuple[int, float, float]:
    """Which of several is likeliest, its chance, and the chance (0..1) that it is any of them and not "none".

    McFadden's conditional logit: the chance of each is the softmax of the scores, "none" scoring zero.
    """
    top = max(scores)
    most = max(top, 0.0)
    parts = [math.exp(score - most) for score in scores]
    total = sum(parts) + math.exp(-most)
    best = scores.index(top)
    return best, parts[best] / total, sum(parts) / total


def forget() -> None:
    """Read the weights anew when they are next needed: they were trained again."""
    _weights.cache_clear()
