"""Of several workers on one database one watches the feeds, and another when that one is gone."""

import asyncio
from collections.abc import AsyncIterator, Iterator

import pytest

from bot.watch import alone
from knowledge.store.claims import Claims
from knowledge.store.database import open_engine
from tests.auxil.postgres import Postgres


@pytest.fixture
def url(postgres: Postgres) -> Iterator[str]:
    with postgres.blank() as address:
        yield address


class Worker:
    """Notes when it works, and when it was told to end."""

    def __init__(self, url: str) -> None:
        self.engine = open_engine(url, create=False)
        self.claims = Claims(self.engine)
        self.began, self.works, self.fails = 0, False, False
        self.stop = asyncio.Event()
        self.task = asyncio.ensure_future(alone(self.claims, self._work, self.stop, look_every=0.02))

    async def _work(self, stop: asyncio.Event) -> None:
        self.began, self.works = self.began + 1, True
        await stop.wait()
        self.works = False
        if self.fails:
            raise ValueError("cannot work")

    async def ended(self) -> None:
        self.stop.set()
        await self.task


@pytest.fixture
async def workers(url: str) -> AsyncIterator[list[Worker]]:
    workers = [Worker(url) for _ in range(3)]
    yield workers
    for worker in workers:
        worker.stop.set()
    await asyncio.gather(*(worker.task for worker in workers), return_exceptions=True)
    for worker in workers:
        worker.claims.close()
        worker.engine.dispose()


async def only(workers: list[Worker]) -> Worker:
    """The one that works, once one does."""
    async with asyncio.timeout(20):
        while not any(worker.works for worker in workers):
            await asyncio.sleep(0.01)
    (one,) = [worker for worker in workers if worker.works]
    return one


async def test_one_works_and_another_when_it_is_gone(workers):
    first = await only(workers)
    await asyncio.sleep(0.2)
    assert await only(workers) is first
    await first.ended()
    first.claims.close()
    second = await only(workers)
    assert second is not first
    assert (first.began, second.began) == (1, 1)


async def test_one_whose_connection_is_lost_works_no_longer_unless_it_is_its_turn_again(workers, postgres, url):
    first = await only(workers)
    for worker in workers:
        if worker is not first:
            await worker.ended()
    postgres.cut_off(url)
    async with asyncio.timeout(20):
        while first.began < 2:
            await asyncio.sleep(0.01)
    assert first.works


async def test_a_failure_is_its_callers(workers):
    first = await only(workers)
    first.fails = True
    with pytest.raises(ValueError, match="cannot work"):
        await first.ended()
