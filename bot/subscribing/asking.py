"""Who asks, and when."""

from dataclasses import dataclass
from datetime import datetime

__all__ = ["Asking"]


@dataclass(frozen=True, slots=True)
class Asking:
    """A chat by Telegram's number, the forum's topic (``thread``, 0 for none), and the time, which is aware."""

    telegram: int
    thread: int
    now: datetime
