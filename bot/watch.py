"""The worker: a process of its own that watches the feeds, reads what is new with spaCy, and keeps the index up.

Of several workers on one database of PostgreSQL one watches the feeds; each keeps its own index up.

The bot starts it and need never wait for it; ``onrecord watch`` runs it without a bot.
"""

import asyncio
import os
import signal
import threading
import time
from collections.abc import Callable, Coroutine, Iterable
from contextlib import suppress
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import structlog

from bot import logs
from bot.web import open_web
from knowledge.errors import InputError

if TYPE_CHECKING:
    from bot.settings import Settings
    from knowledge.store.claims import Claims
    from knowledge.watching import Event

__all__ = ["alone", "feeds_of", "watch"]

_FOLLOW_EVERY = 2.0  # seconds: a new article answers questions that soon
_LOOK_EVERY = 2.0  # seconds: who watches the feeds may have been killed
_FEEDS = "feeds"  # what the one that watches them claims
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
    from knowledge.index.search import SearchIndex, index_folder
    from knowledge.library import Library
    from knowledge.store.claims import Claims
    from knowledge.store.database import open_engine
    from knowledge.store.peek import sqlite_path
    from knowledge.watching import Watcher

    stop = asyncio.Event()
    _on_end(stop, with_parent=with_parent)
    engine = open_engine(database, create=True)
    library = Library(database, SearchIndex(index_folder(database, index_setting())))
    catch_up = _AtMostEvery(_FOLLOW_EVERY, _Follower(partial(library.follow, patience=0.0)))
    feeds = feeds_of(settings.feeds)
    claims = None if sqlite_path(database) else Claims(engine)
    try:
        async with open_web(settings) as (_, polite):

            async def watch_feeds(stop: asyncio.Event) -> None:
                watcher = Watcher(
                    engine,
                    polite,
                    make_builder,
                    interval=timedelta(minutes=settings.poll_minutes),
                    told=_tell,
                    stored=catch_up,
                )
                watcher.watch(feeds)
                _log.info("watching")
                await watcher.run(stop)

            keeping = asyncio.create_task(_keep_up(catch_up, stop))
            await (alone(claims, watch_feeds, stop) if claims else watch_feeds(stop))
            await keeping
    finally:
        if claims:
            claims.close()
        library.close()
        engine.dispose()


async def alone(
    claims: "Claims",
    work: Callable[[asyncio.Event], Coroutine[Any, Any, None]],
    stop: asyncio.Event,
    *,
    look_every: float = _LOOK_EVERY,
) -> None:
    """Do ``work``, which ends when it is told to, while no other process of the database does; until ``stop``."""
    while not stop.is_set():
        if await asyncio.to_thread(claims.take, _FEEDS):
            end = asyncio.Event()
            working = asyncio.create_task(work(end))
            while not (stop.is_set() or working.done()) and await asyncio.to_thread(claims.holds, _FEEDS):
                await _wait(stop, look_every)
            end.set()
            await working
            await asyncio.to_thread(claims.release, _FEEDS)
        await _wait(stop, look_every)


async def _wait(stop: asyncio.Event, seconds: float) -> None:
    with suppress(TimeoutError):
        await asyncio.wait_for(stop.wait(), seconds)


async def _keep_up(catch_up: "_AtMostEvery", stop: asyncio.Event) -> None:
    """Let the index follow what any process has stored."""
    while not stop.is_set():
        await asyncio.to_thread(catch_up)
        await _wait(stop, _FOLLOW_EVERY)
    await asyncio.to_thread(catch_up.now)


class _Follower:
    """Lets the index follow. Articles are taken also while it cannot (no room on its disk): it does so afterwards."""

    def __init__(self, follow: Callable[[], object]) -> None:
        self._follow = follow
        self._behind = False

    def __call__(self) -> None:
        from knowledge.store.trouble import complaint

        try:
            self._follow()
        except Exception as error:
            if (reason := complaint(error)) is None:
                raise
            if not self._behind:  # once: it may last for days
                _log.error("index not kept up", error=type(error).__name__, reason=reason)
            self._behind = True
        else:
            if self._behind:
                _log.info("index kept up again")
            self._behind = False


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
