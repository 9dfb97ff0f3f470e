"""A conversation that tells what it answers, and how long that takes."""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol, TypeVar, runtime_checkable

from bot.conversation import Conversation
from bot.monitoring.observer import Asked, Observer, Told
from bot.replies import Reply

if TYPE_CHECKING:
    from bot.offering import Offer
    from knowledge.answer import Outcome

__all__ = ["ObservedConversation"]

T = TypeVar("T")


@runtime_checkable
class Explaining(Protocol):
    """A conversation that can say what led to an answer."""

    def outcome(self, chat: str) -> "Outcome | None":
        """What led to the last answer given to a chat."""
        ...


class ObservedConversation:
    """See ``Conversation``: does what ``conversation`` does, and tells ``observer``."""

    def __init__(self, conversation: Conversation, observer: Observer) -> None:
        self._conversation = conversation
        self._observer = observer

    @property
    def commands(self) -> tuple[tuple[str, str], ...]:
        """See ``Conversation.commands``."""
        return self._conversation.commands

    def ask(self, chat: str, text: str) -> Reply:
        """See ``Conversation.ask``."""
        return self._tell("question", lambda: self._conversation.ask(chat, text), lambda reply: self._of(chat, reply))

    def command(self, chat: str, name: str, argument: str) -> Reply:
        """See ``Conversation.command``."""
        return self._tell(
            "command", lambda: self._conversation.command(chat, name, argument), lambda reply: self._of(chat, reply)
        )

    def press(self, chat: str, action: str) -> Reply | None:
        """See ``Conversation.press``."""
        return self._tell("button", lambda: self._conversation.press(chat, action), lambda reply: self._of(chat, reply))

    def offers(self, text: str) -> "tuple[Offer, ...]":
        """See ``Conversation.offers``."""
        return self._tell(
            "inline",
            lambda: self._conversation.offers(text),
            lambda offers: Told("answered", "sentence") if offers else Told("nothing"),
        )

    def forget(self, chat: str) -> None:
        """See ``Conversation.forget``."""
        self._conversation.forget(chat)

    def migrate(self, old: str, new: str) -> None:
        """See ``Conversation.migrate``."""
        self._conversation.migrate(old, new)

    def remembered(self, chat: str) -> dict[str, object]:
        """See ``Conversation.remembered``."""
        return self._conversation.remembered(chat)

    def _tell(self, asked: Asked, answer: Callable[[], T], judge: Callable[[T], Told]) -> T:
        told, began = Told("failed"), time.perf_counter()
        try:
            found = answer()
            told = judge(found)
            return found
        finally:
            self._observer.answered(asked, told, time.perf_counter() - began)

    def _of(self, chat: str, reply: Reply | None) -> Told:
        """A refusal is one for a reason; small talk and the like answer nothing either, and refuse nothing."""
        if reply is None:
            return Told("nothing")
        if reply.answer is None:
            return Told("said")
        if reply.answer.answered:
            return Told("answered", reply.answer.kind)
        led = self._conversation.outcome(chat) if isinstance(self._conversation, Explaining) else None
        if led is None or led.answer is not reply.answer or led.reason is None:
            return Told("said")
        return Told("refused", reason=led.reason)
