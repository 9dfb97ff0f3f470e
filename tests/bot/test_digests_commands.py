"""Commands and buttons of subscriptions in Telegram: who may, where, and what is called."""

import pytest

from bot import texts
from bot.handlers import phrases
from bot.handlers.digests import COMMANDS
from bot.handlers.membership import KNOWN_FOR
from bot.subscribing.desk import NotKeptError
from bot.subscribing.presses import SHOW_ALL
from tests.auxil import faults
from tests.auxil.fake_conversation import FakeConversation
from tests.bot.edge import Api, Clock, FakeSubscriptions, serving

ADMIN, MEMBER, GROUP = 8, 9, -100
COMMAND = {"type": "bot_command", "offset": 0, "length": 6}


@pytest.fixture
def subscriptions():
    return FakeSubscriptions()


@pytest.fixture
def conversation():
    return FakeConversation()


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
async def bot(conversation, subscriptions, clock):
    api = Api()
    api.admins.add((GROUP, ADMIN))
    async with serving(conversation, subscriptions, clock=clock, api=api) as bot:
        yield bot
        assert bot.api.complaints == []
        assert bot.api.open_callbacks == set()


# --- private chats ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["subscribe", "subscriptions", "unsubscribe", "pause", "resume", "timezone", "quiet"])
async def test_a_command_is_carried_out(bot, subscriptions, name):
    (reply,) = await bot.chat(7).say(f"/{name}  some <b>thing</b> ")
    assert reply.text == f"/{name} [some <b>thing</b>]"
    assert subscriptions.changes == [("command", 7, 0, name, "some <b>thing</b>")]


async def test_a_command_that_is_repeated_is_carried_out_once(bot, subscriptions):
    assert len(await bot.chat(7).say("/subscribe everything", copies=3)) == 1
    assert len(subscriptions.changes) == 1


@pytest.mark.parametrize("written", ["/subscribe\teverything", "/subscribe@on_the_record_bot\u00a0\u200eeverything"])
async def test_whatever_ends_a_command_is_seen(bot, subscriptions, written):
    await bot.chat(7).say(written)
    assert subscriptions.changes == [("command", 7, 0, "subscribe", "everything")]


async def test_a_command_that_is_passed_on_is_not_carried_out(bot, subscriptions, conversation):
    origin = {"type": "hidden_user", "date": 1, "sender_user_name": "x"}
    passed_on = {"forward_origin": origin, "text": "/pause", "entities": [COMMAND]}
    assert [m.text for m in await bot.chat(7).send(**passed_on)] == [phrases.PASSED_ON]
    assert await bot.group(GROUP, user_id=ADMIN).send(**passed_on) == []
    assert subscriptions.changes == conversation.heard == []


async def test_what_could_not_be_kept_is_said_to_be_so(subscriptions, log):
    async def broken(*_):
        raise NotKeptError

    subscriptions.command = subscriptions.press = subscriptions.forget = broken
    async with serving(FakeConversation(), subscriptions) as bot:
        chat = bot.chat(7)
        assert [m.text for m in await chat.say("/subscribe everything")] == [phrases.NOT_KEPT]
        (question,) = await chat.say("/forgetme")
        for data in ("fe", "erase:yes"):
            replies = await chat.press_data(data, message=bot.api.as_json(question))
            assert [m.text for m in replies] == [phrases.NOT_KEPT]
        assert bot.api.open_callbacks == set()
    assert log.getvalue().count("error=NotKeptError") == 3


async def test_a_link_follows_and_a_plain_start_starts(bot, subscriptions, conversation):
    chat = bot.chat(7)
    assert [m.text for m in await chat.say("/start follow_p_wangyi")] == ["follow follow_p_wangyi"]
    assert [m.text for m in await chat.say("/start")] == ["/start []"]
    assert [m.text for m in await chat.say("/start inline")] == ["/start [inline]"]
    assert subscriptions.changes == [("follow", 7, 0, "follow_p_wangyi")]
    assert [heard[2] for heard in conversation.heard] == ["start", "start"]


async def test_other_commands_are_the_conversations(bot, conversation, subscriptions):
    await bot.chat(7).say("/ask who")
    assert conversation.heard == [("command", "tg:7", "ask", "who")]
    assert subscriptions.changes == []


async def test_a_digest_that_was_made_is_its_own_reply(bot, subscriptions):
    chat = bot.chat(7)
    assert [m.text for m in await chat.say("/digest")] == ["Nothing new"]
    subscriptions.new = 1
    assert await chat.say("/digest") == []


async def test_a_button_is_carried_out(bot, subscriptions):
    chat = bot.chat(7)
    (under,) = await chat.say("/subscriptions")
    message = bot.api.as_json(under)
    assert [m.text for m in await chat.press_data("fe", message=message)] == ["pressed fe"]
    assert chat.notice is None
    assert await chat.press_data("fp:stale", message=message) == []
    assert chat.notice == texts.BUTTON_TOO_OLD
    assert [call[3] for call in subscriptions.changes if call[0] == "press"] == ["fe", "fp:stale"]


async def test_other_buttons_are_the_conversations(bot, subscriptions, conversation):
    chat = bot.chat(7)
    (answer,) = await chat.say("one")
    await chat.press_data("x:1z", message=bot.api.as_json(answer))
    assert conversation.heard[-1] == ("press", "tg:7", "x:1z")
    assert subscriptions.changes == []


async def test_a_button_whose_message_telegram_no_longer_shows(bot, subscriptions):
    chat = bot.chat(7)
    hidden = {"message_id": 5, "date": 0, "chat": chat.record.as_json()}
    assert [m.text for m in await chat.press_data("u:1", message=hidden)] == ["pressed u:1"]
    assert await chat.press_data("u:1", message=None) == []
    assert chat.notice == texts.BUTTON_TOO_OLD


async def test_what_a_digest_left_out_is_shown_to_whoever_asks(bot, subscriptions):
    member = bot.group(GROUP, user_id=MEMBER)
    (digest,) = await member.say("/subscriptions")
    message = bot.api.as_json(digest)
    for left, notice in ((3, None), (0, phrases.NOTHING_LEFT), (None, texts.BUTTON_TOO_OLD)):
        subscriptions.left_out = left
        assert await member.press_data(SHOW_ALL, message=message) == []  # it comes as a digest does
        assert member.notice == notice
    assert subscriptions.changes[1:] == [("rest", GROUP, digest.message_id)] * 3


# --- one's data -------------------------------------------------------------------------------------------------


async def test_ones_data_comes_as_a_file(bot, subscriptions):
    await bot.chat(7).say("one")
    (document,) = await bot.chat(7).say("/mydata")
    assert document.document == phrases.MYDATA_FILE
    assert document.content == b"{}"
    assert subscriptions.changes == [("mydata", 7, {"tg:7": {"last_question": "one"}})]


async def test_a_file_that_cannot_be_sent_is_said_to_be_so(bot):
    bot.api.fail("sendDocument", faults.bad_request("no"))
    assert [m.text for m in await bot.chat(7).say("/mydata")] == [phrases.MYDATA_NOT_SENT]


async def test_nothing_is_erased_before_a_second_word(bot, subscriptions, conversation):
    chat = bot.chat(7)
    (question,) = await chat.say("/forgetme please")
    assert question.buttons == [phrases.ERASE, phrases.KEEP]
    assert await chat.press(phrases.KEEP) == []
    assert (question.text, question.buttons) == (phrases.KEPT, [])
    assert subscriptions.changes == conversation.heard == []

    (question,) = await chat.say("/forgetme")
    assert await chat.press(phrases.ERASE) == []
    assert (question.text, question.buttons) == (phrases.ERASED, [])
    assert subscriptions.changes == [("forget", 7)]
    assert conversation.heard == [("forget", "tg:7")]


# --- groups -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(COMMANDS - {"subscriptions"}))
async def test_in_a_group_only_its_admins_may(bot, subscriptions, name):
    member = bot.group(GROUP, user_id=MEMBER)
    assert [m.text for m in await member.say(f"/{name}")] == [phrases.GROUP_ADMINS_ONLY]
    assert subscriptions.changes == []
    (allowed,) = await bot.group(GROUP, user_id=ADMIN).say(f"/{name}")
    assert allowed.text != phrases.GROUP_ADMINS_ONLY


async def test_a_link_in_a_group_is_for_its_admins_too(bot, subscriptions):
    assert [m.text for m in await bot.group(GROUP, user_id=MEMBER).say("/start follow_e")] == [
        phrases.GROUP_ADMINS_ONLY
    ]
    assert await bot.group(GROUP, user_id=ADMIN).say("/start@on_the_record_bot follow_e")
    assert subscriptions.changes == [("follow", GROUP, 0, "follow_e")]


async def test_everybody_may_read_what_a_group_follows(bot, subscriptions):
    assert await bot.group(GROUP, user_id=MEMBER).say("/subscriptions")
    assert bot.api.calls_of("getChatMember") == []


async def test_in_a_group_only_its_admins_press(bot, subscriptions):
    admin, member = bot.group(GROUP, user_id=ADMIN), bot.group(GROUP, user_id=MEMBER)
    (under,) = await admin.say("/subscriptions")
    (erase,) = await admin.say("/forgetme")
    subscriptions.heard.clear()
    for data, message in (("u:1", under), ("erase:yes", erase), ("erase:no", erase)):
        assert await member.press_data(data, message=bot.api.as_json(message)) == []
        assert member.notice == phrases.GROUP_ADMINS_ONLY
    assert subscriptions.changes == []
    assert erase.buttons == [phrases.ERASE, phrases.KEEP]
    assert await admin.press_data("u:1", message=bot.api.as_json(under))
    await admin.press(phrases.ERASE)
    assert subscriptions.changes == [("press", GROUP, 0, "u:1"), ("forget", GROUP)]


@pytest.mark.parametrize(
    ("author", "allowed"),
    [
        ({"id": GROUP, "type": "supergroup", "title": "Newsroom"}, True),  # an anonymous admin
        ({"id": -5, "type": "channel", "title": "A channel"}, False),
    ],
)
async def test_who_writes_as_a_chat_is_an_admin_only_as_the_group_itself(bot, subscriptions, author, allowed):
    by_name = bot.group(GROUP, user_id=ADMIN)  # as whom it is written says nothing
    await by_name.send(text="/pause", entities=[COMMAND], sender_chat=author)
    assert bool(subscriptions.changes) == allowed
    assert bot.api.calls_of("getChatMember") == []


async def test_who_is_an_admin_is_asked_once_a_minute(bot, clock, subscriptions):
    admin = bot.group(GROUP, user_id=ADMIN)
    for _ in range(3):
        await admin.say("/pause")
    assert len(bot.api.calls_of("getChatMember")) == 1
    bot.api.admins.clear()
    clock.now += KNOWN_FOR + 1
    assert [m.text for m in await admin.say("/pause")] == [phrases.GROUP_ADMINS_ONLY]
    assert len(subscriptions.changes) == 3


async def test_when_telegram_does_not_say_who_is_an_admin(bot, subscriptions):
    bot.api.fail("getChatMember", faults.bad_request("member list is inaccessible"))
    member = bot.group(GROUP, user_id=MEMBER)
    assert [m.text for m in await member.say("/pause")] == [phrases.ADMIN_UNKNOWN]
    assert subscriptions.changes == []
    assert [m.text for m in await member.say("/pause")] == [phrases.GROUP_ADMINS_ONLY]  # and is asked again


async def test_commands_for_another_bot_are_none_of_ours(bot, subscriptions):
    assert await bot.group(GROUP, user_id=ADMIN).say("/subscribe@another_bot x") == []
    assert subscriptions.changes == []


async def test_a_topic_of_a_forum_follows_for_itself(bot, subscriptions):
    topic = bot.group(GROUP, user_id=ADMIN, thread=33)
    (listed,) = await topic.say("/subscribe everything")
    assert listed.thread_id == 33
    await topic.press_data("u:1", message=bot.api.as_json(listed))
    await topic.say("/digest")
    assert [call[:3] for call in subscriptions.changes] == [
        ("command", GROUP, 33),
        ("press", GROUP, 33),
        ("digest", GROUP, 33),
    ]


# --- the time zone ----------------------------------------------------------------------------------------------


async def test_who_was_asked_for_a_zone_says_it_next(bot, subscriptions, conversation):
    chat = bot.chat(7)
    subscriptions.awaited.add(7)
    assert [m.text for m in await chat.say("Berlin")] == ["zone Berlin"]
    assert conversation.heard == []
    assert [m.text for m in await chat.say("Berlin")] == ["You asked: Berlin"]


async def test_what_is_no_zone_is_a_question(bot, subscriptions):
    subscriptions.awaited.add(7)
    assert [m.text for m in await bot.chat(7).say("who is Wang Yi")] == ["You asked: who is Wang Yi"]
    assert subscriptions.changes == [("zone", 7, 0, "who is Wang Yi")]


async def test_in_a_group_an_admin_says_the_zone_to_the_bot(bot, subscriptions):
    subscriptions.awaited.add(GROUP)
    assert await bot.group(GROUP, user_id=ADMIN).say("Berlin") == []
    await bot.group(GROUP, user_id=MEMBER).say("@on_the_record_bot Berlin")
    assert subscriptions.changes == []
    (reply,) = await bot.group(GROUP, user_id=ADMIN).say("@on_the_record_bot Berlin")
    assert reply.text == "zone Berlin"
