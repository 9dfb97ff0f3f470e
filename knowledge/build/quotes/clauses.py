"""Quotes by the grammar of the cue verb: the likeliest of the readings that are proposed for it."""

from knowledge.build.quotes.anchors import Anchor, noun_phrase
from knowledge.build.quotes.choice import choose
from knowledge.build.quotes.draft import Draft, Tokens
from knowledge.build.quotes.proposals import propose
from knowledge.build.tree import Tree
from knowledge.models import NOT_SAID

__all__ = ["addressee", "clause_quotes"]

_SAYING = frozenset(
    "say tell respond comment answer reply mention discuss disclose reveal specify identify elaborate address explain "
    "name confirm indicate detail describe speak".split()
)


def clause_quotes(number: int, tree: Tree, inside: list[bool], anchors: list[Anchor]) -> list[Draft]:
    """A draft for each anchor that has content by grammar."""
    found = []
    for anchor in anchors:
        chosen = choose(tree, inside, propose(tree, inside, anchor))
        if chosen is not None:
            choice, chance = chosen
            pieces = [tree.span(*piece) for piece in choice.ranges]
            draft = Draft(
                number, anchor.verb, anchor.source, pieces, via=anchor.via, rule=choice.rule, confidence=chance
            )
            draft.head = anchor.head
            if _is_silent(tree, inside, anchor, choice.ranges):
                draft.rule = NOT_SAID
            draft.addressee = addressee(tree, anchor)
            found.append(draft)
    return found


def _is_silent(tree: Tree, inside: list[bool], anchor: Anchor, ranges: tuple[Tokens, ...]) -> bool:
    """Whether it is told what somebody did not say ("did not say when", "would not comment on")."""
    if anchor.cue.base not in _SAYING or any(inside[i] for start, end in ranges for i in range(start, end)):
        return False
    return any(tree.deps[kid] == "neg" for kid in tree.kids[anchor.verb]) and min(ranges)[0] > anchor.verb


def addressee(tree: Tree, anchor: Anchor) -> Tokens | None:
    """Who is told: the object of a verb that takes a person, or "to" someone."""
    verb = anchor.verb
    for kid in tree.kids[verb]:
        if kid <= verb or anchor.source[0] <= kid < anchor.source[1]:
            continue
        if tree.deps[kid] in ("dobj", "dative") and "person" in anchor.cue.takes and tree.tags[kid][:2] in ("NN", "PR"):
            return noun_phrase(tree, kid)
        if tree.deps[kid] in ("prep", "dative") and tree.words[kid] == "to" and "that" in anchor.cue.takes:
            whom = tree.kid(kid, "pobj")
            if whom is not None and tree.tags[whom] in ("NNP", "PRP", "NNS"):
                return noun_phrase(tree, whom)
    return None
