"""Ingesting is killed fifty times at random moments: nothing is ever half there, and running it again finishes."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from knowledge.library import Library
from knowledge.store.check import problems
from knowledge.store.database import open_engine
from knowledge.store.reading import article, article_ids, counts

ROOT = Path(__file__).parents[1]
KILLS = 50
KILLS_WITH_POOL = 4
ARTICLES = 40
CHILD = [sys.executable, "-m", "tests.auxil.ingest_child"]


def write(folder: Path, edition: int) -> None:
    """Give every article a new text, so that there is always work to be killed in."""
    for number in range(ARTICLES):
        text = (
            f"Ana Reyes opened bridge{number} in edition{edition}.\n\nReyes said the bridge is safe.\n\n"
            f"Ben Osei built it for {number + 3} million."
        )
        (folder / f"a{number:02}.txt").write_text(f"The Post\n\nBridge {number}, edition {edition}\n\n{text}")


class Children:
    """Starts ingesting processes one at a time."""

    def __init__(self, folder: Path, database: Path) -> None:
        self._parent = subprocess.Popen(
            [*CHILD, str(folder), str(database), "--each-line"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            bufsize=1,
            cwd=ROOT,
        )

    def start(self) -> int:
        assert self._parent.stdin is not None
        self._parent.stdin.write("go\n")
        return self._read()

    def exit_code(self) -> int:
        assert self._parent.stdin is not None
        self._parent.stdin.write("wait\n")
        return self._read()

    def _read(self) -> int:
        assert self._parent.stdout is not None
        return int(self._parent.stdout.readline())

    def close(self) -> None:
        self._parent.communicate(timeout=30)
        assert self._parent.returncode == 0


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "in"
    folder.mkdir()
    return folder


@pytest.fixture
def children(folder: Path, tmp_path: Path) -> Iterator[Children]:
    children = Children(folder, tmp_path / "kill.db")
    yield children
    children.close()


def test_killed_fifty_times_nothing_is_half_there_and_running_again_finishes(folder, children, tmp_path):
    database = tmp_path / "kill.db"
    chance = random.Random(1967)
    killed = 0
    while killed < KILLS:
        write(folder, killed)
        child = children.start()
        time.sleep(chance.uniform(0, 0.2))
        os.kill(child, signal.SIGKILL)
        code = children.exit_code()
        assert code in (0, -signal.SIGKILL), "it was killed or had just finished, and never failed"
        killed += 1
        if database.exists() and database.stat().st_size:
            engine = open_engine(f"sqlite:///{database}", create=True)
            assert list(problems(engine)) == []
            engine.dispose()

    write(folder, KILLS)
    done = subprocess.run([*CHILD, str(folder), str(database)], capture_output=True, text=True, cwd=ROOT, check=True)
    assert int(done.stdout) == ARTICLES
    with Library.open(f"sqlite:///{database}") as library:
        assert sorted(article_ids(library.engine)) == [f"a{number:02}" for number in range(ARTICLES)]
        assert list(problems(library.engine)) == []
        assert counts(library.engine) == {
            "articles": ARTICLES, "sentences": 3 * ARTICLES, "people": 2 * ARTICLES, "quotes": ARTICLES, "facts": 0,
        }  # fmt: skip
        index = library.index
        assert index.count(index.term("kind", "a")) == ARTICLES
        assert index.count(index.term("kind", "s")) == 3 * ARTICLES
        assert index.count(index.term("kind", "e")) == 2
        assert len(library.answerer.answer("what did Reyes say").citations) == 10
        for number in range(ARTICLES):
            answer = library.answerer.answer(f"who opened bridge{number}")
            assert answer.answered
            assert answer.citations[0].text == f"Ana Reyes opened bridge{number} in edition{KILLS}."


def test_killed_while_processes_build_what_was_told_of_is_stored_and_none_stays_behind(folder, tmp_path):
    database = tmp_path / "kill.db"
    chance = random.Random(1971)
    command = [*CHILD, str(folder), str(database), "--pool"]
    for edition in range(KILLS_WITH_POOL):
        write(folder, edition)
        child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT)
        assert child.stdout is not None
        told = [child.stdout.readline().split() for _ in range(chance.randint(1, ARTICLES - 10))]
        child.kill()
        # The processes that build hold the same pipes: this waits for the last of them.
        _, errors = child.communicate(timeout=60)
        assert (child.returncode, errors) == (-signal.SIGKILL, "")
        assert [name for name, _ in told] == [f"a{number:02}" for number in range(len(told))], "in order"
        engine = open_engine(f"sqlite:///{database}", create=False)
        assert list(problems(engine)) == []
        for name, _ in told:
            stored = article(engine, name)
            assert stored is not None
            assert f"in edition{edition}." in stored.article.text
        engine.dispose()

    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=True)
    assert [line.split()[0] for line in done.stdout.splitlines()[:-1]] == [f"a{n:02}" for n in range(ARTICLES)]
    with Library.open(f"sqlite:///{database}") as library:
        assert counts(library.engine)["articles"] == ARTICLES
        assert list(problems(library.engine)) == []
        assert library.index.count(library.index.term("kind", "a")) == ARTICLES
