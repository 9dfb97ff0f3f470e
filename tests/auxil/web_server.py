"""A web server double: real HTTP on 127.0.0.1 that serves what a test puts there and fails as a test tells it to.

Pages are asked again with conditions when they have an ``etag`` or a ``Last-Modified``: the answer is then 304. Each
fault is one way in which a real server harms or fails its readers; see ``FAULTS``.
"""

import asyncio
import time
import zlib
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import repeat, takewhile

from aiohttp import web

BOMB_BYTES = 200_000_000  # what the bomb unpacks to, all zeros; on the wire it is a thousandth of that
RETRY_AFTER = 120  # the seconds that the "429" fault asks for
PRIVATE = "http://127.0.0.2:9/secret"  # where the "redirect_private" fault leads; nothing answers there
NO_TYPE = "none/none"


@dataclass(frozen=True)
class Asked:
    """A request as it came; ``path`` has the query, ``time`` is by time.monotonic()."""

    method: str
    path: str
    headers: Mapping[str, str]
    time: float


@dataclass(frozen=True)
class Page:
    body: bytes
    media_type: str | None = "text/html; charset=utf-8"
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


class WebServer:
    """Use as ``async with WebServer() as server``; ``server.url("/a")`` is the address of a page put at "/a".

    Every request is kept in ``requests``; ``sent`` counts the body bytes written by the faults that never end. A fault
    goes before a page at the same path; a path with a query is looked up first with it, then without.
    """

    def __init__(self) -> None:
        self.requests: list[Asked] = []
        self.sent = 0
        self.at_once = 0  # the most requests that were being answered at one time
        self._open = 0
        self._port = 0
        self._pages: dict[str, Page] = {}
        self._faults: dict[str, str | None] = {}
        self._closing = False
        self._runner: web.AppRunner | None = None

    async def __aenter__(self) -> "WebServer":
        app = web.Application()
        app.on_response_prepare.append(_drop_type)
        app.router.add_route("*", "/{path:.*}", self._serve)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2, auto_decompress=False)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self._port = self._runner.addresses[0][1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._closing = True
        if self._runner:
            await self._runner.cleanup()

    # --- what a test tells it -----------------------------------------------------------------------------------

    def url(self, path: str = "/", *, host: str = "127.0.0.1") -> str:
        """The address of ``path``; another ``host`` is for tests whose resolver leads it here."""
        return f"http://{host}:{self._port}{path}"

    def put(
        self,
        path: str,
        body: str | bytes,
        *,
        media_type: str | None = "text/html; charset=utf-8",
        status: int = 200,
        headers: Mapping[str, str] | None = None,
        etag: str | None = None,
    ) -> str:
        """Serve ``body`` at ``path`` from now on, in place of what was there; return its address."""
        data = body.encode() if isinstance(body, str) else body
        self._pages[path] = Page(data, media_type, status, dict(headers or {}) | ({"ETag": etag} if etag else {}))
        return self.url(path)

    def fault(self, path: str, kind: str | None) -> str:
        """Let ``path`` fail in the way ``kind`` (one of ``FAULTS``) from now on, or no longer; return its address."""
        assert kind is None or kind in FAULTS, kind
        self._faults[path] = kind
        return self.url(path)

    def fault_at(self, url: str) -> str | None:
        """The fault that waits at ``url`` now."""
        return self._faults.get(url.removeprefix(self.url("")))

    def asked(self, path: str) -> list[Asked]:
        """The requests for ``path`` so far, oldest first."""
        return [request for request in self.requests if request.path == path]

    # --- HTTP ---------------------------------------------------------------------------------------------------

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        self.requests.append(Asked(request.method, request.path_qs, request.headers.copy(), time.monotonic()))
        self._open += 1
        self.at_once = max(self.at_once, self._open)
        try:
            if fault := self._faults.get(request.path_qs) or self._faults.get(request.path):
                return await FAULTS[fault](self, request)
            return _answer(request, self._pages.get(request.path_qs) or self._pages.get(request.path))
        finally:
            self._open -= 1

    async def _stream(self, request: web.Request, chunks: Iterator[bytes], *, wait: float = 0, coding="identity"):
        """Send ``chunks`` until the reader has gone or the server closes."""
        response = web.StreamResponse(headers={"Content-Type": "text/html", "Content-Encoding": coding})
        await response.prepare(request)
        with suppress(ConnectionError):
            for chunk in takewhile(lambda _: not self._over(request), chunks):
                await response.write(chunk)
                self.sent += len(chunk)
                await asyncio.sleep(wait)
        return response

    def _over(self, request: web.Request) -> bool:
        return self._closing or request.transport is None or request.transport.is_closing()

    async def _slow_headers(self, request: web.Request) -> web.StreamResponse:
        transport = request.transport
        line = b"HTTP/1.1 200 OK\r\n"
        while transport and not self._over(request):
            transport.write(line)  # past aiohttp, which sends headers only when they are whole
            line = b"X-Slow: 1\r\n"
            await asyncio.sleep(0.2)
        return web.Response()

    async def _reset(self, request: web.Request) -> web.StreamResponse:
        if request.transport:
            request.transport.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 50\r\n\r\n<p>A st")
            request.transport.close()
        return web.Response()


async def _drop_type(_request: web.Request, response: web.StreamResponse) -> None:
    """Take away the type that aiohttp gives a page without one."""
    if response.headers.get("Content-Type") == NO_TYPE:
        del response.headers["Content-Type"]


def gzip_bomb(size: int) -> Iterator[bytes]:
    """Gzip of ``size`` zero bytes, made a megabyte of zeros at a time."""
    packer = zlib.compressobj(9, wbits=31)
    for _ in range(size // 1_000_000):
        yield packer.compress(bytes(1_000_000))
    yield packer.flush()


def _answer(request: web.Request, page: Page | None) -> web.Response:
    if page is None:
        return web.Response(status=404, text="Not here.")
    for ours, theirs in (("ETag", "If-None-Match"), ("Last-Modified", "If-Modified-Since")):
        if ours in page.headers and page.headers[ours] == request.headers.get(theirs):
            return web.Response(status=304, headers={ours: page.headers[ours]})
    headers = {**page.headers, "Content-Type": page.media_type or NO_TYPE}
    return web.Response(body=page.body, status=page.status, headers=headers)


Act = Callable[[WebServer, web.Request], Awaitable[web.StreamResponse]]


def _plain(page: Page) -> Act:
    async def act(_server: WebServer, request: web.Request) -> web.StreamResponse:
        return _answer(request, page)

    return act


FAULTS: dict[str, Act] = {
    "404": _plain(Page(b"Not here.", status=404)),
    "410": _plain(Page(b"Gone.", status=410)),
    "429": _plain(Page(b"Too many.", status=429, headers={"Retry-After": str(RETRY_AFTER)})),
    "500": _plain(Page(b"Broken.", status=500)),
    "bomb": lambda server, request: server._stream(request, gzip_bomb(BOMB_BYTES), coding="gzip"),
    "broken_encoding": _plain(Page(b"<html><body><p>Caf\xe9 \xff\xfe \xc3</p></body></html>")),
    "broken_gzip": _plain(Page(b"\x1f\x8b\x08\x00 this is no gzip", headers={"Content-Encoding": "gzip"})),
    "drip": lambda server, request: server._stream(request, repeat(b"<"), wait=0.2),
    "endless": lambda server, request: server._stream(request, repeat(b"<p>And so on.</p>\n" * 500)),
    "redirect_loop": _plain(Page(b"", status=302, headers={"Location": "?"})),
    "redirect_private": _plain(Page(b"", status=302, headers={"Location": PRIVATE})),
    "reset": WebServer._reset,
    "slow_headers": WebServer._slow_headers,
    "wrong_type": _plain(Page(b"\x89PNG\r\n\x1a\n", "image/png")),
}
"""Every fault by its name."""
