"""The button under an answer that follows what it is about."""

from bot.memory import fitting
from bot.replies import Button
from bot.subscribing import texts
from bot.subscribing.people import people_among
from bot.subscribing.presses import fitting_button, follow
from knowledge.answer import Outcome
from knowledge.answer.names import Named
from knowledge.index.search import SearchIndex
from knowledge.models import Interest
from knowledge.text import content_words, one_line

__all__ = ["follow_buttons"]

_TOPICAL = 0.3  # a word less likely of the topic is not followed
_MOST_WORDS = 4  # hardly any sentence holds more of a question's words together
_NOTHING_ASKED = ("empty", "nothing_asked")


def follow_buttons(index: SearchIndex, outcome: Outcome) -> tuple[Button, ...]:
    """A button that follows the one person an answer or a refusal is about, or else its topic; none for neither."""
    if outcome.reason in _NOTHING_ASKED or outcome.question.kind == "people":
        return ()
    if (person := _person(index, outcome)) is not None:
        name = one_line(person.entity["name"], 80)
        return fitting_button(texts.follow(name), follow(Interest(kind="person", target=person.key), name))
    if outcome.question.who:
        return ()
    words = " ".join(e.meant for e in outcome.question.topic if e.topical >= _TOPICAL)
    target = content_words(words)
    if not 0 < len(target) <= _MOST_WORDS:
        return ()
    known = [word for word in target if index.frequency("body", word)]
    if not outcome.answer.answered and 2 * len(known) <= len(target):
        return ()  # not likely to come up
    topic = Interest(kind="topic", target=" ".join(target))
    return fitting_button(texts.follow(f"“{words}”"), follow(topic, words))


def _person(index: SearchIndex, outcome: Outcome) -> Named | None:
    """The one person a question asks about, or names."""
    question = outcome.question
    if question.who:
        found = people_among(index, question.who)
        theirs = {key for key, _, _ in fitting(outcome)} if outcome.answer.answered else set()
        meant = [named for named in question.who if named.key in theirs] if len(found) > 1 else found
    else:
        runs = [[named for named in run if named.entity["person"]] for run in question.names]
        named_there = [run for run in runs if run]
        meant = people_among(index, named_there[0]) if len(named_there) == 1 else []
    return meant[0] if len(meant) == 1 and not meant[0].common else None
