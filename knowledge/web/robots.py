"""What a site's robots.txt lets us fetch (RFC 9309), read by protego and kept for a day."""

import asyncio
import re
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field

from protego import Protego

from knowledge.web.addresses import parsed, shown
from knowledge.web.fetch import ANY_KIND, Fetcher, FetchError
from knowledge.web.fetched import LONGEST_REST

__all__ = ["Robots"]

SITES = 1_000
"""How many sites' rules are kept."""

RULES = 2_000_000
"""How many characters of rules are kept in all: those of a thousand ordinary sites, or of four at the limit."""

_FIRST = 500 * 1024  # bytes; RFC 9309, 2.5: at least so much is read
_KEPT = 24 * 3600.0
_KEPT_UNKNOWN = 600.0
_TOKEN = re.compile("[A-Za-z0-9_-]+")
_AGENT = re.compile(r"\s*user[-\s]*agent\b[\s:]*(.*)", re.IGNORECASE)
_NOBODY = "zzz-nobody"


@dataclass
class _Site:
    """The rules of one scheme and host, stale from ``until`` on.

    ``rules`` is None while they cannot be known, for the reason ``why``; ``status`` is then what the server answered,
    if it asked for time.
    """

    until: float = float("-inf")
    size: int = 0
    rules: Protego | None = None
    why: str = ""
    status: int | None = None
    reading: asyncio.Lock = field(default_factory=asyncio.Lock)


class Robots:
    """Each site's robots.txt is fetched once by ``fetcher``, when the first page of the site is asked about.

    It is read for the first word of the fetcher's User-Agent. ``clock`` gives seconds. Every method raises InputError
    for what is no address.
    """

    def __init__(self, fetcher: Fetcher, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._fetcher = fetcher
        self._clock = clock
        found = _TOKEN.match(fetcher.user_agent)
        self._token = found[0].lower() if found else "zzz-unnamed"
        self._sites: OrderedDict[str, _Site] = OrderedDict()

    async def allows(self, url: str) -> bool:
        """Whether ``url`` may be fetched now; never while the robots.txt of its site cannot be had."""
        return await self.refusal(url) is None

    async def refusal(self, url: str) -> FetchError | None:
        """Why ``url`` may not be fetched, lasting if robots.txt says so; None if it may."""
        site = await self._site(url)
        if site.rules is None:
            wait = max(0.0, site.until - self._clock())
            reason = (
                f"its site's robots.txt cannot be read ({site.why}), so nothing may be fetched there; try again later"
            )
            return FetchError(shown(url), reason, status=site.status, retry_after=wait)
        if site.rules.can_fetch(str(parsed(url)), self._token):
            return None
        return FetchError(
            shown(url), "robots.txt does not allow fetching it; take it from somewhere else", lasting=True
        )

    async def delay(self, url: str) -> float:
        """The seconds between requests that the site asks for; 0 if it does not say."""
        site = await self._site(url)
        return (site.rules.crawl_delay(self._token) or 0.0) if site.rules else 0.0

    async def _site(self, url: str) -> _Site:
        address = parsed(url)
        key = f"{address.scheme}://{address.netloc.decode('ascii')}"
        site = self._sites.setdefault(key, _Site())
        self._sites.move_to_end(key)
        async with site.reading:
            if self._clock() >= site.until:
                await self._read(key, site)
        while len(self._sites) > SITES or (len(self._sites) > 1 and sum(s.size for s in self._sites.values()) > RULES):
            self._sites.popitem(last=False)
        return site

    async def _read(self, key: str, site: _Site) -> None:
        text: str | None
        site.why, site.status = "", None
        wait = 0.0
        try:
            fetched = await self._fetcher.get(f"{key}/robots.txt", kinds=ANY_KIND, first=_FIRST)
            text = _whole_lines(fetched.body)
        except FetchError as error:
            # No such file, no way to it, or too many redirects: no rules. Asked to wait, broken or unreachable: not
            # known, and taken to forbid everything (RFC 9309, 2.3.1).
            text = "" if error.status is not None and error.status < 500 and error.status != 429 else None
            wait = min(error.retry_after or 0.0, LONGEST_REST)
            site.why = error.reason.partition(";")[0]
            site.status = error.status if wait else None
        site.rules = None if text is None else Protego.parse(self._for_us(text))
        site.size = len(text or "")
        site.until = self._clock() + (max(_KEPT_UNKNOWN, wait) if text is None else _KEPT)

    def _for_us(self, text: str) -> str:
        """The text with every group that is not for us under one name.

        Groups then hold to RFC 9309, 2.2.1 (our whole token, or "*"), and thousands of names before thousands of rules
        cannot multiply: protego keeps the rules of a group once for each of its names.
        """
        lines = text.splitlines()
        for i, line in enumerate(lines):
            if found := _AGENT.match(line):
                named = found[1].partition("#")[0].strip()
                token = _TOKEN.match(named)
                ours = token is not None and token[0].lower() == self._token
                lines[i] = f"User-agent: {'*' if named == '*' else self._token if ours else _NOBODY}"
        return "\n".join(lines)


def _whole_lines(body: bytes) -> str:
    """The text without the last line when it may have been cut: half a path would say something else."""
    if len(body) >= _FIRST:
        body = body[: body.rfind(b"\n") + 1]
    return body.decode("utf-8-sig", errors="replace")
