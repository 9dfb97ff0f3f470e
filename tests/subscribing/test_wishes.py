"""What is typed after /subscribe and /quiet, read as rows."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.subscribing.wishes import LONGEST, Problem, Wish, as_typed, parse_quiet, parse_topic, parse_wish
from knowledge.schedule import When

AT_ONCE = When(often="at_once")


def daily(hour: int, minute: int = 0) -> When:
    return When(often="daily", minute=hour * 60 + minute)


def weekly(day: int, hour: int, minute: int = 0) -> When:
    return When(often="weekly", minute=hour * 60 + minute, weekday=day)


@pytest.mark.parametrize(
    ("typed", "wish"),
    [
        ("everything", Wish("everything")),
        ("  EVERYTHING   At   Once ", Wish("everything", when=AT_ONCE)),
        ("all daily 8:00", Wish("everything", when=daily(8))),
        ("person Wang Yi", Wish("person", "Wang Yi")),
        ("person: Wang Yi at_once", Wish("person", "Wang Yi", when=AT_ONCE)),
        ("person Wang Yi at-once silent", Wish("person", "Wang Yi", when=AT_ONCE, silent=True)),
        ("person Wang Yi immediately loud", Wish("person", "Wang Yi", when=AT_ONCE, silent=False)),
        ("Person wang yi DAILY 08:00", Wish("person", "wang yi", when=daily(8))),
        ("person Wang Yi daily at 8am", Wish("person", "Wang Yi", when=daily(8))),
        ("person Wang Yi daily 8 pm", Wish("person", "Wang Yi", when=daily(20))),
        ("person Wang Yi daily 12am", Wish("person", "Wang Yi", when=daily(0))),
        ("person Wang Yi daily 12:30pm", Wish("person", "Wang Yi", when=daily(12, 30))),
        ("person Wang Yi daily 08.05", Wish("person", "Wang Yi", when=daily(8, 5))),
        ("person Wang Yi daily noon", Wish("person", "Wang Yi", when=daily(12))),
        ("person Wang Yi daily 8", Wish("person", "Wang Yi", when=daily(8))),
        ("topic gaza weekly monday 08:00", Wish("topic", "gaza", when=weekly(0, 8))),
        ("topic gaza weekly on Sun at 23:59", Wish("topic", "gaza", when=weekly(6, 23, 59))),
        ("topic gaza weekly 8:00 thurs silent", Wish("topic", "gaza", when=weekly(3, 8), silent=True)),
        ("topic gaza -football -sport daily 7:00", Wish("topic", "gaza", ("football", "sport"), daily(7))),
        ("topic gaza without football", Wish("topic", "gaza", ("football",))),
        ("topic gaza without football sport at once", Wish("topic", "gaza", ("football", "sport"), AT_ONCE)),
        ("topic gaza - football", Wish("topic", "gaza", ("football",))),
        ("topic gaza NOT football", Wish("topic", "gaza", ("football",))),
        ("topic gaza but not football", Wish("topic", "gaza", ("football",))),
        ("topic gaza and not the football", Wish("topic", "gaza", ("football",))),
        ("topic not guilty", Wish("topic", "not guilty")),
        ("topic all but lost", Wish("topic", "all but lost")),
        ("topic every day life", Wish("topic", "every day life")),
        ("topic every day at once", Wish("topic", "every day", when=AT_ONCE)),
        # Words of a schedule that are part of a name.
        ("source Daily Mail", Wish("source", "Daily Mail")),
        ("source Daily Mail at once", Wish("source", "Daily Mail", when=AT_ONCE)),
        ("source Daily Mail daily 9:00", Wish("source", "Daily Mail", when=daily(9))),
        ("source Guardian Weekly at once", Wish("source", "Guardian Weekly", when=AT_ONCE)),
        ("topic weekly wages", Wish("topic", "weekly wages")),
        ("topic daily bread weekly fri 6:00", Wish("topic", "daily bread", when=weekly(4, 6))),
        ("person Daly", Wish("person", "Daly")),
        ("person Monday Okoro", Wish("person", "Monday Okoro")),
        ("topic silent night", Wish("topic", "silent night")),
        ("topic at once gone", Wish("topic", "at once gone")),
        ("Wang Yi", Wish(None, "Wang Yi")),
        ("Wang Yi daily 8:00", Wish(None, "Wang Yi", when=daily(8))),
    ],
)
def test_what_is_typed_is_read(typed: str, wish: Wish) -> None:
    assert parse_wish(typed) == wish


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("topic gaza daily 25:99", "“25:99” is no time of day"),
        ("topic gaza daily 24:00", "“24:00” is no time of day"),
        ("topic gaza daily 8:60", "no time of day"),
        ("topic gaza daily 13pm", "no time of day"),
        ("topic gaza daily 0am", "no time of day"),
        ("topic gaza daily 12345", "no time of day"),
        ("topic gaza daily", "At what time?"),
        ("topic gaza daily monday 8:00", "Daily means every day"),
        ("topic gaza weekly", "On which day"),
        ("topic gaza weekly 8:00", "On which day"),
        ("topic gaza weekly monday", "Write “weekly monday 08:00”"),
        ("topic gaza weekly mon tue 8:00", "on one day"),
        ("topic gaza 8:00", "Daily or weekly?"),
        ("source Guardian Weekly", "part of the name"),
        ("topic gaza every day at 7pm", "Daily or weekly?"),
        ("topic gaza every day", "Daily or weekly?"),
        ("topic gaza at 7 pm", "Daily or weekly?"),
        ("topic gaza each monday at noon", "Daily or weekly?"),
        ("topic gaza hourly", "Daily or weekly?"),
        ("topic gaza or football", "each of the two by itself"),
        ("topic gaza without the", "Without what?"),
        ("everything foo", "I don't understand “foo”"),
        ("everything 8:00", "Daily or weekly?"),
        ("person", "/subscribe person Wang Yi"),
        ("person at once", "/subscribe person Wang Yi"),
        ("topic", "/subscribe topic security council"),
        ("topic -gaza", "/subscribe topic security council"),
        ("topic gaza without", "Without what?"),
        ("source daily 8:00", "/subscribe source New Telegraph"),
        ("topic " + "x" * 4000, "too long"),
        ("person " + "Wang " * 800, "too long"),
        ("topic " + "x" * (LONGEST + 1), "too long"),
        ("topic gaza" + " -x" * 9, "too long"),
        ("topic 🎉🎉", "no word"),
        ("person 🎉", "Write a name in letters"),
        ("🎉", "no word"),
        ("topic <b>gaza</b>", "without < and >"),
        ("person <script>", "without < and >"),
        ("at once", "/subscribe everything"),
    ],
)
def test_what_cannot_be_carried_out_is_refused_with_what_to_write(typed: str, says: str) -> None:
    problem = parse_wish(typed)
    assert isinstance(problem, Problem)
    assert says in problem.text


@pytest.mark.parametrize("typed", ["", "  ", "\n\x00"])
def test_nothing_is_nothing(typed: str) -> None:
    assert parse_wish(typed) is None
    assert parse_quiet(typed) is None


@given(
    st.text(max_size=60)
    | st.from_regex(r"(topic|source|person|everything)( [a-z-]+){0,3}( (daily|weekly|at|mon|8:00|am))*")
)
def test_whatever_is_typed_is_read_or_refused_and_never_too_long(typed: str) -> None:
    wish = parse_wish(typed)
    if isinstance(wish, Wish):
        assert len(wish.name) <= LONGEST
        assert wish.name or wish.kind == "everything"
    elif wish is not None:
        assert 0 < len(wish.text) < 400


@pytest.mark.parametrize("when", [AT_ONCE, daily(0), daily(23, 59), weekly(0, 8), weekly(6, 12, 30)])
def test_a_schedule_as_it_is_typed_is_read_back(when: When) -> None:
    wish = parse_wish(f"topic gaza {as_typed(when)}")
    assert isinstance(wish, Wish)
    assert wish.when == when


def test_a_topic_of_a_button_has_no_schedule() -> None:
    assert parse_topic("daily 8:00 -x") == Wish("topic", "daily 8:00", ("x",))


@pytest.mark.parametrize(
    ("typed", "quiet"),
    [
        ("22:00-07:00", (1320, 420)),
        (" 22:00 - 7:00 ", (1320, 420)),
        ("22–7", (1320, 420)),
        ("10pm to 7 am", (1320, 420)),
        ("0:00-6:30", (0, 390)),
        ("midnight until noon", (0, 720)),
        ("off", "off"),
        ("OFF", "off"),
    ],
)
def test_quiet_hours_are_read(typed: str, quiet: object) -> None:
    assert parse_quiet(typed) == quiet


@pytest.mark.parametrize(
    "typed", ["22:00", "22:00-25:00", "7-7", "a-b", "22:00-07:00-08:00", "-", "🎉", "1" * 400, "<b>-7"]
)
def test_other_hours_are_refused_with_how_to_write_them(typed: str) -> None:
    problem = parse_quiet(typed)
    assert isinstance(problem, Problem)
    assert "/quiet 22:00-07:00" in problem.text
