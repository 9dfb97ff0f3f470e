"""Each row of the table of faults: what Telegram does, and what the bot owes its reader then."""

import asyncio

import pytest
from telegram.request import HTTPXRequest

from bot.render import Message
from bot.sending import IN_FLIGHT, PATIENCE, TRIES, Outcome, Sender, Target
from tests.auxil import faults
from tests.auxil.bot_api import BotApi, ChatRecord
from tests.auxil.driver import Naps, talking
from tests.auxil.fake_conversation import FakeConversation

PLAIN = Message("one &amp; two", "one & two")


@pytest.fixture
def naps():
    return Naps()


@pytest.fixture
async def bot(naps):
    async with talking(FakeConversation(), sleep=naps) as bot:
        yield bot


@pytest.fixture
async def impatient(naps):
    """A bot that waits for an answer only as long as a test can."""
    async with talking(FakeConversation(), sleep=naps, read_timeout=0.4) as bot:
        yield bot


def sends(bot):
    return len(bot.api.calls_of("sendMessage"))


# --- 429 --------------------------------------------------------------------------------------------------------


async def test_429_waits_as_long_as_it_is_told_and_loses_nothing(bot, naps):
    bot.api.fail("sendMessage", faults.too_many_requests(7), times=2)
    (message,) = await bot.chat().say("one")
    assert message.text == "You asked: one"
    assert naps.seconds == [7, 7]
    assert sends(bot) == 3


async def test_429_beyond_all_patience_is_given_up(bot, naps, log):
    bot.api.fail("sendMessage", faults.too_many_requests(int(PATIENCE) + 1))
    assert await bot.chat().say("one") == []
    assert naps.seconds == []
    assert "message given up" in log.getvalue()


async def test_429_for_ever_is_given_up(bot):
    bot.api.fail("sendMessage", faults.too_many_requests(1), times=99)
    assert await bot.chat().say("one") == []
    assert sends(bot) == TRIES


async def test_429_in_one_chat_leaves_the_others_alone(bot, naps):
    bot.api.fail("sendMessage", faults.too_many_requests(7), chat_id=7)
    bot.chat(7)
    assert await bot.chat(9).say("one")
    assert naps.seconds == []


# --- gone -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("fault", [faults.BLOCKED, faults.DEACTIVATED, faults.CHAT_NOT_FOUND])
async def test_a_chat_that_is_gone_is_not_tried_again(bot, log, fault):
    bot.api.fail("sendMessage", fault, times=99)
    assert await bot.chat().say("big") == []
    assert sends(bot) == 1
    assert "chat is gone" in log.getvalue()
    assert "unexpected error" not in log.getvalue()


# --- 400 --------------------------------------------------------------------------------------------------------


async def test_refused_html_is_sent_as_plain_text_and_counted_as_a_bug(bot, log):
    bot.api.fail("sendMessage", faults.CANNOT_PARSE)
    (message,) = await bot.chat().say("<b>&")
    assert message.text == message.html == "You asked: <b>&"
    assert message.buttons[0] == "next"
    assert "bug:" in log.getvalue()


async def test_too_long_is_sent_in_halves_with_the_buttons_last(bot, log):
    bot.api.fail("sendMessage", faults.TOO_LONG)
    messages = await bot.chat().say("one " * 900)
    assert len(messages) == 2
    assert " ".join(message.text for message in messages) == "You asked: " + ("one " * 900).strip()
    assert [bool(message.buttons) for message in messages] == [False, True]
    assert "bug:" in log.getvalue()


@pytest.mark.parametrize("fault", [faults.CANNOT_PARSE, faults.TOO_LONG, faults.NOT_MODIFIED, faults.STALE_QUERY])
async def test_a_request_that_stays_bad_is_not_repeated_for_ever(bot, fault):
    bot.api.fail("sendMessage", fault, times=99)
    assert await bot.chat().say("one") == []
    assert sends(bot) <= 2


async def test_a_topic_that_is_gone_is_answered_outside_it(bot, log):
    topic = bot.group(-100, thread=33)
    topic.record.threads.clear()
    await topic.say("@on_the_record_bot one")
    (message,) = bot.api.sent_to(-100)
    assert message.thread_id is None
    assert message.reply_to is not None
    assert "topic is gone" in log.getvalue()


async def test_no_topic_to_leave_out_is_a_plain_refusal(bot):
    bot.api.fail("sendMessage", faults.NO_THREAD, times=99)
    assert await bot.chat().say("one") == []
    assert sends(bot) == 1


async def test_a_group_that_became_a_supergroup_is_answered_there(bot):
    bot.api.add_chat(ChatRecord(-1001, "supergroup"))
    bot.api.fail("sendMessage", faults.migrated(-1001), chat_id=-5)
    assert await bot.group(-5).say("/help") == []
    (message,) = bot.api.sent_to(-1001)
    assert message.text == "/help []"


async def test_a_press_that_came_too_late_still_brings_its_reply(bot, log):
    chat = bot.chat()
    await chat.say("one")
    bot.api.fail("answerCallbackQuery", faults.STALE_QUERY)
    (message,) = await chat.press("next")
    assert message.text == "After next"
    assert len(bot.api.calls_of("answerCallbackQuery")) == 1
    assert "unexpected error" not in log.getvalue()


# --- the network ------------------------------------------------------------------------------------------------


async def test_502_with_html_is_tried_again(bot, naps):
    bot.api.fail("sendMessage", faults.BAD_GATEWAY, times=2)
    (message,) = await bot.chat().say("one")
    assert message.text == "You asked: one"
    assert naps.seconds == [0.5, 1.0]


async def test_502_for_ever_is_given_up_and_the_bot_goes_on(bot):
    chat = bot.chat()
    bot.api.fail("sendMessage", faults.BAD_GATEWAY, times=TRIES)
    assert await chat.say("one") == []
    assert sends(bot) == TRIES
    assert await chat.say("two")


@pytest.mark.parametrize("fault", [faults.SILENCE, faults.DROP, faults.CUT])
async def test_what_may_have_arrived_is_not_sent_twice(impatient, log, fault):
    impatient.api.fail("sendMessage", fault)
    (message,) = await impatient.chat().say("one")  # it had arrived
    assert message.text == "You asked: one"
    assert sends(impatient) == 1
    assert "may have been sent" in log.getvalue()


async def test_an_answer_that_cannot_be_read_means_it_may_have_arrived(bot):
    bot.api.fail("sendMessage", faults.Fault("page", 200, "<html>login first</html>"))
    bot.chat(7)
    sender = Sender(bot.application.bot, rate=1000)
    assert await sender.send(Target(7), PLAIN) is Outcome.UNKNOWN


async def test_a_token_refused_while_sending_fails_the_message_only(bot):
    bot.api.fail("sendMessage", faults.UNAUTHORIZED)
    bot.chat(7)
    assert await Sender(bot.application.bot, rate=1000).send(Target(7), PLAIN) is Outcome.FAILED


async def test_a_server_that_is_not_there_is_tried_again(naps):
    async with BotApi() as api:
        api.add_chat(ChatRecord(7))
        async with talking(FakeConversation(), api=api) as running:
            telegram = running.application.bot
            nowhere = telegram.__class__(api.token, base_url="http://127.0.0.1:9/bot", request=HTTPXRequest())
            async with nowhere.request:
                outcome = await Sender(nowhere, rate=1000, sleep=naps).send(Target(7), PLAIN)
    assert outcome is Outcome.FAILED
    assert naps.seconds == [0.5, 1.0, 2.0, 4.0]


# --- stopping and pacing ----------------------------------------------------------------------------------------


async def test_a_stopping_bot_does_not_sit_out_a_long_wait(bot):
    bot.chat(7)
    bot.api.fail("sendMessage", faults.too_many_requests(60))
    sender = Sender(bot.application.bot, rate=1000)
    sender.hurry()
    assert await asyncio.wait_for(sender.send(Target(7), PLAIN), 10) is Outcome.FAILED


async def test_a_stopping_bot_sits_out_a_short_wait(bot):
    bot.chat(7)
    bot.api.fail("sendMessage", faults.too_many_requests(1))
    sender = Sender(bot.application.bot, rate=1000, sleep=lambda _: asyncio.sleep(0.05))
    sender.hurry()
    assert await sender.send(Target(7), PLAIN) is Outcome.SENT


async def test_messages_keep_to_the_rate(bot, naps):
    bot.chat(7)
    sender = Sender(bot.application.bot, rate=2, sleep=naps)
    for _ in range(6):
        await sender.send(Target(7), PLAIN)
    # No time passes for the sender, so each further message has to wait half a second more.
    assert len(naps.seconds) >= 4
    assert all(a < b for a, b in zip(naps.seconds, naps.seconds[1:], strict=False))


class SlowBot:
    """Counts the messages on their way; each takes until ``go_on``."""

    def __init__(self):
        self.going, self.most, self.go_on = 0, 0, asyncio.Event()

    async def send_message(self, *args, **kwargs):
        self.going += 1
        self.most = max(self.most, self.going)
        await self.go_on.wait()
        self.going -= 1


async def test_no_more_than_a_few_requests_are_on_their_way(naps):
    slow = SlowBot()
    sender = Sender(slow, rate=1000, sleep=naps)
    sending = [asyncio.ensure_future(sender.send(Target(7), PLAIN)) for _ in range(3 * IN_FLIGHT)]
    while slow.going < IN_FLIGHT:
        await asyncio.sleep(0)
    slow.go_on.set()
    assert {await one for one in sending} == {Outcome.SENT}
    assert slow.most == IN_FLIGHT


async def test_who_waits_for_telegram_holds_up_nobody(bot):
    waiting = asyncio.Event()

    async def sleep(_):
        await waiting.wait()

    for chat_id in range(1, 3 * IN_FLIGHT):
        bot.chat(chat_id)
    sender = Sender(bot.application.bot, rate=1000, sleep=sleep)
    bot.api.fail("sendMessage", faults.too_many_requests(9), times=2 * IN_FLIGHT)
    halted = [asyncio.ensure_future(sender.send(Target(chat_id), PLAIN)) for chat_id in range(1, 2 * IN_FLIGHT + 1)]
    await bot.api.until(lambda: sends(bot) == 2 * IN_FLIGHT)
    assert await asyncio.wait_for(sender.send(Target(3 * IN_FLIGHT - 1), PLAIN), 10) is Outcome.SENT
    waiting.set()
    assert {await one for one in halted} == {Outcome.SENT}


# --- repeated updates -------------------------------------------------------------------------------------------


async def test_an_update_that_comes_twice_is_answered_once(bot):
    assert len(await bot.chat().say("one", copies=3)) == 1
