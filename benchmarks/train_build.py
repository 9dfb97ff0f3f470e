"""Train the weights of what reads articles, and write ``knowledge/data/build_weights.tsv``.

    python -m benchmarks.train_build EVAL_FOLDER

EVAL_FOLDER holds ``quotes/train.jsonl`` (articles with hand-marked attributions) and ``quotes/score.py``, by which is
counted what is right. ``benchmarks/speakers.tsv`` says whom pronouns and shared names mean in some of those articles.
Three models are trained one after the other:

- choice: which reading of a verb is its content, or none (``knowledge.build.quotes.choice``);
- judge: whether a draft is a quote (``knowledge.build.quotes.judge``), on drafts of articles that the choice was not
  trained on: it must know the choice's mistakes;
- referent: whom a pronoun, a shared name or a role that speaks means (``knowledge.build.referents``): by the hand-read
  ones, and, with less weight, by all pronouns that the gender alone decides, trained on as if it were not known.

No development article is seen. Needs the ``bench`` extra.
"""

import sys
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import chain
from pathlib import Path
from types import ModuleType
from typing import Any

from benchmarks.logit import Case, fit
from benchmarks.speakers import expected, same_person
from benchmarks.stories import Gold, rows, scorer, stories
from knowledge.build import weights
from knowledge.build.mentions import find_mentions
from knowledge.build.people import find_people
from knowledge.build.quotes import judged_quotes, speaking
from knowledge.build.quotes.according import according_readings
from knowledge.build.quotes.anchors import anchors_of
from knowledge.build.quotes.find import drafts_of
from knowledge.build.quotes.judge import draft_traits
from knowledge.build.quotes.proposals import propose
from knowledge.build.quotes.traits import anchor_traits, proposal_traits
from knowledge.build.quotes.transcripts import transcript_quotes
from knowledge.build.referents import Question, by_weights
from knowledge.build.roles import find_roles
from knowledge.build.story import Story
from knowledge.models import Span

WEIGHTS = Path(weights.__file__).parents[1] / "data" / "build_weights.tsv"
HALF = 0.5
RAREST = 4
PENALTY = {"choice": 3.0, "judge": 2.0, "referent": 3.0}
TOLD_WEIGHT = 0.25
ROUNDS = 2

Item = tuple[Story, Gold, dict[str, Any]]
Model = Mapping[str, float]


def main(folder: Path) -> None:
    score = scorer(folder)
    items: list[Item] = [(story, Gold(score, row), row) for row, story in stories(rows(folder, "train"))]
    halves = items[::2], items[1::2]
    cases = [[case for item in half for case in choices(item)] for half in halves]
    drafts: list[Case] = []
    for own, other in ((0, 1), (1, 0)):
        write({"choice": fit(cases[other], PENALTY["choice"], RAREST)})
        drafts += [case for item in halves[own] for case in judgements(score, item)]
    models = {
        "choice": fit(cases[0] + cases[1], PENALTY["choice"], RAREST),
        "judge": fit(drafts, PENALTY["judge"], RAREST),
    }
    write(models)
    meant = expected("train")
    referent: Model = {}
    for _ in range(ROUNDS):  # what is resolved changes what comes after it, so once more with the weights found
        read = [case for story, _, row in items if row["id"] in meant for case in referents(story, meant[row["id"]])]
        told = [case for story, _, _ in items for case in told_by_gender(story)]
        referent = fit(read + told, PENALTY["referent"])
        write({**models, "referent": referent})
    print(
        f"{len(cases[0]) + len(cases[1])} readings, {len(drafts)} drafts, {len(read)} + {len(told)} pronouns and names"
    )


def write(models: Mapping[str, Model]) -> None:
    lines = [
        f"{name}\t{trait}\t{weight:.3f}" for name in sorted(models) for trait, weight in sorted(models[name].items())
    ]
    WEIGHTS.write_text("\n".join(["# model, trait, weight", *lines]) + "\n", encoding="utf-8")
    weights.forget()


# -- choice ---------------------------------------------------------------------------------------------------------


def choices(item: Item) -> Iterable[Case]:
    """A case for each anchor: the readings proposed for it, right where they come nearest to the gold content."""
    story, gold, _ = item
    turns = transcript_quotes(story)
    for number, tree, inside in story.pieces():
        if number in turns:
            continue
        verbs = ((anchor, propose(tree, inside, anchor)) for anchor in anchors_of(tree, inside))
        for anchor, proposals in chain(verbs, according_readings(tree, inside)):
            cue = gold.words([tree.span(anchor.verb, anchor.verb + 1)])
            mine = [a for a in gold.all if cue & a["cued"]]
            # An attribution that is marked as no quote and lacks a source or cue says nothing about this verb.
            unclear = any(not a["quote"] and not (a["source"] and a["cue"]) for a in mine)
            if not proposals or unclear:
                continue
            source = gold.words([tree.span(*anchor.source)])
            sentence = gold.words([tree.span(*tree.sentence_bounds(anchor.verb))])
            wanted = [a["words"] & sentence for a in mine if a["quote"] and source & a["by"]]
            near = [
                max((_alike(_widened(gold, story, [tree.span(*r) for r in p.ranges]) & sentence, w) for w in wanted),
                    default=0.0)
                for p in proposals
            ]  # fmt: skip
            shared = anchor_traits(tree, anchor)
            yield Case([shared + proposal_traits(tree, inside, p) for p in proposals], _best(near))


def _alike(one: frozenset[int], other: frozenset[int]) -> float:
    return len(one & other) / len(one | other) if one & other else 0.0


def _best(near: Sequence[float]) -> list[float]:
    """The best ones share what is right, if they are at least half right."""
    top = max(near)
    right = [float(top >= HALF and value >= top) for value in near]
    return [value / max(1.0, sum(right)) for value in right]


def _widened(gold: Gold, story: Story, spans: list[Span]) -> frozenset[int]:
    """The words of some content with all of every quotation it touches, as ``marked`` will widen it."""
    touched = [q.inner for start, end in spans for q in story.quotations_in(start, end)]
    return gold.words([*spans, *touched])


# -- judge ----------------------------------------------------------------------------------------------------------


def judgements(score: ModuleType, item: Item) -> Iterable[Case]:
    """A case for each draft: right when the scorer joins it with a gold quote and its source is right."""
    story, gold, _ = item
    drafts = [draft for draft in drafts_of(story) if not draft.fixed and gold.words(draft.pieces)]
    by_tree = defaultdict(list)
    found = []
    for draft in drafts:
        by_tree[draft.tree].append(draft)
        home = story.trees[draft.source_tree if draft.source_tree is not None else draft.tree]
        words = gold.words(draft.pieces)
        source = gold.words([home.span(*draft.source)]) if draft.source else frozenset()
        found.append({"content": words, "source": source, "speaker": "", "kind": score.kind_of(words, gold.mask)})
    right = {b for _, b, good in score.one_to_one(gold.quotes, found, HALF) if good}
    for index, (draft, own) in enumerate(zip(drafts, found, strict=True)):
        words = own["content"]
        neither = len(words & gold.ignored) >= len(words) / 2 and len(words & gold.ignored) > len(words & gold.taken)
        # A piece of a gold quote that another draft has the rest of is neither right nor wrong alone.
        piece = any(len(words & q["content"]) >= 0.9 * len(words) and own["source"] & q["source"] for q in gold.quotes)
        if index in right or not (neither or piece):
            yield Case([draft_traits(story, draft, by_tree[draft.tree])], [float(index in right)])


# -- referent -------------------------------------------------------------------------------------------------------


def referents(story: Story, wanted: list[dict[str, Any]]) -> list[Case]:
    """A case for each pronoun, role or shared name that is known; the others are resolved as the weights say."""
    found: list[Case] = []
    cast = find_people(story)
    find_roles(story, cast)

    def decide(question: Question) -> tuple[int, float] | None:
        start, end = story.trees[question.tree].span(question.start, question.end)
        near = (w for w in wanted if w["start"] < end and start < w["end"])
        known = next((w for w in near if (w["kind"] == "role") == (question.kind == "role")), None)
        if known is None or known["sure"] == "0":
            return by_weights(question)
        right = [same_person(cast.people[person].name, known["person"]) for person in question.people]
        best = right.index(True) if any(right) else None
        found.append(Case(question.traits, [float(i == best) for i in range(len(right))]))
        return None if best is None else (question.people[best], 1.0)

    find_mentions(story, cast, speaking(story, judged_quotes(story)), decide)
    return found


def told_by_gender(story: Story) -> list[Case]:
    """A case for each pronoun that only one of the people can mean, by gender; the genders are kept from the traits."""
    found: list[Case] = []
    cast = find_people(story)
    find_roles(story, cast)
    genders = [person.gender for person in cast.people]
    for person in cast.people:
        person.gender = ""

    def decide(question: Question) -> tuple[int, float] | None:
        if question.kind != "pronoun":
            return by_weights(question)
        male = story.trees[question.tree].words[question.start] in ("he", "him", "his", "himself")
        fits = [genders[person] in ("", "m" if male else "f") for person in question.people]
        if all(genders[person] for person in question.people) and sum(fits) == 1 and len(fits) > 1:
            if "pronoun strangers=0" not in question.traits[fits.index(True)]:
                return question.people[fits.index(True)], 1.0  # it may be somebody without a name
            traits = [[trait for trait in own if " gender=" not in trait] for own in question.traits]
            found.append(Case(traits, [float(fit) for fit in fits], TOLD_WEIGHT))
            return question.people[fits.index(True)], 1.0
        kept = [i for i, fit in enumerate(fits) if fit]
        people, own = tuple(question.people[i] for i in kept), tuple(question.traits[i] for i in kept)
        return by_weights(replace(question, people=people, traits=own)) if kept else None

    find_mentions(story, cast, speaking(story, judged_quotes(story)), decide, learn_genders=False)
    return found


if __name__ == "__main__":
    main(Path(sys.argv[1]))
