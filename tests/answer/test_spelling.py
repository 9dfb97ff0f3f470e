"""Slips: which words a word may stand for, and which it may not."""

import pytest

from knowledge.answer.spelling import FORM_WORDS, form_word, run_together, slip

SLIPS = [
    ("bridge", "bridge", 1.0),
    ("brige", "bridge", 0.9),
    ("brdige", "bridge", 0.9),
    ("bridges", "bridge", 0.9),
    ("hte", "the", 0.7),
    ("at", "a", 0.0),
    ("on", "of", 0.0),
    ("ship", "shore", 0.0),
    ("goverment", "government", 0.9),
    ("gouverment", "government", 0.75),
    ("castle", "bridge", 0.0),
]


@pytest.mark.parametrize(("typed", "meant", "weight"), SLIPS, ids=[f"{typed} {meant}" for typed, meant, _ in SLIPS])
def test_a_slip_weighs_less_the_further_it_is_from_what_was_meant(typed, meant, weight):
    assert slip(typed, meant) <= weight
    assert (slip(typed, meant) > 0) == (weight > 0)


def test_a_wrong_first_letter_and_a_short_word_count_against_a_slip():
    assert slip("pridge", "bridge") < slip("bridgd", "bridge") < 1
    assert slip("bade", "jade") < slip("bridgd", "bridge")


def test_a_name_spelt_by_ear_is_no_slip_of_other_words():
    assert slip("netanyahoo", "netanyahu", by_ear=True) > 0
    assert slip("zelenskij", "zelensky", by_ear=True) > 0
    assert slip("bridge", "brodaga") == 0


EXPANDED = [
    pytest.param("bridge", "bridge", True, False, id="known"),
    pytest.param("bridges", "bridges", True, False, id="known in another form"),
    pytest.param("brigde", "bridge", True, True, id="letters swapped"),
    pytest.param("minstry", "ministry", True, True, id="letter left out"),
    pytest.param("zeppelin", "zeppelin", False, False, id="unknown"),
    pytest.param("xyz", "xyz", False, False, id="short words are not mended"),
    pytest.param("2025", "2025", False, False, id="numbers are not mended"),
]


@pytest.mark.parametrize(("word", "meant", "known", "mended"), EXPANDED)
def test_a_word_is_read_as_one_the_articles_hold_when_it_may_be_a_slip(speller, word, meant, known, mended):
    expansion = speller.expand(word)
    assert (expansion.typed, expansion.meant, expansion.known, expansion.mended) == (word, meant, known, mended)
    assert all(0 < weight <= 1 for weight in expansion.terms.values())
    assert max(expansion.terms.values(), default=1.0) == 1.0 or mended or not known


def test_words_of_one_family_count_a_little(speller):
    terms = speller.expand("medical").terms
    assert 0 < terms["medicin"] < 1


def test_words_of_like_meaning_are_related_not_mended(speller):
    expansion = speller.expand("encounter")
    assert not expansion.mended
    assert "meet" in expansion.related
    assert "meet" not in expansion.terms


NEAR = [("reyse", "reyes"), ("oseii", "osei"), ("wangyy", "wangyi"), ("carterr", "carter")]


@pytest.mark.parametrize(("typed", "name"), NEAR, ids=[typed for typed, _ in NEAR])
def test_the_nearest_word_comes_first(speller, typed, name):
    assert speller.near(typed)[0][0] == name


@pytest.mark.parametrize("word", ["", "x", "ab", "1967", "12345678"])
def test_short_words_and_numbers_are_near_to_nothing(speller, word):
    assert speller.near(word) == []


FORMS = [
    ("what", False, "what"),
    ("waht", True, "what"),
    ("whta", False, "what"),
    ("abuot", False, "about"),
    ("waaht", True, "what"),
    ("waaht", False, None),
    ("wut", True, None),
    ("ab", False, None),
    ("zeppelin", True, None),
    ("zeppelin", False, None),
]


@pytest.mark.parametrize(("typed", "first", "form"), FORMS, ids=[f"{typed} {first}" for typed, first, _ in FORMS])
def test_slips_in_the_words_questions_are_made_of_are_mended(typed, first, form):
    assert form_word(typed, first=first) == form


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


def test_the_form_words_are_sorted_and_single():
    assert list(FORM_WORDS) == sorted(set(FORM_WORDS))
    assert {"what", "who", "said"} <= set(FORM_WORDS)
