"""Watching is killed fifty times at random moments: no article is half in, none is in twice, and it goes on."""

import asyncio
import os
import random
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections import Counter
from pathlib import Path

from sqlalchemy import select

from knowledge.library import Library
from knowledge.store.check import problems
from knowledge.store.database import open_engine
from knowledge.store.reading import article_ids
from knowledge.store.schema import revisions
from tests.auxil.outlet import put_feed, put_page
from tests.auxil.web_server import WebServer

ROOT = Path(__file__).parents[1]
KILLS = 50
FEEDS = 4
NEW = 2  # pages that each feed gets before each start


async def _told(process: Process, line: str) -> int:
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(f"{line}\n".encode())
    return int(await process.stdout.readline())


async def test_killed_fifty_times_every_article_is_in_exactly_once(tmp_path: Path):
    database = tmp_path / "watch.db"
    chance = random.Random(1789)
    links: list[list[str]] = [[] for _ in range(FEEDS)]
    async with WebServer() as server:

        def publish() -> None:
            for feed, held in enumerate(links):
                for _ in range(NEW):
                    number = len(held)
                    held.append(put_page(server, f"/{feed}/{number}", f"Bridge {number} of town {feed} opens"))
                put_feed(server, f"/feed/{feed}", held)

        publish()
        addresses = [server.url(f"/feed/{feed}") for feed in range(FEEDS)]
        command = [sys.executable, "-m", "tests.auxil.watch_child", str(database), *addresses]
        parent = await asyncio.create_subprocess_exec(*command, stdin=PIPE, stdout=PIPE, cwd=ROOT)
        for _ in range(KILLS):
            publish()
            child = await _told(parent, "go")
            await asyncio.sleep(chance.uniform(0.02, 0.3))
            os.kill(child, signal.SIGKILL)
            assert await _told(parent, "wait") == -signal.SIGKILL, "it watches until it is killed"
        assert await _told(parent, "once") > 0
        assert await _told(parent, "wait") == 0
        assert parent.stdin is not None
        parent.stdin.close()
        assert await parent.wait() == 0
        every = [link for held in links for link in held]
        engine = open_engine(f"sqlite:///{database}", create=False)
        assert sorted(article_ids(engine)) == sorted(every)
        with engine.connect() as connection:
            assert Counter(connection.execute(select(revisions.c.article)).scalars()) == Counter(every)
        assert list(problems(engine)) == []
        engine.dispose()
        with Library.open(f"sqlite:///{database}") as library:
            assert library.answerer.answer("is the bridge safe").answered
        fetched = Counter(request.path for request in server.requests if "/feed/" not in request.path)
        again = sum(count - 1 for path, count in fetched.items() if path != "/robots.txt")
        assert again <= 40 * KILLS, "what was taken is not fetched again"
