"""The subscriptions' desk over a real database, and the whole way from Telegram to what is kept."""

import asyncio
import json
import sqlite3
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from bot.dialogue import Dialogue
from bot.handlers import phrases
from bot.subscribing import texts
from bot.subscribing.desk import NotKeptError, SubscriptionDesk
from knowledge.library import Library
from knowledge.store import outbox, subscribers
from tests.answer.newsroom import ALL
from tests.auxil.following import record
from tests.auxil.records import blank_store, put
from tests.bot.edge import serving

NOW = datetime(2034, 5, 6, 12, 0, tzinfo=UTC)


@pytest.fixture
def library(tmp_path):
    with Library.open(blank_store(tmp_path / "news.db")) as library:
        put(library, *ALL)
        yield library


class Editor:
    """Makes as many digests as it is told."""

    def __init__(self) -> None:
        self.digests, self.asked = 0, []

    def now(self, telegram, thread):
        self.asked.append((telegram, thread))
        return self.digests


@pytest.fixture
def editor():
    return Editor()


@pytest.fixture
async def desk(library, tmp_path, editor):
    nudges = []
    desk = SubscriptionDesk(f"sqlite:///{tmp_path}/news.db", now=lambda: NOW, editor=editor)
    desk.nudge = lambda: nudges.append(1)
    desk.nudges = nudges
    yield desk
    desk.close()


def text_of(reply):
    return "\n".join("".join(part.text for part in line) for block in reply.blocks for line in block.lines)


def labels(library, telegram):
    return [subscription.label for subscription in subscribers.subscriptions(library.engine, telegram)]


def rests(library, telegram):
    return all(subscription.paused for subscription in subscribers.subscriptions(library.engine, telegram))


# --- the desk ---------------------------------------------------------------------------------------------------


async def test_commands_links_and_buttons_are_carried_out(desk, library):
    await desk.command(7, 0, "subscribe", "person Wang Yi")
    await desk.follow(7, 0, "follow_topic_harbour_bridge")
    await desk.press(7, 0, "fe")
    kinds = [s.interest.kind for s in subscribers.subscriptions(library.engine, 7)]
    assert kinds == ["person", "topic", "everything"]
    assert await desk.press(7, 0, "x:1") is None


async def test_a_chat_is_asked_for_its_zone_and_answers(desk, library):
    assert not desk.awaits_zone(7)
    await desk.command(7, 0, "subscribe", "everything daily 08:00")
    assert desk.awaits_zone(7)
    assert await desk.take_zone(7, 0, "what did Wang Yi say") is None
    await desk.command(7, 0, "subscriptions", "")
    assert not desk.awaits_zone(7)
    await desk.command(8, 0, "subscribe", "everything daily 08:00")
    assert await desk.take_zone(8, 0, "Berlin")
    assert subscribers.chat(library.engine, 8).zone == "Europe/Berlin"


async def test_a_digest_on_demand_or_why_there_is_none(desk, editor):
    assert text_of(await desk.digest_now(7, 0)) == texts.NOTHING_FOLLOWED
    assert editor.asked == []
    await desk.command(7, 0, "subscribe", "everything")
    nothing = text_of(await desk.digest_now(7, 0))
    assert nothing.startswith("Nothing new since ")
    assert "(UTC)" in nothing
    assert desk.nudges == []
    editor.digests = 1
    assert await desk.digest_now(7, 0) is None
    assert editor.asked == [(7, 0), (7, 0)]
    assert desk.nudges == [1]
    assert text_of(await desk.digest_now(7, 33)) == texts.NOTHING_FOLLOWED_HERE
    await desk.command(7, 33, "subscribe", "everything")
    assert await desk.digest_now(7, 33) is None
    await desk.command(7, 0, "pause", "")
    assert text_of(await desk.digest_now(7, 0)) == texts.PAUSED_NOTE
    assert len(editor.asked) == 3


async def test_what_is_paused_in_one_topic_keeps_no_other_from_its_digest(desk, editor):
    await desk.command(-7, 0, "subscribe", "everything")
    await desk.command(-7, 33, "subscribe", "everything")
    await desk.command(-7, 33, "pause", "2")
    editor.digests = 1
    assert text_of(await desk.digest_now(-7, 33)) == texts.PAUSED_NOTE
    assert await desk.digest_now(-7, 0) is None


async def test_a_digest_that_waits_already_is_the_one_asked_for(desk, library):
    await desk.command(7, 0, "subscribe", "everything")
    await desk.command(7, 33, "subscribe", "everything")
    for thread in (0, 33):
        own = [s for s in subscribers.subscriptions(library.engine, 7) if s.thread == thread]
        record(library.engine, own[0], high=own[0].cursor + 1, messages=("{}",), due=NOW + timedelta(hours=8))
    assert await desk.digest_now(7, 33) is None
    assert desk.nudges == [1]
    (claimed,) = outbox.claim(library.engine, outbox.join(library.engine, "one", NOW), NOW, 9)
    assert (claimed.thread, claimed.asked) == (33, True)


async def test_without_any_article_nothing_is_new(tmp_path):
    desk = SubscriptionDesk(f"sqlite:///{tmp_path}/none.db", now=lambda: NOW)
    await desk.command(7, 0, "subscribe", "everything")
    assert text_of(await desk.digest_now(7, 0)) == texts.NO_ARTICLES
    desk.close()


async def test_an_editor_at_work_holds_up_nobody(library, tmp_path):
    began, go_on = asyncio.Event(), asyncio.Event()
    loop = asyncio.get_running_loop()

    class Busy:
        def now(self, _telegram, _thread):
            loop.call_soon_threadsafe(began.set)
            asyncio.run_coroutine_threadsafe(go_on.wait(), loop).result()
            return 1

    desk = SubscriptionDesk(f"sqlite:///{tmp_path}/news.db", now=lambda: NOW, editor=Busy())
    await desk.command(7, 0, "subscribe", "everything")
    digest = asyncio.ensure_future(desk.digest_now(7, 0))
    await began.wait()
    assert await desk.command(8, 0, "subscribe", "everything")
    go_on.set()
    assert await digest is None
    desk.close()


async def test_ones_data_and_its_end(desk, library):
    await desk.command(7, 0, "subscribe", "person Wang Yi daily 08:00")
    await desk.command(8, 0, "subscribe", "everything")
    data = json.loads(await desk.mydata(7, {"last_question": "what did “Wang Yi” say"}))
    assert data["telegram"] == 7
    assert data["remembered_until_restart"] == {"last_question": "what did “Wang Yi” say"}
    assert [s["target"] for s in data["stored"]["subscriptions"]] == ["wang yi"]
    assert await desk.forget(7)
    assert not desk.awaits_zone(7)
    assert not await desk.forget(7)
    data = json.loads(await desk.mydata(7))
    assert (data["stored"], data["remembered_until_restart"]) == ({}, {})
    assert labels(library, 8)


async def test_a_chat_that_is_gone_and_back_rests(desk, library):
    await desk.command(7, 0, "subscribe", "everything")
    await desk.heard_from(7)
    await desk.gone(7, "blocked")
    assert subscribers.chat(library.engine, 7).state == "gone"
    await desk.heard_from(7)
    assert rests(library, 7)
    await desk.command(7, 0, "resume", "")
    await desk.heard_from(7)
    assert not rests(library, 7)


async def test_who_came_back_is_told_once_while_what_they_follow_rests(desk, library):
    for chat in (7, 8):
        await desk.command(chat, 0, "subscribe", "everything")
        assert not await desk.rests_since_gone(chat)
        await desk.gone(chat, "blocked")
    await desk.back(7)
    assert await desk.rests_since_gone(7)
    assert not await desk.rests_since_gone(7)
    await desk.heard_from(8)
    await desk.command(8, 0, "resume", "")
    assert not await desk.rests_since_gone(8)  # no longer so
    await desk.back(9)
    assert not await desk.rests_since_gone(9)


async def test_a_group_that_was_left_and_then_migrates_is_heard_again(desk, library):
    await desk.heard_from(1)
    await desk.command(-5, 0, "subscribe", "everything")
    await desk.gone(-5, "removed")
    await desk.migrate(-5, -1005)
    await desk.heard_from(-1005)
    assert subscribers.chat(library.engine, -1005).state != "gone"
    assert await desk.rests_since_gone(-1005)
    await desk.gone(-1005, "removed")
    await desk.heard_from(-1005)
    assert subscribers.chat(library.engine, -1005).state != "gone"


@contextmanager
def locked(desk, tmp_path, patience=300):
    """Another process that writes and does not end; the desk has another patience than in earnest, in milliseconds."""
    event.listen(desk._library.engine, "checkout", lambda raw, *_: raw.execute(f"PRAGMA busy_timeout = {patience}"))
    with closing(sqlite3.connect(tmp_path / "news.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


async def test_what_is_only_read_does_not_wait_for_what_is_to_be_kept(desk, tmp_path):
    await desk.command(7, 0, "subscribe", "everything")
    with locked(desk, tmp_path, patience=60_000):
        change = asyncio.ensure_future(desk.command(8, 0, "subscribe", "everything"))
        assert "everything" in text_of(await desk.command(7, 0, "subscriptions", ""))
        assert await desk.press(7, 0, "m:l1")
        assert json.loads(await desk.mydata(7))["stored"]["subscriptions"]
        assert not change.done()
    assert "everything" in text_of(await change)


async def test_a_locked_database_keeps_nothing_and_nobody_waiting_behind_others(desk, library, tmp_path):
    await desk.command(7, 0, "subscribe", "everything")
    tried = []
    with locked(desk, tmp_path):
        event.listen(desk._library.engine, "checkout", lambda *_: tried.append(1))
        changes = [asyncio.ensure_future(desk.command(chat, 0, "subscribe", "everything")) for chat in range(10, 30)]
        failures = await asyncio.gather(*changes, return_exceptions=True)
        assert {type(failure) for failure in failures} == {NotKeptError}
        assert isinstance(failures[0].__cause__, OperationalError)
        tries = len(tried)
        with pytest.raises(NotKeptError):
            await desk.command(7, 0, "pause", "")  # later ones are tried again
        assert len(tried) > tries
    assert tries < 10
    assert labels(library, 10) == []
    assert await desk.command(10, 0, "subscribe", "everything")
    assert labels(library, 10)


async def test_a_chat_that_could_not_be_kept_as_back_is_heard_the_next_time(desk, library, tmp_path):
    await desk.command(7, 0, "subscribe", "everything")
    await desk.gone(7, "blocked")
    await desk.heard_from(8)
    with locked(desk, tmp_path), pytest.raises(NotKeptError):
        await desk.heard_from(7)
    await desk.heard_from(7)
    assert subscribers.chat(library.engine, 7).state != "gone"


async def test_who_cannot_be_kept_is_told_so(desk, library, tmp_path, log):
    await desk.command(7, 0, "subscribe", "everything")
    async with serving(Dialogue(library), desk) as bot:
        with locked(desk, tmp_path):
            chat = bot.chat(7)
            assert [m.text for m in await chat.say("/pause")] == [phrases.NOT_KEPT]
            (listed,) = await chat.say("/subscriptions")
            assert "everything" in listed.text
        assert "cause=OperationalError" in log.getvalue()
        assert [m.text for m in await chat.say("/pause")] == [texts.PAUSED_ALL]


async def test_which_chats_are_gone_is_read_once(desk, library):
    for chat in (7, 8, 9):
        await desk.command(chat, 0, "subscribe", "everything")
    subscribers.gone(library.engine, 7, "blocked")  # before the bot was started
    await desk.heard_from(9)
    subscribers.gone(library.engine, 8, "blocked")  # by the postman, who says so
    await desk.heard_from(8)
    assert subscribers.chat(library.engine, 8).state == "gone"
    desk.note_gone(8)
    for chat in (7, 8):
        await desk.heard_from(chat)
        assert rests(library, chat)


async def test_a_chat_that_follows_nothing_is_not_kept_when_it_goes(desk, library):
    await desk.gone(5, "blocked")
    await desk.heard_from(5)
    assert subscribers.chat(library.engine, 5) is None


async def test_no_database_is_made_for_who_only_asks(tmp_path):
    desk = SubscriptionDesk(f"sqlite:///{tmp_path}/none.db")
    await desk.heard_from(7)
    desk.close()
    assert list(tmp_path.iterdir()) == []


async def test_a_group_takes_its_subscriptions_along(desk, library):
    await desk.command(-5, 0, "subscribe", "everything")
    assert await desk.migrate(-5, -1005)
    assert not await desk.migrate(-5, -1005)
    assert labels(library, -1005)
    assert labels(library, -5) == []


async def test_a_closed_desk_opens_again(desk, library):
    await desk.command(7, 0, "subscribe", "everything")
    desk.close()
    await desk.command(7, 0, "subscribe", "person Wang Yi")
    assert len(labels(library, 7)) == 2


# --- from Telegram ----------------------------------------------------------------------------------------------


async def test_the_whole_way(desk, library, editor):
    async with serving(Dialogue(library), desk) as bot:
        chat = bot.chat(7)
        (answer,) = await chat.say("what did wang yi say")
        follow = next(label for label in answer.buttons if label.startswith("follow "))
        await chat.press(follow, on=answer)
        assert labels(library, 7) == ["Wang Yi"]
        await chat.say("/subscribe everything daily 08:00")
        await chat.say("Berlin")
        assert subscribers.chat(library.engine, 7).zone == "Europe/Berlin"
        (document,) = await chat.say("/mydata")
        held = json.loads(document.content)
        assert len(held["stored"]["subscriptions"]) == 2
        assert held["remembered_until_restart"]["tg:7"]["last_question"] == "what did wang yi say"
        (question,) = await chat.say("/forgetme")
        await chat.press(phrases.ERASE)
        assert question.text == phrases.ERASED
        assert subscribers.chat(library.engine, 7) is None
        (document,) = await chat.say("/mydata")
        assert json.loads(document.content) == {"telegram": 7, "stored": {}, "remembered_until_restart": {}}
        assert bot.api.complaints == []


async def test_forgetting_in_a_topic_forgets_the_forum_too(desk, library):
    dialogue = Dialogue(library)
    async with serving(dialogue, desk) as bot:
        group, topic, other = bot.group(-100), bot.group(-100, thread=33), bot.group(-1001)
        for place in (group, topic, other):
            await place.say("@on_the_record_bot what did wang yi say")
        anonymous = {"sender_chat": group.record.as_json()}
        command = {"type": "bot_command", "offset": 0, "length": 9}
        (question,) = await topic.send(text="/forgetme", entities=[command], **anonymous)
        bot.api.admins.add((-100, 8))
        await topic.press(phrases.ERASE, on=question)
        assert question.text == phrases.ERASED
        for key in ("tg:-100", "tg:-100:33"):
            assert dialogue.outcome(key) is None, key
        assert dialogue.outcome("tg:-1001") is not None
