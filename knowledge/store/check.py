"""Proving the store: every span stands in its article's text and every link between records leads somewhere."""

from collections.abc import Iterator
from typing import Any

from pydantic import ValidationError
from sqlalchemy import Column, Connection, Engine, Select, Table, or_, select

from knowledge.models import Span
from knowledge.same_name import name_parts
from knowledge.store import reading
from knowledge.store.reading import StoredArticle
from knowledge.store.schema import (
    articles,
    feed_entries,
    mentions,
    metadata,
    names,
    people,
    revisions,
    sentence_changes,
    sentences,
)

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
        yield from _strayed_changes(connection)
        unnamed = select(people.c.key).distinct().outerjoin(names, names.c.key == people.c.key)
        for key in connection.execute(unnamed.where(names.c.key.is_(None)).order_by(people.c.key)).scalars():
            if name_parts(key.partition("~")[0]).first:
                yield f"names: {key} is not there, so later articles cannot find whom they name by that last name"
        for table in metadata.sorted_tables:
            for key in table.foreign_keys:
                for value in connection.execute(_dangling(table, key.parent, key.column)).scalars():
                    yield f"{table.name}.{key.parent.name}: {value} is no {key.column.table.name}.{key.column.name}"


def _strayed_changes(connection: Connection) -> Iterator[str]:
    old, new = revisions.alias(), revisions.alias()
    before, after = sentences.alias(), sentences.alias()
    kind = sentence_changes.c.kind
    query = (
        select(sentence_changes.c.id)
        .join(new, sentence_changes.c.revision == new.c.id)
        .join(before, sentence_changes.c.before == before.c.id, isouter=True)
        .join(old, before.c.revision == old.c.id, isouter=True)
        .join(after, sentence_changes.c.after == after.c.id, isouter=True)
        .order_by(sentence_changes.c.id)
    )
    not_of_it = (old.c.article != new.c.article) | (old.c.number >= new.c.number) | (after.c.revision != new.c.id)
    for identifier in connection.execute(query.where(not_of_it)).scalars():
        yield f"sentence_changes: {identifier} tells of a sentence that is not of its revision or of the one before"
    sides = (
        (kind == "new", sentence_changes.c.before.is_(None)),
        (kind == "vanished", sentence_changes.c.after.is_(None)),
    )
    wrong = kind.not_in(("changed", "vanished", "new")) | or_(*(named != lacks for named, lacks in sides))
    for identifier in connection.execute(query.where(wrong)).scalars():
        yield f"sentence_changes: {identifier} does not tell what it is called"
    taken = select(feed_entries.c.id).where((feed_entries.c.state == "taken") != feed_entries.c.article.is_not(None))
    for identifier in connection.execute(taken).scalars():
        yield f"feed_entries: {identifier} is taken without an article or has one without being taken"


def _dangling(table: Table, child: Column[Any], parent: Column[Any]) -> Select[Any]:
    joined = table.outerjoin(parent.table, child == parent)
    return select(child).select_from(joined).where(child.is_not(None), parent.is_(None))


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
