"""Taking articles in: read, skip what is held already, build, store; one article at a time, whole or not at all."""

from collections.abc import Callable, Iterable, Iterator
from typing import BinaryIO, Literal, Protocol

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Engine

from knowledge.errors import InputError
from knowledge.models import Article, ArticleRecord
from knowledge.sources import read_sources
from knowledge.store.writing import digest, is_current, save

__all__ = ["Builder", "Report", "ingest"]


class Report(BaseModel):
    """What became of one input; ``name`` says which, ``article_id`` is empty when it could not even be read."""

    model_config = ConfigDict(frozen=True)

    article_id: str
    status: Literal["added", "updated", "unchanged", "rejected"]
    sentences: int = 0
    quotes: int = 0
    facts: int = 0
    error: str | None = None
    name: str = Field(default="", exclude=True)


class Builder(Protocol):
    """What makes records of articles; ``knowledge.build.build_record`` with its model."""

    def __call__(self, article: Article) -> ArticleRecord:
        """The record of one article."""
        ...


def ingest(engine: Engine, sources: Iterable[str], stdin: BinaryIO, builder: Callable[[], Builder]) -> Iterator[Report]:
    """Ingest every article of the sources, yielding a report as each is done.

    ``builder`` is called once, when there is an article to build: loading its model takes a second. Two articles of
    one run with one id and different texts are a mistake: the second is rejected.
    """
    build: Builder | None = None
    seen: dict[str, str] = {}
    for read in read_sources(sources, stdin):
        if isinstance(read, InputError):
            yield Report(article_id="", status="rejected", error=str(read), name=read.name)
            continue
        fingerprint = digest(read)
        again = read.id in seen
        if seen.setdefault(read.id, fingerprint) != fingerprint:
            error = InputError(read.id, "another article of this run has this id; give each its own")
            yield Report(article_id=read.id, status="rejected", error=str(error), name=read.id)
        elif again or is_current(engine, read):
            yield Report(article_id=read.id, status="unchanged", name=read.id)
        else:
            build = build or builder()
            yield _taken(engine, read, build)


def _taken(engine: Engine, article: Article, build: Builder) -> Report:
    record = build(article)
    if not record.sentences:
        error = InputError(article.id, "holds no sentence; nothing could be cited from it")
        return Report(article_id=article.id, status="rejected", error=str(error), name=article.id)
    status = save(engine, record)
    return Report(
        article_id=article.id,
        status=status,
        sentences=len(record.sentences),
        quotes=len(record.quotes),
        facts=len(record.facts),
        name=article.id,
    )
