"""A store of its own for each test, on each kind of database, and one sound article to put into it.

A test of SQLite's own ways is marked ``sqlite_only``.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest
from sqlalchemy import Engine

from knowledge.models import ArticleRecord
from knowledge.store.database import open_engine
from tests.auxil.postgres import Postgres
from tests.auxil.records import Said, Stated, blank_store, lines, person

Database = Literal["sqlite", "postgresql"]


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> Database:
    """The kind of database that ``new_url``, ``url`` and ``engine`` are of."""
    return request.param


@pytest.fixture
def new_url(database: Database, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a database that holds nothing yet: no file, or no table."""
    if database == "sqlite":
        yield f"sqlite:///{tmp_path}/new.db"
    else:
        server: Postgres = request.getfixturevalue("postgres")
        with server.empty() as address:
            yield address


@pytest.fixture
def url(database: Database, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of an empty store."""
    if database == "sqlite":
        yield blank_store(tmp_path / "store.db")
    else:
        server: Postgres = request.getfixturevalue("postgres")
        with server.blank() as address:
            yield address


@pytest.fixture
def engine(url: str) -> Iterator[Engine]:
    engine = open_engine(url, create=False)
    yield engine
    engine.dispose()


@pytest.fixture
def record() -> ArticleRecord:
    return lines(
        "bridge",
        "Ana Reyes, the mayor of Norland, opened a bridge on Monday.\n\n"
        "“It is safe,” she told Ben Osei.\nReyes paid 5 million.",
        title="A bridge opens",
        publisher="Norland Post",
        url="https://post.example/bridge",
        published="2024-05-06",
        people=[person("Ana Reyes", "mayor of Norland", "the mayor of Norland"), "Ben Osei"],
        quotes=[
            Said("Ana Reyes", "“It is safe,”", source="she", cue="told", type="direct", addressee="Ben Osei"),
            Said(None, ("opened a bridge", "on Monday"), via="Norland", confidence=0.5),
        ],
        facts=[
            Stated("Ana Reyes", "opened", "a bridge", time="on Monday", place="Norland"),
            Stated("Reyes", "paid", "5 million", number="5 million"),
        ],
        phrasings=["who opened a bridge", "", "what did Reyes pay"],
        labels=["PERSON GPE DATE", "PERSON", "PERSON CARDINAL"],
    )
