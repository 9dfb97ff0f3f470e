"""Every test of the bot gets a log it can read, and none of the developer's own settings."""

import io
import logging
from collections.abc import Iterator

import pytest
import structlog

from bot import logs
from bot.settings import Settings


@pytest.fixture(autouse=True)
def log() -> Iterator[io.StringIO]:
    """What the bot logs during the test, in the form it has in production."""
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    written = io.StringIO()
    logs.configure(level="DEBUG", out=written)
    yield written
    root.handlers, root.level = handlers, level
    structlog.reset_defaults()


@pytest.fixture(autouse=True)
def own_folder(monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:
    """A working folder of its own: the database that is not named is made there."""
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def no_settings(monkeypatch: pytest.MonkeyPatch, tmp_path) -> pytest.MonkeyPatch:
    """An environment without any setting, in an empty folder."""
    for field in Settings.model_fields.values():
        monkeypatch.delenv(str(field.validation_alias), raising=False)
    monkeypatch.chdir(tmp_path)
    return monkeypatch
