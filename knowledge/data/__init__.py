"""Word lists that are data, not code: one entry a line, ``#`` starts a comment."""

from importlib.resources import files

__all__ = ["read_lines", "read_pairs", "read_words"]


def read_lines(name: str) -> list[list[str]]:
    """Each line of the list ``name`` as its words, comments and empty lines left out."""
    text = (files(__package__) / f"{name}.txt").read_text(encoding="utf-8")
    return [words for line in text.splitlines() if (words := line.partition("#")[0].split())]


def read_words(name: str) -> frozenset[str]:
    """All words of the list ``name``."""
    return frozenset(word for line in read_lines(name) for word in line)


def read_pairs(name: str) -> list[tuple[str, str]]:
    """Each line of the list ``name`` as its first word and the rest, whole-line comments and empty lines left out."""
    text = (files(__package__) / f"{name}.txt").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    return [(first, rest) for first, rest in (line.split(None, 1) for line in lines)]
