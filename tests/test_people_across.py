"""People of several articles, asked for in conversation: whose quotes are found together, and whose are kept apart."""

import pytest

from bot.dialogue import Dialogue
from bot.terminal import plain_text
from knowledge.answer.names import same_name
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


def test_people_are_listed_by_their_full_name_though_the_latest_article_has_only_the_last(library):
    full = lines("full", "Ida Moss, the mayor, came.", people=[person("Ida Moss", "the mayor")])
    put(library, full, lines("short", "Mayor Moss left.", people=[person("Moss", "Mayor")]))
    assert [name for name, _, _ in library.people()] == ["Ida Moss"]


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


LINDGREN = lines(
    "named",
    "Prime Minister Oskar Lindgren opened the bridge.\nOskar Lindgren said the bridge is long.",
    people=[person("Oskar Lindgren", "Prime Minister")],
    quotes=[Said("Oskar Lindgren", "the bridge is long", source="Oskar Lindgren", cue="said")],
)
BARE = lines(
    "bare",
    "The bridge is closed again.\nLindgren said the bolts are loose.",
    quotes=[Said("Lindgren", "the bolts are loose", source="Lindgren", cue="said")],
)
FATHER = lines(
    "father",
    "Victor Hale, the former mayor, was in court.\nVictor Hale said he never took a penny.",
    people=[person("Victor Hale", "the former mayor")],
    quotes=[Said("Victor Hale", "he never took a penny", source="Victor Hale", cue="said")],
)
SON = lines(
    "son",
    "Victor Hale Jr. sat in the front row.\nVictor Hale Jr. said his father is honest.",
    people=[person("Victor Hale Jr.", None, "Victor Hale", "Hale")],
    quotes=[Said("Victor Hale Jr.", "his father is honest", source="Victor Hale Jr.", cue="said")],
)


@pytest.mark.parametrize("records", [(LINDGREN, BARE), (BARE, LINDGREN)], ids=["full name first", "last name first"])
def test_a_last_name_of_which_nothing_is_known_is_no_second_reading(library, records):
    for record in records:
        put(library, record)
    heard = plain_text(Dialogue(library).ask("one", "what did lindgren say"))
    assert "Which do you mean?" not in heard
    assert heard.lstrip().startswith("Oskar Lindgren (Prime Minister), 2 statements.")


FATHER_AND_SON = [
    ("what did victor hale say", {"father"}),
    ("what did victor hale jr say", {"son"}),
    ("what did hale say", {"father", "son"}),
    ("what did victor hale sr say", set()),
]


@pytest.mark.parametrize(("question", "articles"), FATHER_AND_SON, ids=[question for question, _ in FATHER_AND_SON])
def test_a_father_and_his_son_are_asked_for_apart(library, question, articles):
    for record in (FATHER, SON):
        put(library, record)
    assert answered(library, question) == articles


@pytest.mark.parametrize("asked", ["who is victor hale jr", "what did victor hale jr say"])
def test_the_fathers_role_is_not_shown_for_the_son(library, asked):
    for record in (FATHER, SON):
        put(library, record)
    assert "mayor" not in plain_text(Dialogue(library).ask("one", asked))


SAME = [
    ("Joe Biden", "Joseph R. Biden", True),
    ("Victor Hale", "Victor Hale Jr.", False),
    ("Tom Hale Jr.", "Tom Reed Jr.", False),
    ("Tom Hale Jr.", "Tom R. Hale Jr.", True),
]


@pytest.mark.parametrize(("one", "other", "same"), SAME, ids=[f"{one} / {other}" for one, other, _ in SAME])
def test_two_full_names_are_one(one, other, same):
    assert same_name(one, other) is same_name(other, one) is same


GROUPS = [
    ("The company", "The company said the valves hold.", True),
    ("Hospital officials", "Hospital officials said the valves hold.", True),
    ("Police", "Police said the valves hold.", True),
    ("Union", "Union said the valves hold. The union is old.", True),
    ("Apple", "Apple said the valves hold.", False),
    ("Blue Strait Lines", "Blue Strait Lines said the valves hold.", False),
    ("the Reform Party", "On Monday the Reform Party said the valves hold.", False),
]


@pytest.mark.parametrize(("speaker", "text", "common"), GROUPS, ids=[speaker for speaker, _, _ in GROUPS])
def test_a_group_without_a_proper_name_is_known_as_such(library, speaker, text, common):
    put(library, lines("group", text, quotes=[Said(speaker, "the valves hold", source=speaker, cue="said")]))
    question = library.answerer.read(f"what did {speaker.lower()} say")
    assert [named.common for named in question.who] == [common]
