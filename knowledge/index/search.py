"""The index as a folder (or in memory): opening, following the store, looking things up."""

import hashlib
import os
import re
import sqlite3
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any, cast

import tantivy
from pydantic_core import from_json

from knowledge.errors import SearchIndexError
from knowledge.index import lexicon
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

__all__ = ["Hit", "SearchIndex", "index_folder", "let_go"]


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
_FREQUENCIES, _WORDS, _PAYLOADS = 8_000, 8_000, 400  # kept at a time: a few MB
_META, _MANAGED = "meta.json", ".managed.json"
_OURS = re.compile(rf"meta\.json|\.managed\.json|[0-9a-f]{{32}}\..+|{re.escape(lexicon.FILE)}(?:-wal|-shm|-journal)?")


class SearchIndex:
    """A tantivy index with the fields of ``fields``; safe to share between threads for reading."""

    def __init__(self, folder: Path) -> None:
        """Open the index in ``folder``, made when it is missing or of another form.

        Raises SearchIndexError when the folder cannot be used.
        """
        self.folder = folder
        self.schema = make_schema()
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            try:
                self._look()
            except (ValueError, sqlite3.Error):
                # Of another form, or damaged. It is derived, so it is made anew and follows the store again.
                self._clear()
                self._look()
        except (OSError, ValueError, sqlite3.Error) as error:
            raise SearchIndexError(f"{self.folder}: the index cannot be opened ({error}); remove the folder") from error

    def _look(self) -> None:
        """Open the index and look something up: some damage shows only then. Raises ValueError."""
        self._index = tantivy.Index(self.schema, path=str(self.folder))
        register(self._index)
        self._held = _Held(None, self._index.searcher())
        self.lexicon = lexicon.Lexicon(self.folder)
        self.reload()
        meta = self.meta()
        if meta is not None and self.lexicon.size < meta["words"]:
            raise ValueError("words are missing")

    def _clear(self) -> None:
        """Remove the index's files but for its locks, and nothing else: the folder may hold other things too."""
        if not (self.folder / _MANAGED).exists():
            raise SearchIndexError(f"{self.folder}: holds a meta.json that is no index's; name another folder")
        for path in self.folder.iterdir():
            if _OURS.fullmatch(path.name):
                path.unlink(missing_ok=True)

    def writer(self, *, patience: float = 10.0) -> tantivy.IndexWriter | None:
        """The one writer there can be, or None when another process holds it for longer than ``patience`` seconds.

        Raises SearchIndexError when the index cannot be written. Whoever gets it lets it go, also after an error: see
        ``let_go``.
        """
        until = time.monotonic() + patience
        while True:
            try:
                writer = self._index.writer(_WRITER_BYTES, num_threads=1)
                break
            except ValueError as error:
                if "LockBusy" not in str(error):
                    raise self._unwritable(error) from error
                if time.monotonic() >= until:
                    return None
                time.sleep(0.02)
        try:
            # What a killed process left half done goes first: a commit would write files of the same names.
            writer.garbage_collect_files()
        except ValueError as error:
            let_go(writer)
            raise self._unwritable(error) from error
        return writer

    def _unwritable(self, error: ValueError) -> SearchIndexError:
        return SearchIndexError(f"{self.folder}: the index cannot be written; is there room on its disk? ({error})")

    def reload(self) -> None:
        """See what was committed last, by whichever process; next to nothing when nothing was."""
        # tantivy replaces this file at each commit. Looked at first: what comes in between is seen the next time.
        try:
            stat = (self.folder / _META).stat()
        except FileNotFoundError:
            stamp = None
        else:
            stamp = (stat.st_ino, stat.st_mtime_ns, stat.st_size)
        if stamp is None or stamp != self._held.stamp:
            self._index.reload()
            self._held = _Held(stamp, self._index.searcher())

    # -- looking up -------------------------------------------------------------------------------------------------

    @property
    def size(self) -> int:
        """How many documents of every kind it holds."""
        return int(self._held.searcher.num_docs)

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

    def of_article(self, identifier: str, first: int = 0, end: int | None = None) -> list[SentencePayload]:
        """An article's sentences in order, those in the places ``[first, end)``; none when it is not held."""
        article = self.article(identifier)
        keys = article["sentences"][max(0, first) : end] if article else []
        return [sentence for key in keys if (sentence := self.sentence(key)) is not None]

    def around(self, sentence: SentencePayload, reach: int) -> list[SentencePayload]:
        """A sentence with up to ``reach`` neighbours on each side, in order."""
        return self.of_article(sentence["article"], sentence["number"] - 1 - reach, sentence["number"] + reach)

    def entity(self, key: str) -> EntityPayload | None:
        """Someone by their key."""
        return cast("EntityPayload | None", self._by_key(f"e{key}"))

    def has_word(self, word: str) -> bool:
        """Whether a folded word stands in the vocabulary."""
        held = self._held
        found = held.words.get(word)
        if found is None:
            found = self.lexicon.has(word)
            _keep(held.words, word, found, _WORDS)
        return found

    def terms(self, field: str, prefix: str, limit: int) -> list[tuple[str, int]]:
        """Terms of a field that begin with ``prefix``, those of most documents first, and of how many."""
        return list(self._held.searcher.terms_with_prefix(field, prefix, limit=limit))

    def frequency(self, field: str, term: str) -> int:
        """In how many documents the field holds the term, for weighing: some that are gone may still be counted."""
        held = self._held
        found = held.frequencies.get((field, term))
        if found is None:
            found = int(held.searcher.doc_freq(field, term))
            _keep(held.frequencies, (field, term), found, _FREQUENCIES)
        return found

    def count(self, query: tantivy.Query) -> int:
        """How many documents match a query."""
        found: Any = self._held.searcher.search(query, 1, count=True)
        return int(found.count)

    def words(self, word: str, limit: int) -> list[str]:
        """Vocabulary words that share spelling keys with a word, those that share the most first."""
        return self.lexicon.near(word, limit)

    def entities(self, query: tantivy.Query, limit: int) -> list[EntityPayload]:
        """The best entities for a query on ``alias`` (squashed, whole), ``part`` (a word of a name) or ``role``."""
        return [cast("EntityPayload", payload) for _, payload in self._payloads(query, limit, kept=True)]

    def sentences(self, query: tantivy.Query, limit: int, *, faint: float = 0.0, least: int = 0) -> list[Hit]:
        """The best sentences for a query, best first, with their scores (BM25, higher is better).

        After the first ``least`` those are left out that have less than ``faint`` of the best one's score (0..1).
        """
        found = self._payloads(query, limit, faint=faint, least=least)
        return [(score, cast("SentencePayload", payload)) for score, payload in found]

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

    def _by_key(self, key: str) -> Any:
        held = self._held
        found = held.by_key.get(key)
        if found is None and (hits := self._payloads(self.term("key", key), 1)):
            found = hits[0][1]
            _keep(held.by_key, key, found, _PAYLOADS)
        return found

    def _payloads(
        self, query: tantivy.Query, limit: int, *, kept: bool = False, faint: float = 0.0, least: int = 0
    ) -> list[tuple[float, Any]]:
        held = self._held
        hits = held.searcher.search(query, limit, count=False).hits
        floor = faint * hits[0][0] if hits else 0.0
        return [
            (score, held.payload(at, kept=kept))
            for place, (score, at) in enumerate(hits)
            if score >= floor or place < least
        ]


def let_go(writer: tantivy.IndexWriter) -> None:
    """Let another writer be, whatever became of this one: else it is held for as long as a traceback refers to it."""
    with suppress(ValueError):
        writer.wait_merging_threads()


class _Held:
    """What the index holds as of one commit, and what was looked up of it: gone with it at the next."""

    def __init__(self, stamp: tuple[int, int, int] | None, searcher: tantivy.Searcher) -> None:
        self.stamp = stamp
        self.searcher = searcher
        self.frequencies: dict[tuple[str, str], int] = {}
        self.words: dict[str, bool] = {}
        self.by_key: dict[str, Any] = {}
        self._payloads: dict[tuple[int, int], Any] = {}

    def payload(self, at: tantivy.DocAddress, *, kept: bool) -> Any:
        """What a document holds; whoever gets it leaves it as it is."""
        if not kept:
            return self._read(at)
        place = (at.segment_ord, at.doc)
        found = self._payloads.get(place)
        if found is None:
            found = self._read(at)
            _keep(self._payloads, place, found, _PAYLOADS)
        return found

    def _read(self, at: tantivy.DocAddress) -> Any:
        return from_json(bytes(self.searcher.doc(at)["payload"][0]))


def _keep(kept: dict[Any, Any], key: Any, value: Any, most: int) -> None:
    """Keep a value, and of too many only this one: what is asked for often comes back soon."""
    if len(kept) >= most:
        kept.clear()
    kept[key] = value
