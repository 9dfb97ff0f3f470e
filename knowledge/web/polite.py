"""Fetching without being a burden: one request at a time to a host, with time between, and by its rules."""

import asyncio
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from knowledge.web.addresses import parsed, shown
from knowledge.web.fetch import Fetched, Fetcher, FetchError, HostRestsError
from knowledge.web.fetched import LONGEST_REST
from knowledge.web.robots import Robots

__all__ = ["PoliteFetcher"]

HOSTS = 1_000
"""How many hosts are remembered, beside those being asked at the moment."""

_LONGEST_DELAY = 30.0  # seconds; what a site may ask for by Crawl-delay
_BUSY = frozenset({429, 503})  # answers about the host, not about the page


@dataclass
class _Host:
    """``last`` is when its latest request ended, ``rests_until`` when it may be asked again."""

    last: float = float("-inf")
    rests_until: float = float("-inf")
    users: int = 0
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)


class PoliteFetcher:
    """A Fetcher for many addresses at once.

    Between two requests to a host lie at least ``gap`` seconds, or its Crawl-delay (30 at most) if that is longer;
    each redirect is a request, to its own host. With ``robots`` None, no robots.txt is asked. A host that answers 429
    or 503 with Retry-After is not asked again until then (a day at most): whatever else is wanted there meanwhile is a
    HostRestsError. ``clock`` gives seconds, ``sleep`` waits.
    """

    def __init__(
        self,
        fetcher: Fetcher,
        robots: Robots | None,
        *,
        gap: float = 1.0,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._fetcher = fetcher
        self._robots = robots
        self._gap = gap
        self._sleep = sleep
        self._clock = clock
        self._hosts: OrderedDict[str, _Host] = OrderedDict()

    async def get(
        self, url: str, *, kinds: frozenset[str], etag: str | None = None, last_modified: str | None = None
    ) -> Fetched:
        """Fetch ``url`` as Fetcher.get does, when its turn comes. Raises FetchError, as when robots.txt forbids it."""
        return await self._fetcher.get(url, kinds=kinds, etag=etag, last_modified=last_modified, turn=self._turn)

    async def refusal(self, url: str) -> FetchError | None:
        """Why robots.txt keeps ``url`` from being fetched; None if it does not, or is not asked."""
        return None if self._robots is None else await self._robots.refusal(url)

    @asynccontextmanager
    async def _turn(self, url: str) -> AsyncIterator[None]:
        host = self._host(url)
        host.users += 1
        try:
            async with host.turn:
                try:
                    await self._wait(host, url)
                    try:
                        yield
                    finally:
                        host.last = self._clock()
                except FetchError as error:
                    if error.status in _BUSY and error.retry_after:
                        host.rests_until = self._clock() + min(error.retry_after, LONGEST_REST)
                    raise
        finally:
            host.users -= 1

    async def _wait(self, host: _Host, url: str) -> None:
        rest = host.rests_until - self._clock()
        if rest > 0:
            reason = f"its host asks to be left alone for {rest:.0f} s more; try again then"
            raise HostRestsError(shown(url), reason, retry_after=rest)
        gap = self._gap
        if refusal := await self.refusal(url):
            raise refusal
        if self._robots is not None:
            gap = max(gap, min(await self._robots.delay(url), _LONGEST_DELAY))
        if (wait := host.last + gap - self._clock()) > 0:
            await self._sleep(wait)

    def _host(self, url: str) -> _Host:
        key = parsed(url).raw_host.decode("ascii")
        host = self._hosts.setdefault(key, _Host())
        self._hosts.move_to_end(key)
        idle = [name for name, known in self._hosts.items() if known is not host and not known.users]
        for name in idle[: max(0, len(self._hosts) - HOSTS)]:
            del self._hosts[name]
        return host
