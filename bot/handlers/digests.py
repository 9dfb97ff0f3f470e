"""What a chat follows, asked for and changed in Telegram; in a group by its admins only."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Literal

from telegram import CallbackQuery, Message, Update
from telegram.constants import ChatType
from telegram.ext import BaseHandler, CallbackQueryHandler, ContextTypes, MessageHandler, filters

from bot import texts
from bot.handlers import phrases
from bot.handlers.addressing import chat_memory, command_in, target_for, thread_of
from bot.handlers.buttons import answer_press, target_of_press
from bot.handlers.desk import Desk
from bot.handlers.membership import GroupAdmins
from bot.limits import Limits
from bot.render import render
from bot.replies import Button, Reply, said
from bot.subscribing.desk import SubscriptionDesk
from bot.subscribing.presses import SHOW_ALL, is_subscribing
from bot.subscribing.service import COMMANDS as SUBSCRIBING

__all__ = ["COMMANDS", "handlers"]

COMMANDS = SUBSCRIBING | {"digest", "mydata", "forgetme"}
"""The names of the commands."""

_FOLLOW = "follow_"
_ERASE, _KEEP = "erase:yes", "erase:no"  # unlike all other actions


def handlers(
    desk: Desk,
    subscriptions: SubscriptionDesk,
    group_admins: GroupAdmins,
    requests: asyncio.Semaphore,
    clock: Callable[[], float],
) -> list[BaseHandler[Any, Any, Any]]:
    """Return the handlers of commands and buttons; they leave to those after them what is not about subscriptions.

    ``requests`` bounds the requests on their way; ``clock`` tells seconds.
    """
    digests = _Digests(desk, subscriptions, group_admins, requests, clock)
    ordinary = filters.UpdateType.MESSAGE & filters.COMMAND & _Ours()
    return [
        CallbackQueryHandler(digests.erasing, pattern=lambda data: data in (_ERASE, _KEEP)),
        CallbackQueryHandler(digests.pressed, pattern=is_subscribing),
        CallbackQueryHandler(digests.rest, pattern=lambda data: data == SHOW_ALL),
        MessageHandler(ordinary & ~filters.FORWARDED, digests.command),
        MessageHandler(ordinary & filters.FORWARDED, digests.passed_on),
    ]


class _Ours(filters.MessageFilter):
    """The commands of this module, and /start with something to follow."""

    def filter(self, message: Message) -> bool:
        return _command(message) is not None


def _command(message: Message) -> tuple[str, str] | None:
    found = command_in(message, COMMANDS | {"start"})
    if found is None:
        return None
    name, argument = found
    return found if name in COMMANDS or (name == "start" and argument.startswith(_FOLLOW)) else None


class _Digests:
    def __init__(
        self,
        desk: Desk,
        subscriptions: SubscriptionDesk,
        group_admins: GroupAdmins,
        requests: asyncio.Semaphore,
        clock: Callable[[], float],
    ) -> None:
        self._desk = desk
        self._subscriptions = subscriptions
        self._group_admins = group_admins
        self._requests = requests
        # In a group each reply takes one of the 20 messages that a bot may send there in a minute.
        self._refusals = Limits(clock, questions=1)
        self._own: dict[str, Callable[[Message], Awaitable[Reply | None]]] = {
            "digest": self._digest,
            "mydata": self._mydata,
            "forgetme": self._ask_to_erase,
        }

    async def command(self, update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        message = update.message
        found = _command(message) if message else None
        if message is None or found is None:  # pragma: no cover  (the filter has seen to it)
            return
        name, argument = found
        refused = None if name == "subscriptions" else _why_not(await self._group_admins.wrote(message))
        if refused:
            if refused != phrases.GROUP_ADMINS_ONLY or self._may_refuse(message):
                await self._desk.say(target_for(message), refused)
            return
        reply: Reply | None
        if name in self._own:
            reply = await self._own[name](message)
        elif name == "start":
            reply = await self._subscriptions.follow(message.chat.id, thread_of(message), argument)
        else:
            reply = await self._subscriptions.command(message.chat.id, thread_of(message), name, argument)
        if reply:
            await self._desk.deliver(target_for(message), reply)

    async def passed_on(self, update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        """What is passed on was not written to this bot; in a group it is talk like any other."""
        message = update.message
        if message and message.chat.type == ChatType.PRIVATE:
            await self._desk.say(target_for(message), phrases.PASSED_ON)

    async def pressed(self, update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        query = update.callback_query
        if query is None:  # pragma: no cover  (the handler has seen to it)
            return
        reply, notice = None, None
        try:
            notice = await self._why_not_press(query)
            if notice is None and query.message and query.data:
                thread = thread_of(query.message) if isinstance(query.message, Message) else 0
                reply = await self._subscriptions.press(query.message.chat.id, thread, query.data)
                notice = None if reply else texts.BUTTON_TOO_OLD
        finally:
            await answer_press(query, notice, self._requests)
        if reply:
            await self._desk.deliver(target_of_press(query), reply)

    async def rest(self, update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        """Show what a digest left out; in a group to whoever asks, as it changes nothing that is followed."""
        query = update.callback_query
        if query is None:  # pragma: no cover  (the handler has seen to it)
            return
        made = None
        try:
            if query.message:
                made = await self._subscriptions.rest(query.message.chat.id, query.message.message_id)
        finally:
            notice = {None: texts.BUTTON_TOO_OLD, 0: phrases.NOTHING_LEFT}.get(made)
            await answer_press(query, notice, self._requests)

    async def erasing(self, update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        query = update.callback_query
        if query is None:  # pragma: no cover  (the handler has seen to it)
            return
        done = None
        notice = None
        try:
            notice = await self._why_not_press(query)
            if notice is None and query.message and query.data == _ERASE:
                await self._subscriptions.forget(query.message.chat.id)
                await self._desk.forget(chat_memory(query.message.chat.id))
                done = phrases.ERASED
            elif notice is None:
                done = phrases.KEPT
        finally:
            await answer_press(query, notice, self._requests)
        if done is None or query.message is None:
            return
        reply = said(done)
        (message,) = render(reply)
        # In place of the question, so that it cannot be answered twice.
        where = query.message
        if not await self._desk.edit(where.chat.id, where.message_id, message):
            await self._desk.deliver(target_of_press(query), reply)

    def _may_refuse(self, message: Message) -> bool:
        author = message.sender_chat or message.from_user
        return self._refusals.judge(message.chat.id, "question", author.id if author else 0) == "go"

    async def _digest(self, message: Message) -> Reply | None:
        return await self._subscriptions.digest_now(message.chat.id, thread_of(message))

    async def _mydata(self, message: Message) -> Reply | None:
        remembered = await self._desk.remembered(chat_memory(message.chat.id))
        data = await self._subscriptions.mydata(message.chat.id, remembered)
        sent = await self._desk.send_document(target_for(message), data, phrases.MYDATA_FILE)
        return None if sent else said(phrases.MYDATA_NOT_SENT)

    async def _ask_to_erase(self, _message: Message) -> Reply:
        buttons = ((Button(phrases.ERASE, _ERASE), Button(phrases.KEEP, _KEEP)),)
        return said(phrases.ERASE_WHAT, buttons)

    async def _why_not_press(self, query: CallbackQuery) -> str | None:
        if query.message is None:
            return texts.BUTTON_TOO_OLD
        return _why_not(await self._group_admins.may(query.get_bot(), query.message.chat, query.from_user))


def _why_not(may: Literal["yes", "no", "unknown"]) -> str | None:
    match may:
        case "yes":
            return None
        case "no":
            return phrases.GROUP_ADMINS_ONLY
        case "unknown":
            return phrases.ADMIN_UNKNOWN
