"""The log: one structured line an event, on stderr, with no token and nothing a reader wrote.

Redaction happens last, on the finished line, so that it also covers exception texts and the lines of other libraries.
"""

import logging
import re
import sys
from collections.abc import Iterable
from typing import TextIO

import structlog
from structlog.typing import Processor

__all__ = ["REDACTED", "configure", "redact"]

REDACTED = "[redacted]"
_TOKEN = re.compile(r"\d+:[A-Za-z0-9_-]{30,}")
# PTB puts an answer that it cannot read into the error it raises.
_BODY = re.compile(r"(?<=Parsing the server response ).*(?= failed)", re.DOTALL)
# The least these may log. They log addresses (which hold the token) at INFO and whole updates (which hold texts) at
# DEBUG; PTB's updater logs with a page of traceback each failure that bot.app logs in a line, and its client each
# answer that it cannot read, whole.
_QUIET = {
    "alembic": logging.WARNING,
    "asyncio": logging.WARNING,
    "httpcore": logging.WARNING,
    "httpx": logging.WARNING,
    "telegram": logging.WARNING,
    "telegram.ext": logging.CRITICAL,
    "telegram.ext.Application": logging.WARNING,
    "telegram.request.BaseRequest": logging.CRITICAL,
}


def configure(
    *, level: str = "INFO", as_json: bool = False, hide: Iterable[str] = (), out: TextIO | None = None
) -> None:
    """Send every library's log to one place in one form.

    ``hide`` are secrets replaced wherever they would appear, whatever they look like; anything that looks like a bot
    token is replaced without being told. ``out`` is stderr unless given. Calling it again replaces the set-up.
    """
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.stdlib.PositionalArgumentsFormatter(),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(out or sys.stderr)
    handler.addFilter(_hide_updates)
    handler.setFormatter(_Formatter(shared=shared, as_json=as_json, hide=hide))
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
    for name, least in _QUIET.items():
        logging.getLogger(name).setLevel(least)


def redact(text: str, hide: Iterable[str] = ()) -> str:
    """Replace what looks like a bot token, an answer that could not be read, and each of ``hide``, in ``text``."""
    text = _BODY.sub(REDACTED, text)
    for secret in hide:
        if secret:
            text = text.replace(secret, REDACTED)
    return _TOKEN.sub(REDACTED, text)


def _hide_updates(record: logging.LogRecord) -> bool:
    """PTB logs an update it cannot read whole; leave out the update."""
    if record.name.startswith("telegram") and "eceived data was: %r" in str(record.msg):
        record.args = (REDACTED,)
    return True


class _Formatter(structlog.stdlib.ProcessorFormatter):
    """Renders a record of ours or of another library, then redacts the line."""

    def __init__(self, *, shared: list[Processor], as_json: bool, hide: Iterable[str]) -> None:
        renderer: Processor = (
            structlog.processors.JSONRenderer()
            if as_json
            else structlog.processors.LogfmtRenderer(key_order=["timestamp", "level", "event"], bool_as_flag=False)
        )
        super().__init__(
            foreign_pre_chain=shared,
            processors=[self.remove_processors_meta, structlog.processors.format_exc_info, renderer],
        )
        self._hide = tuple(hide)

    def format(self, record: logging.LogRecord) -> str:
        return redact(super().format(record), self._hide)
