"""Several who write at once, on real connections: no error, nothing lost, and the changes in the order of commits."""

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager

import pytest
from sqlalchemy import Connection, Engine, event, func, select, text

from knowledge.index.follow import follow
from knowledge.index.search import SearchIndex
from knowledge.models import ArticleRecord
from knowledge.store import reading, schema
from knowledge.store.check import problems
from knowledge.store.database import open_engine, take_turn, writing
from knowledge.store.withdrawing import is_withdrawn, withdraw
from knowledge.store.writing import save
from tests.auxil.records import lines, person

LONG = 30.0  # seconds: no test that passes waits so long
BRIEF = 0.3  # seconds in which a second writer that does not wait for the first one is done


class Held:
    """A connection's commit that waits: the statements are done, and nobody sees them yet."""

    def __init__(self, engine: Engine) -> None:
        self.reached = threading.Event()
        self._release = threading.Event()
        event.listen(engine, "commit", self._wait)

    def _wait(self, _connection: Connection) -> None:
        if not self.reached.is_set():
            self.reached.set()
            assert self._release.wait(LONG)

    def release(self) -> None:
        self._release.set()


@contextmanager
def beside(url: str, first: Callable[[Engine], object]) -> Iterator[tuple[Held, "Future[object]"]]:
    """While a block runs, ``first`` has done all but its commit, in a thread and on an engine of its own."""
    engine = open_engine(url, create=False)
    held = Held(engine)
    with ThreadPoolExecutor(1) as pool:
        future = pool.submit(first, engine)
        try:
            assert held.reached.wait(LONG)
            yield held, future
        finally:
            held.release()
            future.result(LONG)
            engine.dispose()


def at_once(url: str, works: list[Callable[[Engine], object]]) -> list[object]:
    """What each of the works returns, all begun together, each in a thread and on an engine of its own."""
    gate = threading.Barrier(len(works))

    def run(work: Callable[[Engine], object]) -> object:
        engine = open_engine(url, create=False)
        try:
            gate.wait()
            return work(engine)
        finally:
            engine.dispose()

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(run, works))


def saving(*records: ArticleRecord) -> Callable[[Engine], object]:
    return lambda engine: [save(engine, record) for record in records]


def withdrawing(article: str) -> Callable[[Engine], object]:
    return lambda engine: withdraw(engine, article)


# -- the order of the changes ----------------------------------------------------------------------------------------

SECONDS = [
    pytest.param(saving(lines("second", "A line.")), "second", id="one that saves"),
    pytest.param(withdrawing("held"), "held", id="one that withdraws"),
]
FIRSTS = [
    pytest.param(saving(lines("first", "A line.")), "first", id="before it one that saves"),
    pytest.param(withdrawing("old"), "old", id="before it one that withdraws"),
]


@pytest.mark.parametrize(("first", "its"), FIRSTS)
@pytest.mark.parametrize(("second", "others"), SECONDS)
def test_who_follows_the_changes_misses_none_that_is_committed_later(url, engine, first, its, second, others):
    saving(lines("held", "A line."), lines("old", "A line."))(engine)
    with ThreadPoolExecutor(1) as pool, beside(url, first) as (held, _):
        later = pool.submit(second, engine)
        with pytest.raises(TimeoutError):
            later.result(BRIEF)
        seen = reading.changes_after(engine, 2)
        held.release()
        later.result(LONG)
        seen += reading.changes_after(engine, seen[-1].sequence if seen else 2)
    assert [change.article for change in seen] == [its, others]
    assert [change.sequence for change in seen] == [3, 4]


# -- who is who ------------------------------------------------------------------------------------------------------


def test_two_of_one_name_who_come_at_once_are_two(url, engine):
    farmer = lines("farm", "John Smith sowed.", people=[person("John Smith", "a farmer in Ohio")])
    striker = lines("match", "John Smith scored.", people=[person("John Smith", "England striker")])
    with ThreadPoolExecutor(1) as pool, beside(url, saving(farmer)) as (held, _):
        later = pool.submit(save, engine, striker)
        with pytest.raises(TimeoutError):
            later.result(BRIEF)
        held.release()
        assert later.result(LONG) == "added"
    with engine.connect() as connection:
        assert connection.execute(select(schema.people.c.key).order_by("id")).scalars().all() == [
            "john smith",
            "john smith~2",
        ]


# -- no error, nothing lost ------------------------------------------------------------------------------------------


def bridge(identifier: str, number: int = 0) -> ArticleRecord:
    """One that names the mayor by her last name alone, or by all of it: who saves that gives others her fuller key."""
    mayor = person("Ana Reyes", "the mayor") if number % 2 else person("Reyes", "the mayor")
    people = [mayor, person("Ben Osei", "a senator")]
    body = "\n".join(f"{someone.name} opened bridge {number}." for someone in people)
    return lines(identifier, body, people=people)


@pytest.mark.parametrize("attempt", range(5))
@pytest.mark.parametrize("held", [False, True], ids=["new", "another text"])
def test_one_article_that_comes_from_four_at_once_is_stored_once(url, engine, attempt, held):
    if held:
        save(engine, lines("bridge", "What was held before."))
    record = bridge("bridge")
    statuses = [status for (status,) in at_once(url, [saving(record)] * 4)]
    assert Counter(statuses) == {"updated" if held else "added": 1, "unchanged": 3}
    assert reading.last_sequence(engine) == 1 + held
    assert list(problems(engine)) == []


def test_texts_of_one_new_article_that_come_at_once_are_revisions_of_it(url, engine):
    records = [bridge("bridge", number) for number in range(4)]
    statuses = [status for (status,) in at_once(url, [saving(record) for record in records])]
    assert Counter(statuses) == {"added": 1, "updated": 3}
    with engine.connect() as connection:
        numbers = connection.execute(select(schema.revisions.c.number).order_by("id")).scalars().all()
    assert numbers == [1, 2, 3, 4]
    assert list(problems(engine)) == []


def test_an_article_that_four_withdraw_at_once_is_withdrawn_once(url, engine):
    save(engine, bridge("bridge"))
    assert sorted(at_once(url, [withdrawing("bridge")] * 4)) == [False, False, False, True]
    assert is_withdrawn(engine, "bridge")
    assert [change.kind for change in reading.changes_after(engine, 0)] == ["added", "withdrawn"]


def test_two_hundred_saves_of_four_at_once_are_all_kept_and_followed(url, engine, tmp_path):
    index = SearchIndex(tmp_path / "index")
    done = threading.Event()

    def follow_all(engine: Engine) -> None:
        while not done.is_set():
            follow(index, engine)

    works = [saving(*(bridge(f"{i % 40}", thread + i // 40) for i in range(50))) for thread in range(4)]
    with ThreadPoolExecutor(1) as pool:
        following = pool.submit(follow_all, engine)
        try:
            statuses = Counter(status for told in at_once(url, works) for status in told)
        finally:
            done.set()
        following.result(LONG)
    assert statuses.total() == 200
    assert statuses["added"] == 40
    assert list(problems(engine)) == []
    with engine.connect() as connection:
        count = connection.execute(select(func.count()).select_from(schema.revisions)).scalar_one()
        assert count == statuses["added"] + statuses["updated"]
        keys = set(connection.execute(select(schema.people.c.key)).scalars())
    assert keys == {"ana reyes", "ben osei"}
    follow(index, engine)
    for identifier in reading.article_ids(engine):
        stored = reading.article(engine, identifier)
        assert stored is not None
        held = index.sentences(index.term("article", identifier), 10)
        assert sorted(s["id"] for _, s in held) == sorted(stored.sentence_ids)


# -- turns -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_who_waits_too_long_for_a_turn_is_told(engine):
    with writing(engine).begin() as connection:
        take_turn(connection)
        assert connection.execute(text("SHOW lock_timeout")).scalar() == "30s"


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_a_reader_sees_one_moment(engine):
    save(engine, lines("a", "A line."))
    with engine.connect() as reader:
        count = select(func.count()).select_from(schema.articles)
        assert reader.execute(count).scalar() == 1
        save(engine, lines("b", "A line."))
        assert reader.execute(count).scalar() == 1
    assert len(reading.article_ids(engine)) == 2
