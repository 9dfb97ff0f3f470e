"""Whom a pronoun or a shared name means: a conditional logit over the people it can mean and "none of them".

The traits are the ones that centering and salience models of anaphora use (Lappin and Leass 1994; Grosz, Joshi and
Weinstein 1995): how far back each person was last named, as what, whether they spoke last, how often they are named.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from knowledge.build.descriptions import Description, Fit
from knowledge.build.story import Named, Shared, Someone
from knowledge.build.tree import Tree
from knowledge.build.weights import likeliest, weigh

__all__ = ["FARTHEST", "Decide", "Memory", "Question", "by_weights"]

# A person not named for this many sentences is no longer meant by a pronoun.
FARTHEST = 12
# Sentences within which "he" is still the one without a name who spoke.
NEAR = 3
# Below these chances nobody is named; a role can be that of somebody without a name more often.
LEAST = {"pronoun": 0.5, "name": 0.5, "role": 0.6}
_NEVER = 10**6
# What fits better than what.
_BETTER = {
    "age": (),
    "exact": (),
    "loose": ("age", "exact"),
    "none": ("age", "exact", "loose"),
    "clash": ("age", "exact", "loose"),
}
_LISTED = frozenset(("CC", ",", "DT", "JJ", "NN", "NNP", "NNS", "NNPS", "POS", "PRP$", "HYPH"))


@dataclass(slots=True)
class _Trace:
    """What the text so far says of one person: the last time they were named outside quotation marks, and how often."""

    sentence: int
    paragraph: int
    tree: int
    start: int
    kind: str
    subject: bool
    phrase: tuple[int, int]
    main: bool = False
    first: bool = False
    count: int = 0
    spoke: int = -_NEVER
    spoke_in: int = -_NEVER


@dataclass(frozen=True, slots=True)
class Question:
    """A mention to resolve: tokens of a tree, the people it can mean and the traits of each."""

    kind: str
    tree: int
    start: int
    end: int
    people: tuple[int, ...]
    traits: tuple[list[str], ...]


Decide = Callable[[Question], tuple[int, float] | None]


def by_weights(question: Question) -> tuple[int, float] | None:
    """The likeliest person and the chance that they are meant, or None when that is too small."""
    best, chance, _ = likeliest([weigh("referent", traits) for traits in question.traits])
    return (question.people[best], chance) if chance >= LEAST[question.kind] else None


@dataclass(slots=True)
class Memory:
    """What has been read so far: who was named when and as what, who spoke last, and who came up without a name.

    ``unnamed`` is the gender of "a man" (or nothing) while the last words were his, and nobody was named since.
    """

    people: Sequence[Someone]
    genders: list[str] = field(default_factory=list)
    traces: dict[int, _Trace] = field(default_factory=dict)
    strangers: list[tuple[int, str]] = field(default_factory=list)
    speaker: int | None = None
    spoken: int = -_NEVER
    by_stranger: bool = False
    unnamed: str | None = None
    last: Named | None = None

    def __post_init__(self) -> None:
        self.genders = [person.gender for person in self.people]

    def note(self, tree: Tree, named: Named, *, speaks: bool) -> None:
        """Take in the next mention."""
        trace = self.traces.get(named.person)
        sentence = tree.sentence[named.start]
        if trace is None:
            trace = _Trace(-_NEVER, -_NEVER, named.tree, named.start, "", subject=False, phrase=(-1, named.person))
            self.traces[named.person] = trace
        trace.count += 1
        if named.quoted:
            return
        trace.sentence, trace.paragraph = sentence, tree.paragraph
        trace.tree, trace.start, trace.kind, trace.subject = named.tree, named.start, named.kind, named.subject
        head = next(
            (i for i in range(named.start, named.end) if not named.start <= tree.heads[i] < named.end), named.start
        )
        trace.phrase = (named.tree, named.start)
        before = self.last
        if before is not None and before.tree == named.tree and _in_one_breath(tree, before.end, named.start):
            trace.phrase = self.traces[before.person].phrase
        self.last = named
        trace.main = tree.deps[head] in ("nsubj", "nsubjpass") and tree.deps[tree.heads[head]] == "ROOT"
        trace.first = not any(t.sentence == sentence for t in self.traces.values() if t is not trace)
        told = tree.deps[head] == "appos" or tree.words[named.start - 1] in (",", "named", "called")
        if speaks or (named.kind != "pronoun" and (told or sentence > self.spoken)):
            self.unnamed = None
        if speaks:
            trace.spoke, trace.spoke_in = sentence, tree.paragraph
            self.speaker, self.spoken, self.by_stranger = named.person, sentence, False

    def stranger(self, sentence: int, gender: str, *, person: bool, speaks: bool, indefinite: bool = False) -> None:
        """Take in somebody (``person``) or something without a name; ``indefinite`` is "a man"."""
        if person:
            self.strangers.append((sentence, gender))
        if speaks:
            self.unnamed = gender if person and indefinite else None
            self.speaker, self.spoken, self.by_stranger = None, sentence, person

    def is_unnamed(self, sentence: int, gender: str, *, speaks: bool) -> bool:
        """Whether "he" or "she" is the one without a name who spoke last: "A man said he was late. He said ..."."""
        if self.unnamed is None or self.unnamed not in ("", gender) or sentence - self.spoken > NEAR:
            return False
        # In his own sentence it may be another's, if that one is named in it: "A friend of Ann Lee said she ..."
        return speaks or (sentence == self.spoken and all(t.sentence < sentence for t in self.traces.values()))

    def pronoun(self, number: int, tree: Tree, i: int, gender: str, *, speaks: bool) -> Question | None:
        """The question whom "he" or "she" means, if anybody can be meant."""
        sentence = tree.sentence[i]
        people = [
            person
            for person, trace in self.traces.items()
            if self.genders[person] in ("", gender) and sentence - trace.sentence <= FARTHEST
        ]
        people = self._unpaired(people)
        if not people:
            return None
        form = "possessive" if tree.tags[i] == "PRP$" else "he" if tree.words[i] in ("he", "she") else "him"
        traits = self._traits(people, number, tree, i, form + (" speaks" if speaks else ""), gender)
        return Question("pronoun", number, i, i + 1, tuple(people), tuple(traits))

    def _unpaired(self, people: list[int]) -> list[int]:
        """Those not last named in one breath with another ("Ann and Eve came. She ..."): neither is meant more."""
        breaths = Counter(self.traces[person].phrase for person in people)
        return [person for person in people if breaths[self.traces[person].phrase] == 1]

    def name(self, shared: Shared, tree: Tree, people: Sequence[int]) -> Question:
        """The question which of some ``people`` a shared name means."""
        traits = self._traits(people, shared.tree, tree, shared.start, "name", "")
        return Question("name", shared.tree, shared.start, shared.end, tuple(people), tuple(traits))

    def role(self, number: int, tree: Tree, description: Description, fits: Sequence[Fit]) -> Question | None:
        """The question whom a description that speaks means, if anybody; ``fits`` are each person's, by number."""
        people = list(self._describable(number, tree, description, fits))
        if any(fits[person].known and self._lately(person, tree.sentence[description.head]) for person in people):
            people = [person for person in people if fits[person].known]
        levels = Counter(fits[person].how for person in people)
        if not people or (levels["loose"] > 1 and not (levels["exact"] or levels["age"]) and _equal(people, fits)):
            return None
        traits = self._traits(people, number, tree, description.head, "role", description.gender)
        owned = "none" if description.owner is None else tree.tags[description.owner]
        noun = description.role[0] or "none"
        for person, own in zip(people, traits, strict=True):
            how, trace = fits[person].how, self.traces.get(person)
            ago = _step(tree.sentence[description.head] - trace.sentence) if trace else "unseen"
            own += [
                f"role fit={how}",
                f"role fit={how} of={min(levels[how], 3)}",
                f"role fit={how} ago={ago}",
                f"role fit={how} best={not any(levels[better] for better in _BETTER[how])}",
                f"role near={round(3 * fits[person].near)} fit={how}",
                f"role owned={owned} fit={how}",
                f"role noun={noun} fit={how}",
                f"role noun={noun}",
                f"role words={min(len(description.words), 4)} fit={how}",
            ]
        return Question("role", number, description.start, description.head + 1, tuple(people), tuple(traits))

    def _describable(self, number: int, tree: Tree, description: Description, fits: Sequence[Fit]) -> Iterator[int]:
        """Those it can mean: lately named, or known to be that; of "his aide" and "the Lee aide" only the latter."""
        owners = {
            person
            for person, trace in self.traces.items()
            if trace.tree == number and description.start <= trace.start <= description.head
        }
        owner = description.owner
        of_somebody = bool(owners) or (owner is not None and (tree.tags[owner] == "PRP$" or owner > description.head))
        for person, gender in enumerate(self.genders):
            lately = self._lately(person, tree.sentence[description.head]) and not of_somebody
            agrees = not description.gender or gender in ("", description.gender)
            if agrees and person not in owners and fits[person].how != "not" and (fits[person].known or lately):
                yield person

    def _lately(self, person: int, sentence: int) -> bool:
        return person in self.traces and sentence - self.traces[person].sentence <= FARTHEST

    def _traits(
        self, people: Sequence[int], number: int, tree: Tree, i: int, kind: str, gender: str
    ) -> list[list[str]]:
        sentence = tree.sentence[i]
        known = [p for p in people if p in self.traces]
        latest = sorted(known, key=lambda p: (-self.traces[p].tree, -self.traces[p].start))
        subjects = [p for p in latest if self.traces[p].subject]
        spoke = sorted((p for p in known if self.traces[p].spoke >= 0), key=lambda p: -self.traces[p].spoke)
        often = sorted(known, key=lambda p: -self.traces[p].count)
        near = sum(sentence - self.traces[p].sentence <= 3 for p in known)
        return [self._of(p, number, tree, i, kind, gender, (latest, subjects, spoke, often), near) for p in people]

    def _of(
        self,
        person: int,
        number: int,
        tree: Tree,
        i: int,
        kind: str,
        gender: str,
        orders: tuple[list[int], ...],
        near: int,
    ) -> list[str]:
        base = kind.partition(" ")[0]
        group = base if base in ("name", "role") else "pronoun"
        trace = self.traces.get(person)
        if trace is None:
            return [f"{group} always", f"{group} unseen"]
        sentence = tree.sentence[i]
        ago = _step(sentence - trace.sentence)
        latest, subjects, spoke, often = (_rank(order, person) for order in orders)
        quiet = _step(sentence - trace.spoke)
        other = "stranger" if self.by_stranger else "other"
        last = "self" if self.speaker == person else other if self.spoken >= trace.sentence else "before"
        strange = sum(at > trace.sentence and g in ("", gender) for at, g in self.strangers)
        clash = trace.tree == number and base != "possessive" and tree.heads[trace.start] == tree.heads[i]
        gap = tree.paragraph - trace.paragraph
        form = tree.words[i] if group == "pronoun" else ""
        opens = i == 0 or tree.sentence[i - 1] != sentence
        return [
            f"{group} always",
            f"{kind} ago={ago}",
            f"{group} latest={latest}",
            f"{group} ago={ago} latest={latest}",
            f"{group} subjects={subjects} ago={ago}",
            f"{kind} as={trace.kind} subject={trace.subject}",
            f"{group} subject={trace.subject} ago={ago}",
            f"{kind} spoke={spoke} {quiet}",
            f"{kind} speaker={last}",
            f"{kind} speaker={last} paragraphs={min(gap, 3)}",
            f"{group} often={often}",
            f"{group} count={_step(trace.count)}",
            f"{group} gender={bool(self.genders[person])}",
            f"{group} strangers={min(strange, 2)}",
            f"{group} rivals={min(near, 3)}",
            f"{group} clash={clash}",
            f"{kind} main={trace.main} ago={ago}",
            f"{kind} first={trace.first} ago={ago}",
            f"{group} first={trace.first} main={trace.main}",
            f"{group} gap={min(gap, 3)} latest={latest}",
            f"{group} form={form} opens={opens}",
        ]


def _equal(people: Sequence[int], fits: Sequence[Fit]) -> bool:
    """Whether nothing tells those a description loosely fits apart: "the Ohio senator", of two senators."""
    near = sorted((fits[person].near for person in people if fits[person].how == "loose"), reverse=True)
    return near[0] == near[1]


def _in_one_breath(tree: Tree, start: int, end: int) -> bool:
    """Whether nothing stands between two names but "and", commas and titles. The parser often gets such lists wrong."""
    between = range(start, end)
    joined = any(tree.words[i] in ("and", "or") for i in between)
    return joined and all(tree.tags[i] in _LISTED for i in between)


def _step(n: int) -> str:
    return next((str(top) for top in (0, 1, 2, 3, 5, 8, 12) if n <= top), "more")


def _rank(order: list[int], person: int) -> str:
    return str(min(order.index(person), 2)) if person in order else "none"
