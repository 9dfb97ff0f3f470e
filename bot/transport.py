"""HTTP to Telegram: a failure tells whether the request may have arrived, and an error is only Telegram's own word."""

import asyncio
import functools
import io
import json
import ssl
from collections.abc import Mapping
from typing import Any
from urllib.parse import SplitResult, urlsplit
from urllib.request import getproxies, proxy_bypass

import httpx
from aiohttp import (
    BytesPayload,
    ClientConnectorError,
    ClientError,
    ClientHttpProxyError,
    ClientSession,
    ClientTimeout,
    ConnectionTimeoutError,
    DummyCookieJar,
    FormData,
    TCPConnector,
)
from telegram import Bot
from telegram.error import NetworkError, TelegramError, TimedOut
from telegram.request import BaseRequest, RequestData
from telegram.request._requestparameter import RequestParameter

__all__ = ["NotSentError", "PerhapsSentError", "TelegramRequest", "call"]

Seconds = float | None

_DEFAULT = BaseRequest.DEFAULT_NONE
_BAD_GATEWAY = 502


class NotSentError(Exception):
    """The cause of a failure after which it is certain that Telegram has not got the request: it was never sent."""


class PerhapsSentError(Exception):
    """The cause of a failure after which Telegram may have carried out the request."""


class TelegramRequest(BaseRequest):
    """PTB's client over aiohttp, which takes a half to a third of the processor's time of PTB's own over httpx.

    At most ``connection_pool_size`` requests are on their way. The timeouts are in seconds, None for as long as it
    takes: ``pool_timeout`` to be one of these, ``connect_timeout`` for a new connection (name and TLS included),
    ``write_timeout`` (``media_write_timeout``, with files) to send all of a request, ``read_timeout`` for each piece
    of the answer. Proxies are those of the environment, as httpx takes them.

    Failures are ``TimedOut`` and ``NetworkError`` with ``NotSentError`` or ``PerhapsSentError`` as cause, and hold no
    address, since Telegram's addresses hold the token. No redirection is followed, and nothing posted a second time;
    aiohttp repeats only a GET whose kept connection has died. An error page of what stands between (a proxy, a
    firewall) counts as a 502: else one with 403 would mean that a reader has blocked the bot, and one with 404 that its
    token is wrong.
    """

    def __init__(
        self,
        connection_pool_size: int = 256,
        read_timeout: Seconds = 5.0,
        write_timeout: Seconds = 5.0,
        connect_timeout: Seconds = 5.0,
        pool_timeout: Seconds = 1.0,
        media_write_timeout: Seconds = 20.0,
    ) -> None:
        self._read_timeout = read_timeout
        self._write_timeout = write_timeout
        self._connect_timeout = connect_timeout
        self._pool_timeout = pool_timeout
        self._media_write_timeout = media_write_timeout
        self._places = asyncio.Semaphore(connection_pool_size)
        self._proxies: dict[tuple[str, str], str | None] = {}  # the one to use for each server
        self._session: ClientSession | None = None

    @property
    def read_timeout(self) -> Seconds:
        """See ``BaseRequest``."""
        return self._read_timeout

    async def initialize(self) -> None:
        """See ``BaseRequest``."""
        if self._session is None:
            self._session = ClientSession(
                connector=TCPConnector(limit=0),  # the places are counted here, so that waiting for one is told apart
                cookie_jar=DummyCookieJar(),
                headers={"User-Agent": self.USER_AGENT},
            )

    async def shutdown(self) -> None:
        """See ``BaseRequest``."""
        session, self._session = self._session, None
        if session:
            await session.close()

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: Any = _DEFAULT,
        write_timeout: Any = _DEFAULT,
        connect_timeout: Any = _DEFAULT,
        pool_timeout: Any = _DEFAULT,
    ) -> tuple[int, bytes]:
        """See ``BaseRequest``."""
        files = request_data is not None and request_data.contains_files
        read = _chosen(read_timeout, self._read_timeout)
        write = _chosen(write_timeout, self._media_write_timeout if files else self._write_timeout)
        connect = _chosen(connect_timeout, self._connect_timeout)
        failure: NetworkError
        try:
            async with asyncio.timeout(_chosen(pool_timeout, self._pool_timeout)):
                await self._places.acquire()
        except TimeoutError:
            failure = _failure(TimedOut("All connections are in use"), NotSentError())
        else:
            try:
                code, body = await self._exchange(method, url, request_data, read, write, connect)
            except (ClientError, TimeoutError, OSError) as error:
                failure = _told(error)
            else:
                if code < 300 or _is_telegrams(body):
                    return code, body
                return max(code, _BAD_GATEWAY), b""  # PTB would put the page into its error, or stumble over it
            finally:
                self._places.release()
        raise failure  # here, where it does not bring along as its context what holds the address

    async def _exchange(
        self, method: str, url: str, request_data: RequestData | None, read: Seconds, write: Seconds, connect: Seconds
    ) -> tuple[int, bytes]:
        """Send a request and return the status and the body of its answer."""
        if self._session is None:
            raise RuntimeError("the client is not initialized")
        parts = urlsplit(url)
        request = self._session.request(
            method,
            url,
            data=_body(request_data) if request_data else None,
            proxy=self._proxy(parts),
            ssl=_certificates() if parts.scheme == "https" else True,
            timeout=ClientTimeout(connect=connect, sock_read=read),
            allow_redirects=False,
        )
        # aiohttp has no timeout for writing, and reads only once all is written: so the two are bounded together.
        async with asyncio.timeout(_sum(connect, write, read)):
            answer = await request
        async with answer:
            return answer.status, await answer.read()

    def _proxy(self, address: SplitResult) -> str | None:
        """The proxy for an address; looked up once for each server, since the environment does not change."""
        server = address.scheme, address.netloc
        if server not in self._proxies:
            self._proxies[server] = _proxy_for(*server)
        return self._proxies[server]


async def call(bot: Bot, method: str, parameters: Mapping[str, object]) -> dict[str, Any]:
    """Have Telegram carry out a method, and return what it says of the result; parameters that are None are left out.

    Errors are those of PTB's own methods. These make objects of all that is sent and comes back, which for a message
    costs as much as all the HTTP, and hardly anything of it is looked at.
    """
    given = [RequestParameter(name, value, None) for name, value in parameters.items() if value is not None]
    result = await bot.request.post(f"{bot.base_url}/{method}", RequestData(given))
    if not isinstance(result, dict):
        raise TelegramError("Invalid server response")  # as PTB has it for what cannot be read
    return result


def _chosen(given: Any, default: Seconds) -> Seconds:
    return default if given is _DEFAULT else given


def _sum(*timeouts: Seconds) -> Seconds:
    known = [timeout for timeout in timeouts if timeout is not None]
    return sum(known) if len(known) == len(timeouts) else None


def _body(data: RequestData) -> BytesPayload | FormData:
    """The parameters, and files if there are any; JSON costs less to make than a form."""
    if not data.contains_files:
        return BytesPayload(data.json_payload, content_type="application/json")
    form = FormData(data.json_parameters, quote_fields=False)
    for field, (name, content, kind) in data.multipart_data.items():
        # Large bytes would be written, and so block everything, in one go; what can be read goes piece by piece.
        file = io.BytesIO(content) if isinstance(content, bytes) else content
        form.add_field(field, file, filename=name, content_type=kind)
    return form


def _told(error: Exception) -> NetworkError:
    """What is raised for a failure of aiohttp: its kind, and the system's word, but not its text with the address."""
    word = error.strerror if isinstance(error, OSError) else None
    kind = f"{type(error).__name__}: {word}" if word else type(error).__name__
    unsent = isinstance(error, ClientConnectorError | ConnectionTimeoutError | ClientHttpProxyError)
    told = TimedOut(kind) if isinstance(error, TimeoutError) else NetworkError(kind)
    return _failure(told, NotSentError(kind) if unsent else PerhapsSentError(kind))


def _failure(failure: NetworkError, cause: Exception) -> NetworkError:
    failure.__cause__ = cause
    return failure


def _proxy_for(scheme: str, host: str) -> str | None:
    proxies = getproxies()
    address = proxies.get(scheme) or proxies.get("all")
    if not address or proxy_bypass(host):
        return None
    return address if "://" in address else f"http://{address}"


@functools.cache
def _certificates() -> ssl.SSLContext:
    """Whom to trust, as httpx has it: the environment's choice, else certifi's list, which takes 20 ms to read."""
    return httpx.create_ssl_context()


def _is_telegrams(body: bytes) -> bool:
    """Whether an answer is of the Bot API's form: an object that says whether it is ok."""
    try:
        answer = json.loads(body)
    except ValueError:
        return False
    return isinstance(answer, dict) and "ok" in answer
