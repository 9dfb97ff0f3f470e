"""Following things, told as a conversation in one chat: typed, pressed and by links."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.render import render
from bot.replies import Reply
from bot.subscribing.clock import Suggestion
from bot.subscribing.presses import is_subscribing
from bot.subscribing.service import COMMANDS, Subscribing
from bot.terminal import plain_text
from knowledge.library import Library
from knowledge.models import Interest
from knowledge.schedule import When
from knowledge.store import subscribers
from knowledge.store.subscribers import Subscription
from tests.auxil.records import Said, blank_store, lines, person, put

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)  # a Sunday
RECORDS = (
    lines(
        "a",
        "Wang Yi said the council must act.\nAna Reyes said it rains.\nTom Reyes said no.\nWang Yi said yes.",
        people=[person("Wang Yi", "foreign minister", "foreign minister"), "Ana Reyes", "Tom Reyes"],
        quotes=[
            Said("Wang Yi", "the council must act", "Wang Yi", "said"),
            Said("Ana Reyes", "it rains", "Ana Reyes", "said"),
            Said("Wang Yi", "yes", "Wang Yi", "said"),
        ],
        publisher="New Telegraph",
        title="T",
    ),
    lines("b", "The ferry sank.", publisher="Daily Mail"),
    lines("c", "The ferry was old.", publisher="Daily <Mirror>"),
)


class Chat:
    """One chat that types, presses and follows links; ``reply`` is the last it got."""

    def __init__(self, service: Subscribing, library: Library, telegram: int = 5, thread: int = 0) -> None:
        self.service, self.library = service, library
        self.telegram, self.thread = telegram, thread
        self.now = NOON
        self.reply: Reply | None = None

    def say(self, line: str) -> str:
        name, _, argument = line[1:].partition(" ")
        return self._shown(self.service.command(self.telegram, self.thread, name, argument, self.now))

    def follow(self, payload: str) -> str:
        return self._shown(self.service.follow(self.telegram, self.thread, payload, self.now))

    def press(self, label: str) -> str:
        assert self.reply is not None
        (action,) = [b.action for row in self.reply.buttons for b in row if b.label == label]
        return self.press_action(action)

    def press_action(self, action: str) -> str:
        reply = self.service.press(self.telegram, self.thread, action, self.now)
        assert reply is not None
        return self._shown(reply)

    @property
    def labels(self) -> list[str]:
        assert self.reply is not None
        return [b.label for row in self.reply.buttons for b in row]

    @property
    def own(self) -> list[Subscription]:
        return subscribers.subscriptions(self.library.engine, self.telegram)

    @property
    def kept(self) -> list[tuple[Interest, str, When, bool, bool]]:
        return [(s.interest, s.label, s.when, s.silent, s.paused) for s in self.own]

    def _shown(self, reply: Reply) -> str:
        self.reply = reply
        buttons = [b for row in reply.buttons for b in row]
        assert all(is_subscribing(b.action) and 0 < len(b.action.encode()) <= 64 for b in buttons)
        assert all(0 < len(b.label) <= 60 for b in buttons)
        assert len(render(reply)) == 1
        return plain_text(reply)


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library.open(blank_store(tmp_path / "news.db")) as library:
        put(library, *RECORDS)
        yield library


@pytest.fixture
def chat(library: Library) -> Chat:
    return Chat(Subscribing(lambda: library), library)


WANG = Interest(kind="person", target="wang yi")
AT_ONCE = When(often="at_once")
DAILY = When(often="daily", minute=480)


# -- following -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "interest", "label", "when"),
    [
        ("/subscribe everything", Interest(kind="everything"), "everything", AT_ONCE),
        ("/subscribe person wang yi", WANG, "Wang Yi", AT_ONCE),
        ("/subscribe person wang ye daily 8:00", WANG, "Wang Yi", DAILY),
        ("/subscribe person foreign minister", WANG, "Wang Yi", AT_ONCE),
        (
            "/subscribe topic Security Council",
            Interest(kind="topic", target="council secur"),
            "Security Council",
            AT_ONCE,
        ),
        (
            "/subscribe topic the council council",
            Interest(kind="topic", target="council"),
            "the council council",
            AT_ONCE,
        ),
        (
            "/subscribe topic ferries without wrecks -sinking weekly sat 9:30",
            Interest(kind="topic", target="ferri", without=("sink", "wreck")),
            "ferries -wrecks -sinking",
            When(often="weekly", minute=570, weekday=5),
        ),
        ("/subscribe source daily mail", Interest(kind="source", target="Daily Mail"), "Daily Mail", AT_ONCE),
        ("/subscribe source telegraph", Interest(kind="source", target="New Telegraph"), "New Telegraph", AT_ONCE),
        ("/subscribe source New Telegrph", Interest(kind="source", target="New Telegraph"), "New Telegraph", AT_ONCE),
        ("/subscribe person Joe Biden", Interest(kind="person", target="joe biden"), "Joe Biden", AT_ONCE),
    ],
)
def test_what_is_typed_is_followed(chat: Chat, line: str, interest: Interest, label: str, when: When) -> None:
    said = chat.say(line)
    assert chat.kept == [(interest, label, when, False, False)]
    assert f"You follow {label}:" in said or f"You follow “{label}”:" in said


@pytest.mark.parametrize(
    "line",
    [
        "/subscribe", "/subscribe person", "/subscribe topic the", "/subscribe topic 🎉", "/subscribe topic <b>x</b>",
        "/subscribe topic gaza -gaza", "/subscribe topic a1 b2 c3 d4 e5 f6 g7 h8 i9", "/subscribe topic " + "x" * 4000,
        "/subscribe person Wang Yi daily 25:99", "/subscribe person reyes", "/subscribe source Guardian",
        "/subscribe source daily", "/subscribe wang yi", "/subscribe ferry", "/unsubscribe", "/unsubscribe 1",
        "/unsubscribe all", "/pause", "/pause 1", "/resume", "/quiet", "/quiet 25:00-7:00", "/quiet <b>",
        "/timezone", "/timezone Germany", "/timezone Nowhereville", "/timezone 25:99", "/timezone UTC+2",
        "/timezone " + "x" * 4000, "/timezone Springfield", "/subscriptions", "/subscriptions -1",
        "/subscriptions 99999999999", "/unsubscribe ²", "/pause 🎉", "/subscribe person " + "ﷺ" * 90,
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_said_and_changes_nothing(chat: Chat, line: str) -> None:
    assert chat.say(line).strip()
    assert chat.own == []
    assert subscribers.chat(chat.library.engine, chat.telegram) is None


@pytest.mark.parametrize("action", ["u:zzzzzzzzzzzz", "e:zzzzzzzzzzzz.a", "e:zzzzzzzzzzzz"])
def test_a_number_beyond_all_subscriptions_is_none(chat: Chat, action: str) -> None:
    assert not is_subscribing(action.replace("z", "zz", 1)), "more than a database can hold"
    reply = chat.service.press(chat.telegram, chat.thread, action, chat.now)
    assert reply is None or "no longer" in plain_text(reply)


def test_a_slip_in_a_name_is_said(chat: Chat) -> None:
    assert "I read “wang ye” as Wang Yi." in chat.say("/subscribe person wang ye")
    assert "I read" not in chat.say("/subscribe person wang yi")
    assert "I read “New Telegrph” as New Telegraph." in chat.say("/subscribe source New Telegrph")


def test_somebody_unknown_is_followed_and_that_is_said(chat: Chat) -> None:
    assert "The articles name nobody called “Joe Biden” yet" in chat.say("/subscribe person Joe Biden")


def test_of_several_people_one_is_chosen(chat: Chat) -> None:
    assert "“reyes” may be several people" in chat.say("/subscribe person reyes")
    assert "You follow Tom Reyes:" in chat.press("Tom Reyes")
    assert chat.kept[0][0] == Interest(kind="person", target="tom reyes")


def test_one_whose_name_is_written_in_two_ways_is_followed_as_the_one_quoted_more(library: Library) -> None:
    said = {"source": "Carter", "cue": "said"}
    for identifier, name, words in (
        ("d", "Bill Carter", "it rains"),
        ("e", "William Carter", "it snows"),
        ("f", "William Carter", "it hails"),
    ):
        quoted = Said(name, words, **said)
        put(library, lines(identifier, f"{name} said {words}.", people=[person(name)], quotes=[quoted]))
    chat = Chat(Subscribing(lambda: library), library)
    chat.say("/subscribe person Carter")
    assert [(s.interest.target, s.label) for s in chat.own] == [("william carter", "William Carter")]


def test_an_unknown_source_is_refused_with_those_there_are(chat: Chat) -> None:
    assert "I have no articles from “Guardian”" in chat.say("/subscribe source Guardian")
    assert sorted(chat.labels) == ["Daily <Mirror>", "Daily Mail", "New Telegraph"]
    chat.press("Daily <Mirror>")
    assert chat.kept[0][0] == Interest(kind="source", target="Daily <Mirror>")
    chat.say("/subscribe source daily at once")
    assert sorted(chat.labels) == ["Daily <Mirror>", "Daily Mail"]


def test_a_bare_name_may_be_several_things(chat: Chat) -> None:
    assert "Nothing has changed yet" in chat.say("/subscribe wang yi")
    assert chat.labels == ["person Wang Yi, foreign minister", "topic wang yi"]
    chat.press("topic wang yi")
    assert chat.kept[0][:2] == (Interest(kind="topic", target="wang yi"), "wang yi")


def test_buttons_lead_from_nothing_to_a_weekly_silent_subscription(chat: Chat) -> None:
    chat.say("/subscribe")
    assert chat.labels == ["everything", "a person", "a topic", "a source"]
    assert "Whom?" in chat.press("a person")
    assert chat.labels == ["Wang Yi", "Ana Reyes"]  # as often as they are quoted; Tom Reyes is not
    assert "what the articles quote them saying, at once" in chat.press("Wang Yi")
    assert "On which day?" in chat.press("weekly")
    assert "/subscribe person Wang Yi weekly" in chat.press("Thu")
    said = chat.press("08:00")
    assert "Changed: Wang Yi, every Thursday at 08:00." in said
    assert "Thursday, 5 March at 08:00 (UTC)" in said
    assert "every Thursday at 08:00, silent." in chat.press("silent")
    assert chat.kept == [(WANG, "Wang Yi", When(often="weekly", minute=480, weekday=3), True, False)]
    chat.press("with sound")
    chat.press("daily")
    chat.press("23:00")
    assert chat.kept[0][2:4] == (When(often="daily", minute=1380), False)
    chat.press("at once")
    assert chat.kept[0][2] == AT_ONCE


def test_each_menu_has_its_buttons_or_says_how_to_type(chat: Chat, tmp_path: Path) -> None:
    assert "/subscribe topic security council" in chat.press_action("m:t")
    chat.press_action("m:s")
    assert len(chat.labels) == 3
    with Library.open(blank_store(tmp_path / "empty.db")) as empty:
        alone = Chat(Subscribing(lambda: empty), empty)
        assert "nobody by name yet" in alone.press_action("m:p")
        assert "no source to follow yet" in alone.press_action("m:s")
        assert "no source to follow yet" in alone.say("/subscribe source Guardian")


def test_what_is_followed_already_keeps_its_schedule_unless_another_is_named(chat: Chat) -> None:
    chat.say("/subscribe person Wang Yi daily 8:00 silent")
    assert "You already follow Wang Yi" in chat.press_action("fp:wang yi")
    assert "You already follow Wang Yi" in chat.follow("follow_wang-yi")
    assert chat.kept == [(WANG, "Wang Yi", DAILY, True, False)]
    assert "Changed: Wang Yi, at once, silent." in chat.say("/subscribe person Wang Yi at once")
    assert "Changed: Wang Yi, at once." in chat.say("/subscribe person Wang Yi loud")
    assert chat.kept == [(WANG, "Wang Yi", AT_ONCE, False, False)]


def test_at_most_so_many_are_followed(library: Library) -> None:
    chat = Chat(Subscribing(lambda: library, limit=2), library)
    chat.say("/subscribe topic one1")
    chat.say("/subscribe topic two2")
    assert "You follow 2 things already" in chat.say("/subscribe topic three3")
    assert "my subscriptions" in chat.labels
    assert len(chat.own) == 2
    assert "Changed" in chat.say("/subscribe topic one1 daily 8:00")


def test_hostile_words_stay_words(chat: Chat) -> None:
    chat.press_action("fs:Daily <Mirror>")
    (message,) = render(chat.reply or Reply(()))
    assert "Daily &lt;Mirror&gt;" in message.html


@pytest.mark.parametrize(
    ("line", "label", "when"),
    [
        ("person reyes daily 8:00", "Tom Reyes", DAILY),
        ("wang yi weekly fri 18:30", "topic wang yi", When(often="weekly", minute=1110, weekday=4)),
        ("wang yi daily 8:00", "person Wang Yi, foreign minister", DAILY),
        ("source daily daily 8:00", "Daily Mail", DAILY),
        ("source guardian daily 8:00", "Daily Mail", DAILY),
    ],
)
def test_a_choice_keeps_how_often_was_typed(chat: Chat, line: str, label: str, when: When) -> None:
    chat.say(f"/subscribe {line} silent")
    chat.press(label)
    assert [(s.when, s.silent) for s in chat.own] == [(when, True)]


def test_a_topic_that_nothing_is_on_is_said_with_the_words_it_may_mean(chat: Chat) -> None:
    assert "No article has" not in chat.say("/subscribe topic ferry old")
    assert "No article has all these words together yet." in chat.say("/subscribe topic zebra crossing")
    assert not any(label.startswith("follow") for label in chat.labels)
    said = chat.say("/subscribe topic fery snak -old daily 8:00")
    assert "Did you mean “ferry sank”?" in said
    assert "Left out is what has “old”." in said
    assert "You follow “ferry sank -old”: what the articles have on it, daily at 08:00." in chat.press(
        "follow “ferry sank”"
    )


def test_a_name_that_was_mended_can_be_followed_as_written(chat: Chat) -> None:
    chat.say("/subscribe person Wang Ye daily 8:00")
    said = chat.press("no: follow “Wang Ye” as written")
    assert "You follow Wang Ye:" in said
    assert chat.kept[1][:3] == (Interest(kind="person", target="wang ye"), "Wang Ye", DAILY)


def test_only_one_source_is_followed_at_a_time(chat: Chat) -> None:
    assert "one source at a time" in chat.say("/subscribe source New Telegraph, Daily Mail")
    put(chat.library, lines("d", "It snows.", publisher="Blade, The"))
    assert "You follow Blade, The:" in chat.say("/subscribe source blade, the")
    assert [s.label for s in chat.own] == ["Blade, The"]


def test_a_bare_topic_leaves_out_what_it_says(chat: Chat) -> None:
    chat.say("/subscribe ferry but not old")
    assert chat.labels == ["topic ferry -old"]
    chat.press("topic ferry -old")
    assert chat.kept[0][0] == Interest(kind="topic", target="ferri", without=("old",))


# -- links -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("payload", "interest"),
    [
        ("follow_wang-yi", WANG),
        ("follow_Wang_Yi", WANG),
        ("follow_person_wang-yi", WANG),
        ("wang-yi", WANG),
        ("follow_topic_security_council", Interest(kind="topic", target="council secur")),
        ("follow_gaza-war", Interest(kind="topic", target="gaza war")),
        ("follow_source_new-telegraph", Interest(kind="source", target="New Telegraph")),
        ("follow_everything", Interest(kind="everything")),
        ("follow_person_joe_biden", Interest(kind="person", target="joe biden")),
    ],
)
def test_a_link_follows(chat: Chat, payload: str, interest: Interest) -> None:
    chat.follow(payload)
    assert [s.interest for s in chat.own] == [interest]
    assert chat.own[0].when == AT_ONCE


def test_a_link_without_a_kind_says_that_it_is_followed_as_a_topic(chat: Chat) -> None:
    assert "so it is followed as a topic" in chat.follow("follow_joe_biden")
    chat.press("person joe biden")
    assert [s.interest.kind for s in chat.own] == ["topic", "person"]
    assert "as a topic" not in chat.follow("follow_topic_ferry")


@pytest.mark.parametrize(
    "payload", ["", "follow", "follow_", "follow_topic", "follow_person_", "follow_🎉", "x" * 200, "_-_"]
)
def test_a_link_that_says_nothing_offers_what_can_be_followed(chat: Chat, payload: str) -> None:
    assert "What do you want to follow?" in chat.follow(payload)
    assert chat.own == []


@pytest.mark.parametrize(
    ("interest", "label", "payload"),
    [
        (WANG, "Wang Yi", "follow_person_wang_yi"),
        (Interest(kind="everything"), "everything", "follow_everything"),
        (Interest(kind="topic", target="council secur"), "Security Council", "follow_topic_security_council"),
        (Interest(kind="topic", target="council secur"), "", "follow_topic_council_secur"),
        (Interest(kind="source", target="New Telegraph"), "", "follow_source_new_telegraph"),
        (Interest(kind="person", target="john smith~2"), "John Smith", None),
        (Interest(kind="topic", target="gaza", without=("football",)), "gaza -football", None),
        (Interest(kind="person", target="x" * 60), "X", None),
        (Interest(kind="source", target="Правда"), "", None),
    ],
)
def test_a_link_is_written_when_it_can_be_read_back(
    chat: Chat, interest: Interest, label: str, payload: str | None
) -> None:
    assert chat.service.link(interest, label) == payload
    if payload:
        chat.follow(payload)
        assert [s.interest for s in chat.own] == [interest]


# -- lists, stopping, pausing ----------------------------------------------------------------------------------------


def test_the_list_tells_what_how_often_and_by_which_clock(chat: Chat) -> None:
    assert "You follow nothing yet" in chat.say("/subscriptions")
    chat.say("/subscribe person Wang Yi daily 8:00 silent")
    chat.say("/subscribe topic ferry")
    chat.say("/pause 2")
    said = chat.say("/subscriptions")
    assert "1  Wang Yi (a person): daily at 08:00, silent" in said
    assert "2  “ferry” (a topic): at once, paused" in said
    assert "UTC" in said
    assert "No quiet hours" in said
    assert chat.labels == ["1 pause", "1 edit", "1 stop", "2 resume", "2 edit", "2 stop"]
    chat.say("/timezone Berlin")
    chat.say("/quiet 22-7")
    chat.say("/pause")
    said = chat.say("/subscriptions")
    assert "Europe/Berlin, where it is 13:00 now" in said
    assert "Quiet hours are 22:00-07:00" in said
    assert "paused in this chat: /resume" in said


def test_a_long_list_has_pages(chat: Chat) -> None:
    for number in range(23):
        chat.say(f"/subscribe topic t{number} -w{number}")
    first = chat.say("/subscriptions")
    assert "(1 to 10 of 23)" in first
    assert len(chat.labels) == 31
    assert "11  “t10 -w10”" in chat.press("more")
    assert "23  “t22 -w22”" in chat.say("/subscriptions 3")
    assert "more" not in chat.labels
    assert "(21 to 23 of 23)" in chat.say("/subscriptions 99")


def test_stopping_says_what_was_stopped_and_it_can_be_followed_again_as_it_was(chat: Chat) -> None:
    chat.say("/subscribe person Wang Yi weekly mon 9:00 silent")
    chat.say("/subscribe topic ferry boats -sinking")
    before = chat.kept
    assert "Stopped: Wang Yi" in chat.say("/unsubscribe 1")
    assert [s.label for s in chat.own] == ["ferry boats -sinking"]
    chat.press("follow Wang Yi")
    assert "Stopped: “ferry boats -sinking”" in chat.say("/unsubscribe 1")
    chat.press("follow ferry boats -sinking")
    assert chat.kept == before
    said = chat.say("/unsubscribe all")
    assert "Stopped: Wang Yi" in said
    assert "Stopped: “ferry boats -sinking”" in said
    assert chat.own == []
    assert len(chat.labels) == 2


@pytest.mark.parametrize("number", ["0", "3", "-1", "1 3", "1.5", "²", "99999999999999999999"])
def test_a_number_that_is_not_in_the_list_stops_nothing(chat: Chat, number: str) -> None:
    chat.say("/subscribe topic ferry")
    chat.say("/subscribe topic bridge")
    for command in ("unsubscribe", "pause", "resume"):
        assert "1 to 2" in chat.say(f"/{command} {number}")
    assert [s.paused for s in chat.own] == [False, False]


def test_what_is_followed_is_stopped_by_its_name_when_that_is_one(chat: Chat) -> None:
    for word in ("ferry", "ferry boats", "bridge tower"):
        chat.say(f"/subscribe topic {word}")
    assert "nothing called “gaza”" in chat.say("/unsubscribe gaza")
    assert "Stopped: “bridge tower”" in chat.say("/unsubscribe Tower")
    assert "Stopped: “ferry”" in chat.say("/unsubscribe ferry")
    chat.say("/subscribe topic ferry lights")
    assert "Several of them" in chat.say("/unsubscribe ferry")
    assert [s.label for s in chat.own] == ["ferry boats", "ferry lights"]


def test_several_numbers_are_stopped_together(chat: Chat) -> None:
    for word in ("ferry", "bridge", "tower"):
        chat.say(f"/subscribe topic {word}")
    chat.say("/unsubscribe 1, 3")
    assert [s.label for s in chat.own] == ["bridge"]


def test_an_old_button_of_what_is_stopped_says_so(chat: Chat) -> None:
    chat.say("/subscribe topic ferry")
    (subscription,) = chat.own
    chat.press("stop")
    for action in ("u:1", "e:1", "e:1.a", "e:1.d", "e:1.w", "e:1.q", "e:1.p"):
        assert "no longer there" in chat.press_action(action)
    assert subscription.id == 1


def test_another_chats_subscription_cannot_be_touched(chat: Chat) -> None:
    chat.say("/subscribe topic ferry")
    other = Chat(chat.service, chat.library, telegram=6)
    for action in ("u:1", "e:1.q", "e:1.p", "e:1"):
        assert "no longer there" in other.press_action(action)
    assert chat.kept[0][3:] == (False, False)


def test_a_press_of_nothing_known_is_none(chat: Chat) -> None:
    for action in ("x:1", "z:Europe/Nowhere", "", "e:1.zz"):
        assert chat.service.press(5, 0, action, NOON) is None


def test_one_or_all_can_be_paused_and_resumed(chat: Chat) -> None:
    chat.say("/subscribe topic ferry")
    chat.say("/subscribe topic bridge")
    said = chat.say("/pause 1")
    assert "Paused: “ferry”, at once." in said
    assert "no digest comes until you resume it" in said
    assert [s.paused for s in chat.own] == [True, False]
    assert "Digests are paused in this chat" in chat.say("/pause")
    assert "Digests are paused in this chat: /resume" in chat.say("/subscribe topic tower")
    chat.say("/pause")
    assert "1 of them is paused still" in chat.press("resume")
    chat.press("my subscriptions")
    assert "Resumed: “ferry”" in chat.press("1 resume")
    assert [s.paused for s in chat.own] == [False] * 3
    held = subscribers.chat(chat.library.engine, chat.telegram)
    assert held is not None
    assert held.state == "active"


def test_what_rests_one_by_one_is_resumed_together_where_nothing_else_rests(chat: Chat) -> None:
    chat.say("/subscribe topic ferry")
    chat.say("/subscribe topic bridge")
    for number in (1, 2):
        chat.say(f"/pause {number}")
    said = chat.say("/subscriptions")
    assert "All of them are paused: /resume" in said
    assert chat.labels[0] == "1 resume"
    assert "paused" not in chat.say("/resume")
    assert [s.paused for s in chat.own] == [False, False]
    assert "All of them" not in chat.say("/subscriptions")


def test_a_chat_that_is_back_sees_what_rests_and_resumes_it_all(chat: Chat) -> None:
    chat.say("/subscribe topic ferry")
    chat.say("/subscribe topic bridge")
    subscribers.gone(chat.library.engine, chat.telegram, "blocked")
    assert subscribers.back(chat.library.engine, chat.telegram)
    assert "2  “bridge” (a topic): at once, paused" in chat.say("/subscriptions")
    assert chat.labels[0] == "1 resume"
    assert "paused" not in chat.say("/resume")
    held = subscribers.chat(chat.library.engine, chat.telegram)
    assert held is not None
    assert held.state == "active"
    assert [s.paused for s in chat.own] == [False, False]


def test_the_list_says_what_is_for_another_topic_of_a_forum(chat: Chat) -> None:
    chat.say("/subscribe topic ferry")
    there = Chat(chat.service, chat.library, thread=77)
    there.say("/subscribe topic bridge")
    said = there.say("/subscriptions")
    assert "1  “ferry” (a topic): at once, in another topic" in said
    assert "2  “bridge” (a topic): at once\n" in said
    assert "press “1 edit”" in said


def test_a_subscription_belongs_to_the_topic_it_was_asked_for_in(chat: Chat) -> None:
    chat.say("/subscribe topic ferry daily 8:00 silent")
    there = Chat(chat.service, chat.library, thread=77)
    assert "You follow “ferry”" in there.say("/subscribe topic ferry")
    assert [(s.thread, s.when, s.silent) for s in chat.own] == [(0, DAILY, True), (77, AT_ONCE, False)]


# -- the clock -------------------------------------------------------------------------------------------------------


def test_the_zone_is_asked_for_once_and_only_when_it_matters(chat: Chat) -> None:
    assert "city" not in chat.say("/subscribe topic ferry")
    assert not chat.service.awaits_zone(5)
    assert "In which city's time?" in chat.say("/subscribe topic bridge daily 8:00")
    assert chat.service.awaits_zone(5)
    said = chat.say("/subscribe topic tower daily 8:00")
    assert "In which city's time?" not in said
    assert "Times are in UTC until you name your city" in said


def test_the_next_message_may_be_the_city(chat: Chat) -> None:
    chat.say("/subscribe topic bridge daily 8:00")
    reply = chat.service.take_zone(5, 0, "Berlin", NOON)
    assert reply is not None
    assert "Berlin, Germany (Europe/Berlin)" in plain_text(reply)
    assert "it is 13:00 there" in plain_text(reply)
    assert chat.own[0].due == datetime(2026, 3, 2, 7, tzinfo=UTC)
    assert not chat.service.awaits_zone(5)
    assert chat.service.take_zone(5, 0, "Paris", NOON) is None


@pytest.mark.parametrize("text", ["what did wang yi say", "Germany", "thanks", "🎉", "yes", "ok", "Reyes"])
def test_any_other_message_is_no_city_and_the_next_ones_may_be(chat: Chat, text: str) -> None:
    chat.say("/subscribe topic bridge daily 8:00")
    assert chat.service.take_zone(5, 0, text, NOON) is None
    held = subscribers.chat(chat.library.engine, 5)
    assert held is not None
    assert held.zone is None
    assert chat.service.take_zone(5, 0, "Berlin", NOON) is not None
    held = subscribers.chat(chat.library.engine, 5)
    assert held is not None
    assert held.zone == "Europe/Berlin"


def test_the_city_is_waited_for_only_so_long(chat: Chat) -> None:
    chat.say("/subscribe topic bridge daily 8:00")
    for _ in range(3):
        assert chat.service.take_zone(5, 0, "what did wang yi say", NOON) is None
    assert not chat.service.awaits_zone(5)
    other = Chat(chat.service, chat.library, telegram=6)
    other.say("/subscribe topic bridge daily 8:00")
    other.say("/subscriptions")
    assert not chat.service.awaits_zone(6)


@pytest.mark.parametrize(
    ("text", "label", "zone"),
    [("Lodnon", "London, United Kingdom", "Europe/London"), ("Berlin pls", "Berlin, Germany", "Europe/Berlin")],
)
def test_what_may_be_meant_for_the_city_is_asked_beside_the_answer(
    chat: Chat, text: str, label: str, zone: str
) -> None:
    chat.say("/subscribe topic bridge daily 8:00")
    reply = chat.service.take_zone(5, 0, text, NOON)
    assert isinstance(reply, Suggestion)
    assert f"Did you mean {label}" in chat._shown(reply)
    assert f"Times are those of {zone}" in chat.press(label)


def test_a_city_that_is_also_somebody_in_the_articles_is_asked(chat: Chat) -> None:
    put(chat.library, lines("l", "Jan London said no.", people=[person("Jan London")]))
    chat.say("/subscribe topic bridge daily 8:00")
    assert isinstance(chat.service.take_zone(5, 0, "London", NOON), Suggestion)


def test_a_name_from_the_articles_is_no_slip_in_a_citys(chat: Chat) -> None:
    put(chat.library, lines("l", "Omar Lodnon said no.", people=[person("Omar Lodnon")]))
    chat.say("/subscribe topic bridge daily 8:00")
    assert chat.service.take_zone(5, 0, "Lodnon", NOON) is None


def test_in_a_group_the_city_is_asked_for_as_a_command(chat: Chat) -> None:
    group = Chat(chat.service, chat.library, telegram=-100)
    said = group.say("/subscribe topic bridge daily 8:00")
    assert "Write /timezone Berlin" in said
    assert "Send me" not in said


def test_a_city_of_several_zones_is_chosen_by_button(chat: Chat) -> None:
    assert "several places" in chat.say("/timezone Springfield")
    said = chat.press("Springfield, Oregon")
    assert "America/Los_Angeles" in said
    held = subscribers.chat(chat.library.engine, 5)
    assert held is not None
    assert held.zone == "America/Los_Angeles"
    assert "America/Los_Angeles, where it is 04:00 now" in chat.say("/timezone")


def test_a_refused_zone_leaves_the_old_one(chat: Chat) -> None:
    chat.say("/timezone Berlin")
    for typed in ("Germany", "Nowhereville", "25:99", "🎉", "<b>Berlin</b>", "UTC+2"):
        chat.say(f"/timezone {typed}")
    held = subscribers.chat(chat.library.engine, 5)
    assert held is not None
    assert held.zone == "Europe/Berlin"


def test_the_next_digest_is_told_in_local_time_and_after_the_quiet_hours(chat: Chat) -> None:
    chat.say("/timezone Tokyo")
    assert "Monday, 2 March at 06:00 (Asia/Tokyo)" in chat.say("/subscribe topic ferry daily 6:00")
    chat.say("/quiet 22:00-07:00")
    assert "Monday, 2 March at 07:00 (Asia/Tokyo)" in chat.say("/subscribe topic bridge daily 6:00")
    assert "quiet hours (22:00-07:00) waits" in chat.say("/subscribe topic tower at once")


def test_quiet_hours_are_told_set_and_taken_back(chat: Chat) -> None:
    assert "No quiet hours are set." in chat.say("/quiet")
    said = chat.say("/quiet 22:00-07:00")
    assert "Quiet hours are 22:00-07:00" in said
    assert "In which city's time?" in said
    assert "Quiet hours are 22:00-07:00" in chat.say("/quiet")
    for refused in ("25:00-07:00", "7-7", "x"):
        chat.say(f"/quiet {refused}")
    held = subscribers.chat(chat.library.engine, 5)
    assert held is not None
    assert held.quiet == (1320, 420)
    assert "No quiet hours are set." in chat.say("/quiet off")


def test_what_is_remembered_of_chats_is_bounded_and_can_be_forgotten(library: Library) -> None:
    service = Subscribing(lambda: library, remembered=2)
    for telegram in (1, 2, 3):
        Chat(service, library, telegram).say("/subscribe topic bridge daily 8:00")
    assert [service.awaits_zone(telegram) for telegram in (1, 2, 3)] == [False, True, True]
    service.forget(3)
    assert not service.awaits_zone(3)


def test_a_restart_loses_nothing_that_a_button_needs(chat: Chat) -> None:
    chat.say("/subscribe person Wang Yi daily 8:00")
    restarted = Chat(Subscribing(lambda: chat.library), chat.library)
    restarted.reply, restarted.now = chat.reply, NOON + timedelta(days=90)
    restarted.press("stop")
    restarted.press("follow Wang Yi")
    assert restarted.kept == [(WANG, "Wang Yi", DAILY, False, False)]


def test_every_command_is_carried_out_and_no_other(chat: Chat) -> None:
    for name in COMMANDS:
        assert chat.say(f"/{name}").strip()
    with pytest.raises(ValueError, match="frobnicate"):
        chat.say("/frobnicate")
