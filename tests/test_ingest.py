"""Taking articles in: each whole or not at all, the same again skipped, one bad input stopping no other."""

import io
import json
from pathlib import Path

import pytest
from sqlalchemy import Engine

from knowledge.ingest import Report, ingest
from knowledge.models import Article, ArticleRecord
from knowledge.store.check import problems
from knowledge.store.database import open_engine
from knowledge.store.reading import article_ids, counts, last_sequence
from tests.auxil.records import LineBuilder, Said, Stated, blank_store


@pytest.fixture
def engine(tmp_path: Path):
    engine = open_engine(blank_store(tmp_path / "test.db"), create=False)
    yield engine
    engine.dispose()


class Loads:
    """Makes a builder, and counts how often it was asked to."""

    def __init__(self, builder=None) -> None:
        self.times = 0
        self.builder = builder or LineBuilder(
            people=["Ana Reyes"], quotes=[Said("Ana Reyes", "is safe")], facts=[Stated("bridge", "is safe")]
        )

    def __call__(self):
        self.times += 1
        return self.builder


def run(engine: Engine, *sources: object, stdin: str = "", loads: Loads | None = None) -> list[Report]:
    return list(ingest(engine, [str(s) for s in sources], io.BytesIO(stdin.encode()), loads or Loads()))


def jsonl(*articles: dict[str, object]) -> str:
    return "\n".join(json.dumps(article) for article in articles)


A = {"id": "a", "text": "Ana Reyes said the bridge is safe.\nIt rained."}
B = {"id": "b", "text": "It snowed."}


def test_a_new_article_is_added_and_told_of_with_its_counts(engine):
    (report,) = run(engine, "-", stdin=jsonl(A))
    assert report == Report(article_id="a", status="added", sentences=2, quotes=1, facts=1, name="a")
    assert report.model_dump() == {
        "article_id": "a", "status": "added", "sentences": 2, "quotes": 1, "facts": 1, "error": None,
    }  # fmt: skip
    assert counts(engine)["sentences"] == 2


def test_the_same_again_is_unchanged_and_no_model_is_loaded(engine):
    run(engine, "-", stdin=jsonl(A, B))
    loads = Loads()
    assert [r.status for r in run(engine, "-", stdin=jsonl(A, B), loads=loads)] == ["unchanged", "unchanged"]
    assert loads.times == 0
    assert last_sequence(engine) == 2


def test_a_changed_article_is_updated(engine):
    run(engine, "-", stdin=jsonl(A))
    (report,) = run(engine, "-", stdin=jsonl({**A, "text": "It rained."}))
    assert (report.status, report.sentences, report.quotes) == ("updated", 1, 0)


def test_the_model_is_loaded_once(engine):
    loads = Loads()
    run(engine, "-", stdin=jsonl(A, B), loads=loads)
    assert loads.times == 1


def test_each_article_is_stored_when_it_is_told_of(engine):
    reports = ingest(engine, ["-"], io.BytesIO(jsonl(A, B).encode()), Loads())
    assert next(reports).article_id == "a"
    assert article_ids(engine) == ["a"]
    reports.close()


def test_two_articles_of_one_id_in_one_run_are_a_mistake(engine):
    other = {**A, "text": "Another text."}
    first, second, same, last = run(engine, "-", stdin=jsonl(A, other, A, B))
    assert (first.status, same.status, last.status) == ("added", "unchanged", "added")
    assert second.status == "rejected"
    assert second.error == "a: another article of this run has this id; give each its own"
    assert counts(engine)["sentences"] == 2 + 1


def test_two_files_of_one_name_in_two_folders_given_are_a_mistake(engine, tmp_path):
    for folder in ("x", "y"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "story.txt").write_text(f"It rained in {folder}.")
    first, second = run(engine, tmp_path / "x", tmp_path / "y")
    assert (first.status, second.status) == ("added", "rejected")


def test_one_file_given_twice_is_taken_once(engine, tmp_path):
    (tmp_path / "story.txt").write_text("It rained.")
    assert [r.status for r in run(engine, tmp_path / "story.txt", tmp_path)] == ["added", "unchanged"]


def test_an_article_without_a_sentence_is_rejected_and_the_next_goes_in(engine):
    class Nothing:
        def __call__(self, article: Article) -> ArticleRecord:
            return ArticleRecord(article=article, sentences=())

    bad, good = run(engine, "-", stdin=jsonl(A, B), loads=Loads(Nothing())), run(engine, "-", stdin=jsonl(B))
    assert [r.status for r in bad] == ["rejected", "rejected"]
    assert bad[0].error == "a: holds no sentence; nothing could be cited from it"
    assert good[0].status == "added"
    assert article_ids(engine) == ["b"]


def spoil(folder: Path) -> None:
    (folder / "empty.txt").write_bytes(b"")
    (folder / "binary.txt").write_bytes(b"\x89PNG\0\0")
    (folder / "latin.txt").write_bytes("Málaga".encode("latin-1"))
    with (folder / "huge.txt").open("wb") as file:
        file.truncate(50_000_000)
    with (folder / "line.jsonl").open("wb") as file:
        file.truncate(50_000_000)
    (folder / "deep.jsonl").write_bytes(b"[" * 100_000)
    (folder / "notext.jsonl").write_text('{"id": "x"}')
    (folder / "nojson.jsonl").write_text("nonsense")
    (folder / "half.jsonl").write_text('{"id": "x", "text": "words", "publisher": "\\ud800"}')
    (folder / "loop.txt").symlink_to(folder / "loop.txt")


def test_bad_inputs_are_one_clear_line_each_and_leave_the_store_as_it_was(engine, tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "a.txt").write_text("It rained.")
    run(engine, folder)
    before = counts(engine)
    spoil(folder)
    reports = run(engine, folder, tmp_path / "gone.txt", "https://x.example/a")
    rejected = [r for r in reports if r.status == "rejected"]
    assert len(rejected) == 12
    assert [r.status for r in reports if r not in rejected] == ["unchanged"]
    for report in rejected:
        assert report.article_id == ""
        assert report.error is not None
        assert report.error.startswith(f"{report.name}: ")
        assert "\n" not in report.error
    assert counts(engine) == before
    assert list(problems(engine)) == []


def test_between_the_bad_the_good_go_in(engine, tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    spoil(folder)
    for name in ("a", "f", "m", "z"):
        (folder / f"{name}.txt").write_text(f"It rained in {name}.")
    assert [r.article_id for r in run(engine, folder) if r.status == "added"] == ["a", "f", "m", "z"]
    assert list(problems(engine)) == []
