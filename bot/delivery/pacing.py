"""When the next message may go, so that Telegram never has to refuse one for coming too soon.

Telegram counts what arrives: so many messages a second over all, one a second in a chat, twenty a minute in a group.
When a request arrives only it knows; it is between sending the request and getting the answer, and hardly ever more
than ``ON_ITS_WAY`` seconds after sending. A place among the messages of a second is therefore given back one second
after the answer, or after that time on the way if the answer takes longer: then no second of the server's can hold
more messages than there are places, however the network delays each of them.
"""

import asyncio
import heapq
import math
from collections import deque
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count

from bot.delivery import tasks
from bot.delivery.clock import Clock, wait_for

__all__ = ["DIGESTS_IN_FLIGHT", "IN_FLIGHT", "PATIENCE_WHEN_STOPPING", "NoTurnError", "Pacing", "Turn"]

# Turns at one time: messages about to go, or on their way.
IN_FLIGHT = 16
# Of digests: enough for 30 a second when a message needs 250 ms. Every further connection makes each request dearer, as
# the HTTP client looks at all of them. The others are for replies, should Telegram leave digests without an answer.
DIGESTS_IN_FLIGHT = 8
# Of the places of a second, the part that digests may hold before their requests go out: should the database that is
# told of them not answer, replies have the rest.
DIGESTS_HOLD = 2 / 3
# While the bot is stopping, a wait up to this long is still sat out.
PATIENCE_WHEN_STOPPING = 3.0

ON_ITS_WAY = 0.03
# How long a place is taken, in seconds; the thousandth is for clocks that do not quite agree.
SECOND = 1.001
MINUTE = 60.001
IN_GROUP = 20
# Digests leave a little of the rate, or chance would drive the gaps between them together, and let them catch up on so
# many seconds: a reply never waits behind a longer burst.
DIGESTS_SHARE = 0.98
CATCH_UP = 0.05
# After a halt, the part of the rate that it goes on with, and the seconds until it is whole again.
SLOW = 0.25
RAMP = 10.0
# Chats that are remembered before those that no longer matter are looked for.
FEW_CHATS = 1000


class NoTurnError(Exception):
    """The turn will not come in time; ``wait`` is how many seconds from now it would come at the earliest."""

    def __init__(self, wait: float) -> None:
        super().__init__(f"no turn for {wait:.1f} s")
        self.wait = wait


class Turn:
    """The right to send one message. ``start`` is called when its request goes out."""

    __slots__ = ("_clock", "_pacing", "chat", "ended", "started", "urgent")

    def __init__(self, pacing: "Pacing", clock: Clock, chat: "_Chat", *, urgent: bool) -> None:
        self._pacing = pacing
        self._clock = clock
        self.chat = chat
        self.urgent = urgent
        self.started: float | None = None
        self.ended: float | None = None

    def start(self) -> None:
        """The request goes out now. A turn that ends without this has not been used."""
        self.started = self._clock()
        self._pacing.pump(self.chat)

    @property
    def arrived(self) -> float:
        """The latest moment the message can have arrived at; infinite while that cannot be known."""
        if self.started is None:
            return math.inf
        latest = self.started + ON_ITS_WAY
        return latest if self.ended is None else min(latest, self.ended)


@dataclass(slots=True, eq=False)
class _Chat:
    """What is known of a chat: who waits in it (replies, digests), its last turns, until when it must be left alone."""

    number: int
    replies: "deque[_Waiter]" = field(default_factory=deque)
    digests: "deque[_Waiter]" = field(default_factory=deque)
    turns: deque[Turn] = field(default_factory=deque)
    halted: float = -math.inf

    def ready(self) -> float:
        """When the next message may go; infinite while that cannot be known."""
        ready = self.halted
        if self.turns:
            ready = max(ready, self.turns[-1].arrived + SECOND)
        if len(self.turns) == IN_GROUP:
            ready = max(ready, self.turns[0].arrived + MINUTE)
        return ready

    def forgettable(self, now: float) -> bool:
        kept = MINUTE if self.number < 0 else SECOND
        used = bool(self.turns) and self.turns[-1].arrived + kept > now
        return not (self.replies or self.digests or used or self.halted > now)


@dataclass(slots=True, eq=False)
class _Waiter:
    chat: _Chat
    urgent: bool
    ticket: int  # who came earlier has a smaller one
    deadline: float
    turn: "asyncio.Future[Turn]"

    @property
    def line(self) -> "deque[_Waiter]":
        return self.chat.replies if self.urgent else self.chat.digests


class _Heads:
    """The first of each chat's line, of one class: those whose chat is ready, and those whose chat will be."""

    def __init__(self) -> None:
        self._ready: list[tuple[int, _Waiter]] = []
        self._later: list[tuple[float, int, _Waiter]] = []

    def file(self, waiter: _Waiter, now: float) -> None:
        """Put a head where it belongs. It may stand in several places: what it has left behind is passed over."""
        when = waiter.chat.ready()
        if when <= now:
            heapq.heappush(self._ready, (waiter.ticket, waiter))
        elif when < math.inf:
            heapq.heappush(self._later, (when, waiter.ticket, waiter))

    def first(self, now: float) -> _Waiter | None:
        """The one that came first of those whose chat is ready."""
        while self._later and self._later[0][0] <= now:
            waiter = heapq.heappop(self._later)[2]
            if not waiter.turn.done():
                self.file(waiter, now)
        while self._ready:
            waiter = self._ready[0][1]
            if not waiter.turn.done() and waiter.chat.ready() <= now:
                return waiter
            heapq.heappop(self._ready)
            if not waiter.turn.done():
                self.file(waiter, now)
        return None

    def next_ready(self) -> float:
        """When the next chat will be ready."""
        return self._later[0][0] if self._later else math.inf


class Pacing:
    """Gives out turns: at most ``rate`` messages a second over all, one a second in a chat, 20 a minute in a group.

    Replies go before digests, always; a chat whose turn has not come holds up no other. ``clock`` is public for those
    who wait for the same things.
    """

    def __init__(self, rate: float, clock: Clock) -> None:
        self.clock = clock
        self._rate = rate
        self._places, self._second = _places(rate)
        self._chats: dict[int, _Chat] = {}
        self._many_chats = FEW_CHATS
        self._tickets = count()
        self._replies, self._digests = _Heads(), _Heads()
        self._deadlines: list[tuple[float, int, _Waiter]] = []
        self._in_hand: set[Turn] = set()
        self._taken: list[float] = []  # the places of turns that have ended: when their messages had arrived
        self._digest_at = -math.inf
        self._digests_halted = -math.inf
        self._all_halted = -math.inf
        self._halted_by: int | None = None
        self._stopping = asyncio.Event()
        self._timer: asyncio.Task[None] | None = None
        self._timer_at = math.inf

    @property
    def rate(self) -> float:
        """The messages a second that are allowed here."""
        return self._places / self._second

    @property
    def chats_remembered(self) -> int:
        """How many chats something is kept about."""
        return len(self._chats)

    @asynccontextmanager
    async def turn(self, chat_id: int, *, urgent: bool, patience: float = math.inf) -> AsyncIterator[Turn]:
        """Wait for the turn of a message to a chat; it lasts as long as the block, which is to ``start`` it.

        ``urgent`` is for replies. Raises NoTurnError when the turn does not come within ``patience`` seconds, at once
        when that is known.
        """
        waiter = self._line_up(chat_id, urgent=urgent, patience=patience)
        try:
            turn = await waiter.turn
        except asyncio.CancelledError:
            if waiter.turn.cancelled():
                self._withdraw(waiter)
            elif not waiter.turn.exception():
                self._end(waiter.turn.result())
            raise
        try:
            yield turn
        finally:
            self._end(turn)

    def wait(self, chat_id: int, *, urgent: bool) -> float:
        """How many seconds a message to a chat must wait at least, whoever else is waiting."""
        now = self.clock()
        chat = self._chats.get(chat_id)
        return max(0.0, self._earliest(chat, urgent=urgent) - now)

    def halted(self) -> float:
        """For how many seconds no digest may go, because Telegram has asked for it."""
        return max(0.0, self._earliest(None, urgent=False) - self.clock())

    def halt(self, chat_id: int, seconds: float) -> None:
        """Telegram has refused a message to a chat, and asks to wait so long (429).

        The chat waits, and with it all digests; when a second chat is refused meanwhile, everybody does. Then it goes
        on slowly.
        """
        now = self.clock()
        until = now + seconds
        chat = self._chat(chat_id)
        chat.halted = max(chat.halted, until)
        if now >= self._digests_halted:
            self._halted_by = chat_id
        elif self._halted_by != chat_id:
            self._all_halted = max(self._all_halted, until)
        self._digests_halted = max(self._digests_halted, until)
        self._refuse_the_impatient()
        self.pump()

    def share(self, senders: int) -> None:
        """So many processes send, this one among them: each takes its part of the rate."""
        self._places, self._second = _places(self._rate / max(1, senders))
        self.pump()

    def hurry(self) -> None:
        """The bot is stopping: nobody waits for long any more."""
        self._stopping.set()
        for waiter in self._waiting():
            self._set_deadline(waiter, PATIENCE_WHEN_STOPPING)
        self._refuse_the_impatient()
        self.pump()

    async def pause(self, seconds: float) -> bool:
        """Wait; False when the bot is stopping and the wait is too long for that."""
        if seconds <= 0:
            return True
        if seconds > PATIENCE_WHEN_STOPPING:
            return not await wait_for(self._stopping, seconds, self.clock)
        await self.clock.sleep(seconds)
        return True

    def pump(self, chat: _Chat | None = None) -> None:
        """Give out what turns can be given out; ``chat`` is one that may have become ready."""
        now = self.clock()
        if chat:
            self._file(chat, now)
        self._expire(now)
        while self._has_place(now) and (waiter := self._next(now)):
            self._grant(waiter, now)
        self._set_timer(now)

    # --- lines ------------------------------------------------------------------------------------------------------

    def _line_up(self, chat_id: int, *, urgent: bool, patience: float) -> _Waiter:
        now = self.clock()
        if self._stopping.is_set():
            patience = min(patience, PATIENCE_WHEN_STOPPING)
        known = self.wait(chat_id, urgent=urgent)
        if patience < known < math.inf:
            raise NoTurnError(known)
        chat = self._chat(chat_id)
        waiter = _Waiter(chat, urgent, next(self._tickets), math.inf, asyncio.get_running_loop().create_future())
        waiter.line.append(waiter)
        if patience < math.inf:
            self._set_deadline(waiter, patience)
        if waiter.line[0] is waiter:
            self._heads(urgent).file(waiter, now)
        self.pump()
        return waiter

    def _heads(self, urgent: bool) -> _Heads:
        return self._replies if urgent else self._digests

    def _file(self, chat: _Chat, now: float) -> None:
        for line in (chat.replies, chat.digests):
            if line:
                self._heads(line[0].urgent).file(line[0], now)

    def _withdraw(self, waiter: _Waiter) -> None:
        """Take somebody out of line, not necessarily its first."""
        waiter.line.remove(waiter)
        self.pump(waiter.chat)

    def _waiting(self) -> list[_Waiter]:
        return [waiter for chat in self._chats.values() for line in (chat.replies, chat.digests) for waiter in line]

    def _chat(self, chat_id: int) -> _Chat:
        chat = self._chats.get(chat_id)
        if chat is None:
            if len(self._chats) >= self._many_chats:
                now = self.clock()
                self._chats = {number: held for number, held in self._chats.items() if not held.forgettable(now)}
                self._many_chats = max(FEW_CHATS, 2 * len(self._chats))
            chat = self._chats[chat_id] = _Chat(chat_id, turns=deque(maxlen=IN_GROUP if chat_id < 0 else 1))
        return chat

    # --- patience ---------------------------------------------------------------------------------------------------

    def _set_deadline(self, waiter: _Waiter, patience: float) -> None:
        waiter.deadline = min(waiter.deadline, self.clock() + patience)
        heapq.heappush(self._deadlines, (waiter.deadline, waiter.ticket, waiter))

    def _expire(self, now: float) -> None:
        while self._deadlines and (self._deadlines[0][0] <= now or self._deadlines[0][2].turn.done()):
            waiter = heapq.heappop(self._deadlines)[2]
            if not waiter.turn.done():
                self._refuse(waiter, now)

    def _refuse_the_impatient(self) -> None:
        """Turn away those who are now known to wait beyond their deadline."""
        now = self.clock()
        for waiter in self._waiting():
            earliest = self._earliest(waiter.chat, urgent=waiter.urgent)
            if waiter.deadline < earliest < math.inf and not waiter.turn.done():
                self._refuse(waiter, now)

    def _refuse(self, waiter: _Waiter, now: float) -> None:
        waiter.line.remove(waiter)
        earliest = self._earliest(waiter.chat, urgent=waiter.urgent)
        waiter.turn.set_exception(NoTurnError(max(0.0, earliest - now) if earliest < math.inf else 0.0))
        self._file(waiter.chat, now)

    def _earliest(self, chat: _Chat | None, *, urgent: bool) -> float:
        """The earliest moment for a message as far as it is known now."""
        earliest = max(chat.ready() if chat else -math.inf, self._all_halted)
        return earliest if urgent else max(earliest, self._digests_halted)

    # --- turns ------------------------------------------------------------------------------------------------------

    def _next(self, now: float) -> _Waiter | None:
        """Who is to go now: the first reply that can, else the first digest that can."""
        if now < self._all_halted or len(self._in_hand) >= IN_FLIGHT:
            return None
        waiter = self._replies.first(now)
        if waiter or now < max(self._digests_halted, self._digest_at):
            return waiter
        digests = [turn for turn in self._in_hand if not turn.urgent]
        held = sum(turn.started is None for turn in digests)
        may_go = len(digests) < DIGESTS_IN_FLIGHT and held < max(1, int(DIGESTS_HOLD * self._places_at(now)))
        return self._digests.first(now) if may_go else None

    def _grant(self, waiter: _Waiter, now: float) -> None:
        chat = waiter.chat
        waiter.line.popleft()
        turn = Turn(self, self.clock, chat, urgent=waiter.urgent)
        chat.turns.append(turn)
        self._in_hand.add(turn)
        if not waiter.urgent:
            interval = 1 / (DIGESTS_SHARE * self.rate * _speed(now - self._digests_halted))
            self._digest_at = max(self._digest_at, now - CATCH_UP) + interval
        waiter.turn.set_result(turn)

    def _end(self, turn: Turn) -> None:
        turn.ended = self.clock()
        self._in_hand.discard(turn)
        if turn.started is None:
            turn.chat.turns.remove(turn)
        else:
            heapq.heappush(self._taken, turn.arrived)
        self.pump(turn.chat)

    def _has_place(self, now: float) -> bool:
        while self._taken and self._taken[0] + self._second <= now:
            heapq.heappop(self._taken)
        in_use = len(self._taken) + sum(turn.arrived + self._second > now for turn in self._in_hand)
        return in_use < self._places_at(now)

    def _places_at(self, now: float) -> int:
        return max(1, int(self._places * _speed(now - self._all_halted)))

    # --- time -------------------------------------------------------------------------------------------------------

    def _set_timer(self, now: float) -> None:
        """Be back when the next turn can be given out, which is at the earliest of a few moments."""
        wake = self._next_moment(now)
        if self._timer and self._timer_at <= wake < math.inf:
            return
        if self._timer:
            self._timer.cancel()
            self._timer = None
        if wake < math.inf:
            self._timer_at = wake
            self._timer = tasks.begin(self._ring(wake - now), "pacing")

    async def _ring(self, seconds: float) -> None:
        await self.clock.sleep(seconds)
        self._timer = None
        self.pump()

    def _next_moment(self, now: float) -> float:
        """The next moment at which something may change by itself; infinite when nobody waits for that."""
        reply, digest = self._replies.first(now), self._digests.first(now)
        wanted = [self._replies.next_ready(), self._digests.next_ready()]
        if self._deadlines:
            wanted.append(self._deadlines[0][0])
        if reply or digest:
            wanted += self._places_back()
            wanted.append(self._all_halted)
        if digest:
            wanted += [self._digest_at, self._digests_halted]
        return min((moment for moment in wanted if moment > now), default=math.inf)

    def _places_back(self) -> Iterable[float]:
        if self._taken:
            yield self._taken[0] + self._second
        yield from (turn.arrived + self._second for turn in self._in_hand if turn.started is not None)


def _places(rate: float) -> tuple[int, float]:
    """How many messages may be within how many seconds, so that no second holds more than ``rate``."""
    whole = int(rate)
    return (whole, SECOND) if whole else (1, SECOND / rate)


def _speed(since: float) -> float:
    """The part of the rate that is used so many seconds after a halt."""
    return min(1.0, SLOW + (1 - SLOW) * max(0.0, since) / RAMP)
