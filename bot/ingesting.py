"""The ingest command: progress, one line for each input refused, and the index brought up to date."""

import contextlib
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence

from bot.environment import index_setting, spacy_model
from knowledge.index.follow import follow
from knowledge.index.search import SearchIndex, index_folder
from knowledge.ingest import Builder, ingest
from knowledge.store.database import open_engine

__all__ = ["ingest_sources", "progress"]

_FOLLOW_EVERY = 2.0  # seconds: a reader sees a new article that soon while a long ingest goes on


def ingest_sources(database: str, sources: Sequence[str], *, as_json: bool) -> int:
    """Ingest the sources; how many inputs were refused. ``as_json`` prints a line for each article on stdout."""
    engine = open_engine(database, create=True)
    index = SearchIndex(index_folder(database, index_setting()))
    counted: Counter[str] = Counter()
    try:
        with progress("Reading articles") as step:
            followed = time.monotonic()
            for report in ingest(engine, sources, sys.stdin.buffer, _builder):
                counted[report.status] += 1
                counted.update(sentences=report.sentences, quotes=report.quotes, facts=report.facts)
                if report.error:
                    print(f"onrecord: {report.error}", file=sys.stderr)
                if as_json:
                    print(report.model_dump_json(), flush=True)
                step(report.name)
                if time.monotonic() - followed > _FOLLOW_EVERY:
                    follow(index, engine)
                    followed = time.monotonic()
            follow(index, engine)
    finally:
        engine.dispose()
    if not as_json:
        print(_summary(counted))
    return counted["rejected"]


def _builder() -> Builder:
    from functools import partial

    from knowledge.build import build_record, load_model

    return partial(build_record, nlp=load_model(spacy_model()))


def _summary(counted: Counter[str]) -> str:
    done = ", ".join(f"{counted[s]:,} {s}" for s in ("added", "updated", "unchanged", "rejected") if counted[s])
    if not counted["sentences"]:
        return f"Articles: {done or 'none'}."
    found = ", ".join(f"{counted[kind]:,} {kind}" for kind in ("sentences", "quotes", "facts"))
    return f"Articles: {done}; {found}."


@contextlib.contextmanager
def progress(title: str) -> Iterator[Callable[[str], None]]:
    """Show on stderr, when that is a terminal, how many are done and which was the last."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console
    from rich.markup import escape
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}: {task.completed}"),
        TimeElapsedColumn(),
        TextColumn("{task.fields[last]}"),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as shown:
        task = shown.add_task(title, total=None, last="")
        yield lambda name: shown.update(task, advance=1, last=escape(name[:60]))
