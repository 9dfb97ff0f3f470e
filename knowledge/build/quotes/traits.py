"""What there is to see of a proposal: its traits, as names that the weights are keyed by.

The traits of one proposal are about the verb, who it is that speaks, where the content begins and ends, and what is in
it; pairs of them stand for what only matters together ("said" takes clauses, "announced" takes objects).
"""

from knowledge.build.cues import CUES
from knowledge.build.quotes.anchors import TEXTS, Anchor
from knowledge.build.quotes.proposals import Proposal
from knowledge.build.roles import is_role
from knowledge.build.tree import FINITE, Tree

__all__ = ["anchor_traits", "proposal_traits"]

_CLOSED = frozenset(
    "that to of about for on in at as with by from whether if how what why who which when where while after before "
    "because since but and or so not no it he she they we i you there this these his her its their the a an would will "
    "could should may might must can is was are were had has have be been".split()
)
_NEGATIONS = frozenset(("not", "n't", "never", "nothing", "no", "neither"))


def _shape(tree: Tree, i: int) -> str:
    """A token by its word where it is a small word or a mark, else by its tag."""
    word = tree.words[i]
    return word if word in _CLOSED or not word[:1].isalnum() else tree.tags[i]


def _size(n: int) -> str:
    return next((str(top) for top in (1, 2, 3, 5, 8, 12, 20, 40) if n <= top), "more")


def anchor_traits(tree: Tree, anchor: Anchor) -> list[str]:
    """The traits that all proposals of an anchor share: the verb, its form and place, and who speaks."""
    verb = anchor.verb
    first, last = tree.sentence_bounds(verb)
    base, tag, dep = anchor.cue.base, tree.tags[verb], tree.deps[verb]
    helpers = [tree.words[k] for k in tree.kids[verb] if k < verb and tree.deps[k] in ("aux", "auxpass", "neg")]
    head = anchor.head
    who = tree.words[head] if tree.tags[head] in ("PRP", "WP", "WDT", "DT", "PRP$") else ""
    if not who:
        who = next((e.label for e in tree.entities if e.start <= head < e.end), "")
    if not who:
        who = "role" if is_role(tree.words[head]) else tree.tags[head]
    traits = [
        f"cue={base}",
        f"form={tree.words[verb]}",
        f"tag={tag}",
        f"dep={dep}",
        f"cue={base} tag={tag}",
        f"tag={tag} dep={dep}",
        f"who={who}",
        f"cue={base} who={who}",
        f"passive={anchor.passive}",
        f"via={anchor.via is not None}",
        f"side={'left' if anchor.source[0] < verb else 'right'}",
        f"gap={_size(max(verb - anchor.source[1], anchor.source[0] - verb - 1))}",
        f"before={_shape(tree, anchor.group[0] - 1) if anchor.group[0] > first else 'none'}",
        f"after={_shape(tree, verb + 1) if verb + 1 < last else 'none'}",
        f"cue={base} after={_shape(tree, verb + 1) if verb + 1 < last else 'none'}",
        f"question={tree.words[last - 1] == '?'}",
        f"stop={tree.words[last - 1] if not tree.words[last - 1][:1].isalnum() else 'none'}",
        f"long={_size(last - first)}",
    ]
    traits += [f"aux={word}" for word in helpers]
    traits += [f"neg cue={base}" for word in helpers if word in _NEGATIONS]
    if dep in ("advcl", "xcomp", "conj", "acl", "relcl", "ccomp", "pcomp"):
        governor = tree.heads[verb]
        outer = CUES.get(tree.words[governor])
        traits.append(f"under={outer.base if outer else tree.tags[governor]} dep={dep}")
    at, steps = verb, 0
    while tree.heads[at] != at and steps < 12:
        if tree.deps[at] == "ccomp" and tree.words[tree.heads[at]] in CUES:
            traits.append("nested")
            break
        at, steps = tree.heads[at], steps + 1
    return traits


def proposal_traits(tree: Tree, inside: list[bool], proposal: Proposal) -> list[str]:
    """The traits of one proposal alone: where it begins and ends, what it leaves out, what is in it."""
    anchor, ranges, rule = proposal.anchor, proposal.ranges, proposal.rule
    verb, base = anchor.verb, anchor.cue.base
    last = tree.sentence_bounds(verb)[1]
    start, end = ranges[-1]
    begin = ranges[0][0]
    opening, closing = _shape(tree, begin), _shape(tree, end) if end < last else "none"
    finite = sum(tree.tags[i] in FINITE for s, e in ranges for i in range(s, e))
    clauses = "0" if not finite else "1" if finite == 1 else "2"
    size = sum(e - s for s, e in ranges)
    left = begin < verb
    marks = [inside[i] for s, e in ranges for i in range(s, e)]
    marked = "none" if not any(marks) else "all" if all(marks) else "some"
    place = f"{rule} {proposal.cut}"
    head = _head(tree, start, end)
    # Does the content hang on the verb in the parser's eyes, and does it end where its own words end?
    attached = "verb" if tree.heads[head] == verb else "root" if tree.heads[head] == head else "else"
    edge = "at" if tree.right[head] + 1 == end else "short" if tree.right[head] >= end else "over"
    subject = tree.kid(head, "nsubj", "nsubjpass", "expl") is not None
    traits = [
        f"rule={rule}",
        f"place={place}",
        f"rule={rule} cue={base}",
        f"place={place} tag={tree.tags[verb]}",
        f"rule={rule} tag={tree.tags[verb]}",
        f"rule={rule} dep={tree.deps[verb]}",
        f"place={place} dep={tree.deps[verb]}",
        f"rule={rule} opening={opening}",
        f"rule={rule} opening={opening} clauses={clauses}",
        f"cue={base} opening={opening}",
        f"cue={base} clauses={clauses}",
        f"rule={rule} clauses={clauses}",
        f"rule={rule} closing={closing}",
        f"last={tree.tags[end - 1]} closing={closing}",
        f"rule={rule} size={_size(size)}",
        f"size={_size(size)}",
        f"marked={marked} rule={rule}",
        f"marked={marked} cue={base}",
        f"left={left} pieces={len(ranges)}",
        f"rule={rule} passive={anchor.passive}",
        f"head={tree.tags[head]} {tree.deps[head]} rule={rule}",
        f"attached={attached} {edge} rule={rule}",
        f"attached={attached} {edge} closing={closing}",
        f"attached={attached} {tree.deps[head]} cue={base}",
        f"subject={subject} opening={opening}",
        f"subject={subject} rule={rule}",
    ]
    if rule == "preposition" and tree.deps[begin - 1] == "prep":
        traits += [f"preposition={tree.words[begin - 1]} cue={base}", f"text={tree.words[head] in TEXTS}"]
    if left:
        traits += [
            f"left before={_shape(tree, anchor.group[0] - 1)}",
            f"left next={_shape(tree, anchor.group[1]) if anchor.group[1] < last else 'none'} pieces={len(ranges)}",
            f"left tag={tree.tags[verb]} dep={tree.deps[verb]}",
        ]
        if len(ranges) == 2:
            before = any(tree.tags[i] in FINITE for i in range(*ranges[0]))
            after = any(tree.tags[i] in FINITE for i in range(*ranges[1]))
            traits.append(f"both verbs={before} {after} resumes={_shape(tree, ranges[1][0])}")
            traits.append(f"resumes cue={tree.words[ranges[1][0]] in CUES} {tree.tags[ranges[1][0]]}")
    else:
        between = tree.words[verb + 1 : begin]
        traits.append(f"skipped={_size(len(between))} rule={rule}")
        if between:
            traits.append(f"skipped={_shape(tree, verb + 1)} cue={base}")
    if end < last:
        rest = [tree.tags[i] for i in range(end, last)]
        kind = "verbs" if any(t in FINITE for t in rest) else "none"
        traits.append(f"left out={kind} {_size(last - end)}")
        traits.append(f"left out={kind} closing={closing} rule={rule}")
        follow = next((i for i in range(end, last) if tree.words[i][:1].isalnum()), None)
        if follow is not None:
            into = tree.heads[follow]
            home = "content" if any(s <= into < e for s, e in ranges) else "cue" if into == verb else "else"
            traits.append(f"follows={_shape(tree, follow)} on={home}")
            traits.append(f"follows={_shape(tree, follow)} {tree.deps[follow]} on={home}")
            traits.append(f"left out={kind} {tree.deps[into]} on={home} closing={closing}")
            outer = next((i for i in range(follow, last) if tree.tags[i] in FINITE or tree.tags[i] == "VBG"), None)
            if outer is not None:
                same = tree.tags[outer] == tree.tags[verb]
                traits.append(f"next verb={tree.deps[outer]} same={same} cue={tree.words[outer] in CUES}")
    inner = [i for s, e in ranges for i in range(s, e) if tree.words[i] in CUES and tree.is_verb(i)]
    traits.append(f"inner cues={min(len(inner), 2)}")
    return traits


def _head(tree: Tree, start: int, end: int) -> int:
    return next((i for i in range(start, end) if not start <= tree.heads[i] < end or tree.heads[i] == i), start)
