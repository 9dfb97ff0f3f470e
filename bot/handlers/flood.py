"""The gate before the chats' lines: what is meant for the bot is counted, and what is too much is kept out."""

import asyncio

from telegram import CallbackQuery, Chat, Message, Update, User
from telegram.constants import ChatType

from bot.handlers import phrases
from bot.handlers.addressing import target_for, wants_answer
from bot.handlers.buttons import answer_press
from bot.handlers.desk import Desk
from bot.handlers.offers import is_admin
from bot.limits import Kind, Limits
from bot.order import AT_ONCE, Way

__all__ = ["FloodGate"]


_DROPPED_AT_ONCE = AT_ONCE // 4


class FloodGate:
    """Keeps each chat, and in groups each person, to their limits.

    What is not meant for the bot is not counted, nor what its admins do.
    ``known`` are the bot's commands; ``requests`` bounds the requests on their way.
    """

    def __init__(
        self, desk: Desk, limits: Limits, requests: asyncio.Semaphore, known: frozenset[str], admins: frozenset[int]
    ) -> None:
        self._desk = desk
        self._limits = limits
        self._requests = requests
        self._of_dropped = asyncio.Semaphore(_DROPPED_AT_ONCE)  # a flood of them must not hold up other answers
        self._known = known
        self._admins = admins

    def admit(self, update: Update) -> Way:
        """See ``Gate.admit``. The other talk of a group waits for nothing, and keeps no question out of the line."""
        if update.message is not None and not wants_answer(update, self._known):
            return "aside"
        counted = self._counted(update)
        if counted is None:
            return "line"
        verdict = self._limits.judge(*counted)
        if verdict == "go":
            return "line"
        return "drop" if update.inline_query else verdict  # there is no place to say it

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

    async def dropped(self, update: Update) -> None:
        """See ``Gate.dropped``: a button that was pressed shows a waiting sign until the press is answered."""
        if update.callback_query:
            async with self._of_dropped:
                await answer_press(update.callback_query, None, self._requests)

    def _counted(self, update: Update) -> tuple[int, Kind, int | None] | None:
        """Whose limit of which kind an update counts against (chat, kind, person in a group); None for none."""
        if isinstance(update.message, Message):
            message = update.message
            if is_admin(message, self._admins):
                return None
            return message.chat.id, "question", _person(message.chat, message.sender_chat or message.from_user)
        if isinstance(update.callback_query, CallbackQuery):
            query = update.callback_query
            if query.from_user.id in self._admins:
                return None
            if query.message is None:
                return query.from_user.id, "press", None
            return query.message.chat.id, "press", _person(query.message.chat, query.from_user)
        if update.inline_query:
            person = update.inline_query.from_user.id
            return None if person in self._admins else (person, "inline", None)
        return None


def _person(chat: Chat, author: User | Chat | None) -> int | None:
    """Who of a group it is; None in a private chat."""
    return author.id if author and chat.type != ChatType.PRIVATE else None
