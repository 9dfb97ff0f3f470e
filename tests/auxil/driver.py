"""Conversations with the bot over the Bot API double: ``await chat.say("...")`` returns what the bot sent back.

async with talking(conversation) as bot:
    chat = bot.chat()
    replies = await chat.say("what did Wang Yi say")
    more = await chat.press("next")
"""

import re
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from telegram.ext import Application

from bot.app import build_application
from bot.conversation import Conversation
from bot.delivery.clock import Clock
from bot.delivery.pacing import Pacing
from bot.handlers import ALLOWED_UPDATES
from bot.sending import Sender
from bot.settings import Settings
from bot.transport import TelegramRequest
from tests.auxil.bot_api import BotApi, BotMessage, ChatRecord, Json
from tests.auxil.clock import Naps
from tests.auxil.telegram_html import utf16

Settle = Callable[[int], Awaitable[None]]


class Chat:
    """One person writing in one chat (and, in a forum, in one topic).

    ``settle`` waits until the bot is done with an update. Without it (a bot in another process) say how many messages
    to ``expect``.
    """

    def __init__(
        self,
        api: BotApi,
        record: ChatRecord,
        *,
        user_id: int | None = None,
        thread: int | None = None,
        settle: Settle | None = None,
    ) -> None:
        self.api = api
        self.record = record
        self.user_id = user_id or abs(record.chat_id)
        self.thread = thread
        self.notice: str | None = None  # what the last press showed above the chat
        self._settle = settle

    @property
    def received(self) -> list[BotMessage]:
        """Every message of the bot in this chat and topic, oldest first."""
        return [m for m in self.api.sent_to(self.record.chat_id) if self.thread is None or m.thread_id == self.thread]

    async def say(
        self, text: str, *, reply_to: BotMessage | None = None, expect: int | None = None, copies: int = 1
    ) -> list[BotMessage]:
        """Write ``text``; return the bot's messages that follow."""
        return await self.send(reply_to=reply_to, expect=expect, copies=copies, text=text, entities=entities_of(text))

    async def send(
        self, *, reply_to: BotMessage | None = None, expect: int | None = None, copies: int = 1, **content: Any
    ) -> list[BotMessage]:
        """Send a message with any content (``photo=[...]``, ``text=...``); return the bot's messages that follow."""
        message = self._message() | content
        if reply_to:
            message["reply_to_message"] = self.api.as_json(reply_to)
        return await self._after({"message": message}, expect=expect, copies=copies)

    async def edit(self, text: str) -> list[BotMessage]:
        """Edit an earlier message into ``text``, told to the bot even though it did not ask for edits."""
        message = self._message() | {"text": text, "entities": entities_of(text), "edit_date": int(time.time())}
        return await self._after({"edited_message": message}, unasked=True)

    async def press(self, label: str, *, on: BotMessage | None = None, expect: int | None = None) -> list[BotMessage]:
        """Press the button ``label``, under ``on`` or the last message that has it; return what follows.

        ``notice`` holds the line shown above the chat, None when there is none.
        """
        message = on or next(m for m in reversed(self.received) if label in m.buttons)
        button = next(b for row in message.keyboard for b in row if b["text"] == label)
        return await self.press_data(button["callback_data"], message=self.api.as_json(message), expect=expect)

    async def press_data(self, data: str, *, message: Json | None, expect: int | None = None) -> list[BotMessage]:
        """Press a button with ``data`` under ``message``, as Telegram shows it."""
        query = f"query-{self.api.next_message_id()}"
        self.api.open_callbacks.add(query)
        press: Json = {"id": query, "from": self._user(), "chat_instance": "1", "data": data}
        if message:
            press["message"] = message
        replies = await self._after({"callback_query": press}, expect=expect)
        await self.api.until(lambda: query not in self.api.open_callbacks) if expect else None
        self.notice = self.api.callbacks.get(query)
        return replies

    async def _after(
        self, update: Json, *, expect: int | None = None, copies: int = 1, unasked: bool = False
    ) -> list[BotMessage]:
        before = len(self.received)
        update_id = await self.api.push(update, copies=copies, unasked=unasked)
        if expect is not None:
            await self.api.until(lambda: len(self.received) >= before + expect)
        if self._settle:
            await self._settle(update_id)
        return self.received[before:]

    def _user(self) -> Json:
        return {"id": self.user_id, "is_bot": False, "first_name": "Reader"}

    def _message(self) -> Json:
        found: Json = {
            "message_id": self.api.next_message_id(),
            "date": int(time.time()),
            "chat": self.record.as_json(),
            "from": self._user(),
        }
        if self.thread is not None:
            found |= {"message_thread_id": self.thread, "is_topic_message": True}
        return found


class Bot:
    """The bot under test, running in this process against its own Bot API double."""

    def __init__(self, api: BotApi, application: "Application[Any, Any, Any, Any, Any, Any]") -> None:
        self.api = api
        self.application = application

    def chat(self, chat_id: int = 7) -> Chat:
        """A private chat."""
        return Chat(self.api, self.api.add_chat(ChatRecord(chat_id)), settle=self.settle)

    def group(self, chat_id: int = -100, *, user_id: int = 8, thread: int | None = None) -> Chat:
        """A group, or a topic of a forum."""
        record = self.api.add_chat(ChatRecord(chat_id, "supergroup", "Newsroom", forum=thread is not None))
        if thread is not None:
            record.threads.add(thread)
        return Chat(self.api, record, user_id=user_id, thread=thread, settle=self.settle)

    def sender(self, clock: Clock | None = None, *, rate: float = 1000, paid: bool = False) -> Sender:
        """A sender of the bot's besides its own."""
        return Sender(self.application.bot, Pacing(rate, clock or Naps()), paid=paid)

    async def settle(self, update_id: int) -> None:
        """Wait until the bot has taken ``update_id`` and finished with all it has taken."""
        await self.api.taken(update_id)
        await self.application.update_queue.join()


def settings_for(api: BotApi, **others: Any) -> Settings:
    """Settings that point at the double, whatever the environment says."""
    return Settings(_env_file=None, **{"token": api.token, "api_url": api.url, "send_rate": 1000, **others})


class PlainHttp(TelegramRequest):
    """A client during whose requests time stands still by ``clock``."""

    def __init__(self, read_timeout: float = 20.0, clock: Naps | None = None) -> None:
        super().__init__(connection_pool_size=32, read_timeout=read_timeout)
        self._naps = clock or Naps()

    async def do_request(self, *args: Any, **kwargs: Any) -> tuple[int, bytes]:
        with self._naps.busy():
            return await super().do_request(*args, **kwargs)


def plain_http(read_timeout: float = 20.0, clock: Naps | None = None) -> PlainHttp:
    return PlainHttp(read_timeout, clock)


@asynccontextmanager
async def talking(
    conversation: Conversation,
    *,
    api: BotApi | None = None,
    clock: Naps | None = None,
    read_timeout: float = 20.0,
    **settings: Any,
) -> AsyncIterator[Bot]:
    """Run the bot, polling, for the length of the block."""
    if api is None:
        async with (
            BotApi() as own,
            talking(conversation, api=own, clock=clock, read_timeout=read_timeout, **settings) as bot,
        ):
            yield bot
        return
    clock = clock or Naps()
    application = build_application(
        settings_for(api, **settings), conversation, request=plain_http(read_timeout, clock), clock=clock
    )
    assert application.updater is not None
    async with application:
        await application.start()
        await application.updater.start_polling(allowed_updates=ALLOWED_UPDATES)
        try:
            yield Bot(api, application)
        finally:
            await application.updater.stop()
            await application.stop()


def entities_of(text: str) -> list[Json]:
    """The entities Telegram finds by itself: commands and mentions."""
    return [
        {
            "type": "mention" if found[0].startswith("@") else "bot_command",
            "offset": utf16(text[: found.start()]),
            "length": utf16(found[0]),
        }
        for found in re.finditer(r"(?<!\S)(?:/\w{1,64}(?:@\w+)?|@\w{3,32})\b", text, re.ASCII)
    ]
