"""Taking an article back: it is no longer read, indexed or cited, and its record stays."""

from datetime import UTC, datetime

from sqlalchemy import Engine, insert, select, update

from knowledge.store.database import take_turn, writing
from knowledge.store.schema import articles, changes

__all__ = ["is_withdrawn", "withdraw"]


def withdraw(engine: Engine, article_id: str) -> bool:
    """Withdraw an article, in one transaction with the change that the indexes follow.

    False when it is unknown or already withdrawn. The same article saved again comes back as a revision of its own.
    """
    held = update(articles).where(articles.c.id == article_id, articles.c.withdrawn.is_(False))
    with writing(engine).begin() as connection:
        take_turn(connection)
        if not connection.execute(held.values(withdrawn=True)).rowcount:
            return False
        now = datetime.now(UTC).isoformat(timespec="seconds")
        connection.execute(insert(changes).values(article=article_id, kind="withdrawn", at=now))
    return True


def is_withdrawn(engine: Engine, article_id: str) -> bool:
    """Whether an article was withdrawn and has not come back; for those who must not bring it back unasked."""
    with engine.connect() as connection:
        return bool(connection.execute(select(articles.c.withdrawn).where(articles.c.id == article_id)).scalar())
