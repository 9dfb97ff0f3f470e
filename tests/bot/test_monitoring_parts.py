"""What the bot's parts tell of themselves, and looks at what gives no answer."""

import asyncio
import threading
import time
from dataclasses import dataclass

import pytest
from prometheus_client import CollectorRegistry

from bot.delivery.pacing import Pacing
from bot.monitoring.conversation import ObservedConversation
from bot.monitoring.look import Look
from bot.monitoring.metrics import Metrics, Snapshot
from bot.monitoring.observer import Observer, Told
from bot.order import ChatOrder
from bot.render import render
from bot.replies import Reply, said
from bot.sending import Sender, Target
from knowledge.models import Answer
from tests.auxil import faults
from tests.auxil.clock import Naps
from tests.auxil.driver import talking
from tests.auxil.fake_conversation import FakeConversation

PATIENCE = 0.05
(MESSAGE,) = render(said("one"))


class Heard(Observer):
    """Keeps all but the seconds of what it is told."""

    def __init__(self):
        self.answers, self.updates, self.messages, self.errors = [], [], [], []

    def answered(self, asked, told, seconds):
        assert seconds >= 0
        self.answers.append((asked, told))

    def update(self, kind, course):
        self.updates.append((kind, course))

    def handled(self, kind, seconds):
        assert seconds >= 0
        self.updates.append((kind, "handled"))

    def message(self, kind, outcome):
        self.messages.append((kind, outcome))

    def send_error(self, error, *, again):
        self.errors.append((error, again))


# --- a conversation ---------------------------------------------------------------------------------------------


@dataclass
class Led:
    answer: Answer
    reason: str | None


class Explains(FakeConversation):
    """Refuses what is not "known", for a reason; to "thanks" it says something."""

    led = None

    def ask(self, chat, text):
        if text == "known":
            return Reply((), answer=refusal(text).model_copy(update={"answered": True, "kind": "fact"}))
        answer = refusal(text)
        if text != "thanks":
            self.led = Led(answer, "not_quoted")
        return Reply((), answer=answer)

    def outcome(self, chat):
        return self.led


def refusal(text):
    return Answer(question=text, answered=False, confidence=0.0, kind="refusal", reading=text)


def test_what_somebody_was_told():
    heard = Heard()
    conversation = ObservedConversation(Explains(), heard)
    for text in ("thanks", "known", "unknown", "thanks"):
        conversation.ask("tg:7", text)
    conversation.command("tg:7", "help", "")
    assert conversation.press("tg:7", "stale") is None
    with pytest.raises(ValueError, match="pressed too hard"):
        conversation.press("tg:7", "boom")
    assert conversation.offers("x") == ()
    assert heard.answers == [
        ("question", Told("said")),
        ("question", Told("answered", "fact")),
        ("question", Told("refused", reason="not_quoted")),
        ("question", Told("said")),  # not the refusal before, once more
        ("command", Told("said")),
        ("button", Told("nothing")),
        ("button", Told("failed")),
        ("inline", Told("nothing")),
    ]


def test_all_else_passes_through():
    fake, heard = FakeConversation(), Heard()
    conversation = ObservedConversation(fake, heard)
    assert conversation.commands == fake.commands
    conversation.ask("tg:7", "one")
    conversation.forget("tg:7")
    assert conversation.remembered("tg:7") == fake.remembered("tg:7")
    assert fake.heard == [("ask", "tg:7", "one"), ("forget", "tg:7")]
    assert heard.answers == [("question", Told("said"))]  # one that explains nothing refuses nothing


# --- sending ----------------------------------------------------------------------------------------------------

FAULTS = [
    (faults.too_many_requests(1), ("too_many_requests", True), "sent"),
    (faults.migrated(9), ("chat_migrated", True), "sent"),
    (faults.BLOCKED, ("forbidden", False), "gone"),
    (faults.UNAUTHORIZED, ("token_refused", False), "refused_token"),
    (faults.bad_request("it is Monday"), ("bad_request", False), "failed"),
    (faults.TOO_LONG, ("bad_request", True), "sent"),
    (faults.BAD_GATEWAY, ("not_sent", True), "sent"),
    (faults.CUT, ("may_have_arrived", False), "unknown"),
]


async def test_each_failure_of_a_message_is_told_by_its_class():
    async with talking(FakeConversation()) as bot:
        for fault, error, outcome in FAULTS:
            bot.chat(7)
            bot.chat(9)
            bot.api.fail("sendMessage", fault)
            heard = Heard()
            await Sender(bot.application.bot, Pacing(1000, Naps()), observer=heard).send(Target(7), MESSAGE)
            assert (heard.errors, heard.messages) == ([error], [("reply", outcome)])


async def test_other_messages_are_told_too():
    async with talking(FakeConversation()) as bot:
        bot.chat(7)
        heard = Heard()
        sender = Sender(bot.application.bot, Pacing(1000, Naps()), observer=heard)

        async def unwanted():
            return False

        sent = await sender.send(Target(7), MESSAGE)
        await sender.edit(7, sent.message_id, MESSAGE)
        bot.api.fail("editMessageText", faults.too_many_requests(1))
        await sender.edit(7, sent.message_id, MESSAGE)
        bot.api.fail("sendDocument", faults.BLOCKED)
        await sender.send_document(Target(7), b"x", "x.json")
        await sender.send_document(Target(7), b"x", "x.json")
        await sender.send(Target(7), MESSAGE, begin=unwanted)
        sender.hurry()
        bot.api.fail("sendMessage", faults.too_many_requests(60))
        await sender.send(Target(7), MESSAGE)
    assert heard.messages == [
        ("reply", "sent"),
        ("edit", "sent"),
        ("edit", "failed"),
        ("document", "failed"),
        ("document", "sent"),
        ("digest", "called_off"),
        ("reply", "failed"),
    ]
    assert [error for error, _ in heard.errors] == ["too_many_requests", "forbidden", "too_many_requests"]


# --- updates ----------------------------------------------------------------------------------------------------


async def test_updates_are_told_by_kind_and_course():
    heard = Heard()
    order = ChatOrder(observer=heard)

    async def nothing():
        pass

    class BrokenError(Exception):
        pass

    async def broken():
        raise BrokenError

    await order.do_process_update("an update of our own", nothing())
    with pytest.raises(BrokenError):
        await order.do_process_update("another", broken())
    assert heard.updates == [("other", "line"), ("other", "handled")] * 2


# --- figures ----------------------------------------------------------------------------------------------------


def test_two_bots_in_a_process_count_each_for_itself():
    one, other = Metrics(CollectorRegistry()), Metrics(CollectorRegistry())
    one.update("message", "line")
    labels = {"kind": "message", "course": "line"}
    assert one.registry.get_sample_value("onrecord_updates_total", labels) == 1
    assert other.registry.get_sample_value("onrecord_updates_total", labels) == 0


def test_what_gave_no_answer_has_no_figure():
    metrics = Metrics(CollectorRegistry())
    metrics.show(Snapshot(("database",)))
    assert metrics.registry.get_sample_value("onrecord_missing", {"part": "database"}) == 1
    assert metrics.registry.get_sample_value("onrecord_missing", {"part": "index"}) == 0
    assert metrics.registry.get_sample_value("onrecord_index_articles") is None
    assert metrics.registry.get_sample_value("onrecord_digests_due") is None


# --- looks ------------------------------------------------------------------------------------------------------


class Reads:
    """Counts its calls; each waits for ``go_on``, and ends with ``error`` where there is one."""

    def __init__(self):
        self.calls, self.error, self.go_on = 0, None, threading.Event()
        self.go_on.set()

    def __call__(self):
        self.calls += 1
        self.go_on.wait(20)
        if self.error:
            raise self.error
        return self.calls


@pytest.fixture
async def look():
    look = Look("x", Reads(), Naps(), keep=2.0, patience=PATIENCE)
    look.clock, look.reads = look._clock, look._read
    yield look
    look.reads.go_on.set()
    await look.close()


async def test_what_was_seen_is_good_for_a_while(look):
    assert await asyncio.gather(look.now(), look.now()) == [1, 1]
    look.clock.now += 1.9
    assert await look.now() == 1
    look.clock.now += 0.2
    assert await look.now() == 2


async def test_a_failure_is_good_for_as_long(look, log):
    look.reads.error = OSError("a password, perhaps")
    assert await look.now() is None
    look.reads.error = None
    assert await look.now() is None
    look.clock.now += 2
    assert await look.now() == 2
    assert log.getvalue().count("no answer") == 1
    assert "password" not in log.getvalue()


async def test_what_gives_no_answer_is_asked_once_and_not_waited_for_again(look):
    assert await look.now() == 1
    look.clock.now += 2
    look.reads.go_on.clear()
    assert await look.now() is None
    began = time.monotonic()
    assert [await look.now() for _ in range(100)] == [None] * 100
    assert time.monotonic() - began < 50 * PATIENCE
    assert look.reads.calls == 2
    look.reads.go_on.set()
    while await look.now() is None:
        await asyncio.sleep(0.005)
    assert await look.now() == 2


async def test_closing_waits_for_nothing(look):
    look.reads.go_on.clear()
    assert await look.now() is None
    await asyncio.wait_for(look.close(), 1)
