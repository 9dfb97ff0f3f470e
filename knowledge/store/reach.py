"""Which chats cannot be written to."""

from sqlalchemy import Engine, select

from knowledge.store.schema import chats

__all__ = ["gone_chats"]


def gone_chats(engine: Engine) -> set[int]:
    """Telegram's numbers of the chats that are gone."""
    with engine.connect() as connection:
        return set(connection.execute(select(chats.c.telegram).where(chats.c.state == "gone")).scalars())
