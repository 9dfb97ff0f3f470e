"""The peers at scale: each keeps an index in a folder or a file, and tells which sentence it puts first.

What each needs is imported where it is used: a process that measures one holds nothing of the others.
"""

import shutil
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from itertools import combinations
from pathlib import Path
from typing import Any, Protocol

from benchmarks.scale_data import Corpus, First, words_of

__all__ = ["PEERS", "Peer"]

_WRITER_BYTES = 128_000_000
_CACHE_KB, _MAPPED = 20_000, 2_000_000_000
_PAIRED = 4
_FLOOR = 55


class Peer(Protocol):
    """What ranks sentences; ``made`` is where its index lies, ``needs`` the modules that build it."""

    made: Path
    needs: tuple[str, ...]

    def build(self, *, anew: bool) -> bool:
        """Make the index; False when there is one and ``anew`` does not ask for another."""

    def open(self) -> Callable[[str], First]:
        """What tells the first sentence for a question."""


class _Kept:
    """An index made once: written beside its place, and moved there when it is whole."""

    suffix: str
    needs: tuple[str, ...] = ()

    def __init__(self, corpus: Corpus) -> None:
        self._corpus = corpus
        self.made = corpus.place(self.suffix)

    def build(self, *, anew: bool) -> bool:
        if self.made.exists() and not anew:
            return False
        half = self._corpus.place(f"{self.suffix}.part")
        _remove(half)
        self._write(half, self._corpus.sentences())
        _remove(self.made)
        half.rename(self.made)
        return True

    def _write(self, place: Path, sentences: Sequence[str]) -> None:
        raise NotImplementedError


class _Tantivy(_Kept):
    """tantivy alone: one field, any of the words."""

    suffix = "tantivy"
    needs = ("tantivy",)

    def _write(self, place: Path, sentences: Sequence[str]) -> None:
        import tantivy

        place.mkdir()
        schema = tantivy.SchemaBuilder()
        schema.add_text_field("body", stored=False, tokenizer_name="en_stem", index_option="freq")
        schema.add_integer_field("place", stored=True, fast=True)
        writer = tantivy.Index(schema.build(), path=str(place)).writer(_WRITER_BYTES, 1)
        for number, sentence in enumerate(sentences):
            writer.add_document(tantivy.Document(body=sentence, place=number))
        writer.commit()
        writer.wait_merging_threads()

    def open(self) -> Callable[[str], First]:
        import tantivy

        index = tantivy.Index.open(str(self.made))
        index.reload()
        searcher = index.searcher()

        def ask(question: str) -> First:
            query = index.parse_query(question.replace("'", " "), ["body"])
            hits: Any = searcher.search(query, 5, count=False).hits
            return First(int(searcher.doc(hits[0][1])["place"][0]) if hits else None)

        return ask


class _Bm25s(_Kept):
    """bm25s with its numba backend, its arrays mapped."""

    suffix = "bm25s"
    needs = ("bm25s", "numba", "Stemmer")

    def _write(self, place: Path, sentences: Sequence[str]) -> None:
        import bm25s
        import Stemmer

        stemmer = Stemmer.Stemmer("english")
        index = bm25s.BM25(backend="numba")
        index.index(
            bm25s.tokenize(list(sentences), stopwords="en", stemmer=stemmer, show_progress=False), show_progress=False
        )
        index.save(str(place), show_progress=False)

    def open(self) -> Callable[[str], First]:
        import bm25s
        import Stemmer

        stemmer = Stemmer.Stemmer("english")
        index = bm25s.BM25.load(str(self.made), mmap=True)
        index.backend = "numba"
        index.activate_numba_scorer()

        def ask(question: str) -> First:
            asked = bm25s.tokenize(
                [question], stopwords="en", stemmer=stemmer, show_progress=False, return_ids=False
            )  # fmt: skip
            places, _ = index.retrieve(asked, k=5, show_progress=False)
            return First(int(places[0][0]))

        return ask


class _Fts5(_Kept):
    """SQLite's FTS5 without a copy of the text: any of the words."""

    suffix = "fts5"

    def _write(self, place: Path, sentences: Sequence[str]) -> None:
        with closing(sqlite3.connect(place)) as held:
            held.execute("PRAGMA journal_mode = off")
            held.execute("CREATE VIRTUAL TABLE f USING fts5(text, tokenize='porter unicode61', content='')")
            held.executemany("INSERT INTO f(rowid, text) VALUES (?, ?)", enumerate(sentences))
            held.execute("INSERT INTO f(f) VALUES ('optimize')")
            held.execute("CREATE VIRTUAL TABLE v USING fts5vocab(f, row)")
            held.execute("CREATE TABLE frequency (term TEXT PRIMARY KEY, count INTEGER) WITHOUT ROWID")
            held.execute("INSERT INTO frequency SELECT term, doc FROM v")
            held.commit()

    def open(self) -> Callable[[str], First]:
        held = sqlite3.connect(f"file:{self.made}?mode=ro", uri=True)
        held.execute(f"PRAGMA mmap_size = {_MAPPED}")
        held.execute(f"PRAGMA cache_size = -{_CACHE_KB}")

        def ask(question: str) -> First:
            found = None
            for query in self._queries(held, words_of(question)):
                found = held.execute("SELECT rowid FROM f WHERE f MATCH ? ORDER BY rank LIMIT 5", (query,)).fetchone()
                if found is not None:
                    break
            return First(found and found[0])

        return ask

    def _queries(self, _held: sqlite3.Connection, words: Sequence[str]) -> list[str]:
        """What is asked one after the other until something is found."""
        return [" OR ".join(map(_quoted, words))]


class _Pairs(_Fts5):
    """The same index: any two of the rarest words; where no two stand together, any one."""

    def _queries(self, held: sqlite3.Connection, words: Sequence[str]) -> list[str]:
        import Stemmer

        stem = Stemmer.Stemmer("porter").stemWord
        counted = []
        for word in dict.fromkeys(" ".join(words).replace("'", " ").split()):
            row = held.execute("SELECT count FROM frequency WHERE term = ?", (stem(word),)).fetchone()
            if row is not None:
                counted.append((row[0], word))
        rarest = [_quoted(word) for _, word in sorted(counted)[:_PAIRED]]
        pairs = " OR ".join(f"({one} AND {other})" for one, other in combinations(rarest, 2))
        return [query for query in (pairs, " OR ".join(rarest)) if query]


class _Rapidfuzz:
    """rapidfuzz's token_set_ratio over all sentences: no index at all."""

    needs = ()

    def __init__(self, corpus: Corpus) -> None:
        self._corpus = corpus
        self.made = corpus.place("none")

    def build(self, *, anew: bool) -> bool:  # noqa: ARG002 (there is nothing to build)
        return False

    def open(self) -> Callable[[str], First]:
        from rapidfuzz import fuzz, process

        texts = [" ".join(words_of(sentence)) for sentence in self._corpus.sentences()]

        def ask(question: str) -> First:
            found = process.extract(question, texts, scorer=fuzz.token_set_ratio, limit=5, score_cutoff=_FLOOR)
            return First(found[0][2] if found else None)

        return ask


def _quoted(word: str) -> str:
    return f'"{word}"'


def _remove(place: Path) -> None:
    shutil.rmtree(place, ignore_errors=True) if place.is_dir() else place.unlink(missing_ok=True)


PEERS: dict[str, Callable[[Corpus], Peer]] = {
    "tantivy alone": _Tantivy,
    "bm25s": _Bm25s,
    "FTS5, any word": _Fts5,
    "FTS5, rarest pairs": _Pairs,
    "rapidfuzz": _Rapidfuzz,
}
