"""What a how-many question counts, and how many of it a sentence says there are."""

import re
from collections.abc import Collection, Iterable, Sequence

from knowledge.answer.spelling import Expansion
from knowledge.cluster_numbers import number_at
from knowledge.text import fold, is_stop, normal, words

__all__ = ["count_in", "forms_counted"]

_BEFORE, _AFTER = 2, 4  # words between a number and what it counts
_PART = frozenset(("of", "in"))
_YEAR = re.compile(r"(?:19|20)\d\d")


def forms_counted(tokens: Sequence[str], expansions: Iterable[Expansion]) -> frozenset[str]:
    """The normal forms of what a question counts: the next two words after "many", and what stands surely for them."""
    if "many" not in tokens:
        return frozenset()
    after = [t for t in tokens[tokens.index("many") + 1 :][:4] if not is_stop(t)][:2]
    return frozenset(f for e in expansions if e.typed in after for f, weight in e.terms.items() if weight > 0.5)


def count_in(text: str, forms: Collection[str]) -> float | None:
    """The first number in a sentence that stands beside one of the forms ("17 people injured"); None without one.

    A number of them ("two of the injured") is a part, not the count.
    """
    said = [fold(word) for word, _, _ in words(text)]
    place = 0
    while place < len(said):
        value, after = number_at(said, place)
        counts = value is not None and not _YEAR.fullmatch(said[place])
        if counts and said[after : after + 1] and said[after] not in _PART:
            near = (*said[max(0, place - _BEFORE) : place], *said[after : after + _AFTER])
            if any(normal(word) in forms for word in near):
                return value
        place = max(after, place + 1)
    return None
