"""What a chat follows, for the handlers: the sync service in a thread of its own, and the rest of what is kept."""

import asyncio
import json
import re
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING, ParamSpec, Protocol, TypeVar
from zoneinfo import ZoneInfo

from bot.replies import Reply, said
from bot.subscribing import texts
from bot.subscribing.presses import Menu, parse_press
from knowledge.store.peek import sqlite_path

if TYPE_CHECKING:
    from bot.subscribing.service import Subscribing
    from knowledge.library import Library
    from knowledge.store.database import Engine

__all__ = ["DigestMaker", "NotKeptError", "SubscriptionDesk"]

_PAGE = re.compile(r"[1-9]\d{0,3}", re.ASCII)

P = ParamSpec("P")
T = TypeVar("T")


class NotKeptError(Exception):
    """The database could not be used just now, and nothing has changed."""


class DigestMaker(Protocol):
    """What the desk needs of the editor."""

    def now(self, telegram: int, thread: int) -> int:
        """Make the digests of what is new for a chat and topic; how many. Sending them is the postman's."""
        ...

    def rest(self, telegram: int, message: int) -> int | None:
        """Make a digest of what the one with this message left out; how many items. None when that is not known."""
        ...


class SubscriptionDesk:
    """One database, opened when something is first asked of it, in threads of its own: to change and to read it.

    Not in the conversation's thread: what is written may have to wait for an ingest that is writing. What is only read
    waits for neither. Everything raises NotKeptError when the database cannot be used just now. ``index`` is the
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
        self._reading: ThreadPoolExecutor | None = None
        self._editing: ThreadPoolExecutor | None = None
        self._gone: set[int] | None = None
        self._came_back: set[int] = set()
        # Changes are numbered as they are asked for: those that waited behind one that failed have waited long enough.
        self._asked = 0
        self._failed = 0

    # -- what is followed -------------------------------------------------------------------------------------------

    async def command(self, telegram: int, thread: int, name: str, argument: str) -> Reply:
        """Carry out ``/name argument`` in a chat and topic (0: none)."""
        if name == "subscriptions":
            page = int(argument) if _PAGE.fullmatch(argument.strip()) else 1
            return await self._list(telegram, thread, page)
        return await self._call(lambda: self._service.command(telegram, thread, name, argument, self._now()))

    async def follow(self, telegram: int, thread: int, payload: str) -> Reply:
        """Follow what a deep link names: ``payload`` is its start parameter."""
        return await self._call(lambda: self._service.follow(telegram, thread, payload, self._now()))

    async def press(self, telegram: int, thread: int, action: str) -> Reply | None:
        """Carry out a button; None when what it is about is no longer there."""
        match parse_press(action):
            case Menu("l", page):
                return await self._list(telegram, thread, page)
        return await self._call(lambda: self._service.press(telegram, thread, action, self._now()))

    def awaits_zone(self, telegram: int) -> bool:
        """Whether a chat was just asked for its time zone; at once, and without opening anything."""
        return "_service" in self.__dict__ and self._service.awaits_zone(telegram)

    async def take_zone(self, telegram: int, thread: int, text: str) -> Reply | None:
        """Take a plain message for the answer to that; None when it is none. Either way the chat is no longer asked."""
        return await self._call(lambda: self._service.take_zone(telegram, thread, text, self._now()))

    async def digest_now(self, telegram: int, thread: int) -> Reply | None:
        """Make a digest of what is new by now; None when there is one, which is then on its way, else why not."""
        why_not = await self._read(self._why_no_digest, telegram, thread)
        if why_not:
            return said(why_not)
        made = await self._edit(self._editor.now, telegram, thread) if self._editor else 0
        waiting = await self._call(self._ask_for, telegram, thread)
        if not made and not waiting:
            return said(await self._call(self._nothing_new, telegram))
        if self.nudge:
            self.nudge()
        return None

    async def rest(self, telegram: int, message: int) -> int | None:
        """Make a digest of what the one with this message left out, which is then on its way; how many items.

        None when what it left out is not known any more.
        """
        made = await self._edit(self._editor.rest, telegram, message) if self._editor else None
        if made and self.nudge:
            self.nudge()
        return made

    # -- what is kept about a chat ----------------------------------------------------------------------------------

    async def mydata(self, telegram: int, remembered: Mapping[str, object] | None = None) -> bytes:
        """Everything that is kept about a chat, as JSON; ``remembered`` is what the conversation has in memory."""
        return await self._read(self._mydata, telegram, dict(remembered or {}))

    async def forget(self, telegram: int) -> bool:
        """Erase everything the store holds about a chat; False when that is nothing."""
        from knowledge.store import subscribers

        def erase() -> bool:
            self._service.forget(telegram)
            return subscribers.forget(self._library.engine, telegram)

        erased = await self._call(erase)
        self._note_here(telegram)
        self._came_back.discard(telegram)
        return erased

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

        was_gone = await self._call(lambda: subscribers.back(self._library.engine, telegram))
        self._note_here(telegram)
        if was_gone:
            self._came_back.add(telegram)
        return was_gone

    async def rests_since_gone(self, telegram: int) -> bool:
        """Whether a chat has come back and what it follows still rests; true but once."""
        if telegram not in self._came_back:
            return False
        self._came_back.discard(telegram)
        return await self._read(self._any_rests, telegram)

    async def heard_from(self, telegram: int) -> None:
        """Somebody wrote in a chat: if it was gone, it is back. Asks the store but once which chats are gone."""
        if self._gone is None:
            gone = await self._read(self._all_gone)
            self._gone = gone if self._gone is None else self._gone
        if telegram in self._gone:
            await self.back(telegram)

    async def migrate(self, old: int, new: int) -> bool:
        """Telegram calls a chat by another number; False when nothing was kept under the old one."""
        moved, state = await self._call(self._migrate, old, new)
        was_gone = self._gone is not None and old in self._gone
        self._note_here(old)
        if state == "gone":
            self.note_gone(new)
        else:
            self._note_here(new)
        if old in self._came_back or (moved and was_gone and state == "active"):
            self._came_back.discard(old)
            self._came_back.add(new)
        return moved

    def close(self) -> None:
        """Let the threads and the database go; the next call would open them again."""
        if self._thread:
            self._thread.submit(self._close)
            self._thread.shutdown(wait=False)
            self._thread = None
        if self._reading:
            self._reading.submit(self._close_reader)
            self._reading.shutdown(wait=False)
            self._reading = None
        if self._editing:
            self._editing.shutdown(wait=False)
            self._editing = None

    # -- in the threads ---------------------------------------------------------------------------------------------

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

    def _close_reader(self) -> None:
        if "_reader" in self.__dict__:
            self._reader.dispose()
            del self._reader

    @cached_property
    def _reader(self) -> "Engine":
        from knowledge.store.database import open_engine

        return open_engine(self._database, create=True)

    def _listed(self, telegram: int, thread: int, page: int) -> Reply:
        from bot.subscribing.lists import listed
        from knowledge.store import subscribers

        followed = subscribers.subscriptions(self._reader, telegram)
        return listed(followed, subscribers.chat(self._reader, telegram), self._now(), page, thread=thread)

    def _why_no_digest(self, telegram: int, thread: int) -> str | None:
        from knowledge.store import subscribers

        followed = subscribers.subscriptions(self._reader, telegram)
        chat = subscribers.chat(self._reader, telegram)
        if chat is None or not followed:
            return texts.NOTHING_FOLLOWED
        here = [subscription for subscription in followed if subscription.thread == thread]
        if not here:
            return texts.NOTHING_FOLLOWED_HERE
        resting = chat.state != "active" or all(subscription.paused for subscription in here)
        return texts.PAUSED_NOTE if resting else None

    def _ask_for(self, telegram: int, thread: int) -> int:
        from knowledge.store import outbox

        return outbox.ask_for(self._library.engine, telegram, thread, self._now())

    def _any_rests(self, telegram: int) -> bool:
        from knowledge.store import subscribers

        chat = subscribers.chat(self._reader, telegram)
        followed = subscribers.subscriptions(self._reader, telegram)
        if chat is None or not followed:
            return False
        return chat.state == "paused" or any(subscription.paused for subscription in followed)

    def _migrate(self, old: int, new: int) -> tuple[bool, str | None]:
        """Whether anything was moved, and the state of the chat under its new number."""
        from knowledge.store import subscribers

        moved = subscribers.migrate(self._library.engine, old, new)
        chat = subscribers.chat(self._library.engine, new)
        return moved, chat.state if chat else None

    def _nothing_new(self, telegram: int) -> str:
        from knowledge.store import subscribers

        self._library.refresh()
        latest = self._library.latest(1)
        if not latest:
            return texts.NO_ARTICLES
        chat = subscribers.chat(self._library.engine, telegram)
        zone = chat.zone if chat and chat.zone else "UTC"
        came = datetime.fromisoformat(latest[0]["ingested"])
        local = (came if came.tzinfo else came.replace(tzinfo=UTC)).astimezone(ZoneInfo(zone))
        return texts.nothing_new(f"{local.day} {local:%B %Y, %H:%M} ({zone})")

    def _mydata(self, telegram: int, remembered: dict[str, object]) -> bytes:
        from knowledge.store import subscribers

        held = subscribers.held(self._reader, telegram)
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
        return gone_chats(self._reader)

    async def _list(self, telegram: int, thread: int, page: int) -> Reply:
        if "_service" in self.__dict__:
            self._service.forget(telegram)  # as for every command: what comes next is no answer to an older question
        return await self._read(self._listed, telegram, thread, page)

    async def _call(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        if self._thread is None:
            self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="subscriptions")
        self._asked += 1
        number = self._asked

        def change() -> T:
            if number <= self._failed:
                raise NotKeptError
            try:
                return function(*args, **kwargs)
            except Exception as error:
                if _out_of_order(error):
                    self._failed = self._asked
                raise

        return await _in(self._thread, change)

    async def _read(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        if self._reading is None:
            self._reading = ThreadPoolExecutor(max_workers=1, thread_name_prefix="subscriptions-reading")
        return await _in(self._reading, lambda: function(*args, **kwargs))

    async def _edit(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        if self._editing is None:
            self._editing = ThreadPoolExecutor(max_workers=1, thread_name_prefix="digest")
        return await _in(self._editing, lambda: function(*args, **kwargs))


async def _in(thread: ThreadPoolExecutor, work: Callable[[], T]) -> T:
    try:
        return await asyncio.get_running_loop().run_in_executor(thread, work)
    except Exception as error:
        if _out_of_order(error):
            raise NotKeptError from error
        raise


def _out_of_order(error: Exception) -> bool:
    from knowledge.store.trouble import out_of_order

    return out_of_order(error)
