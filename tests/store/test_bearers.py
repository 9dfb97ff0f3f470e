"""What is read of people whom many articles name: no more of a thousand articles than of some hundreds."""

import sqlite3
from contextlib import closing

import pytest
from sqlalchemy import Engine, event, insert, select

from knowledge.models import ArticleRecord
from knowledge.same_name import person_key
from knowledge.store import schema
from knowledge.store.bearers import COUNTED, MOST_BEARERS, Held
from knowledge.store.database import open_engine
from knowledge.store.writing import save
from tests.auxil.records import lines, person
from tests.store.test_migrations import V0001

HELD = ("John Smith", "John Smyth", "Trump", "Mr Trump", "Ana Reyes", "Judge Reyes")
sqlite_only = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
SOME, MANY = 450, 1_800  # more articles than are looked through


def article(identifier: str, *people: str) -> ArticleRecord:
    told = [person(*text.split(", ")) for text in people]
    return lines(identifier, "\n".join(f"{p.name} spoke." for p in told), people=told)


def name(engine: Engine, revisions: range, people: tuple[str, ...]) -> None:
    """Let so many further texts name the people of an article that is held."""
    with engine.begin() as connection:
        held = dict(connection.execute(select(schema.revisions).limit(1)).mappings().one())
        told = [held | {"id": number, "number": number, "digest": str(number)} for number in revisions]
        connection.execute(insert(schema.revisions), told)
        rows = [{"revision": number, "name": p, "key": person_key(p)} for number in revisions for p in people]
        connection.execute(insert(schema.people), rows)


def steps(engine: Engine, record: ArticleRecord) -> int:
    """How much SQLite does to save an article, in tens of its machine's instructions; each row read is some."""
    count = 0

    def note() -> None:
        nonlocal count
        count += 1

    with engine.connect() as connection:
        raw = connection.connection.driver_connection
    raw.set_progress_handler(note, 10)
    assert save(engine, record) == "added"
    raw.set_progress_handler(None, 0)
    return count


@sqlite_only
@pytest.mark.parametrize(
    "people",
    [
        pytest.param(("John Smith", "Ana Reyes"), id="known by name"),
        pytest.param(("John Smith, a senator", "Jon Smith, Senator"), id="with a role"),
        pytest.param(("Trump", "Smith, Senator"), id="by the last name"),
        pytest.param(("Donald Trump, President", "Ana Maria Reyes, Judge"), id="known by the last name so far"),
        pytest.param(("John Smith, England striker",), id="clashing"),
    ],
)
def test_a_save_reads_no_more_of_whom_more_articles_name(engine, people):
    save(engine, article("first", *HELD))
    name(engine, range(2, SOME), HELD)
    save(engine, article("warm", "Ida Berg"))  # the first save reads the schema, too
    some = steps(engine, article("some", *people))
    name(engine, range(SOME + 10, MANY), HELD)
    assert steps(engine, article("many", *people)) < 1.5 * some


@sqlite_only
def test_a_save_reads_no_more_where_more_names_are_held(engine):
    def crowd(numbers: range) -> None:
        rows = [{"key": f"p{number} q{number}", "name": f"P{number} Q{number}"} for number in numbers]
        with engine.begin() as connection:
            connection.execute(insert(schema.people), [row | {"revision": 1} for row in rows])
            connection.execute(insert(schema.names), [{"key": r["key"], "last": r["key"].split()[1]} for r in rows])

    save(engine, article("first", *HELD))
    people = ("Smith, Senator", "Jon Smith, Senator", "Ola Lind, a judge")
    crowd(range(400))
    save(engine, article("warm", "Ida Berg"))
    some = steps(engine, article("some", *people))
    crowd(range(400, 4_000))
    assert steps(engine, article("many", *people)) < 1.5 * some


def test_a_save_asks_as_often_however_many_people_bear_a_name(engine):
    asked = 0

    def note(*_: object) -> None:
        nonlocal asked
        asked += 1

    event.listen(engine, "after_cursor_execute", note)
    save(engine, article("few", "Ann Smith, Senator", "Abe Smith, Senator"))
    counts = []
    for identifier in ("one", "two"):
        asked = 0
        save(engine, article(identifier, "Smith, Senator"))
        counts.append(asked)
        crowd = [f"S{number} Smith" for number in range(MOST_BEARERS - 2)]
        save(engine, article(f"crowd {identifier}", *crowd))
    assert counts[1] <= counts[0] + 1


def test_so_many_articles_that_name_somebody_are_counted(engine):
    save(engine, article("first", *HELD))
    name(engine, range(2, COUNTED), ("Trump", "Ana Reyes"))
    name(engine, range(COUNTED, COUNTED + 5), ("Trump",))
    with engine.connect() as connection:
        found = Held(connection).existing(["trump", "ana reyes", "john smith", "nobody"])
    assert found == {"trump": COUNTED, "ana reyes": COUNTED - 1, "john smith": 1}


def test_who_is_given_a_key_is_found_by_the_last_name(engine):
    save(engine, article("0", "Ali al-Qadi", "Berg", "Wang Yi", "John Smith, a farmer in Ohio"))
    save(engine, article("1", "John Smith, England striker"))
    with engine.connect() as connection:
        held = Held(connection)
        found = {word: held.bearing(word) for word in ("qadi", "kadi", "berg", "wang", "yi", "smith", "john")}
    assert found == {
        "qadi": ["ali al qadi"],
        "kadi": [],
        "berg": [],
        "wang": ["wang yi"],
        "yi": ["wang yi"],
        "smith": ["john smith", "john smith~2"],
        "john": [],
    }


def test_whom_an_older_store_holds_is_found_by_the_last_name(tmp_path):
    with closing(sqlite3.connect(tmp_path / "store.db")) as connection:
        connection.executescript(V0001.read_text(encoding="utf-8"))
        connection.execute("UPDATE people SET name = 'Ana Qadi', key = 'ana qadi~2'")
        connection.commit()
    older = open_engine(f"sqlite:///{tmp_path}/store.db", create=False)
    with older.connect() as connection:
        assert connection.execute(select(schema.names)).all() == [("ana qadi~2", "kadi")]
    older.dispose()
