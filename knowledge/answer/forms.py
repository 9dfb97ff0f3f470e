"""Slips in the words that questions are made of ("waht dis Wang Yi sya abuot"), told by where the words stand."""

from collections.abc import Callable, Sequence
from functools import lru_cache
from math import inf

from rapidfuzz import process
from rapidfuzz.distance import OSA

from knowledge.answer.slips import CHEAPEST, SLIP, as_typed, distance
from knowledge.data import read_lines, read_words
from knowledge.english import commonness, is_english

__all__ = ["FORM_WORDS", "mend_forms", "run_together"]

FORM_WORDS = tuple(sorted(read_words("form_words")))
"""The words that questions are made of."""

_ASKING = ("what", "who", "when", "where", "which", "whom", "why", "how", "did", "does")  # the likeliest first
_AUXILIARIES = ("did", "does", "do", "is", "was", "are", "were", "has", "have", "had", "will", "would", "can", "could")
_SPEECH = ("say", "said", "tell", "think")
_ABOUT = ("about",)
_SMALL = ("the", "they", "he", "she", "it", "you", "we", "did", "does", "was", "are", "to", "in", "of", "who", "what")
_SAYING = frozenset("say says said saying tell tells told state claim think comment mention announce warn".split())
_ASKS_FOR_SPEECH = frozenset(("did", "does", "do", "has", "have"))

# Binary logarithms, as in ``spelling``: what a form word gains where one is expected, and where it need not be.
_EXPECTED = 5.0
_ANYWHERE = -2.0
_MOST = 1.6  # of the cost of a slip
_SLIPS = 2  # three cost more than is forgiven
_DEEP = 2  # form words are rarer from this place on
_SHORT = 4
_COMMON = 9  # a word that people type without a space before it


def mend_forms(tokens: Sequence[str], is_known: Callable[[str], bool]) -> list[str]:
    """The folded words of a question, slips in its form words mended; ``is_known`` tells the articles' words."""
    mended = [word for i, token in enumerate(tokens) for word in _in_place(token, tokens, i, is_known)]
    if mended[:1] == ["y"]:
        mended[0] = "why"
    if mended and not is_known(mended[0]) and (pair := run_together(mended[0])):
        mended[:1] = pair
    for i, token in enumerate(mended):
        if i == 0:
            mended[i] = token if is_known(token) and len(token) > 2 else _first(token)
        elif i == 1 and mended[0] in _ASKING and mended[0] not in _AUXILIARIES:
            mended[i] = _second(token, mended)
        elif not is_known(token) and not is_english(token):
            mended[i] = _anywhere(token, deep=i > _DEEP)
    if len(mended) > _DEEP and mended[0] in _ASKING and mended[1] in _ASKS_FOR_SPEECH:
        _mend_speech(mended)
    return mended


def _first(token: str) -> str:
    asked = _expected(token, _ASKING)
    return _anywhere(token, deep=False) if asked == token and not is_english(token) else asked


def _second(token: str, words: Sequence[str]) -> str:
    """The word after "what", "who" ...: "did" where something was said at the end, else the likeliest."""
    if words[0] == "who":
        return _expected(token, (*_AUXILIARIES, "said", "says", "else"))
    speech = {_expected(word, _SPEECH) for word in words[_DEEP:]} & _SAYING
    if speech and token not in FORM_WORDS and _expected(token, ("did",)) == "did":
        return "did"
    return _expected(token, (*_AUXILIARIES, "else") if words[0] == "what" else _AUXILIARIES)


def _mend_speech(mended: list[str]) -> None:
    """In "what did X say about Y", the words "say" and "about"."""
    about = next((i for i in range(_DEEP + 1, len(mended)) if _expected(mended[i], _ABOUT) == "about"), None)
    verb = next((i for i in range(_DEEP, len(mended)) if mended[i] in _SAYING), None)
    if verb is None:
        verb = (about or len(mended)) - 1
        if verb <= _DEEP - 1:
            return
        mended[verb] = _expected(mended[verb], _SPEECH)
    if mended[verb] in _SAYING and verb + 1 < len(mended):
        mended[verb + 1] = _expected(mended[verb + 1], _ABOUT)


def _in_place(token: str, tokens: Sequence[str], place: int, is_known: Callable[[str], bool]) -> tuple[str, ...]:
    """The words that a token of a line stands for."""
    if len(token) == 1 and place > 0 and not any(t in FORM_WORDS or t in _SMALL for t in _beside(tokens, place)):
        return (token,)  # "r" in "joseph r biden" is no "are"
    out = _written_out(token, is_known)
    return _apart(token, is_known) if out == (token,) else out


def _beside(tokens: Sequence[str], place: int) -> tuple[str, ...]:
    return (*tokens[place - 1 : place], *tokens[place + 1 : place + 2])


def _apart(token: str, is_known: Callable[[str], bool]) -> tuple[str, ...]:
    """A word that is none, as a small word and a common one written together ("hemake": he make)."""
    if is_known(token) or is_english(token):
        return (token,)
    for small in _SMALL:
        rest = token.removeprefix(small)
        common = len(rest) >= _SHORT and is_known(rest) and commonness(rest) >= _COMMON
        if rest != token and (common or (small in _AUXILIARIES and rest in _SMALL)):
            return small, rest
    return (token,)


def _written_out(token: str, is_known: Callable[[str], bool]) -> tuple[str, ...]:
    """A short form written out; "wont" and "whats" also where the articles hold them, as "won't" and "what's"."""
    out = _chat_words().get(token, (token,))
    return out if len(out) == 2 or len(token) == 1 or not is_known(token) else (token,)


@lru_cache(maxsize=1)
def _chat_words() -> dict[str, tuple[str, ...]]:
    return {line[0]: tuple(line[1:]) for line in read_lines("chat_words")}


@lru_cache(maxsize=4096)
def _expected(token: str, words: tuple[str, ...]) -> str:
    """The form word that a token stands for where one of ``words`` is expected, or the token."""
    if token in FORM_WORDS:
        return token
    edits = {word: OSA.distance(token, word) for word in words}
    if CHEAPEST * min(edits.values()) > _MOST:
        return token
    best, word = -inf, token
    # The likeliest at most first, so that few are compared letter by letter.
    for most, other in sorted(((_likely(word, CHEAPEST * n), word) for word, n in edits.items()), reverse=True):
        if most < best:
            break
        best, word = max((best, word), (_likely(other, distance(token, other)), other))
    if distance(token, word) > _MOST or abs(len(token) - len(word)) > 1:
        return token
    return word if best > as_typed(token) else token


def _likely(word: str, slips: float) -> float:
    return commonness(word) + _EXPECTED - SLIP * slips


@lru_cache(maxsize=4096)
def _anywhere(token: str, *, deep: bool) -> str:
    """The form word that an unknown token is a slip for, or the token; short ones deep in a question stay."""
    if token in FORM_WORDS:
        return token
    found = process.extract(token, FORM_WORDS, scorer=OSA.distance, score_cutoff=_SLIPS, limit=None)
    near = [(commonness(word) - SLIP * distance(token, word), word) for word, _, _ in found if _close(token, word)]
    if len(token) < _SHORT and deep:  # nearly any word of three letters is near a form word; a swap of two is surer
        near = [pair for pair in near if sorted(pair[1]) == sorted(token)]
    best, word = max(near, default=(0.0, token))
    return word if best + _ANYWHERE > as_typed(token) else token


def _close(token: str, word: str) -> bool:
    if abs(len(token) - len(word)) > 1 or len(word) < 3:
        return False
    return distance(token, word) <= (0.8 if min(len(token), len(word)) < _SHORT else 1.1)


def run_together(word: str) -> tuple[str, str] | None:
    """The two form words that a word is made of ("whyis" -> why, is); None when it is not."""
    for asking in _ASKING:
        rest = word.removeprefix(asking)
        if rest != word and rest in FORM_WORDS:
            return asking, rest
    return None
