"""Which people of several articles are one: by name first, then by what the articles tell of them.

A person's key is the folded name. Two of one full name are one unless they clash; the second of them is "john smith~2".
A last name alone, or another form of a name, joins the one person held whose name it may be and whose role agrees.
"""

from collections.abc import Iterable, Sequence

from sqlalchemy import Connection

from knowledge.models import Person
from knowledge.same_name import NameParts, may_be_one, name_parts, short_forms
from knowledge.store.bearers import MOST_BEARERS, Held, Known, Row, known, may_come_first, variants
from knowledge.store.traits import Traits, agree, clash, may_clash, shared, titles_of

__all__ = ["keys_for"]

_LONE = 20  # so many last names of one article are looked for among all that are held
_FULL = 200  # so many full names of one article are looked for in other forms
_REKEYED = 100  # so many articles get somebody's fuller key at a time


def keys_for(connection: Connection, persons: Sequence[Person]) -> list[str]:
    """The keys of an article's people, in their order, given all that the store holds.

    To be called in the transaction that stores the article, before its people are in. Where an article held before
    knows one of them by the last name only, that article's person gets the key found here, and the article a change of
    kind "updated": at most 100 people a call, the newest; the rest follow when the person is next named.
    """
    return _Cast(Held(connection), [known(person) for person in persons]).keys()


class _Cast:
    """The people of one article on their way to their keys."""

    def __init__(self, held: Held, everyone: Sequence[Known]) -> None:
        self._held = held
        self._everyone = everyone
        self._exist = held.existing(v for someone in everyone for v in variants(someone.key))
        self._given: dict[str, Traits] = {}
        self._lone = self._full = 0

    def keys(self) -> list[str]:
        found: dict[int, str] = {}
        # Full names first: who stands beside "Wang" in the article is somebody else.
        for place in sorted(range(len(self._everyone)), key=lambda i: not self._everyone[i].name.first):
            someone = self._everyone[place]
            joined = self._joined(someone)
            key = joined if joined is not None and joined not in self._given else self._own(someone)
            self._given[key] = self._given.get(key, Traits()) | someone.traits
            found[place] = key
        keys = [found[i] for i in range(len(self._everyone))]
        self._draw_in(keys)
        return keys

    def _joined(self, someone: Known) -> str | None:
        """The one person held of another name who is meant, when that can be told."""
        if not someone.traits.roles:
            return None
        if someone.name.first:
            self._full += 1
            if self._full > _FULL or any(key in self._exist for key in variants(someone.key)):
                return None
            return self._agreeing(self._other_forms(someone.name), someone.traits)
        self._lone += 1
        if self._lone > _LONE:
            return None
        joined = self._agreeing(self._held.bearing(someone.name.last), someone.traits)
        if joined is None and not self._exist & {*variants(someone.key)}:
            # "Pope Leo" is also "Leo, the pope".
            last = someone.name.last
            forms = {*variants(last), *(f"{title} {last}" for title in titles_of(someone.traits))}
            joined = self._agreeing(sorted(self._held.existing(forms)), someone.traits)
        return joined

    def _own(self, someone: Known) -> str:
        """The key of those who bear just this name: the one whose roles agree best, or a new one when all clash."""
        borne = [key for key in variants(someone.key) if key in self._exist or key in self._given]
        free = next((key for key in variants(someone.key) if key not in borne), None)
        if not borne or (len(borne) == 1 and not may_clash(someone.traits)):
            return borne[0] if borne else someone.key
        best, most = None, -1
        for key in borne:
            told = self._given.get(key, Traits()) | (self._held.traits(key) if key in self._exist else Traits())
            if not clash(someone.traits, told) and (common := shared(someone.traits, told)) > most:
                best, most = key, common
        return best or free or borne[-1]

    def _agreeing(self, bearers: Sequence[str], told: Traits) -> str | None:
        """The one of the bearers whose roles agree; None when it is none or several, or they are too many to tell."""
        if len(bearers) > MOST_BEARERS:
            return None
        agreeing = [key for key in bearers if agree(told, self._held.traits(key))]
        return agreeing[0] if len(agreeing) == 1 else None

    def _other_forms(self, name: NameParts) -> list[str]:
        found = self._held.beginning({name.first} | short_forms(name.first), last=name.last)
        return sorted(key for key in found if may_be_one(name, name_parts(key.partition("~")[0])))

    # -- earlier articles that know only a last name ------------------------------------------------------------------

    def _draw_in(self, keys: Sequence[str]) -> None:
        """Give those their fuller key who came as a last name and a role that only one person has."""
        by_word: dict[str, dict[str, Traits]] = {}
        wanted: set[str] = set()
        for someone, key in [*zip(self._everyone, keys, strict=True)][:_FULL]:
            for word in _lone_words(someone):
                by_word.setdefault(word, {})[key] = self._given[key]
                wanted.update(variants(word))
                wanted.update(f"{title} {word}" for title in titles_of(someone.traits))
        moving: dict[str, list[Row]] = {}
        to: dict[Known, str | None] = {}
        for row in self._held.lone(wanted) if wanted else ():
            if row.known not in to:
                bearers = by_word.get(row.known.name.last, {})
                here = [key for key, told in bearers.items() if agree(row.known.traits, told)]
                alone = len(here) == 1 and not self._others(row.known.name.last, here[0], row.known.traits)
                to[row.known] = here[0] if alone else None
            if (its := to[row.known]) is not None:
                moving.setdefault(its, []).append(row)
        for key, rows in moving.items():
            self._held.rekey(rows[:_REKEYED], key)

    def _others(self, word: str, key: str, told: Traits) -> bool:
        """Whether somebody else is held who may be meant as well."""
        bearers = self._held.bearing(word)
        return len(bearers) > MOST_BEARERS or any(
            agree(told, self._held.traits(bearer)) for bearer in bearers if bearer != key
        )


def _lone_words(someone: Known) -> Iterable[str]:
    """The words by which alone an article may call somebody of whom a full name and a role are known."""
    if someone.name.first and someone.traits.roles:
        yield someone.name.last
        if may_come_first(someone.name.first):
            yield someone.name.first
