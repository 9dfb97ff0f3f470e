"""What many tests share: the seed article's knowledge base, built once, and small ones built from given texts."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from knowledge.build import build_record, load_model
from knowledge.library import Library
from knowledge.models import Article
from knowledge.sources import read_sources
from knowledge.store.writing import save
from tests.auxil.postgres import Postgres, running

SEEDS = Path(__file__).parent.parent / "seeds"


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A PostgreSQL server; its ``blank()`` and ``empty()`` are databases for one test."""
    with running() as server:
        yield server


@pytest.fixture(scope="session")
def nlp():
    return load_model()


@pytest.fixture(scope="session")
def seed_article() -> Article:
    import io

    (article,) = read_sources([str(SEEDS)], io.BytesIO())
    assert isinstance(article, Article)
    return article


@pytest.fixture(scope="session")
def seed_library(nlp, seed_article: Article, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    folder = tmp_path_factory.mktemp("seed")
    with Library.open(f"sqlite:///{folder}/seed.db", create=True) as library:
        save(library.engine, build_record(seed_article, nlp))
        library.follow(patience=10)
        yield library


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    """An empty knowledge base in files of its own."""
    with Library.open(f"sqlite:///{tmp_path}/test.db", create=True) as library:
        yield library


@pytest.fixture
def take(library: Library, nlp):
    """Put a text into ``library`` as an article; call it with an id, a text and the other fields."""

    def put(identifier: str, text: str, **fields: str) -> None:
        save(library.engine, build_record(Article(id=identifier, text=text, **fields), nlp))
        library.follow(patience=10)

    return put
