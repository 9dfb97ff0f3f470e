"""What sentences state: subject, relation and object, with time, place and number where they belong to the verb."""

from dataclasses import dataclass

from knowledge.build.story import Story
from knowledge.build.tree import Entity, Tree
from knowledge.models import Fact, Span

__all__ = ["Stated", "find_facts", "labels_of"]

_TIMES = frozenset(("DATE", "TIME"))
_PLACES = frozenset(("GPE", "LOC", "FAC"))
_NUMBERS = frozenset(("CARDINAL", "MONEY", "PERCENT", "QUANTITY"))
_SUBJECTS = ("nsubj", "nsubjpass")
_OBJECTS = ("dobj", "attr", "acomp", "oprd", "xcomp", "ccomp")
_NO_SUBJECTS = frozenset(("WDT", "WP", "EX", "DT"))
_EMPTY = frozenset("it there what which that who whom this".split())
_WHERE = frozenset("in at near from to into outside inside across around through on toward towards".split())
LONGEST = 25


@dataclass(frozen=True, slots=True)
class Stated:
    """A fact, and the tokens it was read from: what the questions about it are made of."""

    fact: Fact
    tree: int
    verb: int
    subject: int
    target: int | None
    preposition: int | None


def find_facts(story: Story) -> list[Stated]:
    """A fact for each verb with a subject that says something, in order; every span lies in the fact's sentence."""
    return [fact for number, tree, _ in story.pieces() for fact in _facts(story, number, tree)]


def labels_of(story: Story) -> tuple[str, ...]:
    """For each sentence, the labels of its named things, sorted and separated by spaces."""
    labels: list[set[str]] = [set() for _ in story.sentences]
    for _, tree, _ in story.pieces():
        for entity in tree.entities:
            labels[tree.sentence[entity.start]].add(entity.label)
    return tuple(" ".join(sorted(found)) for found in labels)


def _facts(story: Story, number: int, tree: Tree) -> list[Stated]:
    entities: dict[int, list[Entity]] = {}
    for entity in tree.entities:
        entities.setdefault(tree.sentence[entity.start], []).append(entity)
    found = []
    for verb in range(len(tree)):
        if not tree.is_verb(verb) or tree.deps[verb] in ("aux", "auxpass", "amod"):
            continue
        subject = tree.kid(verb, *_SUBJECTS)
        if subject is None and tree.deps[verb] == "conj":
            subject = tree.kid(tree.heads[verb], *_SUBJECTS)
        if subject is None or tree.tags[subject] in _NO_SUBJECTS or tree.words[subject] in _EMPTY:
            continue
        stated = _fact(story, number, tree, verb, subject, entities.get(tree.sentence[verb], []))
        if stated is not None:
            found.append(stated)
    return found


def _target(tree: Tree, verb: int) -> tuple[int | None, int | None]:
    """The object of a verb, or of the preposition after it, and that preposition."""
    target = tree.kid(verb, *_OBJECTS)
    if target is not None:
        return (None if tree.words[target] in _EMPTY else target), None
    for kid in tree.kids[verb]:
        if kid > verb and tree.deps[kid] in ("prep", "agent"):
            target = tree.kid(kid, "pobj")
            if target is not None:
                return target, kid
    return None, None


def _fact(story: Story, number: int, tree: Tree, verb: int, subject: int, entities: list[Entity]) -> Stated | None:
    sentence = tree.sentence[verb]
    bounds = (story.sentences[sentence].start, story.sentences[sentence].end)
    target, preposition = _target(tree, verb)
    if target is None and tree.kid(verb, "auxpass") is None:
        return None
    first = last = verb
    for kid in tree.kids[verb]:
        if tree.deps[kid] in ("aux", "auxpass", "neg", "prt") or kid == preposition:
            first, last = min(first, kid), max(last, kid)
    if last - first > 6:
        first = last = verb
    subject_span = _within(tree.span(*_phrase(tree, subject, verb)), bounds)
    relation = _within(tree.span(first, last + 1), bounds)
    if subject_span is None or relation is None:
        return None
    within = [e for e in entities if tree.left[verb] <= e.start and e.end - 1 <= tree.right[verb]]
    fact = Fact(
        sentence=sentence,
        subject=subject_span,
        relation=relation,
        object=_within(tree.span(*_phrase(tree, target, verb)), bounds) if target is not None else None,
        time=_first(tree, [e for e in within if e.label in _TIMES and _adverbial(tree, e, verb)], bounds),
        place=_first(tree, [e for e in within if e.label in _PLACES and _located(tree, e)], bounds),
        number=_first(tree, [e for e in within if e.label in _NUMBERS], bounds),
    )
    return Stated(fact, number, verb, subject, target, preposition)


def _head(tree: Tree, entity: Entity) -> int:
    inside = range(entity.start, entity.end)
    return next((i for i in inside if not entity.start <= tree.heads[i] < entity.end), entity.start)


def _adverbial(tree: Tree, entity: Entity, verb: int) -> bool:
    """Whether a time says when the verb happens: it hangs on the verb, by itself or by a preposition."""
    head = _head(tree, entity)
    above = tree.heads[head]
    if tree.deps[head] == "pobj":
        above = tree.heads[above]
    return tree.deps[head] in ("npadvmod", "pobj", "advmod", "tmod") and (above == verb or tree.deps[above] != "nsubj")


def _located(tree: Tree, entity: Entity) -> bool:
    """Whether a place says where: it follows a preposition of place."""
    head = _head(tree, entity)
    return tree.deps[head] == "pobj" and tree.words[tree.heads[head]] in _WHERE


def _phrase(tree: Tree, head: int, verb: int) -> tuple[int, int]:
    """The tokens of a phrase on its side of the verb, shortened when it is long, without marks at its ends."""
    start, end = tree.left[head], tree.right[head] + 1
    if head < verb < end:
        end = verb
    elif start <= verb < head:
        start = verb + 1
    if end - start > LONGEST:
        start, end = max(start, head - 4), min(end, head + 5)
    while start < head and not tree.words[start][:1].isalnum():
        start += 1
    while end > head + 1 and not tree.words[end - 1][-1:].isalnum():
        end -= 1
    return start, end


def _first(tree: Tree, entities: list[Entity], bounds: Span) -> Span | None:
    return next((_within(tree.span(e.start, e.end), bounds) for e in entities), None)


def _within(span: Span, bounds: Span) -> Span | None:
    """The part of a span that lies in the sentence; tokens can stick out where the tokenizer joins two sentences."""
    start, end = max(span[0], bounds[0]), min(span[1], bounds[1])
    return (start, end) if start < end else None
