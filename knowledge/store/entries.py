"""How an entry of a feed begins: new, or as its url stands, because an address of a page is settled once."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from knowledge.store.moments import stamp
from knowledge.store.schema import articles, feed_entries
from knowledge.text import one_line, printable

__all__ = ["Entry", "beginnings", "settled", "unusable"]

Entry = tuple[str, str, str | None]
"""What a feed says of a page: key, url, published."""

_LONGEST = 2_000
"""Bytes of an address or key that is looked up: PostgreSQL indexes no more than some 2,700."""
_SHOWN = 200
_CHUNK = 500


def unusable(address: str) -> str | None:
    """Why an address cannot be kept, or None."""
    if printable(address) != address:
        return "holds control characters"
    return "is longer than 2,000 bytes" if len(address.encode()) > _LONGEST else None


def beginnings(connection: Connection, feed: int, entries: Sequence[Entry], now: datetime) -> list[dict[str, Any]]:
    """The rows of ``feed_entries`` to insert, for those whose key the feed has not given before.

    A url that is known begins as it stands: settled without a fetch, or waiting with the others of it. When the same
    feed gives it again with another date, the page has changed and is new, if its article is not withdrawn.
    """
    given: dict[str, tuple[str, str | None]] = {}
    for key, url, published in entries:
        given.setdefault(_kept_key(key), (url, published and one_line(published, _SHOWN)))
    for chunk in _chunks(list(given)):
        held = select(feed_entries.c.key).where(feed_entries.c.feed == feed, feed_entries.c.key.in_(chunk))
        for key in connection.execute(held).scalars().all():
            del given[key]
    known = _known(connection, {url for url, _ in given.values() if not unusable(url)})
    rows = []
    for key, (url, published) in given.items():
        row = {"feed": feed, "key": key, "url": url, "published": published, "attempts": 0, "due": stamp(now)}
        row |= {"problem": None, "article": None, "state": "new"}
        if reason := unusable(url):
            row |= {"url": one_line(url, _SHOWN), "state": "refused", "problem": f"the address {reason}"}
        elif (standing := _standing(known.get(url, ()))) and not _changed(known[url], standing, feed, published):
            row |= {name: getattr(standing, name) for name in ("state", "attempts", "due", "problem", "article")}
        rows.append(row)
    return rows


def settled(connection: Connection, url: str) -> Row[Any] | None:
    """The entry that tells what became of a url: the newest taken one, or else the newest refused one."""
    rows = _known(connection, [url]).get(url, ())
    return _standing([row for row in rows if row.state != "new"])


def _known(connection: Connection, urls: Iterable[str]) -> dict[str, list[Row[Any]]]:
    """The entries of each url that wait or are settled; one that failed may be tried anew."""
    found: dict[str, list[Row[Any]]] = {}
    of_url = select(feed_entries, articles.c.withdrawn).join(articles, isouter=True)
    of_url = of_url.where(feed_entries.c.state != "failed").order_by(feed_entries.c.id)
    for chunk in _chunks(sorted(urls)):
        for row in connection.execute(of_url.where(feed_entries.c.url.in_(chunk))):
            found.setdefault(row.url, []).append(row)
    return found


def _standing(rows: Sequence[Row[Any]]) -> Row[Any] | None:
    return max(rows, key=lambda row: (row.state == "taken", row.id), default=None)


def _changed(rows: Sequence[Row[Any]], standing: Row[Any], feed: int, published: str | None) -> bool:
    dates = {row.published for row in rows if row.feed == feed}
    settled_and_wanted = standing.state != "new" and not standing.withdrawn
    return bool(settled_and_wanted and dates and published and published not in dates)


def _kept_key(key: str) -> str:
    if unusable(key):
        return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()
    return key


def _chunks(values: Sequence[str]) -> Iterator[Sequence[str]]:
    return (values[i : i + _CHUNK] for i in range(0, len(values), _CHUNK))
