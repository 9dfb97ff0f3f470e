"""The sentence that says who "he" is: it goes with the citation of one that opens with a pronoun."""

import re
from collections.abc import Sequence

from knowledge.index.fields import SentencePayload

__all__ = ["NAMING_REACH", "opens_with_pronoun", "sentence_naming"]

NAMING_REACH = 6
"""How many sentences back one may stand that says who is meant."""

_PERSON = re.compile(r"[“\"'‘\W]*(?:he|she|his|her)\b", re.IGNORECASE)
_OTHERS = re.compile(
    r"[“\"'‘\W]*(?:it|they|its|their|this|these|those|such|both|all (?:two|three|four|five)|that)\b", re.IGNORECASE
)


def opens_with_pronoun(text: str) -> bool:
    """Whether a sentence opens with a pronoun, so that what it speaks of stands before it."""
    return bool(_PERSON.match(text) or _OTHERS.match(text))


def sentence_naming(sentence: SentencePayload, before: Sequence[SentencePayload]) -> SentencePayload | None:
    """Which of the sentences ``before`` one, in the article's order, says whom or what its first pronoun means.

    None of those that open with a pronoun themselves. For "he" and "she" the last that mentions the same person, or,
    when it is not known who that is, anybody; for any other pronoun the last. None when nothing before it tells.
    """
    if not before or not opens_with_pronoun(sentence["text"]):
        return None
    named = [earlier for earlier in before[-NAMING_REACH:] if not opens_with_pronoun(earlier["text"])]
    if not named or not _PERSON.match(sentence["text"]):
        return named[-1] if named else None
    who = set(sentence["who"])
    same = [earlier for earlier in named if who & set(earlier["who"])]
    fitting = same or [earlier for earlier in named if earlier["who"] and not who]
    return fitting[-1] if fitting else None
