"""The schema's history, one file a version, run by Alembic inside the caller's transaction."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection

from knowledge.errors import StoreError

__all__ = ["newest", "upgrade"]


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def newest() -> str | None:
    """The newest version there is."""
    return ScriptDirectory.from_config(_config()).get_current_head()


def upgrade(connection: Connection) -> None:
    """Bring the schema to the newest version; all of it is part of the connection's transaction.

    Raises StoreError when the database is of a version that this program does not know.
    """
    config = _config()
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, "head")
    except CommandError as error:
        name = connection.engine.url.set(query={}).render_as_string()
        raise StoreError(f"{name}: written by a newer version of On the Record; install that one") from error
