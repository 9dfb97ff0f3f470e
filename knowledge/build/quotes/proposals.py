"""All the ways to read what an attributing verb attributes: its clause, its object, what stands around it.

Each is a proposal; which of them is right, if any, is decided by the weights (``choice``). Rules are generous here:
what is not proposed can't be chosen.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from knowledge.build.datelines import after_dateline
from knowledge.build.quotes.anchors import Anchor
from knowledge.build.quotes.draft import Tokens
from knowledge.build.tree import FINITE, Tree

__all__ = ["DASHES", "MOST_CUTS", "Proposal", "Reading", "cuts", "distinct", "propose", "trim"]

PUNCTUATION = frozenset([",", '"', ".", ":", ";", "-", "–", "—", "--", "'", "(", ")", "?", "!"])
_EMPTY_OBJECTS = frozenset(
    "it so this that them him her me us you nothing something anything himself herself themselves".split()
)
DASHES = frozenset(("–", "—", "--", "―"))
# After a comma, a word of these may begin what is the writer's again.
_AFTER_COMMA = frozenset(
    "who which whose whom while although though as after before but and or because since if when where according "
    "adding noting saying citing including so even despite".split()
)
# Without a comma, a clause that begins with one of these may be about the saying, not about what is said.
_SUBORDINATORS = frozenset("after when while as before during because in on at".split())
# Cuts tried at most for one place where the content can begin.
MOST_CUTS = 12

Reading = tuple[list[Tokens], str, str]


@dataclass(frozen=True, slots=True)
class Proposal:
    """One reading of an anchor: the tokens of its content, the ``rule`` that proposes it, and what ends it (``cut``).

    ``cut`` is "whole" where the grammar or the sentence ends it, else the first word that is left out.
    """

    anchor: Anchor
    ranges: tuple[Tokens, ...]
    rule: str
    cut: str = "whole"


def propose(tree: Tree, inside: list[bool], anchor: Anchor) -> list[Proposal]:
    """The readings of one anchor."""
    return distinct(tree, anchor, _all(tree, inside, anchor))


def distinct(tree: Tree, anchor: Anchor, readings: Iterable[Reading]) -> list[Proposal]:
    """Readings (token ranges, rule, cut) as proposals: each content once, with the first rule that proposes it."""
    found: dict[tuple[Tokens, ...], Proposal] = {}
    for ranges, rule, cut in readings:
        trimmed = tuple(piece for piece in (trim(tree, *r) for r in ranges) if piece[1] > piece[0])
        if trimmed and trimmed not in found:
            found[trimmed] = Proposal(anchor, trimmed, rule, cut)
    return list(found.values())


def trim(tree: Tree, start: int, end: int) -> Tokens:
    """The tokens without punctuation at either end."""
    while start < end and (tree.words[start] in PUNCTUATION or tree.words[start].isspace()):
        start += 1
    while end > start and (tree.words[end - 1] in PUNCTUATION or tree.words[end - 1].isspace()):
        end -= 1
    return start, end


def _all(tree: Tree, inside: list[bool], anchor: Anchor) -> Iterator[Reading]:
    yield from _grammatical(tree, inside, anchor)
    yield from _by_order(tree, inside, anchor)
    yield from _around(tree, inside, anchor)


def _grammatical(tree: Tree, inside: list[bool], anchor: Anchor) -> Iterator[Reading]:
    """By the parser: the verb's clause, infinitive, object or preposition."""
    verb = anchor.verb
    last = tree.sentence_bounds(verb)[1]
    right = [k for k in tree.kids[verb] if k > verb and not anchor.source[0] <= k < anchor.source[1]]
    for kid in right:
        dep = tree.deps[kid]
        start, end = max(tree.left[kid], verb + 1), tree.right[kid] + 1
        if dep in ("ccomp", "xcomp"):
            rule = "clause" if dep == "ccomp" else "infinitive"
            yield [(start, end)], rule, "whole"
            for cut, word in cuts(tree, inside, start, end):
                yield [(start, cut)], rule, word
            if end < last:
                yield [(start, last)], rule, "sentence"
            whom = next((k for k in right if tree.deps[k] == "dobj" and k < kid), None)
            if whom is not None:
                yield [(min(start, tree.left[whom]), end)], "object and clause", "whole"
            fronted = _fronted(tree, anchor)
            if fronted is not None:
                yield [fronted, (start, end)], "parenthesis", "whole"
        elif dep in ("dobj", "dative", "oprd", "attr") and tree.words[kid] not in _EMPTY_OBJECTS:
            yield [(start, end)], "object", "whole"
            for cut, word in cuts(tree, inside, start, end):
                yield [(start, cut)], "object", word
        elif dep == "prep":
            yield [(kid + 1, end)], "preposition", "whole"
            yield [(kid, end)], "preposition", "with"


def _by_order(tree: Tree, inside: list[bool], anchor: Anchor) -> Iterator[Reading]:
    """By the order of words: from "that", or from right after the verb and whom it is said to, to where it can end."""
    last = tree.sentence_bounds(anchor.verb)[1]
    starts = []
    for i in range(anchor.verb + 1, min(last, anchor.verb + 14)):
        if inside[i] or tree.words[i] in ("?", "!", ";"):
            break
        if tree.words[i] in ("that", "whether", "if", "how", "why") and tree.tags[i] in ("IN", "WRB", "DT", "WDT"):
            starts.append((i, "that"))
            break
    begin = max(anchor.verb + 1, anchor.source[1] if anchor.source[0] > anchor.verb else 0)
    if begin < last and tree.words[begin] not in PUNCTUATION and not (starts and starts[0][0] == begin):
        starts.append((begin, "next"))
    if anchor.group[1] > begin and anchor.group[1] < last:
        starts.append((anchor.group[1], "after"))
    for start, rule in starts:
        yield [(start, last)], rule, "whole"
        for cut, word in cuts(tree, inside, start, last):
            yield [(start, cut)], rule, word


def _around(tree: Tree, inside: list[bool], anchor: Anchor) -> Iterator[Reading]:
    """The sentence that the anchor is a parenthesis in: what precedes it, and what follows too."""
    first, last = tree.sentence_bounds(anchor.verb)
    first = after_dateline(tree, first)
    start, end = anchor.group
    if start > first and tree.words[start - 1] == "as":
        if end < last:
            yield [(end, last)], "as reported", "whole"
        yield [(first, start - 1)], "as reported", "before"
        return
    if start <= first or (
        tree.words[start - 1] not in (",", '"', "?", "!", ")") and tree.words[start - 1] not in DASHES
    ):
        return
    begins = [(first, "whole")]
    for i in range(start - 3, first + 1, -1):
        if inside[i]:
            continue
        if tree.words[i] in (":", ";") or tree.words[i] in DASHES:
            begins.append((i + 1, tree.words[i]))
            break
        if tree.words[i] in ("and", "but") and tree.words[i - 1] == ",":
            begins.append((i + 1, tree.words[i]))
            break
    for begin, cut in begins:
        yield [(begin, start)], "parenthesis", cut
        if end < last and tree.words[end] in (",", "-", "–", "—", "--"):
            yield [(begin, start), (end, last)], "parenthesis", "both"
            for at, word in cuts(tree, inside, end + 1, last):
                yield [(begin, start), (end, at)], "parenthesis", word
    if end < last and tree.words[end] == ",":
        yield [(end, last)], "after parenthesis", "whole"


def _fronted(tree: Tree, anchor: Anchor) -> Tokens | None:
    """What precedes "he said" in "If it rains, he said, the game is off", which the parser takes for a main clause."""
    first, last = tree.sentence_bounds(anchor.verb)
    start, end = anchor.group
    if first < start and tree.words[start - 1] == "," and anchor.verb < end < last and tree.words[end] == ",":
        return (first, start)
    return None


def cuts(tree: Tree, inside: list[bool], start: int, end: int) -> list[tuple[int, str]]:
    """Where content that begins at ``start`` may end before ``end``, with the word it stops at."""
    found: list[tuple[int, str]] = []
    for i in range(start + 1, end - 1):
        if inside[i]:
            continue
        if len(found) == MOST_CUTS:
            break
        word, after = tree.words[i], tree.words[i + 1]
        if word == ",":
            found.append((i, ", " + (after if after in _AFTER_COMMA else tree.tags[i + 1])))
        elif word in DASHES or word in (";", "("):
            found.append((i, word))
        elif word in ("and", "but") and tree.words[i - 1] != ",":
            finite = next((tree.tags[k] for k in range(i + 1, min(i + 3, end)) if tree.tags[k] in FINITE), None)
            if finite is not None:
                found.append((i, f"{word} {finite}"))
        elif word in _SUBORDINATORS and tree.words[i - 1] != ",":
            found.append((i, word))
    return found
