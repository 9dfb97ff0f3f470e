"""Digests on their way: each row of the table of faults, order, stopping, several senders, a database in trouble."""

import asyncio
import os
import random
import subprocess
import sys

import pytest
from sqlalchemy.exc import OperationalError

from bot.delivery import texts
from bot.delivery.content import dump, load
from bot.delivery.pacing import DIGESTS_IN_FLIGHT
from bot.delivery.postman import FAILURES, Postman, may_repeat, sender_name
from bot.render import Message
from bot.replies import Button
from bot.sending import Target
from knowledge.store import outbox, subscribers
from knowledge.store.database import open_engine
from knowledge.store.moments import moment
from tests.auxil import faults, following
from tests.auxil.bot_api import BotApi, ChatRecord
from tests.auxil.clock import AtOnce, Naps, Stuck
from tests.auxil.limits import Limits
from tests.auxil.post import START, Post, content, fill, posting, states, text_of, time_by
from tests.auxil.records import blank_store


@pytest.fixture
def clock():
    return Naps()


@pytest.fixture
async def api(clock):
    async with BotApi(limits=Limits(), clock=clock) as api:
        for chat in range(1, 60):
            api.add_chat(ChatRecord(chat))
        api.add_chat(ChatRecord(-5, "supergroup", "Newsroom", forum=True, threads={33}))
        yield api


@pytest.fixture
def engine(tmp_path):
    engine = open_engine(blank_store(tmp_path / "post.db"), create=False)
    yield engine
    engine.dispose()


def texts_in(api, chat=7):
    return [message.text for message in api.sent_to(chat)]


def sends(api):
    return len(api.calls_of("sendMessage"))


async def test_what_waits_is_sent_with_its_styles_and_buttons_and_kept_as_sent(engine, api, clock):
    fill(engine, [7, 8], 2)
    async with posting(engine, api, clock) as post:
        await post.until_settled(10)
    assert texts_in(api, 7) == [text_of(7, 0), text_of(7, 1)]
    message = api.sent_to(8)[0]
    assert ([entity.kind for entity in message.entities], message.buttons) == (["bold"], ["context 1"])
    numbers = [message.message_id for message in api.messages]
    assert sorted(states(engine)) == sorted(("sent", 1, 0, number, None) for number in numbers)
    assert api.complaints == []
    assert api.throttle.refused == 0


def test_a_message_is_the_same_after_it_was_kept():
    message = Message("<b>a &lt; “é”\n</b>", "a < “é”\n", ((Button("x", "a:1"), Button("y", "b")), (Button("z", "c"),)))
    assert load(dump(message)) == message


# --- the table of faults ----------------------------------------------------------------------------------------

SURELY_NOT = [
    (faults.too_many_requests(7), 7),
    (faults.BAD_GATEWAY, 1),
    (faults.CONFLICT, 1),
]


@pytest.mark.parametrize(("fault", "wait"), SURELY_NOT)
async def test_what_surely_did_not_arrive_is_sent_later_and_not_marked(engine, api, clock, fault, wait):
    fill(engine, [7], 1)
    api.fail("sendMessage", fault)
    began = clock()
    async with posting(engine, api, clock) as post:
        await post.until_settled(60)
    assert texts_in(api) == [text_of(7, 0)]
    assert wait <= clock() - began < wait + 2.5
    assert states(engine)[0][:3] == ("sent", 2, 0)


@pytest.mark.parametrize("fault", [faults.SILENCE, faults.DROP, faults.CUT, faults.GATEWAY_TIMEOUT])
async def test_what_may_have_arrived_is_sent_once_more_and_marked(engine, api, clock, fault):
    fill(engine, [7], 1)
    api.fail("sendMessage", fault)
    began = clock()
    async with posting(engine, api, clock) as post:
        await post.until_settled(60)
    marked = f"{texts.MAY_REPEAT}\n\n{text_of(7, 0)}"
    arrived = [] if fault is faults.GATEWAY_TIMEOUT else [text_of(7, 0)]
    assert texts_in(api) == [*arrived, marked]
    assert clock() - began >= 5
    assert states(engine)[0][:3] == ("sent", 2, 1)
    assert api.sent_to(7)[-1].entities[0].offset == len(texts.MAY_REPEAT) + 2


async def test_what_is_never_answered_is_sent_once_an_hour_in_the_end_and_given_up_after_days(engine, api, clock):
    fill(engine, [7, 8], 1)
    api.fail("sendMessage", faults.DROP, chat_id=7, times=99)
    pauses, last = [], None
    async with posting(engine, api, clock) as post:
        for tries in range(1, 15):
            await post.until(lambda tries=tries: len(texts_in(api)) == tries, 3700)
            pauses += [clock() - last] if last else []
            last = clock()
            (due,) = following.rows(engine, "deliveries", "due")[:1]
            wait = (moment(due) - post.now()).total_seconds()
            clock.now += max(0, wait - 5)  # the seconds in which nothing happens
        expected = [min(3600, 5 * 2**number) for number in range(13)]
        assert pauses == [pytest.approx(pause, abs=3) for pause in expected]
        assert outbox.counts(engine)["unknown"] == 1
        clock.now += outbox.GIVEN_UP.total_seconds()
        await post.until_settled(60)
    assert [text.startswith(texts.MAY_REPEAT) for text in texts_in(api)] == [False] + [True] * 14
    assert sorted(state for state, *_ in states(engine)) == ["sent", "unknown"]


@pytest.mark.parametrize("fault", faults.ALL_GONE)
async def test_a_chat_that_is_gone_is_paused_at_once_and_not_tried_again(engine, api, clock, fault):
    fill(engine, [7, 8], 3)
    api.fail("sendMessage", fault, chat_id=7, times=99)
    async with posting(engine, api, clock) as post:
        await post.until_settled(60)
    assert len([call for call in api.calls_of("sendMessage") if call.chat_id == 7]) == 1
    assert len(texts_in(api, 8)) == 3
    chat = subscribers.chat(engine, 7)
    assert (chat.state, post.gone) == ("gone", [7])
    assert chat.reason.casefold() in fault.description.casefold()
    assert sorted(state for state, *_ in states(engine)) == ["failed"] * 3 + ["sent"] * 3


async def test_refused_html_comes_as_plain_text(engine, api, clock, log):
    fill(engine, [7], 1)
    api.fail("sendMessage", faults.CANNOT_PARSE)
    async with posting(engine, api, clock) as post:
        await post.until_settled(60)
    (message,) = api.sent_to(7)
    assert (message.text, message.entities, message.buttons) == (text_of(7, 0), (), ["context 1"])
    assert "bug:" in log.getvalue()
    assert text_of(7, 0) not in log.getvalue()


async def test_what_is_too_long_comes_in_halves(engine, api, clock):
    chat = following.follow(engine, 7)
    following.record(engine, chat, high=1, messages=[content("one " * 900)])
    api.fail("sendMessage", faults.TOO_LONG)
    async with posting(engine, api, clock) as post:
        await post.until_settled(60)
    assert " ".join(texts_in(api)) == ("one " * 900).strip()


async def test_what_stays_refused_has_failed_and_holds_nothing_up(engine, api, clock):
    fill(engine, [7], 2)
    api.fail("sendMessage", faults.bad_request("message text is empty"))
    async with posting(engine, api, clock) as post:
        await post.until_settled(60)
    assert texts_in(api) == [text_of(7, 1)]
    assert [state for state, *_ in states(engine)] == ["failed", "sent"]
    assert states(engine)[0][4] == "Message text is empty"


@pytest.mark.parametrize("fault", [faults.NO_THREAD, faults.TOPIC_CLOSED, faults.TOPIC_DELETED])
async def test_a_topic_that_is_lost_is_left_for_good_and_the_chat_is_told(engine, api, clock, fault):
    fill(engine, [-5], 2, thread=33)
    api.fail("sendMessage", fault)
    async with posting(engine, api, clock) as post:
        await post.until_settled(60)
        await post.until(lambda: len(api.messages) == 3, 10)
    assert sorted(texts_in(api, -5)) == sorted([text_of(-5, 0), text_of(-5, 1), texts.TOPIC_GONE])
    assert [one.thread for one in subscribers.subscriptions(engine, -5)] == [0]


async def test_a_group_that_became_a_supergroup_is_followed_there(engine, api, clock):
    fill(engine, [-6], 2)
    api.migrate(-6, -1006)
    async with posting(engine, api, clock) as post:
        await post.until_settled(60)
    assert texts_in(api, -1006) == [text_of(-6, 0), text_of(-6, 1)]
    assert subscribers.chat(engine, -6) is None
    assert subscribers.chat(engine, -1006).state == "active"


async def test_a_token_that_is_refused_ends_the_work_and_loses_nothing(engine, api, clock):
    fill(engine, [7, 8], 1)
    api.fail("sendMessage", faults.UNAUTHORIZED, times=99)
    async with posting(engine, api, clock) as post:
        await post.running
    assert post.refused == ["refused"]
    assert {state[0] for state in states(engine)} == {"pending"}
    assert sends(api) <= 2


@pytest.mark.parametrize("fault", [faults.BAD_GATEWAY, faults.GATEWAY_TIMEOUT])
async def test_a_network_that_is_down_is_tried_less_and_less_with_one_message(engine, api, clock, fault):
    chats = range(1, 40)
    fill(engine, chats, 1)
    api.fail("sendMessage", fault, times=10**6, when=lambda: clock() < 1600)
    async with posting(engine, api, clock) as post:
        await post.until(lambda: clock() >= 1000.75, 1)
        assert sends(api) == FAILURES, "what was in hand already is not tried either"
        await post.until(lambda: clock() >= 1599, 700)
        assert 10 < sends(api) < 35
        assert max(attempts for _, attempts, *_ in states(engine)) < 10
        await post.until_settled(5000)
    assert sorted(message.chat_id for message in api.messages) == list(chats)
    assert sum(message.text.startswith(texts.MAY_REPEAT) for message in api.messages) < 30


async def test_telegram_asking_for_a_wait_is_not_taken_for_a_network_that_is_down(engine, api, clock):
    fill(engine, range(1, 40), 1)
    api.fail("sendMessage", faults.BAD_GATEWAY, times=9)
    api.fail("sendMessage", faults.too_many_requests(1), when=lambda: clock() > 1003)
    async with posting(engine, api, clock) as post:
        await post.until(lambda: outbox.counts(engine)["sent"] == 39, 60)


async def test_a_fault_of_ours_stops_no_other_message(engine, api, clock, log):
    chat = following.follow(engine, 7)
    following.record(engine, chat, high=1, messages=["no JSON"])
    fill(engine, [8], 1)
    async with posting(engine, api, clock) as post:
        await post.until(lambda: len(api.messages) == 1, 60)
    assert texts_in(api, 8) == [text_of(8, 0)]
    assert "bug: delivery cannot be read" in log.getvalue()
    assert states(engine)[0][::4] == ("failed", "cannot be read")


class Wrong:
    """Tells the time, but fails at those calls, counted from 1, that it is told to."""

    def __init__(self, clock):
        self.right, self.calls, self.failing = time_by(clock), 0, set()

    def __call__(self):
        self.calls += 1
        if self.calls in self.failing:
            self.failing.remove(self.calls)
            raise ZeroDivisionError
        return self.right()


@pytest.mark.parametrize("failing", [{1}, {2}, {2, 3}, {3}, {3, 4}, {4}, {5}, {1, 2, 3, 4, 5, 6}])
async def test_a_fault_of_ours_anywhere_ends_nothing_and_is_logged(engine, api, clock, log, failing):
    now = Wrong(clock)
    async with posting(engine, api, clock, now=now) as post:
        await post.until(lambda: clock() > 1007, 10)
        fill(engine, [7], 1)
        now.calls, now.failing = 0, set(failing)
        post.postman.nudge()
        await post.until(lambda: not now.failing, 20)
        clock.now += 3600
        await post.until(lambda: len(api.messages) == 1, 20)
    assert "ZeroDivisionError" in log.getvalue()
    assert not post.running.exception()


async def test_a_task_of_ours_that_dies_is_heard_of(engine, api, clock, log):
    fill(engine, [7], 1)
    api.fail("sendMessage", faults.BLOCKED)
    async with posting(engine, api, clock) as post:
        post.postman._on_gone = lambda chat: 1 / 0
        await post.until_settled(10)
    assert "bug: task died" in log.getvalue()
    assert "ZeroDivisionError" in log.getvalue()


# --- quiet hours --------------------------------------------------------------------------------------------------


async def test_what_was_made_before_quiet_hours_waits_for_their_end_and_what_is_asked_for_does_not(engine, api, clock):
    """It is 12:00 in UTC, 21:00 in Tokyo."""
    fill(engine, [7, 8], 2)
    subscribers.set_zone(engine, 7, "Asia/Tokyo", START)
    subscribers.set_quiet(engine, 7, (20 * 60, 22 * 60), START)
    (asking, *_) = subscribers.subscriptions(engine, 7)
    following.record(engine, asking, high=3, messages=[content("asked")], asked=True)
    async with posting(engine, api, clock) as post:
        await post.until(lambda: clock() > 1005, 10)
        assert (texts_in(api), len(texts_in(api, 8))) == (["asked"], 2)
        clock.now += 3590
        await post.until_settled(10)
    assert texts_in(api) == ["asked", text_of(7, 0), text_of(7, 1)]


async def test_chats_that_want_quiet_take_no_others_turns(engine, api, clock):
    chats = range(1000, 1300)
    fill(engine, [*chats, 7], 1)
    for chat in chats:
        subscribers.set_quiet(engine, chat, (11 * 60, 13 * 60), START)
    async with posting(engine, api, clock) as post:
        await post.until(lambda: texts_in(api) == [text_of(7, 0)], 60)
        assert post.pacing.chats_remembered == 1, "no other has stood in line"
    assert len(api.messages) == 1


async def test_it_also_waits_when_its_turn_comes_only_after_they_began(engine, api, clock):
    fill(engine, [-9], 22)
    subscribers.set_quiet(engine, -9, (12 * 60 + 1, 13 * 60), START)
    api.add_chat(ChatRecord(-9, "group"))
    async with posting(engine, api, clock) as post:
        await post.until(lambda: clock() > 1100, 200)
        assert len(texts_in(api, -9)) == 20
        clock.now += 3450
        await post.until_settled(100)
    assert texts_in(api, -9) == [text_of(-9, number) for number in range(22)]
    assert api.throttle.taken[20][0] == pytest.approx(1000 + 3600, abs=2)


# --- order and pace ---------------------------------------------------------------------------------------------


async def test_the_parts_of_a_digest_come_in_order_also_when_one_fails_at_first(engine, api, clock):
    chat = following.follow(engine, 7)
    following.record(engine, chat, high=1, messages=[content(f"part {i}") for i in range(1, 4)])
    api.fail("sendMessage", faults.BAD_GATEWAY, when=lambda: len(api.messages) == 1)
    async with posting(engine, api, clock) as post:
        await post.until_settled(60)
    assert texts_in(api) == ["part 1", "part 2", "part 3"]


async def test_what_was_asked_for_goes_ahead_of_a_broadcast_and_through_a_halt(engine, api, clock):
    fill(engine, range(1, 50), 1)
    async with posting(engine, api, clock) as post:
        await post.until(lambda: len(api.messages) > 5, 10)
        post.pacing.halt(3, 20)
        halted = clock()
        asking = following.follow(engine, 55)
        following.record(engine, asking, high=1, messages=[content("asked")], asked=True, due=post.now())
        post.postman.nudge()
        await post.until(lambda: texts_in(api, 55) == ["asked"], 10)
        assert clock() - halted < 3
        assert len(api.messages) < 30
        await post.until_settled(60)
    assert len(api.messages) == 50


@pytest.mark.parametrize("fault", [faults.BAD_GATEWAY, faults.too_many_requests(30)])
async def test_what_was_asked_for_is_not_given_up_like_a_reply(engine, api, clock, fault):
    asking = following.follow(engine, 7)
    following.record(engine, asking, high=1, messages=[content("asked")], asked=True)
    api.fail("sendMessage", fault, times=8)
    async with posting(engine, api, clock) as post:
        await post.until_settled()
    assert texts_in(api) == ["asked"]


async def test_a_chat_with_many_digests_holds_up_no_other(engine, api, clock):
    fill(engine, [7], 40)
    fill(engine, range(10, 50), 1)
    began = clock()
    async with posting(engine, api, clock) as post:
        await post.until(lambda: sum(m.chat_id != 7 for m in api.messages) == 40, 60)
        assert clock() - began < 3
        await post.until_settled(60)
    assert texts_in(api) == [text_of(7, number) for number in range(40)]
    assert api.throttle.refused == 0


async def test_a_groups_backlog_leaves_room_for_all_others(engine, api, clock):
    fill(engine, [-5], 400)
    async with posting(engine, api, clock) as post:
        for minute in (22, 100):  # it waits for its minute to end; it is at it
            await post.until(lambda minute=minute: clock() > 1000 + minute, 200)
            for chat, asked in ((minute, False), (minute + 1, True)):
                api.add_chat(ChatRecord(chat))
                one = following.follow(engine, chat)
                text = text_of(chat, 0)
                following.record(engine, one, high=1, messages=[content(text)], asked=asked, due=post.now())
            post.postman.nudge()
            await post.until(lambda minute=minute: texts_in(api, minute) and texts_in(api, minute + 1), 0.5)
    assert api.throttle.refused == 0


class Silent:
    """A bot whose messages get no answer until ``answer`` is set."""

    base_url = ""

    def __init__(self):
        self.chats, self.answer = [], asyncio.Event()
        self.request = self

    async def post(self, _address, data):
        self.chats.append(data.parameters["chat_id"])
        await self.answer.wait()
        return {"message_id": 1}


async def test_what_is_asked_for_does_not_wait_for_digests_that_get_no_answer(engine, api, clock):
    fill(engine, range(1, 50), 1)
    silent = Silent()
    post = Post(engine, api, silent, clock, time_by(clock), executor=AtOnce())
    post.start()
    await clock.sleep(5)
    assert len(silent.chats) == DIGESTS_IN_FLIGHT
    assert outbox.counts(engine)["sending"] == DIGESTS_IN_FLIGHT
    asking = following.follow(engine, 55)
    following.record(engine, asking, high=1, messages=[content("asked")], asked=True, due=post.now())
    post.postman.nudge()
    await clock.sleep(0.5)
    assert silent.chats[DIGESTS_IN_FLIGHT:] == [55]
    silent.answer.set()
    await post.until_settled(60)
    await post.stop()


async def test_only_little_is_in_hand_so_that_a_pause_takes_effect(engine, api, clock):
    fill(engine, range(1, 50), 1)
    async with posting(engine, api, clock) as post:
        await post.until(lambda: len(api.messages) > 5, 10)
        for chat in range(1, 50):
            subscribers.pause(engine, chat, post.now())
        sent = len(api.messages)
        await post.until(lambda: clock() > 1030, 60)
    assert len(api.messages) <= sent + 1
    assert {state for state, *_ in states(engine)} == {"sent", "pending"}


async def test_a_nudge_is_heard_at_once_and_idleness_asks_once_a_second(engine, api, clock):
    async with posting(engine, api, clock) as post:
        await post.until(lambda: clock() > 1010, 20)
        fill(engine, [7], 1)
        began = clock()
        post.postman.nudge()
        await post.until(lambda: texts_in(api) != [], 2)
        assert clock() - began <= 0.25


async def test_digests_are_paid_for_where_that_is_set(engine, api, clock):
    fill(engine, [7], 1)
    async with posting(engine, api, clock, paid=True) as post:
        await post.until_settled(5)
    assert api.calls_of("sendMessage")[0].params["allow_paid_broadcast"] == "true"


# --- stopping, dying, and others --------------------------------------------------------------------------------


async def test_a_stop_gives_back_what_waits_and_finishes_what_is_on_its_way(engine, api, clock):
    fill(engine, range(1, 50), 1)
    async with posting(engine, api, clock) as post:
        await post.until(lambda: len(api.messages) > 5, 10)
    sent = len(api.messages)
    held = outbox.counts(engine)
    assert (held["sent"], held["pending"], held["sending"], held["unknown"]) == (sent, 49 - sent, 0, 0)
    assert sent < 15
    assert len(outbox.claim(engine, outbox.join(engine, "other", post.now()), post.now(), 99)) == 49 - sent


async def test_a_stop_waits_for_the_answer_to_what_is_on_its_way(engine, api, clock):
    fill(engine, [7], 1)
    api.fail("sendMessage", faults.SILENCE)
    async with posting(engine, api, clock):
        await api.until(lambda: sends(api) == 1)
    assert [state for state, *_ in states(engine)] == ["unknown"]


async def test_what_a_dead_process_was_sending_is_sent_once_more_and_marked(engine, api, clock):
    """Its process is gone, so nobody waits for it to be seen no more."""
    fill(engine, [7, 8, 9], 1)
    command = [sys.executable, "-c", "import os; print(os.getpid())"]
    gone = subprocess.run(command, capture_output=True, text=True, check=True)
    host, boot, namespace, *_ = sender_name().split(":")
    dead = outbox.join(engine, f"{host}:{boot}:{namespace}:{gone.stdout.strip()}:1", START)
    (first, *_) = outbox.claim(engine, dead, START, 2)
    outbox.begin(engine, dead, [first.id])
    async with posting(engine, api, clock) as post:
        await post.until_settled(5)
    arrived = {message.chat_id: message.text for message in api.messages}
    assert arrived == {7: f"{texts.MAY_REPEAT}\n\n{text_of(7, 0)}", 8: text_of(8, 0), 9: text_of(9, 0)}


async def test_what_a_process_elsewhere_has_in_hand_is_its_own_until_it_is_seen_no_more(engine, api, clock):
    fill(engine, [7], 1)
    other = outbox.join(engine, "elsewhere:1:1", START)
    assert outbox.claim(engine, other, START, 1)
    async with posting(engine, api, clock) as post:
        await post.until(lambda: clock() > 1014, 20)
        assert api.messages == []
        await post.until_settled(20)
    assert texts_in(api) == [text_of(7, 0)]


def test_this_process_is_known_to_live_and_one_with_its_number_of_before_to_be_dead(engine, clock):
    name = sender_name()
    postman = Postman(engine, None, None, clock, lambda: START, name=name, executor=AtOnce())
    host, boot, namespace, number, _ = name.split(":")
    home = f"{host}:{boot}:{namespace}"
    assert number == str(os.getpid())
    for other, dead in ((name, False), (f"{home}:{number}:1", True), (f"{home}:{os.getppid()}:1", False)):
        assert postman._is_dead(other) is dead
    unsure = [f"elsewhere:{boot}:{namespace}", f"{host}:another:{namespace}", f"{host}:{boot}:1", f"{host}::", host]
    for other in ("", "x", f"{home}:x:1", *(f"{elsewhere}:{number}:1" for elsewhere in unsure)):
        assert not postman._is_dead(other)


async def test_who_has_slept_before_sending_sends_nothing_that_another_may_have_taken(engine, api, clock, log):
    fill(engine, [7], 1)
    slept = iter([0, 11])  # when it asks to begin, and when it is told
    async with posting(engine, api, clock, awake=lambda: next(slept, 11)) as post:
        await post.until_settled(10)
    assert texts_in(api) == [text_of(7, 0)]
    assert "given back" in log.getvalue()
    assert states(engine)[0][:3] == ("sent", 2, 0)


async def test_two_share_the_work_and_the_rate_and_send_nothing_twice(engine, api, clock):
    fill(engine, range(1, 50), 3)
    async with posting(engine, api, clock, name="a") as one, posting(engine, api, clock, name="b") as other:
        await one.until_settled(60)
        assert one.pacing.rate == other.pacing.rate == pytest.approx(15, abs=0.1)
    assert len(api.messages) == len({message.text for message in api.messages}) == 147
    assert api.throttle.refused == 0


# --- a database in trouble --------------------------------------------------------------------------------------


class Trouble(AtOnce):
    """Runs what it is given, or fails by chance: before it, or after it as when a connection is lost."""

    def __init__(self, share, *, after=False, seed=1):
        super().__init__()
        self.share, self.after, self.failures = share, after, 0
        self.chance = random.Random(seed)

    def submit(self, function, /, *args, **kwargs):
        fails = self.chance.random() < self.share

        def troubled():
            self.failures += fails
            if fails and not self.after:
                raise OperationalError("x", {}, ValueError("database is locked"))
            result = function(*args, **kwargs)
            if fails:
                raise OperationalError("x", {}, ValueError("server closed the connection"))
            return result

        return super().submit(troubled)


class Deaf(AtOnce):
    """Does not let it be written that something is being sent, until told."""

    def __init__(self):
        super().__init__()
        self.deaf = True

    def submit(self, function, /, *args, **kwargs):
        if self.deaf and getattr(function, "func", function).__name__ == "_commit":
            return super().submit(self.refuse)
        return super().submit(function, *args, **kwargs)

    def refuse(self):
        raise OperationalError("x", {}, ValueError("database is locked"))


async def test_what_cannot_be_kept_as_being_sent_is_not_sent_until_it_can(engine, api, clock):
    fill(engine, [7, 8], 1)
    executor = Deaf()
    async with posting(engine, api, clock, executor=executor) as post:
        await clock.sleep(60)
        assert sends(api) == 0
        executor.deaf = False
        await post.until_settled(30)
    assert sorted(message.text for message in api.messages) == [text_of(7, 0), text_of(8, 0)]


@pytest.mark.parametrize("rate", [1, 3, 30])
async def test_a_database_that_does_not_answer_keeps_replies_waiting_for_a_moment_at_most(engine, api, clock, rate):
    fill(engine, range(1, 50), 1)
    stuck = Stuck()
    async with posting(engine, api, clock, executor=stuck, rate=rate) as post:
        await post.until(lambda: bool(api.messages), 5)
        stuck.stuck = True
        await clock.sleep(1.5)
        began, sent = clock(), len(api.messages)
        await post.sender.send(Target(55), Message("reply", "reply"))
        waited = clock() - began
        await clock.sleep(30)
        in_vain = len(api.messages)
        stuck.go_on()
        assert waited < (1.5 if rate == 1 else 0.5)
        assert in_vain == sent + 1
        await post.until_settled(100)
    assert sorted(text_of(chat, 0) for chat in range(1, 50)) == sorted(m.text for m in api.messages if m.chat_id != 55)


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("share", [0.1, 0.4])
async def test_a_database_in_trouble_loses_and_repeats_nothing(engine, api, clock, share, after, log):
    fill(engine, range(1, 20), 2)
    trouble = Trouble(share, after=after)
    async with posting(engine, api, clock, executor=trouble) as post:
        await post.until_settled()
    assert trouble.failures > 5
    assert sorted(message.text for message in api.messages) == sorted(
        text_of(chat, number) for chat in range(1, 20) for number in range(2)
    )
    assert "database trouble" in log.getvalue()


async def test_a_database_that_stays_in_trouble_keeps_nobody_from_stopping(engine, api, clock):
    fill(engine, [7], 1)
    async with posting(engine, api, clock, executor=Trouble(1)) as post:
        await post.clock.sleep(30)
    assert api.messages == []


def test_a_mark_stands_before_the_text_and_nothing_else_changes():
    message = Message("<b>a</b>", "a", ((Button("x", "y"),),))
    assert may_repeat(message) == Message("(may repeat)\n\n<b>a</b>", "(may repeat)\n\na", message.keyboard)
