"""Adding articles from a chat: each addition is read by a process of its own, so that the bot never waits for it."""

import asyncio
import json
import os
import signal
import sys
import tempfile
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections import deque
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import structlog

from bot import admin_texts
from bot.addition import AddingError, Address, Document, Post, Report, Source
from bot.environment import DATABASE_VARIABLE, INDEX_VARIABLE, TOKEN_VARIABLE

__all__ = ["Adder", "Begun"]

LIMIT = 120.0
AT_ONCE = 2
WAITING = 100
# Of one line of a child's output; longer ones are no report.
_LINE_BYTES = 2**20
_ERRORS_KEPT = 8
_NICE = 10
_PATIENCE = 5.0  # seconds for a killed process to be gone
_SECRETS = (TOKEN_VARIABLE, "ONRECORD_WEBHOOK_SECRET")
_COMPLAINT = "onrecord: "

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Begun:
    """An addition's turn has come."""


class Adder:
    """Reads sources into ``database``, at most two at a time, each for at most ``limit`` seconds.

    ``command`` is what reads: it gets the source as its last argument (``-``: article JSONL on standard input) and
    prints a report a line. ``index`` is the folder of the index when it is not the usual one.
    """

    def __init__(
        self, database: str, *, index: str | None = None, command: Sequence[str] | None = None, limit: float = LIMIT
    ) -> None:
        self._command = tuple(command or (sys.executable, "-m", "bot", "ingest", "--json"))
        self._limit = limit
        self._turns = asyncio.Semaphore(AT_ONCE)
        self._line = 0
        self._running: set[Process] = set()
        self._closed = False
        # By the environment, not the command line: other users of the machine can read that, and it may hold a
        # password. The child has no use for what proves us to Telegram.
        self._environment = {name: value for name, value in os.environ.items() if name not in _SECRETS}
        self._environment[DATABASE_VARIABLE] = database
        if index:
            self._environment[INDEX_VARIABLE] = index

    @property
    def full(self) -> bool:
        """Whether one more addition would have to wait."""
        return self._turns.locked()

    async def add(self, source: Source) -> AsyncGenerator[Begun | Report, None]:
        """Yield ``Begun`` when the turn has come, then a report for each article as it is done.

        Raises AddingError when too many wait, the time is up, the bot stops, or the reading process fails. Close the
        iterator (``contextlib.aclosing``) when you leave it early: that ends the process.
        """
        if self._line >= AT_ONCE + WAITING:
            raise AddingError(admin_texts.TOO_MANY)
        self._line += 1
        try:
            async with self._turns:
                yield Begun()
                with tempfile.TemporaryDirectory(prefix="onrecord-", ignore_cleanup_errors=True) as folder:
                    path = Path(folder) / (source.name if isinstance(source, Document) else "")
                    if isinstance(source, Document) and not self._closed:
                        await source.fetch(path)
                    process = await self._start(source, path)
                    reading = _Reading(process, source, folder, self._limit)
                    try:
                        async with aclosing(reading.reports()) as reports:
                            async for report in reports:
                                yield report
                        if not self._closed:
                            reading.check()
                    finally:
                        _kill(process)
                        await reading.end()
                        self._running.discard(process)
                if self._closed:
                    raise AddingError(admin_texts.STOPPED)
        finally:
            self._line -= 1

    def close(self) -> None:
        """The bot is stopping: end what is being read; it and what waits raise AddingError. Nothing is half added."""
        self._closed = True
        for process in self._running:
            _kill(process)

    async def _start(self, source: Source, path: Path) -> Process:
        if self._closed:
            raise AddingError(admin_texts.STOPPED)
        match source:
            case Address(url):
                argument = url
            case Document():
                argument = str(path)
            case Post():
                argument = "-"
        try:
            process = await asyncio.create_subprocess_exec(
                *self._command,
                argument,
                stdin=PIPE if isinstance(source, Post) else DEVNULL,
                stdout=PIPE,
                stderr=PIPE,
                limit=_LINE_BYTES,
                env=self._environment,
                start_new_session=True,  # Ctrl-C is for the bot, which then ends its children
            )
        except OSError as error:
            raise AddingError(admin_texts.cannot_start(error.strerror or type(error).__name__)) from error
        self._running.add(process)
        if hasattr(os, "setpriority"):
            with suppress(OSError):  # answers come first; without this they come too
                os.setpriority(os.PRIO_PGRP, process.pid, _NICE)
        if self._closed:  # while the process was being started
            _kill(process)
        return process


class _Reading:
    """One child at work: its reports, its complaints and its end."""

    def __init__(self, process: Process, source: Source, folder: str, limit: float) -> None:
        self._process = process
        self._source = source
        self._folder = folder
        self._limit = limit
        self._refused = False
        self._errors: deque[str] = deque(maxlen=_ERRORS_KEPT)
        # Both beside the reading: a pipe that is full would stop the child.
        self._beside: set[asyncio.Task[Any]] = {asyncio.create_task(self._listen())}
        if isinstance(source, Post):
            self._beside.add(asyncio.create_task(self._feed(source)))

    async def reports(self) -> AsyncGenerator[Report, None]:
        """Yield what the child reports until it is done; what is no report is passed over."""
        output = self._process.stdout
        loop = asyncio.get_running_loop()
        until = loop.time() + self._limit
        try:
            while output and (line := await asyncio.wait_for(output.readline(), until - loop.time())):
                if (report := self._report(line)) is not None:
                    self._refused |= report.status == "rejected"
                    yield report
            await asyncio.wait_for(self._process.wait(), until - loop.time())
        except TimeoutError:
            raise AddingError(admin_texts.took_too_long(self._limit)) from None
        except ValueError as error:  # a line without end
            raise AddingError(admin_texts.ENDED_BADLY) from error

    def check(self) -> None:
        """Raise AddingError when the child did not end as one does that has done its work."""
        code = self._process.returncode
        if code == 0 or (code == 1 and self._refused):
            return
        complaints = [line for line in self._errors if line.startswith(_COMPLAINT)]
        _log.error("addition failed", exit_code=code, explained=bool(complaints))
        if code == 1 and complaints:
            raise AddingError(self._shown(complaints[-1].removeprefix(_COMPLAINT)))
        raise AddingError(admin_texts.ENDED_BADLY)

    async def end(self) -> None:
        """Wait until the child, which has ended or was killed, is gone, and let go of its pipes."""
        # Its output is read to the end: while some is left, asyncio does not notice that the process is gone.
        self._beside |= {asyncio.create_task(self._process.wait()), asyncio.create_task(self._drain())}
        _, pending = await asyncio.wait(self._beside, timeout=_PATIENCE)
        for task in pending:  # pragma: no cover  (something it started has got away, and holds its pipes)
            task.cancel()

    def _report(self, line: bytes) -> Report | None:
        try:
            found = json.loads(line)
            status = found["status"]
            if status not in ("added", "updated", "unchanged", "rejected"):
                return None
            return Report(
                article_id=str(found["article_id"]),
                status=status,
                sentences=int(found["sentences"]),
                quotes=int(found["quotes"]),
                facts=int(found["facts"]),
                error=self._shown(str(found["error"] or "")),
            )
        except (ValueError, KeyError, TypeError, RecursionError):
            return None

    def _shown(self, error: str) -> str:
        if isinstance(self._source, Post):
            return error.removeprefix("-:1: ")
        return error.replace(f"{self._folder}{os.sep}", "")

    async def _drain(self) -> None:
        while self._process.stdout and await self._process.stdout.read(_LINE_BYTES):
            pass

    async def _listen(self) -> None:
        errors = self._process.stderr
        while errors:
            try:
                line = await errors.readline()
            except ValueError:  # a line without end: not one to show
                continue
            if not line:
                return
            self._errors.append(line.decode("utf-8", "replace").rstrip())

    async def _feed(self, post: Post) -> None:
        if pipe := self._process.stdin:
            with suppress(ConnectionError):  # who does not listen says why on the other pipe
                pipe.write(json.dumps(post.article).encode() + b"\n")
                await pipe.drain()
            pipe.close()


def _kill(process: Process) -> None:
    """End a child and whatever it has started; an ingest is safe to kill at any moment."""
    if process.returncode is None:
        with suppress(ProcessLookupError):
            if hasattr(os, "killpg"):
                os.killpg(process.pid, signal.SIGKILL)
            else:  # pragma: no cover  (Windows)
                process.kill()
