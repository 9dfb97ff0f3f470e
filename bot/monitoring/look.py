"""Looks at what may be slow to answer, or never do: in a thread, for a short time, and not too often."""

import asyncio
import time
from collections.abc import Callable
from typing import Generic, TypeVar

import structlog

from bot.delivery import tasks
from bot.delivery.thread import Thread

__all__ = ["Look"]

T = TypeVar("T")

_log = structlog.get_logger(__name__)


class Look(Generic[T]):
    """What ``read`` returns, called in a thread of its own, never twice at a time.

    What it returned is good for ``keep`` seconds of ``clock``. That there is no answer for ``patience`` seconds is an
    answer too; the thread is then left to it, and who asks meanwhile need not wait.
    """

    def __init__(
        self, name: str, read: Callable[[], T], clock: Callable[[], float], *, keep: float, patience: float
    ) -> None:
        self._name = name
        self._read = read
        self._clock = clock
        self._keep = keep
        self._patience = patience
        self._thread = Thread(f"look at {name}")
        self._reading: asyncio.Task[None] | None = None
        self._impatient_at = 0.0
        self._stale_at = -float("inf")
        self._found: T | None = None

    async def now(self) -> T | None:
        """What is there now; None when it gives no answer, or fails."""
        reading = self._reading
        if reading is None:
            if self._clock() < self._stale_at:
                return self._found
            # By the time of the machine: it is a thread that is waited for.
            self._impatient_at = time.monotonic() + self._patience
            self._reading = reading = tasks.begin(self._look(), f"look at {self._name}")
        done, _ = await asyncio.wait({reading}, timeout=max(0.0, self._impatient_at - time.monotonic()))
        return self._found if done else None

    async def close(self) -> None:
        """Look no more, and wait for nothing."""
        if self._reading:
            self._reading.cancel()
            await asyncio.wait({self._reading})
        self._thread.shutdown(wait=False)

    async def _look(self) -> None:
        try:
            self._found = await asyncio.get_running_loop().run_in_executor(self._thread, self._read)
        except Exception as error:  # noqa: BLE001  (whatever the database's library raises)
            _log.warning("no answer", of=self._name, error=type(error).__name__)
            self._found = None
        finally:
            self._stale_at = self._clock() + self._keep
            self._reading = None
