"""``onrecord ask --explain``: the reading, the decision, and shares that add up."""

import math
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from bot.explain import explain
from knowledge.library import Library

ROOT = Path(__file__).parent.parent
ROUNDING = 0.01
_CANDIDATE = re.compile(r"^\d+ +(-?\d+\.\d\d)  (\S+) (\d+): ")


def shares(line: str) -> list[float]:
    """The numbers of a line of shares ("matched +1.20, title -0.30")."""
    return [float(number) for number in re.findall(r" ([+-]\d+\.\d\d)(?=,|$)", line)]


@pytest.fixture
def explained(seed_library: Library):
    return lambda question: explain(seed_library.answerer.consider(question)).splitlines()


@pytest.mark.parametrize(
    "question", ["who did putin call", "what did ushakov say about escalation", "who said the west is trying to split"]
)
def test_the_shares_of_a_candidate_add_up_to_its_score(explained, question: str) -> None:
    lines = explained(question)
    candidates = [(float(found[1]), lines[i + 1]) for i, line in enumerate(lines) if (found := _CANDIDATE.match(line))]
    assert candidates
    for score, line in candidates:
        assert sum(shares(line)) == pytest.approx(score, abs=ROUNDING * 20)


@pytest.mark.parametrize("question", ["who did putin call", "how old is lavrov", "east jerusalem"])
def test_what_the_decision_rests_on_adds_up_to_the_confidence(seed_library: Library, question: str) -> None:
    outcome = seed_library.answerer.consider(question)
    lines = explain(outcome).splitlines()
    rests = next(i for i, line in enumerate(lines) if line.startswith("rests on"))
    assert "floor" in lines[rests]
    likely = 1 / (1 + math.exp(-sum(shares(lines[rests + 1]))))
    assert min(likely, 1.0 if outcome.answer.answered else 0.49) == pytest.approx(outcome.answer.confidence, abs=0.04)


@pytest.mark.parametrize(
    ("question", "decided"),
    [
        ("what did wang ye say", "answered, confidence"),
        ("who is ushakov", "answered, confidence"),
        ("brief me", "answered, confidence"),
        ("what did biden say", "refused (unknown_person)"),
        ("what did lavrov say", "refused (not_quoted)"),
        ("what did wang yi say about football", "refused (not_on_topic)"),
        ("who won the world cup", "refused (nothing_about_this)"),
        ("?!", "refused (nothing_asked)"),
    ],
)
def test_whether_it_answered_is_told_with_the_reason(explained, question: str, decided: str) -> None:
    (decision,) = [line for line in explained(question) if line.startswith("decision")]
    assert decided in decision


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("what did wang ye say about oil", "reading     what did Wang Yi say about oil"),
        ("what did wang ye say about oil", "kind        said, wants say"),
        ("what did wang ye say", "who         “wang ye”: Wang Yi ("),
        ("what did biden say", "who         “biden”: nobody the articles name"),
        ("when did putin buy a zeppelin", "topic       zeppelin (not in the articles)"),
        ("who did putin call", "1   "),
    ],
)
def test_how_it_was_read_is_told(explained, question: str, says: str) -> None:
    assert any(line.startswith(says) for line in explained(question))


@pytest.fixture
def ask(tmp_path: Path, seed_library: Library):
    """``onrecord ask`` in a process of its own, with the seed's database."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("ONRECORD_", "TELEGRAM_"))}
    settings = {"PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "error"}
    database = seed_library.engine.url.render_as_string()

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "bot", "ask", *arguments, "--database", database]
        return subprocess.run(
            command, cwd=tmp_path, env=kept | settings, capture_output=True, text=True, timeout=120, check=False
        )

    return run


def test_the_command_line_explains(ask) -> None:
    done = ask("what did wang ye say", "--explain")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("question    what did wang ye say\nreading     what did Wang Yi say\n")
    assert "decision    answered" in done.stdout


@pytest.mark.parametrize("other", [["--json"], ["--article", "nothing-like-it"]])
def test_explaining_is_for_reading_and_for_one_article_too(ask, other: list[str]) -> None:
    done = ask("who did putin call", "--explain", *other)
    assert done.returncode == (2 if other == ["--json"] else 0)
    assert ("leave --batch and --json out" in done.stderr) == (other == ["--json"])
    assert ("refused" in done.stdout) == (other != ["--json"])
