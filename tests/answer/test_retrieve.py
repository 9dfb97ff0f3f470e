"""Candidates: which sentences are looked at, in which order, and how rare a word is."""

import pytest


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
def test_the_sentence_that_holds_the_topic_comes_first(read, retriever, text, place):
    assert places(retriever.by_topic(read(text), None, 5))[0] == place


def test_neighbours_and_title_bring_a_sentence_in_too(read, retriever):
    found = places(retriever.by_topic(read("ferry sank"), None, 20))
    assert {("bridge", 3), ("bridge", 5)} <= set(found)
    assert ("talks", 6) in places(retriever.by_topic(read("geneva"), None, 20))


def test_retrieval_closed_to_an_article_stays_in_it(read, retriever):
    question = read("Reyes Wang bridge letter hunger")
    for article in ("bridge", "talks", "letter"):
        found = places(retriever.by_topic(question, article, 20))
        assert found
        assert {name for name, _ in found} == {article}
    assert retriever.by_topic(question, "nowhere", 20) == []


def test_a_question_without_a_topic_has_no_candidates(read, retriever):
    assert retriever.by_topic(read("what is it"), None, 20) == []


def test_a_speakers_sentences_are_those_with_their_quotes_those_on_the_topic_first(read, retriever):
    assert set(places(retriever.by_speaker(["ana reyes"], (), None, 20))) == {("bridge", 2), ("bridge", 3)}
    topic = read("trucks").topic
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


AROUND = [
    pytest.param(4, 1, [3, 4, 5], id="in the middle"),
    pytest.param(1, 2, [1, 2, 3], id="at the start"),
    pytest.param(8, 2, [6, 7, 8], id="at the end"),
    pytest.param(4, 0, [4], id="itself alone"),
]


@pytest.mark.parametrize(("number", "reach", "numbers"), AROUND)
def test_around_a_sentence_stand_its_neighbours_in_order(retriever, sentence, number, reach, numbers):
    assert [s["number"] for s in retriever.around(sentence("bridge", number), reach)] == numbers


def test_around_a_sentence_of_an_article_that_is_gone_there_is_nothing(retriever, sentence):
    assert retriever.around({**sentence("bridge", 1), "article": "gone"}, 2) == []


def test_a_rare_word_weighs_more_than_a_common_one(read, retriever):
    common, rare = retriever.terms(read("bridge lighthouse"))
    assert (common.expansion.typed, rare.expansion.typed) == ("bridge", "lighthouse")
    assert 0 < common.rarity < rare.rarity


def test_a_term_weighs_by_the_surest_form_that_the_words_hold(read, retriever):
    (term,) = retriever.terms(read("brigde"))
    assert 0 < term.weight_in({"bridg", "old"}) < 1
    assert term.weight_in({"old"}) == 0
    (meeting,) = retriever.terms(read("encounter"))
    assert 0 < meeting.weight_in({"meet"}) < 1
