"""Words in quotation marks: which of the attributions each quotation belongs to, or that it is no quote at all."""

import bisect
import re
from dataclasses import dataclass, field

from knowledge.build.marks import Quotation
from knowledge.build.quotes.anchors import Anchor
from knowledge.build.quotes.clauses import addressee
from knowledge.build.quotes.draft import Draft, Tokens
from knowledge.build.quotes.near import (
    anchor_after,
    anchor_before,
    before_colon,
    governing,
    introduced,
    labelled,
    signed,
)
from knowledge.build.quotes.proposals import trim
from knowledge.build.sentences import sentence_at
from knowledge.build.story import Story
from knowledge.build.tree import Tree

__all__ = ["is_title", "marked_quotes"]

# As many words in marks are taken for somebody's words even when no verb of saying is near.
ENOUGH_WORDS = 4
LONGEST_TITLE = 60
_SMALL = frozenset("a an and as at by for from in of on or the to with de la du der von s".split())
_WORD = re.compile(r"[^\W\d_]+")


@dataclass(slots=True)
class _State:
    """What is known while the quotations are gone through: the last draft of this and of an earlier paragraph."""

    story: Story
    anchors: list[list[Anchor]]
    by_tree: dict[int, list[Draft]]
    numbers: list[int]
    begins: list[int]
    paragraph: int = -1
    here: Draft | None = None
    before: Draft | None = None
    before_paragraph: int = -1
    before_open: bool = False
    made: list[Draft] = field(default_factory=list)

    def tree_at(self, position: int) -> int | None:
        """The number of the last tree that begins at or before a character."""
        at = bisect.bisect_right(self.begins, position) - 1
        return self.numbers[at] if at >= 0 else None


def marked_quotes(story: Story, drafts: list[Draft], anchors: list[list[Anchor]]) -> list[Draft]:
    """The drafts with the quotations given to them, and new ones for the quotations that are left."""
    by_tree: dict[int, list[Draft]] = {}
    for draft in drafts:
        by_tree.setdefault(draft.tree, []).append(draft)
    numbers = [n for n, tree in enumerate(story.trees) if len(tree)]
    state = _State(story, anchors, by_tree, numbers, [story.trees[n].begins[0] for n in numbers])
    for quotation in story.quotations:
        number = state.tree_at(quotation.inner[0])
        if number is None:
            continue
        if quotation.paragraph != state.paragraph:
            if state.here is not None:
                state.before, state.before_paragraph = state.here, state.paragraph
            state.paragraph, state.here = quotation.paragraph, None
        placed = _place(state, quotation, number)
        if placed is not None:
            state.here = placed
            state.before_open = not quotation.closed
    return [*drafts, *state.made]


def _place(state: _State, quotation: Quotation, number: int) -> Draft | None:
    """The draft a quotation belongs to, changed or new; None for a scare quote."""
    story = state.story
    tree, inside = story.trees[number], story.inside[number]
    start = bisect.bisect_left(tree.begins, quotation.start)
    end = bisect.bisect_left(tree.begins, quotation.end)
    overlapping = [d for d in state.by_tree.get(number, []) if d.overlap(quotation.inner) > 0]
    if overlapping:
        return _widen(overlapping, quotation)
    whole = _begins_sentence(story, quotation)
    words = len(story.text[slice(*quotation.inner)].split())
    if not whole and is_title(story.text[slice(*quotation.inner)]):
        return None
    anchor = anchor_after(story, tree, inside, state.anchors[number], end, quotation)
    if anchor is not None and _says_something_else(state, number, anchor, end, quotation):
        anchor = None
    anchor = anchor or anchor_before(tree, state.anchors[number], start)
    if anchor is not None:
        draft = _give(state, number, anchor, quotation, "marks")
        if "that" not in anchor.cue.takes and anchor.verb < start:
            governed = governing(tree, inside, start, end)
            if governed is not None and governed[0].verb == anchor.verb:
                draft.take(tree.span(*trim(tree, *governed[1])))
        return draft
    if state.here is not None and (whole or _resumes(state.here, number, tree, start)):
        return _extend(state.here, quotation)
    if 0 < start < len(tree) and tree.words[start - 1] == ":" and words >= ENOUGH_WORDS:
        anchor = before_colon(tree, inside, start - 1)
        if anchor is not None:
            return _give(state, number, anchor, quotation, "introduced")
    named = _named_beside(state, number, (start, end), quotation)
    if named is not None:
        return named
    governed = governing(tree, inside, start, end)
    if governed is not None and not whole:
        anchor, (first, last) = governed
        draft = _give(state, number, anchor, quotation, "fragment")
        if last > first:
            draft.take(tree.span(*trim(tree, first, last)))
        return draft
    if _opens_paragraph(story, quotation):
        return _from_before(state, number, quotation, words)
    return _going_on(state, quotation, words) if whole else None


def _named_beside(state: _State, number: int, tokens: Tokens, quotation: Quotation) -> Draft | None:
    """A quotation whose speaker the layout gives, with no verb: a signature under it, or a label before it."""
    story, (start, end) = state.story, tokens
    source = signed(story, number, end, quotation)
    if source is not None:
        return _new(state, Draft(source[0], None, source[1], [quotation.inner], rule="signed", confidence=0.8))
    label = labelled(story.trees[number], story.inside[number], start)
    if label is None or len(story.text[slice(*quotation.inner)].split()) < ENOUGH_WORDS:
        return None
    return _new(state, Draft(number, None, label, [quotation.inner], rule="labelled", confidence=0.7))


def _says_something_else(state: _State, number: int, anchor: Anchor, end: int, quotation: Quotation) -> bool:
    """Whether the anchor after a quotation that ends in a full stop begins a new sentence, with content of its own.

    "“...,” Ann Lee said. “It was built to last.” Bo Hart added that ...": the second quotation is Ann Lee's.
    """
    tree = state.story.trees[number]
    if state.story.text[quotation.inner[1] - 1] in ",?!" or tree.sentence[anchor.verb] == tree.sentence[end - 1]:
        return False
    after = tree.ends[anchor.verb]
    speaks_on = any(d.cue == anchor.verb and d.pieces[-1][0] > after for d in state.by_tree.get(number, []))
    return state.here is not None or speaks_on


def _widen(overlapping: list[Draft], quotation: Quotation) -> Draft:
    """Every content that a quotation overlaps takes all of it in; it belongs to the innermost."""
    for draft in overlapping:
        draft.take(quotation.inner)
        draft.marked = True
    return min(overlapping, key=lambda d: sum(e - s for s, e in d.pieces))


def _from_before(state: _State, number: int, quotation: Quotation, words: int) -> Draft | None:
    """A quotation that begins its paragraph, with no speaker in it: introduced before it, or going on."""
    story = state.story
    anchor = introduced(story, number)
    if anchor is not None:
        home, found = anchor
        draft = Draft(home, found.verb, found.source, [quotation.inner], rule="introduced", confidence=0.85)
        draft.head = found.head
        return _new(state, draft)
    previous = state.before
    if previous is None or words < ENOUGH_WORDS or state.before_paragraph < quotation.paragraph - 1:
        return None
    if quotation.opened and not state.before_open and not _ends_with(state, previous):
        return None  # the paragraph before went on after its quotation, to something else
    if quotation.opened and state.before_open:
        return _extend(previous, quotation)  # a mark that was not closed: the next paragraph goes on with it
    draft = Draft(number, None, previous.source, [quotation.inner], rule="same speaker", confidence=0.55)
    draft.head = previous.head
    draft.source_tree = previous.source_tree if previous.source_tree is not None else previous.tree
    return _new(state, draft)


def _going_on(state: _State, quotation: Quotation, words: int) -> Draft | None:
    """A quotation after a sentence that tells in other words what somebody says: "Ann Lee said it was old. “It ..."."""
    story = state.story
    at = sentence_at(story.sentences, quotation.start)
    if not at or words < ENOUGH_WORDS:
        return None
    said = _said_in(state, at - 1)
    if said is None:
        return None
    draft = Draft(said.tree, None, said.source, [quotation.inner], rule="goes on", confidence=said.confidence)
    draft.head, draft.source_tree = said.head, said.source_tree
    return _new(state, draft)


def _said_in(state: _State, sentence: int) -> Draft | None:
    """The statement that a sentence makes: the last one whose verb is not itself part of a statement."""
    number = state.tree_at(state.story.sentences[sentence].start)
    if number is None:
        return None
    tree = state.story.trees[number]
    cued = [
        (draft, tree.span(draft.cue, draft.cue + 1))
        for draft in state.by_tree.get(number, [])
        if draft.cue is not None and tree.sentence[draft.cue] == sentence
    ]
    told = [draft for draft, cue in cued if not any(other is not draft and other.overlap(cue) for other, _ in cued)]
    return told[-1] if told else None


def _ends_with(state: _State, draft: Draft) -> bool:
    """Whether the last sentence of the paragraph before belongs to the draft: its words, or who said them."""
    end = state.story.paragraphs[state.before_paragraph][1]
    last = sentence_at(state.story.sentences, end - 1)
    tree = state.story.trees[draft.tree]
    reached = max(e for _, e in draft.pieces)
    if draft.cue is not None:
        reached = max(reached, tree.ends[draft.cue])
    return last is not None and reached > state.story.sentences[last].start


def _new(state: _State, draft: Draft) -> Draft:
    draft.marked = True
    state.made.append(draft)
    state.by_tree.setdefault(draft.tree, []).append(draft)
    return draft


def _give(state: _State, number: int, anchor: Anchor, quotation: Quotation, rule: str) -> Draft:
    """Give a quotation to the draft of an anchor, made now if it had none."""
    for draft in state.by_tree.get(number, []):
        if draft.cue == anchor.verb:
            draft.take(quotation.inner)
            draft.marked = True
            return draft
    draft = Draft(number, anchor.verb, anchor.source, [quotation.inner], via=anchor.via, rule=rule, confidence=0.95)
    draft.head = anchor.head
    draft.addressee = addressee(state.story.trees[number], anchor)
    return _new(state, draft)


def _extend(draft: Draft, quotation: Quotation) -> Draft:
    draft.take(quotation.inner)
    draft.marked = True
    return draft


def _resumes(here: Draft, number: int, tree: Tree, start: int) -> bool:
    """Whether a quotation goes on after "he said," in the middle of its sentence."""
    if here.cue is None or here.tree != number or not here.cue < start < len(tree) or tree.words[start - 1] != ",":
        return False
    return tree.sentence[here.cue] == tree.sentence[start]


def is_title(text: str) -> bool:
    """Whether marked words look like the name of a work or a programme: capitals, but for the small words."""
    words = _WORD.findall(text)
    names = [word for word in words if word[0].isupper()]
    small = all(word in _SMALL for word in words if not word[0].isupper())
    return len(names) > 1 and small and text[-1:] not in ".!?" and len(text) < LONGEST_TITLE


def _begins_sentence(story: Story, quotation: Quotation) -> bool:
    at = bisect.bisect_left(story.sentences, quotation.start, key=lambda s: s.start)
    return at < len(story.sentences) and story.sentences[at].start == quotation.start


def _opens_paragraph(story: Story, quotation: Quotation) -> bool:
    return story.paragraphs[quotation.paragraph][0] == quotation.start
