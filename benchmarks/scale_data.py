"""What scale is measured with: the sentences of a size, the questions about them, and when one is answered rightly.

The questions' sentences are among the first thousand, so every size is asked the same.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

__all__ = ["KINDS", "Corpus", "First", "is_right", "questions", "words_of"]

KINDS = {"plain": "queries.json", "hard": "queries_hard.json", "stop": "queries_stop.json"}
"""The questions' files: words of one sentence, half with a slip; three words, the rarest with a slip; wordy ones."""

_REVERSED = "-reversed"
_WORD = re.compile(r"[a-z0-9]+(?:['’][a-z]+)?")


@dataclass(frozen=True)
class Corpus:
    """The sentences of one size in a folder; a label that ends in "-reversed" has them in the opposite order."""

    folder: Path
    label: str

    @property
    def file(self) -> Path:
        """The sentences, one a line."""
        return self.folder / f"{self.label.removesuffix(_REVERSED)}.txt"

    @property
    def database(self) -> Path:
        """The articles made of them."""
        return self.place("db")

    def reversed(self) -> "Corpus":
        """The same in the opposite order."""
        return Corpus(self.folder, f"{self.label}{_REVERSED}")

    def place(self, name: str) -> Path:
        """Where something made of the sentences is kept."""
        return self.folder / f"scale-{self.label}.{name}"

    def sentences(self) -> list[str]:
        """All of them, in this corpus's order."""
        lines = self.file.read_text(encoding="utf-8").split("\n")[:-1]
        return lines[::-1] if self.label.endswith(_REVERSED) else lines


class First(NamedTuple):
    """What came first: a sentence, by its place or as it stands, or nothing; and whether that is told as the answer."""

    found: int | str | None
    answered: bool = True


def questions(folder: Path, kind: str) -> list[dict[str, Any]]:
    """Each with the question ``q``, the line ``id`` of its sentence, and for hard ones the words it ``want``s."""
    found: list[dict[str, Any]] = json.loads((folder / KINDS[kind]).read_text(encoding="utf-8"))
    return found


def is_right(question: Mapping[str, Any], found: str | None, sentences: Sequence[str]) -> bool:
    """Whether what came first holds every intended word, or is the sentence that the question was made of.

    ``sentences`` are in the order of the file.
    """
    if found is None:
        return False
    if "want" in question:
        return set(question["want"]) <= set(words_of(found))
    return found == sentences[question["id"]].strip()


def words_of(text: str) -> list[str]:
    """Lower-case runs of letters and digits, with what follows an apostrophe unless it is a possessive's s."""
    return [word.replace("’", "'").removesuffix("'s") for word in _WORD.findall(text.lower())]
