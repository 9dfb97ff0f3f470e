"""What is new for everybody who is due: the changes are read once, the news of each interest made once."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from knowledge.answer.cite import by_pronoun
from knowledge.answer.story import Stories, age
from knowledge.digest.corrections import Corrector, last_told
from knowledge.digest.elsewhere import Elsewhere
from knowledge.digest.items import Correction, Item
from knowledge.digest.matching import Candidate, Matcher, Newest
from knowledge.digest.merging import Merger
from knowledge.digest.sameness import Sameness
from knowledge.digest.statements import Citer
from knowledge.digest.window import renewed
from knowledge.index.search import SearchIndex
from knowledge.models import Interest
from knowledge.store.history import History
from knowledge.store.ledger import SentRow

if TYPE_CHECKING:
    from knowledge.store.database import Engine

__all__ = ["MOST", "Bulletin"]

MOST = 200
"""How many new sentences of one interest are looked at, the newest."""


class Bulletin:
    """The news of one round of digests, up to the change ``high``. Not for several threads at once."""

    def __init__(self, index: SearchIndex, engine: "Engine", wanted: Mapping[Interest, int], high: int) -> None:
        """``wanted`` are the interests, each with the lowest low it is needed from.

        Takes time in proportion to the articles changed since the lowest of them (some 5 s for 100,000 sentences), and
        memory for ``MOST`` sentences an interest.
        """
        low = min(wanted.values(), default=high)
        history = History(engine)
        changed = history.changes(low, high)
        self._index = index
        self._cited = Citer()
        sameness = Sameness()
        self._merger = Merger(Stories(index), sameness, self._cited)
        self._elsewhere = Elsewhere(index, sameness, self._cited)
        self._corrector = Corrector(index, history)
        self._made: dict[tuple[Interest, int], tuple[Item, ...]] = {}
        self._changed = {
            article: of_article[-1].sequence
            for article, of_article in changed.items()
            if of_article[-1].kind != "added"
        }
        self._newest = {interest: Newest(MOST) for interest in wanted}
        matcher = Matcher(wanted, self._elsewhere.frequency)
        for article in renewed(index, history, changed, low):
            for interest, candidate in matcher.candidates(article):
                self._newest[interest].add(candidate)

    def news(self, interest: Interest, low: int) -> tuple[Item, ...]:
        """What is new for an interest in ``(low, high]``, the newest first, one item a statement or story.

        Made of the ``MOST`` newest sentences; ``low`` is at least the lowest that was wanted of any interest. Raises
        KeyError for an interest that was not wanted.
        """
        asked = interest, low
        if asked not in self._made:
            found = self._newest[interest].since(low)
            items = self._said(found) if interest.kind == "person" else self._told(found, interest)
            self._made[asked] = tuple(sorted(items, key=lambda item: -item.sequence))
        return self._made[asked]

    def changed(self, low: int) -> frozenset[str]:
        """The articles that were updated or withdrawn in ``(low, high]``."""
        return frozenset(article for article, last in self._changed.items() if last > low)

    def corrections(self, sent: Sequence[SentRow], low: int) -> tuple[Correction, ...]:
        """What became in ``(low, high]`` of what one chat was sent (the latest first), the newest first.

        Nothing of a sentence that still stands in its article, or stands there again.
        """
        found: dict[int, Correction] = {}
        for row in last_told(sent):
            last = self._changed.get(row.article, low)
            correction = self._corrector.correction(row, last) if last > low else None
            if correction is not None:
                found.setdefault(correction.statement, correction)
        return tuple(sorted(found.values(), key=lambda correction: -correction.sequence))

    def _said(self, found: Iterable[Candidate]) -> Iterator[Item]:
        """What somebody said, one item a statement."""
        for group in self._merger.by_statement(found):
            yield self._item(group, group)

    def _told(self, found: Iterable[Candidate], interest: Interest) -> Iterator[Item]:
        """What was told, one item a story: by its newest sentence, or the first that says the same."""
        for group in self._merger.by_story(found, frozenset(interest.target.split())):
            newest = group[0]
            yield self._item([c for c in group if c is newest or self._merger.are_same(newest, c)], group)

    def _item(self, same: Sequence[Candidate], group: Sequence[Candidate]) -> Item:
        """An item of a group, of which some are the same as its first: the earliest of them leads."""
        lead, *also = sorted(same, key=self._place) if len(same) > 1 else same
        others = {c.sentence["id"] for c in group} - {c.sentence["id"] for c in same}
        return Item(
            sequence=max(candidate.sequence for candidate in group),
            lead=self._cited(lead.sentence, lead.quote),
            quote=lead.quote,
            also=tuple(self._cited(candidate.sentence, candidate.quote) for candidate in also),
            story=tuple(self._cited(c.sentence, c.quote) for c in group if c.sentence["id"] in others),
            earlier=lead.earlier,
            elsewhere=partial(self._elsewhere.statements, lead.sentence, lead.quote),
        )

    def _place(self, candidate: Candidate) -> tuple[bool, tuple[datetime, str, str]]:
        """Those first that name who is speaking, then by the age of the article."""
        unnamed = candidate.quote is not None and by_pronoun(candidate.sentence, candidate.quote)
        return unnamed, age(self._index, candidate.sentence["article"])
