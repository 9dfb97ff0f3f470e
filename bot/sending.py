"""Sending one message for good: what to do about each way Telegram, or the way to it, can fail.

``Sender.send`` never raises for a fault of the network or of Telegram: it says what became of the message. A message
that may have arrived is not sent a second time.
"""

import asyncio
import datetime as dt
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, replace
from enum import Enum

import httpx
import structlog
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, LinkPreviewOptions, ReplyParameters
from telegram.constants import ParseMode
from telegram.error import BadRequest, ChatMigrated, Forbidden, NetworkError, RetryAfter, TelegramError

from bot.render import MAX_UNITS, Message, cut
from bot.replies import Button

__all__ = ["Outcome", "Sender", "Target"]

Sleep = Callable[[float], Awaitable[None]]

# How often one text is tried, and how long its reader is made to wait in all, before it is given up.
TRIES = 5
PATIENCE = 120.0
FIRST_DELAY = 0.5
# Requests on their way at one time. Telegram takes 30 messages a second, for which these are enough even when it needs
# 200 ms for each; every further connection makes each request dearer, as the HTTP client looks at all of them.
IN_FLIGHT = 6
# While the bot is stopping, a wait up to this long is still sat out.
PATIENCE_WHEN_STOPPING = 3.0

_log = structlog.get_logger(__name__)


class Outcome(Enum):
    """What became of a message."""

    SENT = "sent"
    UNKNOWN = "unknown"  # it may have arrived; sending it again could show it twice
    GONE = "gone"  # the chat cannot be written to any more
    FAILED = "failed"  # it did not arrive


@dataclass(frozen=True, slots=True)
class Target:
    """Where a message goes: a chat, a topic of a forum, and the message it replies to if there is one."""

    chat_id: int
    thread_id: int | None = None
    reply_to: int | None = None


@dataclass(frozen=True, slots=True)
class _Attempt:
    """The next thing to try: ``texts`` still to be sent to ``target`` after ``delay`` seconds."""

    target: Target
    texts: tuple[str, ...]
    plain: str
    keyboard: InlineKeyboardMarkup | None
    html: bool = True
    delay: float = 0.0
    tries: int = TRIES
    patience: float = PATIENCE


class Sender:
    """Sends messages at most ``rate`` a second over all chats. ``sleep`` is replaceable for tests."""

    def __init__(self, bot: Bot, *, rate: float, sleep: Sleep = asyncio.sleep) -> None:
        self._bot = bot
        self._sleep = sleep
        self._pace = _Pace(rate)
        self._in_flight = asyncio.Semaphore(IN_FLIGHT)
        self._stopping = asyncio.Event()

    def hurry(self) -> None:
        """The bot is stopping: give up what would need a long wait."""
        self._stopping.set()

    async def send(self, target: Target, message: Message) -> Outcome:
        """Send ``message``, waiting and trying again where that can help, and say what became of it."""
        step: _Attempt | Outcome = _Attempt(target, (message.html,), message.plain, _markup(message.keyboard))
        while isinstance(step, _Attempt):
            if not await self._pause(step.delay + self._pace.delay()):
                _log.error("message given up: stopping", chat=step.target.chat_id)
                return Outcome.FAILED
            try:
                async with self._in_flight:
                    await self._call(step)
            except TelegramError as error:
                step = _after(step, error)
            else:
                rest = step.texts[1:]
                step = replace(step, texts=rest, delay=0.0, tries=TRIES) if rest else Outcome.SENT
        return step

    async def _call(self, attempt: _Attempt) -> None:
        target = attempt.target
        reply = ReplyParameters(target.reply_to, allow_sending_without_reply=True) if target.reply_to else None
        await self._bot.send_message(
            target.chat_id,
            attempt.texts[0],
            parse_mode=ParseMode.HTML if attempt.html else None,
            message_thread_id=target.thread_id,
            reply_parameters=reply,
            reply_markup=attempt.keyboard if len(attempt.texts) == 1 else None,
            # A preview of the page would be larger than the sentence that was asked for.
            link_preview_options=LinkPreviewOptions(is_disabled=True),
        )

    async def _pause(self, seconds: float) -> bool:
        """Wait; False when the bot is stopping and the wait is too long for that."""
        if seconds <= 0:
            return True
        nap = asyncio.ensure_future(self._sleep(seconds))
        stopping = asyncio.ensure_future(self._stopping.wait())
        try:
            await asyncio.wait({nap, stopping}, return_when=asyncio.FIRST_COMPLETED)
            if not nap.done() and seconds <= PATIENCE_WHEN_STOPPING:
                await nap
            return nap.done()
        finally:
            nap.cancel()
            stopping.cancel()


class _Pace:
    """Spaces messages evenly once a short burst is used up, so that the limit is kept in every window."""

    BURST = 0.25  # seconds' worth of messages that may go at once

    def __init__(self, rate: float) -> None:
        self._interval = 1.0 / rate
        self._next = 0.0

    def delay(self) -> float:
        """Take the next place in the line and return how many seconds from now it is."""
        now = asyncio.get_running_loop().time()
        self._next = max(self._next, now) + self._interval
        return max(0.0, self._next - self._interval - now - self.BURST)


def _after(attempt: _Attempt, error: TelegramError) -> _Attempt | Outcome:
    """Decide what follows a failure: another attempt, or an outcome. This is the table of faults, row by row."""
    chat = attempt.target.chat_id
    attempt = replace(attempt, tries=attempt.tries - 1, delay=0.0)
    if isinstance(error, RetryAfter):
        return _wait(attempt, _seconds(error), "too many requests")
    if isinstance(error, ChatMigrated):
        _log.warning("chat became a supergroup", chat=chat, new_chat=error.new_chat_id)
        return _again(replace(attempt, target=Target(error.new_chat_id)), error)
    if isinstance(error, Forbidden):
        _log.warning("chat is gone", chat=chat, reason=str(error))
        return Outcome.GONE
    if isinstance(error, BadRequest):
        return _after_refusal(attempt, error)
    if _surely_not_sent(error):
        return _wait(attempt, FIRST_DELAY * 2 ** (TRIES - 1 - attempt.tries), "network")
    if isinstance(error, NetworkError) or _answer_unreadable(error):
        _log.error("message may have been sent", chat=chat, error=type(error).__name__)
        return Outcome.UNKNOWN
    _log.error("message refused", chat=chat, error=type(error).__name__)
    return Outcome.FAILED


def _after_refusal(attempt: _Attempt, error: BadRequest) -> _Attempt | Outcome:
    """Telegram read the request and did not like it: mend what can be mended, once."""
    chat, reason = attempt.target.chat_id, str(error).casefold()  # PTB changes the case of some texts
    if "chat not found" in reason:
        _log.warning("chat is gone", chat=chat, reason=reason)
        return Outcome.GONE
    if "thread not found" in reason and attempt.target.thread_id is not None:
        _log.warning("topic is gone, sending outside it", chat=chat, topic=attempt.target.thread_id)
        return _again(replace(attempt, target=Target(chat, reply_to=attempt.target.reply_to)), error)
    if "can't parse entities" in reason and attempt.html:
        _log.error("bug: Telegram refused our HTML; sent as plain text", chat=chat)
        return _again(replace(attempt, texts=cut(attempt.plain, MAX_UNITS), html=False), error)
    if "too long" in reason and attempt.html:
        _log.error("bug: message too long; sent in halves as plain text", chat=chat)
        return _again(replace(attempt, texts=cut(attempt.plain, MAX_UNITS // 2), html=False), error)
    _log.error("message refused", chat=chat, reason=str(error))
    return Outcome.FAILED


def _again(attempt: _Attempt, error: TelegramError) -> _Attempt | Outcome:
    return attempt if attempt.tries > 0 and attempt.texts else _given_up(attempt, type(error).__name__)


def _wait(attempt: _Attempt, seconds: float, why: str) -> _Attempt | Outcome:
    if attempt.tries <= 0 or seconds > attempt.patience:
        return _given_up(attempt, why)
    _log.warning("message put off", chat=attempt.target.chat_id, reason=why, seconds=seconds)
    return replace(attempt, delay=seconds, patience=attempt.patience - seconds)


def _given_up(attempt: _Attempt, why: str) -> Outcome:
    _log.error("message given up", chat=attempt.target.chat_id, reason=why)
    return Outcome.FAILED


def _seconds(error: RetryAfter) -> float:
    """The wait Telegram asks for; which type it has depends on PTB's settings."""
    wait = error.retry_after
    return wait.total_seconds() if isinstance(wait, dt.timedelta) else float(wait)


def _surely_not_sent(error: TelegramError) -> bool:
    """Say whether the request cannot have been carried out: never connected, or answered with an HTTP error."""
    if not isinstance(error, NetworkError):
        return False
    cause = error.__cause__
    if cause is None or isinstance(cause, TelegramError):
        # PTB got an answer with an HTTP error; a TimedOut always has a cause.
        return True
    return isinstance(cause, httpx.ConnectError | httpx.ConnectTimeout | httpx.PoolTimeout)


def _answer_unreadable(error: TelegramError) -> bool:
    """PTB raises the bare class for an answer that says "done" and cannot be read."""
    return type(error) is TelegramError


def _markup(rows: Iterable[Iterable[Button]]) -> InlineKeyboardMarkup | None:
    keyboard = [[InlineKeyboardButton(button.label, callback_data=button.action) for button in row] for row in rows]
    return InlineKeyboardMarkup(keyboard) if keyboard else None
