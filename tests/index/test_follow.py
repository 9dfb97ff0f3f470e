"""The index follows the store: added, updated, withdrawn; from another object, after a crash, beside another writer."""

from pathlib import Path

import pytest
from sqlalchemy import Engine, insert, update

from knowledge.errors import SearchIndexError
from knowledge.index.documents import keyed
from knowledge.index.fields import VERSION
from knowledge.index.follow import follow, rebuild
from knowledge.index.lexicon import FILE
from knowledge.index.search import SearchIndex
from knowledge.library import Library
from knowledge.store import reading, schema
from knowledge.store.database import open_engine
from knowledge.store.writing import save
from tests.auxil.records import Said, lines, person, put

MAYOR = person("Ana Reyes", "mayor", "the mayor")


def record(identifier: str, text: str, **fields):
    return lines(identifier, text, people=[MAYOR, "Ben Osei"], quotes=[Said("Ana Reyes", "is safe", "Reyes")], **fields)


def texts(index: SearchIndex, article: str) -> list[str]:
    """The sentences found by the article's term, which every sentence of it carries, also one that ought to be gone."""
    return sorted(s["text"] for _, s in index.sentences(index.term("article", article), 50))


def withdraw(engine: Engine, identifier: str) -> None:
    with engine.begin() as connection:
        connection.execute(update(schema.articles).where(schema.articles.c.id == identifier).values(withdrawn=True))
        connection.execute(insert(schema.changes).values(article=identifier, kind="withdrawn", at="now"))


def test_added_articles_come_in(library):
    put(library, record("a", "The bridge is safe.\nReyes opened it."), record("b", "Ben Osei slept."))
    index = library.index
    assert texts(index, "a") == ["Reyes opened it.", "The bridge is safe."]
    article = index.article("a")
    assert article is not None
    assert [index.sentence(key)["number"] for key in article["sentences"]] == [1, 2]
    assert index.entity("ana reyes") is not None
    assert index.has_word("bridge")
    assert index.meta() == {
        "store": reading.identity(library.engine), "sequence": 2, "version": VERSION,
        "words": index.lexicon.size, "latest": ["b", "a"],
    }  # fmt: skip


def test_an_empty_store_is_followed_too(library):
    assert library.index.meta() == {
        "store": reading.identity(library.engine), "sequence": 0, "version": VERSION, "words": 0, "latest": [],
    }  # fmt: skip


def test_the_old_sentences_of_an_updated_article_are_gone(library):
    put(library, record("a", "The bridge is old.\nIt is closed."), record("b", "Ben Osei slept."))
    put(library, record("a", "The bridge is new.", title="New"))
    assert texts(library.index, "a") == ["The bridge is new."]
    assert library.index.article("a")["title"] == "New"
    assert texts(library.index, "b") == ["Ben Osei slept."]
    assert library.index.count(library.index.term("kind", "a")) == 2


def test_an_article_updated_twice_in_one_stretch_is_held_once(library):
    for text in ("One.", "Two.", "Three."):
        save(library.engine, record("a", text))
    assert library.follow(patience=10)
    assert texts(library.index, "a") == ["Three."]


def test_a_withdrawn_article_is_gone(library):
    put(library, record("a", "The bridge is safe."), record("b", "Ben Osei slept."))
    withdraw(library.engine, "a")
    assert library.follow(patience=10)
    assert texts(library.index, "a") == []
    assert library.index.article("a") is None
    assert texts(library.index, "b") == ["Ben Osei slept."]
    assert library.index.meta()["latest"] == ["b"]
    answer = library.answerer.answer("is the bridge safe")
    assert not answer.answered


def test_another_object_on_the_folder_sees_what_was_followed(library):
    other = SearchIndex(library.index.folder)
    put(library, record("a", "The bridge is safe."))
    assert texts(other, "a") == []
    assert follow(other, library.engine, patience=0)
    assert texts(other, "a") == ["The bridge is safe."]


def test_following_again_changes_nothing(library):
    put(library, record("a", "The bridge is safe."))
    size = library.index.size
    assert follow(library.index, library.engine)
    assert library.index.size == size


def test_people_of_two_articles_are_one_with_all_their_forms(library):
    put(library, lines("a", "Ana Reyes slept.", people=[person("Ana Reyes")]))
    put(library, lines("b", "The mayor woke.\nAna Reyes!", people=[person("Ana Reyes", "mayor", "the mayor")]))
    put(library, lines("c", "Ana Reyes ate.", people=[person("Ana Reyes", "queen")]))
    entity = library.index.entity("ana reyes")
    assert entity is not None
    assert entity["role"] == "mayor"
    assert "themayor" in entity["aliases"]
    assert library.index.count(library.index.term("kind", "e")) == 1


def test_a_word_stands_once_in_the_vocabulary(library):
    put(library, lines("a", "bridge"), lines("b", "bridge bridges"))
    put(library, lines("c", "bridge"))
    assert library.index.words("bridge", 9).count("bridge") == 1


def test_an_index_whose_words_are_lost_is_built_anew(library):
    put(library, lines("a", "bridge"))
    (library.index.folder / FILE).unlink()
    index = SearchIndex(library.index.folder)
    assert (index.meta(), index.size) == (None, 0)
    assert follow(index, library.engine)
    assert (texts(index, "a"), index.has_word("bridge")) == (["bridge"], True)


# -- another index, another store ------------------------------------------------------------------------------------


def test_the_index_of_another_store_is_built_anew(library, tmp_path: Path):
    put(library, record("a", "The bridge is safe."))
    other = open_engine(f"sqlite:///{tmp_path}/other.db", create=True)
    save(other, record("b", "Ben Osei slept."))
    assert follow(library.index, other)
    assert (texts(library.index, "a"), texts(library.index, "b")) == ([], ["Ben Osei slept."])
    assert not library.index.has_word("bridge")
    other.dispose()


def test_an_index_ahead_of_its_store_is_built_anew(library):
    # As after an older copy of the database has been put back.
    put(library, record("a", "The bridge is safe."), record("b", "Ben Osei slept."))
    with library.engine.begin() as connection:
        connection.execute(schema.changes.delete().where(schema.changes.c.sequence == 2))
        connection.execute(update(schema.articles).where(schema.articles.c.id == "b").values(withdrawn=True))
    assert library.follow(patience=10)
    assert (texts(library.index, "a"), texts(library.index, "b")) == (["The bridge is safe."], [])
    assert library.index.meta()["sequence"] == 1


def test_an_index_of_another_version_is_built_anew(library):
    put(library, record("a", "The bridge is safe."))
    writer = library.index.writer()
    assert writer is not None
    writer.delete_documents_by_term("key", "m")
    writer.add_document(keyed("m", {**library.index.meta(), "version": VERSION - 1}))
    writer.commit()
    writer.wait_merging_threads()
    assert library.follow(patience=10)
    assert texts(library.index, "a") == ["The bridge is safe."]
    assert library.index.meta()["version"] == VERSION


def test_a_damaged_index_is_made_anew_and_follows_again(library, tmp_path: Path):
    put(library, record("a", "The bridge is safe."))
    (library.index.folder / "meta.json").write_text("{")
    with Library.open(f"sqlite:///{tmp_path}/test.db") as again:
        assert texts(again.index, "a") == ["The bridge is safe."]


# -- beside another writer -------------------------------------------------------------------------------------------


def test_while_another_writes_the_index_following_waits_for_its_turn(library):
    other = SearchIndex(library.index.folder)
    writer = other.writer()
    assert writer is not None
    save(library.engine, record("a", "The bridge is safe."))
    assert library.follow(patience=0) is False
    assert texts(library.index, "a") == []
    writer.wait_merging_threads()
    assert library.follow(patience=10) is True
    assert texts(library.index, "a") == ["The bridge is safe."]


def test_rebuilding_while_another_writes_the_index_is_refused(library):
    writer = SearchIndex(library.index.folder).writer()
    assert writer is not None
    with pytest.raises(SearchIndexError, match="another process is writing") as caught:
        rebuild(library.index, library.engine, patience=0)
    assert str(library.index.folder) in str(caught.value)
    writer.wait_merging_threads()


def test_after_a_crash_between_store_and_index_the_next_follow_catches_up(library, tmp_path: Path):
    put(library, record("a", "The bridge is safe."))
    save(library.engine, record("a", "The bridge is new."))
    save(library.engine, record("b", "Ben Osei slept."))
    writer = library.index.writer()
    assert writer is not None
    writer.add_document(keyed("s99", {"id": 99, "text": "half written"}, article="a"))
    del writer  # as a crash would, it leaves what it did not commit
    with Library.open(f"sqlite:///{tmp_path}/test.db") as again:
        assert texts(again.index, "a") == ["The bridge is new."]
        assert texts(again.index, "b") == ["Ben Osei slept."]


def test_files_left_by_a_crash_in_the_middle_of_a_commit_are_in_nobodys_way(library, tmp_path: Path):
    # The list of deleted documents is written before meta.json. Following again writes one of the same name.
    put(library, record("a", "The bridge is old."), record("b", "Ben Osei slept."))
    meta = library.index.folder / "meta.json"
    before = meta.read_bytes()
    put(library, record("a", "The bridge is new."))
    assert list(library.index.folder.glob("*.del"))
    meta.write_bytes(before)
    with Library.open(f"sqlite:///{tmp_path}/test.db") as again:
        assert texts(again.index, "a") == ["The bridge is new."]
        assert texts(again.index, "b") == ["Ben Osei slept."]


def test_more_changes_than_one_batch_holds_come_in(library):
    # Written by hand: five hundred transactions take seconds.
    text = "This line tells something."
    names = [f"a{i}" for i in range(505)]
    blank = {"number": 1, "title": "", "text": text, "digest": "", "ingested": ""}
    line = {"number": 1, "text_start": 0, "text_end": len(text), "paragraph": 0, "labels": ""}
    rows = {
        schema.articles: [{"id": name, "revision": i, "withdrawn": False} for i, name in enumerate(names)],
        schema.revisions: [{"id": i, "article": name, **blank} for i, name in enumerate(names)],
        schema.sentences: [{"revision": i, **line} for i in range(len(names))],
        schema.changes: [{"article": name, "kind": "added", "at": ""} for name in names],
    }
    with library.engine.begin() as connection:
        for table, values in rows.items():
            connection.execute(insert(table), values)
    assert library.follow(patience=10)
    assert library.index.count(library.index.term("kind", "s")) == 505
    assert library.index.meta()["sequence"] == 505
    assert library.index.meta()["latest"] == names[:-21:-1]


# -- rebuilding ------------------------------------------------------------------------------------------------------


def test_rebuilding_gives_the_same_answers_and_leaves_no_rest(library):
    put(library, record("a", "The bridge was old.\nReyes closed it."), record("b", "Ben Osei slept on Monday."))
    put(library, record("a", "The new bridge is safe.\nReyes opened it."))
    put(library, record("gone", "Zanzibar is far."))
    withdraw(library.engine, "gone")
    library.follow(patience=10)
    questions = ["what did Reyes say", "who is Ben Osei", "is the new brigde safe", "who slept", "brief me", "zanzibar"]
    before = [library.answerer.answer(question).citations for question in questions]
    named: list[str] = []
    assert rebuild(library.index, library.engine, named.append) == 2
    assert named == ["b", "a"]
    assert [library.answerer.answer(question).citations for question in questions] == before
    assert all(before[:5])
    assert not library.index.has_word("zanzibar")
    assert library.index.meta()["sequence"] == 5


def test_readers_keep_the_old_index_until_the_new_one_is_whole(library):
    put(library, record("a", "The bridge is safe."))
    seen: list[int] = []

    def look(_: str) -> None:
        library.index.reload()
        seen.append(library.index.frequency("kind", "s"))

    rebuild(library.index, library.engine, look)
    assert seen == [1]
