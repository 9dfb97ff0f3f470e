"""What several processes of one bot share of its work: which updates are done with, and what chats are remembered by.

A conversation's key is that of its chat, or of a topic in it: the chat's, a colon and more. PostgreSQL only, but for
the functions that look at chats.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Engine, TextClause, delete, or_, select, text
from sqlalchemy.dialects.postgresql import insert

from knowledge.store.database import brief
from knowledge.store.moments import stamp
from knowledge.store.schema import conversations, handled_updates

__all__ = ["UPDATES_KEPT", "finished", "forget", "load", "migrate", "of_chat", "prune", "standing"]

UPDATES_KEPT = timedelta(days=1)
"""Telegram repeats what it was not told to be done with for so long."""

_CONVERSATIONS_KEPT = timedelta(days=7)
_TOPICS = 100  # of one chat
_PRUNED = 1_000  # rows at a time

# As text: to put them together anew for each update would take longer than the server does.
_STANDING = text(
    "SELECT EXISTS (SELECT FROM handled_updates WHERE id = :id), (SELECT content FROM conversations WHERE key = :key)"
)
_FINISHED = text(
    "WITH gone AS (DELETE FROM conversations WHERE key = ANY(CAST(:gone AS text[]))), kept AS ("
    "INSERT INTO conversations (key, content, used)"
    " SELECT rows.key, rows.content, :at FROM unnest(CAST(:keys AS text[]), CAST(:contents AS text[]))"
    " AS rows (key, content)"
    " ON CONFLICT (key) DO UPDATE SET content = excluded.content, used = excluded.used"
    ") INSERT INTO handled_updates (id, at) VALUES (:id, :at) ON CONFLICT DO NOTHING"
)


def standing(number: int, key: str) -> TextClause:
    """The question whether an update is done with, and what a conversation is remembered by: one row."""
    return _STANDING.bindparams(id=number, key=key)


def finished(number: int, contents: Mapping[str, str | None], now: datetime) -> TextClause:
    """What to carry out when an update is done with: one statement, so all of it or nothing.

    ``contents`` are the conversations that it changed, by their keys; None for one that is not remembered any more.
    """
    kept = {key: content for key, content in contents.items() if content is not None}
    gone = [key for key in contents if key not in kept]
    return _FINISHED.bindparams(id=number, at=stamp(now), keys=[*kept], contents=[*kept.values()], gone=gone)


def load(engine: Engine, key: str) -> str | None:
    """What a conversation is remembered by; None for nothing."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        return connection.execute(select(conversations.c.content).where(conversations.c.key == key)).scalar()


def of_chat(engine: Engine, chat: str) -> dict[str, str]:
    """What a chat and its topics are remembered by, by their keys; of the hundred used last."""
    query = select(conversations.c.key, conversations.c.content).where(_of(chat)).order_by(conversations.c.used.desc())
    with engine.connect() as connection:
        return {row.key: row.content for row in connection.execute(query.limit(_TOPICS))}


def forget(engine: Engine, chat: str) -> None:
    """Forget what a chat and its topics are remembered by."""
    with brief(engine) as connection:
        connection.execute(delete(conversations).where(_of(chat)))


def migrate(engine: Engine, old: str, new: str) -> None:
    """A chat has another key from now on; what is remembered under that one already stays."""
    with brief(engine) as connection:
        moved = connection.execute(select(conversations).where(_of(old)).with_for_update()).all()
        connection.execute(delete(conversations).where(_of(old)))
        for row in moved:
            renamed = dict(row._mapping) | {"key": f"{new}{row.key.removeprefix(old)}"}
            connection.execute(insert(conversations).values(renamed).on_conflict_do_nothing())


def prune(engine: Engine, now: datetime) -> int:
    """Forget the oldest of what need be known no longer, some thousand rows at most; how many."""
    count = 0
    for table, column, kept in (
        (handled_updates, handled_updates.c.at, UPDATES_KEPT),
        (conversations, conversations.c.used, _CONVERSATIONS_KEPT),
    ):
        (key,) = table.primary_key.columns
        # Two processes that prune at once would wait for each other.
        old = select(key).where(column < stamp(now - kept)).order_by(column).limit(_PRUNED)
        with brief(engine) as connection:
            found = connection.execute(delete(table).where(key.in_(old.with_for_update(skip_locked=True))))
            count += found.rowcount
    return count


def _of(chat: str) -> ColumnElement[bool]:
    key = conversations.c.key
    return or_(key == chat, (key >= f"{chat}:") & (key < f"{chat};"))  # the sign after the colon
