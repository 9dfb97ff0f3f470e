"""Building on Ray: the same records, and whatever worker or driver is lost, nothing is lost or there twice."""

import json
import os
import re
import secrets
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest

from knowledge.export import KINDS, export_records
from knowledge.ingest import Report
from knowledge.store.check import problems
from knowledge.store.database import open_engine

ROOT = Path(__file__).parents[1]
MAIN = """
import os
for name in [name for name in os.environ if name.startswith("COVERAGE")]:
    del os.environ[name]  # what Ray starts is not measured
from bot.__main__ import main
main()
"""
MANY, LONG = 20, 10  # articles; which of them takes a while
POOL = """
import sys
from bot.building_ray import RayPool
from knowledge.models import Article
from tests.auxil import odd_builder

for case in sys.argv[2:]:
    load, *texts = case.split(",")
    with RayPool(getattr(odd_builder, load), sys.argv[1], 2) as pool:
        for future in [pool.submit(Article(id="a", text=text)) for text in texts]:
            error = future.exception()
            print(f"{type(error).__name__}: {error}" if error else future.result().article.text)
        last = pool.submit(Article(id="a", text="hang"))
    print(last.done())
"""


class Ray(NamedTuple):
    """A running Ray: its address, what lets a process use it, and the process that started it."""

    address: str
    access: dict[str, str]
    process: subprocess.Popen[str]

    def builders(self) -> list[int]:
        """The workers that build at the moment."""
        return [pid for pid in _below(self.process.pid) if _name(pid).startswith("ray::") and "build" in _name(pid)]


def _below(pid: int) -> Iterator[int]:
    for children in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            found = children.read_text().split()
        except OSError:
            continue
        for child in map(int, found):
            yield child
            yield from _below(child)


def _name(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().rstrip(b"\0 ").decode()
    except OSError:
        return ""


@pytest.fixture(scope="module")
def cluster(tmp_path_factory) -> Iterator[Ray]:
    """The one Ray of these tests: a command has started it, and waits for more articles until it is told to end."""
    folder = tmp_path_factory.mktemp("ray")
    access = {"RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN": secrets.token_hex()}
    with (
        tempfile.TemporaryDirectory(prefix="ray-") as short,  # sockets lie there, whose names have 107 letters at most
        ingesting(
            folder / "own.db", "-", "--engine", "ray", RAY_TMPDIR=short, start_new_session=True, **access
        ) as owner,
    ):
        assert owner.stdin is not None
        assert owner.stdout is not None
        owner.stdin.write(json.dumps({"id": "a", "text": "Ana Reyes opened the bridge."}) + "\n")
        owner.stdin.flush()
        assert Report.model_validate_json(owner.stdout.readline()).status == "added"
        family = {pid: _name(pid) for pid in _below(owner.pid)}
        address = re.search(r"--gcs-address=([\d.:]+)", " ".join(family.values()))
        assert address
        ray = Ray(address[1], access, owner)
        yield ray
        os.killpg(owner.pid, signal.SIGTERM)  # as a service manager does
        out, errors = owner.communicate(timeout=60)  # it ends when the last process does that holds these
        assert (out, errors, owner.returncode) == ("", "", 128 + signal.SIGTERM)
        assert [name for pid, name in family.items() if name and _name(pid) == name] == []


@pytest.fixture(scope="module")
def archive() -> list[str]:
    """Articles, a line each."""
    text = "Ana Reyes, the mayor, opened bridge {0}. “Bridge {0} is safe,” Reyes said. "
    return [
        json.dumps({"id": f"a{number:02}", "title": "T", "text": text.format(number) * (400 if number == LONG else 3)})
        for number in range(MANY)
    ]


@contextmanager
def ingesting(
    database: Path, *arguments: str, before: str = "", start_new_session: bool = False, **settings: str
) -> Iterator[subprocess.Popen[str]]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith("ONRECORD_")} | settings
    command = [
        sys.executable,
        "-c",
        before + MAIN,
        "ingest",
        *arguments,
        "--json",
        "--database",
        f"sqlite:///{database}",
    ]
    pipe = subprocess.PIPE
    with subprocess.Popen(
        command,
        stdin=pipe,
        stdout=pipe,
        stderr=pipe,
        text=True,
        cwd=ROOT,
        env=kept,
        start_new_session=start_new_session,
    ) as process:
        yield process


def held(database: Path) -> list[list[dict]]:
    """All that is held, when it is sound."""
    engine = open_engine(f"sqlite:///{database}", create=False)
    try:
        assert list(problems(engine)) == []
        return [list(export_records(engine, kind)) for kind in KINDS]
    finally:
        engine.dispose()


def feed(process: subprocess.Popen[str], lines: list[str]) -> None:
    assert process.stdin is not None
    process.stdin.writelines(f"{line}\n" for line in lines)
    process.stdin.flush()


def read(process: subprocess.Popen[str], count: int) -> list[tuple[str, str]]:
    """The next articles that are told of, and what became of them."""
    assert process.stdout is not None
    reports = [Report.model_validate_json(process.stdout.readline()) for _ in range(count)]
    return [(report.article_id, report.status) for report in reports]


def test_a_worker_and_the_driver_are_killed_and_the_records_are_those_of_the_local_way(cluster, archive, tmp_path):
    database = tmp_path / "ray.db"
    command = (database, "-", "--engine", "ray", "--address", cluster.address)
    names = [json.loads(line)["id"] for line in archive]

    with ingesting(*command, **cluster.access) as driver:
        feed(driver, archive[:LONG])
        told = read(driver, 3)
        driver.kill()
        assert driver.communicate(timeout=60)[1] == ""
    assert told == [(name, "added") for name in names[:3]]
    before = len(held(database)[0])
    assert 3 <= before <= LONG, "what was told of is stored"

    with ingesting(*command, **cluster.access) as driver:
        feed(driver, archive[:LONG])
        told = read(driver, LONG)
        feed(driver, [archive[LONG]])
        while not (builders := cluster.builders()):
            time.sleep(0.01)  # that it is built before this is seen, and no other comes, is all but impossible
        os.kill(builders[0], signal.SIGKILL)
        out, errors = driver.communicate("".join(f"{line}\n" for line in archive[LONG + 1 :]), timeout=120)
    assert (errors, driver.returncode) == ("", 0)
    told += [(row["article_id"], row["status"]) for row in map(json.loads, out.splitlines())]
    assert told == [(name, "added" if i >= before else "unchanged") for i, name in enumerate(names)]

    with ingesting(*command, **cluster.access) as driver:
        out, errors = driver.communicate("\n".join(archive), timeout=120)
    assert (errors, driver.returncode) == ("", 0)
    assert [json.loads(line)["status"] for line in out.splitlines()] == ["unchanged"] * MANY
    with ingesting(tmp_path / "local.db", "-") as local:
        assert local.communicate("\n".join(archive), timeout=120)[1] == ""
    assert held(database) == held(tmp_path / "local.db")
    assert cluster.process.poll() is None, "it is left running"


def test_an_article_that_ends_its_workers_is_refused_and_when_none_can_load_nothing_can_be_built(cluster, tmp_path):
    once = f"once {tmp_path}/died"
    cases = [f"load,die,raise,refuse,{once},good", "load_nothing,good", "load_and_end,good,good", "load_once,good"]
    done = subprocess.run(
        [sys.executable, "-c", POOL, cluster.address, *cases],
        capture_output=True, text=True, cwd=ROOT, env=os.environ | cluster.access, check=True, timeout=120,
    )  # fmt: skip
    nothing = "OnRecordError: articles cannot be built"
    lost = f"{nothing}: Ray lost a worker 3 times before it was ready; see Ray's logs"
    assert (done.stdout.splitlines(), done.stderr) == (
        [
            "InputError: a: cannot be built: Ray lost a worker 3 times at it; cut it or leave it out",
            "InputError: a: cannot be built (ValueError: two lines); leave it out, and report it with its text",
            "InputError: a: no story; leave it out",
            once,
            "good",
            "True",
            "SettingsError: ONRECORD_SPACY_MODEL: cannot load 'none'",
            "True",
            *(lost, lost, "True"),
            f"{nothing}: TypeError: load_once() missing 1 required positional argument: 'marker'",
            "True",
        ],
        "",
    )
    assert Path(f"{tmp_path}/died").exists(), "its first worker was killed"


@pytest.mark.parametrize(
    ("arguments", "before", "code", "line"),
    [
        (["--engine", "spark"], "", 2, "choose one of local, ray"),
        (["--address", "auto"], "", 2, "is of a Ray cluster; add --engine ray"),
        (
            ["--engine", "ray"],
            "import sys; sys.modules['ray'] = None",
            1,
            "onrecord: --engine ray: Ray is not installed; pip install 'on-the-record[ray]', or leave it out\n",
        ),
    ],
)
def test_what_is_missing_or_wrong_is_said(tmp_path, arguments, before, code, line):
    with ingesting(tmp_path / "no.db", "no.txt", *arguments, before=before) as process:
        out, errors = process.communicate(timeout=60)
    assert (out, process.returncode) == ("", code)
    assert line in errors
    assert not (tmp_path / "no.db").exists()
