"""What comes from the web: feeds and their entries, and what a revision changed of the one before it."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables; what older revisions changed is not told after the fact."""
    op.create_table(
        "feeds",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("etag", sa.Text(), nullable=True),
        sa.Column("last_modified", sa.Text(), nullable=True),
        sa.Column(
            "digest", sa.String(length=64), nullable=True, comment="of the last body: the same again is unchanged"
        ),
        sa.Column("checked", sa.String(length=32), nullable=True, comment="UTC, ISO 8601"),
        sa.Column("due", sa.String(length=32), nullable=False, comment="UTC, ISO 8601: when to ask next"),
        sa.Column("failures", sa.Integer(), nullable=False, comment="in a row"),
        sa.Column("problem", sa.Text(), nullable=True, comment="the last failure's, none after a success"),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("added", sa.String(length=32), nullable=False, comment="UTC, ISO 8601"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feeds")),
        sa.UniqueConstraint("address", name=op.f("uq_feeds_address")),
    )
    op.create_table(
        "feed_entries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("feed", sa.Integer(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False, comment="what the feed calls it; a hash of that when it is long"),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("published", sa.Text(), nullable=True),
        sa.Column("state", sa.String(length=8), nullable=False, comment="new, taken, refused or failed"),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due", sa.String(length=32), nullable=False, comment="UTC, ISO 8601: when to fetch it"),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.Column("article", sa.String(), nullable=True, comment="what it became"),
        sa.CheckConstraint("(state = 'taken') = (article IS NOT NULL)", name=op.f("ck_feed_entries_taken_has_article")),
        sa.ForeignKeyConstraint(["article"], ["articles.id"], name=op.f("fk_feed_entries_article")),
        sa.ForeignKeyConstraint(["feed"], ["feeds.id"], name=op.f("fk_feed_entries_feed")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feed_entries")),
        sa.UniqueConstraint("feed", "key", name=op.f("uq_feed_entries_feed_key")),
    )
    op.create_index(op.f("ix_feed_entries_state_due"), "feed_entries", ["state", "due"], unique=False)
    op.create_index(op.f("ix_feed_entries_url"), "feed_entries", ["url"], unique=False)
    op.create_table(
        "sentence_changes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False, comment="the newer one"),
        sa.Column("kind", sa.String(length=8), nullable=False, comment="changed, vanished or new"),
        sa.Column("before", sa.Integer(), nullable=True, comment="none when it is new"),
        sa.Column("after", sa.Integer(), nullable=True, comment="none when it vanished"),
        sa.CheckConstraint("(kind = 'new') = (before IS NULL)", name=op.f("ck_sentence_changes_new_has_no_before")),
        sa.CheckConstraint(
            "(kind = 'vanished') = (after IS NULL)", name=op.f("ck_sentence_changes_vanished_has_no_after")
        ),
        sa.ForeignKeyConstraint(["after"], ["sentences.id"], name=op.f("fk_sentence_changes_after")),
        sa.ForeignKeyConstraint(["before"], ["sentences.id"], name=op.f("fk_sentence_changes_before")),
        sa.ForeignKeyConstraint(["revision"], ["revisions.id"], name=op.f("fk_sentence_changes_revision")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sentence_changes")),
    )
    op.create_index(op.f("ix_sentence_changes_revision"), "sentence_changes", ["revision"], unique=False)
