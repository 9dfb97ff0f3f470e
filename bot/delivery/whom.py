"""Whom a subscription means by now: somebody followed before any article named them, or known by another key since."""

from bot.subscribing.people import people_among
from knowledge.library import Library
from knowledge.models import Interest

__all__ = ["Meaning"]


class Meaning:
    """What subscriptions mean by what one library holds; for one round of digests."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._known: dict[tuple[Interest, str], Interest] = {}

    def of(self, interest: Interest, label: str) -> Interest:
        """The interest; for a person whom no article has under that key, the one person called ``label``, if one is."""
        if interest.kind != "person":
            return interest
        if (interest, label) not in self._known:
            self._known[interest, label] = self._person(interest, label)
        return self._known[interest, label]

    def _person(self, interest: Interest, label: str) -> Interest:
        if self._library.index.entity(interest.target) is not None:
            return interest
        read = self._library.answerer.read(f"who is {label}")
        called = [named for named in people_among(self._library.index, read.who) if not named.mended]
        return Interest(kind="person", target=called[0].key) if len(called) == 1 else interest
