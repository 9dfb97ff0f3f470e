"""Which proposal is right, if any: a conditional logit over the proposals of one verb and "none of them"."""

from collections.abc import Sequence

from knowledge.build.quotes.proposals import Proposal
from knowledge.build.quotes.traits import anchor_traits, proposal_traits
from knowledge.build.tree import Tree
from knowledge.build.weights import likeliest, weigh

__all__ = ["choose"]

# Readings less likely than this are none. Low: whether it is a quote is judged again when all drafts are there.
LEAST = 0.25


def choose(tree: Tree, inside: list[bool], proposals: Sequence[Proposal]) -> tuple[Proposal, float] | None:
    """The likeliest of the proposals of one anchor, and the chance (0..1) that any of them is right; or none."""
    if not proposals:
        return None
    shared = weigh("choice", anchor_traits(tree, proposals[0].anchor))
    scores = [shared + weigh("choice", proposal_traits(tree, inside, proposal)) for proposal in proposals]
    best, _, any_of_them = likeliest(scores)
    return (proposals[best], any_of_them) if any_of_them >= LEAST else None
