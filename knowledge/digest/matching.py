"""Which new sentences are for whom: all interests at once, an article at a time."""

import heapq
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from knowledge.answer.brief import lead
from knowledge.digest.said import going_on, surest
from knowledge.digest.statements import wording
from knowledge.digest.window import Renewed, Stretch
from knowledge.index.fields import QuotePayload, SentencePayload
from knowledge.models import Interest
from knowledge.text import one_line

__all__ = ["Candidate", "Matcher", "Newest", "publisher_key"]

Topic = tuple[Interest, frozenset[str], frozenset[str]]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A new sentence that is for somebody, with the quote when they follow a person.

    ``sequence`` is the change it came with, ``windows`` are the ``[first, end)`` of the lows for which it is new: no
    two overlap. ``earlier`` are its wordings before. ``more`` are the sentences through which the quote goes on, each
    with what of it counts there; ``denied`` tells that the person denies what they are quoted with: then ``quote`` is
    None.
    """

    sequence: int
    sentence: SentencePayload
    quote: QuotePayload | None
    windows: tuple[tuple[int, int], ...]
    earlier: frozenset[int]
    more: tuple[tuple[SentencePayload, QuotePayload | None], ...] = ()
    denied: bool = False

    def is_new_since(self, low: int) -> bool:
        """Whether it is new in a window that begins after ``low``."""
        return any(first <= low < end for first, end in self.windows)


@dataclass(frozen=True, slots=True)
class _Match:
    """For whom the sentence at a place is, with the key of the person when it is for that person's words."""

    interest: Interest
    place: int
    speaker: str | None = None


class Newest:
    """The candidates of one interest that came last, at most ``most``."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._held: list[tuple[int, int, Candidate]] = []
        self._dropped: list[tuple[int, int]] = []

    def add(self, candidate: Candidate) -> None:
        """Keep a candidate in the place of the oldest, when it is newer."""
        # What came with one change is of one article, so that no two have the same change and number.
        entry = candidate.sequence, -candidate.sentence["number"], candidate
        if len(self._held) < self._most:
            heapq.heappush(self._held, entry)
        else:
            self._dropped += heapq.heappushpop(self._held, entry)[2].windows

    def dropped(self, low: int) -> int:
        """How many that were not kept are new in a window that begins after ``low``."""
        return sum(first <= low < end for first, end in self._dropped)

    def since(self, low: int) -> list[Candidate]:
        """Those that are new in a window that begins after ``low``, the newest first, an article's in its order."""
        return [entry[2] for entry in sorted(self._held, reverse=True) if entry[2].is_new_since(low)]


class Matcher:
    """Finds what of an article is for whom; its time does not grow with interests that the article is not for."""

    def __init__(self, interests: Iterable[Interest], frequency: Callable[[str], int]) -> None:
        """``frequency`` tells in how many sentences a word stands: a topic is looked up by its rarest."""
        self._everything: list[Interest] = []
        self._sources: defaultdict[str, list[Interest]] = defaultdict(list)
        self._people: defaultdict[str, list[Interest]] = defaultdict(list)
        self._topics: defaultdict[str, list[Topic]] = defaultdict(list)
        for interest in interests:
            if interest.kind == "everything":
                self._everything.append(interest)
            elif interest.kind == "source":
                self._sources[publisher_key(interest.target)].append(interest)
            elif interest.kind == "person":
                self._people[interest.target].append(interest)
            elif wanted := frozenset(interest.target.split()):
                self._topics[min(sorted(wanted), key=frequency)].append((interest, wanted, frozenset(interest.without)))

    def candidates(self, renewed: Renewed) -> Iterator[tuple[Interest, Candidate]]:
        """What of an article is for whom."""
        on_topic = _OnTopic(renewed.sentences) if self._topics else None
        found: dict[_Match, list[Stretch]] = {}
        for stretch in renewed.stretches:
            for match in self._matches(renewed, stretch.new, on_topic):
                found.setdefault(match, []).append(stretch)
        for match, stretches in found.items():
            yield match.interest, _candidate(renewed, match, stretches)

    def _matches(
        self, renewed: Renewed, new: Mapping[int, str | None], on_topic: "_OnTopic | None"
    ) -> Iterator[_Match]:
        first = lead(renewed.sentences)
        leading = -1 if first is None else first["number"] - 1
        if leading in new:
            for interest in (*self._everything, *self._sources.get(publisher_key(renewed.article["publisher"]), ())):
                yield _Match(interest, leading)
        if self._people:
            yield from self._said(renewed.sentences, sorted(new))
        if on_topic is not None:
            places = sorted(new, key=lambda place: (place != leading, place))
            for word in on_topic.held & self._topics.keys():
                for interest, wanted, without in self._topics[word]:
                    chosen = on_topic.best(wanted, without, places, leading)
                    if chosen is not None:
                        yield _Match(interest, chosen)

    def _said(self, sentences: Sequence[SentencePayload], places: Iterable[int]) -> Iterator[_Match]:
        """Where, of the places in order, is new what somebody says who is followed: once as far as it goes on."""
        covered: dict[str, int] = {}
        for place in places:
            for key in {quote["key"] for quote in sentences[place]["quotes"]} & self._people.keys():
                if place >= covered.get(key, 0):
                    covered[key] = place + 1 + sum(1 for _ in going_on(sentences, place, key))
                    yield from (_Match(interest, place, key) for interest in self._people[key])


def _candidate(renewed: Renewed, match: _Match, stretches: Sequence[Stretch]) -> Candidate:
    sentences, key = renewed.sentences, match.speaker
    sentence = sentences[match.place]
    replaced = {text for stretch in renewed.stretches if (text := stretch.new.get(match.place)) is not None}
    quote, denied = surest(sentences, sentence, key) if key else (None, False)
    following = going_on(sentences, match.place, key) if key else ()
    return Candidate(
        renewed.came(match.place),
        sentence,
        quote,
        tuple((stretch.first, stretch.end) for stretch in stretches),
        frozenset(wording(text, sentence["article"]) for text in replaced),
        more=tuple((one, surest(sentences, one, key)[0]) for one in following) if key else (),
        denied=denied,
    )


def publisher_key(publisher: str | None) -> str:
    """By what a publisher is known, however its name is spaced or in which case."""
    return one_line(publisher or "").casefold()


class _OnTopic:
    """The words of an article's sentences, to find the one that stands for it with those who follow a topic."""

    def __init__(self, sentences: Sequence[SentencePayload]) -> None:
        self._own = [frozenset(sentence["words"].split()) for sentence in sentences]
        self._title = frozenset(sentences[0]["title"].split())
        self.held = self._title.union(*self._own)
        """All words of the article and its title."""

    def best(self, wanted: frozenset[str], without: frozenset[str], places: Sequence[int], leading: int) -> int | None:
        """Which of the places is on the topic; None when none is. The lead is, when it is one of them, the first.

        The lead, when it is on the topic; else the first that holds all of the topic itself; else the first at all.
        """
        if not wanted <= self.held or without & self._title:
            return None
        first: int | None = None
        for place in places:
            own = self._own[place]
            held = len(wanted & own)
            if not held or 2 * held < len(wanted) or without & own:
                continue
            if held == len(wanted):
                return place
            if first is None and wanted <= self._around(place):
                if place == leading:
                    return place
                first = place
        return first

    def _around(self, place: int) -> frozenset[str]:
        """The words of a sentence, of its neighbours and of the title."""
        return self._title.union(*self._own[max(0, place - 1) : place + 2])
