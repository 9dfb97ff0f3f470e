"""Quotes by the layout of a transcript: a paragraph that begins with "SMITH: "."""

import re

from knowledge.build.quotes.draft import Draft
from knowledge.build.story import Story

__all__ = ["transcript_quotes"]

_TURN = re.compile(r"[\"“”'‘]*((?:[A-Z][A-Z.’'-]+ ){0,4}[A-Z][A-Z.’'-]{2,}):\s+(?=\S)")
# Labels in capitals that name no speaker.
_LABELS = frozenset(
    "BREAKING UPDATE UPDATED NOTE EXCLUSIVE WATCH VIDEO PHOTOS RELATED READ MORE ALSO CORRECTION EDITOR".split()
)


def transcript_quotes(story: Story, number: int) -> list[Draft]:
    """A draft for a paragraph that is one turn of a transcript."""
    tree = story.trees[number]
    start, end = story.paragraphs[tree.paragraph]
    turn = _TURN.match(story.text, start, end)
    if turn is None or not len(tree) or tree.begins[0] != start or _LABELS & set(turn.group(1).split()):
        return []
    tokens = [i for i in range(len(tree)) if turn.start(1) <= tree.begins[i] and tree.ends[i] <= turn.end(1)]
    if not tokens:
        return []
    draft = Draft(number, None, (tokens[0], tokens[-1] + 1), [(turn.end(), end)], rule="transcript", confidence=0.85)
    draft.head, draft.marked, draft.fixed = tokens[-1], True, True
    return [draft]
