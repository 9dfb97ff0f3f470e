"""Updates: CPU time of the whole bot answering real questions against bare echo bots; latency; catching up.

    python -m benchmarks.updates [ROUNDS]

This process is Telegram's server; each bot is a process of its own, whose time alone is counted. The bots take turns.
"""

import asyncio
import gc
import itertools
import random
import statistics
import sys
import time
from asyncio.subprocess import PIPE, Process
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import aiohttp
from aiohttp import web
from telegram import Update
from telegram.ext import ApplicationBuilder, ContextTypes, MessageHandler, filters

from benchmarks import seed
from benchmarks.bulletins import Press
from bot import logs
from bot.app import serve
from bot.dialogue import Dialogue
from bot.render import render
from bot.settings import Settings
from bot.transport import TelegramRequest
from knowledge.library import Library
from knowledge.store.writing import save
from tests.auxil.bot_api import SECRET_HEADER, BotApi, ChatRecord, Json
from tests.auxil.driver import entities_of
from tests.auxil.ports import free_port

_ROUNDS = 2
_CHATS, _WAVES = 100, 6  # a wave is an update in each chat
_ARTICLES = 40  # made up, beside the seeds
_WARMING = 2
_A_SECOND, _SECONDS = 50, 10
_QUEUED, _QUEUED_CHATS = 2_000, 500
_LIMIT_MS = 50
_SECRET = "secret"
_BOTS = ("echo", "echo on our client", "whole bot")
_WAYS = ("polling", "webhook")


def main(rounds: int = _ROUNDS) -> None:
    with seed.library() as (database, library):
        questions = Questions(library)
        asyncio.run(_cost(database, questions, rounds))
        asyncio.run(_caught_up(database, library, questions))


# --- what is asked ----------------------------------------------------------------------------------------------


class Questions:
    """What people write, one line after another in each chat: names, quotes, slips, what leans on the line before.

    None is a press of a button under the last answer.
    """

    def __init__(self, library: Library) -> None:
        self._chance = random.Random(7)
        press = Press()
        records = list(itertools.islice(press.records(), _ARTICLES))
        for record in records:
            save(library.engine, record)
        library.follow(patience=30)
        told = [line.split() for record in records for line in record.article.text.splitlines()]
        self._said = [(" ".join(line[:2]), line[3:]) for line in told if line[2:3] == ["said"]]

    def of_chat(self) -> Iterator[str | None]:
        """Lines without end; each chat begins elsewhere."""
        return itertools.islice(itertools.chain.from_iterable(iter(self._turns, None)), self._chance.randrange(8), None)

    def _turns(self) -> list[str | None]:
        (one, words), (other, _) = self._chance.sample(self._said, 2)
        return [
            f"what did {one} say",
            None,
            f"and {other}?",
            "what else",
            f"who said {' '.join(words[2:7])}",
            self._slip(f"what did {one} say about {words[3]}"),
            self._chance.choice(seed.QUESTIONS),
            self._chance.choice(("/brief", "brief me", None, None)),
        ]

    def _slip(self, text: str) -> str:
        """Two letters of a word, after its first, change places."""
        at = self._chance.choice([i for i in range(9, len(text) - 1) if text[i - 1 : i + 2].isalpha()])
        return text[:at] + text[at + 1] + text[at] + text[at + 2 :]


# --- the server -------------------------------------------------------------------------------------------------


class _Telegram(BotApi):
    """The server, which knows when the first answer has come in each chat, and keeps connections to a webhook."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: dict[int, float] = {}  # since when a chat waits
        self.taken: list[float] = []
        self.deliverer: aiohttp.ClientSession | None = None

    async def say(self, chat: int, text: str | None) -> None:
        """Let somebody write ``text``; None: press a button, where there is one."""
        record = self.add_chat(ChatRecord(chat))
        user = {"id": chat, "is_bot": False, "first_name": "Reader", "language_code": "en"}
        last = next((m for m in reversed(self.sent_to(chat)) if m.keyboard), None) if text is None else None
        update: Json
        if last:
            query = f"query-{self.next_message_id()}"
            self.open_callbacks.add(query)
            data = last.keyboard[0][0]["callback_data"]
            press = {"id": query, "from": user, "chat_instance": "1", "data": data, "message": self.as_json(last)}
            update = {"callback_query": press}
        else:
            text = text or "what else"
            about = {"message_id": self.next_message_id(), "date": int(time.time()), "chat": record.as_json()}
            update = {"message": about | {"from": user, "text": text, "entities": entities_of(text)}}
        self.asked[chat] = time.perf_counter()
        await self.push(update)

    async def answered(self) -> None:
        await self.until(lambda: not self.asked, within=100)

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        before = self._last_message_id
        answer = await super()._serve(request)
        if request.match_info["method"] == "sendMessage" and self._last_message_id > before:
            chat = int((await _params(request))["chat_id"])
            if chat in self.asked:
                self.taken.append(time.perf_counter() - self.asked.pop(chat))
                await self._notify()
        return answer

    async def _deliver(self, update: Json) -> None:
        if self.deliverer is None:
            self.deliverer = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=40))
        async with self.deliverer.post(self.webhook["url"], json=update, headers={SECRET_HEADER: _SECRET}) as answer:
            self.webhook_statuses.append(answer.status)

    async def __aexit__(self, *error: object) -> None:
        if self.deliverer:
            await self.deliverer.close()
        await super().__aexit__(*error)


async def _params(request: web.Request) -> Any:
    return await (request.json() if request.content_type == "application/json" else request.post())


class _Child:
    """A bot as a process; ``api`` is its server."""

    def __init__(self, api: _Telegram, process: Process) -> None:
        self.api = api
        self._process = process

    async def seconds(self) -> float:
        """How much of the processor's time it has taken until now."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(b"\n")
        return float(await self._process.stdout.readline())


@asynccontextmanager
async def _child(bot: str, way: str, database: str, *queued: tuple[int, str]) -> AsyncIterator[_Child]:
    """Start a bot for which some messages wait already; it is warm when it is there."""
    async with _Telegram() as api:
        for chat, text in queued:
            await api.say(chat, text)
        arguments = (__spec__.name, "bot", bot, way, database, api.url, api.token)
        process = await asyncio.create_subprocess_exec(sys.executable, "-m", *arguments, stdin=PIPE, stdout=PIPE)
        assert process.stdin
        assert process.stdout
        try:
            assert await process.stdout.readline()
            yield _Child(api, process)
        finally:
            process.stdin.close()
            await process.wait()


# --- cost and latency -------------------------------------------------------------------------------------------


async def _cost(database: str, questions: Questions, rounds: int) -> None:
    taken: dict[tuple[str, str], list[float]] = defaultdict(list)
    async with AsyncExitStack() as stack:
        children = {
            (bot, way): await stack.enter_async_context(_child(bot, way, database)) for way in _WAYS for bot in _BOTS
        }
        for child in children.values():
            await _waves(child, questions, _WARMING)
        for _ in range(rounds):
            for key, child in children.items():
                began = await child.seconds()
                await _waves(child, questions, _WAVES)
                taken[key].append(1000 * (await child.seconds() - began) / (_WAVES * _CHATS))
        for way in _WAYS:
            echo, ours, whole = (statistics.median(taken[bot, way]) for bot in _BOTS)
            print(f"  {way}: CPU ms an update: echo bot {echo:.2f}, echo bot on our client {ours:.2f}, "
                  f"whole bot {whole:.2f}; whole / echo {whole / echo:.2f} (limit 1)")  # fmt: skip
        for way in _WAYS:
            for bot in (_BOTS[0], _BOTS[2]):
                p50, p99 = await _latency(children[bot, way], questions)
                limit = f" (limit {_LIMIT_MS})" if bot == _BOTS[2] else ""
                print(f"  {way}, {_A_SECOND} updates a second: {bot} p50 {p50:.1f} ms, p99 {p99:.1f} ms{limit}")


async def _waves(child: _Child, questions: Questions, count: int) -> None:
    """An update in each chat at once, and the next when all are answered."""
    lines = [(chat, questions.of_chat()) for chat in range(1, _CHATS + 1)]
    for _ in range(count):
        await asyncio.gather(*(child.api.say(chat, next(line)) for chat, line in lines))
        await child.api.answered()


async def _latency(child: _Child, questions: Questions) -> tuple[float, float]:
    """The median and the 99th percentile, from the update to its answer at the server, in milliseconds."""
    child.api.taken.clear()
    chats = 4 * _A_SECOND
    lines = [(chat, questions.of_chat()) for chat in range(10_000, 10_000 + chats)]
    began = time.perf_counter()
    saying = []
    for number, (chat, line) in zip(range(_A_SECOND * _SECONDS), itertools.cycle(lines), strict=False):
        await asyncio.sleep(max(0.0, began + number / _A_SECOND - time.perf_counter()))
        saying.append(asyncio.create_task(child.api.say(chat, next(line))))
    await asyncio.gather(*saying)
    await child.api.answered()
    milliseconds = [1000 * seconds for seconds in child.api.taken]
    return statistics.median(milliseconds), statistics.quantiles(milliseconds, n=100)[98]


# --- after downtime ---------------------------------------------------------------------------------------------


async def _caught_up(database: str, library: Library, questions: Questions) -> None:
    """All that waits is answered, in each chat what it asked in the order it did."""
    lines = {chat: questions.of_chat() for chat in range(1, _QUEUED_CHATS + 1)}
    queued = [
        (chat, next(line) or "what else") for _ in range(_QUEUED // _QUEUED_CHATS) for chat, line in lines.items()
    ]
    expected, alone = _expected(library, queued)
    async with _child("whole bot", "polling", database, *queued) as child:
        api, began = child.api, time.perf_counter()
        count = sum(map(len, expected.values()))
        await api.until(lambda: len(api.messages) >= count, within=120)
        taken, cpu = time.perf_counter() - began, await child.seconds()
        got = defaultdict(list)
        for message in api.messages:
            got[message.chat_id].append(" ".join(message.text.split()))
    assert got == expected, "a chat's answers are not those of its questions in their order"
    assert not api.complaints
    print(f"  {len(queued):,} updates from {_QUEUED_CHATS} chats waited: all answered, each chat's in order, "
          f"in {taken:.1f} s; {cpu:.1f} s CPU with the start")  # fmt: skip
    print(f"  making the answers and messages alone: {1000 * alone / len(queued):.2f} ms CPU each")


def _expected(library: Library, queued: Sequence[tuple[int, str]]) -> tuple[dict[int, list[str]], float]:
    """The texts that answer what waits, by chat, and the seconds of CPU it took to make them."""
    dialogue, texts = Dialogue(library), defaultdict(list)
    began = time.process_time()
    for chat, text in queued:
        name = text.removeprefix("/")
        reply = dialogue.command(f"{chat}", name, "") if name != text else dialogue.ask(f"{chat}", text)
        texts[chat] += [" ".join(message.plain.split()) for message in render(reply)]
    return texts, time.process_time() - began


# --- the bots ---------------------------------------------------------------------------------------------------


async def _bot(bot: str, way: str, database: str, url: str, token: str) -> None:
    stop = asyncio.Event()
    port = free_port()
    hook = f"http://127.0.0.1:{port}/hook" if way == "webhook" else None
    telling = asyncio.create_task(_tell(stop))
    if bot == "whole bot":
        settings = Settings(
            _env_file=None, token=token, api_url=url, database=database, send_rate=1000,
            webhook_url=hook, webhook_port=port, webhook_secret=_SECRET,
        )  # fmt: skip
        logs.configure(level="WARNING", out=sys.stderr)
        with Library.open(database) as library:
            gc.freeze()  # as bot.app.run does
            await serve(settings, Dialogue(library), stop=stop, digests=True)
    else:
        await _echo(url, token, hook, port, stop, ours=bot != "echo")
    await telling


async def _echo(url: str, token: str, hook: str | None, port: int, stop: asyncio.Event, *, ours: bool) -> None:
    """The bot of PTB's first example, as it comes."""

    async def echo(update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        if update.message and update.message.text:
            await update.message.reply_text(update.message.text)

    builder = ApplicationBuilder().token(token).base_url(f"{url}/bot")
    if ours:
        builder = builder.request(TelegramRequest()).get_updates_request(TelegramRequest())
    application = builder.build()
    application.add_handler(MessageHandler(filters.TEXT, echo))
    async with application:
        await application.start()
        assert application.updater
        if hook:
            await application.updater.start_webhook(
                "127.0.0.1", port, "hook", webhook_url=hook, secret_token=_SECRET
            )  # fmt: skip
        else:
            await application.updater.start_polling()
        print("running", flush=True)
        await stop.wait()
        await application.updater.stop()
        await application.stop()


async def _tell(stop: asyncio.Event) -> None:
    """Print for each line read how much of the processor's time was taken, and set ``stop`` at their end."""
    while await asyncio.to_thread(sys.stdin.readline):
        print(time.process_time(), flush=True)
    stop.set()


if __name__ == "__main__":
    if sys.argv[1:2] == ["bot"]:
        asyncio.run(_bot(*sys.argv[2:]))
    else:
        main(*map(int, sys.argv[1:2]))
