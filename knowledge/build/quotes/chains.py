"""Reported reports: "a transcript states that Ann told Bo, “Go.”" is Ann's quote, through the transcript."""

from knowledge.build.quotes.draft import Draft
from knowledge.build.story import Story

__all__ = ["through"]

# Things that pass on what somebody said; people and papers who do stay the speakers of their own words.
_CARRIERS = frozenset(
    "transcript readout recording video audio tape document documents record records transcripts minutes summary "
    "translation footage clip".split()
)


def through(story: Story, drafts: list[Draft]) -> list[Draft]:
    """The drafts without those of a carrier that only passes on another's words; the other keeps it as ``via``."""
    dropped: set[int] = set()
    for outer in drafts:
        tree = story.trees[outer.tree]
        if outer.head is None or outer.cue is None or tree.words[outer.head] not in _CARRIERS:
            continue
        for inner in drafts:
            if inner is outer or inner.tree != outer.tree or inner.cue is None or inner.source is None:
                continue
            who = tree.span(*inner.source)
            if outer.overlap(who) == who[1] - who[0] and tree.heads[inner.cue] == outer.cue:
                inner.via = outer.source
                dropped.add(id(outer))
    return [draft for draft in drafts if id(draft) not in dropped]
