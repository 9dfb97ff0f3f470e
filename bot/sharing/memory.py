"""What chats are remembered by, in the database: so each of the bot's processes can take up what another has begun."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol, runtime_checkable

from knowledge.store import conversations
from knowledge.store.database import Engine

__all__ = ["Remembering", "SharedMemory"]


@runtime_checkable
class Remembering(Protocol):
    """A conversation whose memory of a chat can be taken elsewhere, as a short text."""

    def kept(self, chat: str) -> str | None:
        """What a chat, or a topic of one, is remembered by; None for nothing."""
        ...

    def recall(self, chat: str, kept: str | None) -> None:
        """Remember of a chat, or a topic of one, what ``kept`` said of it elsewhere; None: nothing."""
        ...

    def forget(self, chat: str) -> None:
        """Forget what is remembered of a chat and its topics."""
        ...


class SharedMemory:
    """Lends a conversation what the database has of a chat, and keeps what becomes of it until it is written there.

    All but ``found`` and ``changed`` is for the conversation's thread. Whoever lends or changes something has the
    chat's turn among all processes. Raises what the database's library does when it cannot be used.
    """

    def __init__(self, engine: Engine, conversation: Remembering) -> None:
        self._engine = engine
        self._conversation = conversation
        self._found: dict[str, str | None] = {}
        self._changed: dict[str, str | None] = {}

    def found(self, chat: str, kept: str | None) -> None:
        """Whoever has a chat's turn has found this of it in the database."""
        self._found[chat] = kept

    @contextmanager
    def lent(self, chat: str) -> Iterator[None]:
        """Have the conversation remember what there is of a chat, or a topic of one, for the length of the block."""
        kept = self._now_of(chat)
        self._conversation.recall(chat, kept)
        yield
        if (now := self._conversation.kept(chat)) != kept:
            self._changed[chat] = now

    def _now_of(self, chat: str) -> str | None:
        for held in (self._changed, self._found):
            if chat in held:
                return held[chat]
        return conversations.load(self._engine, chat)

    def recall_all(self, chat: str) -> None:
        """Have the conversation remember what there is of a chat and its topics."""
        self._conversation.forget(chat)
        for key, kept in (conversations.of_chat(self._engine, chat) | self._of(chat)).items():
            self._conversation.recall(key, kept)

    def forget(self, chat: str) -> None:
        """Forget a chat and its topics."""
        self.changed(chat)
        conversations.forget(self._engine, chat)

    def migrate(self, old: str, new: str) -> None:
        """A chat has another key from now on."""
        conversations.migrate(self._engine, old, new)

    def changed(self, chat: str) -> dict[str, str | None]:
        """What a chat and its topics are remembered by, as far as it is not written down yet; it is kept no longer."""
        self._found.pop(chat, None)
        return {key: self._changed.pop(key) for key in self._of(chat)}

    def _of(self, chat: str) -> dict[str, str | None]:
        # In one step: another chat may be added to in another thread meanwhile.
        changed = self._changed.copy()
        return {key: kept for key, kept in changed.items() if key == chat or key.startswith(f"{chat}:")}
