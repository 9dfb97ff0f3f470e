"""Messages on their way: each is sent once unless it may have arrived, and none is lost, whatever happens when."""

import random
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier
from typing import Literal

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlalchemy import select, text

from knowledge.store import ledger, outbox, subscribers
from knowledge.store.check import problems
from knowledge.store.database import writing
from knowledge.store.moments import moment
from knowledge.store.outbox import GIVEN_UP, LEAST_UNKNOWN, Delivery, Settled
from knowledge.store.schema import chats, deliveries
from tests.auxil.following import (
    START,
    age,
    at,
    digest,
    empty,
    follow,
    happen,
    put_articles,
    record,
    rows,
    send,
    window,
)

A, B, C = 7_000_000_001, -100_000_000_000_2, 3


@pytest.fixture
def engine(engine):
    """With three articles and three changes."""
    put_articles(engine)
    return engine


@pytest.fixture
def owner(engine) -> int:
    return outbox.join(engine, "one", START)


def give(engine, telegram: int, *messages: str, **fields) -> int:
    """A digest of these messages for a chat; its number."""
    own = subscribers.subscriptions(engine, telegram) or [follow(engine, telegram)]
    return record(engine, own[0], high=own[0].cursor + 1, messages=messages, **fields)


def claim(engine, owner: int, minutes: float = 0, limit: int = 99) -> list[str]:
    return [d.content for d in outbox.claim(engine, owner, at(minutes), limit)]


def claimed_and_begun(engine, owner: int, minutes: float = 0) -> list[Delivery]:
    claimed = outbox.claim(engine, owner, at(minutes), 99)
    assert outbox.begin(engine, owner, [d.id for d in claimed]) == {d.id for d in claimed}
    return claimed


def states(engine) -> list[tuple[str, str | None, int | None]]:
    return rows(engine, "deliveries", "state", "content", "owner")


# -- claiming --------------------------------------------------------------------------------------------------------


def test_what_is_due_is_claimed_once_with_all_that_sending_it_needs(engine, owner):
    number = give(engine, A, "a", silent=True, due=at(5))
    assert claim(engine, owner, 4.999) == []
    (claimed,) = outbox.claim(engine, owner, at(5), 9)
    assert claimed == Delivery(
        id=claimed.id, digest=number, telegram=A, thread=0, position=1, content="a", silent=True, asked=False,
        attempts=0, unknowns=0, due=at(5), zone=None, quiet=None,
    )  # fmt: skip
    assert claim(engine, owner, 99) == claim(engine, owner + 1, 99) == []


def test_those_asked_for_come_first_then_the_longest_due(engine, owner):
    give(engine, A, "late", due=at(-1))
    give(engine, B, "later", due=at(-2))
    give(engine, C, "asked late", asked=True, due=at(-1))
    give(engine, 4, "asked", asked=True, due=at(-2))
    give(engine, C, "not yet", asked=True, due=at(1))
    assert claim(engine, owner, limit=3) == ["asked", "asked late", "later"]
    assert claim(engine, owner, limit=3) == ["late"]
    assert claim(engine, owner, limit=0) == []


def test_what_waits_is_asked_for_there_and_goes_at_once(engine, owner):
    for telegram, thread in ((A, 0), (A, 33), (B, 0)):
        own = follow(engine, telegram, thread=thread)
        record(engine, own, high=own.cursor + 1, messages=(f"{telegram} {thread}",), due=at(60))
    assert claim(engine, owner) == []
    assert outbox.ask_for(engine, A, 33, START) == 1
    assert outbox.ask_for(engine, B, 33, START) == outbox.ask_for(engine, C, 0, START) == 0
    (asked,) = claimed_and_begun(engine, owner)
    assert (asked.content, asked.asked, asked.due) == (f"{A} 33", True, START)
    assert outbox.ask_for(engine, A, 33, at(9)) == 1  # it is just being sent
    outbox.settle(engine, [Settled(id=asked.id, state="sent", message=5)], START)
    assert outbox.ask_for(engine, A, 33, at(9)) == 0
    assert claim(engine, owner, 59) == []


def test_a_digests_messages_go_one_after_the_other(engine, owner):
    give(engine, A, "a1", "a2", "a3")
    give(engine, B, "b1", "b2")
    first = claimed_and_begun(engine, owner)
    assert [d.content for d in first] == ["a1", "b1"]
    assert claim(engine, owner) == []
    later = Settled(id=first[0].id, state="pending", due=at(9))
    outbox.settle(engine, [later, Settled(id=first[1].id, state="failed", reason="too long")], START)
    assert claim(engine, owner) == ["b2"]
    assert [d.content for d in send(engine, owner, at(9))] == ["a1"]
    assert [d.content for d in send(engine, owner, at(9))] == ["a2"]


def test_of_a_chat_one_message_is_in_hand_whoever_has_it(engine, owner):
    give(engine, A, "late", due=at(-1))
    give(engine, A, "later", due=at(-2))
    give(engine, A, "asked", asked=True, due=at(0))
    give(engine, B, "b")
    other = outbox.join(engine, "two", START)
    assert claim(engine, owner, limit=1) == ["asked"]
    assert claim(engine, other) == ["b"]
    assert claim(engine, owner) == claim(engine, other) == []
    outbox.leave(engine, owner)
    assert [d.content for d in claimed_and_begun(engine, other)] == ["asked"]
    assert claim(engine, owner) == []
    (asked,) = [i for i, state in rows(engine, "deliveries", "id", "state") if state == "sending"]
    outbox.settle(engine, [Settled(id=asked, state="unknown", due=at(5))], START)
    assert claim(engine, other) == ["later"], "what waits for its moment holds nothing else up"
    outbox.leave(engine, other)
    assert [d.content for d in send(engine, owner, at(5)) if d.telegram == A] == ["asked"]
    assert [d.content for d in send(engine, owner, at(5)) if d.telegram == A] == ["later"]
    assert [d.content for d in send(engine, owner, at(5)) if d.telegram == A] == ["late"]


def test_what_may_not_go_takes_no_others_place(engine, owner):
    for telegram, content in ((A, "a1"), (A, "a2"), (A, "a3"), (B, "b"), (C, "c")):
        give(engine, telegram, content)
    assert [claim(engine, owner, limit=1) for _ in range(4)] == [["a1"], ["b"], ["c"], []]


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_of_a_chat_that_another_claims_of_at_this_moment_nothing_is_claimed(engine, owner):
    give(engine, A, "a1")
    give(engine, A, "a2")
    give(engine, B, "b")
    with ThreadPoolExecutor(1) as pool, writing(engine).begin() as connection:
        of_a = select(chats.c.id).where(chats.c.telegram == A).with_for_update(key_share=True)
        assert len(connection.execute(of_a).all()) == 1
        assert pool.submit(claim, engine, owner).result(timeout=10) == ["b"]
    assert claim(engine, owner) == ["a1"]


def test_a_message_comes_with_its_chats_clock(engine, owner):
    give(engine, A, "a")
    subscribers.set_zone(engine, A, "Asia/Tokyo", START)
    subscribers.set_quiet(engine, A, (1320, 420), START)
    (claimed,) = outbox.claim(engine, owner, START, 9)
    assert (claimed.zone, claimed.quiet) == ("Asia/Tokyo", (1320, 420))


def test_what_is_put_off_is_free_and_due_then(engine, owner):
    give(engine, A, "a")
    give(engine, B, "b")
    first, second = outbox.claim(engine, owner, START, 9)
    outbox.begin(engine, owner, [second.id])
    outbox.put_off(engine, [first.id, second.id, 999], at(60))
    assert states(engine) == [("pending", "a", None), ("sending", "b", owner)], "what is begun is not put off"
    assert claim(engine, owner, 59) == []
    assert claim(engine, owner, 60) == ["a"]
    assert rows(engine, "deliveries", "due")[1] == "2034-05-06T12:00:00.000+00:00"


def test_what_is_of_paused_subscriptions_alone_rests_until_they_go_on(engine, owner):
    x, y, z = (follow(engine, A, words) for words in "xyz")
    record(engine, x, high=4, messages=("x",))
    record(engine, y, high=4, messages=("y1", "y2"))
    record(engine, x.model_copy(update={"cursor": 4}), z, high=5, messages=("x and z",))
    record(engine, x, high=9, windows=(), messages=("rest",), asked=True, rest_of=1)
    for one in (x, y):
        subscribers.change(engine, A, one.id, now=START, paused=True)
    sent = [d.content for _ in range(4) for d in send(engine, owner)]
    assert sent == ["rest", "x and z"]
    record(engine, z.model_copy(update={"cursor": 5}), high=6, messages=("asked",), asked=True)
    subscribers.change(engine, A, z.id, now=START, paused=True)
    assert [d.content for d in send(engine, owner)] == ["asked"], "what is asked for never rests"
    assert send(engine, owner) == []
    subscribers.change(engine, A, y.id, now=START, paused=False)
    (claimed,) = outbox.claim(engine, owner, START, 9)
    assert claimed.content == "y1"
    subscribers.change(engine, A, y.id, now=START, paused=True)
    assert outbox.begin(engine, owner, [claimed.id]) == set(), "paused in between"
    for one in (x, y):
        subscribers.change(engine, A, one.id, now=START, paused=False)
    assert [d.content for _ in range(4) for d in send(engine, owner)] == ["x", "y1", "y2"]


def test_what_is_of_no_subscription_any_more_does_not_rest(engine, owner):
    record(engine, follow(engine, A), high=4, windows=(), messages=("a",))
    assert claim(engine, owner) == ["a"]


def test_nothing_is_claimed_for_a_chat_that_is_not_active(engine, owner):
    for telegram, content in ((A, "a"), (B, "b"), (C, "c")):
        give(engine, telegram, content)
    subscribers.pause(engine, A, START)
    subscribers.gone(engine, B, "blocked")
    assert claim(engine, owner) == ["c"]
    subscribers.resume(engine, A, START)
    assert claim(engine, owner) == ["a"]


def test_a_message_goes_where_its_chat_is_now(engine, owner):
    give(engine, A, "a")
    subscribers.migrate(engine, A, B)
    assert [d.telegram for d in outbox.claim(engine, owner, START, 9)] == [B]


def test_what_is_released_or_left_is_free_for_others(engine, owner):
    give(engine, A, "a")
    give(engine, B, "b")
    first, second = outbox.claim(engine, owner, START, 9)
    outbox.begin(engine, owner, [second.id])
    outbox.release(engine, [first.id, second.id])
    assert states(engine) == [("pending", "a", None), ("sending", "b", owner)], "what is begun is not free"
    other = outbox.join(engine, "two", START)
    assert claim(engine, other) == ["a"]
    outbox.leave(engine, other)
    assert rows(engine, "senders", "id") == [owner]
    assert claim(engine, owner) == ["a"]


def test_claimers_at_once_never_get_the_same(engine):
    contents = []
    for telegram in range(1, 61):
        contents += (mine := [f"{telegram}.{i}" for i in (1, 2)])
        give(engine, telegram, *mine)
    start = Barrier(4)

    def sender(number: int) -> list[str]:
        owner = outbox.join(engine, str(number), START)
        start.wait()
        sent, idle = [], 0
        while idle < 3:
            got = send(engine, owner, limit=7)
            sent += [d.content for d in got]
            idle = 0 if got else idle + 1
        return sent

    with ThreadPoolExecutor(4) as pool:
        sent = [content for each in pool.map(sender, range(4)) for content in each]
    assert sorted(sent) == sorted(contents)


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_claimers_do_not_wait_for_each_other(engine, owner):
    give(engine, A, "a")
    give(engine, B, "b")
    with ThreadPoolExecutor(1) as pool, engine.begin() as connection:
        of_another = select(deliveries.c.id).where(deliveries.c.content == "a").with_for_update()
        assert len(connection.execute(of_another).all()) == 1
        assert pool.submit(claim, engine, owner).result(timeout=10) == ["b"]
    assert claim(engine, owner) == ["a"]


# -- beginning -------------------------------------------------------------------------------------------------------


def test_only_ones_own_of_active_chats_is_begun_and_the_rest_let_go(engine, owner):
    for telegram, content in ((A, "a"), (B, "b"), (C, "c"), (4, "d")):
        give(engine, telegram, content)
    a, b, c, d = outbox.claim(engine, owner, START, 9)
    subscribers.pause(engine, A, START)
    subscribers.gone(engine, B, "blocked")
    subscribers.forget(engine, C)
    ids = [a.id, b.id, c.id, d.id, 999]
    assert outbox.begin(engine, owner + 1, ids) == set()
    assert outbox.begin(engine, owner, ids) == {d.id}
    assert outbox.begin(engine, owner, ids) == set(), "it is on its way"
    assert states(engine) == [("pending", "a", None), ("failed", None, None), ("sending", "d", owner)]
    assert rows(engine, "deliveries", "attempts") == [0, 0, 1]
    subscribers.resume(engine, A, START)
    assert claim(engine, owner) == ["a"]


# -- settling --------------------------------------------------------------------------------------------------------


def test_what_became_of_a_message_is_kept(engine, owner):
    for telegram in range(1, 5):
        give(engine, telegram, str(telegram), due=START)
    one, two, three, four = claimed_and_begun(engine, owner)
    results = [
        Settled(id=four.id, state="pending", reason="no\nnetwork", due=at(5)),
        Settled(id=one.id, state="sent", message=2**40),
        Settled(id=three.id, state="unknown", reason="timeout"),
        Settled(id=two.id, state="failed", reason="r" * 999),
        Settled(id=999, state="sent"),
    ]
    outbox.settle(engine, results, at(1))
    kept = rows(engine, "deliveries", "state", "content", "message", "reason", "settled", "unknowns", "due", "owner")
    minute = "2034-05-06T12:0{}:00.000+00:00".format
    assert kept == [
        ("sent", None, 2**40, None, minute(1), 0, minute(0), None),
        ("failed", None, None, "r" * 499 + "…", minute(1), 0, minute(0), None),
        ("unknown", "3", None, "timeout", None, 1, minute(1), None),
        ("pending", "4", None, "no network", None, 0, minute(5), None),
    ]
    assert outbox.counts(engine) == {"pending": 1, "sending": 0, "sent": 1, "unknown": 1, "failed": 1}
    assert rows(engine, "deliveries", "attempts") == [1, 1, 1, 1]


def test_what_is_settled_stays_settled(engine, owner):
    give(engine, A, "a")
    give(engine, B, "b")
    sent, failed = claimed_and_begun(engine, owner)
    outbox.settle(engine, [Settled(id=sent.id, state="sent", message=5)], START)
    outbox.settle(engine, [Settled(id=failed.id, state="failed")], START)
    before = rows(engine, "deliveries")
    for state in ("pending", "unknown", "failed", "sent"):
        outbox.settle(engine, [Settled(id=i, state=state, due=at(0)) for i in (sent.id, failed.id)], at(9))
    assert rows(engine, "deliveries") == before
    assert claim(engine, owner, 99) == []


def test_what_was_not_begun_is_not_settled(engine, owner):
    give(engine, A, "a")
    (claimed,) = outbox.claim(engine, owner, START, 9)
    for state in ("pending", "unknown", "failed"):
        outbox.settle(engine, [Settled(id=claimed.id, state=state)], START)
    assert states(engine) == [("pending", "a", owner)]


def test_a_message_that_may_have_arrived_stays_one_when_it_was_surely_not_sent_again(engine, owner):
    give(engine, A, "a")
    (first,) = claimed_and_begun(engine, owner)
    outbox.settle(engine, [Settled(id=first.id, state="unknown")], START)
    (again,) = claimed_and_begun(engine, owner)
    assert (again.attempts, again.unknowns) == (1, 1)
    outbox.settle(engine, [Settled(id=first.id, state="pending", due=at(1))], START)
    (third,) = outbox.claim(engine, owner, at(1), 9)
    assert (third.attempts, third.unknowns) == (2, 1)


def unknown(engine, owner: int, now: datetime) -> Delivery:
    """What is due first is begun, and nobody can say what became of it."""
    (first,) = outbox.claim(engine, owner, now, 1)
    outbox.begin(engine, owner, [first.id])
    outbox.settle(engine, [Settled(id=first.id, state="unknown", due=now)], now)
    return first


def test_a_message_that_may_have_arrived_is_tried_until_its_digest_is_old_and_the_next_goes_on(engine, owner):
    give(engine, A, "a", "b")
    for turn in range(4 * LEAST_UNKNOWN):
        first = unknown(engine, owner, START + GIVEN_UP)
        assert (first.content, first.unknowns) == ("a", turn)
    assert states(engine) == [("unknown", "a", None), ("pending", "b", None)]
    late = START + GIVEN_UP + timedelta(milliseconds=1)
    assert unknown(engine, owner, late).content == "a"
    assert states(engine) == [("unknown", None, None), ("pending", "b", None)]
    assert claim(engine, owner, 9999) == ["b"]


def test_a_message_that_was_first_tried_late_is_tried_again_too(engine, owner):
    give(engine, A, "a")
    late = START + 9 * GIVEN_UP
    for turn in range(LEAST_UNKNOWN + 1):
        assert unknown(engine, owner, late).unknowns == turn
    assert outbox.claim(engine, owner, late, 9) == []
    assert states(engine) == [("unknown", None, None)]


@pytest.mark.parametrize("state", ["pending", "unknown", "sent", "dead"])
def test_what_comes_back_when_its_chat_is_gone_has_failed(engine, owner, state):
    give(engine, A, "a", "b")
    give(engine, B, "c")
    (first, other) = claimed_and_begun(engine, owner)
    subscribers.gone(engine, A, "blocked")
    if state == "dead":
        assert outbox.recover(engine, START, lambda name: True) == 2
    else:
        outbox.settle(engine, [Settled(id=i, state=state, reason="x") for i in (first.id, other.id)], START)
    lost = (first.id, state if state == "sent" else "failed", None, "x" if state == "sent" else "blocked")
    assert rows(engine, "deliveries", "id", "state", "content", "reason")[0] == lost
    assert None not in rows(engine, "deliveries", "settled")[:2]
    assert rows(engine, "deliveries", "state")[2] == ("unknown" if state == "dead" else state)
    subscribers.resume(engine, A, START)
    assert claim(engine, owner, 9999) == ([] if state == "sent" else ["c"])


def test_a_late_word_of_one_that_was_taken_away_counts_only_when_it_was_sent(engine, owner):
    give(engine, A, "a")
    (first,) = claimed_and_begun(engine, owner)
    age(engine, owner, 1)
    assert outbox.recover(engine, at(9), lambda name: False) == 1
    outbox.settle(engine, [Settled(id=first.id, state="pending")], START, owner)
    assert states(engine) == [("unknown", "a", None)]
    other = outbox.join(engine, "two", at(9))
    claimed_and_begun(engine, other, 9)
    for state in ("pending", "unknown", "failed"):
        outbox.settle(engine, [Settled(id=first.id, state=state)], at(9), owner)
    assert states(engine) == [("sending", "a", other)], "it is another's now"
    outbox.settle(engine, [Settled(id=first.id, state="sent", message=1)], at(9), owner)
    outbox.settle(engine, [Settled(id=first.id, state="unknown")], at(9), other)
    assert rows(engine, "deliveries", "state", "message") == [("sent", 1)]


# -- senders ---------------------------------------------------------------------------------------------------------


def test_senders_that_live_are_counted(engine):
    one, two = outbox.join(engine, "one", START), outbox.join(engine, "two", START)
    age(engine, two, 0.2)
    assert outbox.beat(engine, one, START) == 2
    age(engine, two, 0.1)
    assert outbox.beat(engine, one, START) == 1
    assert outbox.beat(engine, two, START) == 2
    outbox.leave(engine, two)
    assert outbox.beat(engine, one, START) == 1


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_on_one_machine_its_clock_tells_who_lives(engine):
    one, two = outbox.join(engine, "one", at(0)), outbox.join(engine, "two", at(0.2))
    assert [outbox.beat(engine, one, at(minutes)) for minutes in (0.2, 0.4, 0.5)] == [2, 2, 1]
    assert outbox.beat(engine, two, at(0.5)) == 2
    outbox.recover(engine, at(1), lambda name: False)
    assert rows(engine, "senders", "id") == []


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_on_several_machines_the_servers_clock_tells_who_lives(engine):
    one, two = outbox.join(engine, "one", at(-9999)), outbox.join(engine, "two", at(9999))
    give(engine, A, "a")
    claimed_and_begun(engine, one)
    assert outbox.recover(engine, at(99), lambda name: False) == 0
    assert outbox.beat(engine, two, at(9999)) == outbox.beat(engine, one, at(-9999)) == 2
    with engine.connect() as connection:
        server = connection.execute(text("SELECT clock_timestamp()")).scalar_one()
    for seen in rows(engine, "senders", "seen"):
        assert server - timedelta(minutes=1) < moment(seen) <= server
    age(engine, one, 1)
    assert outbox.beat(engine, two, at(-9999)) == 1
    assert outbox.recover(engine, at(-99), lambda name: False) == 1


def test_a_sender_taken_for_dead_is_one_again_when_it_beats(engine, owner):
    age(engine, owner, 1)
    outbox.recover(engine, START, lambda name: False)
    assert rows(engine, "senders", "id") == []
    assert outbox.beat(engine, owner, START) == 1
    give(engine, A, "a")
    claimed_and_begun(engine, owner)
    assert outbox.recover(engine, START, lambda name: name == "") == 0
    assert states(engine) == [("sending", "a", owner)]
    assert outbox.join(engine, "two", at(9)) > owner


HOWS = ["by age", "by name", "by its absence"]


@pytest.mark.parametrize("how", HOWS)
def test_what_a_dead_sender_had_in_hand_is_taken_back(engine, owner, how):
    other = outbox.join(engine, "other", START)
    give(engine, C, "c")
    assert [d.content for d in claimed_and_begun(engine, other)] == ["c"]
    give(engine, A, "a")
    give(engine, B, "b")
    begun, _ = outbox.claim(engine, owner, START, 9)
    outbox.begin(engine, owner, [begun.id])
    if how == "by age":
        age(engine, owner, 0.2)
        assert outbox.recover(engine, START, lambda name: False) == 0
        age(engine, owner, 0.1)
        assert outbox.recover(engine, START, lambda name: False) == 2
    elif how == "by name":
        asked: list[str] = []
        assert outbox.recover(engine, START, lambda name: bool(asked.append(name))) == 0
        assert asked == ["one", "other"]
        assert outbox.recover(engine, START, lambda name: name == "one") == 2
    else:
        outbox.leave(engine, owner)
        assert outbox.recover(engine, START, lambda name: False) == 1, "the other one was free already"
    assert states(engine) == [("sending", "c", other), ("unknown", "a", None), ("pending", "b", None)]
    assert rows(engine, "deliveries", "unknowns") == [0, 1, 0]
    assert rows(engine, "senders", "id") == [other]
    assert sorted(claim(engine, other, 9)) == ["a", "b"]


# -- everything at once ----------------------------------------------------------------------------------------------


def test_transactions_at_once_do_not_stop_each_other(engine):
    chats = list(range(1, 9))
    start = Barrier(4)

    def work(number: int) -> None:
        choose = random.Random(number)
        owner = outbox.join(engine, str(number), START)
        start.wait()
        for _ in range(60):
            one, two = choose.sample(chats, 2)
            turn = choose.randrange(10)
            if turn < 3:
                for telegram in (one, two):
                    made = follow(engine, telegram, choose.choice("xyz"), thread=choose.randrange(2))
                    subscribers.change(engine, telegram, made.id, now=START, thread=choose.randrange(2))
            elif turn < 5:
                due = ledger.due(engine, START, happen(engine))
                choose.shuffle(due)
                some, others = due[: len(due) // 2], [d.subscription for d in due[len(due) // 2 :]]
                digests = [
                    digest(engine, d.subscription, high=d.subscription.cursor + 1, messages="ab", chat=d.chat)
                    for d in some
                ]
                ledger.record(engine, digests, START)
                ledger.advance(engine, [window(s, s.cursor + 1) for s in others])
                ledger.hold(engine, due[len(due) // 2 :], START)
            elif turn < 8:
                claimed = outbox.claim(engine, owner, START, 20)
                begun = list(outbox.begin(engine, owner, [d.id for d in claimed]))
                choose.shuffle(begun)
                state: Literal["sent", "pending"] = choose.choice(["sent", "pending"])
                outbox.settle(engine, [Settled(id=i, state=state) for i in begun], START, owner)
            elif turn == 8:
                subscribers.set_zone(engine, one, "Asia/Tokyo", START)
                choose.choice([subscribers.forget, lambda e, t: subscribers.gone(e, t, "x")])(engine, one)
                subscribers.unsubscribe(engine, two, None)
            else:
                subscribers.migrate(engine, one, two)
                ledger.clean(engine, at(1))
                outbox.recover(engine, START, lambda name: False)

    with ThreadPoolExecutor(4) as pool:
        for done in [pool.submit(work, number) for number in range(4)]:
            done.result()
    assert list(problems(engine)) == []


# -- nothing lost, nothing twice -------------------------------------------------------------------------------------


class Sending(RuleBasedStateMachine):
    """Two senders, a composer and people who come and go, against what each message may go through.

    ``arrived`` is what Telegram has shown; ``doubts`` how often somebody could not say so; ``owed`` what must come.
    """

    telegrams = st.sampled_from([A, B, C])
    senders = st.sampled_from([0, 1])

    def __init__(self, engine) -> None:
        super().__init__()
        empty(engine)
        self.engine = engine
        self.now: datetime = START
        self.owners = [outbox.join(engine, name, START) for name in ("0", "1")]
        self.hands: list[list[Delivery]] = [[], []]
        self.flying: list[dict[int, tuple[Delivery, bool]]] = [{}, {}]
        self.arrived: Counter[str] = Counter()
        self.doubts: Counter[str] = Counter()
        self.owed: dict[str, str] = {}
        self.made = 0

    # -- those who compose

    @rule(telegram=telegrams, words=st.sampled_from("xy"), number=st.integers(1, 3), asked=st.booleans())
    def record(self, telegram: int, words: str, number: int, asked: bool) -> None:
        follow(self.engine, telegram, words)
        subscribers.resume(self.engine, telegram, self.now)
        due = ledger.due(self.engine, self.now, happen(self.engine), telegram=telegram)
        followed = [d.subscription for d in due]
        self.made += 1
        messages = [f"{self.made}.{i}" for i in range(1, number + 1)]
        high = max(s.cursor for s in followed) + 1
        made = digest(self.engine, *followed, high=high, messages=messages, asked=asked, due=self.now)
        assert ledger.record(self.engine, [made, made], self.now) == [True, False]
        self.owed |= dict.fromkeys(messages, messages[0])

    # -- those who send

    @rule(sender=senders, limit=st.integers(1, 3))
    def claim(self, sender: int, limit: int) -> None:
        self.hands[sender] += outbox.claim(self.engine, self.owners[sender], self.now, limit)

    @rule(sender=senders, limit=st.integers(1, 3), arrives=st.booleans())
    def begin(self, sender: int, limit: int, arrives: bool) -> None:
        self.claim(sender, limit)
        hand, self.hands[sender] = self.hands[sender], []
        begun = outbox.begin(self.engine, self.owners[sender], [d.id for d in hand])
        for delivery in hand:
            if delivery.id in begun:
                content = delivery.content
                assert self.arrived[content] <= delivery.unknowns == self.doubts[content], "sent again unmarked"
                self.arrived[content] += arrives
                self.flying[sender][delivery.id] = (delivery, arrives)

    @rule(sender=senders, heard=st.booleans(), gives_up=st.booleans())
    def settle(self, sender: int, heard: bool, gives_up: bool) -> None:
        results = []
        for delivery, arrived in self.flying[sender].values():
            state: Literal["sent", "failed", "unknown", "pending"] = "sent" if arrived else "pending"
            if not heard:
                state = "unknown"
                self._doubt(delivery)
            elif gives_up and not arrived:
                state = "failed"
                self.owed.pop(delivery.content, None)
            results.append(Settled(id=delivery.id, state=state, due=self.now))
        self._came_back(sender)
        outbox.settle(self.engine, results, self.now, self.owners[sender])

    @rule(sender=senders)
    def crash(self, sender: int) -> None:
        for delivery, _ in self.flying[sender].values():
            self._doubt(delivery)
        self.hands[sender] = []
        self._came_back(sender)
        dead = dict(rows(self.engine, "senders", "id", "name"))[self.owners[sender]]
        outbox.recover(self.engine, self.now, lambda name: name == dead)
        self.made += 1
        self.owners[sender] = outbox.join(self.engine, f"again {self.made}", self.now)

    @rule(sender=senders)
    def release(self, sender: int) -> None:
        outbox.release(self.engine, [d.id for d in self.hands[sender]])
        self.hands[sender] = []

    def _came_back(self, sender: int) -> None:
        """Nothing is in flight any more; of a chat that is gone it is not tried again."""
        gone = {number for number, state in rows(self.engine, "chats", "id", "state") if state == "gone"}
        chat_of = dict(rows(self.engine, "deliveries", "id", "chat"))
        for delivery, _ in self.flying[sender].values():
            if chat_of.get(delivery.id) in gone:
                self.owed.pop(delivery.content, None)
        self.flying[sender] = {}

    def _doubt(self, delivery: Delivery) -> None:
        if delivery.id in rows(self.engine, "deliveries", "id"):
            self.doubts[delivery.content] += 1
            if self.doubts[delivery.content] > LEAST_UNKNOWN and self.now > START + GIVEN_UP:
                self.owed.pop(delivery.content, None)

    # -- those who read

    @rule(telegram=telegrams, act=st.sampled_from(["pause", "resume", "gone", "back", "forget", "stop one", "stop"]))
    def read(self, telegram: int, act: str) -> None:
        own = [s.id for s in subscribers.subscriptions(self.engine, telegram)]
        acts = {
            "pause": lambda: subscribers.pause(self.engine, telegram, self.now),
            "resume": lambda: subscribers.resume(self.engine, telegram, self.now),
            "back": lambda: subscribers.back(self.engine, telegram),
        }
        dropping = {
            "gone": lambda: subscribers.gone(self.engine, telegram, "blocked"),
            "forget": lambda: subscribers.forget(self.engine, telegram),
            "stop one": lambda: subscribers.unsubscribe(self.engine, telegram, own[:1]),
            "stop": lambda: subscribers.unsubscribe(self.engine, telegram, None),
        }
        if act in acts:
            acts[act]()
        else:
            self._dropped(dropping[act], telegram)

    @rule(old=telegrams, new=telegrams)
    def migrate(self, old: int, new: int) -> None:
        subscribers.migrate(self.engine, old, new)

    @rule()
    def clean(self) -> None:
        """What waits for those who rest may go; whatever else is owed must not."""
        active = {number for number, state in rows(self.engine, "chats", "id", "state") if state == "active"}
        resting = {chat for chat, paused in rows(self.engine, "subscriptions", "chat", "paused") if paused}
        held = rows(self.engine, "deliveries", "content", "chat")
        may_go = {content for content, chat in held if chat in resting or chat not in active}
        ledger.clean(self.engine, at(99))
        for content in may_go - set(rows(self.engine, "deliveries", "content")):
            self.owed.pop(content or "", None)

    def _dropped(self, act, telegram: int) -> None:
        """Of a chat's own messages those that wait may go with what is done, and no other chat's."""
        chat = subscribers.chat(self.engine, telegram)
        of_chat = {row[0] for row in rows(self.engine, "deliveries", "content", "chat") if chat and row[1] == chat.id}
        act()
        left = set(rows(self.engine, "deliveries", "content"))
        for content in of_chat - left:
            self.owed.pop(content or "", None)

    # -- what must hold

    @invariant()
    def what_is_owed_is_there(self) -> None:
        held = {content: state for content, state in rows(self.engine, "deliveries", "content", "state") if content}
        for content in self.owed:
            assert content in held or self.arrived[content], "lost"
        assert all(self.arrived[content] <= 1 + self.doubts[content] for content in self.arrived), "twice"

    @invariant()
    def nobody_has_what_another_has(self) -> None:
        owned = dict(rows(self.engine, "deliveries", "id", "owner"))
        for sender, owner in enumerate(self.owners):
            for delivery in self.flying[sender].values():
                assert owned.get(delivery[0].id, owner) == owner

    @invariant()
    def every_window_lies_behind_its_cursor(self) -> None:
        cursors = dict(rows(self.engine, "subscriptions", "id", "cursor"))
        for subscription, low, high in rows(self.engine, "digest_windows", "subscription", "low", "high"):
            assert low < high <= cursors[subscription]

    def teardown(self) -> None:
        """In the end all senders hear everything, and each message that is owed has come."""
        for sender in (0, 1):
            self.crash(sender)
        for telegram in (A, B, C):
            subscribers.resume(self.engine, telegram, self.now)
        order: list[str] = []
        for _ in range(len(rows(self.engine, "deliveries", "id"))):
            claimed = outbox.claim(self.engine, self.owners[0], self.now, 3)
            order += [d.content for d in claimed]
            outbox.release(self.engine, [d.id for d in claimed])
            self.begin(0, 3, arrives=True)
            self.settle(0, heard=True, gives_up=False)
        for content, first in self.owed.items():
            assert self.arrived[content] >= 1, "never came"
            if first in order and content in order:
                assert order.index(first) <= order.index(content), "out of order"
        assert list(problems(self.engine)) == []


def test_nothing_is_lost_and_nothing_comes_twice(engine, database):
    # A run of some thirty steps is a few hundred transactions.
    examples = 20 if database == "sqlite" else 8
    checks = [HealthCheck.too_slow, HealthCheck.function_scoped_fixture, HealthCheck.filter_too_much]
    options = settings(max_examples=examples, stateful_step_count=30, deadline=None, suppress_health_check=checks)
    run_state_machine_as_test(lambda: Sending(engine), settings=options)
