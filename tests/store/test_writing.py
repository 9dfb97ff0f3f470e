"""Putting records into the store: one transaction an article, whole or not at all."""

import threading

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.exc import IntegrityError

from knowledge.models import Article, ArticleRecord, Mention, Sentence
from knowledge.same_name import person_key
from knowledge.store import reading, schema
from knowledge.store.check import problems
from knowledge.store.writing import digest, is_current, save
from tests.auxil.records import lines

DERIVED = [table for table in schema.metadata.sorted_tables if table.name != "stores"]


def contents(engine: Engine) -> dict[str, int]:
    with engine.connect() as connection:
        return {t.name: connection.execute(select(func.count()).select_from(t)).scalar_one() for t in DERIVED}


def test_a_record_is_kept_whole(engine, record):
    assert save(engine, record) == "added"
    stored = reading.article(engine, "bridge")
    assert stored is not None
    for part in ("article", "sentences", "people", "mentions", "quotes", "facts", "phrasings", "labels"):
        assert getattr(stored, part) == getattr(record, part), part
    assert stored.keys == ("ana reyes", "ben osei")
    assert contents(engine) == {
        "articles": 1, "revisions": 1, "changes": 1, "sentences": 3, "people": 2, "aliases": 5, "mentions": 4,
        "quotes": 2, "quote_contents": 3, "facts": 2, "phrasings": 2,
        "sentence_changes": 0, "feeds": 0, "feed_entries": 0,
    }  # fmt: skip


def test_the_same_again_is_unchanged_and_nothing_is_written(engine, record):
    save(engine, record)
    before = contents(engine)
    assert is_current(engine, record.article)
    assert save(engine, record) == "unchanged"
    assert contents(engine) == before


CHANGES = [{"text": "Another text."}, {"title": "Another title"}, {"publisher": None}, {"published": "2025-01-01"}]


@pytest.mark.parametrize("change", CHANGES, ids=[next(iter(change)) for change in CHANGES])
def test_a_changed_article_is_a_new_revision_and_the_old_one_is_kept(engine, record, change):
    save(engine, record)
    article = record.article.model_copy(update=change)
    assert not is_current(engine, article)
    changed = ArticleRecord(article=article, sentences=(Sentence(start=0, end=len(article.text)),))
    assert save(engine, changed) == "updated"
    stored = reading.article(engine, "bridge")
    assert stored is not None
    assert (stored.article, stored.people, stored.quotes) == (article, (), ())
    with engine.connect() as connection:
        rows = connection.execute(
            select(schema.revisions.c.number, schema.revisions.c.title, schema.revisions.c.text).order_by("number")
        ).all()
        kinds = connection.execute(select(schema.changes.c.kind).order_by("sequence")).scalars().all()
    assert rows == [(1, record.article.title, record.article.text), (2, article.title, article.text)]
    assert kinds == ["added", "updated"]
    assert contents(engine)["sentences"] == 3 + 1, "what hangs on the old revision stays"


def test_a_text_that_comes_back_is_a_revision_of_its_own(engine, record):
    other = lines("bridge", "Another text.")
    assert [save(engine, r) for r in (record, other, record)] == ["added", "updated", "updated"]
    assert contents(engine)["revisions"] == 3


HALF_WAY = [
    pytest.param({"sentences": (Sentence(start=5, end=5),)}, id="a sentence of no length"),
    pytest.param({"mentions": (Mention(start=9, end=3, person=0),)}, id="a mention that ends before it begins"),
    pytest.param({"mentions": (Mention(start=0, end=3, person=7),)}, id="a mention of nobody"),
    pytest.param({"phrasings": ({"text": "x", "kind": "open", "sentence": 99},)}, id="a phrasing of no sentence"),
]


@pytest.mark.parametrize("damage", HALF_WAY)
@pytest.mark.parametrize("held", [False, True], ids=["new", "held"])
def test_a_record_that_fails_half_way_leaves_nothing(engine, record, damage, held):
    if held:
        save(engine, lines("bridge", "What was held before."))
    before = contents(engine)
    broken = ArticleRecord.model_validate(record.model_dump() | damage)
    with pytest.raises((IntegrityError, IndexError)):
        save(engine, broken)
    assert contents(engine) == before
    assert list(problems(engine)) == []
    assert save(engine, record) == ("updated" if held else "added")


def test_two_threads_that_save_one_article_add_it_once(engine, record):
    statuses: list[str] = []
    gate = threading.Barrier(4)

    def work() -> None:
        gate.wait()
        statuses.append(save(engine, record))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == ["added", "unchanged", "unchanged", "unchanged"]
    assert contents(engine)["revisions"] == 1


def test_a_digest_tells_every_field():
    article = Article(id="a", title="t", text="x", publisher="p", url="u", published="d")
    digests = {digest(article.model_copy(update={name: "other"})) for name in Article.model_fields}
    assert len(digests | {digest(article)}) == len(Article.model_fields) + 1


KEYS = [
    ("Wang Yi", "wang yi"),
    ("WANG  Yi", "wang yi"),
    ("Raïssi", "raissi"),
    ("An Jung-geun", "an jung geun"),
    ("🙂", "🙂"),
]


@pytest.mark.parametrize(("name", "key"), KEYS, ids=[name for name, _ in KEYS])
def test_a_persons_key_is_their_folded_name(name, key):
    assert person_key(name) == key
