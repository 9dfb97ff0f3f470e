"""How what two articles say relates, one thing in near-equal words or not: read closely once a pair."""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet

from knowledge.answer.cite import best_quote, denies
from knowledge.answer.sources import relation
from knowledge.cluster import Relation
from knowledge.index.fields import SentencePayload

__all__ = ["Sameness", "share_enough", "words_of"]

_SHARED = 0.4


class Sameness:
    """Remembers how pairs came out, so it is good for one round of digests."""

    def __init__(self) -> None:
        self._found: dict[tuple[int, int, str], Relation] = {}

    def same(self, one: SentencePayload, other: SentencePayload, speaker: str) -> bool:
        """Whether two sentences of two articles say the same, or ``speaker`` (a key, if not empty) does in them."""
        return self._relation(one, other, speaker) == "same"

    def differ(self, one: SentencePayload, other: SentencePayload) -> bool:
        """Whether two sentences of two articles have one count with different numbers."""
        return self._relation(one, other, "") == "differs"

    def _relation(self, one: SentencePayload, other: SentencePayload, speaker: str) -> Relation:
        pair = min(one["id"], other["id"]), max(one["id"], other["id"]), speaker
        if pair not in self._found:
            speakers = [speaker] if speaker else []
            # What one says another denies is in the same words, and its opposite.
            opposed = _denies(one, speakers) != _denies(other, speakers)
            self._found[pair] = "apart" if opposed else relation(one, other, speakers)
        return self._found[pair]


def _denies(sentence: SentencePayload, speakers: Sequence[str]) -> bool:
    quote = best_quote(sentence, speakers)
    return quote is not None and denies(sentence["text"], sentence["start"], quote)


def share_enough(shared: int, one: int, other: int) -> bool:
    """Whether two statements of so many words have enough in common to be the same."""
    return shared > 0 and shared >= _SHARED * min(one, other)


def words_of(sentence: SentencePayload, speaker: str) -> AbstractSet[str]:
    """The content words that count: those of what ``speaker`` says there, or all."""
    if not speaker:
        return set(sentence["words"].split())
    return {word for quote in sentence["quotes"] if quote["key"] == speaker for word in quote["words"].split()}
