"""A store in a file of its own, and one sound article to put into it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from knowledge.models import ArticleRecord
from knowledge.store.database import open_engine
from tests.auxil.records import Said, Stated, blank_store, lines, person


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/store.db"


@pytest.fixture
def engine(url: str, tmp_path: Path) -> Iterator[Engine]:
    blank_store(tmp_path / "store.db")
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
