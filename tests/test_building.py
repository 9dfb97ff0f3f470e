"""Building in processes: the same records, and whatever ends a process, nothing is lost and none stays behind."""

import os
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest

from bot.building import ProcessPool, load_builder, usable_cores
from knowledge.errors import InputError, OnRecordError, SettingsError
from knowledge.models import Article
from tests.auxil import odd_builder

ROOT = Path(__file__).parents[1]


def article(text: str, identifier: str = "a") -> Article:
    return Article(id=identifier, title="T", text=text)


def test_records_come_from_other_processes_which_have_loaded_once():
    given = [article("word " * length, str(length)) for length in range(1, 40)]
    with ProcessPool(odd_builder.load, 2) as pool:
        records = [future.result() for future in [pool.submit(one) for one in given]]
    assert [record.article for record in records] == given
    made = {label for record in records for label in record.labels}
    assert 1 <= len(made) <= 2
    assert all(label.endswith(" 1") for label in made)
    assert str(os.getpid()) not in {label.split()[0] for label in made}


REFUSED = [
    ("raise", "a: cannot be built (ValueError: two lines); leave it out, and report it with its text"),
    ("refuse", "a: no story; leave it out"),
    ("die", "a: cannot be built: the process at it was killed by signal 9, and the next too; cut it or leave it out"),
    ("exit", "a: cannot be built: the process at it ended with code 3, and the next too; cut it or leave it out"),
]


def test_an_article_that_ends_its_process_is_refused_and_the_others_are_built(tmp_path):
    texts = [text for text, _ in REFUSED]
    with ProcessPool(odd_builder.load, 2) as pool:
        bad = [pool.submit(article(text)) for text in texts]
        once = pool.submit(article(f"once {tmp_path}/died"))
        good = [pool.submit(article("good")) for _ in range(3)]
        assert [str(future.exception()) for future in bad] == [line for _, line in REFUSED]
        assert all(isinstance(future.exception(), InputError) for future in bad)
        assert once.result().sentences
        assert Path(f"{tmp_path}/died").exists(), "its first process was killed"
        assert all(future.result().sentences for future in good)


@pytest.mark.parametrize(
    ("load", "kind", "line"),
    [
        (odd_builder.load_nothing, SettingsError, "ONRECORD_SPACY_MODEL: cannot load 'none'"),
        (
            odd_builder.load_and_end,
            OnRecordError,
            "articles cannot be built: a process for it ended with code 7 before",
        ),
    ],
)
def test_when_no_process_can_load_nothing_can_be_built(load, kind, line):
    with ProcessPool(load, 2) as pool:
        errors = [future.exception() for future in [pool.submit(article("good")) for _ in range(3)]]
    assert all(type(error) is kind and str(error).startswith(line) for error in errors), errors


def test_those_that_could_load_do_the_work(tmp_path):
    with ProcessPool(partial(odd_builder.load_once, f"{tmp_path}/loaded"), 3) as pool:
        futures = [pool.submit(article("good")) for _ in range(9)]
        assert len({future.result().labels for future in futures}) == 1


def test_an_error_ends_the_processes_in_the_middle_of_their_work(capfd):
    with pytest.raises(KeyboardInterrupt), ProcessPool(odd_builder.load, 2) as pool:  # noqa: PT012
        futures = [pool.submit(article("hang")) for _ in range(3)]
        while "hanging" not in capfd.readouterr().out:
            assert not futures[0].done()
        raise KeyboardInterrupt
    assert all(future.cancelled() or future.exception() for future in futures)
    with pytest.raises(RuntimeError):
        pool.submit(article("good"))
    assert "Traceback" not in capfd.readouterr().err


def test_when_the_parent_is_killed_its_processes_end_in_the_middle_of_their_work():
    code = """
from bot.building import ProcessPool
from knowledge.models import Article
from tests.auxil import odd_builder

with ProcessPool(odd_builder.load, 2) as pool:
    pool.submit(Article(id="a", text="hang")).result()
"""
    parent = subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT
    )
    assert parent.stdout is not None
    said = parent.stdout.readline()
    parent.kill()
    assert said == "hanging, interrupts blocked\n", "the first process, too"
    # All of them hold these pipes: their end is the end of the last process.
    assert parent.communicate(timeout=60) == ("", "")


def test_when_no_process_can_be_started_nothing_can_be_built():
    code = """
import os, resource
from bot.building import ProcessPool
from knowledge.models import Article
from tests.auxil import odd_builder

for free in (0, 3):  # descriptors: none for the connection; or for that, but not for the process
    with ProcessPool(odd_builder.load, 2) as pool:
        limits = resource.getrlimit(resource.RLIMIT_NOFILE)
        next_one = os.dup(0)
        os.close(next_one)
        resource.setrlimit(resource.RLIMIT_NOFILE, (next_one + free, limits[1]))
        print(repr(pool.submit(Article(id="a", text="good")).exception()))
        resource.setrlimit(resource.RLIMIT_NOFILE, limits)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    lines = done.stdout.splitlines()
    assert len(lines) == 2
    for line in lines:
        assert line.startswith(
            "OnRecordError('articles cannot be built: a process for it could not be started (Too many"
        )


def test_the_builder_of_the_command_reads_english():
    with pytest.raises(SettingsError):
        load_builder("no_such_model")
    assert 1 <= usable_cores() <= 8
