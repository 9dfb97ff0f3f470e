"""The messages of digests on their way: who has which in hand, and what became of it.

Each function is one transaction. A message waits ("pending"), is being sent ("sending"), and then was "sent" or has
"failed"; of one that may have arrived nobody can say so ("unknown"), and it is sent once more. Nothing else is sent
twice: what is not "sending" was surely not tried since it was last told.
"""

from collections.abc import Callable, Collection, Sequence
from datetime import datetime, timedelta
from typing import Any, Literal, get_args

from pydantic import BaseModel, ConfigDict
from sqlalchemy import ColumnElement, Connection, Engine, Row, bindparam, delete, exists, func, insert, select, update

from knowledge.store.database import writing
from knowledge.store.moments import moment, stamp
from knowledge.store.rows import chunks, lock
from knowledge.store.schema import chats, deliveries, digests, senders
from knowledge.text import one_line

__all__ = [
    "ALIVE",
    "MOST_UNKNOWN",
    "Delivery",
    "DeliveryState",
    "Settled",
    "beat",
    "begin",
    "claim",
    "counts",
    "join",
    "leave",
    "recover",
    "release",
    "settle",
]

ALIVE = timedelta(seconds=15)
"""How long after it was last seen a sender counts as alive."""
MOST_UNKNOWN = 5
"""A message that may have arrived more often than that is given up as unknown."""

DeliveryState = Literal["pending", "sending", "sent", "unknown", "failed"]
_REASON = 500
_WAITING = (deliveries.c.settled.is_(None), deliveries.c.state.in_(("pending", "unknown")))


class Delivery(BaseModel):
    """A message to send: ``position`` in its digest (1-based), ``content`` as JSON.

    It may have arrived ``unknowns`` times before, out of ``attempts``.
    """

    model_config = ConfigDict(frozen=True)

    id: int
    digest: int
    telegram: int
    thread: int
    position: int
    content: str
    silent: bool
    asked: bool
    attempts: int
    unknowns: int
    due: datetime


class Settled(BaseModel):
    """What became of a message that was begun.

    "pending" was surely not sent and is due again, at ``due``; "unknown" may have been, and is due again too.
    """

    model_config = ConfigDict(frozen=True)

    id: int
    state: Literal["sent", "failed", "unknown", "pending"]
    message: int | None = None
    reason: str | None = None
    due: datetime | None = None


# -- senders ---------------------------------------------------------------------------------------------------------


def join(engine: Engine, name: str, now: datetime) -> int:
    """A process begins to send; the number it has as an owner."""
    with writing(engine).begin() as connection:
        row = insert(senders).values(name=name, seen=stamp(now)).returning(senders.c.id)
        return int(connection.execute(row).scalar_one())


def beat(engine: Engine, owner: int, now: datetime) -> int:
    """A sender is alive; how many are, itself counted.

    One that was taken for dead meanwhile is a sender again (without its name: only its age can tell that it is dead).
    """
    with writing(engine).begin() as connection:
        if not connection.execute(update(senders).where(senders.c.id == owner).values(seen=stamp(now))).rowcount:
            connection.execute(insert(senders).values(id=owner, name="", seen=stamp(now)))
        alive = select(func.count()).select_from(senders).where(senders.c.seen >= stamp(now - ALIVE))
        return max(1, connection.execute(alive).scalar_one())


def leave(engine: Engine, owner: int) -> None:
    """A sender stops: what it has claimed and not begun is free for others."""
    with writing(engine).begin() as connection:
        connection.execute(delete(senders).where(senders.c.id == owner))
        _free(connection, deliveries.c.owner == owner)


def recover(engine: Engine, now: datetime, is_dead: Callable[[str], bool]) -> int:
    """Take back what dead senders had in hand; how many messages.

    Dead is who was not seen for ``ALIVE`` (so beat before you recover) or whom ``is_dead`` knows to be, by the name.
    What they had begun is unknown and due now; what they had only claimed is free.
    """
    with writing(engine).begin() as connection:
        known = connection.execute(select(senders).order_by(senders.c.id).with_for_update()).all()
        dead = [row.id for row in known if row.seen < stamp(now - ALIVE) or (row.name and is_dead(row.name))]
        for chunk in chunks(dead):
            connection.execute(delete(senders).where(senders.c.id.in_(chunk)))
        owners = set(connection.execute(select(deliveries.c.owner).where(deliveries.c.owner.is_not(None))).scalars())
        left = deliveries.c.owner.in_(owners - {row.id for row in known} | owners.intersection(dead))
        freed = _free(connection, left)
        rows = _locked(connection, left & (deliveries.c.state == "sending"))
        _put(connection, [_unknown(row, Settled(id=row.id, state="unknown"), now) for row in rows])
    return freed + len(rows)


# -- deliveries ------------------------------------------------------------------------------------------------------


def claim(engine: Engine, owner: int, now: datetime, limit: int) -> list[Delivery]:
    """Take messages that are due in hand, of active chats, at most ``limit``; no two owners get the same.

    Those asked for come first, then the longest due. Of each digest only the first that is not settled is given.
    """
    earlier = deliveries.alias()
    first = ~exists().where(
        earlier.c.digest == deliveries.c.digest,
        earlier.c.position < deliveries.c.position,
        earlier.c.settled.is_(None),
    )
    query = (
        select(deliveries, chats.c.telegram, digests.c.thread)
        .join(chats, deliveries.c.chat == chats.c.id)
        .join(digests, deliveries.c.digest == digests.c.id)
        .where(
            *_WAITING, deliveries.c.owner.is_(None), deliveries.c.due <= stamp(now), chats.c.state == "active", first
        )
        .order_by(deliveries.c.due, deliveries.c.id)
        .with_for_update(of=deliveries, skip_locked=True)
    )
    rows: list[Row[Any]] = []
    with writing(engine).begin() as connection:
        for asked in (True, False):
            some = query.where(deliveries.c.asked == asked).limit(limit - len(rows))
            rows += connection.execute(some)
        for chunk in chunks([row.id for row in rows]):
            connection.execute(update(deliveries).where(deliveries.c.id.in_(chunk)).values(owner=owner))
    return [_delivery(row) for row in rows]


def begin(engine: Engine, owner: int, ids: Collection[int]) -> set[int]:
    """Those of the claimed messages that may be sent now, which counts as an attempt.

    The others must not be, and are let go of: their chat is not active any more, or they are not the owner's.
    """
    begun: set[int] = set()
    with writing(engine).begin() as connection:
        for chunk in chunks(ids):
            query = select(deliveries.c.id).join(chats, deliveries.c.chat == chats.c.id)
            query = query.where(*_WAITING, deliveries.c.id.in_(chunk), deliveries.c.owner == owner)
            query = query.where(chats.c.state == "active").order_by(deliveries.c.id).with_for_update(of=deliveries)
            some = connection.execute(query).scalars().all()
            start = update(deliveries).where(deliveries.c.id.in_(some))
            connection.execute(start.values(state="sending", attempts=deliveries.c.attempts + 1))
            begun.update(some)
            _free(connection, deliveries.c.id.in_(chunk) & (deliveries.c.owner == owner))
    return begun


def settle(engine: Engine, results: Sequence[Settled], now: datetime, owner: int | None = None) -> None:
    """Say what became of messages.

    What is settled, or gone, stays as it is. Of one that was taken from its sender as unknown only "sent" still
    counts; with ``owner`` also of one that another has begun since.
    """
    told = {result.id: result for result in results}
    with writing(engine).begin() as connection:
        rows = [row for chunk in chunks(list(told)) for row in _locked(connection, deliveries.c.id.in_(chunk))]
        values = []
        for row in rows:
            result = told[row.id]
            in_hand = row.state == "sending" and owner in (None, row.owner)
            if row.settled is None and (in_hand or result.state == "sent"):
                values.append(_became(row, result, now))
        _put(connection, values)


def release(engine: Engine, ids: Collection[int]) -> None:
    """Give back messages that were claimed and not begun."""
    with writing(engine).begin() as connection:
        for chunk in chunks(ids):
            _free(connection, deliveries.c.id.in_(chunk))


def counts(engine: Engine) -> dict[str, int]:
    """How many deliveries are in each state."""
    query = select(deliveries.c.state, func.count().label("number")).group_by(deliveries.c.state)
    with engine.connect() as connection:
        found = {row.state: row.number for row in connection.execute(query)}
    return {state: found.get(state, 0) for state in get_args(DeliveryState)}


# -- shared ----------------------------------------------------------------------------------------------------------


def _delivery(row: Row[Any]) -> Delivery:
    return Delivery(
        id=row.id,
        digest=row.digest,
        telegram=row.telegram,
        thread=row.thread,
        position=row.position,
        content=row.content,
        silent=row.silent,
        asked=row.asked,
        attempts=row.attempts,
        unknowns=row.unknowns,
        due=moment(row.due),
    )


def _free(connection: Connection, condition: ColumnElement[bool]) -> int:
    ids = lock(connection, deliveries, condition & deliveries.c.state.in_(("pending", "unknown")))
    for chunk in chunks(ids):
        connection.execute(update(deliveries).where(deliveries.c.id.in_(chunk)).values(owner=None))
    return len(ids)


def _locked(connection: Connection, condition: ColumnElement[bool]) -> list[Row[Any]]:
    return list(connection.execute(select(deliveries).where(condition).order_by(deliveries.c.id).with_for_update()))


def _became(row: Row[Any], result: Settled, now: datetime) -> dict[str, Any]:
    if result.state == "unknown":
        return _unknown(row, result, now)
    if result.state == "pending":
        due = row.due if result.due is None else stamp(result.due)
        return _values(row, result, state="unknown" if row.unknowns else "pending", due=due)
    return _values(row, result, content=None, settled=stamp(now), message=result.message)


def _unknown(row: Row[Any], result: Settled, now: datetime) -> dict[str, Any]:
    values = {"unknowns": row.unknowns + 1, "due": stamp(result.due or now)}
    if values["unknowns"] > MOST_UNKNOWN:
        values |= {"content": None, "settled": stamp(now)}
    return _values(row, result, **values)


def _values(row: Row[Any], result: Settled, **values: Any) -> dict[str, Any]:
    reason = None if result.reason is None else one_line(result.reason, _REASON)
    names = ("content", "due", "unknowns", "message", "settled")
    kept = {name: getattr(row, name) for name in names}
    return {"put": row.id, **kept, "state": result.state, "reason": reason, **values}


def _put(connection: Connection, values: Sequence[dict[str, Any]]) -> None:
    """Write these of deliveries, which are locked, and let go of them."""
    if values:
        names = ("content", "due", "unknowns", "message", "settled", "state", "reason")
        put = update(deliveries).where(deliveries.c.id == bindparam("put"))
        put = put.values({name: bindparam(f"{name}") for name in names} | {"owner": None})
        connection.execute(put, values)
