"""Which sentence says who somebody is."""

import re
from collections.abc import Callable

from knowledge.answer.question import Question
from knowledge.index.fields import SentencePayload
from knowledge.models import Span
from knowledge.text import folded_words, words

__all__ = ["INTRODUCED", "find_words", "introduction", "role_of"]

INTRODUCED = 2.0
"""From these points on a sentence says who somebody is."""

_ROLE = 2.0
_SAID_OF = 1.5
_BEFORE = 0.5
# What follows a name when the text says who that is: "Lee, the mayor", "Lee, 40", "Lee, who is", "Lee is a".
_FOLLOWS = (
    r"(?:,? (?:who|which) (?:is|was|has|had|became)\b|,? (?:now )?(?:an?|the|[\w’'.-]+['’]s?|former) |"
    r", [\w-]+(?: [\w-]+){0,6} (?:of|at|for|in) | (?:is|was|became|remains) (?:an?|the|one|now)? ?|, (?:\d\d|\w+-\w+),)"
)


def role_of(question: Question) -> str | None:
    """The role of whom a question is about, when one is known."""
    return next((named.entity["role"] for named in question.who if named.entity["role"]), None)


def introduction(question: Question) -> Callable[[SentencePayload], tuple[float, int]]:
    """A key that puts sentences which say who somebody is first, then those with the full name, then the earlier."""
    role, name = (role_of(question) or "").casefold(), question.who[0].entity["name"].casefold()
    last = re.escape(name.split()[-1])
    follows = re.compile(rf"\b{last}{_FOLLOWS}", re.IGNORECASE)
    head = re.escape(role.split()[-1]) if role else ""
    before = re.compile(rf"\b{head}\b[\w ,]*\b{last}\b", re.IGNORECASE) if head else None

    def key(sentence: SentencePayload) -> tuple[float, int]:
        text = sentence["text"].casefold()
        has_role = bool(role) and find_words(sentence, role) is not None
        points = _ROLE * has_role + _SAID_OF * bool(follows.search(text)) + (find_words(sentence, name) is not None)
        points += _BEFORE * bool(before and before.search(text))
        return points, -sentence["number"]

    return key


def find_words(sentence: SentencePayload, part: str) -> Span | None:
    """Where a stretch of words stands in a sentence, however it is written."""
    wanted = folded_words(part)
    held = words(sentence["text"])
    for i in range(len(held) - len(wanted) + 1):
        run = held[i : i + len(wanted)]
        if wanted and [word for word, _, _ in run] == wanted:
            return sentence["start"] + run[0][1], sentence["start"] + run[-1][2]
    return None
