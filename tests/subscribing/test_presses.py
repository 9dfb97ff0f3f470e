"""Buttons about subscriptions: small enough for Telegram, read back as they were written, like no others'."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.actions import parse_action
from bot.admin_replies import parse_press as parse_admins
from bot.subscribing.presses import (
    Again,
    Edit,
    Follow,
    Menu,
    Press,
    SetZone,
    Stop,
    again,
    edit,
    follow,
    is_subscribing,
    menu,
    parse_press,
    read_often,
    set_zone,
    stop,
)
from knowledge.models import Interest
from knowledge.schedule import When

LARGE = 2**60
DAILY = When(often="daily", minute=480)
WEEKLY = When(often="weekly", minute=1439, weekday=6)
PERSON = Interest(kind="person", target="wang yi")


@pytest.mark.parametrize(
    ("action", "press"),
    [
        ("fe", Follow("e")),
        ("fp:wang yi", Follow("p", "wang yi")),
        ("fp:john smith~2", Follow("p", "john smith~2")),
        ("ft:security council -football", Follow("t", "security council -football")),
        ("fs:Daily: Mail", Follow("s", "Daily: Mail")),
        ("a:a:fe", Again(Follow("e"), When(often="at_once"), silent=False)),
        ("a:d480q:fp:wang yi", Again(Follow("p", "wang yi"), DAILY, silent=True)),
        ("a:w6.1439:ft:a:b", Again(Follow("t", "a:b"), WEEKLY, silent=False)),
        ("u:zz", Stop(1295)),
        ("e:1", Edit(1)),
        ("e:1.d", Edit(1, "d")),
        ("e:1.w3.480", Edit(1, "w3.480")),
        ("e:1.q", Edit(1, "q")),
        ("z:America/Argentina/Buenos_Aires", SetZone("America/Argentina/Buenos_Aires")),
        ("m:l", Menu("l")),
        ("m:l12", Menu("l", 12)),
    ],
)
def test_an_action_is_read(action: str, press: Press) -> None:
    assert parse_press(action) == press
    assert is_subscribing(action)


@pytest.mark.parametrize(
    "action",
    [
        "", "f", "fp", "fp:", "fx:a", "fe:", "u:", "u:!", "u:1.2", "e:", "e:1.", "e:1.x", "e:1.w7", "a:d9999:fe",
        "a:d:fe", "a:w3:fe", "a::fe", "a:a:", "a:a:u:1", "z:", "z:a b", "m:", "m:x", "m:l9999", "x:1", "n:2.1", "s:1.0",
        "i:1.0", "adm:b:1", "fp:a\nb", "fp:a\x00", "da", "fp:" + "x" * 62, "fp:" + "я" * 31, "fp:\ud800",
    ],
)  # fmt: skip
def test_anything_else_is_none_of_them(action: str) -> None:
    assert parse_press(action) is None
    assert not is_subscribing(action)
    assert not is_subscribing(None)


@given(st.text(max_size=70))
def test_no_action_is_understood_twice(action: str) -> None:
    known = [parse_action(action) and action[0] in "xnsi", parse_admins(action), is_subscribing(action)]
    assert sum(map(bool, known)) <= 1


@pytest.mark.parametrize("when", [When(often="at_once"), DAILY, WEEKLY])
@pytest.mark.parametrize("silent", [True, False])
def test_what_was_stopped_is_followed_again_as_it_was(when: When, silent: bool) -> None:
    action = again(PERSON, "Wang Yi", when, silent=silent)
    assert action is not None
    assert parse_press(action) == Again(Follow("p", "wang yi"), when, silent)


def test_what_does_not_fit_is_left_out() -> None:
    assert follow(Interest(kind="person", target="x" * 61), "X") == "fp:" + "x" * 61
    assert follow(Interest(kind="person", target="x" * 62), "X") is None
    assert follow(Interest(kind="topic", target="x"), "я" * 31) is None
    assert follow(Interest(kind="source", target="two  spaces"), "") is None
    tight = Interest(kind="person", target="x" * 58)
    assert again(tight, "X", WEEKLY, silent=True) == "fp:" + "x" * 58  # at once rather than not at all
    assert again(Interest(kind="person", target="x" * 62), "X", DAILY, silent=True) is None


@pytest.mark.parametrize("number", [0, 1, 35, 36, LARGE])
def test_keys_of_any_size_fit(number: int) -> None:
    assert parse_press(stop(number)) == Stop(number)
    assert parse_press(edit(number, "w6.1439")) == Edit(number, "w6.1439")
    assert len(edit(number, "w6.1439")) <= 64


def test_menus_and_zones_are_read_back() -> None:
    assert parse_press(menu("l", 3)) == Menu("l", 3)
    assert parse_press(set_zone("Etc/GMT+5")) == SetZone("Etc/GMT+5")


@pytest.mark.parametrize(
    ("what", "when"),
    [
        ("a", When(often="at_once")),
        ("d0", When(often="daily")),
        ("w0.0", When(often="weekly")),
        ("d1440", None),
        ("d", None),
        ("w", None),
        ("w3", None),
        ("w3.1440", None),
        ("q", None),
        ("", None),
    ],
)
def test_only_a_whole_schedule_is_one(what: str, when: When | None) -> None:
    assert read_often(what) == when
