"""The newsroom's library, made once; nothing in these tests writes to it."""

from collections.abc import Callable, Iterator
from functools import partial

import pytest

from knowledge.answer.names import Namer
from knowledge.answer.question import Question, QuestionReader
from knowledge.answer.retrieve import Retriever
from knowledge.answer.scope import Scope
from knowledge.answer.spelling import Speller
from knowledge.index.fields import SentencePayload
from knowledge.library import Library
from tests.answer.newsroom import ALL
from tests.auxil.records import blank_store, put


@pytest.fixture(scope="session")
def newsroom(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    path = tmp_path_factory.mktemp("newsroom") / "news.db"
    with Library.open(blank_store(path)) as library:
        put(library, *ALL)
        yield library


@pytest.fixture(scope="session")
def speller(newsroom: Library) -> Speller:
    return Speller(newsroom.index)


@pytest.fixture(scope="session")
def namer(newsroom: Library, speller: Speller) -> Namer:
    return Namer(newsroom.index, speller)


@pytest.fixture(scope="session")
def reader(speller: Speller, namer: Namer) -> QuestionReader:
    return QuestionReader(speller, namer)


@pytest.fixture(scope="session")
def scope(newsroom: Library) -> Callable[..., Scope]:
    """All articles, ``scope()``, or one of them, ``scope("bridge")``."""
    return partial(Scope, newsroom.index)


@pytest.fixture(scope="session")
def read(reader: QuestionReader, scope: Callable[..., Scope]) -> Callable[..., Question]:
    """Understand a question that is asked of all articles or of one: ``read(text)``, ``read(text, "bridge")``."""
    return lambda text, article=None: reader.read(text, scope(article))


@pytest.fixture(scope="session")
def retriever(newsroom: Library) -> Retriever:
    return Retriever(newsroom.index)


@pytest.fixture(scope="session")
def sentence(retriever: Retriever) -> Callable[[str, int], SentencePayload]:
    """A sentence of the newsroom by its place: ``sentence("bridge", 1)``."""
    return lambda article, number: retriever.in_article(article, 20)[number - 1]


@pytest.fixture
def empty(tmp_path) -> Iterator[Library]:
    with Library.open(blank_store(tmp_path / "empty.db")) as library:
        yield library
