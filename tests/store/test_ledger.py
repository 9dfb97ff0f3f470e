"""What is due, what was made of it, and what a chat has been sent."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest
from sqlalchemy import event, update
from sqlalchemy.exc import IntegrityError

from knowledge.store import ledger, outbox, schema, subscribers
from knowledge.store.check import problems
from knowledge.store.outbox import Settled
from knowledge.store.subscribers import Subscription
from knowledge.store.writing import save
from tests.auxil.following import (
    AT_ONCE,
    DAILY,
    START,
    at,
    digest,
    follow,
    item,
    put_articles,
    record,
    rows,
    send,
    window,
)
from tests.auxil.records import lines

A, B, C = 7_000_000_001, -100_000_000_000_2, 3
TABLES = ("digests", "digest_windows", "digest_items", "deliveries")


@pytest.fixture
def engine(engine):
    """With three articles and three changes."""
    put_articles(engine)
    return engine


def only(engine, telegram: int = A) -> Subscription:
    (found,) = subscribers.subscriptions(engine, telegram)
    return found


def due(engine, minutes: float = 0, high: int = 3, **options) -> list[int]:
    return [found.subscription.id for found in ledger.due(engine, at(minutes), high, **options)]


def chat_of(engine, telegram: int = A) -> int:
    chat = subscribers.chat(engine, telegram)
    assert chat is not None
    return chat.id


# -- what is due -----------------------------------------------------------------------------------------------------


def test_what_comes_at_once_is_due_when_something_has_changed(engine):
    first = follow(engine, A)
    assert due(engine, high=3) == []
    (found,) = ledger.due(engine, START, 4)
    assert (found.subscription, found.chat, found.zone, found.quiet) == (first, chat_of(engine), None, None)


def test_what_comes_daily_is_due_at_its_moment_changed_or_not(engine):
    first = follow(engine, A, when=DAILY)
    minutes = 20 * 60
    assert [due(engine, minutes + late, high) for late in (-0.001, 0, 9999) for high in (3, 4)] == [
        [], [], [first.id], [first.id], [first.id], [first.id],
    ]  # fmt: skip


def test_the_due_are_ordered_by_chat_and_thread_and_told_with_the_chats_clock(engine):
    made = [follow(engine, A, "1", thread=7), follow(engine, B, "2"), follow(engine, A, "3"), follow(engine, A, "4")]
    subscribers.set_zone(engine, B, "Asia/Tokyo", START)
    subscribers.set_quiet(engine, B, (0, 420), START)
    assert due(engine, high=4) == [made[i].id for i in (2, 3, 0, 1)]
    assert [(d.zone, d.quiet) for d in ledger.due(engine, START, 4)][-2:] == [(None, None), ("Asia/Tokyo", (0, 420))]


def test_what_rests_is_not_due(engine):
    a, b, c = (follow(engine, telegram) for telegram in (A, B, C))
    subscribers.pause(engine, A, START)
    subscribers.change(engine, B, b.id, now=START, paused=True)
    assert due(engine, high=4) == [c.id]
    assert due(engine, high=4, telegram=A) == due(engine, high=4, telegram=B) == []
    subscribers.resume(engine, A, START)
    assert due(engine, high=4) == [a.id, c.id]


def test_a_chat_that_asks_gets_all_it_follows_whatever_its_moment(engine):
    made = [follow(engine, A, "x", when=DAILY), follow(engine, A, "y", when=AT_ONCE)]
    follow(engine, B)
    assert due(engine, high=3, telegram=A) == [s.id for s in made]


def test_a_few_are_looked_at_at_a_time_and_no_chat_in_part(engine):
    a = [follow(engine, A, str(i)).id for i in range(3)]
    b = [follow(engine, B, str(i)).id for i in range(3)]
    assert [due(engine, high=4, limit=limit) for limit in (2, 3, 4, 5, 6, 7)] == [a[:2], a, a, a, a + b, a + b]


def test_what_is_held_is_due_then(engine):
    once, daily = follow(engine, A, when=AT_ONCE), follow(engine, B, when=DAILY)
    found = ledger.due(engine, at(20 * 60), 4)
    ledger.hold(engine, found, at(21 * 60))
    assert [due(engine, minutes * 60, 4) for minutes in (0, 20.9, 21)] == [[], [], [once.id, daily.id]]
    record(engine, only(engine), high=4)
    send(engine, outbox.join(engine, "s", START))
    assert only(engine).due is None, "its window says so"
    assert due(engine, 0, 5) == [once.id]


HELD_OTHERWISE = {
    "its hours are others": lambda e: subscribers.set_quiet(e, A, (60, 420), START),
    "it wants no quiet": lambda e: subscribers.set_quiet(e, A, None, START),
    "its zone is another": lambda e: subscribers.set_zone(e, A, "Asia/Tokyo", START),
    "it is due otherwise": lambda e: subscribers.change(e, A, only(e).id, now=START, when=DAILY),
    "it was stopped": lambda e: subscribers.unsubscribe(e, A, None),
    "it was forgotten": lambda e: subscribers.forget(e, A),
    "it has moved to another chat": lambda e: (subscribers.set_quiet(e, C, None, START), subscribers.migrate(e, A, C)),
}


@pytest.mark.parametrize("how", HELD_OTHERWISE)
def test_what_has_changed_meanwhile_is_not_held(engine, how):
    for telegram in (A, B):
        follow(engine, telegram)
        subscribers.set_quiet(engine, telegram, (0, 420), START)
    found = ledger.due(engine, START, 4)
    HELD_OTHERWISE[how](engine)
    before = [row for row in rows(engine, "subscriptions", "chat", "due") if row[0] != chat_of(engine, B)]
    ledger.hold(engine, found, at(60))
    assert [row for row in rows(engine, "subscriptions", "chat", "due") if row[0] != chat_of(engine, B)] == before
    assert only(engine, B).due == at(60)


def test_what_comes_at_once_waits_while_something_is_to_be_sent_to_its_place(engine):
    x, y, there = follow(engine, A, "x"), follow(engine, A, "y"), follow(engine, A, thread=7)
    daily, other = follow(engine, A, "z", when=DAILY), follow(engine, B)
    record(engine, x, high=4, messages="ab")
    ahead, owner = 20 * 60, outbox.join(engine, "s", START)
    assert due(engine, ahead, 5) == [daily.id, there.id, other.id]
    assert due(engine, 0, 5, telegram=A) == [x.id, y.id, daily.id, there.id], "it asks"
    for state in ("pending", "unknown", "sent", "failed"):
        (claimed,) = outbox.claim(engine, owner, START, 1)
        assert due(engine, 0, 5) == [there.id, other.id]
        outbox.begin(engine, owner, [claimed.id])
        assert due(engine, 0, 5) == [there.id, other.id]
        outbox.settle(engine, [Settled(id=claimed.id, state=state)], START)
    assert due(engine, 0, 5) == [x.id, y.id, there.id, other.id]


def test_what_rests_keeps_nothing_waiting(engine):
    x, y = follow(engine, A, "x"), follow(engine, A, "y")
    record(engine, x, high=4)
    subscribers.change(engine, A, x.id, now=START, paused=True)
    assert due(engine, 0, 5) == [y.id]


def test_the_last_change_before_a_moment(engine):
    with engine.begin() as connection:
        for number, second in ((1, "00"), (2, "10"), (3, "20")):
            change = update(schema.changes).where(schema.changes.c.sequence == number)
            connection.execute(change.values(at=f"2034-05-06T12:00:{second}+00:00"))
    moments = [START + timedelta(seconds=seconds) for seconds in (-9, 0, 0.001, 1, 10, 15, 99)]
    assert [ledger.sequence_at(engine, each) for each in moments] == [0, 0, 0, 1, 1, 2, 3]
    assert ledger.sequence_at(engine, moments[5].astimezone()) == 2


# -- recording -------------------------------------------------------------------------------------------------------


def test_a_digest_is_kept_whole(engine):
    first, second = follow(engine, A, "x", thread=7, when=DAILY), follow(engine, A, "y", thread=7)
    windows = (window(first, 5, due=at(99)), window(second, 5))
    items = (item(first, 1), item(None, 3, position=2, message=2, place=1, kind="withdrawal", statement=2**63 - 1))
    number = record(
        engine, first, second, high=5, windows=windows, items=items, messages="ab", asked=True, silent=True, due=at(3)
    )
    a, b = subscribers.subscriptions(engine, A)
    assert (a, b) == (
        first.model_copy(update={"cursor": 5, "due": at(99)}),
        second.model_copy(update={"cursor": 5}),
    )
    assert ledger.digest_windows(engine, A, number) == [(a, 3, 5), (b, 3, 5)]
    assert ledger.digest_windows(engine, B, number) == ledger.digest_windows(engine, A, number + 1) == []
    chat = chat_of(engine)
    assert [row[1:] for row in rows(engine, "digest_items")] == [
        (number, chat, first.id, 1, 1, 0, "news", "a", 1, 100),
        (number, chat, None, 2, 2, 1, "withdrawal", "b", 3, 2**63 - 1),
    ]
    one, two = rows(engine, "deliveries", "position", "content", "state", "attempts", "unknowns", "owner", "settled")
    assert (one, two) == ((1, "a", "pending", 0, 0, None, None), (2, "b", "pending", 0, 0, None, None))
    (claimed,) = outbox.claim(engine, 1, at(3), 9)
    assert (claimed.telegram, claimed.thread, claimed.asked, claimed.silent) == (A, 7, True, True)
    assert list(problems(engine)) == []


CHANGED = {
    "another process was first": lambda e, s: record(e, s, high=4),
    "it moved on": lambda e, s: ledger.advance(e, [window(s, 4)]),
    "it is paused": lambda e, s: subscribers.change(e, A, s.id, now=START, paused=True),
    "the chat is paused": lambda e, s: subscribers.pause(e, A, START),
    "the chat is gone": lambda e, s: subscribers.gone(e, A, "blocked"),
    "it was stopped": lambda e, s: subscribers.unsubscribe(e, A, [s.id]),
    "the chat was forgotten": lambda e, s: subscribers.forget(e, A),
    "it is of another thread": lambda e, s: subscribers.change(e, A, s.id, now=START, thread=3),
    "it comes otherwise": lambda e, s: subscribers.change(e, A, s.id, now=START, when=AT_ONCE),
    "its clock is another": lambda e, s: subscribers.set_zone(e, A, "Asia/Tokyo", START),
}


@pytest.mark.parametrize("how", CHANGED)
def test_a_digest_is_not_kept_when_something_has_changed_meanwhile(engine, how):
    first, second = follow(engine, A, "x", when=DAILY), follow(engine, A, "y", when=DAILY)
    windows = tuple(window(s, 5, was=s.due, due=at(9999)) for s in (first, second))
    made = digest(engine, first, second, high=5, windows=windows, items=[item(second)])
    CHANGED[how](engine, second)
    before = {table: rows(engine, table) for table in (*TABLES, "subscriptions")}
    other = digest(engine, follow(engine, B), high=5)
    assert ledger.record(engine, [made, other], START) == [False, True]
    after = {table: [row for row in rows(engine, table) if B not in row] for table in (*TABLES, "subscriptions")}
    for table, held in before.items():
        assert held == after[table][: len(held)], "all of it or nothing"
        assert len(after[table]) - len(held) == (0 if table == "digest_items" else 1), "the other one is kept"


def test_a_window_without_a_change_moves_the_due_alone(engine):
    first, second = follow(engine, A, "x", when=DAILY), follow(engine, A, "y")
    windows = (window(first, 3, due=at(99)), window(second, 4))
    number = record(engine, first, second, high=4, windows=windows)
    a, b = subscribers.subscriptions(engine, A)
    assert (a.cursor, a.due, b.cursor) == (3, at(99), 4)
    assert ledger.digest_windows(engine, A, number) == [(b, 3, 4)]


def test_of_windows_that_overlap_the_first_is_kept(engine):
    first = follow(engine, A)
    overlapping = [digest(engine, first, high=high) for high in (5, 6, 5)]
    assert ledger.record(engine, overlapping, START) == [True, False, False]
    assert only(engine).cursor == 5
    following = digest(engine, only(engine), high=7)
    assert ledger.record(engine, [following, following], START) == [True, False]


def test_of_processes_that_compose_at_once_one_is_first(engine):
    followed = [follow(engine, telegram, word) for telegram in (A, B, C) for word in "xyz"]
    for high in range(4, 12):
        made = [digest(engine, *subscribers.subscriptions(engine, telegram), high=high) for telegram in (A, B, C)]
        start = Barrier(3)

        def compose(turn: int, start=start, made=made) -> list[bool]:
            start.wait()
            kept = ledger.record(engine, made[turn:] + made[:turn], START)
            return kept[3 - turn :] + kept[: 3 - turn]

        with ThreadPoolExecutor(3) as pool:
            kept = list(pool.map(compose, range(3)))
        assert [sum(each) for each in zip(*kept, strict=True)] == [1, 1, 1]
    held = rows(engine, "digest_windows", "subscription", "low", "high")
    assert sorted(held) == [(s.id, low, low + 1) for s in followed for low in range(3, 11)]


def test_a_digest_that_cites_what_is_not_there_leaves_nothing(engine):
    first = follow(engine, A)
    with pytest.raises(IntegrityError):
        record(engine, first, high=4, items=[item(first, 1, sentence=99)])
    assert only(engine) == first
    assert all(rows(engine, table) == [] for table in TABLES)


def test_thousands_are_kept_at_once(engine):
    followed = [follow(engine, telegram, word) for telegram in range(1, 51) for word in "abcd"]
    by_chat = [followed[i : i + 4] for i in range(0, 200, 4)]
    high = 3
    kept = 0
    for _ in range(3):
        made = []
        for own in by_chat:
            windows = tuple(window(s, high + 1, low=high) for s in own)
            items = [item(own[0], 1, position=i, statement=i) for i in range(1, 31)]
            made.append(digest(engine, *own, high=high + 1, windows=windows, items=items))
        kept += sum(ledger.record(engine, made, START))
        high += 1
    assert kept == 150
    assert [len(rows(engine, table, "id")) for table in TABLES] == [150, 600, 4500, 150]
    assert len(set(rows(engine, "deliveries", "digest"))) == 150, "each its own"


def test_when_there_is_nothing_to_say_the_cursor_and_the_due_move(engine):
    first, second = follow(engine, A, when=DAILY), follow(engine, B)
    ledger.advance(engine, [window(first, 3, due=at(60)), window(second, 9), window(second, 9, subscription=999)])
    assert (only(engine).cursor, only(engine).due) == (3, at(60)), "nothing has changed, and its moment is the next"
    assert only(engine, B).cursor == 9
    ledger.advance(engine, [window(first, 8, low=2), window(first, 8, was=at(59)), window(second, 4, low=9)])
    assert (only(engine).cursor, only(engine, B).cursor) == (3, 9), "it does not stand there"
    ledger.advance(engine, [])
    assert all(rows(engine, table) == [] for table in TABLES)


# -- what was sent ---------------------------------------------------------------------------------------------------


def test_what_a_chat_was_sent_is_known_by_its_words(engine):
    a, b = follow(engine, A), follow(engine, B)
    record(engine, a, high=4, items=[item(a, 1), item(a, 2, place=1), item(a, 3, statement=100)])
    record(engine, b, high=4, items=[item(b, 4)])
    chat = chat_of(engine)
    assert ledger.received(engine, chat, 0, range(-4000, 4000)) == {100, 200}
    assert ledger.received(engine, chat, 0, [200, 400]) == {200}
    assert ledger.received(engine, chat, 33, [100, 200]) == set(), "a topic of its own"
    assert ledger.received(engine, chat, 0, []) == ledger.received(engine, 999, 0, [100]) == set()


def test_what_was_shown_of_an_article_is_found_again_the_latest_first(engine):
    a, b = follow(engine, A), follow(engine, B)
    one = record(engine, a, high=4, items=[item(a, 1), item(a, 2, place=1), item(a, 3)])
    two = record(engine, b, high=4, items=[item(b, 2)])
    save(engine, lines("a", "Something else.", title="Another", publisher="Post"))
    three = record(engine, only(engine), high=5, items=[item(a, 2, kind="correction", statement=7)])
    in_a, in_b = (chat_of(engine), 0), (chat_of(engine, B), 0)
    found = ledger.sent_of(engine, [in_a, in_b], ["a", "nothing"])
    assert [(s.digest, (s.chat, s.thread), s.subscription, s.kind, s.sentence, s.statement, s.text) for s in found] == [
        (three, in_a, a.id, "correction", 2, 7, "Second of a."),
        (two, in_b, b.id, "news", 2, 200, "Second of a."),
        (one, in_a, a.id, "news", 1, 100, "First of a."),
    ]
    assert {(s.revision, s.title, s.publisher, s.url) for s in found} == {(1, "Title of a", "Post", None)}
    assert [s.article for s in ledger.sent_of(engine, [in_a], ["b", "c"])] == ["b"]
    assert ledger.sent_of(engine, [], ["a"]) == ledger.sent_of(engine, [in_a, in_b], []) == []


@pytest.mark.parametrize("since", ["stopped", "paused", "begun anew"])
def test_what_was_shown_in_a_place_is_known_whatever_became_of_its_subscription(engine, since):
    first, elsewhere = follow(engine, A), follow(engine, A, thread=7)
    number = record(engine, first, high=4, items=[item(first, 1)])
    other = record(engine, elsewhere, high=4, items=[item(elsewhere, 1), item(None, 2, position=2)])
    while send(engine, outbox.join(engine, "s", START)):
        pass
    if since == "paused":
        subscribers.change(engine, A, first.id, now=START, paused=True)
    else:
        subscribers.unsubscribe(engine, A, [first.id])
    if since == "begun anew":
        follow(engine, A)
    chat = chat_of(engine)
    found = ledger.sent_of(engine, [(chat, 0), (chat, 8)], ["a"])
    assert [(s.digest, s.thread, s.subscription) for s in found] == [(number, 0, first.id)]
    in_the_topic = ledger.sent_of(engine, [(chat, 7)], ["a"])
    assert [(s.digest, s.subscription) for s in in_the_topic] == [(other, None), (other, elsewhere.id)]


def test_what_was_shown_is_cut_from_any_text_by_its_code_points(engine):
    save(engine, lines("wide", "𝔘𝔫𝔦 «é» 👩‍🚀.\n\nZwei — e\u0301 drei."))
    a = follow(engine, A)
    first, second = rows(engine, "sentences", "id")[-2:]
    record(engine, a, high=5, items=[item(a, 1, article="wide", sentence=id_) for id_ in (second, first)])
    assert [s.text for s in ledger.sent_of(engine, [(chat_of(engine), 0)], ["wide"])] == [
        "𝔘𝔫𝔦 «é» 👩‍🚀.",
        "Zwei — e\u0301 drei.",
    ]


def test_what_never_arrived_was_not_received(engine):
    a = follow(engine, A)
    record(engine, a, high=4, items=[item(a, 1)])
    chat = chat_of(engine)
    assert ledger.received(engine, chat, 0, [100]) == {100}
    subscribers.gone(engine, A, "blocked")
    assert ledger.received(engine, chat, 0, [100]) == set()
    assert ledger.sent_of(engine, [(chat, 0)], ["a"]) == []


@pytest.mark.parametrize("fate", ["failed", "unknown", "given up", "pending", "sent", "missing"])
def test_what_was_received_is_told_message_by_message(engine, fate):
    a = follow(engine, A)
    items = [item(a, 1), item(a, 2, place=1), item(a, 3, position=2, message=2)]
    record(engine, a, high=4, items=items[:2] if fate == "missing" else items, messages="ab"[: 1 + (fate != "missing")])
    chat, owner = chat_of(engine), outbox.join(engine, "s", START)
    if fate == "missing":
        with engine.begin() as connection:
            connection.execute(update(schema.digest_items).values(message=2))
        assert ledger.received(engine, chat, 0, [100, 200]) == set()
        return
    (first,) = send(engine, owner)
    assert first.content == "a"
    for turn in range(outbox.LEAST_UNKNOWN + 1 if fate == "given up" else 1):
        now = START + turn * outbox.GIVEN_UP
        (second,) = outbox.claim(engine, owner, now, 1)
        outbox.begin(engine, owner, [second.id])
        outbox.settle(engine, [Settled(id=second.id, state="unknown" if fate == "given up" else fate)], now)
    arrives = fate not in ("failed", "given up")
    assert ledger.received(engine, chat, 0, [100, 200, 300]) == {100, 200} | ({300} if arrives else set())
    shown = ledger.sent_of(engine, [(chat, 0)], ["a", "b"])
    assert [s.sentence for s in shown] == ([3, 1] if arrives else [1])


def test_a_message_is_known_by_its_number_in_its_chat(engine):
    owner = outbox.join(engine, "s", START)
    a, b = (record(engine, follow(engine, telegram), high=4) for telegram in (A, B))
    for delivery in outbox.claim(engine, owner, START, 9):
        outbox.begin(engine, owner, [delivery.id])
        outbox.settle(engine, [Settled(id=delivery.id, state="sent", message=7)], START)
    assert [ledger.digest_of(engine, telegram, 7) for telegram in (A, B, C)] == [a, b, None]
    assert ledger.digest_of(engine, A, 8) is None


def test_the_rest_of_a_digest_is_one_of_its_own_and_known_as_that_digests(engine):
    a = follow(engine, A)
    first = record(engine, a, high=4, items=[item(a, 1)])
    rest = {"windows": (), "asked": True, "rest_of": first}
    number = record(engine, a, high=4, items=[item(a, 3), item(None, 5, position=2, message=2)], messages="ab", **rest)
    assert ledger.digest_windows(engine, A, number) == []
    assert ledger.received(engine, chat_of(engine), 0, range(999)) == {100, 300, 500}
    owner = outbox.join(engine, "s", START)
    sent = [delivery for _ in range(3) for delivery in send(engine, owner)]
    assert [d.digest for d in sent] == [number, number, first]
    assert {ledger.digest_of(engine, A, d.id + 1000) for d in sent} == {first}
    assert list(problems(engine)) == []
    subscribers.pause(engine, A, START)
    made = digest(engine, a, high=4, **rest)
    assert ledger.record(engine, [made], START) == [False], "its chat is not active"


# -- cleaning --------------------------------------------------------------------------------------------------------


def test_cleaning_keeps_what_is_new_or_not_settled(engine):
    a, b = follow(engine, A), follow(engine, B)
    owner = outbox.join(engine, "s", START)
    record(engine, a, high=4, items=[item(a)])
    record(engine, b, high=4)
    send(engine, owner)
    halfway = record(engine, only(engine), high=5, messages="ab")
    send(engine, owner)
    later = record(engine, only(engine), high=6, now=at(60))
    subscribers.gone(engine, B, "blocked")
    unknown = record(engine, only(engine), high=7, messages="u")
    assert ledger.clean(engine, START) == 0
    assert ledger.clean(engine, at(1)) == 2
    assert rows(engine, "digests", "id") == [halfway, later, unknown]
    assert set(rows(engine, "deliveries", "digest")) == {halfway, later, unknown}
    assert rows(engine, "digest_items") == []
    assert only(engine).cursor == 7, "what was told is not told again"
    while send(engine, owner, at(60)):
        pass
    assert ledger.clean(engine, at(61)) == 3
    assert all(rows(engine, table) == [] for table in TABLES)
    assert ledger.clean(engine, datetime.max.replace(tzinfo=UTC)) == 0


def test_cleaning_keeps_what_may_have_arrived_until_it_is_given_up(engine):
    record(engine, follow(engine, A), high=4)
    owner = outbox.join(engine, "s", START)
    late = START + 2 * outbox.GIVEN_UP
    for cleaned in [0] * outbox.LEAST_UNKNOWN + [1]:
        (claimed,) = outbox.claim(engine, owner, late, 1)
        outbox.begin(engine, owner, [claimed.id])
        assert ledger.clean(engine, at(1)) == 0
        outbox.settle(engine, [Settled(id=claimed.id, state="unknown")], late)
        assert ledger.clean(engine, at(1)) == cleaned


@pytest.mark.parametrize("how", ["paused", "gone", "one by one"])
def test_cleaning_takes_what_waits_for_those_who_rest(engine, how):
    owner = outbox.join(engine, "s", START)
    a, b = follow(engine, A), follow(engine, B)
    record(engine, a, high=4)
    (begun,) = outbox.claim(engine, owner, START, 9)
    outbox.begin(engine, owner, [begun.id])
    record(engine, only(engine), high=5, items=[item(a)])
    waiting = record(engine, b, high=4)
    later = record(engine, only(engine), high=6, now=at(60))
    if how == "one by one":
        subscribers.change(engine, A, a.id, now=START, paused=True)
    elif how == "paused":
        subscribers.pause(engine, A, START)
    else:
        subscribers.gone(engine, A, "blocked")
    assert ledger.clean(engine, at(1)) == 1, "what is on its way is told of"
    assert rows(engine, "digests", "id") == [begun.digest, waiting, later]
    outbox.settle(engine, [Settled(id=begun.id, state="pending")], START)
    assert ledger.clean(engine, at(1)) == 1


def test_many_are_cleaned_in_several_turns(engine):
    a = follow(engine, A)
    made = [digest(engine, a, high=4 + i, windows=(window(a, 4 + i, low=3 + i),), messages=()) for i in range(1001)]
    assert all(ledger.record(engine, made, START))
    commits: list[object] = []
    event.listen(engine, "commit", commits.append)
    assert ledger.clean(engine, at(1)) == 1001
    assert len(commits) == 3
    assert rows(engine, "digests") == []
