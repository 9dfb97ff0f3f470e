"""Who else says it: the statements of other articles, old ones too, that say the same as a sentence."""

from knowledge.digest.said import is_denied
from knowledge.digest.sameness import Sameness, share_enough, words_of
from knowledge.digest.statements import Citer
from knowledge.index.fields import QuotePayload, SentencePayload, token
from knowledge.index.search import SearchIndex

__all__ = ["Elsewhere"]

_RAREST = 4  # words looked up; what says the same has most of them
_HITS = 6
_LEAST = 3  # words; fewer are said of many things


class Elsewhere:
    """Looks up one index; remembers what it found, so it is good for one round of digests."""

    def __init__(self, index: SearchIndex, sameness: Sameness, citer: Citer) -> None:
        self._index = index
        self._sameness = sameness
        self._cited = citer
        self._frequencies: dict[str, int] = {}
        self._found: dict[tuple[int, str], frozenset[int]] = {}

    def frequency(self, word: str) -> int:
        """In how many sentences a word stands."""
        if word not in self._frequencies:
            self._frequencies[word] = self._index.frequency("body", word)
        return self._frequencies[word]

    def statements(self, sentence: SentencePayload, quote: QuotePayload | None) -> frozenset[int]:
        """The statements of other articles' sentences that say the same, or in which the quote's speaker does."""
        asked = sentence["id"], quote["key"] if quote else ""
        if asked not in self._found:
            self._found[asked] = self._look_up(sentence, quote)
        return self._found[asked]

    def _look_up(self, sentence: SentencePayload, quote: QuotePayload | None) -> frozenset[int]:
        words = set((quote or sentence)["words"].split())
        if len(words) < _LEAST:
            return frozenset()
        index = self._index
        rarest = sorted(words, key=lambda word: (self.frequency(word), word))[:_RAREST]
        query = index.any_of(index.term("body", word) for word in rarest)
        speaker = quote["key"] if quote else ""
        if speaker:
            query = index.among(query, index.term("speaker", token(speaker)))
        found: set[int] = set()
        for _, other in index.sentences(query, _HITS):
            theirs = words_of(other, speaker)
            enough = share_enough(len(words & theirs), len(words), len(theirs))
            if enough and self._sameness.same(sentence, other, speaker):
                found |= self._statements(other, speaker)
        return frozenset(found)

    def _statements(self, sentence: SentencePayload, speaker: str) -> frozenset[int]:
        """The statements of a sentence, found as itself or through a speaker; none of what they deny there."""
        if not speaker:
            return self._cited(sentence).statements
        said = [quote for quote in sentence["quotes"] if quote["key"] == speaker]
        # A quote's cue stands where it begins, or in a sentence that is not at hand.
        sentences = [sentence] if all(quote["head"] for quote in said) else self._index.of_article(sentence["article"])
        if any(is_denied(sentences, quote) for quote in said):
            return frozenset()
        return frozenset().union(*(self._cited(sentence, quote).statements for quote in said))
