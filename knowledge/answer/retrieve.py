"""From an understood question to candidate sentences: one query, words expanded, context at a lower weight."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import tantivy

from knowledge.answer.question import Question
from knowledge.answer.spelling import RELATED, Expansion
from knowledge.english import rareness
from knowledge.index.fields import SentencePayload, token
from knowledge.index.search import SearchIndex

__all__ = ["Retriever", "Term", "share_in", "words_around"]

_ENGLISH = 0.5  # share of how rare a word is in English, beside how rare it is in the articles
_STRONG = 0.6  # a form of a word weighs more than that, a word of its family less
# Sentences: a word of more of them tells little where it stands beside, or for another, and costs the most to look for.
_COMMON = 5_000
_AROUND = (("near", 0.35), ("title", 0.25), ("asked", 0.3))
_NAME = 1.5
_FAINT, _LEAST = 0.3, 6  # what has less of the best one's score is of another matter; but a few are looked at anyway


@dataclass(frozen=True, slots=True)
class Term:
    """A topic word and how rare it is.

    ``rarity`` is the mean of BM25's inverse document frequency, a natural logarithm, and, on the same scale, of how
    rare the word is in English: what few sentences tell little of.
    """

    expansion: Expansion
    rarity: float

    def weight_in(self, words: set[str]) -> float:
        """How surely the words hold the term, 0..1: the best weight of its forms, or its related terms' together."""
        best = 0.0
        for form, weight in self.expansion.terms.items():
            if weight > best and form in words:
                best = weight
        if best < 1 and self.expansion.related:
            best = max(best, 1 - (1 - RELATED) ** len(self.expansion.related & words))
        return best


def share_in(terms: Sequence[Term], words: set[str]) -> float | None:
    """The share of the terms, by rarity, that the words hold; None when there is nothing to hold."""
    total = sum(term.rarity for term in terms)
    return sum(term.rarity * term.weight_in(words) for term in terms) / total if total else None


def words_around(sentence: SentencePayload) -> set[str]:
    """The normal content words of a sentence, its neighbours and its article's title."""
    return {word for part in ("words", "before", "after", "title") for word in str(sentence[part]).split()}


class Retriever:
    """Asks one index for sentences."""

    def __init__(self, index: SearchIndex) -> None:
        self._index = index

    def terms(self, question: Question) -> list[Term]:
        """The topic's words with their rarity."""
        count = self._index.frequency("kind", "s")
        return [Term(expansion, self._rarity(expansion, count)) for expansion in question.topic]

    def _rarity(self, expansion: Expansion, count: int) -> float:
        held = [self._index.frequency("body", term) for term, weight in expansion.terms.items() if weight > _STRONG]
        frequency = max(held, default=0)
        # A word that no article holds says most about what is asked, but less surely: it may be form, not topic.
        held_here = math.log(1 + (count - frequency + 0.5) / (frequency + 0.5)) * (1.0 if frequency else 0.8)
        most = math.log(1 + (count + 0.5) / 0.5)
        return ((1 - _ENGLISH) * held_here + _ENGLISH * most * rareness(expansion.meant)) * expansion.topical

    def by_topic(self, question: Question, article: str | None, limit: int) -> list[SentencePayload]:
        """The sentences that hold most of the question's topic, in themselves, their neighbours or their title.

        At most ``limit``, and none that holds far less of it than the best, but for a few.
        """
        queries = list(self._topic_queries(question.topic))
        queries += [
            self._index.any_of(self._boosted("who", token(named.key), _NAME) for named in run[:4])
            for run in question.names
        ]
        if not queries:
            return []
        return self._found(self._index.any_of(queries), article, limit, faint=_FAINT, least=_LEAST)

    def by_speaker(
        self, keys: Sequence[str], topic: Iterable[Expansion], article: str | None, limit: int
    ) -> list[SentencePayload]:
        """The sentences with quotes of one of the speakers, those on the topic first."""
        return self._about("speaker", keys, topic, article, limit)

    def by_mention(
        self, keys: Sequence[str], topic: Iterable[Expansion], article: str | None, limit: int
    ) -> list[SentencePayload]:
        """The sentences that mention one of the people, those on the topic first."""
        return self._about("who", keys, topic, article, limit)

    def in_article(self, article: str, limit: int) -> list[SentencePayload]:
        """The first sentences of an article, in order."""
        return self._index.of_article(article, end=limit)

    def around(self, sentence: SentencePayload, reach: int) -> list[SentencePayload]:
        """A sentence with up to ``reach`` neighbours on each side, in order."""
        return self._index.around(sentence, reach)

    def _about(
        self, field: str, keys: Sequence[str], topic: Iterable[Expansion], article: str | None, limit: int
    ) -> list[SentencePayload]:
        index = self._index
        restriction = index.any_of(index.term(field, token(key)) for key in keys)
        queries = list(self._topic_queries(topic))
        query = index.within(index.any_of(queries), restriction) if queries else restriction
        return self._found(query, article, limit)

    def _topic_queries(self, topic: Iterable[Expansion]) -> Iterable[tantivy.Query]:
        # Plain terms, none inside another query: only so does tantivy skip what cannot be among the best.
        for expansion in topic:
            for term, weight in sorted(expansion.terms.items()):
                rare = self._index.frequency("body", term) <= _COMMON
                if weight > _STRONG or rare:
                    yield self._boosted("body", term, weight)
                if weight > _STRONG and rare:
                    for field, share in _AROUND:
                        yield self._boosted(field, term, weight * share)
            for term in sorted(expansion.related):
                if self._index.frequency("body", term) <= _COMMON:
                    yield self._boosted("body", term, RELATED)

    def _boosted(self, field: str, term: str, weight: float) -> tantivy.Query:
        return self._index.boosted(self._index.term(field, term), weight)

    def _found(
        self, query: tantivy.Query, article: str | None, limit: int, *, faint: float = 0.0, least: int = 0
    ) -> list[SentencePayload]:
        index = self._index
        if article is not None:
            query = index.among(query, index.term("article", article))
        return [payload for _, payload in index.sentences(query, limit, faint=faint, least=least)]
