"""The tables of the store, the system of record.

An article is a row of ``articles`` and one row of ``revisions`` for each text it has had; everything derived hangs on
a revision. ``changes`` is the sequence that the indexes follow: one row for each article added, updated or withdrawn,
or rekeyed, when a person in it is known by another key.
``names`` are the keys of people with a full name, to be found by their last names.
``sentence_changes`` tells what a revision changed of the one before it; ``feeds`` and ``feed_entries`` are what is
watched and what came of it.
``chats`` follow things by ``subscriptions``. What is new for a chat is a row of ``digests``, its ``digest_windows`` the
stretches of ``changes`` it covers, its ``digest_items`` what it cites, its ``deliveries`` the messages it goes out in;
``senders`` are the processes that send.
Of several processes of one bot, ``handled_updates`` are those of Telegram's updates that one of them is done with, and
``conversations`` what chats are remembered by.
Spans are pairs of columns ``*_start``, ``*_end``, in code points of the revision's text.
"""

from sqlalchemy import (
    BigInteger,
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
    "chats",
    "conversations",
    "deliveries",
    "digest_items",
    "digest_windows",
    "digests",
    "facts",
    "feed_entries",
    "feeds",
    "handled_updates",
    "mentions",
    "metadata",
    "names",
    "people",
    "phrasings",
    "quote_contents",
    "quotes",
    "revisions",
    "senders",
    "sentence_changes",
    "sentences",
    "stores",
    "subscriptions",
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
    Index(None, "key", "revision"),
)

# Compared byte by byte on PostgreSQL too, where an index then finds the keys that begin with something.
_bytewise = String().with_variant(String(collation="C"), "postgresql")

names = Table(
    "names",
    metadata,
    Column("key", _bytewise, primary_key=True, comment="people.key, of somebody who once had it at least"),
    Column("last", _bytewise, nullable=False, comment="the last name in one of its spellings"),
    Index(None, "last", "key"),
    sqlite_with_rowid=False,
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
    Column("kind", String(16), nullable=False, comment="added, updated, withdrawn or rekeyed"),
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

chats = Table(
    "chats",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("telegram", BigInteger, nullable=False, comment="Telegram's number of it; another after a migration"),
    Column("zone", Text, comment="IANA time zone; none until the reader has said"),
    Column("zone_asked", Boolean, nullable=False),
    Column("quiet_start", Integer, comment="minutes after midnight in the chat's zone"),
    Column("quiet_end", Integer),
    Column("state", String(8), nullable=False, comment="active, paused (by its people) or gone (cannot be written to)"),
    Column("reason", Text, comment="why it is gone"),
    Column("since", String(32), nullable=False, comment="UTC, ISO 8601"),
    UniqueConstraint("telegram"),
    CheckConstraint("(quiet_start IS NULL) = (quiet_end IS NULL)", name="quiet_has_both_ends"),
    sqlite_autoincrement=True,  # what is composed for one that is forgotten must not go to another
)

subscriptions = Table(
    "subscriptions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("chat", ForeignKey("chats.id"), nullable=False),
    Column("thread", Integer, nullable=False, comment="the topic of a forum that it was asked for in; 0 for none"),
    Column("kind", String(10), nullable=False, comment="everything, person, topic or source"),
    Column("target", Text, nullable=False, comment="a person's key, a topic's words, a publisher's name; or empty"),
    Column("label", Text, nullable=False, comment="what it is called to its readers"),
    Column("without", Text, nullable=False, comment="words that a topic must not hold, with spaces between them"),
    Column("often", String(8), nullable=False, comment="at_once, daily or weekly"),
    Column("minute", Integer, nullable=False, comment="after midnight in the chat's zone"),
    Column("weekday", Integer, nullable=False, comment="0 is Monday"),
    Column("silent", Boolean, nullable=False),
    Column("paused", Boolean, nullable=False),
    Column("cursor", Integer, nullable=False, comment="the last change whose news has been put into a digest"),
    Column("due", String(32), comment="UTC, ISO 8601; none: as soon as there is news"),
    Column("created", String(32), nullable=False, comment="UTC, ISO 8601"),
    UniqueConstraint("chat", "thread", "kind", "target", "without"),
    Index(None, "due"),
    sqlite_autoincrement=True,  # what was sent for one that is stopped must not look like another's
)

digests = Table(
    "digests",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("chat", ForeignKey("chats.id"), nullable=False),
    Column("thread", Integer, nullable=False),
    Column("asked", Boolean, nullable=False, comment="by /digest: it goes ahead of others"),
    Column("rest_of", Integer, comment="the digest it shows the rest of: digests.id; that may be gone"),
    Column("made", String(32), nullable=False, comment="UTC, ISO 8601"),
    Index(None, "chat"),
    Index(None, "made"),
    sqlite_autoincrement=True,  # a button of a digest that is forgotten must not mean another
)

digest_windows = Table(
    "digest_windows",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("digest", ForeignKey("digests.id"), nullable=False),
    Column("subscription", ForeignKey("subscriptions.id"), nullable=False),
    Column("low", Integer, nullable=False, comment="changes after this one"),
    Column("high", Integer, nullable=False, comment="up to this one"),
    UniqueConstraint("subscription", "low"),
    Index(None, "digest"),
    CheckConstraint("low < high", name="window_ordered"),
)

digest_items = Table(
    "digest_items",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("digest", ForeignKey("digests.id"), nullable=False),
    Column("chat", ForeignKey("chats.id"), nullable=False),
    Column("subscription", Integer, comment="whose it was; the subscription may be gone"),
    Column("position", Integer, nullable=False, comment="1-based in the digest"),
    Column("message", Integer, nullable=False, comment="the digest's message that holds it: deliveries.position"),
    Column("place", Integer, nullable=False, comment="0 is the sentence shown, the others are where it also stands"),
    Column("kind", String(10), nullable=False, comment="news, correction, withdrawal or restored"),
    Column("article", ForeignKey("articles.id"), nullable=False),
    Column("sentence", ForeignKey("sentences.id"), nullable=False),
    Column("statement", BigInteger, nullable=False, comment="a hash of its words: the same again is not sent again"),
    Index(None, "digest"),
    Index(None, "chat", "statement"),
    Index(None, "article", "chat"),
)

senders = Table(
    "senders",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", Text, nullable=False, comment="host:pid:when it started"),
    Column("seen", String(32), nullable=False, comment="UTC, ISO 8601: it was alive then"),
    sqlite_autoincrement=True,  # what a dead one left must not look like another's
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("digest", ForeignKey("digests.id"), nullable=False),
    Column("chat", ForeignKey("chats.id"), nullable=False),
    Column("position", Integer, nullable=False, comment="1-based in the digest"),
    Column("state", String(8), nullable=False, comment="pending, sending, sent, unknown or failed"),
    Column("content", Text, comment="the message as JSON, until it is sent or has failed"),
    Column("silent", Boolean, nullable=False),
    Column("asked", Boolean, nullable=False),
    Column("due", String(32), nullable=False, comment="UTC, ISO 8601: not before"),
    Column("owner", Integer, comment="the sender that has it in hand: senders.id"),
    Column("attempts", Integer, nullable=False),
    Column("unknowns", Integer, nullable=False, comment="how many of them may have arrived"),
    Column("message", BigInteger, comment="Telegram's number of the message, once sent"),
    Column("reason", Text, comment="of the last failure"),
    Column("settled", String(32), comment="UTC, ISO 8601: when it was sent or given up"),
    UniqueConstraint("digest", "position"),
    Index(None, "chat", "state"),
    sqlite_autoincrement=True,  # what a sender says of one that is forgotten must not be taken for another
)
# Of all that was ever sent only little waits or is in hand: these stay small.
_waits = deliveries.c.owner.is_(None) & deliveries.c.settled.is_(None)
_order = (deliveries.c.asked, deliveries.c.due, deliveries.c.id)
Index(None, *_order, sqlite_where=_waits, postgresql_where=_waits)
Index(None, deliveries.c.chat, *_order, sqlite_where=_waits, postgresql_where=_waits)
_in_hand = deliveries.c.owner.is_not(None)
Index(None, deliveries.c.owner, sqlite_where=_in_hand, postgresql_where=_in_hand)

handled_updates = Table(
    "handled_updates",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False, comment="Telegram's update_id"),
    Column("at", String(32), nullable=False, comment="UTC, ISO 8601"),
    Index(None, "at"),
)

conversations = Table(
    "conversations",
    metadata,
    Column("key", _bytewise, primary_key=True, comment="a chat's key; of a forum's topic with a colon and its number"),
    Column("content", Text, nullable=False, comment="JSON: texts asked, and keys of what was shown"),
    Column("used", String(32), nullable=False, comment="UTC, ISO 8601: the last time"),
    Index(None, "used"),
)
