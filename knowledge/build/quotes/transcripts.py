"""Quotes by the layout of a transcript: paragraphs that begin with "SMITH: "."""

import re

from knowledge.build.quotes.draft import Draft
from knowledge.build.story import Story

__all__ = ["transcript_quotes"]

_TURN = re.compile(r"[\"“”'‘]*((?:[A-Z][A-Z.’'-]+ ){0,4}[A-Z][A-Z.’'-]{2,}):\s+(?=\S)")
# Labels in capitals that name no speaker.
_LABELS = frozenset(
    "BREAKING UPDATE UPDATED NOTE EXCLUSIVE WATCH VIDEO PHOTOS RELATED READ MORE ALSO CORRECTION EDITOR BYLINE "
    "HEADLINE DATELINE LOOK LISTEN POLL EMAIL PHONE CONTACT SOURCE OPINION ANALYSIS REVIEW LETTERS".split()
)
# One label alone is a headline's ("LOOK: ..."): somebody answers somebody.
FEWEST_TURNS = 2


def transcript_quotes(story: Story) -> dict[int, Draft]:
    """A draft for each tree whose paragraph is one turn of a transcript, by the tree's number; its first tree only."""
    found: dict[int, Draft] = {}
    for number in range(len(story.trees)):
        draft = _turn(story, number)
        if draft is not None:
            found[number] = draft
    return found if len(found) >= FEWEST_TURNS else {}


def _turn(story: Story, number: int) -> Draft | None:
    tree = story.trees[number]
    start, end = story.paragraphs[tree.paragraph]
    turn = _TURN.match(story.text, start, end)
    if turn is None or not len(tree) or tree.begins[0] != start or _LABELS & set(turn.group(1).split()):
        return None
    tokens = [i for i in range(len(tree)) if turn.start(1) <= tree.begins[i] and tree.ends[i] <= turn.end(1)]
    if not tokens:
        return None
    draft = Draft(number, None, (tokens[0], tokens[-1] + 1), [(turn.end(), end)], rule="transcript", confidence=0.85)
    draft.head, draft.marked, draft.fixed = tokens[-1], True, True
    return draft
