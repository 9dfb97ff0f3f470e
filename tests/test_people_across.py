"""People of several articles, asked for in conversation: whose quotes are found together, and whose are kept apart."""

import pytest

from bot.dialogue import Dialogue
from bot.terminal import plain_text
from knowledge.index.follow import rebuild
from knowledge.library import Library
from tests.auxil.records import Said, lines, person, put

FULL = lines(
    "full",
    "Wang Yi, the Chinese foreign minister, came to Norland.\nWang Yi said the harbour will reopen.",
    people=[person("Wang Yi", "the Chinese foreign minister")],
    quotes=[Said("Wang Yi", "the harbour will reopen", source="Wang Yi", cue="said")],
)
SHORT = lines(
    "short",
    "China's foreign minister Wang met fishermen on Friday.\nWang said the nets are too small.",
    people=[person("Wang", "China's foreign minister")],
    quotes=[Said("Wang", "the nets are too small", source="Wang", cue="said")],
)
OTHER = lines(
    "other",
    "Wang, a dentist in Leeds, was there too.\nWang said teeth matter more.",
    people=[person("Wang", "a dentist in Leeds")],
    quotes=[Said("Wang", "teeth matter more", source="Wang", cue="said")],
)
FARMER = lines(
    "farm",
    "John Smith, a farmer in Ohio, lost his corn.\nJohn Smith said the rain came too late.",
    people=[person("John Smith", "a farmer in Ohio")],
    quotes=[Said("John Smith", "the rain came too late", source="John Smith", cue="said")],
)
STRIKER = lines(
    "match",
    "England striker John Smith scored twice.\nJohn Smith said the keeper made it easy.",
    people=[person("John Smith", "England striker")],
    quotes=[Said("John Smith", "the keeper made it easy", source="John Smith", cue="said")],
)
MORE_OF_THE_STRIKER = lines(
    "transfer",
    "The striker John Smith is leaving his club.\nJohn Smith said Norland is his next home.",
    people=[person("John Smith", "The striker")],
    quotes=[Said("John Smith", "Norland is his next home", source="John Smith", cue="said")],
)


BOTH_ORDERS = pytest.mark.parametrize(
    "records",
    [pytest.param((FULL, SHORT), id="full name first"), pytest.param((SHORT, FULL), id="last name first")],
)
QUESTIONS = [
    ("what did the farmer john smith say", {"farm"}),
    ("what did john smith the striker say", {"match", "transfer"}),
    ("what did john smith say", {"farm", "match", "transfer"}),
]


def answered(library: Library, question: str) -> set[str]:
    """The articles that an answer cites."""
    reply = Dialogue(library).ask("one", question)
    assert reply.answer is not None
    return {citation.article_id for citation in reply.answer.citations}


@pytest.mark.parametrize("rebuilt", [False, True], ids=["followed", "rebuilt"])
@BOTH_ORDERS
def test_who_is_wang_in_one_article_and_wang_yi_in_another_is_one(library, records, rebuilt):
    for record in (*records, OTHER):
        put(library, record)
    if rebuilt:
        rebuild(library.index, library.engine)
    assert answered(library, "what did wang yi say") == {"full", "short"}


def test_who_came_as_wang_is_shown_as_wang_yi(library):
    for record in (SHORT, FULL):
        put(library, record)
    heard = plain_text(Dialogue(library).ask("one", "what did wang yi say"))
    assert heard.lstrip().startswith("Wang Yi (")


def test_another_wang_is_not_taken_for_the_one_who_is_now_wang_yi(library):
    for record in (SHORT, FULL, OTHER):
        put(library, record)
    heard = plain_text(Dialogue(library).ask("one", "what did wang say"))
    assert "may be Wang or Wang Yi. Which do you mean?" in heard


@pytest.mark.parametrize(("question", "articles"), QUESTIONS, ids=[question for question, _ in QUESTIONS])
def test_the_quotes_of_two_of_one_name_are_found_by_what_they_are(library, question, articles):
    for record in (FARMER, STRIKER, MORE_OF_THE_STRIKER):
        put(library, record)
    assert answered(library, question) == articles


@pytest.mark.parametrize(
    ("place", "articles"), [(0, ["farm"]), (1, ["match", "transfer"])], ids=["the farmer", "the striker"]
)
def test_two_of_one_name_are_asked_apart_and_each_keeps_his_quotes(library, place, articles):
    for record in (FARMER, STRIKER, MORE_OF_THE_STRIKER):
        put(library, record)
    dialogue = Dialogue(library)
    asked = dialogue.ask("one", "what did john smith say")
    assert "Which do you mean?" in plain_text(asked)
    labels = [button.label for row in asked.buttons for button in row]
    assert labels == ["John Smith, a farmer in Ohio", "John Smith, England striker"]
    reply = dialogue.press("one", asked.buttons[place][0].action)
    assert reply is not None
    assert reply.answer is not None
    assert sorted(citation.article_id for citation in reply.answer.citations) == articles


@BOTH_ORDERS
def test_built_articles_name_one_person(library, take, records):
    texts = {
        FULL: "Wang Yi, the foreign minister of China, came to Norland on Monday. “The harbour is open,” Wang Yi said.",
        SHORT: "Chinese Foreign Minister Wang met fishermen on Friday. “The nets are too small,” Wang said.",
    }
    for record in records:
        take(record.article.id, texts[record])
    assert answered(library, "what did wang yi say") == {"full", "short"}
