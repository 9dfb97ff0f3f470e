"""Ingesting: articles a second of `onrecord ingest` with all cores against one, each from a start; memory over the run.

python -m benchmarks.ingesting [ARTICLES]

The articles are the sentences of the seeds and of the invented stories, dealt out anew, with a new name in each.
"""

import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from rich.progress import track

from benchmarks import seed
from bot.building import usable_cores
from knowledge.build import build_record, load_model
from knowledge.models import Article
from tests.auxil.stories import STORIES

_MANY, _WARM = 1000, 200
_LIMIT = 1.6
_PARAGRAPHS = (6, 12)  # of one to three sentences: 250 words or so
_SYLLABLES = "bar den fel gor hal kin lum mar nev os pel rin sto tar ulm ven wil yar zet".split()
_INGEST = (
    "import sys; from bot.ingesting import ingest_sources;"
    "sys.exit(ingest_sources(sys.argv[1], [sys.argv[2]], as_json=True, workers=int(sys.argv[3])))"
)


class _Run(NamedTuple):
    """Articles a second; of all processes: CPU ms an article, peak of memory in MB, of the first some and of all."""

    rate: float
    cpu: float
    warm: int
    peak: int


def main(articles: int = _MANY) -> None:
    cores = usable_cores()
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder, "articles.jsonl")
        with source.open("w", encoding="utf-8") as file:
            file.writelines(f"{article.model_dump_json()}\n" for article in _articles(articles))
        one, all_ = (_run(f"sqlite:///{folder}/{n}.db", source, workers=n, articles=articles) for n in (1, cores))
    print(f"  {articles:,} articles; a second: one core {one.rate:.1f}, {cores} cores {all_.rate:.1f}")
    print(f"  {cores} cores / one {all_.rate / one.rate:.2f} (mark {_LIMIT}; other work on the machine lowers it)")
    print(f"  CPU an article: one core {one.cpu:.0f} ms, {cores} cores {all_.cpu:.0f} ms")
    for name, run in (("one core", one), (f"{cores} cores", all_)):
        print(f"  {name}: memory peak of the first {_WARM} {run.warm:,} MB, of all {run.peak:,} MB;", end=" ")
        print(f"ratio {run.peak / run.warm:.2f}")


def _articles(number: int) -> Iterator[Article]:
    nlp = load_model()
    given = [*STORIES, *seed.articles()]
    sentences = [article.text[s.start : s.end] for article in given for s in build_record(article, nlp).sentences]
    chance = random.Random(5)
    for i in range(number):
        name = "".join(chance.choices(_SYLLABLES, k=4)).capitalize()
        paragraphs = [
            " ".join(chance.sample(sentences, chance.randint(1, 3))) for _ in range(chance.randint(*_PARAGRAPHS))
        ]
        text = "\n\n".join([*paragraphs, f"“We shall see what comes of it,” said Ana {name}, who was there."])
        yield Article(id=str(i), title=f"What Ana {name} saw", publisher="The Post", text=text)


def _run(database: str, source: Path, *, workers: int, articles: int) -> _Run:
    command = [sys.executable, "-c", _INGEST, database, str(source), str(workers)]
    warm = peak = 0
    started, used = time.perf_counter(), _cpu()
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        for done, _ in enumerate(track(process.stdout, f"{workers} at a time", total=articles), start=1):
            peak = max(peak, sum(map(_resident, _family(process.pid))))
            if done <= _WARM:
                warm = peak
    taken = time.perf_counter() - started
    assert process.returncode == 0
    return _Run(articles / taken, (_cpu() - used) / articles * 1e3, warm, peak)


def _cpu() -> float:
    """The CPU seconds of all processes that have ended, and of those that they waited for."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _family(pid: int) -> Iterator[int]:
    """A process and those it started, and so on (Linux)."""
    yield pid
    for children in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in _read(children).split():
            yield from _family(int(child))


def _resident(pid: int) -> int:
    """The process's resident memory in MB (Linux); 0 when it has ended."""
    pages = _read(Path(f"/proc/{pid}/statm")).split()
    return int(pages[1]) * os.sysconf("SC_PAGE_SIZE") // 2**20 if pages else 0


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii")
    except OSError:
        return ""


if __name__ == "__main__":
    main(*map(int, sys.argv[1:2]))
