"""Quotes by "according to": the content is the sentence it stands in, or a part of it."""

from collections.abc import Iterator

from knowledge.build.cues import Cue
from knowledge.build.datelines import after_dateline
from knowledge.build.quotes.anchors import Anchor, noun_phrase
from knowledge.build.quotes.choice import choose
from knowledge.build.quotes.draft import Draft, Tokens
from knowledge.build.quotes.proposals import DASHES, MOST_CUTS, Proposal, Reading, cuts, distinct
from knowledge.build.tree import Tree

__all__ = ["according_quotes", "according_readings"]

_SUBJECTS = ("nsubj", "nsubjpass")
_ACCORDING = Cue("according", frozenset())
_JOINING = frozenset("and but while with though although who which whom where because as".split())


def according_quotes(number: int, tree: Tree, inside: list[bool]) -> list[Draft]:
    """A draft for each "according to X" outside quotation marks."""
    found = []
    for anchor, proposals in according_readings(tree, inside):
        chosen = choose(tree, inside, proposals)
        if chosen is not None:
            choice, chance = chosen
            pieces = [tree.span(*piece) for piece in choice.ranges]
            found.append(Draft(number, anchor.verb, anchor.source, pieces, rule="according", confidence=chance))
    return found


def according_readings(tree: Tree, inside: list[bool]) -> Iterator[tuple[Anchor, list[Proposal]]]:
    """The anchor of each "according to X" outside quotation marks, with what may be its content."""
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
        anchor = Anchor(i, _ACCORDING, source, who, (i, end))
        yield anchor, distinct(tree, anchor, _all(tree, inside, i, end, first, last))


def _all(tree: Tree, inside: list[bool], according: int, end: int, first: int, last: int) -> Iterator[Reading]:
    """What precedes it, from where that can begin; with or without what follows, to where that can end."""
    begins = [(first, "whole")]
    for i in range(according - 2, first, -1):
        if inside[i]:
            continue
        if len(begins) > MOST_CUTS:
            break
        if tree.words[i] in DASHES or tree.words[i] in (";", ":", "("):
            begins.append((i + 1, tree.words[i]))
        elif tree.words[i] == ",":
            joins = tree.words[i + 1] in _JOINING
            begins.append((i + 1, ", " + (tree.words[i + 1] if joins else tree.tags[i + 1])))
    ends = [(last, "whole"), *cuts(tree, inside, end, last)] if end < last else []
    for begin, cut in begins:
        yield [(begin, according)], "according", cut
    for stop, cut in ends:
        yield [(first, according), (end, stop)], "according", f"both {cut}"
        yield [(end, stop)], "according", f"after {cut}"


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
    """The tokens that "according to" can speak of: those of its sentence, or of the brackets it stands in."""
    first, last = tree.sentence_bounds(token)
    first = after_dateline(tree, first)
    opened = next((k for k in range(token, first - 1, -1) if tree.words[k] in ("(", ")")), None)
    if opened is not None and tree.words[opened] == "(":
        return opened + 1, next((k for k in range(token, last) if tree.words[k] == ")"), last)
    return first, last
