"""Starting and stopping: what the operator sees, and the exit code."""

import asyncio
import io
import os
import signal
import socket
import sys
from asyncio.subprocess import PIPE
from pathlib import Path

import aiohttp
import pytest

from bot import texts
from bot.app import build_application, run, serve
from bot.settings import Settings
from tests.auxil import faults
from tests.auxil.bot_api import SECRET_HEADER, BotApi, ChatRecord
from tests.auxil.driver import Chat, Naps, settings_for
from tests.auxil.fake_conversation import FakeConversation, Slow
from tests.auxil.ports import free_port

ROOT = Path(__file__).parents[2]


class Serving:
    """``serve`` running in the background."""

    def __init__(self, api, conversation=None, **settings):
        self.api = api
        self.out, self.err, self.stop = io.StringIO(), io.StringIO(), asyncio.Event()
        self.conversation = conversation or FakeConversation()
        self.naps = Naps()
        self.settings = settings_for(api, **settings)
        self.task = asyncio.ensure_future(
            serve(self.settings, self.conversation, out=self.out, err=self.err, stop=self.stop, clock=self.naps)
        )

    async def started(self):
        while "is answering" not in self.out.getvalue():
            assert not self.task.done(), self.err.getvalue()
            await asyncio.sleep(0.005)

    async def exit_code(self):
        return await asyncio.wait_for(self.task, 20)

    async def stopped(self):
        self.stop.set()
        return await self.exit_code()


@pytest.fixture
async def api():
    async with BotApi() as api:
        yield api


@pytest.fixture
def port():
    return free_port()


def chat_with(api):
    return Chat(api, api.add_chat(ChatRecord(7)))


async def test_it_says_that_it_runs_answers_and_stops_with_0(api):
    serving = Serving(api)
    await serving.started()
    (message,) = await chat_with(api).say("one", expect=1)
    assert message.text == "You asked: one"
    assert await serving.stopped() == 0
    assert serving.out.getvalue().splitlines() == [texts.running(api.username, "polling"), texts.STOPPING]
    assert serving.err.getvalue() == ""
    assert [command["command"] for command in api.commands] == ["start", "help", "ask"]


async def test_without_a_token_it_says_what_to_do(api):
    serving = Serving(api, token=None)
    assert await serving.exit_code() == 2
    assert serving.err.getvalue() == texts.CREDENTIAL_MISSING + "\n"
    with pytest.raises(ValueError, match="TELEGRAM_BOT_TOKEN"):
        build_application(serving.settings, serving.conversation)


async def test_a_wrong_token_stops_with_one_line_that_does_not_repeat_it(api, log):
    wrong = "424242:" + "W" * 35
    serving = Serving(api, token=wrong)
    assert await serving.exit_code() == 2
    assert serving.err.getvalue() == texts.CREDENTIAL_REFUSED + "\n"
    assert serving.out.getvalue() == ""
    assert wrong not in log.getvalue()


async def test_a_token_revoked_while_running_stops_it(api, log):
    serving = Serving(api)
    await serving.started()
    api.fail("getUpdates", faults.UNAUTHORIZED, times=99)
    await api.push({"unknown": {}}, unasked=True)
    assert await serving.exit_code() == 2
    assert serving.err.getvalue() == texts.CREDENTIAL_REFUSED + "\n"
    assert log.getvalue() == ""


async def test_a_second_bot_with_the_same_token_stops_it(api, log):
    serving = Serving(api)
    await serving.started()
    api.fail("getUpdates", faults.CONFLICT, times=99)
    await api.push({"unknown": {}}, unasked=True)
    assert await serving.exit_code() == 1
    assert serving.err.getvalue() == texts.ALREADY_RUNNING + "\n"
    assert "Traceback" not in log.getvalue()


@pytest.mark.parametrize("code", [401, 403, 404, 409, 502])
async def test_polling_goes_on_after_a_failure_of_the_network(api, log, code):
    serving = Serving(api)
    await serving.started()
    api.fail("getUpdates", faults.page(code))
    await chat_with(api).say("one", expect=1)
    await chat_with(api).say("two", expect=1)
    assert await serving.stopped() == 0
    assert "polling put off" in log.getvalue()
    assert api.token not in log.getvalue()


async def test_it_waits_for_a_network_that_is_not_there_yet(api):
    api.fail("getMe", faults.BAD_GATEWAY, times=3)
    api.fail("deleteWebhook", faults.too_many_requests(1))
    serving = Serving(api)
    await serving.started()
    assert serving.naps.seconds == [1.0, 2.0, 4.0, 1.0]
    assert serving.err.getvalue() == texts.cannot_reach(api.url) + "\n"
    assert await serving.stopped() == 0


async def test_it_can_be_stopped_before_it_has_reached_anything(api):
    api.fail("getMe", faults.SILENCE, times=99)
    serving = Serving(api)
    await api.until(lambda: api.calls_of("getMe") != [])
    assert await serving.stopped() == 0
    assert serving.out.getvalue() == ""


async def test_a_command_list_that_is_refused_does_not_matter(api, log):
    api.fail("setMyCommands", faults.bad_request("BOT_COMMAND_INVALID"))
    serving = Serving(api)
    await serving.started()
    assert await chat_with(api).say("one", expect=1)
    assert await serving.stopped() == 0
    assert "commands not offered" in log.getvalue()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_a_signal_lets_it_finish_what_is_in_hand(api, number):
    conversation = Slow()
    serving = Serving(api, conversation)
    await serving.started()
    chat = chat_with(api)
    await chat.say("one")
    await asyncio.to_thread(conversation.asked.wait, 20)
    os.kill(os.getpid(), number)
    while texts.STOPPING not in serving.out.getvalue():
        await asyncio.sleep(0.005)
    conversation.go_on.set()
    assert await serving.exit_code() == 0
    assert [message.text for message in chat.received] == ["You asked: one"]


def test_run_returns_the_exit_code(capsys):
    assert run(Settings(_env_file=None, token=None), FakeConversation()) == 2
    assert capsys.readouterr().err == texts.CREDENTIAL_MISSING + "\n"


PROGRAM = """
import sys
from bot.app import run
from bot.settings import load_settings
from tests.auxil.fake_conversation import FakeConversation
sys.exit(run(load_settings(), FakeConversation()))
"""


@pytest.fixture
async def program(api, tmp_path):
    """The bot as a process of its own, running."""
    environment = os.environ | {
        "PYTHONPATH": str(ROOT),
        "TELEGRAM_BOT_TOKEN": api.token,
        "TELEGRAM_API_URL": api.url,
        "ONRECORD_WEBHOOK_URL": "",
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", PROGRAM, cwd=tmp_path, env=environment, stdout=PIPE, stderr=PIPE
    )
    assert process.stdout is not None
    assert (await process.stdout.readline()).decode().strip() == texts.running(api.username, "polling")
    yield process
    if process.returncode is None:
        process.kill()
    await process.communicate()


async def test_the_process_ends_with_0_when_told_to_stop(api, program):
    assert await chat_with(api).say("one", expect=1)
    program.send_signal(signal.SIGTERM)
    out, err = await asyncio.wait_for(program.communicate(), 20)
    assert (program.returncode, out.decode().strip()) == (0, texts.STOPPING)
    assert api.token not in err.decode()


async def test_a_second_ctrl_c_does_not_wait(api, program):
    api.fail("sendMessage", faults.SILENCE)  # which would take the client 15 seconds to give up
    await chat_with(api).say("one", expect=1)
    program.send_signal(signal.SIGINT)
    assert (await program.stdout.readline()).decode().strip() == texts.STOPPING
    program.send_signal(signal.SIGINT)
    _, err = await asyncio.wait_for(program.communicate(), 10)
    assert program.returncode == 130
    assert "Traceback" not in err.decode()


# --- webhook ----------------------------------------------------------------------------------------------------


@pytest.fixture
def hook(port):
    return {"webhook_url": f"http://127.0.0.1:{port}/a.b/hook", "webhook_port": port}


async def test_by_webhook_it_answers_and_an_update_delivered_twice_once(api, hook):
    serving = Serving(api, webhook_secret="s3cret", **hook)
    await serving.started()
    assert "(webhook)" in serving.out.getvalue()
    assert api.webhook["secret_token"] == "s3cret"
    chat = chat_with(api)
    await chat.say("one", expect=1, copies=2)
    await chat.say("two", expect=1)
    assert await serving.stopped() == 0
    assert [message.text for message in chat.received] == ["You asked: one", "You asked: two"]
    assert api.webhook_statuses == [200, 200, 200]
    assert len(serving.conversation.heard) == 2


async def test_a_webhook_without_our_secret_is_not_listened_to(api, hook, port):
    serving = Serving(api, **hook)
    await serving.started()
    async with aiohttp.ClientSession() as session:
        for headers in ({}, {SECRET_HEADER: "guess"}):
            async with session.post(hook["webhook_url"], json={"update_id": 1}, headers=headers) as answer:
                assert answer.status == 403
        right = {SECRET_HEADER: serving.settings.webhook_secret.get_secret_value()}
        for body, status in (("{", 400), (b"\xff", 400), ("[]", 200), (io.BytesIO(b"x" * 2**21), 413)):
            async with session.post(hook["webhook_url"], data=body, headers=right) as answer:
                assert answer.status == status
        async with session.get(hook["webhook_url"], headers=right) as answer:
            assert answer.status == 405
        async with session.post(f"http://127.0.0.1:{port}/a-b/hook", json={"update_id": 1}) as answer:
            assert answer.status == 404  # the dot in the path is a dot
    assert await serving.stopped() == 0
    assert serving.conversation.heard == []


async def test_a_webhook_address_that_telegram_refuses_stops_it(api, port):
    serving = Serving(api, webhook_url="http://example.org/hook", webhook_port=port)
    assert await serving.exit_code() == 1
    (line,) = serving.err.getvalue().splitlines()
    assert line.startswith("ONRECORD_WEBHOOK_URL: ")


async def test_a_port_that_is_taken_stops_it(api):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        serving = Serving(api, webhook_url=f"http://127.0.0.1:{port}/hook", webhook_port=port)
        assert await serving.exit_code() == 1
    (line,) = serving.err.getvalue().splitlines()
    assert line.startswith(f"ONRECORD_WEBHOOK_PORT: cannot listen on 127.0.0.1:{port}")
