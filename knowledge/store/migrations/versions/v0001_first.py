"""The first schema: articles, revisions, sentences, people, quotes, facts, phrasings and the change sequence."""

import uuid

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make every table."""
    stores = op.create_table(
        "stores",
        sa.Column(
            "id",
            sa.String(length=32),
            nullable=False,
            comment="one row: an index knows by it that it belongs to this store",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stores")),
    )
    op.bulk_insert(stores, [{"id": uuid.uuid4().hex}])
    op.create_table(
        "articles",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False, comment="the current revision: revisions.id"),
        sa.Column("withdrawn", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_articles")),
    )
    op.create_table(
        "changes",
        sa.Column("sequence", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("article", sa.String(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False, comment="added, updated or withdrawn"),
        sa.Column("at", sa.String(length=32), nullable=False, comment="UTC, ISO 8601"),
        sa.ForeignKeyConstraint(["article"], ["articles.id"], name=op.f("fk_changes_article")),
        sa.PrimaryKeyConstraint("sequence", name=op.f("pk_changes")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "revisions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("article", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False, comment="1, 2, ... for each article"),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("publisher", sa.Text(), nullable=True),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("published", sa.Text(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column(
            "digest",
            sa.String(length=64),
            nullable=False,
            comment="SHA-256 of everything above: the same again is unchanged",
        ),
        sa.Column("ingested", sa.String(length=32), nullable=False, comment="UTC, ISO 8601"),
        sa.ForeignKeyConstraint(
            ["article"], ["articles.id"], name=op.f("fk_revisions_article"), initially="DEFERRED", deferrable=True
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_revisions")),
        sa.UniqueConstraint("article", "number", name=op.f("uq_revisions_article_number")),
    )
    op.create_table(
        "people",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column(
            "key", sa.String(), nullable=False, comment="the name folded: one person in several articles has one key"
        ),
        sa.Column("role", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["revision"], ["revisions.id"], name=op.f("fk_people_revision")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people")),
    )
    op.create_index(op.f("ix_people_key"), "people", ["key"], unique=False)
    op.create_index(op.f("ix_people_revision"), "people", ["revision"], unique=False)
    op.create_table(
        "quotes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("source_start", sa.Integer(), nullable=True),
        sa.Column("source_end", sa.Integer(), nullable=True),
        sa.Column("cue_start", sa.Integer(), nullable=True),
        sa.Column("cue_end", sa.Integer(), nullable=True),
        sa.Column("addressee_start", sa.Integer(), nullable=True),
        sa.Column("addressee_end", sa.Integer(), nullable=True),
        sa.Column("via_start", sa.Integer(), nullable=True),
        sa.Column("via_end", sa.Integer(), nullable=True),
        sa.Column("speaker", sa.Text(), nullable=True),
        sa.Column("type", sa.String(length=8), nullable=False),
        sa.Column("confidence", sa.Float(), nullable=False),
        sa.Column("rule", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["revision"], ["revisions.id"], name=op.f("fk_quotes_revision")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quotes")),
    )
    op.create_index(op.f("ix_quotes_revision"), "quotes", ["revision"], unique=False)
    op.create_table(
        "sentences",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False, comment="1-based in the article"),
        sa.Column("text_start", sa.Integer(), nullable=False),
        sa.Column("text_end", sa.Integer(), nullable=False),
        sa.Column("paragraph", sa.Integer(), nullable=False),
        sa.Column("labels", sa.String(), nullable=False),
        sa.CheckConstraint("text_start < text_end", name=op.f("ck_sentences_text_ordered")),
        sa.ForeignKeyConstraint(["revision"], ["revisions.id"], name=op.f("fk_sentences_revision")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sentences")),
        sa.UniqueConstraint("revision", "number", name=op.f("uq_sentences_revision_number")),
    )
    op.create_table(
        "aliases",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.ForeignKeyConstraint(["person"], ["people.id"], name=op.f("fk_aliases_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_aliases")),
    )
    op.create_index(op.f("ix_aliases_person"), "aliases", ["person"], unique=False)
    op.create_table(
        "facts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sentence", sa.Integer(), nullable=False),
        sa.Column("subject_start", sa.Integer(), nullable=False),
        sa.Column("subject_end", sa.Integer(), nullable=False),
        sa.Column("relation_start", sa.Integer(), nullable=False),
        sa.Column("relation_end", sa.Integer(), nullable=False),
        sa.Column("object_start", sa.Integer(), nullable=True),
        sa.Column("object_end", sa.Integer(), nullable=True),
        sa.Column("time_start", sa.Integer(), nullable=True),
        sa.Column("time_end", sa.Integer(), nullable=True),
        sa.Column("place_start", sa.Integer(), nullable=True),
        sa.Column("place_end", sa.Integer(), nullable=True),
        sa.Column("number_start", sa.Integer(), nullable=True),
        sa.Column("number_end", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["sentence"], ["sentences.id"], name=op.f("fk_facts_sentence")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_facts")),
    )
    op.create_index(op.f("ix_facts_sentence"), "facts", ["sentence"], unique=False)
    op.create_table(
        "mentions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person", sa.Integer(), nullable=False),
        sa.Column("sentence", sa.Integer(), nullable=False),
        sa.Column("text_start", sa.Integer(), nullable=False),
        sa.Column("text_end", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.CheckConstraint("text_start < text_end", name=op.f("ck_mentions_text_ordered")),
        sa.ForeignKeyConstraint(["person"], ["people.id"], name=op.f("fk_mentions_person")),
        sa.ForeignKeyConstraint(["sentence"], ["sentences.id"], name=op.f("fk_mentions_sentence")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mentions")),
    )
    op.create_index(op.f("ix_mentions_person"), "mentions", ["person"], unique=False)
    op.create_index(op.f("ix_mentions_sentence"), "mentions", ["sentence"], unique=False)
    op.create_table(
        "phrasings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sentence", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(["sentence"], ["sentences.id"], name=op.f("fk_phrasings_sentence")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_phrasings")),
    )
    op.create_index(op.f("ix_phrasings_sentence"), "phrasings", ["sentence"], unique=False)
    op.create_table(
        "quote_contents",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("quote", sa.Integer(), nullable=False),
        sa.Column("text_start", sa.Integer(), nullable=False),
        sa.Column("text_end", sa.Integer(), nullable=False),
        sa.CheckConstraint("text_start < text_end", name=op.f("ck_quote_contents_text_ordered")),
        sa.ForeignKeyConstraint(["quote"], ["quotes.id"], name=op.f("fk_quote_contents_quote")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quote_contents")),
    )
    op.create_index(op.f("ix_quote_contents_quote"), "quote_contents", ["quote"], unique=False)
