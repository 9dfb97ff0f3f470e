"""The peers that answers are measured against: rank all sentences for a question, with nothing prepared but an index.

bm25s (with and without mending the question's words against the sentences'), SQLite's FTS5, and rapidfuzz's
token_set_ratio over all sentences.
"""

import sqlite3
from collections.abc import Callable

import bm25s
import Stemmer
from rapidfuzz import fuzz, process, utils
from rapidfuzz.distance import OSA

from knowledge.index.fields import SentencePayload
from knowledge.text import words

__all__ = ["PEERS", "Peer"]

_LIMIT = 10
Peer = Callable[[str], list[SentencePayload]]


def _fuzzy(sentences: list[SentencePayload]) -> Peer:
    texts = [utils.default_process(s["text"]) for s in sentences]

    def answer(question: str) -> list[SentencePayload]:
        found = process.extract(utils.default_process(question), texts, scorer=fuzz.token_set_ratio, limit=_LIMIT)
        return [sentences[place] for _, _, place in found]

    return answer


def _bm25(sentences: list[SentencePayload], *, mend: bool = False) -> Peer:
    stemmer = Stemmer.Stemmer("english")
    texts = [s["text"] for s in sentences]
    vocabulary = sorted({word for text in texts for word, _, _ in words(text)})
    known = set(vocabulary)
    index = bm25s.BM25()
    index.index(bm25s.tokenize(texts, stopwords="en", stemmer=stemmer, show_progress=False), show_progress=False)

    def nearest(word: str) -> str:
        if word in known or len(word) < 4:
            return word
        found = process.extractOne(word, vocabulary, scorer=OSA.distance, score_cutoff=1 if len(word) < 6 else 2)
        return word if found is None else str(found[0])

    def answer(question: str) -> list[SentencePayload]:
        if mend:
            question = " ".join(nearest(word) for word, _, _ in words(question))
        asked = bm25s.tokenize([question], stopwords="en", stemmer=stemmer, show_progress=False)
        if not asked.vocab:
            return []
        places, _ = index.retrieve(asked, k=min(_LIMIT, len(sentences)), show_progress=False)
        return [sentences[int(place)] for place in places[0]]

    return answer


def _fts5(sentences: list[SentencePayload]) -> Peer:
    held = sqlite3.connect(":memory:")
    held.execute("CREATE VIRTUAL TABLE sentence USING fts5(text, tokenize='porter unicode61 remove_diacritics 2')")
    held.executemany(
        "INSERT INTO sentence(rowid, text) VALUES (?, ?)", ((i, s["text"]) for i, s in enumerate(sentences))
    )

    def answer(question: str) -> list[SentencePayload]:
        asked = " OR ".join(f'"{word}"' for word, _, _ in words(question))
        query = "SELECT rowid FROM sentence WHERE sentence MATCH ? ORDER BY bm25(sentence) LIMIT ?"
        return [sentences[place] for (place,) in held.execute(query, (asked, _LIMIT))] if asked else []

    return answer


PEERS: dict[str, Callable[[list[SentencePayload]], Peer]] = {
    "rapidfuzz": _fuzzy,
    "bm25s": _bm25,
    "bm25s, mended": lambda sentences: _bm25(sentences, mend=True),
    "FTS5": _fts5,
}
"""Each peer's name and what makes it from the sentences it is to rank."""
