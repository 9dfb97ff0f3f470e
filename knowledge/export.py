"""Everything held, as lines of JSON for other programs."""

from collections.abc import Callable, Iterator
from typing import Any

from sqlalchemy import Engine

from knowledge.models import Span
from knowledge.store.reading import StoredArticle, articles_oldest_first

__all__ = ["KINDS", "export_records"]


def export_records(engine: Engine, kind: str) -> Iterator[dict[str, Any]]:
    """Every record of one of KINDS, articles in the order they were ingested. Raises KeyError for another kind."""
    make = KINDS[kind]
    for stored in articles_oldest_first(engine):
        yield from make(stored)


def _articles(stored: StoredArticle) -> Iterator[dict[str, Any]]:
    yield stored.article.model_dump(mode="json")


def _sentences(stored: StoredArticle) -> Iterator[dict[str, Any]]:
    for number, sentence in enumerate(stored.sentences, 1):
        yield {
            "article_id": stored.article.id,
            "sentence": number,
            "start": sentence.start,
            "end": sentence.end,
            "text": stored.article.text[sentence.start : sentence.end],
        }


def _quotes(stored: StoredArticle) -> Iterator[dict[str, Any]]:
    for quote in stored.quotes:
        yield {
            "article_id": stored.article.id,
            **quote.model_dump(mode="json"),
            "sentences": _touched(stored, quote.content),
        }


def _facts(stored: StoredArticle) -> Iterator[dict[str, Any]]:
    for fact in stored.facts:
        sentence = stored.sentences[fact.sentence]
        yield {
            "article_id": stored.article.id,
            **fact.model_dump(mode="json"),
            "sentence": [sentence.start, sentence.end],
        }


def _touched(stored: StoredArticle, spans: tuple[Span, ...]) -> list[list[int]]:
    return [[s.start, s.end] for s in stored.sentences if any(start < s.end and s.start < end for start, end in spans)]


KINDS: dict[str, Callable[[StoredArticle], Iterator[dict[str, Any]]]] = {
    "articles": _articles,
    "sentences": _sentences,
    "quotes": _quotes,
    "facts": _facts,
}
"""What can be exported."""
