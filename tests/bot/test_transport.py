"""The client that speaks with Telegram: what goes over the wire, and what each way to fail tells."""

import asyncio
import io
import socket
import traceback
from contextlib import asynccontextmanager

import pytest
from aiohttp import web
from telegram import InputFile
from telegram.error import Forbidden, InvalidToken, NetworkError, TelegramError, TimedOut
from telegram.request import RequestData
from telegram.request._requestparameter import RequestParameter

from bot.transport import NotSentError, PerhapsSentError, TelegramRequest

TOKEN = "123456:" + "T" * 35
DONE = {"ok": True, "result": True}
SHORT = 0.05


@asynccontextmanager
async def answering(handle):
    """A server at which ``handle`` answers every request; yields the address of a method."""
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", handle)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/bot{TOKEN}/sendMessage"
    finally:
        await runner.cleanup()


def data_of(**values):
    return RequestData([RequestParameter.from_input(name, value) for name, value in values.items()])


async def failure(client, address, **options):
    """The error that a request ends with; nowhere does it tell the token."""
    with pytest.raises(TelegramError) as caught:
        await client.post(address, data_of(text="one"), **options)
    error = caught.value
    assert TOKEN not in "".join(traceback.format_exception(error))
    assert error.__context__ is None or TOKEN not in repr(error.__context__)
    return error


async def silent(request):
    await asyncio.sleep(60)


async def hang_up(request):
    request.transport.abort()
    return web.Response()


async def cut_short(request):
    request.transport.write(b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{")
    request.transport.close()
    return web.Response()


async def stutter(request):
    """Half an answer, and nothing after it."""
    answer = web.StreamResponse(headers={"Content-Length": "500"})
    await answer.prepare(request)
    await answer.write(b"{")
    await asyncio.sleep(60)


async def no_http(request):
    request.transport.write(b"SMTP ready\r\n\r\n")
    return web.Response()


# --- what goes over the wire ------------------------------------------------------------------------------------


async def test_parameters_come_as_they_were_meant():
    got = []

    async def handle(request):
        got.append((request.method, request.headers["User-Agent"], await request.json()))
        return web.json_response(DONE)

    async with answering(handle) as address, TelegramRequest() as client:
        assert await client.post(address, data_of(text='a & "b" \u4f60', chat_id=7, silent=True, rows=[[{"a": 1}]]))
    values = {"text": 'a & "b" \u4f60', "chat_id": "7", "silent": "true", "rows": '[[{"a": 1}]]'}
    assert got == [("POST", TelegramRequest.USER_AGENT, values)]


@pytest.mark.parametrize("make", [bytes, io.BytesIO])
async def test_files_come_with_their_names_beside_the_parameters(make):
    got = {}

    async def handle(request):
        got.update(await request.post())
        got["content"] = got["document"].file.read()
        return web.json_response(DONE)

    content = bytes(range(256)) * 1000
    document = InputFile(make(content), filename='m\u00fcll "a".json', read_file_handle=False)
    async with answering(handle) as address, TelegramRequest() as client:
        assert await client.post(address, data_of(chat_id=7, caption="x & y", document=document))
    assert (got["chat_id"], got["caption"]) == ("7", "x & y")
    assert got["document"].filename == 'm\u00fcll "a".json'
    assert got["document"].content_type == "application/json"
    assert got["content"] == content


async def test_a_file_is_fetched():
    async def handle(request):
        return web.Response(body=b"\0\1" * 50_000)

    async with answering(handle) as address, TelegramRequest() as client:
        assert await client.retrieve(address) == b"\0\1" * 50_000


async def test_a_redirection_is_not_followed():
    paths = []

    async def handle(request):
        paths.append(request.path)
        raise web.HTTPFound("/elsewhere")

    async with answering(handle) as address, TelegramRequest() as client:
        assert isinstance(await failure(client, address), NetworkError)
    assert len(paths) == 1


async def test_it_can_be_started_and_stopped_again_and_says_when_it_is_not():
    async def handle(request):
        return web.json_response(DONE)

    client = TelegramRequest(read_timeout=7)
    assert client.read_timeout == 7
    async with answering(handle) as address:
        for _ in range(2):
            async with client:
                await client.initialize()
                assert await client.post(address, data_of())
            await client.shutdown()
            assert "not initialized" in str(await failure(client, address))


# --- ways to fail -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("handle", "kind"),
    [
        (silent, TimedOut),
        (stutter, TimedOut),
        (hang_up, NetworkError),
        (cut_short, NetworkError),
        (no_http, NetworkError),
    ],
)
async def test_what_was_sent_and_not_answered_may_have_arrived(handle, kind):
    requests = []

    async def count(request):
        requests.append(request)
        return await handle(request)

    async with answering(count) as address, TelegramRequest(read_timeout=SHORT) as client:
        error = await failure(client, address)
    assert type(error) is kind
    assert isinstance(error.__cause__, PerhapsSentError)
    assert len(requests) == 1


async def test_of_a_connection_that_was_kept_and_has_died_it_is_not_said_that_nothing_was_sent():
    calls = []

    async def handle(request):
        calls.append(request)
        return web.json_response(DONE) if len(calls) == 1 else await hang_up(request)

    async with answering(handle) as address, TelegramRequest() as client:
        await client.post(address, data_of())
        assert isinstance((await failure(client, address)).__cause__, PerhapsSentError)
    assert len(calls) == 2


@pytest.mark.parametrize("address", ["http://127.0.0.1:9", "http://nowhere.invalid", "https://127.0.0.1:9"])
async def test_without_a_connection_nothing_was_sent(address):
    async with TelegramRequest() as client:
        error = await failure(client, f"{address}/bot{TOKEN}/sendMessage")
    assert isinstance(error.__cause__, NotSentError)
    assert not isinstance(error, TimedOut)


async def test_a_connection_that_does_not_come_in_time_has_sent_nothing():
    """A server that is too busy to accept: the handshake of TLS gets no answer."""
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        deaf.listen()
        async with TelegramRequest(connect_timeout=SHORT) as client:
            error = await failure(client, f"https://127.0.0.1:{deaf.getsockname()[1]}/bot{TOKEN}/sendMessage")
    assert isinstance(error, TimedOut)
    assert isinstance(error.__cause__, NotSentError)


async def test_a_request_that_finds_no_free_connection_was_not_sent():
    arrived, go_on = asyncio.Event(), asyncio.Event()

    async def handle(request):
        arrived.set()
        await go_on.wait()
        return web.json_response(DONE)

    async with answering(handle) as address, TelegramRequest(1, pool_timeout=SHORT) as client:
        first = asyncio.create_task(client.post(address, data_of()))
        await arrived.wait()
        error = await failure(client, address)
        waiting = asyncio.create_task(client.post(address, data_of(), pool_timeout=None))
        go_on.set()
        assert await first
        assert await waiting
    assert isinstance(error, TimedOut)
    assert isinstance(error.__cause__, NotSentError)


async def test_an_upload_that_is_not_taken_ends_in_time():
    """The server reads nothing, so that what is sent fills up all that is between."""
    document = InputFile(bytes(12_000_000), filename="a.bin")
    with socket.socket() as deaf:
        deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        deaf.bind(("127.0.0.1", 0))
        deaf.listen()
        address = f"http://127.0.0.1:{deaf.getsockname()[1]}/bot{TOKEN}/sendDocument"
        async with TelegramRequest(read_timeout=SHORT, connect_timeout=1, media_write_timeout=SHORT) as client:
            with pytest.raises(TimedOut) as caught:
                await client.post(address, data_of(document=document))
    assert isinstance(caught.value.__cause__, PerhapsSentError)


async def test_each_request_can_have_its_own_patience():
    async with answering(silent) as address, TelegramRequest(read_timeout=60) as client:
        assert isinstance(await failure(client, address, read_timeout=SHORT), TimedOut)


async def test_a_request_that_is_given_up_leaves_its_place_to_others():
    async def handle(request):
        return web.json_response(DONE) if (await request.json()).get("text") == "two" else await silent(request)

    async with answering(handle) as address, TelegramRequest(1, pool_timeout=20) as client:
        given_up = asyncio.create_task(client.post(address, data_of(text="one")))
        await asyncio.sleep(SHORT)
        given_up.cancel()
        assert await client.post(address, data_of(text="two"))


# --- errors that are answers ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (403, '{"ok": false, "description": "Forbidden: blocked"}', Forbidden),
        (404, '{"ok": false, "description": "Not Found"}', InvalidToken),
        (403, "<html>no entry</html>", NetworkError),
        (404, "[]", NetworkError),
        (401, '{"error": "log in first"}', NetworkError),
        (500, "<html></html>", NetworkError),
    ],
)
async def test_only_what_reads_like_telegrams_is_telegrams_word(status, body, kind):
    async def handle(request):
        return web.Response(status=status, text=body)

    async with answering(handle) as address, TelegramRequest() as client:
        assert type(await failure(client, address)) is kind


# --- proxies ----------------------------------------------------------------------------------------------------


async def test_the_proxy_of_the_environment_is_used_but_where_it_is_not_to_be(monkeypatch):
    asked = []

    async def proxy(request):
        asked.append((str(request.url.host), request.headers.get("Proxy-Authorization")))
        return web.json_response(DONE)

    async def direct(request):
        return web.json_response(DONE)

    async with answering(proxy) as by, answering(direct) as address, TelegramRequest() as client:
        host = by.split("/")[2]
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "NO_PROXY"):
            monkeypatch.delenv(name, raising=False)
        monkeypatch.setenv("ALL_PROXY", f"http://me:word@{host}")
        monkeypatch.setenv("no_proxy", "127.0.0.1")
        assert await client.post(f"http://api.invalid/bot{TOKEN}/getMe", data_of())
        assert await client.post(address, data_of())
    assert asked == [("api.invalid", "Basic bWU6d29yZA==")]


async def test_a_proxy_that_refuses_has_sent_nothing(monkeypatch):
    async def refuse(request):
        return web.Response(status=403)

    async with answering(refuse) as by, TelegramRequest() as client:
        monkeypatch.delenv("no_proxy", raising=False)
        monkeypatch.delenv("NO_PROXY", raising=False)
        monkeypatch.setenv("https_proxy", by.split("/")[2])
        error = await failure(client, f"https://api.invalid/bot{TOKEN}/getMe")
    assert isinstance(error.__cause__, NotSentError)
