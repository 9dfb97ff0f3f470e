"""What the buttons about subscriptions carry, so that each means the same however old its message is.

Actions are at most 64 bytes, Telegram's limit, and none is like those of ``bot.actions``. SUB is a subscription's key
in base 36.

fe, fp:KEY, ft:WORDS, fs:NAME   follow everything, a person, a topic (as typed, "-" before words left out), a source
a:OFTEN:FOLLOW                  follow again as before; OFTEN as in e:, and FOLLOW one of the four above
u:SUB                           stop
e:SUB, e:SUB.OFTEN              how often to ask for, and set: a (at once), d, w (at which hour), w0..w6, d480, w0.480
e:SUB.q|l|p|r                   silent, with sound, pause, resume
z:ZONE                          set the time zone
m:p|t|s|f|l|r                   people, how to name a topic, sources, what to follow, subscriptions, resume all
m:lN                            a page of the subscriptions
"""

import re
from dataclasses import dataclass
from typing import Literal

from bot.actions import base36
from bot.replies import Button
from knowledge.models import Interest
from knowledge.schedule import DAY, When
from knowledge.text import one_line

__all__ = [
    "LABEL",
    "SHOW_ALL",
    "Again",
    "Edit",
    "Follow",
    "Menu",
    "Press",
    "SetZone",
    "Stop",
    "again",
    "edit",
    "fitting_button",
    "follow",
    "is_subscribing",
    "menu",
    "parse_press",
    "set_zone",
    "stop",
]

LABEL = 40
"""The longest label of a button, in characters."""

SHOW_ALL = "da"
"""Under a digest: what it left out. Not carried out here; the message it is under tells which digest is meant."""

_BYTES = 64
_OFTEN = r"a|d(?:\d{1,4})?|w(?:[0-6](?:\.\d{1,4})?)?"
_FOLLOW = re.compile(r"fe|f([pts]):(.+)", re.DOTALL)
_AGAIN = re.compile(rf"a:({_OFTEN})(q?):(f.+)", re.DOTALL)
_SUB = "[0-9a-z]{1,12}"  # no more than a database can hold
_STOP = re.compile(rf"u:({_SUB})")
_EDIT = re.compile(rf"e:({_SUB})(?:\.({_OFTEN}|[qlpr]))?")
_ZONE = re.compile(r"z:([A-Za-z0-9_+/-]{1,60})")
_MENU = re.compile(r"m:([ptsfr]|l(\d{0,3}))")

Kind = Literal["p", "t", "s", "e"]
_KINDS: dict[str, Kind] = {"person": "p", "topic": "t", "source": "s", "everything": "e"}


@dataclass(frozen=True, slots=True)
class Follow:
    """Follow something: a person's key, a topic's words, a publisher, or everything."""

    kind: Kind
    target: str = ""


@dataclass(frozen=True, slots=True)
class Again:
    """Follow something as it was followed before."""

    follow: Follow
    when: When
    silent: bool


@dataclass(frozen=True, slots=True)
class Stop:
    """Stop a subscription."""

    subscription: int


@dataclass(frozen=True, slots=True)
class Edit:
    """Change a subscription: ``what`` as in the actions, empty to ask."""

    subscription: int
    what: str = ""


@dataclass(frozen=True, slots=True)
class SetZone:
    """Set the chat's time zone."""

    zone: str


@dataclass(frozen=True, slots=True)
class Menu:
    """Show something to choose from."""

    what: str
    page: int = 1


Press = Follow | Again | Stop | Edit | SetZone | Menu


def parse_press(action: str) -> Press | None:
    """What an action asks for; None when it is none of this module's."""
    if _fitting(action) is None:
        return None
    if match := _AGAIN.fullmatch(action):
        followed, when = _follow(match[3]), read_often(match[1])
        return Again(followed, when, bool(match[2])) if followed and when else None
    if match := _STOP.fullmatch(action):
        return Stop(int(match[1], 36))
    if match := _EDIT.fullmatch(action):
        return Edit(int(match[1], 36), match[2] or "")
    if match := _ZONE.fullmatch(action):
        return SetZone(match[1])
    if match := _MENU.fullmatch(action):
        return Menu(match[1][0], int(match[2] or 1))
    return _follow(action)


def is_subscribing(action: object) -> bool:
    """Whether an action is one of this module's; anything else that a button may carry is not."""
    return isinstance(action, str) and parse_press(action) is not None


def read_often(what: str) -> When | None:
    """The schedule of an action, when it is whole."""
    if what == "a":
        return When(often="at_once")
    letter, day, minute = what[:1], what[1:2], what[3:]
    if letter == "d" and what[1:].isdecimal() and int(what[1:]) < DAY:
        return When(often="daily", minute=int(what[1:]))
    if letter == "w" and day.isdecimal() and minute.isdecimal() and int(minute) < DAY:
        return When(often="weekly", minute=int(minute), weekday=int(day))
    return None


def follow(interest: Interest, label: str) -> str | None:
    """The action that follows something; None when it does not fit.

    A topic goes by its words as they are typed, which the normal form cannot be read back from.
    """
    if interest.kind == "everything":
        return "fe"
    target = label if interest.kind == "topic" else interest.target
    return _fitting(f"f{_KINDS[interest.kind]}:{target}")


def again(interest: Interest, label: str, when: When, *, silent: bool) -> str | None:
    """The action that follows something as it was followed, or else at once; None when neither fits."""
    plain = follow(interest, label)
    return plain and (_fitting(f"a:{_often(when)}{'q' * silent}:{plain}") or plain)


def stop(subscription: int) -> str:
    """The action that stops a subscription."""
    return f"u:{base36(subscription)}"


def edit(subscription: int, what: str = "") -> str:
    """The action that changes a subscription."""
    return f"e:{base36(subscription)}{'.' * bool(what)}{what}"


def set_zone(zone: str) -> str:
    """The action that sets the time zone."""
    return f"z:{zone}"


def menu(what: str, page: int | None = None) -> str:
    """The action that shows something to choose from."""
    return f"m:{what}{page or ''}"


def fitting_button(label: str, action: str | None) -> tuple[Button, ...]:
    """A row with the button, its label bounded; an empty one when there is no action."""
    return (Button(one_line(label, LABEL), action),) if action else ()


def _often(when: When) -> str:
    match when.often:
        case "at_once":
            return "a"
        case "daily":
            return f"d{when.minute}"
        case _:
            return f"w{when.weekday}.{when.minute}"


def _follow(action: str) -> Follow | None:
    match = _FOLLOW.fullmatch(action)
    if match is None:
        return None
    kind: dict[str | None, Kind] = {"p": "p", "t": "t", "s": "s"}
    return Follow(kind.get(match[1], "e"), match[2] or "")


def _fitting(action: str) -> str | None:
    printable = one_line(action) == action  # what Telegram would change on the way is not carried
    return action if printable and len(action.encode("utf-8", "surrogatepass")) <= _BYTES else None
