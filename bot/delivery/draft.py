"""One digest in the making: what of the news a chat does not know yet, up to so many items."""

from collections.abc import Callable, Collection, Sequence

from bot.digest_blocks import Section
from knowledge.digest import Correction, Item

__all__ = ["Draft", "News"]

News = Item | Correction


class Draft:
    """Takes news until there are ``most`` items, and counts those that are left out.

    ``received`` tells which of some statements the chat has been sent.
    """

    def __init__(self, most: int, received: Callable[[Collection[int]], set[int]]) -> None:
        self._room = most
        self._received = received
        self._known: set[int] = set()
        self.sections: list[Section] = []
        self.left_out = 0

    def fill(self, found: Sequence[tuple[int, str, Sequence[News]]]) -> None:
        """Take what is new to the chat of each subscription's (key, label, news), those of the first first."""
        held = {statement for _, _, news in found for item in news for statement in _held(item)}
        if held:
            self._known |= self._received(held)
        for subscription, label, news in found:
            taken = tuple(item for item in news if self._takes(item))
            if taken:
                self.sections.append(Section(subscription, label, taken))

    def _takes(self, item: News) -> bool:
        """Whether an item is new to the chat and there is room for it."""
        if not self._known.isdisjoint(_held(item)):
            return False
        if not self._room:
            self.left_out += 1
            self._known |= _held(item)
            return False
        # Looked up only for what would be sent: what other articles have said of it, perhaps long ago.
        elsewhere = item.statements - self._known
        unknown = not elsewhere - _held(item) or not self._received(elsewhere - _held(item))
        unknown = unknown and self._known.isdisjoint(item.statements)
        self._known |= item.statements
        self._room -= unknown
        return unknown


def _held(item: News) -> frozenset[int]:
    return item.held if item.kind == "news" else item.statements
