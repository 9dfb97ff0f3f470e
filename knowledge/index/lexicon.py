"""The words of the articles, found in spite of slips: a table from spelling keys to words, in one SQLite file.

It is part of the index and as derived as the rest of it. Words are only ever added: those of a withdrawn article do no
harm, and who builds the index anew begins with an empty file. Looking up takes some thirty seeks in mapped pages.
"""

import sqlite3
import threading
import weakref
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from zlib import crc32

from knowledge.text import skeleton

__all__ = ["FILE", "Lexicon", "spelling_keys"]

FILE = "lexicon.sqlite"

_KEY_LETTERS = 7
_TWO_SLIPS = range(5, 13)  # letters
_MAPPED = 2**31 - 1  # bytes; the most that SQLite maps by default
_TOGETHER = 20_000  # words; their keys are some 100 MB in memory
_BITS = 32
_PATIENCE = 30.0  # seconds for another process that adds
_TABLES = (
    "CREATE TABLE IF NOT EXISTS words (id INTEGER PRIMARY KEY, word TEXT NOT NULL UNIQUE)",
    "CREATE TABLE IF NOT EXISTS keys (key INTEGER, word INTEGER, PRIMARY KEY (key, word)) WITHOUT ROWID",
)
_HAS = "SELECT 1 FROM words WHERE word = ?"
_NEAR = (
    "SELECT words.word FROM (SELECT word AS place, count(*) AS shared FROM keys WHERE key IN ({}) GROUP BY word"
    " ORDER BY shared DESC, word LIMIT ?) JOIN words ON words.id = place ORDER BY shared DESC, place"
)


def spelling_keys(word: str) -> list[str]:
    """The keys under which a word is found in spite of slips: its beginning with up to two letters left out, its sound.

    Words within two edits of each other share a key when both edits are in their beginnings, or fewer (symmetric
    deletion with a prefix, as in SymSpell). Of short words one letter is left out, and of long ones, whose second slip
    will mostly stand further on.
    """
    beginning = word[:_KEY_LETTERS]
    keys = {beginning}
    last = keys
    for _ in range(2 if len(word) in _TWO_SLIPS else 1):
        last = {key[:i] + key[i + 1 :] for key in last for i in range(len(key))}
        keys |= last
    keys.discard("")
    sound = skeleton(word)
    if len(sound) >= 2:
        keys.add(f"~{sound}")
    return sorted(keys)


def _numbers(word: str) -> list[int]:
    # Two keys of one number bring a word that is too far to be meant: who asks compares the words themselves.
    return [crc32(key.encode("utf-8", "surrogatepass")) for key in spelling_keys(word)]


class Lexicon:
    """The words in one folder. May be shared between threads, and read while another process adds to it."""

    def __init__(self, folder: Path) -> None:
        """Open the file in ``folder``, made when it is missing. Raises sqlite3.Error when that fails."""
        self._path = folder / FILE
        self._lock = threading.Lock()
        self._reading = _connect(self._path)
        weakref.finalize(self, self._reading.close)
        for table in _TABLES:
            self._reading.execute(table)

    @property
    def size(self) -> int:
        """How many words it holds."""
        return int(self._rows("SELECT count(*) FROM words")[0][0])

    def has(self, word: str) -> bool:
        """Whether a folded word is one of the articles'."""
        return bool(self._rows(_HAS, word))

    def near(self, word: str, limit: int) -> list[str]:
        """The words that share spelling keys with a word, those that share the most first, at most ``limit``."""
        numbers = _numbers(word)
        return [found for (found,) in self._rows(_NEAR.format(",".join("?" * len(numbers))), *numbers, limit)]

    def add(self, words: Iterable[str], *, anew: bool = False) -> int:
        """Take words in, those that are new; ``anew``: in place of all others. Returns how many it holds then.

        Raises sqlite3.Error, and adds nothing, when it cannot be written.
        """
        # By a connection of its own: whoever reads sees the words of before until all are in.
        with closing(_connect(self._path)) as writing:
            writing.execute("BEGIN IMMEDIATE")
            with _whole(writing):
                if anew:
                    writing.execute("DELETE FROM keys")
                    writing.execute("DELETE FROM words")
                new = sorted(word for word in set(words) if writing.execute(_HAS, (word,)).fetchone() is None)
                held = int(writing.execute("SELECT coalesce(max(id), 0) FROM words").fetchone()[0])
                writing.executemany("INSERT INTO words VALUES (?, ?)", enumerate(new, held + 1))
                for first in range(0, len(new), _TOGETHER):
                    some = new[first : first + _TOGETHER]
                    writing.executemany("INSERT INTO keys VALUES (?, ?)", _key_rows(some, held + 1 + first))
            return held + len(new)

    def _rows(self, query: str, *values: object) -> list[Any]:
        with self._lock:
            return self._reading.execute(query, values).fetchall()


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None, timeout=_PATIENCE, check_same_thread=False)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = OFF")  # derived: what a power failure damages is made anew
    connection.execute(f"PRAGMA mmap_size = {_MAPPED}")
    return connection


@contextmanager
def _whole(connection: sqlite3.Connection) -> Iterator[None]:
    """Commit what is done in it, or nothing of it."""
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _key_rows(words: Sequence[str], first: int) -> Iterator[tuple[int, int]]:
    """The rows of the keys of words numbered from ``first``, in the order of the table, where they go in fastest."""
    packed = {number << _BITS | place for place, word in enumerate(words, first) for number in _numbers(word)}
    mask = (1 << _BITS) - 1
    return ((row >> _BITS, row & mask) for row in sorted(packed))
