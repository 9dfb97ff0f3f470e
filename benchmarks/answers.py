"""Answers: the whole path in this process, against rapidfuzz over the same sentences, seed article."""

import statistics
import time
from collections.abc import Callable

from rapidfuzz import fuzz, process

from benchmarks import seed

_ROUNDS = 30


def main() -> None:
    with seed.library() as (_, library):
        (article,) = seed.articles()
        texts = [s["text"] for s in library.answerer._retriever.in_article(article.id, 100)]
        ours = _timed(library.answerer.answer)
        fuzzy = _timed(lambda question: process.extract(question, texts, scorer=fuzz.token_set_ratio, limit=5))
    print(f"  p50 {ours[0]:.2f} ms, p99 {ours[1]:.2f} ms; rapidfuzz over {len(texts)} sentences p50 {fuzzy[0]:.3f} ms")
    print(f"  answer / fuzzy match {ours[0] / fuzzy[0]:.0f}; p99 / limit of 10 ms {ours[1] / 10:.2f}")


def _timed(answer: Callable[[str], object]) -> tuple[float, float]:
    """The median and the 99th percentile over all questions and rounds, in CPU milliseconds."""
    taken = []
    for _ in range(_ROUNDS):
        for question in seed.QUESTIONS:
            started = time.process_time_ns()
            answer(question)
            taken.append((time.process_time_ns() - started) / 1e6)
    return statistics.median(taken), statistics.quantiles(taken, n=100)[98]


if __name__ == "__main__":
    main()
