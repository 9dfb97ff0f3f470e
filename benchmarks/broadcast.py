"""A broadcast: at the rate that is allowed, replies first; killed again and again; with calls that fail in every way.

python -m benchmarks.broadcast [SUBSCRIBERS [KILLS]]

Telegram's 30 messages a second are 300 here, so that it takes a tenth of the time; a chat's one a second stays.
"""

import asyncio
import json
import logging
import os
import random
import signal
import statistics
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from telegram import Bot

from bot import logs
from bot.delivery.clock import SystemClock
from bot.render import Message
from bot.sending import Outcome, Target
from bot.transport import TelegramRequest
from knowledge.store.database import open_engine
from tests.auxil.bot_api import BotApi, ChatRecord
from tests.auxil.limits import Limits
from tests.auxil.post import (
    LONG_AGO,
    PERHAPS,
    Post,
    came,
    fail_in_every_way,
    fill,
    gone_of,
    lost,
    repeated,
    unmarked,
)
from tests.auxil.post_child import Children, in_flight, unsettled
from tests.auxil.records import blank_store

_RATE = 300
_EACH = 3
_FAULTY, _SHARE = 2_000, 0.05
_KILLED, _KILLS = 1_000, 100
_REPLY = "a reply"
_REPLIES, _QUIET = 5.0, 30.0  # replies a second; seconds of them without a broadcast


def main(subscribers: int = 10_000, kills: int = _KILLS) -> None:
    logs.configure(level="CRITICAL", out=sys.stderr)
    logging.disable()  # the client's own, of what fails on purpose
    asyncio.run(_whole(subscribers, 0.0))
    asyncio.run(_killed(kills))
    asyncio.run(_whole(min(_FAULTY, subscribers), _SHARE))


# --- a broadcast as a whole -------------------------------------------------------------------------------------


async def _whole(subscribers: int, share: float) -> None:
    """Server and sender are a process each, as in life."""
    people, groups = range(1, subscribers - subscribers // 10 + 1), range(-(subscribers // 10), 0)
    chats = [*people, *groups]
    with tempfile.TemporaryDirectory() as folder, _server(subscribers, share) as server:
        assert server.stdout
        address, token = server.stdout.readline().split()
        engine = open_engine(blank_store(Path(folder, "post.db")), create=False)
        fill(engine, chats, _EACH, due=LONG_AGO)
        async with _bot(address, token) as bot:
            post = Post(engine, BotApi(), bot, SystemClock(), lambda: datetime.now(UTC), rate=_RATE)
            quiet = await _replies(post, asyncio.create_task(asyncio.sleep(_QUIET)))
            post.start()
            during = await _replies(post, asyncio.create_task(_until_settled(engine)))
            await post.stop()
        engine.dispose()
        told = _told(server)
    arrived = {text: marks for text, marks in told["came"].items() if text != _REPLY}
    gone = set(told["gone"])
    missing = lost(arrived, [chat for chat in chats if chat not in gone], _EACH)
    digests = [seconds for seconds, chat in told["taken"] if chat < 10**7]
    taken = max(digests) - min(digests)
    print(f"  {subscribers:,} subscribers, {_EACH} digests each, {share:.0%} of calls fail: {taken:.0f} s")
    print(f"  lost {len(missing)} (limit 0), again without saying so {len(unmarked(arrived))} (limit 0)")
    if share:
        print(f"  again and marked {len(repeated(arrived))} (limit {told['perhaps']}, the calls that may have arrived)")
        print(f"  chats gone {len(gone)}, of whom nothing more is expected")
        return
    print(f"  again {len(repeated(arrived))} (limit 0)")
    print(f"  used of the allowed rate {len(digests) / taken / _RATE:.3f} (limit .95)")
    print(f"  refused by the server for coming too soon {told['refused']} (limit 0)")
    added = _p99(during) - _p99(quiet)
    print(f"  replies: p99 {_p99(quiet):.3f} s without, {_p99(during):.3f} s during; more {added:.3f} s (limit .5)")


async def _until_settled(engine: Any) -> None:
    while await asyncio.to_thread(unsettled, engine):
        await asyncio.sleep(0.5)


async def _replies(post: Post, other: "asyncio.Task[None]") -> list[float]:
    """How long replies take while something else goes on, in seconds; they are asked for at random."""
    chance = random.Random(5)
    asked: list[asyncio.Task[float]] = []
    while not other.done():
        await asyncio.sleep(chance.expovariate(_REPLIES))
        asked.append(asyncio.create_task(_reply(post, 10**7 + chance.randrange(5_000))))
    return await asyncio.gather(*asked)


async def _reply(post: Post, chat: int) -> float:
    began = post.clock()
    sent = await post.sender.send(Target(chat), Message(_REPLY, _REPLY))
    assert sent.outcome in {Outcome.SENT, Outcome.UNKNOWN, Outcome.GONE}
    return post.clock() - began


@asynccontextmanager
async def _bot(address: str, token: str) -> AsyncIterator[Bot]:
    request = TelegramRequest(connection_pool_size=32, read_timeout=5)
    async with Bot(token, base_url=f"{address}/bot", request=request, get_updates_request=TelegramRequest(1)) as bot:
        yield bot


def _p99(taken: Sequence[float]) -> float:
    return statistics.quantiles(taken, n=100)[98]


# --- the server as a process ------------------------------------------------------------------------------------


def _server(subscribers: int, share: float) -> "subprocess.Popen[str]":
    pipe = subprocess.PIPE
    command = [sys.executable, "-m", __spec__.name, "serve", str(subscribers), str(share)]
    return subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True)


def _told(server: "subprocess.Popen[str]") -> dict[str, Any]:
    """What the server has seen, at its end."""
    assert server.stdin
    assert server.stdout
    server.stdin.write("tell\n")
    server.stdin.flush()
    told: dict[str, Any] = json.loads(server.stdout.readline())
    return told


async def _serve(subscribers: int, share: float) -> None:
    async with BotApi(limits=Limits(per_second=_RATE)) as api:
        for chat in (*range(1, subscribers + 1), *range(10**7, 10**7 + 5_000)):
            api.add_chat(ChatRecord(chat))
        for chat in range(-subscribers, 0):
            api.add_chat(ChatRecord(chat, "group", "Newsroom"))
        if share:
            fail_in_every_way(api, share, seed=5)
        print(api.url, api.token, flush=True)
        await asyncio.to_thread(sys.stdin.readline)
        assert api.throttle
        told = {"came": came(api), "taken": api.throttle.taken, "refused": api.throttle.refused}
        told |= {"gone": sorted(gone_of(api.struck)), "perhaps": sum(fault in PERHAPS for _, fault in api.struck)}
        print(json.dumps(told), flush=True)


# --- killed -----------------------------------------------------------------------------------------------------


async def _killed(kills: int) -> None:
    chats = range(1, _KILLED + 1)
    chance = random.Random(5)
    sending: set[str] = set()
    with tempfile.TemporaryDirectory() as folder:
        database = blank_store(Path(folder, "post.db"))
        engine = open_engine(database, create=False)
        fill(engine, chats, _EACH, due=LONG_AGO)
        async with BotApi() as api, Children(database, api, _RATE) as children:
            for chat in chats:
                api.add_chat(ChatRecord(chat))
            for _ in range(kills):
                child = await children.start()
                some = len(api.messages) + chance.randint(1, 2 * _EACH * _KILLED // (kills + 10))
                await api.until(lambda some=some: len(api.messages) >= min(some, _EACH * _KILLED))  # type: ignore[misc]
                await asyncio.sleep(chance.uniform(0, 0.02))
                os.kill(child, signal.SIGKILL)
                await children.exit_code()
                sending |= in_flight(engine)
            await children.start()
            await _until_settled(engine)
        engine.dispose()
    arrived = came(api)
    again = repeated(arrived)
    print(f"  killed {kills} times while {_EACH} digests each went to {_KILLED:,} subscribers")
    missing, silent = lost(arrived, chats, _EACH), unmarked(arrived)
    print(f"  lost {len(missing)} (limit 0), again without saying so {len(silent)} (limit 0)")
    print(f"  again that were not on their way at a kill {len(set(again) - sending)} (limit 0)")
    print(f"  again and marked {len(again)}, of {len(sending)} on their way at a kill")


if __name__ == "__main__":
    if sys.argv[1:2] == ["serve"]:
        asyncio.run(_serve(int(sys.argv[2]), float(sys.argv[3])))
    else:
        main(*map(int, sys.argv[1:3]))
