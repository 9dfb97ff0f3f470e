"""By what a statement is known again: a hash of its words, the same in every process."""

import hashlib
from collections.abc import Iterator

from knowledge.answer.beside import opens_with_pronoun
from knowledge.answer.cite import denies
from knowledge.answer.sources import said_in
from knowledge.digest.items import Cited
from knowledge.index.fields import QuotePayload, SentencePayload
from knowledge.text import normal, words

__all__ = [
    "Citer",
    "cited",
    "correction_statement",
    "quote_statement",
    "restored_statement",
    "withdrawal_statement",
    "wording",
]

_BITS = 63
_TELLING = 5  # content words; fewer are said of many things
_LEAST = 3  # words of somebody who is known
_SEPARATOR = "\x1f"


class Citer:
    """Cites sentences with their statements; remembers these, so it is good for one round of digests."""

    def __init__(self) -> None:
        self._made: dict[tuple[int, str], Cited] = {}

    def __call__(self, sentence: SentencePayload, quote: QuotePayload | None = None) -> Cited:
        """A sentence with its statement: of ``quote`` when that is what counts, else of all its words."""
        asked = sentence["id"], quote["key"] if quote else ""
        if asked not in self._made:
            self._made[asked] = cited(sentence, quote)
        return self._made[asked]


def cited(sentence: SentencePayload, quote: QuotePayload | None = None) -> Cited:
    """A sentence with its statement: of ``quote`` when that is what counts, else of all its words."""
    said = _normal(sentence["text"])
    whole = _sentence_statement(sentence, said)
    worded = _hash("wording", sentence["article"], *said)
    if quote is not None:
        return Cited(sentence, quote_statement(sentence, quote), frozenset({whole}), worded)
    return Cited(sentence, whole, frozenset(_all_that_is_said(sentence)), worded)


def quote_statement(sentence: SentencePayload, quote: QuotePayload) -> int:
    """What is said of a quote in a sentence: the same words by the same speaker are one statement in every article.

    White space, quotation marks and the words' endings make no difference. What says little by itself ("no comment"),
    or is said by people whom every town has ("police"), is a statement of its article alone.
    """
    said = _normal(said_in(sentence, quote).content)
    known = quote["key"] in sentence["who"] and len(said) >= _LEAST
    telling = known or len(quote["words"].split()) >= _TELLING
    return _hash("quote", "" if telling else sentence["article"], quote["key"], *said)


def wording(text: str, article: str) -> int:
    """How a sentence of one article is worded."""
    return _hash("wording", article, *_normal(text))


def correction_statement(before: int, after: str | None) -> int:
    """That the sentence with the key ``before`` now reads ``after``, or, with None, is gone."""
    return _hash("vanished", str(before)) if after is None else _hash("changed", str(before), *after.split())


def withdrawal_statement(before: int, sequence: int) -> int:
    """That the article of the sentence with the key ``before`` was withdrawn, with this change."""
    return _hash("withdrawn", str(before), str(sequence))


def restored_statement(before: int, sequence: int) -> int:
    """That the sentence with the key ``before`` stands again in its article, with this change."""
    return _hash("restored", str(before), str(sequence))


def _sentence_statement(sentence: SentencePayload, said: list[str]) -> int:
    """All words of a sentence: one statement in every article when they say enough by themselves."""
    telling = len(sentence["words"].split()) >= _TELLING and not opens_with_pronoun(sentence["text"])
    return _hash("sentence", "" if telling else sentence["article"], *said)


def _all_that_is_said(sentence: SentencePayload) -> Iterator[int]:
    """The statement of the quote that a sentence is there for, when it has one."""
    said = [quote for quote in sentence["quotes"] if quote["head"] and quote["key"]]
    if len(said) == 1 and _is_most_of(said[0], sentence) and not denies(sentence["text"], sentence["start"], said[0]):
        yield quote_statement(sentence, said[0])


def _is_most_of(quote: QuotePayload, sentence: SentencePayload) -> bool:
    return 2 * len(quote["words"].split()) >= len(sentence["words"].split())


def _normal(text: str) -> list[str]:
    return [normal(word) for word, _, _ in words(text)]


def _hash(*parts: str) -> int:
    digest = hashlib.sha256(_SEPARATOR.join(parts).encode("utf-8", "surrogatepass")).digest()
    return int.from_bytes(digest[:8]) >> (64 - _BITS)
