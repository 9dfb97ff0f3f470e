"""Whether the bot is in a chat, what the chat's number is now, and that who writes is heard."""

import asyncio

import pytest
from telegram import Chat, ChatMemberAdministrator, ChatMemberMember, ChatMemberOwner, User

from bot.handlers import phrases
from bot.handlers.membership import GroupAdmins
from tests.auxil.fake_conversation import FakeConversation
from tests.bot.edge import BOT, Clock, FakeSubscriptions, serving

RESTRICTED = dict.fromkeys(
    (
        "can_send_audios can_send_documents can_send_photos can_send_videos can_send_video_notes can_send_voice_notes "
        "can_send_polls can_send_other_messages can_add_web_page_previews can_change_info can_invite_users "
        "can_pin_messages can_manage_topics can_edit_tag can_react_to_messages"
    ).split(),
    False,
) | {"until_date": 0}


@pytest.fixture
def subscriptions():
    return FakeSubscriptions()


@pytest.fixture
async def bot(subscriptions):
    async with serving(FakeConversation(), subscriptions) as bot:
        yield bot
        assert bot.api.complaints == []


async def become(bot, chat, status, **others):
    member = {"user": BOT, "status": status, **others}
    change = {
        "chat": chat.record.as_json(),
        "from": {"id": 7, "is_bot": False, "first_name": "x"},
        "date": 1,
        "old_chat_member": {"user": BOT, "status": "member"},
        "new_chat_member": member,
    }
    await bot.settle(await bot.api.push({"my_chat_member": change}))


@pytest.mark.parametrize(
    ("chat_id", "status", "others", "call"),
    [
        (7, "kicked", {"until_date": 0}, ("gone", 7, "blocked")),
        (-100, "kicked", {"until_date": 0}, ("gone", -100, "removed")),
        (-100, "left", {}, ("gone", -100, "removed")),
        (
            -100,
            "restricted",
            RESTRICTED | {"is_member": True, "can_send_messages": False},
            ("gone", -100, "may not write"),
        ),
        (
            -100,
            "restricted",
            RESTRICTED | {"is_member": False, "can_send_messages": True},
            ("gone", -100, "may not write"),
        ),
        (-100, "restricted", RESTRICTED | {"is_member": True, "can_send_messages": True}, ("back", -100)),
        (7, "member", {}, ("back", 7)),
        (-100, "member", {}, ("back", -100)),
    ],
)
async def test_whether_the_bot_may_still_write(bot, subscriptions, chat_id, status, others, call):
    chat = bot.chat(chat_id) if chat_id > 0 else bot.group(chat_id)
    await become(bot, chat, status, **others)
    assert subscriptions.heard == [call]
    assert bot.api.messages == []


async def test_both_messages_of_a_migration_move_what_is_kept(bot, subscriptions):
    old, new = bot.group(-5), bot.group(-1005)
    assert await old.send(migrate_to_chat_id=-1005) == []
    assert await new.send(migrate_from_chat_id=-5) == []
    assert subscriptions.changes == [("migrate", -5, -1005), ("migrate", -5, -1005)]


async def test_whoever_writes_or_presses_is_heard_before_they_are_answered(bot, subscriptions):
    chat, group = bot.chat(7), bot.group(-100)
    (answer,) = await chat.say("/subscribe everything")
    assert [call[0] for call in subscriptions.heard] == ["heard", "command"]
    subscriptions.heard.clear()
    await chat.press_data("next", message=bot.api.as_json(answer))
    await group.say("not for the bot")
    assert subscriptions.heard == [("heard", 7), ("heard", -100)]


async def test_a_database_that_went_away_costs_no_answer(log):
    class Broken(FakeSubscriptions):
        async def heard_from(self, telegram):
            raise OSError(f"no disk for {telegram}")

    async with serving(FakeConversation(), Broken()) as bot:
        assert [m.text for m in await bot.chat(7).say("one")] == ["You asked: one"]
    assert "chat not looked up" in log.getvalue()


async def test_who_came_back_is_told_once_what_rests_after_what_they_asked(bot, subscriptions):
    chat = bot.chat(7)
    subscriptions.back_and_resting.add(7)
    answer, told = await chat.say("one")
    assert (answer.text, told.text) == ("You asked: one", phrases.RESTING)
    assert [[button["callback_data"] for button in row] for row in told.keyboard] == [["m:r"]]
    assert len(await chat.say("two")) == 1


async def test_in_a_group_that_is_told_in_the_topic_that_is_talked_in(bot, subscriptions):
    topic = bot.group(-100, thread=33)
    subscriptions.back_and_resting.add(-100)
    (told,) = await topic.say("what a day")
    assert (told.text, told.thread_id, told.reply_to) == (phrases.RESTING, 33, None)


async def test_a_reminder_that_fails_costs_nobody_anything(log):
    class Broken(FakeSubscriptions):
        async def rests_since_gone(self, telegram):
            raise OSError(f"no disk for {telegram}")

    async with serving(FakeConversation(), Broken()) as bot:
        assert [m.text for m in await bot.chat(7).say("one")] == ["You asked: one"]
    assert "chat not looked up" in log.getvalue()


# --- who speaks for a group -------------------------------------------------------------------------------------


class Telegram:
    """Says of everybody that they are ``member``."""

    def __init__(self, member):
        self.member, self.asked = member, 0

    async def get_chat_member(self, _chat, _user):
        self.asked += 1
        return self.member


PERSON, GROUP = User(8, "x", is_bot=False), Chat(-100, "group")
NO_RIGHTS = (
    "can_be_edited is_anonymous can_manage_chat can_delete_messages can_manage_video_chats can_restrict_members "
    "can_promote_members can_change_info can_invite_users can_post_stories can_edit_stories can_delete_stories"
)


@pytest.mark.parametrize(
    ("member", "may"),
    [
        (ChatMemberOwner(PERSON, is_anonymous=False), "yes"),
        (ChatMemberAdministrator(PERSON, **dict.fromkeys(NO_RIGHTS.split(), False)), "yes"),
        (ChatMemberMember(PERSON), "no"),
    ],
)
async def test_a_groups_admins_may(member, may):
    admins, telegram = GroupAdmins(asyncio.Semaphore(2), Clock()), Telegram(member)
    assert await admins.may(telegram, GROUP, PERSON) == may
    assert await admins.may(telegram, GROUP, PERSON) == may
    assert telegram.asked == 1
    assert await admins.may(telegram, GROUP, None) == "no"
    assert await admins.may(telegram, Chat(8, "private"), PERSON) == "yes"
    assert telegram.asked == 1


async def test_no_more_admins_are_remembered_than_is_worth_it():
    admins, telegram = GroupAdmins(asyncio.Semaphore(2), Clock()), Telegram(ChatMemberMember(PERSON))
    for number in range(5000):
        await admins.may(telegram, Chat(-number, "group"), PERSON)
    assert len(admins._known) == 4096
