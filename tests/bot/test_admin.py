"""What admins do in the chat, over real HTTP: adding, withdrawing, feeds; and that nobody else can."""

import asyncio
import io
import json
import shutil
import sys
from contextlib import asynccontextmanager

import pytest

from bot import admin_texts as texts
from bot import texts as all_texts
from bot.adding import Adder
from bot.app import build_application, serve
from bot.dialogue import Dialogue
from bot.handlers import ALLOWED_UPDATES
from bot.handlers.desk import Desk
from bot.handlers.offers import LEAST_POST, SIZES
from bot.handlers.progress import EVERY, Progress
from bot.newsroom import Newsroom, Watched
from bot.replies import said
from bot.sending import Target
from knowledge.build import build_record
from knowledge.errors import InputError
from knowledge.library import Library
from knowledge.store.feeds import add_feed, list_feeds, record_failure
from knowledge.store.reading import article_ids
from knowledge.store.writing import save
from knowledge.web.opml import parse_opml
from tests.auxil import faults
from tests.auxil.bot_api import BotApi, ChatRecord
from tests.auxil.driver import Bot, Chat, Naps, plain_http, settings_for
from tests.auxil.fake_conversation import FakeConversation
from tests.auxil.outlet import put_feed, put_page
from tests.auxil.stories import STORIES
from tests.auxil.web_server import WebServer
from tests.bot.test_adding import TELL

ADMIN, READER = 7, 9
FERRY, DAM = STORIES[0], STORIES[2]
LINK = "https://news.example/story"
POST = "A lighthouse for Brenna\n" + "The mayor, Ida Lund, said that the lighthouse would be lit again in May. " * 3
FROM_CHANNEL = {
    "type": "channel",
    "date": 1_700_000_000,
    "chat": {"id": -1001, "type": "channel", "title": "Brenna <News>", "username": "brenna"},
    "message_id": 55,
}


@pytest.fixture
def database(tmp_path):
    return f"sqlite:///{tmp_path}/test.db"


@pytest.fixture(scope="session")
def originals(nlp, tmp_path_factory):
    """A database with nothing in it and one with two articles, the dam's the later one: made once, then copied."""
    folder = tmp_path_factory.mktemp("originals")
    ferry = FERRY.model_copy(update={"url": "https://harbour.example/ferry?page=1"})
    dam = DAM.model_copy(update={"id": "https://upland.example/dam", "published": "2024-05-01"})
    for name, articles in (("empty", ()), ("two", (ferry, dam))):
        (folder / name).mkdir()
        with Library.open(f"sqlite:///{folder}/{name}/test.db", create=True) as library:
            for article in articles:
                save(library.engine, build_record(article, nlp))
            library.follow(patience=10)
    return folder


@pytest.fixture
def library(database, originals, tmp_path):
    shutil.copytree(originals / "empty", tmp_path, dirs_exist_ok=True)
    with Library.open(database) as library:
        yield library


@pytest.fixture
def held(database, originals, tmp_path):
    shutil.copytree(originals / "two", tmp_path, dirs_exist_ok=True)
    with Library.open(database) as library:
        yield library


@pytest.fixture
def child(tmp_path, database):
    """A newsroom whose additions are done by a few lines of Python; the source is ``sys.argv[1]``."""

    def make(body="tell(sys.argv[1])", not_reached=None, **others):
        script = tmp_path / "child.py"
        script.write_text(TELL + body)
        adder = Adder(database, command=[sys.executable, "-S", str(script)], **others)
        return Newsroom(database, adder=adder, not_reached=not_reached)

    return make


@asynccontextmanager
async def working(newsroom, conversation=None, *, api=None):
    """The bot with one admin."""
    async with api or BotApi() as api:
        application = build_application(
            settings_for(api, admins=(ADMIN,)),
            conversation or FakeConversation(),
            newsroom=newsroom,
            request=plain_http(),
            clock=Naps(),
        )
        async with application:
            await application.start()
            await application.updater.start_polling(allowed_updates=ALLOWED_UPDATES)
            bot = Bot(api, application)
            bot.chat(ADMIN), bot.chat(READER)
            try:
                yield bot
            finally:
                newsroom.hurry()
                await application.updater.stop()
                await application.stop()
        newsroom.close()


@pytest.fixture
async def bot(child):
    async with working(child()) as bot:
        yield bot
        assert bot.api.complaints == []
        assert bot.api.open_callbacks == set()


async def shown(chat, text):
    """The message of the bot that, sooner or later, holds ``text``."""
    await chat.api.until(lambda: any(text in message.text for message in chat.received))
    return next(message for message in reversed(chat.received) if text in message.text)


# --- the whole way ----------------------------------------------------------------------------------------------


async def test_a_document_is_read_asked_about_and_withdrawn(database, library):
    async with working(Newsroom(database), Dialogue(library)) as bot:
        admin = bot.chat(ADMIN)
        bot.api.files["f"] = f"{FERRY.publisher}\n\n{FERRY.title}\n\n{FERRY.text}".encode()
        (progress,) = await admin.send(document=document("../../Ferry & Co.txt", bot.api.files["f"]))
        added = await shown(admin, "Added: Tarnby ferry halted after engine fire")
        assert added.message_id == progress.message_id
        assert "12 sentences, 3 people quoted, " in added.text
        assert added.buttons == ["who is quoted", "in brief"]
        assert "Tomas Brekke (Captain), " in (await admin.say("what did Brekke say"))[0].text

        (people,) = await admin.press("who is quoted")
        assert people.text.startswith("Quoted in Tarnby ferry halted after engine fire:")
        assert people.buttons == ["Astrid Vinge", "Ingrid Halvard", "Tomas Brekke"]
        assert "Astrid Vinge (Transport Minister), 3 statements." in (await admin.press("Astrid Vinge"))[0].text
        (brief,) = await admin.press("in brief")
        assert brief.text.startswith("In brief:")
        assert "sentence 1" in brief.text

        (question,) = await admin.say("/remove Ferry-Co")
        assert "Harbour Courier, 12 sentences" in question.text
        assert await admin.press("withdraw") == []
        assert question.text == "Withdrawn: Tarnby ferry halted after engine fire"
        assert question.buttons == []
        assert (await admin.say("what did Brekke say"))[0].text.startswith("I have read no articles yet.")
        assert article_ids(library.engine) == []
        for label, on in (("in brief", added), ("who is quoted", added)):
            assert await admin.press(label, on=on) == []
            assert admin.notice == texts.NO_LONGER_HELD
        assert bot.api.complaints == []


def document(name, content, **others):
    size = {"file_size": len(content)} if content is not None else {}
    return {"file_id": "f", "file_unique_id": "uniq_1", "file_name": name, **size, **others}


# --- who may ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "command", ["/add", f"/add {LINK}", "/remove x", "/feeds", "/feeds add x", "/ADD@on_the_record_bot"]
)
async def test_others_get_a_polite_no(bot, command):
    assert [m.text for m in await bot.chat(READER).say(command)] == [texts.NOT_AN_ADMIN]
    assert [m.text for m in await bot.group(user_id=READER).say(command)] == [texts.NOT_AN_ADMIN]


async def test_what_others_send_is_taken_as_before(bot):
    reader = bot.chat(READER)
    assert (await reader.say(LINK))[0].text == f"You asked: {LINK}"
    assert (await reader.send(document=document("a.txt", b"x")))[0].text == all_texts.ONLY_TEXT
    assert (await reader.send(text=POST, forward_origin=FROM_CHANNEL))[0].text.startswith("You asked: A lighthouse")
    assert "/help" in (await reader.say("/help"))[0].text


@pytest.mark.parametrize(
    "author",
    [
        {"sender_chat": {"id": -100, "type": "supergroup", "title": "Newsroom"}},
        {"sender_chat": {"id": -5, "type": "channel", "title": "A channel"}},
        {"from": {"id": ADMIN, "is_bot": True, "first_name": "A bot"}},
    ],
)
async def test_an_admin_is_one_as_themselves_only(bot, author):
    group = bot.group(user_id=ADMIN)
    command = {"type": "bot_command", "offset": 0, "length": 6}
    assert (await group.send(text="/feeds", entities=[command]))[0].text == texts.NO_FEEDS
    assert (await group.send(text="/feeds", entities=[command], **author))[0].text == texts.NOT_AN_ADMIN


async def test_a_command_for_another_bot_or_from_elsewhere_is_none_of_ours(bot):
    assert await bot.group(user_id=ADMIN).say("/add@another_bot x") == []
    admin, command = bot.chat(ADMIN), {"type": "bot_command", "offset": 0, "length": 6}
    (reply,) = await admin.send(text="/feeds", entities=[command], forward_origin=FROM_CHANNEL | {"message_id": 1})
    assert "post has 6 characters" in reply.text


async def test_admins_are_offered_their_commands_and_others_are_not(bot, log):
    bot.api.chats.clear()
    await bot.application.post_init(bot.application)
    assert log.getvalue().count("commands not offered") == 1
    bot.api.complaints.clear()
    bot.chat(ADMIN)
    await bot.application.post_init(bot.application)
    usual = [command["command"] for command in bot.api.commands]
    assert usual == ["start", "help", "ask"]
    assert [command["command"] for command in bot.api.commands_in[ADMIN]] == [*usual, "add", "remove", "feeds"]


async def test_help_tells_admins_what_they_can_do_besides(bot):
    (help_,) = await bot.chat(ADMIN).say("/help")
    assert help_.text.startswith("/help []")
    assert help_.text.endswith("\n".join(f"/{name}: {what}" for name, what in texts.ADMIN_COMMANDS))
    (others,) = await bot.chat(READER).say("/help")
    assert others.text == "/help []"


# --- what is read -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", [f"/add {LINK}#c", LINK, f"  {LINK}?utm_source=x\n", "HTTPS://NEWS.example/story"])
async def test_a_link_alone_is_read(bot, text):
    admin = bot.chat(ADMIN)
    await admin.say(text)
    await shown(admin, "1 article: 1 added.")


@pytest.mark.parametrize(
    ("text", "reply"),
    [
        (f"what does {LINK} say", f"You asked: what does {LINK} say"),
        (f"{LINK} {LINK}", f"You asked: {LINK} {LINK}"),
        ("news.example/story", "You asked: news.example/story"),
        ("https://me:pass@news.example", texts.NOT_AN_ADDRESS),
        ("/add", texts.ADD_HOW),
        ("/add ferry", texts.NOT_AN_ADDRESS),
        ("/add --help", texts.NOT_AN_ADDRESS),
        (f"/add {LINK} {LINK}", texts.NOT_AN_ADDRESS),
    ],
)
async def test_what_is_no_link_alone_is_not_read(bot, text, reply):
    assert [m.text for m in await bot.chat(ADMIN).say(text)] == [reply]


async def test_in_a_group_a_link_is_read_when_it_is_meant_for_the_bot(bot):
    group = bot.group(user_id=ADMIN)
    assert await group.say(LINK) == []
    assert await group.send(document=document("a.txt", b"x")) == []
    (progress,) = await group.say(f"@on_the_record_bot {LINK}")
    assert progress.reply_to is not None
    await shown(group, "1 added")


async def test_in_a_group_a_document_is_read_when_it_is_meant_for_the_bot(child):
    async with working(child("tell(os.path.basename(sys.argv[1]), 'rejected', open(sys.argv[1]).read())")) as bot:
        bot.api.files["f"] = b"what it holds"
        group, mention = bot.group(user_id=ADMIN), {"type": "mention", "offset": 0, "length": 18}
        caption = {"caption": "@on_the_record_bot", "caption_entities": [mention]}
        await group.send(document=document("a.txt", b"what it holds"), **caption)
        await shown(group, "Not taken: what it holds")


@pytest.mark.parametrize(
    ("name", "read_as"),
    [
        ("Story 1.TXT", "Story-1.txt"),
        ("../../etc/passwd.txt", "passwd.txt"),
        ("C:\\temp\\a b.html", "a-b.html"),
        ("…\u200b.jsonl", "document-uniq-1.jsonl"),
        (".htm", "document-uniq-1.htm"),
        ("-rf $(x);`y`\n'\".txt", "rf-x-y.txt"),
        ("新闻.txt", "新闻.txt"),
        ("ж" * 200 + ".txt", "ж" * 60 + ".txt"),
    ],
)
async def test_of_a_documents_name_little_is_used(child, name, read_as):
    async with working(child("tell('', 'rejected', os.path.basename(sys.argv[1]))")) as bot:
        admin = bot.chat(ADMIN)
        bot.api.files["f"] = b"x"
        await admin.send(document=document(name, b"x"))
        assert (await shown(admin, "Not taken")).text == f"Not taken: {read_as}"


@pytest.mark.parametrize(
    ("sent", "reply"),
    [
        (document("a.pdf", b"x"), texts.NOT_READABLE),
        (document("txt", b"x"), texts.NOT_READABLE),
        (document("a.txt", None), texts.too_large(None, SIZES[".txt"])),
        (document("a.txt", b"", file_size=2_000_001), texts.too_large(2_000_001, 2_000_000)),
        (document("a.jsonl", b"", file_size=20_000_001), texts.too_large(20_000_001, 20_000_000)),
    ],
)
async def test_a_document_that_cannot_be_read_is_not_even_fetched(bot, sent, reply):
    assert [m.text for m in await bot.chat(ADMIN).send(document=sent)] == [reply]
    assert bot.api.calls_of("getFile") == []


async def test_an_animation_is_no_document(bot):
    moving = {"file_id": "f", "file_unique_id": "u", "width": 1, "height": 1, "duration": 1}
    (reply,) = await bot.chat(ADMIN).send(document=document("a.mp4", b"x"), animation=moving)
    assert reply.text == all_texts.ONLY_TEXT


async def test_a_document_that_telegram_does_not_hand_over(bot, log):
    admin = bot.chat(ADMIN)
    await admin.send(document=document("a.txt", b"x"))
    await shown(admin, texts.NOT_FETCHED)
    assert "unexpected error" not in log.getvalue()
    bot.api.complaints.clear()


@pytest.mark.parametrize("channel", [{}, {"username": None, "title": None}])
@pytest.mark.parametrize("where", ["text", "caption"])
async def test_a_forwarded_post_is_an_article(child, channel, where):
    chat = {name: value for name, value in (FROM_CHANNEL["chat"] | channel).items() if value is not None}
    async with working(child("tell('', 'rejected', sys.stdin.read())")) as bot:
        admin = bot.chat(ADMIN)
        photo = {} if where == "text" else {"photo": [{"file_id": "f", "file_unique_id": "u", "width": 1, "height": 1}]}
        await admin.send(**{where: POST}, **photo, forward_origin=FROM_CHANNEL | {"chat": chat})
        told = (await shown(admin, "Not taken")).text
    assert '"title": "A lighthouse for Brenna"' in told
    assert '"published": "2023-11-14"' in told
    name = chat.get("username", "-1001")
    assert f'"id": "t.me/{name}/55"' in told
    assert ('"publisher": "Brenna <News>"' in told) is not bool(channel)


async def test_a_posts_text_stays_as_it_is(child, tmp_path):
    out = tmp_path / "out"
    async with working(child(f"open({str(out)!r}, 'w').write(sys.stdin.read()); tell('x')")) as bot:
        admin = bot.chat(ADMIN)
        await admin.send(text=POST, forward_origin=FROM_CHANNEL)
        await shown(admin, "1 added")
    article = json.loads(out.read_text())
    assert article["text"] == POST
    assert article["url"] == "https://t.me/brenna/55"


@pytest.mark.parametrize(
    ("message", "reply"),
    [
        ({"text": "x" * 199, "forward_origin": FROM_CHANNEL}, texts.too_short(199, LEAST_POST)),
        ({"text": POST}, f"You asked: {POST}".strip()),
        (
            {"text": "hello", "forward_origin": {"type": "hidden_user", "date": 1, "sender_user_name": "x"}},
            "You asked: hello",
        ),
    ],
)
async def test_what_is_no_long_channel_post_is_not_read(bot, message, reply):
    assert [m.text for m in await bot.chat(ADMIN).send(**message)] == [reply]


# --- what is told -----------------------------------------------------------------------------------------------


SIX = "tell('a', sentences=4, quotes=1)\nfor i in range(5): tell('', 'rejected', f'{i}: <b>short</b>')\nsys.exit(1)"
OF_SIX = """6 articles: 1 added, 5 refused.

4 sentences, 1 quote, 0 facts.

Not taken: 0: <b>short</b>

Not taken: 1: <b>short</b>

Not taken: 2: <b>short</b>

… and 2 more refused."""
CRASHED = f"Not taken: {texts.ENDED_BADLY}"


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("tell('', 'rejected', 'https://x: no article')", "Not taken: https://x: no article"),
        ("pass", texts.NOTHING_FOUND),
        ("sys.exit(3)", CRASHED),
        ("tell('ferry', 'unchanged')", f"Unchanged: {FERRY.title}\n12 sentences, 3 people quoted."),
        (
            "tell('ferry', 'updated', sentences=12, quotes=1, facts=1)",
            f"Updated: {FERRY.title}\n12 sentences, 3 people quoted, 1 quote, 1 fact.",
        ),
        (SIX, OF_SIX),
        ("tell('a', 'unchanged'); tell('b', 'unchanged')", "2 articles: 2 unchanged."),
        ("tell('a', sentences=3); sys.exit(3)", f"{CRASHED}\n\n1 article: 1 added.\n\n3 sentences"),
    ],
)
async def test_what_came_of_it_takes_the_place_of_the_progress(child, held, body, told):
    async with working(child(body)) as bot:
        admin = bot.chat(ADMIN)
        (message,) = await admin.say(LINK)
        await bot.api.until(lambda: message.text.startswith(told))
        assert admin.received == [message]
        assert bot.api.complaints == []


async def test_questions_are_answered_while_something_is_read(child, tmp_path):
    gate = tmp_path / "open"
    newsroom = child(f"while not os.path.exists({str(gate)!r}): time.sleep(0.01)\ntell('a')")
    async with working(newsroom) as bot:
        admin = bot.chat(ADMIN)
        first, second, third = [(await admin.say(LINK))[0] for _ in range(3)]
        assert [first.text, second.text] == [texts.READING] * 2
        await bot.api.until(lambda: third.text == texts.IN_LINE)
        assert (await admin.say("who"))[0].text == "You asked: who"
        gate.touch()
        await bot.api.until(lambda: all("1 added" in m.text for m in (first, second, third)))
        texts_of_third = [call.params["text"] for call in bot.api.calls_of("editMessageText")]
        assert texts.READING in texts_of_third
        assert bot.api.complaints == []


async def test_progress_is_shown_now_and_then(bot):
    now = 100.0
    progress = Progress(Desk(FakeConversation(), bot.sender()), Target(ADMIN), clock=lambda: now)
    for seconds, text in ((0, "a"), (1, "b"), (0.9, "c"), (0.2, "d"), (9, "d"), (0, "e"), (0, "f")):
        now += seconds
        await progress.show(said(text), now=text == "e")
    await progress.finish(said("done"))
    (message,) = bot.api.sent_to(ADMIN)
    assert message.text == "done"
    assert [call.params["text"] for call in bot.api.calls_of("editMessageText")] == ["d", "e", "done"]
    assert EVERY == 2.0


@pytest.mark.parametrize(
    ("method", "fault", "messages"),
    [
        ("editMessageText", faults.bad_request("message to edit not found"), ["Reading …", "Nothing was found there."]),
        ("editMessageText", faults.too_many_requests(9), ["Reading …", "Nothing was found there."]),
        ("editMessageText", faults.BLOCKED, ["Reading …", "Nothing was found there."]),
        ("editMessageText", faults.BAD_GATEWAY, ["Nothing was found there."]),
        ("editMessageText", faults.DROP, ["Nothing was found there."]),
        ("sendMessage", faults.BLOCKED, ["Nothing was found there."]),
    ],
)
async def test_what_came_of_it_is_told_whatever_fails(child, method, fault, messages):
    async with working(child("pass")) as bot:
        bot.api.fail(method, fault, chat_id=ADMIN)
        admin = bot.chat(ADMIN)
        await admin.say(LINK)
        await shown(admin, texts.NOTHING_FOUND)
        await bot.application.stop()
        assert [message.text for message in admin.received] == messages
        await bot.application.start()
        bot.api.complaints.clear()


async def test_a_fault_of_ours_is_told_and_logged(child, tmp_path, log):
    newsroom = child()
    (tmp_path / "test.db").write_text("this is no database")
    async with working(newsroom) as bot:
        admin = bot.chat(ADMIN)
        (message,) = await admin.say(LINK)
        await shown(admin, "(error ")
        assert message.text == texts.SOMETHING_FAILED
        assert "unexpected error" in log.getvalue()


async def test_stopping_the_bot_ends_what_is_being_read(child, tmp_path):
    newsroom = child("tell('a'); time.sleep(600)")
    async with BotApi() as api:
        stop, out = asyncio.Event(), io.StringIO()
        settings = settings_for(api, admins=(ADMIN,))
        admin = Chat(api, api.add_chat(ChatRecord(ADMIN)))
        bot = asyncio.create_task(
            serve(settings, FakeConversation(), out=out, stop=stop, clock=Naps(), newsroom=newsroom)
        )
        (message,) = await admin.say(LINK, expect=1)
        stop.set()
        assert await asyncio.wait_for(bot, 20) == 0
        assert texts.STOPPED in message.text


# --- withdrawing ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("named", "title"),
    [
        ("ferry", FERRY.title),
        ("2", FERRY.title),
        ("1", DAM.title),
        ("https://HARBOUR.example/ferry?page=1#top", FERRY.title),
        ("https://upland.example/dam?utm_source=x", DAM.title),
        ("0", None),
        ("3", None),
        ("²", None),
        ("9" * 4000, None),
        ("https://harbour.example/", None),
        ("<b>dam</b>", None),
    ],
)
async def test_an_article_is_named_by_its_id_address_or_number(held, bot, named, title):
    (message,) = await bot.chat(ADMIN).say(f"/remove {named}")
    if title is None:
        assert message.text.startswith("I hold no article “")
        assert message.buttons == []
    else:
        assert title in message.text
        assert message.buttons == ["withdraw", "keep"]


async def test_what_is_to_be_withdrawn_is_asked_for(bot):
    assert [m.text for m in await bot.chat(ADMIN).say("/remove")] == [texts.REMOVE_HOW]


async def test_keeping_changes_nothing(held, bot):
    admin = bot.chat(ADMIN)
    (message,) = await admin.say("/remove ferry")
    assert await admin.press("keep") == []
    assert (message.text, message.buttons) == (f"Kept: {FERRY.title}", [])
    assert "ferry" in article_ids(held.engine)


async def test_only_an_admin_may_press_and_only_once(held, bot):
    admin, other = bot.group(user_id=ADMIN), bot.group(user_id=READER)
    (message,) = await admin.say("/remove ferry")
    asked = bot.api.as_json(message)
    withdraw = message.keyboard[0][0]["callback_data"]
    assert len(withdraw.encode()) <= 64
    for label in ("withdraw", "keep"):
        assert await other.press(label) == []
        assert other.notice == texts.NOT_AN_ADMIN
    assert "ferry" in article_ids(held.engine)
    await admin.press("withdraw")
    assert article_ids(held.engine) == ["https://upland.example/dam"]
    assert await admin.press_data(withdraw, message=asked) == []
    assert admin.notice == texts.NO_LONGER_HELD


async def test_a_press_on_a_message_that_is_gone_is_answered_anew(held, bot):
    admin = bot.chat(ADMIN)
    (message,) = await admin.say("/remove ferry")
    keep = message.keyboard[0][1]["callback_data"]
    old = {"message_id": 5, "date": 0, "chat": admin.record.as_json()}
    assert [m.text for m in await admin.press_data(keep, message=old)] == [f"Kept: {FERRY.title}"]
    bot.api.complaints.clear()  # it had no way to know that the message is gone
    bot.api.fail("editMessageText", faults.bad_request("message can't be edited"))
    bot.api.fail("answerCallbackQuery", faults.STALE_QUERY)
    assert [m.text for m in await admin.press("keep")] == [f"Kept: {FERRY.title}"]
    bot.api.open_callbacks.clear()
    brief = keep.replace(":k:", ":b:")
    assert (await admin.press_data(brief, message=old))[0].text.startswith("In brief:")
    assert (await admin.press_data(brief, message=None))[0].text.startswith("In brief:")


@pytest.mark.parametrize("data", ["adm:w:", "adm:w:x", "adm:z:1", "adm:w:1234567890123456789", "adm:w:1:2", "adm:"])
async def test_a_button_of_an_unknown_form_is_the_conversations(bot, data):
    (reply,) = await bot.chat(ADMIN).press_data(data, message=bot.chat(ADMIN)._message() | {"text": "x"})
    assert reply.text == f"After {data}"


async def test_an_article_that_quotes_nobody(take, bot):
    take("quiet", "The lake is four miles long. The lake was drained in 1950.", title="The lake")
    admin = bot.chat(ADMIN)
    (message,) = await admin.say("/remove quiet")
    quoted = message.keyboard[0][1]["callback_data"].replace(":k:", ":q:")
    assert [m.text for m in await admin.press_data(quoted, message=bot.api.as_json(message))] == [texts.NOBODY_QUOTED]


async def test_groups_are_not_among_the_people_quoted(held, bot):
    admin = bot.chat(ADMIN)
    (message,) = await admin.say("/remove https://upland.example/dam")
    quoted = message.keyboard[0][1]["callback_data"].replace(":k:", ":q:")
    (people,) = await admin.press_data(quoted, message=bot.api.as_json(message))
    assert people.buttons == ["Lena Marchetti", "Samuel Ortega", "Jonas Petrik"]
    assert people.text == f"Quoted in {DAM.title}:\n\n" + "\n".join(
        (
            "Lena Marchetti (Chief engineer), quoted in 3 sentences",
            "Samuel Ortega (Governor), quoted in 3 sentences",
            "Jonas Petrik, quoted in 1 sentence",
        )
    )


async def test_a_crowd_is_cut_short(take, bot):
    names = [
        f"{first} {last}"
        for first in ("Ida", "Olaf", "Petra", "Hugo", "Clara")
        for last in ("Lund", "Berg", "Moss", "Thorne", "Vale")
    ]
    take("crowd", "\n\n".join(f"“The bridge is number {i},” said {name}." for i, name in enumerate(names)))
    admin = bot.chat(ADMIN)
    (message,) = await admin.say("/remove crowd")
    quoted = message.keyboard[0][1]["callback_data"].replace(":k:", ":q:")
    (people,) = await admin.press_data(quoted, message=bot.api.as_json(message))
    assert people.text.endswith("… and 5 more.")
    assert len(people.buttons) == 8


# --- feeds ------------------------------------------------------------------------------------------------------


@pytest.fixture
def reached(child):
    """A newsroom that reaches some feeds, and keeps which it was asked for; without a fault it finds a feed."""

    def make(faults=None):
        asked = []

        async def not_reached(address):
            asked.append(address)
            fault = (faults or {}).get(address)
            if isinstance(fault, InputError):
                raise fault
            return fault

        return child(not_reached=not_reached), asked

    return make


async def test_feeds_are_added_listed_and_removed(library, reached):
    newsroom, asked = reached()
    async with working(newsroom) as bot:
        await _add_list_and_remove(bot.chat(ADMIN), library)
    assert asked == ["https://a.example/feed", "https://b.example/feed"], "what is watched is not fetched again"


async def _add_list_and_remove(admin, library):
    say = lambda text: admin.say(f"/feeds {text}")  # noqa: E731
    assert (await say(""))[0].text == texts.NO_FEEDS
    assert (await say("add https://A.example/feed"))[0].text == texts.watched("https://a.example/feed")
    assert (await say("add https://a.example/feed"))[0].text == texts.ALREADY_WATCHED
    assert (await say("ADD  https://b.example/feed"))[0].text == texts.watched("https://b.example/feed")
    (listed,) = await say("")
    assert listed.text.startswith("I watch 2 feeds:\n\n1. https://a.example/feed\nnot checked yet\n\n2. https://b.e")
    assert (await say("remove 1"))[0].text == texts.unwatched("https://a.example/feed")
    assert (await say("remove 2"))[0].text == texts.NOT_WATCHED
    assert (await say("remove https://B.example/feed#x"))[0].text == texts.unwatched("https://b.example/feed")
    assert (await say("remove https://b.example/feed"))[0].text == texts.NOT_WATCHED
    assert (await say(""))[0].text == texts.NO_FEEDS
    assert len(list_feeds(library.engine)) == 2


async def test_what_is_no_feed_is_refused_and_what_cannot_be_reached_is_taken_unseen(library, reached):
    page, down = "https://a.example/story", "https://b.example/feed"
    newsroom, _ = reached({page: InputError(page, "not a feed; give another"), down: "answers 503; try again later"})
    async with working(newsroom) as bot:
        (refused,) = await bot.chat(ADMIN).say(f"/feeds add {page}")
        assert refused.text == f"{texts.REFUSED}not a feed; give another"
        (taken,) = await bot.chat(ADMIN).say(f"/feeds add {down}")
        assert taken.text == f"{texts.watched(down)} {texts.NOT_REACHED}answers 503."
    assert [feed.address for feed in list_feeds(library.engine)] == [down]


async def test_a_feed_is_fetched_before_it_is_taken(library, database, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)  # no .env
    monkeypatch.setenv("ONRECORD_ALLOW_PRIVATE_ADDRESSES", "1")
    monkeypatch.setenv("ONRECORD_HOST_GAP", "0")
    newsroom = Newsroom(database)
    async with WebServer() as server:
        assert await newsroom.add_feed(put_feed(server, "/feed", [])) == Watched(new=True)
        assert await newsroom.add_feed(server.url("/feed")) == Watched(new=False)
        assert len(server.asked("/feed")) == 1
        with pytest.raises(InputError, match="not a feed"):
            await newsroom.add_feed(put_page(server, "/1", "A bridge opens"))
        down = await newsroom.add_feed(server.fault("/down", "429"))
        assert down.new
        assert (down.problem or "").startswith("answers 429")
    newsroom.close()


@pytest.mark.parametrize(
    ("argument", "reply"),
    [
        ("add", texts.FEEDS_HOW),
        ("add feed", texts.NOT_AN_ADDRESS),
        (f"add {LINK}{'x' * 2000}", f"{texts.REFUSED}is longer than 2,000 bytes; give the feed's own address"),
        ("remove", texts.FEEDS_HOW),
        ("remove 0", texts.NOT_WATCHED),
        ("remove " + "9" * 3000, texts.NOT_WATCHED),
        ("remove <b>", texts.NOT_WATCHED),
        ("export now", texts.FEEDS_HOW),
        ("export", texts.NO_FEEDS),
        ("what", texts.FEEDS_HOW),
    ],
)
async def test_what_feeds_cannot_do(library, bot, argument, reply):
    assert [m.text for m in await bot.chat(ADMIN).say(f"/feeds {argument}")] == [reply]


async def test_what_is_the_matter_with_a_feed_is_listed_and_a_long_list_cut(library, bot):
    for number in range(35):
        add_feed(library.engine, f"https://f{number}.example/", title=f"Feed <{number}>")
    failing, gone = list_feeds(library.engine)[:2]
    record_failure(library.engine, failing.id, "503\nfrom it", failing.added, failing.added)
    record_failure(library.engine, gone.id, "410", gone.added, gone.added, deactivate=True)
    (message,) = await bot.chat(ADMIN).say("/feeds")
    when = failing.added.strftime("%Y-%m-%d %H:%M")
    assert f"1. Feed <0>\nlast checked {when} UTC, failing (1 time in a row): 503 from it\n" in message.text
    assert f"2. Feed <1>\nlast checked {when} UTC, stopped (1 time in a row): 410\n" in message.text
    assert message.text.endswith("… and 5 more; /feeds export gives all of them.")


async def test_feeds_are_exported_as_opml(library, bot):
    for number, title in ((1, "One & <two>"), (2, "")):
        add_feed(library.engine, f"https://f{number}.example/feed?a=1&b=2", title=title)
    (message,) = await bot.group(-100, user_id=ADMIN, thread=33).say("/feeds export")
    assert message.document == "feeds.opml"
    assert message.thread_id == 33
    assert [(feed.url, feed.title) for feed in parse_opml(message.content, name="x")] == [
        ("https://f1.example/feed?a=1&b=2", "One & <two>"),
        ("https://f2.example/feed?a=1&b=2", ""),
    ]


async def test_a_newsroom_makes_its_database(tmp_path):
    newsroom = Newsroom(f"sqlite:///{tmp_path}/new.db", index=str(tmp_path / "elsewhere"))
    assert await newsroom.find("x") is None
    newsroom.close()
    assert await newsroom.feeds() == []
    newsroom.close()
    with Library.open(f"sqlite:///{tmp_path}/new.db", index=str(tmp_path / "elsewhere")) as library:
        assert library.latest() == []
