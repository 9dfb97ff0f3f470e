"""The web as the settings have it: who fetches, under which name, and how politely."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import asynccontextmanager
from functools import partial
from importlib.metadata import version
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.settings import Settings
    from knowledge.errors import InputError
    from knowledge.models import Article
    from knowledge.sources import Web
    from knowledge.web.polite import PoliteFetcher

__all__ = ["open_web", "read_web", "user_agent", "web_of_settings"]


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


def read_web(settings: "Settings", address: str) -> "Iterator[Article | InputError]":
    """Every article at an address, one at a time, for callers that are not asynchronous."""
    with asyncio.Runner() as runner:
        reading = _reading(settings, address)
        try:
            while (read := runner.run(anext(reading, None))) is not None:
                yield read
        finally:
            runner.run(reading.aclose())


def web_of_settings() -> "Web":
    """What reads addresses as the settings have it. Raises SettingsError."""
    from bot.settings import load_settings

    return partial(read_web, load_settings())


async def _reading(settings: "Settings", address: str) -> "AsyncGenerator[Article | InputError, None]":
    from knowledge.web.reading import read_address

    async with open_web(settings) as (asked, followed):
        async for read in read_address(address, asked, followed):
            yield read
