"""Time that passes only when everybody waits for it to."""

import asyncio
import heapq
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from contextlib import contextmanager
from itertools import count

__all__ = ["AtOnce", "Naps", "Stuck"]

# Turns of the loop in which everybody can do what is to be done now, before time moves on.
ROUNDS = 12


class Naps:
    """A clock whose sleepers take no real time: once nobody has anything else to do, the next of them wakes.

    ``seconds`` keeps what was slept. While something is ``busy``, such as a request under way, time stands still.
    """

    def __init__(self) -> None:
        self.now = 1_000.0
        self.seconds: list[float] = []
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []
        self._order = count()
        self._busy = 0
        self._passing: asyncio.Task[None] | None = None

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.seconds.append(seconds)
        waking: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (self.now + seconds, next(self._order), waking))
        self._go_on()
        await waking

    @contextmanager
    def busy(self) -> Iterator[None]:
        self._busy += 1
        try:
            yield
        finally:
            self._busy -= 1
            self._go_on()

    def _go_on(self) -> None:
        if self._sleepers and not self._busy and (self._passing is None or self._passing.done()):
            self._passing = asyncio.ensure_future(self._pass())

    async def _pass(self) -> None:
        while self._sleepers and not self._busy:
            for _ in range(ROUNDS):
                await asyncio.sleep(0)
            if self._busy or not self._sleepers:
                continue
            when, _, waking = heapq.heappop(self._sleepers)
            if not waking.done():
                self.now = max(self.now, when)
                waking.set_result(None)


class AtOnce(Executor):
    """Does what it is given before it returns, so that nothing happens beside the test."""

    def submit(self, function, /, *args, **kwargs):  # type: ignore[no-untyped-def]
        done: Future[object] = Future()
        try:
            done.set_result(function(*args, **kwargs))
        except Exception as error:  # noqa: BLE001
            done.set_exception(error)
        return done


class Stuck(AtOnce):
    """The same, but while it is ``stuck`` it does nothing and gives no answer."""

    def __init__(self) -> None:
        super().__init__()
        self.stuck = False
        self._kept: list[Callable[[], None]] = []

    def submit(self, function, /, *args, **kwargs):  # type: ignore[no-untyped-def]
        if not self.stuck:
            return super().submit(function, *args, **kwargs)
        done: Future[object] = Future()

        def work() -> None:
            if done.set_running_or_notify_cancel():
                done.set_result(function(*args, **kwargs))

        self._kept.append(work)
        return done

    def go_on(self) -> None:
        """Do what was kept, and from now on everything at once."""
        self.stuck = False
        kept, self._kept = self._kept, []
        for work in kept:
            work()
