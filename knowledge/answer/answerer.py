"""From a question to an answer: reads, retrieves, ranks, decides and cites, in that order."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from knowledge.answer.brief import brief
from knowledge.answer.cite import Part, best_quote, cite
from knowledge.answer.decide import Reason, confidence, reason_to_refuse
from knowledge.answer.names import Namer
from knowledge.answer.question import Question, QuestionReader
from knowledge.answer.rank import Ranked, rank
from knowledge.answer.retrieve import Retriever, Term
from knowledge.answer.spelling import Speller
from knowledge.index.fields import SentencePayload
from knowledge.index.search import SearchIndex
from knowledge.models import Answer, AnswerKind, Citation, Span
from knowledge.text import is_stop, normal, words

__all__ = ["Answerer", "Outcome"]

_CANDIDATES = 40
_QUOTES = 100
_CITATIONS = 10
_NEAREST = 5
_TOPIC_FLOOR = 0.4
_COUNTED = ("number", "money")
_TELLING = ("tell", "tells", "told", "say", "says", "said")
_KNOWN_FLOOR = 0.35
_CONTENT: tuple[Part, ...] = ("content",)
_SOURCE: tuple[Part, ...] = ("source",)
_PARTS: dict[str, tuple[Part, ...]] = {
    "when": ("time",),
    "where": ("place",),
    "number": ("number",),
    "money": ("number",),
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """An answer with what led to it.

    The question as it was understood, the sentences cited, and, for a refusal, its reason.
    """

    answer: Answer
    question: Question
    sentences: tuple[SentencePayload, ...]
    reason: Reason | None = None


class Answerer:
    """Answers questions from one index; holds no state between questions and may be shared between threads."""

    def __init__(self, index: SearchIndex) -> None:
        self._index = index
        self._speller = speller = Speller(index)
        self._retriever = Retriever(index)
        self._namer = Namer(index, speller)
        self._reader = QuestionReader(speller, self._namer)

    def answer(self, question: str, article: str | None = None) -> Answer:
        """The answer to a question, from all articles or from one."""
        return self.consider(question, article).answer

    def consider(self, question: str, article: str | None = None) -> Outcome:
        """The answer with what led to it. Never raises for any text; an unknown article id is like an empty one."""
        read = self._reader.read(question, self._accept(article))
        if self._index.frequency("kind", "s") == 0:
            return self._refusal(read, "empty", ())
        if not read.tokens:
            return self._refusal(read, "nothing_asked", ())
        match read.kind:
            case "said":
                return self._said(read, article)
            case "who_is":
                return self._who_is(read, article)
            case "brief":
                return self._brief(read, article)
            case "people":
                return self._people(read, article)
            case _:
                return self._open(read, article)

    def who(self, text: str, article: str | None = None) -> list[str]:
        """The keys of those whom a bare run of words may name; empty when it names nobody held."""
        tokens = [word for word, _, _ in words(text)][:8]
        return [named.key for named in self._namer.slot(tokens, self._accept(article))] if tokens else []

    def _accept(self, article: str | None) -> Callable[[str], bool]:
        if article is None:
            return lambda _: True
        return lambda key: self._retriever.occurs(key, article)

    # -- what did X say (about Y) -----------------------------------------------------------------------------------

    def _said(self, question: Question, article: str | None) -> Outcome:
        keys = [named.key for named in question.who]
        if not keys and not question.who_typed:
            return self._refusal(question, "unclear_person", ())
        if not keys:
            # A country or a study that is written about, but never speaks, is not unknown.
            named = [self._speller.expand(word) for word in question.who_typed.split() if not is_stop(word)]
            nearest = self._by_topic(replace(question, topic=(*named, *question.topic)), article)
            mentioned = nearest and all(word.known and not word.mended for word in named)
            return self._refusal(question, "not_quoted" if mentioned else "unknown_person", nearest)
        quoted = self._retriever.by_speaker(keys, question.topic, article, _QUOTES)
        if not quoted:
            mentioned = self._retriever.by_mention(keys, question.topic, article, _QUOTES)
            return self._refusal(question, "not_quoted", sorted(mentioned, key=_introduction(question), reverse=True))
        fit = question.who[0].score
        if not question.topic:
            # "What did X warn about" wants the warning first; "say" and "tell" want anything.
            verb = normal(question.verb) if not is_stop(question.verb) else ""
            best = sorted(quoted, key=lambda s: (verb in s["words"].split(), _strength(s, keys)), reverse=True)
            sure = (best_quote(best[0], keys) or {"confidence": 0.0})["confidence"]
            return self._answered(question, "quote", best, sure * fit, keys, _CONTENT)
        terms = self._retriever.terms(question)
        ranked = rank(question, terms, quoted)
        # What the sentences around a statement are about, the statement need not be about.
        held = max(r.feature("matched") for r in ranked[:3])
        # A word that could not be read says nothing either way, as long as most of the topic could.
        known = sum(t.rarity for t in terms if t.expansion.known) / (sum(t.rarity for t in terms) or 1.0)
        if known < _KNOWN_FLOOR or held / known < _TOPIC_FLOOR:
            return self._refusal(question, "not_on_topic", [r.sentence for r in ranked])
        if question.verb in _TELLING:
            asked = {t.expansion.meant for t in terms}
            ranked.sort(key=lambda r: not _told(r.sentence, keys, asked))  # "tell Y" wants what was said to Y first
        on_topic = [r.sentence for r in ranked if r.feature("matched") >= _TOPIC_FLOOR * known]
        return self._answered(question, "quote", on_topic, (0.5 + 0.5 * held) * fit, keys, _CONTENT)

    # -- who is X ---------------------------------------------------------------------------------------------------

    def _who_is(self, question: Question, article: str | None) -> Outcome:
        keys = [named.key for named in question.who]
        found = self._retriever.by_mention(keys, (), article, _QUOTES)
        found = found or self._retriever.by_speaker(keys, (), article, _QUOTES)
        if not found:
            return self._open(question, article)
        introduces = _introduction(question)
        best = sorted(found, key=introduces, reverse=True)
        has_role, has_name, _ = introduces(best[0])
        sure = (0.9 if has_role else 0.7 if has_name else 0.55) * question.who[0].score
        role = _role(question)
        span = _find(best[0], role) if has_role and role else None
        return self._answered(question, "fact", best, sure, (), (), span)

    # -- briefings --------------------------------------------------------------------------------------------------

    def _brief(self, question: Question, article: str | None) -> Outcome:
        if question.topic:
            ranked = self._ranked(question, article)[1]
            held = [r for r in ranked if r.feature("context") >= 0.5]
            if not held:
                return self._refusal(question, "nothing_about_this", [r.sentence for r in ranked])
            chosen = [s for name in dict.fromkeys(r.sentence["article"] for r in held) for s in _of(name, held)][:7]
            return self._answered(question, "briefing", chosen, held[0].feature("context"), (), ())
        chosen = self._story(article)
        return self._answered(question, "briefing", chosen, 0.9, (), ())

    def _story(self, article: str | None) -> list[SentencePayload]:
        names = [article] if article is not None else self._latest()
        if len(names) == 1:
            return brief(self._retriever.in_article(names[0], _QUOTES))
        return [s for name in names[:7] for s in self._retriever.in_article(name, 1)]

    def _latest(self) -> list[str]:
        meta = self._index.meta()
        return meta["latest"] if meta else []

    def _people(self, question: Question, article: str | None) -> Outcome:
        names = [article] if article is not None else self._latest()
        first: dict[str, SentencePayload] = {}
        for name in names:
            for sentence in sorted(
                self._retriever.in_article(name, _QUOTES), key=lambda s: _strength(s, ()), reverse=True
            ):
                for quote in sentence["quotes"]:
                    if quote["key"]:
                        first.setdefault(quote["key"], sentence)
        if not first:
            return self._refusal(question, "nothing_about_this", [])
        return self._answered(question, "quote", list(first.values()), 0.9, (), _SOURCE)

    # -- everything else --------------------------------------------------------------------------------------------

    def _open(self, question: Question, article: str | None) -> Outcome:
        terms, ranked = self._ranked(question, article)
        if question.wanted in _COUNTED and any(not r.feature("no_type") for r in ranked):
            ranked.sort(key=lambda r: r.feature("no_type"))  # how many: only a sentence with a number can say
        sure = confidence(question, terms, ranked)
        sentences = [r.sentence for r in ranked]
        if reason := reason_to_refuse(question, terms, ranked, sure, self._index.frequency("kind", "s")):
            return self._refusal(question, reason, sentences, sure)
        if question.kind == "who_said" and best_quote(sentences[0]) is not None:
            return self._answered(question, "quote", sentences, sure, (), _SOURCE)
        return self._answered(question, "sentence", sentences, sure, (), _PARTS.get(question.wanted, ()))

    def _ranked(self, question: Question, article: str | None) -> tuple[list[Term], list[Ranked]]:
        terms = self._retriever.terms(question)
        return terms, rank(question, terms, self._retriever.by_topic(question, article, _CANDIDATES))

    def _by_topic(self, question: Question, article: str | None) -> list[SentencePayload]:
        return [r.sentence for r in self._ranked(question, article)[1]]

    # -- results ----------------------------------------------------------------------------------------------------

    def _answered(
        self,
        question: Question,
        kind: AnswerKind,
        sentences: Sequence[SentencePayload],
        sure: float,
        speakers: Collection[str],
        parts: tuple[Part, ...],
        span: Span | None = None,
    ) -> Outcome:
        if not sentences:
            return self._refusal(question, "nothing_about_this", ())
        sentences = sentences[:_CITATIONS]
        citations = [
            cite(self._index, sentence, speakers=speakers, parts=parts, span=span if i == 0 else None)
            for i, sentence in enumerate(sentences)
        ]
        answer = Answer(
            question=question.text,
            answered=True,
            confidence=_bounded(sure),
            kind=kind,
            reading=question.reading,
            citations=tuple(citations),
        )
        return Outcome(answer, question, tuple(sentences))

    def _refusal(
        self, question: Question, reason: Reason, nearest: Iterable[SentencePayload], sure: float = 0.0
    ) -> Outcome:
        nearest = list(nearest)[:_NEAREST]
        citations: list[Citation] = [cite(self._index, sentence) for sentence in nearest]
        answer = Answer(
            question=question.text,
            answered=False,
            confidence=min(_bounded(sure), 0.49),
            kind="refusal",
            reading=question.reading,
            nearest=tuple(citations),
        )
        return Outcome(answer, question, tuple(nearest), reason)


def _told(sentence: SentencePayload, keys: Collection[str], asked: Collection[str]) -> bool:
    """Whether one of the speakers says something here to someone whose name holds an asked word."""
    addressees = [q["addressee"] for q in sentence["quotes"] if q["key"] in keys and q["addressee"]]
    return any(word in asked for name in addressees for word, _, _ in words(name))


def _role(question: Question) -> str | None:
    return next((named.entity["role"] for named in question.who if named.entity["role"]), None)


def _introduction(question: Question) -> Callable[[SentencePayload], tuple[bool, bool, int]]:
    """A key that puts sentences which say who somebody is first, then those with the full name, then the earlier."""
    role, name = (_role(question) or "").casefold(), question.who[0].entity["name"].casefold()

    def key(sentence: SentencePayload) -> tuple[bool, bool, int]:
        text = sentence["text"].casefold()
        return bool(role) and role in text, name in text, -sentence["number"]

    return key


def _strength(sentence: SentencePayload, keys: Collection[str]) -> tuple[float, bool, bool, int]:
    quote = best_quote(sentence, keys)
    if quote is None:
        return 0.0, False, False, 0
    return round(quote["confidence"], 1), quote["type"] != "indirect", quote["head"], -sentence["number"]


def _of(article: str, ranked: Sequence[Ranked]) -> list[SentencePayload]:
    return sorted((r.sentence for r in ranked if r.sentence["article"] == article), key=lambda s: s["number"])


def _find(sentence: SentencePayload, part: str) -> Span | None:
    """Where a stretch of words stands in a sentence, however it is written."""
    wanted = [word for word, _, _ in words(part)]
    held = words(sentence["text"])
    for i in range(len(held) - len(wanted) + 1):
        run = held[i : i + len(wanted)]
        if wanted and [word for word, _, _ in run] == wanted:
            return sentence["start"] + run[0][1], sentence["start"] + run[-1][2]
    return None


def _bounded(value: float) -> float:
    return round(min(1.0, max(0.0, value)), 4)
