"""The log: structured, one line an event, and never a token."""

import io
import json
import logging

import httpx
import pytest
import structlog
from aiohttp import web

from bot import logs
from tests.bot.edge import Api, serving

TOKEN = "123456789:AAF-abcdefghijklmnopqrstuvwxyz_0123456"


@pytest.mark.parametrize(
    ("line", "redacted"),
    [
        (f"https://api.telegram.org/bot{TOKEN}/getMe", "https://api.telegram.org/bot[redacted]/getMe"),
        (f"{TOKEN} and {TOKEN}", "[redacted] and [redacted]"),
        ("at 12:30 in room 4:short", "at 12:30 in room 4:short"),
        ("the word hush is hidden", "the word [redacted] is hidden"),
    ],
)
def test_redact(line, redacted):
    assert logs.redact(line, hide=("hush", "")) == redacted


def test_ours_are_lines_of_keys_and_values(log):
    structlog.get_logger("bot.test").info("message sent", chat=7, note='two words "quoted"', ok=True)
    line = log.getvalue()
    assert 'level=info event="message sent"' in line
    assert "chat=7" in line
    assert "ok=true" in line
    assert "logger=bot.test" in line
    assert line.count("\n") == 1


def test_json_is_one_object_a_line():
    out = io.StringIO()
    logs.configure(as_json=True, out=out, hide=["hush"])
    structlog.get_logger("bot.test").warning("odd", why=f"hush {TOKEN}")
    logging.getLogger("other").error("theirs %s", "too")
    first, second = map(json.loads, out.getvalue().splitlines())
    assert (first["event"], first["level"], first["why"]) == ("odd", "warning", "[redacted] [redacted]")
    assert (second["event"], second["logger"]) == ("theirs too", "other")


def test_a_token_in_an_exception_is_hidden_in_one_line(log):
    try:
        raise RuntimeError(f"cannot reach bot{TOKEN}")
    except RuntimeError:
        logging.getLogger("other").exception("failed with %s", TOKEN)
    line = log.getvalue()
    assert TOKEN not in line
    assert "RuntimeError: cannot reach bot[redacted]" in line
    assert line.count("\n") == 1


def test_the_level_is_kept():
    out = io.StringIO()
    logs.configure(level="WARNING", out=out)
    structlog.get_logger("bot.test").info("quiet")
    structlog.get_logger("bot.test").error("loud")
    assert "quiet" not in out.getvalue()
    assert "loud" in out.getvalue()


async def test_the_http_client_does_not_log_addresses(log):
    transport = httpx.MockTransport(lambda request: httpx.Response(200))
    async with httpx.AsyncClient(transport=transport) as client:
        await client.get(f"https://api.telegram.org/bot{TOKEN}/getMe")
    assert log.getvalue() == ""


def test_an_update_that_the_library_cannot_read_is_not_shown(log):
    logging.getLogger("telegram.ext.Updater").critical("Bad. Received data was: %r", {"text": "private words"})
    assert "private words" not in log.getvalue()
    assert "Received data was: '[redacted]'" in log.getvalue()


class Unreadable(Api):
    """Answers the first request for updates with something that is no JSON, in which somebody's words are."""

    def __init__(self, status):
        super().__init__()
        self.status, self.left = status, 1

    async def _serve(self, request):
        if request.match_info["method"] == "getUpdates" and self.left:
            self.left -= 1
            return web.Response(status=self.status, text='{"ok":true,"result":[{"message":{"text":"private words')
        return await super()._serve(request)


@pytest.mark.parametrize("status", [200, 502])
async def test_an_answer_that_the_library_cannot_read_is_not_shown(log, status):
    async with serving(api=Unreadable(status)) as bot:
        await bot.api.until(lambda: bot.api.left == 0)
        await bot.chat(7).say("other private words")
    assert bot.api.left == 0
    assert "words" not in log.getvalue()
    assert bot.api.token not in log.getvalue()


def test_the_body_in_an_error_is_hidden():
    told = 'Bad Gateway. Parsing the server response b\'{"text": "private words\' failed'
    assert logs.redact(told) == "Bad Gateway. Parsing the server response [redacted] failed"


def test_setting_up_twice_does_not_log_twice(log):
    again = io.StringIO()
    logs.configure(out=again)
    structlog.get_logger("bot.test").info("once")
    assert again.getvalue().count("once") == 1
    assert log.getvalue() == ""
