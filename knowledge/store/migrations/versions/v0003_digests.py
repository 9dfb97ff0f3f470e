"""What chats follow and what is sent to them: subscriptions, digests with their windows and items, deliveries."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables; nobody follows anything yet."""
    op.create_table(
        "chats",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "telegram", sa.BigInteger(), nullable=False, comment="Telegram's number of it; another after a migration"
        ),
        sa.Column("zone", sa.Text(), nullable=True, comment="IANA time zone; none until the reader has said"),
        sa.Column("zone_asked", sa.Boolean(), nullable=False),
        sa.Column("quiet_start", sa.Integer(), nullable=True, comment="minutes after midnight in the chat's zone"),
        sa.Column("quiet_end", sa.Integer(), nullable=True),
        sa.Column(
            "state",
            sa.String(length=8),
            nullable=False,
            comment="active, paused (by its people) or gone (cannot be written to)",
        ),
        sa.Column("reason", sa.Text(), nullable=True, comment="why it is gone"),
        sa.Column("since", sa.String(length=32), nullable=False, comment="UTC, ISO 8601"),
        sa.CheckConstraint("(quiet_start IS NULL) = (quiet_end IS NULL)", name=op.f("ck_chats_quiet_has_both_ends")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_chats")),
        sa.UniqueConstraint("telegram", name=op.f("uq_chats_telegram")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "senders",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False, comment="host:pid:when it started"),
        sa.Column("seen", sa.String(length=32), nullable=False, comment="UTC, ISO 8601: it was alive then"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_senders")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "digests",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("chat", sa.Integer(), nullable=False),
        sa.Column("thread", sa.Integer(), nullable=False),
        sa.Column("asked", sa.Boolean(), nullable=False, comment="by /digest: it goes ahead of others"),
        sa.Column(
            "rest_of",
            sa.Integer(),
            nullable=True,
            comment="the digest it shows the rest of: digests.id; that may be gone",
        ),
        sa.Column("made", sa.String(length=32), nullable=False, comment="UTC, ISO 8601"),
        sa.ForeignKeyConstraint(["chat"], ["chats.id"], name=op.f("fk_digests_chat")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_digests")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_digests_chat"), "digests", ["chat"], unique=False)
    op.create_index(op.f("ix_digests_made"), "digests", ["made"], unique=False)
    op.create_table(
        "subscriptions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("chat", sa.Integer(), nullable=False),
        sa.Column(
            "thread", sa.Integer(), nullable=False, comment="the topic of a forum that it was asked for in; 0 for none"
        ),
        sa.Column("kind", sa.String(length=10), nullable=False, comment="everything, person, topic or source"),
        sa.Column(
            "target",
            sa.Text(),
            nullable=False,
            comment="a person's key, a topic's words, a publisher's name; or empty",
        ),
        sa.Column("label", sa.Text(), nullable=False, comment="what it is called to its readers"),
        sa.Column(
            "without", sa.Text(), nullable=False, comment="words that a topic must not hold, with spaces between them"
        ),
        sa.Column("often", sa.String(length=8), nullable=False, comment="at_once, daily or weekly"),
        sa.Column("minute", sa.Integer(), nullable=False, comment="after midnight in the chat's zone"),
        sa.Column("weekday", sa.Integer(), nullable=False, comment="0 is Monday"),
        sa.Column("silent", sa.Boolean(), nullable=False),
        sa.Column("paused", sa.Boolean(), nullable=False),
        sa.Column(
            "cursor", sa.Integer(), nullable=False, comment="the last change whose news has been put into a digest"
        ),
        sa.Column("due", sa.String(length=32), nullable=True, comment="UTC, ISO 8601; none: as soon as there is news"),
        sa.Column("created", sa.String(length=32), nullable=False, comment="UTC, ISO 8601"),
        sa.ForeignKeyConstraint(["chat"], ["chats.id"], name=op.f("fk_subscriptions_chat")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subscriptions")),
        sa.UniqueConstraint(
            "chat", "thread", "kind", "target", "without", name=op.f("uq_subscriptions_chat_thread_kind_target_without")
        ),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_subscriptions_due"), "subscriptions", ["due"], unique=False)
    op.create_table(
        "deliveries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.Integer(), nullable=False),
        sa.Column("chat", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False, comment="1-based in the digest"),
        sa.Column("state", sa.String(length=8), nullable=False, comment="pending, sending, sent, unknown or failed"),
        sa.Column("content", sa.Text(), nullable=True, comment="the message as JSON, until it is sent or has failed"),
        sa.Column("silent", sa.Boolean(), nullable=False),
        sa.Column("asked", sa.Boolean(), nullable=False),
        sa.Column("due", sa.String(length=32), nullable=False, comment="UTC, ISO 8601: not before"),
        sa.Column("owner", sa.Integer(), nullable=True, comment="the sender that has it in hand: senders.id"),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("unknowns", sa.Integer(), nullable=False, comment="how many of them may have arrived"),
        sa.Column("message", sa.BigInteger(), nullable=True, comment="Telegram's number of the message, once sent"),
        sa.Column("reason", sa.Text(), nullable=True, comment="of the last failure"),
        sa.Column(
            "settled", sa.String(length=32), nullable=True, comment="UTC, ISO 8601: when it was sent or given up"
        ),
        sa.ForeignKeyConstraint(["chat"], ["chats.id"], name=op.f("fk_deliveries_chat")),
        sa.ForeignKeyConstraint(["digest"], ["digests.id"], name=op.f("fk_deliveries_digest")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deliveries")),
        sa.UniqueConstraint("digest", "position", name=op.f("uq_deliveries_digest_position")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        op.f("ix_deliveries_asked_due_id"),
        "deliveries",
        ["asked", "due", "id"],
        unique=False,
        sqlite_where=sa.text("owner IS NULL AND settled IS NULL"),
        postgresql_where=sa.text("owner IS NULL AND settled IS NULL"),
    )
    op.create_index(
        op.f("ix_deliveries_chat_asked_due_id"),
        "deliveries",
        ["chat", "asked", "due", "id"],
        unique=False,
        sqlite_where=sa.text("owner IS NULL AND settled IS NULL"),
        postgresql_where=sa.text("owner IS NULL AND settled IS NULL"),
    )
    op.create_index(op.f("ix_deliveries_chat_state"), "deliveries", ["chat", "state"], unique=False)
    op.create_index(
        op.f("ix_deliveries_owner"),
        "deliveries",
        ["owner"],
        unique=False,
        sqlite_where=sa.text("owner IS NOT NULL"),
        postgresql_where=sa.text("owner IS NOT NULL"),
    )
    op.create_table(
        "digest_windows",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.Integer(), nullable=False),
        sa.Column("subscription", sa.Integer(), nullable=False),
        sa.Column("low", sa.Integer(), nullable=False, comment="changes after this one"),
        sa.Column("high", sa.Integer(), nullable=False, comment="up to this one"),
        sa.CheckConstraint("low < high", name=op.f("ck_digest_windows_window_ordered")),
        sa.ForeignKeyConstraint(["digest"], ["digests.id"], name=op.f("fk_digest_windows_digest")),
        sa.ForeignKeyConstraint(["subscription"], ["subscriptions.id"], name=op.f("fk_digest_windows_subscription")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_digest_windows")),
        sa.UniqueConstraint("subscription", "low", name=op.f("uq_digest_windows_subscription_low")),
    )
    op.create_index(op.f("ix_digest_windows_digest"), "digest_windows", ["digest"], unique=False)
    op.create_table(
        "digest_items",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.Integer(), nullable=False),
        sa.Column("chat", sa.Integer(), nullable=False),
        sa.Column("subscription", sa.Integer(), nullable=True, comment="whose it was; the subscription may be gone"),
        sa.Column("position", sa.Integer(), nullable=False, comment="1-based in the digest"),
        sa.Column(
            "message",
            sa.Integer(),
            nullable=False,
            comment="the digest's message that holds it: deliveries.position",
        ),
        sa.Column(
            "place",
            sa.Integer(),
            nullable=False,
            comment="0 is the sentence shown, the others are where it also stands",
        ),
        sa.Column("kind", sa.String(length=10), nullable=False, comment="news, correction, withdrawal or restored"),
        sa.Column("article", sa.String(), nullable=False),
        sa.Column("sentence", sa.Integer(), nullable=False),
        sa.Column(
            "statement",
            sa.BigInteger(),
            nullable=False,
            comment="a hash of its words: the same again is not sent again",
        ),
        sa.ForeignKeyConstraint(["article"], ["articles.id"], name=op.f("fk_digest_items_article")),
        sa.ForeignKeyConstraint(["chat"], ["chats.id"], name=op.f("fk_digest_items_chat")),
        sa.ForeignKeyConstraint(["digest"], ["digests.id"], name=op.f("fk_digest_items_digest")),
        sa.ForeignKeyConstraint(["sentence"], ["sentences.id"], name=op.f("fk_digest_items_sentence")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_digest_items")),
    )
    op.create_index(op.f("ix_digest_items_article_chat"), "digest_items", ["article", "chat"], unique=False)
    op.create_index(op.f("ix_digest_items_chat_statement"), "digest_items", ["chat", "statement"], unique=False)
    op.create_index(op.f("ix_digest_items_digest"), "digest_items", ["digest"], unique=False)
    if op.get_bind().dialect.supports_comments:  # SQLite keeps none
        op.alter_column(
            "changes",
            "kind",
            existing_type=sa.String(length=16),
            existing_nullable=False,
            existing_comment="added, updated or withdrawn",
            comment="added, updated, withdrawn or rekeyed",
        )
