"""Time as the sending side knows it, so that tests can have a time of their own."""

import asyncio
import sys
import time
from typing import Protocol

__all__ = ["Clock", "SystemClock", "since_boot", "wait_for"]


class Clock(Protocol):
    """A time that only goes forward."""

    def __call__(self) -> float:
        """The seconds since some moment."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Return after ``seconds``."""
        ...


class SystemClock:
    """The time of this machine."""

    def __call__(self) -> float:
        """See ``Clock``."""
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        """See ``Clock``."""
        await asyncio.sleep(seconds)


def since_boot() -> float:
    """Seconds since some moment, those counted in which the machine slept, where it can tell."""
    if sys.platform == "linux":
        return time.clock_gettime(time.CLOCK_BOOTTIME)
    return time.monotonic()


async def wait_for(event: asyncio.Event, seconds: float, clock: Clock) -> bool:
    """Wait until ``event`` is set, but no longer than ``seconds`` of ``clock``; whether it is set."""
    if event.is_set() or seconds <= 0:
        return event.is_set()
    nap = asyncio.ensure_future(clock.sleep(seconds))
    setting = asyncio.ensure_future(event.wait())
    try:
        await asyncio.wait({nap, setting}, return_when=asyncio.FIRST_COMPLETED)
        return event.is_set()
    finally:
        nap.cancel()
        setting.cancel()
