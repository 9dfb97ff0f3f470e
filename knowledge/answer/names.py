"""Who a question means: from words to the people and groups of the index, through every alias."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import tantivy
from rapidfuzz import fuzz

from knowledge.answer.scope import Scope
from knowledge.answer.slips import by_ear, slip
from knowledge.answer.spelling import Speller, alike, has_like
from knowledge.english import is_english
from knowledge.index.fields import EntityPayload
from knowledge.index.search import SearchIndex
from knowledge.same_name import SUFFIXES, name_parts, person_key, short_forms
from knowledge.text import folded_words, is_stop, squash

__all__ = ["Named", "Namer", "bare", "one_person", "same_name"]

_ENTITIES = 40
_LONGEST = 5
_SHORTEST_BY_EAR = 4
_ACCEPT = 0.74
_AS_GOOD = 0.03
_IN_FULL = 0.95
_READINGS, _FORMS = 8, 40
_WHOLE = 3  # words that may be written as one
_HONORIFICS = frozenset(
    "mr mrs ms miss dr sir dame lord lady prof professor president prime minister senator sen rep representative "
    "governor gov secretary general gen king queen prince princess pope judge justice chancellor mayor chairman "
    "chairwoman ceo coach captain colonel officer ambassador sheikh ayatollah imam rabbi reverend rev".split()
)
_PLAIN = frozenset("mr mrs ms miss dr sir".split())  # they tell nothing of what somebody is
_DETERMINERS = frozenset("the a an".split())
_SHORT_TITLE = 4
_CLASH = 0.05  # what a title costs that is not in somebody's role: another of that name, who has it, fits better


@dataclass(frozen=True, slots=True)
class Named:
    """Someone a question may mean: ``first`` and ``last`` word of the name (half open), how well it fits (0..1)."""

    entity: EntityPayload
    first: int
    last: int
    score: float
    mended: bool

    @property
    def key(self) -> str:
        """The entity's key in the index."""
        return self.entity["key"]

    @property
    def common(self) -> bool:
        """Whether it is a group without a proper name ("the company"): in another story that is another group."""
        return not self.entity["person"] and any(kind == "common" for kind, _ in self.entity["aliases"].values())


def one_person(one: EntityPayload, other: EntityPayload) -> bool:
    """Whether two of like names are one; those whom the store tells apart have one key but for its number."""
    apart = one["key"] != other["key"] and one["key"].partition("~")[0] == other["key"].partition("~")[0]
    return not apart and same_name(one["name"], other["name"])


def same_name(name: str, other: str) -> bool:
    """Whether two full names are one, but for a middle name or a short form of the first ("Joe", "Joseph R. Biden").

    A son's is not his father's ("Victor Hale Jr.").
    """
    one, two = (name_parts(person_key(text)) for text in (name, other))
    if one.last != two.last or one.suffix != two.suffix:
        return False
    return one.first == two.first or one.first in short_forms(two.first)


def bare(tokens: Sequence[str]) -> list[str]:
    """The words of a name without its determiners."""
    return [token for token in tokens if token not in _DETERMINERS]


class Namer:
    """Finds the people and groups of one index in the words of questions."""

    def __init__(self, index: SearchIndex, speller: Speller) -> None:
        self._index = index
        self._speller = speller

    def slot(self, tokens: Sequence[str], scope: Scope) -> list[Named]:
        """Who a whole run of words may name, best first; everyone whose fit is as good as the best's.

        Only entities of the scope are meant.
        """
        tokens = bare(tokens) or list(tokens)
        if not tokens:
            return []
        scored = self.called(tokens, scope) or [
            Named(entity, 0, len(tokens), fit, mended=mended)
            for entity in self._candidates(tokens, scope)
            if scope.has_entity(entity["key"])
            for fit, mended in [_fit(tokens, entity)]
            if fit >= _ACCEPT
        ]
        scored.sort(key=lambda named: (-named.score, named.key))
        return _in_full([named for named in scored if named.score >= scored[0].score - _AS_GOOD])

    def called(self, tokens: Sequence[str], scope: Scope) -> list[Named]:
        """Those of whom a whole run of words is an alias, just as it stands."""
        squashed = "".join(tokens)
        found = self._index.entities(self._index.term("alias", squashed), _ENTITIES) if squashed else []
        return [Named(e, 0, len(tokens), 1.0, mended=False) for e in found if scope.has_entity(e["key"])]

    def inside(self, tokens: Sequence[str], scope: Scope, raised: Collection[str] = frozenset()) -> list[list[Named]]:
        """The names inside a question, from left to right: for each run of words that is one, who it may be.

        ``raised`` are the form words that are written like names in it ("does May travel").
        """
        read = [self._read(token, scope) for token in tokens]
        found: list[list[Named]] = []
        start = 0
        while start < len(tokens):
            run = self._exact(tokens, read, start, scope, raised) or self._by_ear(tokens, read, start, scope)
            if run:
                found.append(run)
            start = run[0].last if run else start + 1
        return found

    def _read(self, token: str, scope: Scope) -> str:
        """The word of the articles that a word is most likely a slip for; the word itself when it is theirs."""
        if is_stop(token) or self._index.frequency("part", token):
            return token
        if token.endswith("s") and self._index.frequency("part", token[:-1]):
            return token[:-1]  # "trumps" for "Trump's"
        return self._speller.expand(token, scope).meant

    def _exact(
        self, tokens: Sequence[str], read: Sequence[str], start: int, scope: Scope, raised: Collection[str]
    ) -> list[Named]:
        """Those of whom the longest run from ``start``, slips mended, is an alias."""
        for end in range(min(len(tokens), start + _LONGEST), start, -1):
            run = read[start:end]
            if any(is_stop(word) and word not in raised for word in (run[0], run[-1])):
                continue
            squashed = "".join(run)
            if not self._index.frequency("alias", squashed):
                if named := self._in_part(tokens, read, start, end, scope):
                    return named
                continue
            mended = list(tokens[start:end]) != list(run)
            named = [
                replace(n, first=start, last=end, mended=mended)
                for n in self.called(run, scope)
                # A role of one word ("president") is said of too many to name somebody inside a question, and only
                # where a person is mentioned does the index hold form words.
                if (len(run) > 1 or n.entity["aliases"].get(squashed, ["role"])[0] != "role")
                and (n.entity["person"] or not is_stop(run[0]))
            ]
            if named and end < len(tokens) and tokens[end] in SUFFIXES:
                return [n for n in named if _suffix(n.entity) == tokens[end]]  # a son is not his father
            if named:
                return _in_full(self._longer(named, tokens, end))
        return []

    def _longer(self, named: list[Named], tokens: Sequence[str], end: int) -> list[Named]:
        """Those of one word with the next, when that is a slip for more of their name ("clay cockrel": Cockrell)."""
        if end - named[0].first > 1 or end >= len(tokens) or is_stop(tokens[end]):
            return named
        run = tokens[named[0].first : end + 1]
        fits = [(_fit(run, n.entity)[0], n) for n in named]
        best = max(fit for fit, _ in fits)
        longer = [
            Named(n.entity, n.first, end + 1, fit, mended=True)
            for fit, n in fits
            if fit >= max(_ACCEPT, best - _AS_GOOD)
        ]
        return longer or named

    def _in_part(self, tokens: Sequence[str], read: Sequence[str], start: int, end: int, scope: Scope) -> list[Named]:
        """Those of whose name a run of several words is a part ("keith scott": Keith Lamont Scott)."""
        run = read[start:end]
        if len(run) < 2 or not all(self._index.frequency("part", word) for word in run):
            return []
        held = (self._one_of("part", [word, *short_forms(word)]) for word in run)
        if not self._index.count(self._index.all_of(held)):
            return []
        named = self.slot(run, scope)
        slips = list(tokens[start:end]) != list(run)
        return [Named(n.entity, start, end, n.score, mended=slips or n.mended) for n in named]

    def _by_ear(self, tokens: Sequence[str], read: Sequence[str], start: int, scope: Scope) -> list[Named]:
        """Those whom a word may name that is neither the articles' nor a slip for one of theirs."""
        token = tokens[start]
        if len(token) < _SHORTEST_BY_EAR or is_english(token) or read[start] != token or self._speller.is_known(token):
            return []
        for first, last in ((start, start + 2), (start - 1, start + 1), (start, start + 1)):
            if first < 0 or last > len(tokens) or any(is_stop(t) for t in tokens[first:last]):
                continue
            fits = self.slot(tokens[first:last], scope)
            if fits:
                return [Named(n.entity, first, last, n.score, mended=True) for n in fits]
        return []

    def _candidates(self, tokens: Sequence[str], scope: Scope) -> list[EntityPayload]:
        """Entities that may fit a run, whatever slips it has.

        Each word of it is a form of a word of their name or roles, unless it is one that names nobody or has others of
        like meaning; or the whole run is.
        """
        whole = self._speller.near("".join(tokens), scope)[:_READINGS] if len(tokens) <= _WHOLE else []
        found = self._index.entities(self._one_of("alias", [word for word, _ in whole]), _ENTITIES) if whole else []
        exact = [[token] for token in tokens if self._index.frequency("part", token)]
        if len(exact) == len(tokens):
            # Slips are looked for only when nobody has just these words.
            in_full = self._having(exact, [])
            if any(_fit(tokens, entity)[0] >= _IN_FULL for entity in in_full):
                return _each([*in_full, *found])
        if len(tokens) > _WHOLE and any(map(self._names_nobody, tokens)):
            return found
        needed: list[list[str]] = []
        free: list[str] = []
        for token in tokens:
            near = [word for word, _ in self._speller.near(token, scope)[:_READINGS]]
            forms = [f for f in (token, *near, *short_forms(token)) if self._index.frequency("part", f)]
            if self._may_be_left(token):
                free += forms
            elif forms:
                needed.append(forms)
            elif len(tokens) > _WHOLE:
                return found
        if len(tokens) > _WHOLE:
            return _each([*self._having(needed, free), *found])
        # A few words may name somebody of whom they hold but one, being nearly that name when written as one.
        return _each([*self._having([], [form for forms in (*needed, free) for form in forms]), *found])

    def _names_nobody(self, token: str) -> bool:
        """Whether a word of the articles stands in no name: in a run of many words it is no slip for one either."""
        return (
            not self._index.frequency("part", token) and self._speller.is_known(token) and not self._may_be_left(token)
        )

    def _may_be_left(self, token: str) -> bool:
        """Whether somebody may fit whose names and roles do not hold the word, nor one near it."""
        free = len(token) == 1 or is_stop(token) or bool(_title(token)) or has_like(token)
        return free or self._index.frequency("role", token) > 0

    def _having(self, needed: Sequence[Sequence[str]], free: Sequence[str]) -> list[EntityPayload]:
        """Entities with one form of each needed word among those of their names and roles, or else with a free one."""
        forms = [form for forms in needed for form in forms] + [*free]
        if not forms:
            return []
        query = self._one_of("part", list(dict.fromkeys(forms))[:_FORMS])
        if len(needed) > 1:
            query = self._index.among(query, self._index.all_of(self._one_of("part", forms) for forms in needed))
        return self._index.entities(query, _ENTITIES)

    def _one_of(self, field: str, terms: Sequence[str]) -> tantivy.Query:
        return self._index.any_of(self._index.term(field, term) for term in terms)


def _each(entities: Sequence[EntityPayload]) -> list[EntityPayload]:
    return list({entity["key"]: entity for entity in entities}.values())


def _in_full(found: Sequence[Named]) -> list[Named]:
    """Those found, a bare last name of whom nothing else is known as the only one found who has it in full.

    Articles may well name the same one; what they say is found under both keys.
    """
    read = []
    for named in found:
        entity = named.entity
        if not entity["role"]:
            bare = squash(entity["name"])
            full = [other.entity for other in found if other.key != named.key and _is_last(bare, other.entity)]
            if len(full) == 1:
                entity = {**entity, "name": full[0]["name"], "role": full[0]["role"]}
        read.append(replace(named, entity=entity))
    return read


def _is_last(name: str, entity: EntityPayload) -> bool:
    """Whether a squashed name is somebody's last name."""
    return entity["person"] and entity["aliases"].get(name, [""])[0] == "last"


def _fit(tokens: Sequence[str], entity: EntityPayload) -> tuple[float, bool]:
    """How well a run of words names an entity, 0..1, and whether a slip had to be forgiven.

    Every word must match a word of one alias (equal, a slip, a nickname or an initial), be an honorific, or stand in
    the entity's role; or the run and the alias, each written as one word, must be nearly the same.
    """
    best, mended = 0.0, False
    if tokens[-1] in SUFFIXES and len(tokens) > 1 and tokens[-1] != _suffix(entity):
        return best, mended  # "Victor Hale Jr." is not Victor Hale
    squashed = "".join(tokens)
    role = set(_words_of(entity["role"] or ""))
    for form, (kind, text) in entity["aliases"].items():
        together = fuzz.ratio(squashed, form) / 100
        # Roles written as one word are alike too easily: "us president", "president".
        if kind != "role" and together >= 0.8 and abs(len(squashed) - len(form)) <= 2 and together * 0.97 > best:
            best, mended = together * 0.97, squashed != form
        names = _words_of(text)
        score, slips = (
            _as_role(tokens, names) if kind == "role" else _aligned(tokens, names, role, person=entity["person"])
        )
        if score > best:
            best, mended = score, slips
    return best, mended


@lru_cache(maxsize=8192)
def _words_of(text: str) -> tuple[str, ...]:
    return tuple(folded_words(text))


def _suffix(entity: EntityPayload) -> str:
    return name_parts(person_key(entity["name"])).suffix


def _as_role(tokens: Sequence[str], names: Sequence[str]) -> tuple[float, bool]:
    """How well a run names a role: each word matches one of its words, and they are half of it or more."""
    names = [name for name in names if not is_stop(name)]
    tokens = [token for token in tokens if not is_stop(token)]
    if not names or not tokens or not (slip(tokens[-1], names[-1]) or alike(tokens[-1], names[-1])):
        return 0.0, False
    scores = [max(slip(token, name) or 0.9 * alike(token, name) for name in names) for token in tokens]
    if min(scores) == 0 or 2 * len(tokens) < len(names):
        return 0.0, False
    return 0.95 * sum(scores) / len(scores) - 0.02 * (len(names) - len(tokens)), min(scores) < 1


def _aligned(tokens: Sequence[str], names: Sequence[str], role: set[str], *, person: bool) -> tuple[float, bool]:
    left = list(names)
    total, matched, mended, clash = 0.0, 0, False, 0.0
    for token in tokens:
        score, name = max(((_same(token, name), name) for name in left), default=(0.0, ""))
        if score > 0:
            left.remove(name)
            total += score
            matched += 1
            mended = mended or (score < 1.0)
        elif token in _PLAIN or token in role or is_stop(token):
            continue
        elif title := _title(token):
            clash = _CLASH if role and title not in role else 0.0
        else:
            return 0.0, False
    if not matched or not any(name for name in names if name not in left and len(name) > 1):
        return 0.0, False
    if left and not person:
        return 0.0, False  # "China" is not "China and Russia"
    # Words of the name that were not said cost a little: "Clinton" fits "Clinton" better than "Hillary Clinton".
    return total / matched - 0.01 * len(left) - clash, mended


@lru_cache(maxsize=4096)
def _title(token: str) -> str | None:
    """The title that a word is, or is a slip for ("governer")."""
    if token in _HONORIFICS:
        return token
    return next((title for title in sorted(_HONORIFICS) if len(title) > _SHORT_TITLE and slip(token, title)), None)


@lru_cache(maxsize=32768)
def _same(token: str, name: str) -> float:
    if token == name:
        return 1.0
    if len(token) == 1 and name.startswith(token):
        return 0.9
    if name in short_forms(token):
        return 0.92
    return slip(token, name) or by_ear(token, name)
