"""Updates as Telegram sends them to our address. It is told that one has come only when that is done with.

What is not acknowledged Telegram sends again, for a day, and perhaps to another process: so a bot that is killed loses
nothing. Of one chat it sends one update after the other.
"""

import asyncio
import hmac
import json
import logging
from contextlib import suppress
from typing import Any

import structlog
from aiohttp import web
from telegram import Update
from telegram.ext import Application

from bot.handlers import ALLOWED_UPDATES
from bot.handlers.errors import describe

__all__ = ["CONNECTIONS", "SECRET_HEADER", "Webhook"]

CONNECTIONS = 100
"""Updates that Telegram may have under way at a time, over all processes; it is the most that it allows."""

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105  (the header's name)

_LARGEST = 2**20  # bytes; an update is some thousand
_LAST_MOMENT = 2.0  # seconds in which what has been done is acknowledged when the bot stops

_log = structlog.get_logger(__name__)


class Webhook:
    """Listens on ``host`` and ``port`` for what is posted to the ``path`` with the ``secret``.

    What comes while the same update is in hand, which Telegram sends again after a minute, waits for that.
    """

    def __init__(self, application: Application[Any, Any, Any, Any, Any, Any], host: str, port: int) -> None:
        self._application = application
        self._host = host
        self._port = port
        self._path, self._secret = "/", ""
        self._in_hand: dict[int, asyncio.Task[None]] = {}
        self._runner: web.AppRunner | None = None
        self._stopping = False

    async def start(self, url: str, path: str, secret: str) -> None:
        """Listen, and have Telegram send to ``url``; again, when the second has failed, for that alone.

        Raises OSError when the port cannot be used, TelegramError when Telegram refuses or cannot be reached.
        """
        self._path, self._secret = path, secret
        if self._runner is None:
            await self._listen()
        await self._application.bot.set_webhook(
            url, secret_token=secret, allowed_updates=ALLOWED_UPDATES, max_connections=CONNECTIONS
        )

    async def take_no_more(self) -> None:
        """Listen no more; what is in hand goes on."""
        self._stopping = True
        if self._runner:
            for site in list(self._runner.sites):
                await site.stop()

    async def stop(self) -> None:
        """Finish what is in hand, and tell Telegram so."""
        await self.take_no_more()
        if self._in_hand:
            await asyncio.wait(self._in_hand.values())
        if self._runner:
            await self._runner.cleanup()

    async def _listen(self) -> None:
        application = web.Application(client_max_size=_LARGEST)
        application.router.add_route("*", "/{path:.*}", self._serve)
        # Nothing is logged of requests: aiohttp shows whole those it cannot read.
        unheard = logging.Logger(__name__, logging.CRITICAL + 1)
        runner = web.AppRunner(application, access_log=None, logger=unheard, shutdown_timeout=_LAST_MOMENT)
        await runner.setup()
        try:
            await web.TCPSite(runner, self._host, self._port).start()
        except BaseException:
            await runner.cleanup()
            raise
        self._runner = runner

    async def _serve(self, request: web.Request) -> web.Response:
        if request.rel_url.raw_path != self._path:
            return web.Response(status=404)
        if request.method != "POST":
            return web.Response(status=405, headers={"Allow": "POST"})
        if not hmac.compare_digest(request.headers.get(SECRET_HEADER, "").encode(), self._secret.encode()):
            return web.Response(status=403)
        if self._stopping:
            return web.Response(status=503)
        try:
            content = json.loads(await request.read())  # raises aiohttp's 413 when it is too large
        except ValueError:
            return web.Response(status=400)
        try:
            update = Update.de_json(content, self._application.bot)
        except Exception as error:  # noqa: BLE001  (it would be the same the next time, and hold up its chat)
            _log.error("bug: update not read", **describe(error))
            return web.Response()
        return web.Response(status=200 if await self._taken(update) else 503)

    async def _taken(self, update: Update) -> bool:
        """Whether an update is done with."""
        number = update.update_id
        working = self._in_hand.get(number)
        if working is None:
            working = self._in_hand[number] = asyncio.ensure_future(self._work(update))
            working.add_done_callback(lambda _: self._in_hand.pop(number))
        with suppress(Exception):  # logged where it arose
            await asyncio.shield(working)
        return working.done() and not working.cancelled() and working.exception() is None

    async def _work(self, update: Update) -> None:
        try:
            work = self._application.process_update(update)
            await self._application.update_processor.process_update(update, work)
        except Exception as error:
            _log.warning("update put off", update_id=update.update_id, **describe(error))
            raise
