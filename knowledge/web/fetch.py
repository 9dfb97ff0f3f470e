"""Fetching one address without harm: to public hosts only, and bounded in time, memory and redirects.

A host name is resolved once, every address it resolves to is checked, and the connection goes to a checked address
itself: a name that resolves to something else a moment later (DNS rebinding) gains nothing. Certificates are checked
against the name. Each redirect is taken as a new address. No proxies, no cookies, no netrc.
"""

import asyncio
import re
import socket
import ssl
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import aclosing, asynccontextmanager, contextmanager
from datetime import UTC, datetime
from http import HTTPStatus
from http.cookiejar import CookieJar, DefaultCookiePolicy
from ipaddress import ip_address
from types import TracebackType
from typing import Self, cast

import httpx

from knowledge.errors import InputError
from knowledge.web.addresses import is_public, parsed, shown
from knowledge.web.fetched import ANY_KIND, Fetched, FetchError, Getter, HostRestsError, Limits, Turn
from knowledge.web.headers import charset, media_type, retry_after, validator
from knowledge.web.kinds import wanted, wrong_kind
from knowledge.web.unpack import CODINGS, Body, UnpackError

__all__ = [
    "ANY_KIND",
    "FetchError",
    "Fetched",
    "Fetcher",
    "Getter",
    "HostRestsError",
    "Limits",
    "Resolver",
    "Turn",
    "system_resolver",
]

_MOVED = frozenset({301, 302, 303, 307, 308})
_PASSING = frozenset({403, 408, 423, 425, 429})  # refusals that may pass; the other 4xx last
_REFUSING = frozenset({401, 402, 403, 451})  # a reader with a browser may be let in
_KNOWN = frozenset(HTTPStatus)
_PORTS = {"http": 80, "https": 443}
_TRIES = 3  # addresses of one host that are tried, in the resolver's order
_SNIFFED = 512
_USUAL = Limits()
_PRINTABLE = re.compile("[ -~]+")
_NUMBER = re.compile(r"\[(?:Errno|WinError) -?\d+\] ")  # says nothing to who reads the words after it

Resolver = Callable[[str, int], Awaitable[Sequence[str]]]
"""From a host's name and a port to its IP addresses, best first. Raises OSError when there are none."""


async def system_resolver(host: str, port: int) -> Sequence[str]:
    """Ask the operating system."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(sockaddr[0]) for *_, sockaddr in found))


@asynccontextmanager
async def _at_once(_url: str) -> AsyncIterator[None]:
    yield


class Fetcher:
    """Use as ``async with Fetcher(user_agent) as fetcher``.

    ``user_agent`` is printable ASCII (ValueError otherwise). ``allow_private`` lets it ask hosts that are not on the
    public internet; ``public`` tells which IP addresses are. ``tls`` replaces the usual certificate authorities.
    """

    def __init__(
        self,
        user_agent: str,
        *,
        allow_private: bool = False,
        limits: Limits = _USUAL,
        resolve: Resolver = system_resolver,
        public: Callable[[str], bool] = is_public,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        if not _PRINTABLE.fullmatch(user_agent):
            raise ValueError("a User-Agent is printable ASCII")
        self.user_agent = user_agent
        self.limits = limits
        self._may_ask = (lambda _: True) if allow_private else public
        self._resolve = resolve
        self._client = httpx.AsyncClient(
            headers={"User-Agent": user_agent, "Accept-Encoding": "gzip, deflate", "Connection": "close"},
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=())),
            verify=tls or True,
            trust_env=False,
            timeout=httpx.Timeout(None, connect=limits.seconds / _TRIES),
            # The pool knows a connection by its IP address. Two hosts may share one, so none is ever used again: the
            # second host's certificate would go unchecked.
            limits=httpx.Limits(max_connections=None, max_keepalive_connections=0),
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._client.aclose()

    async def get(
        self,
        url: str,
        *,
        kinds: frozenset[str],
        etag: str | None = None,
        last_modified: str | None = None,
        first: int | None = None,
        turn: Turn = _at_once,
    ) -> Fetched:
        """Fetch ``url`` if it is of one of ``kinds`` (media types in lower case).

        A missing type is accepted if the body looks like markup. With ``etag`` or ``last_modified`` of an earlier
        answer, the answer may be 304. With ``first``, only that many bytes of the body are taken, and a longer one is
        no error. Raises FetchError, which names ``url``.
        """
        headers = {"Accept": ", ".join([*sorted(kinds - ANY_KIND - {""}), "*/*;q=0.1"])}
        held = {"If-None-Match": validator(etag), "If-Modified-Since": validator(last_modified)}
        headers |= {name: value for name, value in held.items() if value}
        address, left, now = url, self.limits.seconds, asyncio.get_running_loop().time
        try:
            for _ in range(self.limits.redirects + 1):
                target = _target(address)
                async with turn(str(target)):
                    started = now()
                    async with asyncio.timeout(left):
                        answer = await self._ask(target, headers, kinds, first)
                    left -= now() - started
                if isinstance(answer, Fetched):
                    return answer
                address = answer
        except TimeoutError:
            raise FetchError(shown(url), f"took longer than {self.limits.seconds:g} s; try again later") from None
        except FetchError as error:
            raise error.renamed(shown(url), through="" if address == url else shown(address)) from error
        reason = f"is redirected more than {self.limits.redirects} times; give the address of the page itself"
        raise FetchError(shown(url), reason, status=302, lasting=True)

    async def _ask(
        self, url: httpx.URL, headers: Mapping[str, str], kinds: frozenset[str], first: int | None
    ) -> Fetched | str:
        """One request: what came, or the address that the server points to instead."""
        with _told(str(url)):
            response = await self._send(url, headers)
            try:
                status, location = response.status_code, response.headers.get("Location")
                if status in _MOVED and location:
                    return str(url.join(location))
                if status != 200 and not (status == 304 and len(headers) > 1):
                    raise _status_error(str(url), response)
                body = b"" if status == 304 else await self._body(str(url), response, kinds, first)
            finally:
                await response.aclose()
        kind = response.headers.get("Content-Type")
        return Fetched(
            url=str(url),
            status=status,
            media_type=media_type(kind),
            charset=charset(kind),
            body=body,
            etag=validator(response.headers.get("ETag")),
            last_modified=validator(response.headers.get("Last-Modified")),
        )

    async def _send(self, url: httpx.URL, headers: Mapping[str, str]) -> httpx.Response:
        """Ask the checked addresses of the host, in order, until one takes the connection."""
        host = url.raw_host.decode("ascii")
        headers = {**headers, "Host": url.netloc.decode("ascii")}
        failed: httpx.TransportError | None = None
        for address in (await self._addresses(url, host))[:_TRIES]:
            request = self._client.build_request(
                "GET", url.copy_with(host=address), headers=headers, extensions={"sni_hostname": host.rstrip(".")}
            )
            try:
                return await self._client.send(request, stream=True)
            except (httpx.ConnectError, httpx.ConnectTimeout) as error:
                failed = error
        raise failed or OSError("its name has no address")

    async def _addresses(self, url: httpx.URL, host: str) -> Sequence[str]:
        """The host's IP addresses, every one of them checked."""
        try:
            found: Sequence[str] = [str(ip_address(host))]
        except ValueError:
            found = await self._resolve(host, url.port or _PORTS[url.scheme])
        if not all(self._may_ask(address) for address in found):
            reason = "is not on the public internet; private ones need ONRECORD_ALLOW_PRIVATE_ADDRESSES=1"
            raise FetchError(str(url), reason, lasting=True)
        return found

    async def _body(self, name: str, response: httpx.Response, kinds: frozenset[str], first: int | None) -> bytes:
        """The body, unpacked, when it is of a kind and a length that will do."""
        kind = media_type(response.headers.get("Content-Type"))
        coding = response.headers.get("Content-Encoding", "").strip().lower()
        if kind and not kinds & {kind, *ANY_KIND}:
            raise FetchError(name, wrong_kind(kind, kinds), lasting=True)
        if coding not in CODINGS:
            raise FetchError(name, f"is packed as {shown(coding)}, which was not asked for", lasting=True)
        most = self.limits.bytes if first is None else min(first, self.limits.bytes)
        body = Body(coding, most)
        async with aclosing(cast("AsyncGenerator[bytes]", response.aiter_raw())) as pieces:
            async for piece in pieces:
                body.feed(piece)
                if body.over:
                    break
        body.end()
        if body.over and first is None:
            raise FetchError(name, f"is longer than {most:,} bytes", lasting=True)
        if not kind and not kinds & ANY_KIND and b"<" not in body.content[:_SNIFFED]:
            reason = f"names no type and holds no markup; give the address of {wanted(kinds)}"
            raise FetchError(name, reason, lasting=True)
        return bytes(body.content[:most])


def _target(url: str) -> httpx.URL:
    try:
        return parsed(url)
    except InputError as error:
        raise FetchError(error.name, error.reason, lasting=True) from error


def _status_error(name: str, response: httpx.Response) -> FetchError:
    status = response.status_code
    wait = retry_after(response.headers.get("Retry-After"), datetime.now(UTC))
    lasting = 400 <= status < 500 and status not in _PASSING
    phrase = HTTPStatus(status).phrase if status in _KNOWN else ""
    if status in _REFUSING:
        reason = f"refuses ({status} {phrase}); save the page and give the .html file"
    else:
        advice = "see whether the address is right" if lasting else "try again later"
        reason = f"answers {status}{f' ({phrase})' if phrase else ''}; {advice}"
    return FetchError(name, reason, status=status, retry_after=wait, lasting=lasting)


@contextmanager
def _told(name: str) -> Iterator[None]:
    """Turn what httpx, zlib and the system raise into a FetchError."""
    try:
        yield
    except (httpx.InvalidURL, UnicodeError) as error:
        raise FetchError(name, f"cannot be asked ({_line(error)})", lasting=True) from error
    except UnpackError as error:
        raise FetchError(name, f"{error}; try again later") from error
    except socket.gaierror as error:
        if error.errno == socket.EAI_AGAIN:
            raise FetchError(name, "its name cannot be looked up now; try again later") from error
        raise FetchError(name, "its name cannot be found; see whether the address is right") from error
    except (httpx.ConnectError, httpx.ConnectTimeout, OSError) as error:
        raise FetchError(name, f"cannot be reached ({_line(error)}); try again later") from error
    except httpx.HTTPError as error:
        raise FetchError(name, f"broke off ({_line(error)}); try again later") from error


def _line(error: Exception) -> str:
    return shown(_NUMBER.sub("", " ".join(str(error).split())) or type(error).__name__)
