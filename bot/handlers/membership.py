"""Who is in a chat: whether the bot still is, what the chat is called now, and who speaks for a group."""

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from typing import Any, Literal

import structlog
from telegram import Bot, Chat, ChatMember, ChatMemberRestricted, Message, Update, User
from telegram.constants import ChatMemberStatus, ChatType
from telegram.error import TelegramError
from telegram.ext import BaseHandler, ChatMemberHandler, ContextTypes, MessageHandler, TypeHandler, filters

from bot.handlers import phrases
from bot.handlers.addressing import chat_memory, target_for
from bot.handlers.buttons import target_of_press
from bot.handlers.desk import Desk
from bot.handlers.errors import describe
from bot.replies import Button, said
from bot.sending import Target
from bot.subscribing.desk import SubscriptionDesk
from bot.subscribing.presses import menu
from bot.subscribing.texts import RESUME

__all__ = ["GroupAdmins", "handlers", "reminder", "watcher"]

KNOWN_FOR = 60.0
_REMEMBERED = 4096
_GONE = frozenset({ChatMemberStatus.LEFT, ChatMemberStatus.BANNED})

_log = structlog.get_logger(__name__)


def handlers(desk: Desk, subscriptions: SubscriptionDesk) -> list[BaseHandler[Any, Any, Any]]:
    """Return the handlers of what Telegram says of the bot's own place in a chat, and of a chat's new number."""

    async def changed(update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        change = update.my_chat_member
        if change is None:  # pragma: no cover  (the filter has seen to it)
            return
        reason = _why_gone(change.chat, change.new_chat_member)
        if reason:
            await subscriptions.gone(change.chat.id, reason)
        else:
            await subscriptions.back(change.chat.id)

    async def migrated(update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        message = update.message
        if message is None:  # pragma: no cover  (the filter has seen to it)
            return
        # Told twice, in the group that was and in the supergroup that is.
        if message.migrate_to_chat_id:
            old, new = message.chat.id, message.migrate_to_chat_id
        elif message.migrate_from_chat_id:
            old, new = message.migrate_from_chat_id, message.chat.id
        else:  # pragma: no cover  (the filter has seen to it)
            return
        await desk.migrate(chat_memory(old), chat_memory(new))
        await subscriptions.migrate(old, new)

    return [
        ChatMemberHandler(changed, ChatMemberHandler.MY_CHAT_MEMBER),
        MessageHandler(filters.UpdateType.MESSAGE & filters.StatusUpdate.MIGRATE, migrated),
    ]


def reminder(desk: Desk, subscriptions: SubscriptionDesk) -> BaseHandler[Any, Any, Any]:
    """Return a handler that sees all that people send, after the others: a chat that came back hears what rests."""

    async def replied(update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        where = _where(update)
        if where is None:
            return
        try:
            rests = await subscriptions.rests_since_gone(where.chat_id)
        except Exception as error:  # noqa: BLE001  (what was asked has been answered)
            _log.error("chat not looked up", chat=where.chat_id, **describe(error))
            return
        if rests:
            await desk.deliver(where, said(phrases.RESTING, ((Button(RESUME, menu("r")),),)))

    return TypeHandler(Update, replied)


def watcher(subscriptions: SubscriptionDesk) -> BaseHandler[Any, Any, Any]:
    """Return a handler that sees all that people send, before the others: who writes can be written to."""

    async def seen(update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        chat = update.effective_chat
        if chat is None or update.my_chat_member:
            return
        try:
            await subscriptions.heard_from(chat.id)
        except Exception as error:  # noqa: BLE001  (whatever it is, what was sent is still to be answered)
            _log.error("chat not looked up", chat=chat.id, **describe(error))

    return TypeHandler(Update, seen)


class GroupAdmins:
    """Who may change what a group follows: its admins, as Telegram says; in a private chat, who writes there.

    ``requests`` bounds the requests on their way; ``clock`` tells seconds. What Telegram said holds for a minute.
    """

    def __init__(self, requests: asyncio.Semaphore, clock: Callable[[], float]) -> None:
        self._requests = requests
        self._clock = clock
        self._known: OrderedDict[tuple[int, int], tuple[float, bool]] = OrderedDict()

    async def wrote(self, message: Message) -> Literal["yes", "no", "unknown"]:
        """Whether someone who may wrote a message; "unknown" when Telegram does not say."""
        if message.sender_chat is not None and message.chat.type != ChatType.PRIVATE:
            # An anonymous admin writes as the group itself; who writes as a channel may be anybody.
            return "yes" if message.sender_chat.id == message.chat.id else "no"
        return await self.may(message.get_bot(), message.chat, message.from_user)

    async def may(self, bot: Bot, chat: Chat, user: User | None) -> Literal["yes", "no", "unknown"]:
        """Whether a person may; "unknown" when Telegram does not say."""
        if chat.type == ChatType.PRIVATE:
            return "yes"
        if user is None:
            return "no"
        key, now = (chat.id, user.id), self._clock()
        until, is_admin = self._known.get(key, (now, False))
        if until <= now:
            try:
                async with self._requests:
                    member = await bot.get_chat_member(chat.id, user.id)
            except TelegramError as error:
                _log.warning("member not looked up", chat=chat.id, error=type(error).__name__)
                return "unknown"
            is_admin = member.status in {ChatMemberStatus.OWNER, ChatMemberStatus.ADMINISTRATOR}
            self._remember(key, (now + KNOWN_FOR, is_admin))
        return "yes" if is_admin else "no"

    def _remember(self, key: tuple[int, int], known: tuple[float, bool]) -> None:
        self._known[key] = known
        self._known.move_to_end(key)
        if len(self._known) > _REMEMBERED:
            self._known.popitem(last=False)


def _where(update: Update) -> Target | None:
    """Where somebody wrote or pressed; None where nobody did."""
    if update.callback_query:
        return target_of_press(update.callback_query) if update.callback_query.message else None
    if update.message is None or filters.StatusUpdate.MIGRATE.check_update(update):
        return None
    return target_for(update.message, reply=False)


def _why_gone(chat: Chat, member: ChatMember) -> str | None:
    """Why the bot can no longer write to a chat; None when it can."""
    if member.status in _GONE:
        return "blocked" if chat.type == ChatType.PRIVATE else "removed"
    if isinstance(member, ChatMemberRestricted) and not (member.is_member and member.can_send_messages):
        return "may not write"
    return None
