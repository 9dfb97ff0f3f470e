"""Whether a draft is a quote at all: a logistic model over what is known when all the drafts of an article are there.

Its chance is the quote's confidence.
"""

import math
from dataclasses import dataclass

from knowledge.build.cues import CUES
from knowledge.build.quotes.draft import Draft
from knowledge.build.quotes.marked import is_title
from knowledge.build.roles import is_role
from knowledge.build.story import Story
from knowledge.build.weights import weigh

__all__ = ["Judged", "draft_traits", "judge"]

# Drafts less likely than this are no quotes; the best F1 on the training articles.
LEAST = 0.25
_PRONOUNS = frozenset(("PRP", "WP", "WDT", "DT", "PRP$"))


@dataclass(frozen=True, slots=True)
class Judged:
    """A draft and the chance (0..1) that it is a quote with the right source."""

    draft: Draft
    chance: float


def judge(story: Story, drafts: list[Draft]) -> list[Judged]:
    """The drafts that are likely enough."""
    by_tree: dict[int, list[Draft]] = {}
    for draft in drafts:
        by_tree.setdefault(draft.tree, []).append(draft)
    judged = []
    for draft in drafts:
        if draft.fixed:
            judged.append(Judged(draft, draft.confidence))  # the layout says it: nothing to weigh
            continue
        score = weigh("judge", draft_traits(story, draft, by_tree[draft.tree]))
        chance = 1 / (1 + math.exp(-score))
        if draft.cue is None:
            chance = min(chance, draft.confidence)  # where nothing says "said", no surer than the layout is
        if chance >= LEAST:
            judged.append(Judged(draft, chance))
    return judged


def draft_traits(story: Story, draft: Draft, others: list[Draft]) -> list[str]:
    """The traits of a draft among the ``others`` of its tree."""
    tree = story.trees[draft.tree]
    text = " ".join(story.text[start:end] for start, end in draft.pieces)
    words = len(text.split())
    size = next((str(top) for top in (1, 2, 3, 4, 6, 9, 15, 30) if words <= top), "more")
    inside = _marked_words(story, draft)
    marked = next((str(top) for top in (0, 1, 2, 3, 4, 6, 9, 15) if inside <= top), "more")
    kind = "indirect" if not inside else "direct" if inside >= words else "mixed"
    cue = CUES.get(tree.words[draft.cue]) if draft.cue is not None else None
    base = cue.base if cue else "other" if draft.cue is not None else "none"
    odds = math.log(max(draft.confidence, 0.01) / max(1 - draft.confidence, 0.01))
    level = str(max(-2, min(4, round(odds))))
    traits = [
        "always",
        f"rule={draft.rule}",
        f"kind={kind}",
        f"rule={draft.rule} kind={kind}",
        f"level={level} marked={draft.marked}",
        f"level={level} rule={draft.rule}",
        f"cue={base}",
        f"cue={base} kind={kind}",
        f"cue={base} marked={marked}",
        f"rule={draft.rule} marked={marked}",
        f"rule={draft.rule} size={size}",
        f"kind={kind} size={size}",
        f"pieces={min(len(draft.pieces), 3)} kind={kind}",
        f"who={_who(story, draft)}",
        f"who={_who(story, draft)} rule={draft.rule}",
        f"who={_who(story, draft)} kind={kind}",
        f"first={'upper' if text[:1].isupper() else 'lower'} rule={draft.rule}",
        f"ends={text[-1:] if not text[-1:].isalnum() else 'word'} kind={kind}",
        f"opens paragraph={draft.pieces[0][0] - story.paragraphs[tree.paragraph][0] < 3} rule={draft.rule}",
        f"headline={tree.paragraph == 0}",
        f"title={inside > 0 and is_title(text)} kind={kind}",
    ]
    if draft.cue is not None:
        i = draft.cue
        traits += [
            f"form={tree.words[i]}",
            f"form={tree.words[i]} kind={kind}",
            f"tag={tree.tags[i]} rule={draft.rule}",
            f"dep={tree.deps[i]} rule={draft.rule}",
        ]
        cue_span = tree.span(i, i + 1)
        outer = [d for d in others if d is not draft and d.overlap(cue_span) > 0]
        if outer:
            same = any(d.source == draft.source for d in outer)
            traits += [f"inside={outer[0].rule} kind={kind}", f"inside same={same} who={_who(story, draft)}"]
    rivals = [d for d in others if d is not draft and any(d.overlap(piece) for piece in draft.pieces)]
    within = sum(all(d.overlap(p) >= p[1] - p[0] for p in draft.pieces) for d in rivals)
    around = sum(all(draft.overlap(p) >= p[1] - p[0] for p in d.pieces) for d in rivals)
    traits += [f"within={min(within, 2)} rule={draft.rule}", f"around={min(around, 2)} rule={draft.rule}"]
    twin = any(all(d.overlap(p) >= p[1] - p[0] for p in draft.pieces) and d.pieces == draft.pieces for d in rivals)
    traits.append(f"twin={twin} rule={draft.rule}")
    return traits


def _marked_words(story: Story, draft: Draft) -> int:
    count = 0
    for start, end in draft.pieces:
        for quotation in story.quotations_in(start, end):
            first, last = max(start, quotation.start), min(end, quotation.end)
            count += len(story.text[first:last].split())
    return count


def _who(story: Story, draft: Draft) -> str:
    """The kind of a source: a pronoun, a kind of name, a role, another noun."""
    if draft.source is None:
        return "nobody"
    tree = story.trees[draft.source_tree if draft.source_tree is not None else draft.tree]
    head = draft.head if draft.head is not None else draft.source[1] - 1
    if tree.tags[head] in _PRONOUNS:
        return tree.words[head]
    label = next((e.label for e in tree.entities if e.start <= head < e.end), "")
    return label or ("role" if is_role(tree.words[head]) else tree.tags[head])
