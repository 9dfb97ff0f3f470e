"""The worker: a process of its own that watches the feeds, reads what is new with spaCy, and keeps the index up.

The bot starts it and need never wait for it; ``onrecord watch`` runs it without a bot.
"""

import asyncio
import os
import signal
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import structlog

from bot import logs
from bot.web import open_web
from knowledge.errors import InputError

if TYPE_CHECKING:
    from bot.settings import Settings
    from knowledge.watching import Event

__all__ = ["feeds_of", "watch"]

_FOLLOW_EVERY = 2.0  # seconds: a new article answers questions that soon
_NICE = 10  # answers come first

_log = structlog.get_logger(__name__)


def feeds_of(sources: Iterable[str]) -> list[str]:
    """The addresses of feeds that a list of addresses and OPML files names. Raises InputError for a wrong file."""
    from knowledge.sources import is_address
    from knowledge.web.opml import parse_opml

    found: list[str] = []
    for source in sources:
        if is_address(source):
            found.append(source)
            continue
        try:
            body = Path(source).read_bytes()
        except OSError as error:
            reason = f"cannot be read ({error.strerror}); name an address or an OPML file"
            raise InputError(f"ONRECORD_FEEDS {source}", reason) from error
        found += [feed.url for feed in parse_opml(body, name=source)]
    return list(dict.fromkeys(found))


def watch(settings: "Settings", database: str, *, with_parent: bool) -> int:
    """Watch until Ctrl-C or SIGTERM; ``with_parent``: or until standard input ends, as it does when the bot is gone."""
    logs.configure(level=settings.log_level, as_json=settings.log_json)
    if with_parent and hasattr(os, "nice"):
        os.nice(_NICE)
    try:
        asyncio.run(_watch(settings, database, with_parent=with_parent))
    except KeyboardInterrupt:  # where signals cannot be handled: Windows
        return 130
    return 0


async def _watch(settings: "Settings", database: str, *, with_parent: bool) -> None:
    from bot.environment import index_setting
    from bot.ingesting import make_builder
    from knowledge.index.follow import follow
    from knowledge.index.search import SearchIndex, index_folder
    from knowledge.store.database import open_engine
    from knowledge.watching import Watcher

    stop = asyncio.Event()
    _on_end(stop, with_parent=with_parent)
    engine = open_engine(database, create=True)
    index = SearchIndex(index_folder(database, index_setting()))
    catch_up = _AtMostEvery(_FOLLOW_EVERY, partial(follow, index, engine, patience=0.0))
    try:
        async with open_web(settings) as (_, polite):
            watcher = Watcher(
                engine,
                polite,
                make_builder,
                interval=timedelta(minutes=settings.poll_minutes),
                told=_tell,
                stored=catch_up,
            )
            watcher.watch(feeds_of(settings.feeds))
            _log.info("watching")
            keeping = asyncio.create_task(_keep_up(catch_up, stop))
            await watcher.run(stop)
            await keeping
    finally:
        engine.dispose()


async def _keep_up(catch_up: "_AtMostEvery", stop: asyncio.Event) -> None:
    """Let the index follow what any process has stored."""
    while not stop.is_set():
        await asyncio.to_thread(catch_up)
        with suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), _FOLLOW_EVERY)
    await asyncio.to_thread(catch_up.now)


class _AtMostEvery:
    """Does something when it is called, unless that was done less than so many seconds ago; in one thread at a time."""

    def __init__(self, seconds: float, do: Callable[[], object]) -> None:
        self._seconds = seconds
        self._do = do
        self._last = -seconds
        self._lock = threading.Lock()

    def __call__(self) -> None:
        if time.monotonic() - self._last >= self._seconds and self._lock.acquire(blocking=False):
            try:
                self._do()
                self._last = time.monotonic()
            finally:
                self._lock.release()

    def now(self) -> None:
        with self._lock:
            self._do()


def _tell(event: "Event") -> None:
    if event.report is not None:
        found = event.report
        _log.info(event.kind, address=event.address, status=found.status, sentences=found.sentences)
    else:
        _log.warning(event.kind, address=event.address, reason=event.detail)


def _on_end(stop: asyncio.Event, *, with_parent: bool) -> None:
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        with suppress(NotImplementedError):
            loop.add_signal_handler(number, stop.set)
    if with_parent:

        def until_the_end() -> None:
            while os.read(0, 1024):  # not through sys.stdin: a thread held up in it makes Python abort at the end
                pass
            with suppress(RuntimeError):  # the loop may be closed already
                loop.call_soon_threadsafe(stop.set)

        threading.Thread(target=until_the_end, name="parent", daemon=True).start()
