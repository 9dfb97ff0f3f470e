"""Mentions that are no full names: pronouns, roles ("China’s foreign minister") and names that several people bear.

The text is read from its beginning, since what each of them means depends on who was named before it. A mention is
resolved only where the evidence is good; what is left out is nobody's.
"""

from collections.abc import Iterator, Set
from itertools import chain

from knowledge.build.descriptions import SURE as SURE_ROLE
from knowledge.build.descriptions import Descriptions, apposed_name, describe
from knowledge.build.referents import Decide, Memory, by_weights
from knowledge.build.roles import after_name, core, gender_of_role, is_person, role_base
from knowledge.build.story import Cast, Named, Shared, Story
from knowledge.build.tree import Tree, is_subject
from knowledge.text import fold

__all__ = ["find_mentions"]

_HE = frozenset("he him his himself".split())
_SHE = frozenset("she her hers herself".split())
_INDEFINITE = frozenset("a an one another".split())
_ASKING = frozenset("ask asks asked asking question questions questioned questioning".split())
_ASKERS = frozenset("questioner interviewer moderator".split())
_SUBJECTS = frozenset(("nsubj", "nsubjpass"))
# How sure a shared name is whose other bearers are ruled out.
SURE = 0.9
_HEADS = frozenset(("nsubj", "nsubjpass", "dobj", "pobj", "dative", "agent"))


def find_mentions(
    story: Story,
    cast: Cast,
    speaking: Set[tuple[int, int]] = frozenset(),
    decide: Decide = by_weights,
    *,
    learn_genders: bool = True,
) -> None:
    """Add the role and pronoun mentions and the shared names to ``cast.named``, in the order of the text.

    ``speaking`` are the heads of the sources of quotes, as (tree, token). ``decide`` tells who is meant.
    With ``learn_genders``, one who is meant by "she" is a woman from there on.
    """
    if cast.people:
        cast.named = sorted(
            _Reader(story, cast, speaking, decide, learn_genders).read(), key=lambda n: (n.tree, n.start)
        )


class _Reader:
    """One reading of one article."""

    def __init__(
        self, story: Story, cast: Cast, speaking: Set[tuple[int, int]], decide: Decide, learn_genders: bool
    ) -> None:
        self._story = story
        self._cast = cast
        self._apposed = dict(_apposed(story, cast))
        self._speaking = {self._apposed.get(head, head) for head in speaking}
        self._decide = decide
        self._learn_genders = learn_genders
        self._memory = Memory(cast.people)
        self._descriptions = Descriptions(story, cast)
        self._seen: list[Named] = []

    def read(self) -> Iterator[Named]:
        """Every mention of a person, in order."""
        names: dict[tuple[int, int], Named | Shared] = {}
        for name in chain[Named | Shared](self._cast.named, self._cast.shared):
            names[name.tree, name.start] = name
        for number, tree, inside in self._story.pieces():
            end = 0
            for i in range(len(tree)):
                known = names.get((number, i))
                if known is None and (i < end or inside[i]):
                    continue
                found = known if isinstance(known, Named) else self._resolve(number, tree, i, known)
                if found is not None:
                    end = found.end
                    self._seen.append(found)
                    spoken = any((number, k) in self._speaking for k in range(found.start, found.end))
                    self._memory.note(tree, found, speaks=spoken)
                    yield found
                elif known is None:
                    self._pass(number, tree, i)

    def _resolve(self, number: int, tree: Tree, i: int, shared: Shared | None) -> Named | None:
        if shared is not None:
            return self._shared(shared, tree)
        if tree.words[i] in _HE or tree.words[i] in _SHE:
            return self._pronoun(number, tree, i)
        return self._described(number, tree, i)

    def _described(self, number: int, tree: Tree, i: int) -> Named | None:
        if self._is_a_body(number, tree, i):
            return None
        description = describe(tree, i) if (number, i) in self._speaking else None
        if description is None or description.age or self._descriptions.like_me(description):
            return self._descriptions.at(number, tree, i, self._seen)
        fits = self._descriptions.fits(description)
        question = self._memory.role(number, tree, description, fits)
        answer = self._decide(question) if question is not None else None
        if answer is None:
            return None
        person, chance = answer
        chance = max(chance, SURE_ROLE) if fits[person].known else chance
        return Named(number, description.start, i + 1, person, "role", tree.deps[i] in _SUBJECTS, chance=chance)

    def _is_a_body(self, number: int, tree: Tree, i: int) -> bool:
        """Whether a noun is somebody with a name that is no person's: "its owner, Acme Lines, said"."""
        return (number, i) not in self._apposed and apposed_name(tree, i) is not None

    def _pronoun(self, number: int, tree: Tree, i: int) -> Named | None:
        gender = "m" if tree.words[i] in _HE else "f"
        if self._memory.is_unnamed(tree.sentence[i], gender, speaks=(number, i) in self._speaking):
            self._memory.unnamed = gender
            return None
        question = self._memory.pronoun(number, tree, i, gender, speaks=(number, i) in self._speaking)
        answer = self._decide(question) if question is not None else None
        if answer is None:
            return None
        person, chance = answer
        if self._learn_genders:
            self._memory.genders[person] = self._memory.genders[person] or gender
        return Named(number, i, i + 1, person, "pronoun", tree.deps[i] in _SUBJECTS, chance=chance)

    def _shared(self, shared: Shared, tree: Tree) -> Named | None:
        people = self._told_apart(shared, tree)
        if not people:
            return None
        answer = (people[0], SURE) if len(people) == 1 else self._decide(self._memory.name(shared, tree, people))
        if answer is None:
            return None
        person, chance = answer
        first, last = tree.span(shared.start, shared.end)
        self._cast.people[person].forms.setdefault(self._story.text[first:last], "last")
        subject = is_subject(tree, shared.start, shared.end)
        quoted = self._story.inside[shared.tree][shared.start]
        return Named(shared.tree, shared.start, shared.end, person, "name", subject, quoted, chance)

    def _told_apart(self, shared: Shared, tree: Tree) -> list[int]:
        """Those who bear a name, without those whom the words next to it rule out: a title, or a "he" that follows.

        "Lee, the union official," is no Lee who is known for something else, even if that leaves none.
        """
        people = list(shared.people)
        titled = [person for person in people if shared.titles & self._cast.people[person].titles]
        said = {base for word in tree.words[slice(*after_name(tree, shared.end))] if (base := role_base(fold(word)))}
        if said and not titled:
            people = [person for person in people if not any(role for role, *_ in core(self._cast.people[person]))]
        people = titled or people
        gender = _pronoun_after(tree, self._story.inside[shared.tree], shared.end)
        same = [person for person in people if self._memory.genders[person] in ("", gender)]
        return same if gender and same else people

    def _pass(self, number: int, tree: Tree, i: int) -> None:
        """Take in a person without a name ("a spokeswoman"), and any other source."""
        if (number, i) in self._apposed:
            return
        speaks = (number, i) in self._speaking
        word = fold(tree.words[i])
        if self._memory.unnamed is not None and (word in _HE or word in _SHE):
            if speaks:
                self._memory.spoken = tree.sentence[i]  # "a man" goes on
            return
        person = tree.tags[i] == "NN" and tree.deps[i] in _HEADS and is_person(word)
        person = person and not self._is_a_body(number, tree, i)
        if (person or speaks) and tree.tags[i] not in ("WP", "WDT"):
            # Who asks is answered by another: "A reporter asked her why. She said ..."
            asks = word in _ASKERS or tree.words[tree.heads[i]] in _ASKING
            indefinite = tree.words[tree.left[i]] in _INDEFINITE and not asks
            gender = gender_of_role(word)
            self._memory.stranger(tree.sentence[i], gender, person=person, speaks=speaks, indefinite=indefinite)


def _apposed(story: Story, cast: Cast) -> Iterator[tuple[tuple[int, int], tuple[int, int]]]:
    """The nouns that a name is an apposition of, each with a token of it: in "its owner, Ann Lee, said" she speaks."""
    for named in cast.named:
        tree = story.trees[named.tree]
        for i in range(named.start, named.end):
            if tree.deps[i] == "appos" and tree.heads[i] < named.start and tree.tags[tree.heads[i]] == "NN":
                yield (named.tree, tree.heads[i]), (named.tree, i)


def _pronoun_after(tree: Tree, inside: list[bool], start: int) -> str:
    """The gender of the first "he" or "she" in the rest of a sentence ("Lee said she would go"), or nothing.

    What stands in quotation marks is told by somebody else's lights ("Lee said, “She lied.”").
    """
    rest = range(start, tree.sentence_bounds(start - 1)[1])
    words = (tree.words[i] for i in rest if not inside[i])
    return next(("m" if word in _HE else "f" for word in words if word in _HE or word in _SHE), "")
