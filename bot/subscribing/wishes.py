"""What is typed after /subscribe and /quiet, read: pure, and strict about what would be guessed."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from bot.subscribing import texts
from knowledge.models import InterestKind
from knowledge.schedule import Quiet, When
from knowledge.text import content_words, one_line, words

__all__ = ["LONGEST", "Problem", "Wish", "as_typed", "parse_quiet", "parse_topic", "parse_wish"]

LONGEST = 100
"""The longest name or topic that can be followed, in characters."""

_LONGEST_LINE = 2 * LONGEST
_MOST_WITHOUT = 8
_KINDS: dict[str, InterestKind] = {
    "everything": "everything",
    "all": "everything",
    "person": "person",
    "topic": "topic",
    "source": "source",
}
_NOW = frozenset("at_once at-once atonce instantly immediately".split())
_OFTEN = frozenset("daily weekly".split())
_DAYS = "monday tuesday wednesday thursday friday saturday sunday".split()
_WEEKDAYS = {form: number for number, day in enumerate(_DAYS) for form in (day, day[:3])} | {
    "tues": 1,
    "weds": 2,
    "thur": 3,
    "thurs": 3,
}
_LINKING = frozenset("at on every".split())
_HALVES = frozenset("am pm a.m. p.m.".split())
_NAMED_TIMES = {"noon": 12 * 60, "midnight": 0}
_CLOCK = re.compile(r"(\d{1,2})(?:[:.h](\d{2}))?(am|pm)?")
_LIKE_CLOCK = re.compile(r"[\d:.h]*\d[\d:.h]*(?:am|pm)?")  # what only a time of day can be meant by
_WITH_COLON = re.compile(r"\d{1,2}:\d{2}(?:am|pm)?")
_OFF = frozenset("off none no never".split())
_BETWEEN = re.compile(r"\s*(?:-|–|—|−|\bto\b|\buntil\b|\btill\b)\s*")
_TAG = re.compile("[<>]")
_EXCEPT = frozenset("without not except".split())
_LONE_HYPHEN = re.compile(r"(?<!\S)([-–−])\s+(?=\w)")
_DAY = r"(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?"
_UNREAD = re.compile(
    rf"(?:.* )?(?:(?:every|each|once an?|per) (?:hour|day|morning|noon|evening|night|week|month|{_DAY})|hourly|monthly|"
    r"\d{1,2}(?:[:.]\d\d)? ?(?:am|pm|a\.m\.|p\.m\.))(?: (?:at|on) .*)?"
)
"""How often, or when, as it is not read: after it stands nothing but a time."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Why what was typed is not carried out, and how to write it."""

    text: str


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants to follow, as typed: ``kind`` is None when only a name was given.

    ``when`` and ``silent`` are None when nothing was said of them.
    """

    kind: InterestKind | None
    name: str = ""
    without: tuple[str, ...] = field(default=())
    when: When | None = None
    silent: bool | None = None


def parse_wish(argument: str) -> Wish | Problem | None:
    """Read what follows /subscribe; None when nothing does.

    How often is read from the end and only in full: before it, any word may be part of a name ("topic weekly wages").
    """
    line = one_line(argument)
    if not line:
        return None
    if len(line) > _LONGEST_LINE:
        return Problem(texts.too_long(LONGEST))
    if _TAG.search(line):
        return Problem(texts.NO_TAGS)
    kind = _KINDS.get(line.split()[0].casefold().rstrip(":"))
    rest = line.split()[1:] if kind else line.split()
    rest, silent = _split_silent(rest)
    split = _split_when(rest)
    if isinstance(split, Problem):
        return split
    rest, when = split
    if kind == "everything":
        return Problem(texts.not_understood(one_line(" ".join(rest), 40))) if rest else Wish(kind, "", (), when, silent)
    if kind == "topic":
        wish = parse_topic(" ".join(rest))
        return replace(wish, when=when, silent=silent) if isinstance(wish, Wish) else wish
    return _named(kind, rest, when, silent)


def parse_topic(typed: str) -> Wish | Problem:
    """Read the words of a topic; those after "without" or "not", and those after a hyphen, are left out of it."""
    name: list[str] = []
    without: list[str] = []
    leaving = False
    for word in _LONE_HYPHEN.sub(r"\1", typed).split():
        if name and word.casefold() in _EXCEPT:
            leaving = True
            if len(name) > 1 and name[-1].casefold() in ("but", "and"):
                del name[-1]
        elif word[0] in "-–−" and len(word) > 1:
            without.append(word[1:])
        else:
            (without if leaving else name).append(word)
    if not name:
        return Problem(texts.FOLLOW_WHAT)
    without = [word for word in without if content_words(word)]
    if leaving and not without:
        return Problem(texts.WITHOUT_WHAT)
    if len(typed) > LONGEST or len(without) > _MOST_WITHOUT:
        return Problem(texts.too_long(LONGEST))
    if not words(" ".join(name)):
        return Problem(texts.no_word("topic"))
    if "or" in (word.casefold() for word in name):
        return Problem(texts.EACH_BY_ITSELF)
    return Wish("topic", " ".join(name), tuple(without))


def parse_quiet(argument: str) -> Quiet | Literal["off"] | Problem | None:
    """Read what follows /quiet: minutes after midnight; None when nothing does."""
    line = one_line(argument).casefold()
    if not line:
        return None
    if line in _OFF:
        return "off"
    ends = _BETWEEN.split(line)
    if len(line) > LONGEST or len(ends) != 2:
        return Problem(texts.QUIET_FORM)
    minutes = [_minute(end.split()) for end in ends]
    start, end = minutes
    if start is None or end is None:
        wrong = ends[0] if start is None else ends[1]
        return Problem(texts.no_time(one_line(wrong, 20)) + " " + texts.QUIET_FORM)
    return (start, end) if start != end else Problem(texts.QUIET_SAME)


def as_typed(when: When) -> str:
    """How often, as it is typed after /subscribe."""
    clock = f"{when.minute // 60:02}:{when.minute % 60:02}"
    match when.often:
        case "at_once":
            return "at once"
        case "daily":
            return f"daily {clock}"
        case _:
            return f"weekly {_DAYS[when.weekday]} {clock}"


def _split_silent(rest: list[str]) -> tuple[list[str], bool | None]:
    said = {"silent": True, "silently": True, "loud": False}.get(rest[-1].casefold()) if rest else None
    return (rest, None) if said is None else (rest[:-1], said)


def _split_when(rest: list[str]) -> tuple[list[str], When | None] | Problem:
    """What stands before how often, and how often; a problem when that is begun but not whole."""
    folded = [word.casefold() for word in rest]
    if folded[-1:] and folded[-1] in _NOW:
        return rest[:-1], When(often="at_once")
    if folded[-2:] in (["at", "once"], ["right", "away"]):
        return rest[:-2], When(often="at_once")
    at = len(folded)
    while at and _of_schedule(folded[at - 1]):
        at -= 1
    if not at or folded[at - 1] not in _OFTEN:
        alone = bool(folded) and _WITH_COLON.fullmatch(folded[-1]) is not None
        unread = alone or _UNREAD.fullmatch(" ".join(folded))
        return Problem(texts.HOW_OFTEN_THEN) if unread else (rest, None)
    when = _when(folded[at - 1], folded[at:])
    return when if isinstance(when, Problem) else (rest[: at - 1], when)


def _of_schedule(word: str) -> bool:
    known = word in _WEEKDAYS or word in _LINKING or word in _HALVES or word in _NAMED_TIMES
    return known or _LIKE_CLOCK.fullmatch(word) is not None


def _when(often: str, given: Sequence[str]) -> When | Problem:
    said = [word for word in given if word not in _LINKING]
    days = [word for word in said if word in _WEEKDAYS]
    clock = [word for word in said if word not in _WEEKDAYS]
    if often == "daily" and days:
        return Problem(texts.DAILY_WITH_DAY)
    if often == "weekly" and not days:
        return Problem(texts.WEEKLY_DAY)
    if len(days) > 1:
        return Problem(texts.ONE_DAY)
    if not clock:
        return Problem(texts.DAILY_TIME if often == "daily" else texts.weekly_time(_DAYS[_WEEKDAYS[days[0]]]))
    minute = _minute(clock)
    if minute is None:
        return Problem(texts.no_time(one_line(" ".join(clock), 20)))
    return (
        When(often="weekly", minute=minute, weekday=_WEEKDAYS[days[0]]) if days else When(often="daily", minute=minute)
    )


def _minute(clock: Sequence[str]) -> int | None:
    """The minute after midnight that a time of day means ("8:00", "08.00", "8", "8am", "8 pm", "noon")."""
    typed = "".join(clock).replace("a.m.", "am").replace("p.m.", "pm")
    if typed in _NAMED_TIMES:
        return _NAMED_TIMES[typed]
    match = _CLOCK.fullmatch(typed)
    if match is None:
        return None
    hour, minute = int(match[1]), int(match[2] or 0)
    if match[3]:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + 12 * (match[3] == "pm")
    return hour * 60 + minute if hour < 24 and minute < 60 else None


def _named(kind: InterestKind | None, rest: Sequence[str], when: When | None, silent: bool | None) -> Wish | Problem:
    name = " ".join(rest)
    if not name and kind:
        return Problem(texts.FOLLOW_WHOM if kind == "person" else texts.FOLLOW_WHICH_SOURCE)
    if len(name) > LONGEST:
        return Problem(texts.too_long(LONGEST))
    if not name:
        return Problem(texts.SUBSCRIBE_FORM)
    return Wish(kind, name, (), when, silent) if words(name) else Problem(texts.no_word(kind))
