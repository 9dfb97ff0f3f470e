"""What fetching an address gives: what came, or the error that says why not."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Protocol, Self

from knowledge.errors import InputError

__all__ = ["ANY_KIND", "LONGEST_REST", "FetchError", "Fetched", "Getter", "HostRestsError", "Limits", "Turn"]

LONGEST_REST = 24 * 3600.0
"""The longest time, in seconds, that a site may ask for by Retry-After."""

ANY_KIND = frozenset({"*/*"})
"""The ``kinds`` that accept every media type, a missing one too."""

Turn = Callable[[str], AbstractAsyncContextManager[None]]
"""Entered around each request with its address; waiting in it does not count as time of the request."""


@dataclass(frozen=True)
class Limits:
    """What one fetch may cost: redirects followed, bytes of body after unpacking, seconds in all."""

    redirects: int = 5
    bytes: int = 10_000_000
    seconds: float = 20.0


@dataclass(frozen=True)
class Fetched:
    """What came.

    ``url`` is the address it came from, after redirects, without fragment. ``status`` is 200, or 304 (not changed)
    with an empty ``body``. ``media_type`` is in lower case without parameters, "" if the server named none.
    ``charset`` is what the server claims, in lower case, if that is an encoding of text. ``etag`` and
    ``last_modified`` are for the next request.
    """

    url: str
    status: int
    media_type: str
    charset: str | None
    body: bytes
    etag: str | None
    last_modified: str | None


class FetchError(InputError):
    """An address that could not be had.

    ``status`` is the HTTP status when that is the reason; ``retry_after`` the seconds the server asks to wait;
    ``lasting`` is true when trying again soon is of no use (gone, refused, of another type, too long).
    """

    def __init__(
        self,
        name: str,
        reason: str,
        *,
        status: int | None = None,
        retry_after: float | None = None,
        lasting: bool = False,
    ) -> None:
        super().__init__(name, reason)
        self.status = status
        self.retry_after = retry_after
        self.lasting = lasting

    def renamed(self, name: str, *, through: str = "") -> Self:
        """The same error for the address it began with, when ``through`` is the one that was redirected to."""
        reason = f"leads to {through}: {self.reason}" if through else self.reason
        return type(self)(name, reason, status=self.status, retry_after=self.retry_after, lasting=self.lasting)


class HostRestsError(FetchError):
    """An address that was not asked, because its host wants to be left alone for ``retry_after`` seconds more.

    That says nothing about the address: another one of the host had that answer.
    """


class Getter(Protocol):
    """Whatever fetches: a Fetcher, or one that is polite about it."""

    async def get(
        self, url: str, *, kinds: frozenset[str], etag: str | None = None, last_modified: str | None = None
    ) -> Fetched:
        """Fetch ``url`` if it is of one of ``kinds``. Raises FetchError."""
        ...
