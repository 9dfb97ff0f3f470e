"""Candidates: which sentences are looked at, in which order, and how rare a word is."""

import pytest

from knowledge.answer.retrieve import Retriever


def anyone(_: str) -> bool:
    return True


@pytest.fixture(scope="module")
def retriever(newsroom):
    return Retriever(newsroom.index)


def places(found) -> list[tuple[str, int]]:
    return [(s["article"], s["number"]) for s in found]


TOPICS = [
    pytest.param("built in 2021", ("bridge", 4), id="in the sentence"),
    pytest.param("farmers", ("talks", 5), id="a rare word"),
    pytest.param("brigde opened", ("bridge", 1), id="a slip"),
    pytest.param("lighthouse", ("letter", 2), id="another article"),
    pytest.param("did Netanyahu come", ("talks", 6), id="a name"),
]


@pytest.mark.parametrize(("text", "place"), TOPICS)
def test_the_sentence_that_holds_the_topic_comes_first(reader, retriever, text, place):
    assert places(retriever.by_topic(reader.read(text, anyone), None, 5))[0] == place


def test_neighbours_and_title_bring_a_sentence_in_too(reader, retriever):
    found = places(retriever.by_topic(reader.read("ferry sank", anyone), None, 20))
    assert {("bridge", 3), ("bridge", 5)} <= set(found)
    assert ("talks", 6) in places(retriever.by_topic(reader.read("geneva", anyone), None, 20))


def test_retrieval_closed_to_an_article_stays_in_it(reader, retriever):
    question = reader.read("Reyes Wang bridge letter hunger", anyone)
    for article in ("bridge", "talks", "letter"):
        found = places(retriever.by_topic(question, article, 20))
        assert found
        assert {name for name, _ in found} == {article}
    assert retriever.by_topic(question, "nowhere", 20) == []


def test_a_question_without_a_topic_has_no_candidates(reader, retriever):
    assert retriever.by_topic(reader.read("what is it", anyone), None, 20) == []


def test_a_speakers_sentences_are_those_with_their_quotes_those_on_the_topic_first(reader, retriever):
    assert set(places(retriever.by_speaker(["ana reyes"], (), None, 20))) == {("bridge", 2), ("bridge", 3)}
    topic = reader.read("trucks", anyone).topic
    assert places(retriever.by_speaker(["ana reyes"], topic, None, 20)) == [("bridge", 3), ("bridge", 2)]
    assert retriever.by_speaker(["ben osei"], (), None, 20) == []
    assert retriever.by_speaker(["ana reyes"], (), "talks", 20) == []


def test_a_persons_sentences_are_those_that_mention_them(retriever):
    assert set(places(retriever.by_mention(["ana reyes"], (), None, 20))) == {
        ("bridge", 1), ("bridge", 2), ("bridge", 3), ("letter", 1),
    }  # fmt: skip
    assert len(retriever.by_mention(["ana reyes"], (), None, 2)) == 2


def test_an_articles_first_sentences_come_in_order(retriever):
    assert places(retriever.in_article("bridge", 3)) == [("bridge", 1), ("bridge", 2), ("bridge", 3)]
    assert retriever.in_article("nowhere", 3) == []


OCCURS = [
    ("ana reyes", "bridge", True),
    ("ana reyes", "letter", True),
    ("ana reyes", "talks", False),
    ("ministry of transport", "bridge", True),
    ("nobody", "bridge", False),
    ("ana reyes", "nowhere", False),
]


@pytest.mark.parametrize(("key", "article", "occurs"), OCCURS)
def test_someone_occurs_where_they_are_mentioned_or_quoted(retriever, key, article, occurs):
    assert retriever.occurs(key, article) is occurs


def test_a_rare_word_weighs_more_than_a_common_one(reader, retriever):
    common, rare = retriever.terms(reader.read("bridge lighthouse", anyone))
    assert (common.expansion.typed, rare.expansion.typed) == ("bridge", "lighthouse")
    assert 0 < common.rarity < rare.rarity


def test_a_term_weighs_by_the_surest_form_that_the_words_hold(reader, retriever):
    (term,) = retriever.terms(reader.read("brigde", anyone))
    assert 0 < term.weight_in({"bridg", "old"}) < 1
    assert term.weight_in({"old"}) == 0
    (meeting,) = retriever.terms(reader.read("encounter", anyone))
    assert 0 < meeting.weight_in({"meet"}) < 1
