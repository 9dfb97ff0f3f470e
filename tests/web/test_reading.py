"""From an address to articles, over real HTTP on loopback."""

from collections.abc import AsyncIterator

import pytest

from bot.settings import Settings
from bot.web import read_web, user_agent
from knowledge.errors import InputError
from knowledge.models import Article
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
    put_feed(server, "/feed", [])
    fetched = await fetcher.get(server.url("/feed"), kinds=frozenset({"application/rss+xml"}))
    assert feed_of(fetched, name="/feed") == Feed("The Norland Post", None, ())


async def test_who_fetches_says_so(server: WebServer):
    import asyncio

    settings = Settings(allow_private_addresses=True, host_gap=0, contact="https://example.org/bot")
    address = put_feed(server, "/feed", [put_page(server, "/1", "A bridge opens")])
    server.put("/robots.txt", "User-agent: *\nDisallow: /feed\n", media_type="text/plain")
    reads = await asyncio.to_thread(lambda: list(read_web(settings, address)))
    assert told(reads) == [server.url("/1")], "robots.txt does not bind who names the feed"
    assert {request.headers["User-Agent"] for request in server.requests} == {user_agent("https://example.org/bot")}


async def test_private_addresses_are_not_read_unless_the_settings_allow_it(server: WebServer):
    import asyncio

    reads = await asyncio.to_thread(lambda: list(read_web(Settings(host_gap=0), put_page(server, "/1", "A bridge"))))
    assert told(reads) == [server.url("/1")]
    assert isinstance(reads[0], InputError)
    assert server.requests == []
