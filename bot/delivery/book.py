"""What is kept of deliveries while they are sent: many that wait are written together, by one thread."""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, TypeVar

import structlog

from bot.delivery import tasks
from bot.delivery.clock import Clock, wait_for
from knowledge.store import outbox
from knowledge.store.outbox import Settled
from knowledge.store.trouble import complaint

if TYPE_CHECKING:
    from knowledge.store.database import Engine

__all__ = ["Book", "NotBegunError", "log_trouble"]

# A transaction is dear: so many seconds are waited for more to write in it.
GATHER = 0.004
FIRST_PAUSE, LAST_PAUSE = 0.5, 10.0
# How long who is about to send waits to be written down, in seconds: its place is one that a reply could have.
PATIENCE = 2.0
# How often what became of a message is tried to be written once the bot is stopping.
TRIES_WHEN_STOPPING = 3

T = TypeVar("T")

_log = structlog.get_logger(__name__)


class NotBegunError(Exception):
    """The database could not be told in time that a message is being sent, and so it must not be.

    Whether it has been told after all is not known.
    """


class Book:
    """Writes for one sender, ``owner``, in ``executor``, which has one thread.

    What is to be written gathers for a moment, and for as long as something else is being written.
    """

    def __init__(self, engine: "Engine", executor: Executor, clock: Clock, now: Callable[[], datetime]) -> None:
        self.owner = 0
        self._engine = engine
        self._executor = executor
        self._clock = clock
        self._now = now
        self._stopping = asyncio.Event()
        self._begins: list[_Begin] = []
        self._results: list[_Result] = []
        self._writing: asyncio.Task[None] | None = None
        self._failures = 0  # to write results, on end

    async def begin(self, delivery: int) -> bool:
        """Keep that a message is being sent; False when it is not wanted any more. Raises NotBegunError."""
        done: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._begins.append((delivery, done))
        self._write_soon()
        return await done

    async def settle(self, result: Settled) -> None:
        """Keep what became of a message, however often that has to be tried."""
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._results.append((result, done))
        self._write_soon()
        await done

    async def insist(self, what: str, function: Callable[[], T]) -> T | None:
        """Run ``function`` in the thread until it succeeds; None when it does not and the bot is stopping."""
        failures = 0
        while True:
            try:
                return await self.run(function)
            except Exception as error:  # noqa: BLE001  (whatever the database's library raises)
                failures += 1
                log_trouble(what, error)
            if self._given_up(failures):
                _log.error("database given up", at=what)
                return None
            await wait_for(self._stopping, _pause(failures), self._clock)

    async def run(self, function: Callable[[], T]) -> T:
        """Run ``function`` in the thread."""
        return await asyncio.get_running_loop().run_in_executor(self._executor, function)

    def hurry(self) -> None:
        """The bot is stopping: insist on nothing for long."""
        self._stopping.set()

    def _given_up(self, failures: int) -> bool:
        return self._stopping.is_set() and failures >= TRIES_WHEN_STOPPING

    def _write_soon(self) -> None:
        if self._writing is None or self._writing.done():
            self._writing = tasks.begin(self._write(), "book")

    async def _write(self) -> None:
        while self._begins or self._results:
            if self._failures:
                await wait_for(self._stopping, _pause(self._failures), self._clock)
            else:
                await self._clock.sleep(GATHER)
            begins, self._begins = self._begins, []
            results, self._results = self._results, []
            impatience = tasks.begin(self._tire_of(begins), "book's patience")
            try:
                begun, settled = await self.run(partial(self._commit, begins, results))
            except Exception as error:  # noqa: BLE001
                log_trouble("write", error)
                begun, settled = None, False
            finally:
                impatience.cancel()
            _tell_begun(begins, begun)
            self._tell_settled(results, settled=settled)

    async def _tire_of(self, begins: "Sequence[_Begin]") -> None:
        """While these are being written for too long, let them, and those who wait behind them, wait no longer."""
        while True:
            await self._clock.sleep(PATIENCE)
            _log.warning("database trouble", at="begin", error="no answer")
            behind, self._begins = self._begins, []
            _tell_begun([*begins, *behind], None)

    def _commit(self, begins: "Sequence[_Begin]", results: "Sequence[_Result]") -> tuple[set[int] | None, bool]:
        """Write in the thread: which have begun, None when that failed; and whether the results are kept."""
        begun: set[int] | None = set()
        if begins:
            try:
                begun = outbox.begin(self._engine, self.owner, [delivery for delivery, _ in begins])
            except Exception as error:  # noqa: BLE001
                log_trouble("begin", error)
                begun = None
        if results:
            try:
                outbox.settle(self._engine, [result for result, _ in results], self._now(), self.owner)
            except Exception as error:  # noqa: BLE001
                log_trouble("settle", error)
                return begun, False
        return begun, True

    def _tell_settled(self, results: "Sequence[_Result]", *, settled: bool) -> None:
        self._failures = 0 if settled else self._failures + 1
        if not settled and not self._given_up(self._failures):
            self._results = [*results, *self._results]
            return
        if not settled:
            _log.error("database given up", at="settle", messages=len(results))
        for _, done in results:
            if not done.done():
                done.set_result(None)


_Begin = tuple[int, "asyncio.Future[bool]"]
_Result = tuple[Settled, "asyncio.Future[None]"]


def _tell_begun(begins: "Sequence[_Begin]", begun: set[int] | None) -> None:
    for delivery, done in begins:
        if done.done():
            continue
        if begun is None:
            done.set_exception(NotBegunError())
        else:
            done.set_result(delivery in begun)


def log_trouble(at: str, error: Exception) -> None:
    """Log that the database could not be used, and why, when that is known to tell nothing that is kept in it."""
    _log.warning("database trouble", at=at, error=type(error).__name__, reason=complaint(error))


def _pause(failures: int) -> float:
    return min(LAST_PAUSE, FIRST_PAUSE * 2.0 ** min(failures - 1, 10))
