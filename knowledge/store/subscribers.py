"""The chats that follow things, and what they follow. Each function is one transaction.

A chat is known by Telegram's number of it. It is active, or paused by its people, or gone: it cannot be written to.
Whatever a chat or a subscription rests for, its cursor stays: what came meanwhile is in the next digest.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict
from sqlalchemy import Connection, Engine, Row, Select, delete, func, insert, select, union, update
from sqlalchemy.exc import IntegrityError

from knowledge.errors import InputError, OnRecordError
from knowledge.models import Interest
from knowledge.schedule import Quiet, When, next_due
from knowledge.store import schema
from knowledge.store.database import brief
from knowledge.store.entries import unusable
from knowledge.store.holding import held
from knowledge.store.moments import moment, stamp
from knowledge.store.rows import as_quiet, chunks, drop_digests, insert_ids, lock
from knowledge.store.schema import chats, deliveries, digest_items, digest_windows, digests
from knowledge.store.schema import subscriptions as followed
from knowledge.text import one_line

__all__ = [
    "Chat",
    "ChatState",
    "Subscription",
    "TooManySubscriptionsError",
    "as_subscription",
    "ask_zone",
    "back",
    "change",
    "chat",
    "forget",
    "gone",
    "held",
    "migrate",
    "of_chats",
    "pause",
    "resume",
    "set_quiet",
    "set_zone",
    "subscribe",
    "subscription",
    "subscriptions",
    "unsubscribe",
]

ChatState = Literal["active", "paused", "gone"]
_LABEL = 200
_REASON = 500


class TooManySubscriptionsError(OnRecordError):
    """A chat follows as much as it may."""


class Chat(BaseModel):
    """A chat. ``id`` is the store's key of it, ``telegram`` Telegram's number; ``reason`` says why it is gone."""

    model_config = ConfigDict(frozen=True)

    id: int
    telegram: int
    zone: str | None
    zone_asked: bool
    quiet: Quiet | None
    state: ChatState
    reason: str | None


class Subscription(BaseModel):
    """What a chat follows, how often, and in which topic of a forum (``thread``, 0 for none).

    ``cursor`` is the last change whose news has been put into a digest. ``due`` is when the next one is to be made;
    None: as soon as there is news.
    """

    model_config = ConfigDict(frozen=True)

    id: int
    telegram: int
    thread: int
    interest: Interest
    label: str
    when: When
    silent: bool
    paused: bool
    cursor: int
    due: datetime | None
    created: datetime


# -- what is followed ------------------------------------------------------------------------------------------------


def subscribe(
    engine: Engine,
    telegram: int,
    thread: int,
    interest: Interest,
    label: str,
    when: When,
    *,
    silent: bool = False,
    now: datetime,
    limit: int = 50,
) -> tuple[Subscription, Literal["new", "changed", "same"]]:
    """Follow something from the next change on, in a chat that may be new.

    Followed already in this chat and thread, it is called ``label`` and comes as ``when`` says from now on, paused no
    longer, its cursor kept and silent or not as it was; "same" when that is how it was. A chat that was gone is back
    (see ``back``); one that its people have paused stays so.
    Raises TooManySubscriptionsError when the chat follows ``limit`` things, InputError for what cannot be kept.
    """
    wanted = {"kind": interest.kind, "target": interest.target, "without": " ".join(interest.without)}
    if reason := unusable(f"{wanted['target']} {wanted['without']}"):
        raise InputError(one_line(interest.target, 80), f"what is to be followed {reason}")
    label = one_line(label, _LABEL)
    with brief(engine) as connection:
        row = _made(connection, telegram, now)
        own = _locked_own(connection, row.id)
        if row.state == "gone":
            _come_back(connection, row, now)
            own = _locked_own(connection, row.id)
        same = [s for s in own if s.thread == thread and {name: getattr(s, name) for name in wanted} == wanted]
        if not same:
            if len(own) >= limit:
                raise TooManySubscriptionsError(f"a chat follows at most {limit} things")
            last = connection.execute(select(func.max(schema.changes.c.sequence))).scalar() or 0
            values = {"chat": row.id, "thread": thread, "label": label, "silent": silent, "paused": False}
            values |= {"cursor": last, "due": _due(when, row.zone, now), "created": stamp(now)} | when.model_dump()
            (made,) = insert_ids(connection, followed, [wanted | values])
            return _one(connection, made), "new"
        return _again(connection, row, as_subscription(same[0]), label, when, now)


def subscriptions(engine: Engine, telegram: int) -> list[Subscription]:
    """What a chat follows, in the order it began to."""
    with engine.connect() as connection:
        found = connection.execute(of_chats().where(chats.c.telegram == telegram).order_by(followed.c.id))
        return [as_subscription(row) for row in found]


def subscription(engine: Engine, telegram: int, id: int) -> Subscription | None:  # noqa: A002
    """One subscription, if it is this chat's."""
    with engine.connect() as connection:
        row = connection.execute(of_chats().where(followed.c.id == id, chats.c.telegram == telegram)).first()
        return None if row is None else as_subscription(row)


def change(
    engine: Engine,
    telegram: int,
    id: int,  # noqa: A002
    *,
    now: datetime,
    when: When | None = None,
    silent: bool | None = None,
    paused: bool | None = None,
    thread: int | None = None,
) -> Subscription | None:
    """Change one subscription of a chat, as far as something is given; None when it is not this chat's.

    Another ``when``, or an end of its pause, makes its due anew. To another thread it takes along the digests that are
    of it; where the chat follows the same there already, it becomes one with that, which is returned.
    """
    with brief(engine) as connection:
        row = _locked(connection, telegram)
        own = {} if row is None else {s.id: s for s in _locked_own(connection, row.id)}
        if row is None or id not in own:
            return None
        old = as_subscription(own[id])
        given = {"silent": silent, "paused": paused, "thread": thread} | (when.model_dump() if when else {})
        values = {name: value for name, value in given.items() if value is not None}
        if (when or old.when) != old.when or (paused is False and old.paused):
            values["due"] = _due(when or old.when, row.zone, now)
        if thread is not None and thread != old.thread:
            _move_sent(connection, id, thread)
            there = {_key(s): s for s in own.values() if s.thread == thread}
            if other := there.get(_key(own[id])):
                _lock_sent(connection, row.id)
                _join(connection, own[id], other)
                return _one(connection, other.id)
        if values:
            connection.execute(update(followed).where(followed.c.id == id).values(values))
        return _one(connection, id)


def unsubscribe(engine: Engine, telegram: int, ids: Collection[int] | None) -> list[Subscription]:
    """Follow these no longer (None: nothing any more); the chat's own among them, as they were.

    What waits to be sent of them goes too, unless it holds news of others also.
    """
    with brief(engine) as connection:
        row = _locked(connection, telegram)
        own = [] if row is None else _locked_own(connection, row.id)
        stopped = [as_subscription(s) for s in own if ids is None or s.id in ids]
        _stop(connection, [s.id for s in stopped])
    return stopped


# -- the chat --------------------------------------------------------------------------------------------------------


def chat(engine: Engine, telegram: int) -> Chat | None:
    """What is known of a chat; None for nothing."""
    with engine.connect() as connection:
        row = connection.execute(select(chats).where(chats.c.telegram == telegram)).first()
        return None if row is None else _chat(row)


def set_zone(engine: Engine, telegram: int, zone: str, now: datetime) -> Chat:
    """The chat lives by the clock of this time zone; every due is made anew. Raises InputError for an unknown zone."""
    try:
        ZoneInfo(zone)
    except (ValueError, OSError, KeyError) as error:
        raise InputError(one_line(zone, 80), "is no IANA time zone") from error
    with brief(engine) as connection:
        row = _made(connection, telegram, now)
        _set(connection, row, zone=zone)
        _dues_anew(connection, _locked_own(connection, row.id), zone, now)
        return _chat(_locked(connection, telegram))


def ask_zone(engine: Engine, telegram: int) -> bool:
    """Whether to ask a chat for its time zone: once, and only while it is not known."""
    with brief(engine) as connection:
        row = _made(connection, telegram, datetime.now(UTC))
        if row.zone_asked or row.zone is not None:
            return False
        _set(connection, row, zone_asked=True)
    return True


def set_quiet(engine: Engine, telegram: int, quiet: Quiet | None, now: datetime) -> Chat:
    """When the chat wants no digests; None: no such hours. What was held for those before and comes at once, comes."""
    start, end = quiet or (None, None)
    with brief(engine) as connection:
        row = _made(connection, telegram, now)
        _locked_own(connection, row.id)
        _set(connection, row, quiet_start=start, quiet_end=end)
        held_back = update(followed).where(followed.c.chat == row.id, followed.c.often == "at_once")
        connection.execute(held_back.values(due=None))
        return _chat(_locked(connection, telegram))


def pause(engine: Engine, telegram: int, now: datetime) -> bool:
    """Send the chat nothing until ``resume``; False when it was not active."""
    with brief(engine) as connection:
        row = _locked(connection, telegram)
        if row is None or row.state != "active":
            return False
        _set(connection, row, state="paused", since=stamp(now))
    return True


def resume(engine: Engine, telegram: int, now: datetime) -> bool:
    """Send the chat its digests again, every due made anew; False when it is unknown or nothing of it was paused.

    What was paused one by one in a chat that is paused stays so; in one that is not, it goes on.
    """
    with brief(engine) as connection:
        row = _locked(connection, telegram)
        own = [] if row is None else _locked_own(connection, row.id)
        if row is None or (row.state == "active" and not any(s.paused for s in own)):
            return False
        if row.state == "paused":
            again = own
        else:
            again = [s for s in own if s.paused or row.state == "gone"]
            connection.execute(update(followed).where(followed.c.chat == row.id).values(paused=False))
        _set(connection, row, state="active", reason=None, since=stamp(now))
        _dues_anew(connection, again, row.zone, now)
    return True


def back(engine: Engine, telegram: int) -> bool:
    """A chat that was gone can be written to again; False when it was not gone.

    It is active, and all that it followed is paused until it is resumed.
    """
    with brief(engine) as connection:
        row = _locked(connection, telegram)
        if row is None or row.state != "gone":
            return False
        _locked_own(connection, row.id)
        _come_back(connection, row, datetime.now(UTC))
    return True


def gone(engine: Engine, telegram: int, reason: str) -> bool:
    """The chat cannot be written to: what waits to be sent to it has failed. False when unknown or gone already."""
    reason = one_line(reason, _REASON)
    now = stamp(datetime.now(UTC))
    with brief(engine) as connection:
        row = _locked(connection, telegram)
        if row is None:
            return False
        waiting = deliveries.c.settled.is_(None) & deliveries.c.state.in_(("pending", "unknown"))
        waiting &= deliveries.c.chat == row.id
        lock(connection, deliveries, waiting)
        lost = {"state": "failed", "reason": reason, "content": None, "owner": None, "settled": now}
        connection.execute(update(deliveries).where(waiting).values(lost))
        if row.state == "gone":
            return False
        _set(connection, row, state="gone", reason=reason, since=now)
    return True


def migrate(engine: Engine, old: int, new: int) -> bool:
    """Telegram calls the chat by another number; False when the old one is unknown (or it is the same).

    When the new one is known too, the two become one: what is said of the new one holds, and of what both follow the
    new one's subscription stays.
    """
    if old == new:
        return False
    with brief(engine) as connection:
        while True:
            query = select(chats).where(chats.c.telegram.in_((old, new))).order_by(chats.c.id).with_for_update()
            rows = {row.telegram: row for row in connection.execute(query)}
            if old not in rows:
                return False
            if new in rows:
                _merge(connection, rows[old], rows[new])
                return True
            try:
                with connection.begin_nested():
                    _set(connection, rows[old], telegram=new)
            except IntegrityError:
                continue  # another process has just made it
            return True


def forget(engine: Engine, telegram: int) -> bool:
    """Delete everything about a chat; False when there is nothing."""
    with brief(engine) as connection:
        row = _locked(connection, telegram)
        if row is None:
            return False
        own = _locked_own(connection, row.id)
        drop_digests(
            connection, connection.execute(select(digests.c.id).where(digests.c.chat == row.id)).scalars().all()
        )
        connection.execute(delete(followed).where(followed.c.id.in_([s.id for s in own])))
        connection.execute(delete(chats).where(chats.c.id == row.id))
    return True


# -- shared ----------------------------------------------------------------------------------------------------------


def of_chats() -> Select[Any]:
    """Subscriptions with their chat's number, as ``as_subscription`` reads them."""
    return select(followed, chats.c.telegram).join(chats)


def as_subscription(row: Row[Any]) -> Subscription:
    """A row of ``of_chats``."""
    return Subscription(
        id=row.id,
        telegram=row.telegram,
        thread=row.thread,
        interest=Interest(kind=row.kind, target=row.target, without=tuple(row.without.split())),
        label=row.label,
        when=When(often=row.often, minute=row.minute, weekday=row.weekday),
        silent=row.silent,
        paused=row.paused,
        cursor=row.cursor,
        due=None if row.due is None else moment(row.due),
        created=moment(row.created),
    )


def _chat(row: Any) -> Chat:
    return Chat(
        id=row.id,
        telegram=row.telegram,
        zone=row.zone,
        zone_asked=row.zone_asked,
        quiet=as_quiet(row),
        state=row.state,
        reason=row.reason,
    )


def _locked(connection: Connection, telegram: int) -> Row[Any] | None:
    return connection.execute(select(chats).where(chats.c.telegram == telegram).with_for_update()).first()


def _made(connection: Connection, telegram: int, now: datetime) -> Row[Any]:
    """The chat's row, locked; made when there is none, unless another process was first."""
    values = {"telegram": telegram, "zone_asked": False, "state": "active", "since": stamp(now)}
    while (row := _locked(connection, telegram)) is None:
        try:
            with connection.begin_nested():
                connection.execute(insert(chats).values(values))
        except IntegrityError:
            continue
    return row


def _set(connection: Connection, row: Row[Any], **values: Any) -> None:
    connection.execute(update(chats).where(chats.c.id == row.id).values(values))


def _come_back(connection: Connection, row: Row[Any], now: datetime) -> None:
    _set(connection, row, state="active", reason=None, since=stamp(now))
    connection.execute(update(followed).where(followed.c.chat == row.id).values(paused=True))


def _locked_own(connection: Connection, *chat_ids: int) -> list[Row[Any]]:
    query = of_chats().where(followed.c.chat.in_(chat_ids)).order_by(followed.c.id)
    return list(connection.execute(query.with_for_update(of=followed)))


def _one(connection: Connection, id: int) -> Subscription:  # noqa: A002
    return as_subscription(connection.execute(of_chats().where(followed.c.id == id)).one())


def _due(when: When, zone: str | None, now: datetime) -> str | None:
    due = next_due(when, zone, now)
    return None if due is None else stamp(due)


def _dues_anew(connection: Connection, own: Sequence[Row[Any]], zone: str | None, now: datetime) -> None:
    for row in own:
        due = _due(as_subscription(row).when, zone, now)
        connection.execute(update(followed).where(followed.c.id == row.id).values(due=due))


def _again(
    connection: Connection, row: Row[Any], old: Subscription, label: str, when: When, now: datetime
) -> tuple[Subscription, Literal["changed", "same"]]:
    if (old.label, old.when, old.paused) == (label, when, False):
        return old, "same"
    values: dict[str, Any] = {"label": label, "paused": False} | when.model_dump()
    if old.when != when or old.paused:
        values["due"] = _due(when, row.zone, now)
    connection.execute(update(followed).where(followed.c.id == old.id).values(values))
    return _one(connection, old.id), "changed"


def _key(row: Row[Any]) -> tuple[str, str, str]:
    return row.kind, row.target, row.without


def _stop(connection: Connection, ids: Collection[int]) -> None:
    """Delete subscriptions with their windows, and what waits of digests that have no window then."""
    if not ids:
        return
    of_them = digest_windows.c.subscription.in_(ids)
    touched = connection.execute(select(digest_windows.c.digest).where(of_them)).scalars().all()
    for chunk in chunks(touched):
        lock(connection, digests, digests.c.id.in_(chunk))
    connection.execute(delete(digest_windows).where(of_them))
    for chunk in chunks(touched):
        left = select(digest_windows.c.digest).where(digest_windows.c.digest.in_(chunk))
        empty = sorted(set(chunk) - set(connection.execute(left).scalars()))
        waiting = deliveries.c.digest.in_(empty) & deliveries.c.state.in_(("pending", "unknown"))
        waiting &= deliveries.c.settled.is_(None)
        lock(connection, deliveries, waiting)
        connection.execute(delete(deliveries).where(waiting))
        begun = select(deliveries.c.digest).where(deliveries.c.digest.in_(empty))
        drop_digests(connection, set(empty) - set(connection.execute(begun).scalars()))
    connection.execute(delete(followed).where(followed.c.id.in_(ids)))


def _lock_sent(connection: Connection, chat_id: int) -> None:
    lock(connection, digests, digests.c.chat == chat_id)
    lock(connection, deliveries, deliveries.c.chat == chat_id)


def _move_sent(connection: Connection, id: int, thread: int) -> None:  # noqa: A002
    """Make the digests that are of a subscription another thread's: that is where its readers know them from now."""
    tables = (digest_windows, digest_items)
    of_it = union(*(select(table.c.digest).where(table.c.subscription == id) for table in tables))
    for chunk in chunks(connection.execute(of_it).scalars().all()):
        lock(connection, digests, digests.c.id.in_(chunk))
        connection.execute(update(digests).where(digests.c.id.in_(chunk)).values(thread=thread))


def _merge(connection: Connection, old: Row[Any], new: Row[Any]) -> None:
    own = _locked_own(connection, old.id, new.id)
    kept = {(s.thread, *_key(s)): s for s in own if s.chat == new.id}
    _lock_sent(connection, old.id)
    for row in (s for s in own if s.chat == old.id):
        if other := kept.get((row.thread, *_key(row))):
            _join(connection, row, other)
        else:
            connection.execute(update(followed).where(followed.c.id == row.id).values(chat=new.id))
    for table in (digests, digest_items, deliveries):
        connection.execute(update(table).where(table.c.chat == old.id).values(chat=new.id))
    missing: Mapping[str, Any] = {
        name: getattr(old, name) for name in ("zone", "quiet_start", "quiet_end") if getattr(new, name) is None
    }
    if missing:
        _set(connection, new, **missing)
    connection.execute(delete(chats).where(chats.c.id == old.id))


def _join(connection: Connection, row: Row[Any], other: Row[Any]) -> None:
    """Make a subscription one with another that follows the same; what it was sent counts as sent to that.

    The one that went further shows where both stand. But another that has had no digest yet may have begun after
    changes that this one has not told of, and goes on where this one stood.
    """
    of_other = select(digest_windows.c.low).where(digest_windows.c.subscription == other.id)
    lows = connection.execute(of_other).scalars().all()
    cursor = max(row.cursor, other.cursor) if lows else row.cursor
    connection.execute(update(followed).where(followed.c.id == other.id).values(cursor=cursor))
    own = digest_windows.c.subscription == row.id
    connection.execute(delete(digest_windows).where(own, digest_windows.c.low.in_(lows)))
    connection.execute(update(digest_windows).where(own).values(subscription=other.id))
    connection.execute(update(digest_items).where(digest_items.c.subscription == row.id).values(subscription=other.id))
    connection.execute(delete(followed).where(followed.c.id == row.id))
