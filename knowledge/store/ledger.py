"""What is due, what was made of it, and what a chat has been sent: the side of those who compose digests.

Each function but ``clean`` is one transaction. What is new is told by the store's change sequence, never by a clock: a
subscription's ``cursor`` moves from change to change, and the windows it moved by follow one another without a gap.
"""

from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict
from sqlalchemy import ColumnElement, Connection, Engine, Row, and_, bindparam, exists, func, or_, select, update

from knowledge.schedule import Quiet
from knowledge.store import schema
from knowledge.store.database import brief
from knowledge.store.moments import stamp
from knowledge.store.resting import rests
from knowledge.store.rows import as_quiet, chunks, drop_digests, insert_all, insert_ids
from knowledge.store.schema import (
    changes,
    chats,
    deliveries,
    digest_items,
    digests,
    revisions,
    sentences,
    subscriptions,
)
from knowledge.store.subscribers import Subscription, as_subscription, of_chats

__all__ = [
    "Due",
    "ItemKind",
    "ItemRow",
    "NewDigest",
    "SentRow",
    "Window",
    "advance",
    "clean",
    "digest_of",
    "digest_windows",
    "due",
    "hold",
    "received",
    "record",
    "sent_of",
    "sequence_at",
]

ItemKind = Literal["news", "correction", "withdrawal", "restored"]
_CLEANED = 500
"""Digests that are deleted in one transaction: with all that they cite some tens of milliseconds."""


class Due(BaseModel):
    """A subscription to look at now, with its chat's key and clock."""

    model_config = ConfigDict(frozen=True)

    subscription: Subscription
    chat: int
    zone: str | None
    quiet: Quiet | None


class Window(BaseModel):
    """The changes after ``low`` up to ``high``, and when the subscription is due next.

    ``was`` is the due that the subscription was found with: when it has another by now, somebody changed how often it
    comes, and it is looked at again. "any" leaves that out.
    """

    model_config = ConfigDict(frozen=True)

    subscription: int
    low: int
    high: int
    due: datetime | None
    was: datetime | Literal["any"] | None = "any"


class ItemRow(BaseModel):
    """A sentence that an item of a digest cites: ``place`` 0 is the one shown, the others say or tell the same.

    ``message`` is which of the digest's messages holds the item (1-based).
    """

    model_config = ConfigDict(frozen=True)

    subscription: int | None
    position: int
    message: int
    place: int
    kind: ItemKind
    article: str
    sentence: int
    statement: int


class NewDigest(BaseModel):
    """A digest for a chat's thread; each of ``messages`` is the JSON of one, not to be sent before ``due``.

    ``rest_of`` is the digest (its number in the store) that this one shows the rest of; it has no windows of its own.
    """

    model_config = ConfigDict(frozen=True)

    chat: int
    thread: int
    asked: bool
    silent: bool
    windows: tuple[Window, ...]
    items: tuple[ItemRow, ...]
    messages: tuple[str, ...]
    due: datetime
    rest_of: int | None = None


class SentRow(BaseModel):
    """What an item showed: a sentence, verbatim, of the revision that stood then.

    ``chat`` is the store's key of the chat that it was shown to, in this thread. ``subscription`` is what it was of;
    that may be stopped since.
    """

    model_config = ConfigDict(frozen=True)

    digest: int
    chat: int
    thread: int
    subscription: int | None
    kind: ItemKind
    article: str
    sentence: int
    statement: int
    text: str
    revision: int
    title: str
    publisher: str | None
    url: str | None
    published: str | None


# -- what is due -----------------------------------------------------------------------------------------------------


def due(engine: Engine, now: datetime, high: int, *, telegram: int | None = None, limit: int = 1000) -> list[Due]:
    """The subscriptions of active chats to look at, up to the change ``high``; by chat, thread and id.

    They are those that come at once and have changes before them, and those whose moment has come. What comes at once
    waits while something is still to be sent to its chat and thread, so that what comes meanwhile is one digest. With
    ``telegram``: all of that chat, whatever their moment. At most about ``limit``, of no chat only some where that can
    be.
    """
    at_once = subscriptions.c.due.is_(None) & (subscriptions.c.cursor < high) & ~_is_sending()
    to_look_at = or_(at_once, subscriptions.c.due <= stamp(now)) if telegram is None else chats.c.telegram == telegram
    query = (
        of_chats()
        .add_columns(subscriptions.c.chat, chats.c.zone, chats.c.quiet_start, chats.c.quiet_end)
        .where(chats.c.state == "active", subscriptions.c.paused.is_(False), to_look_at)
        .order_by(subscriptions.c.chat, subscriptions.c.thread, subscriptions.c.id)
        .limit(limit + 1)
    )
    with engine.connect() as connection:
        rows = list(connection.execute(query))
    if len(rows) > limit:
        rows = [row for row in rows if row.chat != rows[limit].chat] or rows[:limit]
    return [_due(row) for row in rows]


def hold(engine: Engine, dues: Collection[Due], until: datetime) -> None:
    """Look at these subscriptions no sooner than ``until``: their chats want quiet.

    Those that are due otherwise by now are left, as are those of chats that have other quiet hours or another zone.
    """
    found = {due.subscription.id: due for due in dues}
    with brief(engine) as connection:
        clocks = _clocks(connection, {due.chat for due in dues})
        for chunk in chunks(list(found)):
            as_found = [row.id for row in _lock(connection, chunk) if _is_as(row, found[row.id], clocks)]
            connection.execute(update(subscriptions).where(subscriptions.c.id.in_(as_found)).values(due=stamp(until)))


def sequence_at(engine: Engine, since: datetime) -> int:
    """The number of the last change before a moment, 0 for none; changes are dated to the second."""
    before = changes.c.at < since.astimezone(UTC).isoformat(timespec="seconds")
    with engine.connect() as connection:
        return int(connection.execute(select(func.max(changes.c.sequence)).where(before)).scalar() or 0)


# -- what was made of it ---------------------------------------------------------------------------------------------


def record(engine: Engine, made: Sequence[NewDigest], now: datetime) -> list[bool]:
    """Keep digests, to be sent, each with its windows or not at all; for each whether it was kept.

    A window without a change moves its subscription's due alone.
    One is not when its chat is not active, or one of its subscriptions does not stand at the window's ``low`` (another
    process was first), is paused, stopped, of another chat or thread, or due otherwise than it ``was``.
    """
    with brief(engine) as connection:
        active = _active(connection, {digest.chat for digest in made})
        held = _held(connection, {window.subscription for digest in made for window in digest.windows})
        kept = [digest.chat in active and _moves(digest, held) for digest in made]
        _insert(connection, [digest for digest, was_kept in zip(made, kept, strict=True) if was_kept], now)
    return kept


def advance(engine: Engine, windows: Sequence[Window]) -> None:
    """There was nothing to say of these windows: move each subscription that still stands at its window's ``low``."""
    with brief(engine) as connection:
        held = _held(connection, {window.subscription for window in windows})
        _move(connection, [window for window in windows if _fits(window, held)])


def clean(engine: Engine, before: datetime) -> int:
    """Delete the digests made before a moment, but for what is still to be sent; how many they were.

    What waits for a chat that is not active goes too, and what rests. A few are deleted in each of several
    transactions, so that others get their turn.
    """
    unsettled = and_(deliveries.c.digest == digests.c.id, deliveries.c.settled.is_(None))
    to_be_sent = and_(chats.c.state == "active", ~rests())
    kept = exists().where(unsettled, or_(to_be_sent, deliveries.c.owner.is_not(None)))
    old = select(digests.c.id).join(chats, digests.c.chat == chats.c.id)
    old = old.where(digests.c.made < stamp(before), ~kept).order_by(digests.c.id).limit(_CLEANED)
    number = 0
    while True:
        with brief(engine) as connection:
            ids = connection.execute(old.with_for_update(of=digests, skip_locked=True)).scalars().all()
            drop_digests(connection, ids)
        number += len(ids)
        if len(ids) < _CLEANED:
            return number


# -- what a chat has been sent ---------------------------------------------------------------------------------------


def received(engine: Engine, chat: int, thread: int, statements: Collection[int]) -> set[int]:
    """Those of the statements that the chat was sent, or will be, in this topic: each has readers of its own."""
    found: set[int] = set()
    own = select(digest_items.c.statement).join(digests, digest_items.c.digest == digests.c.id)
    own = own.where(digest_items.c.chat == chat, digests.c.thread == thread, _arrives())
    with engine.connect() as connection:
        for chunk in chunks(statements):
            found.update(connection.execute(own.where(digest_items.c.statement.in_(chunk))).scalars())
    return found


def sent_of(engine: Engine, places: Collection[tuple[int, int]], articles: Collection[str]) -> list[SentRow]:
    """What was shown of these articles in these places, the latest first, whatever it was sent for.

    A place is a chat, by the store's key, with one of its threads.
    """
    text = func.substr(revisions.c.text, sentences.c.text_start + 1, sentences.c.text_end - sentences.c.text_start)
    names = ("id", "digest", "chat", "subscription", "kind", "article", "sentence", "statement")
    query = (
        select(*(digest_items.c[name] for name in names), digests.c.thread, text.label("text"), sentences.c.revision)
        .add_columns(revisions.c.title, revisions.c.publisher, revisions.c.url, revisions.c.published)
        .select_from(digest_items)
        .join(digests, digest_items.c.digest == digests.c.id)
        .join(sentences, digest_items.c.sentence == sentences.c.id)
        .join(revisions, sentences.c.revision == revisions.c.id)
        .where(digest_items.c.place == 0, _arrives())
    )
    wanted = set(places)
    rows: list[Row[Any]] = []
    with engine.connect() as connection:
        for some in chunks(articles):
            of_articles = query.where(digest_items.c.article.in_(some))
            for chunk in chunks([chat for chat, _ in wanted]):
                rows += connection.execute(of_articles.where(digest_items.c.chat.in_(chunk)))
    shown = sorted((row for row in rows if (row.chat, row.thread) in wanted), key=lambda row: -row.id)
    return [SentRow.model_validate(row._mapping) for row in shown]


def digest_of(engine: Engine, telegram: int, message: int) -> int | None:
    """The digest that a message in this chat, by Telegram's number of it, is of; None when it is of none still held.

    Of one that shows the rest of a digest it is that digest, which may be held no longer.
    """
    query = (
        select(func.coalesce(digests.c.rest_of, digests.c.id))
        .join(deliveries, deliveries.c.digest == digests.c.id)
        .join(chats, deliveries.c.chat == chats.c.id)
        .where(chats.c.telegram == telegram, deliveries.c.message == message)
        .order_by(digests.c.id.desc())
    )
    with engine.connect() as connection:
        return connection.execute(query.limit(1)).scalar()


def digest_windows(engine: Engine, telegram: int, digest: int) -> list[tuple[Subscription, int, int]]:
    """The subscriptions that a digest of this chat is of, each with its window's low and high; none for another's."""
    windows = schema.digest_windows
    query = (
        of_chats()
        .add_columns(windows.c.low, windows.c.high)
        .join(windows, windows.c.subscription == subscriptions.c.id)
        .where(windows.c.digest == digest, chats.c.telegram == telegram)
        .order_by(windows.c.id)
    )
    with engine.connect() as connection:
        return [(as_subscription(row), row.low, row.high) for row in connection.execute(query)]


# -- shared ----------------------------------------------------------------------------------------------------------


def _due(row: Row[Any]) -> Due:
    return Due(subscription=as_subscription(row), chat=row.chat, zone=row.zone, quiet=as_quiet(row))


def _is_sending() -> ColumnElement[bool]:
    """That something is still to be sent to a subscription's chat and thread, and does not rest."""
    return exists().where(
        deliveries.c.chat == subscriptions.c.chat,
        deliveries.c.state.in_(("pending", "sending", "unknown")),
        deliveries.c.settled.is_(None),
        digests.c.id == deliveries.c.digest,
        digests.c.thread == subscriptions.c.thread,
        ~rests(),
    )


def _arrives() -> ColumnElement[bool]:
    """That the message that holds an item was not given up: what a chat never got may be told to it again."""
    given_up = or_(
        deliveries.c.state == "failed", and_(deliveries.c.state == "unknown", deliveries.c.settled.is_not(None))
    )
    own = (deliveries.c.digest == digest_items.c.digest) & (deliveries.c.position == digest_items.c.message)
    return exists().where(own, ~given_up)


def _clocks(connection: Connection, ids: Collection[int]) -> dict[int, tuple[str | None, Quiet | None]]:
    """The zone and the quiet hours of these chats, which nobody changes before the transaction ends."""
    names = ("id", "zone", "quiet_start", "quiet_end")
    query = select(*(chats.c[name] for name in names)).order_by(chats.c.id).with_for_update(read=True)
    rows = [row for chunk in chunks(ids) for row in connection.execute(query.where(chats.c.id.in_(chunk)))]
    return {row.id: (row.zone, as_quiet(row)) for row in rows}


def _is_as(row: Row[Any], found: Due, clocks: dict[int, tuple[str | None, Quiet | None]]) -> bool:
    return row.due == _stamp(found.subscription.due) and clocks.get(row.chat) == (found.zone, found.quiet)


def _active(connection: Connection, ids: Collection[int]) -> set[int]:
    """The active chats among these; none of them changes its state before the transaction ends."""
    query = select(chats.c.id, chats.c.state).order_by(chats.c.id).with_for_update(read=True)
    rows = [row for chunk in chunks(ids) for row in connection.execute(query.where(chats.c.id.in_(chunk)))]
    return {row.id for row in rows if row.state == "active"}


def _lock(connection: Connection, ids: Sequence[int]) -> list[Row[Any]]:
    names = ("id", "chat", "thread", "paused", "cursor", "due")
    query = select(*(subscriptions.c[name] for name in names)).where(subscriptions.c.id.in_(ids))
    return list(connection.execute(query.order_by(subscriptions.c.id).with_for_update()))


def _held(connection: Connection, ids: Collection[int]) -> dict[int, dict[str, Any]]:
    """How these subscriptions stand, by id, locked; those that are paused left out."""
    rows = [row for chunk in chunks(ids) for row in _lock(connection, chunk)]
    return {row.id: dict(row._mapping) for row in rows if not row.paused}


def _fits(window: Window, held: dict[int, dict[str, Any]]) -> bool:
    row = held.get(window.subscription)
    if row is None or row["cursor"] != window.low or window.low > window.high:
        return False
    return window.was == "any" or row["due"] == _stamp(window.was)


def _moves(digest: NewDigest, held: dict[int, dict[str, Any]]) -> bool:
    """Whether all windows of a digest fit; if so their subscriptions stand after them in ``held``."""
    for window in digest.windows:
        row = held.get(window.subscription)
        if row is None or not _fits(window, held) or (row["chat"], row["thread"]) != (digest.chat, digest.thread):
            return False
    for window in digest.windows:
        held[window.subscription] |= {"cursor": window.high, "due": _stamp(window.due)}
    return True


def _move(connection: Connection, windows: Sequence[Window]) -> None:
    """Move subscriptions, which are locked, to the ends of their windows."""
    if not windows:
        return
    move = update(subscriptions).where(subscriptions.c.id == bindparam("moved"))
    move = move.values(cursor=bindparam("high"), due=bindparam("next"))
    connection.execute(move, [{"moved": w.subscription, "high": w.high, "next": _stamp(w.due)} for w in windows])


def _insert(connection: Connection, made: Sequence[NewDigest], now: datetime) -> None:
    heads = [
        {"chat": d.chat, "thread": d.thread, "asked": d.asked, "rest_of": d.rest_of, "made": stamp(now)} for d in made
    ]
    ids = insert_ids(connection, digests, heads)
    windows: list[dict[str, Any]] = []
    items: list[dict[str, Any]] = []
    messages: list[dict[str, Any]] = []
    for identifier, digest in zip(ids, made, strict=True):
        of_digest = {"digest": identifier}
        changed = [window for window in digest.windows if window.low < window.high]
        windows += (of_digest | {"subscription": w.subscription, "low": w.low, "high": w.high} for w in changed)
        of_chat = of_digest | {"chat": digest.chat}
        items += (of_chat | dict(item) for item in digest.items)
        message = of_chat | {"silent": digest.silent, "asked": digest.asked, "due": stamp(digest.due)}
        message |= {"state": "pending", "attempts": 0, "unknowns": 0}
        messages += (message | {"position": i, "content": content} for i, content in enumerate(digest.messages, 1))
    insert_all(connection, schema.digest_windows, windows)
    insert_all(connection, digest_items, items)
    insert_all(connection, deliveries, messages)
    _move(connection, [window for digest in made for window in digest.windows])


def _stamp(when: datetime | None) -> str | None:
    return None if when is None else stamp(when)
