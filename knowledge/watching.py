"""Watching feeds: polls those that are due, reads the pages they lead to, and takes in what is new.

Where it stands is in the store alone: a watcher that is killed goes on, in its next life, with what was not done yet.
"""

import asyncio
import hashlib
from collections.abc import Callable, Coroutine, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict
from sqlalchemy import Engine

from knowledge.errors import InputError
from knowledge.ingest import Builder, Report, store_article
from knowledge.models import Article
from knowledge.sources import checked
from knowledge.store import feeds
from knowledge.store.feeds import EntryRow, FeedRow
from knowledge.store.withdrawing import is_withdrawn
from knowledge.web.fetch import FetchError, Getter, HostRestsError
from knowledge.web.kinds import FEED_KINDS, PAGE_KINDS
from knowledge.web.reading import feed_of, page_at

__all__ = ["Event", "Watcher"]

_AT_ONCE = 20  # pages in flight, over all hosts: to one host there is one request at a time
_AHEAD = 40  # entries taken up together; what was fetched and is not built yet is held in memory
_LONGEST_WAIT = timedelta(days=1)
_ENTRY_WAIT = timedelta(minutes=5)
_ENTRY_TRIES = 5
_IDLE = 2.0  # seconds between two looks at what is due: somebody else may have added a feed
_GONE = 410


class Event(BaseModel):
    """Something the operator is told once: a feed or a page that could not be taken, or an article that was."""

    model_config = ConfigDict(frozen=True)

    kind: Literal["feed failed", "feed ended", "page refused", "article taken"]
    address: str
    detail: str = ""
    report: Report | None = None


class Watcher:
    """Polls the store's feeds and takes in their articles until told to stop.

    ``builder`` is called once, when the first article comes in; ``told`` hears every event; ``stored`` is called after
    each article, in the thread that builds, so that the index can follow. ``interval`` lies between two looks at a feed
    that works; ``now`` gives the time, in UTC.
    """

    def __init__(
        self,
        engine: Engine,
        web: Getter,
        builder: Callable[[], Builder],
        *,
        interval: timedelta = timedelta(minutes=15),
        told: Callable[[Event], None] = lambda _: None,
        stored: Callable[[], None] = lambda: None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        idle: float = _IDLE,
    ) -> None:
        self._engine = engine
        self._web = web
        self._builder = builder
        self._build: Builder | None = None
        self._interval = interval
        self._told = told
        self._stored = stored
        self._now = now
        self._idle = idle
        self._at_once = asyncio.Semaphore(_AT_ONCE)
        self._bench = ThreadPoolExecutor(1, "build")

    def watch(self, addresses: Iterable[str]) -> None:
        """Add feeds to those that are watched."""
        for address in addresses:
            feeds.add_feed(self._engine, address)

    async def run(self, stop: asyncio.Event) -> None:
        """Watch until ``stop`` is set; an article that is being built is finished first."""
        looking = [asyncio.create_task(self._keep(look, stop)) for look in (self.poll, self.read)]
        try:
            await asyncio.gather(*looking)
        finally:
            for task in looking:
                task.cancel()
            with suppress(asyncio.CancelledError):
                await asyncio.gather(*looking, return_exceptions=True)
            self._bench.shutdown(wait=True, cancel_futures=True)

    async def _keep(self, look: Callable[[], Coroutine[Any, Any, int]], stop: asyncio.Event) -> None:
        ending = asyncio.create_task(stop.wait())
        try:
            while not stop.is_set():
                work = asyncio.ensure_future(look())
                await asyncio.wait({work, ending}, return_when=asyncio.FIRST_COMPLETED)
                if not work.done():
                    work.cancel()
                    with suppress(asyncio.CancelledError):
                        await work
                    return
                if not work.result():
                    await asyncio.wait({ending}, timeout=self._idle)
        finally:
            ending.cancel()

    # -- feeds ------------------------------------------------------------------------------------------------------

    async def poll(self) -> int:
        """Look once at every feed that is due; how many there were."""
        due = feeds.due_feeds(self._engine, self._now())
        await asyncio.gather(*(self._poll(feed) for feed in due))
        return len(due)

    async def _poll(self, feed: FeedRow) -> None:
        try:
            async with self._at_once:
                fetched = await self._web.get(
                    feed.address,
                    kinds=FEED_KINDS | PAGE_KINDS,
                    etag=feed.etag,
                    last_modified=feed.last_modified,
                )
            now, due = self._now(), self._now() + self._interval
            digest = hashlib.sha256(fetched.body).hexdigest()
            stamps = {"etag": fetched.etag, "last_modified": fetched.last_modified}
            if fetched.status == 304 or digest == feed.digest:
                feeds.record_unchanged(self._engine, feed.id, now, due, **stamps)
                return
            found = await asyncio.to_thread(feed_of, fetched, name=feed.address)
            # With its date, so that an entry whose page was corrected counts as another of the same address.
            entries = [(f"{e.key} {e.published or ''}".strip(), e.url, e.published) for e in found.entries]
            feeds.record_entries(
                self._engine, feed.id, entries, title=found.title, digest=digest, now=now, next_due=due, **stamps
            )
        except HostRestsError as error:
            feeds.put_off_feed(self._engine, feed.id, self._end_of(error))
        except InputError as error:
            self._failed(feed, error)

    def _end_of(self, rest: HostRestsError) -> datetime:
        """When a host may be asked again: one moment for all who wait for it, so a whole second, never too early."""
        return (self._now() + _asked_for(rest)).replace(microsecond=0) + timedelta(seconds=1)

    def _failed(self, feed: FeedRow, error: InputError) -> None:
        wait = min(_LONGEST_WAIT, self._interval * 2 ** min(feed.failures + 1, 16))
        gone = isinstance(error, FetchError) and error.status == _GONE
        if isinstance(error, FetchError):
            wait += _asked_for(error)
        now = self._now()
        if feeds.record_failure(self._engine, feed.id, error.reason, now, now + wait, deactivate=gone):
            kind: Literal["feed ended", "feed failed"] = "feed ended" if gone else "feed failed"
            self._told(Event(kind=kind, address=feed.address, detail=error.reason))

    # -- pages ------------------------------------------------------------------------------------------------------

    async def read(self) -> int:
        """Read the pages of the entries that are due, some at a time; how many there were."""
        due = feeds.due_entries(self._engine, self._now(), _AHEAD)
        await asyncio.gather(*(self._read(entry) for entry in due))
        return len(due)

    async def _read(self, entry: EntryRow) -> None:
        try:
            async with self._at_once:
                article = checked(entry.url, await page_at(entry.url, self._web))
        except HostRestsError as error:
            feeds.put_off_entry(self._engine, entry.id, self._end_of(error))
            return
        except FetchError as error:
            self._put_off(entry, error)
            return
        except InputError as error:
            self._refused(entry, error.reason)
            return
        if is_withdrawn(self._engine, article.id):
            # Only somebody who adds it by hand brings back what somebody took away.
            feeds.record_refused(self._engine, entry.id, "withdrawn")
            return
        loop = asyncio.get_running_loop()
        report = await loop.run_in_executor(self._bench, self._take, article)
        if report.error is None:
            feeds.record_taken(self._engine, entry.id, article.id)
            self._told(Event(kind="article taken", address=entry.url, report=report))
        else:
            self._refused(entry, report.error)

    def _take(self, article: Article) -> Report:
        self._build = self._build or self._builder()
        report = store_article(self._engine, article, self._build)
        self._stored()
        return report

    def _put_off(self, entry: EntryRow, error: FetchError) -> None:
        if error.lasting:
            self._refused(entry, error.reason)
            return
        wait = _ENTRY_WAIT * 2**entry.attempts + _asked_for(error)
        state = feeds.record_retry(self._engine, entry.id, error.reason, self._now() + wait, most=_ENTRY_TRIES)
        if state == "failed":
            self._told(Event(kind="page refused", address=entry.url, detail=error.reason))

    def _refused(self, entry: EntryRow, reason: str) -> None:
        feeds.record_refused(self._engine, entry.id, reason)
        self._told(Event(kind="page refused", address=entry.url, detail=reason))


def _asked_for(error: FetchError) -> timedelta:
    """The time that a server asked for, a day at most.

    Who had that answer waits for its own back-off on top of it. So it never stands first in the line of those who
    could not be asked meanwhile, only to be told the same again.
    """
    return timedelta(seconds=min(error.retry_after or 0.0, _LONGEST_WAIT.total_seconds()))
