"""Form words: slips in the words that questions are made of."""

import pytest

from knowledge.answer.forms import FORM_WORDS, mend_forms, run_together

HELD = frozenset("bridge reyes wang yi trucks what osei opened".split())


def mended(text: str) -> str:
    return " ".join(mend_forms(text.split(), HELD.__contains__))


FORMS = [
    ("what", "what"),
    ("waht", "what"),
    ("whta", "what"),
    ("waaht", "what"),
    ("wut", "what"),
    ("hwo many", "how many"),
    ("the bridge abuot", "the bridge about"),
    ("the waaht", "the waaht"),
    ("ab", "ab"),
    ("the ab", "the ab"),
    ("zeppelin", "zeppelin"),
    ("the zeppelin", "the zeppelin"),
    ("what wsa opened", "what was opened"),
    ("wher is teh bridge", "where is the bridge"),
    ("who said", "who said"),
    ("who sadi that", "who said that"),
    ("", ""),
    ("opened thr bridge", "opened the bridge"),
    ("reyes opened the thr", "reyes opened the thr"),
    ("reyes opened trucks bridge teh", "reyes opened trucks bridge the"),
    ("reyes opened trucks bridge abuot", "reyes opened trucks bridge about"),
    ("trucks opened whn", "trucks opened when"),
    ("who wsd it", "who was it"),
]


@pytest.mark.parametrize(("typed", "meant"), FORMS, ids=[typed for typed, _ in FORMS])
def test_slips_in_the_words_questions_are_made_of_are_mended(typed, meant):
    assert mended(typed) == meant


SAYING = [
    ("waht dis wang yi sya abuot trucks", "what did wang yi say about trucks"),
    ("what id reyes say", "what did reyes say"),
    ("what dis", "what is"),
    ("does reyes thnik", "does reyes think"),
    ("what does reyes sat abour trucks", "what does reyes say about trucks"),
    ("what did osei sya", "what did osei say"),
    ("what did reyes sat", "what did reyes say"),
    ("reyes sat", "reyes sat"),
]


@pytest.mark.parametrize(("typed", "meant"), SAYING, ids=[typed for typed, _ in SAYING])
def test_a_word_is_read_as_the_form_word_that_its_place_asks_for(typed, meant):
    assert mended(typed) == meant


SHORT = [
    ("whats new", "what is new"),
    ("whos osei", "who is osei"),
    ("ppl", "people"),
    ("y did it open", "why did it open"),
    ("reyes abt trucks", "reyes about trucks"),
    ("what did u say", "what did you say"),
    ("wich trucks", "which trucks"),
    ("wats new", "what is new"),
    ("r the trucks there", "are the trucks there"),
    ("how r they", "how are they"),
    ("did osei r reyes", "did osei r reyes"),
    ("how much did heopened", "how much did he opened"),
    ("how much doeshe open", "how much does he open"),
    ("how much mony", "how much money"),
    ("what esle did reyes say", "what else did reyes say"),
]


@pytest.mark.parametrize(("typed", "meant"), SHORT, ids=[typed for typed, _ in SHORT])
def test_short_forms_are_written_out(typed, meant):
    assert mended(typed) == meant


KEPT = [
    pytest.param(["whats"], {"whats"}, ["what", "is"], id="a form of two words"),
    pytest.param(["u"], {"u"}, ["you"], id="a letter"),
    pytest.param(["the", "ppl"], {"ppl"}, ["the", "ppl"], id="a word of the articles"),
    pytest.param(["waht"], {"waht"}, ["waht"], id="a slip that is a word of the articles"),
    pytest.param(["the", "abuot"], {"abuot"}, ["the", "abuot"], id="such a slip further on"),
    pytest.param(["did", "heopened"], {"opened", "heopened"}, ["did", "heopened"], id="a small word and another"),
    pytest.param(["did", "hezeppelin"], {"zeppelin"}, ["did", "hezeppelin"], id="a small word and a rare one"),
    pytest.param(["whyis"], {"whyis"}, ["whyis"], id="two words in one that are a word of the articles"),
]


@pytest.mark.parametrize(("tokens", "held", "meant"), KEPT)
def test_a_word_of_the_articles_is_left_but_for_a_short_form_of_two_words(tokens, held, meant):
    assert mend_forms(tokens, held.__contains__) == meant


@pytest.mark.parametrize("text", ["what colour is that", "who did wang meat", "how did osei pay tax", "reyes form"])
def test_a_real_word_is_no_slip_of_a_form_word(text):
    assert mended(text) == text


TOGETHER = [
    ("whyis", ("why", "is")),
    ("whatdid", ("what", "did")),
    ("whatever", None),
    ("bridge", None),
    ("what", None),
]


@pytest.mark.parametrize(("typed", "pair"), TOGETHER, ids=[typed for typed, _ in TOGETHER])
def test_two_form_words_run_together_are_told_apart(typed, pair):
    assert run_together(typed) == pair


def test_two_form_words_run_together_are_two_at_the_start_of_a_question():
    assert mended("whatdid reyes say") == "what did reyes say"
    assert mended("reyes whatdid") == "reyes whatdid"


@pytest.mark.parametrize("word", FORM_WORDS)
def test_a_form_word_is_itself_wherever_it_stands(word):
    assert mended(f"the bridge {word}") == f"the bridge {word}"


def test_the_form_words_are_sorted_and_single():
    assert list(FORM_WORDS) == sorted(set(FORM_WORDS))
    assert {"what", "who", "said"} <= set(FORM_WORDS)
