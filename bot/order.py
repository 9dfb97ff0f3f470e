"""Many chats at once, each in its own order, each update once."""

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator, Awaitable, Callable, Hashable
from contextlib import asynccontextmanager
from typing import Any

from telegram import Update
from telegram.ext import BaseUpdateProcessor

__all__ = ["ChatOrder", "Seen"]

# More at once makes python-telegram-bot slower, not faster: the cost is in its HTTP client's pool.
AT_ONCE = 16
# Updates that may wait for their chat's turn without keeping other chats from theirs.
WAITING = 1024
REMEMBERED = 4096


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


class ChatOrder(BaseUpdateProcessor):
    """Works on at most ``at_once`` updates at a time, on one of each chat, in the order they came.

    A chat's turn is taken before a place among the ``at_once``, so that one chat with a long line leaves the places
    to others. An update that Telegram repeats is dropped.
    """

    __slots__ = ("_closing", "_seen", "_slots", "_turns")

    def __init__(self, *, at_once: int = AT_ONCE, waiting: int = WAITING) -> None:
        super().__init__(max(at_once, waiting))
        self._slots = asyncio.Semaphore(at_once)
        self._seen = Seen(REMEMBERED)
        self._turns: dict[Hashable, _Turn] = {}
        self._closing: Callable[[], None] | None = None

    @property
    def chats_in_hand(self) -> int:
        """How many chats have an update waiting or being worked on; a lock is kept for these only."""
        return len(self._turns)

    def on_shutdown(self, close: Callable[[], None]) -> None:
        """Have ``close`` called when the application shuts down."""
        self._closing = close

    async def do_process_update(self, update: object, coroutine: Awaitable[Any]) -> None:
        """Run ``coroutine`` in its chat's turn, or drop it when its update has been seen."""
        if isinstance(update, Update) and not self._seen.add(update.update_id):
            if asyncio.iscoroutine(coroutine):
                coroutine.close()
            return
        async with self._turn(_chat_of(update)), self._slots:
            await coroutine

    async def initialize(self) -> None:
        """Nothing to prepare."""

    async def shutdown(self) -> None:
        """Let go of what the handlers hold."""
        if self._closing:
            self._closing()

    @asynccontextmanager
    async def _turn(self, chat: Hashable) -> AsyncIterator[None]:
        turn = self._turns.setdefault(chat, _Turn())
        turn.users += 1
        try:
            async with turn.lock:
                yield
        finally:
            turn.users -= 1
            if not turn.users:
                del self._turns[chat]


class _Turn:
    __slots__ = ("lock", "users")

    def __init__(self) -> None:
        self.lock = asyncio.Lock()  # first come, first served
        self.users = 0


def _chat_of(update: object) -> Hashable:
    if not isinstance(update, Update):
        return None
    if update.effective_chat:
        return update.effective_chat.id
    return update.effective_user.id if update.effective_user else None
