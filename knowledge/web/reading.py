"""From an address to articles: a page is one, a feed those of its entries, an OPML file those of its feeds."""

from collections.abc import AsyncIterator, Callable

from knowledge.errors import InputError
from knowledge.models import Article
from knowledge.web.feed import Feed, is_feed, is_opml, parse_feed
from knowledge.web.fetch import Fetched, Getter
from knowledge.web.kinds import FEED_KINDS, PAGE_KINDS
from knowledge.web.opml import parse_opml
from knowledge.web.page import read_page

__all__ = ["Noted", "feed_of", "page_at", "read_address", "read_list"]

Read = Article | InputError

Noted = Callable[[str], None]
"""Hears, in one line, of what is odd and no refusal: a feed with nothing in it, or one that was cut off."""


async def read_address(
    address: str, asked: Getter, followed: Getter, noted: Noted = lambda _: None
) -> AsyncIterator[Read]:
    """Every article at an address, in order; for each that cannot be taken, the error that says why.

    ``asked`` fetches the address itself, which somebody named; ``followed`` what it leads to.
    """
    try:
        fetched = await asked.get(address, kinds=PAGE_KINDS | FEED_KINDS)
        if not (is_opml(fetched.body) or is_feed(fetched.body, fetched.media_type)):
            yield read_page(fetched.body, name=address, url=fetched.url, charset=fetched.charset)
            return
    except InputError as error:
        yield error
        return
    async for read in _read_list(fetched, address, followed, noted):
        yield read


async def read_list(body: bytes, followed: Getter, noted: Noted = lambda _: None, *, name: str) -> AsyncIterator[Read]:
    """Every article that a feed or an OPML file leads to which somebody has saved, as ``read_address`` has them."""
    if not (is_opml(body) or is_feed(body, "")):
        yield InputError(name, "neither a feed nor an OPML file; give a page as an .html file")
        return
    saved = Fetched(url="", status=200, media_type="", charset=None, body=body, etag=None, last_modified=None)
    async for read in _read_list(saved, name, followed, noted):
        yield read


async def _read_list(fetched: Fetched, name: str, followed: Getter, noted: Noted) -> AsyncIterator[Read]:
    try:
        if not is_opml(fetched.body):
            for url in _entries(feed_of(fetched, name=name), name, noted):
                yield await _page(url, followed)
            return
        feeds = parse_opml(fetched.body, name=name)
    except InputError as error:
        yield error
        return
    if not feeds:
        noted(f"{name}: holds nothing to read: an OPML file that names no feed with a web address")
    for feed in feeds:
        try:
            fetched = await followed.get(feed.url, kinds=PAGE_KINDS | FEED_KINDS)
            entries = _entries(feed_of(fetched, name=feed.url), feed.url, noted)
        except InputError as error:
            yield error
            continue
        for url in entries:
            yield await _page(url, followed)


def feed_of(fetched: Fetched, *, name: str) -> Feed:
    """The feed that was fetched. Raises InputError when it is none."""
    if is_opml(fetched.body):
        raise InputError(name, "a list of feeds (OPML), not a feed; give the address of one of them")
    if not is_feed(fetched.body, fetched.media_type):
        raise InputError(name, "not a feed; give the address of an RSS or Atom feed")
    return parse_feed(fetched.body, name=name, url=fetched.url or None, charset=fetched.charset)


async def page_at(url: str, fetcher: Getter) -> Article:
    """The article of a page. Raises InputError when it cannot be fetched or is none."""
    fetched = await fetcher.get(url, kinds=PAGE_KINDS)
    return read_page(fetched.body, name=url, url=fetched.url, charset=fetched.charset)


async def _page(url: str, fetcher: Getter) -> Read:
    try:
        return await page_at(url, fetcher)
    except InputError as error:
        return error


def _entries(feed: Feed, name: str, noted: Noted) -> list[str]:
    if feed.cut_off:
        noted(f"{name}: is cut off or broken after entry {len(feed.entries):,}; the rest of it is not read")
    elif not feed.entries:
        noted(f"{name}: holds nothing to read: a feed without an entry that has a web address")
    return list(dict.fromkeys(entry.url for entry in feed.entries))
