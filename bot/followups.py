"""Turns that lean on the ones before: what a line means after the last question.

Everything here is about words; what they name is asked of ``Names``. A line becomes a step over the last answer (next,
context, source, who said it), a full question, or a question that leans on the topic so far.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

__all__ = ["Before", "Names", "Step", "Understood", "is_small_talk", "understand", "what_said"]

Step = Literal["ask", "next", "context", "source", "who_said", "small_talk"]


class Names(Protocol):
    """Who is meant, as far as the articles and the conversation tell."""

    def named(self, words: str) -> str | None:
        """The full name of whom a run of words names; None when it names nobody."""
        ...

    def meant_by(self, pronoun: str, besides: Sequence[str] = ()) -> str | None:
        """The full name of whom a pronoun means here, none of ``besides``; None when that cannot be told."""
        ...


@dataclass(frozen=True, slots=True)
class Before:
    """The last question as it was asked in full: its ``kind``, whom it was about, and its topic in words.

    ``names`` are the people in its topic as they were typed, from left to right.
    """

    text: str
    kind: str
    person: str | None = None
    topic: str = ""
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Understood:
    """What to do: a step over the last answer, or ask ``question``, which may lean (``leans``) on the topic so far.

    ``unseen``: only what has not been shown yet is an answer.
    """

    step: Step
    question: str
    leans: bool = False
    unseen: bool = False


_FILLERS = re.compile(
    r"^(?:(?:and|but|so|ok|okay|n|then|also|plus|hm+|oh|ah|well|yes|yeah|yep|cool|thanks|thx|um+|uh|lol|nice|wow|hey|"
    r"right|great|sorry|wait|actually|interesting|anyway) )+(?=\w)"
)
_SMALL_TALK = re.compile(
    r"^(?:(?:thanks|thank you|thx|ty|cheers|ok|okay|k|cool|great|nice|good|wow|lol|haha|yes|yeah|yep|no|nope|hi|hello|"
    r"hey|bye|goodbye|good (?:morning|evening|night)|got it|i see|alright|fine|sure|a lot|so much|very much)\b ?)+$"
)
_CORRECTION = re.compile(
    r"^(?:(?:no|nope|nah|na|sorry|sry|srry|wait|oops|well|actually|not (?:him|her|that|them)) )*"
    r"i (?:meant?|ment|was asking about) (?P<on>about |on |the one about )?(?P<what>.+)$"
)
_TRAILING = re.compile(
    r"(?: (?:tho|though|too|then|again|exactly|please|pls|as well|lol|either|anyway|actually|or (?:not|nah|no|what)))+$"
)

_NEXT = re.compile(
    r"^(?:next|more|another(?: one)?|and|go on|continue|tell me more|more please|any more|and more|else|"
    r"(?:what|anything) else|what else (?:was said|is there)|anything more)$"
)
_ELSE = re.compile(
    r"^(?:(?:and )?(?:what|anything) (?:else|more)(?: (?:did|does|do|has|have|from|by|is|was|were))?|"
    r"more (?:from|by|of)|"
    r"anything (?:else|more) (?:from|by)|did) "
    r"(?P<who>.+?)(?: (?:say|said|saying|tell|told|quoted|add|added|claim|claimed))?"
    r"(?: (?:anything|something) (?:else|more))?"
    r"(?: (?:about|on|abt) (?P<topic>.+))?$"
)
_CONTEXT = re.compile(r"^(?:context|in context|(?:show|give) (?:me )?(?:the |some )?context|the context|around it)$")
_SOURCE = re.compile(
    r"^(?:(?:the |what is the |what was the |and the )?(?:sources?|link)|"
    r"(?:show|give) (?:me )?(?:the )?(?:source|link|article)|"
    r"which article|where (?:is|does|did) (?:that|this|it|you) (?:from|come from|say that|get that)(?: from)?|"
    r"who (?:reported|wrote|published) (?:that|this|it)|where did you (?:get|find|read) (?:that|this|it))$"
)
_WHO_SAID = re.compile(
    r"^(?:(?:who|whom) (?:said|says|told|say|is saying|was saying) (?:that|this|so|it)|(?:says|said) who|"
    r"according to whom?)$"
)
_BACK = re.compile(r"^(?:(?:go|going|coming)? ?back to|as for|speaking of) (?P<what>.+)$")
_WHO_IS = re.compile(r"^who (?:is|was) (?P<pronoun>that|this|he|she)(?: guy| man| woman| person| lady)?$")
_BARE = re.compile(
    r"^(?P<wh>when|where|why|how many|how much|how come|how|who|to whom|who to|whom|which one|"
    r"what year|what day|since when)"
    r"(?: (?:was|is|did|does|were|are|do|would|will|has|had|not))*"
    r"(?: (?:that|this|it|he|she|they|those|these|there))?"
    r"(?: (?:happen|happened|happening|said|say|come|be|go|end|at|in|held|take place|start|so|not|"
    r"(?:do|say|did|said) (?:that|this|it|so)))?$"
)
_SWAP = re.compile(r"^(?:what about|how about|same for|same question for|and for|for) (?:for |from |by )?(?P<what>.+)$")
_ABOUT = re.compile(r"^(?:about|on|regarding|abt) (?P<what>.+)$")
_EARLIER = re.compile(r"^(?:what )?(?:about )?(?:before|after|earlier than) (?:that|this|then|it)$")
_NAME_ON = re.compile(r"^(?P<who>.+?) (?:what|how) about (?P<topic>.+)$")
_AGAIN = frozenset("that this it so them those these".split())
_PERSON = re.compile(r"(?<!\w)(?:he|she|him|her|hers|his)(?!\w)")
_ANYONE = re.compile(r"(?<!\w)(?:he|she|they|it|him|her|them)(?!\w)")
_SUBJECT_FIRST = re.compile(
    r"^(?P<who>(?:(?:the|his|her|their|a) )?[\w'’-]+(?: [\w'’-]+){0,3}?) "
    r"(?P<rest>(?:what|when|where|which|why|how|did|does|do|is|was|are|were|has|have|who|whom|can|will|would)\b.*"
    r"(?<!\w)(?:he|she|they|it)(?!\w).*)$"
)
_THINGS = re.compile(
    r"(?<!\w)(?:it|its|that|this|they|them|their|those|these|there|then|one|ones|same|such|both|others?|do|did so|"
    r"we|the former|the latter)(?!\w)"
)
_OF_THAT = re.compile(r"(?<=say|ink|ing|hat) (?:about|bout|abt|on|to|of) (?:that|this|it|them|those|these)\W*$")
_WH = re.compile(
    r"^(?:who|whom|whose|what|which|when|where|why|how|did|does|do|is|are|was|were|has|have|had|can|could|will|would|"
    r"should|tell|show|give|list|brief|summary|according|any|anyone|anybody|anything|so|if)(?!\w)"
)
_VERB_OF_SPEECH = re.compile(
    r"(?<!\w)(?:say|said|says|saying|tell|told|think|thinks|thought|claim|claims|comment|mean|reaction|response|"
    r"view|views|opinion|stance)(?!\w)"
)
_QUESTION_WORD = re.compile(r"^(?:who|whom|what|which|when|where|why|how many|how much|how|did|does|is|was|are|were)\b")
_ASKS = re.compile(
    r"^(?:(?:who|whom|whose|what|which|when|where|why|how many|how much|how)(?:'s)? )?"
    r"(?:(?:did|does|do|is|was|are|were) )?"
)
_LONGEST_SWAP = 5
_REST_OF_SENTENCE = re.compile(r"^(?P<name>[^?,!.;:]{2,40})[?,!;:] *(?P<rest>\w.*)$")


def what_said(person: str, topic: str = "") -> str:
    """The question for what somebody said, on a topic when it is given."""
    return f"what did {person} say about {topic}" if topic else f"what did {person} say"


def is_small_talk(text: str) -> bool:
    """Whether a line only greets, thanks or agrees."""
    return bool(_SMALL_TALK.match(" ".join(re.findall(r"[^\W_]+", text.casefold()))))


def understand(text: str, line: str, before: Before | None, names: Names, own: Sequence[str] = ()) -> Understood:
    """What ``text`` means after the turns before.

    ``line`` is the text folded, slips in its form words mended; ``own`` are the full names of those whom it names.
    """
    if _SMALL_TALK.match(line):
        return Understood("small_talk", text)
    if before is None:
        return Understood("ask", text)
    if meant := _told_apart(text, before, names):
        return meant
    joined = bool(_FILLERS.match(f"{line} "))
    whole, line = line, _TRAILING.sub("", _FILLERS.sub("", line))
    if (step := _step(line) or _step(whole)) is not None:
        return Understood(step, text)
    if correction := _CORRECTION.match(whole):
        if correction["on"] and before.kind == "said" and before.person:
            return Understood("ask", what_said(before.person, correction["what"]))
        if (first := _subject_first(correction["what"], before, names)) is not None:
            return first
        return _swapped(_bare_words(correction["what"]), before, names)
    if (other := _else(line, before, names)) is not None:
        return other
    if (who := _WHO_IS.match(line)) and (person := names.meant_by(who["pronoun"])):
        return Understood("ask", f"who is {person}")
    if _EARLIER.match(line) and before.kind == "said" and before.person:
        return Understood("ask", what_said(before.person), unseen=True)
    if bare := _BARE.match(line):
        return _bare(bare["wh"], before, line)
    if (other := _of_another(line, before, names)) is not None:
        return other
    if not _WH.match(line) and not _VERB_OF_SPEECH.search(line) and len(line.split()) <= _LONGEST_SWAP:
        return _swapped(line, before, names)
    return _in_full(text, line, before, names, own, joined=joined)


def _step(line: str) -> Step | None:
    """The step over the last answer that a line asks for."""
    steps: tuple[tuple[re.Pattern[str], Step], ...] = (
        (_CONTEXT, "context"),
        (_SOURCE, "source"),
        (_WHO_SAID, "who_said"),
        (_NEXT, "next"),
    )
    return next((step for pattern, step in steps if pattern.match(line)), None)


def _told_apart(text: str, before: Before, names: Names) -> Understood | None:
    """A name first, then a question about whoever that is ("Trump? what did he say on that")."""
    apart = _REST_OF_SENTENCE.match(" ".join(text.casefold().split()))
    if apart is None or not _PERSON.search(apart["rest"]):
        return None
    name = names.named(apart["name"])
    if name is None:
        return None
    rest = _PERSON.sub(name, apart["rest"], count=1)
    return Understood("ask", _topic_filled(rest, before), leans=bool(_THINGS.search(rest)))


def _of_another(line: str, before: Before, names: Names) -> Understood | None:
    """A line that names another person or topic first ("back to pence, what about jobs", "what about gaza")."""
    back = _BACK.match(line)
    if back and (on := _NAME_ON.match(back["what"])) and (name := names.named(on["who"])):
        return Understood("ask", what_said(name, on["topic"]))
    swap = _SWAP.match(line) or back
    if (first := _subject_first(swap["what"] if swap else line, before, names)) is not None:
        return first
    if (match := _ABOUT.match(line)) and before.person:
        return Understood("ask", what_said(before.person, match["what"]))
    if swap and not _WH.match(swap["what"]):
        return _swapped(swap["what"], before, names)
    return None


def _subject_first(line: str, before: Before, names: Names) -> Understood | None:
    """The subject first, as people talk, and then a pronoun for it ("and the mayor what did he say")."""
    match = _SUBJECT_FIRST.match(line)
    if match is None or _WH.match(match["who"]):
        return None
    who = names.named(match["who"]) or match["who"]
    filled = _ANYONE.sub(who, match["rest"], count=1)
    return Understood("ask", _topic_filled(filled, before), leans=True)


def _else(line: str, before: Before, names: Names) -> Understood | None:
    """What has not been shown yet of someone ("what else did she say about oil")."""
    match = _ELSE.match(line)
    if match is None or ("else" not in line and "more" not in line):
        return None
    typed = match["who"]
    person = names.meant_by(typed) if _PERSON.fullmatch(typed) else names.named(typed)
    if person is None and typed in ("they", "it"):
        person = before.person
    if person is None:
        return Understood("next", line) if _PERSON.fullmatch(typed) else None
    topic = match["topic"] or ""
    if set(topic.split()) <= _AGAIN:
        topic = before.topic if topic else ""
    return Understood("ask", what_said(person, topic), unseen=True)


def _bare(asked: str, before: Before, line: str) -> Understood:
    """The last question once more with another question word ("when was that", "why"), near its answer."""
    if before.kind in ("open", "who_said"):
        rest = _ASKS.sub("", before.text.strip().casefold(), count=1).strip()
        return Understood("ask", f"{asked} {rest}", leans=True)
    return Understood("ask", line if len(line.split()) > 1 else f"{asked} was that", leans=True)


def _swapped(what: str, before: Before, names: Names) -> Understood:
    """The last question about somebody or something else ("and lavrov?", "what about gaza")."""
    what = re.sub(r"^(?:the|a|an|from|by|of|for) (?=\w)", "", what)
    if _PERSON.fullmatch(what):
        what = names.meant_by(what) or what
    name = names.named(what)
    match before.kind:
        case "said" if name is not None:
            return Understood("ask", what_said(name, before.topic))
        case "said" if before.person is not None:
            return Understood("ask", what_said(before.person, what))
        case "who_is" if name is not None:
            return Understood("ask", f"who is {name}")
    for typed in before.names if name is not None else ():
        swapped = re.sub(rf"(?<!\w){re.escape(typed)}(?!\w)", name or "", before.text, count=1, flags=re.IGNORECASE)
        if swapped != before.text:
            return Understood("ask", swapped, leans=True)
    word = _QUESTION_WORD.match(before.text.strip().casefold())
    asks = f"{word[0]} {what}" if word and not _WH.match(what) else what
    return Understood("ask", asks, leans=True)


def _in_full(text: str, line: str, before: Before, names: Names, own: Sequence[str], *, joined: bool) -> Understood:
    """A question of its own, its pronouns filled in; ``own`` are those whom it names itself."""
    leans = joined
    filled = line if _THINGS.search(line) else text.strip()
    if pronoun := _PERSON.search(line):
        followed = _owns(line, pronoun.end())
        his_own = bool(own) and pronoun[0] in ("his", "her") and followed  # "what did Trump say in his speech"
        known = None if his_own else names.meant_by(pronoun[0], own)
        if known is not None:
            owns = pronoun[0] == "his" or (pronoun[0] == "her" and followed)
            filled = _PERSON.sub(f"{known}'s" if owns else known, line, count=1)
        leans = True
    if _THINGS.search(line):
        leans = True
        filled = _topic_filled(filled, before)
    return Understood("ask", filled, leans=leans)


def _owns(line: str, end: int) -> bool:
    """Whether "her" is followed by what is hers ("her son"), rather than by nothing or a small word."""
    rest = line[end:].split()
    return bool(rest) and rest[0] not in {"about", "on", "to", "that", "for", "at", "in", "and", "say", "said", "there"}


def _topic_filled(question: str, before: Before) -> str:
    """The last question's topic for "that" in "say about that", when that question was about what somebody said."""
    topic = f" about {before.topic}" if before.topic and before.kind == "said" else ""
    return _OF_THAT.sub(topic, question.strip())


def _bare_words(what: str) -> str:
    return re.sub(r"^(?:not .+? but )", "", what)
