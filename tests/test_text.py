"""Words and their normal forms."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from knowledge.data import read_lines, read_pairs, read_words
from knowledge.text import (
    content_words,
    fold,
    is_stop,
    normal,
    one_line,
    printable,
    skeleton,
    squash,
    words,
)

FOLDED = [
    ("Raïssi", "raissi"),
    ("China’s", "china"),
    ("China's", "china"),
    ("ministers'", "ministers"),
    ("U.S.", "us"),
    ("1,967", "1967"),
    ("3.5", "3.5"),
    ("Ta'if", "taif"),
    ("O’Brien", "obrien"),
    ("Łódź", "lodz"),
    ("Erdoğan", "erdogan"),
    ("İSTANBUL", "istanbul"),
    ("Søren", "soren"),
    ("Đoković", "dokovic"),
    ("Ærø", "aero"),
    ("STRASSE", "strasse"),
    ("Straße", "strasse"),
    ("Путин", "путин"),
    ("王毅", "王毅"),
    ("ﷺ", "صلىاللهعليهوسلم"),
]


@pytest.mark.parametrize(("word", "folded"), FOLDED, ids=[word for word, _ in FOLDED])
def test_a_word_is_folded_to_what_everyone_types(word, folded):
    assert fold(word) == folded


WORDS = [
    ("He said: “No.”", ["he", "said", "no"]),
    ("U.S. troops", ["us", "troops"]),
    ("1,200.5 tonnes", ["1200.5", "tonnes"]),
    ("al-Assad", ["al", "assad"]),
    ("snake_case", ["snake", "case"]),
    ("C’était l’été", ["cetait", "lete"]),
    ("", []),
    ("!?… —", []),
    ("🙂 ok 👍", ["ok"]),
    ("a\0b", ["a", "b"]),
]


@pytest.mark.parametrize(("text", "found"), WORDS, ids=[repr(text) for text, _ in WORDS])
def test_a_text_is_divided_into_words(text, found):
    assert [word for word, _, _ in words(text)] == found


def test_the_offsets_of_a_word_are_those_of_the_text():
    text = "“Raïssi’s ‘plan’,” 1,967 men"
    assert [text[start:end] for _, start, end in words(text)] == ["Raïssi’s", "plan", "1,967", "men"]


@given(st.text(max_size=300))
@example("ﷺ")
def test_the_words_of_any_text_are_one_token_each_and_stand_where_they_say(text):
    last = 0
    for word, start, end in words(text):
        assert last <= start < end <= len(text)
        assert word.split() == [word], "an index token may hold no space"
        assert fold(text[start:end]) == word
        last = end


NORMAL = [
    ("ministers", "minist"),
    ("said", "say"),
    ("went", "go"),
    ("five", "5"),
    ("twenty", "20"),
    ("1967", "1967"),
]


@pytest.mark.parametrize(("word", "form"), NORMAL, ids=[word for word, _ in NORMAL])
def test_a_folded_word_is_indexed_under_its_normal_form(word, form):
    assert normal(word) == form


def test_the_content_words_are_in_order_with_repeats_and_without_stop_words():
    assert content_words("The calls of the ministers, and the calls") == ["call", "minist", "call"]
    assert is_stop("the")
    assert not is_stop("minister")


def test_a_name_is_squashed_however_it_is_divided():
    assert squash("Wang Yi") == squash("WangYi") == squash("wang-yi’s") == "wangyi"


ALIKE = [
    ("zelenskiy", "zelensky"),
    ("netanyahoo", "netanyahu"),
    ("khamenei", "hamenei"),
    ("gaddafi", "ghadafi"),
    ("mohammed", "muhamad"),
    ("ushakov", "uschakov"),
    ("abbas", "ebbes"),
]


@pytest.mark.parametrize(("one", "other"), ALIKE, ids=[one for one, _ in ALIKE])
def test_transliterations_of_a_name_have_one_skeleton(one, other):
    assert skeleton(one) == skeleton(other)


def test_different_names_have_different_skeletons():
    assert len({skeleton(name) for name in ("putin", "biden", "trump", "assad", "sisi")}) == 5


LINES = [
    ("a\n b\t\tc", None, "a b c"),
    ("a\0b\x07c\x1b[0m", None, "a b c [0m"),
    ("half \ud800 pair", None, "half pair"),
    ("abcdef", 6, "abcdef"),
    ("abcdefg", 6, "abcde…"),
    ("abcd efg", 6, "abcd…"),
    ("", 5, ""),
]


@pytest.mark.parametrize(("text", "limit", "line"), LINES, ids=[repr(text) for text, _, _ in LINES])
def test_one_line_is_one_line(text, limit, line):
    assert one_line(text, limit) == line


def test_printable_keeps_line_ends_tabs_and_direction_marks():
    assert printable("a\n\tb\u200f\x00c") == "a\n\tb\u200f c"


def test_word_lists_have_comments_and_empty_lines_left_out():
    assert all(line and "#" not in "".join(line) for line in read_lines("synonyms"))
    assert "the" in read_words("stopwords")
    assert all(name and pattern for name, pattern in read_pairs("question_kinds"))
