"""Bulletins: what is new in 25,000, 50,000 and 100,000 sentences, for 621 interests; texts made up of a list's words.

CPU seconds for reading the window and for the news of every interest; and what it costs to know who else says a thing.
"""

import itertools
import random
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from knowledge.data import read_lines
from knowledge.digest import Bulletin, Item
from knowledge.english import commonness
from knowledge.library import Library
from knowledge.models import ArticleRecord, Interest
from knowledge.store.writing import save
from knowledge.text import content_words, is_stop
from tests.auxil.records import Said, blank_store, lines

_SENTENCES = (25_000, 50_000, 100_000)
_AN_ARTICLE = 25
_PEOPLE, _TOPICS, _SOURCES = 300, 300, 20
_COMMON = 9  # so common a word stands in the texts, 10,000 or so of them
_OUTLETS = 3  # as many tell a story at most
_LIMIT = 60.0


class Press:
    """Invents stories, each told by some outlets, with quotes that are repeated word for word or nearly."""

    def __init__(self) -> None:
        self._chance = random.Random(6)
        listed = [line[0] for line in read_lines("english")]
        known = [(word, commonness(word)) for word in listed if len(word) > 4 and word.isalpha() and not is_stop(word)]
        known = [(word, level) for word, level in known if level >= _COMMON]
        self._words = [word for word, _ in known]
        self._totals = list(itertools.accumulate(2.0**level for _, level in known))
        named = iter(self._some(2 * _PEOPLE))
        self.people = [f"{first.title()} {last.title()}" for first, last in zip(named, named, strict=True)]
        self.sources = [f"The {word.title()} Post" for word in self._some(_SOURCES)]
        self.topics = [" ".join(self._of(self._chance.choice((1, 2, 2, 3)))) for _ in range(_TOPICS)]

    def records(self) -> Iterator[ArticleRecord]:
        """Articles without end; those of one story follow one another."""
        number = 0
        while True:
            title, who = " ".join(self._of(6)), self._chance.sample(self.people, 3)
            said = [" ".join(self._of(12)) for _ in range(6)]
            for source in self._chance.sample(self.sources, self._chance.randint(1, _OUTLETS)):
                yield self._article(f"a{number}", title, who, said, source)
                number += 1

    def _article(self, name: str, title: str, who: list[str], said: list[str], source: str) -> ArticleRecord:
        told = [f"The {' '.join(self._of(14))}." for _ in range(_AN_ARTICLE - len(said))]
        quotes = []
        for i, words in enumerate(said):
            speaker = who[i % len(who)]
            wording = words if self._chance.random() < 0.5 else f"{words} {self._of(1)[0]}"
            told.insert(1 + 3 * i, f"{speaker} said {wording}.")
            quotes.append(Said(speaker, wording, speaker, "said"))
        return lines(name, "\n".join(told), title=title, publisher=source, people=who, quotes=quotes)

    def _of(self, count: int) -> list[str]:
        return self._chance.choices(self._words, cum_weights=self._totals, k=count)

    def _some(self, count: int) -> list[str]:
        return self._chance.sample(self._words, count)


def main(*sizes: int) -> None:
    press = Press()
    records = press.records()
    held = 0
    with tempfile.TemporaryDirectory() as folder, Library.open(blank_store(Path(folder) / "store.db")) as library:
        for size in sizes or _SENTENCES:
            for record in itertools.islice(records, (size - held) // _AN_ARTICLE):
                save(library.engine, record)
            held = size
            library.follow(patience=60)
            _measure(library, interests_of(library, press), size)


def interests_of(library: Library, press: Press) -> list[Interest]:
    names = [name.replace(" ", "").lower() for name in press.people]
    keys = [entity["key"] for name in names for entity in library.index.entities("alias", [name], 1)]
    return [
        Interest(kind="everything"),
        *(Interest(kind="person", target=key) for key in keys),
        *(Interest(kind="source", target=source) for source in press.sources),
        *(Interest(kind="topic", target=" ".join(content_words(topic))) for topic in press.topics),
    ]


def _measure(library: Library, wanted: list[Interest], size: int) -> None:
    meta = library.index.meta()
    assert meta
    started = time.process_time()
    bulletin = Bulletin(library.index, library.engine, dict.fromkeys(wanted, 0), meta["sequence"])
    read = time.process_time()
    items: list[Item] = [item for interest in wanted for item in bulletin.news(interest, 0)]
    made = time.process_time()
    known = sum(len(item.statements) > len(item.held) for item in items)
    looked_up = time.process_time()
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"  {size:,} sentences, {len(wanted)} interests: read in {read - started:.1f} s, "
          f"{len(items):,} items made in {made - read:.1f} s")  # fmt: skip
    print(f"    who else says it: {1000 * (looked_up - made) / len(items):.2f} ms an item, others found for {known:,}; "
          f"at most {most:.0f} MB; in all {looked_up - started:.1f} s CPU (limit {_LIMIT:.0f})")  # fmt: skip


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
