"""The gate before the chats' lines: what is meant for the bot is counted, and what is too much is kept out."""

import asyncio

from telegram import CallbackQuery, Message, Update

from bot.handlers import phrases
from bot.handlers.addressing import target_for, wants_answer
from bot.handlers.buttons import answer_press
from bot.handlers.desk import Desk
from bot.handlers.offers import is_admin
from bot.limits import Kind, Limits
from bot.order import Way

__all__ = ["FloodGate"]


class FloodGate:
    """Keeps each chat to its limits, without counting what is not meant for the bot, or what its admins do.

    ``known`` are the bot's commands; ``requests`` bounds the requests on their way.
    """

    def __init__(
        self, desk: Desk, limits: Limits, requests: asyncio.Semaphore, known: frozenset[str], admins: frozenset[int]
    ) -> None:
        self._desk = desk
        self._limits = limits
        self._requests = requests
        self._known = known
        self._admins = admins

    def admit(self, update: Update) -> Way:
        """See ``Gate.admit``. The other talk of a group waits for nothing, and keeps no question out of the line."""
        if update.message is not None and not wants_answer(update, self._known):
            return "aside"
        counted = self._counted(update)
        if counted is None:
            return "line"
        chat, kind = counted
        verdict = self._limits.judge(chat, kind)
        if verdict == "go":
            return "line"
        return verdict if kind != "inline" else "drop"  # there is no place to say it

    async def say(self, update: Update) -> None:
        """See ``Gate.say``: a line in the chat, or a notice on the button."""
        counted = self._counted(update)
        if counted is None:
            return
        text = phrases.too_many(self._limits.wait(*counted))
        if update.callback_query:
            await answer_press(update.callback_query, text, self._requests)
        elif update.message:
            await self._desk.say(target_for(update.message), text)

    def _counted(self, update: Update) -> tuple[int, Kind] | None:
        """Whose limit of which kind an update counts against; None for none."""
        if isinstance(update.message, Message):
            return None if is_admin(update.message, self._admins) else (update.message.chat.id, "question")
        if isinstance(update.callback_query, CallbackQuery):
            query = update.callback_query
            chat = query.message.chat.id if query.message else query.from_user.id
            return None if query.from_user.id in self._admins else (chat, "press")
        if update.inline_query:
            person = update.inline_query.from_user.id
            return None if person in self._admins else (person, "inline")
        return None
