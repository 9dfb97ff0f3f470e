"""Chats that follow things, and digests for them, for tests of what is kept about both."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Engine, delete, func, insert, select, update

from knowledge.models import Interest
from knowledge.schedule import When
from knowledge.store import ledger, outbox, schema, subscribers
from knowledge.store.ledger import ItemRow, NewDigest, Window
from knowledge.store.moments import moment, stamp
from knowledge.store.outbox import Delivery, Settled
from knowledge.store.subscribers import Subscription
from knowledge.store.writing import save
from tests.auxil.records import lines

AT_ONCE, DAILY, WEEKLY = When(often="at_once"), When(often="daily", minute=480), When(often="weekly", minute=480)
START = datetime(2034, 5, 6, 12, 0, tzinfo=UTC)


def at(minutes: float) -> datetime:
    return START + timedelta(minutes=minutes)


def put_articles(engine: Engine) -> None:
    """Articles a, b and c of two sentences each: changes 1 to 3, sentences 1 to 6."""
    for name in "abc":
        save(engine, lines(name, f"First of {name}.\nSecond of {name}.", title=f"Title of {name}", publisher="Post"))


def happen(engine: Engine, number: int = 1) -> int:
    """So many changes come; the number of the last."""
    with engine.begin() as connection:
        row = {"article": "a", "kind": "updated", "at": "2034-05-06T12:00:00+00:00"}
        connection.execute(insert(schema.changes), [row] * number)
        return connection.execute(select(func.max(schema.changes.c.sequence))).scalar_one()


def empty(engine: Engine) -> None:
    """Forget every chat and sender, whatever is held of them."""
    with engine.begin() as connection:
        for table in (schema.deliveries, schema.digest_items, schema.digest_windows, schema.digests):
            connection.execute(delete(table))
        for table in (schema.subscriptions, schema.chats, schema.senders):
            connection.execute(delete(table))


def topic(words: str) -> Interest:
    return Interest(kind="topic", target=words)


def follow(engine: Engine, telegram: int, words: str = "x", when: When = AT_ONCE, **options: Any) -> Subscription:
    options = {"thread": 0, "now": START, "label": words} | options
    return subscribers.subscribe(engine, telegram, interest=topic(words), when=when, **options)[0]


def item(subscription: Subscription | None = None, sentence: int = 1, /, **fields: Any) -> ItemRow:
    """An item that cites a sentence of ``put_articles``, its statement a hundred times the sentence."""
    given = {
        "subscription": subscription and subscription.id,
        "position": 1,
        "message": 1,
        "place": 0,
        "kind": "news",
        "article": "aabbcc"[sentence - 1],
        "sentence": sentence,
        "statement": sentence * 100,
    }
    return ItemRow(**(given | fields))


def window(subscription: Subscription, high: int, /, **fields: Any) -> Window:
    given = {"subscription": subscription.id, "low": subscription.cursor, "high": high, "due": None}
    return Window(**(given | fields))


def digest(
    engine: Engine,
    *of: Subscription,
    high: int,
    messages: Sequence[str] = ("{}",),
    items: Sequence[ItemRow] = (),
    **fields: Any,
) -> NewDigest:
    """What is new for these subscriptions of one chat up to ``high``."""
    if "chat" not in fields:
        chat = subscribers.chat(engine, of[0].telegram)
        assert chat is not None
        fields["chat"] = chat.id
    given = {"thread": of[0].thread, "asked": False, "silent": False, "due": START}
    windows = tuple(window(one, high) for one in of)
    return NewDigest(**({"windows": windows, "items": items, "messages": tuple(messages)} | given | fields))


def record(engine: Engine, *of: Subscription, high: int, now: datetime = START, **fields: Any) -> int:
    """Keep a digest that can be kept; its number."""
    assert ledger.record(engine, [digest(engine, *of, high=high, **fields)], now) == [True]
    with engine.connect() as connection:
        return connection.execute(select(func.max(schema.digests.c.id))).scalar_one()


def send(engine: Engine, owner: int, now: datetime = START, limit: int = 99) -> list[Delivery]:
    """One round of a sender to whom everything works; what it sent."""
    claimed = outbox.claim(engine, owner, now, limit)
    assert outbox.begin(engine, owner, [d.id for d in claimed]) == {d.id for d in claimed}
    outbox.settle(engine, [Settled(id=d.id, state="sent", message=d.id + 1000) for d in claimed], now)
    return claimed


def age(engine: Engine, sender: int, minutes: float) -> None:
    """A sender was last seen so much longer ago."""
    with engine.begin() as connection:
        own = schema.senders.c.id == sender
        seen = moment(connection.execute(select(schema.senders.c.seen).where(own)).scalar_one())
        connection.execute(update(schema.senders).where(own).values(seen=stamp(seen - timedelta(minutes=minutes))))


def rows(engine: Engine, table: str, *columns: str) -> list[Any]:
    """The rows of a table by id; with one column just its values."""
    held = schema.metadata.tables[table]
    with engine.connect() as connection:
        some = select(*(held.c[name] for name in columns or held.c.keys()))
        found = connection.execute(some.order_by(*held.primary_key))
        return list(found.scalars()) if len(columns) == 1 else [tuple(row) for row in found]
