"""What is posted to our address, and when it is acknowledged."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from aiohttp import ClientSession
from telegram.ext import ApplicationBuilder, TypeHandler

from bot.order import ChatOrder
from bot.sharing.turns import PutOffError
from bot.transport import TelegramRequest
from bot.webhook import CONNECTIONS, SECRET_HEADER, Webhook
from tests.auxil.bot_api import BotApi, ChatRecord
from tests.auxil.ports import free_port

SECRET = "s3cret"


class Order(ChatOrder):
    """Puts the first ``times`` updates off."""

    __slots__ = ("times",)

    async def do_process_update(self, update, coroutine):
        if self.times:
            self.times -= 1
            coroutine.close()
            raise PutOffError("not now")
        await super().do_process_update(update, coroutine)


class Served:
    """An application that notes what it handles, and ends only when told to."""

    def __init__(self, api: BotApi) -> None:
        self.api = api
        self.order = Order()
        self.order.times = 0
        self.began: list[int] = []
        self.go_on = asyncio.Event()
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}/hook"
        builder = ApplicationBuilder().token(api.token).base_url(f"{api.url}/bot").request(TelegramRequest())
        self.application = builder.concurrent_updates(self.order).job_queue(None).build()
        self.application.add_handler(TypeHandler(object, self._handle))
        self.webhook = Webhook(self.application, "127.0.0.1", self.port)

    async def _handle(self, update, _context) -> None:
        self.began.append(update.update_id)
        await self.go_on.wait()

    async def post(self, number: int, chat: int = 7) -> int:
        content = {"message_id": 1, "date": 1, "chat": ChatRecord(chat).as_json(), "text": "x"}
        update = {"update_id": number, "message": content}
        async with (
            ClientSession(headers={SECRET_HEADER: SECRET}) as session,
            session.post(self.url, json=update) as answer,
        ):
            return answer.status

    async def begun(self, count: int) -> None:
        while len(self.began) < count:
            await asyncio.sleep(0.005)


@pytest.fixture
async def served() -> AsyncIterator[Served]:
    async with BotApi() as api:
        served = Served(api)
        async with served.application:
            await served.application.start()
            await served.webhook.start(served.url, "/hook", SECRET)
            yield served
            served.go_on.set()
            await served.webhook.stop()
            await served.application.stop()


async def test_an_update_is_acknowledged_when_it_is_done_with_and_once_for_all_that_ask(served):
    posts = [asyncio.ensure_future(served.post(1))]
    await served.begun(1)
    posts += [asyncio.ensure_future(served.post(number, chat)) for number, chat in ((1, 7), (1, 7), (2, 8))]
    await served.begun(2)
    await asyncio.sleep(0.05)
    assert not any(post.done() for post in posts)
    served.go_on.set()
    assert await asyncio.gather(*posts) == [200] * 4
    assert await served.post(1) == 200
    assert served.began == [1, 2]


async def test_what_is_put_off_is_not_acknowledged_and_may_come_again(served, log):
    served.go_on.set()
    served.order.times = 1
    assert [await served.post(1), await served.post(1)] == [503, 200]
    assert served.began == [1]
    assert "update put off" in log.getvalue()


async def test_who_stops_finishes_and_acknowledges_what_is_in_hand_and_takes_no_more(served):
    first = asyncio.ensure_future(served.post(1))
    await served.begun(1)
    async with ClientSession(headers={SECRET_HEADER: SECRET}) as kept_open:
        async with kept_open.get(served.url) as answer:
            assert answer.status == 405
        stopping = asyncio.ensure_future(served.webhook.stop())
        await asyncio.sleep(0.05)
        async with kept_open.post(served.url, json={"update_id": 2}) as answer:
            assert answer.status == 503
        assert not stopping.done()
        served.go_on.set()
        assert await first == 200
    await stopping


async def test_telegram_may_have_many_under_way(served):
    assert int(served.api.webhook["max_connections"]) == CONNECTIONS
