"""Ranking candidates: each feature has a name, a meaning and one trained weight; the score is their weighted sum.

The weights come from ``benchmarks/train_ranker.py``, which learns them from development questions, pairwise: a right
sentence should score above the wrong ones of the same question (Joachims, 2002).
"""

import itertools
import math
import operator
import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from rapidfuzz import fuzz, process

from knowledge.answer.counts import forms_counted
from knowledge.answer.question import Question
from knowledge.answer.retrieve import Term
from knowledge.answer.spelling import RELATED
from knowledge.answer.weights import RANK
from knowledge.index.fields import SentencePayload
from knowledge.text import folded_words, normal

__all__ = ["AGE", "FEATURES", "Ranked", "asks_age", "features", "rank", "weights_for"]

FEATURES = (
    "matched",  # share of the topic, by rarity, that stands in the sentence
    "matched_most",  # the same, compared with the best candidate
    "context",  # share in the sentence or, at a lower weight, in its neighbours
    "before",  # share in the sentence before
    "after",  # share in the sentence after
    "article",  # share in any candidate of the article
    "title",  # share in the title
    "names",  # share of the question's names that the sentence mentions, pronouns included
    "neighbours",  # share of adjacent topic words that are close together in the sentence
    "token_set",  # rapidfuzz token_set_ratio of topic and sentence
    "partial",  # rapidfuzz partial_ratio of question and sentence
    "asked",  # best rapidfuzz token_sort_ratio of the question and a prepared phrasing
    "type",  # the sentence holds the kind of thing that is wanted
    "no_type",  # it holds none
    "reason",  # a why-question, and the sentence gives a reason
    "speech",  # a question for what was said, and the sentence holds a quote
    "counted",  # how many: a number stands next to what is counted
    "dated",  # when: the sentence holds a year
    "pronoun",  # it opens with a pronoun, and the sentence before holds the topic
    "fact",  # one of its facts has the topic's words in its subject and relation, and something else besides
    "acted",  # "who did X ...": X is the subject of one of its facts, whose relation and object hold the rest
    "question",  # it is itself a question
    "length",  # logarithm of its number of words
    "place",  # 0 at the article's start, 1 far down
    "new",  # share of its words that the question does not hold, of 15
    "content",  # share of the topic that stands in the words of a quote (of the speaker who is asked about)
    "content_neighbours",  # share of adjacent topic words that are close together in those words
    "sure",  # the confidence of that quote
    "covers",  # share of the sentence that is that quote's words
    "begins",  # the quote begins in this sentence
    "direct",  # the quote is direct or mixed
    "recent",  # the speaker is named at the quote, not found from before
)

_RANKED = 12  # a closer look at more of them finds nothing better, as measured on the development sets

_LABELS = {
    "who": {"PERSON", "ORG", "NORP"},
    "when": {"DATE", "TIME"},
    "where": {"GPE", "LOC", "FAC", "ORG"},
    "number": {"CARDINAL", "QUANTITY", "PERCENT", "MONEY", "DATE", "TIME", "ORDINAL"},
    "money": {"MONEY", "PERCENT", "QUANTITY", "CARDINAL"},
}
_REASON = re.compile(
    r"\b(?:because|due to|since|so that|in order|as a result|reasons?|caused?|causes|to avoid|therefore|thus|owing|"
    r"explanation|explains?|driven by|thanks to|result of|blamed?)\b",
    re.IGNORECASE,
)
_SPEECH = re.compile(r"[“”\"]|\b(?:said|says|told|according|believes?|thinks?|argue[sd]?|claims?)\b", re.IGNORECASE)
AGE = re.compile(r"\bage[ds]?\b|\byears? old\b|\b(?:year|month)-old\b|, \d{1,3},", re.IGNORECASE)
"""How a text says how old somebody is."""
_AGE_ASKED = re.compile(r"\bhow old (?:is|was|are|were)\b")
_DEED = re.compile(r"(?:\w+ ){0,2}(?:did|does|do|will|has|have|had|was|were|is|are) ")
_LONGEST_PRONOUN = 4
_PRONOUNS = frozenset("i he she they we it who".split())
_YEAR = re.compile(r"\b1\d{3}\b|\b20\d\d\b")
_PRONOUN = re.compile(
    r"[“\"\W]*(?:he|she|it|they|his|her|its|their|this|these|those|that|all|both|there|some|others)\b", re.IGNORECASE
)
_NUMBER = re.compile(
    r"\d|(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|thirty|forty|fifty|sixty|dozens?|hundreds?|thousands?|millions?|several|half)$"
)


@dataclass(frozen=True, slots=True)
class Ranked:
    """A candidate with its features (in the order of FEATURES) and score."""

    sentence: SentencePayload
    features: tuple[float, ...]
    score: float

    def feature(self, name: str) -> float:
        """One feature by name."""
        return self.features[FEATURES.index(name)]


def rank(question: Question, terms: Sequence[Term], candidates: Sequence[SentencePayload]) -> list[Ranked]:
    """The best candidates, best first, by the weights for the question's kind; ties keep the order of retrieval.

    All of somebody's quotes, of other sentences the dozen that hold most of the topic.
    """
    chosen = RANK[weights_for(question)]
    most = len(candidates) if question.kind == "said" else _RANKED
    ranked = [
        Ranked(sentence, row, sum(map(operator.mul, chosen, row)))
        for sentence, row in _features(question, terms, candidates, most)
    ]
    return sorted(ranked, key=lambda r: -r.score)


def asks_age(question: Question) -> bool:
    """Whether a question asks how old somebody or something is."""
    return bool(_AGE_ASKED.search(" ".join(question.tokens)))


def weights_for(question: Question) -> str:
    """Which of the trained weights a question is for: "said", "about" (said, on a topic), "who_said" or "open"."""
    match question.kind:
        case "said":
            return "about" if question.topic else "said"
        case "who_said":
            return "who_said"
        case _:
            return "open"


def features(
    question: Question, terms: Sequence[Term], candidates: Sequence[SentencePayload]
) -> list[tuple[float, ...]]:
    """For each candidate the values of FEATURES, most of them in 0..1."""
    return [row for _, row in _features(question, terms, candidates, len(candidates))]


def _features(
    question: Question, terms: Sequence[Term], candidates: Sequence[SentencePayload], most_ranked: int
) -> list[tuple[SentencePayload, tuple[float, ...]]]:
    """The candidates that hold most of the topic, around them or in themselves, with their features."""
    view = _View(question, terms)
    seen = [_Seen(view, sentence) for sentence in candidates]
    most = max((s.matched for s in seen), default=0.0) or 1.0
    articles: dict[str, list[float]] = {}
    for s in seen:
        best = articles.setdefault(s.sentence["article"], [0.0] * len(terms))
        for i, weight in enumerate(s.best):
            best[i] = max(best[i], weight)
    if len(seen) > most_ranked:
        places = sorted(range(len(seen)), key=lambda i: (-seen[i].promise, i))[:most_ranked]
        seen = [seen[i] for i in sorted(places)]
    return [(s.sentence, s.row(most, view.share(articles[s.sentence["article"]]))) for s in seen]


class _View:
    """What all candidates are held against, worked out once a question."""

    def __init__(self, question: Question, terms: Sequence[Term]) -> None:
        self.question = question
        self.terms = terms
        self.rarities = [t.rarity for t in terms]
        self.total = sum(self.rarities) or 1.0
        self.topic = " ".join(t.expansion.meant for t in terms)
        meant = {t.expansion.typed: t.expansion.meant for t in terms}
        self.line = " ".join(meant.get(token, token) for token in question.tokens)
        self.labels = _LABELS.get(question.wanted)
        self.strong = [{form for form, weight in t.expansion.terms.items() if weight > 0.5} for t in terms]
        self.names = [{named.key for named in run} for run in question.names]
        asked = question.tokens if question.wanted == "number" else ()
        self.counted = forms_counted(asked, (t.expansion for t in terms))
        self.asks_age = asks_age(question)
        self.speakers = {named.key for named in question.who} if question.kind == "said" else set()
        names_first = bool(question.names) and question.names[0][0].first == 0
        self.asks_for_deed = names_first or bool(_DEED.match(" ".join(question.tokens)))
        self.all_forms: set[str] = set().union(*self.strong) if self.strong else set()
        self.forms: dict[str, list[tuple[int, float]]] = {}
        self.related: dict[str, list[int]] = {}
        for i, term in enumerate(terms):
            for form, weight in term.expansion.terms.items():
                self.forms.setdefault(form, []).append((i, weight))
            for form in term.expansion.related:
                self.related.setdefault(form, []).append(i)
        self.any_forms = {*self.forms, *self.related}
        self.keyed = [(i, t.expansion.keys) for i, t in enumerate(terms) if t.expansion.keys]

    def weights(self, words: Iterable[str], who: Collection[str] = ()) -> list[float]:
        """How surely words, and people mentioned, hold each term: as ``Term.weight_in``, for all terms at once."""
        best = [0.0] * len(self.terms)
        held = self.any_forms.intersection(words)
        if held:
            missing = [1.0] * len(self.terms)
            for form in held:
                for i, weight in self.forms.get(form, ()):
                    best[i] = max(best[i], weight)
                for i in self.related.get(form, ()):
                    missing[i] *= 1 - RELATED
            best = [max(b, 1 - m) if b < 1 else b for b, m in zip(best, missing, strict=True)]
        for i, keys in self.keyed:
            if who and not keys.isdisjoint(who):
                best[i] = 1.0
        return best

    def share(self, weights: Sequence[float]) -> float:
        return float(sum(map(operator.mul, weights, self.rarities))) / self.total


class _Seen:
    """One candidate as a question sees it."""

    def __init__(self, view: _View, sentence: SentencePayload) -> None:
        self.view = view
        self.sentence = sentence
        self.sequence = sentence["words"].split()
        self.words = set(self.sequence)
        who = {*sentence["who"], *(q["key"] for q in sentence["quotes"])}
        # Whoever is mentioned is there, also as "he" or by another of their names.
        self.here = view.weights(self.words, who)
        self.who = who
        self.earlier = view.weights(sentence["before"].split())
        self.later = view.weights(sentence["after"].split())
        self.titled = view.weights(sentence["title"].split())
        self.matched = view.share(self.here)
        self.context = [max(h, 0.6 * b, 0.4 * a) for h, b, a in zip(self.here, self.earlier, self.later, strict=True)]
        self.best = [max(c, t) for c, t in zip(self.context, self.titled, strict=True)]

    @property
    def promise(self) -> float:
        """What tells most of whether it is among the best, before all is looked at."""
        return self.view.share(self.context) + 0.5 * self.matched

    @cached_property
    def deeds(self) -> list[tuple[set[str], set[str]]]:
        """The words of each fact's subject, and of what it did."""
        return [(set(subject.split()), set(rest.split())) for subject, rest in self.sentence["deeds"]]

    def row(self, most: float, article: float) -> tuple[float, ...]:
        view, sentence = self.view, self.sentence
        text = sentence["text"]
        lowered = text.casefold()
        question = view.question
        typed = self._typed()
        before = view.share(self.earlier)
        length = max(1, len(self.sequence))
        return (
            self.matched,
            self.matched / most,
            view.share(self.context),
            before,
            view.share(self.later),
            article,
            view.share(self.titled),
            self._named(),
            self._adjacent(self.sequence),
            fuzz.token_set_ratio(view.topic, lowered) / 100,
            fuzz.partial_ratio(view.line, lowered) / 100,
            self._asked(),
            float(typed > 0),
            float(typed < 0),
            float(question.wanted == "why" and bool(_REASON.search(text))),
            float(question.wanted == "say" and (bool(sentence["quotes"]) or bool(_SPEECH.search(text)))),
            float(not view.counted.isdisjoint(self.words) and self._counts()),
            float(question.wanted == "when" and bool(_YEAR.search(text))),
            before if _PRONOUN.match(text) else 0.0,
            self._fact(),
            self._acted(),
            float(text.rstrip("”\"' ").endswith("?")),
            math.log(length),
            min(1.0, sentence["number"] / 40),
            min(1.0, len(self.words - view.all_forms) / 15),
            *self._quoted(),
        )

    def _quoted(self) -> tuple[float, ...]:
        """What the quote says of the topic that holds most of it: content, content_neighbours, sure, covers, ..."""
        best = (0.0,) * 7
        start, end = self.sentence["start"], self.sentence["end"]
        for quote in self.sentence["quotes"]:
            if self.view.speakers and quote["key"] not in self.view.speakers:
                continue
            inside = [(max(s, start), min(e, end)) for s, e in quote["content"] if s < end and e > start]
            said = quote["words"].split()
            share = self.view.share(self.view.weights(said)) if self.view.terms else 0.0
            source = quote["source"]
            row = (
                share,
                self._adjacent(said),
                quote["confidence"],
                sum(e - s for s, e in inside) / max(1, end - start),
                float(bool(quote["content"]) and quote["content"][0][0] >= start),
                float(quote["type"] != "indirect"),
                float(source is not None and quote["speaker"] is not None and not self._is_pronoun(source)),
            )
            best = max(best, row)
        return best

    def _is_pronoun(self, source: Sequence[int]) -> bool:
        start = self.sentence["start"]
        if not start <= source[0] < self.sentence["end"]:
            return source[1] - source[0] <= _LONGEST_PRONOUN
        return self.sentence["text"][source[0] - start : source[1] - start].casefold() in _PRONOUNS

    def _asked(self) -> float:
        prepared = [phrasing.casefold() for phrasing in self.sentence["asked"]]
        best = process.extractOne(self.view.line, prepared, scorer=fuzz.token_sort_ratio) if prepared else None
        return 0.0 if best is None else best[1] / 100

    def _typed(self) -> int:
        """1: the wanted kind of thing is here; -1: it is not; 0: no kind is wanted."""
        if self.view.labels is None:
            return 0
        if self.view.asks_age:
            return 1 if AGE.search(self.sentence["text"]) else -1
        return 1 if self.view.labels & set(self.sentence["labels"].split()) else -1

    def _named(self) -> float:
        if not self.view.names:
            return 0.0
        return sum(bool(keys & self.who) for keys in self.view.names) / len(self.view.names)

    def _adjacent(self, sequence: Sequence[str]) -> float:
        if len(self.view.strong) < 2 or self.view.all_forms.isdisjoint(sequence):
            return 0.0
        places = [[i for i, word in enumerate(sequence) if word in forms] for forms in self.view.strong]
        pairs = list(itertools.pairwise(places))
        return sum(any(abs(a - b) <= 2 for a in x for b in y) for x, y in pairs) / len(pairs)

    def _counts(self) -> bool:
        tokens = folded_words(self.sentence["text"])
        return any(
            _NUMBER.match(word) and any(normal(after) in self.view.counted for after in tokens[i + 1 : i + 5])
            for i, word in enumerate(tokens)
        )

    def _fact(self) -> float:
        """The best share of the topic that a fact's subject, relation and object hold, if it holds more than that."""
        best = 0.0
        for subject, rest in self.deeds:
            held = subject | rest
            if not held.isdisjoint(self.view.any_forms) and not held <= self.view.all_forms:
                best = max(best, self.view.share(self.view.weights(held)))
        return best

    def _acted(self) -> float:
        """How much of what an actor did a fact with that actor as its subject holds; 0 for other questions."""
        if len(self.view.terms) < 2 or not self.view.asks_for_deed:
            return 0.0
        actor, *deed = self.view.terms
        total = sum(t.rarity for t in deed)
        shares = [
            sum(t.rarity * t.weight_in(rest) for t in deed) / total
            for subject, rest in self.deeds
            if actor.weight_in(subject) > 0.5
        ]
        return max(shares, default=0.0)
