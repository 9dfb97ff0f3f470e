"""Rows in bulk, and the order in which they are locked.

PostgreSQL locks row by row, and two transactions that lock the same rows in two orders stop each other. Everything
that changes chats and what they follow and are sent locks in one order: chats, subscriptions, digests, deliveries,
those of one table by their ids. (SQLite has one lock for all, taken at the start.)
"""

from collections.abc import Collection, Iterator, Sequence
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Connection, Row, Table, delete, insert, select

from knowledge.schedule import Quiet
from knowledge.store.schema import deliveries, digest_items, digest_windows, digests

__all__ = ["as_quiet", "chunks", "drop_digests", "insert_all", "insert_ids", "lock"]

T = TypeVar("T", int, str)
_CHUNK = 1_000
"""Values of one statement; SQLite takes 32,766, PostgreSQL 65,535."""


def chunks(values: Collection[T]) -> Iterator[Sequence[T]]:
    """The values in pieces that fit into one statement, lowest first and each once."""
    ordered = sorted(set(values))
    return (ordered[i : i + _CHUNK] for i in range(0, len(ordered), _CHUNK))


def as_quiet(row: Row[Any]) -> Quiet | None:
    """The quiet hours in a row of a chat."""
    return None if row.quiet_start is None else (row.quiet_start, row.quiet_end)


def lock(connection: Connection, table: Table, condition: ColumnElement[bool]) -> list[int]:
    """Lock the rows of a table, in the order of their ids, until the transaction ends; their ids."""
    query = select(table.c.id).where(condition).order_by(table.c.id).with_for_update()
    return list(connection.execute(query).scalars())


def insert_all(connection: Connection, table: Table, rows: Sequence[dict[str, Any]]) -> None:
    """Insert the rows; none is fine."""
    if rows:
        connection.execute(insert(table), rows)


def insert_ids(connection: Connection, table: Table, rows: Sequence[dict[str, Any]]) -> list[int]:
    """Insert the rows and return their keys in the rows' order."""
    if not rows:
        return []
    statement = insert(table).returning(table.c.id, sort_by_parameter_order=True)
    return list(connection.execute(statement, rows).scalars())


def drop_digests(connection: Connection, ids: Collection[int]) -> None:
    """Delete the digests with all that hangs on them."""
    for chunk in chunks(ids):
        lock(connection, digests, digests.c.id.in_(chunk))
        lock(connection, deliveries, deliveries.c.digest.in_(chunk))
        for table in (deliveries, digest_items, digest_windows):
            connection.execute(delete(table).where(table.c.digest.in_(chunk)))
        connection.execute(delete(digests).where(digests.c.id.in_(chunk)))
