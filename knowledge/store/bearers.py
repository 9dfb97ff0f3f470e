"""The people of the store by their names: who bears one, and what the articles tell of them."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache

from sqlalchemy import ColumnElement, Connection, Select, and_, func, insert, or_, select, union, update

from knowledge.given_names import MEN, WOMEN
from knowledge.models import Person
from knowledge.same_name import NameParts, loose, name_parts, openings, person_key, short_forms
from knowledge.store.schema import aliases, articles, changes, people, revisions
from knowledge.store.traits import Traits, is_title, traits

__all__ = ["MOST_BEARERS", "Held", "Known", "Row", "known", "may_come_first", "variants"]

MOST_BEARERS = 200
"""A name that so many people bear tells nobody."""

_VARIANTS = 9  # so many people of one name are told apart
_NEWEST = 20  # so many of somebody's articles tell what is known of them
_ROWS = 400
_KEYS = 1000
_CHUNK = 500


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
        self._traits: dict[str, Traits] = {}
        self._bearing: dict[str, list[str]] = {}

    def existing(self, keys: Iterable[str]) -> dict[str, int]:
        """Those of the keys that somebody has, and in how many texts."""
        wanted = list(dict.fromkeys(keys))
        found: dict[str, int] = {}
        for start in range(0, len(wanted), _CHUNK):
            some = people.c.key.in_(wanted[start : start + _CHUNK])
            query = select(people.c.key, func.count()).where(some).group_by(people.c.key)
            found |= {row[0]: row[1] for row in self._connection.execute(query)}
        return found

    def traits(self, key: str) -> Traits:
        """What the newest articles tell of somebody."""
        if key not in self._traits:
            query = select(people).where(people.c.key == key).order_by(people.c.id.desc()).limit(_NEWEST)
            told = Traits()
            for row in self._rows(query):
                told |= row.known.traits
            self._traits[key] = told
        return self._traits[key]

    def beside(self, keys: Collection[str], names: Iterable[NameParts]) -> dict[str, set[str]]:
        """Who of some names, however they are spelt, stands beside some people in any text, and beside whom of them."""
        like = sorted({loose(name.last) for name in names})
        if not keys or not like:
            return {}
        other = people.alias()
        query = select(people.c.key, other.c.key).where(people.c.key.in_(keys), other.c.key != people.c.key)
        query = query.where(other.c.revision == people.c.revision, or_(*(other.c.key.like(form) for form in like)))
        found: dict[str, set[str]] = {}
        for key, its in self._connection.execute(query):
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
        newest = select(people.c.revision).where(people.c.key == key, people.c.role.is_not(None))
        return self.named_in(newest.order_by(people.c.id.desc()).limit(_NEWEST)) - {key}

    def named_in(self, revision_ids: Select[tuple[int]] | Collection[int]) -> frozenset[str]:
        """The keys of all whom some texts name."""
        query = select(people.c.key).where(people.c.revision.in_(revision_ids)).distinct()
        return frozenset(self._connection.execute(query).scalars())

    def forms(self, name: NameParts) -> set[str]:
        """The keys of the full names whose given name may be this one's, and the last one too, however it is spelt."""
        holds = people.c.key.like(loose(name.last))
        starts = openings(name.first)
        spelt = {f"{word} " for word in {name.first} | short_forms(name.first) if word[:2] not in starts}
        return self._keys(*(and_(_begins(self._connection, start), holds) for start in sorted(spelt | starts)))

    def bearing(self, word: str) -> list[str]:
        """The keys of the full names whose last name a folded word is, or whose first, where that may be the family's.

        The one query without an index to help: it reads every key (100,000 rows: 7 ms).
        """
        if word not in self._bearing:
            found = self._keys(people.c.key.contains(f" {word}", autoescape=True))
            if may_come_first(word):
                found |= self._keys(_begins(self._connection, f"{word} "))
            names = {key: name_parts(key.partition("~")[0]) for key in sorted(found)}
            full = {key: name for key, name in names.items() if name.first and not is_title(name.first)}
            self._bearing[word] = [key for key, name in full.items() if word in (name.last, name.first)]
        return self._bearing[word]

    def lone(self, keys: Collection[str], beside: Collection[str]) -> list[Row]:
        """The newest rows of people with these keys of whom a role is known, or who stand beside some other people."""
        wanted = sorted(keys)
        found: list[Row] = []
        told = people.c.role.is_not(None) | people.c.key.contains(" ")  # "President Biden" is a role and a name
        if beside:
            told |= people.c.revision.in_(select(people.c.revision).where(people.c.key.in_(beside)))
        for start in range(0, len(wanted), _CHUNK):
            some = people.c.key.in_(wanted[start : start + _CHUNK])
            query = select(people).where(some, told).order_by(people.c.id.desc()).limit(_ROWS)
            found += self._rows(query)
        return found

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

    def _keys(self, *conditions: ColumnElement[bool]) -> set[str]:
        # A union, not "or": with that, SQLite reads every key to find those that differ.
        query = union(*(select(people.c.key).where(condition).distinct() for condition in conditions))
        return set(self._connection.execute(query.limit(_KEYS)).scalars())

    def _rows(self, query: Select[tuple[object, ...]]) -> list[Row]:
        found = self._connection.execute(query).all()
        forms: dict[int, list[tuple[str, str]]] = {row.id: [] for row in found}
        if found:
            for alias in self._connection.execute(select(aliases).where(aliases.c.person.in_(list(forms)))):
                forms[alias.person].append((alias.text, alias.kind))
        return [
            Row(row.id, row.revision, row.key, _known(row.name, row.role, tuple(sorted(forms[row.id]))))
            for row in found
        ]


def _begins(connection: Connection, start: str) -> ColumnElement[bool]:
    """A condition on the beginning of keys; SQLite compares them byte by byte and needs bounds to use its index."""
    if connection.dialect.name == "sqlite":
        return and_(people.c.key >= start, people.c.key < f"{start[:-1]}{chr(ord(start[-1]) + 1)}")
    return people.c.key.startswith(start, autoescape=True)
