"""Taking articles in: read, skip what is held already, build, store; each article whole or not at all, in order."""

from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import Future
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import BinaryIO, Literal, Protocol

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Engine

from knowledge.ahead import Ended, ReadAhead
from knowledge.errors import InputError, OnRecordError
from knowledge.models import Article, ArticleRecord
from knowledge.sources import Read, Web, read_sources
from knowledge.store.writing import digest, is_current, save

__all__ = ["Builder", "BuilderPool", "Report", "build_error", "ingest", "store_article"]

_FEW = 8  # articles: up to so many are built here sooner than a pool's processes have loaded their models
_BRISK = 0.1  # seconds without a new input: after that, those that are here count as all there are for now
_INPUTS, _CHARACTERS = 32, 4_000_000  # under way at a time: work for many processes, or two of the longest articles


class Report(BaseModel):
    """What became of one input; ``name`` says which, ``article_id`` is empty when it could not even be read."""

    model_config = ConfigDict(frozen=True)

    article_id: str
    status: Literal["added", "updated", "unchanged", "rejected"]
    sentences: int = 0
    quotes: int = 0
    facts: int = 0
    error: str | None = None
    name: str = Field(default="", exclude=True)


class Builder(Protocol):
    """What makes records of articles; ``knowledge.build.build_record`` with its model."""

    def __call__(self, article: Article) -> ArticleRecord:
        """The record of one article."""
        ...


class BuilderPool(Protocol):
    """What builds several articles at a time; ``ProcessPool`` and ``RayPool`` in ``bot``."""

    def submit(self, article: Article) -> Future[ArticleRecord]:
        """The record of one article, when it is built.

        It fails with an InputError when this article cannot be built, with another OnRecordError when none can.
        """
        ...


def ingest(
    engine: Engine,
    sources: Iterable[str],
    stdin: BinaryIO,
    builder: Callable[[], Builder],
    *,
    pool: Callable[[], AbstractContextManager[BuilderPool]] | None = None,
    few: int = _FEW,
    inputs: int = _INPUTS,
    web: Web | None = None,
) -> Generator[Report, None, None]:
    """Ingest every article of the sources, yielding a report as each is done, in the order of the sources.

    The sources are read in a thread; no more than ``inputs`` are under way at a time. ``builder`` is called once, when
    there is an article to build: loading its model takes a second. As soon as ``few`` articles wait, the ``pool`` is
    started, and builds those and all that follow; storing stays here, one article a transaction. Two articles of one
    run with one id and different texts are a mistake: the second is rejected. An article that cannot be built is
    rejected; the others go in.
    """

    def reads() -> Iterator[Read]:
        return read_sources(sources, stdin, web=web)

    with ExitStack() as stack:
        events: SimpleQueue[_Event] = SimpleQueue()
        ahead = stack.enter_context(ReadAhead(reads, events.put, inputs=inputs, characters=_CHARACTERS))
        run = _Run(engine, builder, pool and (lambda: stack.enter_context(pool())), few, events)
        while (turn := run.next()) is not None:
            ahead.done(turn.read)
            yield run.report(turn)


def store_article(engine: Engine, article: Article, build: Builder) -> Report:
    """Ingest one article: skip it when it is held just so, else build it and store it in one transaction.

    When it cannot be built or holds no sentence, it is rejected; an OnRecordError that is no InputError, and errors
    of the database, are raised.
    """
    if is_current(engine, article):
        return _unchanged(article)
    return _store(engine, article, lambda: build(article))


def build_error(article: Article, error: Exception) -> InputError:
    """Why an article is rejected that could not be built: ``error``, in one line."""
    return InputError(article.id, f"cannot be built ({_line(error)}); leave it out, and report it with its text")


def _line(error: Exception) -> str:
    return " ".join(f"{type(error).__name__}: {error}".split())[:200]


def _store(engine: Engine, article: Article, built: Callable[[], ArticleRecord]) -> Report:
    try:
        record = built()
    except InputError as error:
        return _rejected(article, error)
    except OnRecordError:
        raise  # nothing can be built: the model is missing
    except Exception as error:  # noqa: BLE001  (whatever is wrong with one article, the others go in)
        return _rejected(article, build_error(article, error))
    if not record.sentences:
        return _rejected(article, InputError(article.id, "holds no sentence; nothing could be cited from it"))
    try:
        status = save(engine, record)
    except InputError as error:
        return _rejected(article, error)
    return Report(
        article_id=article.id,
        status=status,
        sentences=len(record.sentences),
        quotes=len(record.quotes),
        facts=len(record.facts),
        name=article.id,
    )


def _unchanged(article: Article) -> Report:
    return Report(article_id=article.id, status="unchanged", name=article.id)


def _rejected(article: Article, error: InputError) -> Report:
    return Report(article_id=article.id, status="rejected", error=str(error), name=article.id)


@dataclass(frozen=True)
class _Told:
    """An input that needs no building, and the report on it."""

    read: Read
    report: Report


@dataclass
class _Job:
    """An article to build; ``built`` when a pool does it."""

    read: Article
    built: Future[ArticleRecord] | None = None


_Event = Read | Ended | None  # None: something is built


class _Run:
    """The inputs of one run, in line until it is their turn to be told of."""

    def __init__(
        self,
        engine: Engine,
        builder: Callable[[], Builder],
        start_pool: Callable[[], BuilderPool] | None,
        few: int,
        events: SimpleQueue[_Event],
    ) -> None:
        self._engine = engine
        self._builder = builder
        self._build: Builder | None = None
        self._start_pool = start_pool
        self._pool: BuilderPool | None = None
        self._few = few
        self._events = events
        self._line: deque[_Told | _Job] = deque()
        self._ended: Ended | None = None
        self._seen: dict[str, str] = {}

    def next(self) -> _Told | _Job | None:
        """The next in line, when at most it is still to be built here; None at the end."""
        while not self._events.empty():
            self._take(self._events.get())
        while not (self._line or self._ended):
            self._take(self._events.get())
        if not self._line:
            if self._ended and self._ended.error:
                raise self._ended.error
            return None
        head = self._line[0]
        if isinstance(head, _Job):
            if not head.built and not self._build and self._start_pool:
                self._wait_for_more()
            while head.built and not head.built.done():
                self._take(self._events.get())
        return self._line.popleft()

    def report(self, turn: _Told | _Job) -> Report:
        """Do what is left to do for an input: build it, store it."""
        if isinstance(turn, _Told):
            return turn.report
        if turn.built:
            return _store(self._engine, turn.read, turn.built.result)
        build = self._build = self._build or self._builder()
        return _store(self._engine, turn.read, lambda: build(turn.read))

    def _wait_for_more(self) -> None:
        """Before a model is loaded here, see whether there is work for a pool."""
        while not (self._pool or self._ended):
            try:
                self._take(self._events.get(timeout=_BRISK))
            except Empty:
                return

    def _take(self, event: _Event) -> None:
        if isinstance(event, Ended):
            self._ended = event
        elif event is not None:
            self._line.append(self._turn(event))
            self._share_out()

    def _share_out(self) -> None:
        """Hand what is to be built to the pool, when there is one or enough for one."""
        waiting = [turn for turn in self._line if isinstance(turn, _Job) and not turn.built]
        if self._pool is None and self._start_pool and len(waiting) >= self._few:
            self._pool = self._start_pool()
        if self._pool:
            for job in waiting:
                job.built = self._pool.submit(job.read)
                job.built.add_done_callback(lambda _: self._events.put(None))

    def _turn(self, read: Read) -> _Told | _Job:
        if isinstance(read, InputError):
            return _Told(read, Report(article_id="", status="rejected", error=str(read), name=read.name))
        fingerprint = digest(read)
        again = read.id in self._seen
        if self._seen.setdefault(read.id, fingerprint) != fingerprint:
            error = InputError(read.id, "another article of this run has this id; give each its own")
            return _Told(read, _rejected(read, error))
        if again or is_current(self._engine, read):
            return _Told(read, _unchanged(read))
        return _Job(read)
