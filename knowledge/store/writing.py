"""Putting an article's record into the store: one article, one transaction, whole or not at all."""

import hashlib
import json
from bisect import bisect_right
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Literal

from sqlalchemy import Connection, Engine, Row, Table, insert, select, update
from sqlalchemy.exc import DBAPIError

from knowledge.errors import InputError
from knowledge.models import Article, ArticleRecord, Span
from knowledge.store.database import take_turn, unfit, writing
from knowledge.store.identity import keys_for
from knowledge.store.revising import record_changes
from knowledge.store.schema import (
    aliases,
    articles,
    changes,
    facts,
    mentions,
    people,
    phrasings,
    quote_contents,
    quotes,
    revisions,
    sentences,
)
from knowledge.text import one_line

__all__ = ["Status", "digest", "is_current", "save"]

Status = Literal["added", "updated", "unchanged"]
_SHOWN = 200


def digest(article: Article) -> str:
    """What tells whether an article is the same again: SHA-256 of all its fields."""
    fields = article.model_dump(mode="json")
    return hashlib.sha256(json.dumps(fields, sort_keys=True, ensure_ascii=True).encode()).hexdigest()


def is_current(engine: Engine, article: Article) -> bool:
    """Whether the store holds just this as the article's current revision (so that building can be skipped)."""
    with engine.connect() as connection:
        held = _held(connection, article.id)
    return held is not None and held.digest == digest(article) and not held.withdrawn


def save(engine: Engine, record: ArticleRecord) -> Status:
    """Store a record as the article's current revision, in one transaction.

    Returns what it was: a new article, a new text of one held before, or the same again (nothing is written). What a
    new text changed of the one before it, that of a withdrawn article too, is recorded sentence by sentence.
    Raises InputError when the database cannot hold something of it just as it is, as PostgreSQL no NUL character.
    """
    try:
        with writing(engine).begin() as connection:
            take_turn(connection)
            return _save(connection, record)
    except DBAPIError as error:
        if (reason := unfit(error)) is None:
            raise
        raise InputError(one_line(record.article.id, _SHOWN), f"cannot be kept as it is ({reason}); mend it") from error


def _save(connection: Connection, record: ArticleRecord) -> Status:
    article = record.article
    told = digest(article)
    held = _held(connection, article.id)
    if held is not None and held.digest == told and not held.withdrawn:
        return "unchanged"
    previous = held.id if held is not None else None
    status: Status = "added" if held is None else "updated"
    revision = _insert_revision(connection, article, 1 if held is None else held.number + 1, told)
    numbers = _insert_sentences(connection, revision, record)
    if previous is not None:
        spans = [(s.start, s.end) for s in record.sentences]
        record_changes(connection, previous, revision, article.text, spans, numbers)
    starts = [s.start for s in record.sentences]

    def sentence_of(span: Span) -> int:
        return numbers[max(0, bisect_right(starts, span[0]) - 1)]

    _insert_people(connection, revision, record, sentence_of)
    _insert_quotes(connection, revision, record)
    _insert_all(
        connection,
        facts,
        [
            {
                "sentence": numbers[f.sentence],
                **_columns(
                    subject=f.subject,
                    relation=f.relation,
                    object=f.object,
                    time=f.time,
                    place=f.place,
                    number=f.number,
                ),
            }
            for f in record.facts
        ],
    )
    _insert_all(
        connection,
        phrasings,
        [{"sentence": numbers[p.sentence], "text": p.text, "kind": p.kind} for p in record.phrasings],
    )
    now = datetime.now(UTC).isoformat(timespec="seconds")
    connection.execute(insert(changes).values(article=article.id, kind=status, at=now))
    return status


def _held(connection: Connection, article_id: str) -> Row[int, int, str, bool] | None:
    """An article's newest revision: id, number and digest, and whether it is withdrawn."""
    query = select(revisions.c.id, revisions.c.number, revisions.c.digest, articles.c.withdrawn)
    joined = query.join(articles, articles.c.revision == revisions.c.id)
    return connection.execute(joined.where(articles.c.id == article_id)).first()


def _insert_revision(connection: Connection, article: Article, number: int, told: str) -> int:
    row = {
        "article": article.id,
        "number": number,
        "title": article.title,
        "publisher": article.publisher,
        "url": article.url,
        "published": article.published,
        "text": article.text,
        "digest": told,
        "ingested": datetime.now(UTC).isoformat(timespec="seconds"),
    }
    revision = _ids(connection, revisions, [row])[0]
    if number > 1:
        current = update(articles).where(articles.c.id == article.id)
        connection.execute(current.values(revision=revision, withdrawn=False))
    else:
        connection.execute(insert(articles).values(id=article.id, revision=revision, withdrawn=False))
    return revision


def _insert_sentences(connection: Connection, revision: int, record: ArticleRecord) -> list[int]:
    rows = [
        {
            "revision": revision,
            "number": number,
            "text_start": sentence.start,
            "text_end": sentence.end,
            "paragraph": sentence.paragraph,
            "labels": record.labels[number - 1] if record.labels else "",
        }
        for number, sentence in enumerate(record.sentences, 1)
    ]
    return _ids(connection, sentences, rows)


def _insert_people(connection: Connection, revision: int, record: ArticleRecord, sentence_of: Any) -> None:
    keys = keys_for(connection, record.people)
    rows = [
        {"revision": revision, "name": p.name, "key": key, "role": p.role}
        for p, key in zip(record.people, keys, strict=True)
    ]
    ids = _ids(connection, people, rows)
    _insert_all(
        connection,
        aliases,
        [
            {"person": ids[i], "text": alias.text, "kind": alias.kind}
            for i, person in enumerate(record.people)
            for alias in person.aliases
        ],
    )
    _insert_all(
        connection,
        mentions,
        [
            {
                "person": ids[m.person],
                "sentence": sentence_of((m.start, m.end)),
                "text_start": m.start,
                "text_end": m.end,
                "kind": m.kind,
            }
            for m in record.mentions
        ],
    )


def _insert_quotes(connection: Connection, revision: int, record: ArticleRecord) -> None:
    rows = [
        {
            "revision": revision,
            **_columns(source=q.source, cue=q.cue, addressee=q.addressee, via=q.via),
            "speaker": q.speaker,
            "type": q.type,
            "confidence": q.confidence,
            "rule": q.rule,
        }
        for q in record.quotes
    ]
    ids = _ids(connection, quotes, rows)
    contents = [
        {"quote": ids[i], "text_start": start, "text_end": end}
        for i, quote in enumerate(record.quotes)
        for start, end in quote.content
    ]
    _insert_all(connection, quote_contents, contents)


def _columns(**spans: Span | None) -> dict[str, int | None]:
    return {
        f"{name}_{edge}": span[i] if span else None
        for name, span in spans.items()
        for i, edge in enumerate(("start", "end"))
    }


def _ids(connection: Connection, table: Table, rows: Sequence[dict[str, Any]]) -> list[int]:
    """Insert the rows and return their keys in the rows' order."""
    if not rows:
        return []
    statement = insert(table).returning(table.c.id, sort_by_parameter_order=True)
    return list(connection.execute(statement, rows).scalars())


def _insert_all(connection: Connection, table: Table, rows: list[dict[str, Any]]) -> None:
    if rows:
        connection.execute(insert(table), rows)
