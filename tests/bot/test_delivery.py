"""Digests while the bot runs: what goes wrong ends nothing, and a stop is quick whoever is busy or does not answer."""

import asyncio
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from bot.delivery import tasks
from bot.delivery.clock import SystemClock, since_boot
from bot.delivery.service import Delivery
from bot.delivery.thread import Thread

ROOT = Path(__file__).parents[2]


class Editor:
    """Takes its time over a round, until it is hurried; or does not listen, until told to go on."""

    def __init__(self, *, listens=True):
        self.listens, self.rounds, self.closed_in = listens, 0, None
        self.began, self.go_on = threading.Event(), threading.Event()

    def edit(self):
        self.rounds += 1
        self.began.set()
        self.go_on.wait(20)
        return 1

    def clean(self):
        return 0

    def hurry(self):
        if self.listens:
            self.go_on.set()

    def close(self):
        self.closed_in = threading.current_thread().name


class Postman:
    def __init__(self, *, listens=True):
        self.listens, self.nudges, self.finished = listens, 0, False

    async def run(self, stop):
        await stop.wait()
        if not self.listens:
            await asyncio.sleep(20)
        self.finished = True

    def nudge(self):
        self.nudges += 1


async def begun(editor, postman, **options):
    delivery = Delivery(editor, postman, SystemClock(), **options)
    delivery.start()
    await asyncio.to_thread(editor.began.wait, 5)
    return delivery


async def timed(work):
    began = time.monotonic()
    await work
    return time.monotonic() - began


async def test_a_stop_does_not_wait_for_a_round_that_can_be_hurried():
    editor, postman = Editor(), Postman()
    delivery = await begun(editor, postman)
    assert await timed(delivery.stop()) < 2
    assert (editor.rounds, editor.closed_in, postman.finished) == (1, "editor", True)


@pytest.mark.parametrize(("editing", "sending"), [(False, True), (True, False), (False, False)])
async def test_who_does_not_end_in_time_is_left_and_named(editing, sending, log):
    editor, postman = Editor(listens=editing), Postman(listens=sending)
    delivery = await begun(editor, postman, patience=0.2)
    assert await timed(delivery.stop()) < 2
    left = {name for name in ("editor", "postman") if f"task={name}" in log.getvalue()}
    assert left == {name for name, listens in (("editor", editing), ("postman", sending)) if not listens}
    assert (editor.closed_in == "editor", postman.finished) == (editing, sending)
    editor.go_on.set()


async def test_one_that_was_not_started_can_be_stopped():
    await Delivery(Editor(), Postman(), SystemClock()).stop()


async def test_an_editor_that_fails_is_asked_again_and_what_it_makes_is_told(log):
    class Failing(Editor):
        def edit(self):
            self.rounds += 1
            if self.rounds == 1:
                raise OSError
            self.began.set()
            return 1

    editor, postman = Failing(), Postman()
    delivery = await begun(editor, postman)
    await delivery.stop()
    assert postman.nudges >= 1
    assert "digests not made" in log.getvalue()


async def test_a_task_that_dies_is_logged_and_one_that_ends_or_is_cancelled_is_not(log):
    async def work(error):
        await asyncio.sleep(0)
        if error:
            raise error

    running = [tasks.begin(work(error), name) for name, error in (("bad", KeyError("secret")), ("good", None))]
    cancelled = tasks.begin(asyncio.sleep(9), "cancelled")
    await asyncio.sleep(0)
    cancelled.cancel()
    await asyncio.gather(*running, cancelled, return_exceptions=True)
    assert log.getvalue().count("bug: task died") == 1
    assert "bad" in log.getvalue()
    assert "secret" not in log.getvalue()


def test_a_thread_does_things_in_order_and_hands_on_what_came_of_them():
    thread, done = Thread("one"), []
    for number in range(100):
        last = thread.submit(done.append, number)
    failing = thread.submit(int, "x")
    with pytest.raises(ValueError, match="x"):
        failing.result(5)
    assert (last.result(5), done) == (None, list(range(100)))
    thread.shutdown()
    thread.shutdown()
    with pytest.raises(RuntimeError):
        thread.submit(int)
    Thread("never used").shutdown()


def test_a_process_ends_though_a_thread_of_it_is_stuck():
    program = "import time; from bot.delivery.thread import Thread; Thread('x').submit(time.sleep, 60)"
    assert subprocess.run([sys.executable, "-c", program], cwd=ROOT, timeout=20, check=False).returncode == 0


def test_seconds_since_boot_go_on():
    one = since_boot()
    assert 0 <= since_boot() - one < 5
