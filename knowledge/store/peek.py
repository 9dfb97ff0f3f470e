"""A first look at a database without SQLAlchemy, whose import alone takes longer than an answer.

Most starts find an index that is up to date, and then need nothing else of the store.
"""

import re
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote

__all__ = ["SCHEMA_VERSION", "Glimpse", "peek", "sqlite_path"]

SCHEMA_VERSION = "0005"
"""The newest revision under ``migrations/versions``; a test holds the two together."""

_ADDRESS = re.compile(r"sqlite(?:\+\w+)?://(?:/(?P<path>[^?]*))?(?:\?.*)?", re.DOTALL)


class Glimpse(NamedTuple):
    """Which store it is, and the number of its newest change (0 for none)."""

    identity: str
    sequence: int


def sqlite_path(url: str) -> Path | None:
    """The file of an SQLite address, or None for another database or one in memory."""
    match = _ADDRESS.fullmatch(url)
    path = match and match["path"]
    return Path(unquote(path)) if path and path != ":memory:" else None


def peek(url: str) -> Glimpse | None:
    """What an SQLite database of this version's schema holds; None for anything else, which SQLAlchemy then opens."""
    path = sqlite_path(url)
    if path is None or not path.is_file():
        return None
    try:
        with closing(sqlite3.connect(path)) as connection:
            (version,) = connection.execute("SELECT version_num FROM alembic_version").fetchone()
            (identity,) = connection.execute("SELECT id FROM stores").fetchone()
            (sequence,) = connection.execute("SELECT coalesce(max(sequence), 0) FROM changes").fetchone()
    except (sqlite3.Error, TypeError):
        return None
    return Glimpse(identity, sequence) if version == SCHEMA_VERSION else None
