"""All that the store holds about a chat, for the people of that chat."""

from typing import Any

from sqlalchemy import Connection, Engine, Select, func, select

from knowledge.store.schema import (
    chats,
    deliveries,
    digest_items,
    digest_windows,
    digests,
    revisions,
    sentences,
    subscriptions,
)

__all__ = ["held"]


def held(engine: Engine, telegram: int) -> dict[str, object]:
    """Everything about a chat, as JSON can say it; empty when there is nothing.

    ``chat``, ``subscriptions`` and ``digests``, each digest with its ``windows`` of the store's changes, its ``items``
    (what it cites, with the words) and its ``deliveries``. Moments are in UTC, ISO 8601.
    """
    with engine.connect() as connection:
        row = connection.execute(select(chats).where(chats.c.telegram == telegram)).first()
        if row is None:
            return {}
        own = select(digests).where(digests.c.chat == row.id).order_by(digests.c.id)
        made = {digest["id"]: digest for digest in _dicts(connection, own, "chat")}
        text = func.substr(revisions.c.text, sentences.c.text_start + 1, sentences.c.text_end - sentences.c.text_start)
        items = (
            select(digest_items, sentences.c.number.label("number"), text.label("text"))
            .join(sentences, digest_items.c.sentence == sentences.c.id)
            .join(revisions, sentences.c.revision == revisions.c.id)
            .where(digest_items.c.chat == row.id)
            .order_by(digest_items.c.digest, digest_items.c.position, digest_items.c.place, digest_items.c.id)
        )
        windows = (
            select(digest_windows)
            .join(digests)
            .where(digests.c.chat == row.id)
            .order_by(digest_windows.c.digest, digest_windows.c.id)
        )
        sent = (
            select(deliveries).where(deliveries.c.chat == row.id).order_by(deliveries.c.digest, deliveries.c.position)
        )
        for name, query, without in (
            ("windows", windows, ("id",)),
            ("items", items, ("id", "chat", "statement", "sentence")),
            ("deliveries", sent, ("id", "chat", "owner")),
        ):
            for digest in made.values():
                digest[name] = []
            for found in _dicts(connection, query, *without):
                made[found.pop("digest")][name].append(found)
        followed = select(subscriptions).where(subscriptions.c.chat == row.id).order_by(subscriptions.c.id)
        return {
            "chat": {name: value for name, value in row._mapping.items() if name != "id"},
            "subscriptions": _dicts(connection, followed, "chat"),
            "digests": list(made.values()),
        }


def _dicts(connection: Connection, query: Select[Any], *without: str) -> list[dict[str, Any]]:
    return [{k: v for k, v in row._mapping.items() if k not in without} for row in connection.execute(query)]
