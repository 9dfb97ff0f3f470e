"""Digests while the bot runs: made when they are due, then sent."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import structlog

from bot.delivery.clock import Clock
from bot.delivery.editor import Editor
from bot.delivery.postman import Postman

__all__ = ["Delivery"]

_EVERY = 1.0
"""Seconds between two looks at what is due: at once is soon."""
_CLEAN_EVERY = 3600.0
_LONGEST_WAIT = 60.0

_log = structlog.get_logger(__name__)


class Delivery:
    """Looks every second at what is due and lets the postman send what the editor has made.

    The editor works in a thread of its own. A fault of the machine (a database that went away) is logged and tried
    again, more and more slowly; what was due stays due.
    """

    def __init__(self, editor: Editor, postman: Postman, clock: Clock) -> None:
        self._editor = editor
        self._postman = postman
        self._clock = clock
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="editor")
        self._stop = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """Begin, in the running loop."""
        self._tasks = [asyncio.create_task(self._rounds()), asyncio.create_task(self._postman.run(self._stop))]

    async def stop(self) -> None:
        """Finish what is in hand; what is not sent by now is at the next start."""
        self._stop.set()
        for task in self._tasks:
            await task
        self._tasks = []
        self._thread.shutdown()
        self._editor.close()

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
                _log.error("digests not made", error=type(error).__name__, again_in=wait)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stop.wait(), wait)

    async def _in_thread(self, function: Callable[[], int]) -> int:
        return await asyncio.get_running_loop().run_in_executor(self._thread, function)
