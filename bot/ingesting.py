"""The ingest command: progress, one line for each input refused, and the index brought up to date."""

import contextlib
import io
import signal
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from types import FrameType
from typing import Any, BinaryIO

from bot.building import ProcessPool, load_builder, usable_cores
from bot.environment import index_setting, spacy_model
from knowledge.errors import OnRecordError
from knowledge.index.follow import follow
from knowledge.index.search import SearchIndex, index_folder
from knowledge.ingest import Builder, Report, ingest
from knowledge.sources import Web, needs_web
from knowledge.store.database import open_engine

__all__ = ["ENGINES", "ingest_sources", "make_builder", "progress"]

ENGINES = ("local", "ray")

_AHEAD_OF_RAY = 1000  # inputs under way at a time: work for a large cluster; their characters are bounded besides
_FOLLOW_EVERY = 2.0  # seconds: a reader sees a new article that soon while a long ingest goes on


def ingest_sources(
    database: str,
    sources: Sequence[str],
    *,
    as_json: bool,
    workers: int | None = None,
    engine: str = "local",
    address: str | None = None,
    web: Callable[[], Web] | None = None,
) -> int:
    """Ingest the sources; how many inputs were refused. ``as_json`` prints a line for each article on stdout.

    More than a few new articles are built in ``workers`` processes (by default one a core); 1 builds them all in this
    one. With the engine ``ray`` all are built on Ray: on the running cluster at ``address``, or with ``workers`` of a
    Ray that is started and ended here; an OnRecordError is raised when Ray is not installed. ``web`` makes what reads
    addresses; it is called when there is one, or a file of them, among the sources.
    """
    workers = workers or usable_cores()
    building = _on_ray(address, workers) if engine == "ray" else _in_processes(workers)
    store = open_engine(database, create=True)
    index = SearchIndex(index_folder(database, index_setting()))
    reports = ingest(
        store,
        sources,
        _stdin() if "-" in sources else io.BytesIO(),
        make_builder,
        web=web() if web and any(map(needs_web, sources)) else None,
        **building,
    )
    counted: Counter[str] = Counter()
    try:
        # Closing the reports ends the processes at once, whatever stops us.
        with _ending_when_terminated(), contextlib.closing(reports), progress("Reading articles") as step:
            followed = time.monotonic()
            for report in reports:
                counted[report.status] += 1
                counted.update(sentences=report.sentences, quotes=report.quotes, facts=report.facts)
                _tell(report, as_json=as_json)
                step(report.name)
                if time.monotonic() - followed > _FOLLOW_EVERY:
                    follow(index, store)
                    followed = time.monotonic()
            follow(index, store)
    finally:
        store.dispose()
    if not as_json:
        print(_summary(counted))
    return counted["rejected"]


def make_builder() -> Builder:
    """What makes records in this process, with the spaCy model of the settings; it takes a second."""
    return load_builder(spacy_model())


def _in_processes(workers: int) -> dict[str, Any]:
    return {"pool": partial(ProcessPool, partial(load_builder, spacy_model()), workers)} if workers > 1 else {}


def _on_ray(address: str | None, workers: int) -> dict[str, Any]:
    try:
        from bot.building_ray import RayPool
    except ModuleNotFoundError as error:
        missing = "--engine ray: Ray is not installed; pip install 'on-the-record[ray]', or leave it out"
        raise OnRecordError(missing) from error
    pool = partial(RayPool, partial(load_builder, spacy_model()), address, workers)
    return {"pool": pool, "few": 1, "inputs": _AHEAD_OF_RAY}


def _stdin() -> BinaryIO:
    """Standard input, read without Python's own object for it.

    A thread that is held up reading that object's buffer keeps its lock, and would make Python abort at the end.
    """
    return open(sys.stdin.fileno(), "rb", closefd=False)  # the descriptor is not ours to close


@contextlib.contextmanager
def _ending_when_terminated() -> Iterator[None]:
    """End in order on SIGTERM, as on an interrupt from the keyboard (signals are the main thread's)."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, _terminated)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _terminated(number: int, _frame: FrameType | None) -> None:
    sys.exit(128 + number)


def _tell(report: Report, *, as_json: bool) -> None:
    if report.error:
        print(f"onrecord: {report.error}", file=sys.stderr)
    if as_json:
        print(report.model_dump_json(), flush=True)


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
