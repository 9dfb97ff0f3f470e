"""The person or group that a source is."""

from knowledge.build.descriptions import apposed_name, describe
from knowledge.build.quotes.anchors import noun_phrase
from knowledge.build.quotes.draft import Draft
from knowledge.build.roles import is_person
from knowledge.build.story import Cast, Named, Story
from knowledge.build.tree import Tree
from knowledge.text import fold

__all__ = ["head_of", "speaker_of"]

_UNKNOWN = frozenset(
    "he she they it we i you who one some many most others several both all few another this that these those him her "
    "them someone his its their my our your".split()
)


def head_of(story: Story, draft: Draft) -> tuple[int, int] | None:
    """The tree and token of the noun or pronoun that speaks, or None without a source."""
    if draft.source is None:
        return None
    number = draft.source_tree if draft.source_tree is not None else draft.tree
    if draft.head is not None:
        return number, draft.head
    start, end = draft.source
    heads = story.trees[number].heads
    return number, max(range(start, end), key=lambda i: (not start <= heads[i] < end, -i))


def _apposed(tree: Tree, named: list[Named], head: int) -> Named | None:
    """The name that says who somebody is: "Ann Lee’s lawyer, Bo Hart"."""
    for name in named:
        if name.kind == "name" and any(
            tree.deps[i] == "appos" and tree.heads[i] == head for i in range(name.start, name.end)
        ):
            return name
    return None


def _name_end(tree: Tree, head: int, end: int) -> int:
    """Where a name ends that something is said of: "Acme Lines, the owner," or "Acme, of Hilltown,"."""
    said = (tree.left[k] for k in tree.kids[head] if k > head and tree.deps[k] in ("appos", "prep", "acl"))
    return min((k - 1 for k in said if k < end and tree.words[k - 1] == ","), default=end)


def speaker_of(story: Story, cast: Cast, draft: Draft) -> tuple[str | None, float]:
    """The speaker of a draft and how sure that is: a person by fullest name, a group as it stands, or None.

    None stands for one person who is not known: a pronoun or a role ("a spokesman") that is nobody's.
    """
    at = head_of(story, draft)
    if at is None or draft.source is None:
        return None, 1.0
    number, head = at
    tree = story.trees[number]
    start, end = draft.source
    if not start <= head < end:
        start, end = noun_phrase(tree, head)
    named = cast.at(number, start, end)
    choice = next((n for n in named if n.start <= head < n.end), None)
    if choice is None or choice.kind == "role":
        choice = _apposed(tree, named, head) or choice  # "the minister, Ann Lee": the name says it better
    if choice is not None:
        return cast.people[choice.person].name, choice.chance
    name = apposed_name(tree, head) if tree.tags[head][:3] != "NNP" else None
    if name is not None:
        start, end = noun_phrase(tree, name)  # "its maker, Lumora Pharma"
        head = name
    words = [tree.words[i] for i in range(start, end)]
    several = any(s.tree == number and s.start <= head < s.end for s in cast.shared)
    role = (tree.tags[head] == "NN" or tree.forms[head].islower()) and is_person(fold(tree.words[head]))
    if several or role or describe(tree, head) is not None or (len(words) == 1 and words[0] in _UNKNOWN):
        return None, 1.0
    if tree.tags[head][:3] == "NNP":
        end = _name_end(tree, head, end)
    first, last = tree.span(start, end)
    return " ".join(story.text[first:last].split()), 0.95
