"""Which words are English, and how common: so that a word the articles lack is told from a slip of the keyboard.

The list is ``data/english.txt``, made by ``benchmarks/make_english.py``: sorted lines, looked up where they stand,
since a table of them would cost every process 20 MB.
"""

from functools import lru_cache
from importlib.resources import files
from pathlib import Path

__all__ = ["FILE", "commonness", "is_english", "rareness"]

FILE = Path(str(files("knowledge.data"))) / "english.txt"
_BEGINNING = 3  # letters; no more than 2,000 words have them in common, and are looked through at once
_COMMON = 4  # about 24,000 words; slips of one word can be rarer ones
_NONE = -1
_MOST = 22
_UNLISTED = 0.9


@lru_cache(maxsize=1)
def _lines() -> bytes:
    return FILE.read_bytes()


@lru_cache(maxsize=65536)
def commonness(word: str) -> int:
    """How common a folded word is in English: the binary logarithm of its count, 0 (rare) to 21 ("the"); -1 if none."""
    if not word.isascii() or "\n" in word:
        return _NONE
    sought = word.encode()
    at = _lines().find(b"\n%s " % sought, *_place(sought[:_BEGINNING]))
    return _NONE if at < 0 else _lines()[at + len(sought) + 2] - ord("a")


@lru_cache(maxsize=16384)
def _place(beginning: bytes) -> tuple[int, int]:
    """From where to where the words stand that begin with some letters, with the line ends around them."""
    low = _after(beginning)
    return low, _after(beginning + b"\x7f", low) + 1


def _after(sought: bytes, low: int = 0) -> int:
    """Where the line end is after which a line would stand, not before ``low``."""
    held = _lines()
    high = len(held) - 1
    while low < high:
        middle = held.rfind(b"\n", 0, (low + high) // 2 + 1)
        end = held.find(b"\n", middle + 1)
        if held[middle + 1 : end] < sought:
            low = end
        else:
            high = middle
    return low


def is_english(word: str) -> bool:
    """Whether a folded word is common enough in English to be meant when it is typed."""
    return commonness(word) >= _COMMON


def rareness(word: str) -> float:
    """How rare a folded word is, 0 to 1: linear in the logarithm of its count; a name or number is rather rare."""
    level = commonness(word)
    return _UNLISTED if level < 0 else 1 - level / _MOST
