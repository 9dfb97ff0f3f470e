"""Fetching one address over real HTTP: what comes, and everything that must not."""

import asyncio
import gzip
import socket
import ssl
import zlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from knowledge.web.fetch import ANY_KIND, Fetcher, FetchError, Limits
from tests.auxil.web_server import FAULTS, RETRY_AFTER, WebServer
from tests.web.tls import tls_server, trusting

HTML = frozenset({"text/html"})
PAGE = "<html><body><p>The ferry will not sail on Monday.</p></body></html>"
SMALL = Limits(seconds=10, bytes=50_000)
SHORT = Limits(seconds=0.5, bytes=50_000)
AUTHORITIES = ssl.create_default_context()  # made once: it takes a tenth of a second
AGENT = "OnTheRecord/1.0 (+mailto:desk@harbour.example)"


class Names:
    """A resolver that keeps what it was asked, and takes any name for ``addresses``."""

    def __init__(self, *addresses: str) -> None:
        self.addresses = addresses
        self.asked: list[str] = []

    async def __call__(self, host: str, port: int) -> tuple[str, ...]:
        self.asked.append(host)
        return self.addresses


@pytest.fixture
async def server():
    async with WebServer() as server:
        yield server


def fetching(**options) -> Fetcher:
    usual = {"limits": SMALL, "public": lambda ip: ip == "127.0.0.1", "tls": AUTHORITIES}
    return Fetcher(AGENT, **usual | options)


async def fails(url: str, kinds: frozenset[str] = HTML, **options) -> FetchError:
    """Fetch ``url`` in vain, and see that the error is one that an operator can read."""
    async with fetching(**options) as fetcher:
        with pytest.raises(FetchError) as caught:
            await fetcher.get(url, kinds=kinds)
    assert caught.value.name == url
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < 700
    return caught.value


@asynccontextmanager
async def speaking(answer: bytes) -> AsyncIterator[str]:
    """The address of a server that says ``answer`` to everybody and hangs up."""

    async def serve(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(answer)
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"


# --- what comes -----------------------------------------------------------------------------------------------------


async def test_a_page_comes_with_all_that_is_known_of_it(server):
    modified = "Mon, 02 Mar 2026 10:00:00 GMT"
    url = server.put(
        "/a?b=1", PAGE, media_type="Text/HTML; charset=UTF-8", etag='"1"', headers={"Last-Modified": modified}
    )
    async with fetching() as fetcher:
        page = await fetcher.get(f"{url}#part", kinds=HTML)
    assert (page.url, page.status, page.body) == (url, 200, PAGE.encode())
    assert (page.media_type, page.charset, page.etag, page.last_modified) == ("text/html", "utf-8", '"1"', modified)
    headers = server.requests[0].headers
    assert headers["User-Agent"] == AGENT
    assert headers["Accept"] == "text/html, */*;q=0.1"
    assert headers["Accept-Encoding"] == "gzip, deflate"
    assert "If-None-Match" not in headers


@pytest.mark.parametrize(
    ("coding", "body"),
    [("gzip", gzip.compress(PAGE.encode(), mtime=0)), ("deflate", zlib.compress(PAGE.encode())), ("Identity", PAGE)],
)
async def test_a_packed_page_is_unpacked(server, coding, body):
    url = server.put("/a", body, headers={"Content-Encoding": coding})
    async with fetching() as fetcher:
        assert (await fetcher.get(url, kinds=HTML)).body == PAGE.encode()


async def test_what_has_not_changed_does_not_come_again(server):
    modified = "Mon, 02 Mar 2026 10:00:00 GMT"
    one = server.put("/one", PAGE, etag='"1"')
    two = server.put("/two", PAGE, headers={"Last-Modified": modified})
    async with fetching() as fetcher:
        same = await fetcher.get(one, kinds=HTML, etag='"1"')
        changed = await fetcher.get(one, kinds=HTML, etag='"0"')
        same_date = await fetcher.get(two, kinds=HTML, last_modified=modified)
        unsent = await fetcher.get(one, kinds=HTML, etag='"1"\r\nX-Evil: 1')
    assert (same.status, same.body, same.etag) == (304, b"", '"1"')
    assert (changed.status, changed.body) == (200, PAGE.encode())
    assert (same_date.status, same_date.last_modified) == (304, modified)
    assert unsent.status == 200


async def test_a_missing_type_is_accepted_from_what_looks_like_markup(server):
    url = server.put("/a", PAGE, media_type=None)
    bare = server.put("/b", "Nothing marked up.", media_type=None)
    async with fetching() as fetcher:
        assert (await fetcher.get(url, kinds=HTML)).media_type == ""
        assert (await fetcher.get(bare, kinds=ANY_KIND)).body == b"Nothing marked up."
    assert (await fails(bare)).lasting


async def test_the_first_bytes_of_a_long_body_can_be_had(server):
    url = server.fault("/a", "endless")
    async with fetching() as fetcher:
        assert len((await fetcher.get(url, kinds=HTML, first=1_000)).body) == 1_000
        assert len((await fetcher.get(url, kinds=HTML, first=10**9)).body) == SMALL.bytes


async def test_cookies_are_not_kept(server):
    url = server.put("/a", PAGE, headers={"Set-Cookie": "reader=7; Path=/"})
    async with fetching() as fetcher:
        await fetcher.get(url, kinds=HTML)
        await fetcher.get(url, kinds=HTML)
    assert ["Cookie" in request.headers for request in server.requests] == [False, False]


async def test_a_proxy_in_the_environment_is_not_used(server, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    async with fetching() as fetcher:
        assert (await fetcher.get(server.put("/a", PAGE), kinds=HTML)).status == 200


def test_a_user_agent_that_would_break_the_request_is_refused():
    with pytest.raises(ValueError, match="printable ASCII"):
        Fetcher("Bot\r\nX: y")


# --- names ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (socket.gaierror(socket.EAI_NONAME, "Name or service not known"), "its name cannot be found; see whether"),
        (socket.gaierror(socket.EAI_AGAIN, "Temporary failure"), "its name cannot be looked up now; try again later"),
        (OSError(101, "Network is unreachable"), "cannot be reached (Network is unreachable); try again later"),
    ],
)
async def test_a_host_that_is_not_found_is_told_in_words(error, told):
    async def resolve(_host, _port):
        raise error

    refused = await fails("http://nosuch.invalid/x", resolve=resolve)
    assert refused.reason.startswith(told)
    assert not refused.lasting, "the network may be down"


# --- what must not --------------------------------------------------------------------------------------------------

FAILURES = {  # fault: reason, status, retry_after, lasting
    "404": ("answers 404 (Not Found)", 404, None, True),
    "410": ("answers 410 (Gone)", 410, None, True),
    "429": ("answers 429", 429, RETRY_AFTER, False),
    "500": ("answers 500", 500, None, False),
    "bomb": ("longer than 50,000 bytes", None, None, True),
    "broken_gzip": ("not valid gzip", None, None, False),
    "drip": ("longer than 0.5 s", None, None, False),
    "endless": ("longer than 50,000 bytes", None, None, True),
    "redirect_loop": ("redirected more than 5 times", 302, None, True),
    "redirect_private": ("leads to http://127.0.0.2:9/secret: is not on the public internet", None, None, True),
    "reset": ("broke off", None, None, False),
    "slow_headers": ("longer than 0.5 s", None, None, False),
    "wrong_type": ("is a picture (image/png); give the address of a web page", None, None, True),
}


@pytest.mark.parametrize("fault", sorted(FAULTS.keys() - {"broken_encoding"}))
async def test_each_fault_is_one_error_that_says_what_to_make_of_it(server, fault):
    reason, status, wait, lasting = FAILURES[fault]
    limits = SHORT if fault in ("drip", "slow_headers") else SMALL
    error = await fails(server.fault("/a", fault), limits=limits)
    assert reason in str(error)
    assert (error.status, error.retry_after, error.lasting) == (status, wait, lasting)


async def test_bytes_that_are_not_what_they_claim_come_as_they_are(server):
    async with fetching() as fetcher:
        page = await fetcher.get(server.fault("/a", "broken_encoding"), kinds=HTML)
    assert b"\xff\xfe" in page.body
    assert page.charset == "utf-8"


@pytest.mark.parametrize(
    ("answer", "reason", "lasting"),
    [
        (b"SSH-2.0-OpenSSH_9.6\r\n", "broke off", False),
        (b"", "broke off", False),
        (b"HTTP/1.1 200 OK\r\nX: " + b"x" * 300_000, "broke off", False),
        (b"HTTP/1.1 200 OK\r\nContent-Encoding: br\r\nContent-Type: text/html\r\n\r\n", "packed as br", True),
        (
            b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Encoding: gzip\r\n\r\n\x1f\x8b\x08",
            "ends too soon",
            False,
        ),
        (b"HTTP/1.1 200 OK\r\nContent-Type: a/\xe9\t" + b"x" * 9_000 + b"\r\n\r\n", "is a/", True),
        (b"HTTP/1.1 200 OK\r\nContent-Encoding: " + b"x" * 9_000 + b"\r\n\r\n", "packed as x", True),
        (b"HTTP/1.1 304 Not Modified\r\n\r\n", "answers 304", False),
        (b"HTTP/1.1 204 No Content\r\n\r\n", "answers 204", False),
        (b"HTTP/1.1 799 Odd\r\n\r\n", "answers 799; try", False),
        (b"HTTP/1.1 302 Found\r\n\r\n", "answers 302", False),
        (b"HTTP/1.1 302 Found\r\nLocation: http://[::1\r\n\r\n", "Invalid URL in location", False),
        (b"HTTP/1.1 302 Found\r\nLocation: ftp://harbour.example/\r\n\r\n", "not a web address", True),
        (b"HTTP/1.1 302 Found\r\nLocation: http://a:b@127.0.0.1/\r\n\r\n", "password", True),
        (b"HTTP/1.1 403 No\r\nRetry-After: soon\r\n\r\n", "refuses (403 Forbidden); save the page and", False),
        (b"HTTP/1.1 401 No\r\n\r\n", "refuses (401 Unauthorized); save the page and give the .html file", True),
    ],
)
async def test_an_odd_answer_is_refused(answer, reason, lasting):
    async with speaking(answer) as url:
        error = await fails(url)
    assert reason in str(error)
    assert error.lasting is lasting


@pytest.mark.parametrize(
    ("url", "reason", "lasting"),
    [
        ("ftp://harbour.example/", "not a web address", True),
        ("http://harbour.example:port/", "not an address", True),
        ("http://" + "a" * 80 + ".example/", "cannot be asked", True),
        ("http://127.0.0.1:9/", "cannot be reached (", False),
    ],
)
async def test_an_address_that_leads_nowhere_is_refused(url, reason, lasting):
    error = await fails(url)
    assert reason in str(error)
    assert error.lasting is lasting


async def test_a_password_in_an_address_is_refused_and_not_repeated(server):
    async with fetching() as fetcher:
        with pytest.raises(FetchError, match="holds a user's name or password") as caught:
            await fetcher.get("http://anna:secret@127.0.0.1/", kinds=HTML)
    assert "secret" not in str(caught.value)


# --- where it may go ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("host", ["127.0.0.1", "127.1", "2130706433", "localhost", "[::1]", "[::ffff:127.0.0.1]"])
async def test_this_machine_is_not_asked_however_it_is_written(server, host):
    server.put("/", PAGE)
    async with Fetcher(AGENT) as fetcher:
        with pytest.raises(FetchError, match="not on the public internet") as caught:
            await fetcher.get(server.url(host=host), kinds=HTML)
    assert caught.value.lasting
    assert server.requests == []


async def test_private_addresses_are_asked_when_that_is_allowed(server):
    server.put("/", PAGE)
    async with Fetcher(AGENT, allow_private=True) as fetcher:
        assert (await fetcher.get(server.url(host="localhost"), kinds=HTML)).status == 200


async def test_one_private_address_among_public_ones_is_enough_to_refuse_a_name(server):
    error = await fails(server.url(host="news.example"), resolve=Names("127.0.0.1", "10.0.0.1"))
    assert "not on the public internet" in str(error)
    assert server.requests == []


async def test_the_checked_address_itself_is_asked_and_the_name_resolved_once(server):
    server.put("/a", PAGE)
    names = Names("127.0.0.1")
    url = server.url("/a", host="news.example")
    async with fetching(resolve=names) as fetcher:
        assert (await fetcher.get(url, kinds=HTML)).url == url
    assert names.asked == ["news.example"]
    assert server.requests[0].headers["Host"] == url.split("/")[2]


async def test_the_next_address_is_tried_when_one_does_not_answer(server):
    server.put("/", PAGE)
    names = Names("127.0.0.3", "127.0.0.1")
    async with fetching(resolve=names, allow_private=True) as fetcher:
        assert (await fetcher.get(server.url(host="news.example"), kinds=HTML)).status == 200


async def test_a_name_without_addresses_or_without_an_answer_is_an_error():
    async def unknown(_host: str, _port: int) -> list[str]:
        raise OSError("no such name")

    async def silent(_host: str, _port: int) -> list[str]:
        await asyncio.Event().wait()
        return []

    url = "http://news.example/"
    assert "no such name" in str(await fails(url, resolve=unknown))
    assert "no address" in str(await fails(url, resolve=Names()))
    assert "longer than 0.5 s" in str(await fails(url, resolve=silent, limits=SHORT))


@pytest.mark.parametrize("code", [301, 302, 303, 307, 308])
async def test_redirects_are_followed_each_to_a_checked_address(server, code):
    target = server.put("/b/page", PAGE)
    over = server.put("/a", "", status=code, headers={"Location": server.url("/b/x", host="other.example")})
    server.put("/b/x", "", status=code, headers={"Location": "page#part"})
    names = Names("127.0.0.1")
    async with fetching(resolve=names) as fetcher:
        page = await fetcher.get(over, kinds=HTML)
    assert page.url == target.replace("127.0.0.1", "other.example")
    assert names.asked == ["other.example", "other.example"]


@pytest.mark.parametrize(("hops", "comes"), [(5, True), (6, False)])
async def test_five_redirects_are_the_most(server, hops, comes):
    for i in range(hops):
        server.put(f"/{i}", "", status=302, headers={"Location": f"/{i + 1}"})
    server.put(f"/{hops}", PAGE)
    if comes:
        async with fetching() as fetcher:
            assert (await fetcher.get(server.url("/0"), kinds=HTML)).body == PAGE.encode()
    else:
        assert "more than 5 times" in str(await fails(server.url("/0")))


async def test_waiting_for_a_turn_is_not_time_of_the_request(server):
    turns = []

    @asynccontextmanager
    async def slowly(url: str) -> AsyncIterator[None]:
        turns.append(url)
        await asyncio.sleep(0.6)
        yield

    page = server.put("/b", PAGE)
    over = server.put("/a", "", status=302, headers={"Location": "/b"})
    async with fetching(limits=Limits(seconds=1)) as fetcher:
        assert (await fetcher.get(over, kinds=HTML, turn=slowly)).status == 200
        assert turns == [over, page]


async def test_time_runs_over_all_redirects(server):
    async def slow(_host: str, _port: int) -> list[str]:
        await asyncio.sleep(0.3)
        return ["127.0.0.1"]

    server.put("/b", PAGE)
    server.put("/a", "", status=302, headers={"Location": "/b"})
    assert "longer than 0.5 s" in str(await fails(server.url("/a", host="news.example"), resolve=slow, limits=SHORT))


# --- TLS ------------------------------------------------------------------------------------------------------------


async def test_a_certificate_is_checked_against_the_name_though_the_address_is_asked(tmp_path):
    answered: list[str] = []
    async with tls_server(tmp_path, answers=answered) as port:
        good, other = f"https://news.example:{port}/", f"https://other.example:{port}/"
        async with fetching(resolve=Names("127.0.0.1"), tls=trusting()) as fetcher:
            assert (await fetcher.get(good, kinds=HTML)).body == b"<p>Safe."
            # The same address and port: a connection kept open for the first name must not serve the second.
            with pytest.raises(FetchError, match="certificate"):
                await fetcher.get(other, kinds=HTML)
        assert "cannot be reached" in str(await fails(good, resolve=Names("127.0.0.1")))
    assert answered == [f"news.example:{port}"]


async def test_https_of_a_server_that_speaks_http_is_an_error(server):
    assert "SSL" in str(await fails(server.url().replace("http:", "https:")))
