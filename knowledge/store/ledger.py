"""What is due, what was made of it, and what a chat has been sent: the side of those who compose digests.

Each function is one transaction. What is new is told by the store's change sequence, never by a clock: a subscription's
``cursor`` moves from change to change, and the windows it moved by follow one another without a gap.
"""

from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict
from sqlalchemy import Connection, Engine, Row, bindparam, exists, func, or_, select, update

from knowledge.schedule import Quiet
from knowledge.store import schema
from knowledge.store.database import writing
from knowledge.store.moments import stamp
from knowledge.store.rows import chunks, drop_digests, insert_all, insert_ids
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
    "add_items",
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

ItemKind = Literal["news", "correction", "withdrawal"]


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
    """A sentence that an item of a digest cites: ``place`` 0 is the one shown, the others say or tell the same."""

    model_config = ConfigDict(frozen=True)

    subscription: int | None
    position: int
    place: int
    kind: ItemKind
    article: str
    sentence: int
    statement: int


class NewDigest(BaseModel):
    """A digest for a chat's thread; each of ``messages`` is the JSON of one, not to be sent before ``due``."""

    model_config = ConfigDict(frozen=True)

    chat: int
    thread: int
    asked: bool
    silent: bool
    windows: tuple[Window, ...]
    items: tuple[ItemRow, ...]
    messages: tuple[str, ...]
    due: datetime


class SentRow(BaseModel):
    """What an item of a subscription showed: a sentence, verbatim, of the revision that stood then."""

    model_config = ConfigDict(frozen=True)

    digest: int
    subscription: int
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

    They are those that come at once and have changes before them, and those whose moment has come. With ``telegram``:
    all of that chat, whatever their moment. At most about ``limit``, of no chat only some where that can be.
    """
    at_once = subscriptions.c.due.is_(None) & (subscriptions.c.cursor < high)
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


def hold(engine: Engine, ids: Collection[int], until: datetime) -> None:
    """Look at these subscriptions no sooner than ``until``: their chats want quiet."""
    with writing(engine).begin() as connection:
        for chunk in chunks(ids):
            _lock(connection, chunk)
            connection.execute(update(subscriptions).where(subscriptions.c.id.in_(chunk)).values(due=stamp(until)))


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
    with writing(engine).begin() as connection:
        active = _active(connection, {digest.chat for digest in made})
        held = _held(connection, {window.subscription for digest in made for window in digest.windows})
        kept = [digest.chat in active and _moves(digest, held) for digest in made]
        _insert(connection, [digest for digest, was_kept in zip(made, kept, strict=True) if was_kept], now)
    return kept


def advance(engine: Engine, windows: Sequence[Window]) -> None:
    """There was nothing to say of these windows: move each subscription that still stands at its window's ``low``."""
    with writing(engine).begin() as connection:
        held = _held(connection, {window.subscription for window in windows})
        _move(connection, [window for window in windows if _fits(window, held)])


def add_items(engine: Engine, digest: int, items: Sequence[ItemRow]) -> None:
    """The chat has been shown these too; those that the digest has already, and a digest that is gone, are left."""
    of_digest = select(digests.c.chat).where(digests.c.id == digest)
    with writing(engine).begin() as connection:
        # A chat is locked before what hangs on it, and may be forgotten or have become another between the two.
        found = connection.execute(of_digest).scalar()
        connection.execute(select(chats.c.id).where(chats.c.id == found).with_for_update(read=True))
        chat = connection.execute(of_digest.with_for_update()).scalar()
        if chat is None:
            return
        keys = ("subscription", "place", "kind", "sentence", "statement")
        there = select(*(digest_items.c[name] for name in keys)).where(digest_items.c.digest == digest)
        known = {tuple(row) for row in connection.execute(there)}
        new = [item for item in items if tuple(getattr(item, name) for name in keys) not in known]
        insert_all(connection, digest_items, [{"digest": digest, "chat": chat} | item.model_dump() for item in new])


def clean(engine: Engine, before: datetime) -> int:
    """Delete the digests made before a moment that have nothing left to send; how many they were."""
    waiting = exists().where(deliveries.c.digest == digests.c.id, deliveries.c.settled.is_(None))
    old = select(digests.c.id).where(digests.c.made < stamp(before), ~waiting).order_by(digests.c.id)
    with writing(engine).begin() as connection:
        ids = connection.execute(old.with_for_update(skip_locked=True)).scalars().all()
        drop_digests(connection, ids)
    return len(ids)


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


def sent_of(engine: Engine, ids: Collection[int], articles: Collection[str]) -> list[SentRow]:
    """What was shown for these subscriptions of these articles, the latest first."""
    text = func.substr(revisions.c.text, sentences.c.text_start + 1, sentences.c.text_end - sentences.c.text_start)
    names = ("id", "digest", "subscription", "kind", "article", "sentence", "statement")
    query = (
        select(*(digest_items.c[name] for name in names), text.label("text"), sentences.c.revision)
        .add_columns(revisions.c.title, revisions.c.publisher, revisions.c.url, revisions.c.published)
        .select_from(digest_items)
        .join(sentences, digest_items.c.sentence == sentences.c.id)
        .join(revisions, sentences.c.revision == revisions.c.id)
        .where(digest_items.c.place == 0, _arrives())
    )
    rows: list[Row[Any]] = []
    with engine.connect() as connection:
        for some in chunks(articles):
            of_articles = query.where(digest_items.c.article.in_(some))
            for chunk in chunks(ids):
                rows += connection.execute(of_articles.where(digest_items.c.subscription.in_(chunk)))
    rows.sort(key=lambda row: -row.id)
    return [SentRow.model_validate(row._mapping) for row in rows]


def digest_of(engine: Engine, telegram: int, message: int) -> int | None:
    """The digest that a message in this chat, by Telegram's number of it, is of; None when it is of none still held."""
    query = select(func.max(deliveries.c.digest)).join(chats, deliveries.c.chat == chats.c.id)
    query = query.where(chats.c.telegram == telegram, deliveries.c.message == message)
    with engine.connect() as connection:
        return connection.execute(query).scalar()


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
    quiet = None if row.quiet_start is None else (row.quiet_start, row.quiet_end)
    return Due(subscription=as_subscription(row), chat=row.chat, zone=row.zone, quiet=quiet)


def _arrives() -> Any:
    """That an item's digest was not given up: what a chat never got may be told to it again."""
    return exists().where(deliveries.c.digest == digest_items.c.digest, deliveries.c.state != "failed")


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
    heads = [{"chat": d.chat, "thread": d.thread, "asked": d.asked, "made": stamp(now)} for d in made]
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
