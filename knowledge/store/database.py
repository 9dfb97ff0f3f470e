"""Opening the database: the engine, its transactions, and the version of its schema."""

import sqlite3
import time
from contextlib import closing
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, inspect, text
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError

from knowledge.errors import StoreError
from knowledge.store.peek import SCHEMA_VERSION, sqlite_path

__all__ = ["open_engine", "writing"]

_PATIENCE = 30  # seconds that a connection waits for another's lock


def open_engine(url: str, *, create: bool) -> Engine:
    """An engine on a database that has this version's schema.

    An empty database gets the schema when ``create`` is true; an older schema is migrated.
    Raises StoreError when the address is wrong, nothing is there and ``create`` is false, the database is not one of
    ours, or it was written by a newer version.
    """
    try:
        path = sqlite_path(url)
        engine = create_engine(url)
    except (ArgumentError, NoSuchModuleError, ModuleNotFoundError) as error:
        raise StoreError(
            f"ONRECORD_DATABASE: {_reason(error)}; give an address such as sqlite:///onrecord.db"
        ) from error
    if path is None and engine.dialect.name == "sqlite":
        raise StoreError("ONRECORD_DATABASE: a database in memory is gone at the end; name a file")
    if path is not None and not create and not path.exists():
        raise StoreError(f"{path}: no such database; `onrecord ingest SOURCE` makes it")
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _configure_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    try:
        _match_schema(engine, create=create)
    except DBAPIError as error:
        engine.dispose()
        raise StoreError(f"{path or 'ONRECORD_DATABASE'}: {_reason(error)}") from error
    except StoreError:
        engine.dispose()
        raise
    return engine


def writing(engine: Engine) -> Engine:
    """The same engine, its transactions taking SQLite's write lock at their start, so that they never fail half-way."""
    return engine.execution_options(onrecord_writing=True)


def _reason(error: Exception) -> str:
    return str(getattr(error, "orig", None) or error).splitlines()[0]


def _configure_sqlite(connection: sqlite3.Connection, _record: Any) -> None:
    # The driver's own transactions do not cover schema changes; with them off, _begin_sqlite begins each by itself.
    connection.isolation_level = None
    connection.execute(f"PRAGMA busy_timeout = {_PATIENCE * 1000}")
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA synchronous = NORMAL")


def _begin_sqlite(connection: Connection) -> None:
    immediate = connection.get_execution_options().get("onrecord_writing")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")


def _match_schema(engine: Engine, *, create: bool) -> None:
    with engine.connect() as connection:
        version = _version(connection)
        if version == SCHEMA_VERSION:
            return
        if version is None and inspect(connection).get_table_names():
            raise StoreError(
                f"{engine.url.render_as_string()}: holds tables that are not On the Record's; name another"
            )
    if version is None and not create:
        raise StoreError(f"{engine.url.render_as_string()}: empty; `onrecord ingest SOURCE` fills it")
    from knowledge.store.migrations import upgrade  # imported late: every start but the first needs no migration

    if engine.dialect.name == "sqlite":
        _write_ahead(engine)  # stays with the file; only now is it known to be ours
    with writing(engine).begin() as connection:
        # Another process may have done it while this one waited for the lock.
        if _version(connection) != SCHEMA_VERSION:
            upgrade(connection)


def _write_ahead(engine: Engine) -> None:
    """Let the file be read while it is written.

    Of two connections that change a new file's journal at once SQLite refuses one without waiting (each holds the
    read lock that the other's change needs gone), so the waiting is done here.
    """
    end = time.monotonic() + _PATIENCE
    with closing(engine.raw_connection()) as raw:
        while True:
            try:
                raw.cursor().execute("PRAGMA journal_mode = WAL")
                return
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > end:
                    raise
            time.sleep(0.01)


def _version(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
