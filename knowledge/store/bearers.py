"""The people of the store by their names: who bears one, and what the articles tell of them."""

import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, lru_cache
from typing import Any

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Connection,
    Select,
    String,
    TableValuedAlias,
    and_,
    bindparam,
    column,
    func,
    insert,
    or_,
    select,
    union,
    update,
)

from knowledge.given_names import MEN, WOMEN
from knowledge.models import Person
from knowledge.same_name import NameParts, endings, loose, name_parts, openings, person_key, short_forms, spelling
from knowledge.store.schema import aliases, articles, changes, names, people, revisions
from knowledge.store.traits import Traits, is_title, traits

__all__ = ["COUNTED", "MOST_BEARERS", "Held", "Known", "Row", "known", "may_come_first", "variants"]

MOST_BEARERS = 200
"""A name that so many people bear tells nobody."""

COUNTED = 26
"""So many texts that name somebody are counted."""

_VARIANTS = 9  # so many people of one name are told apart
_NEWEST = 20  # so many of somebody's articles tell what is known of them
_ROWS = 400  # so many of the newest articles of a name are looked through for something that not all tell
_KEYS = 1000  # so many names are taken apart to find who bears one


@dataclass(frozen=True, slots=True)
class Known:
    """Someone as one article knows them: the key of the name, its parts without titles, and what else is told."""

    key: str
    name: NameParts
    traits: Traits


@dataclass(frozen=True, slots=True)
class Row:
    """Someone as an article of the store knows them: the row's number, that of the revision, and its present key."""

    id: int
    revision: int
    key: str
    known: Known


def known(person: Person) -> Known:
    """Take a person's name and roles apart; titles in front of the name are roles."""
    return _known(person.name, person.role, tuple(sorted((alias.text, alias.kind) for alias in person.aliases)))


@lru_cache(maxsize=4096)
def _known(name: str, role: str | None, forms: tuple[tuple[str, str], ...]) -> Known:
    key = person_key(name)
    words = key.split()
    called = {form.split()[0] for text, kind in forms if kind != "role" and " " in (form := person_key(text))}
    roles = {text for text, kind in forms if kind == "role"} | {role or ""}
    while len(words) > 1 and is_title(words[0]) and may_come_first(words[0]):
        called.add(words[0])
        roles.add(words.pop(0))
    told = traits(name, frozenset(roles - {""}), frozenset(called))
    # "Al-Kadi" is a last name of two words.
    parts = name_parts(words[-1] if " " not in name and words else " ".join(words) or key)
    return Known(key, parts, told)


def variants(key: str) -> list[str]:
    """The keys that people of one name may have: the name's own ("john smith"), then "john smith~2" and so on."""
    return [key, *(f"{key}~{number}" for number in range(2, _VARIANTS + 1))]


def may_come_first(word: str) -> bool:
    """Whether a folded word in front of a name may be the family's, as in "Wang Yi"."""
    return word not in MEN and word not in WOMEN


class Held:
    """The people of the store, as of one transaction; what is known of each is read once."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._dialect = connection.dialect.name
        self._traits: dict[str, Traits] = {}
        self._bearing: dict[str, list[str]] = {}

    def existing(self, keys: Iterable[str]) -> dict[str, int]:
        """Those of the keys that somebody has, and in how many texts; of more than ``COUNTED`` no more are counted."""
        return {
            row[0]: row[1] for row in self._connection.execute(_existing(self._dialect), _given(self._dialect, keys))
        }

    def traits(self, key: str) -> Traits:
        """What the newest articles tell of somebody."""
        self.read([key])
        return self._traits[key]

    def read(self, keys: Iterable[str]) -> None:
        """Read the traits of several people at once."""
        wanted = [key for key in dict.fromkeys(keys) if key not in self._traits]
        self._traits |= dict.fromkeys(wanted, Traits())
        for row in self._rows(_newest(self._dialect), _given(self._dialect, wanted)) if wanted else ():
            self._traits[row.key] |= row.known.traits

    def beside(self, keys: Collection[str], names: Iterable[NameParts]) -> dict[str, set[str]]:
        """Who of some names, however they are spelt, stands beside some people in any text, and beside whom of them."""
        like = sorted({loose(name.last) for name in names})
        found: dict[str, set[str]] = {}
        given = {"keys": sorted(keys)} | {f"like{number}": form for number, form in enumerate(like)}
        for key, its in self._connection.execute(_beside(len(like)), given) if keys and like else ():
            found.setdefault(its, set()).add(key)
        return found

    def texts_naming(self, keys: Collection[str]) -> dict[int, set[str]]:
        """The revisions that name some people, and whom of them each does."""
        found: dict[int, set[str]] = {}
        query = select(people.c.key, people.c.revision).where(people.c.key.in_(keys))
        for key, revision in self._connection.execute(query) if keys else ():
            found.setdefault(revision, set()).add(key)
        return found

    def named_where_told(self, key: str) -> frozenset[str]:
        """The keys of all whom those newest articles name that tell what somebody is."""
        newest = self._connection.execute(_telling(self._dialect), _given(self._dialect, [key])).scalars().all()
        return self.named_in(newest) - {key}

    def named_in(self, revision_ids: Collection[int]) -> frozenset[str]:
        """The keys of all whom some texts name."""
        query = select(people.c.key).where(people.c.revision.in_(revision_ids)).distinct()
        return frozenset(self._connection.execute(query).scalars())

    def forms(self, name: NameParts) -> set[str]:
        """The keys of the full names whose given name may be this one's, and the last one too, however it is spelt."""
        last = names.c.last.in_(sorted(endings(name)))
        starts = openings(name.first)
        spelt = {f"{word} " for word in {name.first} | short_forms(name.first) if word[:2] not in starts}
        return self._keys(*(and_(last, _begins(start)) for start in sorted(spelt | starts)))

    def bearing(self, word: str) -> list[str]:
        """The keys of the full names whose last name a folded word is, or whose first where it may be the family's."""
        if word not in self._bearing:
            found = self._keys(names.c.last == spelling(word))
            if may_come_first(word):
                found |= self._keys(_begins(f"{word} "))
            parts = {key: name_parts(key.partition("~")[0]) for key in sorted(found)}
            full = {key: name for key, name in parts.items() if name.first and not is_title(name.first)}
            self._bearing[word] = [key for key, name in full.items() if word in (name.last, name.first)]
        return self._bearing[word]

    def lone(self, keys: Collection[str], beside: Collection[str]) -> list[Row]:
        """The newest rows of people with these keys of whom a role is known, or who stand beside some other people.

        Of each key so many of the newest rows are looked through for a role.
        """
        told = self._rows(_told(self._dialect), _given(self._dialect, keys))
        found = {row.id: row for row in (*told, *self.standing(keys, beside))}
        return [found[number] for number in sorted(found, reverse=True)]

    def standing(self, keys: Collection[str], beside: Collection[str]) -> list[Row]:
        """The newest rows of people with these keys who stand beside some other people."""
        return self._rows(_STANDING, {"keys": sorted(keys), "beside": sorted(beside)}) if keys and beside else []

    def rekey(self, rows: Collection[Row], key: str) -> None:
        """Give people of earlier articles another key, and the articles that are current a change "rekeyed".

        A row whose article has somebody with that key already keeps its own.
        """
        revision_ids = {row.revision for row in rows}
        query = select(people.c.revision).where(people.c.key == key, people.c.revision.in_(revision_ids))
        revision_ids -= set(self._connection.execute(query).scalars())
        moving = [row.id for row in rows if row.revision in revision_ids]
        self._connection.execute(update(people).where(people.c.id.in_(moving)).values(key=key))
        current = (
            select(articles.c.id)
            .join(revisions, revisions.c.id == articles.c.revision)
            .where(revisions.c.id.in_(revision_ids), articles.c.withdrawn.is_(False))
            .order_by(articles.c.revision)
        )
        now = datetime.now(UTC).isoformat(timespec="seconds")
        told = [{"article": a, "kind": "rekeyed", "at": now} for a in self._connection.execute(current).scalars()]
        if told:
            self._connection.execute(insert(changes), told)

    def add(self, keys: Iterable[str]) -> None:
        """Let people who get these keys be found by their last names."""
        parts = {key: name for key in keys if (name := name_parts(key.partition("~")[0])).first}
        held = set(self._connection.execute(_NAMED, {"keys": sorted(parts)}).scalars())
        rows = [{"key": key, "last": spelling(name.last)} for key, name in parts.items() if key not in held]
        if rows:
            self._connection.execute(insert(names), rows)

    def _keys(self, *conditions: ColumnElement[bool]) -> set[str]:
        # A union, not "or": with that, SQLite reads every key to find those that differ.
        query = union(*(select(names.c.key).where(condition) for condition in conditions))
        return set(self._connection.execute(query.limit(_KEYS)).scalars())

    def _rows(self, query: Select[Any], given: dict[str, Any]) -> list[Row]:
        found = self._connection.execute(query, given).all()
        forms: dict[int, list[tuple[str, str]]] = {row.id: [] for row in found}
        if found:
            for alias in self._connection.execute(_ALIASES, {"people": list(forms)}):
                forms[alias.person].append((alias.text, alias.kind))
        return [
            Row(row.id, row.revision, row.key, _known(row.name, row.role, tuple(sorted(forms[row.id]))))
            for row in found
        ]


def _begins(start: str) -> ColumnElement[bool]:
    """A condition on the beginning of keys, as bounds, which an index helps with."""
    return and_(names.c.key >= start, names.c.key < f"{start[:-1]}{chr(ord(start[-1]) + 1)}")


# -- statements, made once: only what is given to them differs ---------------------------------------------------------


def _is_in(column: ColumnElement[Any], given: str) -> ColumnElement[bool]:
    return column.in_(bindparam(given, expanding=True))


_ALIASES = select(aliases.c.person, aliases.c.text, aliases.c.kind).where(_is_in(aliases.c.person, "people"))
_NAMED = select(names.c.key).where(_is_in(names.c.key, "keys"))
_STANDING = (
    select(people)
    .where(_is_in(people.c.key, "keys"))
    .where(people.c.revision.in_(select(people.c.revision).where(_is_in(people.c.key, "beside"))))
    .order_by(people.c.id.desc())
    .limit(_ROWS)
)


def _given(dialect: str, keys: Iterable[str]) -> dict[str, Any]:
    wanted = list(dict.fromkeys(keys))
    return {"keys": json.dumps(wanted) if dialect == "sqlite" else wanted}


def _each(dialect: str) -> TableValuedAlias:
    """The keys given, as a table: a statement can then look for a few rows of each, which it cannot with "in"."""
    value = column("value", String)
    if dialect == "sqlite":
        return func.json_each(bindparam("keys", type_=String)).table_valued(value, name="each")
    each = func.unnest(bindparam("keys", type_=ARRAY(String))).table_valued(value, name="each")
    return each.render_derived()


@lru_cache(maxsize=256)
def _beside(forms: int) -> Select[Any]:
    other = people.alias()
    like = or_(*(other.c.key.like(bindparam(f"like{number}")) for number in range(forms)))
    query = select(people.c.key, other.c.key).where(_is_in(people.c.key, "keys"), other.c.key != people.c.key)
    return query.where(other.c.revision == people.c.revision, like)


@cache
def _existing(dialect: str) -> Select[Any]:
    each = _each(dialect)
    rows = select(people.c.id).where(people.c.key == each.c.value).correlate(each)
    count = select(func.count()).select_from(rows.limit(COUNTED).subquery()).scalar_subquery()
    return select(each.c.value, count).where(rows.exists())


@cache
def _newest(dialect: str) -> Select[Any]:
    return _of_each(_each(dialect), _NEWEST)


@cache
def _told(dialect: str) -> Select[Any]:
    told = people.c.role.is_not(None) | people.c.key.contains(" ")  # "President Biden" is a role and a name
    return _of_each(_each(dialect), _ROWS).where(told).order_by(people.c.id.desc()).limit(_ROWS)


@cache
def _telling(dialect: str) -> Select[Any]:
    told = _of_each(_each(dialect), _ROWS).with_only_columns(people.c.revision).where(people.c.role.is_not(None))
    return told.order_by(people.c.id.desc()).limit(_NEWEST)


def _of_each(each: TableValuedAlias, number: int) -> Select[Any]:
    """So many of the newest rows of each key."""
    row = people.alias()
    newest = select(row.c.revision).where(row.c.key == each.c.value).order_by(row.c.revision.desc()).correlate(each)
    first = func.coalesce(newest.offset(number - 1).limit(1).scalar_subquery(), 0)
    return select(people).where(people.c.key == each.c.value, people.c.revision >= first)
