"""Telegram updates to the conversation and back: thin, one file a feature."""

from typing import Any

from telegram.ext import Application

from bot.handlers import admin, buttons, commands, errors, questions
from bot.handlers.desk import Desk
from bot.newsroom import Newsroom

__all__ = ["ALLOWED_UPDATES", "Desk", "register"]

# What we ask Telegram to send: edited messages, among others, never come.
ALLOWED_UPDATES = ("message", "callback_query")


def register(
    application: Application[Any, Any, Any, Any, Any, Any], desk: Desk, newsroom: Newsroom, admins: frozenset[int]
) -> None:
    """Register every handler. Only the first that matches gets an update, so the order is the meaning."""
    application.add_handlers(
        [
            *admin.handlers(desk, newsroom, admins),  # before all: what only admins may do looks like the rest
            *buttons.handlers(desk),  # a kind of update of its own
            *commands.handlers(desk, admins),  # before questions: a command is text too
            *questions.handlers(desk),  # all other text, then what is not text
        ]
    )
    application.add_error_handler(errors.handler(desk))
