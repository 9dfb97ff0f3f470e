"""Buttons under a message."""

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

__all__ = ["handlers"]

_log = structlog.get_logger(__name__)


def handlers(desk: Desk) -> list[BaseHandler[Any, Any, Any]]:
    """Return the handler of all buttons.

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
            await _answer(query, notice)
        if reply and query.message:
            await desk.deliver(_target(query), reply)

    return [CallbackQueryHandler(pressed)]


async def _press(desk: Desk, query: CallbackQuery) -> Reply | None:
    if query.data is None or query.message is None:
        return None
    message = query.message
    # Telegram shows only the chat of a message that is too old.
    chat = chat_key(message) if isinstance(message, Message) else f"tg:{message.chat.id}"
    return await desk.press(chat, query.data)


def _target(query: CallbackQuery) -> Target:
    message = query.message
    if isinstance(message, Message):
        return target_for(message, reply=True)
    if message is None:  # pragma: no cover  (asked by the caller)
        raise ValueError("a button without a message has no place to reply to")
    return Target(message.chat.id)


async def _answer(query: CallbackQuery, notice: str | None) -> None:
    """Answer the press; that it came too late, or did not get through, harms nobody and must not cost the reply."""
    try:
        await query.answer(text=notice)
    except TelegramError as error:
        _log.info("button not answered", error=type(error).__name__, reason=str(error))
