"""Introducing somebody: which sentence says who they are."""

import pytest

from knowledge.answer.introduce import INTRODUCED, find_words, introduction, role_of


@pytest.fixture
def points(read, sentence):
    """The points of a text for a question, in the place of any sentence."""
    return lambda text, asked="who is Osei": introduction(read(asked))({**sentence("bridge", 4), "text": text})[0]


@pytest.mark.parametrize(
    ("text", "role"),
    [("who is Osei", "engineer"), ("who is Reyes", "mayor of Norland"), ("who is the Ministry of Transport", None)],
)
def test_the_role_of_whom_a_question_is_about_is_told(read, text, role):
    assert role_of(read(text)) == role


SAYS_WHO = [
    pytest.param("Engineer Ben Osei built it.", "Ben Osei built it.", id="the role"),
    pytest.param("Osei, who was born in Norland, slept.", "Osei slept.", id="who was"),
    pytest.param("Osei, a former pilot, slept.", "Osei slept.", id="a"),
    pytest.param("Osei, the pilot, slept.", "Osei, they say, slept.", id="the"),
    pytest.param("Osei, Norland’s best pilot, slept.", "Osei slept.", id="somebody’s"),
    pytest.param("Osei, head of the harbour, slept.", "Osei, of course, slept.", id="head of"),
    pytest.param("Osei, 40, slept.", "Osei slept at 40.", id="the age"),
    pytest.param("Osei is a tall man.", "Osei has a tall man.", id="is"),
    pytest.param("Ben Osei slept.", "Osei slept.", id="the full name"),
    pytest.param("The engineer, Ben Osei, slept.", "Ben Osei slept near an engineer.", id="the role at the name"),
]


@pytest.mark.parametrize(("more", "less"), SAYS_WHO)
def test_a_sentence_that_says_who_somebody_is_has_more_points(points, more, less):
    assert points(more) > points(less)


@pytest.mark.parametrize("text", ["It rained.", "Oseist, the paper, slept.", "Reyes, the mayor of Norland, slept.", ""])
def test_a_sentence_about_others_has_none(points, text):
    assert points(text) == 0


INTRODUCING = [
    ("Engineer Ben Osei built the bridge.", True),
    ("Osei slept.", False),
    ("Osei loves engineering.", False),
]


@pytest.mark.parametrize(("text", "introduces"), INTRODUCING, ids=[text for text, _ in INTRODUCING])
def test_the_role_makes_it_an_introduction(points, text, introduces):
    assert (points(text) >= INTRODUCED) is introduces


def test_of_two_that_say_as_much_the_earlier_comes_first(read, sentence):
    key = introduction(read("who is Osei"))
    early, late = ({**sentence("bridge", number), "text": "Osei slept."} for number in (2, 7))
    assert max([late, early], key=key) == early


FOUND = [
    pytest.param("talks", 1, "Chinese Foreign Minister", "Chinese Foreign Minister", id="as it stands"),
    pytest.param("talks", 1, "chinese foreign minister’s", "Chinese Foreign Minister", id="written otherwise"),
    pytest.param("talks", 6, "binyamin netanyahu", "Binyamin Netanyahu", id="inside"),
    pytest.param("bridge", 8, "trucks", "trucks", id="at the end"),
    pytest.param("talks", 1, "Foreign Chinese Minister", None, id="another order"),
    pytest.param("talks", 1, "Minister of Trade", None, id="not held"),
    pytest.param("talks", 1, "…", None, id="no words"),
]


@pytest.mark.parametrize(("article", "number", "part", "text"), FOUND)
def test_words_are_found_in_a_sentence_however_they_are_written(sentence, article, number, part, text):
    held = sentence(article, number)
    span = find_words(held, part)
    assert (span and held["text"][span[0] - held["start"] : span[1] - held["start"]]) == text
