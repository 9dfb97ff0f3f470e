"""Mentions that are no names: roles ("China’s foreign minister", "his Russian colleague") and pronouns.

Resolved only where the evidence is good: one candidate that fits a role, one person a pronoun can mean.
"""

from knowledge.build.roles import DISTINCT, analyse, core, gender_of_role, is_role
from knowledge.build.story import Cast, Named, Story
from knowledge.build.tree import Tree
from knowledge.text import fold

__all__ = ["find_mentions"]

_HE = frozenset("he him his himself".split())
_SHE = frozenset("she her hers herself".split())
_SUBJECTS = frozenset(("nsubj", "nsubjpass"))
_LIKE_ME = frozenset(("colleague", "counterpart"))
# A pronoun further than this many sentences from the last mention is left alone.
FARTHEST = 4
# Where a description fits two people: how many mentions back to look, and how much oftener one must be named.
LATELY = 5
DOMINANT = 3


def find_mentions(story: Story, cast: Cast) -> None:
    """Add the role and pronoun mentions to ``cast.named``, in the order of the text."""
    if not cast.people:
        return
    roles = [core(person) for person in cast.people]
    by_tree: dict[int, list[Named]] = {}
    for named in cast.named:
        by_tree.setdefault(named.tree, []).append(named)
    seen: list[Named] = []
    for number, tree, inside in story.pieces():
        starts = {named.start: named for named in by_tree.get(number, [])}
        for i, word in enumerate(tree.words):
            if i in starts:
                seen.append(starts[i])
            elif not inside[i]:
                found = None
                if word in _HE or word in _SHE:
                    found = _pronoun(story, cast, seen, number, tree, i)
                elif word == "old" and tree.words[max(0, i - 3) : i] == ["-", "year", "-"]:
                    found = _aged(cast, number, tree, i)
                elif tree.tags[i] == "NN" and is_role(fold(word)):
                    found = _role(cast, roles, seen, number, tree, i)
                if found is not None:
                    seen.append(found)
    cast.named = sorted(seen, key=lambda n: (n.tree, n.start))


def _pronoun(story: Story, cast: Cast, seen: list[Named], number: int, tree: Tree, i: int) -> Named | None:
    """Whom "he" or "she" means: the nearest subject of a fitting gender, unless another fits as well."""
    gender = "m" if tree.words[i] in _HE else "f"
    sentence = tree.sentence[i]
    tiers: dict[int, list[Named]] = {}
    for named in reversed(seen):
        at = story.trees[named.tree].sentence[named.start]
        if sentence - at > FARTHEST:
            break
        if cast.people[named.person].gender in ("", gender) and not named.quoted:
            tiers.setdefault(sentence - at, []).append(named)
    for distance in sorted(tiers):
        choice = _choose(cast, tiers[distance], gender)
        if choice is not None:
            return Named(number, i, i + 1, choice, "pronoun", tree.deps[i] in _SUBJECTS)
        if choice is None and len({named.person for named in tiers[distance]}) > 1:
            return None
    return None


def _choose(cast: Cast, tier: list[Named], gender: str) -> int | None:
    """The person of one sentence that a pronoun can mean: the only one, else the only subject."""
    people = {named.person for named in tier}
    if len(people) == 1:
        return people.pop()
    subjects = {named.person for named in tier if named.subject}
    if len(subjects) == 1:
        return subjects.pop()
    known = {person for person in (subjects or people) if cast.people[person].gender == gender}
    return known.pop() if len(known) == 1 else None


def _role(
    cast: Cast, roles: list[list[tuple[str, str, frozenset[str]]]], seen: list[Named], number: int, tree: Tree, i: int
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


def _fits(role: tuple[str, str, frozenset[str]], noun: str, place: str, rest: frozenset[str]) -> bool:
    """Whether a person's role can be described so: the same noun, no other place, no word that the role lacks."""
    same = role[2] & DISTINCT == rest & DISTINCT
    return role[0] == noun and same and (not place or place == role[1]) and rest <= role[2]


def _owner(seen: list[Named], owner: int | None) -> int | None:
    """Whose colleague: the last person seen as a subject in the sentence."""
    if owner is None:
        return None
    for named in reversed(seen):
        if named.subject or named.kind == "role":
            return named.person
    return None
