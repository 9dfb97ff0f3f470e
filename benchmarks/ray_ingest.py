"""Ingesting with Ray against the local pool: words per CPU second of all processes, scaling, and what archives cost.

    python -m benchmarks.ray_ingest [--articles N] [--eval FOLDER]

Each way ingests the same articles into a fresh database, in turn, few and many of them: the difference is what an
article costs without what a start does. The articles are those of ``benchmarks.ingesting``, or of
FOLDER/quotes/train.jsonl. CPU seconds are of the whole tree of processes, since other work may slow the clock; the
scaling is by the clock all the same. The cost model takes articles of 600 words.
"""

import argparse
import json
import math
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from benchmarks.ingesting import _articles, _family, _read
from knowledge.build import build_record, load_model
from knowledge.index.follow import follow
from knowledge.index.search import SearchIndex
from knowledge.models import Article, ArticleRecord
from knowledge.store.database import open_engine
from knowledge.store.writing import is_current, save
from tests.auxil.postgres import running

_MANY, _FEW, _TURNS = 80, 20, 2
_LIMIT = 0.9
_LOOK = 0.1  # seconds between two looks at the processes
_WORDS = 600  # of an article in the cost model
_DAY = 86_400
_INGEST = (
    "import sys; from bot.ingesting import ingest_sources;"
    "sys.exit(ingest_sources(sys.argv[1], [sys.argv[2]], as_json=True, engine=sys.argv[3], workers=int(sys.argv[4])))"
)


class _Spent(NamedTuple):
    """Seconds."""

    clock: float
    cpu: float


class _Driver(NamedTuple):
    """CPU ms an article of the one process that stores; of ``save``, and of PostgreSQL's own process, by the clock."""

    read: float
    save: float
    index: float
    clock: float

    @property
    def all(self) -> float:
        return self.read + self.save + self.index


def main(articles: int = _MANY, folder: Path | None = None) -> None:
    given = list(islice(_given(folder), articles)) if folder else list(_articles(articles))
    words = sum(len(article.text.split()) for article in given[_FEW:])
    ways = [("local", 2), ("ray", 2), ("ray", 1)]
    spent: dict[tuple[str, int], list[_Spent]] = {way: [] for way in ways}
    with tempfile.TemporaryDirectory() as place:
        few, many = Path(place, "few.jsonl"), Path(place, "many.jsonl")
        for path, some in ((few, given[:_FEW]), (many, given)):
            path.write_text("".join(f"{article.model_dump_json()}\n" for article in some), encoding="utf-8")
        for turn in range(_TURNS):
            for way in ways:
                less, more = (_run(f"{place}/{turn}{way[0]}{way[1]}{p.stem}.db", p, *way) for p in (few, many))
                spent[way].append(_Spent(more.clock - less.clock, more.cpu - less.cpu))
    rates = {way: words / statistics.median(s.cpu for s in spent[way]) for way in ways}
    for engine, workers in ways:
        print(f"  {engine}, {workers} workers: {rates[engine, workers]:,.0f} words/CPU s", end=" ")
        print(f"(by turn: {', '.join(f'{words / s.cpu:,.0f}' for s in spent[engine, workers])})")
    print(f"  ray / local {rates['ray', 2] / rates['local', 2]:.2f} (limit {_LIMIT})")
    one, two = (min(s.clock for s in spent["ray", workers]) for workers in (1, 2))
    print(f"  1 -> 2 workers, by the clock: {one / two:.2f} times as fast (other work on the machine lowers it)")
    _cost(given)


def _given(folder: Path) -> Iterator[Article]:
    with (folder / "quotes" / "train.jsonl").open(encoding="utf-8") as file:
        for line in file:
            row = json.loads(line)
            if 400 <= len(row["text"].split()) <= 800:
                yield Article(id=row["id"], title=row["title"], text=row["text"], publisher=row["publisher"])


def _run(database: str, source: Path, engine: str, workers: int) -> _Spent:
    """Ingest once. What Ray's processes used nobody waits for, so the tree is looked at as it works (Linux)."""
    command = [sys.executable, "-c", _INGEST, f"sqlite:///{database}", str(source), engine, str(workers)]
    started = time.perf_counter()
    used: dict[int, float] = {}
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
        while process.poll() is None:
            used |= {pid: cpu for pid in _family(process.pid) if (cpu := _cpu(pid))}
            time.sleep(_LOOK)
    assert process.returncode == 0
    return _Spent(time.perf_counter() - started, sum(used.values()))


def _cpu(pid: int) -> float:
    """The CPU seconds that a process has used; 0 when it has ended."""
    fields = _read(Path(f"/proc/{pid}/stat")).rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK") if fields else 0


def _cost(given: list[Article]) -> None:
    """What a word costs a worker and an article costs the driver, and what follows for archives."""
    nlp = load_model()
    build_record(given[0], nlp)
    records: list[ArticleRecord] = []
    building = _timed(lambda: records.extend(build_record(article, nlp) for article in given))
    of_600 = 1e3 * building * _WORDS / sum(len(article.text.split()) for article in given)
    print(f"  building an article of {_WORDS} words: {of_600:.0f} CPU ms of a worker")
    with tempfile.TemporaryDirectory() as place, running() as server, server.empty() as postgres:
        for name, url in (("SQLite", f"sqlite:///{place}/cost.db"), ("PostgreSQL", postgres)):
            driver = _driver(url, Path(place, name), records)
            told = f"reading {driver.read:.1f}, storing {driver.save:.1f} ({driver.clock:.1f} by the clock)"
            print(f"  {name}: CPU ms of the driver an article: {told}, index {driver.index:.1f}")
            daily = _DAY * 1000 / driver.all / 1e6
            print(f"    one driver keeps {of_600 / driver.all:.1f} workers busy: {daily:.1f} million articles a day")
            for millions in (1, 100, 1000):
                hours, days = millions * 1e6 * of_600 / 3.6e6, millions / daily
                print(f"    {millions:>5,} million: {hours:,.0f} worker hours; one driver {days:,.1f} days", end="; ")
                print(f"in a day {hours / 24:,.0f} workers and {math.ceil(days):,} drivers, a database each")


def _driver(url: str, index: Path, records: list[ArticleRecord]) -> _Driver:
    engine = open_engine(url, create=True)
    sent = [record.model_dump_json().encode() for record in records]

    def read() -> None:
        for record, data in zip(records, sent, strict=True):
            is_current(engine, record.article)
            ArticleRecord.model_validate_json(data)

    save(engine, records[0])
    reading = _timed(read)
    started = time.perf_counter()
    saving = _timed(lambda: [save(engine, record) for record in records[1:]])
    clock = time.perf_counter() - started
    searched = SearchIndex(index)
    following = _timed(lambda: follow(searched, engine))
    engine.dispose()
    per = 1e3 / len(records)
    return _Driver(reading * per, saving * per, following * per, clock * per)


def _timed(work: Callable[[], object]) -> float:
    started = time.process_time()
    work()
    return time.process_time() - started


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=_MANY)
    parser.add_argument("--eval", type=Path, default=None, help="folder with evaluation data")
    chosen = parser.parse_args()
    main(chosen.articles, chosen.eval)
