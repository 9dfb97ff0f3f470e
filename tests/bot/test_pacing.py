"""Turns in a time of their own: what a server that counts arrivals sees, who goes before whom, what a 429 does."""

import asyncio
import math
from collections import defaultdict
from contextlib import suppress
from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.delivery.pacing import (
    DIGESTS_IN_FLIGHT,
    FEW_CHATS,
    IN_FLIGHT,
    MINUTE,
    ON_ITS_WAY,
    PATIENCE_WHEN_STOPPING,
    RAMP,
    SECOND,
    NoTurnError,
    Pacing,
)
from tests.auxil.clock import Naps


@dataclass(frozen=True, eq=False)
class Letter:
    """A message that is wanted ``at`` some second; it takes ``out`` seconds to arrive, its answer ``back``.

    ``told``: it is answered 429, with so many seconds.
    """

    at: float
    chat: int
    urgent: bool
    out: float = 0.002
    back: float = 0.003
    told: int | None = None


class Office:
    """Sends letters by a pacing, and keeps when each was started and when it arrived."""

    def __init__(self, rate=30.0):
        self.clock = Naps()
        self.began = self.clock()
        self.pacing = Pacing(rate, self.clock)
        self.waiting = set()
        self.started = []  # (seconds, letter, the urgent ones that had been waiting since an earlier moment)
        self.arrived = []  # (seconds, letter)

    @property
    def now(self):
        return self.clock() - self.began

    async def send(self, letter):
        await self.clock.sleep(letter.at)
        self.waiting.add(letter)
        async with self.pacing.turn(letter.chat, urgent=letter.urgent) as turn:
            turn.start()
            self.waiting.remove(letter)
            urgent = {one for one in self.waiting if one.urgent and one.at < self.now - 1e-9}
            self.started.append((self.now, letter, urgent))
            await self.clock.sleep(letter.out)
            self.arrived.append((self.now, letter))
            await self.clock.sleep(letter.back)
        if letter.told is not None:
            self.pacing.halt(letter.chat, letter.told)

    async def send_all(self, letters):
        await asyncio.gather(*map(self.send, letters))

    def starts(self, *, urgent=None):
        return [seconds for seconds, letter, _ in self.started if urgent in (None, letter.urgent)]


def run(letters, rate=30.0):
    office = Office(rate)
    asyncio.run(office.send_all(letters))
    return office


def most_within(moments, seconds):
    """The most of these moments in any stretch of so many seconds, its end left out."""
    moments = sorted(moments)
    return max((sum(first <= one < first + seconds for one in moments) for first in moments), default=0)


# --- the limits -------------------------------------------------------------------------------------------------

LETTERS = st.lists(
    st.builds(
        Letter,
        at=st.floats(0, 3),
        chat=st.sampled_from([1, 2, 3, -1, -1, -1, -2, *range(10, 26)]),
        urgent=st.booleans(),
        out=st.floats(0, ON_ITS_WAY),
        back=st.one_of(st.floats(0, 0.01), st.floats(0, 2)),
        told=st.sampled_from([None] * 15 + [1, 4]),
    ),
    max_size=80,
)


def could_have_gone(letter, before, halts, now):
    """Whether nothing that is known of its chat or of all kept a letter from going."""
    started = [seconds for seconds, other, _ in before if other.chat == letter.chat]
    last = max(started, default=-math.inf)
    in_minute = sum(seconds > now - MINUTE - ON_ITS_WAY for seconds in started) if letter.chat < 0 else 0
    halted = any(until > now for chat, until in halts if chat in (letter.chat, None))
    return last + SECOND + ON_ITS_WAY < now and in_minute < 20 and not halted


@given(LETTERS, st.sampled_from([1, 3, 30]))
@settings(deadline=None, max_examples=80)
def test_whatever_comes_when_the_server_never_counts_too_many(letters, rate):
    office = run(letters, rate)
    assert len(office.arrived) == len(letters), "nobody waits for ever"
    assert most_within([seconds for seconds, _ in office.arrived], 1.0) <= rate
    by_chat = defaultdict(list)
    for seconds, letter in office.arrived:
        by_chat[letter.chat].append(seconds)
    for chat, moments in by_chat.items():
        assert most_within(moments, 1.0) <= 1
        assert chat > 0 or most_within(moments, 60.0) <= 20


@given(LETTERS)
@settings(deadline=None, max_examples=80)
def test_no_digest_goes_before_a_reply_that_could(letters):
    letters = [Letter(one.at, one.chat, one.urgent, one.out, one.back) for one in letters]
    office = run(letters)
    for number, (now, letter, urgent) in enumerate(office.started):
        if not letter.urgent:
            assert not [one for one in urgent if could_have_gone(one, office.started[:number], [], now)]


@given(LETTERS)
@settings(deadline=None, max_examples=40)
def test_in_a_chat_the_first_of_a_class_goes_first(letters):
    letters = [Letter(i / 1000, one.chat, one.urgent) for i, one in enumerate(letters)]
    office = run(letters)
    for letter in letters:
        same = [one for _, one, _ in office.started if (one.chat, one.urgent) == (letter.chat, letter.urgent)]
        assert same == sorted(same, key=lambda one: one.at)


def test_the_rate_is_used():
    office = run([Letter(0, chat, urgent=False) for chat in range(1, 601)])
    taken = max(seconds for seconds, _ in office.arrived) - min(seconds for seconds, _ in office.arrived)
    assert 600 / taken >= 0.95 * 30
    assert most_within(office.starts(), 0.2) <= 8, "they are spaced evenly from the start"


def test_replies_use_the_rate_without_being_spaced():
    office = run([Letter(0, chat, urgent=True) for chat in range(1, 61)])
    assert sum(seconds < 0.1 for seconds in office.starts()) == 30
    assert max(office.starts()) < 1.2


def test_a_rate_of_less_than_one_a_second_is_kept():
    office = run([Letter(0, chat, urgent=True) for chat in (1, 2, 3)], rate=0.5)
    assert office.starts() == pytest.approx([0, 2 * SECOND + 0.005, 4 * SECOND + 0.01])


def test_a_rate_above_telegrams_changes_nothing_for_a_chat():
    crowd = [Letter(0, chat, urgent=False) for chat in range(2, 300)]
    office = run([*(Letter(0, 1, urgent=True) for _ in range(3)), *crowd], rate=300)
    assert sorted(s for s, letter, _ in office.started if letter.chat == 1)[1] >= 1
    assert most_within(office.starts(), 1.0) > 250


def test_a_share_of_the_rate():
    async def send(office):
        office.pacing.share(3)
        assert office.pacing.rate == pytest.approx(10 / SECOND)
        await office.send_all([Letter(0, chat, urgent=True) for chat in range(1, 31)])

    office = Office()
    asyncio.run(send(office))
    assert most_within(office.starts(), 1.0) == 10


# --- who goes before whom ---------------------------------------------------------------------------------------


def test_a_reply_during_a_broadcast_goes_at_once():
    broadcast = [Letter(0, chat, urgent=False) for chat in range(1, 301)]
    replies = [Letter(1 + i / 7, 1000 + i, urgent=True) for i in range(50)]
    office = run(broadcast + replies)
    waits = [seconds - letter.at for seconds, letter, _ in office.started if letter.urgent]
    assert len(waits) == 50
    assert max(waits) < 0.1


def test_one_chat_or_group_that_must_wait_holds_up_no_other():
    flood = [Letter(0, chat, urgent) for chat in (1, -1) for urgent in (True, False) for _ in range(15)]
    office = run([*flood, *(Letter(0.5, chat, urgent=False) for chat in range(2, 12))])
    assert max(s for s, letter, _ in office.started if letter.chat > 1) < 1.5
    assert max(s for s, letter, _ in office.started if letter.chat == -1) > 60


def test_digests_without_an_answer_leave_room_for_replies():
    async def send(office):
        stuck = [Letter(0, chat, urgent=False, back=500) for chat in range(1, 3 * IN_FLIGHT)]
        sending = asyncio.ensure_future(office.send_all(stuck))
        await office.send_all([Letter(5, 100, urgent=True)])
        sending.cancel()
        with suppress(asyncio.CancelledError):
            await sending

    office = Office()
    asyncio.run(send(office))
    assert [letter.chat for _, letter, _ in office.started if letter.urgent] == [100]
    assert office.now < 10
    assert len(office.started) == DIGESTS_IN_FLIGHT + 1


@pytest.mark.parametrize(("rate", "senders"), [(30, 1), (10, 1), (30, 3), (30, 2), (2, 1)])
def test_digests_that_do_not_get_to_start_leave_room_for_replies(rate, senders):
    """As when the database that is told of them first does not answer."""

    async def send(office):
        office.pacing.share(senders)
        gate = asyncio.Event()

        async def hold(chat):
            async with office.pacing.turn(chat, urgent=False):
                await gate.wait()

        holding = [asyncio.ensure_future(hold(chat)) for chat in range(1, 40)]
        await office.clock.sleep(5)
        await office.send(Letter(0, 100, urgent=True))
        assert office.now < 5.1
        gate.set()
        await asyncio.gather(*holding)

    asyncio.run(send(Office(rate)))


# --- 429 --------------------------------------------------------------------------------------------------------


def test_a_429_halts_its_chat_and_all_digests_and_no_other_reply():
    office = run(
        [
            Letter(0, 1, urgent=True, told=10),
            Letter(1, 1, urgent=True),
            Letter(2, 2, urgent=True),
            Letter(2, 3, urgent=False),
        ]
    )
    assert {letter.chat: round(seconds, 1) for seconds, letter, _ in office.started[1:]} == {2: 2.0, 1: 10.0, 3: 10.0}


def test_a_second_chats_429_meanwhile_halts_everything():
    office = run([Letter(0, 1, True, told=10), Letter(1, 2, True, told=20), Letter(2, 3, True), Letter(2, 4, False)])
    assert [round(seconds) for seconds in office.starts()] == [0, 1, 21, 21]


def test_the_same_chats_429_twice_does_not():
    slow = {"chat": 1, "urgent": True, "back": 1.5}
    office = run([Letter(0, told=9, **slow), Letter(0, told=9, **slow), Letter(4, 2, True), Letter(4, 3, False)])
    assert [(round(seconds), letter.chat) for seconds, letter, _ in office.started] == [(0, 1), (1, 1), (4, 2), (12, 3)]


def test_after_a_halt_digests_go_on_slowly_and_then_as_before():
    office = run([Letter(0, 1000, True, told=5), *(Letter(1, chat, urgent=False) for chat in range(1, 500))])
    digests = office.starts(urgent=False)
    assert min(digests) >= 5
    assert 6 <= sum(seconds < 6 for seconds in digests) <= 12
    assert 28 <= sum(5 + RAMP <= seconds < 6 + RAMP for seconds in digests) <= 30


def test_after_a_halt_of_everything_replies_do_not_come_in_a_burst():
    letters = [Letter(0, 1, True, told=5), Letter(0.1, 2, True, told=5), *(Letter(1, c, True) for c in range(3, 60))]
    office = run(letters)
    assert 5 <= sum(5 < seconds < 6 for seconds in office.starts()) <= 12


# --- patience ---------------------------------------------------------------------------------------------------


async def test_who_would_wait_too_long_is_told_at_once_and_how_long():
    pacing = Pacing(30, Naps())
    pacing.halt(7, 100)
    assert pacing.wait(7, urgent=True) == pacing.halted() == pytest.approx(100)
    assert pacing.wait(8, urgent=True) == 0
    for chat, urgent in ((7, True), (8, False)):
        with pytest.raises(NoTurnError) as refused:
            async with pacing.turn(chat, urgent=urgent, patience=50):
                pass
        assert refused.value.wait == pytest.approx(100)


async def test_who_waits_longer_than_expected_gives_up():
    office = Office(rate=1)
    sending = asyncio.ensure_future(office.send_all([Letter(0, chat, urgent=True) for chat in range(1, 9)]))
    await office.clock.sleep(0.5)
    with pytest.raises(NoTurnError):
        async with office.pacing.turn(100, urgent=True, patience=3):
            pass
    assert 3.5 <= office.now < 3.6
    await sending


async def test_who_comes_after_one_that_gave_up_has_its_turn():
    office = Office(rate=1)
    sending = asyncio.ensure_future(office.send_all([Letter(0, chat, urgent=True) for chat in range(1, 5)]))
    await office.clock.sleep(0.5)

    async def give_up():
        async with office.pacing.turn(100, urgent=True, patience=1):
            pass

    giving_up = asyncio.ensure_future(give_up())
    await office.send(Letter(0, 100, urgent=True))
    with pytest.raises(NoTurnError):
        await giving_up
    await sending


async def test_a_halt_that_comes_later_ends_the_waiting_of_those_without_patience():
    clock = Naps()
    pacing = Pacing(30, clock)

    async def wait():
        async with pacing.turn(7, urgent=True, patience=5):
            pass

    async with pacing.turn(7, urgent=True) as turn:
        turn.start()
        waiting = asyncio.ensure_future(wait())
        with clock.busy():
            await asyncio.sleep(0)
            pacing.halt(7, 60)
            with pytest.raises(NoTurnError):
                await waiting


async def test_when_stopping_only_short_waits_are_sat_out():
    office = Office(rate=1)
    letters = [Letter(0, chat, urgent=True) for chat in range(1, 11)]
    sending = [asyncio.ensure_future(office.send(letter)) for letter in letters]
    await office.clock.sleep(0.5)
    office.pacing.hurry()
    done = await asyncio.gather(*sending, return_exceptions=True)
    assert [type(one) for one in done] == [type(None)] * 4 + [NoTurnError] * 6
    assert office.now < PATIENCE_WHEN_STOPPING + 1
    assert not await office.pacing.pause(PATIENCE_WHEN_STOPPING + 1)
    assert await office.pacing.pause(PATIENCE_WHEN_STOPPING)


async def test_who_is_cancelled_leaves_the_line():
    office = Office(rate=1)
    first, second, third = (asyncio.ensure_future(office.send(Letter(0, 7, urgent=True))) for _ in range(3))
    await office.clock.sleep(0.5)
    second.cancel()
    await asyncio.gather(first, third)
    assert office.now < 1.1


async def test_a_turn_that_came_to_one_cancelled_meanwhile_is_given_back():
    clock = Naps()
    pacing = Pacing(1, clock)
    tasks = []

    async def wait():
        async with pacing.turn(7, urgent=True):
            raise AssertionError("it was cancelled")

    async with pacing.turn(6, urgent=True):
        tasks.append(asyncio.ensure_future(wait()))
        await asyncio.sleep(0)
    tasks[0].cancel()  # its turn has come, as the other's was not used, and it has not noticed yet
    with pytest.raises(asyncio.CancelledError):
        await tasks[0]
    async with pacing.turn(8, urgent=True):
        assert clock() == 1000


# --- memory -----------------------------------------------------------------------------------------------------


async def crowd(pacing, clock, chats, seconds):
    """One message in each of so many chats, spread over these seconds."""
    for chat in range(1, chats + 1):
        clock.now += seconds / chats
        async with pacing.turn(chat, urgent=True) as turn:
            turn.start()


async def test_chats_are_forgotten_once_they_no_longer_matter():
    clock = Naps()
    pacing = Pacing(1000, clock)
    await crowd(pacing, clock, 5 * FEW_CHATS, 10)
    assert pacing.chats_remembered <= FEW_CHATS


async def test_a_group_is_remembered_for_a_minute_and_a_halt_as_long_as_it_lasts():
    clock = Naps()
    pacing = Pacing(1000, clock)
    began = clock()
    for _ in range(20):
        async with pacing.turn(-7, urgent=True) as turn:
            turn.start()
    pacing.halt(10**6, 90)
    await crowd(pacing, clock, 2 * FEW_CHATS, 40 - (clock() - began))
    assert pacing.wait(-7, urgent=True) == pytest.approx(20, abs=0.1)
    assert pacing.wait(10**6, urgent=True) == pytest.approx(70, abs=2)


async def test_nothing_ticks_while_nobody_waits():
    clock = Naps()
    pacing = Pacing(30, clock)
    async with pacing.turn(7, urgent=False) as turn:
        turn.start()
    for _ in range(100):
        await asyncio.sleep(0)
    assert clock.seconds == []
