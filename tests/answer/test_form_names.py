"""People and groups whose names are form words: May, Will, the WHO."""

import pytest

from tests.auxil.records import Said, lines, person, put

MAY = lines(
    "may",
    """\
Prime Minister Theresa May said that Britain would leave in March.
May travels to Brussels next week.
Voters may travel to London.
Jeremy Corbyn told May that the plan was a disaster.
The WHO said that the fever was over.""",
    title="A plan",
    people=[person("Theresa May", "Prime Minister", "Prime Minister"), person("Jeremy Corbyn")],
    quotes=[
        Said("Theresa May", "Britain would leave in March", "Prime Minister Theresa May", "said"),
        Said("Jeremy Corbyn", "the plan was a disaster", "Jeremy Corbyn", "told", addressee="May"),
        Said("WHO", "the fever was over", "The WHO", "said"),
    ],
    labels=["PERSON", "PERSON GPE", "GPE", "PERSON", "ORG"],
)


@pytest.fixture
def asked(empty):
    put(empty, MAY)
    return empty.answerer.consider


CALLED = [
    ("what did May say", "Theresa May"),
    ("what did may say", "Theresa May"),
    ("has May said anything", "Theresa May"),
    ("who is May", "Theresa May"),
    ("may on britain", "Theresa May"),
    ("what did the WHO say", "WHO"),
]


@pytest.mark.parametrize(("text", "name"), CALLED)
def test_somebody_is_asked_for_by_a_name_that_is_a_form_word(asked, text, name):
    outcome = asked(text)
    assert [named.entity["name"] for named in outcome.question.who] == [name]
    assert outcome.answer.answered


@pytest.mark.parametrize("text", ["what did Will say", "what did will say about the plan"])
def test_who_is_called_so_and_not_held_is_unknown_and_nobody_elses_words_are_his(asked, text):
    outcome = asked(text)
    assert (outcome.answer.answered, outcome.reason) == (False, "unknown_person")


@pytest.mark.parametrize("text", ["what did who say", "who", "what did they say", "will there be a plan"])
def test_form_words_that_ask_name_nobody(asked, text):
    assert asked(text).question.who == ()


def test_a_name_among_the_words_of_a_question_is_told_by_its_capital(asked):
    named = asked("where does May travel")
    assert [run[0].entity["name"] for run in named.question.names] == ["Theresa May"]
    assert named.answer.citations[0].text == "May travels to Brussels next week."
    assert asked("where may voters travel").question.names == ()
    assert asked("Where Does May Travel").question.names == (), "every word has one"
    assert asked("is the WHO sure that the fever is over").question.names == (), "only people are told of by mentions"


def test_a_form_word_is_a_word_of_a_sentence_where_it_is_a_name(asked, empty):
    words = [sentence["words"].split() for sentence in empty.index.of_article("may")]
    assert ["may" in held for held in words] == [True, True, False, True, False]
    assert asked("what did Corbyn say to May").answer.citations[0].sentence == 4
