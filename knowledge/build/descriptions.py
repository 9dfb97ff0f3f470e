"""Whom a definite description means: "China’s foreign minister", "his Russian colleague", "the 71-year-old".

Resolved where it fits one person's roles, or one of the people lately named.
"""

from knowledge.build.roles import DISTINCT, Role, analyse, core, gender_of_role, is_role
from knowledge.build.story import Cast, Named, Story
from knowledge.build.tree import Tree
from knowledge.text import fold

__all__ = ["Descriptions"]

_SUBJECTS = frozenset(("nsubj", "nsubjpass"))
_LIKE_ME = frozenset(("colleague", "counterpart"))
# Where a description fits two people: how many mentions back to look, and how much oftener one must be named.
LATELY = 5
DOMINANT = 3
# Sentences within which a description may say more of a person than their role did.
NEAR = 4


class Descriptions:
    """The roles of an article's people, to find whom a description of a role means."""

    def __init__(self, story: Story, cast: Cast) -> None:
        self._story = story
        self._cast = cast
        self._roles = [core(person) for person in cast.people]

    def at(self, number: int, tree: Tree, i: int, seen: list[Named]) -> Named | None:
        """The mention whose head or age is token ``i``, after the mentions ``seen``."""
        word = tree.words[i]
        if word == "old" and tree.words[max(0, i - 3) : i] == ["-", "year", "-"]:
            return _aged(self._cast, number, tree, i)
        if tree.tags[i] == "NN" and is_role(fold(word)):
            return _role(self._story, self._cast, self._roles, seen, number, tree, i)
        return None


def _role(
    story: Story, cast: Cast, roles: list[list[Role]], seen: list[Named], number: int, tree: Tree, i: int
) -> Named | None:
    """Whom a definite description means: the one person whose role it fits."""
    start = tree.left[i]
    if i - start > 6 or tree.deps[i] in ("compound", "appos", "attr") or tree.words[start] not in ("the", "his", "her"):
        possessed = any(tree.tags[k] == "POS" or tree.tags[k] == "PRP$" for k in range(start, i))
        if not possessed or i - start > 6 or tree.deps[i] in ("compound", "appos", "attr"):
            return None
    if i + 1 < len(tree) and tree.tags[i + 1] in ("NNP", "NNPS"):
        return None
    end = i + 1
    if end + 1 < len(tree) and tree.words[end] == "of":
        end += 2 + (tree.words[end + 1] in ("the", "a"))
    words = [fold(word) for word in tree.words[start:end] if word not in ("'s", "'", "the", "-")]
    subject = tree.deps[i] in _SUBJECTS
    noun, place, rest = analyse(words)
    owner = next((k for k in range(start, i) if tree.tags[k] == "PRP$"), None)
    if noun in _LIKE_ME:
        who = _owner(seen, owner)
        wanted = {role[0] for role in roles[who]} if who is not None else set()
        if not wanted or not place:
            return None
        fitting = [
            n for n, known in enumerate(roles) if n != who and any(r[0] in wanted and r[1] == place for r in known)
        ]
    elif owner is not None:
        return None
    else:
        fitting = [n for n, known in enumerate(roles) if any(_fits(r, noun, place, rest) for r in known)]
        if not fitting:
            # "the Ohio senator", where only a senator, of whatever state, was named just before.
            lately = {n.person for n in seen if tree.sentence[i] - story.trees[n.tree].sentence[n.start] <= NEAR}
            fitting = [n for n in lately if any(_fits_loosely(r, noun, place, rest) for r in roles[n])]
            fitting = fitting if len(fitting) == 1 else []
        gender = gender_of_role(words[-1]) if words else ""
        if gender:
            fitting = [n for n in fitting if cast.people[n].gender in ("", gender)]
    choice = _likeliest(seen, fitting)
    return Named(number, start, i + 1, choice, "role", subject) if choice is not None else None


def _aged(cast: Cast, number: int, tree: Tree, i: int) -> Named | None:
    """Whom "the 71-year-old" means: the one person of whom that age is given."""
    start = i - 4
    if start < 1 or tree.words[start - 1] != "the" or tree.tags[i + 1 : i + 2] in (["NN"], ["NNP"]):
        return None
    fitting = [n for n, person in enumerate(cast.people) if person.age and person.age == tree.words[start]]
    if len(fitting) != 1:
        return None
    subject = any(tree.deps[k] in _SUBJECTS for k in range(start, i + 1))
    return Named(number, start - 1, i + 1, fitting[0], "role", subject)


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
    return role[0] == noun and same and (not place or place == role[1]) and rest <= role[2]


def _fits_loosely(role: Role, noun: str, place: str, rest: frozenset[str]) -> bool:
    """Whether a person's role may be described so: the same noun, and nothing that is against it."""
    same = role[2] & DISTINCT == rest & DISTINCT
    return bool(noun) and role[0] == noun and same and (not place or not role[1] or place == role[1])


def _owner(seen: list[Named], owner: int | None) -> int | None:
    """Whose colleague: the last person seen as a subject in the sentence."""
    if owner is None:
        return None
    for named in reversed(seen):
        if named.subject or named.kind == "role":
            return named.person
    return None
