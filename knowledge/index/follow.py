"""Keeping the index up with the store: it applies the store's changes in their order, whole batches at a time."""

import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

import tantivy
from sqlalchemy import Engine

from knowledge.errors import SearchIndexError
from knowledge.index.documents import (
    article_document,
    entities,
    entity_document,
    keyed,
    merged,
    sentence_documents,
    vocabulary,
    written_sentences,
)
from knowledge.index.fields import VERSION, EntityPayload, MetaPayload
from knowledge.index.search import SearchIndex, let_go
from knowledge.store import reading
from knowledge.text import one_line

__all__ = ["follow", "rebuild"]

_BATCH = 500
_LATEST = 20
_TOLD = 200  # characters of what tantivy says
Progress = Callable[[str], None]


def follow(index: SearchIndex, engine: Engine, *, patience: float = 10.0) -> bool:
    """Bring the index up to the store's newest change; whether it got there.

    It does not when another process is writing the index for longer than ``patience`` seconds: that process brings
    it there. An index of another store, or ahead of this one, is built anew. Raises SearchIndexError when it cannot
    be written, as on a full disk; readers keep what it held.
    """
    index.reload()
    last = reading.last_sequence(engine)
    store = reading.identity(engine)
    if _reached(index, store) == last:
        return True
    writer = index.writer(patience=patience)
    if writer is None:
        index.reload()
        return _reached(index, store) == last
    with _written(index, writer):
        index.reload()  # the process that held the writer before may have done the work
        reached = _reached(index, store)
        if reached is None or reached > last:
            writer.delete_all_documents()
            reached = 0
        batch = _Batch(index, writer, fresh=reached == 0)
        while changes := reading.changes_after(engine, reached, _BATCH):
            batch.apply(engine, dict.fromkeys(change.article for change in changes))
            reached = changes[-1].sequence
            batch.commit(engine, store, reached)
        if not last:
            batch.commit(engine, store, 0)
    index.reload()
    return True


def rebuild(index: SearchIndex, engine: Engine, progress: Progress = lambda _: None, *, patience: float = 60.0) -> int:
    """Build the whole index anew from the store, in one commit; returns the number of articles.

    Readers keep the old one until the new one is whole. Raises SearchIndexError when another process is writing it for
    longer than ``patience`` seconds, or it cannot be written.
    """
    writer = index.writer(patience=patience)
    if writer is None:
        raise SearchIndexError(f"{index.folder}: another process is writing the index; try again when it is done")
    count = 0
    with _written(index, writer):
        last = reading.last_sequence(engine)
        writer.delete_all_documents()
        batch = _Batch(index, writer, fresh=True)
        for some in reading.batched(reversed(reading.article_ids(engine)), reading.TOGETHER):
            batch.apply(engine, some)
            for identifier in some:
                progress(identifier)
            count += len(some)
        batch.commit(engine, reading.identity(engine), last)
    index.reload()
    return count


@contextmanager
def _written(index: SearchIndex, writer: tantivy.IndexWriter) -> Iterator[None]:
    """Use the writer and let it go, also after an error.

    Raises SearchIndexError for what tantivy tells as a ValueError, and SQLite.
    """
    try:
        yield
        writer.wait_merging_threads()
    except BaseException as error:
        let_go(writer)
        if not isinstance(error, ValueError | sqlite3.Error):
            raise
        reason = one_line(str(error), _TOLD)
        raise SearchIndexError(
            f"{index.folder}: the index cannot be written; is there room on its disk? Make some: "
            f"it then follows the database by itself ({reason})"
        ) from error


def _reached(index: SearchIndex, store: str) -> int | None:
    meta = index.meta()
    return meta["sequence"] if meta is not None and meta["store"] == store else None


class _Batch:
    """Articles on their way into the index; words and entities, told of by several of them, go in at the commit."""

    def __init__(self, index: SearchIndex, writer: tantivy.IndexWriter, *, fresh: bool) -> None:
        self._index = index
        self._writer = writer
        self._fresh = fresh
        self._words: set[str] = set()
        self._entities: dict[str, EntityPayload | None] = {}

    def apply(self, engine: Engine, articles: Iterable[str]) -> None:
        for some in reading.batched(articles, reading.TOGETHER):
            found = reading.articles_of(engine, some)
            for identifier in some:
                self._apply(engine, identifier, found.get(identifier))

    def _apply(self, engine: Engine, identifier: str, stored: reading.StoredArticle | None) -> None:
        named: set[str] = set()
        if not self._fresh:
            named = {key for sentence in self._index.of_article(identifier) for key in sentence["who"]}
            self._writer.delete_documents_by_term("article", identifier)
            self._writer.delete_documents_by_term("key", f"a{identifier}")
        self._forget(engine, named - set(stored.keys if stored else ()))
        if stored is None:
            return  # withdrawn: its sentences are gone, its words do no harm
        self._writer.add_document(article_document(stored))
        written = written_sentences(stored)
        for document in sentence_documents(stored, written):
            self._writer.add_document(document)
        here = list(entities(stored))
        for entity in here:
            self._add_entity(entity)
        self._words |= vocabulary(stored, written, here)

    def _forget(self, engine: Engine, keys: Iterable[str]) -> None:
        """Tell of those whom an article names no longer only what the other articles tell."""
        for key in sorted(keys):
            self._entities[key] = None
            for stored in reading.articles_naming(engine, key, _LATEST):
                for entity in entities(stored):
                    if entity["key"] == key:
                        self._add_entity(entity)

    def _add_entity(self, entity: EntityPayload) -> None:
        key = entity["key"]
        if key not in self._entities:
            held = None if self._fresh else self._index.entity(key)
            together = merged(held, entity)
            if together == held:
                return  # nothing new of them
        else:
            together = merged(self._entities[key], entity)
        self._entities[key] = together

    def commit(self, engine: Engine, store: str, reached: int) -> None:
        # The words first: those of articles that are not in yet do no harm, and words that are missing would.
        count = self._index.lexicon.add(self._words, anew=self._fresh)
        latest = reading.article_ids(engine, limit=_LATEST)
        meta: MetaPayload = {
            "store": store,
            "sequence": reached,
            "version": VERSION,
            "words": count,
            "latest": latest,
        }
        for key, entity in self._entities.items():
            if not self._fresh:
                self._writer.delete_documents_by_term("key", f"e{key}")
            if entity is not None:
                self._writer.add_document(entity_document(entity))
        self._writer.delete_documents_by_term("key", "m")
        self._writer.add_document(keyed("m", meta))
        self._writer.commit()
        self._index.reload()
        self._fresh = False
        self._words.clear()
        self._entities.clear()
