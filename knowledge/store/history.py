"""What has become of articles: their changes in a stretch of the sequence, and how their revisions read."""

from collections.abc import Iterator, Sequence
from typing import Any

from pydantic import BaseModel, ConfigDict
from sqlalchemy import Connection, Engine, Row, func, select

from knowledge.store.reading import Change
from knowledge.store.schema import changes, revisions, sentences

__all__ = ["SAVED", "History", "Wording"]

SAVED = ("added", "updated")
"""The kinds of changes that made a revision."""


class Wording(BaseModel):
    """A revision's sentences in order, verbatim, and their keys in the store."""

    model_config = ConfigDict(frozen=True)

    number: int
    ids: tuple[int, ...]
    texts: tuple[str, ...]


class History:
    """The past of the articles of one store."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def changes(self, low: int, high: int) -> dict[str, list[Change]]:
        """The changes in ``(low, high]`` by article, each article's oldest first, the article changed last first."""
        query = select(changes).where(changes.c.sequence > low, changes.c.sequence <= high).order_by(changes.c.sequence)
        found: dict[str, list[Change]] = {}
        with self._engine.connect() as connection:
            for row in connection.execute(query):
                of_article = found.pop(row.article, [])
                of_article.append(Change(sequence=row.sequence, article=row.article, kind=row.kind))
                found[row.article] = of_article
        return dict(reversed(found.items()))

    def numbers(self, low: int) -> dict[str, int]:
        """The number of the revision that was current at ``low``, of each article saved since; 0: it was not there."""
        since = (
            select(changes.c.article, func.count().label("saved"))
            .where(changes.c.sequence > low, changes.c.kind.in_(SAVED))
            .group_by(changes.c.article)
            .subquery()
        )
        # In one statement, so that what is saved meanwhile is counted on both sides or on none.
        query = (
            select(since.c.article, (func.max(revisions.c.number) - since.c.saved).label("number"))
            .join(revisions, revisions.c.article == since.c.article)
            .group_by(since.c.article, since.c.saved)
        )
        with self._engine.connect() as connection:
            return {row.article: row.number for row in connection.execute(query)}

    def wordings(self, article: str, first: int, end: int) -> Iterator[Wording]:
        """The revisions of an article with the numbers ``[first, end)``, in order."""
        of_article = revisions.c.article == article, revisions.c.number >= first, revisions.c.number < end
        with self._engine.connect() as connection:
            rows = connection.execute(select(revisions).where(*of_article).order_by(revisions.c.number)).all()
            for row in rows:
                yield _wording(connection, row)

    def wording(self, revision: int) -> Wording:
        """A revision by its key, which must be one."""
        with self._engine.connect() as connection:
            row = connection.execute(select(revisions).where(revisions.c.id == revision)).one()
            return _wording(connection, row)


def _wording(connection: Connection, row: Row[Any]) -> Wording:
    query = select(sentences).where(sentences.c.revision == row.id).order_by(sentences.c.number)
    held: Sequence[Row[Any]] = connection.execute(query).all()
    return Wording(
        number=row.number,
        ids=tuple(s.id for s in held),
        texts=tuple(row.text[s.text_start : s.text_end] for s in held),
    )
