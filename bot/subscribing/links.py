"""Links that follow something: what stands after ``start=`` in them, written and read."""

import re
from typing import TYPE_CHECKING

from bot.subscribing import texts
from bot.subscribing.lists import follow_menu
from bot.subscribing.targets import Choice, Target, find_target, guessed
from bot.subscribing.wishes import LONGEST, Problem, Wish
from knowledge.models import Interest
from knowledge.text import content_words, folded_words, one_line, squash, words

if TYPE_CHECKING:
    from knowledge.library import Library

__all__ = ["linked", "payload_for"]

_PAYLOAD = re.compile(r"[A-Za-z0-9_-]{1,64}")
_SPACING = re.compile(r"[\s_-]+")


def payload_for(interest: Interest, label: str = "") -> str | None:
    """What to put into a link that follows something; None when a link cannot say it.

    ``label`` is what it is called: a topic's words in normal form may not be read back as they were.
    """
    if interest.kind == "everything":
        return "follow_everything"
    spoken = (label or interest.target) if interest.kind == "topic" else interest.target
    written = folded_words(spoken)
    read = " ".join(written)
    if interest.kind == "person":
        same = read == interest.target
    elif interest.kind == "topic":
        same = not interest.without and " ".join(sorted(set(content_words(read)))) == interest.target
    else:
        same = squash(read) == squash(interest.target)
    payload = "_".join(("follow", interest.kind, *written))
    return payload if same and _PAYLOAD.fullmatch(payload) else None


def linked(library: "Library", payload: str) -> Target | Choice | Problem:
    """What a link means: "follow_wang-yi", "follow_topic_security_council", "follow_everything".

    Without a kind it is a person whom the articles name, or else a topic.
    """
    spoken = [word for word in _SPACING.split(one_line(payload)) if word]
    if spoken and spoken[0].casefold() == "follow":
        del spoken[0]
    kind = spoken[0].casefold() if spoken else ""
    if kind == "everything" and len(spoken) == 1:
        return find_target(library, Wish("everything"))
    rest = " ".join(spoken[1:] if kind in ("person", "topic", "source") else spoken)
    if not words(rest) or len(rest) > LONGEST:
        return Choice(f"{texts.FOLLOW_PROMPT}\n{texts.SUBSCRIBE_FORM}", follow_menu())
    match kind:
        case "person" | "topic" | "source":
            return find_target(library, Wish(kind, rest))
    return guessed(library, rest)
