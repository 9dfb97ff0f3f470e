"""Which time zone is meant: named, by a city, with slips; never guessed."""

from zoneinfo import available_timezones

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.subscribing.zones import Zones, _cities, is_zone


@pytest.fixture(scope="module")
def zones() -> Zones:
    return Zones()


@pytest.mark.parametrize(
    ("typed", "zone"),
    [
        ("Europe/Berlin", "Europe/Berlin"),
        ("europe/BERLIN", "Europe/Berlin"),
        ("america/new york", "America/New_York"),
        ("america/argentina/buenos_aires", "America/Argentina/Buenos_Aires"),
        ("utc", "UTC"),
        ("Berlin", "Europe/Berlin"),
        (" bErLiN ", "Europe/Berlin"),
        ("London", "Europe/London"),
        ("Paris", "Europe/Paris"),
        ("New York", "America/New_York"),
        ("nyc", "America/New_York"),
        ("Sao Paulo", "America/Sao_Paulo"),
        ("São Paulo", "America/Sao_Paulo"),
        ("munchen", "Europe/Berlin"),
        ("Köln", "Europe/Berlin"),
        ("Kiev", "Europe/Kyiv"),
        ("Москва", "Europe/Moscow"),
        ("東京", "Asia/Tokyo"),
        ("Singapore", "Asia/Singapore"),
        ("Luxembourg", "Europe/Luxembourg"),
        ("Kathmandu", "Asia/Kathmandu"),
        ("London, Canada", "America/Toronto"),
        ("Springfield, Illinois", "America/Chicago"),
        ("springfield, ma", "America/New_York"),
        ("Birmingham", "Europe/London"),
    ],
)
def test_one_that_is_clear_is_found(zones: Zones, typed: str, zone: str) -> None:
    found = zones.find(typed)
    assert [place.zone for place in found.places] == [zone]
    assert found.mended == ""


@pytest.mark.parametrize(
    ("typed", "zone", "meant"),
    [
        ("Berln", "Europe/Berlin", "Berlin, Germany"),
        ("berlni", "Europe/Berlin", "Berlin, Germany"),
        ("new yrok", "America/New_York", "New York City, New York"),
        ("stutgart", "Europe/Berlin", "Stuttgart, Germany"),
        ("moscw", "Europe/Moscow", "Moscow, Russia"),
    ],
)
def test_a_slip_is_forgiven_and_said(zones: Zones, typed: str, zone: str, meant: str) -> None:
    found = zones.find(typed)
    assert [place.zone for place in found.places] == [zone]
    assert found.mended == meant


def test_a_name_of_several_cities_leaves_the_choice(zones: Zones) -> None:
    found = zones.find("Springfield")
    assert {place.zone for place in found.places} >= {"America/Chicago", "America/New_York", "America/Los_Angeles"}
    assert len({place.zone for place in found.places}) == len(found.places) <= 8
    assert all(place.label.startswith("Springfield, ") for place in found.places)


@pytest.mark.parametrize("typed", ["Germany", "germany", "USA", "Mexico", "Georgia", "California", "Japan", "England"])
def test_a_country_or_a_state_is_no_city(zones: Zones, typed: str) -> None:
    found = zones.find(typed)
    assert (found.why, found.places) == ("country", ())
    assert found.called.casefold() == typed.casefold()


@pytest.mark.parametrize("typed", ["UTC+2", "+02:00", "gmt-5", "-3"])
def test_a_difference_is_no_zone(zones: Zones, typed: str) -> None:
    assert zones.find(typed).why == "offset"


@pytest.mark.parametrize(
    "typed",
    ["", " ", "qwertz", "hello", "what", "🎉", "<b>Berlin</b>x", "x" * 4000, "Factory", "\x00", "%", "\t\x02", "12"],
)
def test_nonsense_is_nowhere(zones: Zones, typed: str) -> None:
    found = zones.find(typed)
    assert (found.why, found.places) == ("unknown", ())


@settings(deadline=None, max_examples=50)
@given(st.text(max_size=30))
def test_any_text_is_borne(typed: str) -> None:
    for found in (Zones().find(typed).places, Zones().plain(typed).places, Zones().near(typed)):
        assert all(is_zone(place.zone) for place in found)


@pytest.mark.parametrize(
    ("typed", "zone"),
    [
        ("berlin", "Europe/Berlin"),
        ("Berlin.", "Europe/Berlin"),
        ("Europe/Berlin", "Europe/Berlin"),
        ("america/new york", "America/New_York"),
        ("utc", "UTC"),
        ("CET", "CET"),
        ("Cologne", "Europe/Berlin"),
        ("Köln", "Europe/Berlin"),
        ("東京", "Asia/Tokyo"),
        ("London, Canada", "America/Toronto"),
    ],
)
def test_a_plain_message_names_a_zone_or_a_city_exactly(zones: Zones, typed: str, zone: str) -> None:
    assert [place.zone for place in zones.plain(typed).places] == [zone]


@pytest.mark.parametrize(
    "typed",
    ["berln", "what did wang yi say", "berlin wall", "thanks", "yes", "ok", "Reyes", "wien", "nyc", "met", "PRC"],
)
def test_any_other_plain_message_names_none(zones: Zones, typed: str) -> None:
    assert zones.plain(typed).places == ()


@pytest.mark.parametrize(
    ("typed", "label"),
    [
        ("Lodnon", "London, United Kingdom"),
        ("Berlin please", "Berlin, Germany"),
        ("I am in Stutgart", "Stuttgart, Germany"),
        ("nyc", "New York City, New York"),
        ("Wien", "Vienna, Austria"),
        ("new yrok", "New York City, New York"),
    ],
)
def test_what_may_be_meant_for_a_city_is_near_it(zones: Zones, typed: str, label: str) -> None:
    assert [place.label for place in zones.near(typed)] == [label]


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "yes",
        "sure",
        "stop",
        "more",
        "Reyes",
        "what did reyes say",
        "ceasefire in Marun now",
        "Germany",
        "🎉",
        "please",
    ],
)
def test_other_messages_are_near_no_city(zones: Zones, typed: str) -> None:
    assert zones.near(typed) == ()


def test_every_zone_that_is_found_is_one_there_is() -> None:
    headers = [city.split(b"\x01", 1)[0] for city in _cities().split(b"\x02") if city]
    held = {header.split(b"\t")[3].decode() for header in headers}
    assert len(held) > 300
    assert held <= available_timezones()


def test_a_zone_is_told_by_its_exact_name() -> None:
    assert is_zone("Europe/Berlin")
    assert not is_zone("europe/berlin")
    assert not is_zone("Europe/Nowhere")
