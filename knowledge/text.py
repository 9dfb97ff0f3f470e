"""Words and their normal forms, the same at both ends: when sentences are indexed and when questions are read."""

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

import Stemmer

from knowledge.data import read_lines, read_words

__all__ = [
    "Word",
    "content_forms",
    "content_words",
    "fold",
    "folded_words",
    "is_stop",
    "normal",
    "one_line",
    "printable",
    "skeleton",
    "squash",
    "words",
    "written_words",
]

# An abbreviation with points ("U.S."), an ordinal ("3rd"), a number with separators ("1,200.5"), or a run of letters
# and digits with inner apostrophes ("Ta'if", "o’clock"). Each alternative consumes what it matched: the time is linear.
_WORD = re.compile(r"(?:[^\W\d_]\.){2,}|\d+(?:st|nd|rd|th)\b|\d+(?:[.,]\d+)*|[^\W_]+(?:['’ʼ][^\W_]+)*")
_POSSESSIVE = re.compile(r"['’ʼ]s?$")
_APOSTROPHES = str.maketrans("", "", "'’ʼ")
_NUMBER_WORDS = (
    "zero one two three four five six seven eight nine ten "
    "eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty"
)
_ORDINALS = "zeroth first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth"
_NUMBERS = {word: str(value) for value, word in enumerate(_NUMBER_WORDS.split())} | {
    word: f"{value}{ {1: 'st', 2: 'nd', 3: 'rd'}.get(value, 'th') }" for value, word in enumerate(_ORDINALS.split())
}
_STEM = Stemmer.Stemmer("english").stemWord
_BASES = {form: line[0] for line in read_lines("irregular") for form in line[1:]}
_STOP = read_words("stopwords")

Word = tuple[str, int, int]


@lru_cache(maxsize=65536)
def fold(word: str) -> str:
    """One word in lower case, without diacritics, possessive ending and abbreviation points.

    ("Raïssi" -> "raissi", "China’s" -> "china", "U.S." -> "us", "1,967" -> "1967")
    """
    word = _POSSESSIVE.sub("", word.casefold())
    if not word.isascii():
        # Some ligatures come apart into several words (U+FDFA), but what is folded stays one.
        parts = unicodedata.normalize("NFKD", word)
        word = "".join(c for c in parts if not unicodedata.combining(c) and not c.isspace())
        word = word.replace("ı", "i").replace("ł", "l").replace("ø", "o").replace("đ", "d").replace("æ", "ae")
    if word[:1].isdigit():
        return word.replace(",", "")
    return word.replace(".", "").translate(_APOSTROPHES)


def words(text: str) -> list[Word]:
    """The words of a text as (folded form, start, end), offsets in code points of ``text``."""
    return [(folded, m.start(), m.end()) for m in _WORD.finditer(text) if (folded := fold(m.group()))]


@lru_cache(maxsize=65536)
def normal(word: str) -> str:
    """The form under which a folded word is indexed: numbers as digits, irregular forms as their base, then stemmed.

    The stems are Porter's second English algorithm (snowballstem.org).
    """
    word = _NUMBERS.get(word, word)
    return str(_STEM(_BASES.get(word, word)))


def is_stop(word: str) -> bool:
    """Whether a folded word tells a question's form rather than its topic."""
    return word in _STOP


def folded_words(text: str) -> list[str]:
    """The words of a text in folded form, as ``words`` has them, without their places."""
    return [folded for word in _WORD.findall(text) if (folded := fold(word))]


def content_words(text: str) -> list[str]:
    """The normal forms of the words that are no stop words, in order, repeats kept."""
    return content_forms(written_words(text))


def written_words(text: str) -> list[str]:
    """The words of a text as they are written: for who wants several forms of them, since to find them costs most."""
    return _WORD.findall(text)


def content_forms(written: Iterable[str]) -> list[str]:
    """``content_words`` of words as they are written."""
    return [found for word in written if (found := _content(word))]


@lru_cache(maxsize=65536)
def _content(word: str) -> str:
    """The normal form of a word as it is written; nothing for a stop word."""
    folded = fold(word)
    return normal(folded) if folded and folded not in _STOP else ""


def squash(text: str) -> str:
    """All words run together ("Wang Yi" -> "wangyi"), to find names however they are divided."""
    return "".join(folded_words(text))


# Spellings that transliterations use for one sound, tried in order; doubled letters and vowels go afterwards.
_SOUNDS = (
    ("sch", "s"), ("tsch", "c"), ("tch", "c"), ("kh", "h"), ("gh", "g"), ("ph", "f"), ("ck", "k"), ("sh", "s"),
    ("ch", "c"), ("dj", "j"), ("zh", "j"), ("ts", "z"), ("th", "t"), ("qu", "k"), ("q", "k"), ("x", "ks"), ("w", "v"),
)  # fmt: skip


@lru_cache(maxsize=65536)
def skeleton(word: str) -> str:
    """The consonants of a folded word, transliterations made alike ("zelenskiy" and "zelensky" -> "zlnsk")."""
    first = word[:1]
    for spelling, sound in _SOUNDS:
        word = word.replace(spelling, sound)
    rest = "".join(c for c in word if c not in "aeiouyh")
    rest = "".join(c for i, c in enumerate(rest) if not i or c != rest[i - 1])
    return rest if first not in "aeiouy" else f"a{rest}"


def one_line(text: str, limit: int | None = None) -> str:
    """The text with runs of white space and control characters made single spaces, cut to ``limit`` characters."""
    line = " ".join(printable(text).split())
    return line if limit is None or len(line) <= limit else line[: limit - 1].rstrip() + "…"


def printable(text: str) -> str:
    """The text without control characters and lone surrogates, line ends and tabs kept."""
    return "".join(c if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cs") else " " for c in text)
