"""From an address to articles: a page is one, a feed those of its entries, an OPML file those of its feeds."""

from collections.abc import AsyncIterator
from typing import Final

from knowledge.errors import InputError
from knowledge.models import Article
from knowledge.web.feed import Feed, is_feed, is_opml, parse_feed
from knowledge.web.fetch import Fetched, Getter
from knowledge.web.opml import parse_opml
from knowledge.web.page import read_page

__all__ = ["FEED_KINDS", "PAGE_KINDS", "feed_of", "page_at", "read_address"]

PAGE_KINDS: Final = frozenset(("text/html", "application/xhtml+xml", ""))
"""The media types of a page; "" is one that the server does not name."""

FEED_KINDS: Final = frozenset(
    "application/rss+xml application/atom+xml application/rdf+xml application/xml text/xml application/feed+json "
    "application/json text/x-opml application/opml+xml text/x-opml+xml".split()
)
_EITHER: Final = PAGE_KINDS | FEED_KINDS

Read = Article | InputError


async def read_address(address: str, asked: Getter, followed: Getter) -> AsyncIterator[Read]:
    """Every article at an address, in order; for each that cannot be taken, the error that says why.

    ``asked`` fetches the address itself, which somebody named; ``followed`` what it leads to.
    """
    try:
        fetched = await asked.get(address, kinds=_EITHER)
        if is_opml(fetched.body):
            feeds = parse_opml(fetched.body, name=address)
        elif is_feed(fetched.body, fetched.media_type):
            feeds = ()
            for url in _entries(feed_of(fetched, name=address)):
                yield await _page(url, followed)
        else:
            feeds = ()
            yield read_page(fetched.body, name=address, url=fetched.url, charset=fetched.charset)
    except InputError as error:
        yield error
        return
    for feed in feeds:
        try:
            entries = _entries(feed_of(await followed.get(feed.url, kinds=_EITHER), name=feed.url))
        except InputError as error:
            yield error
            continue
        for url in entries:
            yield await _page(url, followed)


def feed_of(fetched: Fetched, *, name: str) -> Feed:
    """The feed that was fetched. Raises InputError when it is none."""
    if not is_feed(fetched.body, fetched.media_type):
        raise InputError(name, "not a feed; give the address of an RSS or Atom feed")
    return parse_feed(fetched.body, name=name, url=fetched.url, charset=fetched.charset)


async def page_at(url: str, fetcher: Getter) -> Article:
    """The article of a page. Raises InputError when it cannot be fetched or is none."""
    fetched = await fetcher.get(url, kinds=PAGE_KINDS)
    return read_page(fetched.body, name=url, url=fetched.url, charset=fetched.charset)


async def _page(url: str, fetcher: Getter) -> Read:
    try:
        return await page_at(url, fetcher)
    except InputError as error:
        return error


def _entries(feed: Feed) -> list[str]:
    return list(dict.fromkeys(entry.url for entry in feed.entries))
