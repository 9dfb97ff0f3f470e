"""Sends the digests that wait in the database, whatever happens to the network, to Telegram or to this process.

That a message is being sent is kept before its request goes out, and what became of it after: one that was being sent
when the process died may have arrived, and is sent once more, marked. Nothing else is sent twice, and nothing is lost.
"""

import asyncio
import math
import os
import socket
import time
from collections.abc import Callable
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Literal

import structlog

from bot.delivery import texts
from bot.delivery.book import Book, NotBegunError
from bot.delivery.clock import Clock, wait_for
from bot.delivery.content import load
from bot.delivery.pacing import Pacing
from bot.render import Message, render
from bot.replies import Block, Part, Reply
from bot.sending import Outcome, Sender, Sent, Target
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
# quickly. Those whose chat must wait first come on top, or a few chats would hold up all others.
IN_HAND, MOMENT = 8, 0.25
WITH_WAITING = 200
# The pauses after a failure of the network: of the message, and of everything once so many have failed on end.
FIRST_PAUSE, LAST_PAUSE = 1.0, 60.0
FAILURES = 5
# The pause before what may have arrived is sent once more; doubled each time.
BEFORE_REPEAT = 5.0

_log = structlog.get_logger(__name__)


class Postman:
    """Sends for one process, which is called ``name``; several processes on one database share the work.

    ``now`` tells the moments that are kept, ``clock`` how long to wait. ``on_token_refused`` is called when Telegram
    does not take the bot's token any more, after which nothing is sent; ``on_gone`` with Telegram's number of a chat
    that cannot be written to. ``executor`` has one thread, where the database is used.
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
    ) -> None:
        self._engine = engine
        self._sender = sender
        self._pacing = pacing
        self._clock = clock
        self._now = now
        self._on_token_refused = on_token_refused
        self._on_gone = on_gone
        self._name = name or sender_name()
        self._executor = executor or ThreadPoolExecutor(max_workers=1, thread_name_prefix="postman")
        self._book = Book(engine, self._executor, clock, now)
        self._hand: set[_Carried] = set()
        self._wake = asyncio.Event()
        self._stopping = asyncio.Event()
        self._look_at = -math.inf  # when to look next, after a look that found less than there was room for
        self._claims_doubtful = False  # one failed in such a way that it may have been made
        self._network = _Network(clock)

    def nudge(self) -> None:
        """There is something to send."""
        self._look_at = -math.inf
        self._wake.set()

    async def run(self, stop: asyncio.Event) -> None:
        """Send until ``stop`` is set; then finish what is on its way and give back the rest."""
        told = asyncio.ensure_future(stop.wait())
        told.add_done_callback(lambda _: self._stop())
        beating = asyncio.create_task(self._beat())
        try:
            while not self._stopping.is_set():
                await self._round()
        finally:
            told.cancel()
            beating.cancel()
            self._stop()
            await self._finish()

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
        pause = max(self._network.pause(), self._look_at - self._clock())
        room = 0 if self._claims_doubtful else self._room()
        halted = self._pacing.halted() > 0 and not self._claims_doubtful
        if pause > 0 or not (room or halted):
            await wait_for(self._wake, pause if pause > 0 else IDLE, self._clock)
        elif halted:
            await self._claim(1, only_asked=True)
        else:
            await self._claim(room)

    def _room(self) -> int:
        """How many more may be taken in hand; 0 for so few that it is not worth a look."""
        most = max(IN_HAND, math.ceil(MOMENT * self._pacing.rate))
        waiting = [carried.delivery.telegram for carried in self._hand if not carried.begun]
        could_go = sum(self._pacing.wait(chat, urgent=True) <= 0 for chat in set(waiting))
        room = min(most - could_go, WITH_WAITING - len(waiting))
        return room if room >= most // 2 else 0

    async def _claim(self, room: int, *, only_asked: bool = False) -> None:
        """Take what is due in hand. While digests are halted, only what was asked for: the rest stays where it is."""
        claim = partial(outbox.claim, self._engine, self._book.owner, self._now(), room)
        try:
            claimed = await self._book.run(claim)
        except Exception as error:  # noqa: BLE001  (whatever the database's library raises)
            _log.warning("database trouble", at="claim", error=type(error).__name__)
            self._claims_doubtful = True
            self._look_at = self._clock() + IDLE
            return
        if len(claimed) < room or only_asked:
            self._look_at = self._clock() + IDLE
        for delivery in claimed:
            if self._stopping.is_set() or (only_asked and not delivery.asked):
                await self._book.insist("release", partial(outbox.release, self._engine, [delivery.id]))
            else:
                self._take(delivery)

    def _take(self, delivery: Delivery) -> None:
        carried = _Carried(delivery)
        self._hand.add(carried)
        carried.task = asyncio.create_task(self._deliver(carried))
        carried.task.add_done_callback(lambda _: self._put_down(carried))

    def _put_down(self, carried: "_Carried") -> None:
        self._hand.discard(carried)
        self._wake.set()

    async def _finish(self) -> None:
        """Let go of what waits for its turn, and see what is on its way through."""
        for carried in self._hand:
            if carried.task and not carried.begun:
                carried.task.cancel()
        await asyncio.gather(*(carried.task for carried in self._hand if carried.task), return_exceptions=True)
        await self._leave()
        self._executor.shutdown(wait=False)

    # --- one message ------------------------------------------------------------------------------------------------

    async def _deliver(self, carried: "_Carried") -> None:
        """Send one message and keep what became of it."""
        delivery = carried.delivery
        try:
            message = load(delivery.content)
            sent = await self._sender.send(
                Target(delivery.telegram, delivery.thread or None),
                may_repeat(message) if delivery.unknowns else message,
                urgent=delivery.asked,
                silent=delivery.silent,
                begin=partial(self._begin, carried),
            )
        except NotBegunError:
            # Whether that is kept or not: it has not been sent.
            await self._book.settle(self._due_again(delivery, "pending", FIRST_PAUSE))
            await self._book.insist("release", partial(outbox.release, self._engine, [delivery.id]))
            return
        except Exception as error:  # noqa: BLE001  (a fault of ours must not hold up the others)
            _log.error("bug: delivery failed", delivery=delivery.id, error=type(error).__name__)
            sent = Sent(Outcome.UNKNOWN, delivery.telegram, reason=type(error).__name__)
        if carried.begun and sent.outcome is not Outcome.CALLED_OFF:
            await self._book.settle(self._settled(delivery, sent))
        await self._learn(delivery, sent)

    async def _begin(self, carried: "_Carried") -> bool:
        carried.begun = True
        self._wake.set()
        return await self._book.begin(carried.delivery.id)

    def _settled(self, delivery: Delivery, sent: Sent) -> Settled:
        match sent.outcome:
            case Outcome.SENT:
                return Settled(id=delivery.id, state="sent", message=sent.message_id)
            case Outcome.GONE | Outcome.FAILED:
                return Settled(id=delivery.id, state="failed", reason=sent.reason)
            case Outcome.UNKNOWN:
                return self._due_again(delivery, "unknown", BEFORE_REPEAT * 2**delivery.unknowns, sent.reason)
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
                (line,) = render(Reply(blocks=(Block(lines=((Part(texts.TOPIC_GONE),),)),)))
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
    """A message in hand; ``begun`` once its turn has come."""

    delivery: Delivery
    begun: bool = False
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

    def learn(self, sent: Sent) -> None:
        if sent.outcome in {Outcome.SENT, Outcome.GONE, Outcome.FAILED}:
            self._failures, self._length = 0, 0.0
        elif sent.outcome is Outcome.UNKNOWN or (sent.outcome is Outcome.LATER and sent.wait is None):
            self._failures += 1
            # Those that were on their way together count as one.
            if self._failures >= FAILURES and not self.pause():
                self._length = min(LAST_PAUSE, max(FIRST_PAUSE, 2 * self._length))
                self._until = self._clock() + self._length
                _log.warning("network down", failures=self._failures, again_in=self._length)


def may_repeat(message: Message) -> Message:
    """The message with a first line that tells its reader that it may have come before."""
    mark = f"{texts.MAY_REPEAT}\n\n"
    return Message(html=mark + message.html, plain=mark + message.plain, keyboard=message.keyboard)


def sender_name() -> str:
    """What this process is called among senders: host, process number, and when it started."""
    return f"{socket.gethostname()}:{os.getpid()}:{time.time_ns()}"


def _has_ended(name: str) -> bool:
    """Whether the process that has this name surely does not live any more: one of this machine that is not there."""
    host, _, rest = name.rpartition(":")[0].rpartition(":")
    if os.name != "posix" or host != socket.gethostname() or not rest.isdecimal():
        return False
    number = int(rest)
    if number == os.getpid():
        return True  # we are another with its number, as in a container, where numbers begin anew
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return True
    except OSError:
        return False
    return False
