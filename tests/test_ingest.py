"""Taking articles in: each whole or not at all, the same again skipped, one bad input stopping no other."""

import io
import json
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from pathlib import Path

import pytest
from sqlalchemy import Engine

from knowledge.errors import InputError, SettingsError
from knowledge.ingest import Report, ingest, store_article
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


# -- reading ahead ---------------------------------------------------------------------------------------------------

SITE = "https://news.example/"


class Site:
    """An address with many articles; tells how many were read of it."""

    def __init__(self, number: int, error: Exception | None = None) -> None:
        self.number = number
        self.error = error
        self.read = 0

    def __call__(self, address: str) -> Iterator[Article | InputError]:
        assert address == SITE
        for self.read in range(1, self.number + 1):  # noqa: B020
            yield Article(id=f"{self.read}", text="It rained.")
        if self.error:
            raise self.error


def reports(engine: Engine, web, loads=None, **options) -> Iterator[Report]:
    return ingest(engine, [SITE], io.BytesIO(), loads or Loads(), web=web, **options)


def test_no_more_is_read_ahead_than_fits(engine):
    site = Site(200)
    found = reports(engine, site)
    for number in range(1, 4):
        assert next(found).article_id == str(number)
        assert site.read <= number + 40
    found.close()
    assert site.read < 50, "and nothing more when nobody wants it"


def test_what_a_source_has_said_is_stored_before_it_says_more(engine):
    stored = threading.Event()

    def slow(_: str) -> Iterator[Article | InputError]:
        yield Article(id="a", text="It rained.")
        assert stored.wait(60)
        yield Article(id="b", text="It snowed.")

    found = reports(engine, slow, pool=Reversed)
    assert next(found).article_id == "a"
    assert article_ids(engine) == ["a"]
    stored.set()
    assert [report.article_id for report in found] == ["b"]


def test_an_error_in_reading_is_raised_after_what_came_before_it(engine):
    found = reports(engine, Site(3, error=RuntimeError("broken")))
    assert [next(found).article_id for _ in range(3)] == ["1", "2", "3"]
    with pytest.raises(RuntimeError, match="broken"):
        next(found)


# -- building --------------------------------------------------------------------------------------------------------


class Reversed:
    """A pool that builds three at a time, the last first."""

    def __init__(self, build=None) -> None:
        self.build = build or LineBuilder()
        self.waiting: list[tuple[Article, Future[ArticleRecord]]] = []
        self.built: list[str] = []
        self.left_with: list[object] = []
        self.asked = threading.Event()

    def __enter__(self):
        return self

    def __exit__(self, kind, error, at) -> None:
        self.left_with.append(kind)

    def submit(self, article: Article) -> Future[ArticleRecord]:
        self.asked.set()
        self.waiting.append((article, Future()))
        future = self.waiting[-1][1]
        while len(self.waiting) == 3:
            for article, waiting in reversed(self.waiting):
                self.built.append(article.id)
                try:
                    waiting.set_result(self.build(article))
                except Exception as error:  # noqa: BLE001  (whoever asked is told)
                    waiting.set_exception(error)
            self.waiting.clear()
        return future


def test_a_pool_builds_in_its_own_order_and_articles_are_told_of_in_theirs(engine):
    pool, loads = Reversed(), Loads()
    found = list(reports(engine, Site(6), loads, pool=lambda: pool, few=1))
    assert [report.article_id for report in found] == ["1", "2", "3", "4", "5", "6"]
    assert pool.built == ["3", "2", "1", "6", "5", "4"]
    assert loads.times == 0
    assert pool.left_with == [None]
    assert list(problems(engine)) == []


def test_what_is_read_while_a_pool_builds_goes_to_it_at_once(engine):
    pool = Reversed()

    def slow(address: str) -> Iterator[Article | InputError]:
        first, *others = Site(3)(address)
        yield first
        assert pool.asked.wait(60)
        yield from others

    assert [report.status for report in reports(engine, slow, pool=lambda: pool, few=1)] == ["added"] * 3


def test_a_pool_is_told_when_nobody_wants_more(engine):
    pool = Reversed()
    found = reports(engine, Site(6), pool=lambda: pool, few=1)
    next(found)
    found.close()
    assert pool.left_with == [GeneratorExit]


@pytest.mark.parametrize(("number", "started"), [(7, 0), (13, 1)])
def test_a_pool_is_started_when_enough_wait(engine, number, started):
    """The first may be built here, if reading is slow; then all the others wait while it is."""
    pools: list[Reversed] = []
    all_read = threading.Event()

    def site(address: str) -> Iterator[Article | InputError]:
        yield from Site(number)(address)
        all_read.set()

    class Slow:
        def __call__(self, article: Article) -> ArticleRecord:
            assert all_read.wait(60)
            return LineBuilder()(article)

    def pool() -> Reversed:
        pools.append(Reversed())
        return pools[-1]

    found = reports(engine, site, Loads(Slow()), pool=pool)
    assert [next(found).status for _ in range(number - number % 3)] == ["added"] * (number - number % 3)
    assert len(pools) == started
    found.close()


class Failing:
    """Fails on one article."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    def __call__(self, article: Article) -> ArticleRecord:
        if article.id == "2":
            raise self.error
        return LineBuilder()(article)


@pytest.mark.parametrize("in_pool", [False, True])
@pytest.mark.parametrize(
    ("error", "line"),
    [
        (
            ValueError("two\nlines"),
            "2: cannot be built (ValueError: two lines); leave it out, and report it with its text",
        ),
        (MemoryError(), "2: cannot be built (MemoryError:); leave it out, and report it with its text"),
        (InputError("2", "too long"), "2: too long"),
    ],
)
def test_an_article_that_cannot_be_built_is_rejected_by_name_and_the_others_go_in(engine, error, line, in_pool):
    pool = (lambda: Reversed(Failing(error))) if in_pool else None
    found = list(reports(engine, Site(3), Loads(Failing(error)), pool=pool, few=1))
    assert [report.status for report in found] == ["added", "rejected", "added"]
    assert (found[1].error, found[1].article_id) == (line, "2")
    assert sorted(article_ids(engine)) == ["1", "3"]


@pytest.mark.parametrize("in_pool", [False, True])
def test_when_nothing_can_be_built_the_run_stops(engine, in_pool):
    failing = Failing(SettingsError("no model"))
    pool = (lambda: Reversed(failing)) if in_pool else None
    with pytest.raises(SettingsError, match="no model"):
        list(reports(engine, Site(3), Loads(failing), pool=pool, few=1))
    assert article_ids(engine) == ["1"]


def test_one_article_can_be_stored_by_itself(engine):
    build = Failing(ValueError("no"))
    first = Article(id="1", text="It rained.")
    texts = [first, first, Article(id="1", text="It snowed."), Article(id="2", text="It blew.")]
    statuses = [store_article(engine, article, build).status for article in texts]
    assert statuses == ["added", "unchanged", "updated", "rejected"]
