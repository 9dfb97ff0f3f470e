"""Words of one form, of like meaning and of opposite meaning, for statements to be compared by."""

import re
from functools import lru_cache

from knowledge.data import read_lines
from knowledge.text import fold, normal

__all__ = ["are_kin", "are_opposites", "form_of"]

# British endings to American ones; what else they change, they change at both ends alike.
_SPELLINGS = tuple(
    (re.compile(pattern), by)
    for pattern, by in (
        (r"is(e|es|ed|ing|er|ers|ation|ations)$", r"iz\1"),
        (r"(?<=..)our(?=.{0,8}$)", "or"),
        (r"tre(s?)$", r"ter\1"),
        (r"ll(ed|ing|er|ers)$", r"l\1"),
        (r"ogue(s?)$", r"og\1"),
        (r"fence(s?)$", r"fense\1"),
        (r"^licence", "license"),
        (r"^programme(s?)$", r"program\1"),
        (r"^grey", "gray"),
        (r"^tyre", "tire"),
    )
)
_LEAST_RESPELLED = 6


@lru_cache(maxsize=65536)
def form_of(word: str) -> str:
    """The form of a folded word: British and American spellings made one, then as it is indexed."""
    if len(word) >= _LEAST_RESPELLED:
        for pattern, by in _SPELLINGS:
            word = pattern.sub(by, word)
    return normal(word)


def are_kin(one: str, other: str) -> bool:
    """Whether two forms are of words that may stand for each other (``data/synonyms.txt``)."""
    kin = _kin()
    return not kin.get(one, _NO_LINES).isdisjoint(kin.get(other, _NO_LINES))


def are_opposites(one: str, other: str) -> bool:
    """Whether two forms are of words that say opposite things ("raise" and "cut")."""
    return other in _opposites().get(one, _NO_FORMS)


_NO_LINES: frozenset[int] = frozenset()
_NO_FORMS: frozenset[str] = frozenset()


@lru_cache(maxsize=1)
def _kin() -> dict[str, frozenset[int]]:
    lines: dict[str, set[int]] = {}
    for number, line in enumerate([*read_lines("synonyms"), *map(str.split, _MORE_KIN)]):
        for word in line:
            lines.setdefault(form_of(fold(word)), set()).add(number)
    return {form: frozenset(numbers) for form, numbers in lines.items()}


# What news says in two ways, and questions do not.
_MORE_KIN = (
    "rebuild rebuilt reconstruct restore",
    "rebuilding reconstruction",
    "collapse fail founder",
    "agreement deal accord pact",
    "mistake error",
    "remain stay",
    "sufficient enough adequate",
    "survive withstand weather",
    "accountable answer responsible liable",
    "blame fault responsible",
    "citizen resident inhabitant",
    "truth fact",
    "ask urge request",
    "need require",
    "danger risk threat peril",
    "hard difficult tough",
    "soon early",
    "choose pick select",
    "believe think consider",
    "nation country state",
    "immediate instant prompt urgent",
    "home house",
    "vital essential crucial",
    "soldier troop serviceman",
    "seek want",
    "happen occur",
    "offer propose proposal",
    "force oblige compel",
    "victory triumph win",
)

_OPPOSED = (
    ("raise increase rise grow climb lift gain", "cut reduce lower fall drop decline decrease lose"),
    ("win beat", "lose"),
    ("support back defend favour welcome", "oppose fight reject condemn"),
    ("accept approve agree allow permit", "reject refuse ban forbid block deny"),
    ("open start begin launch resume", "close shut stop end halt finish suspend"),
    ("buy", "sell"),
    ("before", "after"),
    ("with", "without"),
    ("above over up", "below under down"),
    ("more most", "less fewer least"),
    ("all every everybody everyone", "some none nobody somebody someone few"),
    ("high higher fast faster", "low lower slow slower"),
    ("safe", "dangerous unsafe"),
    ("early", "late"),
    ("first", "last"),
    ("strong", "weak"),
    ("possible likely legal lawful guilty", "impossible unlikely illegal unlawful innocent"),
    ("he him his himself", "she her hers herself"),
    ("man men boy son husband", "woman women girl daughter wife"),
    ("join arrive enter stay remain", "leave quit"),
    ("keep hold", "release abandon"),
    ("remember love trust", "forget hate distrust"),
    ("north northern east eastern", "south southern west western"),
    ("spring summer", "autumn winter"),
    ("success succeed", "failure fail"),
    ("right true", "wrong false"),
    ("always", "never"),
    ("survive live", "die"),
    ("attack", "defend protect"),
    ("protect", "punish"),
)


@lru_cache(maxsize=1)
def _opposites() -> dict[str, frozenset[str]]:
    table: dict[str, set[str]] = {}
    for sides in _OPPOSED:
        one, other = ({form_of(fold(word)) for word in side.split()} for side in sides)
        for here, there in ((one, other), (other, one)):
            for form in here:
                table.setdefault(form, set()).update(there - here)
    return {form: frozenset(others) for form, others in table.items()}
