"""Health and figures of a running bot, put together."""

from collections.abc import Callable
from datetime import UTC, datetime

from aiohttp import web
from prometheus_client import CollectorRegistry, Gauge
from prometheus_client.exposition import choose_encoder
from telegram.ext import ContextTypes

from bot.delivery.clock import Clock
from bot.monitoring.health import Health
from bot.monitoring.look import Look
from bot.monitoring.metrics import Metrics, Snapshot
from bot.monitoring.server import Server
from bot.monitoring.standing import Standing, StoreStanding

__all__ = ["Monitoring"]

_KEPT, _LONG_KEPT = 1.0, 5.0  # seconds
_PATIENCE = 1.0
"""Seconds that a look may take: those who ask whether a service is ready wait no longer."""


class Monitoring:
    """Listens to the bot in ``metrics`` and serves what it knows.

    ``database`` and ``index`` as the settings have them; ``stopping`` says whether the bot has been told to stop.
    """

    def __init__(
        self,
        database: str,
        index: str | None,
        host: str,
        port: int,
        *,
        clock: Clock,
        stopping: Callable[[], bool],
        registry: CollectorRegistry | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.metrics = Metrics(registry or CollectorRegistry())
        self._standing = standing = Standing(database, index, now)
        self._of_index = Look("index", standing.of_index, clock, keep=_KEPT, patience=_PATIENCE)
        self._of_store = Look("database", self._store, clock, keep=_KEPT, patience=_PATIENCE)
        self._of_digests = Look("digests", standing.of_digests, clock, keep=_LONG_KEPT, patience=_PATIENCE)
        self._health = Health(self._of_index, self._of_store, stopping)
        pages = {"/healthz": self._healthz, "/readyz": self._readyz, "/metrics": self._metrics}
        self._server = Server(host, port, pages)

    def gauge(self, name: str, text: str, read: Callable[[], float]) -> None:
        """Have ``read`` called at each scrape, for a figure that is at hand."""
        Gauge(name, text, registry=self.metrics.registry).set_function(read)

    async def start(self) -> None:
        """Begin to serve. Raises SettingsError when the port cannot be used."""
        await self._server.start()

    def receiving(self) -> None:
        """Telegram's updates can come now."""
        self._health.receiving = True

    async def on_error(self, _update: object, _context: ContextTypes.DEFAULT_TYPE) -> None:
        """Count an unexpected error: an error handler beside the one that tells the reader."""
        self.metrics.unexpected.inc()

    async def stop(self) -> None:
        """Serve no more; wait for no database."""
        await self._server.stop()
        for look in (self._of_index, self._of_store, self._of_digests):
            await look.close()

    def _store(self) -> StoreStanding:
        index = self._standing.found  # looked at just before
        return self._standing.of_store(index.reached if index else None)

    # -- pages -----------------------------------------------------------------------------------------------------

    async def _healthz(self, _request: web.Request) -> web.Response:
        return web.Response(text="ok\n")

    async def _readyz(self, _request: web.Request) -> web.Response:
        missing = await self._health.missing()
        told = {"ready": not missing, "missing": missing}
        return web.json_response(told, status=503 if missing else 200)

    async def _metrics(self, request: web.Request) -> web.Response:
        missing = await self._health.missing()
        index, store = await self._of_index.now(), await self._of_store.now()
        # Of a database that gives no answer nothing more is asked.
        digests = await self._of_digests.now() if store else None
        self.metrics.show(Snapshot(missing, index, store, digests))
        encode, kind = choose_encoder(request.headers.get("Accept", ""))
        return web.Response(body=encode(self.metrics.registry), headers={"Content-Type": kind})
