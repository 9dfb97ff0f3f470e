"""What is remembered of each chat from one turn to the next.

A chat is kept as a small text: what was asked, and the keys of the sentences and people spoken of. What those say is
looked up when the next turn needs it, so that it is what the articles say by then.
"""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from bot.actions import letter_of, people_of
from bot.antecedents import spoken_of
from bot.followups import Before
from knowledge.answer import Answerer, Outcome
from knowledge.answer.carried import Carried, carry
from knowledge.answer.cite import cite
from knowledge.answer.names import Named, one_person
from knowledge.answer.question import Question
from knowledge.index.fields import EntityPayload, SentencePayload
from knowledge.index.search import SearchIndex
from knowledge.models import Answer, AnswerKind, Span

__all__ = ["SHOWN_PEOPLE", "Kept", "Turn", "fitting", "remember"]

SHOWN_PEOPLE = 4
"""Of so many people whom a name may mean the reader is asked which."""

_NEARLY_ALL = 0.8
_PEOPLE = 12
_TOPICAL = 0.3  # a word less likely of the topic is not carried on
_SEEN = 200
_ASKED = 1000  # characters; no more of a question is read


@dataclass(frozen=True, slots=True)
class Kept:
    """What a chat is remembered by: its last question, how far into the answer it has got, and what led there.

    ``before`` is the last question that says what it asks about ("why?" does not), ``topic`` the last that has a topic.
    ``who`` are the keys of those whom the last question may mean. ``sentences`` are those of its answer, by their keys,
    with the spans cited, and ``leaders`` and ``beside`` as in ``Outcome``; ``near`` is the one shown last.
    ``people`` are the keys of those spoken of, the latest first; ``seen`` those of the sentences shown as answers;
    ``place`` is the sentence of the answer that was shown last, and ``shown`` how many of them have been.
    """

    question: str
    who: tuple[str, ...]
    kind: AnswerKind
    before: Before
    topic: str
    sentences: tuple[int, ...]
    spans: tuple[Span | None, ...]
    leaders: tuple[int, ...]
    beside: tuple[int, ...]
    near: int | None
    people: tuple[str, ...]
    seen: frozenset[int]
    shown: int
    place: int

    def text(self) -> str:
        """All of it as JSON in ASCII, some hundred characters."""
        # Not by asdict, which copies all that is in it.
        held = {name: getattr(self, name) for name in self.__slots__}
        held["before"] = {name: getattr(self.before, name) for name in self.before.__slots__}
        return json.dumps(held, default=sorted, separators=(",", ":"))

    @classmethod
    def of(cls, text: str) -> "Kept | None":
        """What ``text`` made of it; None for what another version wrote."""
        try:
            held: dict[str, Any] = json.loads(text)
            before = Before(**{name: _frozen(value) for name, value in held.pop("before").items()})
            values = {name: _frozen(value) for name, value in held.items()}
            values["seen"] = frozenset(values["seen"])
            return cls(before=before, **values)
        except (ValueError, KeyError, TypeError, AttributeError):
            return None


def _frozen(value: Any) -> Any:
    return tuple(map(_frozen, value)) if isinstance(value, list) else value


class Turn:
    """What a chat is remembered by, with what that says by now; ``article`` is the only one spoken of, if one is.

    Sentences that are held no longer are left out of the answer. Not to be changed but by ``show``.
    """

    def __init__(
        self, answerer: Answerer, index: SearchIndex, article: str | None, kept: Kept, outcome: Outcome | None = None
    ) -> None:
        """``outcome`` is the answer as it was given, where it was given just now."""
        self.kept = kept
        self._answerer = answerer
        self._index = index
        self._article = article
        if outcome is not None:
            self.__dict__["outcome"] = outcome

    @property
    def before(self) -> Before:
        """The last question that says what it asks about."""
        return self.kept.before

    @property
    def seen(self) -> frozenset[int]:
        """The keys of the sentences shown as answers."""
        return self.kept.seen

    @cached_property
    def people(self) -> tuple[EntityPayload, ...]:
        """Those spoken of, the latest first."""
        return tuple(entity for key in self.kept.people if (entity := self._index.entity(key)) is not None)

    @cached_property
    def carried(self) -> Carried:
        """What the turns before lend to a question that leans on them."""
        asked = self.outcome.question
        topic = asked if self.kept.topic == asked.text else self._answerer.read(self.kept.topic, self._article)
        near = None if self.kept.near is None else self._index.sentence(self.kept.near)
        return carry(asked, carry(topic, None, None), near)

    @cached_property
    def outcome(self) -> Outcome:
        """The last answer, without what led to it where it was given some time ago."""
        read = self._answerer.read(self.kept.question, self._article)
        question = replace(read, who=tuple(named for named in read.who if named.key in self.kept.who))
        held = {s["id"]: s for key in self.kept.sentences if (s := self._index.sentence(key)) is not None}
        places = {old: new for new, old in enumerate(i for i, key in enumerate(self.kept.sentences) if key in held)}
        first: dict[int, int] = {}  # of each group, the first that is held still
        leaders = []
        for old, new in places.items() if self.kept.leaders else ():
            leaders.append(first.setdefault(self.kept.leaders[old], new))
        sentences = tuple(held.values())
        answered = self.kept.kind != "refusal"
        speakers = self.kept.who if self.kept.kind == "quote" and question.kind == "said" else ()
        cited = tuple(
            cite(sentence, speakers=speakers, span=self.kept.spans[old] if answered else None)
            for old, sentence in zip(places, sentences, strict=True)
        )
        answer = Answer(
            question=question.text,
            answered=answered,
            confidence=0.0,
            kind=self.kept.kind,
            reading=question.reading,
            citations=cited if answered else (),
            nearest=() if answered else cited,
        )
        beside = tuple(places[place] for place in self.kept.beside if place in places)
        return Outcome(answer, question, sentences, leaders=tuple(leaders), beside=beside)

    @property
    def current(self) -> int | None:
        """The key of the sentence shown last as an answer; None after a refusal, whose nearest sentences are none."""
        return self.kept.sentences[self.kept.place] if self.kept.kind != "refusal" else None

    @property
    def place(self) -> int | None:
        """The place in ``outcome`` of the sentence shown last; None when it is no answer, or not held any more."""
        return next((i for i, s in enumerate(self.outcome.sentences) if s["id"] == self.current), None)

    @property
    def next(self) -> int | None:
        """The place in ``outcome`` of the first statement that has not been shown; None when all have."""
        later = set(self.kept.sentences[self.kept.shown :])
        return next((i for i in self.outcome.statements if self.outcome.sentences[i]["id"] in later), None)

    def show(self, places: Sequence[int]) -> None:
        """Note that the sentences in these places of the answer have been shown, the first of them as the answer."""
        keys = [self.outcome.sentences[place]["id"] for place in places]
        held = [self.kept.sentences.index(key) for key in keys]
        shown = max(self.kept.shown, *(place + 1 for place in held))
        self.kept = replace(self.kept, place=held[0], shown=shown, seen=self.kept.seen | set(keys))


def remember(
    answerer: Answerer, index: SearchIndex, article: str | None, turn: Turn | None, question: str, outcome: Outcome
) -> Turn:
    """What a chat is remembered by after an answer to a question, asked in full."""
    shown = outcome.sentences[: _count_shown(outcome)]
    near = shown[0]["id"] if shown else turn.kept.near if turn else None
    people = spoken_of(index, outcome, turn.people if turn else ())
    # A briefing shows many things of many people; "what else did he say" may well mean one of them.
    new = shown if outcome.answer.kind != "briefing" else ()
    seen = (turn.seen if turn else frozenset()) | {s["id"] for s in new}
    read = outcome.question
    bare = turn is not None and not read.topic and not read.who
    answer = outcome.answer
    kept = Kept(
        question=read.text,
        who=tuple(named.key for named in read.who),
        kind=answer.kind,
        before=turn.before if turn is not None and bare else _before(question[:_ASKED], read),
        topic=turn.kept.topic if turn is not None and not read.topic else read.text,
        sentences=tuple(s["id"] for s in outcome.sentences),
        spans=tuple(citation.span for citation in answer.citations),
        leaders=outcome.leaders,
        beside=outcome.beside,
        near=near,
        people=tuple(entity["key"] for entity in people[:_PEOPLE]),
        seen=seen if len(seen) <= _SEEN else frozenset(s["id"] for s in shown),
        shown=len(shown),
        place=0,
    )
    return Turn(answerer, index, article, kept, outcome)


def _before(text: str, question: Question) -> Before:
    """A question, for those that lean on it; the people in its topic whom it can be asked of others instead."""
    people = sorted(question.names, key=lambda run: not (run[0].entity["gender"] or run[0].entity["role"]))
    several = any(not one_person(question.who[0].entity, named.entity) for named in question.who)
    return Before(
        text,
        question.kind,
        # Where several fit, it is asked again of all of them.
        (question.who_typed if several else question.who[0].entity["name"]) if question.who else None,
        " ".join(e.meant for e in question.topic if e.topical >= _TOPICAL),
        tuple(" ".join(question.tokens_of(run)) for run in people),
    )


def _count_shown(outcome: Outcome) -> int:
    """How many of an answer's sentences its first reply shows."""
    if not outcome.answer.answered:
        return 0
    if outcome.answer.kind == "briefing" or outcome.question.kind == "people":
        return len(outcome.sentences)
    if len(people := fitting(outcome)) > 1:
        return max(outcome.sentences.index(sentence) for _, _, sentence in people[:SHOWN_PEOPLE]) + 1
    return 1 if outcome.named_by is None else 2


def fitting(outcome: Outcome) -> list[tuple[str, str, SentencePayload]]:
    """The people whom a question may mean, each with the first sentence of the answer that is theirs.

    One whose name articles write in several ways is one; and where nearly all of the answer is one's, it is they.
    """
    letter = letter_of(outcome.question.kind)
    who: dict[str, Named] = {}
    first: dict[str, SentencePayload] = {}
    shares: Counter[str] = Counter()
    for named in outcome.question.who:
        own = [s for s in outcome.sentences if named.key in people_of(letter, s)]
        key = next((key for key, held in who.items() if one_person(held.entity, named.entity)), named.key)
        shares[key] += len(own)
        if own and key not in who:
            who[key], first[key] = named, own[0]
    names = Counter(named.entity["name"] for named in who.values())
    found = [(key, _called(who[key].entity, names), first[key]) for key in who]
    most = shares.most_common(1)
    return found if not most or most[0][1] < _NEARLY_ALL * len(outcome.sentences) else found[:1]


def _called(entity: EntityPayload, names: Counter[str]) -> str:
    """What to call one of several people: by the name and, where others have it too, the role."""
    return f"{entity['name']}, {entity['role']}" if names[entity["name"]] > 1 and entity["role"] else entity["name"]
