"""What is new for everybody who is due: the changes are read once, the news of each interest made once."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from knowledge.answer.beside import opens_with_pronoun
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
from knowledge.index.fields import SentencePayload
from knowledge.index.search import SearchIndex
from knowledge.models import Interest
from knowledge.store.history import History
from knowledge.store.ledger import SentRow

if TYPE_CHECKING:
    from knowledge.store.database import Engine

__all__ = ["MOST", "Bulletin"]

MOST = 200
"""How many new sentences of one interest are looked at, the newest."""

_DIFFERING = 3  # accounts with another count that are shown, not only linked


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
        self._sameness = sameness
        self._merger = Merger(Stories(index), sameness, self._cited)
        self._elsewhere = Elsewhere(index, sameness, self._cited)
        self._corrector = Corrector(index, history)
        self._made: dict[tuple[Interest, int], tuple[Item, ...]] = {}
        self._left_out: dict[tuple[Interest, int], int] = {}
        self._ages: dict[str, tuple[datetime, str, str]] = {}
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
        """What is new for an interest in ``(low, high]``, one item a statement or story, the newest article's first.

        An article is as old as it was published; of equally old ones the one that changed last is the newer. Made of
        the ``MOST`` sentences that came last; ``low`` is at least the lowest that was wanted of any interest. Raises
        KeyError for an interest that was not wanted.
        """
        asked = interest, low
        if asked not in self._made:
            # Of equally old ones, also reversed, those stay first that came last.
            found = sorted(self._newest[interest].since(low), key=lambda c: self._age(c.sentence)[0], reverse=True)
            items = self._said(found) if interest.kind == "person" else self._told(found, interest)
            newest_first = sorted(items, key=lambda i: (self._age(i.lead.sentence)[0], i.sequence), reverse=True)
            self._made[asked] = tuple(newest_first)
        return self._made[asked]

    def more(self, interest: Interest, low: int) -> int:
        """How many sentences besides those that ``news`` was made of are new for the interest in ``(low, high]``."""
        asked = interest, low
        if asked not in self._left_out:
            self._left_out[asked] = self._newest[interest].dropped(low)
        return self._left_out[asked]

    def changed(self, low: int) -> frozenset[str]:
        """The articles that were updated or withdrawn in ``(low, high]``."""
        return frozenset(article for article, last in self._changed.items() if last > low)

    def corrections(self, sent: Sequence[SentRow], low: int) -> tuple[Correction, ...]:
        """What became in ``(low, high]`` of what one chat was sent (the latest first), the newest first.

        Nothing of a sentence that still stands in its article, or stands there again, but when its withdrawal was told.
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
        """What was told, one item a story: by its newest article, or the earliest that says the same."""
        for group in self._merger.by_story(found, frozenset(interest.target.split())):
            newest = group[0]
            yield self._item([c for c in group if c is newest or self._merger.are_same(newest, c)], group)

    def _item(self, same: Sequence[Candidate], group: Sequence[Candidate]) -> Item:
        """An item of a group, the newest first, of which some are the same as its first: one of these leads."""
        lead = min(same, key=self._place) if len(same) > 1 else same[0]
        also = sorted((c for c in same if c is not lead), key=lambda c: self._age(c.sentence))
        leads = {c.sentence["id"] for c in same}
        others = [c.sentence for c in group if c.sentence["id"] not in leads]
        differing = [s["id"] for s in others if self._sameness.differ(lead.sentence, s)][:_DIFFERING]
        return Item(
            sequence=max(candidate.sequence for candidate in group),
            lead=self._cited(lead.sentence, lead.quote),
            quote=lead.quote,
            denied=lead.denied,
            more=tuple(self._cited(sentence, quote) for sentence, quote in lead.more),
            also=tuple(self._cited(candidate.sentence, candidate.quote) for candidate in also),
            differing=tuple(self._cited(s) for s in others if s["id"] in differing),
            story=tuple(self._cited(s) for s in others if s["id"] not in differing),
            earlier=lead.earlier,
            elsewhere=partial(self._elsewhere.statements, lead.sentence, lead.quote),
        )

    def _place(self, candidate: Candidate) -> tuple[int, bool, tuple[datetime, str, str]]:
        """Those first that quote the most, then those that name who is speaking, then the earliest article's."""
        return -len(candidate.more), _is_unnamed(candidate), self._age(candidate.sentence)

    def _age(self, sentence: SentencePayload) -> tuple[datetime, str, str]:
        article = sentence["article"]
        if article not in self._ages:
            self._ages[article] = age(self._index, article)
        return self._ages[article]


def _is_unnamed(candidate: Candidate) -> bool:
    """Whether whoever is quoted, or denies something, is called only "he" or "she"."""
    if candidate.denied:
        return opens_with_pronoun(candidate.sentence["text"])
    quoted = ((candidate.sentence, candidate.quote), *candidate.more)
    of_somebody = [(sentence, quote) for sentence, quote in quoted if quote is not None]
    return bool(of_somebody) and all(by_pronoun(sentence, quote) for sentence, quote in of_somebody)
