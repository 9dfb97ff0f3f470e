"""A process that watches feeds, to be killed: ``python -m tests.auxil.watch_child DATABASE FEED...``.

For each line it reads, it forks one process that watches until it is killed, and tells its id; after another line it
tells that process's exit code. "once" in place of "go": the process looks once at everything that is due, and ends.
"""

import asyncio
import os
import sys
from datetime import timedelta
from pathlib import Path

from knowledge.index.follow import follow
from knowledge.index.search import SearchIndex
from knowledge.store.database import open_engine
from knowledge.watching import Watcher
from knowledge.web.fetch import Fetcher
from knowledge.web.polite import PoliteFetcher
from knowledge.web.robots import Robots
from tests.auxil.records import LineBuilder

__all__ = ["watch"]


async def watch(database: str, addresses: list[str], *, once: bool) -> None:
    """Watch the feeds, each of them due all the time, until told to stop or, ``once``, until all is read."""
    engine = open_engine(f"sqlite:///{database}", create=True)
    index = SearchIndex(Path(f"{database}.index"))
    async with Fetcher("Test/1", allow_private=True) as fetcher:
        watcher = Watcher(
            engine,
            PoliteFetcher(fetcher, Robots(fetcher), gap=0),
            LineBuilder,
            interval=timedelta(0),
            stored=lambda: follow(index, engine, patience=0.0),
            idle=0.01,
        )
        watcher.watch(addresses)
        if not once:
            await watcher.run(asyncio.Event())
        await watcher.poll()
        while await watcher.read():
            pass
    assert follow(index, engine)


def _serve(database: str, addresses: list[str]) -> None:
    for line in sys.stdin:
        child = os.fork()
        if not child:
            asyncio.run(watch(database, addresses, once=line.strip() == "once"))
            os._exit(0)
        print(child, flush=True)
        sys.stdin.readline()  # until then the id stays the child's, so that nobody else can be killed by it
        status = os.waitpid(child, 0)[1]
        print(os.waitstatus_to_exitcode(status), flush=True)


if __name__ == "__main__":
    _serve(sys.argv[1], sys.argv[2:])
