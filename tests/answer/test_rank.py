"""Ranking: each feature measures what its name says, and the score is their weighted sum."""

from dataclasses import replace
from typing import get_args

import pytest

from knowledge.answer.question import Kind
from knowledge.answer.rank import FEATURES, features, rank
from knowledge.answer.retrieve import Retriever
from knowledge.answer.weights import RANK
from tests.answer.newsroom import ALL


def anyone(_: str) -> bool:
    return True


@pytest.fixture(scope="module")
def everything(newsroom):
    retriever = Retriever(newsroom.index)
    return [s for record in ALL for s in retriever.in_article(record.article.id, 20)]


@pytest.fixture(scope="module")
def measured(newsroom, reader, everything):
    """The features of every sentence for a question: ``measured(question)[article, number][feature]``."""
    retriever = Retriever(newsroom.index)

    def of(text: str):
        question = reader.read(text, anyone)
        rows = features(question, retriever.terms(question), everything)
        return {
            (s["article"], s["number"]): dict(zip(FEATURES, row, strict=True))
            for s, row in zip(everything, rows, strict=True)
        }

    return of


# feature, question, the sentence that has more of it, the one that has less
MEASURED = [
    ("matched", "who opened the bridge", ("bridge", 1), ("bridge", 5)),
    ("matched_most", "who opened the zeppelin bridge", ("bridge", 1), ("bridge", 5)),
    ("context", "ferry", ("bridge", 5), ("bridge", 2)),
    ("before", "ferry", ("bridge", 5), ("bridge", 3)),
    ("after", "ferry", ("bridge", 3), ("bridge", 5)),
    ("article", "hunger", ("talks", 6), ("letter", 1)),
    ("title", "geneva", ("talks", 6), ("bridge", 1)),
    ("names", "where did Reyes write", ("letter", 1), ("bridge", 4)),
    ("neighbours", "heavy trucks", ("bridge", 3), ("bridge", 8)),
    ("token_set", "harbour bridge", ("bridge", 1), ("bridge", 5)),
    ("partial", "opened the harbour bridge on monday", ("bridge", 1), ("talks", 4)),
    ("asked", "who built the bridge", ("bridge", 4), ("bridge", 5)),
    ("type", "who opened the bridge", ("bridge", 1), ("bridge", 5)),
    ("no_type", "who opened the bridge", ("bridge", 5), ("bridge", 1)),
    ("reason", "why was the bridge built", ("bridge", 4), ("bridge", 1)),
    ("speech", "which promise was announced about trucks", ("bridge", 8), ("bridge", 5)),
    ("counted", "how many workers were injured", ("bridge", 6), ("bridge", 5)),
    ("dated", "when was the bridge built", ("bridge", 4), ("bridge", 1)),
    ("pronoun", "what did the ferry cost", ("bridge", 5), ("bridge", 4)),
    ("fact", "who opened the bridge", ("bridge", 1), ("bridge", 2)),
    ("acted", "what did Osei build", ("bridge", 4), ("bridge", 1)),
    ("question", "ferry", ("bridge", 7), ("bridge", 4)),
    ("length", "ferry", ("bridge", 4), ("bridge", 7)),
    ("place", "ferry", ("bridge", 8), ("bridge", 1)),
    ("new", "ferry", ("bridge", 4), ("bridge", 7)),
]


@pytest.mark.parametrize(("feature", "question", "more", "less"), MEASURED, ids=[row[0] for row in MEASURED])
def test_a_feature_measures_what_its_name_says(measured, feature, question, more, less):
    found = measured(question)
    assert found[more][feature] > found[less][feature]


def test_every_feature_has_its_row_above():
    assert [row[0] for row in MEASURED] == list(FEATURES)


@pytest.mark.parametrize("kind", RANK)
def test_there_is_one_weight_for_each_feature(kind):
    assert len(RANK[kind]) == len(FEATURES) == len(set(FEATURES))
    assert kind in get_args(Kind)


ZERO = [
    ("names", "who opened the bridge"),
    ("neighbours", "ferry"),
    ("reason", "who built the bridge"),
    ("counted", "who were injured"),
    ("counted", "how old are the workers"),
    ("dated", "who built the bridge"),
    ("type", "ferry"),
    ("no_type", "ferry"),
    ("acted", "ferry"),
    ("acted", "the old ferry sank"),
]


@pytest.mark.parametrize(("feature", "question"), ZERO, ids=[f"{feature}: {q}" for feature, q in ZERO])
def test_a_feature_is_nothing_for_questions_it_does_not_concern(measured, feature, question):
    assert {row[feature] for row in measured(question).values()} == {0.0}


def test_most_features_are_shares(measured):
    for text in ("who opened the bridge", "how many workers were injured", "zeppelin", "what did Osei build in 2021"):
        for row in measured(text).values():
            assert all(0 <= value <= 1.0001 for name, value in row.items() if name != "length"), text


@pytest.mark.parametrize(("text", "kind"), [("who opened the bridge", "open"), ("who said water", "who_said")])
def test_the_score_is_the_weighted_sum_and_the_best_comes_first(newsroom, reader, everything, text, kind):
    question = reader.read(text, anyone)
    assert question.kind == kind
    ranked = rank(question, Retriever(newsroom.index).terms(question), everything)
    assert [r.score for r in ranked] == sorted((r.score for r in ranked), reverse=True)
    for r in ranked:
        assert r.score == pytest.approx(sum(w * x for w, x in zip(RANK[kind], r.features, strict=True)))
        assert r.feature("matched") == r.features[0]


def test_a_kind_without_weights_of_its_own_has_those_of_open_questions(newsroom, reader, everything):
    question = replace(reader.read("who opened the bridge", anyone), kind="brief")
    best = rank(question, Retriever(newsroom.index).terms(question), everything)[0]
    assert best.score == pytest.approx(sum(w * x for w, x in zip(RANK["open"], best.features, strict=True)))


def test_ties_keep_the_order_of_retrieval(newsroom, reader, everything):
    question = reader.read("ferry", anyone)
    terms = Retriever(newsroom.index).terms(question)
    twice = [everything[0], everything[3], everything[3], everything[0]]
    ranked = rank(question, terms, twice)
    assert [r.sentence["number"] for r in ranked] == [4, 4, 1, 1]
    assert ranked[0].sentence is twice[1]
    assert rank(question, terms, []) == []
