"""One item a statement, or a story: candidates of several articles put together, each compared with few others."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet

from knowledge.answer.story import IN_COMMON, Stories
from knowledge.digest.matching import Candidate
from knowledge.digest.sameness import Sameness, share_enough
from knowledge.digest.statements import Citer

__all__ = ["Merger"]


class Merger:
    """Puts candidates together; remembers what it read of them, so it is good for one round of digests."""

    def __init__(self, stories: Stories, sameness: Sameness, citer: Citer) -> None:
        self._stories = stories
        self._sameness = sameness
        self._citer = citer

    def by_statement(self, candidates: Iterable[Candidate]) -> list[list[Candidate]]:
        """The candidates, quotes of one speaker, in groups that say the same, in the order of their first.

        All of a group say the same as each other. An article that says a thing twice is in a group once.
        """
        groups: list[list[Candidate]] = []
        of_statement: dict[int, list[Candidate]] = {}
        firsts = _Shared()
        for candidate in candidates:
            statement = self._statement(candidate)
            group = of_statement.get(statement)
            if group is None:
                words = _said(candidate)
                alike = (groups[place] for place in firsts.alike(words))
                group = next((g for g in alike if all(self.are_same(c, candidate) for c in g)), None)
                if group is None:
                    group = []
                    groups.append(group)
                    firsts.add(words)
                of_statement[statement] = group
            if all(other.sentence["article"] != candidate.sentence["article"] for other in group):
                group.append(candidate)
        return groups

    def by_story(self, candidates: Iterable[Candidate], aside: AbstractSet[str] = frozenset()) -> list[list[Candidate]]:
        """The candidates in groups of one story as their first, or that say the same, in the order of their first.

        ``aside`` are words that all of them are about, which make no story of them.
        """
        groups: list[list[Candidate]] = []
        firsts, stories = _Shared(), _Shared()
        for candidate in candidates:
            words, signs = _said(candidate), self._stories.signs(candidate.sentence) - aside
            place = next(iter(stories.sharing(signs)), None)
            if place is None:
                place = next((g for g in firsts.alike(words) if self.are_same(groups[g][0], candidate)), None)
            if place is None:
                groups.append([candidate])
                firsts.add(words)
                stories.add(signs)
            else:
                groups[place].append(candidate)
        return groups

    def are_same(self, one: Candidate, other: Candidate) -> bool:
        """Whether two articles say one thing in near-equal words."""
        if one.sentence["article"] == other.sentence["article"] or one.denied != other.denied:
            return False
        if self._statement(one) == self._statement(other):
            return True
        return self._sameness.same(one.sentence, other.sentence, one.quote["key"] if one.quote else "")

    def _statement(self, candidate: Candidate) -> int:
        return self._citer(candidate.sentence, candidate.quote).statement


def _said(candidate: Candidate) -> frozenset[str]:
    return frozenset((candidate.quote or candidate.sentence)["words"].split())


class _Shared:
    """Sets of words by what they hold, so that one more is compared only with those that it shares words with."""

    def __init__(self) -> None:
        self._places: defaultdict[str, list[int]] = defaultdict(list)
        self._sizes: list[int] = []

    def add(self, words: AbstractSet[str]) -> None:
        for word in words:
            self._places[word].append(len(self._sizes))
        self._sizes.append(len(words))

    def sharing(self, words: AbstractSet[str]) -> Sequence[int]:
        """The places of those that share as many as make a story, in order."""
        return sorted(place for place, count in self._counts(words).items() if count >= IN_COMMON)

    def alike(self, words: AbstractSet[str]) -> Sequence[int]:
        """The places of those that share enough of the shorter's, in order."""
        counts = self._counts(words)
        return sorted(p for p, count in counts.items() if share_enough(count, self._sizes[p], len(words)))

    def _counts(self, words: AbstractSet[str]) -> Counter[int]:
        return Counter(place for word in words for place in self._places.get(word, ()))
