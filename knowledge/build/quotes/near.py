"""Who is near a quotation: right after it, right before it, governing it, introducing or signing it."""

from knowledge.build.cues import CUES
from knowledge.build.marks import Quotation
from knowledge.build.quotes.anchors import OTHER, Anchor, anchor_at, inverted, speaks
from knowledge.build.quotes.draft import Tokens
from knowledge.build.story import Story
from knowledge.build.tree import FINITE, Tree

__all__ = ["anchor_after", "anchor_before", "before_colon", "governing", "introduced", "labelled", "signed"]

_COMPLEMENTS = frozenset("dobj oprd prep xcomp ccomp acomp attr dative advcl pobj prt".split())
_STILL = frozenset("is was are were be been being 's has had have having 've 're 'm".split())
_DASHES = frozenset(("-", "–", "—", "―", "--"))
_NAMES = frozenset(("NNP", "NNPS", "NN", "NNS", "DT", "JJ", "PRP$", "POS", "HYPH"))
_LABEL = frozenset(("NNP", "NNPS", "HYPH", "POS", "-LRB-", "-RRB-", "DT", "NN"))
_CLOSERS = frozenset([",", '"', "'", "'''"])
LONGEST_SIGNATURE = 8
FARTHEST_VERB = 40


def _skip(tree: Tree, token: int) -> int:
    while token < len(tree) and (
        tree.words[token] in _CLOSERS or tree.words[token] in _DASHES or tree.words[token].isspace()
    ):
        token += 1
    return token


def anchor_after(
    story: Story, tree: Tree, inside: list[bool], anchors: list[Anchor], end: int, quotation: Quotation
) -> Anchor | None:
    """The anchor right after a quotation: "...,” he said", "...,” said Ann Lee", "...!” the crowd went on"."""
    token = _skip(tree, end)
    if token >= len(tree) or inside[token]:
        return None
    adjacent = next((a for a in anchors if a.group[0] == token), None)
    if adjacent is not None:
        return adjacent
    cue = CUES.get(tree.words[token])
    if cue is not None and "speak" in cue.takes and tree.tags[token] in ("VBD", "VBZ", "VBP", "VBN", "VB"):
        return inverted(tree, inside, token)
    # A comma before the closing mark promises a speaker whatever the verb is.
    if story.text[quotation.inner[1] - 1] not in ",?!" or tree.sentence[token] != tree.sentence[max(end - 1, 0)]:
        return None
    for verb in range(token, min(token + 12, len(tree))):
        if tree.tags[verb] in FINITE and tree.is_verb(verb) and not inside[verb]:
            anchor = anchor_at(tree, inside, verb)
            if anchor is not None and anchor.source[0] <= token + 1 and speaks(tree, anchor.head):
                return anchor
    return _far(tree, inside, token)


def _far(tree: Tree, inside: list[bool], token: int) -> Anchor | None:
    """The anchor of "...,” Ann Lee, who has seen it all and is not afraid, said": a name first, the verb far off."""
    head = token
    while head + 1 < len(tree) and not inside[head + 1] and tree.tags[head + 1] in _NAMES:
        head += 1
    if tree.tags[head] not in ("NNP", "NNPS", "NN", "NNS", "PRP") or not speaks(tree, head):
        return None
    for verb in range(head + 1, min(token + FARTHEST_VERB, len(tree))):
        if inside[verb] or tree.sentence[verb] != tree.sentence[token]:
            return None
        cue = CUES.get(tree.words[verb])
        if cue is not None and "speak" in cue.takes and tree.tags[verb] in ("VBD", "VBZ", "VBP", "VBN", "NNS"):
            if tree.words[verb - 1] in ("who", "which", "that", "to", "have", "had", "has"):
                continue
            return Anchor(verb, cue, (token, head + 1), head, (token, verb + 1))
    return None


def anchor_before(tree: Tree, anchors: list[Anchor], start: int) -> Anchor | None:
    """The anchor right before a quotation: "he said, “...", "she told reporters that “...", "he continued: “..."."""
    if not 0 < start < len(tree):
        return None
    found = None
    for anchor in anchors:
        if anchor.verb < start and tree.sentence[anchor.verb] == tree.sentence[start]:
            found = anchor
    if found is None:
        return None
    between = range(found.verb + 1, start)
    if any(tree.tags[i] in FINITE for i in between):
        return None
    return found if tree.words[start - 1] in (",", ":", "that") or len(between) <= 1 else None


def governing(tree: Tree, inside: list[bool], start: int, end: int) -> tuple[Anchor, Tokens] | None:
    """The verb that governs a quotation, with the complement the quotation stands in.

    The nearest verb of saying; failing that, the nearest other verb whose subject can speak.
    """
    token = next((i for i in range(start, end) if not start <= tree.heads[i] < end), None)
    if token is None:
        return None
    other: tuple[Anchor, Tokens] | None = None
    for _ in range(14):
        head = tree.heads[token]
        if head == token:
            break
        if tree.is_verb(head) and not inside[head] and tree.deps[token] in _COMPLEMENTS and token > head:
            anchor = anchor_at(tree, inside, head)
            if anchor is None and tree.kid(head, "nsubjpass") is not None:
                break
            if anchor is not None and anchor.cue is not OTHER:
                return anchor, _complement(tree, anchor, token, (start, end))
            if anchor is not None and other is None and tree.words[head] not in _STILL and speaks(tree, anchor.head):
                other = anchor, _complement(tree, anchor, token, (start, end))
        token = head
    return other


def _complement(tree: Tree, anchor: Anchor, token: int, quoted: Tokens) -> Tokens:
    """From the first object of the verb to the end of the one with the quotation in it."""
    first = token
    for kid in tree.kids[anchor.verb]:
        if (
            anchor.verb < kid < token
            and tree.deps[kid] in _COMPLEMENTS
            and not anchor.source[0] <= kid < anchor.source[1]
        ):
            first = min(first, kid)
    start = first + 1 if tree.deps[first] in ("prep", "prt") else tree.left[first]
    end = quoted[1]
    for i in range(end, tree.right[token] + 1):
        if (
            tree.words[i] in (",", ";", ":", "(")
            or tree.words[i] in _DASHES
            or tree.tags[i] in ("WDT", "WP", "VBD", "VBZ")
        ):
            break
        end = i + 1
    return min(start, quoted[0]), end


def introduced(story: Story, number: int) -> tuple[int, Anchor] | None:
    """The anchor of the paragraph before when it ends in a colon: "Ann Lee continued:"."""
    tree = story.trees[number - 1] if number else None
    if tree is None or not len(tree) or tree.words[-1] != ":" or tree.paragraph != story.trees[number].paragraph - 1:
        return None
    inside = story.inside[number - 1]
    anchor = before_colon(tree, inside, len(tree) - 1)
    return (number - 1, anchor) if anchor is not None else None


def before_colon(tree: Tree, inside: list[bool], colon: int) -> Anchor | None:
    """The anchor of the words before a colon: the last verb of saying, else the last verb whose subject can speak."""
    other = None
    for verb in range(colon - 1, tree.sentence_bounds(colon)[0] - 1, -1):
        if not tree.is_verb(verb) or inside[verb]:
            continue
        anchor = anchor_at(tree, inside, verb)
        if anchor is None and tree.words[verb] in CUES:
            anchor = inverted(tree, inside, verb)
        if anchor is not None and anchor.cue is not OTHER:
            return anchor
        if anchor is not None and other is None and speaks(tree, anchor.head):
            other = anchor
    return other


def signed(story: Story, number: int, end: int, quotation: Quotation) -> tuple[int, Tokens] | None:
    """The name under a quotation: "“...” — Ann Lee", on its line or on the next."""
    tree = story.trees[number]
    token = end
    if token >= len(tree) and number + 1 < len(story.trees):
        number, token = number + 1, 0
        tree = story.trees[number]
        if tree.paragraph != quotation.paragraph + 1:
            return None
    while token < len(tree) and tree.words[token].isspace():
        token += 1
    if token >= len(tree) or tree.words[token] not in _DASHES:
        return None
    first = token + 1
    last = first
    while last < len(tree) and last - first < LONGEST_SIGNATURE and tree.words[last] not in (",", ".", "("):
        last += 1
    if (
        last == first
        or last - first == LONGEST_SIGNATURE
        or not any(tree.tags[i][:3] == "NNP" for i in range(first, last))
    ):
        return None
    if last < len(tree) - 1 and tree.words[last] != ",":
        return None
    return number, (first, last)


def labelled(tree: Tree, inside: list[bool], start: int) -> Tokens | None:
    """The name before a quotation with nothing but a colon between: "Ann Lee: “...", "More from Ann Lee: “..."."""
    if not 1 < start < len(tree) or tree.words[start - 1] != ":":
        return None
    first, last = start - 1, start - 1
    lowest = max(tree.sentence_bounds(start - 1)[0], last - LONGEST_SIGNATURE)
    while first > lowest and not inside[first - 1] and tree.tags[first - 1] in _LABEL:
        first -= 1
    while first < last and tree.tags[first][:3] != "NNP":
        first += 1
    return (first, last) if first < last else None
