"""Feeds: 50 of 20 articles with faults of every kind, and the same a second time, in one run.

Every good article must be in exactly once, every bad one be named once; what has not changed costs no reading.
"""

import asyncio
import random
import sys
import tempfile
import time
from collections import Counter
from datetime import UTC, datetime, timedelta

from knowledge.store.database import open_engine
from knowledge.store.reading import article_ids
from knowledge.watching import Event, Watcher
from knowledge.web.fetch import Fetcher, Limits
from knowledge.web.polite import PoliteFetcher
from tests.auxil.outlet import BODY, page, put_feed, put_page
from tests.auxil.records import LineBuilder
from tests.auxil.web_server import FAULTS, WebServer

_FEEDS, _PAGES = 50, 20
_SHARE = 0.05
_BAD_PAGES = {
    "deep": "<html><body>" + "<div>" * 10_000 + "deep",
    "short": "<html><body><p>Nothing to see.</p></body></html>",
    "wall": "<html><body><form><input type='password'></form><p>Subscribe to continue reading.</p></body></html>",
    "foreign": page("Die Brücke", ["Am Montag ist die neue Brücke über den Fluss für alle geöffnet worden."] * 12),
}
_BOMB = '<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a "aaaa">]><rss version="2.0"><channel>&a;</channel></rss>'
_LATER = timedelta(hours=13)  # longer than a page that failed is put off


async def _run(feeds: int, pages: int) -> None:
    chance = random.Random(11)
    events: list[Event] = []
    now = datetime.now(UTC)
    build = LineBuilder()
    built: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as folder:
        engine = open_engine(f"sqlite:///{folder}/feeds.db", create=True)
        limits = Limits(redirects=5, bytes=1_000_000, seconds=1.0)
        async with (
            WebServer() as server,
            Fetcher("Benchmark/1", allow_private=True, limits=limits) as fetcher,
        ):
            good, bad = _publish(server, feeds, pages, chance)

            def noted(article):  # type: ignore[no-untyped-def]
                built[article.id] += 1
                return build(article)

            watcher = Watcher(
                engine,
                PoliteFetcher(fetcher, None, gap=0),
                lambda: noted,
                told=events.append,
                now=lambda: now,
            )
            watcher.watch([server.url(f"/feed/{i}") for i in range(feeds)])
            watcher.watch([server.put("/feed/entities", _BOMB, media_type="application/rss+xml")])
            watcher.watch([server.fault("/feed/endless", "endless")])
            now += timedelta(minutes=1)  # feeds are due from when they are added
            seconds = []
            rounds = []
            for _ in range(2):
                before, started = len(server.requests), time.monotonic()
                await watcher.poll()
                while await watcher.read():
                    pass
                seconds.append(time.monotonic() - started)
                rounds.append(server.requests[before:])
                if len(rounds) == 1:
                    now += timedelta(minutes=16)
            for _ in range(5):  # what failed for the moment is tried until it is given up
                now += _LATER
                while await watcher.read():
                    pass
        held = article_ids(engine)
        engine.dispose()
    named = Counter(event.address for event in events if event.kind == "page refused")
    again = [r for r in rounds[1] if r.path.startswith("/feed/")]
    print(f"  good articles in exactly once {len(set(held) & good)} of {len(good)}, others in {len(set(held) - good)}")
    print(f"  built twice {sum(count > 1 for count in built.values())}")
    print(f"  bad ones named once {sum(named[address] == 1 for address in bad)} of {len(bad)}, others named "
          f"{sum(address not in bad for address in named)}")  # fmt: skip
    unchanged = [r for r in rounds[1] if server.url(r.path) in good]
    failed = [event.address for event in events if event.kind == "feed failed"]
    print(f"  bad feeds named once {len(failed)} of 2")
    print(f"  second round: {len(again)} feeds asked, {len(unchanged)} good pages asked again")


def _publish(server: WebServer, feeds: int, pages: int, chance: random.Random) -> tuple[set[str], set[str]]:
    """Put the feeds and their pages; the addresses of the good ones and of those with a fault."""
    kinds = sorted({*FAULTS, *_BAD_PAGES} - {"429"})  # 429 closes the whole host, which here serves all
    good, bad = set(), set()
    for i in range(feeds):
        links = []
        for j in range(pages):
            path = f"/{i}/{j}"
            if chance.random() < _SHARE:
                kind = kinds[len(bad) % len(kinds)]
                links.append(server.put(path, _BAD_PAGES[kind]) if kind in _BAD_PAGES else server.fault(path, kind))
                bad.add(links[-1])
            else:
                story = [paragraph.replace("Harbour", f"Harbour{i}x{j}") for paragraph in BODY]
                links.append(put_page(server, path, f"Bridge {j} of town {i} opens", story))
                good.add(links[-1])
        put_feed(server, f"/feed/{i}", links, etag=f'"{i}"' if i % 2 else None)
    return good, bad


def main(feeds: int = _FEEDS, pages: int = _PAGES) -> None:
    asyncio.run(_run(feeds, pages))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
