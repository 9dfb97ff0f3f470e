"""The index as a folder: opening it, whatever is there, and looking things up."""

import json
import resource
from pathlib import Path

import pytest
import tantivy

from knowledge.errors import SearchIndexError
from knowledge.index.documents import keyed
from knowledge.index.fields import VERSION, token
from knowledge.index.search import SearchIndex, index_folder

META = {"store": "x", "sequence": 7, "version": VERSION, "words": 1, "latest": ["a"]}


def filled(folder: Path) -> SearchIndex:
    index = SearchIndex(folder)
    writer = index.writer()
    assert writer is not None
    writer.add_document(keyed("m", META))
    writer.add_document(keyed("s1", {"id": 1, "text": "old bridge"}, body="old bridge", article="a b"))
    writer.add_document(keyed("s2", {"id": 2, "text": "new bridge"}, body="new bridge bridge", article="c"))
    index.lexicon.add({"bridge"})
    writer.commit()
    writer.wait_merging_threads()
    index.reload()
    return index


# -- where it lives --------------------------------------------------------------------------------------------------

FOLDERS = [
    ("sqlite:////srv/a.db", None, "/srv/a.db.index"),
    ("sqlite:///a.db", None, "a.db.index"),
    ("sqlite:////srv/a.db", "/fast/index", "/fast/index"),
    ("postgresql://host/a", "elsewhere", "elsewhere"),
]


@pytest.mark.parametrize(("database", "setting", "folder"), FOLDERS, ids=["absolute", "relative", "setting", "other"])
def test_the_index_lies_beside_its_database_or_where_the_setting_says(database, setting, folder):
    assert index_folder(database, setting) == Path(folder)


def test_the_index_of_a_database_that_is_no_file_lies_in_the_users_cache(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    one, other = (index_folder(f"postgresql://host/{name}") for name in "ab")
    assert one.parent == other.parent == tmp_path / "onrecord"
    assert one != other
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert index_folder("postgresql://host/a") == tmp_path / ".cache" / "onrecord" / one.name


# -- opening ---------------------------------------------------------------------------------------------------------


def test_a_new_index_is_empty(tmp_path):
    index = SearchIndex(tmp_path / "deep" / "down")
    assert (index.size, index.meta(), index.has_word("word"), index.article("a")) == (0, None, False, None)


def test_an_index_is_found_again(tmp_path):
    filled(tmp_path)
    assert SearchIndex(tmp_path).meta() == META


def test_an_index_of_another_version_counts_as_new(tmp_path):
    index = filled(tmp_path)
    writer = index.writer()
    assert writer is not None
    writer.delete_documents_by_term("key", "m")
    writer.add_document(keyed("m", META | {"version": VERSION - 1}))
    writer.commit()
    index.reload()
    assert index.meta() is None


def half(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def noise(path: Path) -> None:
    path.write_bytes(bytes(range(255, 0, -1)) * (path.stat().st_size // 255 + 1))


DAMAGED = [".managed.json", "meta.json", "*.fast", "*.fieldnorm", "*.idx", "*.pos", "*.store", "*.term"]


@pytest.mark.parametrize("harm", [half, noise, Path.unlink])
@pytest.mark.parametrize("pattern", DAMAGED)
def test_a_damaged_folder_is_made_anew_or_still_right(tmp_path, pattern, harm):
    folder = tmp_path / "index"
    filled(folder)
    (tmp_path / "index" / "notes.txt").write_text("mine")
    for path in folder.glob(pattern):
        harm(path)
    index = SearchIndex(folder)
    assert index.meta() in (None, META)
    assert filled(folder).meta() == META, "it can be written again"
    assert (folder / "notes.txt").read_text() == "mine"


def test_an_index_of_other_fields_is_made_anew(tmp_path):
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("other")
    tantivy.Index(builder.build(), path=str(tmp_path))
    assert SearchIndex(tmp_path).meta() is None


def test_a_folder_with_somebody_elses_meta_file_is_refused_and_left_alone(tmp_path):
    (tmp_path / "meta.json").write_text('{"a": 1}')
    with pytest.raises(SearchIndexError, match="name another folder"):
        SearchIndex(tmp_path)
    assert (tmp_path / "meta.json").read_text() == '{"a": 1}'


def test_a_file_in_the_folders_place_is_refused_by_name(tmp_path):
    path = tmp_path / "index"
    path.write_text("mine")
    with pytest.raises(SearchIndexError, match="cannot be opened") as caught:
        SearchIndex(path)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)
    assert path.read_text() == "mine"


# -- writing ---------------------------------------------------------------------------------------------------------


def test_there_is_one_writer_at_a_time(tmp_path):
    one, other = SearchIndex(tmp_path), SearchIndex(tmp_path)
    writer = one.writer()
    assert writer is not None
    assert other.writer(patience=0) is None
    assert other.writer(patience=0.05) is None
    writer.wait_merging_threads()
    assert other.writer(patience=0) is not None


def lost(folder: Path) -> None:
    for path in folder.iterdir():
        path.unlink()


def locked_out(folder: Path) -> None:
    lock = folder / ".tantivy-writer.lock"
    lock.unlink(missing_ok=True)
    lock.mkdir()


@pytest.mark.parametrize("harm", [lost, locked_out])
def test_a_folder_that_cannot_be_written_is_refused_by_name(tmp_path, harm):
    folder = tmp_path / "index"
    index = SearchIndex(folder)
    harm(folder)
    with pytest.raises(SearchIndexError) as caught:
        index.writer(patience=0)
    assert str(folder) in str(caught.value)


def test_what_another_object_commits_is_seen_after_a_reload(tmp_path):
    reader = SearchIndex(tmp_path)
    filled(tmp_path)
    assert reader.meta() is None
    reader.reload()
    assert reader.meta() == META


# -- looking up ------------------------------------------------------------------------------------------------------


@pytest.fixture
def index(tmp_path):
    return filled(tmp_path / "index")


def found(index: SearchIndex, query: tantivy.Query) -> list[int]:
    return [payload["id"] for _, payload in index.sentences(query, 10)]


def test_things_are_found_by_their_keys(index):
    assert index.sentence(1) == {"id": 1, "text": "old bridge"}
    assert index.sentence(3) is None
    assert index.entity("nobody") is None
    assert (index.has_word("bridge"), index.has_word("bridg")) == (True, False)
    assert index.size == 3


def test_words_are_found_in_spite_of_slips(index):
    for slip in ("brige", "bridgee", "brdige", "bidge", "bridge", "rbdige", "brdg", "bbridgee"):
        assert index.words(slip, 5) == ["bridge"], slip
    assert index.words("castle", 5) == []


def test_what_was_looked_up_is_forgotten_with_the_next_commit_of_anybody(tmp_path):
    index, other = filled(tmp_path), SearchIndex(tmp_path)
    assert (other.sentence(1)["text"], other.frequency("body", "bridge"), other.has_word("ferry")) == (
        "old bridge", 2, False,
    )  # fmt: skip
    writer = index.writer()
    assert writer is not None
    writer.delete_documents_by_term("key", "s1")
    writer.add_document(keyed("s1", {"id": 1, "text": "old ferry"}, body="old ferry"))
    writer.add_document(keyed("s3", {"id": 3, "text": "a bridge"}, body="bridge"))
    index.lexicon.add({"ferry"})
    writer.commit()
    writer.wait_merging_threads()
    assert other.sentence(1)["text"] == "old bridge"
    other.reload()
    assert (other.sentence(1)["text"], other.frequency("body", "ferry"), other.has_word("ferry")) == (
        "old ferry", 1, True,
    )  # fmt: skip


def test_a_writer_that_cannot_begin_is_let_go_though_its_error_is_kept(index):
    # A file that a killed process has left: to remove it is written down.
    managed = index.folder / ".managed.json"
    left = index.folder / f"{'0' * 32}.store"
    left.touch()
    managed.write_text(json.dumps([*json.loads(managed.read_text()), left.name]))
    index = SearchIndex(index.folder)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, hard))  # no room for as much as a byte
    try:
        with pytest.raises(SearchIndexError, match="is there room on its disk") as kept:
            index.writer(patience=0)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert kept.value.__cause__ is not None
    writer = index.writer(patience=0)
    assert writer is not None
    writer.wait_merging_threads()


def test_queries_combine(index):
    old, new, bridge = (index.term("body", word) for word in ("old", "new", "bridge"))
    article = index.term("article", "a b")
    assert found(index, old) == [1]
    assert set(found(index, index.any_of([old, new]))) == {1, 2}
    assert found(index, index.all_of([bridge, new])) == [2]
    assert found(index, index.among(bridge, article)) == [1]
    assert found(index, index.among(new, article)) == []
    assert found(index, index.within(new, article)) == [1]
    assert found(index, index.any_of([index.boosted(old, 9.0), new])) == [1, 2]


def test_the_restriction_adds_nothing_to_the_score(index):
    bridge, article = index.term("body", "bridge"), index.term("article", "c")
    assert index.sentences(index.among(bridge, article), 1)[0][0] == index.sentences(bridge, 1)[0][0]


def test_what_scores_far_less_than_the_best_is_left_out_but_for_the_first(index):
    old, new = (index.term("body", word) for word in ("old", "new"))
    query = index.any_of([index.boosted(old, 9.0), new])
    scores = [score for score, _ in index.sentences(query, 9)]
    assert len(scores) == 2
    assert [score for score, _ in index.sentences(query, 9, faint=0.5)] == scores[:1]
    assert [score for score, _ in index.sentences(query, 9, faint=0.5, least=2)] == scores
    assert [score for score, _ in index.sentences(query, 9, faint=scores[1] / scores[0] - 0.001)] == scores
    assert index.sentences(index.term("body", "castle"), 9, faint=0.5) == []


def test_terms_are_listed_by_their_beginning(index):
    assert index.terms("body", "br", 5) == [("bridge", 2)]
    assert index.terms("body", "x", 5) == []
    assert index.frequency("body", "bridge") == 2
    assert index.frequency("body", "castle") == 0


LONG = ["x" * 100_000, "", " ", "\0", "\ud7ff", "body:(* AND NOT"]


@pytest.mark.parametrize("term", LONG, ids=["100,000 letters", "nothing", "space", "NUL", "last before", "syntax"])
def test_any_term_may_be_looked_for(index, term):
    assert found(index, index.term("body", term)) == []
    assert index.frequency("body", term) == 0
    assert index.article(term) is None


def test_a_key_with_spaces_is_one_token():
    assert token("wang yi") == "wang_yi"
