"""Who a message is meant for, and where its reply goes."""

import re
import unicodedata

from telegram import Message, MessageEntity, Update
from telegram.constants import ChatType
from telegram.ext import filters

from bot.sending import Target

__all__ = [
    "chat_key",
    "chat_memory",
    "command_in",
    "is_for_me",
    "question_in",
    "target_for",
    "thread_of",
    "wants_answer",
]

# In Persian and in scripts of India these tell words apart; at the edge of a word they are as invisible as the others.
_JOINERS = "\u200c\u200d"
_JOINER_INSIDE = re.compile(rf"(?<=[^\s{_JOINERS}])[{_JOINERS}](?=[^\s{_JOINERS}])")


def chat_memory(telegram: int) -> str:
    """The key under which the conversation remembers a chat, and those of its topics begin."""
    return f"tg:{telegram}"


def chat_key(message: Message) -> str:
    """Return the key of the conversation's memory: the chat, or the topic in a forum."""
    key = chat_memory(message.chat.id)
    return f"{key}:{message.message_thread_id}" if message.is_topic_message else key


def thread_of(message: Message) -> int:
    """The topic of a forum that a message stands in; 0 outside topics."""
    return (message.message_thread_id or 0) if message.is_topic_message else 0


def target_for(message: Message, *, reply: bool | None = None) -> Target:
    """Return where the reply to ``message`` goes; in a group, where others talk in between, as a reply to it."""
    if reply is None:
        reply = message.chat.type != ChatType.PRIVATE
    return Target(
        chat_id=message.chat.id,
        thread_id=message.message_thread_id if message.is_topic_message else None,
        reply_to=message.message_id if reply else None,
    )


def command_in(message: Message, known: frozenset[str]) -> tuple[str, str] | None:
    """Return the command and its argument, or None when it is meant for another bot.

    In a group, a command that names no bot is ours only when we know it: other bots have theirs.
    """
    word, *argument = _visible(message.text or "").split(maxsplit=1)
    name, _, bot = word.removeprefix("/").casefold().partition("@")
    if bot and bot != _me(message):
        return None
    if not bot and message.chat.type != ChatType.PRIVATE and name not in known:
        return None
    return name, "".join(argument).strip()


def question_in(message: Message) -> str | None:
    """Return the text meant for the bot without the mention of it, or None when it is not meant for the bot.

    In a private chat every text is; in a group one that mentions the bot or replies to one of its messages.
    """
    text = message.text or ""
    if message.via_bot and message.via_bot.id == message.get_bot().id:
        return None  # one of our own inline results, quoted
    if message.chat.type == ChatType.PRIVATE:
        return _visible(text).strip()
    mentions = _mentions_of_me(message)
    if not mentions and not _replies_to_me(message):
        return None
    units = text.encode("utf-16-le")  # entities count in UTF-16 units
    for mention in sorted(mentions, key=lambda entity: entity.offset, reverse=True):
        units = units[: 2 * mention.offset] + units[2 * (mention.offset + mention.length) :]
    return _visible(units.decode("utf-16-le", "replace")).strip(" \t\n,:")


def is_for_me(message: Message) -> bool:
    """Whether a message of any kind is meant for the bot: as ``question_in`` has it, a caption counting as text."""
    return message.chat.type == ChatType.PRIVATE or bool(_mentions_of_me(message)) or _replies_to_me(message)


def wants_answer(update: Update, known: frozenset[str]) -> bool:
    """Whether the bot answers an update's message, if only that it cannot read it; ``known`` are its commands."""
    message = update.message
    if message is None:
        return False
    if filters.COMMAND.check_update(update):
        return command_in(message, known) is not None
    if message.text:
        return question_in(message) is not None
    return message.chat.type == ChatType.PRIVATE and not filters.StatusUpdate.ALL.check_update(update)


def _visible(text: str) -> str:
    """``text`` without the marks that nobody sees and keyboards and copying put in, such as those of direction."""
    inside = {match.start() for match in _JOINER_INSIDE.finditer(text)}
    return "".join(c for at, c in enumerate(text) if unicodedata.category(c) != "Cf" or at in inside)


def _me(message: Message) -> str:
    return message.get_bot().username.casefold()


def _mentions_of_me(message: Message) -> list[MessageEntity]:
    if not message.text and not message.caption:
        return []
    me = message.get_bot().id
    parse = message.parse_entities if message.text else message.parse_caption_entities
    return [
        entity
        for entity, text in parse([MessageEntity.MENTION, MessageEntity.TEXT_MENTION]).items()
        if (entity.user.id == me if entity.user else text.casefold() == f"@{_me(message)}")
    ]


def _replies_to_me(message: Message) -> bool:
    """In a forum every message of a topic "replies" to the message that opened it, which may be ours."""
    original = message.reply_to_message
    return bool(
        original
        and original.from_user
        and original.from_user.id == message.get_bot().id
        and not original.forum_topic_created
    )
