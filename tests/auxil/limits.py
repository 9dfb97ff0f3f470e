"""Telegram's limits, kept by a server that counts what arrives."""

import math
from collections import defaultdict, deque
from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass

__all__ = ["Limits", "Throttle"]


@dataclass(frozen=True)
class Limits:
    """The most messages: in any second, in any second of a chat, and in any minute of a group."""

    per_second: int = 30
    per_chat: int = 1
    per_group_minute: int = 20


class Throttle:
    """Counts messages in windows that slide; ``clock`` tells seconds."""

    def __init__(self, limits: Limits, clock: Callable[[], float]) -> None:
        self._limits = limits
        self._clock = clock
        self._arrived: dict[Hashable, deque[float]] = defaultdict(deque)
        self._told: dict[Hashable, float] = {}  # until when it was told to wait
        self.refused = 0
        self.taken: list[tuple[float, int]] = []  # when a message came that was not refused, and to which chat

    def wait(self, chat_id: int) -> int:
        """Count a message; 0 when it may come, else the seconds that its sender is told to wait.

        Who comes again before that is told again.
        """
        now = self._clock()
        for place, most, seconds in self._places(chat_id):
            arrived = self._arrived[place]
            while arrived and arrived[0] <= now - seconds:
                arrived.popleft()
            if len(arrived) >= most:
                self._told[place] = max(self._told.get(place, now), arrived[-most] + seconds)
            if self._told.get(place, now) > now:
                self.refused += 1
                return math.ceil(self._told[place] - now)
        for place, _, _ in self._places(chat_id):
            self._arrived[place].append(now)
        self.taken.append((now, chat_id))
        return 0

    def _places(self, chat_id: int) -> Iterator[tuple[Hashable, int, float]]:
        """What a message counts for: (what, the most, in so many seconds)."""
        yield "all", self._limits.per_second, 1.0
        yield chat_id, self._limits.per_chat, 1.0
        if chat_id < 0:
            yield (chat_id, "minute"), self._limits.per_group_minute, 60.0
