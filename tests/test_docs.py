"""What the documents say is what the program does."""

import re
import tomllib
from pathlib import Path

import pytest

from bot.__main__ import app
from bot.dialogue import COMMANDS, Dialogue
from bot.terminal import plain_text
from knowledge.library import Library
from tests.build.test_quotes import ROWS

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_readmes_transcript_is_what_the_program_prints(seed_library: Library) -> None:
    match = re.search(r"<!-- transcript.*?-->\n```console\n(.*?)```", README, re.DOTALL)
    assert match is not None
    transcript = match[1]
    asked = [line.removeprefix("> ") for line in transcript.splitlines() if line.startswith("> ")]
    assert len(asked) >= 3
    dialogue = Dialogue(seed_library)
    assert "".join(f"> {line}\n{plain_text(dialogue.ask('readme', line))}" for line in asked) == transcript


def test_the_readme_names_every_command_of_the_command_line() -> None:
    for command in app.registered_commands:
        assert command.callback is not None
        assert f"`onrecord {command.callback.__name__}" in README
        assert command.callback.__doc__


def test_every_chat_command_is_described_once() -> None:
    names = [name for name, _ in COMMANDS]
    assert sorted(set(names)) == sorted(names)
    told = "start help ask brief people quotes sources privacy"
    kept = "subscribe subscriptions unsubscribe digest timezone quiet pause resume mydata forgetme"
    assert set(names) == {*told.split(), *kept.split()}
    assert all(3 <= len(description) <= 256 for _, description in COMMANDS)


def test_every_rule_for_quotes_is_documented_and_has_a_row() -> None:
    table = (ROOT / "docs" / "quotes.md").read_text(encoding="utf-8").partition("## The rules")[2].partition("\n## ")[0]
    documented = re.findall(r"^\| ([a-z ]+) \| (?!an example)", table, re.MULTILINE)
    rows = {rule for _, quotes in ROWS for rule, *_ in quotes}
    assert len(set(documented)) == len(documented)
    assert set(documented) == rows


def test_every_dependency_has_its_reason() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    reasons = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")
    named = set(re.findall(r"[a-z][a-z0-9-]+", " ".join(re.findall(r"^\| ([^|]+) \|", reasons, re.MULTILINE))))
    required = {
        re.split(r"[\[<>=~!]", line)[0] for line in project["dependencies"] + project["optional-dependencies"]["dev"]
    }
    assert required <= named, required - named


def test_the_changelog_and_the_package_agree_on_the_version() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    released = re.findall(r"^## (\d+\.\d+\.\d+)", changelog, re.MULTILINE)
    assert "## Unreleased" in changelog or released[0] == project["version"]


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock", "requirements-bench.lock"])
def test_the_lock_file_has_hashes_and_no_addresses(name: str) -> None:
    lock = (ROOT / name).read_text(encoding="utf-8")
    assert "://" not in lock
    assert "--index" not in lock
    pinned = re.findall(r"^[a-z].*==.*$", lock, re.MULTILINE)
    assert len(pinned) > 30
    assert all(line.endswith("\\") for line in pinned)


@pytest.mark.parametrize("target", ["install", "run", "test", "lint", "bench"])
def test_the_makefile_has_the_target(target: str) -> None:
    assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
