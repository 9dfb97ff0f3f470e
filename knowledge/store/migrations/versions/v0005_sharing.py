"""What several processes of one bot share: the updates that are done with, and what chats are remembered by."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables; nothing is remembered yet."""
    bytewise = sa.String().with_variant(sa.String(collation="C"), "postgresql")
    op.create_table(
        "handled_updates",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False, comment="Telegram's update_id"),
        sa.Column("at", sa.String(length=32), nullable=False, comment="UTC, ISO 8601"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handled_updates")),
    )
    op.create_index(op.f("ix_handled_updates_at"), "handled_updates", ["at"], unique=False)
    op.create_table(
        "conversations",
        sa.Column(
            "key", bytewise, nullable=False, comment="a chat's key; of a forum's topic with a colon and its number"
        ),
        sa.Column("content", sa.Text(), nullable=False, comment="JSON: texts asked, and keys of what was shown"),
        sa.Column("used", sa.String(length=32), nullable=False, comment="UTC, ISO 8601: the last time"),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_conversations")),
    )
    op.create_index(op.f("ix_conversations_used"), "conversations", ["used"], unique=False)
