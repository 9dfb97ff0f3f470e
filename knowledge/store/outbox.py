"""The messages of digests on their way: who has which in hand, and what became of it.

Each function is one transaction. A message waits ("pending"), is being sent ("sending"), and then was "sent" or has
"failed"; of one that may have arrived nobody can say so ("unknown"), and it is sent again. Nothing else is sent twice:
what is not "sending" was surely not tried since it was last told.
"""

from collections.abc import Callable, Collection, Sequence
from datetime import datetime, timedelta
from typing import Any, Literal, get_args

from pydantic import BaseModel, ConfigDict
from sqlalchemy import (
    ColumnElement,
    Connection,
    DateTime,
    Engine,
    FromClause,
    Row,
    ScalarSelect,
    Select,
    and_,
    bindparam,
    delete,
    exists,
    func,
    insert,
    select,
    update,
)

from knowledge.schedule import Quiet
from knowledge.store.database import brief
from knowledge.store.moments import moment, stamp
from knowledge.store.resting import rests
from knowledge.store.rows import as_quiet, chunks, lock
from knowledge.store.schema import chats, deliveries, digests, senders
from knowledge.text import one_line

__all__ = [
    "ALIVE",
    "GIVEN_UP",
    "LEAST_UNKNOWN",
    "Delivery",
    "DeliveryState",
    "Settled",
    "ask_for",
    "beat",
    "begin",
    "claim",
    "counts",
    "join",
    "leave",
    "put_off",
    "recover",
    "release",
    "settle",
]

ALIVE = timedelta(seconds=15)
"""How long after it was last seen a sender counts as alive."""
GIVEN_UP = timedelta(days=2)
"""How old a digest is when a message of it that may have arrived is not tried again."""
LEAST_UNKNOWN = 5
"""How often such a message may have arrived at least, however old: it may have waited for days to be tried at all."""

DeliveryState = Literal["pending", "sending", "sent", "unknown", "failed"]
_REASON = 500


class Delivery(BaseModel):
    """A message to send: ``position`` in its digest (1-based), ``content`` as JSON.

    It may have arrived ``unknowns`` times before, out of ``attempts``. ``zone`` and ``quiet`` are its chat's.
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
    zone: str | None
    quiet: Quiet | None


class Settled(BaseModel):
    """What became of a message that was begun.

    "pending" was surely not sent and is due again, at ``due``; "unknown" may have been, and is due again too, until
    it is given up: it then is settled as unknown. In a chat that is gone both have failed.
    """

    model_config = ConfigDict(frozen=True)

    id: int
    state: Literal["sent", "failed", "unknown", "pending"]
    message: int | None = None
    reason: str | None = None
    due: datetime | None = None


# -- senders ---------------------------------------------------------------------------------------------------------
# A PostgreSQL server tells the time for all its senders, whose machines' clocks may differ; ``now`` is for SQLite.


def join(engine: Engine, name: str, now: datetime) -> int:
    """A process begins to send; the number it has as an owner."""
    with brief(engine) as connection:
        row = insert(senders).values(name=name, seen=stamp(_clock(connection, now))).returning(senders.c.id)
        return int(connection.execute(row).scalar_one())


def beat(engine: Engine, owner: int, now: datetime) -> int:
    """A sender is alive; how many are, itself counted.

    One that was taken for dead meanwhile is a sender again (without its name: only its age can tell that it is dead).
    """
    with brief(engine) as connection:
        now = _clock(connection, now)
        if not connection.execute(update(senders).where(senders.c.id == owner).values(seen=stamp(now))).rowcount:
            connection.execute(insert(senders).values(id=owner, name="", seen=stamp(now)))
        alive = select(func.count()).select_from(senders).where(senders.c.seen >= stamp(now - ALIVE))
        return max(1, connection.execute(alive).scalar_one())


def leave(engine: Engine, owner: int) -> None:
    """A sender stops: what it has claimed and not begun is free for others."""
    with brief(engine) as connection:
        connection.execute(delete(senders).where(senders.c.id == owner))
        _free(connection, deliveries.c.owner == owner)


def recover(engine: Engine, now: datetime, is_dead: Callable[[str], bool]) -> int:
    """Take back what dead senders had in hand; how many messages.

    Dead is who was not seen for ``ALIVE`` (so beat before you recover) or whom ``is_dead`` knows to be, by the name.
    What they had begun is unknown and due now; what they had only claimed is free.
    """
    with brief(engine) as connection:
        known = connection.execute(select(senders).order_by(senders.c.id).with_for_update()).all()
        last = stamp(_clock(connection, now) - ALIVE)
        dead = [row.id for row in known if row.seen < last or (row.name and is_dead(row.name))]
        for chunk in chunks(dead):
            connection.execute(delete(senders).where(senders.c.id.in_(chunk)))
        owners = set(connection.execute(select(deliveries.c.owner).where(deliveries.c.owner.is_not(None))).scalars())
        left = deliveries.c.owner.in_(owners - {row.id for row in known} | owners.intersection(dead))
        rows = _locked(connection, left)
        begun = [row for row in rows if row.state == "sending"]
        _put(connection, [_became(row, Settled(id=row.id, state="unknown"), now) for row in begun])
        _let_go(connection, [row.id for row in rows if row.state != "sending"])
    return len(rows)


# -- deliveries ------------------------------------------------------------------------------------------------------


def claim(engine: Engine, owner: int, now: datetime, limit: int) -> list[Delivery]:
    """Take messages that are due in hand, of active chats, at most ``limit``; no two owners get the same.

    Those asked for come first, then the longest due. Of each digest only the first that is not settled is given, of
    each chat only one, and none while another of it is in hand. What rests is not given.
    """
    query = (
        select(deliveries, chats.c.telegram, chats.c.zone, chats.c.quiet_start, chats.c.quiet_end, digests.c.thread)
        .join(chats, deliveries.c.chat == chats.c.id)
        .join(digests, deliveries.c.digest == digests.c.id)
        .where(_is_free(deliveries, now), chats.c.state == "active", deliveries.c.chat.not_in(_in_hand()))
        .order_by(deliveries.c.due, deliveries.c.id)
        # Of two who claim at once only one sees to a chat: what the other takes of it is not seen yet.
        .with_for_update(of=[deliveries, chats], skip_locked=True, key_share=True)
    )
    asked, unasked = deliveries.c.asked.is_(True), deliveries.c.asked.is_(False)
    asking = select(deliveries.c.chat).where(asked, _may_go(deliveries, now))
    passes = [
        query.where(asked, deliveries.c.id == _first(now, asked=True)),
        query.where(unasked, deliveries.c.id == _first(now, asked=False), deliveries.c.chat.not_in(asking)),
    ]
    rows: list[Row[Any]] = []
    with brief(engine) as connection:
        for some in passes:
            rows += connection.execute(some.limit(limit - len(rows)))
        taken = set(connection.execute(_in_hand()).scalars())  # by now, those chats being locked
        rows = [row for row in rows if row.chat not in taken]
        for chunk in chunks([row.id for row in rows]):
            connection.execute(update(deliveries).where(deliveries.c.id.in_(chunk)).values(owner=owner))
    return [_delivery(row) for row in rows]


def begin(engine: Engine, owner: int, ids: Collection[int]) -> set[int]:
    """Those of the claimed messages that may be sent now, which counts as an attempt.

    The others must not be, and are let go of: their chat is not active any more, what they are of is paused, or they
    are not the owner's.
    """
    begun: set[int] = set()
    with brief(engine) as connection:
        for chunk in chunks(ids):
            query = select(deliveries.c.id).join(chats, deliveries.c.chat == chats.c.id)
            query = query.where(*_waits(deliveries), deliveries.c.id.in_(chunk), deliveries.c.owner == owner)
            query = query.where(chats.c.state == "active", ~rests()).order_by(deliveries.c.id)
            some = connection.execute(query.with_for_update(of=deliveries)).scalars().all()
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
    with brief(engine) as connection:
        rows = _locked(connection, *(deliveries.c.id.in_(chunk) for chunk in chunks(list(told))))
        values = []
        for row in rows:
            result = told[row.id]
            in_hand = row.state == "sending" and owner in (None, row.owner)
            if row.settled is None and (in_hand or result.state == "sent"):
                values.append(_became(row, result, now))
        _put(connection, values)


def release(engine: Engine, ids: Collection[int]) -> None:
    """Give back messages that were claimed and not begun."""
    with brief(engine) as connection:
        for chunk in chunks(ids):
            _free(connection, deliveries.c.id.in_(chunk))


def put_off(engine: Engine, ids: Collection[int], until: datetime) -> None:
    """Give back messages that were claimed and not begun, due no sooner than ``until``: their chats want quiet."""
    with brief(engine) as connection:
        for chunk in chunks(ids):
            _free(connection, deliveries.c.id.in_(chunk), due=stamp(until))


def counts(engine: Engine) -> dict[str, int]:
    """How many deliveries are in each state."""
    query = select(deliveries.c.state, func.count().label("number")).group_by(deliveries.c.state)
    with engine.connect() as connection:
        found = {row.state: row.number for row in connection.execute(query)}
    return {state: found.get(state, 0) for state in get_args(DeliveryState)}


# -- which may go ----------------------------------------------------------------------------------------------------


def _waits(of: FromClause) -> tuple[ColumnElement[bool], ...]:
    return of.c.settled.is_(None), of.c.state.in_(("pending", "unknown"))


def _is_free(of: FromClause, now: datetime) -> ColumnElement[bool]:
    return and_(*_waits(of), of.c.owner.is_(None), of.c.due <= stamp(now))


def _may_go(of: FromClause, now: datetime) -> ColumnElement[bool]:
    """That a delivery is due and free, the first of its digest, and does not rest."""
    earlier = deliveries.alias()
    is_later = exists().where(
        earlier.c.digest == of.c.digest, earlier.c.position < of.c.position, earlier.c.settled.is_(None)
    )
    return and_(_is_free(of, now), ~is_later, ~rests(of))


def _first(now: datetime, *, asked: bool) -> ScalarSelect[int]:
    """Of a delivery's chat the one that may go first, of those asked for or of the others."""
    own = deliveries.alias()
    of_chat = select(own.c.id).where(own.c.chat == deliveries.c.chat, own.c.asked.is_(asked), _may_go(own, now))
    return of_chat.order_by(own.c.due, own.c.id).limit(1).scalar_subquery()


def _in_hand() -> Select[Any]:
    """The chats of which somebody has a message in hand: few, and found once for all that wait."""
    held = deliveries.alias()
    return select(held.c.chat).where(held.c.owner.is_not(None), held.c.settled.is_(None))


# -- shared ----------------------------------------------------------------------------------------------------------


def _clock(connection: Connection, now: datetime) -> datetime:
    if connection.dialect.name != "postgresql":
        return now
    return connection.execute(select(func.clock_timestamp(type_=DateTime(timezone=True)))).scalar_one()


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
        zone=row.zone,
        quiet=as_quiet(row),
    )


def _free(connection: Connection, condition: ColumnElement[bool], **values: Any) -> int:
    ids = lock(connection, deliveries, condition & deliveries.c.state.in_(("pending", "unknown")))
    _let_go(connection, ids, **values)
    return len(ids)


def _let_go(connection: Connection, ids: Collection[int], **values: Any) -> None:
    """Let go of deliveries, which are locked."""
    for chunk in chunks(ids):
        connection.execute(update(deliveries).where(deliveries.c.id.in_(chunk)).values(owner=None, **values))


def _locked(connection: Connection, *conditions: ColumnElement[bool]) -> list[Row[Any]]:
    """The deliveries that meet one of the conditions, with when they were made and how their chats are, all locked."""
    of = select(deliveries.c.chat).distinct()
    ids = {chat for each in conditions for chat in connection.execute(of.where(each)).scalars()}
    for chunk in chunks(ids):
        connection.execute(
            select(chats.c.id).where(chats.c.id.in_(chunk)).order_by(chats.c.id).with_for_update(read=True)
        )
    query = (
        select(deliveries, digests.c.made, (chats.c.state == "gone").label("gone"), chats.c.reason.label("gone_for"))
        .join(digests, deliveries.c.digest == digests.c.id)
        .join(chats, deliveries.c.chat == chats.c.id)
        .order_by(deliveries.c.id)
        .with_for_update(of=deliveries)
    )
    return [row for each in conditions for row in connection.execute(query.where(each))]


def _became(row: Row[Any], result: Settled, now: datetime) -> dict[str, Any]:
    if row.gone and result.state in ("pending", "unknown"):
        result = Settled(id=row.id, state="failed", reason=row.gone_for)
    if result.state == "unknown":
        return _unknown(row, result, now)
    if result.state == "pending":
        due = row.due if result.due is None else stamp(result.due)
        return _values(row, result, state="unknown" if row.unknowns else "pending", due=due)
    return _values(row, result, content=None, settled=stamp(now), message=result.message)


def _unknown(row: Row[Any], result: Settled, now: datetime) -> dict[str, Any]:
    values = {"unknowns": row.unknowns + 1, "due": stamp(result.due or now)}
    if row.made < stamp(now - GIVEN_UP) and values["unknowns"] > LEAST_UNKNOWN:
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


# -- asked for -------------------------------------------------------------------------------------------------------


def ask_for(engine: Engine, telegram: int, thread: int, now: datetime) -> int:
    """A chat asks for what waits to be sent to it in a thread: that is due now, quiet hours or not.

    Returns how many messages are on their way there, one that is just being sent among them.
    """
    with brief(engine) as connection:
        there = select(digests.c.id).join(chats, digests.c.chat == chats.c.id)
        there = there.where(chats.c.telegram == telegram, digests.c.thread == thread)
        rows = _locked(connection, deliveries.c.digest.in_(there) & deliveries.c.settled.is_(None))
        for row in rows:
            due = min(row.due, stamp(now))
            connection.execute(update(deliveries).where(deliveries.c.id == row.id).values(asked=True, due=due))
    return len(rows)
