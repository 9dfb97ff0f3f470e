"""Digests by the whole program: from an article that any process stores to messages in chats, through crashes."""

import asyncio
import io
import os
import re
import signal
import sys
from collections import Counter
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from telegram import Bot

from bot.app import serve
from bot.delivery import texts as delivery_texts
from bot.delivery.clock import SystemClock
from bot.delivery.editor import Editor
from bot.delivery.pacing import Pacing
from bot.delivery.postman import Postman
from bot.delivery.service import Delivery
from bot.dialogue import Dialogue
from bot.sending import Sender
from bot.texts import CREDENTIAL_REFUSED
from knowledge.library import Library
from knowledge.models import Interest
from knowledge.schedule import When
from knowledge.store import outbox, subscribers
from knowledge.store.database import open_engine
from knowledge.store.writing import save
from tests.auxil import faults
from tests.auxil.bot_api import BotApi, ChatRecord
from tests.auxil.driver import Chat, plain_http, settings_for
from tests.auxil.records import Said, blank_store, lines, person

ROOT = Path(__file__).parents[2]
WANG = Interest(kind="person", target="wang yi")
AT_ONCE = When(often="at_once")


def said(name, words):
    quote = Said("Wang Yi", words, "Wang Yi", "said")
    return lines(name, f"Wang Yi said {words}.", people=[person("Wang Yi")], quotes=[quote], publisher="Norland Post")


FIRST = said("a", "the long council meeting must end on Monday")
SECOND = said("b", "all the bridges of the city will be painted")


def follow(engine, chats):
    for chat in chats:
        subscribers.subscribe(engine, chat, 0, WANG, "Wang Yi", AT_ONCE, now=datetime.now(UTC))


@pytest.fixture
def database(tmp_path):
    return blank_store(tmp_path / "news.db")


@pytest.fixture
def library(database):
    with Library.open(database) as library:
        yield library


@pytest.fixture
async def api():
    async with BotApi() as api:
        for chat in range(1, 201):
            api.add_chat(ChatRecord(chat))
        yield api


@asynccontextmanager
async def served(api, library, database, **settings):
    """The bot with its digests; ends with the block."""
    stop, out = asyncio.Event(), io.StringIO()
    chosen = settings_for(api, database=database, **settings)
    task = asyncio.create_task(serve(chosen, Dialogue(library), stop=stop, out=out, digests=True))
    while "is answering" not in out.getvalue():
        await asyncio.sleep(0.005)
    try:
        yield task
    finally:
        stop.set()
        await task


async def test_from_an_answer_to_a_digest_of_what_another_process_stores(api, library, database):
    save(library.engine, FIRST)
    library.follow(patience=10)
    async with served(api, library, database):
        chat = Chat(api, api.chats[7])
        await chat.say("what did Wang Yi say", expect=1)
        (confirmed,) = await chat.press("follow Wang Yi", expect=1)
        assert "Wang Yi" in confirmed.text
        save(library.engine, SECOND)  # and nobody but the bot itself brings the index up
        await api.until(lambda: len(api.messages) == 3)
    assert "“all the bridges of the city will be painted”" in api.messages[-1].text
    assert api.messages[-1].buttons == ["context 1", "stop following Wang Yi"]
    assert api.complaints == []


async def test_a_digest_that_is_asked_for_comes_at_once(api, library, database):
    subscribers.subscribe(library.engine, 7, 0, WANG, "Wang Yi", When(often="weekly", minute=1), now=datetime.now(UTC))
    save(library.engine, FIRST)
    async with served(api, library, database):
        (digest,) = await Chat(api, api.chats[7]).say("/digest", expect=1)
        assert "council meeting" in digest.text
        while outbox.counts(library.engine)["sent"] < 1:  # until it is, another /digest finds it on its way
            await asyncio.sleep(0.01)
        (none,) = await Chat(api, api.chats[7]).say("/digest", expect=1)
        assert "Nothing new" in none.text


async def test_a_token_that_is_taken_back_stops_the_bot_with_one_line(api, library, database, capsys):
    follow(library.engine, [7])
    api.fail("sendMessage", faults.UNAUTHORIZED, times=99)
    save(library.engine, FIRST)
    async with served(api, library, database) as task:
        assert await asyncio.wait_for(task, 20) == 2
    assert capsys.readouterr().err.strip().splitlines()[-1] == CREDENTIAL_REFUSED
    assert outbox.counts(library.engine)["pending"] == 1


async def test_who_blocked_the_bot_is_known_when_they_write_again(api, library, database):
    follow(library.engine, [7])
    api.fail("sendMessage", faults.BLOCKED, chat_id=7)
    async with served(api, library, database):
        save(library.engine, FIRST)
        await api.until(lambda: bool(api.calls_of("sendMessage")))
        while subscribers.chat(library.engine, 7).state != "gone":
            await asyncio.sleep(0.01)
        await Chat(api, api.chats[7]).say("/resume", expect=1)
        save(library.engine, SECOND)
        await api.until(lambda: len(api.messages) == 2)
    assert "bridges" in api.messages[-1].text


async def test_the_whole_program_killed_loses_nothing_and_marks_what_it_may_repeat(api, library, database, tmp_path):
    chats = range(1, 61)
    follow(library.engine, chats)
    settings = {"TELEGRAM_API_URL": api.url, "TELEGRAM_BOT_TOKEN": api.token, "ONRECORD_DATABASE": database}
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("ONRECORD_", "TELEGRAM_"))}

    async def start():
        return await asyncio.create_subprocess_exec(
            sys.executable,
            *("-m", "bot", "run"),
            env=kept | settings | {"PYTHONPATH": str(ROOT), "ONRECORD_SEND_RATE": "200"},
            cwd=tmp_path,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )

    def told():
        return [m for m in api.messages if "Wang Yi" in m.text]

    for record, some in ((FIRST, 7), (SECOND, 75)):
        process = await start()
        save(library.engine, record)
        await api.until(lambda some=some: len(told()) >= some, within=60)
        process.send_signal(signal.SIGKILL)
        await process.wait()
    process = await start()
    await api.until(lambda: len({(m.chat_id, "bridges" in m.text) for m in told()}) == 120, within=60)
    while outbox.counts(library.engine).get("sent", 0) + outbox.counts(library.engine).get("failed", 0) < 120:
        await asyncio.sleep(0.05)
    process.send_signal(signal.SIGTERM)
    assert await asyncio.wait_for(process.wait(), 30) == 0
    copies = Counter((m.chat_id, "bridges" in m.text) for m in told())
    marked = Counter((m.chat_id, "bridges" in m.text) for m in told() if m.text.startswith(delivery_texts.MAY_REPEAT))
    assert {key for key, count in copies.items() if count - 1 > marked[key]} == set()
    assert api.complaints == []


async def test_two_processes_on_one_postgresql_share_the_work_and_send_nothing_twice(api, postgres, tmp_path):
    with postgres.blank() as url:
        engine = open_engine(url, create=False)
        follow(engine, range(1, 201))
        stores = [open_engine(url, create=False) for _ in range(2)]
        save(engine, FIRST)
        deliveries, bots = [], []
        for number, own in enumerate(stores):
            bot = Bot(api.token, base_url=f"{api.url}/bot", request=plain_http(), get_updates_request=plain_http())
            await bot.initialize()
            bots.append(bot)
            clock = SystemClock()
            pacing = Pacing(100, clock)
            editor = Editor(url, index=str(tmp_path / f"index{number}"))
            postman = Postman(
                own, Sender(bot, pacing), pacing, clock, lambda: datetime.now(UTC), name=f"host{number}:1:1"
            )
            deliveries.append(Delivery(editor, postman, clock))
            deliveries[-1].start()
        await api.until(lambda: len(api.messages) >= 200, within=60)
        save(engine, SECOND)
        await api.until(lambda: len(api.messages) >= 400, within=60)
        for delivery in deliveries:
            await delivery.stop()
        for bot in bots:
            await bot.shutdown()
        held = outbox.counts(engine)
        for one in (engine, *stores):
            one.dispose()
    assert held["sent"] == sum(held.values()) == 400
    got = Counter((m.chat_id, re.search("council|bridges", m.text)[0]) for m in api.messages)
    assert len(got) == 400
    assert set(got.values()) == {1}
    assert api.complaints == []
