"""From an address to articles, over real HTTP on loopback."""

import asyncio
import io
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.settings import Settings
from bot.web import not_reached, read_web, user_agent, web_of_settings
from knowledge.errors import InputError
from knowledge.models import Article
from knowledge.sources import read_sources
from knowledge.web.feed import Feed
from knowledge.web.fetch import Fetcher, Limits
from knowledge.web.opml import FeedAddress, write_opml
from knowledge.web.reading import feed_of, page_at, read_address
from tests.auxil.outlet import BODY, put_feed, put_page
from tests.auxil.web_server import WebServer


@pytest.fixture
async def server() -> AsyncIterator[WebServer]:
    async with WebServer() as server:
        yield server


@pytest.fixture
async def fetcher() -> AsyncIterator[Fetcher]:
    async with Fetcher("Test/1", allow_private=True, limits=Limits(seconds=20.0)) as fetcher:
        yield fetcher


async def read(address: str, fetcher: Fetcher) -> list[Article | InputError]:
    return [read async for read in read_address(address, fetcher, fetcher)]


def told(reads: list[Article | InputError]) -> list[str]:
    return [read.id if isinstance(read, Article) else read.name for read in reads]


async def test_a_page_is_one_article(server: WebServer, fetcher: Fetcher):
    (article,) = await read(put_page(server, "/1", "A bridge opens", published="2026-03-02T10:00:00Z"), fetcher)
    assert isinstance(article, Article)
    assert article.text == "\n\n".join(BODY)
    assert (article.title, article.url) == ("A bridge opens", server.url("/1"))


async def test_a_feed_is_the_articles_of_its_entries_and_what_is_wrong_with_the_others(server, fetcher):
    good, gone = put_page(server, "/1", "A bridge opens"), server.url("/gone")
    reads = await read(put_feed(server, "/feed", [good, gone, good]), fetcher)
    assert told(reads) == [good, gone]
    assert isinstance(reads[1], InputError)


async def test_an_opml_file_is_its_feeds(server, fetcher):
    one, two = put_page(server, "/1", "A bridge opens"), put_page(server, "/2", "A ferry sails")
    feeds = [put_feed(server, "/a", [one]), server.url("/nothing"), put_feed(server, "/b", [two])]
    listed = write_opml([FeedAddress(url, "") for url in feeds], title="Feeds")
    address = server.put("/feeds.opml", listed, media_type="text/x-opml")
    assert told(await read(address, fetcher)) == [one, server.url("/nothing"), two]


EMPTY = '<rss version="2.0"><channel><title>A</title></channel></rss>'
UNLINKED = '<rss version="2.0"><channel><item><title>A</title></item></channel></rss>'
NO_FEEDS = '<opml version="2.0"><body><outline text="A"/></body></opml>'


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (EMPTY, "holds nothing to read: a feed without an entry that has a web address"),
        (UNLINKED, "holds nothing to read: a feed without an entry that has a web address"),
        (NO_FEEDS, "holds nothing to read: an OPML file that names no feed with a web address"),
    ],
)
async def test_what_holds_nothing_is_told_and_no_refusal(server, fetcher, body: str, told: str):
    address, notes = server.put("/feed", body, media_type="application/xml"), []
    assert [read async for read in read_address(address, fetcher, fetcher, notes.append)] == []
    assert notes == [f"{address}: {told}"]


async def test_an_empty_feed_of_an_opml_file_is_told_by_its_own_address(server, fetcher):
    empty, notes = put_feed(server, "/empty", []), []
    feeds = [empty, put_feed(server, "/feed", [put_page(server, "/1", "A bridge opens")])]
    listed = write_opml([FeedAddress(url, "") for url in feeds], title="Feeds")
    address = server.put("/feeds.opml", listed, media_type="text/x-opml")
    reads = [read async for read in read_address(address, fetcher, fetcher, notes.append)]
    assert told(reads) == [server.url("/1")]
    assert notes == [f"{empty}: holds nothing to read: a feed without an entry that has a web address"]


async def test_what_was_read_of_a_feed_that_is_cut_off_goes_in_and_the_rest_is_told(server, fetcher):
    links, notes = [put_page(server, f"/{i}", f"Bridge {i} opens") for i in range(3)], []
    address = put_feed(server, "/feed", links)
    whole = (await fetcher.get(address, kinds=frozenset({"application/rss+xml"}))).body
    server.put("/feed", whole[: whole.rindex(b"<guid>")], media_type="application/rss+xml")
    reads = [read async for read in read_address(address, fetcher, fetcher, notes.append)]
    assert told(reads) == links[:2]
    assert notes == [f"{address}: is cut off or broken after entry 2; the rest of it is not read"]


@pytest.mark.parametrize("fault", ["404", "wrong_type", "redirect_loop"])
async def test_an_address_that_cannot_be_had_is_one_refusal(server, fetcher, fault: str):
    address = server.fault("/1", fault)
    assert told(await read(address, fetcher)) == [address]


async def test_a_page_that_is_no_article_is_refused_by_its_address(server, fetcher):
    address = server.put("/1", "<html><body><p>Log in to read on.</p></body></html>")
    assert told(await read(address, fetcher)) == [address]
    with pytest.raises(InputError, match="/1"):
        await page_at(address, fetcher)


async def test_what_is_no_feed_is_refused_as_one(server, fetcher):
    fetched = await fetcher.get(put_page(server, "/1", "A bridge opens"), kinds=frozenset({"text/html"}))
    with pytest.raises(InputError, match="not a feed"):
        feed_of(fetched, name="/1")
    fetched = await fetcher.get(server.put("/feeds", NO_FEEDS, media_type="text/xml"), kinds=frozenset({"text/xml"}))
    with pytest.raises(InputError, match="a list of feeds"):
        feed_of(fetched, name="/feeds")
    put_feed(server, "/feed", [])
    fetched = await fetcher.get(server.url("/feed"), kinds=frozenset({"application/rss+xml"}))
    assert feed_of(fetched, name="/feed") == Feed("The Norland Post", None, ())


async def test_who_fetches_says_so(server: WebServer):
    settings = Settings(allow_private_addresses=True, host_gap=0, contact="https://example.org/bot")
    address = put_feed(server, "/feed", [put_page(server, "/1", "A bridge opens")])
    server.put("/robots.txt", "User-agent: *\nDisallow: /feed\n", media_type="text/plain")
    reads = await asyncio.to_thread(lambda: list(read_web(settings, address)))
    assert told(reads) == [server.url("/1")], "robots.txt does not bind who names the feed"
    assert {request.headers["User-Agent"] for request in server.requests} == {user_agent("https://example.org/bot")}


async def test_private_addresses_are_not_read_unless_the_settings_allow_it(server: WebServer):
    reads = await asyncio.to_thread(lambda: list(read_web(Settings(host_gap=0), put_page(server, "/1", "A bridge"))))
    assert told(reads) == [server.url("/1")]
    assert isinstance(reads[0], InputError)
    assert server.requests == []


# -- files that lead to addresses ------------------------------------------------------------------------------------


def saved(path: Path, body: str | bytes) -> str:
    path.write_bytes(body.encode() if isinstance(body, str) else body)
    return str(path)


async def from_file(path: str) -> list[Article | InputError]:
    settings = Settings(allow_private_addresses=True, host_gap=0)
    web = lambda source: read_web(settings, source)  # noqa: E731
    return await asyncio.to_thread(lambda: list(read_sources([path], io.BytesIO(), web)))


async def test_a_saved_opml_file_is_its_feeds_which_their_robots_txt_may_forbid(server: WebServer, tmp_path: Path):
    feeds = [put_feed(server, "/a", [put_page(server, "/1", "A bridge opens")]), put_feed(server, "/closed/b", [])]
    server.put("/robots.txt", "User-agent: *\nDisallow: /closed\n", media_type="text/plain")
    path = saved(tmp_path / "feeds.OPML", write_opml([FeedAddress(url, "") for url in feeds], title="Feeds"))
    assert told(await from_file(path)) == [server.url("/1"), feeds[1]]


async def test_a_saved_feed_is_its_entries(server: WebServer, tmp_path: Path, fetcher: Fetcher):
    address = put_feed(server, "/a", [put_page(server, "/1", "A bridge opens")])
    body = (await fetcher.get(address, kinds=frozenset({"application/rss+xml"}))).body
    assert told(await from_file(saved(tmp_path / "feed.xml", body))) == [server.url("/1")]
    assert len(server.asked("/a")) == 1


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("<svg/>", "neither a feed nor an OPML file"),
        ("<opml>" + " " * 10_000_000, "longer than"),
        (None, "no such file"),
    ],
)
async def test_a_saved_file_that_leads_nowhere_is_refused(tmp_path: Path, body: str | None, reason: str):
    path = str(tmp_path / "file.xml") if body is None else saved(tmp_path / "file.xml", body)
    (refused,) = await from_file(path)
    assert isinstance(refused, InputError)
    assert refused.name == path
    assert refused.reason.startswith(reason)


async def test_what_holds_nothing_is_warned_of_on_stderr(tmp_path: Path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)  # no .env
    path = saved(tmp_path / "empty.xml", EMPTY)
    assert await asyncio.to_thread(lambda: list(web_of_settings()(path))) == []
    assert capsys.readouterr() == (
        "",
        f"onrecord: {path}: holds nothing to read: a feed without an entry that has a web address\n",
    )


# -- a feed somebody names in the chat -------------------------------------------------------------------------------

LOCAL = Settings(allow_private_addresses=True, host_gap=0)


async def test_a_feed_is_reached_and_what_is_none_is_not(server: WebServer):
    assert await not_reached(LOCAL, put_feed(server, "/feed", [])) is None
    for address in (put_page(server, "/1", "A bridge opens"), server.url("/gone"), server.fault("/a", "wrong_type")):
        with pytest.raises(InputError):
            await not_reached(LOCAL, address)
    with pytest.raises(InputError, match="not on the public internet"):
        await not_reached(Settings(), server.url("/feed"))


@pytest.mark.parametrize(("fault", "told"), [("429", "answers 429"), ("500", "answers 500"), ("reset", "broke off")])
async def test_a_feed_that_cannot_be_had_now_may_be_one(server: WebServer, fault: str, told: str):
    assert (await not_reached(LOCAL, server.fault("/feed", fault)) or "").startswith(told)


async def test_what_robots_txt_keeps_from_the_watch_is_refused(server: WebServer):
    server.put("/robots.txt", "User-agent: *\nDisallow: /\n", media_type="text/plain")
    with pytest.raises(InputError, match=r"robots\.txt does not allow"):
        await not_reached(LOCAL, put_feed(server, "/feed", []))
