"""The handlers over real HTTP, with whatever is behind them passed in."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web
from telegram.ext import ApplicationBuilder

from bot.delivery.pacing import Pacing
from bot.handlers import ALLOWED_UPDATES, Desk, register
from bot.limits import Limits
from bot.newsroom import Newsroom
from bot.order import ChatOrder
from bot.replies import Reply
from bot.sending import Sender
from tests.auxil.bot_api import BotApi, Call
from tests.auxil.clock import Naps
from tests.auxil.driver import Bot, plain_http
from tests.auxil.fake_conversation import FakeConversation, reply

BOT = {"id": 123456, "is_bot": True, "first_name": "On the Record"}


class Clock:
    """Seconds that pass when told to."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class Api(BotApi):
    """The double, knowing who is an admin: ``admins`` are pairs of a chat and a person."""

    def __init__(self) -> None:
        super().__init__()
        self.admins: set[tuple[int, int]] = set()

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        if request.match_info["method"] != "getChatMember":
            return await super()._serve(request)
        params = await request.json()
        pair = (int(params["chat_id"]), int(params["user_id"]))
        if pair not in self.admins:
            return await super()._serve(request)
        self.calls.append(Call("getChatMember", params))
        rights = (
            "can_be_edited is_anonymous can_manage_chat can_delete_messages can_manage_video_chats "
            "can_restrict_members can_promote_members can_change_info can_invite_users can_post_stories "
            "can_edit_stories can_delete_stories"
        )
        member = {"status": "administrator", "user": {"id": pair[1], "is_bot": False, "first_name": "Admin"}}
        return web.json_response({"ok": True, "result": member | dict.fromkeys(rights.split(), False)})


class SlowDesk(Desk):
    """A desk at which the chats in ``slow`` wait for ``released`` before they are written to."""

    def __init__(self, conversation, sender) -> None:
        super().__init__(conversation, sender)
        self.slow, self.released = set(), asyncio.Event()

    async def deliver(self, target, reply: Reply) -> None:
        if target.chat_id in self.slow:
            await self.released.wait()
        await super().deliver(target, reply)


class FakeSubscriptions:
    """Keeps every call in ``heard``; presses that end in "stale" bring nothing."""

    def __init__(self) -> None:
        self.heard, self.awaited = [], set()
        self.new = 0
        self.left_out = 3
        self.back_and_resting = set()

    async def command(self, telegram, thread, name, argument):
        self.heard.append(("command", telegram, thread, name, argument))
        return reply(f"/{name} [{argument}]")

    async def follow(self, telegram, thread, payload):
        self.heard.append(("follow", telegram, thread, payload))
        return reply(f"follow {payload}")

    async def press(self, telegram, thread, action):
        self.heard.append(("press", telegram, thread, action))
        return None if action.endswith("stale") else reply(f"pressed {action}")

    def awaits_zone(self, telegram):
        return telegram in self.awaited

    async def take_zone(self, telegram, thread, text):
        self.awaited.discard(telegram)
        self.heard.append(("zone", telegram, thread, text))
        return reply(f"zone {text}") if text == "Berlin" else None

    async def digest_now(self, telegram, thread):
        self.heard.append(("digest", telegram, thread))
        return None if self.new else reply("Nothing new")

    async def rest(self, telegram, message):
        self.heard.append(("rest", telegram, message))
        return self.left_out

    async def mydata(self, telegram, remembered=None):
        self.heard.append(("mydata", telegram, remembered))
        return b"{}"

    async def forget(self, telegram):
        self.heard.append(("forget", telegram))
        return True

    async def gone(self, telegram, reason):
        self.heard.append(("gone", telegram, reason))

    async def back(self, telegram):
        self.heard.append(("back", telegram))
        return True

    async def heard_from(self, telegram):
        self.heard.append(("heard", telegram))

    async def rests_since_gone(self, telegram):
        rests = telegram in self.back_and_resting
        self.back_and_resting.discard(telegram)
        return rests

    async def migrate(self, old, new):
        self.heard.append(("migrate", old, new))
        return True

    @property
    def changes(self):
        """The calls but for who was heard from."""
        return [call for call in self.heard if call[0] != "heard"]


@asynccontextmanager
async def serving(
    conversation=None,
    subscriptions=None,
    *,
    limits: Limits | None = None,
    clock: Clock | None = None,
    admins=frozenset(),
    api: Api | None = None,
    **settings,
) -> AsyncIterator[Bot]:
    """Run the handlers, polling, for the length of the block; ``bot.desk`` is what they send with."""
    clock, naps = clock or Clock(), Naps()
    order = ChatOrder()
    async with api or Api() as server:
        application = (
            ApplicationBuilder()
            .token(server.token)
            .base_url(f"{server.url}/bot")
            .request(plain_http(clock=naps))
            .get_updates_request(plain_http())
            .concurrent_updates(order)
            .job_queue(None)
            .build()
        )
        desk = SlowDesk(conversation or FakeConversation(), Sender(application.bot, Pacing(1000, naps)))
        register(
            application,
            desk,
            Newsroom("sqlite:////nonexistent/none.db"),
            subscriptions if subscriptions is not None else FakeSubscriptions(),
            frozenset(admins),
            limits=limits or Limits(clock, questions=10_000, presses=10_000),
            clock=clock,
            **settings,
        )
        async with application:
            await application.start()
            await application.updater.start_polling(allowed_updates=ALLOWED_UPDATES)
            bot = Bot(server, application)
            bot.desk, bot.order = desk, order
            try:
                yield bot
            finally:
                await application.updater.stop()
                await application.stop()
                desk.close()
