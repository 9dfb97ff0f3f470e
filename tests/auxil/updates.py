"""Updates as python-telegram-bot has them, for what is tested without a server."""

import datetime as dt

from telegram import Chat, Message

__all__ = ["message"]


def message(chat: int, text: str, number: int = 1) -> Message:
    """A message in a private chat."""
    return Message(number, dt.datetime.now(dt.UTC), Chat(chat, "private"), text=text)
