"""Quotes by a noun of saying with its clause: "his claim that ...", "Russia issued repeated warnings that ..."."""

from knowledge.build.quotes.anchors import anchor_at, noun_phrase
from knowledge.build.quotes.draft import Draft, Tokens
from knowledge.build.quotes.proposals import trim
from knowledge.build.tree import Tree
from knowledge.data import read_words

__all__ = ["noun_quotes"]

_NOUNS = read_words("cue_nouns")
# Verbs by which the subject is the one who says it; with others ("rejected claims that") it is somebody else.
_UTTERING = frozenset(
    "made make makes making issued issue issues issuing gave give gives giving repeated repeats repeating "
    "released releases delivered delivers voiced voices sounded offered offers renewed reiterated posted".split()
)


def noun_quotes(number: int, tree: Tree, inside: list[bool]) -> list[Draft]:
    """A draft for each noun of saying whose clause and speaker are there."""
    found = []
    for i, word in enumerate(tree.words):
        if word not in _NOUNS or inside[i] or tree.tags[i][:2] != "NN":
            continue
        clause = next((k for k in tree.kids[i] if k > i and _is_clause(tree, k, i)), None)
        if clause is None:
            continue
        who = _owner(tree, inside, i)
        if who is None:
            continue
        head, source, rule = who
        start, end = trim(tree, max(tree.left[clause], i + 1), tree.right[clause] + 1)
        if end - start > 2:
            draft = Draft(number, i, source, [tree.span(start, end)], rule=rule, confidence=0.7)
            draft.head = head
            found.append(draft)
    return found


def _is_clause(tree: Tree, verb: int, noun: int) -> bool:
    """Whether a verb's clause is what the noun says ("warnings that the dam might break"), not a relative clause."""
    first = tree.left[verb]
    if first != noun + 1 or tree.words[first] != "that" or tree.deps[verb] not in ("acl", "ccomp", "relcl"):
        return False
    subject = tree.kid(verb, "nsubj", "nsubjpass")
    return tree.deps[first] == "mark" or (subject is not None and subject != first and tree.tags[first] == "IN")


def _owner(tree: Tree, inside: list[bool], noun: int) -> tuple[int, Tokens, str] | None:
    """Whose words they are: the possessor of the noun, or the subject of a verb of uttering; and which of the two."""
    possessor = tree.kid(noun, "poss")
    if possessor is not None:
        start, end = noun_phrase(tree, possessor)
        while end - 1 > possessor and tree.tags[end - 1] == "POS":
            end -= 1
        return possessor, (start, end), "noun"
    verb = tree.heads[noun]
    if tree.deps[noun] == "dobj" and tree.words[verb] in _UTTERING:
        anchor = anchor_at(tree, inside, verb)
        if anchor is not None:
            return anchor.head, anchor.source, "verb and noun"
    return None
