"""Sends the digests that wait in the database, whatever happens to the network, to Telegram or to this process.

That a message is being sent is kept before its request goes out, and what became of it after: one that was being sent
when the process died may have arrived, and is sent once more, marked. Nothing else is sent twice, and nothing is lost.
"""

import asyncio
import math
import os
import socket
import time
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import structlog

from bot.delivery import tasks, texts
from bot.delivery.book import Book, NotBegunError, log_trouble
from bot.delivery.clock import Clock, since_boot, wait_for
from bot.delivery.content import load
from bot.delivery.pacing import Pacing
from bot.delivery.thread import Thread
from bot.render import Message, render
from bot.replies import said
from bot.sending import Outcome, Sender, Sent, Target
from knowledge.schedule import quiet_until
from knowledge.store import outbox, subscribers
from knowledge.store.outbox import Delivery, Settled

if TYPE_CHECKING:
    from knowledge.store.database import Engine

__all__ = ["Postman", "may_repeat", "sender_name"]

# How often a sender says that it is alive, and looks for those that are not, in seconds.
BEAT = 5.0
# When there is nothing to send, it looks again after so many seconds, or when it is told to.
IDLE = 1.0
# Messages in hand that may go as soon as it is their turn: no more than go in a moment, so that a stop takes effect
# quickly. Those whose chat must wait come on top. They are one a chat, and so no more than can have been written to.
IN_HAND, MOMENT = 8, 0.25
# A chat takes one message a second: so long after one has gone its next is looked for.
NEXT_OF_CHAT = 0.9
# The pauses after a failure of the network: of the message, and of everything once so many have failed on end.
FIRST_PAUSE, LAST_PAUSE = 1.0, 60.0
FAILURES = 5
# The pause before what may have arrived is sent once more; doubled each time, up to the longest.
BEFORE_REPEAT, LONGEST_BEFORE_REPEAT = 5.0, 3600.0
# The pause after a fault of ours, which is not likely to pass by itself.
AFTER_FAULT = 3600.0
# Who learns only after so many seconds that a message may be sent no longer knows whether it is still the one to do so:
# the machine may have slept, and another sender taken this one for dead. It is less than ``outbox.ALIVE``.
IN_TIME = 10.0

_log = structlog.get_logger(__name__)


class Postman:
    """Sends for one process, which is called ``name``; several processes on one database share the work.

    ``now`` tells the moments that are kept, ``clock`` how long to wait. ``on_token_refused`` is called when Telegram
    does not take the bot's token any more, after which nothing is sent; ``on_gone`` with Telegram's number of a chat
    that cannot be written to. ``executor`` has one thread, where the database is used. ``awake`` tells seconds, those
    counted in which the machine slept.
    """

    def __init__(
        self,
        engine: "Engine",
        sender: Sender,
        pacing: Pacing,
        clock: Clock,
        now: Callable[[], datetime],
        *,
        on_token_refused: Callable[[], None] | None = None,
        on_gone: Callable[[int], None] | None = None,
        name: str | None = None,
        executor: Executor | None = None,
        awake: Callable[[], float] = since_boot,
    ) -> None:
        self._engine = engine
        self._sender = sender
        self._pacing = pacing
        self._clock = clock
        self._now = now
        self._on_token_refused = on_token_refused
        self._on_gone = on_gone
        self._name = name or sender_name()
        self._executor = executor or Thread("postman")
        self._awake = awake
        self._book = Book(engine, self._executor, clock, now)
        self._hand: set[_Carried] = set()
        self._wake = asyncio.Event()
        self._stopping = asyncio.Event()
        self._wants_room = False  # whether a message that is put down makes a difference
        self._look_at = -math.inf  # when to look next, after a look that found less than there was room for
        self._look_for_asked_at = -math.inf  # the same, while there is room for nothing else
        self._claims_doubtful = False  # what is written down as in hand may not be
        self._network = _Network(clock)

    def nudge(self) -> None:
        """There is something to send."""
        self._look_at = self._look_for_asked_at = -math.inf
        self._wake.set()

    async def run(self, stop: asyncio.Event) -> None:
        """Send until ``stop`` is set; then finish what is on its way and give back the rest.

        When it is cancelled it ends at once, and what it had in hand is for others to take back.
        """
        told = tasks.begin(self._stop_with(stop), "postman's stop")
        beating = tasks.begin(self._beat(), "postman's beat")
        try:
            while not self._stopping.is_set():
                await self._unless_fault(self._round)
            await self._finish()
        finally:
            told.cancel()
            beating.cancel()
            self._stop()
            for carried in self._hand:
                if carried.task:
                    carried.task.cancel()
            self._executor.shutdown(wait=False)

    async def _stop_with(self, stop: asyncio.Event) -> None:
        await stop.wait()
        self._stop()

    async def _unless_fault(self, work: Callable[[], Awaitable[None]]) -> None:
        """Do ``work``; a fault of ours in it must not end the sending."""
        try:
            await work()
        except Exception as error:  # noqa: BLE001
            _log.error("bug: sending interrupted", at=work.__name__, error=type(error).__name__)
            self._claims_doubtful = True
            await wait_for(self._stopping, IDLE, self._clock)

    def _stop(self) -> None:
        self._stopping.set()
        self._sender.hurry()
        self._book.hurry()
        self._wake.set()

    # --- a sender among senders -------------------------------------------------------------------------------------

    async def _enter(self) -> None:
        """Become a sender. Where there are others, begin only when they know of it and take less of the rate."""
        await self._book.insist("recover", self._recover)
        owner = await self._book.insist("join", lambda: outbox.join(self._engine, self._name, self._now()))
        if owner is None:
            return
        self._book.owner = owner
        if await self._say_alive() > 1:
            await wait_for(self._stopping, BEAT, self._clock)

    async def _leave(self) -> None:
        """Be no sender any more; what was claimed is free."""
        owner, self._book.owner = self._book.owner, 0
        if owner:
            await self._book.insist("leave", lambda: outbox.leave(self._engine, owner))

    async def _beat(self) -> None:
        while True:
            await self._clock.sleep(BEAT)
            if self._book.owner:
                await self._unless_fault(self._be_among_senders)

    async def _be_among_senders(self) -> None:
        await self._say_alive()  # first: who has slept too long must not take itself for dead
        await self._book.insist("recover", self._recover)

    async def _say_alive(self) -> int:
        """Say that this sender is alive; how many are, which share the rate."""
        owner = self._book.owner
        senders = await self._book.insist("beat", lambda: outbox.beat(self._engine, owner, self._now()))
        self._pacing.share(senders or 1)
        return senders or 1

    def _recover(self) -> None:
        taken = outbox.recover(self._engine, self._now(), self._is_dead)
        if taken:
            _log.warning("taken over from a dead sender", messages=taken)

    def _is_dead(self, name: str) -> bool:
        return name != self._name and _has_ended(name)

    # --- taking in hand ---------------------------------------------------------------------------------------------

    async def _round(self) -> None:
        """Take in hand what there is room for, or wait until something happens."""
        self._wake.clear()
        if self._claims_doubtful and not self._hand:
            await self._leave()
            self._claims_doubtful = False
        if not self._book.owner:
            await self._enter()
            return
        pause = IDLE if self._claims_doubtful else max(self._network.pause(), self._look_at - self._clock())
        room = 0 if pause > 0 else self._room()
        if room and not self._pacing.halted():
            await self._claim(room)
            return
        self._wants_room = pause <= 0
        if pause <= 0 and not self._network.down:
            pause = self._look_for_asked_at - self._clock()
            if pause <= 0:
                await self._claim(1, only_asked=True)
                return
        await wait_for(self._wake, pause if pause > 0 else IDLE, self._clock)

    def _room(self) -> int:
        """How many more may be taken in hand; 0 for so few that it is not worth a look.

        While nothing gets through it is one, by which is learned whether anything does again.
        """
        if self._network.down:
            return 0 if self._hand else 1
        most = max(IN_HAND, math.ceil(MOMENT * self._pacing.rate))
        waiting = [carried.delivery.telegram for carried in self._hand if not carried.begun]
        room = most - sum(self._pacing.wait(chat, urgent=True) <= 0 for chat in waiting)
        return room if room >= most // 2 else 0

    async def _claim(self, room: int, *, only_asked: bool = False) -> None:
        """Take what is due in hand, or only what was asked for: the rest then stays where it is."""
        claim = partial(outbox.claim, self._engine, self._book.owner, self._now(), room)
        try:
            claimed = await self._book.run(claim)
        except Exception as error:  # noqa: BLE001  (whatever the database's library raises)
            log_trouble("claim", error)
            self._claims_doubtful = True
            return
        if only_asked:
            self._look_for_asked_at = self._clock() + IDLE
        elif len(claimed) < room:
            self._look_at = self._clock() + IDLE
        unwanted: list[int] = []
        put_off: dict[datetime, list[int]] = {}
        for delivery in claimed:
            if self._stopping.is_set() or (only_asked and not delivery.asked):
                unwanted.append(delivery.id)
            elif until := self._put_off_until(delivery):
                put_off.setdefault(until, []).append(delivery.id)
            else:
                self._take(delivery)
        for until, some in put_off.items():
            await self._put_off(some, until)
        if unwanted:
            await self._book.insist("release", partial(outbox.release, self._engine, unwanted))

    def _put_off_until(self, delivery: Delivery) -> datetime | None:
        try:
            return self._not_before(delivery)
        except Exception as error:  # noqa: BLE001  (a fault of ours must not hold up the others)
            _log.error("bug: delivery failed", delivery=delivery.id, error=type(error).__name__)
            return self._now() + timedelta(seconds=AFTER_FAULT)

    def _not_before(self, delivery: Delivery) -> datetime | None:
        """The end of the quiet hours that a chat has now, unless the message was asked for."""
        return None if delivery.asked else quiet_until(delivery.quiet, delivery.zone, self._now())

    async def _put_off(self, deliveries: Sequence[int], until: datetime) -> None:
        await self._book.insist("put off", partial(outbox.put_off, self._engine, deliveries, until))

    def _take(self, delivery: Delivery) -> None:
        carried = _Carried(delivery, probe=self._network.down)
        self._hand.add(carried)
        carried.task = tasks.begin(self._deliver(carried), "delivery")
        carried.task.add_done_callback(partial(self._put_down, carried))

    def _put_down(self, carried: "_Carried", task: "asyncio.Task[None]") -> None:
        self._hand.discard(carried)
        if not task.cancelled() and task.exception():
            self._claims_doubtful = True  # it may still be written down as in hand
        self._look_at = min(self._look_at, self._clock() + NEXT_OF_CHAT)
        self._room_again()

    def _room_again(self) -> None:
        if self._wants_room:
            self._wake.set()

    async def _finish(self) -> None:
        """Let go of what waits for its turn, and see what is on its way through."""
        for carried in self._hand:
            if carried.task and not carried.begun:
                carried.task.cancel()
        await asyncio.gather(*(carried.task for carried in self._hand if carried.task), return_exceptions=True)
        await self._leave()

    # --- one message ------------------------------------------------------------------------------------------------

    async def _deliver(self, carried: "_Carried") -> None:
        """Send one message and keep what became of it."""
        delivery = carried.delivery
        try:
            sent = await self._send(carried)
        except NotBegunError:
            # Whether that is kept or not: it has not been sent.
            await self._book.settle(self._due_again(delivery, "pending", FIRST_PAUSE))
            await self._release(delivery)
            return
        except Exception as error:  # noqa: BLE001  (a fault of ours must not hold up the others)
            _log.error("bug: delivery failed", delivery=delivery.id, error=type(error).__name__)
            if carried.begun:
                pause = _before_repeat(delivery)
                await self._book.settle(self._due_again(delivery, "unknown", pause, type(error).__name__))
            else:
                await self._put_off([delivery.id], self._now() + timedelta(seconds=AFTER_FAULT))
            return
        if sent.outcome is not Outcome.CALLED_OFF:
            if carried.begun:
                await self._book.settle(self._settled(delivery, sent))
            await self._learn(delivery, sent)
        elif carried.until:
            await self._put_off([delivery.id], carried.until)
        elif not carried.begun:
            await self._release(delivery)

    async def _send(self, carried: "_Carried") -> Sent:
        delivery = carried.delivery
        begin = partial(self._begin, carried)
        try:
            message = load(delivery.content)
        except ValueError:
            _log.error("bug: delivery cannot be read", delivery=delivery.id)
            outcome = Outcome.FAILED if await begin() else Outcome.CALLED_OFF
            return Sent(outcome, delivery.telegram, reason="cannot be read")
        return await self._sender.send(
            Target(delivery.telegram, delivery.thread or None),
            may_repeat(message) if delivery.unknowns else message,
            urgent=delivery.asked,
            silent=delivery.silent,
            begin=begin,
        )

    async def _begin(self, carried: "_Carried") -> bool:
        """Whether a message whose turn has come may be sent. Raises NotBegunError when that is known too late."""
        delivery = carried.delivery
        carried.until = self._not_before(delivery)
        if carried.until or (self._network.down and not carried.probe):
            return False
        carried.begun = True
        self._room_again()
        asked_at = self._awake()
        begun = await self._book.begin(delivery.id)
        if self._awake() - asked_at > IN_TIME:
            _log.warning("given back, as it took too long", delivery=delivery.id)
            raise NotBegunError
        return begun

    async def _release(self, delivery: Delivery) -> None:
        await self._book.insist("release", partial(outbox.release, self._engine, [delivery.id]))

    def _settled(self, delivery: Delivery, sent: Sent) -> Settled:
        match sent.outcome:
            case Outcome.SENT:
                return Settled(id=delivery.id, state="sent", message=sent.message_id)
            case Outcome.GONE | Outcome.FAILED:
                return Settled(id=delivery.id, state="failed", reason=sent.reason)
            case Outcome.UNKNOWN:
                return self._due_again(delivery, "unknown", _before_repeat(delivery), sent.reason)
            case _:
                pause = min(LAST_PAUSE, FIRST_PAUSE * 2 ** min(delivery.attempts, 10))
                return self._due_again(delivery, "pending", pause if sent.wait is None else sent.wait, sent.reason)

    def _due_again(
        self, delivery: Delivery, state: Literal["pending", "unknown"], seconds: float, reason: str | None = None
    ) -> Settled:
        return Settled(id=delivery.id, state=state, reason=reason, due=self._now() + timedelta(seconds=seconds))

    async def _learn(self, delivery: Delivery, sent: Sent) -> None:
        """Draw the consequences for the network, the chat, or all."""
        self._network.learn(sent)
        if sent.chat_id != delivery.telegram:
            move = partial(subscribers.migrate, self._engine, delivery.telegram, sent.chat_id)
            await self._book.insist("migrate", move)
        if sent.outcome is Outcome.GONE:
            gone = partial(subscribers.gone, self._engine, sent.chat_id, sent.reason or "")
            await self._book.insist("gone", gone)
            if self._on_gone:
                self._on_gone(sent.chat_id)
        elif sent.thread_lost:
            leave_topic = partial(self._leave_topic, sent.chat_id, delivery.thread)
            if await self._book.insist("topic", leave_topic):
                (line,) = render(said(texts.TOPIC_GONE))
                await self._sender.send(Target(sent.chat_id), line, silent=True)
        elif sent.outcome is Outcome.REFUSED_TOKEN and not self._stopping.is_set():
            self._stop()
            if self._on_token_refused:
                self._on_token_refused()

    def _leave_topic(self, telegram: int, thread: int) -> bool:
        """From now on, send outside a topic what is followed in it; whether there is anything."""
        followed = [one for one in subscribers.subscriptions(self._engine, telegram) if one.thread == thread]
        for one in followed:
            subscribers.change(self._engine, telegram, one.id, now=self._now(), thread=0)
        return bool(followed)


@dataclass(slots=True, eq=False)
class _Carried:
    """A message in hand; ``begun`` once its turn has come.

    ``probe``: it is the one by which is learned whether anything gets through. ``until``: the turn came at a moment at
    which the message must wait, for so long.
    """

    delivery: Delivery
    probe: bool = False
    begun: bool = False
    until: datetime | None = None
    task: asyncio.Task[None] | None = None


class _Network:
    """Whether anything gets through: when nothing does, everything waits, longer each time."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._failures = 0
        self._length = 0.0
        self._until = -math.inf

    def pause(self) -> float:
        """For how many seconds nothing is to be tried."""
        return max(0.0, self._until - self._clock())

    @property
    def down(self) -> bool:
        """Whether so much has failed on end that one message is enough to see whether that is over."""
        return self._failures >= FAILURES

    def learn(self, sent: Sent) -> None:
        """Draw conclusions from what became of a message; that Telegram asks for a wait means that it answers."""
        waits = sent.outcome is Outcome.LATER and sent.wait is not None
        if waits or sent.outcome in {Outcome.SENT, Outcome.GONE, Outcome.FAILED}:
            self._failures, self._length = 0, 0.0
        elif sent.outcome in {Outcome.UNKNOWN, Outcome.LATER}:
            self._failures += 1
            # Those that were on their way together count as one.
            if self.down and not self.pause():
                self._length = min(LAST_PAUSE, max(FIRST_PAUSE, 2 * self._length))
                self._until = self._clock() + self._length
                _log.warning("network down", failures=self._failures, again_in=self._length)


def may_repeat(message: Message) -> Message:
    """The message with a first line that tells its reader that it may have come before."""
    mark = f"{texts.MAY_REPEAT}\n\n"
    return Message(html=mark + message.html, plain=mark + message.plain, keyboard=message.keyboard)


def sender_name() -> str:
    """What this process is called among senders: where it is at home, its number there, and when it started."""
    return f"{':'.join(_home())}:{os.getpid()}:{time.time_ns()}"


def _home() -> tuple[str, str, str]:
    """Where the number of a process means one process: host, boot, and PID namespace. Empty what cannot be told."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        return socket.gethostname(), boot, str(Path("/proc/self/ns/pid").stat().st_ino)
    except OSError:
        return socket.gethostname(), "", ""


def _has_ended(name: str) -> bool:
    """Whether the process of this name surely does not live any more.

    Only of those at home where we are that can be told: hosts may share a name, and containers count processes each
    for itself. A boot that is not ours may be another machine's that lives; should it have been an earlier one of ours,
    its senders were not seen for long enough anyhow.
    """
    home, _, rest = name.rpartition(":")[0].rpartition(":")
    if home != ":".join(_home()) or "" in _home() or not rest.isdecimal():
        return False
    number = int(rest)
    if number == os.getpid():
        return True  # we are another with its number
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return True
    except OSError:
        return False
    return False


def _before_repeat(delivery: Delivery) -> float:
    return min(LONGEST_BEFORE_REPEAT, BEFORE_REPEAT * 2.0 ** min(delivery.unknowns, 20))
