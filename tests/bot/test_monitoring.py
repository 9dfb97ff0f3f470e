"""Health and figures of the running bot, asked for over HTTP as an operator's tools do."""

import asyncio
import io
import json
import os
import re
import signal
import socket
import sys
from contextlib import ExitStack, asynccontextmanager
from pathlib import Path
from typing import get_args

import aiohttp
import pytest
from prometheus_client.openmetrics import parser as openmetrics
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import text

from bot import texts
from bot.app import serve
from bot.delivery.clock import SystemClock
from bot.dialogue import Dialogue
from bot.monitoring.health import Missing
from bot.monitoring.server import Server
from bot.worker import Worker
from knowledge.library import Library
from knowledge.store import subscribers
from knowledge.store.writing import save
from tests.auxil import faults
from tests.auxil.bot_api import BotApi, ChatRecord
from tests.auxil.driver import Chat, Naps, settings_for
from tests.auxil.fake_conversation import FakeConversation, Slow
from tests.auxil.following import AT_ONCE, START, topic
from tests.auxil.ports import free_port
from tests.auxil.records import Said, blank_store, lines, person, put

ROOT = Path(__file__).parents[2]
CHAT = 7_000_123
WANG = lines(
    "council",
    "Wang Yi said the council must act now.\nWang Yi said the powers should help too.",
    people=[person("Wang Yi")],
    quotes=[
        Said("Wang Yi", "the council must act now", "Wang Yi", "said"),
        Said("Wang Yi", "the powers should help too", "Wang Yi", "said"),
    ],
    publisher="Norland Post",
)


class Ahead(SystemClock):
    """The machine's time, and ``now`` seconds more."""

    now = 0.0

    def __call__(self):
        return super().__call__() + self.now


class Watched:
    """A bot that serves its health and figures; ``clock`` is moved on by hand."""

    def __init__(self, api, conversation, port, clock=None, **options):
        self.out, self.err, self.stop, self.clock = io.StringIO(), io.StringIO(), asyncio.Event(), clock or Naps()
        parts = {name: options.pop(name) for name in ("worker", "digests") if name in options}
        settings = settings_for(api, metrics_port=port, **options)
        told = {"out": self.out, "err": self.err, "stop": self.stop, "clock": self.clock}
        self.task = asyncio.ensure_future(serve(settings, conversation, **told, **parts))
        self.root = f"http://127.0.0.1:{port}"

    async def started(self):
        while "is answering" not in self.out.getvalue():
            assert not self.task.done(), self.err.getvalue()
            await asyncio.sleep(0.005)

    async def exit_code(self):
        return await asyncio.wait_for(self.task, 20)

    async def get(self, path, method="GET", **headers):
        """(status, body) of a page as it is by now, whatever is remembered of it."""
        self.clock.now += 60
        async with (
            aiohttp.ClientSession() as session,
            session.request(method, self.root + path, headers=headers) as answer,
        ):
            return answer.status, await answer.text()

    async def missing(self):
        """What it lacks to be ready."""
        status, body = await self.get("/readyz")
        told = json.loads(body)
        assert told == {"ready": status == 200, "missing": told["missing"]}
        assert (status, bool(told["missing"])) in ((200, False), (503, True))
        return told["missing"]

    async def figures(self):
        """The value of each series, by its name with the values of its labels, in the order of their names."""
        status, body = await self.get("/metrics")
        assert status == 200
        return {
            " ".join([sample.name, *(value for value in sample.labels.values() if value)]): sample.value
            for family in text_string_to_metric_families(body)
            for sample in family.samples
        }


@pytest.fixture
async def api():
    async with BotApi() as api:
        api.add_chat(ChatRecord(CHAT))
        yield api


@pytest.fixture
def port():
    return free_port()


@pytest.fixture
def database(tmp_path):
    return blank_store(tmp_path / "news.db")


@pytest.fixture
def library(database):
    with Library.open(database) as library:
        put(library, WANG)
        yield library


@asynccontextmanager
async def watched(*args, **options):
    """A bot that is up; ends with the block."""
    bot = Watched(*args, **options)
    try:
        await bot.started()
        yield bot
    finally:
        bot.stop.set()
        assert await bot.exit_code() == 0


# --- figures ----------------------------------------------------------------------------------------------------


async def test_figures_of_a_bot_that_answers(api, port, database, library):
    chat = Chat(api, api.chats[CHAT])
    async with watched(api, Dialogue(library), port, database=database) as bot:
        await chat.say("what did Wang Yi say", expect=1, copies=2)
        await chat.press("next", expect=1)
        await chat.say("what did Zbigniew Qwortz say", expect=1)
        await chat.say("thanks", expect=1)
        await chat.say("/help", expect=1)
        api.fail("sendMessage", faults.too_many_requests(1))
        await chat.say("/people", expect=1)
        found = await bot.figures()
    assert found["onrecord_answers_total question quote answered"] == 1
    assert found["onrecord_answers_total button said"] == 1
    assert found["onrecord_answers_total question refused unknown_person"] == 1
    assert found["onrecord_answers_total question said"] == 1
    assert found["onrecord_answers_total command said"] == 2
    assert found["onrecord_answer_seconds_count question"] == 3
    assert found["onrecord_answer_seconds_bucket question +Inf"] == 3
    assert found["onrecord_answer_seconds_sum question"] > 0
    assert found["onrecord_updates_total line message"] == 5
    assert found["onrecord_updates_total ignore message"] == 1
    assert found["onrecord_updates_total line button"] == 1
    assert found["onrecord_update_seconds_count message"] >= 4  # the last may be just about to end
    assert found["onrecord_messages_total reply sent"] >= 5
    assert found["onrecord_send_errors_total too_many_requests"] == 1
    assert found["onrecord_send_retries_total too_many_requests"] == 1
    assert found["onrecord_send_errors_total forbidden"] == 0
    assert found["onrecord_unexpected_errors_total"] == 0
    assert found["onrecord_chats_in_hand"] <= 1
    assert found["onrecord_index_articles"] == 1
    assert found["onrecord_index_sentences"] == 2
    assert found["onrecord_index_behind_changes"] == 0
    assert found["onrecord_index_behind_seconds"] == 0
    assert found["onrecord_digests_due"] == found["onrecord_deliveries_due"] == 0
    assert found["process_cpu_seconds_total"] > 0
    (build,) = [name for name in found if name.startswith("onrecord_build_info")]
    assert re.fullmatch(r"onrecord_build_info \d+\.\d+\.\d+ \d+\.\d+\.\d+", build)


async def test_no_label_holds_anything_of_a_reader_or_an_article(api, port, database, library):
    chat = Chat(api, api.chats[CHAT])
    async with watched(api, Dialogue(library), port, database=database) as bot:
        await chat.say("what did Wang Yi say", expect=1)
        await chat.say("/nonsense", expect=1)
        _, body = await bot.get("/metrics")
    labels = {
        label for family in text_string_to_metric_families(body) for s in family.samples for label in s.labels.items()
    }
    words = {value for name, value in labels if name not in ("le", "version", "python")}
    assert words
    assert all(re.fullmatch("[a-z_]*", word) for word in words)
    assert not [word for word in ("Wang", "wang", "nonsense", "Norland", str(CHAT), api.token) if word in body]


async def test_errors_are_counted_and_told_apart(api, port, database, library):
    chat = Chat(api, api.chats[CHAT])
    async with watched(api, FakeConversation(), port, database=database) as bot:
        await chat.say("boom", expect=1)
        api.fail("sendMessage", faults.BLOCKED, chat_id=CHAT)
        await chat.say("one")
        await api.until(lambda: len(api.calls_of("sendMessage")) == 1)
        while (found := await bot.figures()).get("onrecord_messages_total reply gone") != 1:
            await asyncio.sleep(0.005)
    assert found["onrecord_unexpected_errors_total"] == 1
    assert found["onrecord_answers_total question failed"] == 1
    assert found["onrecord_send_errors_total forbidden"] == 1
    assert found["onrecord_send_retries_total forbidden"] == 0


async def test_what_waits_for_digests_and_what_an_index_lacks(api, port, database, library):
    subscribers.subscribe(library.engine, CHAT, 0, topic("council"), "council", AT_ONCE, now=START)
    async with watched(api, FakeConversation(), port, database=database) as bot:
        save(library.engine, lines("more", "The council meets again."))  # nobody follows: this bot makes no digests
        with library.engine.begin() as connection:
            connection.execute(text("UPDATE changes SET at = '2024-05-06T12:00:00+00:00' WHERE sequence = 2"))
        found = await bot.figures()
        assert found["onrecord_index_behind_changes"] == found["onrecord_digests_due"] == 1
        assert found["onrecord_index_behind_seconds"] > 1e7
        assert found["onrecord_digest_lag_seconds"] == pytest.approx(found["onrecord_index_behind_seconds"], abs=60)
        assert found["onrecord_missing index"] == 1
        assert await bot.missing() == ["index"]
        assert library.follow(patience=10)
        found = await bot.figures()
        assert (found["onrecord_index_behind_changes"], found["onrecord_index_sentences"]) == (0, 3)
        assert await bot.missing() == []


async def test_digests_that_are_sent_are_counted(api, port, database, library):
    subscribers.subscribe(library.engine, CHAT, 0, topic("council"), "council", AT_ONCE, now=START)
    async with watched(api, Dialogue(library), port, Ahead(), database=database, digests=True) as bot:
        save(library.engine, lines("more", "The council meets again."))
        await api.until(lambda: len(api.messages) == 1)
        while (found := await bot.figures()).get("onrecord_messages_total digest sent") != 1:
            await asyncio.sleep(0.005)
    assert found["onrecord_digests_due"] == 0
    assert found["onrecord_digests_halted_seconds"] == 0


async def test_open_metrics_where_they_are_asked_for(api, port, database, library):
    async with watched(api, FakeConversation(), port, database=database) as bot:
        status, body = await bot.get("/metrics", Accept="application/openmetrics-text; version=1.0.0")
    assert status == 200
    assert body.endswith("# EOF\n")
    assert {family.name for family in openmetrics.text_string_to_metric_families(body)} >= {"onrecord_updates"}


async def test_whether_the_worker_lives(api, port, database, library):
    worker = Worker([sys.executable, "-c", "import sys; sys.stdin.buffer.read()"])
    async with watched(api, FakeConversation(), port, database=database, worker=worker) as bot:
        while (await bot.figures())["onrecord_worker_up"] != 1:
            await asyncio.sleep(0.005)
        os.kill(worker.pid, signal.SIGKILL)
        while (await bot.figures())["onrecord_worker_up"] != 0:
            await asyncio.sleep(0.005)


# --- health -----------------------------------------------------------------------------------------------------


class Unreached(BotApi):
    """Says who the bot is only once it is let."""

    def __init__(self):
        super().__init__()
        self.let = asyncio.Event()

    async def _serve(self, request):
        if request.match_info["method"] == "getMe":
            await self.let.wait()
        return await super()._serve(request)


async def test_it_is_ready_from_when_telegram_is_reached_until_it_is_told_to_stop(port, database, library):
    conversation = Slow()
    async with Unreached() as api:
        bot = Watched(api, conversation, port, database=database)
        while not bot.task.done():
            try:
                assert await bot.missing() == ["telegram"]
                break
            except aiohttp.ClientConnectorError:
                await asyncio.sleep(0.005)
        assert await bot.get("/healthz") == (200, "ok\n")
        api.let.set()
        await bot.started()
        assert await bot.missing() == []
        await Chat(api, api.add_chat(ChatRecord(CHAT))).say("one")
        await asyncio.to_thread(conversation.asked.wait, 20)
        os.kill(os.getpid(), signal.SIGTERM)
        while texts.STOPPING not in bot.out.getvalue():
            await asyncio.sleep(0.005)
        assert await bot.missing() == ["stopping"]  # and it goes on to finish what it has in hand
        assert await bot.get("/healthz") == (200, "ok\n")
        assert (await bot.figures())["onrecord_missing stopping"] == 1
        conversation.go_on.set()
        assert await bot.exit_code() == 0
    with pytest.raises(aiohttp.ClientConnectorError):
        await bot.get("/healthz")


async def test_a_database_that_is_gone_and_back(api, port, database, library, log):
    async with watched(api, FakeConversation(), port, database=database) as bot:
        assert await bot.missing() == []
        Path("news.db").rename("elsewhere.db")
        assert await bot.missing() == ["database"]
        found = await bot.figures()
        assert found["onrecord_missing database"] == 1
        assert found["onrecord_index_articles"] == 1
        assert "onrecord_index_behind_seconds" not in found  # an old figure would look like a new one
        assert "onrecord_digests_due" not in found
        assert await bot.get("/healthz") == (200, "ok\n")
        Path("elsewhere.db").rename("news.db")
        assert await bot.missing() == []
    assert "of=database error=StoreError" in log.getvalue()


async def test_a_server_without_the_database(api, port, postgres, tmp_path):
    with ExitStack() as stack:
        url = stack.enter_context(postgres.blank())
        options = {"database": url, "index": str(tmp_path / "index")}
        with Library.open(url, index=options["index"]):
            async with watched(api, FakeConversation(), port, **options) as bot:
                assert await bot.missing() == []
                assert (await bot.figures())["onrecord_deliveries_waiting"] == 0
                stack.close()  # drops it
                assert await bot.missing() == ["database"]


async def test_an_index_that_cannot_be_opened(api, port, database, tmp_path):
    (tmp_path / "file").write_text("no folder")
    async with watched(api, FakeConversation(), port, database=database, index=str(tmp_path / "file")) as bot:
        assert await bot.missing() == ["index"]


# --- the pages --------------------------------------------------------------------------------------------------


async def test_pages_are_there_for_get_only_and_no_others_are(api, port, database, library):
    async with watched(api, FakeConversation(), port, database=database) as bot:
        for path in ("/healthz", "/readyz", "/metrics"):
            assert (await bot.get(path))[0] == 200
            assert {(await bot.get(path, method))[0] for method in ("POST", "HEAD", "PUT", "DELETE")} == {405}
        for path in ("/", "/metrics/", "/metrics/x", "/healthz/..%2f..%2fetc", "/favicon.ico"):
            assert (await bot.get(path))[0] == 404


async def test_without_a_port_nothing_listens(api, port, database):
    stop, out = asyncio.Event(), io.StringIO()
    task = asyncio.ensure_future(serve(settings_for(api), FakeConversation(), stop=stop, out=out))
    while "is answering" not in out.getvalue():
        await asyncio.sleep(0.005)
    with pytest.raises(aiohttp.ClientConnectorError):
        async with aiohttp.ClientSession() as session:
            await session.get(f"http://127.0.0.1:{port}/healthz")
    stop.set()
    assert await task == 0


async def test_a_port_that_is_taken_stops_the_start_with_one_line(api, database):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        bot = Watched(api, FakeConversation(), port, database=database)
        assert await bot.exit_code() == 1
    (line,) = bot.err.getvalue().splitlines()
    assert line.startswith(f"ONRECORD_METRICS_PORT: cannot listen on 127.0.0.1:{port}")
    assert api.calls == []


async def test_an_address_that_is_not_this_machines_is_named(api, port, database):
    bot = Watched(api, FakeConversation(), port, database=database, metrics_listen="192.0.2.1")
    assert await bot.exit_code() == 1
    assert bot.err.getvalue().startswith(f"ONRECORD_METRICS_PORT: cannot listen on 192.0.2.1:{port}")


async def test_a_request_that_is_none_is_refused_and_not_logged(api, port, database, log):
    async with watched(api, FakeConversation(), port, database=database):
        for sent in (b"PRIVATE \x00\xff\r\n\r\n", b"GET / HTTP/1.1\r\nX: " + b"private" * 10_000 + b"\r\n\r\n"):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(sent)
            assert (await reader.readline()).split()[1] == b"400"
            writer.close()
            await writer.wait_closed()
    assert "rivate" not in log.getvalue().lower()


async def test_a_page_that_fails_is_logged_by_its_kind(port, log):
    async def broken(_request):
        raise OSError("private words")

    server = Server("127.0.0.1", port, {"/broken": broken})
    await server.start()
    async with aiohttp.ClientSession() as session, session.get(f"http://127.0.0.1:{port}/broken") as answer:
        assert answer.status == 500
        assert "private" not in await answer.text()
    await server.stop()
    assert 'event="bug: page failed"' in log.getvalue()
    assert "private" not in log.getvalue()


async def test_a_database_that_gives_no_answer_holds_nothing_up(api, tmp_path, port):
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        url = f"postgresql://u@127.0.0.1:{silent.getsockname()[1]}/x?connect_timeout=2"
        options = {"database": url, "index": str(tmp_path / "index")}
        async with watched(api, FakeConversation(), port, **options) as bot:
            assert await bot.missing() == ["database", "index"]
            assert await bot.get("/healthz") == (200, "ok\n")


# --- the documents ----------------------------------------------------------------------------------------------


async def test_every_figure_is_documented_with_its_labels(api, port, database, library):
    table = (ROOT / "docs" / "monitoring.md").read_text("utf-8").partition("## Figures")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| `(onrecord_\w+)` \| ([a-z, ]*)\| .+ \|$", table, re.MULTILINE)
    documented = {name: {label.strip() for label in labels.split(",") if label.strip()} for name, labels in rows}
    worker = Worker([sys.executable, "-c", "import sys; sys.stdin.buffer.read()"])
    async with watched(api, FakeConversation(), port, database=database, worker=worker) as bot:
        await Chat(api, api.chats[CHAT]).say("one", expect=1)
        while "onrecord_messages_total reply sent" not in await bot.figures():
            await asyncio.sleep(0.005)
        _, body = await bot.get("/metrics")
    shown = {}
    for family in text_string_to_metric_families(body):
        if family.name.startswith("onrecord_") and not family.name.endswith("_created"):
            name = f"{family.name}_total" if family.type == "counter" else family.name
            shown[name] = {label for sample in family.samples for label in sample.labels} - {"le"}
    assert documented == shown


def test_every_part_that_can_be_missing_is_documented():
    told = (
        (ROOT / "docs" / "monitoring.md").read_text("utf-8").partition("What can be `missing`")[2].partition("```")[0]
    )
    assert re.findall(r"^\| `(\w+)` \|", told, re.MULTILINE) == list(get_args(Missing))
