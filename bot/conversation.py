"""What the edges (Telegram, the terminal, tests) need from a conversation; ``bot.dialogue`` is the real one."""

from typing import TYPE_CHECKING, Protocol

from bot.replies import Reply

if TYPE_CHECKING:
    from bot.offering import Offer

__all__ = ["Conversation"]


class Conversation(Protocol):
    """One turn at a time: text or a button in, a reply out. Knows no chat system.

    ``chat`` is an opaque key ("tg:42", "terminal"); what is remembered between turns is remembered under it.

    Every method is synchronous and takes milliseconds. Calls never overlap: an edge that serves many chats makes
    them one after another from one thread, which need not be the thread that built the conversation.

    No text a reader can send makes a method raise: what is not understood gets a reply that helps. An exception is a
    fault of ours or of the machine (a database that went away) and is reported as such.
    """

    def ask(self, chat: str, text: str) -> Reply:
        """Answer a question in plain words; ``Reply.answer`` is always filled."""
        ...

    def command(self, chat: str, name: str, argument: str) -> Reply:
        """Carry out ``/name argument``. ``name`` comes in lower case without the slash and may be unknown."""
        ...

    def press(self, chat: str, action: str) -> Reply | None:
        """Carry out a button; None when ``action`` is not understood or no longer possible."""
        ...

    def offers(self, text: str) -> "tuple[Offer, ...]":
        """Sentences to quote for a few words, the best first; none for what the articles don't say."""
        ...

    def forget(self, chat: str) -> None:
        """Forget what is remembered of a chat and its topics, whose keys are its own, a colon and more."""
        ...

    def migrate(self, old: str, new: str) -> None:
        """A chat has another key from now on; what is remembered under that one already stays."""
        ...

    def remembered(self, chat: str) -> dict[str, object]:
        """What is remembered of a chat and its topics, by their keys, as JSON can hold it."""
        ...

    @property
    def commands(self) -> tuple[tuple[str, str], ...]:
        """(name, description) of each command, in the order they are offered to a reader."""
        ...
