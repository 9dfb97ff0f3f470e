"""/commands, known or not."""

from typing import Any

from telegram import Update
from telegram.ext import BaseHandler, ContextTypes, MessageHandler, filters

from bot import admin_replies
from bot.handlers.addressing import chat_key, command_in, target_for
from bot.handlers.desk import Desk
from bot.handlers.offers import is_admin
from bot.handlers.questions import log_question

__all__ = ["handlers"]


def handlers(desk: Desk, admins: frozenset[int], *, log_questions: bool) -> list[BaseHandler[Any, Any, Any]]:
    """Return one handler for all commands: the conversation knows them, and what to say to those it does not."""
    known = frozenset(name for name, _ in desk.commands)

    async def command(update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        message = update.message
        found = command_in(message, known) if message else None
        if message and found:
            name, argument = found
            reply = await desk.command(chat_key(message), name, argument)
            if log_questions:
                log_question(f"/{name} {argument}".strip(), reply)
            if name == "help" and is_admin(message, admins):
                reply = admin_replies.helped(reply)
            await desk.deliver(target_for(message), reply)

    return [MessageHandler(filters.COMMAND & filters.UpdateType.MESSAGE, command)]
