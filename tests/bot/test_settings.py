"""The settings: one table, said in three places, and checked at the start."""

import re
from pathlib import Path

import pytest
from pydantic import ValidationError

from bot import environment
from bot.settings import Settings, load_settings
from knowledge.errors import SettingsError

ROOT = Path(__file__).parents[2]


def table():
    """(variable, default as an operator would write it, description) of each setting."""
    for field in Settings.model_fields.values():
        default = "" if field.default_factory or field.default in {None, ()} else field.default
        yield (
            str(field.validation_alias),
            str(default).lower() if isinstance(default, bool) else str(default),
            field.description,
        )


def test_docs_list_every_setting_as_it_is():
    rows = re.findall(
        r"^\| `(\w+)` \| (.+?) \| (.+?) \|$", (ROOT / "docs" / "settings.md").read_text("utf-8"), re.MULTILINE
    )
    assert rows == [(name, f"`{default}`" if default else "not set", text) for name, default, text in table()]


def test_the_example_file_lists_every_setting_as_it_is():
    lines = re.findall(r"^# (.+)\n(\w+)=(.*)$", (ROOT / ".env.example").read_text("utf-8"), re.MULTILINE)
    assert [(name, default, text) for text, name, default in lines] == list(table())


def test_the_example_file_as_it_is_sets_nothing_but_defaults(no_settings):
    Path(".env").write_text((ROOT / ".env.example").read_text("utf-8"), "utf-8")
    loaded = load_settings().model_dump(exclude={"webhook_secret"})
    Path(".env").unlink()
    assert loaded == load_settings().model_dump(exclude={"webhook_secret"})


def test_defaults(no_settings):
    settings = load_settings()
    assert settings.token is None
    assert settings.api_url == "https://api.telegram.org"
    assert settings.database == "sqlite:///onrecord.db"
    assert settings.admins == ()


def test_every_process_of_a_bot_has_one_webhook_secret_that_does_not_tell_the_token(no_settings):
    secrets = []
    for token in ("424242:" + "A" * 35, "424242:" + "A" * 35, "424242:" + "B" * 35):
        no_settings.setenv("TELEGRAM_BOT_TOKEN", token)
        secrets.append(load_settings().webhook_secret.get_secret_value())
    assert secrets[0] == secrets[1] != secrets[2]
    assert re.fullmatch("[0-9a-f]{64}", secrets[0])


@pytest.mark.parametrize(
    ("name", "value", "field", "expected"),
    [
        ("TELEGRAM_API_URL", "http://127.0.0.1:8081/", "api_url", "http://127.0.0.1:8081"),
        ("ONRECORD_WEBHOOK_URL", "https://e.org:8443/hook", "webhook_url", "https://e.org:8443/hook"),
        ("ONRECORD_ADMINS", "1, 22 ,", "admins", (1, 22)),
        ("ONRECORD_SEND_RATE", "2.5", "send_rate", 2.5),
        ("ONRECORD_LOG_LEVEL", "warning", "log_level", "WARNING"),
        ("ONRECORD_LOG_JSON", "yes", "log_json", True),
        ("ONRECORD_SEND_RATE", "", "send_rate", 30),
        ("ONRECORD_METRICS_PORT", "9464", "metrics_port", 9464),
        ("ONRECORD_METRICS_PORT", "", "metrics_port", None),
        ("TELEGRAM_BOT_TOKEN", "", "token", None),
    ],
)
def test_values_come_from_the_environment(no_settings, name, value, field, expected):
    no_settings.setenv(name, value)
    assert getattr(load_settings(), field) == expected


def test_the_environment_goes_before_the_file(no_settings):
    Path(".env").write_text("ONRECORD_DATABASE=sqlite:///file.db\nONRECORD_WEBHOOK_PORT=99\nOTHER=1\n", "utf-8")
    no_settings.setenv("ONRECORD_DATABASE", "sqlite:///environment.db")
    settings = load_settings()
    assert (settings.database, settings.webhook_port) == ("sqlite:///environment.db", 99)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TELEGRAM_BOT_TOKEN", "123:abc/../secret"),
        ("TELEGRAM_API_URL", "api.telegram.org"),
        ("TELEGRAM_API_URL", "https://e.org:port"),
        ("ONRECORD_WEBHOOK_URL", "ftp://e.org/hook"),
        ("ONRECORD_WEBHOOK_URL", "http://e.org/hook"),
        ("ONRECORD_WEBHOOK_URL", "https://e.org:444/hook"),
        ("ONRECORD_WEBHOOK_PORT", "70000"),
        ("ONRECORD_METRICS_PORT", "70000"),
        ("ONRECORD_METRICS_PORT", "metrics"),
        ("ONRECORD_WEBHOOK_SECRET", "has spaces"),
        ("ONRECORD_WEBHOOK_SECRET", "s" * 257),
        ("ONRECORD_SEND_RATE", "0"),
        ("ONRECORD_SEND_RATE", "fast"),
        ("ONRECORD_ADMINS", "1,me"),
        ("ONRECORD_LOG_LEVEL", "LOUD"),
        ("ONRECORD_LOG_JSON", "perhaps"),
    ],
)
def test_a_wrong_value_is_named_and_not_repeated(no_settings, name, value):
    no_settings.setenv(name, value)
    with pytest.raises(SettingsError) as caught:
        load_settings()
    line = str(caught.value)
    assert line.startswith(f"{name}: ")
    assert len(line) > len(name) + 10
    assert "\n" not in line
    assert value == "0" or value not in line


def test_every_wrong_value_is_named_at_once(no_settings):
    no_settings.setenv("ONRECORD_SEND_RATE", "-1")
    no_settings.setenv("ONRECORD_ADMINS", "x")
    with pytest.raises(SettingsError, match=r"ONRECORD_SEND_RATE: .*; ONRECORD_ADMINS: "):
        load_settings()


def test_a_file_that_is_no_text_is_named(no_settings):
    Path(".env").write_bytes(b"ONRECORD_DATABASE=\xff\xfe")
    with pytest.raises(SettingsError, match=r"^\.env: "):
        load_settings()


def test_another_server_may_be_next_door(no_settings):
    no_settings.setenv("TELEGRAM_API_URL", "http://127.0.0.1:8081")
    no_settings.setenv("ONRECORD_WEBHOOK_URL", "http://127.0.0.1:5000/hook")
    assert load_settings().webhook_url == "http://127.0.0.1:5000/hook"


def test_secrets_do_not_show(no_settings):
    no_settings.setenv("TELEGRAM_BOT_TOKEN", "123:topsecret")
    no_settings.setenv("ONRECORD_WEBHOOK_SECRET", "hushhush")
    assert "topsecret" not in repr(load_settings())
    assert "hushhush" not in str(load_settings())


def test_a_wrong_secret_does_not_show_in_a_traceback(no_settings):
    with pytest.raises(ValidationError) as caught:
        Settings(_env_file=None, token="123:top/secret", webhook_secret="hush hush")
    assert "top/secret" not in str(caught.value)
    assert "hush hush" not in str(caught.value)


def test_settings_made_by_hand_may_reuse_secrets(no_settings):
    no_settings.setenv("TELEGRAM_BOT_TOKEN", "123:topsecret")
    first = load_settings()
    again = Settings(_env_file=None, token=first.token, webhook_secret=first.webhook_secret, admins=(1,))
    assert (again.token, again.webhook_secret, again.admins) == (first.token, first.webhook_secret, (1,))


# --- the light way in -------------------------------------------------------------------------------------------


def test_the_light_way_gives_the_same_as_the_table(no_settings):
    assert environment.database_url() == load_settings().database
    assert environment.spacy_model() == load_settings().spacy_model
    assert environment.index_setting() is load_settings().index is None
    assert environment.has_token() is False
    assert environment.database_url("sqlite:///option.db") == "sqlite:///option.db"


def test_the_light_way_reads_the_file_and_the_environment_first(no_settings):
    Path(".env").write_text(
        "ONRECORD_DATABASE=sqlite:///file.db\nONRECORD_SPACY_MODEL=\nTELEGRAM_BOT_TOKEN=1:a\n", "utf-8"
    )
    assert environment.database_url() == load_settings().database == "sqlite:///file.db"
    assert environment.spacy_model() == load_settings().spacy_model == environment.DEFAULT_SPACY_MODEL
    assert environment.has_token() is True
    no_settings.setenv("ONRECORD_DATABASE", "sqlite:///environment.db")
    assert environment.database_url() == load_settings().database == "sqlite:///environment.db"
