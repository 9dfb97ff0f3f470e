"""Buttons under answers: what a press carries, so that it works on any answer, however old.

Actions are at most 64 bytes, Telegram's limit: a letter, then numbers in base 36 between points.

x:SENTENCE              the sentence in its context
n:NUMBER.SENTENCE...    the next statement, which gets that number, and those after it
s:SENTENCE.PLACE        what the person said who is quoted there in that place of the sentence's people
i:SENTENCE.PLACE        who the person is who is mentioned there
"""

import re
from collections.abc import Sequence

from bot import phrases
from bot.replies import Button
from knowledge.index.fields import SentencePayload
from knowledge.text import one_line

__all__ = ["base36", "context_action", "letter_of", "parse_action", "people_of", "under_answer", "which_of"]

_BYTES = 64
_LABEL = 40
_ACTION = re.compile(r"([a-z]):([0-9a-z]{1,14}(?:\.[0-9a-z]{1,14})*)")


def parse_action(action: str) -> tuple[str, list[int]] | None:
    """The letter and the numbers of an action; None when it is none of ours."""
    match = _ACTION.fullmatch(action)
    return (match[1], [int(part, 36) for part in match[2].split(".")]) if match else None


def under_answer(number: int, sentences: Sequence[SentencePayload]) -> tuple[tuple[Button, ...], ...]:
    """Next, which shows statement ``number`` (when there is one), and context for the first of the sentences."""
    row = []
    rest = [base36(s["id"]) for s in sentences[1:]]
    while rest and len(action := f"n:{base36(number)}.{'.'.join(rest)}") > _BYTES:
        rest.pop()
    if rest:
        row.append(Button(phrases.NEXT, action))
    row.append(Button(phrases.CONTEXT, context_action(sentences[0]["id"])))
    return (tuple(row),)


def which_of(kind: str, chosen: Sequence[tuple[str, str, SentencePayload]]) -> tuple[tuple[Button, ...], ...]:
    """A button for each person that may be meant: (key, name, a sentence that quotes or mentions them)."""
    letter = letter_of(kind)
    rows = []
    for key, name, sentence in chosen:
        place = people_of(letter, sentence).index(key)
        rows.append((Button(one_line(name, _LABEL), f"{letter}:{base36(sentence['id'])}.{base36(place)}"),))
    return tuple(rows)


def letter_of(kind: str) -> str:
    """The letter of the actions that choose one person for a question of a kind."""
    return "i" if kind == "who_is" else "s"


def people_of(letter: str, sentence: SentencePayload) -> list[str]:
    """The keys that an ``s`` or ``i`` action counts: of those quoted in the sentence, or of those mentioned."""
    keys = {q["key"] for q in sentence["quotes"] if q["key"]} if letter == "s" else set(sentence["who"])
    return sorted(keys)


def context_action(sentence: int) -> str:
    """The action that shows a sentence, by its key, in its context."""
    return f"x:{base36(sentence)}"


def base36(number: int) -> str:
    """A number that is not negative, as actions carry it."""
    digits = ""
    while number or not digits:
        number, digit = divmod(number, 36)
        digits = "0123456789abcdefghijklmnopqrstuvwxyz"[digit] + digits
    return digits
