"""A broadcast as a whole: nothing lost, nothing twice, at the rate that is allowed, replies first, killed or not."""

import asyncio
import os
import random
import signal
import statistics

import pytest

from bot.render import Message
from bot.sending import Outcome, Target
from knowledge.store.database import open_engine
from tests.auxil.bot_api import BotApi, ChatRecord
from tests.auxil.clock import Naps
from tests.auxil.limits import Limits
from tests.auxil.post import (
    LONG_AGO,
    PERHAPS,
    came,
    fail_in_every_way,
    fill,
    gone_of,
    lost,
    posting,
    repeated,
    unmarked,
)
from tests.auxil.post_child import Children, in_flight, unsettled
from tests.auxil.records import blank_store

PEOPLE = range(1, 81)
GROUPS = range(-20, 0)
CHATS = [*PEOPLE, *GROUPS]
ASKING = range(1000, 1030)
KILLS = 5


@pytest.fixture
def database(tmp_path):
    return blank_store(tmp_path / "post.db")


@pytest.fixture
def engine(database):
    engine = open_engine(database, create=False)
    yield engine
    engine.dispose()


def with_chats(api):
    for chat in (*PEOPLE, *ASKING):
        api.add_chat(ChatRecord(chat))
    for chat in GROUPS:
        api.add_chat(ChatRecord(chat, "group", "Newsroom"))
    return api


async def ask(post, chat):
    """How long a reply to a chat that asks now takes, in seconds."""
    await post.clock.sleep(chance.uniform(0, 8))
    asked = post.clock()
    sent = await post.sender.send(Target(chat), Message(f"reply {chat}", f"reply {chat}"))
    assert sent.outcome is Outcome.SENT
    return post.clock() - asked


chance = random.Random(5)


async def test_all_of_a_broadcast_arrives_once_as_fast_as_it_may_and_replies_do_not_wait(engine):
    clock = Naps()
    fill(engine, CHATS, 3)
    async with BotApi(limits=Limits(), clock=clock) as api, posting(engine, with_chats(api), clock) as post:
        waits = await asyncio.gather(*(ask(post, chat) for chat in ASKING))
        await post.until_settled(60)
    arrived = came(api)
    assert lost(arrived, CHATS, 3) == repeated(arrived) == []
    assert api.throttle.refused == 0
    times = [seconds for seconds, _ in api.throttle.taken]
    assert len(times) / (max(times) - min(times)) >= 0.95 * 30
    assert statistics.quantiles(waits, n=100)[98] < 0.5
    assert api.complaints == []


@pytest.mark.parametrize("seed", [1, 2])
async def test_nor_is_anything_lost_or_repeated_unmarked_when_calls_fail_in_every_way(engine, seed):
    clock = Naps()
    fill(engine, CHATS, 3)
    async with BotApi(limits=Limits(), clock=clock) as api:
        fail_in_every_way(with_chats(api), 0.2, seed)
        async with posting(engine, api, clock) as post:
            await post.until_settled()
    arrived = came(api)
    gone = gone_of(api.struck)
    assert 0 < len(gone) < 30
    assert lost(arrived, [chat for chat in CHATS if chat not in gone], 3) == []
    assert unmarked(arrived) == []
    assert 0 < len(repeated(arrived)) <= sum(fault in PERHAPS for _, fault in api.struck)


async def test_killed_again_and_again_it_loses_nothing_and_marks_what_it_may_repeat(database, engine):
    fill(engine, CHATS, 3, due=LONG_AGO)
    sending = set()
    draw = random.Random(7)
    async with BotApi() as api, Children(database, with_chats(api), 1000) as children:
        for _ in range(KILLS):
            child = await children.start()
            some = len(api.messages) + draw.randint(1, 2 * len(CHATS) // KILLS)
            await api.until(lambda some=some: len(api.messages) >= some)
            os.kill(child, signal.SIGKILL)
            assert await children.exit_code() == -signal.SIGKILL
            sending |= in_flight(engine)
        child = await children.start()
        while unsettled(engine):
            await asyncio.sleep(0.05)
        os.kill(child, signal.SIGKILL)
        await children.exit_code()
    arrived = came(api)
    assert lost(arrived, CHATS, 3) == unmarked(arrived) == []
    assert set(repeated(arrived)) <= sending
