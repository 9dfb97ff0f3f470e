"""Building articles on Ray: as in ``bot.building``, on as many machines as the cluster has."""

import asyncio
import logging
import os
import secrets
import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from functools import cached_property
from types import TracebackType
from typing import Any, Self

import ray
from ray.exceptions import NodeDiedError, ObjectLostError, OutOfMemoryError, RayError, WorkerCrashedError

from bot.building import answer
from knowledge.errors import InputError, OnRecordError
from knowledge.ingest import Builder
from knowledge.models import Article, ArticleRecord
from knowledge.text import one_line

__all__ = ["RayPool"]

_TRIES = 3  # one more than processes of this machine get: here machines, too, come and go
_STORE = 2**27  # bytes of shared memory: articles and records are small, and few are under way at a time
_SHOWN = 200  # characters of an error of Ray's
_LOST = (WorkerCrashedError, OutOfMemoryError, NodeDiedError, ObjectLostError)


class RayPool:
    """Builds articles in the worker processes of Ray; a context manager that disconnects at its end.

    With ``address``, as ``ray.init`` takes it, they are those of a running cluster, which is left as it is; without,
    a Ray of this machine alone is started with ``cores`` workers, and ended. ``load`` is called once in each worker;
    it is pickled. An article whose worker is lost (killed, out of memory, its machine gone) is built again by
    another; after three tries the article is refused. When no worker can load, building fails with an OnRecordError.
    Raises an OnRecordError when Ray cannot be reached or started.
    """

    def __init__(self, load: Callable[[], Builder], address: str | None, cores: int) -> None:
        _connect(address, cores)
        work = _Work(load)

        # Ray unpickles a function once in each worker, with what it holds; lost articles are tried again here, by name.
        @ray.remote(num_cpus=1, max_retries=0)
        def build(article: Article | None) -> bytes | str | OnRecordError | None:
            return work.do(article)

        self._remote = build.remote
        self._stopped = asyncio.Event()
        self._runner = asyncio.Runner(loop_factory=asyncio.new_event_loop)
        self._loop = self._runner.get_loop()
        self._thread = threading.Thread(target=self._run, name="ray-build", daemon=True)
        self._ready: Future[None] = self._start(self._load())
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Leave Ray, which ends what its workers do for us."""
        self._loop.call_soon_threadsafe(self._stopped.set)
        self._thread.join()
        ray.shutdown()

    def submit(self, article: Article) -> Future[ArticleRecord]:
        """The record of one article, when it is built.

        It fails with an InputError when this article cannot be built, with another OnRecordError when none can.
        """
        return self._start(self._built(article))

    def _start(self, work: Any) -> Future[Any]:
        return asyncio.run_coroutine_threadsafe(work, self._loop)

    def _run(self) -> None:
        with self._runner:  # cancels what is under way
            self._runner.run(self._stopped.wait())

    async def _load(self) -> None:
        """See a worker load, so that what fails there is not taken for a fault of the articles."""
        try:
            await self._answer(None)
        except _LostError as error:
            raise OnRecordError(f"articles cannot be built: {error} before it was ready; see Ray's logs") from error

    async def _built(self, article: Article) -> ArticleRecord:
        await asyncio.wrap_future(self._ready)
        try:
            answered = await self._answer(article)
        except _LostError as error:
            raise InputError(article.id, f"cannot be built: {error} at it; cut it or leave it out") from error
        if isinstance(answered, str):
            raise InputError(article.id, answered)
        return ArticleRecord.model_validate_json(answered)

    async def _answer(self, article: Article | None) -> Any:
        for _ in range(_TRIES):
            try:
                answered = await self._remote(article)
            except _LOST:
                continue
            except RayError as error:
                raise OnRecordError(f"articles cannot be built: {_line(error)}") from error
            if isinstance(answered, OnRecordError):
                raise answered
            return answered
        raise _LostError(f"Ray lost a worker {_TRIES} times")


class _LostError(Exception):
    """Each worker that tried was lost; the message is the start of a sentence."""


class _Work:
    """What a worker does: load once, and build what it is given."""

    def __init__(self, load: Callable[[], Builder]) -> None:
        self._load = load

    @cached_property
    def _build(self) -> Builder:
        return self._load()

    def do(self, article: Article | None) -> bytes | str | OnRecordError | None:
        """Build an article (None: be ready to); an error is told why nothing can be built."""
        try:
            build = self._build
        except OnRecordError as error:
            return error
        return None if article is None else answer(article, build)


def _connect(address: str | None, cores: int) -> None:
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    if not address:
        os.environ.setdefault("RAY_AUTH_TOKEN", secrets.token_hex())  # else Ray leaves one in the user's home
    own: dict[str, Any] = {"num_cpus": cores, "include_dashboard": False, "object_store_memory": _STORE}
    with _own_signals():
        try:
            ray.init(
                address or "local", log_to_driver=False, logging_level=logging.CRITICAL, **({} if address else own)
            )
        except Exception as error:
            ray.shutdown()
            what = f"--address {address}: cannot reach Ray" if address else "cannot start Ray"
            raise OnRecordError(f"{what} ({_line(error)})") from error
    # Else it prints on standard output of every worker that is lost; those that matter we tell of.
    ray._private.worker._worker_logs_enabled = False


def _line(error: Exception) -> str:
    cause = getattr(error, "cause", None) or error  # of an error in a worker, without its traceback
    return one_line(f"{type(cause).__name__}: {cause}", _SHOWN)


@contextmanager
def _own_signals() -> Iterator[None]:
    """Keep how this process ends on SIGTERM, which Ray would change."""
    before = signal.getsignal(signal.SIGTERM)
    try:
        yield
    finally:
        if threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGTERM, before)
