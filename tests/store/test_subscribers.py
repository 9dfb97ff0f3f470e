"""Chats and what they follow: kept, changed, moved and forgotten."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Barrier

import pytest
from sqlalchemy import select

from knowledge.errors import InputError
from knowledge.models import Interest
from knowledge.store import ledger, outbox, schema, subscribers
from knowledge.store.check import problems
from knowledge.store.moments import moment, stamp
from knowledge.store.subscribers import Chat, Subscription, TooManySubscriptionsError
from tests.auxil.following import (
    AT_ONCE,
    DAILY,
    START,
    WEEKLY,
    at,
    digest,
    follow,
    happen,
    item,
    put_articles,
    record,
    rows,
    send,
    topic,
    window,
)

A, B = 7_000_000_001, -100_000_000_000_2
"""Two chats by Telegram's numbers, which do not fit 32 bits."""
MORNING = datetime(2034, 5, 7, 8, 0, tzinfo=UTC)


@pytest.fixture
def engine(engine):
    """With three articles and three changes."""
    put_articles(engine)
    return engine


def chat(engine, telegram: int = A) -> Chat:
    found = subscribers.chat(engine, telegram)
    assert found is not None
    return found


def own(engine, telegram: int = A) -> list[Subscription]:
    return subscribers.subscriptions(engine, telegram)


def targets(engine, telegram: int = A) -> list[str]:
    return [s.interest.target for s in own(engine, telegram)]


# -- moments ---------------------------------------------------------------------------------------------------------


def test_a_moment_is_kept_to_the_millisecond_and_ordered_as_text():
    moments = [at(0), at(0.5), at(1).astimezone(), datetime(2034, 5, 6, 12, 1, 0, 999_999, UTC)]
    kept = [stamp(each) for each in moments]
    assert kept == sorted(kept)
    assert {len(text) for text in kept} == {len("2034-05-06T12:00:00.000+00:00")}
    assert [moment(text) for text in kept] == [*moments[:3], datetime(2034, 5, 6, 12, 1, 0, 999_000, UTC)]
    with pytest.raises(ValueError, match="no time zone"):
        stamp(datetime(2034, 5, 6))  # noqa: DTZ001


# -- following -------------------------------------------------------------------------------------------------------


def test_the_first_subscription_makes_the_chat_and_begins_with_the_next_change(engine):
    interest = Interest(kind="topic", target="wind farm", without=("solar", "tax"))
    made, how = subscribers.subscribe(engine, A, 12, interest, "wind\nfarms", DAILY, silent=True, now=START)
    assert how == "new"
    assert made == Subscription(
        id=made.id, telegram=A, thread=12, interest=interest, label="wind farms", when=DAILY, silent=True, paused=False,
        cursor=3, due=MORNING, created=START,
    )  # fmt: skip
    assert chat(engine) == Chat(
        id=chat(engine).id, telegram=A, zone=None, zone_asked=False, quiet=None, state="active", reason=None
    )
    assert own(engine) == [made]
    assert own(engine, B) == []
    assert subscribers.chat(engine, B) is None


def test_the_same_again_changes_how_often_it_comes_and_keeps_its_cursor(engine):
    first = follow(engine, A, when=AT_ONCE)
    happen(engine)
    again = {"interest": topic("x"), "now": at(5)}
    assert subscribers.subscribe(engine, A, 0, label="x", when=AT_ONCE, **again) == (first, "same")
    changed, how = subscribers.subscribe(engine, A, 0, label="an x", when=DAILY, **again)
    assert how == "changed"
    assert changed == first.model_copy(update={"label": "an x", "when": DAILY, "due": MORNING})
    subscribers.change(engine, A, first.id, paused=True, now=at(6))
    assert subscribers.subscribe(engine, A, 0, label="an x", when=DAILY, **again) == (changed, "changed")
    assert own(engine) == [changed]


OTHERS = [
    pytest.param(5, topic("x"), id="in another thread"),
    pytest.param(0, topic("y"), id="another topic"),
    pytest.param(0, Interest(kind="topic", target="x", without=("y",)), id="with a word left out"),
    pytest.param(0, Interest(kind="person", target="x"), id="a person"),
    pytest.param(0, Interest(kind="everything"), id="everything"),
]


@pytest.mark.parametrize(("thread", "interest"), OTHERS)
def test_what_differs_is_followed_beside_it(engine, thread, interest):
    first = follow(engine, A)
    second, how = subscribers.subscribe(engine, A, thread, interest, "l", AT_ONCE, now=START)
    assert how == "new"
    assert own(engine) == [first, second]
    assert subscribers.subscription(engine, A, second.id) == second
    assert subscribers.subscription(engine, B, second.id) is None


def test_a_chat_follows_only_so_much(engine):
    kept = [follow(engine, A, str(i)) for i in range(50)]
    with pytest.raises(TooManySubscriptionsError, match="at most 50"):
        follow(engine, A, "one more")
    follow(engine, A, "7", when=DAILY)
    assert [s.id for s in own(engine)] == [s.id for s in kept]
    follow(engine, B, "one more")
    subscribers.unsubscribe(engine, A, [kept[3].id])
    follow(engine, A, "one more")
    assert len(own(engine)) == 50


def test_of_those_who_ask_at_once_each_is_counted(engine):
    start = Barrier(4)

    def many(worker: int) -> int:
        start.wait()
        refused = 0
        for i in range(6):
            try:
                follow(engine, A, f"{worker} {i}", limit=20)
            except TooManySubscriptionsError:
                refused += 1
        return refused

    with ThreadPoolExecutor(4) as pool:
        refused = sum(pool.map(many, range(4)))
    assert refused == 4
    assert len(own(engine)) == 20
    assert rows(engine, "chats", "telegram") == [A], "made once"


BAD = [("a\0b", "control characters"), ("x" * 2001, "longer than 2,000 bytes"), ("\ud800", "control characters")]


@pytest.mark.parametrize(("target", "reason"), BAD, ids=["NUL", "long", "a lone surrogate"])
def test_what_cannot_be_kept_is_refused(engine, target, reason):
    with pytest.raises(InputError, match=reason):
        follow(engine, A, target, label="x")
    assert rows(engine, "chats") == []


def test_numbers_are_not_used_again(engine):
    first = follow(engine, A, "x")
    record(engine, first, high=4)
    digests, deliveries, chats = (rows(engine, table, "id") for table in ("digests", "deliveries", "chats"))
    subscribers.forget(engine, A)
    second = follow(engine, B, "y")
    record(engine, second, high=4)
    assert second.id > first.id
    assert rows(engine, "digests", "id") > digests
    assert rows(engine, "deliveries", "id") > deliveries
    assert rows(engine, "chats", "id") > chats


# -- changing --------------------------------------------------------------------------------------------------------


def test_a_change_is_of_what_is_given(engine):
    first = follow(engine, A, when=DAILY)

    def change(**given):
        return subscribers.change(engine, A, first.id, now=at(60 * 24), **given)

    assert change() == first
    quiet = first.model_copy(update={"silent": True})
    assert change(silent=True) == change(when=DAILY) == quiet, "its due is not put off"
    resting = quiet.model_copy(update={"paused": True})
    assert change(paused=True) == resting
    again = change(paused=False)
    assert again == quiet.model_copy(update={"due": MORNING.replace(day=8)})
    assert change(when=AT_ONCE, thread=3) == again.model_copy(update={"when": AT_ONCE, "due": None, "thread": 3})
    assert subscribers.change(engine, B, first.id, now=START, paused=True) is None
    assert subscribers.change(engine, A, first.id + 1, now=START, paused=True) is None


def test_moved_to_a_thread_that_has_the_same_it_becomes_one_with_that(engine):
    here, there = follow(engine, A, thread=5), follow(engine, A)
    number = record(engine, here, high=4, items=[item(here)])
    there = there.model_copy(update={"cursor": 4})
    assert subscribers.change(engine, A, here.id, now=START, thread=0) == there
    assert own(engine) == [there]
    assert ledger.digest_windows(engine, A, number) == [(there, 3, 4)]
    assert [sent.subscription for sent in ledger.sent_of(engine, [(chat(engine).id, 0)], ["a"])] == [there.id]
    assert outbox.counts(engine)["pending"] == 1


def test_moved_to_another_thread_it_takes_along_what_it_was_sent(engine):
    moved, other = follow(engine, A, thread=5), follow(engine, A, "y", thread=5)
    record(engine, moved, high=4, items=[item(moved)])
    record(engine, moved, high=4, windows=(), asked=True, items=[item(moved, 2)])
    record(engine, other, high=4, items=[item(other, 3)])
    subscribers.change(engine, A, moved.id, now=START, thread=0)
    assert rows(engine, "digests", "thread") == [0, 0, 5]
    assert ledger.received(engine, chat(engine).id, 0, [100, 200, 300]) == {100, 200}
    assert [d.thread for d in send(engine, 1) + send(engine, 1) + send(engine, 1)] == [0, 0, 5]


def test_a_zone_makes_every_due_anew(engine):
    follow(engine, A, "x", when=DAILY)
    follow(engine, A, "y", when=AT_ONCE)
    assert subscribers.set_zone(engine, A, "Asia/Tokyo", at(0)).zone == "Asia/Tokyo"
    assert [s.due for s in own(engine)] == [datetime(2034, 5, 6, 23, 0, tzinfo=UTC), None]
    assert subscribers.set_zone(engine, B, "Europe/Berlin", at(0)) == chat(engine, B), "also of a chat not known before"
    assert follow(engine, B, when=DAILY).due == datetime(2034, 5, 7, 6, 0, tzinfo=UTC)


@pytest.mark.parametrize("zone", ["Mars/Olympus", "", "../etc/passwd", "a\0b", "x" * 500])
def test_an_unknown_zone_is_refused(engine, zone):
    with pytest.raises(InputError, match="no IANA time zone"):
        subscribers.set_zone(engine, A, zone, START)
    assert subscribers.chat(engine, A) is None


def test_the_zone_is_asked_for_once(engine):
    assert [subscribers.ask_zone(engine, A) for _ in range(3)] == [True, False, False]
    subscribers.set_zone(engine, B, "UTC", START)
    assert subscribers.ask_zone(engine, B) is False


def test_quiet_hours_are_set_and_what_they_held_back_comes_when_they_change(engine):
    follow(engine, A, "x", when=AT_ONCE)
    follow(engine, A, "y", when=DAILY)
    assert subscribers.set_quiet(engine, A, (1320, 420), START).quiet == (1320, 420)
    ledger.hold(engine, ledger.due(engine, START, 3, telegram=A), at(600))
    assert [s.due for s in own(engine)] == [at(600), at(600)]
    assert subscribers.set_quiet(engine, A, None, START).quiet is None
    assert [s.due for s in own(engine)] == [None, at(600)], "a daily one is not put off to its next day"


def test_a_pause_keeps_the_cursor_and_dues_go_on_from_its_end(engine):
    first = follow(engine, A, when=DAILY)
    record(engine, first, high=4)
    assert [subscribers.pause(engine, A, START) for _ in range(2)] == [True, False]
    assert chat(engine).state == "paused"
    high = happen(engine, 3)
    assert ledger.due(engine, at(9999), high) == []
    assert outbox.claim(engine, 1, at(9999), 9) == []
    assert [subscribers.resume(engine, A, at(60 * 24 * 3)) for _ in range(2)] == [True, False]
    (resumed,) = own(engine)
    assert (resumed.cursor, resumed.due) == (4, MORNING.replace(day=10))
    assert [d.subscription for d in ledger.due(engine, at(9999), high)] == [resumed]
    assert len(outbox.claim(engine, 1, at(9999), 9)) == 1, "what waited still comes"
    assert subscribers.pause(engine, B, START) is subscribers.resume(engine, B, START) is False


# -- gone ------------------------------------------------------------------------------------------------------------


def test_of_a_chat_that_is_gone_what_waits_has_failed_and_what_is_on_its_way_is_told_of(engine):
    first, second = follow(engine, A), follow(engine, B)
    owner = outbox.join(engine, "s", START)
    record(engine, first, high=4, messages="ab")
    (sending,) = outbox.claim(engine, owner, START, 9)
    outbox.begin(engine, owner, [sending.id])
    record(engine, second, high=4)
    assert [subscribers.gone(engine, A, "blocked\nby the user" + "!" * 999) for _ in range(2)] == [True, False]
    assert chat(engine).state == "gone"
    assert (chat(engine).reason or "").startswith("blocked by the user!!")
    assert len(chat(engine).reason or "") == 500
    assert rows(engine, "deliveries", "state", "content") == [("sending", "a"), ("failed", None), ("pending", "{}")]
    assert ledger.due(engine, START, 9, telegram=A) == []
    assert [d.subscription.id for d in ledger.due(engine, START, 9, telegram=B)] == [second.id]
    assert subscribers.gone(engine, 999, "x") is False


def test_of_a_chat_that_was_gone_all_rests_until_it_is_resumed(engine):
    first, daily = follow(engine, A, "x"), follow(engine, A, "y", when=DAILY)
    assert subscribers.back(engine, A) is subscribers.back(engine, B) is False
    subscribers.gone(engine, A, "blocked")
    assert [subscribers.back(engine, A) for _ in range(2)] == [True, False]
    assert (chat(engine).state, chat(engine).reason) == ("active", None)
    assert [s.paused for s in own(engine)] == [True, True]
    assert ledger.due(engine, at(9999), happen(engine)) == []
    assert [subscribers.resume(engine, A, at(60 * 24)) for _ in range(2)] == [True, False]
    assert own(engine) == [first, daily.model_copy(update={"due": MORNING.replace(day=8)})]
    assert [d.subscription for d in ledger.due(engine, START, 9)] == [first]
    subscribers.gone(engine, A, "blocked")
    subscribers.resume(engine, A, at(60 * 24))
    assert chat(engine).state == "active"
    assert [s.paused for s in own(engine)] == [False, False]


@pytest.mark.parametrize("told", [True, False], ids=["back before", "not back before"])
def test_a_chat_that_was_gone_and_follows_something_gets_that_alone(engine, told):
    first = follow(engine, A, "x")
    subscribers.pause(engine, A, START)
    subscribers.gone(engine, A, "blocked")
    if told:
        subscribers.back(engine, A)
    second = follow(engine, A, "y")
    assert (chat(engine).state, chat(engine).reason) == ("active", None)
    assert own(engine) == [first.model_copy(update={"paused": True}), second]
    assert [d.subscription for d in ledger.due(engine, START, happen(engine))] == [second]
    third = follow(engine, A, "x")
    assert third == first, "asked for again"


def test_a_chat_that_its_people_paused_stays_so_whatever_it_follows(engine):
    alone = follow(engine, A, "x")
    subscribers.change(engine, A, alone.id, now=START, paused=True)
    subscribers.pause(engine, A, START)
    second = follow(engine, A, "y")
    assert chat(engine).state == "paused"
    assert ledger.due(engine, START, happen(engine)) == []
    assert subscribers.resume(engine, A, START) is True
    assert [s.paused for s in own(engine)] == [True, False], "what was paused one by one stays so"
    assert [d.subscription for d in ledger.due(engine, START, happen(engine))] == [second]
    assert subscribers.resume(engine, A, START) is True
    assert [s.paused for s in own(engine)] == [False, False], "there is nothing else to resume"


# -- stopping --------------------------------------------------------------------------------------------------------


def test_stopping_takes_what_waits_of_that_alone(engine):
    x, y = follow(engine, A, "x"), follow(engine, A, "y")
    both = record(engine, x, y, high=4, items=[item(x), item(y, 2)], messages="b")
    x, y = own(engine)
    alone = record(engine, x, high=5, items=[item(x, 3)], messages="x")
    x, y = own(engine)
    assert subscribers.unsubscribe(engine, A, [x.id, 999]) == [x]
    assert own(engine) == [y]
    assert rows(engine, "deliveries", "digest", "content") == [(both, "b")]
    assert rows(engine, "digests", "id") == [both]
    assert ledger.digest_windows(engine, A, both) == [(y, 3, 4)]
    received = ledger.received(engine, chat(engine).id, 0, [100, 200, 300])
    assert received == {100, 200}, "what never comes was not received"
    assert alone not in rows(engine, "digest_items", "digest")
    assert list(problems(engine)) == []


def test_stopping_leaves_what_is_on_its_way_or_was_sent(engine):
    x = follow(engine, A, "x")
    owner = outbox.join(engine, "s", START)
    first = record(engine, x, high=4, messages="ab")
    second = record(engine, *own(engine), high=5, messages="cd", due=at(1))
    assert [d.content for d in send(engine, owner)] == ["a"]
    (waiting,) = outbox.claim(engine, owner, at(1), 9)
    outbox.put_off(engine, [waiting.id], at(2))
    (sending,) = outbox.claim(engine, owner, at(1), 9)
    assert sending.content == "c"
    outbox.begin(engine, owner, [sending.id])
    assert [s.id for s in subscribers.unsubscribe(engine, A, None)] == [x.id]
    assert rows(engine, "deliveries", "digest", "state") == [(first, "sent"), (second, "sending")]
    assert rows(engine, "digests", "id") == [first, second]
    assert own(engine) == subscribers.unsubscribe(engine, A, None) == subscribers.unsubscribe(engine, 9, None) == []


def test_a_chat_stops_only_its_own(engine):
    first = follow(engine, A)
    follow(engine, B)
    assert subscribers.unsubscribe(engine, B, [first.id]) == []
    assert own(engine) == [first]
    assert subscribers.unsubscribe(engine, A, []) == []
    assert own(engine) == [first]


# -- another number --------------------------------------------------------------------------------------------------


def everything(engine, telegram: int) -> dict[str, object]:
    return json.loads(json.dumps(subscribers.held(engine, telegram)))


def full(engine, telegram: int = A, words: str = "xy", high: int = 4) -> None:
    """A chat with a row in every table: two digests, one sent."""
    subscribers.set_zone(engine, telegram, "Asia/Tokyo", START)
    followed = [follow(engine, telegram, word) for word in words]
    owner = outbox.join(engine, "s", START)
    items = [item(followed[0], 2), item(followed[1], 5, kind="correction", position=2, place=1)]
    record(engine, *followed, high=high, items=items, messages="ab")
    send(engine, owner)
    record(engine, own(engine, telegram)[0], high=high + 1)
    outbox.leave(engine, owner)


def test_a_chat_that_moves_takes_everything_along(engine):
    full(engine)
    before = everything(engine, A)
    assert [subscribers.migrate(engine, A, B) for _ in range(2)] == [True, False]
    assert subscribers.chat(engine, A) is None
    after = everything(engine, B)
    assert after["chat"] == before["chat"] | {"telegram": B}
    assert (after["subscriptions"], after["digests"]) == (before["subscriptions"], before["digests"])
    assert subscribers.migrate(engine, B, B) is False
    assert {d.telegram for d in outbox.claim(engine, 1, START, 9)} == {B}


def test_a_chat_that_moves_to_one_that_is_known_becomes_one_with_it(engine):
    full(engine, A, "xy")
    happen(engine, 5)
    full(engine, B, "yz", high=10)
    subscribers.set_zone(engine, B, "Europe/Berlin", START)
    subscribers.set_quiet(engine, A, (1, 2), START)
    of_both, y = [s.interest.target for s in own(engine, A) + own(engine, B)], own(engine, B)[0]
    sent = rows(engine, "deliveries", "id", "state", "content")
    assert of_both == ["x", "y", "y", "z"]
    assert subscribers.migrate(engine, A, B) is True
    assert subscribers.chat(engine, A) is None
    assert (chat(engine, B).zone, chat(engine, B).quiet) == ("Europe/Berlin", (1, 2))
    assert targets(engine, B) == ["x", "y", "z"]
    assert y in own(engine, B), "the new one's stays as it was"
    assert rows(engine, "deliveries", "id", "state", "content") == sent
    for table in ("digests", "digest_items", "deliveries", "subscriptions"):
        assert set(rows(engine, table, "chat")) == {chat(engine, B).id}
    assert rows(engine, "digest_windows", "subscription", "low", "high")[1] == (y.id, 3, 4)
    assert list(problems(engine)) == []


def test_what_a_moved_chat_has_not_been_told_is_not_left_out(engine):
    old = follow(engine, A, when=WEEKLY)
    happen(engine, 5)
    assert follow(engine, B, when=DAILY).cursor == 8
    subscribers.migrate(engine, A, B)
    (joined,) = own(engine, B)
    assert (joined.cursor, joined.when) == (old.cursor, DAILY)


def test_what_a_moved_chat_has_been_told_is_not_told_again(engine):
    new = follow(engine, B)
    full(engine, A, "xy", high=6)
    subscribers.migrate(engine, A, B)
    joined = own(engine, B)[0]
    assert (joined.id, joined.cursor) == (new.id, 7)
    record(engine, joined, high=8)
    followed = own(engine, B)
    for high in (9, 10):
        assert ledger.record(engine, [digest(engine, *followed, high=high)], START) == [high == 9]
    assert sorted(rows(engine, "digest_windows", "low", "high")) == [(3, 6), (3, 6), (6, 7), (6, 9), (7, 8), (8, 9)]


def test_a_move_and_a_new_row_at_once_become_one_chat(engine):
    follow(engine, A, "x")
    for turn in range(5):
        old, new = (A, B) if turn % 2 == 0 else (B, A)
        start = Barrier(2)

        def move(start=start, old=old, new=new):
            start.wait()
            return subscribers.migrate(engine, old, new)

        def write(start=start, new=new, turn=turn):
            start.wait()
            follow(engine, new, f"t{turn}")

        with ThreadPoolExecutor(2) as pool:
            moved, written = pool.submit(move), pool.submit(write)
            assert moved.result() is True
            written.result()
        assert rows(engine, "chats", "telegram") == [new]
    assert sorted(targets(engine, B)) == ["t0", "t1", "t2", "t3", "t4", "x"]


# -- forgetting and telling ------------------------------------------------------------------------------------------


def test_a_forgotten_chat_is_in_no_table(engine):
    follow(engine, B)
    others = {table.name: rows(engine, table.name) for table in schema.metadata.sorted_tables}
    full(engine)
    filled = {name for name, held in others.items() if rows(engine, name) != held}
    assert filled == {"chats", "subscriptions", "digests", "digest_windows", "digest_items", "deliveries"}
    assert [subscribers.forget(engine, A) for _ in range(2)] == [True, False]
    assert {table.name: rows(engine, table.name) for table in schema.metadata.sorted_tables} == others
    for table in schema.metadata.sorted_tables:
        if references := [column for column in table.c if column.references(schema.chats.c.id)]:
            assert table.name in filled, f"the test fills {table.name}, which holds {references}"


def test_everything_held_is_told(engine):
    full(engine)
    told = everything(engine, A)
    assert told["chat"] == {
        "telegram": A, "zone": "Asia/Tokyo", "zone_asked": False, "quiet_start": None, "quiet_end": None,
        "state": "active", "reason": None, "since": stamp(START),
    }  # fmt: skip
    x, y = own(engine)
    assert told["subscriptions"][1] == {
        "id": y.id, "thread": 0, "kind": "topic", "target": "y", "label": "y", "without": "", "often": "at_once",
        "minute": 0, "weekday": 0, "silent": False, "paused": False, "cursor": 4, "due": None, "created": stamp(START),
    }  # fmt: skip
    first, second = told["digests"]
    assert [w["subscription"] for w in first["windows"]] == [x.id, y.id]
    assert [(w["low"], w["high"]) for w in first["windows"]] == [(3, 4), (3, 4)]
    assert first["items"] == [
        {"subscription": x.id, "position": 1, "message": 1, "place": 0, "kind": "news", "article": "a",
         "number": 2, "text": "Second of a."},
        {"subscription": y.id, "position": 2, "message": 1, "place": 1, "kind": "correction", "article": "c",
         "number": 1, "text": "First of c."},
    ]  # fmt: skip
    assert [(d["position"], d["state"], d["content"]) for d in first["deliveries"]] == [
        (1, "sent", None),
        (2, "pending", "b"),
    ]
    assert second["items"] == []
    assert subscribers.held(engine, B) == {}


def test_every_column_about_a_chat_is_told_but_keys_and_hashes(engine):
    full(engine)
    told = everything(engine, A)
    (first, _) = told["digests"]
    parts = {
        "chats": told["chat"], "subscriptions": told["subscriptions"][0], "digests": first,
        "digest_windows": first["windows"][0], "digest_items": first["items"][0], "deliveries": first["deliveries"][0],
    }  # fmt: skip
    left_out = {name: {c.name for c in schema.metadata.tables[name].c} - set(part) for name, part in parts.items()}
    assert left_out == {
        "chats": {"id"}, "subscriptions": {"chat"}, "digests": {"chat"}, "digest_windows": {"id", "digest"},
        "digest_items": {"id", "digest", "chat", "sentence", "statement"},
        "deliveries": {"id", "digest", "chat", "owner"},
    }  # fmt: skip


def test_a_forgotten_chat_begins_anew(engine):
    first = follow(engine, A)
    made = digest(engine, first, high=4)
    found = ledger.due(engine, START, 4)
    subscribers.forget(engine, A)
    assert ledger.record(engine, [made], START) == [False]
    ledger.advance(engine, [window(first, 4)])
    ledger.hold(engine, found, at(9))
    again = follow(engine, A)
    assert (again.cursor, again.due) == (3, None)
    with engine.connect() as connection:
        assert connection.execute(select(schema.digests)).all() == []
