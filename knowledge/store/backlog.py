"""How far those who follow the store are behind it: indexes, makers of digests, senders of their messages."""

from datetime import UTC, datetime

from pydantic import BaseModel, ConfigDict
from sqlalchemy import Connection, Engine, func, select

from knowledge.store.moments import moment, stamp
from knowledge.store.resting import rests
from knowledge.store.schema import changes, chats, deliveries, subscriptions

__all__ = ["Backlog", "Behind", "behind", "deliveries_behind", "digests_behind"]


class Behind(BaseModel):
    """How many are to be seen to, and since when the first of them is; None when there are none."""

    model_config = ConfigDict(frozen=True)

    number: int = 0
    since: datetime | None = None


class Backlog(Behind):
    """The same, with how many ``wait``, due or not yet."""

    waiting: int = 0


def behind(engine: Engine, sequence: int) -> Behind:
    """The changes after ``sequence``."""
    with engine.connect() as connection:
        last = int(connection.execute(select(func.max(changes.c.sequence))).scalar() or 0)
        return Behind(number=max(0, last - sequence), since=_change_after(connection, sequence))


def digests_behind(engine: Engine, now: datetime) -> Behind:
    """The subscriptions whose digest is due and not made: their moment has come, or what comes at once has come."""
    of_active = select(func.count(), func.min(subscriptions.c.due), func.min(subscriptions.c.cursor))
    of_active = of_active.join(chats, subscriptions.c.chat == chats.c.id)
    of_active = of_active.where(chats.c.state == "active", subscriptions.c.paused.is_(False))
    high = select(func.coalesce(func.max(changes.c.sequence), 0)).scalar_subquery()
    with engine.connect() as connection:
        timed, due, _ = connection.execute(of_active.where(subscriptions.c.due <= stamp(now))).one()
        at_once = of_active.where(subscriptions.c.due.is_(None), subscriptions.c.cursor < high)
        number, _, cursor = connection.execute(at_once).one()
        came = _change_after(connection, cursor) if number else None
    moments = [*([moment(due)] if due else []), *([came] if came else [])]
    return Behind(number=timed + number, since=min(moments, default=None))


def deliveries_behind(engine: Engine, now: datetime) -> Backlog:
    """The messages of digests that are due and not sent; what rests, or is for a chat that is not active, is not."""
    is_due = deliveries.c.due <= stamp(now)
    query = (
        select(func.count(), func.count().filter(is_due), func.min(deliveries.c.due).filter(is_due))
        .join(chats, deliveries.c.chat == chats.c.id)
        .where(deliveries.c.settled.is_(None), chats.c.state == "active", ~rests())
    )
    with engine.connect() as connection:
        waiting, number, due = connection.execute(query).one()
    return Backlog(number=number, since=moment(due) if due else None, waiting=waiting)


def _change_after(connection: Connection, sequence: int) -> datetime | None:
    """When the first change after ``sequence`` was made, to the second."""
    query = select(changes.c.at).where(changes.c.sequence > sequence).order_by(changes.c.sequence).limit(1)
    at = connection.execute(query).scalar()
    return None if at is None else datetime.fromisoformat(at).astimezone(UTC)
