"""The web as the settings have it: who fetches, under which name, and how politely."""

import asyncio
import sys
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import asynccontextmanager
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.settings import Settings
    from knowledge.errors import InputError
    from knowledge.models import Article
    from knowledge.sources import Web
    from knowledge.web.polite import PoliteFetcher
    from knowledge.web.reading import Noted

__all__ = ["not_reached", "open_web", "read_web", "user_agent", "web_of_settings"]

_PATIENCE = 15.0  # seconds, with its robots.txt: somebody waits for a feed that was named in the chat


def user_agent(contact: str | None) -> str:
    """The name under which pages are fetched, with where the operator can be reached."""
    name = f"OnTheRecord/{version('on-the-record')}"
    return f"{name} (+{contact})" if contact else name


@asynccontextmanager
async def open_web(settings: "Settings") -> AsyncIterator[tuple["PoliteFetcher", "PoliteFetcher"]]:
    """Two fetchers over one client: for addresses somebody named, and for those a feed leads to.

    The second asks robots.txt first; whoever names an address reads it as with a browser.
    """
    from knowledge.web.fetch import Fetcher
    from knowledge.web.polite import PoliteFetcher
    from knowledge.web.robots import Robots

    async with Fetcher(user_agent(settings.contact), allow_private=settings.allow_private_addresses) as fetcher:
        yield (
            PoliteFetcher(fetcher, None, gap=settings.host_gap),
            PoliteFetcher(fetcher, Robots(fetcher), gap=settings.host_gap),
        )


async def not_reached(settings: "Settings", address: str) -> str | None:
    """Read a feed once that somebody names: why it cannot be had at the moment, None when it was read.

    Raises InputError when it is no feed, or can never be had, or its robots.txt keeps it from the watch.
    """
    from knowledge.web.fetch import FetchError
    from knowledge.web.kinds import FEED_KINDS, PAGE_KINDS
    from knowledge.web.reading import feed_of

    async with open_web(settings) as (asked, followed):
        try:
            async with asyncio.timeout(_PATIENCE):
                fetched = await asked.get(address, kinds=PAGE_KINDS | FEED_KINDS)
                if refusal := await followed.refusal(address):
                    raise refusal
        except TimeoutError:
            return f"took longer than {_PATIENCE:g} s"
        except FetchError as error:
            if error.lasting:
                raise
            return error.reason
    await asyncio.to_thread(feed_of, fetched, name=address)
    return None


def read_web(settings: "Settings", source: str, noted: "Noted" = lambda _: None) -> "Iterator[Article | InputError]":
    """Every article at an address, or of a file with feeds, one at a time, for callers that are not asynchronous.

    ``noted`` hears of what holds nothing. Raises OSError when a file cannot be read.
    """
    with asyncio.Runner() as runner:
        reading = _reading(settings, source, noted)
        try:
            while (read := runner.run(anext(reading, None))) is not None:
                yield read
        finally:
            runner.run(reading.aclose())


def web_of_settings() -> "Web":
    """What reads addresses as the settings have it, and warns on stderr. Raises SettingsError."""
    from bot.settings import load_settings

    return partial(read_web, load_settings(), noted=_warn)


def _warn(line: str) -> None:
    print(f"onrecord: {line}", file=sys.stderr)


def _content(path: Path) -> bytes:
    """A file, as far as one is read: a longer one is refused as too long."""
    from knowledge.web.xml import MAX_BYTES

    with path.open("rb") as file:
        return file.read(MAX_BYTES + 1)


async def _reading(settings: "Settings", source: str, noted: "Noted") -> "AsyncGenerator[Article | InputError, None]":
    from knowledge.sources import is_address
    from knowledge.web.reading import read_address, read_list

    body = b"" if is_address(source) else _content(Path(source))  # in the caller's own thread: nothing else waits
    async with open_web(settings) as (asked, followed):
        if is_address(source):
            reads = read_address(source, asked, followed, noted)
        else:
            reads = read_list(body, followed, noted, name=source)
        async for read in reads:
            yield read
