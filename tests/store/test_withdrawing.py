"""Taking an article back: it is cited no longer, its record stays, and it can come again."""

import pytest
from sqlalchemy import func, select

from knowledge.models import Answer
from knowledge.store import reading, schema
from knowledge.store.check import problems
from knowledge.store.revising import corrections, revision_count
from knowledge.store.withdrawing import is_withdrawn, withdraw
from knowledge.store.writing import is_current, save
from tests.auxil.records import Said, lines, person, put

REYES = person("Ana Reyes", "mayor", "the mayor")


def safe(identifier: str, text: str = "Ana Reyes said the bridge is safe."):
    return lines(
        identifier, text, people=[REYES], quotes=[Said("Ana Reyes", "the bridge is safe", "Ana Reyes", "said")]
    )


def test_a_withdrawn_article_is_not_read_and_its_record_stays(engine):
    save(engine, safe("a"))
    assert withdraw(engine, "a") is True
    assert reading.article(engine, "a") is None
    assert is_withdrawn(engine, "a")
    assert not is_current(engine, safe("a").article)
    assert [(c.article, c.kind) for c in reading.changes_after(engine, 1)] == [("a", "withdrawn")]
    with engine.connect() as connection:
        for table in (schema.revisions, schema.sentences, schema.quotes):
            assert connection.execute(select(func.count()).select_from(table)).scalar_one() == 1
    assert list(problems(engine)) == []


@pytest.mark.parametrize("known", [False, True], ids=["unknown", "already withdrawn"])
def test_what_is_not_held_is_not_withdrawn(engine, known):
    if known:
        save(engine, safe("a"))
        withdraw(engine, "a")
    before = reading.last_sequence(engine)
    assert withdraw(engine, "a") is False
    assert reading.last_sequence(engine) == before
    assert is_withdrawn(engine, "a") is known


def test_one_article_is_withdrawn_alone(engine):
    save(engine, safe("a"))
    save(engine, safe("b"))
    withdraw(engine, "a")
    assert reading.article_ids(engine) == ["b"]
    assert not is_withdrawn(engine, "b")


def test_the_same_article_saved_again_comes_back(engine):
    save(engine, safe("a"))
    withdraw(engine, "a")
    assert save(engine, safe("a")) == "updated"
    assert reading.article_ids(engine) == ["a"]
    assert not is_withdrawn(engine, "a")
    assert revision_count(engine, "a") == 2
    assert corrections(engine) == [], "it says what it said before"


def test_an_article_that_comes_back_with_another_text_is_corrected(engine):
    save(engine, safe("a"))
    withdraw(engine, "a")
    save(engine, safe("a", "Ana Reyes said the bridge is not safe."))
    (correction,) = corrections(engine)
    assert correction.pairs == (("Ana Reyes said the bridge is safe.", "Ana Reyes said the bridge is not safe."),)


def cited(answer: Answer) -> list[str]:
    return [citation.article_id for citation in answer.citations]


def test_the_index_drops_a_withdrawn_article_and_takes_it_back(library):
    put(library, safe("a"), safe("b", "Ana Reyes said the bridge is safe and dry."))
    ask = "what did Ana Reyes say about the bridge"
    assert sorted(cited(library.answerer.answer(ask))) == ["a", "b"]
    withdraw(library.engine, "a")
    assert library.follow(patience=10)
    assert cited(library.answerer.answer(ask)) == ["b"]
    assert library.index.article("a") is None
    assert library.index.sentences(library.index.term("article", "a"), 10) == []
    assert [article["id"] for article in library.latest()] == ["b"]
    put(library, safe("a"))
    assert sorted(cited(library.answerer.answer(ask))) == ["a", "b"]
