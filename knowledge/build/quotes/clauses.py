"""Quotes by the grammar of the cue verb: its clause, its object, or the sentence it is a parenthesis in."""

from knowledge.build.cues import CUES
from knowledge.build.quotes.anchors import Anchor, noun_phrase
from knowledge.build.quotes.draft import Draft, Tokens
from knowledge.build.tree import Tree

__all__ = ["addressee", "clause_quotes", "trim"]

_EMPTY_OBJECTS = frozenset(
    "it so this that them him her me us you nothing something anything much more statement statements speech interview "
    "letter question questions one what himself herself themselves victory support".split()
)
_PUNCTUATION = frozenset([",", '"', ".", ":", ";", "-", "–", "—", "--", "'", "(", ")", "?", "!"])
_FINITE = frozenset(("VBD", "VBZ", "VBP", "MD"))
# A clause that begins with one of these after a comma is the writer's, not the speaker's.
_ASIDES = frozenset(("while", "although", "though", "as", "after", "before", "which", "who", "whom"))
# With one of these first, the clause before "he said" is a side clause, and the main one follows.
_FRONTED = frozenset("if when whether because since unless once until even although though whenever".split())
SHORTEST = 2


def clause_quotes(number: int, tree: Tree, inside: list[bool], anchors: list[Anchor]) -> list[Draft]:
    """A draft for each anchor that has content by grammar."""
    found = []
    for anchor in anchors:
        draft = _complement(number, tree, inside, anchor) or _parenthesis(number, tree, inside, anchor)
        if draft is not None:
            found.append(draft)
    return found


def trim(tree: Tree, start: int, end: int) -> Tokens:
    """The tokens without punctuation at either end."""
    while start < end and (tree.words[start] in _PUNCTUATION or tree.words[start].isspace()):
        start += 1
    while end > start and (tree.words[end - 1] in _PUNCTUATION or tree.words[end - 1].isspace()):
        end -= 1
    return start, end


def _draft(number: int, tree: Tree, anchor: Anchor, ranges: list[Tokens], rule: str, confidence: float) -> Draft | None:
    pieces = []
    for start, end in ranges:
        first, last = trim(tree, start, end)
        if last - first >= SHORTEST or (last > first and len(ranges) == 1):
            pieces.append(tree.span(first, last))
    if not pieces:
        return None
    draft = Draft(number, anchor.verb, anchor.source, pieces, via=anchor.via, rule=rule, confidence=confidence)
    draft.head = anchor.head
    draft.addressee = addressee(tree, anchor)
    return draft


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


def _complement(number: int, tree: Tree, inside: list[bool], anchor: Anchor) -> Draft | None:
    """What stands after the verb as its complement."""
    verb, takes = anchor.verb, anchor.cue.takes
    right = [k for k in tree.kids[verb] if k > verb and not anchor.source[0] <= k < anchor.source[1]]
    for kid in right:
        if tree.deps[kid] == "ccomp" and "that" in takes:
            clause = _clause(tree, inside, kid, anchor)
            return _draft(number, tree, anchor, [*_fronted(tree, anchor), clause], "clause", 0.9)
    if inside[anchor.group[0] - 1] and anchor.group[0] > 0:
        return None  # "“...,” he said of the plan": what he said is in the marks
    for kid in right:
        if tree.deps[kid] in ("xcomp", "ccomp") and "to" in takes and tree.is_verb(kid):
            start, end = _clause(tree, inside, kid, anchor)
            whom = next((k for k in right if tree.deps[k] == "dobj" and k < kid), None)
            start = start if whom is None else min(start, tree.left[whom])
            return _draft(number, tree, anchor, [(start, end)], "infinitive", 0.75)
    for kid in right:
        dep = tree.deps[kid]
        if dep == "dobj" and "np" in takes and tree.words[kid] not in _EMPTY_OBJECTS:
            return _draft(number, tree, anchor, [(tree.left[kid], tree.right[kid] + 1)], "object", 0.7)
        if dep == "prep" and f":{tree.words[kid]}" in takes:
            return _draft(number, tree, anchor, [(kid + 1, tree.right[kid] + 1)], "preposition", 0.65)
    return _that(number, tree, anchor) if "that" in takes else None


def _that(number: int, tree: Tree, anchor: Anchor) -> Draft | None:
    """For "says in a statement that ...": the clause by its first word, where the parser hung it on something else."""
    last = tree.sentence_bounds(anchor.verb)[1]
    for i in range(anchor.verb + 1, min(last, anchor.verb + 10)):
        if tree.tags[i] in _FINITE or tree.words[i] in (",", '"', ":"):
            return None
        if tree.words[i] == "that" and tree.tags[i] == "IN":
            return _draft(number, tree, anchor, [(i, last)], "that", 0.7)
    return None


def _fronted(tree: Tree, anchor: Anchor) -> list[Tokens]:
    """What precedes "he said" in "If it rains, he said, the game is off", which the parser takes for a main clause."""
    first, last = tree.sentence_bounds(anchor.verb)
    start, end = anchor.group
    if first < start and tree.words[start - 1] == "," and anchor.verb < end < last and tree.words[end] == ",":
        return [(first, start)]
    return []


def _clause(tree: Tree, inside: list[bool], kid: int, anchor: Anchor) -> Tokens:
    """The tokens of a clause, up to where the speaker's words end by the look of it."""
    start, end = max(tree.left[kid], anchor.verb + 1), tree.right[kid] + 1
    tense = (
        tree.tags[kid]
        if tree.tags[kid] in _FINITE
        else next(
            (tree.tags[k] for k in tree.kids[kid] if tree.deps[k] in ("aux", "auxpass") and tree.tags[k] in _FINITE), ""
        )
    )
    for i in range(kid + 1, end):
        if inside[i]:
            continue
        if _resumes_cue(tree, anchor, i, kid, tense):
            return start, _before_conjunction(tree, i, kid)
        if tree.words[i] == "," and i + 1 < end:
            after = i + 1
            if (
                tree.tags[after] == "VBG"
                and tree.deps[after] in ("advcl", "acl")
                and _in_chain(tree, tree.heads[after], kid)
            ):
                return start, i
            if tree.words[after] in _ASIDES and i - start > 4 and _opens_aside(tree, after, kid):
                return start, i
    return start, end


def _resumes_cue(tree: Tree, anchor: Anchor, verb: int, kid: int, tense: str) -> bool:
    """Whether a verb in the clause goes with the cue: "said the plan failed, and urged them to stop"."""
    if tree.deps[verb] != "conj" or not tree.is_verb(verb) or not _in_chain(tree, tree.heads[verb], kid):
        return False
    if tree.kid(verb, "nsubj", "nsubjpass", "aux") is not None or tree.tags[verb] != tree.tags[anchor.verb]:
        return False
    return tree.words[verb] in CUES or (tree.tags[verb] == "VBD" and tense not in ("", "VBD"))


def _opens_aside(tree: Tree, token: int, kid: int) -> bool:
    """Whether a conjunction opens a clause that hangs on the verb of the content itself."""
    clause = tree.heads[token]
    return tree.words[token] == "while" and tree.deps[clause] == "advcl" and _in_chain(tree, tree.heads[clause], kid)


def _in_chain(tree: Tree, token: int, kid: int) -> bool:
    """Whether a token is the clause's verb or coordinated with it."""
    while token != kid and tree.deps[token] == "conj":
        token = tree.heads[token]
    return token == kid


def _before_conjunction(tree: Tree, verb: int, kid: int) -> int:
    cut = tree.left[verb]
    while cut - 1 > kid and tree.tags[cut - 1] in ("CC", ",", "RB", ":"):
        cut -= 1
    return cut


def _parenthesis(number: int, tree: Tree, inside: list[bool], anchor: Anchor) -> Draft | None:
    """The sentence around "..., he said", "..., she said, ...", or after "As the paper reported, "."""
    if "that" not in anchor.cue.takes and "speak" not in anchor.cue.takes:
        return None
    first, last = tree.sentence_bounds(anchor.verb)
    start, end = anchor.group
    if start > first and tree.words[start - 1] == "as":
        return _as_reported(number, tree, anchor, (first, last))
    if start <= first or tree.words[start - 1] not in (",", '"', "?", "!", "–", "—", "--"):
        return None
    if tree.deps[anchor.verb] in ("relcl", "acl") or tree.tags[anchor.verb] in ("VBG", "VB"):
        return None
    if not inside[start - 1] and (tree.words[start - 1] != "," or "that" not in anchor.cue.takes):
        return None
    if not inside[start - 1] and end + 1 < last and tree.words[end] in (",", ":") and inside[end + 1]:
        return None  # "As he left, she yelled, “Stop!”": what she yelled is in the marks
    colon = next((i for i in range(start - 1, first, -1) if tree.words[i] == ":" and not inside[i]), None)
    ranges = [(first if colon is None or not inside[start - 1] else colon + 1, start)]
    if end < last and tree.words[end] == "," and _resumes(tree, anchor, end + 1, last):
        ranges.append((end, last))
    return _draft(number, tree, anchor, ranges, "parenthesis", 0.85)


def _as_reported(number: int, tree: Tree, anchor: Anchor, bounds: Tokens) -> Draft | None:
    """For "As the paper reported, the plan failed": the rest of the sentence is the content."""
    first, last = bounds
    start, end = anchor.group[0] - 1, anchor.group[1]
    if "that" not in anchor.cue.takes or tree.deps[anchor.verb] not in ("advcl", "ccomp", "ROOT"):
        return None
    opening = all(tree.tags[i] in ("CC", "RB", ",") for i in range(first, start))
    if opening and end < last and tree.words[end] == ",":
        return _draft(number, tree, anchor, [(end, last)], "as reported", 0.7)
    return None


def _resumes(tree: Tree, anchor: Anchor, start: int, last: int) -> bool:
    """Whether the content goes on after a parenthesis: the clause it interrupts has its verb there."""
    if start >= last or tree.tags[start] in ("VBG", "WP", "CC", "WDT") or tree.words[start] in _ASIDES | {"but"}:
        return False
    first = tree.sentence_bounds(anchor.verb)[0]
    if tree.words[start] == "that" or tree.words[first] in _FRONTED:
        return True
    before = range(first, anchor.group[0])
    return not any(tree.tags[i] in _FINITE for i in before)
