"""Whether two articles say one thing in near-equal words: read closely once a pair, and only when they may."""

from collections.abc import Set as AbstractSet

from knowledge.answer.sources import relation
from knowledge.index.fields import SentencePayload

__all__ = ["Sameness", "share_enough", "words_of"]

_SHARED = 0.4


class Sameness:
    """Remembers how pairs came out, so it is good for one round of digests."""

    def __init__(self) -> None:
        self._found: dict[tuple[int, int, str], bool] = {}

    def same(self, one: SentencePayload, other: SentencePayload, speaker: str) -> bool:
        """Whether two sentences of two articles say the same, or ``speaker`` (a key, if not empty) does in them."""
        pair = min(one["id"], other["id"]), max(one["id"], other["id"]), speaker
        if pair not in self._found:
            self._found[pair] = relation(one, other, [speaker] if speaker else []) == "same"
        return self._found[pair]


def share_enough(shared: int, one: int, other: int) -> bool:
    """Whether two statements of so many words have enough in common to be the same."""
    return shared > 0 and shared >= _SHARED * min(one, other)


def words_of(sentence: SentencePayload, speaker: str) -> AbstractSet[str]:
    """The content words that count: those of what ``speaker`` says there, or all."""
    if not speaker:
        return set(sentence["words"].split())
    return {word for quote in sentence["quotes"] if quote["key"] == speaker for word in quote["words"].split()}
