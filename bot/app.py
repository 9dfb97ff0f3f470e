"""The Telegram bot put together, started and stopped. Importing this module does nothing."""

import asyncio
import gc
import os
import signal
import sys
from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any, TextIO
from urllib.parse import urlsplit

import structlog
from telegram import BotCommandScope, BotCommandScopeChat, BotCommandScopeDefault
from telegram.error import BadRequest, Conflict, InvalidToken, NetworkError, RetryAfter, TelegramError
from telegram.ext import Application, ApplicationBuilder
from telegram.request import BaseRequest

from bot import logs, texts
from bot.admin_texts import ADMIN_COMMANDS
from bot.conversation import Conversation
from bot.delivery.clock import Clock, SystemClock
from bot.delivery.editor import Editor
from bot.delivery.pacing import Pacing
from bot.delivery.service import Delivery
from bot.delivery.thread import Thread
from bot.handlers import ALLOWED_UPDATES, Desk, register
from bot.limits import Limits
from bot.monitoring.conversation import ObservedConversation
from bot.monitoring.observer import Observer
from bot.newsroom import Newsroom
from bot.order import AT_ONCE, ChatOrder
from bot.sending import Sender
from bot.settings import Settings
from bot.sharing.memory import Remembering, SharedMemory
from bot.sharing.turns import SharedTurns
from bot.subscribing.desk import SubscriptionDesk
from bot.transport import TelegramRequest
from bot.webhook import Webhook
from bot.worker import Worker, worker_command
from knowledge.errors import SettingsError

if TYPE_CHECKING:
    from bot.monitoring.service import Monitoring

__all__ = ["build_application", "run", "serve"]

App = Application[Any, Any, Any, Any, Any, Any]

# More connections than updates in hand, or a reply would wait for one and fail.
CONNECTIONS = 2 * AT_ONCE
FIRST_RETRY, LAST_RETRY = 1.0, 30.0

_log = structlog.get_logger(__name__)


def build_application(
    settings: Settings,
    conversation: Conversation,
    *,
    newsroom: Newsroom | None = None,
    request: BaseRequest | None = None,
    clock: Clock | None = None,
) -> App:
    """Return the application, wired but not started. ``settings.token`` must be set.

    ``newsroom`` replaces the one over ``settings.database``; ``request`` the HTTP client of everything but polling;
    ``clock`` the time that messages wait by. Digests are made by ``serve`` only.
    """
    return _assemble(settings, conversation, newsroom, request=request, clock=clock or SystemClock()).application


def run(settings: Settings, conversation: Conversation) -> int:
    """Answer in Telegram until Ctrl-C or SIGTERM; return the exit code. Sets up the log."""
    hide = [secret.get_secret_value() for secret in (settings.token, settings.webhook_secret) if secret]
    logs.configure(level=settings.log_level, as_json=settings.log_json, hide=hide)
    try:
        worker = Worker(worker_command(settings.database))
        # What is loaded by now stays: to look through it for garbage again and again would hold answers up each time.
        gc.freeze()
        return asyncio.run(serve(settings, conversation, worker=worker, digests=True))
    except KeyboardInterrupt:  # where signals cannot be handled: Windows
        return 130


async def serve(
    settings: Settings,
    conversation: Conversation,
    *,
    out: TextIO | None = None,
    err: TextIO | None = None,
    stop: asyncio.Event | None = None,
    newsroom: Newsroom | None = None,
    worker: Worker | None = None,
    digests: bool = False,
    request: BaseRequest | None = None,
    clock: Clock | None = None,
) -> int:
    """Answer in Telegram until a signal, or ``stop`` is set; return the exit code.

    0 when told to stop, with everything in hand finished; 1 when it cannot go on (another program with the same token,
    an address that cannot be used) and 2 when it never will (no token, a wrong one), after one line on ``err`` that
    says so. The
    ``worker``, when there is one, lives as long as the bot. ``digests``: those that are due are made and sent.
    """
    out, err = out or sys.stdout, err or sys.stderr
    if settings.token is None:
        print(texts.CREDENTIAL_MISSING, file=err, flush=True)
        return 2
    end = _End(stop)
    clock = clock or SystemClock()
    monitoring = _monitoring(settings, clock, end) if settings.metrics_port else None
    parts = _assemble(
        settings,
        conversation,
        newsroom,
        request=request,
        clock=clock,
        observer=monitoring.metrics if monitoring else None,
        token_refused=lambda: end.because(texts.CREDENTIAL_REFUSED),
    )
    application, webhook, delivery = parts.application, _webhook(parts.application, settings), None
    with _signals(end):
        try:
            if monitoring:
                await _monitor(monitoring, parts, worker)
            insist = _Insistence(settings.api_url, err, clock)
            if await _unless_ended(end, _start(application, webhook, settings, end, insist)):
                if worker:
                    worker.start()
                if digests:
                    delivery = _delivery(settings, parts, clock, end)
                    delivery.start()
                how = "webhook" if settings.webhook_url else "polling"
                if monitoring:
                    monitoring.receiving()
                print(texts.running(application.bot.username, how), file=out, flush=True)
                await end.wait()
                if end.reason is None:
                    print(texts.STOPPING, file=out, flush=True)
        except (InvalidToken, Conflict, BadRequest, SettingsError, OSError) as error:
            end.because(_why(error, settings))
        finally:
            parts.hurry()
            await _take_no_more(application, webhook)
            if delivery:
                await delivery.stop()
            await _stop(application, webhook, parts.desk)
            if worker:
                await worker.stop()
            if monitoring:
                await monitoring.stop()
    if end.reason is None:
        return 0
    print(end.reason, file=err, flush=True)
    return 2 if end.reason == texts.CREDENTIAL_REFUSED else 1


def _why(error: Exception, settings: Settings) -> str:
    """The line for the operator when this is what came of the start."""
    match error:
        case InvalidToken():
            return texts.CREDENTIAL_REFUSED
        case Conflict():
            return texts.ALREADY_RUNNING
        case BadRequest():
            return texts.webhook_refused(logs.redact(str(error)))
        case OSError():
            reason = error.strerror or type(error).__name__
            return texts.cannot_listen("ONRECORD_WEBHOOK_PORT", settings.webhook_listen, settings.webhook_port, reason)
    return str(error)


# --- putting together -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Parts:
    """The bot's parts that ``serve`` has to do with."""

    application: App
    shared: SharedTurns | None
    order: ChatOrder
    desk: Desk
    newsroom: Newsroom
    subscriptions: SubscriptionDesk
    editor: Editor
    sender: Sender
    pacing: Pacing

    def hurry(self) -> None:
        """The bot is stopping: give up what would need a long wait."""
        self.newsroom.hurry()
        self.desk.hurry()
        if self.shared:
            self.shared.hurry()


def _assemble(
    settings: Settings,
    conversation: Conversation,
    newsroom: Newsroom | None,
    *,
    request: BaseRequest | None,
    clock: Clock,
    token_refused: Callable[[], None] | None = None,
    observer: Observer | None = None,
) -> _Parts:
    if settings.token is None:
        raise ValueError(texts.CREDENTIAL_MISSING)
    observer = observer or Observer()
    shared, memory = _shared(settings, conversation, clock)
    order = ChatOrder(observer=observer, shared=shared)
    application: App = (
        ApplicationBuilder()
        .token(settings.token.get_secret_value())
        .base_url(f"{settings.api_url}/bot")
        .base_file_url(f"{settings.api_url}/file/bot")
        .request(request or TelegramRequest(connection_pool_size=CONNECTIONS, read_timeout=15, pool_timeout=15))
        .get_updates_request(_Polling(token_refused))
        .concurrent_updates(order)
        .job_queue(None)
        .post_init(_offer_commands(conversation, settings.admins))
        .build()
    )
    pacing = Pacing(settings.send_rate, clock)
    sender = Sender(application.bot, pacing, paid=settings.paid_broadcast, observer=observer)
    desk = Desk(ObservedConversation(conversation, observer), sender, memory)
    newsroom = newsroom or Newsroom(settings.database, index=settings.index)
    editor = Editor(settings.database, index=settings.index)
    subscriptions = SubscriptionDesk(settings.database, index=settings.index, editor=editor)

    def close() -> None:
        for part in (desk, newsroom, subscriptions):
            part.close()
        if shared:
            shared.close()
        # In a thread: somebody may be waiting there for a database that does not answer.
        closing = Thread("editor's end")
        closing.submit(editor.close)
        closing.shutdown(wait=False)

    order.on_shutdown(close)
    register(
        application,
        desk,
        newsroom,
        subscriptions,
        frozenset(settings.admins),
        limits=Limits(clock),
        log_questions=settings.log_questions,
        clock=clock,
    )
    return _Parts(application, shared, order, desk, newsroom, subscriptions, editor, sender, pacing)


def _shared(
    settings: Settings, conversation: Conversation, clock: Clock
) -> tuple[SharedTurns | None, SharedMemory | None]:
    """What a bot shares with its other processes, where it may have some.

    Raises StoreError when the database cannot be used.
    """
    if not settings.shared or not isinstance(conversation, Remembering):
        return None, None
    from knowledge.store.database import open_engine

    engine = open_engine(settings.database, create=True)
    memory = SharedMemory(engine, conversation)
    return SharedTurns(engine, memory, clock), memory


def _delivery(settings: Settings, parts: _Parts, clock: Clock, end: "_End") -> Delivery:
    from bot.delivery.postman import Postman
    from knowledge.store.database import open_engine

    postman = Postman(
        open_engine(settings.database, create=True),
        parts.sender,
        parts.pacing,
        clock,
        lambda: datetime.now(UTC),
        on_token_refused=lambda: end.because(texts.CREDENTIAL_REFUSED),
        on_gone=parts.subscriptions.note_gone,
    )
    parts.subscriptions.nudge = postman.nudge
    return Delivery(parts.editor, postman, clock)


def _monitoring(settings: Settings, clock: Clock, end: "_End") -> "Monitoring":
    from bot.monitoring.service import Monitoring  # imported late: most bots have none

    where = settings.metrics_listen, settings.metrics_port or 0
    return Monitoring(settings.database, settings.index, *where, clock=clock, stopping=lambda: end.come)


async def _monitor(monitoring: "Monitoring", parts: _Parts, worker: Worker | None) -> None:
    """Begin to serve health and figures. Raises SettingsError."""
    parts.application.add_error_handler(monitoring.on_error)
    monitoring.gauge(
        "onrecord_chats_in_hand", "Chats with an update in hand or in line.", lambda: parts.order.chats_in_hand
    )
    monitoring.gauge("onrecord_digests_halted_seconds", "How long Telegram's 429 still holds.", parts.pacing.halted)
    if worker:
        monitoring.gauge("onrecord_worker_up", "1 while the worker process lives.", lambda: worker.pid is not None)
    await monitoring.start()


def _offer_commands(conversation: Conversation, admins: Sequence[int]) -> Callable[[App], Coroutine[Any, Any, None]]:
    async def offer(application: App) -> None:
        """Set the bot's lists of commands, in admins' own chats with theirs; a bot without a list still answers."""
        lists: list[tuple[Sequence[tuple[str, str]], BotCommandScope]] = [
            (conversation.commands, BotCommandScopeDefault()),
            *(((*conversation.commands, *ADMIN_COMMANDS), BotCommandScopeChat(admin)) for admin in admins),
        ]
        for commands, scope in lists:
            try:
                await application.bot.set_my_commands(commands, scope=scope)
            except TelegramError as error:
                _log.warning("commands not offered", to=scope.type, error=type(error).__name__, reason=str(error))

    return offer


class _Polling(TelegramRequest):
    """The client that polls. PTB's polling ends without telling anybody when the token is revoked; this one tells."""

    def __init__(self, token_refused: Callable[[], None] | None) -> None:
        super().__init__(connection_pool_size=1)
        self._token_refused = token_refused

    async def do_request(self, *args: Any, **kwargs: Any) -> tuple[int, bytes]:
        code, body = await super().do_request(*args, **kwargs)
        if code in {401, 404} and self._token_refused:
            tell, self._token_refused = self._token_refused, None
            tell()
            await asyncio.Event().wait()  # until the stop that was asked for cancels this, so that PTB raises nothing
        return code, body


# --- starting and stopping --------------------------------------------------------------------------------------


class _End:
    """Why and when to stop: told to (no reason), or unable to go on (a line for the operator)."""

    def __init__(self, event: asyncio.Event | None = None) -> None:
        self._event = event or asyncio.Event()
        self.reason: str | None = None
        self.told = False  # by a signal

    @property
    def come(self) -> bool:
        return self._event.is_set()

    async def wait(self) -> None:
        await self._event.wait()

    def now(self) -> None:
        self._event.set()

    def because(self, reason: str) -> None:
        if not self.come:
            self.reason = reason
            self._event.set()


def _webhook(application: App, settings: Settings) -> Webhook | None:
    return Webhook(application, settings.webhook_listen, settings.webhook_port) if settings.webhook_url else None


async def _start(
    application: App, webhook: Webhook | None, settings: Settings, end: _End, insist: "_Insistence"
) -> None:
    await insist.on(application.initialize)
    if application.post_init:  # PTB calls it only from its own run_polling and run_webhook
        await application.post_init(application)
    await application.start()
    await insist.on(partial(_receive, application, webhook, settings, end))


async def _receive(application: App, webhook: Webhook | None, settings: Settings, end: _End) -> None:
    if webhook and settings.webhook_url:
        path = urlsplit(settings.webhook_url).path or "/"
        await webhook.start(settings.webhook_url, path, settings.webhook_secret.get_secret_value())
    elif application.updater:
        await application.updater.start_polling(allowed_updates=ALLOWED_UPDATES, error_callback=_on_polling_error(end))


class _Insistence:
    """Tries a step of the start as often as it takes: the network may come up after the bot."""

    def __init__(self, address: str, err: TextIO, clock: Clock) -> None:
        self._address = address
        self._err = err
        self._clock = clock
        self._told = False

    async def on(self, step: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Carry out ``step``, again after each failure of the network; other failures are raised."""
        delay = FIRST_RETRY
        while True:
            try:
                return await step()
            except BadRequest:  # a NetworkError to PTB, and the same the next time
                raise
            except (NetworkError, RetryAfter) as error:
                _log.warning("start put off", error=type(error).__name__, reason=str(error))
                if not self._told:
                    self._told = True
                    print(texts.cannot_reach(self._address), file=self._err, flush=True)
            await self._clock.sleep(delay)
            delay = min(LAST_RETRY, 2 * delay)


def _on_polling_error(end: _End) -> Callable[[TelegramError], None]:
    def on_error(error: TelegramError) -> None:
        """PTB polls again, more and more slowly, after this; only a second bot with our token is final."""
        if isinstance(error, Conflict):
            end.because(texts.ALREADY_RUNNING)
        else:
            _log.warning("polling put off", error=type(error).__name__, reason=str(error))

    return on_error


async def _unless_ended(end: _End, start: Coroutine[Any, Any, None]) -> bool:
    """Wait for ``start``, but no longer than until the end; say whether it is done and the end has not come."""
    starting = asyncio.ensure_future(start)
    ended = asyncio.ensure_future(end.wait())
    try:
        await asyncio.wait({starting, ended}, return_when=asyncio.FIRST_COMPLETED)
        if starting.done():
            starting.result()
        return not end.come
    finally:
        ended.cancel()
        if not starting.done():
            starting.cancel()
            with suppress(asyncio.CancelledError):
                await starting


async def _take_no_more(application: App, webhook: Webhook | None) -> None:
    if webhook:
        await webhook.take_no_more()
    updater = application.updater
    if updater and updater.running:
        await updater.stop()


async def _stop(application: App, webhook: Webhook | None, desk: Desk) -> None:
    """Finish the updates in hand, let go of everything; from any state of the start."""
    if webhook:
        await webhook.stop()
    if application.running:
        await application.stop()
    await application.shutdown()
    await application.bot.shutdown()  # what a start that failed at hello leaves open
    desk.close()


@contextmanager
def _signals(end: _End) -> Iterator[None]:
    """Ctrl-C and SIGTERM end gracefully the first time, and at once the second."""
    loop = asyncio.get_running_loop()
    caught = (signal.SIGINT, signal.SIGTERM)

    def told() -> None:
        if end.told:
            # A KeyboardInterrupt could be swallowed, or break, anywhere in the libraries. Nothing needs tidying: the
            # database is safe in a crash, and Telegram sends again what has not been confirmed.
            os._exit(130)
        end.told = True
        end.now()

    for number in caught:
        with suppress(NotImplementedError):  # Windows: Ctrl-C then comes as KeyboardInterrupt
            loop.add_signal_handler(number, told)
    try:
        yield
    finally:
        for number in caught:
            with suppress(NotImplementedError):
                loop.remove_signal_handler(number)
