"""Quotes by "according to": the sentence it stands in is the content."""

from knowledge.build.datelines import after_dateline
from knowledge.build.quotes.anchors import noun_phrase
from knowledge.build.quotes.draft import Draft, Tokens
from knowledge.build.quotes.proposals import trim
from knowledge.build.tree import Tree

__all__ = ["according_quotes"]

_SUBJECTS = ("nsubj", "nsubjpass")


def according_quotes(number: int, tree: Tree, inside: list[bool]) -> list[Draft]:
    """A draft for each "according to X" outside quotation marks."""
    found = []
    for i in range(len(tree) - 2):
        if tree.words[i] != "according" or tree.words[i + 1] != "to" or inside[i]:
            continue
        who = tree.kid(i + 1, "pobj")
        if who is None:
            who = tree.kid(i, "pobj")
        if who is None or who <= i:
            continue
        source = noun_phrase(tree, who)
        if source[0] <= i + 1:
            source = (i + 2, source[1])
        first, last = _scope(tree, i)
        end = _past_apposition(tree, i, max(source[1], min(tree.right[who] + 1, last)))
        pieces = [trim(tree, first, i), trim(tree, end, last)]
        spans = [tree.span(*piece) for piece in pieces if piece[1] - piece[0] >= 2]
        if spans:
            found.append(Draft(number, i, source, spans, rule="according", confidence=0.9))
    return found


def _past_apposition(tree: Tree, according: int, end: int) -> int:
    """Where the content goes on after "according to Ann and Bo, both nurses, ": past what the two are.

    The parser takes such an apposition for a second subject of the content's verb.
    """
    if tree.words[end : end + 1] != [","]:
        return end
    for i in range(end + 1, tree.sentence_bounds(end)[1]):
        if tree.deps[i] in _SUBJECTS and tree.left[i] == end + 1:
            subject = tree.kid(tree.heads[i], *_SUBJECTS)
            after = tree.right[i] + 1
            closed = "," in tree.words[after - 1 : after + 1]
            return after if subject is not None and subject < according and closed else end
    return end


def _scope(tree: Tree, token: int) -> Tokens:
    """The tokens that "according to" speaks of: its sentence, or the brackets or the coordinate clause it stands in."""
    first, last = tree.sentence_bounds(token)
    first = after_dateline(tree, first)
    opened = next((k for k in range(token, first - 1, -1) if tree.words[k] in ("(", ")")), None)
    if opened is not None and tree.words[opened] == "(":
        return opened + 1, next((k for k in range(token, last) if tree.words[k] == ")"), last)
    verb = tree.heads[token]
    while tree.heads[verb] != verb and not tree.is_verb(verb):
        verb = tree.heads[verb]
    if (
        tree.deps[verb] == "conj"
        and first < tree.left[verb] <= token
        and tree.kid(verb, "nsubj", "nsubjpass") is not None
    ):
        return tree.left[verb], last
    return first, last
