"""Slips of the keyboard: from a word of the question to the words of the articles it may stand for.

Unknown words are *expanded*, not replaced: each candidate keeps a weight that says how far it is from what was typed.
"""

import math
from dataclasses import dataclass, field
from functools import lru_cache
from string import ascii_lowercase

from rapidfuzz import process
from rapidfuzz.distance import OSA, Prefix

from knowledge.answer.scope import Scope
from knowledge.answer.slips import SLIP, as_typed, by_ear, cost, slip
from knowledge.data import read_lines, read_words
from knowledge.english import commonness
from knowledge.index.search import SearchIndex
from knowledge.text import is_stop, normal

__all__ = ["RELATED", "Expansion", "Speller", "alike", "has_like"]

_DERIVED = 0.55
RELATED = 0.45
"""The weight of a term of like meaning; two in one place support each other."""

_SHORTEST_MENDED = 3
_LONGEST_MENDED = 30  # no word is longer; what is, is somebody's mischief
_CANDIDATES = 60
_READINGS = 6
_SHORTEST_DERIVED = 5

# Of one family are words that share so much of their beginning, or of which one is the other with an ending.
_SHORTEST_BASE, _ENDING = 4, 4  # letters
_SHORTEST_SHARED, _SHARED = 5, 0.7  # letters; of the longer
_OF_ONE_BEGINNING = 100  # terms that are looked at
_FAMILY = 6  # terms, the most frequent

# The noisy channel's numbers are binary logarithms, as ``commonness`` is.
_HELD = 5.0  # what it gains from standing in the articles: that is what questions are about
_RARE = 7  # no word of the articles is rarer than that: the English list hardly knows names
_CLOSE = 3.0  # readings so much less likely than the best are kept as well
_NOISE = 0.2
_TOPICAL = 0.15  # what is so surely a slip for "the" or "with" is read as nothing else


@lru_cache(maxsize=1)
def _related() -> dict[str, frozenset[str]]:
    related: dict[str, set[str]] = {}
    for line in read_lines("synonyms"):
        group = {normal(word) for word in line}
        for word in group:
            related.setdefault(word, set()).update(group - {word})
    return {word: frozenset(others) for word, others in related.items()}


def alike(word: str, other: str) -> bool:
    """Whether two folded words are listed as of like meaning ("china" and "chinese", "aide" and "adviser")."""
    return normal(other) in _related().get(normal(word), frozenset())


def has_like(word: str) -> bool:
    """Whether words of like meaning are listed for a folded word."""
    return normal(word) in _related()


@lru_cache(maxsize=1)
def _stop_words() -> tuple[str, ...]:
    return tuple(sorted(word for word in read_words("stopwords") if len(word) >= _SHORTEST_MENDED and word.isalpha()))


@dataclass(frozen=True, slots=True)
class Expansion:
    """A question word and what it may stand for.

    ``terms`` maps normal forms of the index to weights in (0, 1]; ``related`` are terms of like meaning; ``meant`` is
    the word it was read as; ``mended`` tells whether that differs from what was typed; ``known`` whether the articles
    hold it, what it was read as, or a word of like meaning; ``keys`` are the entities it is part of the name of;
    ``topical`` how likely (0..1) it is a word of the topic at all, and not a slip for a word like "the".
    """

    typed: str
    meant: str
    terms: dict[str, float] = field(default_factory=dict)
    related: frozenset[str] = frozenset()
    mended: bool = False
    known: bool = True
    keys: frozenset[str] = frozenset()
    topical: float = 1.0


class Speller:
    """Looks words up in one index's vocabulary."""

    def __init__(self, index: SearchIndex) -> None:
        self._index = index

    def is_known(self, word: str) -> bool:
        """Whether the articles hold the word, in this or another of its forms."""
        return self._index.has_word(word) or self._index.frequency("body", normal(word)) > 0

    def near(self, word: str, scope: Scope) -> list[tuple[str, float]]:
        """Vocabulary words that ``word`` may be a slip for, or sounds like, best first, with weights in (0, 1)."""
        if len(word) < 3 or word.isdigit():
            return []
        held: list[tuple[str, float]] | None = scope.near.get(word)
        if held is None:
            found, close = self._spelt(word, scope)
            weighed = [(c, (c in close and slip(word, c)) or by_ear(word, c)) for c in found]
            held = sorted((pair for pair in weighed if pair[1] > 0), key=lambda pair: (-pair[1], pair[0]))
            scope.near[word] = held
        return held

    def expand(self, word: str, scope: Scope) -> Expansion:
        """What a folded word may stand for among the terms of the index, rather those of the scope."""
        held: Expansion | None = scope.found.get(word)
        if held is None:
            held = scope.found[word] = self._expand(word, scope)
        return held

    def _expand(self, word: str, scope: Scope) -> Expansion:
        terms: dict[str, float] = {}
        meant, mended, known, topical = word, False, self.is_known(word), 1.0
        if known:
            terms[normal(word)] = 1.0
        else:
            readings, topical = self._readings(word, scope)
            if scope.article is not None and len(readings) > 1:
                readings = [pair for pair in readings if scope.has_term(normal(pair[0]))] or readings
            for candidate, weight in readings:
                terms.setdefault(normal(candidate), weight)
            if readings:
                meant = readings[0][0]
                mended = known = True
        base = normal(meant)
        for term in self._derived(base):
            terms.setdefault(term, _DERIVED)
        alike = _related().get(base, frozenset())
        related = frozenset(t for t in alike if t not in terms and self._index.frequency("body", t))
        return Expansion(
            word, meant, terms, related, mended, known or bool(terms or related), topical=round(topical, 3)
        )

    def _readings(self, word: str, scope: Scope) -> tuple[list[tuple[str, float]], float]:
        """What an unknown word may be a slip for, likeliest first with weights, and how likely it is of the topic.

        Each reading's likelihood is how common the word is times how likely the slip; the word as it was typed is a
        reading of its own, which wins when it is good English.
        """
        if word.isdigit() or len(word) > _LONGEST_MENDED:
            return [], 1.0
        likely = {
            candidate: _HELD - SLIP * found for candidate, found in self._slips(word, scope) or self._of_english(word)
        }
        for candidate in likely:
            likely[candidate] += max(_RARE, commonness(candidate))
        near = process.extract(word, _stop_words(), scorer=OSA.distance, score_cutoff=2, limit=None)
        for form, _, _ in near:
            if (found := cost(word, form)) is not None:
                likely[form] = max(likely.get(form, 0.0), commonness(form) - SLIP * found)
        unmended = as_typed(word)
        total = 2**unmended + sum(2**value for value in likely.values())
        topical = 1 - sum(2 ** likely[form] for form in likely if is_stop(form)) / total
        if len(word) < _SHORTEST_MENDED and commonness(word) < 0 and not likely:
            topical = _NOISE  # a letter or two that are no word
        best = max((value for form, value in likely.items() if not is_stop(form)), default=unmended)
        if best <= unmended or topical < _TOPICAL:
            return [], topical
        chosen = [form for form, value in likely.items() if not is_stop(form) and value >= best - _CLOSE]
        chosen.sort(key=lambda form: (-likely[form], form))
        return [(form, slip(word, form)) for form in chosen[:_READINGS]], topical

    def _of_english(self, word: str) -> list[tuple[str, float]]:
        """English words one slip away that the articles hold in another form ("modrating": "moderating")."""
        if len(word) < _SHORTEST_DERIVED or commonness(word) >= 0 or not word.isascii():
            return []
        near = {word[:i] + word[i + 1 :] for i in range(len(word))}
        near |= {word[:i] + word[i + 1] + word[i] + word[i + 2 :] for i in range(len(word) - 1)}
        near |= {word[:i] + letter + word[i:] for i in range(1, len(word) + 1) for letter in ascii_lowercase}
        found = [
            (other, cost(word, other)) for other in sorted(near) if commonness(other) >= 0 and self.is_known(other)
        ]
        return [(other, value) for other, value in found if value is not None]

    def _slips(self, word: str, scope: Scope) -> list[tuple[str, float]]:
        if len(word) < _SHORTEST_MENDED:
            return []
        _, close = self._spelt(word, scope)
        return [(candidate, value) for candidate in close if (value := cost(word, candidate)) is not None]

    def _spelt(self, word: str, scope: Scope) -> tuple[list[str], list[str]]:
        """The vocabulary words that share spelling keys with a word; and which of them are at most two slips away."""
        held = scope.spelt.get(word)
        if held is None:
            found = self._index.words(word, _CANDIDATES)
            close = process.extract(word, found, scorer=OSA.distance, score_cutoff=2, limit=None)
            held = scope.spelt[word] = found, [candidate for candidate, _, _ in close]
        return held

    def _derived(self, base: str) -> list[str]:
        """Terms of one family with ``base`` ("settl", "settlement"), by the length of the beginning they share."""
        if len(base) < _SHORTEST_BASE or base.isdigit():
            return []
        least = max(_SHORTEST_SHARED, math.ceil(_SHARED * len(base)))
        found = {}
        for term, frequency in self._index.terms("body", base[:least], _OF_ONE_BEGINNING):
            longer = len(term) - len(base)
            ending = longer <= _ENDING and term.startswith(base)
            if ending or Prefix.similarity(term, base) >= _SHARED * (len(base) + max(0, longer)):
                found[term] = frequency
        for end in range(max(len(base) - _ENDING, _SHORTEST_BASE), len(base)):
            found[base[:end]] = self._index.frequency("body", base[:end])
        found.pop(base, None)
        likeliest = sorted(found, key=lambda term: (-found[term], term))
        return [term for term in likeliest[:_FAMILY] if found[term]]
