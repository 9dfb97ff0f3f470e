"""Telegram updates to the conversation and back: thin, one file a feature."""

import asyncio
import time
from collections.abc import Callable
from typing import Any

from telegram.ext import Application

from bot.admin_texts import ADMIN_COMMANDS
from bot.handlers import admin, buttons, commands, digests, errors, inline, membership, questions
from bot.handlers.desk import Desk
from bot.handlers.flood import FloodGate
from bot.handlers.membership import GroupAdmins
from bot.limits import Limits
from bot.newsroom import Newsroom
from bot.order import AT_ONCE, ChatOrder
from bot.subscribing.desk import SubscriptionDesk

__all__ = ["ALLOWED_UPDATES", "Desk", "register"]

# What we ask Telegram to send: edited messages, among others, never come.
ALLOWED_UPDATES = ("message", "callback_query", "inline_query", "my_chat_member")

_BEFORE_ALL = -1
_AFTER_ALL = 1


def register(
    application: Application[Any, Any, Any, Any, Any, Any],
    desk: Desk,
    newsroom: Newsroom,
    subscriptions: SubscriptionDesk,
    admins: frozenset[int],
    *,
    limits: Limits,
    log_questions: bool = False,
    clock: Callable[[], float] = time.monotonic,
) -> None:
    """Register every handler. Only the first that matches gets an update, so the order is the meaning.

    The application's update processor, when it is a ``ChatOrder``, keeps each chat to its ``limits``.
    ``log_questions``: what readers ask goes into the log. ``clock`` tells seconds.
    """
    requests = asyncio.Semaphore(AT_ONCE)
    group_admins = GroupAdmins(requests, clock)
    # Of all that is sent, before it is taken for what it is.
    application.add_handler(membership.watcher(subscriptions), group=_BEFORE_ALL)
    application.add_handlers(
        [
            *membership.handlers(desk, subscriptions),  # kinds of updates of their own
            *inline.handlers(desk, requests),
            *admin.handlers(desk, newsroom, admins),  # before all others: what only admins may do looks like the rest
            *digests.handlers(desk, subscriptions, group_admins, requests, clock),  # commands and buttons of their own
            *buttons.handlers(desk, requests),  # all other buttons
            *commands.handlers(desk, admins, log_questions=log_questions),  # before questions: a command is text too
            # All other text, then what is not text.
            *questions.handlers(desk, subscriptions, group_admins, log_questions=log_questions),
        ]
    )
    application.add_handler(membership.reminder(desk, subscriptions), group=_AFTER_ALL)
    application.add_error_handler(errors.handler(desk))
    order = application.update_processor
    if isinstance(order, ChatOrder):
        known = digests.COMMANDS | {name for name, _ in (*desk.commands, *ADMIN_COMMANDS)}
        order.guard(FloodGate(desk, limits, requests, known, admins))
