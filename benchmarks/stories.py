"""Parsed evaluation articles, and their hand-marked attributions in words as the data's own scorer counts them."""

import importlib.util
import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

from rich.progress import track

from knowledge.build import load_model
from knowledge.build.pipeline import parsed
from knowledge.build.story import Story

TOGETHER = 16


@cache
def scorer(folder: Path) -> ModuleType:
    """The scorer that comes with the data (``quotes/score.py``)."""
    spec = importlib.util.spec_from_file_location("score", folder / "quotes" / "score.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def rows(folder: Path, part: str) -> list[dict[str, Any]]:
    """The articles of ``quotes/<part>.jsonl`` with their attributions."""
    with (folder / "quotes" / f"{part}.jsonl").open(encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def stories(found: list[dict[str, Any]]) -> Iterator[tuple[dict[str, Any], Story]]:
    """Each row with its parsed article."""
    nlp = load_model()
    batches = [found[i : i + TOGETHER] for i in range(0, len(found), TOGETHER)]
    for batch in track(batches, description="parsing"):
        yield from zip(batch, parsed([(row["text"], None) for row in batch], nlp), strict=True)


class Gold:
    """The attributions of one article: the words of source, cue and content, and what counts neither way."""

    def __init__(self, score: ModuleType, row: dict[str, Any]) -> None:
        self._starts = [match.start() for match in score.WORD.finditer(row["text"])]
        self._score = score
        self.all = [
            {**a, "words": self.words(a["content"]), "by": self.words(a["source"]), "cued": self.words(a["cue"])}
            for a in row["attributions"]
        ]
        self.quotes, _, self.mask = score.load_article(row, None)
        self.taken = frozenset().union(*(q["content"] for q in self.quotes))
        self.ignored = frozenset().union(
            *(a["words"] for a in self.all if not a["quote"]),
        )

    def words(self, spans: Any) -> frozenset[int]:
        """The words, named by their offsets, in character spans."""
        return self._score.words_in(self._starts, spans)
