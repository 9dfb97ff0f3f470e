"""One process at a time at work on a chat, and each update done with once, over all processes of the bot."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from typing import ParamSpec, TypeVar

import structlog

from bot.delivery.clock import Clock
from bot.delivery.thread import Thread
from bot.sharing.memory import SharedMemory
from knowledge.errors import OnRecordError
from knowledge.store import conversations
from knowledge.store.claims import ClaimLostError, Claims
from knowledge.store.database import Engine
from knowledge.store.trouble import complaint

__all__ = ["PATIENCE", "PutOffError", "SharedTurns"]

PATIENCE = 45.0
"""Seconds that an update waits for another process at work on its chat; Telegram waits a minute for an answer."""

_INSISTENCE = 10.0  # seconds in which what was done is tried to be written down
_FIRST_WAIT, _LAST_WAIT = 0.02, 0.5
_PRUNE_UPDATES, _PRUNE_SECONDS = 512, 60.0  # whichever comes first

P = ParamSpec("P")
T = TypeVar("T")

_log = structlog.get_logger(__name__)


class PutOffError(OnRecordError):
    """Nothing has been done about an update, which is to come again."""


class SharedTurns:
    """Turns at chats that no two processes have at once.

    An update is done with when it is written down that it is, together with what its chat is remembered by. Who is
    killed before that has its update come again, to be answered a second time at worst. ``clock`` tells seconds, and
    ``now`` the time (aware).
    """

    def __init__(
        self,
        engine: Engine,
        memory: SharedMemory,
        clock: Clock,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._engine = engine
        self._memory = memory
        self._clock = clock
        self._now = now
        self._claims = Claims(engine)
        self._thread = Thread("claims")
        self._hurrying = False
        self._done = 0
        self._prune_at = clock() + _PRUNE_SECONDS

    @asynccontextmanager
    async def turn(self, chat: str, number: int) -> AsyncIterator[bool]:
        """Have a chat's turn; whether the update of this number is still to be worked on.

        Raises PutOffError when that cannot be told, or another process is at work on the chat for too long.
        """
        handled = await self._begin(chat, number)
        try:
            yield not handled
        except BaseException:
            self._memory.changed(chat)  # by what was not finished
            await asyncio.shield(self._finish(chat, None))
            raise
        await asyncio.shield(self._finish(chat, None if handled else number))

    def hurry(self) -> None:
        """The bot is stopping: wait for no other process any more."""
        self._hurrying = True

    def close(self) -> None:
        """Let the connections to the database go; wait for nothing."""
        self._thread.submit(self._claims.close)
        self._thread.submit(self._engine.dispose)
        self._thread.shutdown(wait=False)

    async def _begin(self, chat: str, number: int) -> bool:
        until, wait = self._clock() + PATIENCE, _FIRST_WAIT
        try:
            while (handled := await self._call(self._take, chat, number)) is None:
                if self._hurrying or self._clock() >= until:
                    raise PutOffError("another process is at work on its chat")
                await self._clock.sleep(wait)
                wait = min(_LAST_WAIT, 2 * wait)
        except Exception as error:
            if (reason := complaint(error)) is None or isinstance(error, PutOffError):
                raise
            raise PutOffError(reason) from error
        return handled

    async def _finish(self, chat: str, number: int | None) -> None:
        """Give the turn back, once it is written down what was done.

        When that cannot be done it is logged: the update has been worked on and must not come again for it.
        """
        changed = self._memory.changed(chat)
        contents = changed if number is not None else {}
        until, wait = self._clock() + _INSISTENCE, _FIRST_WAIT
        while not await self._given_back(chat, number, contents):
            if number is None or self._hurrying or self._clock() >= until:
                with suppress(Exception):
                    await self._call(self._claims.release, chat)
                return
            await self._clock.sleep(wait)
            wait = min(_LAST_WAIT, 2 * wait)

    async def _given_back(self, chat: str, number: int | None, contents: dict[str, str | None]) -> bool:
        try:
            if await self._call(self._give_back, chat, number, contents):
                return True
            reason = "another process has taken its chat"
        except Exception as error:  # noqa: BLE001  (whatever it is, the reader has been answered)
            reason = complaint(error) or f"bug: {type(error).__name__}"
        _log.error("update not written down", update_id=number, reason=reason)
        return False

    # -- in the thread ----------------------------------------------------------------------------------------------

    def _take(self, chat: str, number: int) -> bool | None:
        """Whether an update is done with, its chat being taken; None when another process has that."""
        if not self._claims.take(chat):
            return None
        try:
            ((handled, kept),) = self._claims.execute(chat, conversations.standing(number, chat))
        except Exception:
            self._claims.release(chat)
            raise
        self._memory.found(chat, None if kept is None else str(kept))
        return bool(handled)

    def _give_back(self, chat: str, number: int | None, contents: dict[str, str | None]) -> bool:
        """Whether all is written down; not when the chat was lost, and another process has it."""
        if number is not None:
            try:
                self._claims.execute(chat, conversations.finished(number, contents, self._now()))
            except ClaimLostError:
                # The connection was lost. Nobody else has the update: Telegram still waits for what becomes of it.
                if not self._claims.take(chat):
                    return False
                self._claims.execute(chat, conversations.finished(number, contents, self._now()))
        self._claims.release(chat)
        self._done += 1
        if self._done >= _PRUNE_UPDATES or self._clock() >= self._prune_at:
            self._done, self._prune_at = 0, self._clock() + _PRUNE_SECONDS
            self._prune()
        return True

    def _prune(self) -> None:
        try:
            conversations.prune(self._engine, self._now())
        except Exception as error:  # noqa: BLE001  (there is a next time)
            _log.warning("old updates not forgotten", reason=complaint(error) or type(error).__name__)

    async def _call(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        return await asyncio.wrap_future(self._thread.submit(function, *args, **kwargs))
