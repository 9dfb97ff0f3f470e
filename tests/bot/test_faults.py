"""Each row of the table of faults: what Telegram does, and what the bot owes its reader then."""

import asyncio

import pytest

from bot.delivery.pacing import IN_FLIGHT, SECOND, Pacing
from bot.render import Message
from bot.replies import Button
from bot.sending import PATIENCE, TRIES, Outcome, Sender, Target
from bot.transport import TelegramRequest
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
    async with talking(FakeConversation(), clock=naps) as bot:
        yield bot


@pytest.fixture
async def impatient(naps):
    """A bot that waits for an answer only as long as a test can."""
    async with talking(FakeConversation(), clock=naps, read_timeout=0.4) as bot:
        yield bot


def sends(bot):
    return len(bot.api.calls_of("sendMessage"))


async def outcome(sender, chat_id=7, **options):
    """What becomes of a message to a chat."""
    return (await sender.send(Target(chat_id), PLAIN, **options)).outcome


async def yes():
    return True


# --- 429 --------------------------------------------------------------------------------------------------------


async def test_429_waits_as_long_as_it_is_told_and_loses_nothing(bot, naps):
    bot.api.fail("sendMessage", faults.too_many_requests(7), times=2)
    began = naps()
    (message,) = await bot.chat().say("one")
    assert message.text == "You asked: one"
    assert 14 <= naps() - began < 15
    assert sends(bot) == 3


async def test_429_beyond_all_patience_is_given_up(bot, naps, log):
    bot.api.fail("sendMessage", faults.too_many_requests(int(PATIENCE) + 1))
    began = naps()
    assert await bot.chat().say("one") == []
    assert naps() - began < 1
    assert "message given up" in log.getvalue()


async def test_429_for_ever_is_given_up(bot):
    bot.api.fail("sendMessage", faults.too_many_requests(1), times=99)
    assert await bot.chat().say("one") == []
    assert sends(bot) == TRIES


async def test_429_in_one_chat_leaves_the_others_alone(bot, naps):
    bot.api.fail("sendMessage", faults.too_many_requests(7), chat_id=7)
    sender = bot.sender(naps)
    bot.chat(7), bot.chat(9)
    began = naps()
    halted = asyncio.ensure_future(outcome(sender))
    await bot.api.until(lambda: sends(bot) == 1)
    assert await outcome(sender, 9) is Outcome.SENT
    assert naps() - began < 1
    assert await halted is Outcome.SENT
    assert naps() - began >= 7


# --- gone -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("fault", faults.ALL_GONE)
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


@pytest.mark.parametrize("fault", [faults.NO_THREAD, faults.TOPIC_CLOSED, faults.TOPIC_DELETED])
async def test_a_topic_that_is_gone_is_answered_outside_it(bot, log, fault):
    topic = bot.group(-100, thread=33)
    bot.api.fail("sendMessage", fault)
    await topic.say("@on_the_record_bot one")
    (message,) = bot.api.sent_to(-100)
    assert message.thread_id is None
    assert message.reply_to is not None
    assert "topic is gone" in log.getvalue()


async def test_a_forum_whose_outside_is_closed_too_is_gone(bot):
    bot.group(-100, thread=33)
    bot.api.fail("sendMessage", faults.TOPIC_CLOSED, times=99)
    sent = await bot.sender().send(Target(-100, 33), PLAIN)
    assert (sent.outcome, sent.thread_lost, sends(bot)) == (Outcome.GONE, True, 2)


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
    assert [seconds for seconds in naps.seconds if seconds in {0.5, 1.0, 2.0}] == [0.5, 1.0]


@pytest.mark.parametrize("code", [400, 401, 403, 404, 409])
async def test_an_error_page_that_is_not_telegrams_says_nothing_of_chats_or_tokens(bot, code):
    bot.chat(7)
    bot.api.fail("sendMessage", faults.page(code))
    assert await outcome(bot.sender()) is Outcome.SENT
    assert sends(bot) == 2


async def test_a_gateway_that_waited_in_vain_does_not_know_whether_it_arrived(bot):
    bot.chat(7)
    bot.api.fail("sendMessage", faults.GATEWAY_TIMEOUT)
    assert await outcome(bot.sender()) is Outcome.UNKNOWN


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
    assert await outcome(bot.sender()) is Outcome.UNKNOWN


async def test_a_token_refused_while_sending_is_told(bot):
    bot.api.fail("sendMessage", faults.UNAUTHORIZED)
    bot.chat(7)
    assert await outcome(bot.sender()) is Outcome.REFUSED_TOKEN


@pytest.fixture
async def nowhere():
    """A bot whose server is not there."""
    async with BotApi() as api, talking(FakeConversation(), api=api) as running:
        bot = running.application.bot.__class__(api.token, base_url="http://127.0.0.1:9/bot", request=TelegramRequest())
        async with bot.request:
            yield bot


async def test_a_server_that_is_not_there_is_tried_again(naps, nowhere):
    assert await outcome(Sender(nowhere, Pacing(1000, naps))) is Outcome.FAILED
    assert [seconds for seconds in naps.seconds if seconds in {0.5, 1.0, 2.0, 4.0}] == [0.5, 1.0, 2.0, 4.0]


# --- what is kept elsewhere -------------------------------------------------------------------------------------


@pytest.mark.parametrize("fault", [faults.BAD_GATEWAY, faults.too_many_requests(9), faults.CONFLICT])
async def test_a_digest_that_surely_did_not_arrive_does_not_wait_here(bot, naps, fault):
    bot.chat(7)
    bot.api.fail("sendMessage", fault)
    began = naps()
    sent = await bot.sender(naps).send(Target(7), PLAIN, urgent=False)
    assert (sent.outcome, sends(bot)) == (Outcome.LATER, 1)
    assert sent.wait == (9 if fault.code == 429 else None)
    assert naps() - began < 1


async def test_a_digest_in_halves_is_seen_through_once_the_first_is_with_its_reader(bot, naps):
    bot.chat(7)
    bot.api.fail("sendMessage", faults.TOO_LONG)
    bot.api.fail("sendMessage", faults.BAD_GATEWAY, when=lambda: len(bot.api.messages) == 1)
    text = "one " * 900
    sent = await bot.sender(naps).send(Target(7), Message(text, text), urgent=False, begin=yes)
    assert (sent.outcome, len(bot.api.sent_to(7)), sends(bot)) == (Outcome.SENT, 2, 4)


async def test_of_a_digest_in_halves_whose_second_does_not_arrive_it_is_not_said_that_it_did_not(bot, naps):
    bot.chat(7)
    bot.api.fail("sendMessage", faults.TOO_LONG)
    bot.api.fail("sendMessage", faults.BAD_GATEWAY, when=lambda: len(bot.api.messages) == 1, times=99)
    text = "one " * 900
    sent = await bot.sender(naps).send(Target(7), Message(text, text), urgent=False, begin=yes)
    assert (sent.outcome, len(bot.api.sent_to(7))) == (Outcome.UNKNOWN, 1)


async def test_a_message_is_begun_once_just_before_its_first_request(bot, naps):
    bot.api.add_chat(ChatRecord(-1001, "supergroup"))
    bot.group(-5)
    bot.api.fail("sendMessage", faults.migrated(-1001), chat_id=-5)
    calls = []

    async def begin():
        calls.append(sends(bot))
        return True

    sent = await bot.sender(naps).send(Target(-5), PLAIN, urgent=False, begin=begin)
    assert (sent.outcome, sent.chat_id, calls) == (Outcome.SENT, -1001, [0])


async def test_a_message_that_is_not_wanted_any_more_is_called_off_and_takes_nobodys_place(bot, naps):
    bot.chat(7)

    async def begin():
        return False

    sender, began = bot.sender(naps), naps()
    for _ in range(5):
        assert await outcome(sender, begin=begin) is Outcome.CALLED_OFF
    assert await outcome(sender) is Outcome.SENT
    assert sends(bot) == 1
    assert naps() - began < 0.5


async def test_a_digest_can_be_silent_and_paid_for_and_a_reply_is_not(bot):
    bot.chat(7)
    sender = bot.sender(paid=True)
    await sender.send(Target(7), PLAIN, urgent=False, silent=True)
    await sender.send(Target(7), PLAIN)
    digest, reply = (call.params for call in bot.api.calls_of("sendMessage"))
    assert (digest["disable_notification"], digest["allow_paid_broadcast"]) == ("true", "true")
    assert not {"disable_notification", "allow_paid_broadcast"} & reply.keys()


# --- edits and documents ----------------------------------------------------------------------------------------

LATER = Message("<b>two</b>", "two", ((Button("next", "n"),),))


@pytest.mark.parametrize(
    ("fault", "done"),
    [
        (None, True),
        (faults.DROP, True),
        (faults.BAD_GATEWAY, True),
        (faults.NOT_MODIFIED, True),
        (faults.too_many_requests(9), False),
        (faults.BLOCKED, False),
        (faults.bad_request("message to edit not found"), False),
    ],
)
async def test_an_edit_is_tried_again_where_that_can_help(bot, fault, done):
    bot.chat(7)
    sender = bot.sender()
    sent = await sender.send(Target(7), PLAIN)
    if fault:
        bot.api.fail("editMessageText", fault)
    assert await sender.edit(7, sent.message_id, LATER) is done
    (message,) = bot.api.sent_to(7)
    expected = ("two", ["next"]) if done and fault != faults.NOT_MODIFIED else ("one & two", [])
    assert (message.text, message.buttons) == expected


async def test_edits_and_documents_take_turns_with_messages(bot, naps):
    bot.chat(7)
    sender, began = bot.sender(naps), naps()
    sent = await sender.send(Target(7), PLAIN)
    assert await sender.edit(7, sent.message_id, LATER)
    assert await sender.send_document(Target(7), b"x", "a.txt")
    assert naps() - began >= 2
    assert [message.document for message in bot.api.sent_to(7)] == [None, "a.txt"]


@pytest.mark.parametrize("fault", [faults.DROP, faults.BLOCKED, faults.too_many_requests(9)])
async def test_a_document_that_may_not_have_arrived_is_told(bot, fault):
    bot.chat(7)
    bot.api.fail("sendDocument", fault)
    assert await bot.sender().send_document(Target(7), b"x", "a.txt") is False


# --- stopping and pacing ----------------------------------------------------------------------------------------


async def test_a_stopping_bot_does_not_sit_out_a_long_wait(bot, naps):
    bot.chat(7)
    bot.api.fail("sendMessage", faults.too_many_requests(60))
    sender, began = bot.sender(naps), naps()
    sender.hurry()
    assert await outcome(sender) is Outcome.FAILED
    assert naps() - began < 1


async def test_who_waits_already_when_the_bot_stops_does_not_for_long(bot, naps):
    bot.chat(7)
    sender, began = bot.sender(naps), naps()
    bot.api.fail("sendMessage", faults.too_many_requests(60))
    waiting = asyncio.ensure_future(outcome(sender))
    with naps.busy():
        await bot.api.until(lambda: sends(bot) == 1)
        sender.hurry()
    assert await waiting is Outcome.FAILED
    assert naps() - began < 60


async def test_a_stopping_bot_sits_out_a_short_wait(bot, naps):
    bot.chat(7)
    bot.api.fail("sendMessage", faults.too_many_requests(1))
    sender = bot.sender(naps)
    sender.hurry()
    assert await outcome(sender) is Outcome.SENT


async def test_messages_keep_to_the_rate(bot, naps):
    sender, began = bot.sender(naps, rate=2), naps()
    for chat_id in range(1, 7):
        bot.chat(chat_id)
        await outcome(sender, chat_id)
    assert naps() - began == pytest.approx(2 * SECOND)


class SlowBot:
    """Counts the messages on their way; each takes until ``go_on``."""

    base_url = ""

    def __init__(self):
        self.going, self.most, self.go_on = 0, 0, asyncio.Event()
        self.request = self

    async def post(self, _address, _data):
        self.going += 1
        self.most = max(self.most, self.going)
        await self.go_on.wait()
        self.going -= 1
        return {"message_id": 1}


async def test_no_more_than_a_few_requests_are_on_their_way(naps):
    slow = SlowBot()
    sender = Sender(slow, Pacing(1000, naps))
    sending = [asyncio.ensure_future(outcome(sender, chat)) for chat in range(1, 3 * IN_FLIGHT)]
    while slow.going < IN_FLIGHT:
        await asyncio.sleep(0)
    slow.go_on.set()
    assert {await one for one in sending} == {Outcome.SENT}
    assert slow.most == IN_FLIGHT


async def test_who_waits_for_telegram_holds_up_nobody(bot, naps):
    for chat_id in range(1, 3 * IN_FLIGHT):
        bot.chat(chat_id)
    sender = bot.sender(naps)
    bot.api.fail("sendMessage", faults.BAD_GATEWAY, times=2 * IN_FLIGHT)
    with naps.busy():
        halted = [asyncio.ensure_future(outcome(sender, chat_id)) for chat_id in range(1, 2 * IN_FLIGHT + 1)]
        await bot.api.until(lambda: sends(bot) == 2 * IN_FLIGHT)
        assert await asyncio.wait_for(outcome(sender, 3 * IN_FLIGHT - 1), 10) is Outcome.SENT
    assert {await one for one in halted} == {Outcome.SENT}


# --- repeated updates -------------------------------------------------------------------------------------------


async def test_an_update_that_comes_twice_is_answered_once(bot):
    assert len(await bot.chat().say("one", copies=3)) == 1
