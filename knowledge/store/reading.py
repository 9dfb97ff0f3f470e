"""Getting things out of the store: whole records for the index and for export, and the lists a chat shows."""

from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel, ConfigDict
from sqlalchemy import Connection, Engine, Row, Table, func, select

from knowledge.models import Alias, Article, Fact, Mention, Person, Phrasing, Quote, Sentence, Span
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
    stores,
)

__all__ = [
    "Change",
    "StoredArticle",
    "article",
    "article_ids",
    "articles_naming",
    "articles_oldest_first",
    "changes_after",
    "counts",
    "identity",
    "last_sequence",
    "publishers",
    "recent_people",
    "revision_of",
]

_LARGEST_KEY = 2**31 - 1


class StoredArticle(BaseModel):
    """An article's current revision as it is stored; the i-th of ``sentence_ids`` is the key of the i-th sentence."""

    model_config = ConfigDict(frozen=True)

    article: Article
    revision: int
    ingested: str
    sentence_ids: tuple[int, ...]
    sentences: tuple[Sentence, ...]
    labels: tuple[str, ...]
    people: tuple[Person, ...]
    keys: tuple[str, ...]
    mentions: tuple[Mention, ...]
    quotes: tuple[Quote, ...]
    facts: tuple[Fact, ...]
    phrasings: tuple[Phrasing, ...]


class Change(BaseModel):
    """One step of the change sequence."""

    model_config = ConfigDict(frozen=True)

    sequence: int
    article: str
    kind: str


def identity(engine: Engine) -> str:
    """What tells this store from every other; made with it."""
    with engine.connect() as connection:
        return str(connection.execute(select(stores.c.id)).scalar_one())


def last_sequence(engine: Engine) -> int:
    """The number of the newest change; 0 when there is none."""
    with engine.connect() as connection:
        return int(connection.execute(select(func.max(changes.c.sequence))).scalar() or 0)


def changes_after(engine: Engine, sequence: int, limit: int = 1000) -> list[Change]:
    """The next changes after ``sequence``, oldest first, at most ``limit``."""
    query = select(changes).where(changes.c.sequence > sequence).order_by(changes.c.sequence).limit(limit)
    with engine.connect() as connection:
        return [Change(sequence=r.sequence, article=r.article, kind=r.kind) for r in connection.execute(query)]


def article_ids(engine: Engine, limit: int | None = None) -> list[str]:
    """The ids of the articles that are not withdrawn, the last ingested first, at most ``limit``."""
    query = select(articles.c.id).where(articles.c.withdrawn.is_(False)).order_by(articles.c.revision.desc())
    query = query.limit(limit)
    with engine.connect() as connection:
        return list(connection.execute(query).scalars())


def articles_oldest_first(engine: Engine) -> Iterator[StoredArticle]:
    """Every article that is not withdrawn, one at a time, the first ingested first."""
    for identifier in reversed(article_ids(engine)):
        if (stored := article(engine, identifier)) is not None:
            yield stored


def article(engine: Engine, identifier: str) -> StoredArticle | None:
    """One article's current revision with everything derived from it; None when it is unknown or withdrawn."""
    query = (
        select(revisions)
        .join(articles, articles.c.revision == revisions.c.id)
        .where(articles.c.id == identifier, articles.c.withdrawn.is_(False))
    )
    with engine.connect() as connection:
        row = connection.execute(query).first()
        return None if row is None else _stored(connection, row)


def articles_naming(engine: Engine, key: str, limit: int) -> list[StoredArticle]:
    """The articles that are not withdrawn and name the person with this key, the last ingested first."""
    query = (
        select(articles.c.id)
        .join(people, people.c.revision == articles.c.revision)
        .where(people.c.key == key, articles.c.withdrawn.is_(False))
        .order_by(articles.c.revision.desc())
        .limit(limit)
    )
    with engine.connect() as connection:
        found = list(connection.execute(query).scalars())
    return [stored for identifier in found if (stored := article(engine, identifier)) is not None]


def revision_of(engine: Engine, sentence: int) -> tuple[str, int] | None:
    """The article and the revision that have a sentence, current or not, by its key; None when there is none."""
    if not 0 <= sentence <= _LARGEST_KEY:
        return None
    query = (
        select(revisions.c.article, revisions.c.id)
        .join(sentences, sentences.c.revision == revisions.c.id)
        .where(sentences.c.id == sentence)
    )
    with engine.connect() as connection:
        row = connection.execute(query).first()
    return None if row is None else (row.article, row.id)


def publishers(engine: Engine, limit: int) -> list[str]:
    """The publishers of the articles that are not withdrawn, those of most articles first, then by their letters."""
    query = (
        select(revisions.c.publisher, func.count())
        .join(articles, articles.c.revision == revisions.c.id)
        .where(articles.c.withdrawn.is_(False), revisions.c.publisher.is_not(None), revisions.c.publisher != "")
        .group_by(revisions.c.publisher)
    )
    with engine.connect() as connection:
        counted = {row[0]: row[1] for row in connection.execute(query)}
    # Sorted here: PostgreSQL would sort by the alphabet of its server's language.
    return sorted(counted, key=lambda name: (-counted[name], name))[:limit]


def recent_people(engine: Engine, limit: int, newest: int = 20) -> list[tuple[str, str, str | None]]:
    """(key, name, role) of the people in the ``newest`` articles, those with the most mentions first."""
    latest = (
        select(articles.c.revision)
        .where(articles.c.withdrawn.is_(False))
        .order_by(articles.c.revision.desc())
        .limit(newest)
        .scalar_subquery()
    )
    query = (
        select(people.c.key, people.c.name, people.c.role, func.count(mentions.c.id))
        .join(mentions, mentions.c.person == people.c.id, isouter=True)
        .where(people.c.revision.in_(latest))
        .group_by(people.c.id)
    )
    named: dict[str, list[tuple[str, str, int]]] = {}
    with engine.connect() as connection:
        for key, name, role, count in connection.execute(query):
            named.setdefault(key, []).append((name, role or "", count))
    # Sorted here: PostgreSQL would sort by the alphabet of its server's language.
    order = sorted(named, key=lambda key: (-sum(count for _, _, count in named[key]), key))
    return [(key, max(n for n, _, _ in named[key]), max(r for _, r, _ in named[key]) or None) for key in order[:limit]]


def counts(engine: Engine) -> dict[str, int]:
    """How many of each there are in the current revisions of the articles that are not withdrawn."""
    current = select(articles.c.revision).where(articles.c.withdrawn.is_(False)).scalar_subquery()
    of_sentences = select(sentences.c.id).where(sentences.c.revision.in_(current)).scalar_subquery()
    queries = {
        "articles": select(func.count()).select_from(articles).where(articles.c.withdrawn.is_(False)),
        "sentences": _count(sentences, sentences.c.revision.in_(current)),
        "people": _count(people, people.c.revision.in_(current)),
        "quotes": _count(quotes, quotes.c.revision.in_(current)),
        "facts": _count(facts, facts.c.sentence.in_(of_sentences)),
    }
    with engine.connect() as connection:
        return {name: connection.execute(query).scalar_one() for name, query in queries.items()}


def _count(table: Table, condition: Any) -> Any:
    return select(func.count()).select_from(table).where(condition)


def _span(row: Row[Any], name: str) -> Span | None:
    start = getattr(row, f"{name}_start")
    return None if start is None else (start, getattr(row, f"{name}_end"))


def _needed(row: Row[Any], name: str) -> Span:
    return getattr(row, f"{name}_start"), getattr(row, f"{name}_end")


def _stored(connection: Connection, row: Row[Any]) -> StoredArticle:
    def rows(table: Table, condition: Any) -> list[Row[Any]]:
        return list(connection.execute(select(table).where(condition).order_by(table.c.id)))

    sentence_rows = rows(sentences, sentences.c.revision == row.id)
    place = {r.id: i for i, r in enumerate(sentence_rows)}
    in_revision = select(sentences.c.id).where(sentences.c.revision == row.id).scalar_subquery()
    people_rows = rows(people, people.c.revision == row.id)
    person_place = {r.id: i for i, r in enumerate(people_rows)}
    of_people = select(people.c.id).where(people.c.revision == row.id).scalar_subquery()
    named: dict[int, list[Alias]] = {r.id: [] for r in people_rows}
    for r in rows(aliases, aliases.c.person.in_(of_people)):
        named[r.person].append(Alias(text=r.text, kind=r.kind))
    return StoredArticle(
        article=Article(
            id=row.article,
            title=row.title,
            text=row.text,
            publisher=row.publisher,
            url=row.url,
            published=row.published,
        ),
        revision=row.id,
        ingested=row.ingested,
        sentence_ids=tuple(place),
        sentences=tuple(Sentence(start=r.text_start, end=r.text_end, paragraph=r.paragraph) for r in sentence_rows),
        labels=tuple(r.labels for r in sentence_rows),
        people=tuple(Person(name=r.name, role=r.role, aliases=tuple(named[r.id])) for r in people_rows),
        keys=tuple(r.key for r in people_rows),
        mentions=tuple(
            Mention(start=r.text_start, end=r.text_end, person=person_place[r.person], kind=r.kind)
            for r in rows(mentions, mentions.c.person.in_(of_people))
        ),
        quotes=tuple(_quotes(connection, row.id)),
        facts=tuple(
            Fact(
                sentence=place[r.sentence],
                subject=_needed(r, "subject"),
                relation=_needed(r, "relation"),
                object=_span(r, "object"),
                time=_span(r, "time"),
                place=_span(r, "place"),
                number=_span(r, "number"),
            )
            for r in rows(facts, facts.c.sentence.in_(in_revision))
        ),
        phrasings=tuple(
            Phrasing(text=r.text, kind=r.kind, sentence=place[r.sentence])
            for r in rows(phrasings, phrasings.c.sentence.in_(in_revision))
        ),
    )


def _quotes(connection: Connection, revision: int) -> Iterator[Quote]:
    of_revision = select(quotes.c.id).where(quotes.c.revision == revision).scalar_subquery()
    contents: dict[int, list[Span]] = {}
    query = select(quote_contents).where(quote_contents.c.quote.in_(of_revision)).order_by(quote_contents.c.id)
    for r in connection.execute(query):
        contents.setdefault(r.quote, []).append(_needed(r, "text"))
    for r in connection.execute(select(quotes).where(quotes.c.revision == revision).order_by(quotes.c.id)):
        yield Quote(
            content=tuple(contents.get(r.id, ())),
            source=_span(r, "source"),
            cue=_span(r, "cue"),
            speaker=r.speaker,
            type=r.type,
            addressee=_span(r, "addressee"),
            via=_span(r, "via"),
            confidence=r.confidence,
            rule=r.rule,
        )
