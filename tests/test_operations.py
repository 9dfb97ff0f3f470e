"""What docs/operations.md promises, done as it says: backup and restore while articles come in, and full disks.

A disk is made full for one process by a limit on the size of the files it writes (RLIMIT_FSIZE), which any user may
set; where a small file system can be mounted, by that too.
"""

import asyncio
import os
import re
import resource
import shutil
import signal
import subprocess
import sys
from asyncio.subprocess import PIPE
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
from sqlalchemy.exc import OperationalError

from knowledge.library import Library
from knowledge.models import Interest
from knowledge.schedule import When
from knowledge.store import reading, subscribers
from knowledge.store.check import problems
from knowledge.store.database import open_engine
from knowledge.store.trouble import complaint
from knowledge.store.writing import save
from tests.auxil.bot_api import BotApi, ChatRecord
from tests.auxil.driver import Chat
from tests.auxil.post import fill, states, text_of
from tests.auxil.postgres import Postgres
from tests.auxil.records import Said, blank_store, lines, person, put

ROOT = Path(__file__).parents[1]
MANUAL = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
PROGRAMS = Path(sys.executable).parent
UNLIMITED = resource.RLIM_INFINITY
ADDED = datetime(2024, 5, 6, tzinfo=UTC)


def commands(name: str) -> str:
    """The commands of that name in the manual."""
    found = re.search(rf"<!-- {name}: .*?-->\n```sh\n(.*?)```", MANUAL, re.DOTALL)
    assert found, name
    return found[1]


@pytest.fixture
def shell(tmp_path):
    """Run commands as an operator does, in a folder of their own; what they printed."""

    def run(command: str, folder: Path = tmp_path, **settings: str) -> str:
        done = subprocess.run(
            ["sh", "-e", "-c", command],
            cwd=folder,
            env=environment(folder, **settings),
            capture_output=True,
            text=True,
            check=False,
        )
        assert (done.returncode, done.stderr) == (0, ""), command
        return done.stdout

    return run


def environment(folder: Path, **settings: str) -> dict[str, str]:
    # Not measured for coverage: what measures would need room on the full disk, too.
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("ONRECORD_", "TELEGRAM_", "COVERAGE_"))}
    kept.pop("PYTHONUNBUFFERED", None)  # with it Python takes what a full disk took half of as written
    ours = {"PATH": f"{PROGRAMS}:{kept['PATH']}", "PYTHONPATH": str(ROOT), "XDG_CACHE_HOME": str(folder / "cache")}
    return kept | ours | settings


# -- backup and restore ----------------------------------------------------------------------------------------------

WRITER = """
import itertools, sys
from knowledge.store.database import open_engine
from knowledge.store.writing import save
from tests.auxil.records import lines
engine = open_engine(sys.argv[1], create=False)
for number in itertools.count():
    save(engine, lines(f"a{number}", f"Ana Reyes opened bridge{number}.", people=["Ana Reyes"]))
    print(number, flush=True)
"""


@contextmanager
def writing(url: str) -> Iterator[Iterator[str]]:
    """A process that goes on storing articles until the block ends; its lines tell which."""
    command = [sys.executable, "-c", WRITER, url]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        assert process.stdout is not None
        yield process.stdout
        process.kill()


def followed(url: str) -> None:
    """Somebody follows, has got a digest, and waits for another."""
    engine = open_engine(url, create=False)
    fill(engine, [7], 2)
    engine.dispose()


def is_whole(url: str, folder: Path, told: int, shell) -> None:
    """What was restored at ``url`` is sound, holds what ``told`` articles need, and answers."""
    assert shell("onrecord check", folder, ONRECORD_DATABASE=url).endswith(": all sound\n")
    with Library.open(url, index=str(folder / "index")) as library:
        assert reading.counts(library.engine)["articles"] >= told
        assert library.answerer.answer("who opened bridge1").citations[0].text == "Ana Reyes opened bridge1."
        chat = subscribers.chat(library.engine, 7)
        assert chat is not None
        assert [s.interest.kind for s in subscribers.subscriptions(library.engine, 7)] == ["everything"]
        assert [state for state, *_ in states(library.engine)] == ["pending", "pending"]


def test_a_file_is_backed_up_while_it_is_written_and_restored(tmp_path, shell):
    live, other = tmp_path / "live", tmp_path / "other"
    live.mkdir()
    other.mkdir()
    url = blank_store(live / "onrecord.db")
    followed(url)
    with writing(url) as told:
        for _ in range(3):
            next(told)
        shell(commands("back up a file"), live)
        next(told)
    shutil.copy(live / "backup.db", other)
    (other / "onrecord.db").write_bytes(b"not this")
    (other / "onrecord.db-wal").write_bytes(b"nor this")
    shell(commands("restore a file"), other)
    is_whole(f"sqlite:///{other}/onrecord.db", other, 3, shell)
    engine = open_engine(url, create=False)
    assert (
        reading.counts(engine)["articles"]
        > reading.counts(open_engine(f"sqlite:///{other}/onrecord.db", create=False))["articles"]
    )
    engine.dispose()


def test_a_servers_database_is_backed_up_while_it_is_written_and_restored(tmp_path, shell, postgres: Postgres):
    with postgres.blank() as url, postgres.empty() as other:
        followed(url)
        for_tools, other_for_tools = (address.replace("postgresql+psycopg", "postgresql") for address in (url, other))
        programs = Path((postgres.folder / "postmaster.opts").read_text().split()[0]).parent
        path = f"{programs}:{PROGRAMS}:{os.environ['PATH']}"
        with writing(url) as told:
            for _ in range(3):
                next(told)
            shell(commands("back up a server's database"), ONRECORD_DATABASE=for_tools, PATH=path)
            next(told)
        shell(commands("restore a server's database"), ONRECORD_DATABASE=other_for_tools, PATH=path)
        is_whole(other_for_tools, tmp_path, 3, shell)


def test_an_index_is_made_anew_from_the_database(tmp_path, shell):
    url = blank_store(tmp_path / "onrecord.db")
    with Library.open(url) as library:
        put(library, lines("a", "Ana Reyes opened the bridge."))
    shutil.rmtree(tmp_path / "onrecord.db.index")
    assert "Ana Reyes opened the bridge." in shell("onrecord ask 'who opened the bridge'")
    shell(commands("make the index anew"))
    assert "Ana Reyes opened the bridge." in shell("onrecord ask 'who opened the bridge'")


# -- a full disk -----------------------------------------------------------------------------------------------------

LIMITED = """
import resource, sys
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv.pop(1)), resource.RLIM_INFINITY))
from bot.__main__ import main
main()
"""


@pytest.fixture
def onrecord(tmp_path):
    """Run a command that can write no file beyond ``room`` bytes."""

    def run(room: int, *arguments: str, output: int | None = subprocess.PIPE) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-c", LIMITED, str(room), *arguments]
        return subprocess.run(
            command,
            cwd=tmp_path,
            env=environment(tmp_path),
            stdout=output,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )

    return run


def long_article(number: int) -> str:
    carried = (f"Ana Reyes said ferry {number} carries {n} people to the harbour of Norland." for n in range(50))
    return f"The Post\n\nFerry {number}\n\n{' '.join(carried)}\n"


def test_articles_that_a_full_disk_has_no_room_for_are_refused_in_a_line_and_nothing_is_lost(tmp_path, onrecord):
    url = blank_store(tmp_path / "onrecord.db")
    with Library.open(url) as library:
        put(library, lines("held", "Ben Osei built the bridge."))
    for number in range(4):
        (tmp_path / f"a{number}.txt").write_text(long_article(number))
    refused = onrecord(350_000, "ingest", *(f"a{number}.txt" for number in range(4)))
    assert refused.returncode == 1
    assert refused.stderr == (
        "onrecord: onrecord.db: disk I/O error; is there room on its disk? "
        "Make some and go on: what it holds is whole\n"
    )
    engine = open_engine(url, create=False)
    assert list(problems(engine)) == []
    held = reading.article_ids(engine)
    engine.dispose()
    assert "held" in held
    assert 1 < len(held) < 5, "some went in, in their order, and the rest did not"
    again = onrecord(UNLIMITED, "ingest", *(f"a{number}.txt" for number in range(4)))
    assert (again.returncode, again.stderr) == (0, "")
    assert again.stdout.startswith(f"Articles: {5 - len(held)} added, {len(held) - 1} unchanged; ")
    with Library.open(url) as library:
        assert list(problems(library.engine)) == []
        assert library.answerer.answer("who built the bridge").answered
        assert library.answerer.answer("what did Ana Reyes say").answered


FILLED = """
import subprocess, sys
from pathlib import Path
from sqlalchemy.exc import OperationalError
from knowledge.library import Library
from knowledge.store import reading
from knowledge.store.check import problems
from knowledge.store.trouble import complaint
from knowledge.store.writing import save
from tests.auxil.records import lines
folder = sys.argv[1]
subprocess.run(["mount", "-t", "tmpfs", "-o", "size=700k", "tmpfs", folder], check=True)
with Library.open(f"sqlite:///{folder}/a.db", create=True) as library:
    stored = 0
    try:
        while True:
            text = f"Ana Reyes opened bridge{stored}.\\n" + "All went home.\\n" * 100
            save(library.engine, lines(f"a{stored}", text))
            stored += 1
    except OperationalError as error:
        print(complaint(error))
    assert len(reading.article_ids(library.engine)) == stored > 0
    assert list(problems(library.engine)) == []
    with Path(f"{folder}/more").open("wb", buffering=0) as rest:
        try:
            while rest.write(bytes(4096)):
                pass
        except OSError as error:
            print(complaint(error))
with Library.open(f"sqlite:///{folder}/a.db") as library:
    assert not library.answerer.answer("who opened bridge0").answered
    subprocess.run(["mount", "-o", "remount,size=20m", folder], check=True)
    save(library.engine, lines("z", "Ben Osei closed the tunnel."))
    assert library.follow(patience=10)
    assert list(problems(library.engine)) == []
    assert len(reading.article_ids(library.engine)) == stored + 1
    assert library.answerer.answer("who opened bridge0").answered
    assert library.answerer.answer("who closed the tunnel").answered
"""


def may_mount(folder: Path) -> bool:
    mount = ["unshare", "-rm", "mount", "-t", "tmpfs", "tmpfs", str(folder)]
    return bool(shutil.which("unshare")) and subprocess.run(mount, capture_output=True, check=False).returncode == 0


def test_a_file_system_that_is_full_takes_nothing_and_loses_nothing(tmp_path):
    if not may_mount(tmp_path):
        pytest.skip("no file system can be mounted here")
    command = ["unshare", "-rm", sys.executable, "-c", FILLED, str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)
    assert done.returncode == 0, done.stderr
    full, no_space = done.stdout.splitlines()
    assert full == f"{tmp_path}/a.db: database or disk is full; make room there and go on: what it holds is whole"
    assert "No space left on device; make room" in no_space
    assert done.stderr.count("\n") == 1
    assert f"{tmp_path}/a.db.index: the index cannot be written; is there room on its disk?" in done.stderr


def test_an_index_that_has_no_room_answers_as_it_is_and_says_so(tmp_path, onrecord):
    url = blank_store(tmp_path / "onrecord.db")
    with Library.open(url) as library:
        put(library, lines("a", "Ana Reyes opened the bridge."))
        save(library.engine, lines("b", "Ben Osei closed the tunnel."))
        old = onrecord(0, "ask", "who opened the bridge")
        assert "Ana Reyes opened the bridge." in old.stdout
        assert old.returncode == 0
        assert old.stderr.count("\n") == 1
        assert "onrecord.db.index: the index cannot be written; is there room on its disk?" in old.stderr
        reindexed = onrecord(0, "reindex")
        assert (reindexed.returncode, reindexed.stdout) == (1, "")
        assert reindexed.stderr.startswith("onrecord: onrecord.db.index: the index cannot be written; ")
        assert reindexed.stderr.count("\n") == 1
        assert library.answerer.answer("who opened the bridge").answered
        assert library.follow(patience=10)
        assert library.answerer.answer("who closed the tunnel").answered


def test_an_index_of_another_database_is_not_answered_from_for_want_of_room(tmp_path, onrecord):
    with Library.open(
        f"sqlite:///{tmp_path}/other.db", index=str(tmp_path / "onrecord.db.index"), create=True
    ) as other:
        put(other, lines("a", "Ana Reyes opened the bridge."))
    with Library.open(f"sqlite:///{tmp_path}/onrecord.db", index=str(tmp_path / "index"), create=True):
        asked = onrecord(0, "ask", "who opened the bridge")
    assert (asked.returncode, asked.stdout) == (1, "")
    assert asked.stderr.startswith("onrecord: onrecord.db.index: the index cannot be written; ")


def test_an_export_that_has_no_room_is_told_in_a_line(tmp_path, onrecord):
    with Library.open(blank_store(tmp_path / "onrecord.db")) as library:
        save(library.engine, lines("a", "Ana Reyes opened the bridge."))
        with (tmp_path / "export.jsonl").open("w") as output:
            done = onrecord(10, "export", "articles", output=output.fileno())
    assert done.returncode == 1
    assert done.stderr == "onrecord: the output: File too large; make room and try again\n"


def test_a_server_whose_disk_is_full_is_told_in_a_line(postgres: Postgres):
    with postgres.blank() as url:
        engine = open_engine(url, create=False)
        with pytest.raises(OperationalError) as caught, engine.begin() as connection:
            connection.exec_driver_sql(
                "DO $$ BEGIN RAISE EXCEPTION 'no space left' USING ERRCODE = 'disk_full'; END $$"
            )
        engine.dispose()
    assert isinstance(caught.value.orig, psycopg.errors.DiskFull)
    told = complaint(caught.value)
    assert told is not None
    assert told.startswith("postgresql+psycopg://postgres@/test_")
    assert told.endswith(": no space left; make room there and go on: what it holds is whole")


# -- the bot, when there is no room ----------------------------------------------------------------------------------

BOT = """
import asyncio, sys
from bot import logs
from bot.app import serve
from bot.dialogue import Dialogue
from bot.settings import load_settings
from knowledge.library import Library
logs.configure()
settings = load_settings()
with Library.open(settings.database) as library:
    sys.exit(asyncio.run(serve(settings, Dialogue(library), digests=True)))
"""


class Bot:
    """The bot in a process of its own; ``log`` is what it has logged so far."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self.log = ""

    def room(self, room: int) -> None:
        """From now on it can write no file beyond so many bytes."""
        resource.prlimit(self._process.pid, resource.RLIMIT_FSIZE, (room, UNLIMITED))

    async def logged(self, words: str) -> None:
        assert self._process.stderr
        async with asyncio.timeout(20):
            while words not in self.log:
                self.log += (await self._process.stderr.readline()).decode()


@pytest.fixture
async def api():
    async with BotApi() as api:
        for chat in (7, 8):
            api.add_chat(ChatRecord(chat))
        yield api


@pytest.fixture
async def start(api, tmp_path):
    """Start the bot on a database."""
    started: list[asyncio.subprocess.Process] = []

    async def bot(url: str) -> Bot:
        settings = {"ONRECORD_DATABASE": url, "TELEGRAM_BOT_TOKEN": api.token, "TELEGRAM_API_URL": api.url}
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-c", BOT, stdout=PIPE, stderr=PIPE, cwd=tmp_path, env=environment(tmp_path, **settings)
        )
        started.append(process)
        assert process.stdout
        assert b"is answering" in await process.stdout.readline()
        return Bot(process)

    yield bot
    for process in started:
        process.send_signal(signal.SIGTERM)
        _, errors = await process.communicate()
        assert process.returncode == 0
        assert b"Traceback" not in errors


def said(name: str, words: str):
    quote = Said("Wang Yi", words, "Wang Yi", "said")
    return lines(name, f"Wang Yi said {words}.", people=[person("Wang Yi")], quotes=[quote], publisher="Norland Post")


async def test_without_room_the_bot_answers_and_sends_nothing_that_is_not_written_down(api, start, tmp_path):
    url = blank_store(tmp_path / "onrecord.db")
    with Library.open(url) as library:
        put(library, said("a", "the long council meeting must end on Monday"))
        engine = library.engine
        wang = Interest(kind="person", target="wang yi")
        subscribers.subscribe(engine, 7, 0, wang, "Wang Yi", When(often="at_once"), now=datetime.now(UTC))
        bot = await start(url)
        bot.room(0)
        save(engine, said("b", "all the bridges of the city will be painted"))
        fill(engine, [8], 1, due=datetime.now(UTC))
        await bot.logged("the index cannot be written; is there room on its disk?")
        await bot.logged('event="database trouble"')
        (answer,) = await Chat(api, api.chats[7]).say("what did Wang Yi say", expect=1)
        assert "council meeting" in answer.text
        assert "bridges" not in answer.text
        assert api.messages == [answer]
        bot.room(UNLIMITED)
        await api.until(lambda: len(api.messages) == 4)
        assert "bridges of the city" in api.sent_to(7)[-1].text
        waited, new = api.sent_to(8)
        assert text_of(8, 0) in waited.text
        assert "bridges of the city" in new.text
        while any(state != "sent" for state, *_ in states(engine)):
            await asyncio.sleep(0.01)
        assert len(api.messages) == 4


async def test_a_digest_that_was_sent_as_the_disk_filled_up_is_written_down_later_and_not_sent_again(
    api, start, tmp_path
):
    url = blank_store(tmp_path / "onrecord.db")
    engine = open_engine(url, create=False)
    bot = await start(url)

    def full() -> bool:
        bot.room(0)
        return False  # and no fault of Telegram's

    api.fail("sendMessage", None, when=full)  # type: ignore[arg-type]
    fill(engine, [8], 1, due=datetime.now(UTC))
    await api.until(lambda: len(api.messages) == 1)
    await bot.logged("at=settle")
    assert [state for state, *_ in states(engine)] == ["sending"]
    bot.room(UNLIMITED)
    while [state for state, *_ in states(engine)] != ["sent"]:
        await asyncio.sleep(0.01)
    assert len(api.messages) == 1
    engine.dispose()
