"""Names as such: the key they are held under, their parts, and whether two of them may be one person's."""

from dataclasses import dataclass
from functools import lru_cache

from knowledge.data import read_lines
from knowledge.text import words

__all__ = ["NameParts", "may_be_one", "name_parts", "person_key", "short_forms"]

_SUFFIXES = frozenset("jr sr ii iii iv".split())
_INITIALS = 2  # a middle name of so few letters is initials ("H.W.")


@dataclass(frozen=True, slots=True)
class NameParts:
    """A name's folded parts; a name of one word is a last name. ``suffix`` is "jr", "iii" or nothing."""

    first: str
    middle: tuple[str, ...]
    last: str
    suffix: str


def person_key(name: str) -> str:
    """The name folded: equal for spellings that differ in case, accents and points; never with a "~" before a digit."""
    return " ".join(word for word, _, _ in words(name)) or name.casefold()


def name_parts(key: str) -> NameParts:
    """The parts of a name given as its key ("joseph r biden jr")."""
    parts = key.split() or [key]
    suffix = parts.pop() if len(parts) > 1 and parts[-1] in _SUFFIXES else ""
    return NameParts(parts[0] if len(parts) > 1 else "", tuple(parts[1:-1]), parts[-1], suffix)


@lru_cache(maxsize=1)
def _nicknames() -> dict[str, frozenset[str]]:
    names: dict[str, set[str]] = {}
    for line in read_lines("nicknames"):
        for name in line:
            names.setdefault(name, set()).update(line)
    return {name: frozenset(others - {name}) for name, others in names.items()}


def short_forms(first: str) -> frozenset[str]:
    """The given names that may stand for a folded given name ("joe" -> "joseph", "joey")."""
    return _nicknames().get(first, frozenset())


def may_be_one(one: NameParts, other: NameParts) -> bool:
    """Whether two full names may be one: but for a middle name, a suffix or a short form of the first.

    Two middle names, or two suffixes, must not differ.
    """
    if not one.first or not other.first or one.last != other.last:
        return False
    if one.first != other.first and other.first not in short_forms(one.first):
        return False
    if one.suffix and other.suffix and one.suffix != other.suffix:
        return False
    return not one.middle or not other.middle or _same_middle(one.middle, other.middle)


def _same_middle(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    spelt = all(len(word) > _INITIALS for word in (*one, *other))
    return one == other if spelt else _initials(one) == _initials(other)


def _initials(middle: tuple[str, ...]) -> str:
    return "".join(word if len(word) <= _INITIALS else word[0] for word in middle)
