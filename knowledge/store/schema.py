"""The tables of the store, the system of record.

An article is a row of ``articles`` and one row of ``revisions`` for each text it has had; everything derived hangs on
a revision. ``changes`` is the sequence that the indexes follow: one row for each article added, updated or withdrawn.
``sentence_changes`` tells what a revision changed of the one before it; ``feeds`` and ``feed_entries`` are what is
watched and what came of it.
Spans are pairs of columns ``*_start``, ``*_end``, in code points of the revision's text.
"""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

__all__ = [
    "aliases",
    "articles",
    "changes",
    "facts",
    "feed_entries",
    "feeds",
    "mentions",
    "metadata",
    "people",
    "phrasings",
    "quote_contents",
    "quotes",
    "revisions",
    "sentence_changes",
    "sentences",
    "stores",
]

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _span(name: str, *, required: bool = False) -> tuple[Column[int], Column[int]]:
    return Column(f"{name}_start", Integer, nullable=not required), Column(
        f"{name}_end", Integer, nullable=not required
    )


def _ordered(name: str) -> CheckConstraint:
    return CheckConstraint(f"{name}_start < {name}_end", name=f"{name}_ordered")


stores = Table(
    "stores",
    metadata,
    Column("id", String(32), primary_key=True, comment="one row: an index knows by it that it belongs to this store"),
)

articles = Table(
    "articles",
    metadata,
    Column("id", String, primary_key=True),
    Column("revision", Integer, nullable=False, comment="the current revision: revisions.id"),
    Column("withdrawn", Boolean, nullable=False, default=False),
)

revisions = Table(
    "revisions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("article", ForeignKey("articles.id", deferrable=True, initially="DEFERRED"), nullable=False),
    Column("number", Integer, nullable=False, comment="1, 2, ... for each article"),
    Column("title", Text, nullable=False),
    Column("publisher", Text),
    Column("url", Text),
    Column("published", Text),
    Column("text", Text, nullable=False),
    Column("digest", String(64), nullable=False, comment="SHA-256 of everything above: the same again is unchanged"),
    Column("ingested", String(32), nullable=False, comment="UTC, ISO 8601"),
    UniqueConstraint("article", "number"),
)

sentences = Table(
    "sentences",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("revision", ForeignKey("revisions.id"), nullable=False),
    Column("number", Integer, nullable=False, comment="1-based in the article"),
    *_span("text", required=True),
    Column("paragraph", Integer, nullable=False),
    Column("labels", String, nullable=False),
    UniqueConstraint("revision", "number"),
    _ordered("text"),
)

people = Table(
    "people",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("revision", ForeignKey("revisions.id"), nullable=False),
    Column("name", Text, nullable=False),
    Column("key", String, nullable=False, comment="the name folded: one person in several articles has one key"),
    Column("role", Text),
    Index(None, "revision"),
    Index(None, "key"),
)

aliases = Table(
    "aliases",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("person", ForeignKey("people.id"), nullable=False),
    Column("text", Text, nullable=False),
    Column("kind", String(8), nullable=False),
    Index(None, "person"),
)

mentions = Table(
    "mentions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("person", ForeignKey("people.id"), nullable=False),
    Column("sentence", ForeignKey("sentences.id"), nullable=False),
    *_span("text", required=True),
    Column("kind", String(8), nullable=False),
    Index(None, "person"),
    Index(None, "sentence"),
    _ordered("text"),
)

quotes = Table(
    "quotes",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("revision", ForeignKey("revisions.id"), nullable=False),
    *_span("source"),
    *_span("cue"),
    *_span("addressee"),
    *_span("via"),
    Column("speaker", Text),
    Column("type", String(8), nullable=False),
    Column("confidence", Float, nullable=False),
    Column("rule", String, nullable=False),
    Index(None, "revision"),
)

quote_contents = Table(
    "quote_contents",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("quote", ForeignKey("quotes.id"), nullable=False),
    *_span("text", required=True),
    Index(None, "quote"),
    _ordered("text"),
)

facts = Table(
    "facts",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("sentence", ForeignKey("sentences.id"), nullable=False),
    *_span("subject", required=True),
    *_span("relation", required=True),
    *_span("object"),
    *_span("time"),
    *_span("place"),
    *_span("number"),
    Index(None, "sentence"),
)

phrasings = Table(
    "phrasings",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("sentence", ForeignKey("sentences.id"), nullable=False),
    Column("text", Text, nullable=False),
    Column("kind", String(16), nullable=False),
    Index(None, "sentence"),
)

changes = Table(
    "changes",
    metadata,
    Column("sequence", Integer, primary_key=True, autoincrement=True),
    Column("article", ForeignKey("articles.id"), nullable=False),
    Column("kind", String(16), nullable=False, comment="added, updated or withdrawn"),
    Column("at", String(32), nullable=False, comment="UTC, ISO 8601"),
    sqlite_autoincrement=True,  # a sequence number is never used again
)

sentence_changes = Table(
    "sentence_changes",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("revision", ForeignKey("revisions.id"), nullable=False, comment="the newer one"),
    Column("kind", String(8), nullable=False, comment="changed, vanished or new"),
    Column("before", ForeignKey("sentences.id"), comment="none when it is new"),
    Column("after", ForeignKey("sentences.id"), comment="none when it vanished"),
    Index(None, "revision"),
    CheckConstraint("(kind = 'new') = (before IS NULL)", name="new_has_no_before"),
    CheckConstraint("(kind = 'vanished') = (after IS NULL)", name="vanished_has_no_after"),
)

feeds = Table(
    "feeds",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("address", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("etag", Text),
    Column("last_modified", Text),
    Column("digest", String(64), comment="of the last body: the same again is unchanged"),
    Column("checked", String(32), comment="UTC, ISO 8601"),
    Column("due", String(32), nullable=False, comment="UTC, ISO 8601: when to ask next"),
    Column("failures", Integer, nullable=False, comment="in a row"),
    Column("problem", Text, comment="the last failure's, none after a success"),
    Column("active", Boolean, nullable=False),
    Column("added", String(32), nullable=False, comment="UTC, ISO 8601"),
    UniqueConstraint("address"),
)

feed_entries = Table(
    "feed_entries",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("feed", ForeignKey("feeds.id"), nullable=False),
    Column("key", Text, nullable=False, comment="what the feed calls it; a hash of that when it is long"),
    Column("url", Text, nullable=False),
    Column("published", Text),
    Column("state", String(8), nullable=False, comment="new, taken, refused or failed"),
    Column("attempts", Integer, nullable=False),
    Column("due", String(32), nullable=False, comment="UTC, ISO 8601: when to fetch it"),
    Column("problem", Text),
    Column("article", ForeignKey("articles.id"), comment="what it became"),
    UniqueConstraint("feed", "key"),
    Index(None, "state", "due"),
    Index(None, "url"),
    CheckConstraint("(state = 'taken') = (article IS NOT NULL)", name="taken_has_article"),
)
