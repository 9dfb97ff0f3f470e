"""The knowledge base as its admins see it: what was learned of an article, withdrawing one, and the feeds."""

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from bot.adding import Adder
from bot.addition import web_address
from bot.admin_texts import FEEDS_TITLE
from knowledge.index.fields import SentencePayload

if TYPE_CHECKING:
    from bot.replies import Reply
    from knowledge.index.fields import ArticlePayload
    from knowledge.library import Library
    from knowledge.store.feeds import FeedRow

__all__ = ["Held", "Newsroom", "Quoted", "Watched"]

LISTED = 20
"""How many articles /sources shows, and so the largest number that means one of them."""

_FOLLOW_PATIENCE = 10.0

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Quoted:
    """Somebody whom an article quotes by name, in so many ``sentences``; ``first`` is the first of them."""

    key: str
    name: str
    role: str | None
    sentences: int
    first: SentencePayload = field(repr=False)


@dataclass(frozen=True, slots=True)
class Held:
    """An article that is held. ``key`` stands for it in a button for as long as its text stays as it is."""

    key: int
    id: str
    title: str
    publisher: str | None
    published: str | None
    url: str | None
    sentences: int


@dataclass(frozen=True, slots=True)
class Watched:
    """A feed is watched: ``new`` from now on; ``problem`` says why it could not be reached yet."""

    new: bool
    problem: str | None = None


class Newsroom:
    """One database, opened when something is first asked of it, in a thread of its own.

    Not in the conversation's thread: withdrawing may have to wait for an ingest that is writing. ``index`` is the
    folder of the index when it is not the usual one. What is added, see ``adder``. ``not_reached`` fetches a feed once,
    as ``bot.web.not_reached`` does, which is also what does it by default.
    """

    def __init__(
        self,
        database: str,
        *,
        index: str | None = None,
        adder: Adder | None = None,
        not_reached: "Callable[[str], Awaitable[str | None]] | None" = None,
    ) -> None:
        self._database = database
        self._index = index
        self.adder = adder or Adder(database, index=index)
        self._not_reached = not_reached or _not_reached
        self._thread: ThreadPoolExecutor | None = None

    async def article(self, identifier: str) -> Held | None:
        """An article by its id, however lately it was added."""
        return await self._call(self._article, identifier)

    async def at(self, key: int) -> Held | None:
        """An article by the key of an earlier ``Held``; None when it is no longer held, or its text has changed."""
        return await self._call(self._at, key)

    async def find(self, name: str) -> Held | None:
        """The article somebody means: by its id, its address, or its number in the list of sources, from 1."""
        return await self._call(self._find, name)

    async def quoted(self, held: Held) -> list[Quoted]:
        """The people an article quotes by name, those quoted most first."""
        return await self._call(self._quoted, held.id)

    async def brief(self, chat: str, held: Held) -> "Reply":
        """An article in a few cited sentences."""
        return await self._call(self._brief, chat, held.id)

    async def withdraw(self, held: Held) -> bool:
        """Withdraw an article; answers do without it at once. False when it is no longer held."""
        return await self._call(self._withdraw, held.id)

    async def feeds(self) -> "list[FeedRow]":
        """The feeds that are watched, and those stopped for a problem, in a lasting order."""
        return await self._call(self._feeds)

    async def add_feed(self, address: str) -> Watched:
        """Watch a feed, once it has been fetched and found to be one; one that cannot be reached is watched unseen.

        Raises InputError for what is no feed, or can never be fetched.
        """
        if await self._call(self._is_watched, address):
            return Watched(new=False)
        # Not in the newsroom's thread: whatever else is asked of it would wait for somebody's server.
        problem = await self._not_reached(address)
        return Watched(new=await self._call(self._add_feed, address), problem=problem)

    async def remove_feed(self, address: str) -> bool:
        """Watch a feed no longer; False when it was not watched."""
        return await self._call(self._remove_feed, address)

    async def exported_feeds(self) -> bytes | None:
        """The feeds that are watched as an OPML file; None when there are none."""
        return await self._call(self._exported_feeds)

    def hurry(self) -> None:
        """The bot is stopping: end the additions in hand."""
        self.adder.close()

    def close(self) -> None:
        """Let the thread and the database go; the next call would open them again."""
        if self._thread:
            self._thread.submit(self._close)
            self._thread.shutdown(wait=False)
            self._thread = None

    # -- in the thread ----------------------------------------------------------------------------------------------

    @cached_property
    def _library(self) -> "Library":
        from knowledge.library import Library

        return Library.open(self._database, index=self._index, create=True)

    def _close(self) -> None:
        if "_library" in self.__dict__:
            self._library.close()
            del self._library

    def _article(self, identifier: str) -> Held | None:
        self._library.follow(patience=_FOLLOW_PATIENCE)
        return _held(self._library.index.article(identifier))

    def _at(self, key: int) -> Held | None:
        self._library.follow(patience=_FOLLOW_PATIENCE)
        sentence = self._library.index.sentence(key)
        return _held(self._library.index.article(sentence["article"])) if sentence else None

    def _find(self, name: str) -> Held | None:
        from knowledge.store.reading import article_ids

        self._library.follow(patience=_FOLLOW_PATIENCE)
        index = self._library.index
        address = web_address(name)
        for identifier in (name, address):
            if identifier and (article := index.article(identifier)) is not None:
                return _held(article)
        if name.isdecimal() and len(name) <= 2 and int(name):
            latest = self._library.latest(LISTED)[int(name) - 1 :]
            return _held(latest[0]) if latest else None
        if address:
            for identifier in article_ids(self._library.engine):
                article = index.article(identifier)
                if article is not None and article["url"] and web_address(article["url"]) == address:
                    return _held(article)
        return None

    def _quoted(self, identifier: str) -> list[Quoted]:
        index = self._library.index
        quoting: dict[str, list[SentencePayload]] = {}
        for sentence in index.of_article(identifier):
            for key in dict.fromkeys(quote["key"] for quote in sentence["quotes"] if quote["key"]):
                quoting.setdefault(key, []).append(sentence)
        people = [
            Quoted(key, entity["name"], entity["role"], len(sentences), sentences[0])
            for key, sentences in quoting.items()
            if (entity := index.entity(key)) is not None and entity["person"]
        ]
        return sorted(people, key=lambda person: -person.sentences)

    def _brief(self, chat: str, identifier: str) -> "Reply":
        from bot.dialogue import Dialogue

        # Held to the article: its title, asked like a question, might find others.
        return Dialogue(self._library, identifier).command(chat, "brief", "")

    def _withdraw(self, identifier: str) -> bool:
        from knowledge.store.withdrawing import withdraw

        done = withdraw(self._library.engine, identifier)
        self._library.follow(patience=_FOLLOW_PATIENCE)
        return done

    def _feeds(self) -> "list[FeedRow]":
        from knowledge.store.feeds import list_feeds

        return [feed for feed in list_feeds(self._library.engine) if feed.active or feed.problem]

    def _is_watched(self, address: str) -> bool:
        from knowledge.store.feeds import is_watched

        return is_watched(self._library.engine, address)

    def _add_feed(self, address: str) -> bool:
        from knowledge.store.feeds import add_feed

        return add_feed(self._library.engine, address)

    def _remove_feed(self, address: str) -> bool:
        from knowledge.store.feeds import remove_feed

        return remove_feed(self._library.engine, address)

    def _exported_feeds(self) -> bytes | None:
        from knowledge.web.opml import FeedAddress, write_opml

        watched = [FeedAddress(feed.address, feed.title) for feed in self._feeds() if feed.active]
        return write_opml(watched, title=FEEDS_TITLE).encode() if watched else None

    async def _call(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        if self._thread is None:
            self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="newsroom")
        return await asyncio.get_running_loop().run_in_executor(self._thread, lambda: function(*args, **kwargs))


async def _not_reached(address: str) -> str | None:
    from bot.settings import load_settings
    from bot.web import not_reached

    return await not_reached(load_settings(), address)


def _held(article: "ArticlePayload | None") -> Held | None:
    if article is None or not article["sentences"]:
        return None
    return Held(
        key=article["sentences"][0],
        id=article["id"],
        title=article["title"] or article["id"],
        publisher=article["publisher"],
        published=article["published"],
        url=article["url"],
        sentences=len(article["sentences"]),
    )
