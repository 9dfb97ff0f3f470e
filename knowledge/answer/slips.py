"""How far what was typed is from what may have been meant: slips of the keyboard, and names spelt by ear.

The model is the noisy channel (Kernighan, Church and Gale, 1990): how likely the slip times how common the word.
"""

import re
from functools import lru_cache

from rapidfuzz.distance import OSA, Postfix, Prefix

from knowledge.english import commonness
from knowledge.text import skeleton

__all__ = ["CHEAPEST", "SLIP", "as_typed", "by_ear", "cost", "distance", "slip"]

SLIP = 6.0
"""What a slip of cost 1 takes from a reading's likelihood; likelihoods are binary logarithms, as ``commonness`` is."""

_AS_TYPED = 6.0  # most words are typed as they are meant
_NO_WORD = -2.0  # a word that no list has
_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_NEIGHBOUR = 0.6
_EXTRA = 0.8
_TWICE = 0.5
_SWAP = 0.6
CHEAPEST = _TWICE
"""No slip costs less."""
_FIRST = 1.3  # times the cost of a slip in the first letter
_MOST = {3: 0.8, 4: 1.3, 5: 1.5, 6: 1.6}  # of the cost, by the shorter word's length
_MOST_OF_LONG = 2.1
_BY_EAR = 0.7
_SHORTEST_BY_EAR = 5


def _neighbours() -> frozenset[tuple[str, str]]:
    """The pairs of letters whose keys touch on a QWERTY keyboard."""
    at = {letter: (row, place + row / 2) for row, letters in enumerate(_ROWS) for place, letter in enumerate(letters)}
    return frozenset(
        (a, b)
        for a, (row, place) in at.items()
        for b, (other, there) in at.items()
        if a != b and abs(row - other) <= 1 and abs(place - there) <= 1
    )


_TOUCHING = _neighbours()
_DOUBLED = re.compile(r"(.)\1", re.DOTALL)


def as_typed(word: str) -> float:
    """How likely it is that a folded word is meant as it is typed: a binary logarithm, as ``commonness`` is."""
    return commonness(word) + _AS_TYPED if commonness(word) >= 0 else _NO_WORD


def slip(typed: str, meant: str) -> float:
    """How well ``typed`` may be a slip for ``meant``: 1 when equal, 0 when it cannot be."""
    if typed == meant:
        return 1.0
    found = cost(typed, meant)
    if found is None:
        return 0.0
    return max(0.5, 1 - 0.15 * found - (0.1 if min(len(typed), len(meant)) < _SHORTEST_BY_EAR else 0.0))


def by_ear(typed: str, meant: str) -> float:
    """How well two words of the same consonants are one, as names are that come from another script; 0 for others."""
    if (
        len(typed) >= _SHORTEST_BY_EAR
        and len(meant) >= _SHORTEST_BY_EAR
        and typed[0] == meant[0]
        and skeleton(typed) == skeleton(meant)
    ):
        return _BY_EAR
    return 0.0


@lru_cache(maxsize=32768)
def cost(typed: str, meant: str) -> float | None:
    """What the slips that make ``meant`` into ``typed`` cost together; None when they are too many for its length.

    A letter too many or missing, one for another, two swapped (optimal string alignment); a neighbouring key or a
    letter twice costs less than another letter, a slip in the first letter more. A usual slip costs about 0.7.
    """
    shorter = min(len(typed), len(meant))
    if shorter < min(_MOST):
        return None
    edits = 1 if shorter == min(_MOST) else 2
    if OSA.distance(typed, meant, score_cutoff=edits) > edits:
        return None
    found = distance(typed, meant)
    return found if found <= _MOST.get(shorter, _MOST_OF_LONG) else None


def distance(typed: str, meant: str) -> float:
    """What the cheapest slips that make ``meant`` into ``typed`` cost together, however many they are.

    The usual table, a row for each typed letter, between the beginning and the end that the two have in common.
    """
    # A slip beside a doubled letter may do better to begin before the words differ: such words are compared whole.
    if _DOUBLED.search(typed) or _DOUBLED.search(meant):
        first = last = 0
    else:
        first = int(Prefix.similarity(typed, meant))
        last = min(int(Postfix.similarity(typed, meant)), min(len(typed), len(meant)) - first)
    ending, columns = len(typed) - last, range(first, len(meant) - last)
    before: list[float] = []
    row = [0.0]
    for j in columns:
        row.append(row[-1] + (_EXTRA if j else _EXTRA * _FIRST))
    for i in range(first, ending):
        letter = typed[i]
        factor = 1.0 if i else _FIRST
        extra = (_TWICE if i and typed[i - 1] == letter else _EXTRA) * factor
        new = [row[0] + extra]
        for place, j in enumerate(columns):
            other = meant[j]
            same = 0.0 if letter == other else (_NEIGHBOUR if (letter, other) in _TOUCHING else 1.0) * factor
            missing = _TWICE if j and meant[j - 1] == other else _EXTRA
            best = min(row[place] + same, row[place + 1] + extra, new[place] + missing * (factor if not j else 1.0))
            if before and place and letter == meant[j - 1] and typed[i - 1] == other:
                best = min(best, before[place - 1] + _SWAP * (1.0 if i > 1 else _FIRST))
            new.append(best)
        before, row = row, new
    return row[-1]
