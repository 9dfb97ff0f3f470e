"""What several articles say of one thing: the same quote, the same fact, other wordings, other numbers."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Literal, TypeVar

from knowledge.cluster_pairs import Pairing, pair
from knowledge.cluster_words import LONGEST, Reading, Token, read
from knowledge.text import folded_words, words

__all__ = ["ALIKE", "NEARLY_ALIKE", "Relation", "Said", "clusters", "relate_quotes", "relate_sentences"]

Relation = Literal["same", "reworded", "differs", "apart"]
"""How two statements relate.

same      one in near-equal words, also when one is cut out of the other
reworded  one quote in other words: a translation, a paraphrase
differs   one count with different numbers
apart     two things
"""

Item = TypeVar("Item")

ALIKE, NEARLY_ALIKE = 0.5, 0.7
"""What two sentences that tell one thing, or one in nearly the same words, have in common at least, 0 to 1."""

_LEAST_WORDS = 3  # "never" and "no comment" are said of many things
_CUT_CONTENT, _CUT_WORDS = 5, 8  # a shorter stretch of somebody's words may be out of another statement
_SHARED = 0.25  # of the shorter's carrying words, before anything is compared closely
_IN_ORDER = 0.8  # of near-equal words, in one order
_FACT_IN_ORDER = 0.5
_REWORDED_DIRECT, _REWORDED = 0.7, 0.6
_COUNTED = 0.7
_FACT_SHORTER, _FACT_LONGER = 0.9, 0.6

# Who says it, before or after what is said: "police said (that) ...", "..., the mayor said on Monday".
_ATTRIBUTED = 600  # characters: in a longer sentence nobody is looked for
_CUE = r"(?:said|says|told|announced|reported|confirmed|according to)"
_WHO = rf"(?:according to (?P<by>[^,]{{2,80}})|(?P<who>[^,“”]{{2,80}}?)\s+{_CUE}"
_SAID_AFTER = re.compile(rf",\s+{_WHO}(?:\s[^,]*)?)\.?$", re.IGNORECASE)
_SAID_BEFORE = re.compile(rf"^{_WHO}(?:\s+that)?)(?:,\s+|\s+)", re.IGNORECASE)
# Small words that make other words of one's own.
_PERSONS = frozenset(
    "i we he she they you my our his her their your will would must can could may might should shall".split()
)
# Sources whom one report names and another leaves out.
_OFFICIAL = frozenset(
    "police officials official officers authorities ministry army court prosecutors government firefighters rescuers "
    "service coastguard hospital agency".split()
)


@dataclass(frozen=True, slots=True)
class Said:
    """A quote: the key of who said it (None when unknown), what was said, and whether in their own words."""

    speaker_key: str | None
    content: str
    direct: bool


def relate_quotes(one: Said, other: Said) -> Relation:
    """How two quotes relate; those of different or unknown speakers are always apart. Symmetrical."""
    if not one.speaker_key or one.speaker_key != other.speaker_key:
        return "apart"
    if one.content == other.content and len(words(one.content[:LONGEST])) >= _LEAST_WORDS:
        return "same"
    pairing = _side_by_side(one.content, other.content)
    if pairing is None:
        return "apart"
    both_direct = one.direct and other.direct
    near = _is_same(pairing, neither_direct=not (one.direct or other.direct)) or _is_cut(pairing)
    if near and not pairing.names_turned:
        return "same"
    if pairing.counts_differ:
        return "differs" if _of_one_count(pairing) else "apart"
    if _clash(pairing) or _only_swapped(pairing):
        return "apart"
    return "reworded" if pairing.likeness >= (_REWORDED_DIRECT if both_direct else _REWORDED) else "apart"


def relate_sentences(one: str, other: str, *, least: float = ALIKE) -> Relation:
    """How two articles' sentences relate as facts: never "reworded". Symmetrical.

    Who is said to say it does not make it another count, but a statement of two sayers is not one. Those that share
    less than ``least`` of their words, by weight, are apart without a closer look.
    """
    if one == other and len(words(one[:LONGEST])) >= _LEAST_WORDS:
        return "same"
    (first, by), (second, by_other) = _unattributed(one), _unattributed(other)
    pairing = _side_by_side(first, second, least)
    if pairing is None:
        return "apart"
    if pairing.counts_differ:
        return "differs" if _of_one_count(pairing) else "apart"
    if _clash(pairing):
        return "apart"
    shorter, longer = sorted(pairing.shares, reverse=True)
    if pairing.uncounted:
        return "apart"
    near = shorter >= _FACT_SHORTER and longer >= _FACT_LONGER and pairing.in_order >= _FACT_IN_ORDER
    return "same" if near and _one_sayer(by, by_other) else "apart"


def clusters(items: Sequence[Item], relate: Callable[[Item, Item], Relation]) -> list[list[int]]:
    """The places of items that are all the same with one another, in groups in the order of their first.

    An item joins the first group with every member of which it is "same", so that no chain joins unlike ends. At most
    len(items)² / 2 comparisons.
    """
    groups: list[list[int]] = []
    for place, item in enumerate(items):
        for group in groups:
            if all(relate(items[member], item) == "same" for member in group):
                group.append(place)
                break
        else:
            groups.append([place])
    return groups


def _side_by_side(one: str, other: str, least: float = 0.0) -> Pairing | None:
    """Two texts laid side by side; None when they are too short, too long or too unlike to be one statement."""
    if max(len(one), len(other)) > LONGEST:
        return None
    a, b = read(one), read(other)
    if min(len(a.tokens), len(b.tokens)) < _LEAST_WORDS or not _share_words(a, b) or _in_common(a, b) < least:
        return None
    # In one order, so that it does not matter which comes first.
    return pair(a, b) if one <= other else pair(b, a)


def _share_words(one: Reading, other: Reading) -> bool:
    fewest = min(len(one.forms), len(other.forms))
    return len(one.forms & other.forms) >= _SHARED * fewest


def _in_common(one: Reading, other: Reading) -> float:
    """How much of the weight of both stands in both, 0 to 1."""
    both = one.weights.keys() & other.weights.keys()
    whole = sum(one.weights.values()) + sum(other.weights.values())
    return sum(one.weights[form] + other.weights[form] for form in both) / (whole or 1.0)


def _is_same(pairing: Pairing, *, neither_direct: bool) -> bool:
    """Whether nothing but small words differs, and in one's own words hardly those."""
    if pairing.kin or any(pairing.hard_left) or pairing.counts_differ:
        return False
    return neither_direct or (pairing.in_order >= _IN_ORDER and not any(map(_turns, pairing.left("light"))))


def _turns(tokens: Sequence[Token]) -> bool:
    return any(token.word in _PERSONS for token in tokens)


def _is_cut(pairing: Pairing) -> bool:
    """Whether one is a stretch, or stretches, of the other, long enough to be nobody's turn of phrase."""
    return _is_cut_of(pairing, swapped=False) or _is_cut_of(pairing, swapped=True)


def _is_cut_of(pairing: Pairing, *, swapped: bool) -> bool:
    part, whole = (pairing.other, pairing.one) if swapped else (pairing.one, pairing.other)
    part_left = pairing.other_left if swapped else pairing.one_left
    if pairing.kin or any(part[i].hard or part[i].word in _PERSONS for i in part_left):
        return False
    if sum(t.kind != "light" for t in part) < _CUT_CONTENT and len(part) < _CUT_WORDS:
        return False
    matched = sorted((j, i) if swapped else (i, j) for i, j in pairing.same)
    places = [j for _, j in matched]
    if not places or places != sorted(places):
        return False
    matched = _drawn_up(matched, whole)
    # What is left out between two matched words must be marked with an ellipsis, or weigh nothing.
    for (i, j), (following, next_j) in pairwise(matched):
        left = [whole[k] for k in range(j + 1, next_j) if not whole[k].free]
        marked = any(t.cut for t in part[i + 1 : following + 1])
        if not marked and any(t.hard or t.word in _PERSONS for t in left):
            return False
    return not _denied(whole, matched[0][1])


def _drawn_up(matched: Sequence[tuple[int, int]], whole: Sequence[Token]) -> list[tuple[int, int]]:
    """Each word of a part as near before the next one as the whole has it: the nearest "the" of several."""
    drawn: list[tuple[int, int]] = []
    following = 0
    for i, first in reversed(matched):
        nearer = (k for k in range(following - 1, first, -1) if whole[k].form == whole[first].form)
        following = next(nearer, first)
        drawn.append((i, following))
    return drawn[::-1]


def _denied(tokens: Sequence[Token], first: int) -> bool:
    """Whether what stands right before a stretch denies it ("I never said we would ...")."""
    for token in reversed(tokens[:first]):
        if token.kind == "negation":
            return True
        if token.begins:
            break
    return False


def _clash(pairing: Pairing) -> bool:
    """Whether the two say opposite things, or name different people, places or days."""
    one, other = pairing.left("negation")
    if len(one) != len(other) or pairing.opposed or pairing.names_turned:
        return True
    return any(all(pairing.left(kind)) for kind in ("name", "date"))


def _of_one_count(pairing: Pairing) -> bool:
    """Whether two statements with different numbers count the same: beside the numbers, one says nothing else."""
    return pairing.likeness >= _COUNTED and not _clash(pairing) and not all(pairing.left("content"))


def _only_swapped(pairing: Pairing) -> bool:
    """Whether the two differ in words that carry them and in nothing else: a form filled in twice, no translation."""
    return all(pairing.left("content")) and not any(pairing.left("light", "sharp"))


@lru_cache(maxsize=256)
def _unattributed(sentence: str) -> tuple[str, str]:
    """A sentence without who says it, and who that is."""
    for pattern in (_SAID_AFTER, _SAID_BEFORE) if len(sentence) <= _ATTRIBUTED else ():
        if match := pattern.search(sentence):
            rest = sentence[: match.start()] + sentence[match.end() :]
            return rest, (match["by"] or match["who"]).strip()
    return sentence, ""


def _one_sayer(one: str, other: str) -> bool:
    """Whether what two sentences say is said by the same; an official source may be left out."""
    first, second = (set(folded_words(text)) for text in (one, other))
    if first and second:
        return first <= second or second <= first
    return not (first or second) or not _OFFICIAL.isdisjoint(first | second)
