"""Two statements laid side by side: which of their words are the same, and what is left over on either side."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from rapidfuzz.distance import OSA, Indel

from knowledge.cluster_kin import are_kin, are_opposites, form_of
from knowledge.cluster_numbers import fits_vague
from knowledge.cluster_words import Reading, Token
from knowledge.english import is_english
from knowledge.text import skeleton

__all__ = ["Pairing", "pair"]

_KIN = 0.85
_TYPO_FROM, _TWO_TYPOS_FROM = 5, 9
_UP = frozenset("more over above least exceeding".split())
_DOWN = frozenset("nearly almost fewer less under below".split())
_WHERE = frozenset("in at near of from off inside outside".split())
_BEFORE_NUMBER = 3
_CARRYING = ("content", "name")
_MOST_LEFT = 40


@dataclass(frozen=True)
class Pairing:
    """The tokens of two statements and which of them go together.

    ``same`` are pairs of places whose words are the same, ``kin`` pairs of like meaning; ``one_left`` and
    ``other_left`` the places of the rest; ``in_order`` is 0 to 1, how much of both stands in one order.
    """

    one: tuple[Token, ...]
    other: tuple[Token, ...]
    same: tuple[tuple[int, int], ...]
    kin: tuple[tuple[int, int], ...]
    in_order: float

    @cached_property
    def one_left(self) -> tuple[int, ...]:
        """The places of the first's tokens that nothing goes with; none that are free to be left out."""
        paired = {i for i, _ in (*self.same, *self.kin)}
        return tuple(i for i, token in enumerate(self.one) if i not in paired and not token.free)

    @cached_property
    def other_left(self) -> tuple[int, ...]:
        """The same of the second's."""
        paired = {j for _, j in (*self.same, *self.kin)}
        return tuple(j for j, token in enumerate(self.other) if j not in paired and not token.free)

    def left(self, *kinds: str) -> tuple[list[Token], list[Token]]:
        """The tokens of some kinds that are left over on either side."""
        one = [self.one[i] for i in self.one_left if self.one[i].kind in kinds]
        return one, [self.other[j] for j in self.other_left if self.other[j].kind in kinds]

    @property
    def hard_left(self) -> tuple[list[Token], list[Token]]:
        """The tokens left over on either side that make it another statement."""
        one = [self.one[i] for i in self.one_left if self.one[i].hard]
        return one, [self.other[j] for j in self.other_left if self.other[j].hard]

    @cached_property
    def shares(self) -> tuple[float, float]:
        """How much of each side's weight is paired, numbers and dates left out; 0 to 1, kin at a little less."""
        paired = [0.0, 0.0]
        for pairs, worth in ((self.same, 1.0), (self.kin, _KIN)):
            for i, j in pairs:
                if _says(self.one[i]) and _says(self.other[j]):
                    paired[0] += worth * self.one[i].weight
                    paired[1] += worth * self.other[j].weight
        whole = [sum(t.weight for t in side if _says(t) and not t.free) for side in (self.one, self.other)]
        first, second = (min(1.0, p / w) if w else 1.0 for p, w in zip(paired, whole, strict=True))
        return first, second

    @property
    def likeness(self) -> float:
        """The harmonic mean of the two shares."""
        one, other = self.shares
        return 2 * one * other / (one + other) if one + other else 0.0

    @cached_property
    def opposed(self) -> bool:
        """Whether a word is left over on one side and its opposite on the other."""
        one, other = self.left("content", "sharp", "light", "name")
        return any(are_opposites(a.form, b.form) for a in one for b in other)

    @cached_property
    def counts_differ(self) -> bool:
        """Whether both sides number something, and differently."""
        one, other = self.left("number", "vague")
        if one and other:
            return not all(any(_may_be_one(a, b) for b in other) for a in one)
        numbers = sorted((i, j) for i, j in self.same if self.one[i].kind == "number")
        if any(_bound(self.one, i) * _bound(self.other, j) < 0 for i, j in numbers):
            return True
        turned = any(b < a for (_, a), (_, b) in pairwise(numbers))
        return turned and any(_counted(self.one, i) != _counted(self.other, j) for i, j in numbers)

    @property
    def uncounted(self) -> bool:
        """Whether one side numbers what the other names without that number ("two men", "a man")."""
        ones, others = dict((*self.same, *self.kin)), {j: i for i, j in (*self.same, *self.kin)}
        return any(
            tokens[place].kind in ("number", "vague") and _next_carrying(tokens, place) in paired
            for tokens, left, paired in ((self.one, self.one_left, ones), (self.other, self.other_left, others))
            for place in left
        )

    @cached_property
    def names_turned(self) -> bool:
        """Whether two who do something stand in opposite orders ("A beat B", "B beat A")."""
        named = [(i, j) for i, j in self.same if "name" in (self.one[i].kind, self.other[j].kind)]
        places = sorted((i, j) for i, j in named if _acts(self.one, i) and _acts(self.other, j))
        return any(b < a for (_, a), (_, b) in pairwise(places))


def pair(one: Reading, other: Reading) -> Pairing:
    """Lay two statements side by side; the longest is bounded by what is read of a text."""
    first = _joined(one.tokens, {t.form for t in other.tokens} | {t.word for t in other.tokens})
    second = _joined(other.tokens, {t.form for t in first} | {t.word for t in first})
    a, b = [t.form for t in first], [t.form for t in second]
    same: list[tuple[int, int]] = []
    for op in Indel.opcodes(a, b):
        if op.tag == "equal":
            same += zip(range(op.src_start, op.src_end), range(op.dest_start, op.dest_end), strict=True)
    aligned = sum(first[i].weight for i, _ in same) + sum(second[j].weight for _, j in same)
    whole = sum(t.weight for t in (*first, *second) if not t.free) or 1.0
    same += _moved(a, b, same)
    same += _matching(first, second, same, _one_word)
    kin = _matching(first, second, same, lambda x, y: x.kind == y.kind == "content" and are_kin(x.form, y.form))
    return Pairing(first, second, tuple(same), tuple(kin), min(1.0, aligned / whole))


def _joined(tokens: tuple[Token, ...], forms: set[str]) -> tuple[Token, ...]:
    """The tokens, with two that the other writes as one ("cease-fire", "ceasefire") made one."""
    made: list[Token] = []
    for token in tokens:
        if made and made[-1].word + token.word in forms and token.value is None:
            before = made.pop()
            word = before.word + token.word
            weight = max(before.weight, token.weight)
            made.append(Token(form_of(word), word, before.kind, weight, begins=before.begins))
        else:
            made.append(token)
    return tuple(made)


def _moved(one: Sequence[str], other: Sequence[str], taken: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Pairs of places not taken yet whose forms are equal, each place once."""
    ones, others = {i for i, _ in taken}, {j for _, j in taken}
    rest: dict[str, list[int]] = {}
    for j in range(len(other) - 1, -1, -1):
        if j not in others:
            rest.setdefault(other[j], []).append(j)
    return [(i, rest[form].pop()) for i, form in enumerate(one) if i not in ones and rest.get(form)]


def _matching(
    one: Sequence[Token],
    other: Sequence[Token],
    taken: Iterable[tuple[int, int]],
    alike: Callable[[Token, Token], bool],
) -> list[tuple[int, int]]:
    """Pairs of places not taken yet whose tokens are alike, each place once; none where too many are left."""
    ones, others = {i for i, _ in taken}, {j for _, j in taken}
    left = [i for i, token in enumerate(one) if i not in ones and token.kind in _CARRYING]
    rest = [j for j, token in enumerate(other) if j not in others and token.kind in _CARRYING]
    found: list[tuple[int, int]] = []
    if max(len(left), len(rest)) > _MOST_LEFT:
        return found
    for i in left:
        j = next((j for j in rest if alike(one[i], other[j])), None)
        if j is not None:
            rest.remove(j)
            found.append((i, j))
    return found


def _one_word(one: Token, other: Token) -> bool:
    """Whether two words are one but for a slip of the keyboard, or two spellings of one name."""
    a, b = one.word, other.word
    if one.value is not None or other.value is not None or min(len(a), len(b)) < _TYPO_FROM or a[0] != b[0]:
        return False
    if any(map(str.isdigit, a + b)):
        return False  # "bridge10" is not "bridge1"
    slips = 2 if min(len(a), len(b)) >= _TWO_TYPOS_FROM else 1
    if OSA.distance(a, b, score_cutoff=slips) > slips:
        return False
    if one.capital and other.capital:
        return skeleton(a) == skeleton(b)
    return not (one.capital or other.capital) and not (is_english(a) and is_english(b))


def _says(token: Token) -> bool:
    return token.kind not in ("number", "vague", "date")


def _may_be_one(one: Token, other: Token) -> bool:
    """Whether two numbers that are written otherwise may be the same ("hundreds", "400")."""
    if one.kind == other.kind or one.value is None or other.value is None:
        return False
    vague, exact = (one, other) if one.kind == "vague" else (other, one)
    return fits_vague(vague.value or 0.0, exact.value or 0.0)


def _bound(tokens: Sequence[Token], place: int) -> int:
    """1 when a number is said to be the least ("more than 300"), -1 when the most ("nearly 300"), 0 when neither."""
    before = {t.word for t in tokens[max(0, place - _BEFORE_NUMBER) : place]}
    return bool(before & _UP) - bool(before & _DOWN)


def _next_carrying(tokens: Sequence[Token], place: int) -> int:
    """The place of the first word after this one that carries something; -1 when there is none."""
    return next((k for k in range(place + 1, len(tokens)) if tokens[k].kind in _CARRYING), -1)


def _counted(tokens: Sequence[Token], place: int) -> str:
    """The form of what a number counts."""
    following = _next_carrying(tokens, place)
    return tokens[following].form if following >= 0 else ""


def _acts(tokens: Sequence[Token], place: int) -> bool:
    """Whether a name stands here that may do something, rather than tell where."""
    if not tokens[place].capital:
        return False
    while place and tokens[place - 1].capital and tokens[place - 1].kind in ("name", "content"):
        place -= 1
    before = [t.word for t in tokens[max(0, place - 2) : place]]
    if before and before[-1] == "the":
        before.pop()
    return not before or before[-1] not in _WHERE
