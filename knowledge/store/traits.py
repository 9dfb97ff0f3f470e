"""What articles tell of somebody, taken apart, to see whether two who bear one name are one person.

People are called many things ("Russian President", "a former KGB officer", "the leader"), so different roles prove
nothing. Two clash where walks of life hardly go together (``data/walks.txt``), where both hold an office of state, in
different countries, or where one is a man and the other a woman; and any word their roles share speaks against it.
"""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import lru_cache

from knowledge.data import read_lines, read_words
from knowledge.given_names import gender
from knowledge.text import fold, is_stop, normal, words

__all__ = ["Role", "Traits", "agree", "clash", "is_title", "may_clash", "shared", "titles_of", "traits"]

_LONGEST = 400  # characters of a role that are looked at
_BASES = {word: line[0] for line in read_lines("roles") for word in line}
_ANYBODY = read_words("person_nouns") | frozenset(
    "colleague counterpart critic daughter doctor expert husband officer official partner son student veteran widow "
    "wife worker".split()
)
_PLACES = {" ".join(map(fold, place.split("_"))): line[0] for line in read_lines("places") for place in line}
_REGIONS = {p.replace("_", " ").lower(): line[0] for line in read_lines("regions") for p in line[1:]}
_NO_COUNTRY = frozenset(("Europe",))
_ONE_COUNTRY = (frozenset(("America", "Georgia")), frozenset(("Britain", "England", "Scotland", "Wales", "Ireland")))
_WALKS = {noun: line[0] for line in read_lines("walks") if line[0] != "apart" for noun in line[1:]}
_COMPOUNDS = {tuple(noun.split("_")) for noun in _WALKS if "_" in noun}
_APART = {frozenset((line[1], w)) for line in read_lines("walks") if line[0] == "apart" for w in line[2:]}
_FORMER = frozenset("former formerly ex onetime turned retired".split())
_FILLERS = _FORMER | frozenset(
    "then current late longtime top senior acting new old first second year term state republican democrat democratic "
    "gop party government national".split()
)
_RANKS = frozenset("vice deputy assistant associate under".split())
_PREPOSITIONS = frozenset("of for to at in on from with by under who that which".split())
_TOWARDS = frozenset("to with against".split())
_SPELT = {"defence": "defense", "pm": "prime_minister", "labour": "labor", "presidential": "president"}
_TITLES_OF_ANYBODY = frozenset("mr mrs ms dr".split())
_TITLES = frozenset("mr mrs ms miss sir dame lord lady".split())
_MEN = frozenset("mr sir lord king prince husband son brother father uncle grandfather widower boy monk".split())
_WOMEN = frozenset(
    "mrs ms miss lady dame queen princess wife daughter sister mother aunt grandmother widow actress girl nun".split()
)


@dataclass(frozen=True, slots=True)
class Role:
    """One thing that somebody is called: its noun ("" when none is known), and what tells it from its like."""

    noun: str
    countries: frozenset[str]
    regions: frozenset[str]
    rest: frozenset[str]
    ranks: frozenset[str]
    former: bool

    @property
    def words(self) -> frozenset[str]:
        """All that it shares with another when they have it in common."""
        return self.rest | self.regions | self.countries | ({self.noun} if self.noun else frozenset())


@dataclass(frozen=True, slots=True)
class Traits:
    """What is known of somebody. ``sexes`` are "man" and "woman", as far as titles and roles tell."""

    roles: frozenset[Role] = frozenset()
    sexes: frozenset[str] = frozenset()

    def __or__(self, other: "Traits") -> "Traits":
        return Traits(self.roles | other.roles, self.sexes | other.sexes)


def is_title(word: str) -> bool:
    """Whether a folded word may stand before a name as a title."""
    return word in _TITLES or word in _BASES


def titles_of(told: Traits) -> frozenset[str]:
    """The folded words that may stand before a name as titles of one of whom this is known."""
    return _TITLES_OF_ANYBODY.union(*(_titles(role.noun) for role in told.roles))


@lru_cache(maxsize=1024)
def _titles(noun: str) -> frozenset[str]:
    return frozenset(word for word, base in _BASES.items() if base == noun)


@lru_cache(maxsize=4096)
def traits(name: str, roles: frozenset[str], titles: frozenset[str] = frozenset()) -> Traits:
    """What a name, the roles of its bearer, and the folded titles before the name tell."""
    found = frozenset(role for text in sorted(roles) for role in _roles(text))
    heads = titles | {word for text in roles for word in _heads(text)}
    known = gender(name)
    sexes = {sex for word in heads if (sex := _sex(word, known))}
    # Who "his wife" is told of may be somebody else: what the given name tells is surer.
    return Traits(found, frozenset(sexes if known is None else sexes & {known}))


def may_clash(one: Traits) -> bool:
    """Whether anything is known that can clash with what is known of another."""
    return bool(one.sexes or _walks(one))


def clash(one: Traits, other: Traits) -> bool:
    """Whether two of one full name can hardly be one person."""
    if len(one.sexes) == len(other.sexes) == 1 and one.sexes != other.sexes:
        return True
    if shared(one, other):
        return False
    offices = _offices(one), _offices(other)
    if all(offices) and _foreign(*offices):
        return True
    walks = _walks(one), _walks(other)
    if not all(frozenset((a, b)) in _APART for a in walks[0] for b in walks[1]) or not all(walks):
        return False
    before = any(role.former for role in (*one.roles, *other.roles) if role.noun in _WALKS)
    return not before or _foreign(_homes(one.roles), _homes(other.roles))


def shared(one: Traits, other: Traits) -> int:
    """How many words of one's roles are, or stand for, words of the other's."""
    theirs = {word for role in other.roles for word in role.words}
    return sum(_alike(word, theirs) for word in {word for role in one.roles for word in role.words})


def agree(one: Traits, other: Traits) -> bool:
    """Whether a role of each may well be the same one: enough to make one person of two whose names only may be one."""
    sexes = len(one.sexes | other.sexes) < 2
    return sexes and any(_same(role, another) for role in one.roles for another in other.roles)


def _same(one: Role, other: Role) -> bool:
    if not one.noun or not other.noun or one.ranks != other.ranks or not _alike(one.noun, {other.noun}):
        return False
    if _foreign(_homes([one]), _homes([other])) or _differ(one.regions, other.regions):
        return False
    common = any(_alike(word, other.rest) for word in one.rest)
    if one.rest and other.rest and not common:
        return False  # a foreign minister and a finance minister
    telling = one.noun not in _ANYBODY and other.noun not in _ANYBODY
    return telling or common or bool(one.regions & other.regions)


def _differ(one: Collection[str], other: Collection[str]) -> bool:
    return bool(one) and bool(other) and not set(one) & set(other)


def _foreign(one: frozenset[str], other: frozenset[str]) -> bool:
    """Whether two sets of countries, both known, have nothing to do with each other."""
    return _differ(one, other) and not any(one & union and other & union for union in _ONE_COUNTRY)


def _homes(roles: Iterable[Role]) -> frozenset[str]:
    countries = {c for role in roles for c in (*role.countries, *(_REGIONS[r] for r in role.regions))}
    return frozenset(countries - _NO_COUNTRY)


def _walks(one: Traits) -> frozenset[str]:
    return frozenset(walk for role in one.roles if (walk := _WALKS.get(role.noun)))


def _offices(one: Traits) -> frozenset[str]:
    """The countries that somebody holds an office of; none unless that is all that is known of them."""
    if not all(_WALKS.get(role.noun) == "politics" and not role.former for role in one.roles):
        return frozenset()
    return _homes(one.roles)


@lru_cache(maxsize=1)
def _synonyms() -> dict[str, frozenset[int]]:
    """The lines of the list that a word is on; but not a line that would make one of two walks of life."""
    found: dict[str, set[int]] = {}
    for number, line in enumerate(read_lines("synonyms")):
        if len({_WALKS[word] for word in line if word in _WALKS}) < 2:
            for word in line:
                found.setdefault(_BASES.get(word, word), set()).add(number)
                found.setdefault(normal(word), set()).add(number)
    return {word: frozenset(numbers) for word, numbers in found.items()}


def _alike(word: str, others: Collection[str]) -> bool:
    lines = _synonyms().get(word, frozenset())
    return word in others or any(lines & _synonyms().get(other, frozenset()) for other in others)


def _sex(word: str, known: str | None) -> str:
    if word in _WOMEN or word.endswith("woman"):
        return "woman"
    # Women, too, are called actors and chairmen; of a name that tells nothing, the word is all there is.
    return "man" if word in _MEN or (word.endswith("man") and known is None) or word == "actor" else ""


def _pieces(text: str) -> Iterable[list[str]]:
    """The words of each part of a role, compounds as one."""
    for part in re.split(r"[,;/]| and |-turned-", text[:_LONGEST]):
        found = [_SPELT.get(word, word) for word, _, _ in words(part)]
        joined: list[str] = []
        for word in found:
            if joined and (joined[-1], word) in _COMPOUNDS:
                joined[-1] = f"{joined[-1]}_{word}"
            else:
                joined.append(word)
        yield joined


def _noun(front: list[str]) -> str:
    """The last word that is a noun for a person, as it stands."""
    return next((w for w in reversed(front) if w in _BASES or w in _ANYBODY or w in _WALKS or w.endswith("woman")), "")


def _front(piece: list[str]) -> list[str]:
    return piece[: next((i for i, word in enumerate(piece) if i and word in _PREPOSITIONS), None)]


def _heads(text: str) -> list[str]:
    return [noun for piece in _pieces(text) if (noun := _noun(_front(piece)))]


def _roles(text: str) -> Iterable[Role]:
    former = "-turned-" in text
    for piece in _pieces(text):
        if piece:
            yield _role(piece, former=former)


def _role(piece: list[str], *, former: bool) -> Role:
    front = _front(piece)
    head = _noun(front)
    noun = _BASES.get(head, head)
    countries, regions, rest = set[str](), set[str](), set[str]()
    towards = False
    i = 0
    while i < len(piece):
        word, pair = piece[i], " ".join(piece[i : i + 2])
        length = 2 if pair in _PLACES or pair in _REGIONS else 1
        place = pair if length == 2 else word
        towards = word in _TOWARDS or (towards and word not in _PREPOSITIONS)
        born = piece[i + length : i + length + 1] == ["born"]
        if place in _PLACES:
            if not towards and not born and not countries:
                countries.add(_PLACES[place])
        elif place in _REGIONS:
            if not born:
                regions.add(place)
        elif word != head and not is_stop(word) and word not in _FILLERS and word not in _RANKS and word != "born":
            rest.add(_BASES.get(word, normal(word)))
        i += length
    ranks, former = frozenset(_RANKS & set(front)), former or not _FORMER.isdisjoint(piece)
    return Role(noun, frozenset(countries), frozenset(regions), frozenset(rest), ranks, former)
