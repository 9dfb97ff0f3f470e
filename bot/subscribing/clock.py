"""The chat's clock: its time zone, which is asked for once and never guessed, and its quiet hours."""

from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from bot.followups import is_small_talk
from bot.replies import Reply, said
from bot.subscribing import texts
from bot.subscribing.asking import Asking
from bot.subscribing.lists import local
from bot.subscribing.presses import fitting_button, set_zone
from bot.subscribing.wishes import Problem, parse_quiet
from bot.subscribing.zones import Found, Place, Zones, is_zone
from knowledge.text import one_line

if TYPE_CHECKING:
    from knowledge.library import Library

__all__ = ["ChatClock", "Suggestion"]

_TYPED = 40
_MESSAGES = 3


@dataclass(frozen=True, slots=True)
class Suggestion(Reply):
    """What to say below the ordinary answer to a message that may have been meant for a city."""


class ChatClock:
    """Time zones and quiet hours of every chat; ``remembered`` is how many chats are known to have just been asked.

    What such a chat writes next may be a city: up to three messages of it.
    """

    def __init__(self, remembered: int) -> None:
        self._remembered = remembered
        self._zones = Zones()
        self._asked: OrderedDict[int, int] = OrderedDict()

    def awaits(self, telegram: int) -> bool:
        """Whether the chat was just asked for its city."""
        return telegram in self._asked

    def forget(self, telegram: int) -> None:
        """Forget that the chat was asked for its city."""
        self._asked.pop(telegram, None)

    def ask(self, library: "Library", telegram: int) -> str:
        """What to say of the chat's zone where it matters: nothing when it is known, and the question only once."""
        from knowledge.store import subscribers

        if subscribers.ask_zone(library.engine, telegram):
            self._asked[telegram] = _MESSAGES
            self._asked.move_to_end(telegram)
            if len(self._asked) > self._remembered:
                self._asked.popitem(last=False)
            return texts.ASK_ZONE if telegram > 0 else texts.ASK_ZONE_GROUP
        chat = subscribers.chat(library.engine, telegram)
        return "" if chat and chat.zone else texts.IN_UTC

    def take(self, library: "Library", asking: Asking, text: str) -> Reply | None:
        """Take a plain message for the city that was asked for; None when it names none.

        What only may be meant for one, or is the name of somebody in the articles too, is left to a ``Suggestion``.
        """
        left = self._asked.get(asking.telegram, 0) - 1
        if left < 0:
            return None
        if left:
            self._asked[asking.telegram] = left
        else:
            self.forget(asking.telegram)
        if is_small_talk(text):
            return None
        found, somebody = self._zones.plain(text), self._names_somebody(library, text)
        if found.places and not somebody:
            return self._found(library, asking, text, found)
        near = self._zones.near(text) if found.places or not somebody else ()
        rows = tuple(fitting_button(place.label, set_zone(place.zone)) for place in near)
        return Suggestion(said(texts.did_you_mean(near[0].label)).blocks, rows) if near else None

    def _names_somebody(self, library: "Library", text: str) -> bool:
        read = library.answerer.read(text)
        return any(named.entity["person"] and not named.mended for run in (read.who, *read.names) for named in run)

    def timezone(self, library: "Library", asking: Asking, typed: str) -> Reply:
        """Set the zone that is typed, or say which it is."""
        from knowledge.store import subscribers

        if typed:
            return self._found(library, asking, typed, self._zones.find(typed))
        chat = subscribers.chat(library.engine, asking.telegram)
        known = _times_in(chat.zone, asking.now) if chat and chat.zone else texts.NO_ZONE
        return said(f"{known}\n{texts.ZONE_FORM}")

    def press(self, library: "Library", asking: Asking, zone: str) -> Reply | None:
        """Set the zone of a button; None when there is none of that name."""
        return self._set(library, asking, Place(zone, zone)) if is_zone(zone) else None

    def quiet(self, library: "Library", asking: Asking, typed: str) -> Reply:
        """Set the quiet hours that are typed, or say which they are."""
        from knowledge.store import subscribers

        quiet = parse_quiet(typed)
        if isinstance(quiet, Problem):
            return said(quiet.text)
        if quiet is None:
            chat = subscribers.chat(library.engine, asking.telegram)
            return said(f"{texts.quiet_set(chat.quiet if chat else None)}\n{texts.QUIET_FORM}")
        if quiet == "off":
            subscribers.set_quiet(library.engine, asking.telegram, None, asking.now)
            return said(texts.quiet_set(None))
        chat = subscribers.set_quiet(library.engine, asking.telegram, quiet, asking.now)
        times = _times_in(chat.zone, asking.now) if chat.zone else self.ask(library, asking.telegram)
        return said(f"{texts.quiet_set(quiet)}\n{times}")

    def _found(self, library: "Library", asking: Asking, typed: str, found: Found) -> Reply:
        typed = one_line(typed, _TYPED)
        match found.why:
            case "country":
                return said(texts.a_country(found.called))
            case "offset":
                return said(texts.OFFSET)
            case "unknown":
                return said(texts.no_place(typed))
        if len(found.places) > 1:
            labels = [place.label for place in found.places]
            named = [p.label if labels.count(p.label) == 1 else f"{p.label} ({p.zone})" for p in found.places]
            rows = (fitting_button(name, set_zone(p.zone)) for name, p in zip(named, found.places, strict=True))
            return said(texts.which_place(typed), tuple(rows))
        return self._set(library, asking, found.places[0], texts.read_as(typed, found.mended) if found.mended else "")

    def _set(self, library: "Library", asking: Asking, place: Place, note: str = "") -> Reply:
        from knowledge.store import subscribers

        subscribers.set_zone(library.engine, asking.telegram, place.zone, asking.now)
        self.forget(asking.telegram)
        return said(f"{note} {texts.zone_set(place.label, place.zone, local(asking.now, place.zone))}".strip())


def _times_in(zone: str, now: datetime) -> str:
    return texts.times_in(zone, local(now, zone))
