"""An empty knowledge base, whose database is a copy of an empty one."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from knowledge.library import Library
from tests.auxil.records import blank_store


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library.open(blank_store(tmp_path / "news.db")) as library:
        yield library
