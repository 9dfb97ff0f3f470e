"""Full names to be found by their last word, and somebody's newest articles without reading all of them."""

import sqlalchemy as sa
from alembic import op

from knowledge.same_name import name_parts, spelling

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_CHUNK = 10_000
"""So many names are in memory at a time."""


def upgrade() -> None:
    """Make the table and the index, and fill the table with the keys held."""
    connection = op.get_bind()
    bytewise = sa.String().with_variant(sa.String(collation="C"), "postgresql")
    names = op.create_table(
        "names",
        sa.Column("key", bytewise, nullable=False, comment="people.key, of somebody who once had it at least"),
        sa.Column("last", bytewise, nullable=False, comment="the last name in one of its spellings"),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_names")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_names_last_key"), "names", ["last", "key"], unique=False)
    op.drop_index(op.f("ix_people_key"), "people")
    op.create_index(op.f("ix_people_key_revision"), "people", ["key", "revision"], unique=False)
    key = sa.column("key", sa.String())
    page = sa.select(key).select_from(sa.table("people")).where(key > sa.bindparam("after")).distinct().order_by(key)
    after = ""
    while keys := connection.execute(page.limit(_CHUNK), {"after": after}).scalars().all():
        after = keys[-1]
        parts = {each: name_parts(each.partition("~")[0]) for each in keys}
        rows = [{"key": each, "last": spelling(name.last)} for each, name in parts.items() if name.first]
        if rows:
            connection.execute(names.insert(), rows)
