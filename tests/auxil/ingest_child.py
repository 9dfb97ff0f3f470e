"""A process that ingests a folder, to be killed: ``python -m tests.auxil.ingest_child FOLDER DATABASE``.

With ``--each-line`` it forks, for each line it reads, one process that does so, and tells its id; after another line
it tells that process's exit code. Importing the libraries takes longer than all the rest, and so is done once.
With ``--pool`` two processes build, and it tells of each article as it is stored.
"""

import os
import sys
from contextlib import closing
from functools import partial
from io import BytesIO
from pathlib import Path

from bot.building import ProcessPool
from knowledge.index.follow import follow
from knowledge.index.search import SearchIndex
from knowledge.ingest import ingest
from knowledge.store.database import open_engine
from tests.auxil.records import LineBuilder, Said

__all__ = ["ingest_folder", "load"]

_FOLLOW_EVERY = 7


def load() -> LineBuilder:
    return LineBuilder(people=["Ana Reyes", "Ben Osei"], quotes=[Said("Ana Reyes", "the bridge is safe", "Reyes")])


def ingest_folder(folder: str, database: str, *, with_pool: bool = False) -> int:
    """Ingest the folder and bring the index up to it, now and then and at the end; returns how many were new."""
    engine = open_engine(f"sqlite:///{database}", create=True)
    index = SearchIndex(Path(f"{database}.index"))
    new = 0
    pool = partial(ProcessPool, load, 2) if with_pool else None
    with closing(ingest(engine, [folder], BytesIO(), load, pool=pool, few=1)) as reports:
        for report in reports:
            new += report.status in ("added", "updated")
            if with_pool:
                print(report.article_id, report.status, flush=True)
            if new % _FOLLOW_EVERY == 1:
                follow(index, engine)
    assert follow(index, engine)
    engine.dispose()
    return new


def _serve(folder: str, database: str) -> None:
    for _ in sys.stdin:
        child = os.fork()
        if not child:
            ingest_folder(folder, database)
            os._exit(0)
        print(child, flush=True)
        sys.stdin.readline()  # until then the id stays the child's, so that nobody else can be killed by it
        status = os.waitpid(child, 0)[1]
        print(os.waitstatus_to_exitcode(status), flush=True)


if __name__ == "__main__":
    if "--each-line" in sys.argv:
        _serve(sys.argv[1], sys.argv[2])
    else:
        print(ingest_folder(sys.argv[1], sys.argv[2], with_pool="--pool" in sys.argv))
