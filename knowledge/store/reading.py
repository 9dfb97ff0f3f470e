"""Getting things out of the store: whole records for the index and for export, and the lists a chat shows."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import islice
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
    "TOGETHER",
    "Change",
    "StoredArticle",
    "article",
    "article_ids",
    "articles_naming",
    "articles_of",
    "articles_oldest_first",
    "batched",
    "changes_after",
    "counts",
    "identity",
    "last_sequence",
    "publishers",
    "recent_people",
    "revision_of",
]

_LARGEST_KEY = 2**31 - 1
TOGETHER = 50
"""So many articles are read with one round of questions to the database."""


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


def batched(identifiers: Iterable[str], size: int) -> Iterator[list[str]]:
    """The ids in their order, ``size`` at a time."""
    left = iter(identifiers)
    while some := list(islice(left, size)):
        yield some


def articles_oldest_first(engine: Engine) -> Iterator[StoredArticle]:
    """Every article that is not withdrawn, some dozens at a time, the first ingested first."""
    for some in batched(reversed(article_ids(engine)), TOGETHER):
        found = articles_of(engine, some)
        yield from (found[identifier] for identifier in some if identifier in found)


def article(engine: Engine, identifier: str) -> StoredArticle | None:
    """One article's current revision with everything derived from it; None when it is unknown or withdrawn."""
    return articles_of(engine, [identifier]).get(identifier)


def articles_of(engine: Engine, identifiers: Collection[str]) -> dict[str, StoredArticle]:
    """The current revisions of articles, by id, without those that are unknown or withdrawn.

    All are in memory at a time, and what is asked of the database is asked for all at once: give it some dozens.
    """
    query = (
        select(revisions)
        .join(articles, articles.c.revision == revisions.c.id)
        .where(articles.c.id.in_(identifiers), articles.c.withdrawn.is_(False))
    )
    with engine.connect() as connection:
        return {stored.article.id: stored for stored in _stored(connection, connection.execute(query).all())}


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
    stored = articles_of(engine, found)
    return [stored[identifier] for identifier in found if identifier in stored]


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


def _stored(connection: Connection, found: Sequence[Row[Any]]) -> Iterator[StoredArticle]:
    ids = [row.id for row in found]

    def rows(table: Table, *through: Table) -> dict[int, list[Row[Any]]]:
        """The rows of a table that belong to the revisions, by revision; ``through`` leads there."""
        last = through[-1] if through else table
        query = select(table, last.c.revision.label("_revision")).where(last.c.revision.in_(ids)).order_by(table.c.id)
        for other in through:
            query = query.join(other)
        grouped: dict[int, list[Row[Any]]] = {}
        for row in connection.execute(query):
            grouped.setdefault(row._revision, []).append(row)
        return grouped

    of_sentences, of_people, of_quotes = rows(sentences), rows(people), rows(quotes)
    of_aliases, of_mentions = rows(aliases, people), rows(mentions, people)
    of_contents = rows(quote_contents, quotes)
    of_facts, of_phrasings = rows(facts, sentences), rows(phrasings, sentences)
    for row in found:
        place = {r.id: i for i, r in enumerate(of_sentences.get(row.id, ()))}
        persons = of_people.get(row.id, [])
        person_place = {r.id: i for i, r in enumerate(persons)}
        named: dict[int, list[Alias]] = {r.id: [] for r in persons}
        for r in of_aliases.get(row.id, ()):
            named[r.person].append(Alias(text=r.text, kind=r.kind))
        contents: dict[int, list[Span]] = {}
        for r in of_contents.get(row.id, ()):
            contents.setdefault(r.quote, []).append(_needed(r, "text"))
        yield StoredArticle(
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
            sentences=tuple(
                Sentence(start=r.text_start, end=r.text_end, paragraph=r.paragraph)
                for r in of_sentences.get(row.id, ())
            ),
            labels=tuple(r.labels for r in of_sentences.get(row.id, ())),
            people=tuple(Person(name=r.name, role=r.role, aliases=tuple(named[r.id])) for r in persons),
            keys=tuple(r.key for r in persons),
            mentions=tuple(
                Mention(start=r.text_start, end=r.text_end, person=person_place[r.person], kind=r.kind)
                for r in of_mentions.get(row.id, ())
            ),
            quotes=tuple(_quote(r, contents.get(r.id, ())) for r in of_quotes.get(row.id, ())),
            facts=tuple(_fact(r, place[r.sentence]) for r in of_facts.get(row.id, ())),
            phrasings=tuple(
                Phrasing(text=r.text, kind=r.kind, sentence=place[r.sentence]) for r in of_phrasings.get(row.id, ())
            ),
        )


def _fact(row: Row[Any], sentence: int) -> Fact:
    return Fact(
        sentence=sentence,
        subject=_needed(row, "subject"),
        relation=_needed(row, "relation"),
        object=_span(row, "object"),
        time=_span(row, "time"),
        place=_span(row, "place"),
        number=_span(row, "number"),
    )


def _quote(row: Row[Any], content: Sequence[Span]) -> Quote:
    return Quote(
        content=tuple(content),
        source=_span(row, "source"),
        cue=_span(row, "cue"),
        speaker=row.speaker,
        type=row.type,
        addressee=_span(row, "addressee"),
        via=_span(row, "via"),
        confidence=row.confidence,
        rule=row.rule,
    )
