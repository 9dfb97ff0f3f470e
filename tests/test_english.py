"""The English list: looked up where it stands, without a table."""

import pytest

from knowledge.english import FILE, commonness, is_english, rareness

LINES = [line.split(" ") for line in FILE.read_text(encoding="ascii").splitlines() if line]
PLACES = [0, 1, 2, *range(3, len(LINES) - 3, 997), len(LINES) - 3, len(LINES) - 2, len(LINES) - 1]


def test_every_word_is_found_where_it_stands():
    wrong = [LINES[i] for i in PLACES if commonness(LINES[i][0]) != ord(LINES[i][1]) - ord("a")]
    assert wrong == []


def test_the_list_is_sorted_as_looking_up_needs():
    assert [word for word, _ in LINES] == sorted({word for word, _ in LINES})


NONE = ["", "a", "qwzx", "thex", "zzzz", "th\n", "the v", "the v\ntheatre", "Путин", "王毅", "2024", "x" * 100_000]


@pytest.mark.parametrize("word", NONE, ids=[repr(word[:12]) for word in NONE])
def test_what_is_not_in_the_list_has_no_commonness(word):
    assert commonness(word) == -1
    assert not is_english(word)


def test_commoner_words_have_more_of_it():
    assert commonness("the") > commonness("bridge") > commonness("zeppelin") > -1
    assert commonness("the") == max(ord(level) - ord("a") for _, level in LINES)


@pytest.mark.parametrize(("word", "english"), [("the", True), ("bridge", True), ("zeppelin", False), ("brigde", False)])
def test_only_a_common_word_is_english_enough_to_be_meant(word, english):
    assert is_english(word) is english


def test_a_word_is_rarer_the_less_common_it_is_and_a_name_rather_rare():
    assert 0 <= rareness("the") < rareness("bridge") < rareness("zeppelin") <= 1
    assert rareness("bridge") < rareness("ushakov") < 1
