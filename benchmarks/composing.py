"""Composing: 10,000 digests due at once over 100,000 new sentences; CPU seconds, and how they grow."""

import itertools
import random
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from benchmarks.bulletins import Press, interests_of
from bot.delivery.editor import Editor
from knowledge.library import Library
from knowledge.models import Interest
from knowledge.schedule import When
from knowledge.store import outbox, subscribers
from knowledge.store.writing import save
from tests.auxil.records import blank_store

_SENTENCES = 100_000
_AN_ARTICLE = 25
_CHATS = (2_500, 5_000, 10_000)
_LIMIT = 60.0
_DAILY = When(often="daily", minute=8 * 60)


def main(sentences: int = _SENTENCES, *chats: int) -> None:
    press = Press()
    with tempfile.TemporaryDirectory() as folder:
        database = blank_store(Path(folder) / "store.db")
        with Library.open(database) as library:
            for record in itertools.islice(press.records(), sentences // _AN_ARTICLE):
                save(library.engine, record)
            library.follow(patience=60)
            interests = interests_of(library, press)
            for round_, count in enumerate(chats or _CHATS):
                _measure(database, library, interests, range(10**6 * round_, 10**6 * round_ + count))


def _measure(database: str, library: Library, interests: Sequence[Interest], chats: range) -> None:
    """Some follow everything, most a person, a topic or a source of those there are; all from the first change on."""
    chance = random.Random(len(chats))
    now = datetime.now(UTC)
    for chat in chats:
        interest = chance.choice(interests) if chance.random() > 0.1 else interests[0]
        subscribers.subscribe(library.engine, chat + 1, 0, interest, interest.target or "everything", _DAILY, now=now)
    _from_the_beginning(library)
    editor = Editor(database, now=lambda: now + timedelta(days=1))
    started = time.process_time()
    made = editor.edit()
    spent = time.process_time() - started
    editor.close()
    waiting = outbox.counts(library.engine).get("pending", 0)
    print(f"  {len(chats):,} due: {made:,} digests in {spent:.1f} s CPU, {1000 * spent / len(chats):.2f} ms each "
          f"(limit {_LIMIT:.0f} s for 10,000); {waiting:,} messages wait")  # fmt: skip
    for chat in chats:
        subscribers.forget(library.engine, chat + 1)


def _from_the_beginning(library: Library) -> None:
    """As if all had subscribed before the first article came."""
    with library.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE subscriptions SET cursor = 0")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
