"""What is due is made into digests, each once, holding what the chat does not know yet."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from bot.delivery.editor import KEPT, MOST_ITEMS, Editor
from bot.subscribing.presses import SHOW_ALL
from knowledge.library import Library
from knowledge.models import ArticleRecord, Interest
from knowledge.schedule import When
from knowledge.store import ledger, outbox, subscribers
from knowledge.store.outbox import Settled
from knowledge.store.schema import digests
from knowledge.store.withdrawing import withdraw
from knowledge.store.writing import save
from tests.auxil.records import Said, blank_store, lines, person, put

EVERYTHING = Interest(kind="everything")
WANG = Interest(kind="person", target="wang yi")
AT_ONCE, DAILY = When(often="at_once"), When(often="daily", minute=8 * 60)
MORNING = datetime(2026, 11, 20, 7, 0, tzinfo=UTC)


def said(name: str, *statements: str, who: str = "Wang Yi", outlet: str = "Norland Post") -> ArticleRecord:
    """An article in which somebody says things, a sentence each."""
    quotes = [Said(who, statement, who, "said") for statement in statements]
    text = "\n".join(f"{who} said {statement}." for statement in statements)
    return lines(name, text, people=[person(who)], quotes=quotes, title=f"Talks {name}", publisher=outlet)


class Desk:
    """A store with an editor, at a time of the test's choosing."""

    def __init__(self, database: str) -> None:
        self.library = Library.open(database)
        self.engine = self.library.engine
        self.time = MORNING
        self.editor = Editor(database, now=lambda: self.time)

    def follow(self, chat: int, *interests: Interest, when: When = AT_ONCE, label: str = "", **more: object) -> None:
        for interest in interests:
            called = label or interest.target or "everything"
            subscribers.subscribe(self.engine, chat, 0, interest, called, when, now=self.time, **more)

    def say(self, name: str, *statements: str, **more: str) -> None:
        put(self.library, said(name, *statements, **more))

    def waiting(self, chat: int | None = None) -> list[outbox.Delivery]:
        """The deliveries that wait, taken and given back."""
        owner = outbox.join(self.engine, "test:1:1", self.time)
        claimed = outbox.claim(self.engine, owner, self.time + timedelta(days=60), 1000)
        outbox.leave(self.engine, owner)
        return [d for d in claimed if chat in (None, d.telegram)]

    def read(self, chat: int) -> list[str]:
        """The texts of the messages that wait for a chat, which then count as sent."""
        owner = outbox.join(self.engine, "test:1:1", self.time)
        found = [
            d for d in outbox.claim(self.engine, owner, self.time + timedelta(days=60), 1000) if d.telegram == chat
        ]
        outbox.begin(self.engine, owner, [d.id for d in found])
        done = [Settled(id=d.id, state="sent", message=1000 + d.id) for d in found]
        outbox.settle(self.engine, done, self.time)
        outbox.leave(self.engine, owner)
        return [json.loads(d.content)["plain"] for d in found]


@pytest.fixture
def desk(tmp_path):
    desk = Desk(blank_store(tmp_path / "news.db"))
    yield desk
    desk.editor.close()
    desk.library.close()


def test_at_once_is_as_soon_as_there_is_news_and_never_empty(desk):
    desk.follow(7, WANG)
    assert desk.editor.edit() == 0
    desk.say("a", "the long council meeting must end on Monday")
    assert desk.editor.edit() == 1
    assert desk.editor.edit() == 0
    (text,) = desk.read(7)
    assert "“the long council meeting must end on Monday”" in text
    assert "Norland Post" in text


def test_news_of_others_moves_a_subscription_on_without_a_digest(desk):
    desk.follow(7, WANG)
    desk.say("a", "the ferry to the island stays in port", who="Ana Reyes")
    assert desk.editor.edit() == 0
    (followed,) = subscribers.subscriptions(desk.engine, 7)
    assert followed.cursor == 1


def test_a_daily_digest_comes_at_its_hour_and_then_the_next_day(desk):
    subscribers.set_zone(desk.engine, 7, "Europe/Berlin", desk.time)
    desk.follow(7, WANG, when=When(often="daily", minute=8 * 60 + 30))
    desk.say("a", "the long council meeting must end on Monday")
    desk.time = datetime(2026, 11, 20, 7, 29, tzinfo=UTC)
    assert desk.editor.edit() == 0
    desk.time = datetime(2026, 11, 20, 7, 30, tzinfo=UTC)
    assert desk.editor.edit() == 1
    assert subscribers.subscriptions(desk.engine, 7)[0].due == datetime(2026, 11, 21, 7, 30, tzinfo=UTC)


def test_a_day_without_news_has_no_digest_and_the_next_still_comes(desk):
    desk.follow(7, WANG, when=DAILY)
    for _ in range(3):
        desk.time += timedelta(days=1)
        assert desk.editor.edit() == 0
    assert subscribers.subscriptions(desk.engine, 7)[0].due > desk.time


@pytest.mark.parametrize("day", [datetime(2026, 3, 28, tzinfo=UTC), datetime(2026, 10, 24, tzinfo=UTC)])
def test_a_digest_in_the_hour_of_the_change_of_clocks_comes_once_a_day(desk, day):
    desk.time = day
    subscribers.set_zone(desk.engine, 7, "Europe/Berlin", desk.time)
    desk.follow(7, WANG, when=When(often="daily", minute=150))
    made = 0
    for quarter in range(4 * 24 * 3):
        desk.time = day + timedelta(minutes=15 * quarter)
        desk.say(f"a{quarter}", f"number {quarter} of the many statements stands alone")
        made += desk.editor.edit()
    assert made == 3


def test_quiet_hours_hold_and_their_end_brings_one_digest(desk):
    desk.follow(7, WANG)
    subscribers.set_quiet(desk.engine, 7, (6 * 60, 9 * 60), desk.time)
    desk.say("a", "the long council meeting must end on Monday")
    assert desk.editor.edit() == 0
    desk.time += timedelta(hours=1)
    desk.say("b", "all the bridges of the city will be painted")
    assert desk.editor.edit() == 0
    desk.time = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
    assert desk.editor.edit() == 1
    (text,) = desk.read(7)
    assert "council meeting" in text
    assert "bridges" in text
    desk.say("c", "the old harbour needs another lighthouse")
    assert desk.editor.edit() == 1


def test_several_things_followed_are_one_digest_in_sections(desk):
    desk.follow(7, WANG, Interest(kind="topic", target="bridg"))
    desk.say("a", "the long council meeting must end on Monday")
    desk.say("b", "the old bridge will be painted in bright blue", who="Ana Reyes")
    assert desk.editor.edit() == 1
    (text,) = desk.read(7)
    assert text.index("wang yi") < text.index("council meeting") < text.index("bridg\n") < text.index("bright blue")


def test_what_two_subscriptions_find_is_told_once(desk):
    desk.follow(7, WANG, Interest(kind="topic", target="council"), EVERYTHING)
    desk.say("a", "the long council meeting must end on Monday")
    desk.editor.edit()
    (text,) = desk.read(7)
    assert text.count("Source:") + text.count("“Wang Yi said") <= 2
    assert "2  " not in text


def test_what_another_outlet_repeats_is_not_sent_again(desk):
    desk.follow(7, WANG)
    desk.say("a", "the long council meeting must end on Monday")
    assert desk.editor.edit() == 1
    desk.say("b", "the long council meeting must end on Monday", outlet="Sudland Times")
    assert desk.editor.edit() == 0
    desk.follow(9, EVERYTHING)
    desk.say("c", "the long council meeting must end on Monday", outlet="Vestland Echo")
    assert desk.editor.edit() == 1
    assert len(desk.read(9)) == 1


def test_one_statement_of_several_outlets_is_one_item_with_its_sources(desk):
    desk.follow(7, WANG)
    desk.say("a", "the long council meeting must end on Monday")
    desk.say("b", "the long council meeting must end on Monday", outlet="Sudland Times")
    desk.editor.edit()
    (text,) = desk.read(7)
    assert "also in: Sudland Times" in text
    assert "2  " not in text


def test_more_than_ten_items_are_behind_a_button(desk):
    desk.follow(7, WANG)
    statements = [f"bridge number {word} needs new and better paint" for word in "abcdefghijklmn"]
    desk.say("a", *(f"{s} because of {i} winters" for i, s in enumerate(statements, 11)))
    desk.editor.edit()
    (delivery,) = desk.waiting(7)
    buttons = [button for row in json.loads(delivery.content)["keyboard"] for button in row]
    (label,) = [label for label, action in buttons if action == SHOW_ALL]
    assert "4" in label
    (text,) = desk.read(7)
    assert f"{MOST_ITEMS}  " in text
    assert f"{MOST_ITEMS + 1}  " not in text
    assert desk.editor.rest(7, 1000 + delivery.id) == 4
    assert [d.asked for d in desk.waiting(7)] == [True]
    (rest,) = desk.read(7)
    assert sum(f"because of {i} winters”" in rest for i in range(11, 25)) == 4
    assert not any(f"because of {i} winters”" in rest and f"because of {i} winters”" in text for i in range(11, 25))
    assert desk.editor.rest(7, 1000 + delivery.id) == 0
    assert desk.editor.rest(9, 1000 + delivery.id) is None


def test_very_much_is_shown_fifty_items_at_a_press(desk):
    desk.follow(7, WANG)
    desk.say("a", *(f"bridge number {i} needs new paint because of {i} winters" for i in range(101, 181)))
    desk.editor.edit()
    (first,) = desk.waiting(7)
    desk.read(7)
    assert desk.editor.rest(7, 1000 + first.id) == 50
    last = 0
    while waiting := desk.waiting(7):
        last = waiting[-1].id
        desk.read(7)
    assert desk.editor.rest(7, 1000 + last) == 20  # the button under what was shown goes on
    while desk.read(7):
        pass
    assert desk.editor.rest(7, 1000 + first.id) == 0


def test_what_was_shown_and_never_arrived_is_shown_again(desk):
    desk.follow(7, WANG)
    desk.say("a", *(f"bridge number {i} needs new paint because of {i} winters" for i in range(11, 24)))
    desk.editor.edit()
    (first,) = desk.waiting(7)
    desk.read(7)
    assert desk.editor.rest(7, 1000 + first.id) == 3
    owner = outbox.join(desk.engine, "test:1:1", desk.time)
    (claimed,) = outbox.claim(desk.engine, owner, desk.time, 10)
    outbox.begin(desk.engine, owner, [claimed.id])
    outbox.settle(desk.engine, [Settled(id=claimed.id, state="failed", reason="no")], desk.time)
    assert desk.editor.rest(7, 1000 + first.id) == 3


def test_a_correction_comes_as_its_own_item_old_and_new(desk):
    desk.follow(7, WANG)
    desk.say("a", "the long council meeting must end on Monday")
    desk.editor.edit()
    desk.read(7)
    desk.say("a", "the long council meeting must end on Friday")
    assert desk.editor.edit() == 1
    (text,) = desk.read(7)
    assert "Before" in text
    assert "Monday" in text
    assert "Friday" in text
    assert desk.editor.edit() == 0


def test_a_quote_that_runs_on_is_shown_whole_and_corrected_wherever_it_changes(desk):
    def put_with(end: str) -> None:
        parts = ("the old treaty of the sea still stands", f"It must be kept by all the states until {end}")
        quote = Said("Wang Yi", parts, "Wang Yi", "said")
        text = f"Wang Yi said {parts[0]}.\n{parts[1]}."
        put(desk.library, lines("a", text, people=[person("Wang Yi")], quotes=[quote], title="Treaty"))

    desk.follow(7, WANG)
    put_with("spring")
    assert desk.editor.edit() == 1
    (text,) = desk.read(7)
    assert "the old treaty" in text
    assert "until spring" in text
    put_with("autumn")
    assert desk.editor.edit() == 1
    (text,) = desk.read(7)
    assert "Before: “It must be kept by all the states until spring.”" in text
    assert desk.editor.edit() == 0


def test_corrections_go_before_news_and_are_behind_the_button_too(desk):
    desk.follow(7, WANG, Interest(kind="person", target="ana reyes"))
    promised = [f"bridge number {i} needs new paint because of {i} winters" for i in range(11, 23)]
    desk.say("old", *promised, who="Ana Reyes")
    desk.editor.edit()
    (first,) = desk.waiting(7)
    desk.read(7)
    assert desk.editor.rest(7, 1000 + first.id) == 2
    desk.read(7)
    desk.say("news", *(f"council meeting {i} will be held in room {i} this year" for i in range(31, 43)))
    desk.say("old", *(words.replace("new paint", "old varnish") for words in promised), who="Ana Reyes")
    desk.editor.edit()
    (second,) = desk.waiting(7)
    (text,) = desk.read(7)
    assert text.count("Before: ") == MOST_ITEMS
    assert desk.editor.rest(7, 1000 + second.id) == 14
    rest = ""
    while texts := desk.read(7):
        rest += "".join(texts)
    assert rest.count("Before: ") == 2
    assert sum(f"council meeting {i} will" in rest for i in range(31, 43)) == 12


@pytest.mark.parametrize("end", ["stopped", "paused"])
def test_a_correction_of_what_was_followed_then_is_told_by_what_is_followed_now(desk, end):
    desk.follow(7, WANG, EVERYTHING)
    desk.say("a", "the long council meeting must end on Monday")
    desk.editor.edit()
    desk.read(7)
    (wang, _) = subscribers.subscriptions(desk.engine, 7)
    if end == "stopped":
        subscribers.unsubscribe(desk.engine, 7, [wang.id])
    else:
        subscribers.change(desk.engine, 7, wang.id, now=desk.time, paused=True)
    desk.say("a", "the long council meeting must end on Friday")
    assert desk.editor.edit() == 1
    (text,) = desk.read(7)
    assert "Before: " in text
    assert "stop following Wang" not in text


def test_what_is_followed_by_name_comes_before_everything(desk):
    desk.follow(7, EVERYTHING, WANG)
    for i in range(11, 23):
        desk.say(f"b{i}", f"bridge number {i} needs new paint because of {i} winters", who=f"Ana Reyes{chr(86 + i)}")
    desk.say("a", "the long council meeting must end on Monday")
    desk.editor.edit()
    (text,) = desk.read(7)
    assert text.startswith("wang yi")
    assert "council meeting" in text


def test_a_daily_digest_waits_for_an_index_that_is_behind(desk):
    desk.follow(7, WANG, when=DAILY)
    desk.time = subscribers.subscriptions(desk.engine, 7)[0].due
    writer = desk.library.index.writer()
    save(desk.engine, said("a", "the long council meeting must end on Monday"))
    assert desk.editor.edit() == 0
    del writer
    assert desk.editor.edit() == 1
    desk.read(7)
    desk.time = subscribers.subscriptions(desk.engine, 7)[0].due
    writer = desk.library.index.writer()
    save(desk.engine, said("b", "all the bridges of the city will be painted"))
    desk.time += timedelta(minutes=31)
    assert desk.editor.edit() == 0  # but not for ever
    assert subscribers.subscriptions(desk.engine, 7)[0].due > desk.time
    del writer


@pytest.mark.parametrize("quiet", [None, (60, 120)])
def test_what_one_chat_trips_over_does_not_keep_the_others_from_their_digests(desk, log, quiet):
    desk.follow(7, WANG)
    subscribers.set_quiet(desk.engine, 9, quiet, desk.time)
    desk.follow(9, WANG, when=DAILY)
    desk.time = subscribers.subscriptions(desk.engine, 9)[0].due
    with desk.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE chats SET zone = 'Mars/Olympus' WHERE telegram = 9")
    desk.say("a", "the long council meeting must end on Monday")
    assert desk.editor.edit() == 1
    assert [d.telegram for d in desk.waiting()] == [7]
    assert "digest not made" in log.getvalue()
    assert desk.editor.edit() == 0
    assert log.getvalue().count("digest not made") == 1  # it is put off, not tried each second


def test_a_round_ends_early_when_the_bot_is_stopping(desk):
    for chat in range(1, 20):
        desk.follow(chat, WANG)
    desk.say("a", "the long council meeting must end on Monday")
    desk.editor.hurry()
    assert desk.editor.edit() == 0
    other = Editor(desk.library.engine.url.render_as_string(), now=lambda: desk.time)
    assert other.edit() == 19
    other.close()


def test_who_was_not_sent_the_sentence_gets_no_correction(desk):
    desk.say("a", "the long council meeting must end on Monday")
    desk.follow(7, WANG)
    desk.say("a", "the long council meeting must end on Friday")
    desk.editor.edit()
    assert not any("Before" in text for text in desk.read(7))


def test_an_article_that_is_withdrawn_is_told_to_those_who_were_sent_it(desk):
    desk.follow(7, WANG)
    desk.follow(9, WANG)
    desk.say("a", "the long council meeting must end on Monday")
    desk.editor.edit()
    desk.read(7)
    subscribers.forget(desk.engine, 9)
    desk.follow(9, WANG)
    withdraw(desk.engine, "a")
    assert desk.editor.edit() == 1
    assert "ithdrawn" in desk.read(7)[-1]


def test_asked_for_it_comes_before_it_is_due(desk):
    desk.follow(7, WANG, when=DAILY)
    assert desk.editor.now(7, 0) == 0
    desk.say("a", "the long council meeting must end on Monday")
    assert desk.editor.now(7, 5) == 0  # another topic of the forum
    assert desk.editor.now(7, 0) == 1
    assert [d.asked for d in desk.waiting(7)] == [True]
    assert desk.editor.now(7, 0) == 0
    desk.time = subscribers.subscriptions(desk.engine, 7)[0].due
    assert desk.editor.edit() == 0


def test_each_topic_of_a_forum_gets_its_own_digest(desk):
    subscribers.subscribe(desk.engine, -5, 33, WANG, "Wang Yi", AT_ONCE, now=desk.time)
    subscribers.subscribe(desk.engine, -5, 0, EVERYTHING, "everything", AT_ONCE, now=desk.time)
    desk.say("a", "the long council meeting must end on Monday")
    desk.editor.edit()
    with desk.engine.connect() as connection:
        assert sorted(connection.execute(select(digests.c.thread)).scalars()) == [0, 33]


def test_a_digest_is_silent_when_all_in_it_is(desk):
    desk.follow(7, WANG, silent=True)
    desk.follow(9, WANG, silent=True)
    desk.follow(9, Interest(kind="topic", target="council"))
    desk.say("a", "the long council meeting must end on Monday")
    desk.editor.edit()
    assert {d.telegram: d.silent for d in desk.waiting()} == {7: True, 9: False}


def test_somebody_followed_before_any_article_named_them_is_found_by_name(desk):
    desk.follow(7, Interest(kind="person", target="zelensky"), label="Zelensky")
    desk.say("a", "the grain ships will sail again in spring", who="Volodymyr Zelensky")
    assert desk.editor.edit() == 1
    desk.read(7)
    desk.say("b", "other grain ships sail in the coming autumn", who="Olena Zelensky")
    assert desk.editor.edit() == 1  # whoever is called so, each by their name
    assert "Olena Zelensky" in desk.read(7)[0]


def test_somebody_whom_an_article_has_by_the_last_name_alone_is_still_followed(desk):
    desk.say("a", "the grain ships will sail again in spring", who="Lena Vogel")
    desk.follow(7, Interest(kind="person", target="lena vogel"), label="Lena Vogel")
    desk.say("b", "other grain ships sail in the coming autumn", who="Vogel")
    assert desk.editor.edit() == 1
    desk.read(7)
    desk.say("c", "no ships at all will sail in the coming winter", who="Tom Vogel")
    assert desk.editor.edit() == 0


def test_two_editors_at_once_make_each_digest_once(desk, tmp_path):
    for chat in range(1, 60):
        desk.follow(chat, WANG)
    desk.say("a", "the long council meeting must end on Monday")
    other = Editor(f"sqlite:///{tmp_path}/news.db", now=lambda: desk.time)
    with ThreadPoolExecutor(2) as pool:
        made = sum(pool.map(lambda editor: editor.edit(), (desk.editor, other)))
    other.close()
    assert made == 59
    assert sorted(d.telegram for d in desk.waiting()) == list(range(1, 60))


def test_a_chat_that_came_back_from_a_pause_gets_what_came_meanwhile(desk):
    desk.follow(7, WANG)
    subscribers.pause(desk.engine, 7, desk.time)
    desk.say("a", "the long council meeting must end on Monday")
    assert desk.editor.edit() == 0
    subscribers.resume(desk.engine, 7, desk.time)
    assert desk.editor.edit() == 1


def test_what_was_sent_is_forgotten_after_a_month(desk):
    desk.follow(7, WANG)
    desk.say("a", "the long council meeting must end on Monday")
    desk.editor.edit()
    desk.read(7)
    desk.time += KEPT - timedelta(minutes=1)
    assert desk.editor.clean() == 0
    desk.time += timedelta(minutes=2)
    assert desk.editor.clean() == 1
    assert ledger.received(desk.engine, 1, 0, {1}) == set()
