"""One digest in the making: what of the news a chat does not know yet, up to so many items."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field

from bot.digest_blocks import Section
from knowledge.digest import Correction, Item

__all__ = ["Draft", "Found"]


@dataclass(slots=True)
class Found:
    """What there is for one subscription, which its readers know as ``label``; None for one that is no more."""

    subscription: int | None
    label: str
    corrections: Sequence[Correction] = ()
    news: Sequence[Item] = ()
    taken: list[Correction | Item] = field(default_factory=list)


class Draft:
    """Takes what is new to a chat until there are ``most`` items, and counts what is left out.

    ``received`` tells which of some statements the chat has been sent.
    """

    def __init__(self, most: int, received: Callable[[Collection[int]], set[int]]) -> None:
        self._room = most
        self._received = received
        self._known: set[int] = set()
        self.sections: tuple[Section, ...] = ()
        self.left_out = 0

    def fill(self, found: Sequence[Found]) -> None:
        """Take all corrections first, then the news of each in turn, those of the first first."""
        held: set[int] = set()
        for one in found:
            held.update(*map(_held, one.corrections), *map(_held, one.news))
        if held:
            self._known |= self._received(held)
        for one in found:
            one.taken += (correction for correction in one.corrections if self._takes(correction))
        for one in found:
            one.taken += (item for item in one.news if self._takes(item))
        self.sections = tuple(Section(one.subscription, one.label, tuple(one.taken)) for one in found if one.taken)

    def _takes(self, item: Correction | Item) -> bool:
        """Whether an item is new to the chat and there is room for it."""
        if not self._known.isdisjoint(_held(item)):
            return False
        if not self._room:
            self.left_out += 1
            self._known |= _held(item)
            return False
        # Looked up only for what would be sent: what other articles have said of it, perhaps long ago.
        elsewhere = item.statements - _held(item)
        if not self._known.isdisjoint(elsewhere) or (elsewhere and self._received(elsewhere)):
            self._known |= item.statements
            return False
        self._known |= item.statements | {statement for _, _, statement in item.receipts}
        self._room -= 1
        return True


def _held(item: Correction | Item) -> frozenset[int]:
    return item.statements if isinstance(item, Correction) else item.held
