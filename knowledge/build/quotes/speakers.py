"""The person or group that a source is."""

from knowledge.build.quotes.anchors import noun_phrase
from knowledge.build.quotes.draft import Draft
from knowledge.build.story import Cast, Story

__all__ = ["SURE", "speaker_of"]

_UNKNOWN = frozenset(
    "he she they it we i you who one some many most others several both all few another this that these those him her "
    "them someone people critics".split()
)

SURE = {"name": 1.0, "role": 0.85, "pronoun": 0.8}


def speaker_of(story: Story, cast: Cast, draft: Draft) -> tuple[str | None, float]:
    """The speaker of a draft and how sure that is: a person by fullest name, a group as it stands, or None."""
    if draft.source is None:
        return None, 0.7
    number = draft.source_tree if draft.source_tree is not None else draft.tree
    tree = story.trees[number]
    start, end = draft.source
    named = cast.at(number, start, end)
    head = draft.head
    if head is None or (not named and not start <= head < end):
        named = named or (cast.at(number, *noun_phrase(tree, head)) if head is not None else [])
    if head is None:
        head = max(range(start, end), key=lambda i: (not start <= tree.heads[i] < end, -i))
    choice = next((n for n in named if n.start <= head < n.end), None)
    if choice is not None and choice.kind == "role":
        # "the minister, Ann Lee": the name says it better.
        choice = next((n for n in named if n.kind == "name" and n.start >= choice.end), choice)
    if choice is not None:
        return cast.people[choice.person].name, SURE[choice.kind]
    if not start <= head < end:
        start, end = noun_phrase(tree, head)
    words = [tree.words[i] for i in range(start, end)]
    if len(words) == 1 and words[0] in _UNKNOWN:
        return None, 0.7
    first, last = tree.span(start, end)
    return " ".join(story.text[first:last].split()), 0.9
