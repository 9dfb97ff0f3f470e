"""Conversations on evaluation data: how often the right sentence comes first, and what must be refused is.

    python -m benchmarks.conversations EVAL_FOLDER

EVAL_FOLDER holds ``qa/dev`` and ``said/dev``; the turns are ``conversations.tsv`` beside this file: seven a
conversation, each conversation about one article.
"""

import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from bot.dialogue import Dialogue
from bot.ingesting import ingest_sources
from knowledge.answer import Outcome
from knowledge.library import Library

_FILE = Path(__file__).with_suffix(".tsv")


@dataclass(frozen=True, slots=True)
class Turn:
    """One line typed; ``right`` are where the sentences begin that may come first, none when it is to be refused."""

    part: str
    data: str
    article: str
    number: int
    leans: bool
    right: tuple[int, ...]
    text: str


def turns() -> list[Turn]:
    rows = [line.split("\t") for line in _FILE.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    return [
        Turn(part, *where.split("/"), int(number), leans == "leans", _offsets(right), text)
        for part, where, number, leans, right, text in rows
    ]


def _offsets(column: str) -> tuple[int, ...]:
    return () if column == "-" else tuple(map(int, column.split(",")))


def held(library: Library, data: str) -> Iterator[tuple[Turn, Outcome, bool]]:
    """Each turn on a data set's articles, with what led to its answer and whether that was right."""
    chosen = [turn for turn in turns() if turn.data == data]
    for article, conversation in groupby(chosen, key=lambda turn: turn.article):
        dialogue = Dialogue(library, article)
        for turn in conversation:
            answer = dialogue.ask("bench", turn.text).answer
            assert answer is not None
            first = answer.citations[0] if answer.answered else None
            right = first is not None and any(first.start <= start < first.end for start in turn.right)
            yield turn, dialogue.outcome("bench"), right if turn.right else first is None


def main(evaluation: Path) -> None:
    counts: Counter[tuple[str, str]] = Counter()
    with tempfile.TemporaryDirectory() as name:
        for data in ("qa", "said"):
            database = f"sqlite:///{Path(name) / data}.db"
            ingest_sources(database, [str(evaluation / data / "dev" / "articles.jsonl")], as_json=False)
            with Library.open(database) as library:
                for turn, _, right in held(library, data):
                    kinds = ["answer" if turn.right else "refuse"] + ["leans"] * (turn.leans and bool(turn.right))
                    for kind in kinds:
                        counts[turn.part, kind] += 1
                        counts[turn.part, f"{kind} right"] += right
    for part in ("train", "held"):
        shares = [
            f"{label} {counts[part, f'{kind} right']} of {counts[part, kind]} "
            f"({counts[part, f'{kind} right'] / max(1, counts[part, kind]):.2f})"
            for kind, label in (("answer", "right first"), ("leans", "of these leaning"), ("refuse", "refused"))
        ]
        print(f"  conversations, {part}: {', '.join(shares)}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
