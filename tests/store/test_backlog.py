"""How far those who follow the store are behind it."""

from sqlalchemy import update

from knowledge.store import backlog, outbox, subscribers
from knowledge.store.backlog import Backlog, Behind
from knowledge.store.schema import changes
from tests.auxil.following import DAILY, START, at, follow, happen, put_articles, record, send

A, B = 7_000_000_001, -100_000_000_000_2


def date(engine, sequence: int, minutes: float) -> None:
    with engine.begin() as connection:
        when = at(minutes).isoformat(timespec="seconds")
        connection.execute(update(changes).where(changes.c.sequence == sequence).values(at=when))


def test_changes_that_an_index_lacks_and_when_the_first_of_them_came(engine):
    assert backlog.behind(engine, 0) == Behind()
    put_articles(engine)
    for sequence in (1, 2, 3):
        date(engine, sequence, sequence)
    assert backlog.behind(engine, 0) == Behind(number=3, since=at(1))
    assert backlog.behind(engine, 2) == Behind(number=1, since=at(3))
    assert backlog.behind(engine, 3) == Behind()
    assert backlog.behind(engine, 9) == Behind()  # an index of a store that was put back to an earlier state


def test_digests_that_are_due_since_the_first_of_them_is(engine):
    put_articles(engine)
    assert backlog.digests_behind(engine, START) == Behind()
    daily = follow(engine, A, when=DAILY)
    assert daily.due is not None
    minutes = (daily.due - START).total_seconds() / 60
    assert backlog.digests_behind(engine, at(minutes - 1)) == Behind()
    assert backlog.digests_behind(engine, at(minutes + 1)) == Behind(number=1, since=daily.due)
    follow(engine, B)  # at once, of what comes from now on
    assert backlog.digests_behind(engine, at(minutes + 1)).number == 1
    date(engine, happen(engine, 2), 9)
    date(engine, 4, 5)
    assert backlog.digests_behind(engine, at(minutes - 1)) == Behind(number=1, since=at(5))
    assert backlog.digests_behind(engine, at(minutes + 1)) == Behind(number=2, since=at(5))
    subscribers.gone(engine, B, "blocked")
    assert backlog.digests_behind(engine, at(minutes - 1)) == Behind()
    subscribers.change(engine, A, daily.id, now=START, paused=True)
    assert backlog.digests_behind(engine, at(minutes + 1)) == Behind()


def test_messages_that_are_due_until_they_are_sent(engine):
    first, second = follow(engine, A), follow(engine, B)
    put_articles(engine)
    owner = outbox.join(engine, "one", START)
    assert backlog.deliveries_behind(engine, START) == Backlog()
    record(engine, first, high=3, messages=("a", "b"), due=at(1))
    record(engine, second, high=3, messages=("c",), due=at(5))
    assert backlog.deliveries_behind(engine, at(0)) == Backlog(waiting=3)
    assert backlog.deliveries_behind(engine, at(2)) == Backlog(number=2, since=at(1), waiting=3)
    send(engine, owner, at(2))
    assert backlog.deliveries_behind(engine, at(6)) == Backlog(number=2, since=at(1), waiting=2)
    subscribers.gone(engine, A, "blocked")
    assert backlog.deliveries_behind(engine, at(6)) == Backlog(number=1, since=at(5), waiting=1)
    subscribers.change(engine, B, second.id, now=START, paused=True)
    assert backlog.deliveries_behind(engine, at(6)) == Backlog()
