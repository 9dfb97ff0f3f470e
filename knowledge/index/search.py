"""The index as a folder (or in memory): opening, following the store, looking things up."""

import hashlib
import json
import os
import shutil
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, cast

import tantivy

from knowledge.errors import SearchIndexError
from knowledge.index.fields import (
    VERSION,
    ArticlePayload,
    EntityPayload,
    MetaPayload,
    SentencePayload,
    make_schema,
    register,
)
from knowledge.store.peek import sqlite_path

__all__ = ["Hit", "SearchIndex", "index_folder"]


def index_folder(database: str, setting: str | None = None) -> Path:
    """Where the index of a database lives: the setting, else beside an SQLite file, else in the user's cache."""
    if setting:
        return Path(setting)
    path = sqlite_path(database)
    if path is not None:
        return path.with_name(f"{path.name}.index")
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return cache / "onrecord" / hashlib.sha256(database.encode()).hexdigest()[:16]


Hit = tuple[float, SentencePayload]
_WRITER_BYTES = 30_000_000


class SearchIndex:
    """A tantivy index with the fields of ``fields``; safe to share between threads for reading."""

    def __init__(self, folder: Path) -> None:
        """Open the index in ``folder``, made when it is missing or of another form.

        Raises SearchIndexError when the folder cannot be used.
        """
        self.folder = folder
        self.schema = make_schema()
        self._index = self._open()
        register(self._index)
        self._index.reload()
        self._searcher = self._index.searcher()

    def _open(self) -> tantivy.Index:
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            try:
                return tantivy.Index(self.schema, path=str(self.folder))
            except ValueError:
                # Of another form, or damaged. It is derived, so it is made anew and follows the store again.
                shutil.rmtree(self.folder)
                self.folder.mkdir(parents=True)
                return tantivy.Index(self.schema, path=str(self.folder))
        except (OSError, ValueError) as error:
            raise SearchIndexError(f"{self.folder}: the index cannot be opened ({error}); remove the folder") from error

    def writer(self, *, patience: float = 10.0) -> tantivy.IndexWriter | None:
        """The one writer there can be, or None when another process holds it for longer than ``patience`` seconds."""
        until = time.monotonic() + patience
        while True:
            try:
                return self._index.writer(_WRITER_BYTES, num_threads=1)
            except ValueError as error:
                if "lock" not in str(error).lower():
                    raise SearchIndexError(f"{self.folder}: the index cannot be written ({error})") from error
                if time.monotonic() >= until:
                    return None
                time.sleep(0.02)

    def reload(self) -> None:
        """See what was committed last, by whichever process."""
        self._index.reload()
        self._searcher = self._index.searcher()

    # -- looking up -------------------------------------------------------------------------------------------------

    @property
    def size(self) -> int:
        """How many documents of every kind it holds."""
        return int(self._searcher.num_docs)

    def meta(self) -> MetaPayload | None:
        """How far the index has followed which store; None when it is new or of another version."""
        meta = cast("MetaPayload | None", self._by_key("m"))
        return meta if meta is not None and meta["version"] == VERSION else None

    def article(self, identifier: str) -> ArticlePayload | None:
        """One article by its id."""
        return cast("ArticlePayload | None", self._by_key(f"a{identifier}"))

    def sentence(self, identifier: int) -> SentencePayload | None:
        """One sentence by its key in the store."""
        return cast("SentencePayload | None", self._by_key(f"s{identifier}"))

    def entity(self, key: str) -> EntityPayload | None:
        """Someone by their key."""
        return cast("EntityPayload | None", self._by_key(f"e{key}"))

    def has_word(self, word: str) -> bool:
        """Whether a folded word stands in the vocabulary."""
        return self.frequency("key", f"w{word}") > 0

    def terms(self, field: str, prefix: str, limit: int) -> list[str]:
        """Terms of a field that begin with ``prefix``."""
        return [term for term, _ in self._searcher.terms_with_prefix(field, prefix, limit=limit)]

    def frequency(self, field: str, term: str) -> int:
        """In how many documents the field holds the term."""
        return int(self._searcher.doc_freq(field, term))

    def words(self, keys: Iterable[str], limit: int) -> list[str]:
        """Vocabulary words that share spelling keys with a word, those that share the most first."""
        query = self.any_of(self.term("keys", key) for key in keys)
        return [payload["word"] for _, payload in self._payloads(query, limit)]

    def entities(self, field: str, terms: Sequence[str], limit: int) -> list[EntityPayload]:
        """Entities whose ``alias`` (squashed, whole) or ``part`` (one word of a name) is one of the terms."""
        query = self.any_of(self.term(field, term) for term in terms)
        return [cast("EntityPayload", payload) for _, payload in self._payloads(query, limit)]

    def sentences(self, query: tantivy.Query, limit: int) -> list[Hit]:
        """The best sentences for a query, best first, with their scores (BM25, higher is better)."""
        return [(score, cast("SentencePayload", payload)) for score, payload in self._payloads(query, limit)]

    # -- queries ----------------------------------------------------------------------------------------------------

    def term(self, field: str, term: str) -> tantivy.Query:
        """Documents whose field holds the term."""
        return tantivy.Query.term_query(self.schema, field, term)

    def any_of(self, queries: Iterable[tantivy.Query]) -> tantivy.Query:
        """Documents that match one of the queries or more; their scores add up."""
        return tantivy.Query.boolean_query([(tantivy.Occur.Should, query) for query in queries])

    def all_of(self, queries: Iterable[tantivy.Query]) -> tantivy.Query:
        """Documents that match every query."""
        return tantivy.Query.boolean_query([(tantivy.Occur.Must, query) for query in queries])

    def among(self, query: tantivy.Query, restriction: tantivy.Query) -> tantivy.Query:
        """Documents that match both, ranked by the query alone."""
        return self.all_of([query, tantivy.Query.const_score_query(restriction, 0.0)])

    def within(self, query: tantivy.Query, restriction: tantivy.Query) -> tantivy.Query:
        """Documents of the restriction, ranked by the query, which they need not match."""
        restriction = tantivy.Query.const_score_query(restriction, 0.0)
        return tantivy.Query.boolean_query([(tantivy.Occur.Must, restriction), (tantivy.Occur.Should, query)])

    def boosted(self, query: tantivy.Query, weight: float) -> tantivy.Query:
        """The query, its score times ``weight``."""
        return tantivy.Query.boost_query(query, weight)

    def best_of(self, queries: list[tantivy.Query]) -> tantivy.Query:
        """Documents that match one of the queries or more; the best score counts."""
        return queries[0] if len(queries) == 1 else tantivy.Query.disjunction_max_query(queries)

    def _by_key(self, key: str) -> Any:
        found = self._payloads(self.term("key", key), 1)
        return found[0][1] if found else None

    def _payloads(self, query: tantivy.Query, limit: int) -> list[tuple[float, Any]]:
        searcher = self._searcher
        hits = searcher.search(query, limit, count=False).hits
        return [(score, json.loads(searcher.doc(address)["payload"][0])) for score, address in hits]
