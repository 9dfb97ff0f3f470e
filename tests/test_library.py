"""The knowledge base as one thing: opening, following, and the lists a chat shows."""

import shutil
import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest

from knowledge.errors import SearchIndexError, StoreError
from knowledge.index.search import SearchIndex
from knowledge.library import Library
from knowledge.store.database import open_engine
from knowledge.store.writing import save
from tests.auxil.records import Said, blank_store, lines, person, put


@pytest.fixture
def url(tmp_path: Path) -> str:
    return blank_store(tmp_path / "test.db")


@pytest.fixture
def library(url):
    with Library.open(url) as library:
        yield library


def test_a_library_is_made_with_its_index_beside_it(tmp_path):
    url = f"sqlite:///{tmp_path}/new.db"
    with pytest.raises(StoreError, match="no such database"):
        Library.open(url)
    with Library.open(url, create=True) as library:
        assert library.index.folder == tmp_path / "new.db.index"
        assert library.latest() == library.people() == []


def test_the_index_may_lie_elsewhere(url, tmp_path):
    with Library.open(url, index=str(tmp_path / "fast" / "index")) as library:
        put(library, lines("a", "It rained."))
        assert library.index.folder == tmp_path / "fast" / "index"
    assert not (tmp_path / "test.db.index").exists()


def test_an_index_that_cannot_be_opened_is_named(url, tmp_path):
    (tmp_path / "file").write_text("mine")
    with pytest.raises(SearchIndexError, match="cannot be opened"):
        Library.open(url, index=str(tmp_path / "file"))


def test_an_opened_library_answers_and_an_opened_again_one_needs_no_database(url):
    with Library.open(url) as library:
        put(library, lines("a", "Ana Reyes opened the bridge.", people=["Ana Reyes"]))
    with Library.open(url) as again:
        assert again.answerer.answer("who is Ana Reyes").answered
        assert again.follow()
        assert "engine" not in vars(again)


def test_what_another_library_ingests_is_answered_after_following(url, library):
    with Library.open(url) as other:
        save(other.engine, lines("a", "Ana Reyes opened the bridge.", people=["Ana Reyes"]))
    assert not library.answerer.answer("who is Ana Reyes").answered
    assert library.follow(patience=10)
    assert library.answerer.answer("who is Ana Reyes").answered


def test_following_while_another_writes_the_index_is_done_later(library):
    writer = SearchIndex(library.index.folder).writer()
    assert writer is not None
    save(library.engine, lines("a", "It rained."))
    assert library.follow() is False
    writer.wait_merging_threads()
    assert library.follow(patience=10) is True


def test_a_database_put_in_the_place_of_another_is_followed_anew(url, tmp_path):
    with Library.open(url) as library:
        put(library, lines("a", "It rained."))
    for path in tmp_path.glob("test.db*"):
        if path.is_file():
            path.unlink()
    engine = open_engine(url, create=True)
    save(engine, lines("b", "It snowed."))
    engine.dispose()
    with Library.open(url) as library:
        assert [article["id"] for article in library.latest()] == ["b"]
        assert library.index.article("a") is None


def test_following_from_several_threads_is_one_after_another(library):
    for number in range(5):
        save(library.engine, lines(f"a{number}", "It rained."))
    done: list[bool] = []
    threads = [threading.Thread(target=lambda: done.append(library.follow(patience=10))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert done == [True] * 4
    assert len(library.latest()) == 5


def test_a_sentence_is_shown_among_its_neighbours(library):
    put(library, lines("a", "One.\nTwo.\nThree.\nFour.\nFive.\nSix."))
    keys = library.index.article("a")["sentences"]

    def around(place: int, reach: int) -> tuple[list[str], int]:
        found, at = library.around(keys[place], reach)
        return [s["text"] for s in found], at

    assert around(2, 1) == (["Two.", "Three.", "Four."], 1)
    assert around(0, 2) == (["One.", "Two.", "Three."], 0)
    assert around(5, 2) == (["Four.", "Five.", "Six."], 2)
    assert around(3, 99) == (["One.", "Two.", "Three.", "Four.", "Five.", "Six."], 3)
    assert around(3, 0) == (["Four."], 0)


def test_a_sentence_that_is_no_longer_held_has_no_neighbours(library):
    put(library, lines("a", "One.\nTwo."))
    key = library.index.article("a")["sentences"][0]
    put(library, lines("a", "Three."))
    assert library.around(key) == ([], 0)
    assert library.around(12345) == ([], 0)


def test_the_latest_articles_come_newest_first(library):
    put(library, *(lines(name, f"Text of {name}.", title=name.upper()) for name in ("a", "b", "c")))
    put(library, lines("a", "Another text.", title="A2"))
    assert [article["title"] for article in library.latest()] == ["A2", "C", "B"]
    assert [article["title"] for article in library.latest(1)] == ["A2"]


def test_people_are_listed_with_how_many_sentences_quote_them(library):
    given = [person("Ana Reyes", "mayor"), "Ben Osei"]
    text = "Ana Reyes said yes.\nReyes said no.\nBen Osei slept."
    quotes = [Said("Ana Reyes", "yes"), Said("Ana Reyes", "no")]
    put(library, lines("a", text, people=given, quotes=quotes))
    assert library.people() == [("Ana Reyes", "mayor", 2), ("Ben Osei", None, 0)]
    put(library, lines("a", "Ana Reyes said yes.\nReyes left.", people=given, quotes=quotes[:1]))
    assert library.people() == [("Ana Reyes", "mayor", 1)], "what an old revision quotes does not count"
    assert library.people(limit=0) == []


def test_a_store_of_an_older_form_is_not_looked_into_but_opened(url, tmp_path):
    with closing(sqlite3.connect(tmp_path / "test.db")) as connection:
        connection.execute("UPDATE alembic_version SET version_num = 'x'")
        connection.commit()
    with pytest.raises(StoreError, match="newer version"):
        Library.open(url)


def test_a_lost_index_is_made_anew_while_what_is_open_answers(url, library, tmp_path):
    put(library, lines("a", "Ana Reyes opened the bridge.", people=["Ana Reyes"]))
    half = shutil.copytree(library.index.folder, tmp_path / "half")
    put(library, lines("b", "Ben Osei closed the ferry.", people=["Ben Osei"]))
    open_before = Library.open(url)
    shutil.rmtree(library.index.folder)
    for reader in (open_before, library):
        reader.refresh()
        assert reader.answerer.answer("who is Ben Osei").answered
    shutil.copytree(half, library.index.folder)  # as it is while it is being made anew
    open_before.refresh()
    assert open_before.answerer.answer("who is Ben Osei").answered
    put(library, lines("c", "Cem Kaya sold the hotel.", people=["Cem Kaya"]))
    for reader in (library, open_before):
        reader.refresh()
        for name in ("Ana Reyes", "Cem Kaya", "cem kayya"):
            assert reader.answerer.answer(f"who is {name}").answered, name
    open_before.close()
