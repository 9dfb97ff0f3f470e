"""The words of the articles: what is found in spite of slips, and what others see while words come in."""

import sqlite3
from pathlib import Path

import pytest

from knowledge.index.lexicon import FILE, Lexicon, spelling_keys


def _without_sound(word: str) -> set[str]:
    return {key for key in spelling_keys(word) if not key.startswith("~")}


def _shared(one: str, other: str) -> set[str]:
    return _without_sound(one) & _without_sound(other)


@pytest.fixture
def lexicon(tmp_path: Path) -> Lexicon:
    return Lexicon(tmp_path)


def test_words_come_in_once(lexicon):
    assert lexicon.add(["bridge", "ferry", "bridge"]) == 2
    assert lexicon.add(["ferry", "mayor"]) == 3 == lexicon.size
    assert (lexicon.has("mayor"), lexicon.has("mayo")) == (True, False)


def test_those_that_share_the_most_come_first(lexicon):
    lexicon.add(["bridge", "bride", "bridges", "fridge", "ferry"])
    assert lexicon.near("bridge", 2) == ["bridge", "bridges"]
    assert set(lexicon.near("bridge", 9)) == {"bridge", "bridges", "bride", "fridge"}
    assert lexicon.near("\0", 9) == lexicon.near("", 9) == lexicon.near("\ud800", 9) == []


def test_words_in_place_of_others_are_all_there_is(lexicon):
    lexicon.add(["bridge", "ferry"])
    assert lexicon.add(["mayor"], anew=True) == 1
    assert (lexicon.near("bridge", 9), lexicon.near("mayer", 9)) == ([], ["mayor"])


def test_others_see_all_new_words_or_none(lexicon, tmp_path: Path):
    lexicon.add(["bridge"])
    reader = Lexicon(tmp_path)

    def coming():
        yield "ferry"
        assert not reader.has("ferry")
        assert reader.has("bridge")
        yield "mayor"

    lexicon.add(coming(), anew=True)
    assert (reader.has("bridge"), reader.has("ferry"), reader.has("mayor")) == (False, True, True)


def test_what_fails_on_the_way_leaves_it_as_it_was(lexicon):
    lexicon.add(["bridge"])

    def coming():
        yield "ferry"
        raise ValueError("no more")

    with pytest.raises(ValueError, match="no more"):
        lexicon.add(coming(), anew=True)
    assert (lexicon.has("bridge"), lexicon.has("ferry"), lexicon.size) == (True, False, 1)


def test_a_damaged_file_is_an_error(tmp_path: Path):
    (tmp_path / FILE).write_bytes(b"no database at all, but long enough to look like one" * 100)
    with pytest.raises(sqlite3.DatabaseError):
        Lexicon(tmp_path)


SHARING = [
    pytest.param("putin", "putn", True, id="one missing"),
    pytest.param("putin", "puttin", True, id="one twice"),
    pytest.param("putin", "pution", True, id="one more"),
    pytest.param("putin", "pitin", True, id="one for another"),
    pytest.param("putin", "uptin", True, id="two swapped"),
    pytest.param("putin", "patan", True, id="two for others"),
    pytest.param("putin", "utn", True, id="two missing"),
    pytest.param("putin", "petain", True, id="two different slips"),
    pytest.param("putin", "batan", False, id="three for others"),
    pytest.param("government", "governmant", True, id="one far down"),
    pytest.param("government", "gavernmant", True, id="two, one of them far down"),
    pytest.param("ab", "ba", True, id="a short word"),
    pytest.param("wang", "wong", True, id="four letters, one for another"),
    pytest.param("wang", "wing", True, id="four letters, another for another"),
    pytest.param("wang", "long", False, id="four letters, two for others"),
]


@pytest.mark.parametrize(("one", "other", "share"), SHARING)
def test_two_words_within_two_edits_share_a_spelling_key(one, other, share):
    assert bool(_shared(one, other)) is share


def test_the_sound_of_a_word_is_a_spelling_key():
    assert "~ptn" in spelling_keys("putin")
    assert spelling_keys("a") == ["a"]


def test_of_long_words_only_the_beginning_counts_and_one_slip_in_it():
    assert len(_without_sound("abcdefghijk")) == 1 + 7 + 21
    assert len(_without_sound("abcdefghijklmn")) == 1 + 7
    assert _without_sound("abcdefg" + "x" * 1000) == _without_sound("abcdefg" + "y" * 10)
