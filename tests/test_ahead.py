"""Reading ahead: in a thread, as far as there is room for, and no further."""

import threading
from collections.abc import Iterator
from queue import Empty, SimpleQueue

import pytest

from knowledge.ahead import Ended, ReadAhead
from knowledge.errors import InputError
from knowledge.models import Article


def articles(number: int, size: int) -> list[Article]:
    return [Article(id=str(i), text="x" * size) for i in range(number)]


@pytest.mark.parametrize(("size", "at_once"), [(1, 5), (20, 5), (21, 4), (50, 2), (51, 1), (500, 1)])
def test_so_many_are_out_at_a_time(size, at_once):
    events: SimpleQueue[object] = SimpleQueue()
    given = articles(at_once + 1, size)
    with ReadAhead(lambda: iter(given), events.put, inputs=5, characters=100) as ahead:
        assert [events.get(timeout=60) for _ in range(at_once)] == given[:-1]
        with pytest.raises(Empty):
            events.get(timeout=0.05)
        ahead.done(given[0])
        assert events.get(timeout=60) == given[-1]
        assert events.get(timeout=60) == Ended()


def test_what_cannot_be_read_takes_a_place_but_no_room():
    events: SimpleQueue[object] = SimpleQueue()
    refused = InputError("a", "no")
    with ReadAhead(lambda: iter([refused] * 9), events.put, inputs=5, characters=0) as ahead:
        assert [events.get(timeout=60) for _ in range(5)] == [refused] * 5
        ahead.done(refused)
        assert events.get(timeout=60) == refused
        with pytest.raises(Empty):
            events.get(timeout=0.05)


def test_a_source_that_says_nothing_holds_nobody_up():
    silence = threading.Event()

    def silent() -> Iterator[Article]:
        silence.wait(60)
        yield from articles(1, 1)

    events: SimpleQueue[object] = SimpleQueue()
    with ReadAhead(silent, events.put, inputs=5, characters=100):
        pass
    silence.set()
    with pytest.raises(Empty):
        events.get(timeout=0.05)
