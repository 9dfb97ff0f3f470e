"""What a chat follows, for the handlers: the sync service in a thread of its own, and the rest of what is kept."""

import asyncio
import json
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING, ParamSpec, Protocol, TypeVar
from zoneinfo import ZoneInfo

from bot.render import Message
from bot.replies import Block, Part, Reply
from bot.subscribing import phrases, texts
from knowledge.store.peek import sqlite_path

if TYPE_CHECKING:
    from bot.subscribing.service import Subscribing
    from knowledge.library import Library

__all__ = ["DigestMaker", "SubscriptionDesk"]

P = ParamSpec("P")
T = TypeVar("T")


class DigestMaker(Protocol):
    """What the desk needs of the editor."""

    def now(self, telegram: int, thread: int) -> int:
        """Make the digests of what is new for a chat and topic; how many. Sending them is the postman's."""
        ...

    def rest(self, telegram: int, message: int) -> tuple[Message, ...]:
        """What the digest that this message is of left out; none when that is no longer held."""
        ...


class SubscriptionDesk:
    """One database, opened when something is first asked of it, in a thread of its own.

    Not in the conversation's thread: what is written may have to wait for an ingest that is writing. ``index`` is the
    folder of the index when it is not the usual one; ``now`` tells the time (aware); ``editor`` makes digests on
    demand, in another thread, as it may be busy with everybody else's; ``nudge``, once set, then tells the postman.
    """

    def __init__(
        self,
        database: str,
        *,
        index: str | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        editor: DigestMaker | None = None,
    ) -> None:
        self._database = database
        self._index = index
        self._now = now
        self._editor = editor
        self.nudge: Callable[[], None] | None = None
        self._thread: ThreadPoolExecutor | None = None
        self._editing: ThreadPoolExecutor | None = None
        self._gone: set[int] | None = None

    # -- what is followed -------------------------------------------------------------------------------------------

    async def command(self, telegram: int, thread: int, name: str, argument: str) -> Reply:
        """Carry out ``/name argument`` in a chat and topic (0: none)."""
        return await self._call(lambda: self._service.command(telegram, thread, name, argument, self._now()))

    async def follow(self, telegram: int, thread: int, payload: str) -> Reply:
        """Follow what a deep link names: ``payload`` is its start parameter."""
        return await self._call(lambda: self._service.follow(telegram, thread, payload, self._now()))

    async def press(self, telegram: int, thread: int, action: str) -> Reply | None:
        """Carry out a button; None when what it is about is no longer there."""
        return await self._call(lambda: self._service.press(telegram, thread, action, self._now()))

    def awaits_zone(self, telegram: int) -> bool:
        """Whether a chat was just asked for its time zone; at once, and without opening anything."""
        return "_service" in self.__dict__ and self._service.awaits_zone(telegram)

    async def take_zone(self, telegram: int, thread: int, text: str) -> Reply | None:
        """Take a plain message for the answer to that; None when it is none. Either way the chat is no longer asked."""
        return await self._call(lambda: self._service.take_zone(telegram, thread, text, self._now()))

    async def digest_now(self, telegram: int, thread: int) -> Reply | None:
        """Make a digest of what is new by now; None when there is one, which is then on its way, else why not."""
        why_not = await self._call(self._why_no_digest, telegram)
        if why_not:
            return _line(why_not)
        made = await self._edit(self._editor.now, telegram, thread) if self._editor else 0
        if not made:
            return _line(await self._call(self._nothing_new, telegram))
        if self.nudge:
            self.nudge()
        return None

    async def rest(self, telegram: int, message: int) -> tuple[Message, ...]:
        """What the digest that a message is of left out; none when that is no longer held."""
        return await self._edit(self._editor.rest, telegram, message) if self._editor else ()

    # -- what is kept about a chat ----------------------------------------------------------------------------------

    async def mydata(self, telegram: int, remembered: Mapping[str, object] | None = None) -> bytes:
        """Everything that is kept about a chat, as JSON; ``remembered`` is what the conversation has in memory."""
        return await self._call(self._mydata, telegram, dict(remembered or {}))

    async def forget(self, telegram: int) -> bool:
        """Erase everything the store holds about a chat; False when that is nothing."""
        from knowledge.store import subscribers

        def erase() -> bool:
            self._service.forget(telegram)
            return subscribers.forget(self._library.engine, telegram)

        self._note_here(telegram)
        return await self._call(erase)

    async def gone(self, telegram: int, reason: str) -> None:
        """The bot can no longer write to a chat."""
        if await self._call(self._leave, telegram, reason):
            self.note_gone(telegram)

    def note_gone(self, telegram: int) -> None:
        """Another part of the bot has marked a chat as gone."""
        if self._gone is not None:
            self._gone.add(telegram)

    def _note_here(self, telegram: int) -> None:
        if self._gone is not None:
            self._gone.discard(telegram)

    async def back(self, telegram: int) -> bool:
        """The bot can write to a chat again, whose subscriptions rest until they are resumed; False when it could."""
        from knowledge.store import subscribers

        self._note_here(telegram)
        return await self._call(lambda: subscribers.back(self._library.engine, telegram))

    async def heard_from(self, telegram: int) -> None:
        """Somebody wrote in a chat: if it was gone, it is back. Asks the store but once which chats are gone."""
        if self._gone is None:
            gone = await self._call(self._all_gone)
            self._gone = gone if self._gone is None else self._gone
        if telegram in self._gone:
            await self.back(telegram)

    async def migrate(self, old: int, new: int) -> bool:
        """Telegram calls a chat by another number; False when nothing was kept under the old one."""
        from knowledge.store import subscribers

        return await self._call(lambda: subscribers.migrate(self._library.engine, old, new))

    def close(self) -> None:
        """Let the threads and the database go; the next call would open them again."""
        if self._thread:
            self._thread.submit(self._close)
            self._thread.shutdown(wait=False)
            self._thread = None
        if self._editing:
            self._editing.shutdown(wait=False)
            self._editing = None

    # -- in the thread ----------------------------------------------------------------------------------------------

    @cached_property
    def _library(self) -> "Library":
        from knowledge.library import Library

        return Library.open(self._database, index=self._index, create=True)

    @cached_property
    def _service(self) -> "Subscribing":
        from bot.subscribing.service import Subscribing

        return Subscribing(lambda: self._library)

    def _close(self) -> None:
        self.__dict__.pop("_service", None)
        if "_library" in self.__dict__:
            self._library.close()
            del self._library

    def _why_no_digest(self, telegram: int) -> str | None:
        from knowledge.store import subscribers

        followed = subscribers.subscriptions(self._library.engine, telegram)
        chat = subscribers.chat(self._library.engine, telegram)
        if chat is None or not followed:
            return texts.NOTHING_FOLLOWED
        resting = chat.state != "active" or all(subscription.paused for subscription in followed)
        return texts.PAUSED_NOTE if resting else None

    def _nothing_new(self, telegram: int) -> str:
        from knowledge.store import subscribers

        self._library.refresh()
        latest = self._library.latest(1)
        if not latest:
            return phrases.NO_ARTICLES
        chat = subscribers.chat(self._library.engine, telegram)
        zone = chat.zone if chat and chat.zone else "UTC"
        came = datetime.fromisoformat(latest[0]["ingested"])
        local = (came if came.tzinfo else came.replace(tzinfo=UTC)).astimezone(ZoneInfo(zone))
        return phrases.nothing_new(f"{local.day} {local:%B %Y, %H:%M} ({zone})")

    def _mydata(self, telegram: int, remembered: dict[str, object]) -> bytes:
        from knowledge.store import subscribers

        held = subscribers.held(self._library.engine, telegram)
        kept = {"telegram": telegram, "stored": held, "remembered_until_restart": remembered}
        return json.dumps(kept, indent=2, ensure_ascii=False, default=str).encode("utf-8", "replace")

    def _leave(self, telegram: int, reason: str) -> bool:
        from knowledge.store import subscribers

        subscribers.gone(self._library.engine, telegram, reason)
        chat = subscribers.chat(self._library.engine, telegram)
        return chat is not None and chat.state == "gone"

    def _all_gone(self) -> set[int]:
        from knowledge.store.reach import gone_chats

        path = sqlite_path(self._database)
        if path is not None and not path.exists():
            return set()  # nor is one made for this
        return gone_chats(self._library.engine)

    async def _call(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        if self._thread is None:
            self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="subscriptions")
        return await asyncio.get_running_loop().run_in_executor(self._thread, lambda: function(*args, **kwargs))

    async def _edit(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        if self._editing is None:
            self._editing = ThreadPoolExecutor(max_workers=1, thread_name_prefix="digest")
        return await asyncio.get_running_loop().run_in_executor(self._editing, lambda: function(*args, **kwargs))


def _line(text: str) -> Reply:
    return Reply((Block(((Part(text),),)),))
