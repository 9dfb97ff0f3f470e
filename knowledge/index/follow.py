"""Keeping the index up with the store: it applies the store's changes in their order, whole batches at a time."""

from collections.abc import Callable, Iterable

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
    word_documents,
)
from knowledge.index.fields import VERSION, EntityPayload, MetaPayload
from knowledge.index.search import SearchIndex
from knowledge.store import reading

__all__ = ["follow", "rebuild"]

_BATCH = 500
_LATEST = 20
Progress = Callable[[str], None]


def follow(index: SearchIndex, engine: Engine, *, patience: float = 10.0) -> bool:
    """Bring the index up to the store's newest change; whether it got there.

    It does not when another process is writing the index for longer than ``patience`` seconds: that process brings
    it there. An index of another store, or ahead of this one, is built anew.
    """
    index.reload()
    last = reading.last_sequence(engine)
    store = reading.identity(engine)
    if _reached(index, store) == last:
        return True
    writer = index.writer(patience=patience)
    index.reload()  # the process that held the writer may have done the work
    reached = _reached(index, store)
    if writer is None:
        return reached == last
    if reached is None or reached > last:
        writer.delete_all_documents()
        reached = 0
    batch = _Batch(index, writer, fresh=reached == 0)
    while changes := reading.changes_after(engine, reached, _BATCH):
        batch.apply(engine, dict.fromkeys(change.article for change in changes))
        reached = changes[-1].sequence
        batch.commit(_meta(engine, store, reached))
    if not last:
        batch.commit(_meta(engine, store, 0))
    writer.wait_merging_threads()
    index.reload()
    return True


def rebuild(index: SearchIndex, engine: Engine, progress: Progress = lambda _: None, *, patience: float = 60.0) -> int:
    """Build the whole index anew from the store, in one commit; returns the number of articles.

    Readers keep the old one until the new one is whole. Raises SearchIndexError when another process is writing it for
    longer than ``patience`` seconds.
    """
    writer = index.writer(patience=patience)
    if writer is None:
        raise SearchIndexError(f"{index.folder}: another process is writing the index; try again when it is done")
    last = reading.last_sequence(engine)
    writer.delete_all_documents()
    batch = _Batch(index, writer, fresh=True)
    count = 0
    for identifier in reversed(reading.article_ids(engine)):
        batch.apply(engine, [identifier])
        progress(identifier)
        count += 1
    batch.commit(_meta(engine, reading.identity(engine), last))
    writer.wait_merging_threads()
    index.reload()
    return count


def _reached(index: SearchIndex, store: str) -> int | None:
    meta = index.meta()
    return meta["sequence"] if meta is not None and meta["store"] == store else None


def _meta(engine: Engine, store: str, sequence: int) -> MetaPayload:
    latest = reading.article_ids(engine, limit=_LATEST)
    return {"store": store, "sequence": sequence, "version": VERSION, "latest": latest}


class _Batch:
    """Articles on their way into the index; remembers what it added, which no search sees before the commit."""

    def __init__(self, index: SearchIndex, writer: tantivy.IndexWriter, *, fresh: bool) -> None:
        self._index = index
        self._writer = writer
        self._fresh = fresh
        self._words: set[str] = set()
        self._entities: dict[str, EntityPayload | None] = {}

    def apply(self, engine: Engine, articles: Iterable[str]) -> None:
        for identifier in articles:
            named: set[str] = set()
            if not self._fresh:
                named = {key for sentence in self._index.of_article(identifier) for key in sentence["who"]}
                self._writer.delete_documents_by_term("article", identifier)
                self._writer.delete_documents_by_term("key", f"a{identifier}")
            stored = reading.article(engine, identifier)
            self._forget(engine, named - set(stored.keys if stored else ()))
            if stored is None:
                continue  # withdrawn: its sentences are gone, its words do no harm
            self._writer.add_document(article_document(stored))
            for document in sentence_documents(stored):
                self._writer.add_document(document)
            for entity in entities(stored):
                self._add_entity(entity)
            new = {
                w for w in vocabulary(stored) if w not in self._words and (self._fresh or not self._index.has_word(w))
            }
            self._words |= new
            for document in word_documents(sorted(new)):
                self._writer.add_document(document)

    def _forget(self, engine: Engine, keys: Iterable[str]) -> None:
        """Tell of those whom an article names no longer only what the other articles tell."""
        for key in sorted(keys):
            self._writer.delete_documents_by_term("key", f"e{key}")
            self._entities[key] = None
            for stored in reading.articles_naming(engine, key, _LATEST):
                for entity in entities(stored):
                    if entity["key"] == key:
                        self._add_entity(entity)

    def _add_entity(self, entity: EntityPayload) -> None:
        key = entity["key"]
        held = self._entities.get(key)
        if key not in self._entities and not self._fresh:
            held = self._index.entity(key)
        together = merged(held, entity)
        if together != held:
            # A delete reaches only documents added before it, so the newest addition is the one that stays.
            self._writer.delete_documents_by_term("key", f"e{key}")
            self._writer.add_document(entity_document(together))
        self._entities[key] = together

    def commit(self, meta: MetaPayload) -> None:
        self._writer.delete_documents_by_term("key", "m")
        self._writer.add_document(keyed("m", meta))
        self._writer.commit()
        self._index.reload()
        self._fresh = False
        self._words.clear()
        self._entities.clear()
