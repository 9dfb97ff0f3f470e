"""From a question to an answer: reads, retrieves, ranks, decides and cites, in that order."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice

from knowledge.answer.beside import NAMING_REACH, opens_with_pronoun, sentence_naming
from knowledge.answer.briefer import Briefer
from knowledge.answer.carried import Carried, nearer, with_carried
from knowledge.answer.cite import Part, best_quote, cite, denies
from knowledge.answer.decide import (
    Reason,
    confidence,
    evidence_of,
    leaning_confidence,
    leaning_features,
    reason_to_refuse,
    reason_to_refuse_leaning,
    shows_it,
)
from knowledge.answer.introduce import INTRODUCED, find_words, introduction, role_of
from knowledge.answer.names import Namer
from knowledge.answer.question import TELLING, Question, QuestionReader
from knowledge.answer.rank import Ranked, rank
from knowledge.answer.retrieve import Retriever, Term, share_in
from knowledge.answer.scope import Scope
from knowledge.answer.sources import Gathered, gather
from knowledge.answer.spelling import Speller
from knowledge.answer.story import Stories
from knowledge.index.fields import SentencePayload
from knowledge.index.search import SearchIndex
from knowledge.models import Answer, AnswerKind, Citation
from knowledge.text import folded_words, is_stop, normal, words

__all__ = ["Answerer", "Outcome"]

_CANDIDATES = 24
_QUOTES, _QUOTES_ON_TOPIC = 100, 40
_CITATIONS = 10
_NEAREST = 5
_TOPIC_FLOOR = 0.4
_SURELY_THEIRS = 0.6
_NEAR_FLOOR = 0.5
_BRIEFED = 0.9
_OTHER_STORY = 0.6  # of a question's own words, before another article than the one spoken of may answer
_COUNTED = ("number", "money")
_TYPED = ("number", "money", "when", "where", "who")
_REACH = 4
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

    The question as it was understood, the sentences cited, and, for a refusal, its reason; the candidates that were
    ranked, best first, and by name what the confidence rests on. ``named_by`` is the second of the sentences when the
    first opens with a pronoun and that one says whom it means.

    ``leaders`` has for each sentence the place of the first that says the same, in the earliest article; it is empty
    when no two do. ``beside`` are the places of those that have the first's statement otherwise. ``opening`` is how
    many of the sentences say the first thing: those of its group, the one that names whom it means, those beside it.
    """

    answer: Answer
    question: Question
    sentences: tuple[SentencePayload, ...]
    reason: Reason | None = None
    named_by: SentencePayload | None = None
    ranked: tuple[Ranked, ...] = ()
    evidence: Mapping[str, float] = field(default_factory=dict)
    leaders: tuple[int, ...] = ()
    beside: tuple[int, ...] = ()
    opening: int = 1

    def group(self, place: int) -> range:
        """The places of the sentences that say what the one in this place, the first of them, says."""
        end = place + 1
        while end < len(self.leaders) and self.leaders[end] == place:
            end += 1
        return range(place, end)

    @property
    def statements(self) -> list[int]:
        """The places of the sentences that say one thing each, those beside the first left out; none of a refusal."""
        if not self.answer.answered:
            return []
        leading = self.leaders or range(len(self.sentences))
        return [place for place, leader in enumerate(leading) if place == leader and place not in self.beside]


class Answerer:
    """Answers questions from one index; holds no state between questions and may be shared between threads."""

    def __init__(self, index: SearchIndex) -> None:
        self._index = index
        self._speller = speller = Speller(index)
        self._retriever = Retriever(index)
        self._namer = Namer(index, speller)
        self._reader = QuestionReader(speller, self._namer)
        self._briefer = Briefer(index, self._retriever)

    def answer(self, question: str, article: str | None = None) -> Answer:
        """The answer to a question, from all articles or from one."""
        return self.consider(question, article).answer

    def read(self, question: str, article: str | None = None) -> Question:
        """A question as it is understood by itself."""
        return self._reader.read(question, self._scope(article))

    def consider(
        self,
        question: str | Question,
        article: str | None = None,
        carried: Carried | None = None,
        seen: Collection[int] = (),
    ) -> Outcome:
        """The answer with what led to it; ``carried`` is what the turns before lend it, when it leans on them.

        A question that was read already, of the same article, is not read again. What somebody said is answered
        without the sentences ``seen``, by their keys, as long as there are others.
        Never raises for any text; an unknown article id is like an empty one.
        """
        read = self.read(question, article) if isinstance(question, str) else question
        if self._index.frequency("kind", "s") == 0:
            return self._refusal(read, "empty", ())
        if not read.tokens:
            return self._refusal(read, "nothing_asked", ())
        match read.kind:
            case "said":
                return self._said(read, article, seen, carried)
            case "who_is":
                return self._who_is(read, article)
            case "brief":
                return self._brief(read, article)
            case "people":
                return self._people(read, article)
            case _:
                return self._open(read, article) if carried is None else self._leaning(read, article, carried)

    def who(self, text: str, article: str | None = None) -> list[str]:
        """The full names of those whom a bare run of words may name; empty when it names nobody held."""
        tokens = folded_words(text)[:8]
        return [named.entity["name"] for named in self._namer.slot(tokens, self._scope(article))] if tokens else []

    def _scope(self, article: str | None) -> Scope:
        return Scope(self._index, article)

    # -- what did X say (about Y) -----------------------------------------------------------------------------------

    def _said(
        self, question: Question, article: str | None, seen: Collection[int] = (), carried: Carried | None = None
    ) -> Outcome:
        keys = [named.key for named in question.who]
        if not keys and not question.who_typed:
            return self._refusal(question, "unclear_person", ())
        if not keys:
            # A country or a study that is written about, but never speaks, is not unknown.
            named = [
                self._speller.expand(word, self._scope(article))
                for word in question.who_typed.split()
                if not is_stop(word)
            ]
            nearest = self._by_topic(replace(question, topic=(*named, *question.topic)), article)
            mentioned = nearest and named and all(word.known and not word.mended for word in named)
            return self._refusal(question, "not_quoted" if mentioned else "unknown_person", nearest)
        everything = self._candidates(question, article)
        if not everything:
            return self._refusal(question, "not_quoted", self._mentioned(question, article))
        quoted = [s for s in everything if s["id"] not in seen]
        if not quoted:
            return self._refusal(question, "no_more", ())
        fit = question.who[0].score
        terms = self._retriever.terms(question)
        if carried is not None and not question.topic:
            ranked = nearer(self._lent(question, carried, quoted), carried.near)
        else:
            ranked = rank(question, terms, quoted)
        if not question.topic:
            # "What did X warn about" wants the warning first; "say" and "tell" want anything.
            verb = "" if question.verb in TELLING else normal(question.verb)
            best = [r.sentence for r in ranked]
            # What is less surely theirs comes after what surely is.
            best.sort(key=lambda s: (bool(verb) and verb not in s["words"].split(), _doubtful(s, keys)))
            sure = (best_quote(best[0], keys) or {"confidence": 0.0})["confidence"]
            best = self._of_one_group(question, _one_of_each(best, keys), carried)
            outcome = self._answered(question, "quote", best, sure * fit, keys, _CONTENT)
            return replace(outcome, ranked=tuple(ranked))
        # What the sentences around a statement are about, the statement need not be about.
        held = max(r.features["matched"] for r in ranked[:3])
        # A word that could not be read says nothing either way, as long as most of the topic could.
        known = sum(t.rarity for t in terms if t.expansion.known) / (sum(t.rarity for t in terms) or 1.0)
        if known < _KNOWN_FLOOR or held / known < _TOPIC_FLOOR:
            outcome = self._refusal(question, "not_on_topic", self._near(question, ranked, article))
            return replace(outcome, ranked=tuple(ranked))
        if question.verb in TELLING:
            asked = {t.expansion.meant for t in terms}
            ranked.sort(key=lambda r: not _told(r.sentence, keys, asked))  # "tell Y" wants what was said to Y first
        on_topic = [r.sentence for r in ranked if r.features["matched"] >= _TOPIC_FLOOR * known]
        on_topic = self._of_one_group(question, _one_of_each(on_topic, keys), carried)
        outcome = self._answered(question, "quote", on_topic, (0.5 + 0.5 * held) * fit, keys, _CONTENT)
        return replace(outcome, ranked=tuple(ranked))

    def _of_one_group(
        self, question: Question, best: list[SentencePayload], carried: Carried | None
    ) -> list[SentencePayload]:
        """The statements of one story, where who is asked for is "the company", which elsewhere is another.

        The story spoken of, or else that of the best statement.
        """
        if not best or not all(named.common for named in question.who):
            return best
        stories = Stories(self._index)

        def told(story: SentencePayload) -> list[SentencePayload]:
            of_story = (s for s in best if s["article"] == story["article"] or stories.one_cast(s, story))
            return list(islice(of_story, _CITATIONS))  # an answer holds no more

        near = carried.near if carried is not None else None
        return (told(near) if near is not None else []) or told(best[0])

    def _candidates(self, question: Question, article: str | None) -> list[SentencePayload]:
        """What may answer a question: the quotes of whom it asks about, or the sentences on its topic."""
        if question.kind == "said":
            keys = [named.key for named in question.who]
            most = _QUOTES_ON_TOPIC if question.topic else _QUOTES
            return self._retriever.by_speaker(keys, question.topic, article, most) if keys else []
        return self._retriever.by_topic(question, article, _CANDIDATES)

    def _lent(self, question: Question, carried: Carried, quoted: Sequence[SentencePayload]) -> list[Ranked]:
        """Quotes ranked by the topic that the turns before lend ("what would he tell them")."""
        about = replace(question, topic=tuple(expansion for expansion, _ in carried.terms))
        return rank(about if about.topic else question, self._retriever.terms(about), quoted)

    def _mentioned(self, question: Question, article: str | None) -> list[SentencePayload]:
        """Where someone who is not quoted is mentioned: on the topic, or where they are introduced."""
        keys = [named.key for named in question.who]
        found = self._retriever.by_mention(keys, question.topic, article, _QUOTES)
        if question.topic:
            return [r.sentence for r in rank(question, self._retriever.terms(question), found)]
        return sorted(found, key=introduction(question), reverse=True)

    def _near(self, question: Question, ranked: Sequence[Ranked], article: str | None) -> list[SentencePayload]:
        """The nearest to what someone did not say: a sentence on the topic that mentions them, then their quotes."""
        asked = replace(question, kind="open", names=(question.who, *question.names))
        found = [r for r in self._ranked(asked, article)[1][:1] if r.features["context"] >= _NEAR_FLOOR]
        nearest = [r.sentence for r in (*found, *ranked)]
        return list({s["id"]: s for s in nearest}.values())

    # -- who is X ---------------------------------------------------------------------------------------------------

    def _who_is(self, question: Question, article: str | None) -> Outcome:
        keys = [named.key for named in question.who]
        found = self._retriever.by_mention(keys, (), article, _QUOTES)
        found = found or self._retriever.by_speaker(keys, (), article, _QUOTES)
        if not found:
            return self._open(question, article)
        introduces = introduction(question)
        best = sorted(found, key=introduces, reverse=True)
        points, _ = introduces(best[0])
        sure = (0.9 if points >= INTRODUCED else 0.7 if points >= 1 else 0.55) * question.who[0].score
        return self._answered(question, "fact", best, sure, (), (), role_of(question) or "")

    # -- briefings --------------------------------------------------------------------------------------------------

    def _brief(self, question: Question, article: str | None) -> Outcome:
        meant, alone = self._briefer.meant(question, article)
        if not question.topic or alone:
            return self._answered(question, "briefing", self._briefer.story(meant or article), _BRIEFED, (), ())
        ranked = self._ranked(replace(question, kind="open"), article)[1]
        if meant is not None:
            return self._answered(question, "briefing", self._briefer.of_story(meant, ranked), _BRIEFED, (), ())
        chosen = self._briefer.on_topic(ranked)
        if not chosen:
            return self._refusal(question, "nothing_about_this", [r.sentence for r in ranked])
        return self._answered(question, "briefing", chosen, ranked[0].features["context"], (), ())

    def _people(self, question: Question, article: str | None) -> Outcome:
        names = self._briefer.latest(article)
        first: dict[str, SentencePayload] = {}
        for name in names:
            for sentence in sorted(self._retriever.in_article(name, _QUOTES), key=_strength, reverse=True):
                for quote in sentence["quotes"]:
                    if quote["key"]:
                        first.setdefault(quote["key"], sentence)
        if not first:
            return self._refusal(question, "nothing_about_this", [])
        return self._answered(question, "quote", list(first.values()), 0.9, (), _SOURCE)

    # -- everything else --------------------------------------------------------------------------------------------

    def _open(self, question: Question, article: str | None) -> Outcome:
        terms, ranked = self._ranked(question, article)
        if question.wanted in _COUNTED and any(not r.features["no_type"] for r in ranked):
            ranked.sort(key=lambda r: r.features["no_type"])  # how many: only a sentence with a number can say
        evidence = evidence_of(terms, ranked)
        sure = confidence(question, evidence)
        sentences = [r.sentence for r in ranked]
        if reason := reason_to_refuse(question, terms, ranked, evidence, sure):
            outcome = self._refusal(question, reason, sentences, sure)
        elif question.kind == "who_said" and _says_it(sentences[0]):
            outcome = self._answered(question, "quote", sentences, sure, (), _SOURCE)
        else:
            outcome = self._answered(question, "sentence", sentences, sure, (), _PARTS.get(question.wanted, ()))
        return replace(outcome, ranked=tuple(ranked), evidence=evidence)

    def _leaning(self, question: Question, article: str | None, carried: Carried) -> Outcome:
        """The answer to a question that leans on the turns before."""
        whole = replace(
            question,
            topic=(*question.topic, *(e for e, _ in carried.terms)),
            names=(*question.names, *carried.names),
        )
        own = self._retriever.terms(question)
        older = self._retriever.terms(replace(question, topic=tuple(e for e, _ in carried.terms)))
        terms = with_carried(carried, own, older)
        near = carried.near
        candidates = self._retriever.by_topic(whole, article, _CANDIDATES)
        if near is not None:
            around = self._retriever.around(near, _REACH)
            candidates = self._of_same_story({s["id"]: s for s in (*candidates, *around)}.values(), near, own)
        ranked = nearer(rank(replace(whole, topic=tuple(t.expansion for t in terms)), terms, candidates), near)
        if question.wanted in _TYPED and any(not r.features["no_type"] for r in ranked):
            ranked.sort(key=lambda r: r.features["no_type"])
        if near is not None and shows_it(question, own, near):
            ranked.sort(key=lambda r: r.sentence["id"] != near["id"])
        evidence = leaning_features(question, own, terms, ranked, near)
        sure = leaning_confidence(evidence) if ranked else 0.0
        sentences = [r.sentence for r in ranked]
        if reason := reason_to_refuse_leaning(question, own, terms, ranked, near, sure):
            outcome = self._refusal(question, reason, sentences, sure)
        else:
            outcome = self._answered(question, "sentence", sentences, sure, (), _PARTS.get(question.wanted, ()))
        return replace(outcome, ranked=tuple(ranked), evidence=evidence)

    def _of_same_story(
        self, candidates: Iterable[SentencePayload], near: SentencePayload, own: Sequence[Term]
    ) -> list[SentencePayload]:
        """The candidates of the article shown last, and those of others that hold what the question itself asks."""
        return [
            s
            for s in candidates
            if s["article"] == near["article"] or (share_in(own, set(s["words"].split())) or 0.0) >= _OTHER_STORY
        ]

    def _ranked(self, question: Question, article: str | None) -> tuple[list[Term], list[Ranked]]:
        terms = self._retriever.terms(question)
        return terms, rank(question, terms, self._candidates(question, article))

    def _by_topic(self, question: Question, article: str | None) -> list[SentencePayload]:
        """The sentences on a question's topic, whatever its kind."""
        return [r.sentence for r in self._ranked(replace(question, kind="open"), article)[1]]

    # -- results ----------------------------------------------------------------------------------------------------

    def _answered(
        self,
        question: Question,
        kind: AnswerKind,
        sentences: Sequence[SentencePayload],
        sure: float,
        speakers: Collection[str],
        parts: tuple[Part, ...],
        role: str = "",
    ) -> Outcome:
        if not sentences:
            return self._refusal(question, "nothing_about_this", ())
        gathered = self._gathered(question, kind, sentences[:_CITATIONS], speakers)
        named_by = self._named_by(gathered.sentences[0]) if kind == "sentence" else None
        if named_by is not None:
            others = [s for s in gathered.sentences if s["id"] != named_by["id"]]
            gathered = self._gathered(question, kind, others[: _CITATIONS - 1], speakers).naming(named_by)
        sentences = gathered.sentences
        citations = [
            cite(s, speakers=speakers, parts=parts, span=find_words(s, role) if role and not i else None)
            for i, s in enumerate(sentences)
        ]
        answer = Answer(
            question=question.text,
            answered=True,
            confidence=_bounded(sure),
            kind=kind,
            reading=question.reading,
            citations=tuple(citations),
        )
        return Outcome(
            answer,
            question,
            sentences,
            named_by=named_by,
            leaders=gathered.leaders,
            beside=gathered.beside,
            opening=gathered.opening,
        )

    def _gathered(
        self, question: Question, kind: AnswerKind, sentences: Sequence[SentencePayload], speakers: Collection[str]
    ) -> Gathered:
        """What several articles say alike put together; a briefing, and a list of people, have nothing twice."""
        if kind == "briefing" or question.kind == "people":
            return Gathered(tuple(sentences))
        return gather(self._index, question, sentences, speakers)

    def _named_by(self, sentence: SentencePayload) -> SentencePayload | None:
        """The sentence that says whom or what one that opens with a pronoun means."""
        if not opens_with_pronoun(sentence["text"]):
            return None
        around = self._retriever.around(sentence, NAMING_REACH)
        return sentence_naming(sentence, [s for s in around if s["number"] < sentence["number"]])

    def _refusal(
        self, question: Question, reason: Reason, nearest: Iterable[SentencePayload], sure: float = 0.0
    ) -> Outcome:
        # What several articles have word for word is near but once.
        first: dict[str, SentencePayload] = {}
        for sentence in nearest:
            first.setdefault(sentence["text"], sentence)
        nearest = list(first.values())[:_NEAREST]
        citations: list[Citation] = [cite(sentence) for sentence in nearest]
        answer = Answer(
            question=question.text,
            answered=False,
            confidence=min(_bounded(sure), 0.49),
            kind="refusal",
            reading=question.reading,
            nearest=tuple(citations),
        )
        return Outcome(answer, question, tuple(nearest), reason)


def _says_it(sentence: SentencePayload) -> bool:
    """Whether somebody says in a sentence what its quote holds: who denies it does not."""
    quote = best_quote(sentence)
    return quote is not None and not denies(sentence["text"], sentence["start"], quote)


def _doubtful(sentence: SentencePayload, keys: Sequence[str]) -> bool:
    quote = best_quote(sentence, keys)
    return quote is None or quote["confidence"] < _SURELY_THEIRS


def _one_of_each(sentences: list[SentencePayload], keys: Sequence[str]) -> list[SentencePayload]:
    """The best statement of each of the speakers first: when several people fit, none goes unheard."""
    if len(keys) < 2:
        return sentences
    first: dict[str, SentencePayload] = {}
    for sentence in sentences:
        for quote in sentence["quotes"]:
            if quote["key"] in keys:
                first.setdefault(quote["key"], sentence)
    leading = list({s["id"]: s for s in first.values()}.values())
    return [*leading, *(s for s in sentences if s not in leading)]


def _told(sentence: SentencePayload, keys: Collection[str], asked: Collection[str]) -> bool:
    """Whether one of the speakers says something here to someone whose name holds an asked word."""
    addressees = [q["addressee"] for q in sentence["quotes"] if q["key"] in keys and q["addressee"]]
    return any(word in asked for name in addressees for word, _, _ in words(name))


def _strength(sentence: SentencePayload) -> tuple[float, bool, bool, int]:
    quote = best_quote(sentence)
    if quote is None:
        return 0.0, False, False, 0
    return round(quote["confidence"], 1), quote["type"] != "indirect", quote["head"], -sentence["number"]


def _bounded(value: float) -> float:
    return round(min(1.0, max(0.0, value)), 4)
