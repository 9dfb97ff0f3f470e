"""Turns that lean on the one before: what a short line means after the last question.

Everything here is about words; nothing is looked up. A line becomes a full question, a step (next, context, source),
or stays as it is.
"""

import re
from dataclasses import dataclass
from typing import Literal

__all__ = ["Step", "Understood", "understand"]

Step = Literal["ask", "next", "context", "source", "who_said"]

_NEXT = re.compile(
    r"^(?:next|more|another(?: one)?|and\??|go on|continue|what else|anything else|else|"
    r"what else (?:did|does|has) (?:he|she|they|it) (?:say|said|says|tell|told)|what else was said)$"
)
_CONTEXT = re.compile(r"^(?:context|in context|show (?:me )?(?:the )?context|the context|around it)$")
_SOURCE = re.compile(
    r"^(?:(?:the )?sources?|(?:show|give) (?:me )?(?:the )?(?:source|link|article)|(?:the )?link|which article|"
    r"where (?:is|does) (?:that|this|it) (?:from|come from|say that)|"
    r"who (?:reported|wrote|published) (?:that|this|it))$"
)
_WHO_SAID = re.compile(r"^who (?:said|says|told) (?:that|this|so|it)$")
_SWAP = re.compile(
    r"^(?:and|what about|how about|and what about|and how about|same for|but|also) (?:for |from |by )?(?P<what>.+)$"
)
_ABOUT = re.compile(r"^(?:and |but )*(?:about|on|regarding) (?P<what>.+)$")
_WH = re.compile(
    r"^(?:and |but )*(?P<wh>when|where|why|how many|how)"
    r"(?: (?:was|is|did|does|were)(?: (?:that|this|it)(?: happen)?)?)?$"
)
_PRONOUN = re.compile(r"\b(?:he|she|they|him|her|them)\b")
_SPEECH = re.compile(r"^(?:what (?:did|does|has)\b.*\b(?:say|said)\b|who (?:is|was)\b)")
_QUESTION_WORD = re.compile(r"^(?:who|whom|what|which|when|where|why|how many|how much|how|did|does)\b")


@dataclass(frozen=True, slots=True)
class Understood:
    """What to do: a step over the last answer, or ask ``question`` (``topic`` marks a swap that may name a topic)."""

    step: Step
    question: str
    swap: str | None = None


def understand(text: str, last_question: str | None, last_person: str | None) -> Understood:
    """What ``text`` means after ``last_question``, whose answer was about ``last_person`` (either may be None)."""
    line = text.strip().rstrip("?!. ").casefold()
    if last_question is None:
        return Understood("ask", text)
    for pattern, step in ((_NEXT, "next"), (_CONTEXT, "context"), (_SOURCE, "source"), (_WHO_SAID, "who_said")):
        if pattern.match(line):
            return Understood(step, text)  # type: ignore[arg-type]
    if (match := _WH.match(line)) and not _SPEECH.match(last_question.casefold()):
        rest = _QUESTION_WORD.sub("", last_question.strip(), count=1).strip()
        return Understood("ask", f"{match['wh']} {rest}")
    if (match := _ABOUT.match(line)) and last_person:
        return Understood("ask", f"what did {last_person} say about {match['what']}")
    if (match := _SWAP.match(line)) and not _QUESTION_WORD.match(match["what"]):
        return Understood("ask", text, swap=match["what"])
    if last_person and _PRONOUN.search(line):
        return Understood("ask", _PRONOUN.sub(last_person, line, count=1))
    return Understood("ask", text)
