"""What went wrong without being expected: into the log first, then one polite line to the reader."""

import secrets
import traceback
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import structlog
from telegram import Message, Update
from telegram.error import TelegramError
from telegram.ext import ContextTypes

from bot import texts
from bot.handlers import phrases
from bot.handlers.addressing import target_for
from bot.handlers.desk import Desk
from bot.sending import Target
from bot.subscribing.desk import NotKeptError
from knowledge.errors import InputError, OnRecordError

__all__ = ["describe", "handler"]

_log = structlog.get_logger(__name__)


def handler(desk: Desk) -> Callable[[object, ContextTypes.DEFAULT_TYPE], Coroutine[Any, Any, None]]:
    """Return the error handler. It never raises: there is nobody left to tell."""

    async def on_error(update: object, context: ContextTypes.DEFAULT_TYPE) -> None:
        error_id = secrets.token_hex(3)
        target = _target(update)
        _log.error(
            "unexpected error",
            error_id=error_id,
            update_id=update.update_id if isinstance(update, Update) else None,
            chat=target.chat_id if target else None,
            **describe(context.error),
        )
        if target is None:
            return
        not_kept = isinstance(context.error, NotKeptError)
        try:
            await desk.say(target, phrases.NOT_KEPT if not_kept else texts.something_went_wrong(error_id))
        except Exception as error:  # noqa: BLE001  (the last line of defence)
            _log.error("reader not told of the error", error_id=error_id, **describe(error))

    return on_error


def describe(error: BaseException | None) -> dict[str, object]:
    """Return what the log may hold of an error: its kind, and where it was raised.

    The message of an error can hold what a reader wrote (a database repeats the values it was given), so it is left
    out but for errors of kinds that are known not to. (An input that is refused is named, as it was typed.)
    """
    if error is None:
        return {}
    place = [
        f"{'/'.join(Path(frame.filename).parts[-2:])}:{frame.lineno} {frame.name}"
        for frame in traceback.extract_tb(error.__traceback__)
    ]
    found: dict[str, object] = {"error": type(error).__name__, "at": " > ".join(place)}
    if isinstance(error, TelegramError | OnRecordError) and not isinstance(error, InputError):
        found["reason"] = str(error)
    cause = error.__cause__ or error.__context__
    if cause is not None:
        found["cause"] = type(cause).__name__
    return found


def _target(update: object) -> Target | None:
    """Return where the reader waits: nowhere, for an update without a message."""
    if not isinstance(update, Update):
        return None
    # PTB warns when asked for the effective message of a press under a message that is too old to be shown.
    message = update.callback_query.message if update.callback_query else update.effective_message
    if isinstance(message, Message):
        return target_for(message)
    return Target(update.effective_chat.id) if update.effective_chat else None
