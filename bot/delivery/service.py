"""Digests while the bot runs: made when they are due, then sent."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Protocol, TypeVar

import structlog

from bot.delivery import tasks
from bot.delivery.clock import Clock
from bot.delivery.thread import Thread

__all__ = ["STOPPING", "Delivery"]

_EVERY = 1.0
"""Seconds between two looks at what is due: at once is soon."""
_CLEAN_EVERY = 3600.0
_LONGEST_WAIT = 60.0
STOPPING = 8.0
"""Seconds that a stop takes at most; who manages processes kills them after ten or more."""
_LAST_MOMENT = 0.5

T = TypeVar("T")

_log = structlog.get_logger(__name__)


class Edits(Protocol):
    """What is needed of the editor."""

    def edit(self) -> int:
        """Make the digests that are due; how many there are."""
        ...

    def clean(self) -> int:
        """Forget what is old; how many digests that were."""
        ...

    def hurry(self) -> None:
        """From another thread: end what runs soon."""
        ...

    def close(self) -> None:
        """Let the database go."""
        ...


class Sends(Protocol):
    """What is needed of the postman."""

    async def run(self, stop: asyncio.Event) -> None:
        """Send until ``stop`` is set."""
        ...

    def nudge(self) -> None:
        """There is something to send."""
        ...


class Delivery:
    """Looks every second at what is due and lets the postman send what the editor has made.

    The editor works in a thread of its own. A fault of the machine (a database that went away) is logged and tried
    again, more and more slowly; what was due stays due. A stop takes at most ``patience`` seconds.
    """

    def __init__(self, editor: Edits, postman: Sends, clock: Clock, *, patience: float = STOPPING) -> None:
        self._editor = editor
        self._postman = postman
        self._clock = clock
        self._patience = patience
        self._thread = Thread("editor")
        self._stop = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """Begin, in the running loop."""
        self._tasks = [
            tasks.begin(self._edit(), "editor"),
            tasks.begin(self._postman.run(self._stop), "postman"),
        ]

    async def stop(self) -> None:
        """Finish what is in hand; what is not sent by now, or does not end in time, is at the next start."""
        self._stop.set()
        self._editor.hurry()
        # By the time of the machine: it is threads and the network that are waited for.
        late = (await asyncio.wait(self._tasks, timeout=self._patience))[1] if self._tasks else set()
        for task in late:
            _log.error("left unfinished when stopping", task=task.get_name())
            task.cancel()
        if late:
            await asyncio.wait(late, timeout=_LAST_MOMENT)
        self._tasks = []
        self._thread.shutdown(wait=False)

    async def _edit(self) -> None:
        await self._rounds()
        await self._in_thread(self._editor.close)

    async def _rounds(self) -> None:
        cleaned, wait = self._clock(), _EVERY
        while not self._stop.is_set():
            try:
                if await self._in_thread(self._editor.edit):
                    self._postman.nudge()
                if self._clock() - cleaned >= _CLEAN_EVERY:
                    cleaned = self._clock()
                    await self._in_thread(self._editor.clean)
                wait = _EVERY
            except Exception as error:  # noqa: BLE001  (whatever it is, the next look may do better)
                wait = min(_LONGEST_WAIT, 2 * wait)
                from knowledge.store.trouble import complaint

                kind, reason = type(error).__name__, complaint(error)
                _log.error("digests not made", error=kind, reason=reason, again_in=wait)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stop.wait(), wait)

    async def _in_thread(self, function: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, function)
