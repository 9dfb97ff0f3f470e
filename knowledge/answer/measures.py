"""What ranking looks at: a question's candidates, and what each of their features, by name, measures.

A feature is measured when it is asked for: most kinds of questions weigh but some of them.
"""

import itertools
import math
import operator
import re
from collections.abc import Callable, Collection, Iterable, Sequence
from functools import cached_property

from rapidfuzz import fuzz, process

from knowledge.answer.counts import forms_counted
from knowledge.answer.question import Question
from knowledge.answer.retrieve import Term
from knowledge.answer.spelling import RELATED
from knowledge.index.fields import SentencePayload
from knowledge.text import folded_words, normal

__all__ = ["AGE", "FEATURES", "Candidate", "asks_age", "candidates_of"]

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
_CLOSE = 2  # words
_QUOTED = ("content", "content_neighbours", "sure", "covers", "begins", "direct", "recent")
_LONGEST_PRONOUN = 4
_PRONOUNS = frozenset("i he she they we it who".split())
_YEAR = re.compile(r"\b1\d{3}\b|\b20\d\d\b")
_PRONOUN = re.compile(
    r"[“\"\W]*(?:he|she|it|they|his|her|its|their|this|these|those|that|all|both|there|some|others)\b", re.IGNORECASE
)
_NUMBER = re.compile(
    r"\d|(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|thirty|forty|fifty|sixty|dozens?|hundreds?|thousands?|millions?|several|half)$"
)


def asks_age(question: Question) -> bool:
    """Whether a question asks how old somebody or something is."""
    return bool(_AGE_ASKED.search(" ".join(question.tokens)))


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
        strong = [[form for form, weight in t.expansion.terms.items() if weight > 0.5] for t in terms]
        self.strong: dict[str, list[int]] = {}
        for i, forms in enumerate(strong):
            for form in forms:
                self.strong.setdefault(form, []).append(i)
        self.names = [{named.key for named in run} for run in question.names]
        asked = question.tokens if question.wanted == "number" else ()
        self.counted = forms_counted(asked, (t.expansion for t in terms))
        self.asks_age = asks_age(question)
        self.speakers = {named.key for named in question.who} if question.kind == "said" else set()
        names_first = bool(question.names) and question.names[0][0].first == 0
        self.asks_for_deed = names_first or bool(_DEED.match(" ".join(question.tokens)))
        self.all_forms = frozenset(self.strong)
        self.titles: dict[str, list[float]] = {}
        self.most = 1.0
        self.articles: dict[str, list[float]] = {}
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

    def titled(self, title: str) -> list[float]:
        """How surely a title holds each term: many candidates have one in common."""
        found = self.titles.get(title)
        if found is None:
            found = self.titles[title] = self.weights(title.split())
        return found

    def neighbours(self, sequence: Sequence[str]) -> float:
        """The share of the pairs of adjacent terms that stand close together in some words."""
        if len(self.terms) < 2 or self.all_forms.isdisjoint(sequence):
            return 0.0
        places: list[list[int]] = [[] for _ in self.terms]
        for place, word in enumerate(sequence):
            for term in self.strong.get(word, ()):
                places[term].append(place)
        pairs = list(itertools.pairwise(places))
        return sum(any(abs(a - b) <= _CLOSE for a in x for b in y) for x, y in pairs) / len(pairs)

    def share(self, weights: Sequence[float]) -> float:
        return float(sum(map(operator.mul, weights, self.rarities))) / self.total


class Candidate(dict[str, float]):
    """One candidate as a question sees it: its features by name, each measured when it is first asked for."""

    def __init__(self, view: _View, sentence: SentencePayload) -> None:
        super().__init__()
        self.view = view
        self.sentence = sentence
        self.sequence = sentence["words"].split()
        self.words = set(self.sequence)
        # Whoever is mentioned is there, also as "he" or by another of their names.
        self.who = {*sentence["who"], *(q["key"] for q in sentence["quotes"])}
        self.here = view.weights(self.words, self.who)
        self.earlier = view.weights(sentence["before"].split())
        self.later = view.weights(sentence["after"].split())
        self.around = [max(h, 0.6 * b, 0.4 * a) for h, b, a in zip(self.here, self.earlier, self.later, strict=True)]
        self.matched = view.share(self.here)
        self.context = view.share(self.around)

    def __missing__(self, name: str) -> float:
        value = self[name] = _MEASURES[name](self)
        return value

    @property
    def promise(self) -> float:
        """What tells most of whether it is among the best, before all is looked at."""
        return self.context + 0.5 * self.matched

    @cached_property
    def lowered(self) -> str:
        """The text as it is compared letter by letter."""
        return self.sentence["text"].casefold()

    @cached_property
    def deeds(self) -> list[tuple[set[str], set[str]]]:
        """The words of each fact's subject, and of what it did."""
        return [(set(subject.split()), set(rest.split())) for subject, rest in self.sentence["deeds"]]

    @cached_property
    def typed(self) -> int:
        """1: the wanted kind of thing is here; -1: it is not; 0: no kind is wanted."""
        if self.view.labels is None:
            return 0
        if self.view.asks_age:
            return 1 if AGE.search(self.sentence["text"]) else -1
        return 1 if not self.view.labels.isdisjoint(self.sentence["labels"].split()) else -1

    @cached_property
    def quoted(self) -> tuple[float, ...]:
        """What the quote says of the topic that holds most of it, in the order of ``_QUOTED``."""
        best = (0.0,) * len(_QUOTED)
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
                self.view.neighbours(said),
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


def _matched_most(c: Candidate) -> float:
    return c.matched / c.view.most


def _share_of_article(c: Candidate) -> float:
    return c.view.share(c.view.articles[c.sentence["article"]])


def _names(c: Candidate) -> float:
    if not c.view.names:
        return 0.0
    return sum(not keys.isdisjoint(c.who) for keys in c.view.names) / len(c.view.names)


def _asked(c: Candidate) -> float:
    prepared = [phrasing.casefold() for phrasing in c.sentence["asked"]]
    best = process.extractOne(c.view.line, prepared, scorer=fuzz.token_sort_ratio) if prepared else None
    return 0.0 if best is None else best[1] / 100


def _speech(c: Candidate) -> bool:
    if c.view.question.wanted != "say":
        return False
    return bool(c.sentence["quotes"]) or bool(_SPEECH.search(c.sentence["text"]))


def _counts(c: Candidate) -> bool:
    if c.view.counted.isdisjoint(c.words):
        return False
    tokens = folded_words(c.sentence["text"])
    return any(
        _NUMBER.match(word) and any(normal(after) in c.view.counted for after in tokens[i + 1 : i + 5])
        for i, word in enumerate(tokens)
    )


def _fact(c: Candidate) -> float:
    best = 0.0
    for subject, rest in c.deeds:
        held = subject | rest
        if not held.isdisjoint(c.view.any_forms) and not held <= c.view.all_forms:
            best = max(best, c.view.share(c.view.weights(held)))
    return best


def _acted(c: Candidate) -> float:
    if len(c.view.terms) < 2 or not c.view.asks_for_deed:
        return 0.0
    actor, *deed = c.view.terms
    total = sum(t.rarity for t in deed)
    shares = [
        sum(t.rarity * t.weight_in(rest) for t in deed) / total
        for subject, rest in c.deeds
        if actor.weight_in(subject) > 0.5
    ]
    return max(shares, default=0.0)


def _quote(c: Candidate, name: str) -> float:
    return c.quoted[_QUOTED.index(name)]


_MEASURES: dict[str, Callable[[Candidate], float]] = {
    # share of the topic, by rarity, that stands in the sentence
    "matched": lambda c: c.matched,
    # the same, compared with the best candidate
    "matched_most": _matched_most,
    # share in the sentence or, at a lower weight, in its neighbours
    "context": lambda c: c.context,
    # share in the sentence before
    "before": lambda c: c.view.share(c.earlier),
    # share in the sentence after
    "after": lambda c: c.view.share(c.later),
    # share in any candidate of the article
    "article": _share_of_article,
    # share in the title
    "title": lambda c: c.view.share(c.view.titled(c.sentence["title"])),
    # share of the question's names that the sentence mentions, pronouns included
    "names": _names,
    # share of adjacent topic words that are close together in the sentence
    "neighbours": lambda c: c.view.neighbours(c.sequence),
    # rapidfuzz token_set_ratio of topic and sentence
    "token_set": lambda c: fuzz.token_set_ratio(c.view.topic, c.lowered) / 100,
    # rapidfuzz partial_ratio of question and sentence
    "partial": lambda c: fuzz.partial_ratio(c.view.line, c.lowered) / 100,
    # best rapidfuzz token_sort_ratio of the question and a prepared phrasing
    "asked": _asked,
    # the sentence holds the kind of thing that is wanted
    "type": lambda c: float(c.typed > 0),
    # it holds none
    "no_type": lambda c: float(c.typed < 0),
    # a why-question, and the sentence gives a reason
    "reason": lambda c: float(c.view.question.wanted == "why" and bool(_REASON.search(c.sentence["text"]))),
    # a question for what was said, and the sentence holds a quote
    "speech": lambda c: float(_speech(c)),
    # how many: a number stands next to what is counted
    "counted": lambda c: float(_counts(c)),
    # when: the sentence holds a year
    "dated": lambda c: float(c.view.question.wanted == "when" and bool(_YEAR.search(c.sentence["text"]))),
    # it opens with a pronoun, and the sentence before holds the topic
    "pronoun": lambda c: c["before"] if _PRONOUN.match(c.sentence["text"]) else 0.0,
    # the best share of the topic that one of its facts holds, of those that hold something besides
    "fact": _fact,
    # "who did X ...": how much of what X did a fact holds whose subject is X
    "acted": _acted,
    # it is itself a question
    "question": lambda c: float(c.sentence["text"].rstrip("”\"' ").endswith("?")),
    # logarithm of its number of words
    "length": lambda c: math.log(max(1, len(c.sequence))),
    # 0 at the article's start, 1 far down
    "place": lambda c: min(1.0, c.sentence["number"] / 40),
    # share of its words that the question does not hold, of 15
    "new": lambda c: min(1.0, len(c.words - c.view.all_forms) / 15),
    # share of the topic that stands in the words of a quote (of the speaker who is asked about)
    "content": lambda c: _quote(c, "content"),
    # share of adjacent topic words that are close together in those words
    "content_neighbours": lambda c: _quote(c, "content_neighbours"),
    # the confidence of that quote
    "sure": lambda c: _quote(c, "sure"),
    # share of the sentence that is that quote's words
    "covers": lambda c: _quote(c, "covers"),
    # the quote begins in this sentence
    "begins": lambda c: _quote(c, "begins"),
    # the quote is direct or mixed
    "direct": lambda c: _quote(c, "direct"),
    # the speaker is named at the quote, not found from before
    "recent": lambda c: _quote(c, "recent"),
}

FEATURES = tuple(_MEASURES)
"""The names of the features; most are in 0..1."""


def candidates_of(
    question: Question, terms: Sequence[Term], sentences: Sequence[SentencePayload], most: int | None = None
) -> list[Candidate]:
    """The candidates that hold most of the topic, around them or in themselves; all when ``most`` is None."""
    view = _View(question, terms)
    seen = [Candidate(view, sentence) for sentence in sentences]
    view.most = max((c.matched for c in seen), default=0.0) or 1.0
    for c in seen:
        best = view.articles.get(c.sentence["article"]) or view.titled(c.sentence["title"])
        view.articles[c.sentence["article"]] = list(map(max, best, c.around))
    if most is not None and len(seen) > most:
        places = sorted(range(len(seen)), key=lambda i: (-seen[i].promise, i))[:most]
        seen = [seen[i] for i in sorted(places)]
    return seen
