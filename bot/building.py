"""Building articles in several processes, each with a model of its own; whatever ends one of them, nothing is lost."""

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from functools import partial
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection, wait
from queue import SimpleQueue
from types import TracebackType
from typing import Self

from knowledge.errors import InputError, OnRecordError
from knowledge.ingest import Builder, build_error
from knowledge.models import Article, ArticleRecord

__all__ = ["ProcessPool", "answer", "load_builder", "usable_cores"]

_MOST = 8  # processes: each holds a model, and one process stores what they make
_PATIENCE = 5.0  # seconds for a process to end by itself
_CONTEXT = multiprocessing.get_context("spawn")  # a fork would copy locks that other threads hold


def load_builder(model: str) -> Builder:
    """What makes records with the spaCy pipeline ``model``; a SettingsError when it is not installed."""
    from knowledge.build import build_record, load_model

    return partial(build_record, nlp=load_model(model))


def usable_cores() -> int:
    """How many processes are worth starting: one for each core that this process may use, at most eight."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(cores, _MOST)


class ProcessPool:
    """Builds articles in up to ``workers`` processes, started as they are needed; a context manager that ends them.

    ``load`` is called once in each process and makes its builder; it is pickled. A process that ends while it builds
    an article (killed, out of memory, crashed) is replaced and the article built once more; when that ends a process
    too, the article is refused. A process that ends before its builder is loaded is not replaced; when that was the
    last, or when ``load`` raises an OnRecordError, building fails with such an error.
    """

    def __init__(self, load: Callable[[], Builder], workers: int) -> None:
        self._load = load
        self._lock = threading.Lock()  # guards the next three
        self._closed = False
        self._left = workers
        self._running: set[_Worker] = set()
        self._places: SimpleQueue[_Worker | None] = SimpleQueue()  # None: a process is to be started
        for _ in range(workers):
            self._places.put(None)
        self._threads = ThreadPoolExecutor(workers, "build")  # each waits for one process at a time
        resource_tracker.ensure_running()  # else it starts with the first process, and unblocks what is blocked then

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """End the processes; after an error without waiting for what they are at."""
        with self._lock:
            self._closed = True
            for worker in self._running if kind else ():
                worker.kill()
        self._places.put(None)  # for threads that wait for a place: one wakes the next
        self._threads.shutdown(cancel_futures=True)
        for worker in self._running:
            worker.hang_up()
        for worker in self._running:
            worker.end()

    def submit(self, article: Article) -> Future[ArticleRecord]:
        """The record of one article, when it is built.

        It fails with an InputError when this article cannot be built, with another OnRecordError when none can.
        """
        return self._threads.submit(self._built, article)

    def _built(self, article: Article) -> ArticleRecord:
        how = ""
        for _ in range(2):
            worker = self._ready()
            place: _Worker | None = worker
            try:
                return worker.build(article)
            except _EndedError as error:
                how, place = str(error), None
                self._forget(worker)
            finally:
                self._places.put(place)
        raise InputError(
            article.id, f"cannot be built: the process at it {how}, and the next too; cut it or leave it out"
        )

    def _ready(self) -> "_Worker":
        """A process that has its builder and nothing to do."""
        while (worker := self._places.get()) is None:
            try:
                return self._started()
            except _EndedError as error:
                if not self._give_up_place():
                    self._places.put(None)
                    raise OnRecordError(
                        f"articles cannot be built: a process for it {error} before it was ready; free some memory"
                    ) from error
            except BaseException:
                self._places.put(None)
                raise
        return worker

    def _started(self) -> "_Worker":
        with self._lock:
            if self._closed:
                raise OnRecordError("articles are no longer built: the pool is closed")
            worker = _Worker(self._load)
            self._running.add(worker)
        try:
            worker.wait_until_ready()
        except BaseException:
            self._forget(worker)
            raise
        return worker

    def _give_up_place(self) -> bool:
        """Go on with one process less; false when it would be the last."""
        with self._lock:
            if self._left == 1:
                return False
            self._left -= 1
            return True

    def _forget(self, worker: "_Worker") -> None:
        with self._lock:
            self._running.discard(worker)
        worker.hang_up()
        worker.end()


class _EndedError(Exception):
    """A process has ended, or could not be started; the message says how, after the word "process"."""


class _Worker:
    """A process that builds one article at a time."""

    def __init__(self, load: Callable[[], Builder]) -> None:
        # An interrupt from the keyboard goes to all processes of the terminal; it is the parent's to end the others.
        blocked = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            self._wire, theirs = _CONTEXT.Pipe()
            with theirs:  # open in that process alone, so that its end is seen
                self._process = _CONTEXT.Process(target=_work, args=(theirs, load), name="build", daemon=True)
                self._process.start()
        except OSError as error:
            raise _EndedError(f"could not be started ({error.strerror})") from error
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, blocked)

    def wait_until_ready(self) -> None:
        with self._telling():
            failed = self._wire.recv()
        if failed:
            raise failed

    def build(self, article: Article) -> ArticleRecord:
        with self._telling():
            self._wire.send(article)
            answered = self._wire.recv()
        if isinstance(answered, str):
            raise InputError(article.id, answered)
        return ArticleRecord.model_validate_json(answered)

    def kill(self) -> None:
        self._process.kill()

    def hang_up(self) -> None:
        """Let the process end when it has nothing to do."""
        self._wire.close()

    def end(self) -> None:
        """Wait for the process to end, or make it end."""
        self._process.join(_PATIENCE)
        self._process.kill()
        self._process.join()

    @contextmanager
    def _telling(self) -> Iterator[None]:
        """Tell when the process ends."""
        try:
            yield
        except (EOFError, OSError) as error:
            self._process.join(_PATIENCE)
            code = self._process.exitcode
            how = f"was killed by signal {-code}" if code is not None and code < 0 else f"ended with code {code}"
            raise _EndedError(how) from error


def _work(wire: Connection, load: Callable[[], Builder]) -> None:
    """What a process does: load, say that it is ready or why not, and build what it is sent until there is no more."""
    threading.Thread(target=_end_with_parent, daemon=True).start()
    with suppress(EOFError, OSError):  # the parent hung up, or is gone
        try:
            build = load()
        except OnRecordError as error:
            wire.send(error)
            return
        wire.send(None)
        while True:
            wire.send(answer(wire.recv(), build))


def answer(article: Article, build: Builder) -> bytes | str:
    """An article's record as JSON, which is four times as quick to read as a pickle; a refusal's reason as a string."""
    try:
        return build(article).model_dump_json().encode()
    except InputError as error:
        return error.reason
    except Exception as error:  # noqa: BLE001  (whatever is wrong with one article, the process goes on)
        return build_error(article, error).reason


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent:
        wait([parent.sentinel])
        os._exit(1)  # in the middle of a long article, too
