"""What several articles say alike in one answer: said once, its earliest article first, the others right after it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from knowledge.answer.beside import opens_with_pronoun
from knowledge.answer.cite import best_quote, by_pronoun
from knowledge.answer.counts import Counted, counted_by
from knowledge.answer.introduce import introduction
from knowledge.answer.question import Question
from knowledge.answer.retrieve import words_around
from knowledge.answer.story import Stories, age, one_story
from knowledge.cluster import ALIKE, NEARLY_ALIKE, Relation, Said, clusters, relate_quotes, relate_sentences
from knowledge.cluster_numbers import holds_number
from knowledge.index.fields import QuotePayload, SentencePayload
from knowledge.index.search import SearchIndex
from knowledge.text import one_line

__all__ = ["Gathered", "gather", "relation", "said_in", "together"]

_BESIDE = 3
_TELLING = 5  # content words; fewer are said of many things, and want a story in common
_SHARED = 0.4  # of the shorter's content words
_UNWEIGHED = 0.05  # so much less two sentences may seem to share when all their content words weigh the same
_SURELY_THEIRS = 0.6
_MOST_CUT = 0.6  # of the words of what was ranked first, that what leads in its place holds
_LABELLED = ("number", "money", "when", "where", "who")

By = Literal["quote", "fact"]


@dataclass(frozen=True, slots=True)
class Gathered:
    """An answer's sentences in order; for each, the place of the one that leads its group, which stands before it.

    ``leaders`` is empty when each is alone. ``beside`` are the places of leaders, right after the first group, that
    have the first's statement from another outlet in other words, or its count with another number.
    """

    sentences: tuple[SentencePayload, ...]
    leaders: tuple[int, ...] = ()
    beside: tuple[int, ...] = ()
    named: bool = False

    @property
    def opening(self) -> int:
        """How many of the sentences, from the first on, say the first thing: its group, and what is beside it."""
        return max(1, sum(leader == 0 or leader in self.beside for leader in self.leaders)) + self.named

    def naming(self, sentence: SentencePayload) -> "Gathered":
        """The same with the sentence that says whom the first one means, right after the first group."""
        place = max(1, self.leaders.count(0))
        placed = (*self.sentences[:place], sentence, *self.sentences[place:])
        if not self.leaders:
            return Gathered(placed, named=True)
        after = tuple(leader + 1 for leader in self.leaders[place:])
        leaders = (*self.leaders[:place], place, *after)
        return Gathered(placed, leaders, tuple(i + 1 for i in self.beside), named=True)


def gather(
    index: SearchIndex,
    question: Question,
    sentences: Sequence[SentencePayload],
    speakers: Collection[str] = (),
) -> Gathered:
    """Put the sentences that say one thing together, the earliest article's first; the rest stay in their order.

    ``speakers`` are the keys of those whose words are asked for: then their quotes are compared, otherwise what the
    sentences say. No sentence leads that holds less of what is asked than the best of its group. Compares all with
    all: give it an answer's few. Sentences of one article stay as they are.
    """
    alone = Gathered(tuple(sentences))
    if len({s["article"] for s in sentences}) < 2:
        return alone
    statements = [_Statement(sentence, speakers) for sentence in sentences]
    related: dict[tuple[int, int], Relation] = {}

    def relate(one: int, other: int) -> Relation:
        pair = (min(one, other), max(one, other))
        if pair not in related:
            # What does not lead is only ever asked whether it is the same.
            least = NEARLY_ALIKE if pair[0] else ALIKE
            related[pair] = _relation(statements[one], statements[other], least)
        return related[pair]

    groups = clusters(range(len(sentences)), relate)
    first = groups[0][0]
    to_first = [relate(first, group[0]) for group in groups]
    for place in _counts_otherwise(index, question, sentences[first], [sentences[group[0]] for group in groups]):
        to_first[place] = "differs"
    # Who somebody is has no other wording: what they say is not asked.
    others = _others(sentences, groups, to_first) if question.kind != "who_is" else []
    if len(groups) == len(sentences) and not others:
        return alone
    order = [0, *others, *(i for i in range(1, len(groups)) if i not in others)]
    placed: list[SentencePayload] = []
    leaders: list[int] = []
    beside: list[int] = []
    for i in order:
        members = [sentences[place] for place in groups[i]]
        if i in others:
            beside.append(len(placed))
        leaders += [len(placed)] * len(members)
        placed += _by_age(index, question, members, speakers)
    return Gathered(tuple(placed), tuple(leaders), tuple(beside))


def together(sentences: Sequence[SentencePayload], speakers: Collection[str] = ()) -> int:
    """How many of the sentences, from the first on, say one thing; at least 1 when there are any."""
    count = min(1, len(sentences))
    while count < len(sentences) and all(
        relation(before, sentences[count], speakers) == "same" for before in sentences[:count]
    ):
        count += 1
    return count


def relation(
    one: SentencePayload, other: SentencePayload, speakers: Collection[str] = (), *, least: float = ALIKE
) -> Relation:
    """How what two sentences say relates, or what the ``speakers`` say in them when any are given. Symmetrical.

    Sentences that share less than ``least`` of their words are apart.
    """
    return _relation(_Statement(one, speakers), _Statement(other, speakers), least)


class _Statement:
    """What a sentence says, or one of the ``speakers`` in it, ready to be held against others."""

    def __init__(self, sentence: SentencePayload, speakers: Collection[str]) -> None:
        self.sentence = sentence
        self.asked = bool(speakers)
        self.quote = best_quote(sentence, speakers)
        self.words = frozenset((self.quote["words"] if speakers and self.quote else sentence["words"]).split())

    @cached_property
    def counts(self) -> bool:
        """Whether it may count something."""
        return holds_number(self.sentence["text"])

    @property
    def whole(self) -> frozenset[str]:
        """The words of all of the sentence."""
        return frozenset(self.sentence["words"].split()) if self.asked else self.words


def _relation(one: _Statement, other: _Statement, least: float) -> Relation:
    if one.sentence["article"] == other.sentence["article"]:
        return "apart"  # an article that says a thing twice is no second source of it
    if len(one.words & other.words) < _SHARED * min(len(one.words), len(other.words)):
        return "apart"  # most never are read closely
    quote, others = one.quote, other.quote
    here, there = one.sentence, other.sentence
    if quote and others and (one.asked or (quote["key"] and others["key"])):
        related = relate_quotes(said_in(here, quote), said_in(there, others))
        if related == "apart" and not one.asked and _related(one, other, ALIKE) == "differs":
            return "differs"  # two sources, two counts
        known = quote["key"] in here["who"] or quote["key"] in there["who"]  # "police" are other people in every town
        told = known or min(len(quote["words"].split()), len(others["words"].split())) >= _TELLING
    else:
        related = _related(one, other, least)
        told = not (opens_with_pronoun(here["text"]) or opens_with_pronoun(there["text"]))
        told = told and min(len(here["words"].split()), len(there["words"].split())) >= _TELLING
    return related if related == "apart" or told or one_story(here, there) else "apart"


def _related(one: _Statement, other: _Statement, least: float) -> Relation:
    """How the sentences relate as facts; those whose content words tell that they share too little are not read."""
    if not (one.counts and other.counts):
        least = NEARLY_ALIKE  # no two counts can differ
    first, second = one.whole, other.whole
    if 2 * len(first & second) < (least - _UNWEIGHED) * (len(first) + len(second)):
        return "apart"
    return relate_sentences(one.sentence["text"], other.sentence["text"], least=least)


def said_in(sentence: SentencePayload, quote: QuotePayload) -> Said:
    """What of a quote is said in the sentence that is cited."""
    start, end = sentence["start"], sentence["end"]
    inside = [
        sentence["text"][max(a, start) - start : min(b, end) - start]
        for a, b in quote["content"]
        if a < end and start < b
    ]
    return Said(quote["key"] or None, " ".join(part for part in inside if part), quote["type"] == "direct")


def _counts_otherwise(
    index: SearchIndex, question: Question, first: SentencePayload, others: Sequence[SentencePayload]
) -> set[int]:
    """Those of the others, by their places, that tell the same story with another number of what is counted.

    Each says all that the first says of what is counted, in like words at least, and something of what else is asked
    stands in it or around it. A number that several give is told by the first of them.
    """
    counted = counted_by(question)
    count = counted.count_in(first["text"]) if counted else None
    if counted is None or count is None:
        return set()
    besides = Counted(tuple(e for e in question.topic if e not in counted.words))
    told, asked = counted.told(first["words"].split()), besides.told(words_around(first))
    stories = Stories(index)
    found: dict[float, int] = {count: -1}
    for place, other in enumerate(others):
        there = counted.count_in(other["text"])
        if there is None or other["article"] == first["article"] or not told <= counted.told(other["words"].split()):
            continue
        like = not asked or not asked.isdisjoint(besides.told(words_around(other)))
        if like and (one_story(first, other) or stories.one_cast(first, other)):
            found.setdefault(there, place)
    return {place for place in found.values() if place >= 0}


def _others(
    sentences: Sequence[SentencePayload], groups: Sequence[list[int]], to_first: Sequence[Relation]
) -> list[int]:
    """The groups, by their numbers, that other outlets have beside the first: at most three."""
    found: list[int] = []
    ours = {_outlet(sentences[place]) for place in groups[0]}
    for i in range(1, len(groups)):
        if len(found) < _BESIDE and to_first[i] in ("reworded", "differs"):
            outlets = {_outlet(sentences[place]) for place in groups[i]}
            if not outlets <= ours:
                found.append(i)
    return found


def _outlet(sentence: SentencePayload) -> str:
    """Whose an article is: its publisher; one that names none is an outlet of its own."""
    publisher = sentence["of"]["publisher"]
    return f"p{one_line(publisher).casefold()}" if publisher else f"a{sentence['article']}"


# -- which leads ------------------------------------------------------------------------------------------------------


def _by_age(
    index: SearchIndex, question: Question, members: Sequence[SentencePayload], speakers: Collection[str]
) -> list[SentencePayload]:
    """A group's sentences, the earliest article's first, but for what is too weak an answer to lead.

    The first of ``members`` is the one ranked best.
    """
    if len(members) == 1:
        return list(members)
    by_age = sorted(members, key=lambda s: age(index, s["article"]))
    leader = next(s for s in by_age if s is members[0] or _may_lead(question, members[0], s, speakers))
    return [leader, *(s for s in by_age if s is not leader)]


def _may_lead(question: Question, best: SentencePayload, other: SentencePayload, speakers: Collection[str]) -> bool:
    """Whether a sentence that says the same answers no less well than the one that was ranked best."""
    if not _asked(question, best) <= _asked(question, other):
        return False
    if question.kind == "who_is":
        introduces = introduction(question)
        if introduces(other)[0] < introduces(best)[0]:
            return False
    if opens_with_pronoun(other["text"]) and not opens_with_pronoun(best["text"]):
        return False
    labels, others = best["labels"].split(), other["labels"].split()
    if question.wanted in _LABELLED and not speakers and not set(labels) <= set(others):
        return False
    quote, other_quote = best_quote(best, speakers), best_quote(other, speakers)
    if quote is None or other_quote is None:
        return quote is None and _long_enough(best["words"], other["words"])
    sure, surely = quote["confidence"] >= _SURELY_THEIRS, other_quote["confidence"] >= _SURELY_THEIRS
    if (sure and not surely) or (not speakers and by_pronoun(other, other_quote) and not by_pronoun(best, quote)):
        return False
    return _long_enough(quote["words"], other_quote["words"])


def _asked(question: Question, sentence: SentencePayload) -> set[object]:
    """The words and names of a question that a sentence holds."""
    words = set(sentence["words"].split())
    held: set[object] = {i for i, expansion in enumerate(question.topic) if not words.isdisjoint(expansion.terms)}
    named = [named.key for run in question.names for named in run] + [named.key for named in question.who]
    quoted = {quote["key"] for quote in sentence["quotes"]}
    return held | {key for key in named if key in sentence["who"] or key in quoted}


def _long_enough(best: str, other: str) -> bool:
    return len(other.split()) >= _MOST_CUT * len(best.split())
