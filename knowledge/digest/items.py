"""What digests are made of: news, and what became of what was sent."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from knowledge.index.fields import QuotePayload, SentencePayload

__all__ = ["Cited", "Correction", "CorrectionKind", "Item", "Receipt"]

CorrectionKind = Literal["correction", "withdrawal", "restored"]

Receipt = tuple[str, int, int]
"""An article's id, the key of a sentence of it, and a statement that whoever was sent it has received."""


def _nowhere() -> frozenset[int]:
    return frozenset()


@dataclass(frozen=True, slots=True)
class Cited:
    """A sentence that the index holds, and by what its statement is known again.

    ``statement`` is a hash (63 bits) of what was said in it when that is what counts, else of all its words;
    ``others`` are the hashes that it has when it is found in another way, ``wording`` is that of its words in its own
    article, by which a correction is told from news.
    """

    sentence: SentencePayload
    statement: int
    others: frozenset[int] = frozenset()
    wording: int | None = None

    @property
    def statements(self) -> frozenset[int]:
        """All the hashes by which it is known."""
        return self.others | {self.statement}

    @property
    def receipts(self) -> tuple[Receipt, ...]:
        """What whoever is shown it has received, its statement first."""
        article, key = self.sentence["article"], self.sentence["id"]
        return tuple((article, key, statement) for statement in (self.statement, *sorted(self.others)))

    @property
    def shown(self) -> tuple[Receipt, ...]:
        """The receipts of a sentence that is not only linked to: with its wording, which may be corrected."""
        if self.wording is None:
            return self.receipts
        return (*self.receipts, (self.sentence["article"], self.sentence["id"], self.wording))


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One thing that is new: a statement, or a story.

    ``sequence`` is the newest change that it came with. ``quote`` is what counts in ``lead``, when somebody's words
    do; ``more`` are the lead's next sentences, in order, through which these go on. ``denied`` tells that the lead
    says what somebody whose words are wanted denies: then it counts as a whole. ``also`` are other articles'
    sentences that say the same, the earliest article's first; ``differing`` what others have of the same story with
    another count (three at most), and ``story`` otherwise, the newest's first; all came in the same window.
    ``earlier`` are the lead's wordings before: whoever was shown one gets a correction.
    """

    sequence: int
    lead: Cited
    quote: QuotePayload | None = None
    denied: bool = False
    more: tuple[Cited, ...] = ()
    also: tuple[Cited, ...] = ()
    differing: tuple[Cited, ...] = ()
    story: tuple[Cited, ...] = ()
    earlier: frozenset[int] = frozenset()
    elsewhere: Callable[[], frozenset[int]] = _nowhere
    kind: Literal["news"] = "news"

    @property
    def held(self) -> frozenset[int]:
        """The statements that the item itself holds, with its lead's earlier wordings: nothing is looked up."""
        return self.earlier.union(self.lead.statements, *(cited.statements for cited in self.also))

    @property
    def statements(self) -> frozenset[int]:
        """Whoever has received one of these knows it already: ``held``, and what other articles have of the same.

        Those that came long ago too: asks the index, the first time (some 0.2 ms).
        """
        return self.held | self.elsewhere()

    @property
    def receipts(self) -> tuple[Receipt, ...]:
        """What whoever is sent it has received: first the lead under its statement, then all else.

        Nothing of what is only linked as the same story: what was not read may be told.
        """
        besides = (receipt for cited in (*self.more, *self.differing) for receipt in cited.shown)
        others = (receipt for cited in self.also for receipt in cited.receipts)
        return (*self.lead.shown, *besides, *others)

    @property
    def whole(self) -> frozenset[Receipt]:
        """Of the receipts one for each sentence that is shown, not only linked: what becomes of it is told."""
        return frozenset(cited.receipts[0] for cited in (self.lead, *self.more, *self.differing))


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """What became of a sentence that was sent: it reads otherwise now, or is gone, or its article was withdrawn.

    Or it is "restored": it stands again in its article, whose withdrawal was told. ``before`` is the sentence as it was
    sent, ``before_sentence`` its key in the store. ``after`` is None when the sentence or the article is gone.
    ``statement`` is a hash by which what was told once is not told again.
    """

    kind: CorrectionKind
    sequence: int
    article: str
    title: str
    publisher: str | None
    url: str | None
    published: str | None
    before: str
    before_sentence: int
    after: Cited | None
    statement: int

    @property
    def statements(self) -> frozenset[int]:
        """What whoever has received it knows already."""
        return frozenset({self.statement})

    @property
    def receipts(self) -> tuple[Receipt, ...]:
        """What whoever is sent it has received: first the correction, with the sentence as it reads now, if it does."""
        if self.after is None:
            return ((self.article, self.before_sentence, self.statement),)
        told = self.before_sentence if self.kind == "restored" else self.after.sentence["id"]
        return ((self.article, told, self.statement), *self.after.shown)

    @property
    def whole(self) -> frozenset[Receipt]:
        """Of the receipts the one of the sentence that is shown: what becomes of it is told."""
        return frozenset(self.receipts[:1])
