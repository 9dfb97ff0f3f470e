"""Turns and memories that several processes of a bot share, on a real server."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from telegram import Update
from telegram.ext import BaseUpdateProcessor

from bot.dialogue import Dialogue
from bot.order import ChatOrder
from bot.sharing.memory import SharedMemory
from bot.sharing.turns import PATIENCE, PutOffError, SharedTurns
from knowledge.store import conversations
from knowledge.store.database import Engine, open_engine, writing
from tests.auxil.clock import Naps
from tests.auxil.postgres import Postgres
from tests.auxil.updates import message


class Side:
    """One process's part."""

    def __init__(self, url: str, library) -> None:
        self.engine: Engine = open_engine(url, create=False)
        self.dialogue = Dialogue(library)
        self.memory = SharedMemory(self.engine, self.dialogue)
        self.naps = Naps()
        self.turns = SharedTurns(self.engine, self.memory, self.naps)
        self.order: BaseUpdateProcessor = ChatOrder(shared=self.turns)

    def ask(self, chat: str, text: str) -> str:
        with self.memory.lent(chat):
            reply = self.dialogue.ask(chat, text)
        assert reply.answer is not None
        return reply.answer.citations[0].text if reply.answer.citations else ""

    async def asks(self, number: int, chat: str, text: str) -> str:
        async with self.turns.turn(chat.rpartition(":")[0] if chat.count(":") > 1 else chat, number) as due:
            return self.ask(chat, text) if due else "done with"


@pytest.fixture
def url(postgres: Postgres) -> Iterator[str]:
    with postgres.blank() as address:
        yield address


@pytest.fixture
async def sides(url, seed_library) -> AsyncIterator[tuple[Side, Side]]:
    both = Side(url, seed_library), Side(url, seed_library)
    yield both
    for side in both:
        side.turns.close()
        await asyncio.to_thread(side.turns._thread.shutdown)


async def test_a_chat_is_one_processs_at_a_time_and_another_chat_is_free(sides):
    one, other = sides
    async with one.turns.turn("tg:7", 1) as due:
        assert due
        waiting = asyncio.ensure_future(other.asks(2, "tg:7", "who did putin call"))
        async with other.turns.turn("tg:8", 3) as free:
            assert free
        while not other.naps.seconds:
            await asyncio.sleep(0.01)
        assert not waiting.done()
    assert "phone conversations" in await waiting


async def test_an_update_is_worked_on_once_over_all_processes(sides):
    one, other = sides
    assert await one.asks(1, "tg:7", "who did putin call") != "done with"
    assert await one.asks(1, "tg:7", "who did putin call") == "done with"
    assert await other.asks(1, "tg:7", "who did putin call") == "done with"


async def test_what_is_not_finished_is_not_done_with_and_not_remembered(sides):
    one, other = sides

    async def fail() -> None:
        async with one.turns.turn("tg:7", 1):
            one.ask("tg:7", "who did putin call")
            raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        await fail()
    assert conversations.of_chat(other.engine, "tg:7") == {}
    assert await other.asks(1, "tg:7", "who did putin call") != "done with"


async def test_who_waits_too_long_for_another_puts_the_update_off(sides):
    one, other = sides
    async with one.turns.turn("tg:7", 1):
        began = other.naps.now
        with pytest.raises(PutOffError, match="another process"):
            await other.asks(2, "tg:7", "x")
        assert PATIENCE <= other.naps.now - began < PATIENCE + 1
        other.turns.hurry()
        with pytest.raises(PutOffError):
            await other.asks(2, "tg:7", "x")
        assert other.naps.now - began < PATIENCE + 1, "who stops does not wait"
    assert await other.asks(2, "tg:7", "who did putin call") != "done with"


async def test_what_is_put_off_may_come_again(sides):
    one, other = sides
    worked = []

    async def work() -> None:
        worked.append(1)

    update = Update(5, message=message(7, "one"))
    async with one.turns.turn("tg:7", 1):
        other.turns.hurry()
        with pytest.raises(PutOffError):
            await other.order.process_update(update, work())
    await other.order.process_update(update, work())
    assert worked == [1]
    await one.order.process_update(update, work())  # sent again, and done with
    assert worked == [1]


async def test_a_connection_that_is_lost_at_work_costs_nothing(sides, postgres, url):
    one, other = sides
    async with one.turns.turn("tg:7", 1):
        one.ask("tg:7", "what did wang yi say")
        postgres.cut_off(url)
    assert await other.asks(1, "tg:7", "next") == "done with"
    assert "humanitarian" in await other.asks(2, "tg:7", "next")


async def test_a_server_that_is_away_puts_updates_off(sides, postgres):
    one, _ = sides
    postgres.stop()
    try:
        with pytest.raises(PutOffError):
            await one.asks(1, "tg:7", "x")
    finally:
        postgres.start()
    assert await one.asks(1, "tg:7", "who did putin call") != "done with"


async def test_what_is_old_is_forgotten_now_and_then(sides):
    one, other = sides
    long_ago = datetime.now(UTC) - timedelta(days=8)
    with writing(one.engine).begin() as connection:
        connection.execute(conversations.finished(1, {"tg:5": "old"}, long_ago))
    assert await one.asks(2, "tg:7", "who did putin call") != "done with"
    assert conversations.load(other.engine, "tg:5") == "old"
    one.naps.now += 61
    assert await one.asks(3, "tg:7", "who did putin call") != "done with"
    assert conversations.load(other.engine, "tg:5") is None
    assert await one.asks(1, "tg:5", "who did putin call") != "done with"
    assert await other.asks(2, "tg:7", "who did putin call") == "done with"


async def test_each_process_goes_on_where_another_was(sides):
    one, other = sides
    talk = ("what did wang yi say", "what else did he say", "and lavrov?", "who did putin call", "context")
    alone = Dialogue(one.dialogue._library)
    expected = [alone.ask("tg:7", line) for line in talk]
    for number, (line, reply) in enumerate(zip(talk, expected, strict=True)):
        side = sides[number % 2]
        async with side.turns.turn("tg:7", number):
            with side.memory.lent("tg:7"):
                assert side.dialogue.ask("tg:7", line).blocks == reply.blocks, line
    (kept,) = conversations.of_chat(other.engine, "tg:7").values()
    assert len(kept) < 1_000


async def test_what_is_remembered_is_shown_and_forgotten_whoever_is_asked(sides):
    one, other = sides
    await one.asks(1, "tg:7", "who did putin call")
    await one.asks(2, "tg:7:3", "what did wang yi say")
    other.memory.recall_all("tg:7")
    assert other.dialogue.remembered("tg:7") == one.dialogue.remembered("tg:7")
    assert set(other.dialogue.remembered("tg:7")) == {"tg:7", "tg:7:3"}
    other.memory.migrate("tg:7", "tg:9")
    assert "humanitarian" in await one.asks(3, "tg:9:3", "next")
    async with other.turns.turn("tg:9", 4):
        other.dialogue.forget("tg:9")
        other.memory.forget("tg:9")
    one.memory.recall_all("tg:9")
    assert one.dialogue.remembered("tg:9") == {}
    assert await one.asks(5, "tg:9:3", "next") == ""
