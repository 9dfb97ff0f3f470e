"""Which people of several articles are one: by name first, then by what the articles tell of them.

A person's key is the folded name. Two of one full name are one unless they clash; the second of them is "john smith~2".
Where several bear a name, whoever else has it is the one whose role, or whose story, agrees: the one named beside the
same people. Who agrees with none is kept apart, for two people taken for one are worse than one taken for two.
A last name alone, or another form of a name, joins the one person held whose name it may be and whose role or story
agrees.
"""

from collections.abc import Collection, Iterable, Sequence
from functools import cached_property, lru_cache
from itertools import accumulate

from sqlalchemy import Connection

from knowledge.models import Person
from knowledge.same_name import NameParts, marks, may_be_one, name_parts, same_last, spelling
from knowledge.store.bearers import COUNTED, MOST_BEARERS, Held, Known, Row, known, may_come_first, variants
from knowledge.store.traits import Traits, agree, clash, is_title, may_clash, shared, titles_of

__all__ = ["keys_for"]

_LONE = 20  # so many last names of one article are looked for among all that are held
_FULL = 200  # so many full names of one article are looked for in other forms
_FEW = 2  # so many people named beside two of like names make one person of them, whatever they are called
_EVERYWHERE = COUNTED - 1  # whom more articles name is of no one story
_COMPANY = 30  # of so many people of an article it is asked who stands beside them,
_TEXTS = 100  # in so many texts; the rarest people first, who tell a story best
_REKEYED = 100  # so many articles get somebody's fuller key at a time


def keys_for(connection: Connection, persons: Sequence[Person]) -> list[str]:
    """The keys of an article's people, in their order, given all that the store holds.

    To be called in the transaction that stores the article, before its people are in. Where an article held before
    knows one of them by the last name only, that article's person gets the key found here, and the article a change of
    kind "rekeyed": at most 100 people a call, the newest; the rest follow when the person is next named.
    """
    return _Cast(Held(connection), [known(person) for person in persons]).keys()


class _Cast:
    """The people of one article on their way to their keys."""

    def __init__(self, held: Held, everyone: Sequence[Known]) -> None:
        self._held = held
        self._everyone = everyone
        own = {key for someone in everyone for key in variants(someone.key)}
        alone = {key for someone in everyone[:_FULL] for key in _lone_keys(someone)}
        found = held.existing(own | alone)
        self._exist = {key: count for key, count in found.items() if key in own}
        self._alone = [key for key in found if key in alone]
        self._given: dict[str, Traits] = {}
        self._lone = self._full = 0
        self._others_by_story: dict[str, set[str]] = {}

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
        self._draw_over(keys)
        self._held.add(keys)
        return keys

    def _joined(self, someone: Known) -> str | None:
        """The one person held of another name who is meant, when that can be told."""
        last, told = someone.name.last, someone.traits
        if someone.name.first:
            self._full += 1
            if self._full > _FULL or any(key in self._exist for key in variants(someone.key)):
                return None
            agreeing = self._agreeing(self._other_forms(someone.name), told) if told.roles else None
            return agreeing or self._near(someone, least=_FEW)
        self._lone += 1
        if self._lone > _LONE:
            return None
        joined = self._agreeing(self._held.bearing(last), told) if told.roles else None
        joined = joined or self._near(someone, least=1)
        if joined is None and told.roles and not self._exist.keys() & {*variants(someone.key)}:
            # "Pope Leo" is also "Leo, the pope".
            forms = {*variants(last), *(f"{title} {last}" for title in titles_of(told))}
            joined = self._agreeing(sorted(self._held.existing(forms)), told)
        return joined

    def _own(self, someone: Known) -> str:
        """The key of those who bear just this name: the one whose roles or story agree best, or a new one.

        A new one when all clash, or when several bear it and none agrees. A last name alone says too little to make
        one of two who do not agree.
        """
        borne = [key for key in variants(someone.key) if key in self._exist or key in self._given]
        free = next((key for key in variants(someone.key) if key not in borne), None)
        alone = len(borne) == 1 and bool(someone.name.first)
        if not borne or (alone and not may_clash(someone.traits)):
            return borne[0] if borne else someone.key
        told = {key: self._told(key) for key in borne}
        if alone and not clash(someone.traits, told[borne[0]]):
            return borne[0]
        fitting = [key for key in borne if not clash(someone.traits, told[key])]
        points = {key: self._points(someone, key, told[key]) for key in fitting}
        most = max(points.values(), default=0)
        best = [key for key in fitting if points[key] == most > 0]
        if len(best) != 1:
            # Of whom nothing is known, and in no story known, is with others of that kind.
            best = [key for key in fitting if not told[key].roles and (not someone.traits.roles or someone.name.first)]
        return best[0] if best else free or borne[-1]

    def _points(self, someone: Known, key: str, told: Traits) -> int:
        """How much speaks for one of several who bear a name."""
        roles = shared(someone.traits, told)
        return (roles if someone.name.first or agree(someone.traits, told) else 0) + self._beside(someone, key)

    def _told(self, key: str) -> Traits:
        return self._given.get(key, Traits()) | (self._held.traits(key) if key in self._exist else Traits())

    def _agreeing(self, bearers: Sequence[str], told: Traits) -> str | None:
        """The one of the bearers whose roles agree; None when it is none or several, or they are too many to tell."""
        if len(bearers) > MOST_BEARERS:
            return None
        self._held.read(bearers)
        agreeing = [key for key in bearers if agree(told, self._held.traits(key))]
        return agreeing[0] if len(agreeing) == 1 else None

    def _near(self, someone: Known, *, least: int) -> str | None:
        """The one whose name it may be that stands in the same story, when nothing clashes and there is but one."""
        own = {*variants(someone.key), *self._given}
        alike = {key for mark in marks(someone.name) for key in self._story_by_mark.get(mark, ())}
        near = [key for key in alike if key not in own and _may_be(someone.name, key)]
        near = [key for key in near if self._beside(someone, key) >= least]
        near = [key for key in near if not clash(someone.traits, self._held.traits(key))]
        return near[0] if len(near) == 1 else None

    def _beside(self, someone: Known, key: str) -> int:
        """How many of the article's other people somebody held stands beside in other articles."""
        return _company(self._story.get(key, set()).difference(variants(someone.key)))

    @cached_property
    def _story(self) -> dict[str, set[str]]:
        """Who of a name that is yet to be told stands beside the article's people in other articles, by key."""
        untold = {someone.name for someone in self._everyone if someone.key not in self._surely}
        return self._held.beside(self._of_one_story, untold)

    @cached_property
    def _story_by_mark(self) -> dict[str, list[str]]:
        """The same keys by what a name that may be theirs has in common with them."""
        found: dict[str, list[str]] = {}
        for key in self._story:
            for mark in _marks(key):
                found.setdefault(mark, []).append(key)
        return found

    @cached_property
    def _story_texts(self) -> dict[int, set[str]]:
        """The texts that name some of the article's people."""
        return self._held.texts_naming(self._of_one_story)

    @cached_property
    def _of_one_story(self) -> list[str]:
        """The article's people that tell its story: not those whom articles of any story name."""
        rarest = sorted((self._exist[key], key) for key in self._surely if self._exist[key] <= _EVERYWHERE)[:_COMPANY]
        texts = accumulate(count for count, _ in rarest)
        return [key for (_, key), in_all in zip(rarest, texts, strict=True) if in_all <= _TEXTS]

    @cached_property
    def _surely(self) -> set[str]:
        """The keys held that tell who stands there; a name that several bear does not."""
        return {key for key in self._exist if "~" not in key and f"{key}~2" not in self._exist}

    def _other_forms(self, name: NameParts) -> list[str]:
        found = self._held.forms(name)
        return sorted(key for key in found if _may_be(name, key))

    # -- earlier articles that know only a last name ------------------------------------------------------------------

    def _draw_in(self, keys: Sequence[str]) -> None:
        """Give those their fuller key who came as a last name and a role that only one person has."""
        if not self._alone:
            return
        by_word: dict[str, dict[str, Traits]] = {}
        for someone, key in [*zip(self._everyone, keys, strict=True)][:_FULL]:
            for word in _lone_words(someone):
                by_word.setdefault(word, {})[key] = self._given[key]
        moving: dict[str, list[Row]] = {}
        to: dict[Known, str | None] = {}
        for row in self._held.lone(self._alone, self._of_one_story):
            if row.known not in to:
                bearers = by_word.get(row.known.name.last, {})
                here = [key for key, told in bearers.items() if agree(row.known.traits, told)]
                alone = len(here) == 1 and not self._others(row, here[0])
                to[row.known] = here[0] if alone else None
            if (its := to[row.known] or self._of_story(row, by_word)) is not None:
                moving.setdefault(its, []).append(row)
        for key, rows in moving.items():
            self._held.rekey(rows[:_REKEYED], key)

    def _of_story(self, row: Row, by_word: dict[str, dict[str, Traits]]) -> str | None:
        """The only one with the last name of a row, when its article names the same people and nothing clashes."""
        word = row.known.name.last
        bearers = by_word.get(word, {})
        if len(bearers) != 1 or not _company(self._story_texts.get(row.revision, set()) - {row.key, *bearers}):
            return None
        (key,) = bearers
        if clash(row.known.traits, self._told(key)):
            return None
        if word not in self._others_by_story:
            beside = self._held.beside(self._of_one_story, [row.known.name])
            self._others_by_story[word] = {other for other in beside if _may_be(row.known.name, other)}
        return None if self._others_by_story[word] - {key} else key

    def _draw_over(self, keys: Sequence[str]) -> None:
        """Give those of several of one name, of whom no article told enough, to the one of whose story they are."""
        for someone, key in [*zip(self._everyone, keys, strict=True)][:_FULL]:
            others = [k for k in variants(someone.key) if k in self._exist and k != key]
            if not someone.name.first or not someone.traits.roles or not others:
                continue
            texts, moving = self._story_texts, []
            for row in self._held.standing(others, self._of_one_story):
                mine = _company(texts.get(row.revision, set()).difference(variants(someone.key)))
                if mine and not row.known.traits.roles:
                    theirs = self._held.named_where_told(row.key) & self._held.named_in([row.revision])
                    moving += [row] if mine > len(theirs) else []
            self._held.rekey(moving[:_REKEYED], key)

    def _others(self, row: Row, key: str) -> bool:
        """Whether somebody else is held who may be meant as well."""
        bearers = self._held.bearing(row.known.name.last)
        if len(bearers) > MOST_BEARERS:
            return True
        self._held.read(bearers)
        return any(
            agree(row.known.traits, self._held.traits(bearer)) for bearer in bearers if bearer not in (key, row.key)
        )


def _company(keys: Collection[str]) -> int:
    """How many people tell a story; those of one name only do so beside others."""
    return len(keys) if any(" " in key for key in keys) else 0


@lru_cache(maxsize=8192)
def _marks(key: str) -> frozenset[str]:
    name = name_parts(key.partition("~")[0])
    return marks(name) | {spelling(name.first)}


def _may_be(name: NameParts, key: str) -> bool:
    """Whether a name may be that of somebody held under a full name: the last name alone, or another form of it."""
    held = name_parts(key.partition("~")[0])
    if name.first:
        return may_be_one(name, held)
    if not held.first or is_title(held.first):
        return False
    return same_last(name.last, held.last) or (same_last(name.last, held.first) and may_come_first(name.last))


def _lone_words(someone: Known) -> Iterable[str]:
    """The words by which alone an article may call somebody of whom a full name is known."""
    if someone.name.first:
        yield someone.name.last
        if may_come_first(someone.name.first):
            yield someone.name.first


def _lone_keys(someone: Known) -> Iterable[str]:
    """The keys that somebody has in an article that calls them by one word, with a title or a particle or without."""
    for word in _lone_words(someone):
        yield from variants(word)
        yield from (f"{title} {word}" for title in (*titles_of(someone.traits), *someone.name.middle[-1:]))
