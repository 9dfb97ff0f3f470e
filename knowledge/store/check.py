"""Proving the store: every span stands in its article's text and every link between records leads somewhere."""

from collections.abc import Iterator
from typing import Any

from pydantic import ValidationError
from sqlalchemy import Column, Engine, Select, Table, select

from knowledge.models import Span
from knowledge.store import reading
from knowledge.store.reading import StoredArticle
from knowledge.store.schema import articles, mentions, metadata, people, revisions, sentences

__all__ = ["problems"]


def problems(engine: Engine) -> Iterator[str]:
    """One line for each thing that is wrong; none when the store is sound."""
    yield from _broken_links(engine)
    for identifier in reversed(reading.article_ids(engine)):
        try:
            stored = reading.article(engine, identifier)
        except ValidationError as error:
            yield f"article {identifier}: {_unreadable(error)}"
            continue
        for problem in _of_article(stored) if stored else ():
            yield f"article {identifier}: {problem}"


def _broken_links(engine: Engine) -> Iterator[str]:
    # Foreign keys are enforced on writing; this looks again, whatever wrote the file.
    with engine.connect() as connection:
        own = (revisions.c.id == articles.c.revision) & (revisions.c.article == articles.c.id)
        current = select(articles.c.id).where(~select(revisions.c.id).where(own).exists())
        for identifier in connection.execute(current).scalars():
            yield f"article {identifier}: its current revision is missing"
        strayed = select(mentions.c.id).join(people).join(sentences, mentions.c.sentence == sentences.c.id)
        for identifier in connection.execute(strayed.where(people.c.revision != sentences.c.revision)).scalars():
            yield f"mentions: {identifier} is in another article than its person"
        for table in metadata.sorted_tables:
            for key in table.foreign_keys:
                for value in connection.execute(_dangling(table, key.parent, key.column)).scalars():
                    yield f"{table.name}.{key.parent.name}: {value} is no {key.column.table.name}.{key.column.name}"


def _dangling(table: Table, child: Column[Any], parent: Column[Any]) -> Select[Any]:
    return select(child).select_from(table.outerjoin(parent.table, child == parent)).where(parent.is_(None))


def _unreadable(error: ValidationError) -> str:
    first = error.errors()[0]
    return f"a {error.title.lower()} cannot be read ({'.'.join(map(str, first['loc']))}: {first['msg']})"


def _of_article(stored: StoredArticle) -> Iterator[str]:
    text = stored.article.text
    previous = 0
    for number, sentence in enumerate(stored.sentences, 1):
        span = (sentence.start, sentence.end)
        if not _stands(span, text):
            yield f"sentence {number} [{sentence.start}, {sentence.end}) is not a stretch of the text"
        if sentence.start < previous:
            yield f"sentence {number} begins before the one before it ends"
        previous = sentence.end
    for mention in stored.mentions:
        if not _stands((mention.start, mention.end), text):
            yield f"mention [{mention.start}, {mention.end}) is not a stretch of the text"
    for number, quote in enumerate(stored.quotes, 1):
        if not quote.content:
            yield f"quote {number} has no content"
        for part in (*quote.content, quote.source, quote.cue, quote.addressee, quote.via):
            if part is not None and not _stands(part, text):
                yield f"quote {number}: [{part[0]}, {part[1]}) is not a stretch of the text"
            if part is not None and not any(s.start < part[1] and part[0] < s.end for s in stored.sentences):
                yield f"quote {number}: [{part[0]}, {part[1]}) stands in no sentence"
    for number, fact in enumerate(stored.facts, 1):
        sentence = stored.sentences[fact.sentence]
        for part in (fact.subject, fact.relation, fact.object, fact.time, fact.place, fact.number):
            if part is not None and not (sentence.start <= part[0] < part[1] <= sentence.end):
                yield f"fact {number}: [{part[0]}, {part[1]}) is not inside its sentence"


def _stands(span: Span, text: str) -> bool:
    start, end = span
    if not 0 <= start < end <= len(text):
        return False
    return not text[start].isspace() and not text[end - 1].isspace()
