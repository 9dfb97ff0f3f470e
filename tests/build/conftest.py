from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from knowledge.build import build_record, load_model
from knowledge.models import Article, ArticleRecord

if TYPE_CHECKING:
    from spacy.language import Language


@pytest.fixture(scope="session")
def nlp() -> "Language":
    return load_model()


@pytest.fixture(scope="session")
def record(nlp: "Language") -> Callable[[str], ArticleRecord]:
    """Build the record of a text; texts are kept, since rows of several tests share them."""
    kept: dict[str, ArticleRecord] = {}

    def build(text: str) -> ArticleRecord:
        if text not in kept:
            kept[text] = build_record(Article(id="a", text=text), nlp)
        return kept[text]

    return build
