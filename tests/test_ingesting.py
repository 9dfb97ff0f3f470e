"""The ingest command as its user sees it: progress in a terminal, an orderly end, the web only when asked for."""

import json
import os
import pty
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from bot.ingesting import ingest_sources
from tests.auxil.records import blank_store

ROOT = Path(__file__).parents[1]


def start(folder: Path, *arguments: str, **pipes) -> subprocess.Popen[str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith("ONRECORD_")}
    command = [sys.executable, "-c", "from bot.__main__ import main; main()", "ingest", *arguments]
    environment = {**kept, "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "error", "TERM": "xterm", "COLUMNS": "100"}
    return subprocess.Popen(command, text=True, cwd=folder, env=environment, start_new_session=True, **pipes)


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_ends_the_command_and_its_processes_without_a_traceback(tmp_path, number, code):
    many = "".join(
        json.dumps({"id": str(i), "text": f"Ana Reyes said bridge {i} is safe. " * 40}) + "\n" for i in range(20)
    )
    pipe = subprocess.PIPE
    command = start(tmp_path, "-", "--json", stdin=pipe, stdout=pipe, stderr=pipe)
    assert command.stdin is not None
    assert command.stdout is not None
    command.stdin.write(many)
    command.stdin.flush()  # and it stays open: the command waits for more
    assert json.loads(command.stdout.readline())["status"] == "added"
    os.killpg(command.pid, number)  # as a terminal does, and a service manager
    while command.stdout.readline():
        pass
    assert command.wait(timeout=60) == code
    assert command.stderr is not None
    assert command.stderr.read().strip() in ("", "Aborted!")
    command.stdin.close()
    command.stdout.close()
    command.stderr.close()


def test_progress_is_shown_in_a_terminal(tmp_path):
    blank_store(tmp_path / "onrecord.db")
    ours, theirs = pty.openpty()
    command = start(tmp_path, "gone.txt", "[b]gone.txt", stdout=subprocess.PIPE, stderr=theirs)
    os.close(theirs)
    assert command.communicate(timeout=60)[0] == "Articles: 2 rejected.\n"
    with os.fdopen(ours, "rb", buffering=0) as terminal:
        shown = b"".join(iter(lambda: _read(terminal), b"")).decode()
    assert "onrecord: gone.txt: no such file" in shown
    assert "Reading articles: 2" in shown
    assert "[b]gone.txt" in shown, "names are shown as they are"


def _read(terminal) -> bytes:
    try:
        return terminal.read(65536)
    except OSError:  # how Linux says that nobody holds the other end
        return b""


@pytest.mark.parametrize(
    ("sources", "opened"),
    [(["gone.txt"], 0), (["gone.txt", "https://news.example/"], 1), (["gone.txt", "feeds.opml"], 1)],
)
def test_the_web_is_opened_when_an_address_is_given_in_any_thread(tmp_path, monkeypatch, sources, opened):
    monkeypatch.chdir(tmp_path)
    webs, refused = [], []

    def web():
        webs.append(lambda address: iter([]))
        return webs[-1]

    database = blank_store(tmp_path / "test.db")
    work = threading.Thread(target=lambda: refused.append(ingest_sources(database, sources, as_json=True, web=web)))
    work.start()
    work.join(60)
    assert refused == [1]
    assert len(webs) == opened
