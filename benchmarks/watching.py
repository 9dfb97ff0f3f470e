"""Watching: answers while a feed of 500 articles comes in, against the same answers before, in one run."""

import asyncio
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time

from benchmarks import seed
from bot.dialogue import Dialogue
from knowledge.library import Library
from knowledge.store.peek import peek
from tests.auxil.outlet import put_feed, put_page
from tests.auxil.stories import STORIES
from tests.auxil.web_server import WebServer

_ARTICLES = 500
_QUIET = 2_000  # answers before the feed
_GAP = 0.005  # seconds between two answers, as with many readers


async def _site(articles: int) -> None:
    """Serve the feed and its pages until the parent goes; prints the feed's address."""
    chance = random.Random(5)
    sentences = [line for story in STORIES for line in story.text.split("\n") if line.strip()]
    async with WebServer() as server:
        links = []
        for i in range(articles):
            words = [f"The lighthouse{i} of Norland was painted in May, Ana Reyes said."]
            links.append(put_page(server, f"/{i}", f"Story {i}", [*words, *chance.sample(sentences, 22)]))
        print(put_feed(server, "/feed", links), flush=True)
        await asyncio.to_thread(sys.stdin.read)


def main(articles: int = _ARTICLES) -> None:
    """Site, worker and the answers are a process each, as in life: what one has loaded must not weigh on another."""
    with tempfile.TemporaryDirectory() as folder, _python("-m", __spec__.name, "site", str(articles)) as site:
        assert site.stdout
        database = f"sqlite:///{folder}/watch.db"
        subprocess.run([sys.executable, "-m", "bot", "ingest", "--database", database, "seeds"], check=True,
                       stdout=subprocess.DEVNULL)  # fmt: skip
        with Library.open(database) as library:
            dialogue = Dialogue(library)
            before = [_answered(dialogue, i) for i in range(_QUIET)]
            with _worker(database, site.stdout.readline().strip()) as worker:
                during, arrived, lags = _while_coming_in(dialogue, library, database, articles)
                worker.terminate()
            after = [_answered(dialogue, i) for i in range(_QUIET)]
    print(f"  {len(arrived)} articles in {arrived[-1] - arrived[0]:.0f} s, {len(during):,} answers meanwhile")
    for name, taken in (("before", before), ("while they come in", during), ("after", after)):
        print(f"  {name}: p50 {statistics.median(taken):.2f} ms, p99 {_p99(taken):.2f} ms, most {max(taken):.0f} ms")
    print(
        f"  p99 while they come in / before {_p99(during) / _p99(before):.2f} (limit 1.5; the articles grow meanwhile)"
    )
    print(f"  p99 while they come in / after {_p99(during) / _p99(after):.2f} (limit 1.5; of as many articles)")
    print(f"  from stored to answered: p50 {statistics.median(lags):.1f} s, most {max(lags):.1f} s (limit 5)")


def _while_coming_in(
    dialogue: Dialogue, library: Library, database: str, articles: int
) -> tuple[list[float], list[float], list[float]]:
    """(answers in ms, when each article could be asked about, seconds from its being stored until then)."""
    taken: list[float] = []
    stored: list[float] = []  # when the store was first seen to hold so many changes more
    held: list[float] = []
    first = _sequence(database)
    last = time.monotonic()
    while len(held) < articles and time.monotonic() - last < 300:
        taken.append(_answered(dialogue, len(taken)))
        now = time.monotonic()
        stored += [now] * (_sequence(database) - first - len(stored))
        meta = library.index.meta()
        come = min((meta["sequence"] if meta else first) - first, len(stored)) - len(held)
        held += [now] * come
        last = now if come else last
    return taken, held, [late - early for early, late in zip(stored, held, strict=False)]


def _sequence(database: str) -> int:
    glimpse = peek(database)
    assert glimpse
    return glimpse[1]


def _answered(dialogue: Dialogue, number: int) -> float:
    """How long one turn took, in milliseconds of the clock."""
    time.sleep(_GAP)
    question = seed.QUESTIONS[number % len(seed.QUESTIONS)]
    started = time.perf_counter()
    dialogue.ask(f"chat{number % 50}", question)
    return (time.perf_counter() - started) * 1000


def _p99(taken: list[float]) -> float:
    return statistics.quantiles(taken, n=100)[98]


def _worker(database: str, feed: str) -> subprocess.Popen[str]:
    return _python("-m", "bot", "watch", "--with-parent", "--database", database,
                   ONRECORD_FEEDS=feed, ONRECORD_ALLOW_PRIVATE_ADDRESSES="1", ONRECORD_HOST_GAP="0",
                   ONRECORD_LOG_LEVEL="ERROR")  # fmt: skip


def _python(*arguments: str, **settings: str) -> subprocess.Popen[str]:
    """A Python process of its own, which ends when its standard input does."""
    pipe = subprocess.PIPE
    return subprocess.Popen(
        [sys.executable, *arguments], env={**os.environ, **settings}, stdin=pipe, stdout=pipe, text=True
    )


if __name__ == "__main__":
    if sys.argv[1:2] == ["site"]:
        asyncio.run(_site(int(sys.argv[2])))
    else:
        main(*map(int, sys.argv[1:]))
