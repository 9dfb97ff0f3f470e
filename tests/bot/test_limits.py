"""How much one chat may ask, and that nobody else notices when it asks too much."""

import pytest

from bot.handlers import phrases
from bot.limits import Limits
from bot.order import IN_LINE
from tests.auxil.fake_conversation import FakeConversation
from tests.bot.edge import Api, Clock, FakeSubscriptions, serving

QUESTIONS, PRESSES, PER = 20, 60, 60.0


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def limits(clock):
    return Limits(clock)


# --- the windows ------------------------------------------------------------------------------------------------


def judged(limits, times, chat=7, kind="question"):
    return [limits.judge(chat, kind) for _ in range(times)]


def test_so_many_go_one_is_told_and_the_rest_is_dropped(limits):
    assert judged(limits, QUESTIONS + 3) == ["go"] * QUESTIONS + ["say", "drop", "drop"]


def test_the_window_slides(limits, clock):
    judged(limits, 10)
    clock.now += 30
    judged(limits, 10)
    assert judged(limits, 1) == ["say"]
    assert limits.wait(7, "question") == 30
    clock.now += 30
    assert limits.wait(7, "question") == 0
    assert judged(limits, 11) == ["go"] * 10 + ["drop"]  # told less than a minute ago
    clock.now += 30
    assert judged(limits, 11) == ["go"] * 10 + ["say"]


def test_who_never_stops_is_answered_as_often_as_others_are(limits, clock):
    verdicts = []
    for _ in range(600):  # ten minutes, one a second
        verdicts += judged(limits, 1)
        clock.now += 1
    assert verdicts.count("go") == 10 * QUESTIONS
    assert verdicts.count("say") <= 10


def test_chats_and_kinds_are_counted_apart(limits):
    judged(limits, QUESTIONS)
    assert judged(limits, 1, chat=8) == ["go"]
    assert judged(limits, PRESSES + 1, kind="press") == ["go"] * PRESSES + ["say"]
    assert judged(limits, PRESSES + 1, kind="inline") == ["go"] * PRESSES + ["say"]


def test_people_in_a_group_are_counted_apart_and_together_too(limits, clock):
    def of(person, times):
        return [limits.judge(-100, "question", person) for _ in range(times)]

    assert of(1, QUESTIONS + 2) == ["go"] * QUESTIONS + ["say", "drop"]
    assert of(2, QUESTIONS + 2) == ["go"] * QUESTIONS + ["say", "drop"]
    clock.now += 30
    assert of(3, QUESTIONS) == ["go"] * QUESTIONS
    assert of(4, 2) == ["say", "drop"]  # they are too many together
    assert limits.wait(-100, "question", 4) == 30
    assert limits.judge(-101, "question", 1) == "go"
    clock.now += 30
    assert of(4, 1) == ["go"]


def test_no_more_is_remembered_than_is_worth_it(clock):
    limits = Limits(clock, questions=1, remembered=3)
    for chat in range(1000):
        assert judged(limits, 1, chat=chat) == ["go"]
    assert len(limits._windows) == 3
    assert judged(limits, 1, chat=999) == ["say"]


# --- at the gate ------------------------------------------------------------------------------------------------


@pytest.fixture
def conversation():
    return FakeConversation()


@pytest.fixture
async def bot(conversation, limits, clock):
    async with serving(conversation, limits=limits, clock=clock, admins={1}) as bot:
        yield bot
        assert bot.api.complaints == []


def asked(conversation, chat):
    return [heard for heard in conversation.heard if heard[1] == chat]


async def test_a_flood_is_answered_up_to_the_limit_and_told_once(bot, conversation, clock):
    chat = bot.chat(7)
    for number in range(40):
        await chat.say(f"/ask {number}" if number % 2 else str(number))
    assert len(chat.received) == QUESTIONS + 1
    assert chat.received[-1].text == phrases.too_many(60)
    assert len(conversation.heard) == QUESTIONS
    clock.now += PER
    assert [m.text for m in await chat.say("later")] == ["You asked: later"]


async def test_a_flood_of_thousands_keeps_nobody_else_waiting(bot, conversation):
    flood, other = bot.chat(7), bot.chat(9)
    bot.desk.slow = {7}
    user = {"id": 7, "is_bot": False, "first_name": "Flood"}
    for number in range(3000):
        message = {"message_id": number, "date": 1, "chat": flood.record.as_json(), "from": user, "text": "again"}
        await bot.api.push({"message": message})
    other._settle = None
    assert [m.text for m in await other.say("hello?", expect=1)] == ["You asked: hello?"]
    assert flood.received == []
    bot.desk.released.set()
    await bot.application.update_queue.join()
    await bot.api.until(lambda: len(flood.received) == QUESTIONS + 1)
    assert len(asked(conversation, "tg:7")) == QUESTIONS


async def test_chats_that_wait_to_be_written_to_delay_nobody_else(bot):
    waiting, other = [bot.chat(number) for number in range(100, 150)], bot.chat(9)
    bot.desk.slow = set(range(100, 150))
    for chat in waiting:
        chat._settle = None
        await chat.say("one")
    other._settle = None
    assert [m.text for m in await other.say("two", expect=1)] == ["You asked: two"]
    assert bot.order.chats_in_hand >= len(waiting)
    bot.desk.released.set()
    await bot.api.until(lambda: all(chat.received for chat in waiting))


async def test_presses_have_a_limit_of_their_own_told_on_the_button(bot, conversation):
    chat = bot.chat(7)
    (answer,) = await chat.say("one")
    message = bot.api.as_json(answer)
    for _ in range(PRESSES):
        assert len(await chat.press_data("next", message=message)) == 1
    assert await chat.press_data("next", message=message) == []
    assert chat.notice == phrases.too_many(60)
    assert await chat.press_data("next", message=message) == []
    assert chat.notice is None  # no longer told
    assert len(conversation.heard) == PRESSES + 1
    assert len(await chat.say("two")) == 1


async def test_inline_queries_have_a_limit_of_their_own(bot):
    query = {"from": {"id": 7, "is_bot": False, "first_name": "x"}, "query": "wang", "offset": ""}
    for number in range(PRESSES + 2):
        await bot.settle(await bot.api.push({"inline_query": query | {"id": str(number)}}))
    assert len(bot.api.inline_answers) == PRESSES
    assert len(await bot.chat(7).say("one")) == 1


async def test_the_other_talk_of_a_group_does_not_count(bot, conversation):
    group = bot.group(-100)
    for _ in range(2 * QUESTIONS):
        await group.say("what a day")
        await group.say("/weather")
    for number in range(QUESTIONS):
        assert len(await group.say(f"@on_the_record_bot {number}")) == 1
    (told,) = await group.say("@on_the_record_bot once more")
    assert told.text == phrases.too_many(60)
    assert await group.say("what a day") == []


async def test_the_other_talk_of_a_group_takes_no_place_in_its_line(bot):
    group = bot.group(-100)
    group._settle = None
    bot.desk.slow = {-100}
    await group.say("@on_the_record_bot one")
    for _ in range(100):
        await group.say("what a day")
    await group.say("@on_the_record_bot two")
    await bot.api.until(lambda: bot.api._updates == [])
    bot.desk.released.set()
    await bot.api.until(lambda: len(group.received) == 2)


async def test_a_member_of_a_group_shuts_nobody_out(conversation, limits, clock):
    subscriptions, api = FakeSubscriptions(), Api()
    api.admins.add((-100, 8))
    async with serving(conversation, subscriptions, limits=limits, clock=clock, api=api) as bot:
        member = bot.group(-100, user_id=9)
        for _ in range(QUESTIONS + 2):
            await member.say("/subscribe everything")
        assert [m.text for m in member.received] == [phrases.GROUP_ADMINS_ONLY, phrases.too_many(60)]
        assert [m.text for m in await bot.group(-100, user_id=8).say("/pause")] == ["/pause []"]
        clock.now += PER
        assert [m.text for m in await member.say("/pause")] == [phrases.GROUP_ADMINS_ONLY]


async def test_presses_that_are_dropped_are_answered_without_a_word(bot):
    chat = bot.chat(7)
    (answer,) = await chat.say("one")
    for _ in range(PRESSES + 5):
        await chat.press_data("next", message=bot.api.as_json(answer))
    assert bot.api.open_callbacks == set()
    assert len(bot.api.callbacks) == PRESSES + 5


async def test_a_mashed_button_is_carried_out_once_and_each_press_answered(bot, conversation):
    chat = bot.chat(7)
    (answer,) = await chat.say("one")
    chat._settle = None
    bot.desk.slow = {7}
    for _ in range(IN_LINE + 10):
        await chat.press_data("next", message=bot.api.as_json(answer))
    await bot.api.until(lambda: len(bot.api.callbacks) == IN_LINE + 10)
    bot.desk.released.set()
    await bot.application.update_queue.join()
    await bot.api.until(lambda: len(chat.received) == 2)
    assert [heard[0] for heard in conversation.heard] == ["ask", "press"]


async def test_presses_that_find_no_place_in_line_are_answered(bot):
    chat = bot.chat(7)
    (answer,) = await chat.say("one")
    chat._settle = None
    bot.desk.slow = {7}
    for number in range(IN_LINE + 10):
        message = bot.api.as_json(answer) | {"message_id": 10_000 + number}
        await chat.press_data("next", message=message)
    await bot.api.until(lambda: len(bot.api.callbacks) >= 10)
    bot.desk.released.set()
    await bot.api.until(lambda: bot.api.open_callbacks == set())


async def test_what_is_no_text_counts_as_it_is_answered(bot):
    chat = bot.chat(7)
    photo = [{"file_id": "f", "file_unique_id": "u", "width": 1, "height": 1}]
    for _ in range(QUESTIONS):
        assert len(await chat.send(photo=photo)) == 1
    assert [m.text for m in await chat.send(photo=photo)] == [phrases.too_many(60)]


async def test_service_messages_do_not_count(bot):
    chat = bot.chat(7)
    for _ in range(2 * QUESTIONS):
        await chat.send(pinned_message=chat._message() | {"text": "x"})
    assert len(await chat.say("one")) == 1


async def test_admins_of_the_bot_have_no_limit(bot):
    admin = bot.chat(1)
    for _ in range(QUESTIONS + 5):
        assert len(await admin.say("one")) == 1


async def test_an_update_that_is_repeated_counts_once(bot):
    chat = bot.chat(7)
    for _ in range(QUESTIONS):
        assert len(await chat.say("one", copies=3)) == 1


async def test_that_the_bot_was_blocked_is_heard_in_any_flood(conversation, limits, clock):
    subscriptions = FakeSubscriptions()
    async with serving(conversation, subscriptions, limits=limits, clock=clock) as bot:
        chat = bot.chat(7)
        for _ in range(2 * QUESTIONS):
            await chat.say("one")
        user = {"id": 7, "is_bot": False, "first_name": "x"}
        us = {"id": 123456, "is_bot": True, "first_name": "b"}
        change = {
            "chat": chat.record.as_json(),
            "from": user,
            "date": 1,
            "old_chat_member": {"status": "member", "user": us},
            "new_chat_member": {"status": "kicked", "user": us, "until_date": 0},
        }
        await bot.settle(await bot.api.push({"my_chat_member": change}))
        assert ("gone", 7, "blocked") in subscriptions.heard
