"""A small web server beside the bot, in its event loop."""

import logging
from collections.abc import Awaitable, Callable, Mapping

import structlog
from aiohttp import web

from bot import texts
from knowledge.errors import SettingsError

__all__ = ["Page", "Server"]

Page = Callable[[web.Request], Awaitable[web.StreamResponse]]

_LAST_MOMENT = 0.5  # seconds that a request in hand has when the server stops

_log = structlog.get_logger(__name__)


class Server:
    """Serves ``pages`` by their paths on ``host`` and ``port``, to GET only."""

    def __init__(self, host: str, port: int, pages: Mapping[str, Page]) -> None:
        self._host = host
        self._port = port
        application = web.Application(middlewares=[_log_faults])
        application.add_routes([web.get(path, page, allow_head=False) for path, page in pages.items()])
        # Nothing is logged of requests: they come every few seconds, and aiohttp shows whole those it cannot read.
        unheard = logging.Logger(__name__, logging.CRITICAL + 1)
        self._runner = web.AppRunner(application, access_log=None, logger=unheard, shutdown_timeout=_LAST_MOMENT)

    async def start(self) -> None:
        """Begin to listen. Raises SettingsError, with the setting to change, when that cannot be done."""
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, self._host, self._port).start()
        except OSError as error:
            reason = error.strerror or type(error).__name__
            line = texts.cannot_listen("ONRECORD_METRICS_PORT", self._host, self._port, reason)
            raise SettingsError(line) from error

    async def stop(self) -> None:
        """Listen no more; what is in hand is finished or cut off soon."""
        await self._runner.cleanup()


@web.middleware
async def _log_faults(request: web.Request, handler: Page) -> web.StreamResponse:
    try:
        return await handler(request)
    except web.HTTPException:  # there is no such page
        raise
    except Exception as error:
        _log.error("bug: page failed", page=request.path, error=type(error).__name__)
        raise
