"""The schema's history ends where the tables of ``schema`` stand, and what an older version wrote comes along."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import Integer, MetaData, create_engine, func, inspect, literal_column, select, text

from knowledge.errors import StoreError
from knowledge.library import Library
from knowledge.store import migrations, reading
from knowledge.store.check import problems
from knowledge.store.database import open_engine
from knowledge.store.migrations import newest, upgrade
from knowledge.store.peek import SCHEMA_VERSION
from knowledge.store.reading import identity
from knowledge.store.revising import corrections
from knowledge.store.schema import metadata
from knowledge.store.writing import save
from tests.auxil.records import lines

V0001 = Path(__file__).with_name("v0001.sql")
"""What version 0001 wrote: four revisions of three articles, one corrected and one withdrawn."""


@pytest.fixture
def engine(new_url):
    engine = open_engine(new_url, create=True)
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


# -- from version 0001 -----------------------------------------------------------------------------------------------


@pytest.fixture
def old(database, new_url, tmp_path) -> str:
    """A store of version 0001; on PostgreSQL with the same rows in the tables that version made there."""
    path = tmp_path / "store.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(V0001.read_text(encoding="utf-8"))
    file = f"sqlite:///{path}"
    if database == "sqlite":
        return file
    source, target = create_engine(file), create_engine(new_url)
    with source.connect() as held, target.begin() as connection:
        config = Config()
        config.set_main_option("script_location", str(Path(migrations.__file__).parent))
        config.set_main_option("path_separator", "os")
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        tables = MetaData()
        tables.reflect(connection)
        for table in tables.sorted_tables:
            connection.execute(table.delete())
            columns = [literal_column(f'"{column.name}"', column.type) for column in table.columns]
            rows = [tuple(row) for row in held.execute(select(*columns).select_from(text(table.name)))]
            for row in rows:
                connection.execute(table.insert().values(dict(zip(table.columns.keys(), row, strict=True))))
            (key, *_) = table.primary_key.columns or table.columns
            if rows and table.name != "alembic_version" and isinstance(key.type, Integer):
                serial = func.pg_get_serial_sequence(table.name, key.name)
                connection.execute(select(func.setval(serial, select(func.max(key)).scalar_subquery())))
    for engine in (source, target):
        engine.dispose()
    return new_url


@pytest.fixture
def migrated(old):
    engine = open_engine(old, create=False)
    yield engine
    engine.dispose()


def test_an_older_store_has_the_schema_of_a_new_one(migrated):
    test_the_migrated_schema_is_the_one_in_the_code(migrated)
    test_every_check_constraint_is_in_the_migrated_schema(migrated)


def test_an_older_store_keeps_what_it_holds(migrated):
    assert identity(migrated) == "0123456789abcdef0123456789abcdef"
    assert reading.article_ids(migrated) == ["ferry", "bridge"]
    assert reading.counts(migrated) == {"articles": 2, "sentences": 4, "people": 1, "quotes": 1, "facts": 1}
    assert [c.kind for c in reading.changes_after(migrated, 0)] == "added added updated added withdrawn".split()
    stored = reading.article(migrated, "ferry")
    assert stored is not None
    assert stored.article.text == "The ferry sails at ten.\nIt carries 80 people."
    assert list(problems(migrated)) == []


def test_an_older_store_goes_on_where_it_stood(migrated):
    assert corrections(migrated) == [], "what was revised before is not told"
    ferry = lines(
        "ferry", "The ferry sails at noon.\nIt carries 80 people.", title="The ferry", publisher="Norland Post"
    )
    assert save(migrated, ferry) == "updated"
    (correction,) = corrections(migrated)
    assert correction.pairs == (("The ferry sails at ten.", "The ferry sails at noon."),)
    assert reading.last_sequence(migrated) == 6
    assert list(problems(migrated)) == []


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_an_older_store_that_cannot_be_migrated_is_left_as_it_was(old, tmp_path):
    with closing(sqlite3.connect(tmp_path / "store.db")) as connection:
        connection.execute("CREATE TABLE sentence_changes (id INTEGER)")
        connection.commit()
        before = list(connection.iterdump())
    with pytest.raises(StoreError, match="sentence_changes"):
        open_engine(old, create=False)
    with closing(sqlite3.connect(tmp_path / "store.db")) as connection:
        assert list(connection.iterdump()) == before


def test_the_library_opens_an_older_store_and_answers_from_it(old, tmp_path):
    with Library.open(old, index=str(tmp_path / "index")) as library:
        assert [article["id"] for article in library.latest()] == ["ferry", "bridge"]
        answer = library.answerer.answer("when does the ferry sail")
        assert answer.answered
        assert answer.citations[0].text == "The ferry sails at ten."
