"""What a feed says, before any of it is checked: RSS 0.9x, 1.0 and 2.0 and Atom by feedparser, JSON Feed by itself.

JSON Feed: https://www.jsonfeed.org/version/1.1/.
"""

import calendar
import json
import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from io import BytesIO
from typing import Any, NamedTuple
from urllib.parse import urljoin

import feedparser  # type: ignore[import-untyped]

from knowledge.errors import InputError
from knowledge.web.feed_document import MAX_ENTRIES
from knowledge.web.xml import MAX_BYTES
from knowledge.web.xml_encoding import decoded

__all__ = ["FoundEntry", "FoundFeed", "Words", "json_feed", "looks_like_json_feed", "xml_feed"]

_JSON_FEED = "https://jsonfeed.org/version/"
_HEAD = 64 * 1024
_HTML = frozenset({"text/html", "application/xhtml+xml", "html", "xhtml"})
_TEXT = frozenset({"text/plain", "text"})
_LIKE_HTML = re.compile(r"</\w+>|&#?\w+;")
# One list or object takes some twenty times its two characters.
_MAX_VALUES = 200_000


class Words(NamedTuple):
    """A text, and whether it is HTML."""

    text: str
    is_html: bool


class FoundEntry(NamedTuple):
    """An entry; ``urls`` are its addresses, best first."""

    key: str
    urls: tuple[str, ...]
    title: Words
    published: datetime | None
    text: Words


class FoundFeed(NamedTuple):
    """A feed; ``home`` is the address of its site, "" when it names none."""

    title: Words
    home: str
    entries: Iterable[FoundEntry]


def xml_feed(document: bytes, name: str, url: str | None) -> FoundFeed:
    """What ``cut_down`` left of an RSS or Atom feed; ``url`` is what its relative addresses are resolved against.

    Raises InputError when feedparser fails.
    """
    try:
        # Never bytes or text themselves: feedparser would take them for the name of a file, or an address to fetch.
        parsed = feedparser.parse(
            BytesIO(document),
            response_headers={"content-type": "application/xml; charset=utf-8", "content-location": url or ""},
            sanitize_html=False,
            resolve_relative_uris=False,
        )
    except Exception as error:  # its faults are of any kind: a space in a namespace is a ValueError
        raise InputError(name, f"a feed that cannot be read ({type(error).__name__}); try again later") from error
    # Atom says what is HTML; RSS leaves it to a guess.
    says = (parsed.version or "").startswith("atom")
    entries = (_entry(entry, says=says) for entry in parsed.entries)
    return FoundFeed(_title(parsed.feed, says=says), _link(parsed.feed)[0], entries)


def _entry(entry: Any, *, says: bool) -> FoundEntry:
    return FoundEntry(
        key=entry.get("id", ""),
        urls=_link(entry),
        title=_title(entry, says=says),
        published=_date(entry),
        text=_content(entry),
    )


def _link(values: Any) -> tuple[str, ...]:
    """The addresses of a page, best first: alternates in HTML, what feedparser prefers, other alternates."""
    links = [link for link in values.get("links", ()) if link.get("rel", "alternate") == "alternate"]
    pages = [link.get("href", "") for link in links if link.get("type", "text/html") in _HTML]
    others = [link.get("href", "") for link in links]
    return (*pages, values.get("link", ""), *others)


def _words(values: Any, key: str) -> Words:
    return Words(values.get(key, ""), values.get(f"{key}_detail", {}).get("type") in _HTML)


def _title(values: Any, *, says: bool) -> Words:
    title = _words(values, "title")
    return title if says else Words(title.text, title.is_html or bool(_LIKE_HTML.search(title.text)))


def _content(entry: Any) -> Words:
    for content in entry.get("content", ()):
        kind = content.get("type", "text/html")
        if content.get("value") and kind in _HTML | _TEXT:
            return Words(content["value"], kind in _HTML)
    return _words(entry, "summary")


def _date(entry: Any) -> datetime | None:
    for key in ("published_parsed", "created_parsed", "updated_parsed"):
        # Not entry.get, which takes one date for another and warns.
        moment = dict.get(entry, key)
        if moment:
            try:
                # A time without a zone was taken for UTC.
                return datetime.fromtimestamp(calendar.timegm(moment), UTC)
            except ValueError:
                continue  # the year 0, or 10,000
    return None


def looks_like_json_feed(body: bytes) -> bool:
    """Whether a body is JSON that names JSON Feed as its version within the first 64 kB."""
    head = decoded(body[:_HEAD]).lstrip()
    # A slash may be written as "\/".
    return head.startswith("{") and _JSON_FEED in head.replace("\\/", "/")


def json_feed(body: bytes, name: str, url: str | None) -> FoundFeed:
    """What a JSON Feed says in its first 500 items. Raises InputError when it is too long, or not JSON."""
    if len(body) > MAX_BYTES or body.count(b"{") + body.count(b"[") > _MAX_VALUES:
        raise InputError(name, f"longer than {MAX_BYTES:,} bytes or {_MAX_VALUES:,} values; give a shorter one")
    try:
        feed = json.loads(decoded(body))
    except (ValueError, RecursionError) as error:
        raise InputError(name, f"not a feed: broken JSON ({error}); give the address of a feed") from error
    home = _string(feed, "home_page_url")
    return FoundFeed(Words(_string(feed, "title"), is_html=False), _resolved(url, home), _items(feed.get("items"), url))


def _items(items: object, url: str | None) -> Iterator[FoundEntry]:
    for item in items[:MAX_ENTRIES] if isinstance(items, list) else ():
        if not isinstance(item, dict):
            continue
        html, text = _string(item, "content_html"), _string(item, "content_text") or _string(item, "summary")
        yield FoundEntry(
            key=_string(item, "id"),
            urls=(
                _resolved(url, _string(item, "url")),
                _resolved(url, _string(item, "external_url")),
                _string(item, "id"),
            ),
            title=Words(_string(item, "title"), is_html=False),
            published=_moment(_string(item, "date_published") or _string(item, "date_modified")),
            text=Words(html or text, is_html=bool(html)),
        )


def _string(values: dict[str, object], key: str) -> str:
    value = values.get(key)
    # An id may be a number (JSON Feed 1.0).
    return str(value) if isinstance(value, (str, int)) else ""


def _resolved(url: str | None, address: str) -> str:
    try:
        return urljoin(url or "", address) if address else ""
    except ValueError:
        return ""


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None
