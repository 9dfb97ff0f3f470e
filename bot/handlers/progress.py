"""One message that tells how a long piece of work goes, and in the end what came of it."""

import asyncio
from collections.abc import Callable

from bot.handlers.desk import Desk
from bot.render import Message, render
from bot.replies import Reply
from bot.sending import Target

__all__ = ["Progress"]

EVERY = 2.0


class Progress:
    """A message sent once and then edited, at most every ``EVERY`` seconds; ``clock`` tells seconds.

    How the work goes may be lost on its way, what came of it not: where it cannot be edited in, it is sent anew.
    """

    def __init__(self, desk: Desk, target: Target, *, clock: Callable[[], float] | None = None) -> None:
        self._desk = desk
        self._target = target
        self._clock = clock or asyncio.get_running_loop().time
        self._shown: float | None = None
        self._last: Message | None = None
        self._message: int | None = None

    async def show(self, reply: Reply, *, now: bool = False) -> None:
        """Show how it goes, unless that was done a moment ago; ``now``: in any case."""
        if self._shown is not None and not now and self._clock() - self._shown < EVERY:
            return
        (message, *_) = render(reply)
        if message == self._last:
            return
        first, self._shown, self._last = self._last is None, self._clock(), message
        if first:
            sent = await self._desk.send(self._target, message)
            # Where the group has become another meanwhile, what came of it is sent anew, there.
            self._message = sent.message_id if sent.chat_id == self._target.chat_id else None
        elif self._message is not None:
            await self._desk.edit(self._target.chat_id, self._message, message)

    async def finish(self, reply: Reply) -> None:
        """Show what came of it."""
        (message, *more) = render(reply)
        here = self._message
        if here is None or more or not await self._desk.edit(self._target.chat_id, here, message):
            await self._desk.deliver(self._target, reply)
