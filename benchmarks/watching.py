"""Watching: answers while a feed of 500 articles comes in, against the same answers before, in one run."""

import asyncio
import os
import random
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from benchmarks import seed
from bot.dialogue import Dialogue
from bot.ingesting import ingest_sources
from knowledge.library import Library
from tests.auxil.outlet import put_feed, put_page
from tests.auxil.stories import STORIES
from tests.auxil.web_server import WebServer

_ARTICLES = 500
_QUIET = 2_000  # answers before the feed
_GAP = 0.005  # seconds between two answers, as with many readers


class _Site(threading.Thread):
    """The web server in a thread of its own, so that it and the answers don't wait for each other."""

    def __init__(self, articles: int) -> None:
        super().__init__(daemon=True)
        self._articles = articles
        self._ready = threading.Event()
        self.feed = ""

    def run(self) -> None:
        asyncio.run(self._serve())

    async def _serve(self) -> None:
        chance = random.Random(5)
        sentences = [line for story in STORIES for line in story.text.split("\n") if line.strip()]
        async with WebServer() as server:
            links = []
            for i in range(self._articles):
                words = [f"The lighthouse{i} of Norland was painted in May, Ana Reyes said."]
                links.append(put_page(server, f"/{i}", f"Story {i}", [*words, *chance.sample(sentences, 22)]))
            self.feed = put_feed(server, "/feed", links)
            self._ready.set()
            await asyncio.Event().wait()

    def up(self) -> str:
        self.start()
        self._ready.wait()
        return self.feed


def main(articles: int = _ARTICLES) -> None:
    feed = _Site(articles).up()
    with tempfile.TemporaryDirectory() as folder:
        database = f"sqlite:///{folder}/watch.db"
        ingest_sources(database, [str(Path("seeds"))], as_json=False)
        with Library.open(database) as library:
            dialogue = Dialogue(library)
            quiet = [_answered(dialogue, i) for i in range(_QUIET)]
            worker = _worker(database, feed)
            try:
                busy, arrived = [], []
                last = time.monotonic()
                while len(arrived) < articles and time.monotonic() - last < 300:
                    busy.append(_answered(dialogue, len(busy)))
                    count = library.index.frequency("kind", "a") - 1
                    arrived += [time.monotonic()] * (count - len(arrived))
            finally:
                worker.terminate()
                worker.wait(30)
    before, during = _p99(quiet), _p99(busy)
    print(f"  {len(arrived)} articles in {arrived[-1] - arrived[0]:.0f} s, {len(busy):,} answers meanwhile")
    print(
        f"  p50 {statistics.median(quiet):.2f} -> {statistics.median(busy):.2f} ms, p99 {before:.2f} -> {during:.2f} ms"
    )
    print(f"  p99 while the feed comes in / before {during / before:.2f} (limit 1.5)")


def _answered(dialogue: Dialogue, number: int) -> float:
    """How long one turn took, in milliseconds of the clock."""
    time.sleep(_GAP)
    question = seed.QUESTIONS[number % len(seed.QUESTIONS)]
    started = time.perf_counter()
    dialogue.ask(f"chat{number % 50}", question)
    return (time.perf_counter() - started) * 1000


def _p99(taken: list[float]) -> float:
    return statistics.quantiles(taken, n=100)[98]


def _worker(database: str, feed: str) -> subprocess.Popen[bytes]:
    settings = {"ONRECORD_FEEDS": feed, "ONRECORD_ALLOW_PRIVATE_ADDRESSES": "1", "ONRECORD_HOST_GAP": "0",
                "ONRECORD_LOG_LEVEL": "ERROR"}  # fmt: skip
    command = [sys.executable, "-m", "bot", "watch", "--with-parent", "--database", database]
    return subprocess.Popen(command, env={**os.environ, **settings}, stdin=subprocess.PIPE)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
