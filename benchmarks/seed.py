"""The seed article as a knowledge base in a temporary folder, for measurements that need no evaluation data."""

import contextlib
import io
import tempfile
from collections.abc import Iterator
from pathlib import Path

from knowledge.build import build_record, load_model
from knowledge.library import Library
from knowledge.models import Article
from knowledge.sources import read_sources
from knowledge.store.writing import save

SEEDS = Path(__file__).parent.parent / "seeds"
QUESTIONS = (
    "what did Wang Yi say", "wat did wang ye say about the security council?", "who did Putin call", "who is Ushakov",
    "what did Lavrov say", "who said the midle east conflict is old of character", "who won the world cup",
    "when did israel take over the west bank", "what has russia warned about", "where will putin meet xi jinping",
)  # fmt: skip


def articles() -> list[Article]:
    return [read for read in read_sources([str(SEEDS)], io.BytesIO()) if isinstance(read, Article)]


@contextlib.contextmanager
def library() -> Iterator[tuple[str, Library]]:
    """The database's address and the opened library."""
    with tempfile.TemporaryDirectory() as folder:
        database = f"sqlite:///{folder}/seed.db"
        with Library.open(database, create=True) as opened:
            nlp = load_model()
            for article in articles():
                save(opened.engine, build_record(article, nlp))
            opened.follow(patience=10)
            yield database, opened
