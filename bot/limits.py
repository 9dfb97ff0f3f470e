"""How much one chat may ask of the bot in a while."""

from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

__all__ = ["PER", "PRESSES", "QUESTIONS", "Kind", "Limits", "Verdict"]

Kind = Literal["question", "press", "inline"]
Verdict = Literal["go", "say", "drop"]
"""What to do with one more: carry it out, say that it is too much (once a while), or drop it without a word."""

QUESTIONS = 20
PRESSES = 60
PER = 60.0

_REMEMBERED = 10_000


@dataclass(slots=True)
class _Window:
    taken: deque[float] = field(default_factory=deque)
    said: float | None = None


class Limits:
    """Counts what each chat asks in a sliding window of ``per`` seconds; ``clock`` tells seconds.

    ``questions`` (commands among them), ``presses`` of buttons and, as many as those, inline queries are counted
    apart. Only what was carried out counts, so that who goes on too fast is still answered now and then. Of the chats
    the ``remembered`` latest are kept in memory.
    """

    def __init__(
        self,
        clock: Callable[[], float],
        *,
        questions: int = QUESTIONS,
        per: float = PER,
        presses: int = PRESSES,
        remembered: int = _REMEMBERED,
    ) -> None:
        self._clock = clock
        self._most: dict[Kind, int] = {"question": questions, "press": presses, "inline": presses}
        self._per = per
        self._remembered = remembered
        self._windows: OrderedDict[tuple[int, Kind], _Window] = OrderedDict()

    def judge(self, chat: int, kind: Kind) -> Verdict:
        """Count one more of a chat (for inline queries: of a person), and say what to do with it."""
        now = self._clock()
        window = self._window(chat, kind, now)
        if len(window.taken) < self._most[kind]:
            window.taken.append(now)
            return "go"
        if window.said is not None and window.said > now - self._per:
            return "drop"
        window.said = now
        return "say"

    def wait(self, chat: int, kind: Kind) -> float:
        """In how many seconds one more would be carried out."""
        now = self._clock()
        taken = self._window(chat, kind, now).taken
        return taken[0] + self._per - now if len(taken) >= self._most[kind] else 0.0

    def _window(self, chat: int, kind: Kind, now: float) -> _Window:
        window = self._windows.setdefault((chat, kind), _Window())
        self._windows.move_to_end((chat, kind))
        if len(self._windows) > self._remembered:
            self._windows.popitem(last=False)
        while window.taken and window.taken[0] <= now - self._per:
            window.taken.popleft()
        return window
