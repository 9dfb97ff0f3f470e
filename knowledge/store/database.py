"""Opening the database, SQLite or PostgreSQL: the engine, its transactions, and the version of its schema.

On both a transaction that reads sees the database as of one moment. One that writes does not fail because of another:
on SQLite there is one at a time, on PostgreSQL those that ``take_turn`` are.
"""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

from sqlalchemy import (
    URL,
    Connection,
    Engine,
    ExceptionContext,
    create_engine,
    event,
    func,
    inspect,
    make_url,
    select,
    text,
)
from sqlalchemy.exc import ArgumentError, DataError, DBAPIError, NoSuchModuleError

from knowledge.errors import StoreError
from knowledge.store.peek import SCHEMA_VERSION, sqlite_path
from knowledge.store.trouble import reason

__all__ = ["Engine", "brief", "open_engine", "take_turn", "unfit", "writing"]

_PATIENCE = 30  # seconds that a connection waits for another's lock
_CONNECTING = 10  # seconds that a server has to accept a connection
_TURN = int.from_bytes(b"onrecord")  # the number of the lock that is the turn to write
_BRIEF = {
    "lock_timeout": f"{_PATIENCE}s",
    "statement_timeout": "120s",
    "idle_in_transaction_session_timeout": "60s",  # of a client that is there no more the server would know late
}
_SILENT = {
    "keepalives": 1,
    "keepalives_idle": 30,  # seconds
    "keepalives_interval": 10,  # seconds
    "keepalives_count": 3,
    "tcp_user_timeout": 60_000,  # milliseconds
}
"""When a server that is silent is taken to be cut off."""
_POSTGRESQL = {
    "isolation_level": "REPEATABLE READ",
    "pool_pre_ping": True,  # the server may have been restarted since the connection was last used
}


def open_engine(url: str, *, create: bool) -> Engine:
    """An engine on a database that has this version's schema.

    An empty database gets the schema when ``create`` is true; an older schema is migrated.
    Raises StoreError when the address is wrong, nothing is there and ``create`` is false, the database is not one of
    ours, or it was written by a newer version.
    """
    path = sqlite_path(url)
    engine = _engine(url)
    event.listen(engine, "handle_error", _name_database)
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
        raise StoreError(f"{path or 'ONRECORD_DATABASE'}: {reason(error)}") from error
    except StoreError:
        engine.dispose()
        raise
    return engine


def writing(engine: Engine) -> Engine:
    """The same engine, for transactions that write.

    On SQLite they take the write lock at their start, so that they never fail half-way; on PostgreSQL each statement
    sees what others have committed by then.
    """
    if engine.dialect.name == "postgresql":
        return engine.execution_options(isolation_level="READ COMMITTED")
    return engine.execution_options(onrecord_writing=True)


@contextmanager
def brief(engine: Engine) -> Iterator[Connection]:
    """A transaction that writes a few rows: on PostgreSQL it fails rather than wait or hold others up for long."""
    with writing(engine).begin() as connection:
        if connection.dialect.name == "postgresql":
            limits = [func.set_config(name, value, True) for name, value in _BRIEF.items()]
            connection.execute(select(*limits))
        yield connection


def take_turn(connection: Connection) -> None:
    """Wait until no other transaction that has called this is open; to be called first in one that is ``writing``.

    It is for those whose statements hang together over many rows, as who is who does, and who commit in the order in
    which they number what they write, as the changes are.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"SET LOCAL lock_timeout = '{_PATIENCE}s'"))
        connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": _TURN})


def unfit(error: DBAPIError) -> str | None:
    """Why the database cannot hold a value that it was given, in one line; None when that is not what is wrong."""
    too_long = getattr(error.orig, "sqlstate", None) == "54000"  # for an index of PostgreSQL
    return reason(error) if isinstance(error, DataError) or too_long else None


def _engine(address: str) -> Engine:
    try:
        url = make_url(address)
        if url.host and "@" in url.host:
            raise StoreError("ONRECORD_DATABASE: more than one @; write one in a user's name or password as %40")
        if url.drivername in ("postgres", "postgresql"):
            url = url.set(drivername="postgresql+psycopg")
        if url.get_backend_name() == "postgresql":
            waiting = {"connect_timeout": _CONNECTING} | _SILENT
            unsaid = {name: value for name, value in waiting.items() if name not in url.query}
            return create_engine(url, hide_parameters=True, connect_args=unsaid, **_POSTGRESQL)
        return create_engine(url, hide_parameters=True)
    except (ArgumentError, NoSuchModuleError, ModuleNotFoundError) as error:
        raise _bad_address(reason(error)) from error
    except ValueError as error:
        raise _bad_address("the port is no number") from error


def _bad_address(why: str) -> StoreError:
    examples = "sqlite:///onrecord.db or postgresql://user:password@host/name"
    return StoreError(f"ONRECORD_DATABASE: {why}; give an address such as {examples}")


def _name(url: URL) -> str:
    """A database's address without what may be a secret."""
    return url.set(query={}).render_as_string()


def _name_database(context: ExceptionContext) -> None:
    """An error tells which database it is about, for ``trouble.complaint`` and for who reads its traceback."""
    if context.engine is not None and context.sqlalchemy_exception is not None:
        url = context.engine.url
        context.sqlalchemy_exception.add_note(url.database or "" if context.dialect.name == "sqlite" else _name(url))


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
            raise StoreError(f"{_name(engine.url)}: holds tables that are not On the Record's; name another")
    if version is None and not create:
        raise StoreError(f"{_name(engine.url)}: empty; `onrecord ingest SOURCE` fills it")
    from knowledge.store.migrations import upgrade  # imported late: every start but the first needs no migration

    if engine.dialect.name == "sqlite":
        _write_ahead(engine)  # stays with the file; only now is it known to be ours
    with writing(engine).begin() as connection:
        take_turn(connection)
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
                    raise StoreError(f"{engine.url.database}: {reason(error)}") from error
            time.sleep(0.01)


def _version(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
