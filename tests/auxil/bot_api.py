"""A Bot API server double: real HTTP on loopback, strict where Telegram is strict, and able to fail on request.

python-telegram-bot runs against it unmodified, by ``base_url``. It keeps every call, every message and every refusal
of its own (``complaints``), so that a test can say "and nothing was refused". With ``limits`` it answers as Telegram
does who sends too much.
"""

import asyncio
import json
import random
import re
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from aiohttp import ClientError, ClientSession, web

from tests.auxil.faults import Fault, migrated, too_many_requests
from tests.auxil.limits import Limits, Throttle
from tests.auxil.telegram_html import Entity, Parsed, RefusedError, parse_message

Json = dict[str, Any]

BOT_ID = 123456
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"
NOT_MODIFIED = (
    "Bad Request: message is not modified: specified new message content and reply markup are exactly the same as a "
    "current content and reply markup of the message"
)
# What Telegram counts as messages.
COUNTED = frozenset({"sendMessage", "sendDocument", "editMessageText"})
BAD_QUERY = "Bad Request: query is too old and response timeout expired or query ID is invalid"


class AnsweredError(Exception):
    """An error answer."""

    def __init__(self, code: int, description: str, parameters: Json | None = None) -> None:
        super().__init__(description)
        self.code = code
        self.parameters = parameters


@dataclass(frozen=True)
class Call:
    """A request as it came; ``refused`` is the description of the error it got, if any."""

    method: str
    params: Json
    refused: str | None = None

    @property
    def chat_id(self) -> int | None:
        return int(self.params["chat_id"]) if "chat_id" in self.params else None


@dataclass
class BotMessage:
    """A message of the bot as a reader sees it; ``html`` is what the bot sent."""

    chat_id: int
    message_id: int
    text: str
    html: str
    entities: tuple[Entity, ...] = ()
    keyboard: list[list[Json]] = field(default_factory=list)
    reply_to: int | None = None
    thread_id: int | None = None
    formatting_lost: bool = False
    document: str | None = None
    content: bytes = b""

    @property
    def buttons(self) -> list[str]:
        """The labels of the buttons, row by row."""
        return [button["text"] for row in self.keyboard for button in row]


@dataclass
class ChatRecord:
    """A chat the bot may write to; ``threads`` are the topics of a forum."""

    chat_id: int
    kind: str = "private"
    title: str = "Reader"
    forum: bool = False
    threads: set[int] = field(default_factory=set)

    def as_json(self) -> Json:
        name = "first_name" if self.kind == "private" else "title"
        return {"id": self.chat_id, "type": self.kind, name: self.title} | ({"is_forum": True} if self.forum else {})


@dataclass
class _Armed:
    method: str
    fault: Fault
    chat_id: int | None
    times: int
    when: Callable[[], bool]


Chance = Fault | Callable[[Json], Fault | None]
"""A fault, or what makes one that fits a call, if any does."""


class BotApi:
    """One bot's server. Use as ``async with BotApi() as api``; ``api.url`` is the base address.

    ``clock`` tells the seconds that ``limits`` are counted by.
    """

    def __init__(
        self,
        *,
        token: str = f"{BOT_ID}:" + "T" * 35,
        username: str = "on_the_record_bot",
        limits: Limits | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.token = token
        self.username = username
        self.calls: list[Call] = []
        self.complaints: list[str] = []
        self.messages: list[BotMessage] = []
        self.chats: dict[int, ChatRecord] = {}
        self.callbacks: dict[str, str | None] = {}  # id -> the notice shown; missing until answered
        self.open_callbacks: set[str] = set()
        self.inline_answers: dict[str, list[Json]] = {}
        self.commands: list[Json] = []
        self.commands_in: dict[int, list[Json]] = {}  # those of one chat
        self.files: dict[str, bytes] = {}  # what can be fetched, by file_id
        self.webhook: Json = {}
        self.webhook_statuses: list[int] = []
        self.allowed_updates: list[str] | None = None
        self.url = ""
        self.throttle = Throttle(limits, clock) if limits else None
        self.moved: dict[int, int] = {}  # chats that have become supergroups, and which
        self._faults: list[_Armed] = []
        self._at_random: tuple[float, Sequence[Chance], int] | None = None
        self._sends_to: Counter[str] = Counter()
        self.struck: list[tuple[int, Fault]] = []  # the chats and faults that chance has chosen
        self._updates: list[Json] = []
        self._confirmed = 0
        self._last_update_id = 0
        self._last_message_id = 0
        self._poll = 0
        self._closing = False
        self._changed = asyncio.Condition()
        self._runner: web.AppRunner | None = None

    # --- life ---------------------------------------------------------------------------------------------------

    async def __aenter__(self) -> "BotApi":
        app = web.Application(client_max_size=8 * 2**20)
        app.router.add_route("*", "/bot{token}/{method}", self._serve)
        app.router.add_get("/file/bot{token}/{file}", self._hand_over)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        host, port = self._runner.addresses[0][:2]
        self.url = f"http://{host}:{port}"
        return self

    async def __aexit__(self, *_: object) -> None:
        self._closing = True
        await self._notify()
        if self._runner:
            await self._runner.cleanup()

    async def until(self, condition: Callable[[], bool], *, within: float = 20.0) -> None:
        """Wait until ``condition`` holds; it is looked at after each call and each change."""
        async with self._changed:
            await asyncio.wait_for(self._changed.wait_for(condition), within)

    # --- what a test tells it -----------------------------------------------------------------------------------

    def add_chat(self, chat: ChatRecord) -> ChatRecord:
        return self.chats.setdefault(chat.chat_id, chat)

    def fail(
        self,
        method: str,
        fault: Fault,
        *,
        chat_id: int | None = None,
        times: int = 1,
        when: Callable[[], bool] = lambda: True,
    ) -> None:
        """Let the next ``times`` calls of ``method`` (in ``chat_id``, if given, and ``when`` it says) get ``fault``."""
        self._faults.append(_Armed(method, fault, chat_id, times, when))

    def fail_at_random(self, share: float, chances: Sequence[Chance], seed: int) -> None:
        """Let this share of the calls of sendMessage get one of these faults.

        Which ones depends on nothing but ``seed``, the chat, and how many calls it has had.
        """
        self._at_random = (share, chances, seed)

    def migrate(self, old: int, new: int) -> Fault:
        """A group becomes a supergroup: what goes to the old one is refused from now on, as this fault says."""
        self.moved[old] = new
        self.add_chat(ChatRecord(new, "supergroup"))
        return migrated(new)

    def next_message_id(self) -> int:
        self._last_message_id += 1
        return self._last_message_id

    async def push(self, content: Json, *, copies: int = 1, unasked: bool = False) -> int:
        """Give the bot an update, ``copies`` times with one id, as soon as it asks or by its webhook; return the id.

        A kind of update the bot did not ask for is not delivered, unless ``unasked``.
        """
        self._last_update_id += 1
        update = {"update_id": self._last_update_id, **content}
        kind = next(iter(content))
        if unasked or self.allowed_updates is None or kind in self.allowed_updates:
            if self.webhook:
                for _ in range(copies):
                    await self._deliver(update)
            else:
                self._updates += [update] * copies
        await self._notify()
        return self._last_update_id

    async def taken(self, update_id: int) -> None:
        """Wait until the bot has confirmed ``update_id`` (by polling beyond it, or by its webhook)."""
        if not self.webhook:
            await self.until(lambda: not any(update["update_id"] <= update_id for update in self._updates))

    def sent_to(self, chat_id: int) -> list[BotMessage]:
        return [message for message in self.messages if message.chat_id == chat_id]

    def calls_of(self, method: str) -> list[Call]:
        return [call for call in self.calls if call.method == method]

    # --- HTTP ---------------------------------------------------------------------------------------------------

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        try:
            params = await _params(request)
        except ConnectionResetError:  # it went away while it was telling what it wanted
            return web.Response(status=400)
        if request.match_info["token"] != self.token:
            self.calls.append(Call(method, params, "Unauthorized"))
            return _error(401, "Unauthorized")
        fault = self._armed(method, params)
        try:
            if fault and fault.kind in {"refuse", "page"}:
                raise AnsweredError(fault.code, fault.description, fault.parameters)
            act = _METHODS.get(method)
            if act is None:
                raise AnsweredError(404, "Not Found")
            result = await act(self, params)
        except AnsweredError as error:
            self.calls.append(Call(method, params, str(error)))
            await self._notify()
            if fault and fault.kind == "page":
                return web.Response(status=fault.code, text=fault.description, content_type="text/html")
            if not fault and error.code == 400:
                self.complaints.append(f"{method}: {error}")
            return _error(error.code, str(error), error.parameters)
        self.calls.append(Call(method, params))
        await self._notify()
        if fault:
            await self._spoil(request, fault)
        return web.json_response({"ok": True, "result": result})

    async def _hand_over(self, request: web.Request) -> web.Response:
        self.calls.append(Call("download", {"file": request.match_info["file"]}))
        held = self.files.get(request.match_info["file"])
        if request.match_info["token"] != self.token or held is None:
            return web.Response(status=404)
        return web.Response(body=held)

    async def _spoil(self, request: web.Request, fault: Fault) -> None:
        """Carry out the part of a fault that concerns the connection."""
        transport = request.transport
        assert transport is not None
        if fault.kind == "silence":
            async with self._changed:
                await self._changed.wait_for(lambda: self._closing or transport.is_closing())
        elif fault.kind == "cut":
            transport.write(b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n{"ok":tr')
            transport.close()
        else:
            transport.abort()

    def _armed(self, method: str, params: Json) -> Fault | None:
        for armed in self._faults:
            here = armed.chat_id is None or str(armed.chat_id) == str(params.get("chat_id"))
            if armed.method == method and here and armed.times > 0 and armed.when():
                armed.times -= 1
                return armed.fault
        if int(params.get("chat_id") or 0) in self.moved:
            return migrated(self.moved[int(params["chat_id"])])
        if wait := self.throttle.wait(int(params["chat_id"])) if self.throttle and method in COUNTED else 0:
            return too_many_requests(wait)
        return self._chosen(params) if method == "sendMessage" and self._at_random else None

    def _chosen(self, params: Json) -> Fault | None:
        """The fault that chance gives a call."""
        assert self._at_random
        share, chances, seed = self._at_random
        chat = str(params["chat_id"])
        self._sends_to[chat] += 1
        chance = random.Random(f"{seed} {chat} {self._sends_to[chat]}")
        if chance.random() >= share:
            return None
        chosen = chance.choice(chances)
        fault = chosen if isinstance(chosen, Fault) else chosen(params)
        if fault:
            self.struck.append((int(chat), fault))
        return fault

    async def _notify(self) -> None:
        async with self._changed:
            self._changed.notify_all()

    async def _deliver(self, update: Json) -> None:
        headers = {SECRET_HEADER: self.webhook["secret_token"]} if self.webhook.get("secret_token") else {}
        async with ClientSession() as session:
            try:
                async with session.post(self.webhook["url"], json=update, headers=headers) as answer:
                    self.webhook_statuses.append(answer.status)
            except ClientError:
                self.webhook_statuses.append(0)

    # --- updates ------------------------------------------------------------------------------------------------

    async def get_me(self, _params: Json) -> Json:
        return {"id": BOT_ID, "is_bot": True, "first_name": "On the Record", "username": self.username}

    async def get_updates(self, params: Json) -> list[Json]:
        if self.webhook:
            raise AnsweredError(409, "Conflict: can't use getUpdates method while webhook is active")
        if "allowed_updates" in params:
            self.allowed_updates = json.loads(params["allowed_updates"]) or None
        offset = int(params.get("offset", 0))
        self._updates = [update for update in self._updates if update["update_id"] >= offset]
        self._poll += 1
        mine = self._poll
        timeout = min(float(params.get("timeout", 0)), 10.0)
        async with self._changed:
            self._changed.notify_all()
            try:
                await asyncio.wait_for(
                    self._changed.wait_for(lambda: self._updates or self._closing or self._poll != mine),
                    timeout or 0.01,
                )
            except TimeoutError:
                return []
        if self._poll != mine:
            raise AnsweredError(409, "Conflict: terminated by other getUpdates request")
        return self._updates[:100]

    async def set_webhook(self, params: Json) -> bool:
        if not re.match(r"https://|http://127\.0\.0\.1:", params["url"]):
            raise AnsweredError(400, "Bad Request: bad webhook: An HTTPS URL must be provided for webhook")
        if not re.fullmatch(r"[A-Za-z0-9_-]{0,256}", params.get("secret_token", "")):
            raise AnsweredError(400, "Bad Request: secret token contains unallowed characters")
        self.webhook = params
        self.allowed_updates = json.loads(params.get("allowed_updates", "[]")) or None
        return True

    async def delete_webhook(self, _params: Json) -> bool:
        self.webhook = {}
        return True

    async def get_webhook_info(self, _params: Json) -> Json:
        return {
            "url": self.webhook.get("url", ""),
            "has_custom_certificate": False,
            "pending_update_count": len(self._updates),
        }

    # --- messages -----------------------------------------------------------------------------------------------

    async def send_message(self, params: Json) -> Json:
        chat = self._chat(params)
        thread = self._thread(chat, params)
        reply_to = self._reply_to(chat, params)
        parsed = _text(params)
        message = BotMessage(
            chat_id=chat.chat_id,
            message_id=self.next_message_id(),
            text=parsed.text,
            html=params["text"],
            entities=parsed.entities,
            keyboard=_keyboard(params),
            reply_to=reply_to,
            thread_id=thread,
            formatting_lost=parsed.formatting_lost,
        )
        self.messages.append(message)
        return self.as_json(message)

    async def send_document(self, params: Json) -> Json:
        chat = self._chat(params)
        document = params["document"]
        if not isinstance(document, web.FileField):
            raise AnsweredError(400, "Bad Request: wrong file identifier/HTTP URL specified")
        message = BotMessage(chat.chat_id, self.next_message_id(), "", "", thread_id=self._thread(chat, params))
        message.document, message.content = document.filename, document.file.read()
        self.messages.append(message)
        return self.as_json(message)

    async def get_file(self, params: Json) -> Json:
        """Telegram hands over no file of more than 20 MB."""
        name = params["file_id"]
        if name not in self.files:
            raise AnsweredError(400, "Bad Request: wrong file_id or the file is temporarily unavailable")
        if len(self.files[name]) > 20 * 2**20:
            raise AnsweredError(400, "Bad Request: file is too big")
        return {"file_id": name, "file_unique_id": f"u-{name}", "file_size": len(self.files[name]), "file_path": name}

    async def edit_message_text(self, params: Json) -> Json:
        message = self._message(params, "edit")
        parsed, keyboard = _text(params), _keyboard(params)
        if (parsed.text, parsed.entities, keyboard) == (message.text, message.entities, message.keyboard):
            raise AnsweredError(400, NOT_MODIFIED)
        message.text, message.entities, message.keyboard = parsed.text, parsed.entities, keyboard
        message.html = params["text"]
        return self.as_json(message)

    async def edit_message_reply_markup(self, params: Json) -> Json:
        message = self._message(params, "edit")
        keyboard = _keyboard(params)
        if keyboard == message.keyboard:
            raise AnsweredError(400, NOT_MODIFIED)
        message.keyboard = keyboard
        return self.as_json(message)

    async def delete_message(self, params: Json) -> bool:
        self.messages.remove(self._message(params, "delete"))
        return True

    async def send_chat_action(self, params: Json) -> bool:
        self._chat(params)
        return True

    async def get_chat(self, params: Json) -> Json:
        return self._chat(params).as_json() | {
            "accent_color_id": 0,
            "max_reaction_count": 11,
            "accepted_gift_types": dict.fromkeys(
                (
                    "unlimited_gifts",
                    "limited_gifts",
                    "unique_gifts",
                    "premium_subscription",
                    "gifts_from_channels",
                ),
                False,
            ),
        }

    async def get_chat_member(self, params: Json) -> Json:
        self._chat(params)
        return {"status": "member", "user": {"id": int(params["user_id"]), "is_bot": False, "first_name": "Reader"}}

    # --- answers to presses and inline queries ------------------------------------------------------------------

    async def answer_callback_query(self, params: Json) -> bool:
        query = params["callback_query_id"]
        if query not in self.open_callbacks:
            raise AnsweredError(400, BAD_QUERY)
        if len(params.get("text", "")) > 200:
            raise AnsweredError(400, "Bad Request: MESSAGE_TOO_LONG")
        self.open_callbacks.remove(query)
        self.callbacks[query] = params.get("text")
        return True

    async def answer_inline_query(self, params: Json) -> bool:
        results = json.loads(params["results"])
        ids = [result["id"] for result in results]
        if len(ids) > 50:
            raise AnsweredError(400, "Bad Request: RESULTS_TOO_MUCH")
        if len(set(ids)) < len(ids):
            raise AnsweredError(400, "Bad Request: RESULT_ID_DUPLICATE")
        if not all(1 <= len(i.encode()) <= 64 for i in ids):
            raise AnsweredError(400, "Bad Request: RESULT_ID_INVALID")
        self.inline_answers[params["inline_query_id"]] = results
        return True

    async def set_my_commands(self, params: Json) -> bool:
        commands = json.loads(params["commands"])
        if len(commands) > 100:
            raise AnsweredError(400, "Bad Request: BOT_COMMANDS_TOO_MUCH")
        for command in commands:
            if not re.fullmatch(r"[a-z0-9_]{1,32}", command["command"]):
                raise AnsweredError(400, "Bad Request: BOT_COMMAND_INVALID")
            if not 1 <= len(command["description"]) <= 256:
                raise AnsweredError(400, "Bad Request: BOT_COMMAND_DESCRIPTION_INVALID")
        scope = json.loads(params.get("scope", '{"type": "default"}'))
        if scope["type"] == "chat":
            self.commands_in[self._chat(scope).chat_id] = commands
        else:
            self.commands = commands
        return True

    async def get_my_commands(self, _params: Json) -> list[Json]:
        return self.commands

    # --- looking things up --------------------------------------------------------------------------------------

    def _chat(self, params: Json) -> ChatRecord:
        chat = self.chats.get(int(params.get("chat_id") or 0))
        if chat is None:
            raise AnsweredError(400, "Bad Request: chat not found")
        return chat

    def _thread(self, chat: ChatRecord, params: Json) -> int | None:
        thread = int(params["message_thread_id"]) if params.get("message_thread_id") else None
        if thread is not None and thread not in chat.threads:
            raise AnsweredError(400, "Bad Request: message thread not found")
        return thread

    def _reply_to(self, chat: ChatRecord, params: Json) -> int | None:
        if "reply_parameters" not in params:
            return None
        reply = json.loads(params["reply_parameters"])
        exists = 0 < reply["message_id"] <= self._last_message_id
        if not exists and not reply.get("allow_sending_without_reply"):
            raise AnsweredError(400, "Bad Request: message to be replied not found")
        return reply["message_id"] if exists else None

    def _message(self, params: Json, act: str) -> BotMessage:
        chat = self._chat(params)
        for message in self.sent_to(chat.chat_id):
            if message.message_id == int(params["message_id"]):
                return message
        raise AnsweredError(400, f"Bad Request: message to {act} not found")

    def as_json(self, message: BotMessage) -> Json:
        """The message as Telegram shows it in answers and updates."""
        found: Json = {
            "message_id": message.message_id,
            "date": int(time.time()),
            "chat": self.chats[message.chat_id].as_json(),
            "from": {"id": BOT_ID, "is_bot": True, "first_name": "On the Record", "username": self.username},
            "text": message.text,
        }
        if message.thread_id:
            found |= {"message_thread_id": message.thread_id, "is_topic_message": True}
        if message.keyboard:
            found["reply_markup"] = {"inline_keyboard": message.keyboard}
        return found


async def _params(request: web.Request) -> Json:
    body = await (request.json() if request.content_type == "application/json" else request.post())
    return {**request.query, **body}


def _error(code: int, description: str, parameters: Json | None = None) -> web.Response:
    body: Json = {"ok": False, "error_code": code, "description": description}
    return web.json_response(body | ({"parameters": parameters} if parameters else {}), status=code)


def _text(params: Json) -> Parsed:
    mode = params.get("parse_mode")
    if mode not in {None, "", "HTML"}:
        raise AnsweredError(400, "Bad Request: unsupported parse_mode")
    try:
        return parse_message(params.get("text", ""), html=mode == "HTML")
    except RefusedError as error:
        raise AnsweredError(400, str(error)) from error


def _keyboard(params: Json) -> list[list[Json]]:
    if not params.get("reply_markup"):
        return []
    rows: list[list[Json]] = json.loads(params["reply_markup"])["inline_keyboard"]
    buttons = [button for row in rows for button in row]
    if len(buttons) > 100 or any(len(row) > 8 for row in rows):
        raise AnsweredError(400, "Bad Request: reply markup is too long")
    for button in buttons:
        if not button["text"].strip():
            raise AnsweredError(400, "Bad Request: text buttons are unallowed in the inline keyboard")
        if "callback_data" in button and not 1 <= len(button["callback_data"].encode()) <= 64:
            raise AnsweredError(400, "Bad Request: BUTTON_DATA_INVALID")
    return rows


_METHODS: dict[str, Callable[[BotApi, Json], Any]] = {
    "getMe": BotApi.get_me,
    "getFile": BotApi.get_file,
    "getUpdates": BotApi.get_updates,
    "setWebhook": BotApi.set_webhook,
    "deleteWebhook": BotApi.delete_webhook,
    "getWebhookInfo": BotApi.get_webhook_info,
    "sendMessage": BotApi.send_message,
    "sendDocument": BotApi.send_document,
    "editMessageText": BotApi.edit_message_text,
    "editMessageReplyMarkup": BotApi.edit_message_reply_markup,
    "deleteMessage": BotApi.delete_message,
    "sendChatAction": BotApi.send_chat_action,
    "getChat": BotApi.get_chat,
    "getChatMember": BotApi.get_chat_member,
    "answerCallbackQuery": BotApi.answer_callback_query,
    "answerInlineQuery": BotApi.answer_inline_query,
    "setMyCommands": BotApi.set_my_commands,
    "getMyCommands": BotApi.get_my_commands,
}
