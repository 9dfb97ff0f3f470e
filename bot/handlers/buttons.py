"""Buttons under a message."""

import asyncio
from typing import Any

import structlog
from telegram import CallbackQuery, Message, Update
from telegram.error import TelegramError
from telegram.ext import BaseHandler, CallbackQueryHandler, ContextTypes

from bot import texts
from bot.handlers.addressing import chat_key, target_for
from bot.handlers.desk import Desk
from bot.replies import Reply
from bot.sending import Target

__all__ = ["answer_press", "handlers", "target_of_press"]

_log = structlog.get_logger(__name__)


def handlers(desk: Desk, requests: asyncio.Semaphore) -> list[BaseHandler[Any, Any, Any]]:
    """Return the handler of all buttons; ``requests`` bounds the requests on their way.

    What a button brings is a new message that replies to the one the button is under: earlier answers stay as they
    were read, and each says what it continues.
    """

    async def pressed(update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        query = update.callback_query
        if query is None:
            return
        reply: Reply | None = None
        notice = None
        try:
            reply = await _press(desk, query)
            notice = None if reply else texts.BUTTON_TOO_OLD
        finally:
            # Once, whatever happened: until then the button shows a waiting sign.
            await answer_press(query, notice, requests)
        if reply and query.message:
            await desk.deliver(target_of_press(query), reply)

    return [CallbackQueryHandler(pressed)]


def target_of_press(query: CallbackQuery) -> Target:
    """Where what a button brings goes: as a reply to the message it is under, as far as Telegram still shows that."""
    message = query.message
    if isinstance(message, Message):
        return target_for(message, reply=True)
    return Target(message.chat.id if message else query.from_user.id)


async def answer_press(query: CallbackQuery, notice: str | None, requests: asyncio.Semaphore) -> None:
    """Answer the press; that it came too late, or did not get through, harms nobody and must not cost the reply."""
    try:
        async with requests:
            await query.answer(text=notice)
    except TelegramError as error:
        _log.info("button not answered", error=type(error).__name__, reason=str(error))


async def _press(desk: Desk, query: CallbackQuery) -> Reply | None:
    if query.data is None or query.message is None:
        return None
    message = query.message
    # Telegram shows only the chat of a message that is too old.
    chat = chat_key(message) if isinstance(message, Message) else f"tg:{message.chat.id}"
    return await desk.press(chat, query.data)
