"""Who "he" is: the sentence that goes with one that opens with a pronoun."""

import pytest

from knowledge.answer.beside import NAMING_REACH, opens_with_pronoun, sentence_naming

OPENING = [
    ("He slept.", True),
    ("“She is right,” Osei said.", True),
    ("His bridge is old.", True),
    ("They’re late.", True),
    ("It cost 5 million crowns.", True),
    ("This is new.", True),
    ("All three slept.", True),
    ("(Both slept.)", True),
    ("Osei said he slept.", False),
    ("Heavy trucks are slow.", False),
    ("Italy is far.", False),
    ("Thatcher spoke.", False),
    ("All the workers slept.", False),
    ("", False),
]


@pytest.mark.parametrize(("text", "opens"), OPENING, ids=[text for text, _ in OPENING])
def test_a_sentence_that_opens_with_a_pronoun_is_told(text, opens):
    assert opens_with_pronoun(text) is opens


@pytest.fixture
def told(sentence):
    """Sentences of given texts and people, numbered from 1."""
    blank = sentence("bridge", 1)
    return lambda *given: [{**blank, "number": i, "text": t, "who": who} for i, (t, who) in enumerate(given, 1)]


OSEI, REYES = ["ben osei"], ["ana reyes"]
NAMING = [
    pytest.param([("Osei built it.", OSEI), ("He slept.", OSEI)], 1, id="he"),
    pytest.param([("Osei built it.", OSEI), ("Reyes spoke.", REYES), ("He slept.", OSEI)], 1, id="he, not the last"),
    pytest.param([("Osei came.", OSEI), ("Osei went.", OSEI), ("He slept.", OSEI)], 2, id="the last that names him"),
    pytest.param([("Osei came.", OSEI), ("He went.", OSEI), ("He slept.", OSEI)], 1, id="not another pronoun"),
    pytest.param([("Osei came.", OSEI), ("Reyes spoke.", REYES), ("He slept.", [])], 2, id="he, nobody knows who"),
    pytest.param([("Osei came.", OSEI), ("It rained.", []), ("He slept.", [])], 1, id="he, and somebody is named"),
    pytest.param(
        [("It rained.", []), ("The bridge is old.", []), ("He slept.", [])], None, id="he, and nobody is named"
    ),
    pytest.param([("Osei came.", OSEI), ("It rained.", []), ("He slept.", OSEI)], 1, id="something between"),
    pytest.param([("Reyes spoke.", REYES), ("He slept.", OSEI)], None, id="never named"),
    pytest.param([("Osei built it.", OSEI), ("The bridge is old.", []), ("It cost much.", [])], 2, id="it"),
    pytest.param([("The bridge is old.", []), ("It is long.", []), ("It cost much.", [])], 1, id="it, not another"),
    pytest.param([("It is old.", []), ("It cost much.", [])], None, id="it alone"),
    pytest.param([("Osei built it.", OSEI), ("Osei slept.", OSEI)], None, id="no pronoun"),
    pytest.param([("He slept.", OSEI)], None, id="nothing before"),
    pytest.param([("It slept.", [])], None, id="nothing before it"),
]


@pytest.mark.parametrize(("given", "number"), NAMING)
def test_the_sentence_that_names_whom_is_found(told, given, number):
    *before, last = told(*given)
    found = sentence_naming(last, before)
    assert (found and found["number"]) == number


@pytest.mark.parametrize(("between", "found"), [(NAMING_REACH - 1, True), (NAMING_REACH, False)])
def test_only_so_far_back_is_looked(told, between, found):
    *before, last = told(("Osei built it.", OSEI), *[("It rained.", [])] * between, ("He slept.", OSEI))
    assert (sentence_naming(last, before) is not None) is found
