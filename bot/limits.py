"""How much one chat may ask of the bot in a while."""

from collections import OrderedDict, deque
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Literal

__all__ = ["PER", "PRESSES", "QUESTIONS", "TOGETHER", "Kind", "Limits", "Verdict"]

Kind = Literal["question", "press", "inline"]
Verdict = Literal["go", "say", "drop"]
"""What to do with one more: carry it out, say that it is too much (once a while), or drop it without a word."""

QUESTIONS = 20
PRESSES = 60
PER = 60.0
TOGETHER = 3
"""So many times as much as one person in a group may ask, all that are in it may."""

_REMEMBERED = 10_000


@dataclass(slots=True)
class _Window:
    taken: deque[float] = field(default_factory=deque)
    said: float | None = None


class Limits:
    """Counts what each chat, and in groups each person, asks in a sliding window of ``per`` seconds.

    ``questions`` (commands among them), ``presses`` of buttons and, as many as those, inline queries are counted
    apart. Only what was carried out counts, so that who goes on too fast is still answered now and then. Of the chats
    and people the ``remembered`` latest are kept in memory. ``clock`` tells seconds.
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
        self._windows: OrderedDict[Hashable, _Window] = OrderedDict()

    def judge(self, chat: int, kind: Kind, person: int | None = None) -> Verdict:
        """Count one more of a chat (for inline queries: of a person), and say what to do with it.

        With ``person`` the chat is a group: its people are counted apart, and all together more generously.
        """
        now = self._clock()
        windows = self._counting(chat, kind, person, now)
        full = [window for window, most in windows if len(window.taken) >= most]
        if not full:
            for window, _ in windows:
                window.taken.append(now)
            return "go"
        if any(window.said is not None and window.said > now - self._per for window in full):
            return "drop"
        for window in full:
            window.said = now
        return "say"

    def wait(self, chat: int, kind: Kind, person: int | None = None) -> float:
        """In how many seconds one more would be carried out."""
        now = self._clock()
        windows = self._counting(chat, kind, person, now)
        waits = [window.taken[0] + self._per - now for window, most in windows if len(window.taken) >= most]
        return max(waits, default=0.0)

    def _counting(self, chat: int, kind: Kind, person: int | None, now: float) -> list[tuple[_Window, int]]:
        """The windows that one more counts in, and how much each may hold."""
        most = self._most[kind]
        if person is None:
            return [(self._window((chat, kind), now), most)]
        together = self._window((chat, kind), now), TOGETHER * most
        return [together, (self._window((chat, kind, person), now), most)]

    def _window(self, key: Hashable, now: float) -> _Window:
        window = self._windows.setdefault(key, _Window())
        self._windows.move_to_end(key)
        if len(self._windows) > self._remembered:
            self._windows.popitem(last=False)
        while window.taken and window.taken[0] <= now - self._per:
            window.taken.popleft()
        return window
