"""Definite descriptions: "China’s foreign minister", "his Russian colleague", "the 71-year-old", and whom they fit.

Whom one means is decided in ``referents`` where it speaks. Elsewhere it is resolved only where it fits one person's
roles, or one of the people lately named.
"""

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property

from knowledge.build.roles import DISTINCT, Role, analyse, core, gender_of_role, is_person, is_role
from knowledge.build.story import Cast, Named, Story
from knowledge.build.tree import Tree
from knowledge.text import fold

__all__ = ["SURE", "Description", "Descriptions", "Fit", "apposed_name", "describe"]

_SUBJECTS = frozenset(("nsubj", "nsubjpass"))
_LIKE_ME = frozenset(("colleague", "counterpart"))
# Nouns that are one person's only with a capital ("the Ohio Republican").
_PARTISANS = frozenset("republican democrat conservative liberal libertarian socialist independent".split())
# Where a description fits two people: how many mentions back to look, and how much oftener one must be named.
LATELY = 5
DOMINANT = 3
# Sentences within which a description may say more of a person than their role did.
NEAR = 4
# What "for" and "to" name is whom somebody serves; "of" may name a place or a body ("the mayor of Hilltown").
_WHOM = {False: ("NNP", "NNPS", "PRP"), True: ("PRP",)}
# Tokens before the noun at most.
LONGEST = 8
# How sure a description is, at least, whose person the article says to be that.
SURE = 0.85


@dataclass(frozen=True, slots=True)
class Description:
    """Tokens ``[start, head]`` that describe one person, and what they say: folded words, role and gender.

    ``role`` takes in what follows ("of France"). ``owner`` is the token of whose ("his wife", "Ann Lee’s lawyer");
    ``age`` is what "the 71-year-old" says.
    """

    start: int
    head: int
    words: tuple[str, ...]
    role: Role
    gender: str
    owner: int | None = None
    age: str = ""


@dataclass(frozen=True, slots=True)
class Fit:
    """How a description fits a person: "age", "exact", "loose" (nothing against it), "clash" (of another role), "none".

    "not" is one whom it cannot mean: "the former mayor" of who has just become it.
    ``near`` is the share (0..1) of its words that stand in the sentences that name the person.
    """

    how: str
    near: float

    @property
    def known(self) -> bool:
        """Whether the article says that the person is that."""
        return self.how in ("age", "exact")


def describe(tree: Tree, i: int) -> Description | None:
    """The description whose head is token ``i``, or None: indefinite, part of a name, or not of a person."""
    if tree.words[i] == "old" and tree.words[max(0, i - 3) : i] == ["-", "year", "-"]:
        start = i - 5
        if start < 0 or tree.words[start] != "the" or tree.tags[i + 1 : i + 2] in (["NN"], ["NNP"]):
            return None
        return Description(start, i, (), ("", "", frozenset()), "", age=tree.words[i - 4])
    if tree.tags[i] not in ("NN", "NNP"):
        return None
    word = fold(tree.words[i])
    common = tree.tags[i] == "NN" or tree.forms[i].islower()  # the model takes some for a name
    if word not in _PARTISANS and not (common and is_person(word)):
        return None
    start = tree.left[i]
    possessed = any(tree.tags[k] in ("POS", "PRP$") for k in range(start, i))
    definite = possessed or tree.words[start] in ("the", "his", "her")
    if i - start > LONGEST or not definite or tree.deps[i] in ("compound", "appos", "attr"):
        return None
    if i + 1 < len(tree) and tree.tags[i + 1] in ("NNP", "NNPS"):
        return None
    end = i + 1
    if end + 1 < len(tree) and tree.words[end] == "of":
        end += 2 + (tree.words[end + 1] in ("the", "a"))
    words = [fold(word) for word in tree.words[start:end] if word not in ("'s", "'", "the", "-")]
    gender = gender_of_role(words[-1]) if words else ""
    owner = next((k for k in range(start, i) if tree.tags[k] == "PRP$" or tree.deps[k] == "poss"), None)
    owner = owner if owner is not None else _served(tree, i)
    return Description(start, i, tuple(words), analyse(words), gender, owner)


def _served(tree: Tree, i: int) -> int | None:
    """Whose, by a preposition or a name before the noun: "the lawyer for Ann Lee", "the Lee aide"."""
    for kid in tree.kids[i]:
        whom = tree.kid(kid, "pobj") if kid > i and tree.words[kid] in ("for", "to", "of") else None
        if whom is not None and (tree.tags[whom] in _WHOM[tree.words[kid] == "of"] or _is_named(tree, whom)):
            return whom
    return next((k for k in range(tree.left[i], i) if _is_named(tree, k)), None)


def _is_named(tree: Tree, i: int) -> bool:
    return any(e.label == "PERSON" and e.start <= i < e.end for e in tree.entities)


def apposed_name(tree: Tree, i: int) -> int | None:
    """The last token of the name that says who or what the noun ``i`` is: "its owner, Acme Lines, said"."""
    return next((k for k in tree.kids[i] if k > i and tree.deps[k] == "appos" and _says_which(tree, k)), None)


def _says_which(tree: Tree, k: int) -> bool:
    """Whether a name is one: not what somebody is ("the mayor, a Democrat,") and no day or people."""
    label = next((e.label for e in tree.entities if e.start <= k < e.end), "")
    indefinite = tree.words[tree.left[k]] in ("a", "an")
    named = tree.tags[k][:3] == "NNP" and tree.forms[k][:1].isupper() and fold(tree.words[k]) not in _PARTISANS
    return named and not indefinite and label not in ("NORP", "DATE", "TIME")


class Descriptions:
    """The roles of an article's people, and the words of the sentences that name them."""

    def __init__(self, story: Story, cast: Cast) -> None:
        self._story = story
        self._cast = cast
        self._roles = [core(person) for person in cast.people]

    @cached_property
    def _words(self) -> dict[int, set[str]]:
        """The folded words of the sentences that name each person: put together once a description asks for them."""
        sentences: dict[tuple[int, int], set[str]] = {}
        found: dict[int, set[str]] = defaultdict(set)
        for named in self._cast.named:
            tree = self._story.trees[named.tree]
            bounds = tree.sentence_bounds(named.start)
            if (named.tree, bounds[0]) not in sentences:
                sentences[named.tree, bounds[0]] = {fold(word) for word in tree.words[slice(*bounds)]}
            found[named.person] |= sentences[named.tree, bounds[0]]
        return found

    def at(self, number: int, tree: Tree, i: int, seen: list[Named]) -> Named | None:
        """The mention whose head is token ``i``, after the mentions ``seen``, by the people's roles and ages alone."""
        description = describe(tree, i)
        if description is None or not (description.age or is_role(fold(tree.words[i]))):
            return None
        if self.like_me(description):
            fitting = self._alike(description, seen)
        elif description.owner is not None and tree.tags[description.owner] == "PRP$":
            return None
        else:
            fits = self.fits(description)
            fitting = [n for n, fit in enumerate(fits) if fit.known]
            if not fitting:
                # "the Ohio senator", where only a senator, of whatever state, was named just before.
                sentence = tree.sentence[i]
                lately = {n.person for n in seen if sentence - self._story.trees[n.tree].sentence[n.start] <= NEAR}
                fitting = [n for n in lately if fits[n].how == "loose"]
                fitting = fitting if len(fitting) == 1 else []
            if description.gender:
                fitting = [n for n in fitting if self._cast.people[n].gender in ("", description.gender)]
        choice = _likeliest(seen, fitting)
        if choice is None:
            return None
        return Named(number, description.start, i + 1, choice, "role", tree.deps[i] in _SUBJECTS, chance=SURE)

    def fits(self, description: Description) -> list[Fit]:
        """How a description fits each person, by number."""
        words = {word for word in description.words if word.isalpha()}
        found = []
        for person, known in enumerate(self._roles):
            age = self._cast.people[person].age
            if description.age:
                how = "none" if not age else "age" if age == description.age else "clash"
            else:
                how = _how(known, description.role)
            found.append(Fit(how, len(words & self._words[person]) / len(words) if words else 0.0))
        return found

    def like_me(self, description: Description) -> bool:
        """Whether it is somebody's "colleague" or "counterpart", whose role is the other one's."""
        return description.role[0] in _LIKE_ME

    def _alike(self, description: Description, seen: list[Named]) -> list[int]:
        """Those of the described place who are what the last subject is: "his Russian colleague"."""
        who = next((n.person for n in reversed(seen) if n.subject or n.kind == "role"), None)
        place = description.role[1]
        if description.owner is None or who is None or not place:
            return []
        wanted = {role[0] for role in self._roles[who]}
        return [
            n
            for n, known in enumerate(self._roles)
            if n != who and any(role[0] in wanted and role[1] == place for role in known)
        ]


def _how(known: list[Role], described: Role) -> str:
    noun, place, rest = described
    if any(_fits(role, noun, place, rest) for role in known):
        return "exact"
    if "former" in rest and any(role[0] == noun and "new" in role[2] for role in known):
        return "not"
    if any(_fits_loosely(role, noun, place, rest) for role in known):
        return "loose"
    return "clash" if known else "none"


def _likeliest(seen: list[Named], fitting: list[int]) -> int | None:
    """The one of several people a description fits: the only one named lately, or the one the article is about."""
    if len(fitting) < 2:
        return fitting[0] if fitting else None
    lately = {named.person for named in seen[-LATELY:]} & set(fitting)
    if len(lately) == 1:
        return lately.pop()
    counts = sorted(((sum(named.person == person for named in seen), person) for person in fitting), reverse=True)
    return counts[0][1] if counts[0][0] >= DOMINANT * max(counts[1][0], 1) else None


def _fits(role: Role, noun: str, place: str, rest: frozenset[str]) -> bool:
    """Whether a person's role can be described so: the same noun, no other place, no word that the role lacks."""
    same = role[2] & DISTINCT == rest & DISTINCT
    return bool(noun) and role[0] == noun and same and (not place or place == role[1]) and rest <= role[2]


def _fits_loosely(role: Role, noun: str, place: str, rest: frozenset[str]) -> bool:
    """Whether a person's role may be described so: the same noun, and nothing that is against it."""
    same = role[2] & DISTINCT == rest & DISTINCT
    return bool(noun) and role[0] == noun and same and (not place or not role[1] or place == role[1])
