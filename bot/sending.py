"""Sending one message for good: what to do about each way Telegram, or the way to it, can fail.

``Sender`` never raises for a fault of the network or of Telegram: it says what became of the message. A message that
may have arrived is not sent a second time here. When a message may go, ``bot.delivery.pacing`` says.
"""

import datetime as dt
import math
import os
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, replace
from enum import Enum

import structlog
from telegram import Bot
from telegram.constants import ParseMode
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
)

from bot.delivery.pacing import NoTurnError, Pacing
from bot.monitoring.observer import Observer, SendError
from bot.render import MAX_UNITS, Message, cut
from bot.replies import Button
from bot.transport import NotSentError, call

__all__ = ["Outcome", "Sender", "Sent", "Target"]

# How often one text is tried, and how long its reader is made to wait in all, before it is given up.
TRIES = 5
PATIENCE = 120.0
FIRST_DELAY = 0.5

# Parts of Telegram's words, in lower case since PTB changes the case of some, for a chat that cannot be written to.
# Beside these every 403 says so: blocked, deactivated, kicked, no member, the group deleted.
_GONE = (
    "chat not found",
    "user not found",
    "peer_id_invalid",
    "bot was kicked",
    "bot was blocked",
    "bot is not a member",
    "user is deactivated",
    "user_deactivated",
    "user_is_blocked",
    "group chat was deactivated",
    "group chat is deactivated",
    "not enough rights to send",
    "have no rights to send",
    "have no write access",
    "need administrator rights",
    "chat_write_forbidden",
    "chat_restricted",
    "chat_admin_required",
    "chat_send_plain_forbidden",
    "channel_private",
)
# A closed topic may be opened again, but not by us; what was meant for it is not lost outside it.
_TOPIC_LOST = ("thread not found", "topic_closed", "topic_deleted")

# A preview of the page would be larger than the sentence that was asked for.
_NO_PREVIEW = {"is_disabled": True}

_log = structlog.get_logger(__name__)


class Outcome(Enum):
    """What became of a message."""

    SENT = "sent"
    UNKNOWN = "unknown"  # it may have arrived; sending it again could show it twice
    GONE = "gone"  # the chat cannot be written to any more
    FAILED = "failed"  # it did not arrive
    LATER = "later"  # it surely did not arrive, and may another time
    REFUSED_TOKEN = "refused_token"  # nothing can be sent any more  # noqa: S105
    CALLED_OFF = "called_off"  # it was not wanted any more when its turn had come


@dataclass(frozen=True, slots=True)
class Target:
    """Where a message goes: a chat, a topic of a forum, and the message it replies to if there is one."""

    chat_id: int
    thread_id: int | None = None
    reply_to: int | None = None


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of a message, and what was learned of its chat.

    ``chat_id`` is where it went: another than was asked for when the group has become a supergroup. ``message_id`` is
    there when it was sent. ``thread_lost``: the topic is gone or closed, and the message went outside it. ``wait``,
    with LATER: the seconds until it may go, None when nobody knows.
    """

    outcome: Outcome
    chat_id: int
    message_id: int | None = None
    reason: str | None = None
    thread_lost: bool = False
    wait: float | None = None

    @property
    def arrived(self) -> bool:
        """Whether its reader has it, or may have."""
        return self.outcome in {Outcome.SENT, Outcome.UNKNOWN}


Begin = Callable[[], Awaitable[bool]]


@dataclass(frozen=True, slots=True)
class _Attempt:
    """The next thing to try: ``texts`` still to be sent to ``target`` after ``delay`` seconds."""

    target: Target
    texts: tuple[str, ...]
    plain: str
    keyboard: dict[str, object] | None
    urgent: bool
    silent: bool
    kept: bool
    html: bool = True
    delay: float = 0.0
    tries: int = TRIES
    patience: float = PATIENCE
    parts_sent: int = 0
    thread_lost: bool = False

    @property
    def here(self) -> bool:
        """Whether waits are sat out here: of what is kept elsewhere only once a part of it is with its reader."""
        return not self.kept or self.parts_sent > 0

    def ended(
        self, outcome: Outcome, reason: str | None = None, *, message_id: int | None = None, wait: float | None = None
    ) -> Sent:
        return Sent(outcome, self.target.chat_id, message_id, reason, self.thread_lost, wait)


class Sender:
    """Sends messages and edits as ``pacing`` allows, and tells ``observer`` what becomes of them.

    ``paid``: digests may be paid for, to go faster than others.
    """

    def __init__(self, bot: Bot, pacing: Pacing, *, paid: bool = False, observer: Observer | None = None) -> None:
        # Else python-telegram-bot warns at each 429 that it will one day do what this asks for.
        os.environ.setdefault("PTB_TIMEDELTA", "true")
        self._bot = bot
        self._pacing = pacing
        self._paid = paid
        self._observer = observer or Observer()

    def hurry(self) -> None:
        """The bot is stopping: give up what would need a long wait."""
        self._pacing.hurry()

    async def send(
        self,
        target: Target,
        message: Message,
        *,
        urgent: bool = True,
        silent: bool = False,
        begin: Begin | None = None,
    ) -> Sent:
        """Send ``message`` and say what became of it.

        An ``urgent`` one goes before others. ``silent``: the reader's device makes no sound. ``begin`` is awaited when
        the turn has come, just before the first request; when it says False the message is called off. A reply, which
        has none, waits here and is tried again where that can help; of a message that is kept elsewhere, which it is
        where there is one, it is said at once that it may arrive later.
        """
        kept = begin is not None or not urgent
        step: _Attempt | Sent = _Attempt(
            target,
            (message.html,),
            message.plain,
            _keyboard(message.keyboard),
            urgent=urgent,
            silent=silent,
            kept=kept,
            patience=PATIENCE if begin is None else math.inf,
        )
        while isinstance(step, _Attempt):
            if await self._pacing.pause(step.delay):
                step, begin = await self._try(step, begin)
            else:
                step = _given_up(step, "stopping")
        self._observer.message("digest" if kept else "reply", step.outcome.value)
        return step

    async def edit(self, chat_id: int, message_id: int, message: Message) -> bool:
        """Edit a message of the bot into ``message``, its buttons too; whether it surely shows that now.

        An edit can be repeated without harm, so one whose answer was lost is tried once more.
        """
        parameters = {
            "chat_id": chat_id,
            "message_id": message_id,
            "text": message.html,
            "parse_mode": ParseMode.HTML,
            "reply_markup": _keyboard(message.keyboard),
            "link_preview_options": _NO_PREVIEW,
        }

        async def change() -> object:
            return await call(self._bot, "editMessageText", parameters)

        error = await self._once(chat_id, change)
        if isinstance(error, NetworkError) and not isinstance(error, BadRequest):
            error = await self._once(chat_id, change)
        if error is None:
            self._observer.message("edit", Outcome.SENT.value)
            return True
        self._observer.message("edit", Outcome.FAILED.value)
        _log.warning("message not edited", chat=chat_id, error=type(error).__name__, reason=_reason(error))
        return False

    async def send_document(self, target: Target, content: bytes, filename: str) -> bool:
        """Send a file; whether it surely arrived."""

        async def upload() -> object:
            return await self._bot.send_document(
                target.chat_id, content, filename=filename, message_thread_id=target.thread_id
            )

        error = await self._once(target.chat_id, upload)
        if error is None:
            self._observer.message("document", Outcome.SENT.value)
            return True
        self._observer.message("document", Outcome.FAILED.value)
        _log.warning("document not sent", chat=target.chat_id, error=type(error).__name__, reason=_reason(error))
        return False

    async def _once(self, chat_id: int, call: Callable[[], Awaitable[object]]) -> TelegramError | NoTurnError | None:
        """Make a request in its turn; what went wrong, if anything: that nothing was to be changed is not wrong."""
        try:
            async with self._pacing.turn(chat_id, urgent=True, patience=PATIENCE) as turn:
                turn.start()
                await call()
        except NoTurnError as error:
            return error
        except TelegramError as error:
            if isinstance(error, RetryAfter):
                self._pacing.halt(chat_id, _seconds(error))
            if "not modified" in str(error).casefold():
                return None
            self._observer.send_error(_class_of(error), again=False)
            return error
        return None

    async def _try(self, attempt: _Attempt, begin: Begin | None) -> tuple[_Attempt | Sent, Begin | None]:
        """Send the first of the texts; what follows, and what is still to be done before the first request."""
        chat = attempt.target.chat_id
        urgent = attempt.urgent or attempt.parts_sent > 0
        try:
            async with self._pacing.turn(chat, urgent=urgent, patience=attempt.patience) as turn:
                if begin and not await begin():
                    return attempt.ended(Outcome.CALLED_OFF), None
                turn.start()
                message = await self._call(attempt)
        except NoTurnError as error:
            return (_given_up(attempt, "no turn") if attempt.here else _later(attempt, "no turn", error.wait)), begin
        except TelegramError as error:
            if isinstance(error, RetryAfter):
                self._pacing.halt(chat, _seconds(error))
            step = _after(attempt, error)
            self._observer.send_error(_class_of(error), again=isinstance(step, _Attempt))
            return step, None
        rest = attempt.texts[1:]
        if rest:
            parts = attempt.parts_sent + 1
            return replace(attempt, texts=rest, delay=0.0, tries=TRIES, parts_sent=parts), None
        return attempt.ended(Outcome.SENT, message_id=message), None

    async def _call(self, attempt: _Attempt) -> int:
        """Send the first of the texts and return its number as a message."""
        target = attempt.target
        reply = {"message_id": target.reply_to, "allow_sending_without_reply": True} if target.reply_to else None
        arrived = await call(
            self._bot,
            "sendMessage",
            {
                "chat_id": target.chat_id,
                "text": attempt.texts[0],
                "parse_mode": ParseMode.HTML if attempt.html else None,
                "message_thread_id": target.thread_id,
                "reply_parameters": reply,
                "reply_markup": attempt.keyboard if len(attempt.texts) == 1 else None,
                "disable_notification": attempt.silent or None,
                "allow_paid_broadcast": (self._paid and not attempt.urgent) or None,
                "link_preview_options": _NO_PREVIEW,
            },
        )
        return int(arrived["message_id"])


def _after(attempt: _Attempt, error: TelegramError) -> _Attempt | Sent:
    """Decide what follows a failure: another attempt, or an outcome. This is the table of faults, row by row."""
    chat = attempt.target.chat_id
    attempt = replace(attempt, tries=attempt.tries - 1, delay=0.0)
    if isinstance(error, RetryAfter):
        return _halted(attempt, _seconds(error))
    if isinstance(error, ChatMigrated):
        _log.warning("chat became a supergroup", chat=chat, new_chat=error.new_chat_id)
        return _again(replace(attempt, target=Target(error.new_chat_id)), error)
    if isinstance(error, Forbidden):
        return _gone(attempt, error)
    if isinstance(error, InvalidToken):
        _log.error("token refused", chat=chat)
        return attempt.ended(Outcome.REFUSED_TOKEN, _reason(error))
    if isinstance(error, BadRequest):
        return _after_refusal(attempt, error)
    if _surely_not_sent(error):
        return _wait(attempt, FIRST_DELAY * 2 ** (TRIES - 1 - attempt.tries), "network")
    if isinstance(error, NetworkError) or _answer_unreadable(error):
        _log.error("message may have been sent", chat=chat, error=type(error).__name__)
        return attempt.ended(Outcome.UNKNOWN, type(error).__name__)
    _log.error("message refused", chat=chat, error=type(error).__name__)
    return attempt.ended(Outcome.FAILED, _reason(error))


def _class_of(error: TelegramError) -> SendError:
    """The row of that table."""
    rows: tuple[tuple[type[TelegramError], SendError], ...] = (
        (RetryAfter, "too_many_requests"),
        (ChatMigrated, "chat_migrated"),
        (Forbidden, "forbidden"),
        (InvalidToken, "token_refused"),
        (BadRequest, "bad_request"),
    )
    for kind, name in rows:
        if isinstance(error, kind):
            return name
    if _surely_not_sent(error):
        return "not_sent"
    return "may_have_arrived" if isinstance(error, NetworkError) or _answer_unreadable(error) else "other"


def _after_refusal(attempt: _Attempt, error: BadRequest) -> _Attempt | Sent:
    """Telegram read the request and did not like it: mend what can be mended, once."""
    chat, reason = attempt.target.chat_id, str(error).casefold()
    if any(words in reason for words in _TOPIC_LOST):
        if attempt.target.thread_id is not None:
            _log.warning("topic is gone, sending outside it", chat=chat, topic=attempt.target.thread_id)
            target = Target(chat, reply_to=attempt.target.reply_to)
            return _again(replace(attempt, target=target, thread_lost=True), error)
        if "topic_closed" in reason:  # where a forum's messages outside its topics go
            return _gone(attempt, error)
    if any(words in reason for words in _GONE):
        return _gone(attempt, error)
    if "can't parse entities" in reason and attempt.html:
        _log.error("bug: Telegram refused our HTML; sent as plain text", chat=chat)
        return _again(replace(attempt, texts=cut(attempt.plain, MAX_UNITS), html=False), error)
    if "too long" in reason and attempt.html:
        _log.error("bug: message too long; sent in halves as plain text", chat=chat)
        return _again(replace(attempt, texts=cut(attempt.plain, MAX_UNITS // 2), html=False), error)
    _log.error("message refused", chat=chat, reason=str(error))
    return attempt.ended(Outcome.FAILED, _reason(error))


def _gone(attempt: _Attempt, error: TelegramError) -> Sent:
    _log.warning("chat is gone", chat=attempt.target.chat_id, reason=str(error))
    return attempt.ended(Outcome.GONE, _reason(error))


def _again(attempt: _Attempt, error: TelegramError) -> _Attempt | Sent:
    return attempt if attempt.tries > 0 and attempt.texts else _given_up(attempt, type(error).__name__)


def _halted(attempt: _Attempt, seconds: float) -> _Attempt | Sent:
    """After a 429: the pacing makes the next attempt wait, if there is to be one here."""
    if not attempt.here:
        return _later(attempt, "too many requests", seconds)
    waited = _wait(attempt, seconds, "too many requests")
    return replace(waited, delay=0.0) if isinstance(waited, _Attempt) else waited


def _wait(attempt: _Attempt, seconds: float, why: str) -> _Attempt | Sent:
    if not attempt.here:
        return _later(attempt, why, None)
    if attempt.tries <= 0 or seconds > attempt.patience:
        return _given_up(attempt, why)
    _log.warning("message put off", chat=attempt.target.chat_id, reason=why, seconds=seconds)
    return replace(attempt, delay=seconds, patience=attempt.patience - seconds)


def _later(attempt: _Attempt, why: str, wait: float | None) -> Sent:
    _log.info("digest put off", chat=attempt.target.chat_id, reason=why, seconds=wait)
    return attempt.ended(Outcome.LATER, why, wait=wait)


def _given_up(attempt: _Attempt, why: str) -> Sent:
    """Nothing more is tried. Of a digest that is partly with its reader the rest is not lost: it is sent once more."""
    _log.error("message given up", chat=attempt.target.chat_id, reason=why)
    partly = attempt.parts_sent > 0 and attempt.kept
    return attempt.ended(Outcome.UNKNOWN if partly else Outcome.FAILED, why)


def _seconds(error: RetryAfter) -> float:
    """The wait Telegram asks for; which type it has depends on PTB's settings."""
    wait = error.retry_after
    return wait.total_seconds() if isinstance(wait, dt.timedelta) else float(wait)


def _reason(error: Exception) -> str:
    """Telegram's own words, which hold nothing of ours; of other failures the kind, since theirs may hold the token."""
    told = isinstance(error, BadRequest | Forbidden | InvalidToken | Conflict)
    return str(error) if told else type(error).__name__


def _surely_not_sent(error: TelegramError) -> bool:
    """Say whether the request cannot have been carried out: never connected, or answered with an HTTP error."""
    if isinstance(error, Conflict):
        return True
    if not isinstance(error, NetworkError):
        return False
    cause = error.__cause__
    if cause is None or isinstance(cause, TelegramError):
        # PTB got an answer with an HTTP error; a TimedOut always has a cause. A gateway that got no answer in time
        # knows no more than we would.
        return "gateway timeout" not in str(error).casefold()
    return isinstance(cause, NotSentError)


def _answer_unreadable(error: TelegramError) -> bool:
    """PTB raises the bare class for an answer that says "done" and cannot be read."""
    return type(error) is TelegramError


def _keyboard(rows: Iterable[Iterable[Button]]) -> dict[str, object] | None:
    keyboard = [[{"text": button.label, "callback_data": button.action} for button in row] for row in rows]
    return {"inline_keyboard": keyboard} if keyboard else None
