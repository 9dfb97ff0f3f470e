"""Everything held, as lines of JSON."""

import json
from pathlib import Path

import pytest

from knowledge.export import KINDS, export_records
from knowledge.store.database import open_engine
from knowledge.store.writing import save
from tests.auxil.records import Said, Stated, blank_store, lines, person

TEXT = "“It is safe.\nIt is new,” Reyes told Osei.\nReyes opened the bridge on Monday."


@pytest.fixture
def engine(tmp_path: Path):
    engine = open_engine(blank_store(tmp_path / "test.db"), create=False)
    save(engine, lines("b", "It rained."))
    save(
        engine,
        lines(
            "a",
            TEXT,
            title="A bridge",
            url="https://x.example/a",
            people=[person("Ana Reyes"), "Ben Osei"],
            quotes=[
                Said("Ana Reyes", "“It is safe.\nIt is new,”", "Reyes", "told", "direct", addressee="Osei"),
                Said(None, "the bridge"),
            ],
            facts=[Stated("Reyes", "opened", "the bridge", time="on Monday")],
        ),
    )
    yield engine
    engine.dispose()


def test_articles_come_in_the_order_they_were_ingested_just_as_they_were_given(engine):
    rest = {"publisher": None, "published": None}
    assert list(export_records(engine, "articles")) == [
        {"id": "b", "title": "", "text": "It rained.", "url": None, **rest},
        {"id": "a", "title": "A bridge", "text": TEXT, "url": "https://x.example/a", **rest},
    ]


def test_sentences_are_numbered_stretches_of_their_article(engine):
    found = list(export_records(engine, "sentences"))
    assert [(s["article_id"], s["sentence"]) for s in found] == [("b", 1), ("a", 1), ("a", 2), ("a", 3)]
    assert all(s["text"] == {"a": TEXT, "b": "It rained."}[s["article_id"]][s["start"] : s["end"]] for s in found)


def test_a_quote_tells_its_parts_and_the_sentences_it_stands_in(engine):
    first, second = json.loads(json.dumps(list(export_records(engine, "quotes"))))
    for key, words in (("source", "Reyes"), ("cue", "told"), ("addressee", "Osei")):
        assert TEXT[slice(*first[key])] == words
    assert [TEXT[slice(*span)] for span in first["content"]] == ["“It is safe.\nIt is new,”"]
    assert [TEXT[slice(*span)] for span in first["sentences"]] == TEXT.split("\n")[:2]
    assert (first["article_id"], first["speaker"], first["type"]) == ("a", "Ana Reyes", "direct")
    assert (second["speaker"], second["source"], second["cue"], second["via"]) == (None, None, None, None)
    contract = {"article_id", "content", "source", "cue", "speaker", "type", "sentences"}
    assert contract <= set(first)


def test_a_fact_tells_its_parts_and_its_sentence(engine):
    (fact,) = json.loads(json.dumps(list(export_records(engine, "facts"))))
    parts = {key: TEXT[slice(*fact[key])] for key in ("subject", "relation", "object", "time")}
    assert parts == {"subject": "Reyes", "relation": "opened", "object": "the bridge", "time": "on Monday"}
    assert TEXT[slice(*fact["sentence"])] == TEXT.split("\n")[2]
    assert (fact["article_id"], fact["place"], fact["number"]) == ("a", None, None)


def test_another_kind_is_refused():
    assert list(KINDS) == ["articles", "sentences", "quotes", "facts"]
    with pytest.raises(KeyError):
        list(export_records(None, "recipes"))
