"""The bot's worker process: started with it, started again when it dies, ended with it."""

import asyncio
import os
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Callable, Coroutine, Sequence
from contextlib import suppress
from typing import Any

import structlog

from bot.environment import TOKEN_VARIABLE

__all__ = ["Worker", "worker_command"]

_FIRST_WAIT, _LAST_WAIT = 1.0, 60.0
_PATIENCE = 10.0  # seconds for the article in hand to be finished
_LONG_ENOUGH = 60.0  # who has lived so long has not died of the start

_log = structlog.get_logger(__name__)

Sleep = Callable[[float], Coroutine[Any, Any, None]]


def worker_command(database: str) -> list[str]:
    """The command of a worker that ends with its parent."""
    return [sys.executable, "-m", "bot", "watch", "--with-parent", "--database", database]


class Worker:
    """Keeps one process running. What it does is its own affair: the bot answers without it too."""

    def __init__(self, command: Sequence[str], *, sleep: Sleep = asyncio.sleep, patience: float = _PATIENCE) -> None:
        self._command = command
        self._sleep = sleep
        self._patience = patience
        self._process: Process | None = None
        self._keeping: asyncio.Task[None] | None = None

    @property
    def pid(self) -> int | None:
        """The process's number; None when it does not run."""
        return self._process.pid if self._process and self._process.returncode is None else None

    def start(self) -> None:
        """Start the process, and again whenever it ends by itself, more and more slowly."""
        self._keeping = asyncio.create_task(self._keep())

    async def stop(self) -> None:
        """End the process: it finishes what it has in hand, or is killed when that takes too long."""
        if self._keeping is None:
            return
        self._keeping.cancel()
        with suppress(asyncio.CancelledError):
            await self._keeping
        self._keeping = None
        process, self._process = self._process, None
        if process is None or process.returncode is not None:
            return
        if process.stdin:
            process.stdin.close()
        try:
            await asyncio.wait_for(process.wait(), self._patience)
        except TimeoutError:
            process.kill()
            await process.wait()

    async def _keep(self) -> None:
        wait = _FIRST_WAIT
        while True:
            began = asyncio.get_running_loop().time()
            # Who is started by us ends with us: its standard input ends when we are gone, however we went.
            self._process = await asyncio.create_subprocess_exec(
                *self._command,
                stdin=PIPE,
                stdout=DEVNULL,
                env={name: value for name, value in os.environ.items() if name != TOKEN_VARIABLE},
                start_new_session=True,  # Ctrl-C is for the bot, which then ends its worker
            )
            code = await self._process.wait()
            if asyncio.get_running_loop().time() - began > _LONG_ENOUGH:
                wait = _FIRST_WAIT
            _log.warning("worker ended", code=code, again_in=wait)
            await self._sleep(wait)
            wait = min(_LAST_WAIT, 2 * wait)
