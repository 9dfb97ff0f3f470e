"""The schema's history ends where the tables of ``schema`` stand."""

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, text

from knowledge.store.database import open_engine
from knowledge.store.migrations import newest, upgrade
from knowledge.store.peek import SCHEMA_VERSION
from knowledge.store.reading import identity
from knowledge.store.schema import metadata


@pytest.fixture
def engine(url):
    engine = open_engine(url, create=True)
    yield engine
    engine.dispose()


def test_the_migrated_schema_is_the_one_in_the_code(engine):
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, metadata) == []


def test_every_check_constraint_is_in_the_migrated_schema(engine):
    # Alembic compares no check constraints.
    found = inspect(engine)
    for table in metadata.sorted_tables:
        held = {check["name"] for check in found.get_check_constraints(table.name)}
        assert held == {c.name for c in table.constraints if str(c.name).startswith("ck_")}, table.name


def test_the_newest_version_is_the_one_this_program_expects():
    assert newest() == SCHEMA_VERSION


def test_an_upgrade_of_the_newest_changes_nothing(engine):
    before = identity(engine)
    with engine.begin() as connection:
        upgrade(connection)
        rows = connection.execute(text("SELECT version_num FROM alembic_version")).all()
    assert rows == [(SCHEMA_VERSION,)]
    assert identity(engine) == before
