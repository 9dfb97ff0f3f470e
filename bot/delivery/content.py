"""A message as text, as it is kept until it is sent."""

import json

from bot.render import Message
from bot.replies import Button

__all__ = ["dump", "load"]


def dump(message: Message) -> str:
    """The message as JSON: ``{"html", "plain", "keyboard": [[[label, action], ...], ...]}``."""
    keyboard = [[[button.label, button.action] for button in row] for row in message.keyboard]
    return json.dumps({"html": message.html, "plain": message.plain, "keyboard": keyboard}, ensure_ascii=False)


def load(content: str) -> Message:
    """The message that ``dump`` made ``content`` of. Raises ValueError for what it has not made."""
    try:
        held = json.loads(content)
        keyboard = tuple(tuple(Button(label, action) for label, action in row) for row in held["keyboard"])
        return Message(html=held["html"], plain=held["plain"], keyboard=keyboard)
    except (TypeError, KeyError) as error:
        raise ValueError(f"no message: {error}") from error
