"""The judge judged: the Bot API double refuses what Telegram refuses, seen through python-telegram-bot."""

import asyncio
from contextlib import suppress

import pytest
from telegram import (
    Bot,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InlineQueryResultArticle,
    InputTextMessageContent,
    ReplyParameters,
)
from telegram.error import BadRequest, ChatMigrated, Conflict, Forbidden, InvalidToken, NetworkError, RetryAfter

from tests.auxil import faults
from tests.auxil.bot_api import BotApi, ChatRecord
from tests.auxil.driver import Chat, entities_of, plain_http
from tests.auxil.limits import Limits
from tests.auxil.telegram_html import Entity
from tests.web.clock import Clock


@pytest.fixture(autouse=True)
def waits_are_timedeltas(monkeypatch):
    """As the bot sets it."""
    monkeypatch.setenv("PTB_TIMEDELTA", "true")


@pytest.fixture
async def api():
    async with BotApi() as api:
        api.add_chat(ChatRecord(7))
        yield api


@pytest.fixture
async def bot(api):
    async with Bot(api.token, base_url=f"{api.url}/bot", request=plain_http(), get_updates_request=plain_http()) as bot:
        yield bot


def button(data, text="x"):
    return InlineKeyboardMarkup([[InlineKeyboardButton(text, callback_data=data)]])


BAD_HTML = [
    "<x>a</x>",
    "<b>a",
    "a</b>",
    "<b><i>a</b></i>",
    "<b></b>a",
    "<b><b>a</b></b>",
    "a & b",
    "a &nbsp; b",
    "a < b",
    "a > b",
    "<b class=x>a</b>",
    "<b>a</b x>",
    "<a>a</a>",
    "<a href=x>a</a>",
    '<a href="javascript:x">a</a>',
    '<a href="https://e.org/?a&b">a</a>',
    "<blockquote><blockquote>a</blockquote></blockquote>",
    "<blockquote folded>a</blockquote>",
    "<code><b>a</b></code>",
]


@pytest.mark.parametrize("html", BAD_HTML)
async def test_bad_html_is_refused(bot, api, html):
    with pytest.raises(BadRequest, match=r"(?i)can't parse entities"):
        await bot.send_message(7, html, parse_mode="HTML")
    assert len(api.complaints) == 1
    assert api.messages == []


async def test_good_html_is_shown(bot, api):
    html = ' <blockquote expandable>a <a href="https://e.org/?a&amp;b">b</a></blockquote>\n<u>c&lt;</u> '
    await bot.send_message(7, html, parse_mode="HTML")
    (message,) = api.messages
    assert message.text == "a b\nc<"
    assert [entity.kind for entity in message.entities] == ["blockquote", "text_link", "underline"]
    assert message.entities[1] == Entity("text_link", 2, 1, "https://e.org/?a&b")
    assert message.html == html
    assert api.complaints == []


@pytest.mark.parametrize("text", [" ", "\u200b\n", "a\x00b", "a" * 4097, "😀" * 2049])
async def test_texts_telegram_would_not_take(bot, text):
    with pytest.raises(BadRequest):
        await bot.send_message(7, text)


async def test_the_length_is_counted_after_parsing(bot):
    await bot.send_message(7, "<b>" + "&lt;" * 4096 + "</b>", parse_mode="HTML")


async def test_more_than_100_entities_lose_the_formatting(bot, api):
    await bot.send_message(7, "<b>a</b> " * 100, parse_mode="HTML")
    await bot.send_message(7, "<b>a</b> " * 101, parse_mode="HTML")
    assert [(len(m.entities), m.formatting_lost) for m in api.messages] == [(100, False), (0, True)]


@pytest.mark.parametrize(
    "markup",
    [button("é" * 33), button("x", " "), InlineKeyboardMarkup([[InlineKeyboardButton("x", callback_data="x")] * 9])],
)
async def test_buttons_telegram_would_not_take(bot, markup):
    with pytest.raises(BadRequest):
        await bot.send_message(7, "a", reply_markup=markup)


async def test_places_that_are_not_there(bot, api):
    with pytest.raises(BadRequest, match=r"(?i)chat not found"):
        await bot.send_message(8, "a")
    with pytest.raises(BadRequest, match=r"(?i)thread not found"):
        await bot.send_message(7, "a", message_thread_id=5)
    with pytest.raises(BadRequest, match=r"(?i)replied not found"):
        await bot.send_message(7, "a", reply_parameters=ReplyParameters(99))
    await bot.send_message(7, "a", reply_parameters=ReplyParameters(99, allow_sending_without_reply=True))
    assert api.messages[0].reply_to is None


async def test_edits(bot, api):
    sent = await bot.send_message(7, "a", reply_markup=button("x"))
    with pytest.raises(BadRequest, match=r"(?i)not modified"):
        await bot.edit_message_text("a", 7, sent.message_id, reply_markup=button("x"))
    with pytest.raises(BadRequest, match=r"(?i)not modified"):
        await bot.edit_message_reply_markup(7, sent.message_id, reply_markup=button("x"))
    with pytest.raises(BadRequest, match=r"(?i)to edit not found"):
        await bot.edit_message_text("b", 7, 99)
    await bot.edit_message_text("<b>b</b>", 7, sent.message_id, parse_mode="HTML")
    await bot.edit_message_reply_markup(7, sent.message_id, reply_markup=button("y"))
    assert (api.messages[0].text, api.messages[0].buttons) == ("b", ["x"])
    await bot.delete_message(7, sent.message_id)
    assert api.messages == []
    with pytest.raises(BadRequest, match=r"(?i)to delete not found"):
        await bot.delete_message(7, sent.message_id)


async def test_a_press_is_answered_once(bot, api):
    with pytest.raises(BadRequest, match=r"(?i)query is too old"):
        await bot.answer_callback_query("unknown")
    api.open_callbacks.add("q")
    with pytest.raises(BadRequest, match=r"(?i)too_long"):
        await bot.answer_callback_query("q", text="x" * 201)
    await bot.answer_callback_query("q", text="seen")
    assert api.callbacks == {"q": "seen"}
    with pytest.raises(BadRequest, match=r"(?i)query is too old"):
        await bot.answer_callback_query("q")


def results(*ids):
    return [InlineQueryResultArticle(i, "t", InputTextMessageContent("x")) for i in ids]


async def test_inline_answers(bot, api):
    await bot.answer_inline_query("q", results("1", "2"))
    assert [result["id"] for result in api.inline_answers["q"]] == ["1", "2"]
    for wrong in (results("1", "1"), results("x" * 65), results(*map(str, range(51)))):
        with pytest.raises(BadRequest):
            await bot.answer_inline_query("q", wrong)


async def test_commands(bot, api):
    await bot.set_my_commands([("help", "What I can do")])
    assert [command.command for command in await bot.get_my_commands()] == ["help"]
    for wrong in ([("Help", "x")], [("help", "")], [(f"c{n}", "x") for n in range(101)]):
        with pytest.raises(BadRequest):
            await bot.set_my_commands(wrong)


async def test_the_rest_of_the_methods(bot, api):
    assert (await bot.get_me()).username == api.username
    assert (await bot.get_chat(7)).id == 7
    assert (await bot.get_chat_member(7, 5)).status == "member"
    assert await bot.send_chat_action(7, "typing")
    await bot.send_document(7, b"hello", filename="a.txt")
    assert api.messages[0].document == "a.txt"
    with pytest.raises(InvalidToken):
        await bot.send_dice(7)  # a method it does not have


async def test_a_wrong_token_is_unauthorized(api):
    with pytest.raises(InvalidToken):
        async with Bot("1:wrong", base_url=f"{api.url}/bot"):
            pass
    assert api.calls[-1].refused == "Unauthorized"


# --- updates ----------------------------------------------------------------------------------------------------


async def test_updates_come_again_until_their_offset_is_confirmed(bot, api):
    for number in range(3):
        await api.push({"message": {"message_id": number, "date": 1, "chat": {"id": 7, "type": "private"}}})
    first = await bot.get_updates()
    assert [update.update_id for update in first] == [1, 2, 3]
    assert [update.update_id for update in await bot.get_updates(offset=2)] == [2, 3]
    assert await bot.get_updates(offset=4, timeout=0) == ()


async def test_a_poll_waits_for_an_update(bot, api):
    polling = asyncio.ensure_future(bot.get_updates(timeout=10))
    await api.until(lambda: api._poll == 1)
    await api.push({"message": {"message_id": 1, "date": 1, "chat": {"id": 7, "type": "private"}}})
    assert len(await polling) == 1


async def test_a_second_poll_ends_the_first(bot, api):
    first = asyncio.ensure_future(bot.get_updates(timeout=10))
    await api.until(lambda: api._poll == 1)
    async with Bot(api.token, base_url=f"{api.url}/bot") as other:
        assert await other.get_updates(timeout=0) == ()
    with pytest.raises(Conflict):
        await first


async def test_only_what_was_asked_for_is_delivered(bot, api):
    await bot.get_updates(timeout=0, allowed_updates=["callback_query"])
    await api.push({"message": {}})
    assert await bot.get_updates(timeout=0) == ()


async def test_webhooks(bot, api):
    for wrong in ({"url": "http://e.org"}, {"url": "https://e.org", "secret_token": "with space"}):
        with pytest.raises(BadRequest):
            await bot.set_webhook(**wrong)
    await bot.set_webhook("http://127.0.0.1:9/hook")
    assert (await bot.get_webhook_info()).url == "http://127.0.0.1:9/hook"
    with pytest.raises(Conflict):
        await bot.get_updates(timeout=0)
    await api.push({"message": {}})
    assert api.webhook_statuses == [0]  # nobody listens there
    await bot.delete_webhook()
    assert await bot.get_updates(timeout=0) == ()


async def test_faults_strike_as_often_as_told_and_where_told(bot, api):
    api.add_chat(ChatRecord(8))
    api.fail("sendMessage", faults.BAD_GATEWAY, chat_id=7, times=2)
    await bot.send_message(8, "a")
    for _ in range(2):
        with pytest.raises(NetworkError):
            await bot.send_message(7, "a")
    await bot.send_message(7, "a")
    assert len(api.messages) == 2
    assert api.complaints == []  # what was asked for is nobody's mistake
    assert [call.chat_id for call in api.calls_of("sendMessage")] == [8, 7, 7, 7]


async def refused_for(bot, chat_id):
    """The seconds that a message is told to wait, 0 when it comes."""
    try:
        await bot.send_message(chat_id, "a")
    except RetryAfter as error:
        return round(error.retry_after.total_seconds())
    return 0


@pytest.fixture
async def limited():
    """(server, bot, clock) where three messages a second are allowed, and four a minute in a group."""
    clock = Clock()
    limits = Limits(per_second=3, per_group_minute=4)
    async with BotApi(limits=limits, clock=clock) as api:
        for chat in (1, 2, 3, 4, -5):
            api.add_chat(ChatRecord(chat))
        async with Bot(api.token, base_url=f"{api.url}/bot", request=plain_http()) as bot:
            yield api, bot, clock


async def test_more_than_a_second_may_hold_is_refused_and_a_wait_must_be_waited(limited):
    api, bot, clock = limited
    assert [await refused_for(bot, chat) for chat in (1, 2, 3)] == [0, 0, 0]
    assert await refused_for(bot, 4) == 1
    clock.now += 0.5
    assert await refused_for(bot, 4) == 1
    clock.now += 0.5
    assert await refused_for(bot, 4) == 0
    assert api.throttle.refused == 2
    assert [chat for _, chat in api.throttle.taken] == [1, 2, 3, 4]


async def test_a_second_message_in_a_chats_second_is_refused_whatever_it_is(limited):
    _, bot, clock = limited
    sent = await bot.send_message(1, "a")
    assert await refused_for(bot, 1) == 1
    with pytest.raises(RetryAfter):
        await bot.edit_message_text("b", 1, sent.message_id)
    await bot.send_chat_action(1, "typing")
    clock.now += 1
    await bot.edit_message_text("b", 1, sent.message_id)


async def test_a_minute_of_a_group_holds_fewer(limited):
    _, bot, clock = limited
    for _ in range(4):
        assert await refused_for(bot, -5) == 0
        clock.now += 1
    assert await refused_for(bot, -5) == 56
    assert await refused_for(bot, 1) == 0


async def what_strikes(seed, order):
    """What chance makes of two messages to each of these chats, in that order."""
    async with BotApi() as api:
        for chat in order:
            api.add_chat(ChatRecord(chat))
        api.fail_at_random(0.5, [faults.BLOCKED, faults.BAD_GATEWAY], seed)
        async with Bot(api.token, base_url=f"{api.url}/bot", request=plain_http()) as bot:
            for chat in [*order, *order]:
                with suppress(NetworkError, Forbidden):
                    await bot.send_message(chat, "a")
        return sorted((chat, fault.code) for chat, fault in api.struck)


async def test_what_fails_at_random_depends_on_the_seed_alone():
    first = await what_strikes(1, range(1, 21))
    assert 10 <= len(first) <= 30
    assert {code for _, code in first} == {403, 502}
    assert await what_strikes(1, range(20, 0, -1)) == first
    assert await what_strikes(2, range(1, 21)) != first


async def test_a_group_that_has_moved_is_not_there_any_more(bot, api):
    api.add_chat(ChatRecord(-5, "group"))
    api.migrate(-5, -1005)
    for _ in range(2):
        with pytest.raises(ChatMigrated) as moved:
            await bot.send_message(-5, "a")
        assert moved.value.new_chat_id == -1005
    await bot.send_message(-1005, "a")
    assert api.messages[0].chat_id == -1005


async def test_a_forms_or_json_or_query_is_all_the_same(api):
    import httpx

    async with httpx.AsyncClient(base_url=f"{api.url}/bot{api.token}") as client:
        for answer in (
            await client.post("/sendMessage", json={"chat_id": 7, "text": "a"}),
            await client.post("/sendMessage", data={"chat_id": "7", "text": "a"}),
            await client.get("/sendMessage", params={"chat_id": 7, "text": "a"}),
        ):
            assert answer.json()["ok"] is True
        answer = await client.get("/sendMessage", params={"chat_id": 7, "text": "a", "parse_mode": "MarkdownV2"})
        assert answer.json()["error_code"] == 400


# --- the driver -------------------------------------------------------------------------------------------------


def test_the_driver_finds_the_entities_telegram_would():
    assert entities_of("/ask@some_bot 😀 @you hello a@b.c") == [
        {"type": "bot_command", "offset": 0, "length": 13},
        {"type": "mention", "offset": 17, "length": 4},
    ]


async def test_the_driver_can_wait_for_a_bot_elsewhere(bot, api):
    chat = Chat(api, api.chats[7])

    async def answer():
        (update,) = await bot.get_updates(timeout=10)
        await bot.send_message(7, "heard " + update.message.text, reply_markup=button("go", "go"))
        (press,) = await bot.get_updates(offset=update.update_id + 1, timeout=10)
        await bot.send_message(7, press.callback_query.data)
        await bot.answer_callback_query(press.callback_query.id, text="done")

    answering = asyncio.ensure_future(answer())
    (message,) = await chat.say("hello", expect=1)
    assert message.text == "heard hello"
    (message,) = await chat.press("go", expect=1)
    assert (message.text, chat.notice) == ("go", "done")
    await answering
