"""Free text, which is a question; and what is not text."""

from typing import Any

from telegram import Update
from telegram.ext import BaseHandler, ContextTypes, MessageHandler, filters

from bot import texts
from bot.handlers.addressing import chat_key, question_in, target_for
from bot.handlers.desk import Desk
from bot.order import Seen

__all__ = ["handlers"]

ALBUMS_REMEMBERED = 256


def handlers(desk: Desk) -> list[BaseHandler[Any, Any, Any]]:
    """Return the handlers of ordinary messages; edited ones and channel posts are no questions."""
    albums = Seen(ALBUMS_REMEMBERED)

    async def question(update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        message = update.message
        text = question_in(message) if message else None
        if message is None or text is None:
            return
        chat = chat_key(message)
        # Nothing but a mention: someone is looking for a way in.
        reply = await (desk.ask(chat, text) if text else desk.command(chat, "help", ""))
        await desk.deliver(target_for(message), reply)

    async def not_text(update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        message = update.message
        # An album comes as one message a picture, and deserves one line in all.
        if message and (message.media_group_id is None or albums.add(message.media_group_id)):
            await desk.say(target_for(message), texts.ONLY_TEXT)

    ordinary = filters.UpdateType.MESSAGE
    return [
        MessageHandler(ordinary & filters.TEXT & ~filters.COMMAND, question),
        MessageHandler(ordinary & filters.ChatType.PRIVATE & ~filters.TEXT & ~filters.StatusUpdate.ALL, not_text),
    ]
