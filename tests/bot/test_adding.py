"""Additions as processes of their own: what their output is taken for, and how they end."""

import asyncio
import json
import os
import sys
from contextlib import aclosing
from pathlib import Path

import pytest

from bot import admin_texts as texts
from bot.adding import AT_ONCE, WAITING, Adder, Begun
from bot.addition import AddingError, Address, Document, Post, Report, web_address

PAGE = Address("https://news.example/story")
TELL = """
import json, os, sys, time
def tell(name, status="added", error=None, **counted):
    counted = {"sentences": 0, "quotes": 0, "facts": 0} | counted
    print(json.dumps({"article_id": name, "status": status, "error": error} | counted), flush=True)
"""


@pytest.fixture
def reader(tmp_path):
    """An adder whose child is a few lines of Python; the source is ``sys.argv[1]``."""
    made = []

    def make(body, **others):
        script = tmp_path / f"child{len(made)}.py"
        script.write_text(TELL + body)
        made.append(Adder("sqlite:///unused.db", command=[sys.executable, "-S", str(script)], **others))
        return made[-1]

    yield make
    for adder in made:
        adder.close()


async def reports(adder, source=PAGE):
    begun, *found = [step async for step in adder.add(source)]
    assert begun == Begun()
    return found


async def names(adder, source=PAGE):
    return [report.article_id for report in await reports(adder, source)]


async def why_not(adder, source=PAGE):
    with pytest.raises(AddingError) as raised:
        await reports(adder, source)
    return str(raised.value)


def is_gone(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


# --- what a child says ------------------------------------------------------------------------------------------


async def test_reports_come_as_they_are_told(reader):
    adder = reader('tell("a", sentences=24, quotes=5, facts=21); tell("", "rejected", "b: empty"); sys.exit(1)')
    assert await reports(adder) == [
        Report("a", "added", sentences=24, quotes=5, facts=21),
        Report("", "rejected", error="b: empty"),
    ]


@pytest.mark.parametrize(
    "nonsense",
    [
        "print('hello')",
        "print('[' * 100_000)",
        "print('{}'); print('[]'); print('3')",
        "tell('x', 'done')",
        "tell('x', sentences='many')",
        r"sys.stdout.buffer.write(b'\xff\n')",
        "sys.stderr.write('y' * 1_500_000); print('z' * 900_000)",
    ],
)
async def test_what_is_no_report_is_passed_over(reader, nonsense):
    assert await names(reader(f"{nonsense}; sys.stdout.flush(); tell('good')")) == ["good"]


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("sys.stderr.write('onrecord: ONRECORD_DATABASE: locked\\nbye\\n'); sys.exit(1)", "ONRECORD_DATABASE: locked"),
        ("sys.stderr.write('Traceback of /home/me\\n'); sys.exit(1)", texts.ENDED_BADLY),
        ("sys.stderr.write('onrecord: usage\\n'); sys.exit(2)", texts.ENDED_BADLY),
        ("os.kill(os.getpid(), 9)", texts.ENDED_BADLY),
        ("print('x' * 3_000_000)", texts.ENDED_BADLY),
    ],
)
async def test_a_child_that_fails_is_told_of_in_a_line(reader, log, body, reason):
    assert await why_not(reader(f"tell('first'); {body}")) == reason
    assert "home" not in log.getvalue()


async def test_a_program_that_cannot_be_started():
    adder = Adder("sqlite:///unused.db", command=["/no/such/program"])
    assert await why_not(adder) == texts.cannot_start("No such file or directory")


# --- what a child is given --------------------------------------------------------------------------------------


async def test_an_address_is_the_last_word_of_the_command_line(reader):
    assert await names(reader("tell(json.dumps(sys.argv[1:]))"), Address("https://e.example/?a=$(x)&b='")) == [
        '["https://e.example/?a=$(x)&b=\'"]'
    ]


async def test_a_post_goes_by_standard_input_and_its_place_there_is_not_told(reader):
    adder = reader("tell(json.dumps([sys.argv[1:], json.load(sys.stdin)])); tell('', 'rejected', '-:1: too odd')")
    given, refused = await reports(adder, Post({"id": "t.me/x/1", "text": "A “quoted” line. " * 9000}))
    assert json.loads(given.article_id) == [["-"], {"id": "t.me/x/1", "text": "A “quoted” line. " * 9000}]
    assert refused.error == "too odd"


async def test_a_post_that_nobody_reads_is_no_error(reader):
    assert await names(reader("tell('deaf')"), Post({"id": "1", "text": "x" * 500_000})) == ["deaf"]


async def test_a_document_is_a_file_of_its_name_for_as_long_as_it_is_read(reader):
    seen = []

    async def fetch(path):
        seen.append(path)
        path.write_text("Some text.")

    adder = reader("tell(open(sys.argv[1]).read()); tell('', 'rejected', sys.argv[1] + ':3: not JSON')")
    read, refused = await reports(adder, Document("story.jsonl", fetch))
    assert read.article_id == "Some text."
    assert refused.error == "story.jsonl:3: not JSON"
    assert seen[0].name == "story.jsonl"
    assert not seen[0].parent.exists()


async def test_a_document_that_cannot_be_had_starts_nothing(reader, tmp_path):
    async def fetch(_path):
        raise AddingError("gone")

    assert await why_not(reader(f"open({str(tmp_path / 'ran')!r}, 'w')"), Document("a.txt", fetch)) == "gone"
    assert not (tmp_path / "ran").exists()


async def test_a_child_knows_the_database_and_no_secret(reader, monkeypatch, tmp_path):
    for name in ("TELEGRAM_BOT_TOKEN", "ONRECORD_WEBHOOK_SECRET"):
        monkeypatch.setenv(name, "hush")
    monkeypatch.setenv("ONRECORD_DATABASE", "sqlite:///another.db")
    reader("")
    adder = Adder(
        "postgresql://me:pass@db/x",
        index="/index",
        command=[sys.executable, "-c", f"{TELL}\ntell(json.dumps(dict(os.environ)))"],
    )
    environment = json.loads((await names(adder))[0])
    assert environment["ONRECORD_DATABASE"] == "postgresql://me:pass@db/x"
    assert environment["ONRECORD_INDEX"] == "/index"
    assert "hush" not in environment.values()
    assert environment["PATH"] == os.environ["PATH"]


# --- in line, and the end ---------------------------------------------------------------------------------------


async def test_only_two_are_read_at_once(reader, tmp_path):
    gate = tmp_path / "open"
    adder = reader(f"tell('begun')\nwhile not os.path.exists({str(gate)!r}): time.sleep(0.01)\ntell('done')")
    first, second, third = (adder.add(PAGE) for _ in range(3))
    assert [await anext(first), await anext(first)] == [Begun(), Report("begun", "added")]
    assert not adder.full
    assert [await anext(second), await anext(second)] == [Begun(), Report("begun", "added")]
    assert adder.full
    waiting = asyncio.create_task(anext(third))
    await asyncio.sleep(0)
    gate.touch()
    for reading in (first, second):
        assert [step.article_id async for step in reading] == ["done"]
        if reading is first:
            assert await waiting == Begun()
    assert [step.article_id async for step in third] == ["begun", "done"]


async def test_the_line_is_not_endless_and_stopping_ends_all_of_it(reader):
    adder = reader("tell(str(os.getpid())); time.sleep(600)")
    running = [adder.add(PAGE) for _ in range(AT_ONCE)]
    pids = [[await anext(reading), await anext(reading)][1].article_id for reading in running]
    waiting = [asyncio.create_task(why_not(adder)) for _ in range(WAITING)]
    await asyncio.sleep(0)
    assert await why_not(adder) == texts.TOO_MANY
    assert not any(task.done() for task in waiting)
    adder.close()
    for reading in running:
        with pytest.raises(AddingError, match="stopped"):
            await anext(reading)
    assert set(await asyncio.gather(*waiting)) == {texts.STOPPED}
    assert all(is_gone(int(pid)) for pid in pids)
    assert await why_not(adder) == texts.STOPPED


async def test_stopping_while_a_document_is_fetched(reader, tmp_path):
    adder = reader(f"open({str(tmp_path / 'ran')!r}, 'w')")

    async def fetch(_path):
        adder.close()

    assert await why_not(adder, Document("a.txt", fetch)) == texts.STOPPED
    assert not (tmp_path / "ran").exists()


async def test_one_that_takes_too_long_is_ended(reader):
    assert await why_not(reader("time.sleep(600)", limit=0.2)) == texts.took_too_long(0.2)


async def test_leaving_early_ends_the_child_and_what_it_has_started(reader):
    adder = reader(
        "import subprocess\n"
        "inner = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])\n"
        "tell(f'{os.getpid()} {inner.pid}')\n"
        "while True: tell('more ' * 10_000)"
    )
    async with aclosing(adder.add(PAGE)) as steps:
        assert await anext(steps) == Begun()
        pids = (await anext(steps)).article_id.split()
    assert is_gone(int(pids[0]))
    for _ in range(500):  # the inner one is init's to bury
        if is_gone(int(pids[1])) or _is_zombie(int(pids[1])):
            break
        await asyncio.sleep(0.01)
    else:
        pytest.fail("what the child had started goes on")
    assert not adder.full


def _is_zombie(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return False


# --- addresses --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "address"),
    [
        (" https://News.example ", "https://news.example/"),
        ("http://news.example:80/a?utm_source=x&b=1#c", "http://news.example/a?b=1"),
        ("https://news.example/" + "a" * 2000, "https://news.example/" + "a" * 2000),
        ("https://news.example/" + "a" * 2048, None),
        ("https://me:pass@news.example/", None),
        ("https://", None),
        ("ftp://news.example/", None),
        ("file:///etc/passwd", None),
        ("news.example/story", None),
        ("-x", None),
        ("https://news.example/a b", None),
        ("https://news.example/\0", None),
        ("https://news.example/\ud800", None),
        ("https://[::1/", None),
        ("", None),
    ],
)
def test_what_counts_as_an_address(text, address):
    assert web_address(text) == address
