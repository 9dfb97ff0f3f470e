"""How the index and the store stand to each other, and what waits for digests: read anew each time."""

from collections.abc import Callable
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

from knowledge.index.search import SearchIndex, index_folder
from knowledge.store.peek import Glimpse

if TYPE_CHECKING:
    from collections.abc import Iterator

    from knowledge.index.sizes import Sizes
    from knowledge.store.database import Engine

__all__ = ["DigestsStanding", "IndexStanding", "Standing", "StoreStanding", "seconds_since"]


class IndexStanding(NamedTuple):
    """Up to which change of which store the index is, and what it holds."""

    reached: Glimpse
    sizes: "Sizes"


class StoreStanding(NamedTuple):
    """How many changes of the store the index lacks, and for how many seconds the first of them."""

    behind: int
    seconds: float


class DigestsStanding(NamedTuple):
    """What is due and not done, in numbers and in seconds since the first of it was due: making, then sending.

    ``waiting`` are the messages to be sent, due or not yet.
    """

    to_make: int
    make_seconds: float
    to_send: int
    send_seconds: float
    waiting: int


class Standing:
    """Reads how one database and its index stand; each method from a thread of its own.

    The database is opened anew each time, which takes some milliseconds: that is what tells whether it can be reached.
    ``now`` tells the time (aware); ``found`` is how the index stood last.
    """

    def __init__(self, database: str, index: str | None, now: Callable[[], datetime]) -> None:
        self._database = database
        self._folder = index_folder(database, index)
        self._now = now
        self._index: SearchIndex | None = None
        self.found: IndexStanding | None = None

    def of_index(self) -> IndexStanding | None:
        """The index's; None for one that has not begun to follow a store. Raises SearchIndexError."""
        from knowledge.index.sizes import sizes

        if self._index is None:
            self._index = SearchIndex(self._folder)
        self._index.reload()
        meta = self._index.meta()
        reached = Glimpse(meta["store"], meta["sequence"]) if meta else None
        if reached is None:
            self.found = None
        elif self.found is None or self.found.reached != reached:  # they change only together
            self.found = IndexStanding(reached, sizes(self._index))
        return self.found

    def of_store(self, reached: Glimpse | None) -> StoreStanding:
        """The store's, for an index that is up to ``reached``. Raises whatever the database's library does."""
        from knowledge.store import backlog, reading

        with self._opened() as engine:
            same = reached is not None and reached.identity == reading.identity(engine)
            found = backlog.behind(engine, reached.sequence if reached and same else 0)
        return StoreStanding(found.number, seconds_since(found.since, self._now()))

    def of_digests(self) -> DigestsStanding:
        """What waits for digests. Raises whatever the database's library does."""
        from knowledge.store import backlog

        now = self._now()
        with self._opened() as engine:
            to_make, to_send = backlog.digests_behind(engine, now), backlog.deliveries_behind(engine, now)
        return DigestsStanding(
            to_make.number,
            seconds_since(to_make.since, now),
            to_send.number,
            seconds_since(to_send.since, now),
            to_send.waiting,
        )

    @contextmanager
    def _opened(self) -> "Iterator[Engine]":
        from knowledge.store.database import open_engine

        engine = open_engine(self._database, create=False)
        try:
            yield engine
        finally:
            engine.dispose()


def seconds_since(since: datetime | None, now: datetime) -> float:
    """How long ago that was; 0 for nothing, and for what another machine's clock has in the future."""
    return max(0.0, (now - since.astimezone(UTC)).total_seconds()) if since else 0.0
