"""Inline mode: a sentence with its source, quoted in any chat."""

import asyncio
from typing import Any

import structlog
from telegram import (
    InlineQuery,
    InlineQueryResultArticle,
    InlineQueryResultsButton,
    InputTextMessageContent,
    LinkPreviewOptions,
    Update,
)
from telegram.constants import ParseMode
from telegram.error import TelegramError
from telegram.ext import BaseHandler, ContextTypes, InlineQueryHandler

from bot.addition import web_address
from bot.handlers import phrases
from bot.handlers.desk import Desk
from bot.offering import Offer
from bot.render import clean, render
from bot.replies import Reply

__all__ = ["PAGE", "handlers"]

PAGE = 50
"""The most results that Telegram takes at a time."""

_CACHED = 60  # seconds, in which an article may come in

_log = structlog.get_logger(__name__)


def handlers(desk: Desk, requests: asyncio.Semaphore) -> list[BaseHandler[Any, Any, Any]]:
    """Return the handler of inline queries; ``requests`` bounds the requests on their way."""

    async def asked(update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        query = update.inline_query
        if query is None:  # pragma: no cover  (the handler has seen to it)
            return
        text = query.query.strip()
        offers = await desk.offers(text) if text else ()
        start = _start(query.offset)
        results = [result for offer in offers[start : start + PAGE] if (result := _result(offer)) is not None]
        more = str(start + PAGE) if start + PAGE < len(offers) else ""
        button = None if results or start else _button(phrases.NOT_SAID if text and not offers else phrases.ASK_ME)
        await _answer(query, results, more, button, requests)

    return [InlineQueryHandler(asked)]


def _start(offset: str) -> int:
    """Where a page begins: what we gave as ``next_offset``, which comes back from the reader's own program."""
    return int(offset) if offset.isascii() and offset.isdecimal() and len(offset) <= len("200") else 0


def _result(offer: Offer) -> InlineQueryResultArticle | None:
    """What is shown in the list and sent when it is chosen; None when that is too long for one message."""
    message, *more = render(Reply((offer.block,)))
    title = clean(offer.title)
    if more or not any(c.isprintable() and not c.isspace() for c in title):
        return None  # a part of it would stand without its source; and a title is to be seen
    return InlineQueryResultArticle(
        id=offer.id,
        title=title,
        description=clean(offer.description),
        url=web_address(offer.url) if offer.url else None,
        input_message_content=InputTextMessageContent(
            message.html, parse_mode=ParseMode.HTML, link_preview_options=LinkPreviewOptions(is_disabled=True)
        ),
    )


def _button(label: str) -> InlineQueryResultsButton:
    return InlineQueryResultsButton(label, start_parameter=phrases.START_INLINE)


async def _answer(
    query: InlineQuery,
    results: list[InlineQueryResultArticle],
    next_offset: str,
    button: InlineQueryResultsButton | None,
    requests: asyncio.Semaphore,
) -> None:
    """Answer; a query that was typed over meanwhile, or an answer that is lost, costs nothing but the next letter."""
    try:
        async with requests:
            await query.answer(results, cache_time=_CACHED, is_personal=True, next_offset=next_offset, button=button)
    except TelegramError as error:
        _log.info("inline query not answered", error=type(error).__name__, reason=str(error))
