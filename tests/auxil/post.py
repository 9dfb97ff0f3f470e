"""Digests that wait to be sent, a postman that sends them to a Bot API double, and what of them arrived."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from concurrent.futures import Executor
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Engine, insert, select
from telegram import Bot

from bot.delivery import texts
from bot.delivery.clock import Clock, since_boot
from bot.delivery.content import dump
from bot.delivery.pacing import Pacing
from bot.delivery.postman import Postman
from bot.render import Message
from bot.replies import Button
from bot.sending import Sender
from knowledge.store import ledger, schema
from knowledge.store.database import writing
from knowledge.store.ledger import NewDigest, Window
from tests.auxil import faults
from tests.auxil.bot_api import BotApi, Json
from tests.auxil.clock import AtOnce, Naps
from tests.auxil.driver import plain_http

LONG_AGO = datetime(2024, 5, 6, 12, 0, tzinfo=UTC)
START = datetime(2034, 5, 6, 12, 0, tzinfo=UTC)
TOGETHER = 1000


def text_of(telegram: int, number: int) -> str:
    """The text of a chat's digest of that number, 0-based."""
    return f"Digest {number} for {telegram} & all"


def content(text: str) -> str:
    """A message with that text and a button, as it is kept."""
    html = text.replace("&", "&amp;").replace("<", "&lt;")
    return dump(Message(html=f"<b>{html}</b>", plain=text, keyboard=((Button("context 1", "x:1"),),)))


def fill(engine: Engine, chats: Sequence[int], each: int, *, due: datetime = START, thread: int = 0) -> None:
    """Let so many digests of one message wait for each of these chats, which are new: first the first of all."""
    since = due.isoformat(timespec="milliseconds")
    with writing(engine).begin() as connection:
        rows = [{"telegram": chat, "zone_asked": False, "state": "active", "since": since} for chat in chats]
        connection.execute(insert(schema.chats), rows)
        keys = {row.telegram: row.id for row in connection.execute(select(schema.chats))}
        one = {"thread": thread, "kind": "everything", "target": "", "label": "everything", "without": "", "minute": 0}
        one |= {"often": "at_once", "weekday": 0, "silent": False, "paused": False, "cursor": 0, "created": since}
        connection.execute(insert(schema.subscriptions), [one | {"chat": keys[chat]} for chat in chats])
        subscriptions = {row.chat: row.id for row in connection.execute(select(schema.subscriptions))}
    for number in range(each):
        for start in range(0, len(chats), TOGETHER):
            made = [
                NewDigest(
                    chat=keys[chat],
                    thread=thread,
                    asked=False,
                    silent=False,
                    windows=(Window(subscription=subscriptions[keys[chat]], low=number, high=number + 1, due=None),),
                    items=(),
                    messages=(content(text_of(chat, number)),),
                    due=due,
                )
                for chat in chats[start : start + TOGETHER]
            ]
            assert all(ledger.record(engine, made, due))


def states(engine: Engine) -> list[Any]:
    """(state, attempts, unknowns, message, reason) of each delivery, in their order."""
    held = schema.deliveries.c
    with engine.connect() as connection:
        query = select(held.state, held.attempts, held.unknowns, held.message, held.reason).order_by(held.id)
        return [tuple(row) for row in connection.execute(query)]


class Post:
    """A postman at work in this process, until the block ends."""

    def __init__(
        self,
        engine: Engine,
        api: BotApi,
        bot: Bot,
        clock: Clock,
        now: Callable[[], datetime],
        *,
        rate: float = 30.0,
        executor: Executor | None = None,
        name: str | None = None,
        paid: bool = False,
        awake: Callable[[], float] = since_boot,
    ) -> None:
        self.engine, self.api, self.clock, self.now = engine, api, clock, now
        self.pacing = Pacing(rate, clock)
        self.sender = Sender(bot, self.pacing, paid=paid)
        self.refused: list[str] = []
        self.gone: list[int] = []
        self.postman = Postman(
            engine,
            self.sender,
            self.pacing,
            clock,
            now,
            on_token_refused=lambda: self.refused.append("refused"),
            on_gone=self.gone.append,
            name=name,
            executor=executor,
            awake=awake,
        )
        self._stop = asyncio.Event()
        self.running: asyncio.Task[None] | None = None

    def start(self) -> None:
        self.running = asyncio.create_task(self.postman.run(self._stop))

    async def stop(self) -> None:
        self._stop.set()
        if self.running:
            await self.running

    async def until(self, condition: Callable[[], bool], seconds: float = 3600.0) -> None:
        """Wait until ``condition`` holds, by the clock."""
        end = self.clock() + seconds
        while not condition():
            assert self.clock() < end, states(self.engine)[:20]
            assert self.running
            assert not self.running.done(), self.running.exception()
            await self.clock.sleep(0.25)

    async def until_settled(self, seconds: float = 3600.0) -> None:
        """Wait until every delivery is sent, has failed, or has been given up."""
        settled = select(schema.deliveries.c.id).where(schema.deliveries.c.settled.is_(None)).limit(1)

        def all_settled() -> bool:
            with self.engine.connect() as connection:
                return connection.execute(settled).first() is None

        await self.until(all_settled, seconds)


def time_by(clock: Naps) -> Callable[[], datetime]:
    """The time, as it passes by ``clock``: at first ``START``."""
    return lambda: START + timedelta(seconds=clock() - 1000)


@asynccontextmanager
async def posting(
    engine: Engine,
    api: BotApi,
    clock: Naps,
    *,
    read_timeout: float = 0.3,
    started: bool = True,
    now: Callable[[], datetime] | None = None,
    **options: Any,
) -> AsyncIterator[Post]:
    """A postman that sends by ``clock``, in which nothing happens beside the test."""
    now = now or time_by(clock)
    options = {"executor": AtOnce()} | options
    quiet = plain_http(read_timeout, clock)
    async with Bot(api.token, base_url=f"{api.url}/bot", request=quiet, get_updates_request=plain_http()) as bot:
        post = Post(engine, api, bot, clock, now, **options)
        if started:
            post.start()
        try:
            yield post
        finally:
            await post.stop()


# --- what came of it --------------------------------------------------------------------------------------------


def came(api: BotApi) -> dict[str, list[bool]]:
    """For each text that arrived, each time it did: whether it was marked as a repeat."""
    found = defaultdict(list)
    mark = f"{texts.MAY_REPEAT}\n\n"
    for message in api.messages:
        found[message.text.removeprefix(mark)].append(message.text.startswith(mark))
    return dict(found)


def lost(arrived: Mapping[str, Sequence[bool]], chats: Iterable[int], each: int) -> list[str]:
    """What never arrived of what ``fill`` lets wait."""
    return [text_of(chat, n) for chat in chats for n in range(each) if text_of(chat, n) not in arrived]


def repeated(arrived: Mapping[str, Sequence[bool]]) -> list[str]:
    """What arrived more than once."""
    return [text for text, marks in arrived.items() if len(marks) > 1]


def unmarked(arrived: Mapping[str, Sequence[bool]]) -> list[str]:
    """What arrived again without saying that it may."""
    return [text for text, marks in arrived.items() if not all(marks[1:])]


# --- every way to fail at random --------------------------------------------------------------------------------

SUPERGROUPS = -(10**9)
GONE = (faults.BLOCKED, faults.DEACTIVATED, faults.CHAT_NOT_FOUND)
PERHAPS = (faults.SILENCE, faults.DROP, faults.CUT)


def fail_in_every_way(api: BotApi, share: float, seed: int) -> None:
    """Let this share of what is sent fail, in each way of the table but a refused token, which would be the end."""

    def migrate(params: Json) -> faults.Fault | None:
        chat = int(params["chat_id"])
        return api.migrate(chat, SUPERGROUPS + chat) if SUPERGROUPS < chat < 0 else None

    def of_html(fault: faults.Fault) -> Callable[[Json], faults.Fault | None]:
        return lambda params: fault if "parse_mode" in params else None

    chances = [
        *GONE,
        *PERHAPS,
        faults.too_many_requests(1),
        of_html(faults.CANNOT_PARSE),
        of_html(faults.TOO_LONG),
        migrate,
        faults.CONFLICT,
        faults.BAD_GATEWAY,
        faults.GATEWAY_TIMEOUT,
        lambda params: faults.NO_THREAD if "message_thread_id" in params else None,
    ]
    api.fail_at_random(share, chances, seed)


def gone_of(struck: Iterable[tuple[int, faults.Fault]]) -> set[int]:
    """The chats that chance has made gone, by the numbers they had at first."""
    return {chat - SUPERGROUPS if chat < SUPERGROUPS else chat for chat, fault in struck if fault in GONE}
