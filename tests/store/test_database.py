"""Opening databases, files and those of a server: ours, others, none, broken ones, and many at once."""

import concurrent.futures
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import Insert, create_engine, event, insert, inspect, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from knowledge.errors import StoreError
from knowledge.library import Library
from knowledge.store import ledger, outbox, schema, subscribers
from knowledge.store.database import brief, open_engine, take_turn, writing
from knowledge.store.peek import SCHEMA_VERSION, peek, sqlite_path
from knowledge.store.reading import identity, last_sequence
from knowledge.store.writing import save
from tests.auxil.following import START, follow
from tests.auxil.postgres import Postgres
from tests.auxil.records import lines

sqlite_only = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
postgresql_only = pytest.mark.parametrize("database", ["postgresql"], indirect=True)


def sql(path: Path, *statements: str) -> None:
    with closing(sqlite3.connect(path)) as connection:
        for statement in statements:
            connection.execute(statement)
        connection.commit()


def refusal(url: str, *, create: bool) -> str:
    """The one line with which a database is refused, the same by the store and by the library."""
    with pytest.raises(StoreError) as caught:
        open_engine(url, create=create)
    with pytest.raises(StoreError) as by_library:
        Library.open(url, create=create)
    assert str(by_library.value) == str(caught.value)
    assert "\n" not in str(caught.value)
    return str(caught.value)


# -- what is refused -------------------------------------------------------------------------------------------------


def foreign(path: Path) -> None:
    sql(path, "CREATE TABLE recipes (id INTEGER)")


def newer(path: Path) -> None:
    open_engine(f"sqlite:///{path}", create=True).dispose()
    sql(path, "UPDATE alembic_version SET version_num = '9999'")


def garbage(path: Path) -> None:
    path.write_bytes(b"This is no database at all. " * 100)


def cut_off(path: Path) -> None:
    open_engine(f"sqlite:///{path}", create=True).dispose()
    path.write_bytes(path.read_bytes()[:5000])


REFUSED = [
    pytest.param(foreign, (False, True), "holds tables that are not On the Record's", id="not ours"),
    pytest.param(newer, (False, True), "written by a newer version of On the Record; install that one", id="newer"),
    pytest.param(garbage, (False, True), "file is not a database", id="garbage"),
    pytest.param(cut_off, (False, True), "malformed", id="cut off"),
    pytest.param(Path.mkdir, (False, True), "unable to open database file", id="folder"),
    pytest.param(lambda _: None, (False,), "no such database; `onrecord ingest SOURCE` makes it", id="missing"),
    pytest.param(Path.touch, (False,), "empty; `onrecord ingest SOURCE` fills it", id="empty"),
]


@pytest.mark.parametrize(("make", "creates", "reason"), REFUSED)
def test_a_file_that_is_no_store_is_refused_by_name_in_one_line(tmp_path: Path, make, creates, reason):
    path = tmp_path / "store.db"
    make(path)
    before = path.read_bytes() if path.is_file() else None
    for create in creates:
        line = refusal(f"sqlite:///{path}", create=create)
        assert str(path) in line
        assert reason in line
        if make is not newer:
            assert (path.read_bytes() if path.is_file() else None) == before, "what is not ours is left alone"


def test_a_database_in_a_missing_folder_is_refused(tmp_path: Path):
    assert str(tmp_path / "no" / "x.db") in refusal(f"sqlite:///{tmp_path}/no/x.db", create=True)


ADDRESSES = [
    pytest.param("store.db", "Could not parse", id="a path"),
    pytest.param("", "Could not parse", id="empty"),
    pytest.param("sqlite://host/store.db", "Invalid SQLite URL", id="slash missing"),
    pytest.param("sqlite+nothing:///store.db", "Can't load plugin", id="unknown driver"),
    pytest.param("nothing://host/store", "Can't load plugin", id="unknown database"),
    pytest.param("postgresql+pg8000://host/store", "No module named 'pg8000'", id="driver not installed"),
    pytest.param("sqlite://", "a database in memory is gone at the end; name a file", id="in memory"),
    pytest.param("sqlite:///:memory:", "a database in memory is gone at the end; name a file", id="in memory by name"),
]


@pytest.mark.parametrize(("url", "reason"), ADDRESSES)
def test_a_wrong_address_is_refused_with_the_settings_name(url, reason):
    for create in (False, True):
        line = refusal(url, create=create)
        assert line.startswith("ONRECORD_DATABASE: ")
        assert reason in line


# -- what is refused of a server -------------------------------------------------------------------------------------


def run(url: str, *statements: str) -> None:
    engine = create_engine(url)
    with engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()


@postgresql_only
def test_a_database_that_holds_nothing_is_refused_unless_it_may_be_made_one(new_url):
    line = refusal(new_url, create=False)
    assert line == f"{new_url.partition('?')[0]}: empty; `onrecord ingest SOURCE` fills it"


@postgresql_only
def test_a_database_of_others_is_refused_and_left_alone(new_url):
    run(new_url, "CREATE TABLE recipes (id INTEGER)")
    for create in (False, True):
        assert "holds tables that are not On the Record's" in refusal(new_url, create=create)
    run(new_url, "DROP TABLE recipes")
    assert "empty" in refusal(new_url, create=False)


@postgresql_only
def test_a_database_of_a_newer_version_is_refused(url):
    run(url, "UPDATE alembic_version SET version_num = '9999'")
    for create in (False, True):
        assert "written by a newer version of On the Record; install that one" in refusal(url, create=create)


SECRET = "correct-horse"
SERVERS = [
    pytest.param("postgresql+psycopg://reader:{}@127.0.0.1:1/x", "port 1 failed: Connection refused", id="port"),
    pytest.param("postgresql://reader:{}@nowhere.invalid/x", "failed to resolve host 'nowhere.invalid'", id="host"),
    pytest.param("postgresql://reader:{}@/x?host=/no/such/folder", "No such file or directory", id="socket"),
    pytest.param("postgresql://reader@/x?host=/no/such/folder&password={}", "No such file", id="password in options"),
    pytest.param("postgresql://reader:{}@/x?odd=1", 'invalid connection option "odd"', id="option"),
    pytest.param("postgresql://reader:{}@host:port/x", "the port is no number; give an address", id="no port"),
    pytest.param("postgresql://reader:a@{}@host/x", "more than one @; write one in a user's name", id="two @"),
]


def without_secret(address: str) -> str:
    """The line with which a server is refused."""
    (line,) = {refusal(address, create=create) for create in (False, True)}
    assert line.startswith("ONRECORD_DATABASE: ")
    assert SECRET not in line
    return line


@pytest.mark.parametrize(("address", "reason"), SERVERS)
def test_a_server_that_cannot_be_used_is_told_in_a_line_without_the_password(address, reason):
    assert reason in without_secret(address.format(SECRET))


def test_a_server_that_lets_nobody_in_is_told_in_a_line_without_the_password(postgres: Postgres):
    known, stranger = (postgres.url("nothing").replace("postgres@", f"{who}:{SECRET}@") for who in ("postgres", "who"))
    assert 'database "nothing" does not exist' in without_secret(known)
    assert 'role "who" does not exist' in without_secret(stranger)


@postgresql_only
def test_the_password_of_a_database_that_answers_is_not_shown(new_url):
    address = new_url.replace("postgres@", f"postgres:{SECRET}@") + f"&password={SECRET}"
    line = refusal(address, create=False)
    assert "empty" in line
    assert SECRET not in line


@postgresql_only
@pytest.mark.parametrize("scheme", ["postgresql", "postgres", "postgresql+psycopg"])
def test_the_driver_need_not_be_named(url, scheme):
    address = url.replace("postgresql+psycopg", scheme)
    engine = open_engine(address, create=False)
    assert last_sequence(engine) == 0
    engine.dispose()


@postgresql_only
def test_what_is_stored_is_not_in_an_error(engine):
    with pytest.raises(DBAPIError) as caught, writing(engine).begin() as connection:
        connection.execute(text("INSERT INTO changes (article, kind, at) VALUES (:secret, '', '')"), {"secret": SECRET})
    assert "parameters hidden" in str(caught.value)


# -- what is opened --------------------------------------------------------------------------------------------------


def test_a_new_store_is_made_and_found_again(new_url):
    engine = open_engine(new_url, create=True)
    name = identity(engine)
    engine.dispose()
    again = open_engine(new_url, create=False)
    assert identity(again) == name
    again.dispose()


def test_an_empty_file_becomes_a_store(tmp_path):
    path = tmp_path / "store.db"
    path.touch()
    engine = open_engine(f"sqlite:///{path}", create=True)
    assert last_sequence(engine) == 0
    engine.dispose()


def test_foreign_keys_are_enforced(engine):
    with pytest.raises(IntegrityError, match=r"(?i)foreign key"), engine.begin() as connection:
        connection.execute(text("INSERT INTO changes (article, kind, at) VALUES ('nobody', 'added', '')"))


def test_readers_do_not_wait_for_a_writer(engine):
    save(engine, lines("a", "Text."))
    with writing(engine).begin() as connection:
        connection.execute(text("UPDATE articles SET withdrawn = NOT withdrawn"))
        assert last_sequence(engine) == 1
        with engine.connect() as reader:
            assert not reader.execute(text("SELECT withdrawn FROM articles")).scalar_one()


def test_a_transaction_that_fails_is_undone_schema_changes_too(engine):
    def fail() -> None:
        with writing(engine).begin() as connection:
            connection.execute(text("CREATE TABLE extra (id INTEGER)"))
            connection.execute(text("INSERT INTO nowhere VALUES (1)"))

    with pytest.raises(DBAPIError, match="nowhere"):
        fail()
    with engine.connect() as connection:
        assert not inspect(connection).has_table("extra")


ROUNDS = range(3)


@pytest.mark.parametrize("attempt", ROUNDS)
def test_threads_that_make_one_new_store_at_once_make_it_once(new_url, attempt):
    gate = threading.Barrier(8)

    def make(_: int) -> str:
        gate.wait()
        engine = open_engine(new_url, create=True)
        try:
            return identity(engine)
        finally:
            engine.dispose()

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(make, range(8)))) == 1


def test_a_new_file_that_another_holds_for_a_moment_is_waited_for(tmp_path):
    """SQLite itself does not wait here: two that read a new file, and both want to change its journal, are refused."""
    path = tmp_path / "store.db"
    other = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    release = threading.Timer(0.3, other.rollback)
    release.start()
    try:
        open_engine(f"sqlite:///{path}", create=True).dispose()
    finally:
        release.join()
        other.close()
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)


MAKE = """
import sys
from knowledge.store.database import open_engine
from knowledge.store.reading import identity
print("ready", flush=True)
sys.stdin.readline()
engine = open_engine(sys.argv[1], create=True)
print(identity(engine))
engine.dispose()
"""


def test_processes_that_make_one_new_store_at_once_make_it_once(new_url):
    children = [
        subprocess.Popen(
            [sys.executable, "-c", MAKE, new_url], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
        )
        for _ in range(3)
    ]
    for child in children:
        assert child.stdout is not None
        assert child.stdout.readline() == "ready\n"
    for child in children:
        assert child.stdin is not None
        child.stdin.write("go\n")
    names = [child.communicate(timeout=60)[0] for child in children]
    assert [child.returncode for child in children] == [0, 0, 0]
    assert len(set(names)) == 1


# -- a server that is lost -------------------------------------------------------------------------------------------


@postgresql_only
def test_after_a_lost_connection_the_next_call_works(engine, url, postgres: Postgres):
    save(engine, lines("a", "A line."))
    postgres.cut_off(url)
    assert save(engine, lines("b", "A line.")) == "added"
    postgres.cut_off(url)
    assert last_sequence(engine) == 2


@postgresql_only
def test_a_transaction_whose_connection_is_lost_is_undone_and_told(engine, url, postgres: Postgres):
    def lose() -> None:
        with writing(engine).begin() as connection:
            connection.execute(text("DELETE FROM alembic_version"))
            postgres.cut_off(url)

    with pytest.raises(DBAPIError):
        lose()
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM alembic_version")).scalar() == 1


@postgresql_only
def test_after_a_restart_of_the_server_the_next_call_works(engine, postgres: Postgres):
    save(engine, lines("a", "A line."))
    postgres.stop()
    try:
        with pytest.raises(DBAPIError, match="No such file"):
            last_sequence(engine)
    finally:
        postgres.start()
    assert last_sequence(engine) == 1


# -- what must not wait for ever --------------------------------------------------------------------------------------

LIMITS = ("lock_timeout", "statement_timeout", "idle_in_transaction_session_timeout")


def limits(connection) -> list[str]:
    return [connection.execute(text(f"SHOW {name}")).scalar() for name in LIMITS]


@postgresql_only
def test_what_is_brief_waits_only_so_long_and_nothing_else_is_cut_short(engine):
    with brief(engine) as connection:
        assert limits(connection) == ["30s", "2min", "1min"]
        (pid,) = connection.execute(text("SELECT pg_backend_pid()")).scalars()
    for other in (engine, writing(engine)):
        with other.connect() as connection:
            assert connection.execute(text("SELECT pg_backend_pid()")).scalar() == pid, "the same connection"
            assert limits(connection) == ["0", "0", "0"]
    with writing(engine).begin() as connection:
        take_turn(connection)
        assert limits(connection) == ["30s", "0", "0"], "a long article takes as long as it takes"


def test_what_is_brief_is_kept_whole_or_not_at_all(engine):
    def add(name: str) -> Insert:
        return insert(schema.senders).values(name=name, seen="")

    with brief(engine) as connection:
        connection.execute(add("one").values(id=1))
    with pytest.raises(IntegrityError), brief(engine) as connection:
        connection.execute(add("two"), [{"id": 2}, {"id": 1}])
    with engine.connect() as connection:
        assert connection.execute(text("SELECT name FROM senders")).scalars().all() == ["one"]


BRIEF = {
    "subscribe": lambda e: follow(e, 1),
    "change": lambda e: subscribers.change(e, 1, 1, now=START, paused=True),
    "unsubscribe": lambda e: subscribers.unsubscribe(e, 1, None),
    "set_zone": lambda e: subscribers.set_zone(e, 1, "UTC", START),
    "ask_zone": lambda e: subscribers.ask_zone(e, 1),
    "set_quiet": lambda e: subscribers.set_quiet(e, 1, None, START),
    "pause": lambda e: subscribers.pause(e, 1, START),
    "resume": lambda e: subscribers.resume(e, 1, START),
    "gone": lambda e: subscribers.gone(e, 1, "x"),
    "back": lambda e: subscribers.back(e, 1),
    "migrate": lambda e: subscribers.migrate(e, 1, 2),
    "forget": lambda e: subscribers.forget(e, 1),
    "hold": lambda e: ledger.hold(e, [], START),
    "record": lambda e: ledger.record(e, [], START),
    "advance": lambda e: ledger.advance(e, []),
    "clean": lambda e: ledger.clean(e, START),
    "join": lambda e: outbox.join(e, "x", START),
    "beat": lambda e: outbox.beat(e, 1, START),
    "leave": lambda e: outbox.leave(e, 1),
    "recover": lambda e: outbox.recover(e, START, lambda name: False),
    "claim": lambda e: outbox.claim(e, 1, START, 1),
    "begin": lambda e: outbox.begin(e, 1, []),
    "settle": lambda e: outbox.settle(e, [], START),
    "release": lambda e: outbox.release(e, []),
    "put_off": lambda e: outbox.put_off(e, [], START),
}


@postgresql_only
@pytest.mark.parametrize("name", BRIEF)
def test_whatever_is_written_of_chats_and_digests_is_brief(engine, name):
    statements: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda *told: statements.append(told[2]))
    BRIEF[name](engine)
    assert "set_config" in statements[0]


@postgresql_only
@pytest.mark.parametrize("said", ["", "&keepalives_idle=7&tcp_user_timeout=0&connect_timeout=3"])
def test_a_server_that_is_silent_is_taken_to_be_cut_off(url, said):
    engine = open_engine(url + said, create=False)
    try:
        with engine.connect() as connection:
            driver = connection.connection.driver_connection
            assert driver is not None
            used = driver.info.get_parameters()
    finally:
        engine.dispose()
    names = ("keepalives_idle", "keepalives_interval", "keepalives_count", "tcp_user_timeout", "connect_timeout")
    assert [int(used[name]) for name in names] == ([7, 10, 3, 0, 3] if said else [30, 10, 3, 60_000, 10])


# -- a first look without SQLAlchemy ---------------------------------------------------------------------------------

PATHS = [
    ("sqlite:///a.db", Path("a.db")),
    ("sqlite:////srv/a.db", Path("/srv/a.db")),
    ("sqlite+pysqlite:///a.db", Path("a.db")),
    ("sqlite:///a.db?timeout=5", Path("a.db")),
    ("sqlite:///a%20b.db", Path("a b.db")),
    ("sqlite:///a b#c.db", Path("a b#c.db")),
    ("sqlite://", None),
    ("sqlite:///", None),
    ("sqlite:///:memory:", None),
    ("postgresql://host/a.db", None),
]


@pytest.mark.parametrize(("url", "path"), PATHS, ids=[url for url, _ in PATHS])
def test_the_file_of_an_address_is_the_one_that_is_opened(url, path):
    assert sqlite_path(url) == path
    if path is not None:
        from sqlalchemy.engine import make_url

        assert make_url(url).database == str(path)


@sqlite_only
def test_a_glimpse_tells_the_store_and_its_newest_change(url, engine):
    assert peek(url) == (identity(engine), 0)
    save(engine, lines("a", "Text."))
    assert peek(url) == (identity(engine), 1)


@postgresql_only
def test_there_is_no_glimpse_of_a_server(url):
    assert peek(url) is None


@pytest.mark.parametrize("make", [foreign, newer, garbage, cut_off, Path.mkdir, Path.touch, lambda _: None])
def test_a_glimpse_of_anything_else_is_none_and_leaves_it_alone(tmp_path, make):
    path = tmp_path / "store.db"
    make(path)
    before = sorted(tmp_path.iterdir())
    assert peek(f"sqlite:///{path}") is None
    assert sorted(tmp_path.iterdir()) == before


def test_the_version_is_the_one_a_new_store_has(engine):
    with engine.connect() as connection:
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalar() == SCHEMA_VERSION
