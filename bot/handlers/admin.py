"""What admins do in the chat: add articles, withdraw one, see to the feeds. Everybody else gets a polite no."""

from contextlib import aclosing
from typing import Any

import structlog
from telegram import CallbackQuery, Message, Update
from telegram.error import TelegramError
from telegram.ext import BaseHandler, CallbackQueryHandler, ContextTypes, MessageHandler, filters

from bot import admin_replies as replies
from bot import admin_texts as texts
from bot.adding import Begun
from bot.addition import AddingError, Address, Source, web_address
from bot.handlers.addressing import chat_key, command_in, target_for
from bot.handlers.desk import Desk
from bot.handlers.feeds import feeds_command
from bot.handlers.offers import is_admin, offer_in
from bot.handlers.progress import Progress
from bot.newsroom import Held, Newsroom
from bot.render import render
from bot.replies import Reply, said
from bot.sending import Target
from knowledge.text import one_line

__all__ = ["handlers"]

_COMMANDS = frozenset(name for name, _ in texts.ADMIN_COMMANDS)

_log = structlog.get_logger(__name__)


def handlers(desk: Desk, newsroom: Newsroom, admins: frozenset[int]) -> list[BaseHandler[Any, Any, Any]]:
    """Return the handlers of what only admins may do; they leave to those after them what is not for them."""
    admin = _Admin(desk, newsroom, admins)
    ordinary = filters.UpdateType.MESSAGE
    own_command = filters.COMMAND & ~filters.FORWARDED  # what is passed on was not written to this bot
    return [
        CallbackQueryHandler(admin.pressed, pattern=lambda data: replies.parse_press(str(data)) is not None),
        MessageHandler(ordinary & ~own_command & _Offers(admins), admin.offered),
        MessageHandler(ordinary & own_command & _Commands(), admin.command),
    ]


class _Admin:
    def __init__(self, desk: Desk, newsroom: Newsroom, admins: frozenset[int]) -> None:
        self._desk = desk
        self._newsroom = newsroom
        self._admins = admins

    async def offered(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        message = update.message
        offer = offer_in(message) if message else None
        if message is not None and offer is not None:
            await self._take(offer, message, update, context)

    async def command(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        message = update.message
        found = command_in(message, _COMMANDS) if message else None
        if message is None or found is None:  # pragma: no cover  (the filter has seen to it)
            return
        name, argument = found
        target = target_for(message)
        if not is_admin(message, self._admins):
            await self._desk.say(target, texts.NOT_AN_ADMIN)
        elif name == "add":
            address = web_address(argument)
            why_not = texts.NOT_AN_ADDRESS if argument else texts.ADD_HOW
            await self._take(Address(address) if address else why_not, message, update, context)
        elif name == "remove":
            await self._desk.deliver(target, await _remove(self._newsroom, argument))
        else:
            await feeds_command(self._desk, self._newsroom, target, argument)

    async def pressed(self, update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        query = update.callback_query
        press = replies.parse_press(query.data or "") if query else None
        if query is None or press is None:  # pragma: no cover  (the pattern has seen to it)
            return
        kind, key = press
        reply, notice = None, None
        try:
            if kind in "wk" and query.from_user.id not in self._admins:
                notice = texts.NOT_AN_ADMIN
            elif (held := await self._newsroom.at(key)) is None:
                notice = texts.NO_LONGER_HELD
            else:
                reply = await _press(self._newsroom, query, kind, held)
        finally:
            await _answer(query, notice)
        if reply is None:
            return
        if kind in "wk" and isinstance(query.message, Message):
            # In place of the question, so that it cannot be answered twice.
            (message,) = render(reply)
            if await self._desk.edit(query.message.chat.id, query.message.message_id, message):
                return
        await self._desk.deliver(_target(query), reply)

    async def _take(
        self, offer: Source | str, message: Message, update: Update, context: ContextTypes.DEFAULT_TYPE
    ) -> None:
        target = target_for(message)
        if isinstance(offer, str):
            await self._desk.say(target, offer)
            return
        progress = Progress(self._desk, target)
        await progress.show(said(texts.IN_LINE if self._newsroom.adder.full else texts.READING))
        # Not awaited: the chat's next question must not wait for the reading.
        context.application.create_task(_add(self._newsroom, offer, progress), update)


class _Offers(filters.MessageFilter):
    """Messages of admins that ask for something to be read."""

    def __init__(self, admins: frozenset[int]) -> None:
        super().__init__()
        self._admins = admins

    def filter(self, message: Message) -> bool:
        return is_admin(message, self._admins) and offer_in(message) is not None


class _Commands(filters.MessageFilter):
    """The commands of this module, from whomever."""

    def filter(self, message: Message) -> bool:
        found = command_in(message, _COMMANDS)
        return found is not None and found[0] in _COMMANDS


async def _add(newsroom: Newsroom, source: Source, progress: Progress) -> None:
    """Have the source read, showing how it goes, and in the end what was learned or why not."""
    tally = replies.Tally()
    try:
        async with aclosing(newsroom.adder.add(source)) as steps:
            async for step in steps:
                if isinstance(step, Begun):
                    await progress.show(said(texts.READING), now=True)
                    continue
                tally.count(step)
                await progress.show(said(texts.so_far(tally.total)))
        await progress.finish(await _came_of(newsroom, tally))
    except AddingError as error:
        # What came in before it broke off stays.
        told = said(texts.REFUSED + one_line(str(error), replies.REASON))
        await progress.finish(Reply((*told.blocks, *(replies.several(tally).blocks if tally.total else ()))))
    except Exception:
        await progress.finish(said(texts.SOMETHING_FAILED))
        raise  # to the error handler, which gives it an id


async def _came_of(newsroom: Newsroom, tally: replies.Tally) -> Reply:
    report = tally.last
    if report is None:
        return said(texts.NOTHING_FOUND)
    if tally.total == 1 and report.status == "rejected":
        return replies.refused(report)
    held = await newsroom.article(report.article_id)  # after it, answers know of what was added
    if tally.total > 1 or held is None:
        return replies.several(tally)
    return replies.learned(report, held, await newsroom.quoted(held))


async def _remove(newsroom: Newsroom, argument: str) -> Reply:
    if not argument:
        return said(texts.REMOVE_HOW)
    held = await newsroom.find(argument)
    return replies.to_withdraw(held) if held else said(texts.no_such_article(one_line(argument, 100)))


async def _press(newsroom: Newsroom, query: CallbackQuery, kind: str, held: Held) -> Reply:
    match kind:
        case "w":
            return replies.withdrawn(held, done=await newsroom.withdraw(held))
        case "k":
            return replies.withdrawn(held, done=False)
        case "q":
            return replies.people(held, await newsroom.quoted(held))
        case _:
            message = query.message
            return await newsroom.brief(chat_key(message) if isinstance(message, Message) else "", held)


def _target(query: CallbackQuery) -> Target:
    message = query.message
    if isinstance(message, Message):
        return target_for(message, reply=True)
    return Target(message.chat.id if message else query.from_user.id)


async def _answer(query: CallbackQuery, notice: str | None) -> None:
    """Answer the press, whatever came of it; see ``bot.handlers.buttons``."""
    try:
        await query.answer(text=notice)
    except TelegramError as error:
        _log.info("button not answered", error=type(error).__name__, reason=str(error))
