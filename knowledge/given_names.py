"""Given names that tell whether "he" or "she" may mean somebody."""

from typing import Literal

from knowledge.data import read_words

__all__ = ["MEN", "WOMEN", "gender"]

MEN = read_words("men")
WOMEN = read_words("women")


def gender(name: str) -> Literal["man", "woman"] | None:
    """What the first given name in a full name tells; None when it is both, neither, or no given name."""
    first = name.casefold().split()
    for word in first[:-1]:
        man, woman = word in MEN, word in WOMEN
        if man != woman:
            return "man" if man else "woman"
    return None
