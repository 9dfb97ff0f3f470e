"""A thread that nobody waits for in the end."""

import threading
from collections.abc import Callable
from concurrent.futures import Executor, Future
from queue import SimpleQueue
from typing import ParamSpec, TypeVar

__all__ = ["Thread"]

P = ParamSpec("P")
T = TypeVar("T")


class Thread(Executor):
    """Does what it is given in one thread, in order.

    Unlike that of ``concurrent.futures`` it is a daemon: a process that ends does not wait for a database that does
    not answer.
    """

    def __init__(self, name: str) -> None:
        self._work: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._lock = threading.Lock()
        self._ended = False

    def submit(self, function: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> "Future[T]":
        """See ``Executor.submit``."""
        done: Future[T] = Future()

        def work() -> None:
            if not done.set_running_or_notify_cancel():
                return
            try:
                result = function(*args, **kwargs)
            except BaseException as error:  # noqa: BLE001  (it is for who awaits the result)
                done.set_exception(error)
            else:
                done.set_result(result)

        with self._lock:
            if self._ended:
                raise RuntimeError("the thread has been shut down")
            if not self._thread.ident:
                self._thread.start()
            self._work.put(work)
        return done

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """See ``Executor.shutdown``; what was submitted before is still done."""
        if cancel_futures:
            raise NotImplementedError
        with self._lock:
            if not self._ended:
                self._ended = True
                self._work.put(None)
        if wait and self._thread.ident:
            self._thread.join()

    def _run(self) -> None:
        while work := self._work.get():
            work()
