"""What the bot's parts tell of themselves while they work, to whoever was passed in to listen."""

from typing import Literal, NamedTuple

__all__ = ["Asked", "Course", "Observer", "SendError", "Told", "UpdateKind"]

Asked = Literal["question", "command", "button", "inline"]
UpdateKind = Literal["message", "button", "inline", "member", "other"]
Course = Literal["line", "aside", "say", "drop", "ignore"]
"""What became of an update when it came: see ``bot.order``; "ignore" is one that was there before."""
SendError = Literal[
    "too_many_requests",
    "chat_migrated",
    "forbidden",
    "token_refused",
    "bad_request",
    "not_sent",
    "may_have_arrived",
    "other",
]
"""How a request to Telegram failed: the rows of the table of faults in ``bot.sending``."""


class Told(NamedTuple):
    """What somebody who asked was told.

    "answered", with the ``kind`` of answer, or "refused", with the ``reason``; "said" is what is neither: a fixed text,
    a list, what a button brings; "nothing" that there is nothing to offer or to show any more; "failed" an error.
    """

    outcome: Literal["answered", "refused", "said", "nothing", "failed"]
    kind: str = ""
    reason: str = ""


class Observer:
    """Is told what happens, and does nothing with it. Those that do must be quick, and never raise.

    ``answered`` is called from the conversation's thread, all else in the event loop. Seconds are real ones.
    """

    def answered(self, asked: Asked, told: Told, seconds: float) -> None:
        """Somebody has been told something, which took so long to find, waiting and sending not counted."""

    def update(self, kind: UpdateKind, course: Course) -> None:
        """An update has come."""

    def handled(self, kind: UpdateKind, seconds: float) -> None:
        """An update that was taken in is done with, all that was sent because of it too."""

    def message(self, kind: Literal["reply", "digest", "edit", "document"], outcome: str) -> None:
        """A message is done with; ``outcome`` is the value of a ``bot.sending.Outcome``."""

    def send_error(self, error: SendError, *, again: bool) -> None:
        """A request has failed, and is made ``again`` or not."""
