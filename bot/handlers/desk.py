"""What handlers share: the conversation, one thread to hold it in, and the way back to the reader."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from bot.conversation import Conversation
from bot.offering import Offer
from bot.render import Message, render
from bot.replies import Reply, said
from bot.sending import Sender, Sent, Target
from bot.sharing.memory import SharedMemory

__all__ = ["Desk"]

P = ParamSpec("P")
T = TypeVar("T")


class Desk:
    """Hands questions to the conversation and replies to the sender.

    The conversation runs in a thread of its own: it is fast, but it reads a database that an ingest may be writing
    to, and the event loop must go on serving meanwhile. It is *one* thread: answers are work for the processor, which
    Python does one at a time anyway, and so calls never overlap and the conversation needs no locks. ``memory`` is what
    it is lent to remember chats by, where several processes share that.
    """

    def __init__(self, conversation: Conversation, sender: Sender, memory: SharedMemory | None = None) -> None:
        self._conversation = conversation
        self._sender = sender
        self._memory = memory
        self._thread: ThreadPoolExecutor | None = None

    @property
    def commands(self) -> tuple[tuple[str, str], ...]:
        """(name, description) of each command."""
        return self._conversation.commands

    async def ask(self, chat: str, text: str) -> Reply:
        """See ``Conversation.ask``."""
        return await self._call(self._with_memory, chat, lambda: self._conversation.ask(chat, text))

    async def command(self, chat: str, name: str, argument: str) -> Reply:
        """See ``Conversation.command``."""
        return await self._call(self._with_memory, chat, lambda: self._conversation.command(chat, name, argument))

    async def press(self, chat: str, action: str) -> Reply | None:
        """See ``Conversation.press``."""
        return await self._call(self._with_memory, chat, lambda: self._conversation.press(chat, action))

    async def offers(self, text: str) -> tuple[Offer, ...]:
        """See ``Conversation.offers``."""
        return await self._call(self._conversation.offers, text)

    async def remembered(self, chat: str) -> dict[str, object]:
        """See ``Conversation.remembered``."""
        if self._memory:
            await self._call(self._memory.recall_all, chat)
        return await self._call(self._conversation.remembered, chat)

    async def forget(self, chat: str) -> None:
        """See ``Conversation.forget``."""
        await self._call(self._conversation.forget, chat)
        if self._memory:
            await self._call(self._memory.forget, chat)

    async def migrate(self, old: str, new: str) -> None:
        """See ``Conversation.migrate``."""
        await self._call(self._conversation.migrate, old, new)
        if self._memory:
            await self._call(self._memory.migrate, old, new)

    async def deliver(self, target: Target, reply: Reply) -> None:
        """Send all messages of ``reply``, in order, up to the first that surely does not arrive."""
        for message in render(reply):
            sent = await self.send(target, message)
            if not sent.arrived:
                return

    async def say(self, target: Target, phrase: str) -> None:
        """Send one of the fixed phrases."""
        await self.deliver(target, said(phrase))

    async def send(self, target: Target, message: Message) -> Sent:
        """See ``Sender.send``."""
        return await self._sender.send(target, message)

    async def edit(self, chat_id: int, message_id: int, message: Message) -> bool:
        """See ``Sender.edit``."""
        return await self._sender.edit(chat_id, message_id, message)

    async def send_document(self, target: Target, content: bytes, filename: str) -> bool:
        """See ``Sender.send_document``."""
        return await self._sender.send_document(target, content, filename)

    def hurry(self) -> None:
        """See ``Sender.hurry``."""
        self._sender.hurry()

    def close(self) -> None:
        """Let the thread go; the next call would start another."""
        if self._thread:
            self._thread.shutdown(wait=False)
            self._thread = None

    def _with_memory(self, chat: str, answer: Callable[[], T]) -> T:
        if self._memory is None:
            return answer()
        with self._memory.lent(chat):
            return answer()

    async def _call(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        if self._thread is None:
            self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="conversation")
        return await asyncio.get_running_loop().run_in_executor(self._thread, lambda: function(*args, **kwargs))
