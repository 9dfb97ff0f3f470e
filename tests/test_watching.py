"""Watching feeds against a real web server on loopback and a real store."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from knowledge.store import feeds
from knowledge.store.database import open_engine
from knowledge.store.reading import article, article_ids
from knowledge.store.schema import feed_entries
from knowledge.store.withdrawing import withdraw
from knowledge.watching import Event, Watcher
from knowledge.web.fetch import Fetched, Fetcher, Limits
from knowledge.web.polite import PoliteFetcher
from knowledge.web.robots import Robots
from tests.auxil.outlet import BODY, put_feed, put_page
from tests.auxil.records import LineBuilder
from tests.auxil.web_server import RETRY_AFTER, WebServer

START = datetime(2040, 3, 2, 12, tzinfo=UTC)  # after the real time, at which feeds are added
INTERVAL = timedelta(minutes=15)
ENDLESS = ("drip", "slow_headers")  # faults that only a limit of time ends


class Clock:
    """The time, as a test sets it."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now

    def on(self, **more: float) -> None:
        self.now += timedelta(**more)


class InNoHurry:
    """A fetcher with plenty of time for what comes and little for what never does, however busy the machine is."""

    def __init__(self, patient: Fetcher, hasty: Fetcher, server: WebServer) -> None:
        self.user_agent = patient.user_agent
        self._patient = patient
        self._hasty = hasty
        self._server = server

    async def get(self, url: str, **wanted) -> Fetched:
        fetcher = self._hasty if self._server.fault_at(url) in ENDLESS else self._patient
        return await fetcher.get(url, **wanted)


class Desk:
    """A watcher with all that it tells."""

    def __init__(
        self, engine: Engine, server: WebServer, fetcher: Fetcher | InNoHurry, interval: timedelta = INTERVAL
    ) -> None:
        self.engine = engine
        self.server = server
        self.clock = Clock()
        self.events: list[Event] = []
        self.built: list[str] = []
        self.followed = 0
        self.watcher = Watcher(
            engine,
            PoliteFetcher(fetcher, Robots(fetcher, clock=self._seconds), gap=0, clock=self._seconds),
            self._builder,
            interval=interval,
            told=self.events.append,
            stored=self._stored,
            now=self.clock,
            idle=0.01,
        )

    def _builder(self):
        build = LineBuilder()

        def note(read):
            self.built.append(read.id)
            return build(read)

        return note

    def _seconds(self) -> float:
        return self.clock.now.timestamp()

    def _stored(self) -> None:
        self.followed += 1

    async def look(self) -> None:
        """Poll what is due, and read all that is due then."""
        await self.watcher.poll()
        while await self.watcher.read():
            pass

    async def go_on(self, *, minutes: float, every: float = 10) -> None:
        """Watch for some time, as ``run`` does: at feeds and pages in turns, here every so many seconds."""
        for _ in range(round(minutes * 60 / every)):
            await asyncio.gather(self.watcher.poll(), self.watcher.read())
            self.clock.on(seconds=every)

    def told(self, kind: str) -> list[str]:
        return [event.address for event in self.events if event.kind == kind]


@pytest.fixture
async def server() -> AsyncIterator[WebServer]:
    async with WebServer() as server:
        yield server


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = open_engine(f"sqlite:///{tmp_path}/watch.db", create=True)
    yield engine
    engine.dispose()


@pytest.fixture
async def desk(engine: Engine, server: WebServer) -> AsyncIterator[Desk]:
    async with (
        Fetcher("Test/1", allow_private=True, limits=Limits(bytes=200_000, seconds=60)) as patient,
        Fetcher("Test/1", allow_private=True, limits=Limits(bytes=200_000, seconds=0.5)) as hasty,
    ):
        yield Desk(engine, server, InNoHurry(patient, hasty, server))


@pytest.fixture
async def brisk(engine: Engine, server: WebServer) -> AsyncIterator[Desk]:
    """A desk that looks at its feeds every minute: more often than a server lets it."""
    async with Fetcher("Test/1", allow_private=True) as fetcher:
        yield Desk(engine, server, fetcher, timedelta(minutes=1))


async def test_what_a_feed_leads_to_is_taken_in_once(desk: Desk):
    links = [put_page(desk.server, f"/story/{i}", f"Bridge {i} opens") for i in range(3)]
    desk.watcher.watch([put_feed(desk.server, "/feed", links)])
    await desk.look()
    assert sorted(article_ids(desk.engine)) == sorted(links)
    held = article(desk.engine, links[0])
    assert held is not None
    assert (held.article.title, held.article.publisher) == ("Bridge 0 opens", "The Norland Post")
    assert held.article.text.split("\n\n") == list(BODY)
    assert desk.followed == 3
    desk.clock.on(minutes=16)
    await desk.look()
    assert len(desk.built) == 3
    assert [len(desk.server.asked(f"/story/{i}")) for i in range(3)] == [1, 1, 1]


async def test_a_feed_is_left_alone_until_it_is_due(desk: Desk):
    desk.watcher.watch([put_feed(desk.server, "/feed", [])])
    await desk.look()
    desk.clock.on(minutes=14)
    await desk.look()
    assert len(desk.server.asked("/feed")) == 1
    desk.clock.on(minutes=2)
    await desk.look()
    assert len(desk.server.asked("/feed")) == 2


async def test_a_feed_that_has_not_changed_is_not_read_again(desk: Desk):
    put_page(desk.server, "/story", "A bridge opens")
    desk.watcher.watch([put_feed(desk.server, "/a", [desk.server.url("/story")], etag='"one"')])
    desk.watcher.watch([put_feed(desk.server, "/b", [desk.server.url("/story")])])
    await desk.look()
    assert len(desk.server.asked("/story")) == 1, "the same page in two feeds is read once"
    desk.clock.on(minutes=16)
    await desk.look()
    assert desk.server.asked("/a")[1].headers["If-None-Match"] == '"one"'
    assert [feed.failures for feed in feeds.list_feeds(desk.engine)] == [0, 0]


async def test_a_new_entry_of_a_feed_is_taken_the_next_time(desk: Desk):
    first = put_page(desk.server, "/1", "A bridge opens")
    desk.watcher.watch([put_feed(desk.server, "/feed", [first])])
    await desk.look()
    second = put_page(desk.server, "/2", "A ferry sails on")
    put_feed(desk.server, "/feed", [second, first])
    desk.clock.on(minutes=16)
    await desk.look()
    assert desk.built == [first, second]


async def test_a_corrected_page_is_a_new_revision_once_its_feed_says_so(desk: Desk):
    link = put_page(desk.server, "/1", "A bridge opens")
    put_feed(desk.server, "/feed", [link], stamps=["Mon, 02 Mar 2026 10:00:00 GMT"])
    desk.watcher.watch([desk.server.url("/feed")])
    await desk.look()
    put_page(desk.server, "/1", "A bridge opens", (*BODY[:3], BODY[3].replace("2,000", "3,000"), BODY[4]))
    put_feed(desk.server, "/feed", [link], stamps=["Mon, 02 Mar 2026 12:10:00 GMT"])
    desk.clock.on(minutes=16)
    await desk.look()
    held = article(desk.engine, link)
    assert held is not None
    assert "About 3,000 people" in held.article.text
    assert desk.built == [link, link]


@pytest.mark.parametrize("fault", ["500", "reset", "endless", "bomb", "wrong_type", *ENDLESS])
async def test_a_feed_that_fails_is_told_once_and_asked_more_and_more_seldom(desk: Desk, fault: str):
    desk.watcher.watch([desk.server.fault("/feed", fault)])
    good = put_page(desk.server, "/1", "A bridge opens")
    desk.watcher.watch([put_feed(desk.server, "/other", [good])])
    await desk.look()
    assert article_ids(desk.engine) == [good], "one bad feed never stops the others"
    desk.clock.on(minutes=31)
    await desk.look()
    assert desk.told("feed failed") == [desk.server.url("/feed")]
    desk.clock.on(minutes=31)
    await desk.look()
    assert len(desk.server.asked("/feed")) == 2
    desk.clock.on(minutes=31)
    desk.server.fault("/feed", None)
    put_feed(desk.server, "/feed", [])
    await desk.look()
    (feed,) = [f for f in feeds.list_feeds(desk.engine) if f.address.endswith("/feed")]
    assert (feed.failures, feed.problem) == (0, None)


async def test_a_feed_that_is_gone_is_ended(desk: Desk):
    desk.watcher.watch([desk.server.fault("/feed", "410")])
    await desk.look()
    desk.clock.on(days=3)
    await desk.look()
    assert desk.told("feed ended") == [desk.server.url("/feed")]
    assert len(desk.server.asked("/feed")) == 1


async def test_who_asks_for_time_gets_it(desk: Desk):
    desk.watcher.watch([desk.server.fault("/feed", "429")])
    await desk.look()
    (feed,) = feeds.list_feeds(desk.engine)
    assert feed.due >= START + timedelta(seconds=RETRY_AFTER)


@pytest.mark.parametrize("busy_first", [True, False])
async def test_a_feed_that_is_told_to_wait_costs_the_others_of_its_host_nothing_but_time(brisk: Desk, busy_first):
    server = brisk.server
    links = [put_page(server, f"/{i}", f"Bridge {i} opens") for i in range(3)]
    good, busy = put_feed(server, "/feed", links), server.fault("/busy", "429")
    brisk.watcher.watch([busy, good] if busy_first else [good, busy])
    await brisk.go_on(minutes=4)
    assert sorted(article_ids(brisk.engine)) == sorted(links), "when the rest ends all the others come before it"
    assert len(server.asked("/busy")) == 1
    await brisk.go_on(minutes=26)
    assert len(server.asked("/busy")) <= 4, "it waits twice as long each time"
    assert len(server.asked("/feed")) >= 15
    state = {feed.address: (feed.failures, feed.problem) for feed in feeds.list_feeds(brisk.engine)}
    assert state[good] == (0, None)
    assert state[busy][0] == len(server.asked("/busy"))
    with brisk.engine.connect() as connection:
        assert set(connection.execute(select(feed_entries.c.attempts)).scalars()) == {0}
    assert brisk.told("feed failed") == [busy]
    assert brisk.told("page refused") == []


async def test_a_page_that_is_told_to_wait_is_the_only_one_that_failed(brisk: Desk):
    server = brisk.server
    busy, links = server.fault("/busy", "429"), [put_page(server, f"/{i}", f"Bridge {i} opens") for i in range(50)]
    other = put_feed(server, "/other", [])
    brisk.watcher.watch([put_feed(server, "/feed", [busy, *links]), other])
    await brisk.go_on(minutes=1)
    assert article_ids(brisk.engine) == []
    await brisk.go_on(minutes=4)
    assert brisk.built == links, "in the order they were given"
    assert len(server.asked("/busy")) == 1
    await brisk.go_on(minutes=24 * 60, every=60)
    assert brisk.told("page refused") == [busy]
    assert len(server.asked("/busy")) == 5
    assert brisk.told("feed failed") == []
    assert len(article_ids(brisk.engine)) == 50


async def test_a_host_that_rests_before_its_robots_txt_is_known_is_nobody_elses_failure(brisk: Desk):
    server = brisk.server
    server.fault("/robots.txt", "429")
    addresses = [put_feed(server, f"/feed/{i}", []) for i in range(3)]
    brisk.watcher.watch(addresses)
    await brisk.go_on(minutes=9)
    assert brisk.told("feed failed") == addresses[:1]
    assert len(server.requests) == 1
    server.fault("/robots.txt", None)
    await brisk.go_on(minutes=9)
    assert brisk.told("feed failed") == addresses[:1]
    assert all(server.asked(f"/feed/{i}") for i in range(3))


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ("<html><body><p>Too short to be a story.</p></body></html>", "words"),
        ("<html><body></body></html>", ""),
    ],
)
async def test_a_page_that_is_no_article_is_refused_and_told_once(desk: Desk, body: str, named: str):
    link = desk.server.put("/1", body)
    desk.watcher.watch([put_feed(desk.server, "/feed", [link])])
    await desk.look()
    desk.clock.on(days=1)
    await desk.look()
    (event,) = [event for event in desk.events if event.kind == "page refused"]
    assert event.address == link
    assert named in event.detail
    assert len(desk.server.asked("/1")) == 1


async def test_a_page_that_cannot_be_had_now_is_tried_again_and_given_up_in_the_end(desk: Desk):
    link = desk.server.fault("/1", "500")
    desk.watcher.watch([put_feed(desk.server, "/feed", [link])])
    await desk.look()
    assert desk.told("page refused") == []
    for _ in range(8):
        desk.clock.on(hours=12)
        await desk.look()
    assert desk.told("page refused") == [link]
    assert len(desk.server.asked("/1")) == 5


async def test_a_page_that_comes_back_is_taken(desk: Desk):
    link = desk.server.fault("/1", "500")
    desk.watcher.watch([put_feed(desk.server, "/feed", [link])])
    await desk.look()
    desk.server.fault("/1", None)
    put_page(desk.server, "/1", "A bridge opens")
    desk.clock.on(minutes=6)
    await desk.look()
    assert article_ids(desk.engine) == [link]


async def test_what_was_withdrawn_does_not_come_back_by_itself(desk: Desk):
    link = put_page(desk.server, "/1", "A bridge opens")
    desk.watcher.watch([put_feed(desk.server, "/a", [link])])
    await desk.look()
    assert withdraw(desk.engine, link)
    mirror = put_page(desk.server, "/mirror", "A bridge opens", canonical=link)
    desk.watcher.watch([put_feed(desk.server, "/b", [mirror])])
    desk.clock.on(minutes=1)
    await desk.look()
    assert len(desk.server.asked("/mirror")) == 1
    assert article_ids(desk.engine) == []


async def test_robots_txt_is_respected(desk: Desk):
    desk.server.put("/robots.txt", "User-agent: *\nDisallow: /private/\n", media_type="text/plain")
    open_, closed = put_page(desk.server, "/open", "A bridge opens"), put_page(desk.server, "/private/1", "A secret")
    desk.watcher.watch([put_feed(desk.server, "/feed", [open_, closed])])
    await desk.look()
    assert article_ids(desk.engine) == [open_]
    assert desk.told("page refused") == [closed]
    assert desk.server.asked("/private/1") == []


async def test_a_host_gets_one_request_at_a_time(desk: Desk):
    links = [put_page(desk.server, f"/{i}", f"Bridge {i} opens") for i in range(12)]
    desk.watcher.watch([put_feed(desk.server, "/feed", links)])
    await desk.look()
    assert len(article_ids(desk.engine)) == 12
    assert desk.server.at_once == 1


async def test_it_watches_until_it_is_told_to_stop(desk: Desk):
    link = put_page(desk.server, "/1", "A bridge opens")
    stop = asyncio.Event()
    running = asyncio.create_task(desk.watcher.run(stop))
    feeds.add_feed(desk.engine, put_feed(desk.server, "/feed", [link]))
    while not article_ids(desk.engine):
        await asyncio.sleep(0.01)
    stop.set()
    await asyncio.wait_for(running, 10)
    assert article_ids(desk.engine) == [link]
