"""Reading ahead: a thread reads what comes next while what came before is worked on; bounded in number and in size."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from knowledge.models import Article
from knowledge.sources import Read

__all__ = ["Ended", "ReadAhead"]

_LEAVE = 0.5  # seconds: how long closing waits for the thread, which may be held up by a source that says nothing


@dataclass(frozen=True)
class Ended:
    """There is nothing more to read: the sources are at their end, or ``error`` stopped the reading."""

    error: BaseException | None = None


class ReadAhead:
    """Reads in a thread and hands each read to ``put``, an ``Ended`` last; a context manager that starts and stops it.

    ``open_reads`` is called in that thread. No more than ``inputs`` reads, and no more than ``characters`` of text
    (but one read at least), are out at a time, and one more waits in the thread; ``done`` gives one back. A source
    that blocks, such as a pipe, does not keep the program from ending.
    """

    def __init__(
        self,
        open_reads: Callable[[], Iterator[Read]],
        put: Callable[[Read | Ended], None],
        *,
        inputs: int,
        characters: int,
    ) -> None:
        self._open_reads = open_reads
        self._put = put
        self._most = (inputs, characters)
        self._out = (0, 0)
        self._closed = False
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._run, name="read-ahead", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        with self._changed:
            self._closed = True
            self._changed.notify()
        self._thread.join(_LEAVE)

    def done(self, read: Read) -> None:
        """Give back one that is done with, so that the next can be read."""
        with self._changed:
            self._out = (self._out[0] - 1, self._out[1] - _size(read))
            self._changed.notify()

    def _run(self) -> None:
        ended = Ended()
        try:
            for read in self._open_reads():
                if not self._let_out(_size(read)):
                    return
                self._put(read)
        except BaseException as error:  # noqa: BLE001  (whoever waits for the reads is told, and raises it)
            ended = Ended(error)
        self._put(ended)

    def _let_out(self, size: int) -> bool:
        """Wait until there is room; false when nobody wants it any more."""
        with self._changed:
            self._changed.wait_for(lambda: self._closed or self._has_room(size))
            self._out = (self._out[0] + 1, self._out[1] + size)
            return not self._closed

    def _has_room(self, size: int) -> bool:
        inputs, characters = self._out
        return not inputs or (inputs < self._most[0] and characters + size <= self._most[1])


def _size(read: Read) -> int:
    return len(read.text) if isinstance(read, Article) else 0
