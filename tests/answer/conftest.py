"""The newsroom's library, made once; nothing in these tests writes to it."""

from collections.abc import Iterator

import pytest

from knowledge.answer.names import Namer
from knowledge.answer.question import QuestionReader
from knowledge.answer.spelling import Speller
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


@pytest.fixture
def empty(tmp_path) -> Iterator[Library]:
    with Library.open(blank_store(tmp_path / "empty.db")) as library:
        yield library
