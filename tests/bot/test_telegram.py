"""The bot in Telegram, as its readers meet it: over real HTTP, against the Bot API double."""

import pytest

from bot import texts
from bot.render import render
from bot.replies import Block as ReplyBlock
from bot.replies import Button, Part, Reply
from bot.sending import Outcome, Target
from tests.auxil.driver import talking
from tests.auxil.fake_conversation import FakeConversation
from tests.auxil.telegram_html import Entity
from tests.bot.edge import serving

PHOTO = [{"file_id": "f", "file_unique_id": "u", "width": 1, "height": 1}]


@pytest.fixture
def conversation():
    return FakeConversation()


@pytest.fixture
async def bot(conversation):
    async with talking(conversation) as bot:
        yield bot
        assert bot.api.complaints == []


# --- private chats ----------------------------------------------------------------------------------------------


async def test_a_question_is_answered_in_the_same_chat(bot, conversation):
    (message,) = await bot.chat(7).say("what did <b>Wang Yi</b> & co say")
    assert message.text == "You asked: what did <b>Wang Yi</b> & co say"
    assert message.buttons == ["next", "context", "stale", "boom"]
    assert message.reply_to is None
    assert conversation.heard == [("ask", "tg:7", "what did <b>Wang Yi</b> & co say")]


async def test_two_readers_have_two_memories(bot, conversation):
    await bot.chat(7).say("one")
    await bot.chat(9).say("two")
    assert [heard[1] for heard in conversation.heard] == ["tg:7", "tg:9"]


async def test_a_long_reply_comes_as_several_messages_with_the_buttons_last(bot):
    messages = await bot.chat().say("big")
    assert len(messages) == 4
    assert [message.buttons for message in messages] == [[], [], [], ["next"]]


@pytest.mark.parametrize(
    ("written", "name", "argument"),
    [
        ("/start", "start", ""),
        ("/ask what did Wang Yi say", "ask", "what did Wang Yi say"),
        ("/ask@on_the_record_bot who", "ask", "who"),
        ("/ASK@On_The_Record_Bot   who  ", "ask", "who"),
        ("/ask\nwho\nwas it", "ask", "who\nwas it"),
        ("/nosuch thing", "nosuch", "thing"),
        ("/ask\twho", "ask", "who"),
        ("/ask\u00a0who\u2028was", "ask", "who\u2028was"),
        ("/ask@on_the_record_bot\twho", "ask", "who"),
        ("/ask\u200e \u202b22:00\u202c \ufeffBer\u200blin\u2069", "ask", "22:00 Berlin"),
        (
            "/ask \u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645\u200c x\u200d",
            "ask",
            "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645 x",
        ),
    ],
)
async def test_commands_come_with_their_argument(bot, conversation, written, name, argument):
    await bot.chat().say(written)
    assert conversation.heard == [("command", "tg:7", name, argument)]


async def test_marks_that_nobody_sees_are_not_read(bot, conversation):
    await bot.chat(7).say("\u200f\u2066who is\u2069 Wang\u200b Yi\ufeff")
    await bot.group(-100).say("@on_the_record_bot \u200eBerlin\u200e")
    assert [heard[2] for heard in conversation.heard] == ["who is Wang Yi", "Berlin"]


async def test_a_command_for_another_bot_is_none_of_ours(bot, conversation):
    assert await bot.chat().say("/start@another_bot") == []
    assert conversation.heard == []


async def test_the_commands_are_offered_to_telegram(conversation):
    async with talking(conversation) as bot:
        await bot.application.post_init(bot.application)
        assert bot.api.commands == [{"command": n, "description": d} for n, d in conversation.commands]


async def test_what_is_not_text_gets_one_polite_line(bot, conversation):
    chat = bot.chat()
    (message,) = await chat.send(photo=PHOTO, caption="what did Wang Yi say")
    assert message.text == texts.ONLY_TEXT
    assert conversation.heard == []


async def test_an_album_gets_one_line_in_all(bot):
    chat = bot.chat()
    assert len(await chat.send(photo=PHOTO, media_group_id="a")) == 1
    assert await chat.send(photo=PHOTO, media_group_id="a") == []
    assert len(await chat.send(photo=PHOTO, media_group_id="b")) == 1


async def test_a_service_message_gets_no_line(bot):
    assert await bot.chat().send(pinned_message=bot.chat()._message() | {"text": "x"}) == []


async def test_an_edited_message_is_not_answered_again(bot, conversation):
    chat = bot.chat()
    await chat.say("one")
    assert await chat.edit("two") == []
    assert await chat.edit("/ask two") == []
    assert len(conversation.heard) == 1


async def test_edits_are_not_even_asked_for(bot):
    await bot.chat().say("one")
    assert bot.api.allowed_updates == ["message", "callback_query", "inline_query", "my_chat_member"]


# --- buttons ----------------------------------------------------------------------------------------------------


async def test_a_button_brings_a_new_message_that_says_what_it_continues(bot, conversation):
    chat = bot.chat()
    (answer,) = await chat.say("one")
    (more,) = await chat.press("next")
    assert more.text == "After next"
    assert more.reply_to == answer.message_id
    assert chat.notice is None
    assert conversation.heard[-1] == ("press", "tg:7", "next")


async def test_each_press_is_answered_exactly_once(bot):
    chat = bot.chat()
    await chat.say("one")
    for label in ("next", "stale", "boom"):
        await chat.press(label)
    assert len(bot.api.calls_of("answerCallbackQuery")) == 3
    assert bot.api.open_callbacks == set()


async def test_a_button_that_is_no_longer_understood_says_so(bot):
    chat = bot.chat()
    await chat.say("one")
    assert await chat.press("stale") == []
    assert chat.notice == texts.BUTTON_TOO_OLD


async def test_a_button_whose_message_telegram_no_longer_shows(bot):
    chat = bot.chat()
    (more,) = await chat.press_data("next", message={"message_id": 5, "date": 0, "chat": chat.record.as_json()})
    assert more.text == "After next"
    assert more.reply_to is None


async def test_a_button_without_any_message_is_too_old(bot, conversation):
    chat = bot.chat()
    assert await chat.press_data("next", message=None) == []
    assert chat.notice == texts.BUTTON_TOO_OLD
    assert conversation.heard == []


# --- groups -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "question"),
    [
        ("@on_the_record_bot what did Wang Yi say", "what did Wang Yi say"),
        ("what did Wang Yi say, @On_The_Record_Bot", "what did Wang Yi say"),
        ("😀 what did @on_the_record_bot say", "😀 what did  say"),
    ],
)
async def test_in_a_group_a_mention_is_a_question(bot, conversation, written, question):
    group = bot.group(-100)
    (message,) = await group.say(written)
    assert conversation.heard == [("ask", "tg:-100", question)]
    assert message.reply_to is not None


async def test_in_a_group_other_talk_is_left_alone(bot, conversation):
    group = bot.group()
    for line in ("what did Wang Yi say", "@another_bot hello", "on_the_record_bot", "/weather", "/help@another_bot"):
        assert await group.say(line) == []
    assert await group.send(photo=PHOTO) == []
    assert conversation.heard == []


async def test_in_a_group_our_commands_are_answered(bot, conversation):
    group = bot.group()
    assert await group.say("/help")
    assert await group.say("/nosuch@on_the_record_bot")
    assert [heard[2] for heard in conversation.heard] == ["help", "nosuch"]


async def test_in_a_group_a_reply_to_the_bot_is_a_question(bot, conversation):
    group = bot.group()
    (first,) = await group.say("@on_the_record_bot one")
    assert await group.say("and Lavrov?", reply_to=first)
    assert conversation.heard[-1] == ("ask", "tg:-100", "and Lavrov?")


async def test_a_bare_mention_shows_the_way_in(bot, conversation):
    await bot.group().say("@on_the_record_bot")
    assert conversation.heard == [("command", "tg:-100", "help", "")]


async def test_a_mention_by_name_is_a_mention_too(bot, conversation):
    entity = {"type": "text_mention", "offset": 0, "length": 3, "user": await bot.api.get_me({})}
    stranger = {"type": "text_mention", "offset": 0, "length": 3, "user": {"id": 5, "is_bot": False, "first_name": "x"}}
    await bot.group().send(text="bot who", entities=[stranger])
    assert conversation.heard == []
    await bot.group().send(text="bot who", entities=[entity])
    assert conversation.heard == [("ask", "tg:-100", "who")]


async def test_a_forum_topic_has_its_own_memory_and_gets_its_own_replies(bot, conversation):
    topic = bot.group(-100, thread=33)
    (message,) = await topic.say("@on_the_record_bot one")
    assert message.thread_id == 33
    await topic.press("next")
    assert {heard[1] for heard in conversation.heard} == {"tg:-100:33"}


async def test_a_topic_the_bot_opened_is_no_reply_to_it(bot, conversation):
    topic = bot.group(-100, thread=33)
    opening = {"name": "n", "icon_color": 1}
    message = {"message_id": 33, "date": 1, "chat": topic.record.as_json(), "from": await bot.api.get_me({})}
    assert await topic.send(text="chatter", reply_to_message=message | {"forum_topic_created": opening}) == []
    assert conversation.heard == []


# --- errors -----------------------------------------------------------------------------------------------------


async def test_an_error_is_logged_and_the_reader_told_its_id(bot, log):
    (message,) = await bot.chat().say("boom")
    error_id = message.text.partition("(error ")[2].partition(")")[0]
    assert message.text == texts.something_went_wrong(error_id)
    (line,) = [line for line in log.getvalue().splitlines() if "unexpected error" in line]
    assert f"error_id={error_id}" in line
    assert "error=ValueError" in line
    assert "fake_conversation.py" in line


async def test_the_log_never_holds_what_a_reader_wrote(bot, log):
    await bot.chat().say("boom")
    await bot.chat().say("my secret question")
    assert "boom" not in log.getvalue()
    assert "secret question" not in log.getvalue()


async def test_questions_are_logged_only_where_the_operator_has_turned_that_on(conversation, log):
    for log_questions in (False, True):
        async with serving(conversation, log_questions=log_questions) as bot:
            chat = bot.chat()
            await chat.say("my secret\nquestion <b>")
            await chat.say("/help me")
            await chat.say("x" * 3000)
        lines = [line for line in log.getvalue().splitlines() if "question" in line and "answered=" in line]
        assert len(lines) == (2 if log_questions else 0)
    assert "my secret question <b>" in lines[0]
    assert "answered=false" in lines[0]
    assert "x" * 501 not in lines[1]


async def test_an_error_behind_a_button_is_told_too(bot):
    chat = bot.chat()
    await chat.say("one")
    (message,) = await chat.press("boom")
    assert "(error " in message.text
    assert chat.notice is None


async def test_an_error_without_a_chat_is_only_logged(bot, log):
    await bot.application.process_error(None, RuntimeError("no chat"))
    assert "error=RuntimeError" in log.getvalue()
    assert bot.api.messages == []


async def test_after_an_error_the_bot_goes_on(bot):
    chat = bot.chat()
    await chat.say("boom")
    (message,) = await chat.say("one")
    assert message.text == "You asked: one"


# --- what arrives is what was meant -----------------------------------------------------------------------------


async def test_styles_arrive_as_styles(bot):
    bot.chat(7)
    line = (Part("Wang Yi", "bold"), Part(" said "), Part("act", "mark"), Part("!", "link", "https://e.org/?a=1&b=2"))
    reply = Reply(blocks=(ReplyBlock((line,), quoted=True),), buttons=((Button("next", "n"),),))
    (message,) = render(reply)
    sent = await bot.sender().send(Target(7), message)
    (arrived,) = bot.api.sent_to(7)
    assert (sent.outcome, sent.message_id) == (Outcome.SENT, arrived.message_id)
    assert arrived.text == "Wang Yi said act!"
    assert arrived.entities == (
        Entity("blockquote", 0, 17),
        Entity("bold", 0, 7),
        Entity("underline", 13, 3),
        Entity("text_link", 16, 1, "https://e.org/?a=1&b=2"),
    )
