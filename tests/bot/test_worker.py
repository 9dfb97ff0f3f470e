"""The bot's worker: a real process, started again when it dies and ended with the bot."""

import asyncio
import os
import signal
import sys
from pathlib import Path

import pytest

from bot.environment import TOKEN_VARIABLE
from bot.worker import Worker, worker_command

UNTIL_END = "import sys; sys.stdin.buffer.read()"


def python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


class Waits:
    """Sleeps at once, and keeps how long it should have."""

    def __init__(self, enough: int = 1_000) -> None:
        self.asked: list[float] = []
        self.enough = asyncio.Event()
        self._count = enough

    async def __call__(self, seconds: float) -> None:
        self.asked.append(seconds)
        if len(self.asked) >= self._count:
            self.enough.set()
            await asyncio.Event().wait()


async def _up(worker: Worker) -> int:
    while worker.pid is None:
        await asyncio.sleep(0.01)
    return worker.pid


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


async def test_it_ends_when_the_bot_does():
    worker = Worker(python(UNTIL_END))
    worker.start()
    pid = await _up(worker)
    await worker.stop()
    assert not _alive(pid)
    assert worker.pid is None


async def test_one_that_does_not_end_is_killed():
    worker = Worker(python("import time; time.sleep(600)"), patience=0.05)
    worker.start()
    pid = await _up(worker)
    await worker.stop()
    assert not _alive(pid)


async def test_one_that_is_killed_is_started_again():
    worker = Worker(python(UNTIL_END), sleep=Waits())
    worker.start()
    first = await _up(worker)
    os.kill(first, signal.SIGKILL)
    while worker.pid in (None, first):
        await asyncio.sleep(0.01)
    await worker.stop()


async def test_one_that_dies_at_once_is_started_more_and_more_slowly():
    waits = Waits(enough=8)
    worker = Worker(python("raise SystemExit(3)"), sleep=waits)
    worker.start()
    await asyncio.wait_for(waits.enough.wait(), 30)
    await worker.stop()
    assert waits.asked == [1, 2, 4, 8, 16, 32, 60, 60]


async def test_it_does_not_get_the_token(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv(TOKEN_VARIABLE, "123456:secret")
    note = tmp_path / "environment"
    waits = Waits(enough=1)
    worker = Worker(python(f"import os; open({str(note)!r}, 'w').write(str(dict(os.environ)))"), sleep=waits)
    worker.start()
    await asyncio.wait_for(waits.enough.wait(), 30)
    await worker.stop()
    assert "123456:secret" not in note.read_text()
    assert "PATH" in note.read_text()


async def test_one_that_was_not_started_need_not_be_stopped():
    await Worker(python(UNTIL_END)).stop()


async def test_a_process_whose_parent_is_gone_ends(tmp_path: Path):
    """The real worker: it watches nothing, and ends when its standard input does."""
    process = await asyncio.create_subprocess_exec(
        *worker_command(f"sqlite:///{tmp_path}/w.db"),
        stdin=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env={**os.environ, "ONRECORD_LOG_LEVEL": "INFO"},
    )
    assert process.stdin is not None
    assert process.stderr is not None
    assert b"watching" in await process.stderr.readline()
    process.stdin.close()
    assert await asyncio.wait_for(process.wait(), 20) == 0
