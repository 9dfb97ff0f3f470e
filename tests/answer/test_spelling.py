"""Unknown words: which words of the articles they may stand for, and which they may not."""

import pytest

from knowledge.answer.scope import Scope
from knowledge.answer.spelling import Speller, alike
from tests.auxil.records import lines, put

EXPANDED = [
    pytest.param("bridge", "bridge", True, False, id="known"),
    pytest.param("bridges", "bridges", True, False, id="known in another form"),
    pytest.param("brigde", "bridge", True, True, id="letters swapped"),
    pytest.param("minstry", "ministry", True, True, id="letter left out"),
    pytest.param("medisine", "medicine", True, True, id="a letter for another"),
    pytest.param("minstryy", "ministry", True, True, id="two slips"),
    pytest.param("bat", "bat", False, False, id="good English is no slip"),
    pytest.param("zeppelin", "zeppelin", False, False, id="unknown"),
    pytest.param("xyz", "xyz", False, False, id="short words are not mended"),
    pytest.param("2025", "2025", False, False, id="numbers are not mended"),
    pytest.param("bridge" * 170, "bridge" * 170, False, False, id="nothing endless is mended"),
]


@pytest.mark.parametrize(("word", "meant", "known", "mended"), EXPANDED)
def test_a_word_is_read_as_one_the_articles_hold_when_it_may_be_a_slip(speller, scope, word, meant, known, mended):
    expansion = speller.expand(word, scope())
    assert (expansion.typed, expansion.meant, expansion.known, expansion.mended) == (word, meant, known, mended)
    assert all(0 < weight <= 1 for weight in expansion.terms.values())
    assert max(expansion.terms.values(), default=1.0) == 1.0 or mended or not known


def test_words_of_one_family_count_a_little(speller, scope):
    terms = speller.expand("medical", scope()).terms
    assert 0 < terms["medicin"] < 1


def test_words_of_like_meaning_are_related_not_mended(speller, scope):
    expansion = speller.expand("encounter", scope())
    assert not expansion.mended
    assert "meet" in expansion.related
    assert "meet" not in expansion.terms


NEAR = [("reyse", "reyes"), ("oseii", "osei"), ("wangyy", "wangyi"), ("carterr", "carter")]


@pytest.mark.parametrize(("typed", "name"), NEAR, ids=[typed for typed, _ in NEAR])
def test_the_nearest_word_comes_first(speller, scope, typed, name):
    assert speller.near(typed, scope())[0][0] == name


@pytest.mark.parametrize("word", ["", "x", "ab", "1967", "12345678"])
def test_short_words_and_numbers_are_near_to_nothing(speller, scope, word):
    assert speller.near(word, scope()) == []


TOPICAL = [
    pytest.param("bridge", 1.0, 1.0, id="a word of the articles"),
    pytest.param("brigde", 0.9, 1.0, id="a slip for one"),
    pytest.param("zeppelin", 0.9, 1.0, id="an English word"),
    pytest.param("2025", 1.0, 1.0, id="a number"),
    pytest.param("hte", 0.0, 0.1, id="a slip for a stop word"),
    pytest.param("wiht", 0.0, 0.1, id="a slip for another"),
    pytest.param("fery", 0.1, 0.9, id="a slip for one or the other"),
    pytest.param("xq", 0.1, 0.3, id="two letters that are no word"),
]


@pytest.mark.parametrize(("word", "least", "most"), TOPICAL)
def test_how_likely_a_word_is_of_the_topic_is_told(speller, scope, word, least, most):
    assert least <= speller.expand(word, scope()).topical <= most


def test_what_is_surely_a_slip_for_a_stop_word_is_read_as_nothing_else(speller, scope):
    expansion = speller.expand("hte", scope())
    assert (expansion.meant, expansion.terms, expansion.mended) == ("hte", {}, False)


@pytest.fixture
def docks(empty):
    put(empty, lines("a", "The crane stood in the old harbour."), lines("b", "The crate fell from the old ship."))
    return empty.index


READINGS = [
    pytest.param("crame", None, "crane", {"crane", "crate"}, id="the likelier slip first"),
    pytest.param("crame", "a", "crane", {"crane"}, id="of the article"),
    pytest.param("crame", "b", "crate", {"crate"}, id="of the other article"),
    pytest.param("crame", "nowhere", "crane", {"crane", "crate"}, id="of no article"),
    pytest.param("crave", None, "crave", set(), id="an English word is none of them"),
]


@pytest.mark.parametrize(("word", "article", "meant", "terms"), READINGS)
def test_a_slip_for_several_words_is_each_of_them_and_rather_one_of_the_scope(docks, word, article, meant, terms):
    expansion = Speller(docks).expand(word, Scope(docks, article))
    assert (expansion.meant, set(expansion.terms)) == (meant, terms)


def test_a_likelier_reading_weighs_more(docks):
    terms = Speller(docks).expand("crame", Scope(docks)).terms
    assert terms["crate"] < terms["crane"] < 1


def test_a_slip_for_an_english_word_is_read_where_the_articles_hold_another_of_its_forms(empty):
    put(empty, lines("a", "Reyes moderated the long talks."))
    expansion = Speller(empty.index).expand("modrating", Scope(empty.index))
    assert (expansion.meant, expansion.mended, expansion.known) == ("moderating", True, True)
    assert set(expansion.terms) == {"moder"}


def test_a_name_spelt_by_ear_is_near(empty):
    put(empty, lines("a", "Muammar Gheddaffi spoke.", people=["Muammar Gheddaffi"]))
    speller = Speller(empty.index)
    assert [word for word, _ in speller.near("gadafi", Scope(empty.index))] == ["gheddaffi"]


@pytest.mark.parametrize(
    ("word", "other", "like"), [("china", "chinese", True), ("aides", "adviser", True), ("china", "russia", False)]
)
def test_words_of_like_meaning_are_listed(word, other, like):
    assert alike(word, other) is like
    assert alike(other, word) is like
