"""Whom a subscription means by now: all who are one with the person followed, or who are called so."""

from itertools import combinations

from bot.subscribing.people import people_among
from knowledge.answer.names import Named, one_person
from knowledge.library import Library
from knowledge.models import Interest

__all__ = ["Meanings"]

_MOST = 8  # people of one name
_REMEMBERED = 20_000


class Meanings:
    """What subscriptions mean by what one library holds by now."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._known: dict[tuple[Interest, str], tuple[int, tuple[Interest, ...]]] = {}

    def of(self, interest: Interest, label: str) -> tuple[Interest, ...]:
        """The interest; of a person, one for each key under which articles have them.

        Articles may have somebody under the last name alone. A name that nobody had when it was followed means
        whoever is called so since.
        """
        if interest.kind != "person":
            return (interest,)
        # Whom a name means changes when articles come that have a word of it.
        stamp = sum(self._library.index.frequency("part", word) for word in interest.target.partition("~")[0].split())
        held = self._known.get((interest, label))
        if held is None or held[0] != stamp:
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            held = self._known[interest, label] = stamp, self._people(interest, label)
        return held[1]

    def _people(self, interest: Interest, label: str) -> tuple[Interest, ...]:
        entity = self._library.index.entity(interest.target)
        if entity is None:
            called = [named.key for named in people_among(self._library.index, self._read(label))][:_MOST]
        else:
            namesakes = self._read(entity["name"].split()[-1])
            alike = [named for named in namesakes if one_person(named.entity, entity)]
            called = [named.key for named in alike if not _may_be_another(named, namesakes)]
        keys = dict.fromkeys((interest.target, *called))
        return tuple(Interest(kind="person", target=key) for key in keys)

    def _read(self, name: str) -> list[Named]:
        """Those whom a name means, taken as it is written."""
        return [named for named in self._library.answerer.read(f"who is {name}").who if not named.mended]


def _may_be_another(named: Named, people: list[Named]) -> bool:
    """Whether a name fits two who are not one: "Keller" where there are Jan and Maria."""
    fitting = [other.entity for other in people if other is not named and one_person(other.entity, named.entity)]
    return any(not one_person(one, other) for one, other in combinations(fitting, 2))
