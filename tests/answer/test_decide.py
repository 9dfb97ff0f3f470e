"""Deciding: how sure, and when not to answer."""

from typing import get_args

import pytest

from knowledge.answer.decide import (
    FEW,
    FLOOR,
    FLOOR_OF_FEW,
    confidence,
    confidence_features,
    reason_to_refuse,
)
from knowledge.answer.question import Kind
from knowledge.answer.rank import rank
from knowledge.answer.retrieve import Retriever
from knowledge.answer.weights import CONFIDENCE


def anyone(_: str) -> bool:
    return True


@pytest.fixture(scope="module")
def ranked(newsroom, reader):
    retriever = Retriever(newsroom.index)

    def of(text: str, limit: int = 40):
        question = reader.read(text, anyone)
        terms = retriever.terms(question)
        return question, terms, rank(question, terms, retriever.by_topic(question, None, limit))

    return of


@pytest.mark.parametrize("kind", CONFIDENCE)
def test_the_confidence_rests_on_just_the_features_it_has_weights_for(ranked, kind):
    _, terms, candidates = ranked("who opened the bridge")
    found = confidence_features(terms, candidates)
    assert list(found) == list(CONFIDENCE[kind])
    assert found["bias"] == 1.0
    assert kind in get_args(Kind)


@pytest.mark.parametrize("text", ["who opened the bridge", "who said water", "zeppelin bridge", "bridge " * 50])
def test_the_confidence_is_a_share(ranked, text):
    assert 0 <= confidence(*ranked(text)) <= 1


def test_without_a_candidate_there_is_no_confidence(ranked):
    question, terms, _ = ranked("ferry")
    assert confidence(question, terms, []) == 0.0


def test_the_only_candidate_wins_by_a_full_margin(ranked):
    _, terms, candidates = ranked("lighthouse", limit=1)
    assert confidence_features(terms, candidates)["margin"] == 1.0


def test_what_the_articles_say_is_surer_than_what_they_do_not(ranked):
    assert confidence(*ranked("who built the bridge")) > FLOOR > confidence(*ranked("who won the zeppelin bridge cup"))


def test_less_is_asked_of_an_answer_from_few_sentences(ranked):
    question, terms, candidates = ranked("who built the bridge")
    between = (FLOOR + FLOOR_OF_FEW) / 2
    assert reason_to_refuse(question, terms, candidates, between, FEW - 1) is None
    assert reason_to_refuse(question, terms, candidates, between, FEW) == "nothing_about_this"
    assert reason_to_refuse(question, terms, candidates, 1.0, FEW) is None


TOO_LITTLE = [
    pytest.param("zeppelin hangar bridge crew", id="most of it unknown"),
    pytest.param("how many lighthouses", id="how many, and no number"),
]


@pytest.mark.parametrize("text", TOO_LITTLE)
def test_some_things_are_refused_however_sure_the_ranker_is(ranked, text):
    question, terms, candidates = ranked(text)
    assert candidates
    assert reason_to_refuse(question, terms, candidates, 1.0, FEW) == "nothing_about_this"


REFUSED = [
    pytest.param("", "nothing_asked", None, id="nothing"),
    pytest.param("?! …", "nothing_asked", None, id="no words"),
    pytest.param("what is it", "nothing_asked", None, id="form words alone"),
    pytest.param("what did Zebulon say", "unknown_person", None, id="someone unknown"),
    pytest.param("what did Zebulon say about the bridge", "unknown_person", None, id="someone unknown, a topic held"),
    pytest.param("what did Wang Yi say", "unknown_person", "bridge", id="someone of another article"),
    pytest.param("what did Osei say", "not_quoted", None, id="someone not quoted"),
    pytest.param("what did Osei say about the bridge", "not_quoted", None, id="someone not quoted, a topic held"),
    pytest.param("what did Reyes say", "not_quoted", "letter", id="someone quoted in another article only"),
    pytest.param("what did Reyes say about taxes", "not_on_topic", None, id="someone else's topic"),
    pytest.param("what did Reyes say about zeppelins", "not_on_topic", None, id="nobody's topic"),
    pytest.param("who won the world cup", "nothing_about_this", None, id="nothing of it"),
    pytest.param("asdf qwerty zxcv", "nothing_about_this", None, id="noise"),
    pytest.param("who is Zebulon", "nothing_about_this", None, id="who is someone unknown"),
    pytest.param("brief me on zeppelins", "nothing_about_this", None, id="a briefing on nothing held"),
    pytest.param("brief me", "nothing_about_this", "nowhere", id="a briefing on no article"),
    pytest.param("who is quoted", "nothing_about_this", "letter", id="nobody is quoted"),
    pytest.param("why was the bridge built", "nothing_about_this", "nowhere", id="no article"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "reason", "article"), REFUSED)
def test_a_refusal_has_its_reason_and_no_citation(newsroom, text, reason, article):
    outcome = newsroom.answerer.consider(text, article)
    assert outcome.reason == reason
    assert outcome.answer.kind == "refusal"
    assert not outcome.answer.answered
    assert outcome.answer.citations == ()
    assert len(outcome.answer.nearest) <= 5
    assert outcome.answer.confidence < 0.5


def test_an_empty_library_says_so(empty):
    for text in ("what did Reyes say", "", "brief me", "who is Reyes"):
        assert empty.answerer.consider(text).reason == "empty"
