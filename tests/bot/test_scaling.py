"""Several processes of the bot on one database of PostgreSQL, behind a balancer, one of them killed at work."""

import asyncio
import os
import shutil
import sys
import time
from collections import Counter, defaultdict, deque
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from itertools import count, cycle, groupby
from pathlib import Path

import pytest
from aiohttp import ClientError, ClientSession, ClientTimeout

from knowledge.store.conversations import of_chat
from knowledge.store.database import open_engine
from knowledge.store.writing import save
from tests.auxil import faults
from tests.auxil.bot_api import SECRET_HEADER, BotApi, ChatRecord, Json
from tests.auxil.driver import Chat
from tests.auxil.ports import free_port
from tests.auxil.postgres import Postgres
from tests.auxil.records import Said, lines, person

ROOT = Path(__file__).parents[2]
PROCESSES = 3
CHATS, SLOW = range(100, 130), range(100, 105)
TIMEOUT = 2.0
"""Seconds that this Telegram waits for an answer; the real one waits for 60."""

SAID = ("We open the bridge on Monday", "The toll is two crowns", "Nobody has to swim any more")
TALK = ("what did Ana Reyes say", "next", "what else did she say", "who is she", "context")


def told(name: str, *statements: str):
    return lines(
        name,
        "\n\n".join(("Ana Reyes is the mayor of Norland.", *(f"“{said},” Reyes said." for said in statements))),
        title=f"The {name}",
        publisher="Norland Post",
        people=[person("Ana Reyes", "mayor of Norland", "Reyes")],
        quotes=[Said("Ana Reyes", f"“{said},”", source="Reyes", cue="said", type="direct") for said in statements],
    )


class Telegram(BotApi):
    """Sends to several processes in turn, of each chat one update after the other, each until it is acknowledged."""

    def __init__(self) -> None:
        super().__init__()
        self.processes: list[Process] = []
        # Of each chat, all to whom an update was sent that nobody has acknowledged yet.
        self.open: defaultdict[int, set[Process]] = defaultdict(set)
        self.deliveries: Counter[int] = Counter()
        self._turns: Iterator[int] = cycle(range(PROCESSES))
        self._queues: defaultdict[int, deque[Json]] = defaultdict(deque)
        self._sending: dict[int, asyncio.Task[None]] = {}

    async def _deliver(self, update: Json) -> None:
        chat = update["message"]["chat"]["id"]
        self._queues[chat].append(update)
        if chat not in self._sending:
            self._sending[chat] = asyncio.ensure_future(self._send_all(chat))

    async def _send_all(self, chat: int) -> None:
        async with ClientSession(timeout=ClientTimeout(TIMEOUT)) as session:
            while self._queues[chat]:
                update = self._queues[chat][0]
                while not await self.send(session, update, self.processes[next(self._turns)]):
                    await asyncio.sleep(0.05)
                self._queues[chat].popleft()
        del self._sending[chat]
        await self._notify()

    async def send(self, session: ClientSession, update: Json, process: "Process") -> bool:
        """Whether one process acknowledges an update."""
        chat = update["message"]["chat"]["id"]
        self.open[chat].add(process)
        self.deliveries[update["update_id"]] += 1
        headers = {SECRET_HEADER: self.webhook["secret_token"]}
        try:
            async with session.post(f"http://127.0.0.1:{process.port}/hook", json=update, headers=headers) as answer:
                acknowledged = answer.status == 200
        except (ClientError, TimeoutError):
            return False
        if acknowledged:
            self.open.pop(chat, None)
        return acknowledged

    async def all_acknowledged(self) -> None:
        await self.until(lambda: not self._sending, within=60)


class Process:
    """The bot as it is run, with an index of its own."""

    def __init__(self, api: BotApi, database: str, folder: Path) -> None:
        self.port = free_port()
        self.index = folder / "index"
        self._folder = folder
        self._log = folder / "log"
        ours = {
            "PYTHONPATH": str(ROOT),
            "TELEGRAM_BOT_TOKEN": api.token,
            "TELEGRAM_API_URL": api.url,
            "ONRECORD_DATABASE": database,
            "ONRECORD_INDEX": str(self.index),
            "ONRECORD_WEBHOOK_URL": "http://127.0.0.1:1/hook",  # the balancer's
            "ONRECORD_WEBHOOK_PORT": str(self.port),
            "ONRECORD_SEND_RATE": "1000",
        }
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("ONRECORD_", "TELEGRAM_"))}
        self._environment = kept | ours

    async def start(self) -> None:
        self._folder.mkdir()
        with self._log.open("wb") as log:
            self._process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "bot", "run"),
                cwd=self._folder,
                env=self._environment,
                stdout=asyncio.subprocess.PIPE,
                stderr=log,
            )
        assert self._process.stdout is not None
        assert b"(webhook)" in await self._process.stdout.readline(), self.log

    @property
    def log(self) -> str:
        return self._log.read_text()

    @property
    def watches(self) -> bool:
        """Whether it is its worker that looks after the feeds."""
        return "watching" in self.log

    async def kill(self) -> None:
        if self._process.returncode is None:
            self._process.kill()
        await self._process.wait()

    async def stop(self) -> None:
        if self._process.returncode is None:
            self._process.terminate()
            assert await asyncio.wait_for(self._process.wait(), 30) == 0, self.log


@pytest.fixture
def database(postgres: Postgres) -> Iterator[str]:
    with postgres.blank() as url:
        yield url


@asynccontextmanager
async def serving(database: str, folder: Path) -> AsyncIterator[Telegram]:
    async with Telegram() as api:
        api.processes = [Process(api, database, folder / str(number)) for number in range(PROCESSES)]
        try:
            await asyncio.gather(*(process.start() for process in api.processes))
            yield api
            await asyncio.gather(*(process.stop() for process in api.processes))
        finally:
            await asyncio.gather(*(process.kill() for process in api.processes))


async def until(condition: Callable[[], bool], within: float = 30.0) -> None:
    async with asyncio.timeout(within):
        while not condition():
            await asyncio.sleep(0.05)


async def test_three_processes_serve_as_one_and_nothing_is_lost_with_one(database, tmp_path):
    engine = open_engine(database, create=False)
    save(engine, told("bridge", *SAID))
    async with serving(database, tmp_path) as api:
        # One after the other, each by another process: what one has begun the next goes on with.
        expected = [(await chat_of(api, 7).say(line, expect=1))[0].text for line in TALK]
        assert sorted(said for text in expected[:3] for said in SAID if said in text) == sorted(SAID)
        assert "mayor of Norland" in expected[3]

        await until(lambda: any(process.watches for process in api.processes))
        watching = [process for process in api.processes if process.watches]
        assert len(watching) == 1, "one looks after the feeds"
        (victim,) = watching

        # All at once, and one process is killed in the middle. Some chats must wait for longer than Telegram does.
        for number in SLOW:
            api.fail("sendMessage", faults.too_many_requests(TIMEOUT + 1), chat_id=number)
        chats = {number: chat_of(api, number) for number in CHATS}
        for line in TALK:
            for chat in chats.values():
                await chat.say(line)
        answered = len(CHATS) * len(TALK)
        await api.until(lambda: len(api.messages) > answered // 3)
        in_hand = {number for number, processes in api.open.items() if victim in processes}
        assert in_hand, "it was at work"
        await victim.kill()
        await api.all_acknowledged()
        for number, chat in chats.items():
            texts = [message.text for message in chat.received]
            if number in in_hand:  # it may have sent an answer without writing down that it has
                assert len(texts) <= len(expected) + 1
                texts = [text for text, _ in groupby(texts)]
            assert texts == expected, number
        assert sum(times > 1 for times in api.deliveries.values()) >= len(SLOW), "what took long was sent again"
        twice = sum(len(chat.received) for chat in chats.values()) - answered

        # Somebody else looks after the feeds, and every index follows: also one that is lost meanwhile.
        left = [process for process in api.processes if process is not victim]
        await until(lambda: any(process.watches for process in left))
        shutil.rmtree(left[0].index)
        assert await answer_of(api, left[0], TALK[0]) == expected[0]
        save(engine, told("windmill", "The windmill turns again"))
        began = time.monotonic()
        await asyncio.gather(*(until_answered(api, process, "the windmill turns again") for process in left))
        print(
            f"in every index after {time.monotonic() - began:.1f} s; {twice} of {len(in_hand)} in hand answered twice"
        )
        assert (left[0].index / "meta.json").exists()
        assert (await answer_of(api, left[0], TALK[0])).startswith("Ana Reyes")
    assert len(of_chat(engine, "tg:100")) == 1
    assert api.complaints == []
    engine.dispose()


def chat_of(api: BotApi, number: int) -> Chat:
    return Chat(api, api.add_chat(ChatRecord(number)))


_strangers = count(1_000)


async def answer_of(api: Telegram, process: Process, line: str) -> str:
    """What one process answers to somebody new."""
    chat = chat_of(api, next(_strangers))
    update = {"update_id": 10_000 + chat.record.chat_id, "message": chat._message() | {"text": line}}
    async with ClientSession() as session:
        assert await api.send(session, update, process)
    (message,) = chat.received
    return message.text


async def until_answered(api: Telegram, process: Process, words: str) -> None:
    async with asyncio.timeout(20):  # 5 seconds where the processors have nothing else to do
        while words not in (await answer_of(api, process, f"who said {words}")).casefold():
            await asyncio.sleep(0.2)
