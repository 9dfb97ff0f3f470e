"""What is remembered of each chat from one turn to the next."""

from collections import Counter
from dataclasses import dataclass, replace

from bot.actions import letter_of, people_of
from bot.antecedents import spoken_of
from bot.followups import Before
from knowledge.answer import Outcome
from knowledge.answer.carried import Carried, carry
from knowledge.answer.names import Named, one_person
from knowledge.answer.question import Question
from knowledge.index.fields import EntityPayload, SentencePayload
from knowledge.index.search import SearchIndex

__all__ = ["SHOWN_PEOPLE", "Turn", "fitting", "remember"]

SHOWN_PEOPLE = 4
"""Of so many people whom a name may mean the reader is asked which."""

_NEARLY_ALL = 0.8
_PEOPLE = 12
_TOPICAL = 0.3  # a word less likely of the topic is not carried on
_SEEN = 200


@dataclass(slots=True)
class Turn:
    """What a chat is remembered by: its last question, how far into the answer it has got, and what led there.

    ``before`` is the last question that says what it asks about ("why?" does not); ``people`` are those spoken of, the
    latest first; ``seen`` the keys of the sentences shown as answers; ``place`` is the sentence of the answer that was
    shown last, and ``shown`` how many of them the reader has been shown.
    """

    before: Before
    outcome: Outcome
    carried: Carried
    people: tuple[EntityPayload, ...] = ()
    seen: frozenset[int] = frozenset()
    shown: int = 1
    place: int = 0

    def show(self, place: int) -> None:
        """Note that the sentence in this place of the answer has been shown."""
        self.place, self.shown = place, max(self.shown, place + 1)
        self.seen |= {self.outcome.sentences[place]["id"]}

    def lighten(self) -> None:
        """Let go of what no later turn needs: dozens of candidates, where thousands of chats are remembered."""
        self.outcome = replace(self.outcome, ranked=(), evidence={})

    @property
    def current(self) -> SentencePayload | None:
        """The sentence shown last as an answer; None after a refusal, whose nearest sentences are no answer."""
        sentences = self.outcome.sentences
        return sentences[self.place] if self.outcome.answer.answered else None


def remember(index: SearchIndex, turn: Turn | None, question: str, outcome: Outcome) -> Turn:
    """What a chat is remembered by after an answer to a question, asked in full."""
    shown = outcome.sentences[: _count_shown(outcome)]
    near = shown[0] if shown else turn.carried.near if turn else None
    people = spoken_of(index, outcome, turn.people if turn else ())
    # A briefing shows many things of many people; "what else did he say" may well mean one of them.
    new = shown if outcome.answer.kind != "briefing" else ()
    seen = (turn.seen if turn else frozenset()) | {s["id"] for s in new}
    read = outcome.question
    bare = turn is not None and not read.topic and not read.who
    return Turn(
        turn.before if turn is not None and bare else _before(question, read),
        outcome,
        carry(outcome.question, turn.carried if turn else None, near),
        people[:_PEOPLE],
        seen if len(seen) <= _SEEN else frozenset(s["id"] for s in shown),
        shown=len(shown),
    )


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
