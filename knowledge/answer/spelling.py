"""Slips of the keyboard: from a word of the question to the words of the articles it may stand for.

Unknown words are *expanded*, not replaced: each candidate keeps a weight that says how far it is from what was typed.
"""

from dataclasses import dataclass, field
from functools import lru_cache

from rapidfuzz import process
from rapidfuzz.distance import OSA, Prefix

from knowledge.data import read_lines, read_words
from knowledge.index.fields import spelling_keys
from knowledge.index.search import SearchIndex
from knowledge.text import is_english, is_stop, normal, skeleton

__all__ = ["FORM_WORDS", "RELATED", "Expansion", "Speller", "alike", "form_word", "run_together", "slip"]

FORM_WORDS = tuple(sorted(read_words("form_words")))
"""The words that questions are made of."""

_ASKING = ("what", "who", "when", "where", "which", "whom", "why", "how", "did", "does")  # the likeliest first
_DERIVED = 0.55
RELATED = 0.45
"""The weight of a term of like meaning; two in one place support each other."""

_SHORTEST_MENDED = 4
_CANDIDATES = 60


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


def slip(typed: str, meant: str, *, by_ear: bool = False) -> float:
    """How well ``typed`` may be a slip for ``meant``: 1 when equal, 0 when it cannot be.

    Edits are insertions, deletions, substitutions and neighbouring swaps (optimal string alignment). One is allowed
    from three letters on, two from seven; a wrong first letter and short words count against it. ``by_ear`` also takes
    words of the same consonants, as names are that come from another script.
    """
    if typed == meant:
        return 1.0
    allowed = 0 if len(typed) < 3 else 1 if len(typed) < 7 else 2
    distance = OSA.distance(typed, meant, score_cutoff=allowed)
    if distance > allowed:
        if (
            by_ear
            and len(typed) >= 5
            and len(meant) >= 5
            and typed[0] == meant[0]
            and skeleton(typed) == skeleton(meant)
        ):
            return 0.7  # spelt by ear, or another transliteration
        return 0.0
    weight = 0.9 if distance == 1 else 0.75
    if typed[0] != meant[0]:
        weight *= 0.85
    return weight if len(typed) > 4 else weight * 0.8


@dataclass(frozen=True, slots=True)
class Expansion:
    """A question word and what it may stand for.

    ``terms`` maps normal forms of the index to weights in (0, 1]; ``related`` are terms of like meaning; ``meant`` is
    the word it was read as; ``mended`` tells whether that differs from what was typed; ``known`` whether the articles
    hold it, what it was read as, or a word of like meaning; ``keys`` are the entities it is part of the name of.
    """

    typed: str
    meant: str
    terms: dict[str, float] = field(default_factory=dict)
    related: frozenset[str] = frozenset()
    mended: bool = False
    known: bool = True
    keys: frozenset[str] = frozenset()


class Speller:
    """Looks words up in one index's vocabulary."""

    def __init__(self, index: SearchIndex) -> None:
        self._index = index

    def is_known(self, word: str) -> bool:
        """Whether the articles hold the word, in this or another of its forms."""
        return self._index.has_word(word) or self._index.frequency("body", normal(word)) > 0

    def near(self, word: str, *, by_ear: bool = False) -> list[tuple[str, float]]:
        """Vocabulary words that ``word`` may be a slip for, best first, with weights in (0, 1)."""
        if len(word) < 3 or word.isdigit():
            return []
        found = self._index.words(spelling_keys(word, skeleton(word)), _CANDIDATES)
        weighed = [(candidate, weight) for candidate in found if (weight := slip(word, candidate, by_ear=by_ear)) > 0]
        return sorted(weighed, key=lambda pair: (-pair[1], pair[0]))

    def expand(self, word: str) -> Expansion:
        """What a folded word may stand for among the terms of the index."""
        terms: dict[str, float] = {}
        meant, mended, known = word, False, self.is_known(word)
        if known:
            terms[normal(word)] = 1.0
        else:
            # Of words of three letters nearly all are one slip from another; only names can tell what they mean.
            slips = len(word) >= _SHORTEST_MENDED and not is_english(word)
            candidates = self.near(word) if slips else []
            if len(word) == _SHORTEST_MENDED:
                candidates = [pair for pair in candidates if pair[0][0] == word[0]]
            best = candidates[0][1] if candidates else 0.0
            for candidate, weight in candidates:
                if weight >= best * 0.85 and not is_stop(candidate):
                    terms.setdefault(normal(candidate), weight)
            if terms:
                meant = next(candidate for candidate, _ in candidates if normal(candidate) in terms)
                mended = known = True
        base = normal(meant)
        for term in self._derived(base):
            terms.setdefault(term, _DERIVED)
        alike = _related().get(base, frozenset())
        related = frozenset(t for t in alike if t not in terms and self._index.frequency("body", t))
        return Expansion(word, meant, terms, related, mended, known or bool(terms or related))

    def _derived(self, base: str) -> list[str]:
        """Terms of one family with ``base`` ("settl", "settlement"), by the length of the beginning they share."""
        if len(base) < 4 or base.isdigit():
            return []
        found = []
        for term in self._index.terms("body", base[:4], 60):
            shared = Prefix.similarity(term, base)
            shorter, longer = sorted((len(term), len(base)))
            family = shared >= 5 and shared >= 0.7 * longer
            ending = shared == shorter and longer - shorter <= 4
            if term != base and (family or ending):
                found.append(term)
        return found


@lru_cache(maxsize=4096)
def form_word(word: str, *, first: bool) -> str | None:
    """The form word that an unknown word may be a slip for; more is forgiven in the first word of a question."""
    if word in FORM_WORDS:
        return word
    if first:
        allowed = 2 if len(word) >= 4 else 1
        best = process.extractOne(word, _ASKING, scorer=OSA.distance, score_cutoff=allowed)
        if best is not None and best[0][0] == word[0] and abs(len(best[0]) - len(word)) <= 1:
            return str(best[0])
    if len(word) < 3:
        return None
    best = process.extractOne(word, FORM_WORDS, scorer=OSA.distance, score_cutoff=1)
    return str(best[0]) if best is not None and (best[0][0] == word[0] or len(word) > 3) else None


def run_together(word: str) -> tuple[str, str] | None:
    """The two form words that a word is made of ("whyis" -> why, is); None when it is not."""
    for asking in _ASKING:
        rest = word.removeprefix(asking)
        if rest != word and rest in FORM_WORDS:
            return asking, rest
    return None
