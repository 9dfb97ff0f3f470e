"""Feeds: the addresses of a site's newest articles, in RSS 0.9x, 1.0 and 2.0, Atom 1.0 or JSON Feed."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from knowledge.errors import InputError
from knowledge.text import one_line
from knowledge.web.addresses import normalised
from knowledge.web.feed_document import cut_down
from knowledge.web.feed_formats import FoundEntry, FoundFeed, Words, json_feed, looks_like_json_feed, xml_feed
from knowledge.web.plain import paragraphs, shown_text
from knowledge.web.xml import first_element, safe_text
from knowledge.web.xml_encoding import decoded

__all__ = ["Entry", "Feed", "is_feed", "is_opml", "parse_feed"]

_FEEDS = frozenset({"rss", "feed", "rdf"})
# RDF holds other things than feeds; these are the namespaces of RSS 1.0 and 0.90.
_RSS_IN_RDF = ("http://purl.org/rss/1.0/", "http://my.netscape.com/rdf/simple/0.9/")
_HEAD = 64 * 1024
_MAX_TITLE = 500
_MAX_TITLE_MARKUP = 10_000
_MAX_KEY = 1_000
_MAX_URL = 2_000
_MAX_TEXT = 100_000
_MAX_MARKUP = 300_000
# What programs write that know no date.
_NO_DATES = (datetime(1970, 1, 1, tzinfo=UTC),)
_FIRST_YEAR = 1700


@dataclass(frozen=True)
class Entry:
    """One article that a feed names.

    ``key`` tells it from the feed's other entries for good: its guid or id, else its address. ``title`` is one line
    of plain text of at most 500 characters, "" when there is none. ``published`` is ISO 8601 in UTC, to the second; a
    time without a zone was taken for UTC. ``text`` is the plain text of its content or summary in paragraphs, at most
    100,000 characters.
    """

    key: str
    url: str
    title: str
    published: str | None
    text: str | None


@dataclass(frozen=True)
class Feed:
    """A feed: its title ("" when it has none), the address of its site, and at most 500 entries in its own order.

    ``cut_off``: its text ends, or cannot be read any further, before the feed ends; the entries are those before that.
    """

    title: str
    home: str | None
    entries: tuple[Entry, ...]
    cut_off: bool = False


def is_feed(body: bytes, media_type: str) -> bool:
    """Whether a body is a feed, by what it holds; ``media_type`` decides only about RDF that names no feed's namespace.

    It is when its first element is ``rss``, ``feed`` or ``rdf:RDF``, or when it is a JSON Feed.
    """
    element = first_element(body)
    if element == "rdf":
        head = decoded(body[:_HEAD])
        return media_type == "application/rss+xml" or any(namespace in head for namespace in _RSS_IN_RDF)
    return element in _FEEDS or looks_like_json_feed(body)


def is_opml(body: bytes) -> bool:
    """Whether a body is an OPML file, by its first element."""
    return first_element(body) == "opml"


def parse_feed(body: bytes, *, name: str, url: str | None, charset: str | None = None) -> Feed:
    """The feed in a body; ``url`` is where it was, ``charset`` what the HTTP header says, ``name`` what errors call it.

    Entries without an http or https address are left out, and those with a key that an earlier one has. A feed that is
    not well-formed is taken when it still holds entries. Nothing is fetched. Raises InputError for anything else than
    a feed, and for one that could cost too much to read (``knowledge.web.xml``).
    """
    if looks_like_json_feed(body):
        return _feed(json_feed(body, name, url))
    element = first_element(body)
    if element not in _FEEDS:
        what = f"its first element is <{one_line(element, 40)}>" if element else "neither XML nor JSON Feed"
        raise InputError(name, f"not a feed ({what}); give the address of an RSS or Atom feed")
    cut = cut_down(safe_text(body, name, charset), name)
    feed = replace(_feed(xml_feed(cut.document, name, url)), cut_off=not cut.ended)
    if not feed.entries and not cut.well_formed:
        raise InputError(name, "not a feed: XML that is not well-formed and without a whole entry; try again later")
    return feed


def _feed(found: FoundFeed) -> Feed:
    return Feed(title=_title(found.title), home=_address((found.home,)), entries=tuple(_entries(found.entries)))


def _entries(found: Iterable[FoundEntry]) -> Iterable[Entry]:
    seen: set[str] = set()
    for entry in found:
        url = _address(entry.urls)
        if url is None:
            continue
        key = one_line(entry.key if len(entry.key) <= _MAX_KEY else "") or url
        if key in seen:
            continue
        seen.add(key)
        yield Entry(key, url, _title(entry.title), _published(entry.published), _text(entry.text))


def _address(urls: Iterable[str]) -> str | None:
    for url in urls:
        if 0 < len(url) <= _MAX_URL:
            try:
                return normalised(url)
            except InputError:
                continue
    return None


def _title(words: Words) -> str:
    text = words.text[:_MAX_TITLE_MARKUP]
    return one_line(shown_text(text) if words.is_html else text, _MAX_TITLE)


def _text(words: Words) -> str | None:
    text = paragraphs(shown_text(words.text[:_MAX_MARKUP]) if words.is_html else words.text[:_MAX_TEXT])
    return text[:_MAX_TEXT].rstrip() or None


def _published(moment: datetime | None) -> str | None:
    if moment is None or moment in _NO_DATES or moment.year < _FIRST_YEAR:
        return None
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
