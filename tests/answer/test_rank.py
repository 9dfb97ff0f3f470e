"""Ranking: each feature measures what its name says, and the score is their weighted sum."""

import pytest

from knowledge.answer.measures import FEATURES, asks_age
from knowledge.answer.names import Namer
from knowledge.answer.question import QuestionReader
from knowledge.answer.rank import features, rank, weights_for
from knowledge.answer.retrieve import Retriever
from knowledge.answer.scope import Scope
from knowledge.answer.spelling import Speller
from knowledge.answer.weights import RANK
from tests.answer.newsroom import ALL
from tests.auxil.records import Said, lines, put


@pytest.fixture(scope="module")
def everything(retriever):
    return [s for record in ALL for s in retriever.in_article(record.article.id, 20)]


@pytest.fixture(scope="module")
def measured(retriever, read, everything):
    """The features of every sentence for a question: ``measured(question)[article, number][feature]``."""

    def of(text: str):
        question = read(text)
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
    ("content", "what did Reyes say about trucks", ("bridge", 3), ("bridge", 2)),
    ("content_neighbours", "what did Reyes say about heavy trucks", ("bridge", 3), ("bridge", 2)),
    ("sure", "what did Reyes say", ("bridge", 2), ("bridge", 3)),
    ("covers", "what did Reyes say", ("bridge", 2), ("bridge", 3)),
    ("begins", "what did Reyes say", ("bridge", 2), ("bridge", 8)),
    ("direct", "what did Reyes say", ("bridge", 2), ("bridge", 3)),
    ("recent", "what did Reyes say", ("bridge", 2), ("bridge", 1)),
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


WEIGHTS = [
    ("what did Reyes say", "said"),
    ("what did Reyes say about trucks", "about"),
    ("who said water", "who_said"),
    ("who is Osei", "open"),
    ("brief me on the bridge", "open"),
    ("who opened the bridge", "open"),
]


@pytest.mark.parametrize(("text", "name"), WEIGHTS, ids=[text for text, _ in WEIGHTS])
def test_a_question_has_the_weights_of_its_kind(read, text, name):
    assert weights_for(read(text)) == name


def test_all_trained_weights_are_for_some_question():
    assert set(RANK) == {name for _, name in WEIGHTS}


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
    ("content", "what did Reyes say"),
    ("content_neighbours", "what did Reyes say about trucks"),
    ("content", "what did Osei say about trucks"),
    ("sure", "what did Osei say"),
    ("direct", "what did William Carter say"),
]


@pytest.mark.parametrize(("feature", "question"), ZERO, ids=[f"{feature}: {q}" for feature, q in ZERO])
def test_a_feature_is_nothing_for_questions_it_does_not_concern(measured, feature, question):
    assert {row[feature] for row in measured(question).values()} == {0.0}


OPEN = ("who opened the bridge", "how many workers were injured", "zeppelin", "what did Osei build in 2021")
SAID = ("what did Reyes say", "what did Reyes say about heavy trucks", "who said farmers need water")


def test_most_features_are_shares(measured):
    for text in (*OPEN, *SAID):
        for row in measured(text).values():
            assert all(0 <= value <= 1.0001 for name, value in row.items() if name != "length"), text


@pytest.mark.parametrize(("text", "name"), WEIGHTS, ids=[text for text, _ in WEIGHTS])
def test_the_score_is_the_weighted_sum_and_the_best_comes_first(retriever, read, everything, text, name):
    question = read(text)
    ranked = rank(question, retriever.terms(question), everything)
    assert [r.score for r in ranked] == sorted((r.score for r in ranked), reverse=True)
    for r in ranked:
        weights = dict(zip(FEATURES, RANK[name], strict=True))
        assert r.score == pytest.approx(sum(weight * r.features[feature] for feature, weight in weights.items()))


def test_what_a_kind_of_question_does_not_weigh_is_not_measured(retriever, read, everything):
    question = read("what did Reyes say")
    weighed = {name for name, weight in zip(FEATURES, RANK["said"], strict=True) if weight}
    (first, *_) = rank(question, retriever.terms(question), everything)
    assert set(first.features) == weighed < set(FEATURES)
    assert first.features["matched"] == 0.0, "until it is asked for"


def test_of_many_the_dozen_that_hold_most_of_the_topic_are_ranked(retriever, read, everything, measured):
    text = "who built the harbour bridge"
    question = read(text)
    assert len(everything) > 12
    kept = {
        (r.sentence["article"], r.sentence["number"]) for r in rank(question, retriever.terms(question), everything)
    }
    rows = measured(text)
    promise = {place: row["context"] + 0.5 * row["matched"] for place, row in rows.items()}
    assert len(kept) == 12
    assert min(promise[place] for place in kept) >= max(promise[place] for place in promise if place not in kept)


def test_of_somebodys_quotes_all_are_ranked(retriever, read, everything):
    question = read("what did Reyes say about trucks")
    assert len(rank(question, retriever.terms(question), everything)) == len(everything)


def test_ties_keep_the_order_of_retrieval(retriever, read, everything):
    question = read("ferry")
    terms = retriever.terms(question)
    twice = [everything[0], everything[3], everything[3], everything[0]]
    ranked = rank(question, terms, twice)
    assert [r.sentence["number"] for r in ranked] == [4, 4, 1, 1]
    assert ranked[0].sentence is twice[1]
    assert rank(question, terms, []) == []


AGES = [
    ("how old is Reyes", True),
    ("how old were the workers", True),
    ("how long is the bridge", False),
    ("old", False),
]


@pytest.mark.parametrize(("text", "asks"), AGES, ids=[text for text, _ in AGES])
def test_a_question_for_an_age_is_told_by_its_words(read, text, asks):
    assert asks_age(read(text)) is asks


@pytest.mark.parametrize("text", ["Reyes, 54, spoke.", "Reyes, aged 54, spoke.", "The 54-year-old spoke."])
def test_how_old_somebody_is_is_an_age_and_no_number(read, retriever, sentence, text):
    question = read("how old is Reyes")
    told = {**sentence("bridge", 1), "text": text}
    counted = {**sentence("bridge", 5), "labels": "CARDINAL"}
    found = rank(question, retriever.terms(question), [told, counted])
    kinds = {r.sentence["text"]: (r.features["type"], r.features["no_type"]) for r in found}
    assert kinds == {text: (1.0, 0.0), counted["text"]: (0.0, 1.0)}


# -- the words of a quote, where one sentence holds several or a quote goes on ---------------------------------------


@pytest.fixture
def quoted(empty):
    """The features of each sentence of an article with the quotes given: ``quoted(text, quotes, question)``."""

    def of(text: str, quotes: list[Said], asked: str):
        put(empty, lines("a", text, people=["Ana Reyes", "Ben Osei", "Wang Yi"], quotes=quotes))
        speller = Speller(empty.index)
        question = QuestionReader(speller, Namer(empty.index, speller)).read(asked, Scope(empty.index))
        retriever = Retriever(empty.index)
        rows = features(question, retriever.terms(question), retriever.in_article("a", 20))
        return [dict(zip(FEATURES, row, strict=True)) for row in rows]

    return of


BOTH = [Said("Ana Reyes", "the ferry is slow", "Reyes", confidence=0.5), Said("Ben Osei", "no", "Osei")]


@pytest.mark.parametrize(
    ("asked", "content", "sure"),
    [("what did Reyes say about the ferry", 1.0, 0.5), ("what did Osei say about the ferry", 0.0, 0.9)],
)
def test_the_words_of_another_speakers_quote_are_not_counted(quoted, asked, content, sure):
    (found,) = quoted("Ana Reyes said the ferry is slow and Ben Osei said no.", BOTH, asked)
    assert (found["matched"] > 0, found["content"], found["sure"]) == (True, content, sure)


def test_of_several_quotes_the_one_that_holds_most_of_the_topic_is_measured(quoted):
    (found,) = quoted("Ana Reyes said the ferry is slow and Ben Osei said no.", BOTH, "who said the ferry is slow")
    assert (found["content"], found["sure"]) == (1.0, 0.5)


GOES_ON = [Said("Ana Reyes", "“The bridge is old.\nThe road is wet,”", "Ana Reyes", type="direct")]


def test_a_quote_that_goes_on_begins_in_its_first_sentence_only(quoted):
    found = quoted(
        "“The bridge is old.\nThe road is wet,” Ana Reyes said.", GOES_ON, "what did Reyes say about the road"
    )
    assert [row["begins"] for row in found] == [1.0, 0.0]
    assert [row["content"] for row in found] == [0.0, 1.0], "only what stands in the sentence is counted"
    assert found[0]["covers"] == 1.0 > found[1]["covers"] > 0.5


NAMED = [
    pytest.param("Ana Reyes", "Ana Reyes", 1.0, id="full name"),
    pytest.param("Ana Reyes", "Reyes", 1.0, id="last name"),
    pytest.param("Wang Yi", "Wang", 1.0, id="a short name"),
    pytest.param("Ana Reyes", "She", 0.0, id="a pronoun"),
    pytest.param("Ana Reyes", None, 0.0, id="nobody"),
    pytest.param(None, "The spokesman", 0.0, id="someone without a name"),
]


@pytest.mark.parametrize(("speaker", "source", "recent"), NAMED)
def test_a_speaker_is_recent_who_is_named_at_the_quote(quoted, speaker, source, recent):
    text = f"Ana Reyes met Wang Yi.\n{source or 'All'} said the ferry is slow."
    found = quoted(text, [Said(speaker, "the ferry is slow", source)], "is the ferry slow")
    assert [row["recent"] for row in found] == [0.0, recent]


@pytest.mark.parametrize("text", ["heavy trucks encounter", "medical ferry", "brigde lighthouse", *OPEN])
def test_the_shares_are_those_of_the_terms_in_the_words(retriever, read, everything, measured, text):
    terms = retriever.terms(read(text))
    for s in everything:
        found = measured(text)[s["article"], s["number"]]
        for part in ("before", "after", "title"):
            weights = [t.rarity * t.weight_in(set(s[part].split())) for t in terms]
            assert found[part] == pytest.approx(sum(weights) / sum(t.rarity for t in terms)), part
