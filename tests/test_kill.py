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
from knowledge.store.reading import article_ids, counts

ROOT = Path(__file__).parents[1]
KILLS = 50
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
