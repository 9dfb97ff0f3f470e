"""The feeds that are watched and the entries they gave: what is due, and what became of it.

Each function is one transaction. An address of a page is settled once: entries of one url share what becomes of it,
and an entry that comes later begins as its url stands. Moments are kept in UTC, to the millisecond.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict
from sqlalchemy import Connection, Engine, Select, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from knowledge.errors import InputError
from knowledge.store.database import writing
from knowledge.store.entries import Entry, beginnings, settled, unusable
from knowledge.store.moments import stamp
from knowledge.store.schema import feed_entries, feeds
from knowledge.text import one_line, printable

__all__ = [
    "EntryRow",
    "EntryState",
    "FeedRow",
    "KnownUrl",
    "add_feed",
    "due_entries",
    "due_feeds",
    "is_watched",
    "known_url",
    "list_feeds",
    "next_due",
    "put_off_entry",
    "put_off_feed",
    "record_entries",
    "record_failure",
    "record_refused",
    "record_retry",
    "record_taken",
    "record_unchanged",
    "remove_feed",
]

EntryState = Literal["new", "taken", "refused", "failed"]
_LINE = 500
_WAITING = (feed_entries.c.state == "new", feeds.c.active.is_(True))


class FeedRow(BaseModel):
    """A feed as it is watched. One that is not active was removed, or, with a ``problem``, stopped by its server."""

    model_config = ConfigDict(frozen=True)

    id: int
    address: str
    title: str
    etag: str | None
    last_modified: str | None
    digest: str | None
    checked: datetime | None
    due: datetime
    failures: int
    problem: str | None
    active: bool
    added: datetime


class EntryRow(BaseModel):
    """An entry of a feed: to be fetched while it is "new", "failed" when it could not be often enough."""

    model_config = ConfigDict(frozen=True)

    id: int
    feed: int
    key: str
    url: str
    published: str | None
    state: EntryState
    attempts: int
    due: datetime
    problem: str | None
    article: str | None


class KnownUrl(BaseModel):
    """What became of a url: it is ``article`` by now, or, when that is None, was refused because of ``problem``."""

    model_config = ConfigDict(frozen=True)

    article: str | None
    problem: str | None


# -- feeds -----------------------------------------------------------------------------------------------------------


def add_feed(engine: Engine, address: str, title: str = "") -> bool:
    """Watch a feed from now on, again if it was removed; False when it is watched already.

    Raises InputError for an address that cannot be kept.
    """
    _check(address)
    now = stamp(datetime.now(UTC))
    again = update(feeds).where(feeds.c.address == address, feeds.c.active.is_(False))
    row = {"address": address, "title": one_line(title, _LINE), "due": now, "failures": 0, "active": True, "added": now}
    with writing(engine).begin() as connection:
        if connection.execute(again.values(active=True, due=now, failures=0, problem=None)).rowcount:
            return True
        try:
            with connection.begin_nested():
                connection.execute(insert(feeds).values(row))
        except IntegrityError:
            return False
    return True


def is_watched(engine: Engine, address: str) -> bool:
    """Whether a feed is watched. Raises InputError for an address that cannot be kept, as ``add_feed`` does."""
    _check(address)
    query = select(feeds.c.id).where(feeds.c.address == address, feeds.c.active.is_(True))
    with engine.connect() as connection:
        return connection.execute(query).first() is not None


def remove_feed(engine: Engine, address: str) -> bool:
    """Watch a feed no longer: its entries stay, and those still new wait.

    True also for one that its server stopped, which is forgotten as a problem; False when it is not watched.
    """
    known = or_(feeds.c.active.is_(True), feeds.c.problem.is_not(None))
    watched = update(feeds).where(feeds.c.address == address, known)
    with writing(engine).begin() as connection:
        return connection.execute(watched.values(active=False, problem=None)).rowcount > 0


def list_feeds(engine: Engine) -> list[FeedRow]:
    """Every feed that is or was watched, in the order they were first added."""
    return _feeds(engine, select(feeds).order_by(feeds.c.id))


def due_feeds(engine: Engine, now: datetime) -> list[FeedRow]:
    """The active feeds to poll at ``now``, the longest due first.

    Of those due at one moment, as after a rest of their host, those that work come first, then those not polled for
    longest.
    """
    due = select(feeds).where(feeds.c.active.is_(True), feeds.c.due <= stamp(now))
    order = (feeds.c.due, feeds.c.failures, feeds.c.checked.asc().nulls_first(), feeds.c.id)
    return _feeds(engine, due.order_by(*order))


def next_due(engine: Engine) -> datetime | None:
    """When the next feed or entry of an active feed is due, maybe in the past; None when nothing will be."""
    of_feeds = select(func.min(feeds.c.due)).where(feeds.c.active.is_(True))
    of_entries = select(func.min(feed_entries.c.due)).join(feeds).where(*_WAITING)
    with engine.connect() as connection:
        found = [connection.execute(query).scalar() for query in (of_feeds, of_entries)]
    return min((datetime.fromisoformat(moment) for moment in found if moment), default=None)


def record_unchanged(
    engine: Engine,
    feed_id: int,
    now: datetime,
    next_due: datetime,
    etag: str | None = None,
    last_modified: str | None = None,
) -> None:
    """A poll brought nothing new; ``etag`` and ``last_modified`` replace the ones held when they are given."""
    given = {"etag": _header(etag), "last_modified": _header(last_modified)}
    with writing(engine).begin() as connection:
        _checked(connection, feed_id, now, next_due, **{name: value for name, value in given.items() if value})


def record_failure(
    engine: Engine, feed_id: int, problem: str, now: datetime, next_due: datetime, *, deactivate: bool = False
) -> bool:
    """A poll failed; whether the problem is not the one of the poll before, so that each is told once.

    ``deactivate``: the server says that the feed is gone, and it is not polled again until it is added again.
    """
    problem = one_line(problem, _LINE)
    with writing(engine).begin() as connection:
        last = connection.execute(select(feeds.c.problem).where(feeds.c.id == feed_id)).scalar()
        values = {"failures": feeds.c.failures + 1, "problem": problem, "checked": stamp(now), "due": stamp(next_due)}
        if deactivate:
            values["active"] = False
        connection.execute(update(feeds).where(feeds.c.id == feed_id).values(values))
    return last != problem


def put_off_feed(engine: Engine, feed_id: int, until: datetime) -> None:
    """A feed could not be polled, for no fault of its own: it is due at ``until``, and otherwise as it was."""
    with writing(engine).begin() as connection:
        connection.execute(update(feeds).where(feeds.c.id == feed_id).values(due=stamp(until)))


# -- entries ---------------------------------------------------------------------------------------------------------


def record_entries(
    engine: Engine,
    feed_id: int,
    entries: Sequence[Entry],
    *,
    title: str,
    etag: str | None,
    last_modified: str | None,
    digest: str | None,
    now: datetime,
    next_due: datetime,
) -> int:
    """A poll brought a body with these entries; how many of them the feed had not given before.

    A known key is left as it is. A new entry is due at once, those given first before the others, unless its url is
    known: then it begins as that stands. When this feed gives a url again under another key with another date, the
    page has changed and is due again, if its article is not withdrawn. An address that cannot be kept is refused.
    """
    headers = {"etag": _header(etag), "last_modified": _header(last_modified), "digest": digest}
    named = {"title": one_line(title, _LINE)} if title.strip() else {}
    with writing(engine).begin() as connection:
        # Two polls of one feed at once would give one entry twice.
        connection.execute(select(feeds.c.id).where(feeds.c.id == feed_id).with_for_update())
        rows = beginnings(connection, feed_id, entries, now)
        if rows:
            connection.execute(insert(feed_entries), rows)
        _checked(connection, feed_id, now, next_due, **headers, **named)
    return len(rows)


def due_entries(engine: Engine, now: datetime, limit: int) -> list[EntryRow]:
    """The entries of active feeds to fetch at ``now``, the longest due first, one of each url, at most ``limit``.

    Of those due at one moment, as after a rest of their host, those that never failed come first, then those given
    first.
    """
    one_each = (
        select(func.min(feed_entries.c.id)).join(feeds).where(*_WAITING, feed_entries.c.due <= stamp(now))
    ).group_by(feed_entries.c.url)
    query = select(feed_entries).where(feed_entries.c.id.in_(one_each))
    order = (feed_entries.c.due, feed_entries.c.attempts, feed_entries.c.id)
    with engine.connect() as connection:
        rows = connection.execute(query.order_by(*order).limit(limit))
        return [EntryRow(**row._mapping) for row in rows]


def known_url(engine: Engine, url: str) -> KnownUrl | None:
    """What became of a url, whichever feed gave it; None when it is unknown, waits, or failed (and may be tried)."""
    with engine.connect() as connection:
        found = settled(connection, url)
    return None if found is None else KnownUrl(article=found.article, problem=found.problem)


def record_taken(engine: Engine, entry_id: int, article_id: str) -> None:
    """An entry, and every other that waits with its url, became an article (or is one that was held already)."""
    with writing(engine).begin() as connection:
        _settle(connection, entry_id, state="taken", article=article_id, problem=None)


def record_refused(engine: Engine, entry_id: int, problem: str) -> None:
    """An entry, and every other that waits with its url, is no article that can be taken; it is not tried again."""
    with writing(engine).begin() as connection:
        _settle(connection, entry_id, state="refused", problem=one_line(problem, _LINE))


def record_retry(engine: Engine, entry_id: int, problem: str, next_due: datetime, *, most: int) -> EntryState:
    """An entry could not be fetched: with the others of its url it is due again, or failed after ``most`` attempts.

    Returns what it is then. One that was settled meanwhile stays as it is.
    """
    query = select(feed_entries.c.state, feed_entries.c.attempts).where(feed_entries.c.id == entry_id)
    with writing(engine).begin() as connection:
        held: EntryState
        held, attempts = connection.execute(query.with_for_update()).one()
        if held != "new":
            return held
        state: EntryState = "failed" if attempts + 1 >= most else "new"
        again = {"attempts": attempts + 1, "due": stamp(next_due)}
        _settle(connection, entry_id, state=state, problem=one_line(problem, _LINE), **again)
    return state


def put_off_entry(engine: Engine, entry_id: int, until: datetime) -> None:
    """An entry, and every other that waits with its url, could not be fetched for no fault of its own.

    It is due at ``until``, and otherwise as it was; one that was settled meanwhile stays as it is.
    """
    with writing(engine).begin() as connection:
        _settle(connection, entry_id, due=stamp(until))


# -- shared ----------------------------------------------------------------------------------------------------------


def _check(address: str) -> None:
    if reason := unusable(address):
        raise InputError(one_line(address, 80), f"{reason}; give the feed's own address")


def _settle(connection: Connection, entry_id: int, **values: Any) -> None:
    url = select(feed_entries.c.url).where(feed_entries.c.id == entry_id).scalar_subquery()
    waiting = update(feed_entries).where(feed_entries.c.url == url, feed_entries.c.state == "new")
    connection.execute(waiting.values(values))


def _checked(connection: Connection, feed_id: int, now: datetime, due: datetime, **values: str | None) -> None:
    good = {"checked": stamp(now), "due": stamp(due), "failures": 0, "problem": None}
    connection.execute(update(feeds).where(feeds.c.id == feed_id).values(good | values))


def _feeds(engine: Engine, query: Select[Any]) -> list[FeedRow]:
    with engine.connect() as connection:
        return [FeedRow(**row._mapping) for row in connection.execute(query)]


def _header(value: str | None) -> str | None:
    # Cut short or mended, a validator is worth nothing: without it the feed is fetched whole.
    return value if value and len(value) <= _LINE and printable(value) == value else None
