"""Every setting in one table: name, default, check, and what it is for.

Values come from the environment, then from ``.env`` in the working folder; an empty value counts as not set. A wrong
value stops the start with the setting's name. ``docs/settings.md`` and ``.env.example`` say the same; a test
compares them.
"""

import hmac
import re
from typing import Annotated, Final, Literal, Self
from urllib.parse import SplitResult, urlsplit

from pydantic import BeforeValidator, Field, PlainValidator, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from bot.environment import (
    DATABASE_VARIABLE,
    DEFAULT_DATABASE,
    DEFAULT_SPACY_MODEL,
    ENV_FILE,
    INDEX_VARIABLE,
    SPACY_MODEL_VARIABLE,
    TOKEN_VARIABLE,
)
from knowledge.errors import SettingsError
from knowledge.store.peek import sqlite_path

__all__ = ["Settings", "load_settings"]

TELEGRAM: Final = "https://api.telegram.org"
# The only ports Telegram's own servers deliver a webhook to.
TELEGRAM_PORTS: Final = (443, 80, 88, 8443)


def _web_address(value: object) -> str:
    text = str(value).strip().rstrip("/")
    parts = _parts(text)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.fragment:
        raise ValueError("must be an address such as https://example.org/path")
    return text


def _parts(address: str) -> SplitResult:
    """Split an address; a port that is none is an error here, not later."""
    try:
        parts = urlsplit(address)
        _ = parts.port
    except ValueError as error:
        raise ValueError("must be an address such as https://example.org/path") from error
    return parts


def _token(value: object) -> SecretStr:
    token = value.get_secret_value() if isinstance(value, SecretStr) else str(value)
    if not re.fullmatch(r"[A-Za-z0-9:_-]+", token.strip()):
        raise ValueError("does not look like a bot token (123456789:letters-and-digits); copy it from @BotFather")
    return SecretStr(token.strip())


def _webhook_secret(value: object) -> SecretStr:
    secret = value.get_secret_value() if isinstance(value, SecretStr) else str(value)
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,256}", secret):
        raise ValueError("must be 1 to 256 characters of A-Z, a-z, 0-9, _ and -")
    return SecretStr(secret)


def _secret_of(token: SecretStr | None) -> SecretStr:
    """One secret for all processes of a bot, that tells nothing of its token."""
    key = token.get_secret_value() if token else ""
    return SecretStr(hmac.digest(key.encode(), b"webhook", "sha256").hex())


def _numbers(value: object) -> tuple[int, ...]:
    if isinstance(value, tuple):
        return value
    try:
        return tuple(int(piece) for piece in str(value).split(",") if piece.strip())
    except ValueError as error:
        raise ValueError("must be Telegram user ids (whole numbers) with commas between them") from error


def _addresses(value: object) -> tuple[str, ...]:
    return value if isinstance(value, tuple) else tuple(re.split(r"[\s,]+", str(value).strip()))


def _contact(value: object) -> str:
    text = str(value).strip()
    if not re.fullmatch(r"[\x21-\x27\x2a-\x7e]{3,200}", text):
        raise ValueError("must be an address of a page or of mail, in ASCII, such as https://example.org/bot")
    return text


def _upper(value: object) -> object:
    return value.strip().upper() if isinstance(value, str) else value


class Settings(BaseSettings):
    """What an operator can choose. Frozen; ``repr`` shows no secret."""

    model_config = SettingsConfigDict(
        env_file=ENV_FILE,
        env_file_encoding="utf-8",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,
        populate_by_name=True,
    )

    token: Annotated[SecretStr, PlainValidator(_token)] | None = Field(
        default=None,
        validation_alias=TOKEN_VARIABLE,
        description="The bot's token from @BotFather. Without it, only the terminal can be used.",
    )
    api_url: Annotated[str, PlainValidator(_web_address)] = Field(
        default=TELEGRAM,
        validation_alias="TELEGRAM_API_URL",
        description="The Bot API server; another than Telegram's own for a local server or for tests.",
    )
    database: str = Field(
        default=DEFAULT_DATABASE,
        validation_alias=DATABASE_VARIABLE,
        description="The database with the articles, as an SQLAlchemy URL.",
    )
    index: str | None = Field(
        default=None,
        validation_alias=INDEX_VARIABLE,
        description="The folder of the search index. If not set, beside an SQLite database, else in your cache folder.",
    )
    spacy_model: str = Field(
        default=DEFAULT_SPACY_MODEL,
        validation_alias=SPACY_MODEL_VARIABLE,
        description="The installed spaCy model that reads articles.",
    )
    webhook_url: Annotated[str, PlainValidator(_web_address)] | None = Field(
        default=None,
        validation_alias="ONRECORD_WEBHOOK_URL",
        description="The public address Telegram sends updates to. Without it the bot polls, which needs no address.",
    )
    webhook_listen: str = Field(
        default="127.0.0.1",
        validation_alias="ONRECORD_WEBHOOK_LISTEN",
        description="The address of this machine on which the webhook listens, behind your web server.",
    )
    webhook_port: int = Field(
        default=8443,
        ge=1,
        le=65535,
        validation_alias="ONRECORD_WEBHOOK_PORT",
        description="The port on which the webhook listens.",
    )
    webhook_secret: Annotated[SecretStr, PlainValidator(_webhook_secret)] = Field(
        default_factory=lambda others: _secret_of(others.get("token")),
        validation_alias="ONRECORD_WEBHOOK_SECRET",
        description="Proves that an update comes from Telegram (A-Z a-z 0-9 _ -). If not set, one made of the token.",
    )
    send_rate: float = Field(
        default=30,
        gt=0,
        le=1000,
        validation_alias="ONRECORD_SEND_RATE",
        description="The most messages a second over all chats; Telegram allows about 30.",
    )
    paid_broadcast: bool = Field(
        default=False,
        validation_alias="ONRECORD_PAID_BROADCAST",
        description="Whether digests may cost Stars, which lets ONRECORD_SEND_RATE be up to 1000.",
    )
    admins: Annotated[tuple[int, ...], NoDecode, BeforeValidator(_numbers)] = Field(
        default=(),
        validation_alias="ONRECORD_ADMINS",
        description="Telegram user ids of those who may use the commands for admins, with commas between them.",
    )
    feeds: Annotated[tuple[str, ...], NoDecode, BeforeValidator(_addresses)] = Field(
        default=(),
        validation_alias="ONRECORD_FEEDS",
        description="Feeds to watch: addresses, or OPML files, with spaces or commas between them.",
    )
    poll_minutes: float = Field(
        default=15,
        ge=0.01,
        le=1440,
        validation_alias="ONRECORD_POLL_MINUTES",
        description="How many minutes pass between two looks at a feed that works.",
    )
    host_gap: float = Field(
        default=1,
        ge=0,
        le=600,
        validation_alias="ONRECORD_HOST_GAP",
        description="How many seconds pass at least between two requests to one host.",
    )
    contact: Annotated[str, BeforeValidator(_contact)] | None = Field(
        default=None,
        validation_alias="ONRECORD_CONTACT",
        description="Where those whose pages are read can reach you; sent along as part of the User-Agent.",
    )
    allow_private_addresses: bool = Field(
        default=False,
        validation_alias="ONRECORD_ALLOW_PRIVATE_ADDRESSES",
        description="Whether addresses of this machine and of private networks may be read.",
    )
    log_level: Annotated[Literal["DEBUG", "INFO", "WARNING", "ERROR"], BeforeValidator(_upper)] = Field(
        default="INFO",
        validation_alias="ONRECORD_LOG_LEVEL",
        description="The least serious kind of line in the log: DEBUG, INFO, WARNING or ERROR.",
    )
    log_questions: bool = Field(
        default=False,
        validation_alias="ONRECORD_LOG_QUESTIONS",
        description="Whether what readers ask is logged; /privacy then tells them so.",
    )
    log_json: bool = Field(
        default=False,
        validation_alias="ONRECORD_LOG_JSON",
        description="Whether the log is JSON, one object a line, rather than key=value.",
    )

    metrics_port: int | None = Field(
        default=None,
        ge=1,
        le=65535,
        validation_alias="ONRECORD_METRICS_PORT",
        description="The port of /healthz, /readyz and /metrics (docs/monitoring.md). Without it there are none.",
    )
    metrics_listen: str = Field(
        default="127.0.0.1",
        validation_alias="ONRECORD_METRICS_LISTEN",
        description="The address of this machine on which ONRECORD_METRICS_PORT is.",
    )

    @property
    def shared(self) -> bool:
        """Whether the bot may have other processes: those with a webhook and a server's database share their work."""
        return self.webhook_url is not None and sqlite_path(self.database) is None

    @model_validator(mode="after")
    def _telegram_must_reach_the_webhook(self) -> Self:
        """Telegram's own servers want HTTPS on one of four ports; another server may be next to us."""
        if self.webhook_url and self.api_url == TELEGRAM:
            parts = urlsplit(self.webhook_url)
            if parts.scheme != "https" or (parts.port or 443) not in TELEGRAM_PORTS:
                raise ValueError("ONRECORD_WEBHOOK_URL: must be https, on port 443, 80, 88 or 8443")
        return self


def load_settings() -> Settings:
    """Read and check the settings.

    Raises ``SettingsError`` with one line that names each setting with a wrong value and says what is wrong with it,
    never repeating the value.
    """
    try:
        return Settings()
    except ValidationError as error:
        problems = [_problem(tuple(problem["loc"]), problem["msg"]) for problem in error.errors(include_input=False)]
        raise SettingsError("; ".join(dict.fromkeys(problems))) from None
    except (UnicodeDecodeError, OSError) as error:
        raise SettingsError(f"{ENV_FILE}: cannot be read as UTF-8 text ({type(error).__name__})") from None


def _problem(place: tuple[int | str, ...], message: str) -> str:
    """Name the setting: in pydantic's location, or, for rules across settings, at the start of the message."""
    message = message.removeprefix("Value error, ")
    return f"{place[0]}: {message[:1].lower()}{message[1:]}" if place else message
