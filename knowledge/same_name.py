"""Names as such: the key they are held under, their parts, and whether two of them may be one person's."""

import re
from dataclasses import dataclass
from functools import lru_cache

from knowledge.data import read_lines
from knowledge.text import folded_words

__all__ = [
    "SUFFIXES",
    "NameParts",
    "endings",
    "loose",
    "marks",
    "may_be_one",
    "name_parts",
    "openings",
    "person_key",
    "same_last",
    "short_forms",
    "spelling",
]

SUFFIXES = frozenset("jr sr ii iii iv".split())
"""The folded words after a name that tell a son from his father."""

_PARTICLES = frozenset("al el ul".split())
_INITIALS = 2  # a middle name of so few letters is initials ("H.W.")
_HEARD = 4  # a given name of fewer sounds is another's too easily ("Tim", "Tom"; "Ann", "Anna")
_WHOLE = 5  # so many letters of a whole name tell it however it is divided
# How transliterations write one sound; vowels and doubled letters come after.
_GLIDE = re.compile(r"^(?:[yij](?=e)|[yi](?=[ou]))")  # "Yevgeny", "Evgeny"
_SOUNDS = (("ph", "f"), ("ck", "k"), ("q", "k"), ("ch", "C"), ("c", "k"), ("w", "v"), ("kh", "g"), ("gh", "g"))
_VOWELS = {"e": "e", "i": "e", "y": "e", "a": "a", "o": "o", "u": "o"}
_SPELT = {"k": "kqc", "C": "c", "e": "eiy", "o": "ou", "u": "ou", "f": "fp", "v": "vw", "g": "gk"}
_WRITTEN_OTHERWISE = re.compile(r"[^bdlmnprt]+")


@dataclass(frozen=True, slots=True)
class NameParts:
    """A name's folded parts; a name of one word is a last name. ``suffix`` is "jr", "iii" or nothing."""

    first: str
    middle: tuple[str, ...]
    last: str
    suffix: str


def person_key(name: str) -> str:
    """The name folded: equal for spellings that differ in case, accents and points; never with a "~" before a digit."""
    return " ".join(folded_words(name)) or name.casefold()


def name_parts(key: str) -> NameParts:
    """The parts of a name given as its key ("joseph r biden jr")."""
    parts = key.split() or [key]
    suffix = parts.pop() if len(parts) > 1 and parts[-1] in SUFFIXES else ""
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
    """Whether two full names may be one: but for a middle name, a short form of the first, or how they are spelt.

    Two middle names must not differ, and suffixes tell two people apart; only a name in all its parts may have one
    more than a shorter form of it ("Joe Biden", "Joseph R. Biden Jr.").
    """
    if not one.first or not other.first or not _same_suffix(one, other):
        return False
    if one.suffix == other.suffix and len(whole := _whole(one)) >= _WHOLE and whole == _whole(other):
        return True  # "Xu Meiling", "Hsu Mei-ling"
    if not same_last(one.last, other.last) or not _same_first(one.first, other.first):
        return False
    middles = [tuple(word for word in name.middle if word not in _PARTICLES) for name in (one, other)]
    return not all(middles) or _same_middle(middles[0], middles[1])


def same_last(one: str, other: str) -> bool:
    """Whether two folded last names are one but for how they are spelt ("qadi", "kadi")."""
    return _written(one) == _written(other)


def spelling(word: str) -> str:
    """A folded name in the one of its spellings that it is found by.

    Stores hold it (the table ``names``): who changes it, migrates them.
    """
    return _written(word)


def marks(name: NameParts) -> frozenset[str]:
    """The spellings of a full name's last word and of the whole: two that may be one have one of them in common."""
    return frozenset((_written(name.last), _whole(name)))


def endings(name: NameParts) -> frozenset[str]:
    """The spellings of a name's last word, however its words are divided ("meiling", "ling")."""
    whole = _whole(name)
    longest = len(whole) if len(whole) >= _WHOLE else 0
    return frozenset((_written(name.last), *(whole[start:] for start in range(1, longest))))


@lru_cache(maxsize=4096)
def openings(first: str) -> frozenset[str]:
    """The two letters that a folded given name may begin with, however it is spelt; none when it is too short."""
    if first.startswith(("x", "hs")):
        return frozenset(("x", "hs"))
    sound = _sound(first)
    if len(sound) < _HEARD:
        return frozenset()
    spelt = [sound[0] if sound[0] in "ei" else _SPELT.get(sound[0], sound[0]), _SPELT.get(sound[1], sound[1])]
    starts = {one + two for one in spelt[0] for two in spelt[1]}
    if sound[0] == "e":  # "Evgeny", "Yevgeny"
        starts |= {"ye", "ie"}
    return frozenset(starts | ({"yu", "yo", "iu"} if sound[0] in "ou" else set()))


@lru_cache(maxsize=4096)
def loose(word: str) -> str:
    """The letters that a folded name has however it is spelt, in their order, a "%" for those between them."""
    return "%".join(("", *_WRITTEN_OTHERWISE.sub("", _written(word)), ""))


def _same_suffix(one: NameParts, other: NameParts) -> bool:
    if bool(one.suffix) != bool(other.suffix):
        formal, short = (one, other) if one.suffix else (other, one)
        return bool(formal.middle) and not short.middle
    return one.suffix == other.suffix


def _same_first(one: str, other: str) -> bool:
    return one == other or other in short_forms(one) or (len(_sound(one)) >= _HEARD and _sound(one) == _sound(other))


@lru_cache(maxsize=4096)
def _sound(word: str) -> str:
    """What is heard of a folded given name in any transliteration ("yevhen", "evgeny" -> "evgen")."""
    word = _GLIDE.sub("", _written(word))
    for spelling, sound in _SOUNDS:
        word = word.replace(spelling, sound)
    word = re.sub(r"(?<=.)h(?=[aeiouy])", "g", word)
    word = word[:1] + word[1:].replace("h", "")
    word = re.sub(r"[ae][iy]", "e", word)
    heard = word[:1] + "".join(_VOWELS.get(letter, letter) for letter in word[1:])
    return re.sub(r"(?<=.)[aeo]+$", "", re.sub(r"(.)\1+", r"\1", heard))


@lru_cache(maxsize=4096)
def _written(word: str) -> str:
    """A folded last name in one of its spellings ("qadi", "kaddi" -> "kadi"; "zelenskyy" -> "zelenski")."""
    word = re.sub(r"^hs(?=[aeiouy])", "x", word).replace("ck", "k").replace("q", "k")
    return re.sub(r"[iy]+$", "i", re.sub(r"([^iy])\1+", r"\1", word))


def _whole(name: NameParts) -> str:
    """All words of a name but its suffix run together, in one spelling."""
    return _written("".join(word for word in (name.first, *name.middle, name.last) if word not in _PARTICLES))


def _same_middle(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    spelt = all(len(word) > _INITIALS for word in (*one, *other))
    return one == other if spelt else _initials(one) == _initials(other)


def _initials(middle: tuple[str, ...]) -> str:
    return "".join(word if len(word) <= _INITIALS else word[0] for word in middle)
