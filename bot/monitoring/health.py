"""Whether the bot can answer and receive, and if not, what is missing."""

from collections.abc import Callable
from typing import Literal

from bot.monitoring.look import Look
from bot.monitoring.standing import IndexStanding, StoreStanding

__all__ = ["BEHIND", "Health", "Missing"]

BEHIND = 60.0
"""So many seconds an index may lack a change of the store before the bot is not ready."""

Missing = Literal["stopping", "telegram", "database", "index"]


class Health:
    """What is asked before somebody relies on the bot. ``receiving`` is set once Telegram's updates can come."""

    def __init__(
        self, index: Look[IndexStanding | None], store: Look[StoreStanding], stopping: Callable[[], bool]
    ) -> None:
        self.receiving = False
        self._index = index
        self._store = store
        self._stopping = stopping

    async def missing(self) -> tuple[Missing, ...]:
        """What is missing: the bot stops; is not connected to Telegram yet; cannot reach its database or its index.

        An index that is too far behind the database counts as one that cannot be reached.
        """
        if self._stopping():
            return ("stopping",)
        index = await self._index.now()
        store = await self._store.now()
        if self._stopping():  # by now
            return ("stopping",)
        found: list[tuple[Missing, bool]] = [
            ("telegram", not self.receiving),
            ("database", store is None),
            ("index", index is None or (store is not None and store.seconds > BEHIND)),
        ]
        return tuple(name for name, is_missing in found if is_missing)
