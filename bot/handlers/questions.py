"""Free text, which is a question; and what is not text."""

from typing import Any

import structlog
from telegram import Message, Update
from telegram.ext import BaseHandler, ContextTypes, MessageHandler, filters

from bot import texts
from bot.handlers.addressing import chat_key, question_in, target_for, thread_of
from bot.handlers.desk import Desk
from bot.handlers.membership import GroupAdmins
from bot.order import Seen
from bot.replies import Reply
from bot.subscribing.clock import Suggestion
from bot.subscribing.desk import SubscriptionDesk
from knowledge.text import one_line

__all__ = ["handlers", "log_question"]

ALBUMS_REMEMBERED = 256
_LOGGED = 500

_log = structlog.get_logger(__name__)


def handlers(
    desk: Desk, subscriptions: SubscriptionDesk, group_admins: GroupAdmins, *, log_questions: bool
) -> list[BaseHandler[Any, Any, Any]]:
    """Return the handlers of ordinary messages; edited ones and channel posts are no questions."""
    albums = Seen(ALBUMS_REMEMBERED)

    async def question(update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        message = update.message
        text = question_in(message) if message else None
        if message is None or text is None:
            return
        reply = await zone_in(message, text)
        if reply is None or isinstance(reply, Suggestion):
            beside, chat = reply, chat_key(message)
            # Nothing but a mention: someone is looking for a way in.
            reply = await (desk.ask(chat, text) if text else desk.command(chat, "help", ""))
            if log_questions:
                log_question(text, reply)
            if beside:
                reply = Reply((*reply.blocks, *beside.blocks), (*reply.buttons, *beside.buttons), reply.answer)
        await desk.deliver(target_for(message), reply)

    async def zone_in(message: Message, text: str) -> Reply | None:
        """What to say to a message that is the time zone the chat was just asked for, or may be meant for one."""
        chat = message.chat.id
        if not text or not subscriptions.awaits_zone(chat) or await group_admins.wrote(message) != "yes":
            return None
        return await subscriptions.take_zone(chat, thread_of(message), text)

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


def log_question(text: str, reply: Reply) -> None:
    """Log what was asked, how it was read and whether it was answered: only where the operator has turned that on."""
    if reply.answer is not None:
        reading = one_line(reply.answer.reading, _LOGGED)
        _log.info("question", text=one_line(text, _LOGGED), reading=reading, answered=reply.answer.answered)
