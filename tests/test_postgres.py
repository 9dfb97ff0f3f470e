"""The command line on a database of a PostgreSQL server: the commands do what they do on a file."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from knowledge.library import Library
from tests.auxil.postgres import Postgres

ROOT = Path(__file__).parent.parent
SEED_ID = "new-telegraph-putin-middle-east"
QUESTION = "What did Wang Yi say?"


@pytest.fixture
def database(postgres: Postgres) -> Iterator[str]:
    """A database that holds nothing, its driver not named."""
    with postgres.empty() as url:
        yield url.replace("postgresql+psycopg", "postgresql")


@pytest.fixture
def onrecord(tmp_path: Path):
    """Run the command line in an empty folder, without the machine's settings."""

    def run(*arguments: str, text: str = "", **settings: str) -> subprocess.CompletedProcess[str]:
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("ONRECORD_", "TELEGRAM_"))}
        warnings = "error"
        ours = {"PYTHONPATH": str(ROOT), "PYTHONWARNINGS": warnings, "XDG_CACHE_HOME": str(tmp_path / "cache")}
        return subprocess.run(
            [sys.executable, "-m", "bot", *arguments],
            cwd=tmp_path,
            env=kept | ours | settings,
            input=text,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    return run


def test_every_command_works_as_on_a_file(onrecord, database, seed_library: Library, tmp_path: Path):
    def done(*arguments: str, **others: str) -> str:
        ran = onrecord(*arguments, ONRECORD_DATABASE=database, **others)
        assert (ran.returncode, ran.stderr) == (0, ""), arguments
        return ran.stdout

    assert done("ingest", str(ROOT / "seeds")).startswith("Articles: 1 added; ")
    assert done("ingest", str(ROOT / "seeds")) == "Articles: 1 unchanged.\n"
    file = seed_library.engine.url.render_as_string()
    for command in (["ask", QUESTION, "--json"], ["export", "articles"], ["export", "quotes"], ["check"]):
        assert done(*command) == onrecord(*command, "--database", file).stdout, command
    assert "Wang Yi" in done("chat", text="/people\n")
    index = list((tmp_path / "cache" / "onrecord").iterdir())
    assert len(index) == 1
    assert done("reindex") == "Indexed 1 article.\n"
    answer = json.loads(done("ask", QUESTION, "--json"))
    assert answer["citations"][0]["article_id"] == SEED_ID
    assert list((tmp_path / "cache" / "onrecord").iterdir()) == index
    assert not list(tmp_path.glob("*.db")), "no file of SQLite"


def test_a_database_without_a_store_is_refused_in_a_line(onrecord, database):
    secret = database.replace("postgres@", "postgres:correct-horse@")
    for arguments in (["ask", "who"], ["check"], ["export", "quotes"], ["reindex"]):
        ran = onrecord(*arguments, "--database", secret)
        assert ran.returncode == 1, arguments
        assert ran.stderr.count("\n") == 1
        assert "empty; `onrecord ingest SOURCE` fills it" in ran.stderr
        assert "correct-horse" not in ran.stderr


def test_a_server_that_does_not_answer_is_told_in_a_line(onrecord):
    ran = onrecord("ask", "who", "--database", "postgresql://reader:correct-horse@127.0.0.1:1/news")
    assert ran.returncode == 1
    assert ran.stderr.count("\n") == 1
    assert ran.stderr.startswith("onrecord: ONRECORD_DATABASE: ")
    assert "correct-horse" not in ran.stderr
