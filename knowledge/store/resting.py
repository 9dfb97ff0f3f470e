"""What waits to be sent and rests meanwhile, because its readers have paused what it is of."""

from sqlalchemy import ColumnElement, FromClause, and_, exists

from knowledge.store.schema import deliveries, digest_windows, subscriptions

__all__ = ["rests"]


def rests(of: FromClause = deliveries) -> ColumnElement[bool]:
    """That a delivery is of a digest all of whose subscriptions are paused; one that was asked for never rests."""
    of_digest = digest_windows.c.digest == of.c.digest
    wanted = exists().where(
        of_digest, subscriptions.c.id == digest_windows.c.subscription, subscriptions.c.paused.is_(False)
    )
    return and_(of.c.asked.is_(False), exists().where(of_digest), ~wanted)
