"""Sentences one a line, of any number, as articles with prepared records: what scale is measured with.

    python -m benchmarks.corpus FILE DATABASE [--reversed]

Parsing a million sentences is not what is measured, so people and quotes come from patterns here: two capitalised words
before "said" are a person. The order of the sentences is kept (or turned round, so that no tie favours the first), in
articles of 25.
"""

import argparse
import re
import time
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

from sqlalchemy import Engine

from knowledge.models import Alias, Article, ArticleRecord, Mention, Person, Quote, Sentence
from knowledge.store.database import open_engine
from knowledge.store.writing import save

__all__ = ["load", "records", "sentences_of"]

_ARTICLE = 25
_PARAGRAPH = 5
_NAME = re.compile(r"\b([A-Z][a-z]{2,}) ([A-Z][a-z]{2,})\b")
_SAID = re.compile(r"\b(?P<source>[A-Z][a-z]{2,} [A-Z][a-z]{2,}) (?P<cue>said|told|added|warned)\b")
_PUBLISHERS = ("The Morning Ledger", "Harbour Times", "Northern Wire", "Evening Standard Post", "City Courier")


def sentences_of(path: Path, *, backwards: bool = False) -> list[str]:
    """The sentences of a file, one a line."""
    lines = path.read_text(encoding="utf-8").split("\n")[:-1]
    return lines[::-1] if backwards else lines


def records(sentences: Sequence[str]) -> Iterator[ArticleRecord]:
    """Articles of 25 sentences each, in paragraphs of five."""
    waiting = iter(sentences)
    number = 0
    while chosen := list(islice(waiting, _ARTICLE)):
        number += 1
        yield _record(number, chosen)


def load(engine: Engine, sentences: Sequence[str]) -> int:
    """Store the sentences as articles, each in a transaction of its own; returns the number of articles."""
    count = 0
    for record in records(sentences):
        save(engine, record)
        count += 1
    return count


def _record(number: int, chosen: Sequence[str]) -> ArticleRecord:
    text, spans = "", []
    for place, sentence in enumerate(chosen):
        text += "" if not place else "\n\n" if place % _PARAGRAPH == 0 else " "
        spans.append(Sentence(start=len(text), end=len(text) + len(sentence), paragraph=place // _PARAGRAPH))
        text += sentence
    people: dict[str, int] = {}
    quotes = []
    for span in spans:
        said = _SAID.search(text, span.start, span.end)
        if said and span.end - said.end() > 20:
            people.setdefault(said["source"], len(people))
            quotes.append(
                Quote(
                    content=((said.end() + 1, span.end),),
                    source=said.span("source"),
                    cue=said.span("cue"),
                    speaker=said["source"],
                    rule="benchmark",
                )
            )
    mentions = [
        Mention(start=found.start(), end=found.end(), person=people[found[0]])
        for found in _NAME.finditer(text)
        if found[0] in people
    ]
    title = " ".join(chosen[0].split()[:8])
    return ArticleRecord(
        article=Article(
            id=f"article-{number}",
            title=title,
            text=text,
            publisher=_PUBLISHERS[number % len(_PUBLISHERS)],
            url=f"https://news.example/{number}",
            published=f"2026-{number // 28 % 12 + 1:02}-{number % 28 + 1:02}",
        ),
        sentences=tuple(spans),
        people=tuple(Person(name=name, aliases=(Alias(text=name, kind="full"),)) for name in people),
        mentions=tuple(mentions),
        quotes=tuple(quotes),
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path)
    parser.add_argument("database", help="an SQLite file to make")
    parser.add_argument("--reversed", action="store_true")
    chosen = parser.parse_args()
    engine = open_engine(f"sqlite:///{chosen.database}", create=True)
    started = time.process_time()
    count = load(engine, sentences_of(chosen.file, backwards=chosen.reversed))
    print(f"stored {count:,} articles in {time.process_time() - started:.1f} CPU s")
    engine.dispose()


if __name__ == "__main__":
    main()
