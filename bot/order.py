"""Many chats at once, each in its own order, each update once, none of them too many."""

import asyncio
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Awaitable, Callable, Hashable
from contextlib import asynccontextmanager, nullcontext
from typing import Any, Literal, Protocol

import structlog
from telegram import Update
from telegram.ext import BaseUpdateProcessor

from bot.monitoring.observer import Course, Observer, UpdateKind
from bot.sharing.turns import PutOffError, SharedTurns

__all__ = ["AT_ONCE", "ChatOrder", "Gate", "Seen", "Way"]

AT_ONCE = 16
"""Small requests (answers to presses, look-ups) on their way at one time. Messages are bounded by their sender.

More at once makes python-telegram-bot slower, not faster: the cost is in its HTTP client's pool."""

IN_LINE = 64
REMEMBERED = 4096
# PTB makes a task for each update before it asks how many may be processed at once: to let fewer in would save nothing.
_EVERYBODY = 1_000_000

Way = Literal["line", "aside", "say", "drop"]

_log = structlog.get_logger(__name__)


class Gate(Protocol):
    """Says what becomes of an update before it waits for anything."""

    def admit(self, update: Update) -> Way:
        """Whether it waits in its chat's line, is worked on at once beside it, or is dropped, said so or not."""
        ...

    async def say(self, update: Update) -> None:
        """Tell its sender why it is not carried out."""
        ...

    async def dropped(self, update: Update) -> None:
        """It is not carried out, and not said so; whoever is shown that it is waited for need wait no longer."""
        ...


class Seen:
    """Remembers the last ``capacity`` keys."""

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._keys: OrderedDict[Hashable, None] = OrderedDict()

    def add(self, key: Hashable) -> bool:
        """Remember ``key``; False when it was remembered already."""
        if key in self._keys:
            return False
        self._keys[key] = None
        if len(self._keys) > self._capacity:
            self._keys.popitem(last=False)
        return True

    def forget(self, key: Hashable) -> None:
        """Remember ``key`` no longer."""
        self._keys.pop(key, None)


class ChatOrder(BaseUpdateProcessor):
    """Works on one update of each chat at a time, in the order they came, and on any number of chats.

    Whoever works may be waiting, for up to a minute, until the chat can be written to; so chats have no places to take
    from each other. What they do share is bounded where it is used: the conversation by its thread, messages by their
    sender, other requests by ``AT_ONCE``. One chat has at most ``in_line`` updates waiting or being worked on.

    An update that Telegram repeats is ignored. What the gate does not admit is dropped, as is the press of a button
    that was pressed before and is still in its chat's line. ``observer`` is told of each update. Of several processes
    of one bot, those that ``shared`` knows of have their turns at a chat one after the other.
    """

    __slots__ = ("_closing", "_gate", "_in_line", "_observer", "_seen", "_shared", "_turns")

    def __init__(
        self, *, in_line: int = IN_LINE, observer: Observer | None = None, shared: SharedTurns | None = None
    ) -> None:
        super().__init__(_EVERYBODY)
        self._in_line = in_line
        self._observer = observer or Observer()
        self._shared = shared
        self._seen = Seen(REMEMBERED)
        self._turns: dict[Hashable, _Turn] = {}
        self._gate: Gate | None = None
        self._closing: Callable[[], None] | None = None

    @property
    def chats_in_hand(self) -> int:
        """How many chats have an update waiting or being worked on; a lock is kept for these only."""
        return len(self._turns)

    def guard(self, gate: Gate) -> None:
        """Have ``gate`` asked about each update."""
        self._gate = gate

    def on_shutdown(self, close: Callable[[], None]) -> None:
        """Have ``close`` called when the application shuts down."""
        self._closing = close

    async def do_process_update(self, update: object, coroutine: Awaitable[Any]) -> None:
        """Run ``coroutine`` in its chat's turn, or drop it when its update has been seen or is one too many.

        Raises PutOffError when the turn could not be had among several processes, and nothing has been done.
        """
        kind, began = _kind_of(update), time.perf_counter()
        way = self._way(update)
        self._observer.update(kind, way)
        if way in ("line", "aside"):
            try:
                async with self._turn(update) if way == "line" else nullcontext(True) as due:
                    await (coroutine if due else _nothing(coroutine))
            except PutOffError:
                await _nothing(coroutine)
                self._seen.forget(update.update_id if isinstance(update, Update) else None)
                raise
            finally:
                self._observer.handled(kind, time.perf_counter() - began)
        else:
            await _nothing(coroutine)
            if self._gate and isinstance(update, Update):
                if way == "say":
                    await self._gate.say(update)
                elif way == "drop":
                    await self._gate.dropped(update)

    async def initialize(self) -> None:
        """Nothing to prepare."""

    async def shutdown(self) -> None:
        """Let go of what the handlers hold."""
        if self._closing:
            self._closing()

    def _way(self, update: object) -> Course:
        if not isinstance(update, Update):
            return "line"
        if not self._seen.add(update.update_id):
            return "ignore"
        turn = self._turns.get(_line_of(update))
        if turn and _press_of(update) in turn.presses:
            return "drop"
        way: Way = self._gate.admit(update) if self._gate else "line"
        if way == "line" and turn and turn.users >= self._in_line:
            _log.warning("update dropped", update_id=update.update_id, reason="too many of its chat in line")
            return "drop"
        return way

    @asynccontextmanager
    async def _turn(self, update: object) -> AsyncIterator[bool]:
        """Whether an update is still to be worked on, once it is its turn."""
        line, press = _line_of(update), _press_of(update)
        turn = self._turns.setdefault(line, _Turn())
        turn.users += 1
        if press:
            turn.presses.add(press)
        try:
            async with turn.lock:
                if self._shared is None or not isinstance(update, Update):
                    yield True
                else:
                    async with self._shared.turn(_name_of(update), update.update_id) as due:
                        yield due
        finally:
            turn.users -= 1
            turn.presses.discard(press)
            if not turn.users:
                del self._turns[line]


class _Turn:
    __slots__ = ("lock", "presses", "users")

    def __init__(self) -> None:
        self.lock = asyncio.Lock()  # first come, first served
        self.users = 0
        self.presses: set[Hashable] = set()


async def _nothing(work: Awaitable[Any]) -> None:
    """Let go of work that is not to be done."""
    if asyncio.iscoroutine(work):
        work.close()


def _kind_of(update: object) -> UpdateKind:
    if isinstance(update, Update):
        if update.message:
            return "message"
        if update.callback_query:
            return "button"
        if update.inline_query:
            return "inline"
        if update.my_chat_member:
            return "member"
    return "other"


def _press_of(update: object) -> Hashable:
    """What was pressed, where, by whom; None when nothing was."""
    query = update.callback_query if isinstance(update, Update) else None
    if query is None:
        return None
    return query.from_user.id, query.message.message_id if query.message else query.inline_message_id, query.data


def _line_of(update: object) -> Hashable:
    """The chat whose turn an update waits for; inline queries, which no chat sees, have a line for each person."""
    if not isinstance(update, Update):
        return None
    if update.effective_chat:
        return update.effective_chat.id
    return ("person", update.effective_user.id) if update.effective_user else None


def _name_of(update: Update) -> str:
    """What the line of an update is called among several processes: of a chat its key in the conversation's memory."""
    line = _line_of(update)
    return f"tg:{line}" if isinstance(line, int) else f"{line}"
