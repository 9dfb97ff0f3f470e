"""Slips: how far what was typed is from what may have been meant."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.answer.slips import by_ear, cost, distance, slip

SLIPS = [
    ("bridge", "bridge", 1.0),
    ("brige", "bridge", 0.9),
    ("brdige", "bridge", 0.95),
    ("bridges", "bridge", 0.9),
    ("hte", "the", 0.8),
    ("at", "a", 0.0),
    ("on", "of", 0.0),
    ("ship", "shore", 0.0),
    ("goverment", "government", 0.9),
    ("gouverment", "government", 0.8),
    ("castle", "bridge", 0.0),
]


@pytest.mark.parametrize(("typed", "meant", "weight"), SLIPS, ids=[f"{typed} {meant}" for typed, meant, _ in SLIPS])
def test_a_slip_weighs_less_the_further_it_is_from_what_was_meant(typed, meant, weight):
    assert slip(typed, meant) <= weight
    assert (slip(typed, meant) > 0) == (weight > 0)


LIKELIER = [
    pytest.param("bridgr", "bridgp", id="a neighbouring key, a far one"),
    pytest.param("bridgge", "bridgxe", id="a letter twice, another letter"),
    pytest.param("brigde", "brigxe", id="two letters swapped, one for another"),
    pytest.param("bridgd", "pridge", id="the last letter, the first one"),
    pytest.param("brdige", "rbidge", id="a swap inside, a swap at the start"),
    pytest.param("bridg", "ridge", id="the last letter missing, the first one"),
    pytest.param("brige", "brie", id="one slip, two"),
]


@pytest.mark.parametrize(("likelier", "other"), LIKELIER)
def test_the_likelier_slip_costs_less_and_weighs_more(likelier, other):
    assert 0 < distance(likelier, "bridge") < distance(other, "bridge")
    assert slip(likelier, "bridge") > slip(other, "bridge")


def test_a_double_letter_made_single_costs_less_than_another_letter_left_out():
    assert distance("fery", "ferry") < distance("ferr", "ferry")


def test_a_short_word_counts_against_a_slip():
    assert distance("bart", "barr") == distance("bridgt", "bridgr")
    assert slip("bart", "barr") < slip("bridgt", "bridgr")


KEYS = [("s", "e", True), ("s", "w", True), ("s", "q", False), ("s", "x", True), ("s", "c", False), ("s", "f", False)]


@pytest.mark.parametrize(("key", "other", "touch"), KEYS)
def test_keys_that_touch_are_mistaken_for_each_other(key, other, touch):
    assert (distance(f"ab{key}", f"ab{other}") < 1) is touch


TOO_FAR = [
    pytest.param("on", "in", False, id="two letters"),
    pytest.param("cst", "cat", True, id="three letters, a neighbouring key"),
    pytest.param("cpt", "cat", False, id="three letters, a far key"),
    pytest.param("rpad", "road", True, id="four letters, one slip"),
    pytest.param("tpad", "road", False, id="four letters, two slips"),
    pytest.param("qxvernment", "government", False, id="the first letter and a far key"),
    pytest.param("gpvernmemt", "government", True, id="two slips in a long word"),
    pytest.param("gpvermemt", "government", False, id="three slips in a long word"),
]


@pytest.mark.parametrize(("typed", "meant", "possible"), TOO_FAR)
def test_how_many_slips_may_be_goes_by_the_length(typed, meant, possible):
    assert (cost(typed, meant) is not None) == possible
    assert (slip(typed, meant) > 0) == possible


def test_a_name_spelt_by_ear_is_no_slip_of_other_words():
    assert slip("bridge", "brodaga") == 0
    assert 0 < by_ear("bridge", "brodaga") < slip("brige", "bridge")


BY_EAR = [
    pytest.param("netanyahoo", "netanyahu", True, id="a vowel written as two"),
    pytest.param("qadafi", "kadhafi", False, id="another first letter"),
    pytest.param("gadafi", "gheddaffi", True, id="the same consonants"),
    pytest.param("sisy", "saysi", False, id="a short name"),
    pytest.param("zelenskij", "zelensky", True, id="another ending"),
    pytest.param("zelensky", "zaluzhny", False, id="other consonants"),
]


@pytest.mark.parametrize(("typed", "name", "possible"), BY_EAR)
def test_a_name_may_be_spelt_by_ear_when_its_consonants_are_the_same(typed, name, possible):
    assert ((slip(typed, name) or by_ear(typed, name)) > 0) == possible


WORD = st.text("abcdeqwp", min_size=1, max_size=9)


@given(WORD, WORD)
def test_a_distance_is_nothing_between_equal_words_only(typed, meant):
    assert (distance(typed, meant) == 0) == (typed == meant)


@given(WORD, WORD)
def test_a_slip_is_sure_for_equal_words_only_and_never_a_bare_chance(typed, meant):
    found = slip(typed, meant)
    assert (found == 1) == (typed == meant)
    assert found == 0 or 0.5 <= found <= 1


@given(WORD, WORD)
def test_a_cost_is_the_distance_of_words_that_are_not_too_far_apart(typed, meant):
    assert cost(typed, meant) in (None, distance(typed, meant))
