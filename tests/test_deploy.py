"""What is in deploy/ fits the program: as far as that can be proven without a Docker engine or a running systemd."""

import ast
import configparser
import json
import os
import re
import shlex
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.delivery.service import STOPPING
from bot.settings import Settings

ROOT = Path(__file__).parents[1]
DEPLOY = ROOT / "deploy"
IGNORED = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
EXAMPLE = (DEPLOY / "onrecord.env.example").read_text(encoding="utf-8")
SETTINGS = {str(field.validation_alias) for field in Settings.model_fields.values()}
OF_OTHERS = {"POSTGRES_PASSWORD"}  # of the database's image


def instructions() -> list[tuple[str, str]]:
    """The Dockerfile's instructions, each with its argument in one line."""
    text = re.sub(r"^#.*\n", "", (DEPLOY / "Dockerfile").read_text(encoding="utf-8"), flags=re.MULTILINE)
    joined = text.replace("\\\n", " ")
    found = [line.partition(" ") for line in joined.splitlines() if line.strip()]
    return [(name, argument.strip()) for name, _, argument in found]


def last_stage() -> list[tuple[str, str]]:
    found = instructions()
    return found[max(i for i, (name, _) in enumerate(found) if name == "FROM") :]


def value(name: str) -> str:
    """The argument of an instruction that the last stage has once."""
    (argument,) = [argument for found, argument in last_stage() if found == name]
    return argument


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    return yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def unit() -> configparser.ConfigParser:
    parser = configparser.ConfigParser(strict=True, interpolation=None)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read(DEPLOY / "onrecord.service", encoding="utf-8")
    return parser


# -- the image -------------------------------------------------------------------------------------------------------


def test_whatever_is_copied_is_there_and_sent_to_the_builder():
    copied = [shlex.split(argument) for name, argument in instructions() if name == "COPY"]
    sources = [source for parts in copied if not parts[0].startswith("--from") for source in parts[:-1]]
    assert {"requirements.lock", "pyproject.toml", "bot", "knowledge"} <= set(sources)
    for source in sources:
        assert (ROOT / source).exists(), source
        assert f"!{source}" in IGNORED
    assert IGNORED[1] == "*", "nothing else is sent: no database, no .env"


def test_what_the_package_needs_to_be_built_is_copied():
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    needed = re.findall(r"^(?:readme|license-files|packages) = \[?(.*?)\]?$", project, re.MULTILINE)
    names = {name for line in needed for name in re.findall(r'"(.+?)"', line)}
    assert names == {"README.md", "LICENSE", "bot", "knowledge"}
    assert {f"!{name}" for name in names} <= set(IGNORED)


def test_everything_installed_is_locked_with_its_hash_and_the_model_is_among_it():
    installs = [argument for name, argument in instructions() if name == "RUN" and "pip install" in argument]
    assert len(installs) == 2
    locked, own = installs
    assert {"--no-deps", "--require-hashes", "--only-binary"} <= set(shlex.split(locked))
    assert shlex.split(locked)[-2:] == ["-r", "requirements.lock"]
    assert {"--no-deps", "--no-build-isolation"} <= set(shlex.split(own))
    assert shlex.split(own)[-1] == "."
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    model = str(Settings.model_fields["spacy_model"].default).replace("_", "-")
    for name in (model, "hatchling"):
        assert re.search(rf"^{name}==", lock, re.MULTILINE), name


def test_the_last_stage_is_slim_runs_as_nobody_special_and_writes_only_to_its_volume():
    python = dict(part.split("=") for name, part in instructions() if name == "ARG")["PYTHON"]
    assert re.fullmatch(r"3\.1[1-3]-slim-\w+", python)
    assert not any(word in argument for _, argument in last_stage() for word in ("apt", "gcc", "pip install"))
    uid = value("USER")
    assert int(uid) >= 1000
    (made,) = [argument for name, argument in last_stage() if name == "RUN"]
    assert f"--uid {uid} " in made
    assert value("VOLUME") == value("WORKDIR") == "/data"
    assert "install --directory --owner=onrecord --group=onrecord --mode=0700 /data" in made
    environment = dict(pair.split("=", 1) for pair in shlex.split(value("ENV")))
    assert environment["ONRECORD_DATABASE"].startswith("sqlite:////data/")
    assert environment["ONRECORD_INDEX"].startswith("/data/")
    assert {name for name in environment if name.startswith("ONRECORD_")} <= SETTINGS


def test_the_program_is_the_images_first_process_and_told_to_stop_by_a_signal_it_knows():
    assert json.loads(value("ENTRYPOINT")) == ["onrecord"]
    assert json.loads(value("CMD")) == ["run"]
    assert value("STOPSIGNAL") == "SIGTERM"


class Page(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(self.server.code if self.path == "/healthz" else 404)  # type: ignore[attr-defined]
        self.end_headers()

    def log_message(self, *_: object):
        pass


@pytest.mark.parametrize(("code", "well"), [(200, True), (503, False), (None, False)])
def test_the_health_check_asks_the_bot(code, well):
    command = json.loads(value("HEALTHCHECK").partition(" CMD ")[2])
    with HTTPServer(("127.0.0.1", 0), Page) as server:
        server.code = code  # type: ignore[attr-defined]
        port = server.server_port
        if code:
            threading.Thread(target=server.handle_request, daemon=True).start()
        else:
            server.server_close()
        assert (ask(command, ONRECORD_METRICS_PORT=str(port)) == 0) is well


def test_the_health_check_is_content_where_there_is_nothing_to_ask():
    command = json.loads(value("HEALTHCHECK").partition(" CMD ")[2])
    assert set(re.findall(r"ONRECORD_\w+", command[2])) <= SETTINGS
    ast.parse(command[2])
    assert ask(command) == 0
    assert ask(command, ONRECORD_METRICS_PORT="") == 0


def ask(command: list[str], **settings: str) -> int:
    assert command[:2] == ["python", "-c"]
    environment = {"PATH": os.environ["PATH"], **settings}
    done = subprocess.run(
        [sys.executable, "-I", "-S", *command[1:]], env=environment, stderr=subprocess.DEVNULL, check=False
    )
    return done.returncode


# -- compose ---------------------------------------------------------------------------------------------------------


def test_the_services_are_confined(compose):
    for name, service in compose["services"].items():
        assert service["read_only"] is True, name
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert service["restart"] == "unless-stopped", name
        assert service["mem_limit"], name
        assert not service.get("privileged"), name
        assert "ports" not in service, name


def test_the_bot_waits_for_a_database_that_is_well_and_both_keep_what_they_have(compose):
    bot, database = compose["services"]["bot"], compose["services"]["database"]
    assert bot["depends_on"] == {"database": {"condition": "service_healthy"}}
    assert database["healthcheck"]["test"][:2] == ["CMD", "pg_isready"]
    assert [volume.partition(":")[2] for volume in bot["volumes"]] == [value("VOLUME")]
    assert database["volumes"] == ["database:/var/lib/postgresql/data"]
    assert set(compose["volumes"]) == {"bot", "database"}
    build = bot["build"]
    assert (DEPLOY / build["context"]).resolve() == ROOT
    assert (ROOT / build["dockerfile"]).is_file()


def test_the_database_the_bot_is_given_is_the_one_that_is_made_and_no_password_is_in_the_file(compose):
    made = compose["services"]["database"]["environment"]
    used = compose["services"]["bot"]["environment"]
    assert used["ONRECORD_DATABASE"] == f"postgresql://{made['POSTGRES_USER']}@database/{made['POSTGRES_DB']}"
    passwords = {made["POSTGRES_PASSWORD"], used["PGPASSWORD"]}
    assert all(re.fullmatch(r"\$\{POSTGRES_PASSWORD:\?[^}]+\}", password) for password in passwords)
    assert compose["services"]["bot"]["env_file"] == ".env"
    assert ".env" in (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()
    assert {name for name in used if name.startswith(("ONRECORD_", "TELEGRAM_"))} <= SETTINGS


def test_the_example_names_settings_that_exist_and_holds_no_secret():
    pairs = dict(re.findall(r"^([A-Z_]+)=(.*)$", EXAMPLE, re.MULTILINE))
    assert set(pairs) <= SETTINGS | OF_OTHERS
    assert pairs["TELEGRAM_BOT_TOKEN"] == pairs["POSTGRES_PASSWORD"] == ""
    given = {name: value for name, value in pairs.items() if name in SETTINGS and value}
    assert Settings(_env_file=None, **given)


# -- systemd ---------------------------------------------------------------------------------------------------------


def test_the_unit_runs_the_bot_as_a_user_of_its_own_in_its_own_folder(unit):
    service = unit["Service"]
    assert service["ExecStart"] == "/opt/onrecord/bin/onrecord run"
    assert service["User"] == service["Group"] == "onrecord"
    assert service["WorkingDirectory"] == f"/var/lib/{service['StateDirectory']}"
    assert service["EnvironmentFile"] == f"{service['WorkingDirectory']}/.env"
    assert service["NoNewPrivileges"] == "yes"
    assert service["ProtectSystem"] == "strict"
    assert service["CapabilityBoundingSet"] == ""


def test_the_unit_starts_again_what_may_pass_and_not_what_will_not(unit, tmp_path):
    service = unit["Service"]
    assert service["Restart"] == "on-failure"
    never = {int(code) for code in service["RestartPreventExitStatus"].split()}
    wrong = {"no token": {}, "wrong setting": {"ONRECORD_SEND_RATE": "much"}}
    assert {exit_code(tmp_path, **settings) for settings in wrong.values()} == never
    away = {"ONRECORD_DATABASE": "postgresql://who@127.0.0.1:1/news"}
    assert exit_code(tmp_path, TELEGRAM_BOT_TOKEN="1:" + "T" * 35, **away) not in {0, *never}
    assert unit["Unit"]["StartLimitIntervalSec"] == "0", "a database may be away for long"
    assert int(service["RestartSec"]) >= 5


def exit_code(folder: Path, **settings: str) -> int:
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "HOME": str(folder), **settings}
    command = [sys.executable, "-m", "bot", "run"]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert "Traceback" not in done.stderr
    return done.returncode


def test_whoever_stops_the_bot_waits_longer_than_it_takes(unit, compose):
    worker = 10.0  # seconds for the article in hand: bot.worker
    longest = STOPPING + worker
    assert float(unit["Service"]["TimeoutStopSec"]) > 2 * longest
    for service in compose["services"].values():
        assert float(service["stop_grace_period"].removesuffix("s")) > 2 * longest
