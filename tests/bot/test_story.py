"""The whole bot, told as a reader's conversation in Telegram about the seed article."""

import pytest

from bot.dialogue import Dialogue
from tests.auxil.driver import talking

COUNCIL = "The United Nations Security Council must take action, and the major powers should play an active role."


@pytest.fixture
async def bot(seed_library):
    async with talking(Dialogue(seed_library)) as bot:
        yield bot
        assert bot.api.complaints == []
        assert bot.api.open_callbacks == set()


def words(messages):
    return "\n".join(message.text for message in messages)


async def test_a_slip_of_the_keyboard_and_the_context_of_the_answer(bot):
    reader = bot.chat()
    first = await reader.say("wat did wang ye say about the security council?")
    assert COUNCIL in words(first)
    assert "sentence 17" in words(first)
    assert "context" in first[-1].buttons
    context = await reader.press("context")
    assert "Chinese" in words(context)
    assert context[0].reply_to == first[-1].message_id


async def test_a_follow_up_is_understood_in_the_chat_it_belongs_to(bot):
    reader, other = bot.chat(7), bot.chat(9)
    await reader.say("what did wang yi say")
    await other.say("who is ushakov")
    assert "quote nothing by Sergei Lavrov" in words(await reader.say("and lavrov?"))


async def test_typed_twins_do_what_the_buttons_do(bot):
    pressing, typing = bot.chat(7), bot.chat(9)
    for reader in (pressing, typing):
        await reader.say("what did wang yi say")
    pressed, typed = await pressing.press("next"), await typing.say("next")
    assert words(pressed) == words(typed) != ""


@pytest.mark.parametrize(
    "command", ["/start", "/help", "/brief", "/people", "/quotes Putin", "/sources", "/privacy", "/ask who is ushakov"]
)
async def test_every_command_has_something_to_say(bot, command):
    assert words(await bot.chat().say(command)).strip()


@pytest.mark.parametrize(
    "line",
    [
        "who won the world cup in 1998",
        "<b>&amp;</b> <script>alert(1)</script>",
        '(title:x AND "unclosed) OR * ~ ^ [a TO b]',
        "\u202eadvance\u200d \x07",
        "متى قال وانغ يي ذلك؟ 🤔🤔",
        "why " * 1000,
        "?",
        "/",
        "/ask",
    ],
)
async def test_whatever_a_reader_writes_gets_a_reply_and_no_error(bot, log, line):
    messages = await bot.chat().say(line)
    assert messages
    assert "unexpected error" not in log.getvalue()


async def test_a_button_from_before_a_restart_is_answered(seed_library, bot):
    reader = bot.chat()
    (*_, last) = await reader.say("what did wang yi say")
    async with talking(Dialogue(seed_library)) as restarted:
        replies = await restarted.chat().press_data(last.keyboard[0][0]["callback_data"], message=bot.api.as_json(last))
        assert replies or restarted.api.callbacks
        assert restarted.api.open_callbacks == set()
