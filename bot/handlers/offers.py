"""What a message of an admin offers to read: a link, a document, a channel's post; or why it cannot be read."""

import re
import unicodedata
from functools import partial
from pathlib import Path

from telegram import Document as TelegramDocument
from telegram import Message, MessageOriginChannel
from telegram.constants import ChatType
from telegram.error import TelegramError

from bot import admin_texts
from bot.addition import AddingError, Address, Document, Post, Source, web_address
from bot.handlers.addressing import is_for_me, question_in
from knowledge.text import one_line

__all__ = ["LEAST_POST", "SIZES", "is_admin", "offer_in"]

SIZES = {".txt": 2_000_000, ".html": 10_000_000, ".htm": 10_000_000, ".jsonl": 20_000_000}
"""The largest document of each kind, in bytes: what ``ingest`` takes of it, and what the Bot API lets a bot fetch."""

LEAST_POST = 200
"""The shortest channel post that is read, in characters."""

_LINK = re.compile(r"https?://\S+", re.IGNORECASE)
_TITLE = 200
_NAME = 60


def is_admin(message: Message, admins: frozenset[int]) -> bool:
    """Whether an admin wrote it: as themselves, not as a group or a channel, which may be anybody."""
    author = message.from_user
    return message.sender_chat is None and author is not None and not author.is_bot and author.id in admins


def offer_in(message: Message) -> Source | str | None:
    """What the message asks to be read; a line for the reader when that cannot be; None when it asks for nothing."""
    text = question_in(message) if message.text else None
    if text and _LINK.fullmatch(text):
        return Address(address) if (address := web_address(text)) else admin_texts.NOT_AN_ADDRESS
    document = None if message.animation else message.document
    if document and is_for_me(message):
        offered = _document(document)
        if offered is not None:
            return offered
    private = message.chat.type == ChatType.PRIVATE
    if private and isinstance(message.forward_origin, MessageOriginChannel) and (message.text or message.caption):
        return _post(message.forward_origin, message.text or message.caption or "")
    return admin_texts.NOT_READABLE if document and is_for_me(message) else None


def _document(document: TelegramDocument) -> Source | str | None:
    stem, point, suffix = re.split(r"[\\/]", document.file_name or "")[-1].rpartition(".")
    suffix = f"{point}{suffix.casefold()}"
    if suffix not in SIZES:
        return None
    if document.file_size is None or document.file_size > SIZES[suffix]:
        return admin_texts.too_large(document.file_size, SIZES[suffix])
    name = _safe(stem) or f"document-{_safe(document.file_unique_id)}"
    return Document(f"{name}{suffix}", partial(_fetch, document))


async def _fetch(document: TelegramDocument, path: Path) -> None:
    try:
        file = await document.get_file()
        await file.download_to_drive(path)
    except TelegramError as error:
        raise AddingError(admin_texts.NOT_FETCHED) from error


def _post(origin: MessageOriginChannel, text: str) -> Source | str:
    if len(text) < LEAST_POST:
        return admin_texts.too_short(len(text), LEAST_POST)
    channel = origin.chat
    article = {
        "id": f"t.me/{channel.username or channel.id}/{origin.message_id}",
        "title": one_line(text.strip().partition("\n")[0], _TITLE),
        "publisher": one_line(channel.title or channel.username or ""),
        "published": origin.date.date().isoformat(),
        "text": text,
    }
    if channel.username:
        article["url"] = f"https://t.me/{channel.username}/{origin.message_id}"
    return Post(article)


def _safe(name: str) -> str:
    """``name`` as the name of a file, whoever chose it: letters, digits and hyphens of any script, at most 60."""
    return re.sub(r"[\W_]+", "-", unicodedata.normalize("NFKC", name)).strip("-")[:_NAME].rstrip("-")
