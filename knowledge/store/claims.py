"""What a process has in hand, claimed by name, so that no other takes it up at the same time. PostgreSQL only.

Claims are locks of one session with the server: all of them end with the process, however it ends.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import blake2b

from sqlalchemy import Connection, Engine, Executable, func, select, text
from sqlalchemy.exc import DBAPIError

from knowledge.errors import StoreError

__all__ = ["ClaimLostError", "Claims"]

_SESSION = {
    # Seconds after which the server lets go of a client that is silent: by default two hours.
    "tcp_keepalives_idle": "15",
    "tcp_keepalives_interval": "5",
    "tcp_keepalives_count": "3",
    "statement_timeout": "30s",
}

_LOCK, _UNLOCK = text("SELECT pg_try_advisory_lock(:number)"), text("SELECT pg_advisory_unlock(:number)")


class ClaimLostError(StoreError):
    """Something is claimed no longer: the connection to the server was lost, and another may have taken it up."""


class Claims:
    """The claims of one process, on a connection of its own. From one thread at a time.

    Everything raises what the database's library does when the server cannot be used. A claim is lost when the
    connection is; the next ``take`` makes another.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine.execution_options(isolation_level="AUTOCOMMIT")
        self._session: Connection | None = None
        self._held: set[str] = set()

    def take(self, name: str) -> bool:
        """Claim something; False when another process has it, or this one."""
        with self._connected() as session:
            if name in self._held:
                return False
            if not session.execute(_LOCK, {"number": _number(name)}).scalar():
                return False
            self._held.add(name)
        return True

    def execute(self, name: str, statement: Executable) -> list[tuple[object, ...]]:
        """Carry out one statement, by itself, while something is claimed; its rows. Raises ClaimLostError."""
        if name not in self._held:
            raise ClaimLostError(f"{name}: claimed no longer")
        with self._connected() as session:
            found = session.execute(statement)
            return [tuple(row) for row in found] if found.returns_rows else []

    def holds(self, name: str) -> bool:
        """Whether something is still claimed: the server is asked whether it is still there."""
        if name not in self._held:
            return False
        try:
            with self._connected() as session:
                session.execute(text("SELECT 1"))
        except DBAPIError:
            self._let_go()
        return name in self._held

    def release(self, name: str) -> None:
        """Claim something no longer; nothing when it is lost already."""
        if name not in self._held:
            return
        try:
            with self._connected() as session:
                self._held.discard(name)
                session.execute(_UNLOCK, {"number": _number(name)})
        except DBAPIError:
            self._let_go()  # or the lock would stay
            raise

    def close(self) -> None:
        """Give up every claim, and the connection."""
        self._let_go()

    @contextmanager
    def _connected(self) -> Iterator[Connection]:
        try:
            if self._session is None:
                self._session = self._engine.connect()
                self._session.execute(
                    select(*(func.set_config(name, value, False) for name, value in _SESSION.items()))
                )
            yield self._session
        except DBAPIError as error:
            if error.connection_invalidated or not self._held:
                self._let_go()
            raise

    def _let_go(self) -> None:
        session, self._session = self._session, None
        self._held.clear()
        if session is not None:
            session.invalidate()  # not back to the pool: the locks are the connection's
            session.close()


def _number(name: str) -> int:
    """The number of a name's lock: of 64 bits, with a sign."""
    return int.from_bytes(blake2b(name.encode(), digest_size=8).digest(), signed=True)
