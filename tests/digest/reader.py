"""Somebody who follows things: gets what is new as a digest would give it, and remembers what was shown."""

from collections.abc import Sequence

from sqlalchemy import select

from knowledge.digest import Bulletin, Correction, Item
from knowledge.digest.items import Receipt
from knowledge.library import Library
from knowledge.models import Interest
from knowledge.store.ledger import SentRow
from knowledge.store.schema import revisions, sentences

__all__ = ["EVERYTHING", "Reader", "person", "source", "topic"]

EVERYTHING = Interest(kind="everything")


def person(key: str) -> Interest:
    return Interest(kind="person", target=key)


def topic(words: str, *without: str) -> Interest:
    return Interest(kind="topic", target=words, without=without)


def source(publisher: str) -> Interest:
    return Interest(kind="source", target=publisher)


class Reader:
    """Follows the interests from the store's last change on, or from ``since``."""

    def __init__(self, library: Library, *interests: Interest, since: int | None = None) -> None:
        self.library = library
        self.interests = interests
        self.low = self._high() if since is None else since
        self.known: set[int] = set()
        self.sent: list[SentRow] = []

    def digest(self) -> list[Item | Correction]:
        """What is new by now: corrections first, then the news of each interest."""
        found: list[Item | Correction] = []
        high = self._high()
        bulletin = Bulletin(self.library.index, self.library.engine, dict.fromkeys(self.interests, self.low), high)
        news = [bulletin.news(interest, self.low) for interest in self.interests]
        for item in (*bulletin.corrections(self.sent, self.low), *(item for items in news for item in items)):
            if self.known.isdisjoint(item.statements):
                found.append(item)
                self.known.update(statement for _, _, statement in item.receipts)
        self.sent[:0] = [self._row(item, receipt) for item in reversed(found) for receipt in item.whole]
        self.low = high
        return found

    def told(self) -> list[str]:
        """The sentences of the next digest; a correction as "before -> after"."""
        return [shown(item) for item in self.digest()]

    def _high(self) -> int:
        meta = self.library.index.meta()
        assert meta
        return meta["sequence"]

    def _row(self, item: Item | Correction, receipt: Receipt) -> SentRow:
        article, sentence, statement = receipt
        query = (
            select(sentences.c.text_start, sentences.c.text_end, revisions)
            .join(revisions, sentences.c.revision == revisions.c.id)
            .where(sentences.c.id == sentence)
        )
        with self.library.engine.connect() as connection:
            row = connection.execute(query).one()
        return SentRow(
            digest=1,
            chat=1,
            thread=0,
            subscription=1,
            kind=item.kind,
            article=article,
            sentence=sentence,
            statement=statement,
            text=row.text[row.text_start : row.text_end],
            revision=row.id,
            title=row.title,
            publisher=row.publisher,
            url=row.url,
            published=row.published,
        )


def shown(item: Item | Correction) -> str:
    if isinstance(item, Item):
        return item.lead.sentence["text"]
    return f"{item.before} -> {item.after.sentence['text'] if item.after else item.kind}"


def articles(item: Item | Correction) -> Sequence[str]:
    """The articles that an item cites: its lead's, then those that say the same, then those that tell the story."""
    assert isinstance(item, Item)
    return [cited.sentence["article"] for cited in (item.lead, *item.also, *item.differing, *item.story)]
