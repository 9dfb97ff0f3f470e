"""Processes that send digests, to be killed: ``python -m tests.auxil.post_child DATABASE API TOKEN RATE``.

It forks, for each line it reads, one process that does so, and tells its id; after another line it tells that
process's exit code. Importing the libraries takes longer than all the rest, and so is done once.
"""

import asyncio
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Engine, select
from telegram import Bot

from bot import logs
from bot.delivery.clock import SystemClock
from bot.delivery.content import load
from knowledge.store import schema
from knowledge.store.database import open_engine
from tests.auxil.bot_api import BotApi
from tests.auxil.driver import plain_http
from tests.auxil.post import Post

ROOT = Path(__file__).parents[2]


async def send(database: str, api: str, token: str, rate: float) -> None:
    """Send until killed."""
    logs.configure(level="ERROR", out=sys.stderr)
    engine = open_engine(database, create=False)
    async with Bot(token, base_url=f"{api}/bot", request=plain_http(), get_updates_request=plain_http()) as bot:
        post = Post(engine, BotApi(), bot, SystemClock(), lambda: datetime.now(UTC), rate=rate)
        post.start()
        assert post.running
        await post.running


class Children:
    """Starts sending processes one at a time. Use as a context."""

    def __init__(self, database: str, api: BotApi, rate: float) -> None:
        self._arguments: Sequence[str] = (database, api.url, api.token, str(rate))
        self._parent: Process | None = None
        self._child: int | None = None

    async def __aenter__(self) -> "Children":
        self._parent = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.auxil.post_child", *self._arguments, stdin=PIPE, stdout=PIPE, cwd=ROOT
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._parent
        assert self._parent.stdin
        if self._child:
            os.kill(self._child, signal.SIGKILL)
        self._parent.stdin.close()
        await self._parent.wait()

    async def start(self) -> int:
        """The id of a process that sends."""
        self._child = await self._ask("go\n")
        return self._child

    async def exit_code(self) -> int:
        """How the process that was started last has ended."""
        self._child = None
        return await self._ask("wait\n")

    async def _ask(self, line: str) -> int:
        assert self._parent
        assert self._parent.stdin
        assert self._parent.stdout
        self._parent.stdin.write(line.encode())
        return int(await self._parent.stdout.readline())


def in_flight(engine: Engine) -> set[str]:
    """The texts that are being sent, as far as it is known."""
    with engine.connect() as connection:
        query = select(schema.deliveries.c.content).where(schema.deliveries.c.state == "sending")
        return {load(content).plain for content in connection.execute(query).scalars()}


def unsettled(engine: Engine) -> bool:
    with engine.connect() as connection:
        query = select(schema.deliveries.c.id).where(schema.deliveries.c.settled.is_(None)).limit(1)
        return connection.execute(query).first() is not None


def _serve(arguments: Sequence[str]) -> None:
    database, api, token, rate = arguments
    for _ in sys.stdin:
        child = os.fork()
        if not child:
            asyncio.run(send(database, api, token, float(rate)))
            os._exit(0)
        print(child, flush=True)
        sys.stdin.readline()  # until then the id stays the child's, so that nobody else can be killed by it
        status = os.waitpid(child, 0)[1]
        print(os.waitstatus_to_exitcode(status), flush=True)


if __name__ == "__main__":
    _serve(sys.argv[1:])
