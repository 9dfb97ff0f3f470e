"""The last line of defence."""

from telegram import CallbackQuery, Chat, InaccessibleMessage, InlineQuery, Update, User
from telegram.error import BadRequest

from bot.handlers import phrases
from bot.handlers.desk import Desk
from bot.handlers.errors import describe, handler
from bot.subscribing.desk import NotKeptError
from knowledge.errors import InputError, StoreError


class Context:
    def __init__(self, error):
        self.error = error


class Quiet(Desk):
    """A desk that notes what it is asked to say, or cannot say anything."""

    def __init__(self, *, broken=False):
        self.said = []
        self.broken = broken

    async def say(self, target, phrase):
        if self.broken:
            raise ConnectionError("no way out")
        self.said.append((target.chat_id, phrase))


READER = User(5, "x", is_bot=False)
GONE = InaccessibleMessage(Chat(7, "private"), 1)


async def test_a_press_under_a_message_telegram_no_longer_shows_is_told_too():
    desk = Quiet()
    update = Update(1, callback_query=CallbackQuery("q", READER, "1", message=GONE, data="x"))
    await handler(desk)(update, Context(RuntimeError()))
    ((chat, phrase),) = desk.said
    assert chat == 7
    assert "(error " in phrase


async def test_what_could_not_be_kept_is_said_to_be_so_and_logged(log):
    desk = Quiet()
    update = Update(1, callback_query=CallbackQuery("q", READER, "1", message=GONE, data="x"))
    await handler(desk)(update, Context(raised(NotKeptError(), cause=KeyError())))
    assert desk.said == [(7, phrases.NOT_KEPT)]
    assert "error=NotKeptError" in log.getvalue()
    assert "cause=KeyError" in log.getvalue()


async def test_who_has_no_chat_is_not_told(log):
    desk = Quiet()
    await handler(desk)(Update(4, inline_query=InlineQuery("1", READER, "q", "")), Context(RuntimeError()))
    assert desk.said == []
    assert "update_id=4" in log.getvalue()


async def test_that_nobody_could_be_told_is_logged_and_no_more(log):
    update = Update(1, callback_query=CallbackQuery("q", READER, "1", message=GONE, data="x"))
    await handler(Quiet(broken=True))(update, Context(RuntimeError()))
    first, second = log.getvalue().splitlines()
    assert "unexpected error" in first
    assert "reader not told" in second
    assert "no way out" not in second


def raised(error, cause=None):
    try:
        raise error from cause
    except type(error) as caught:
        return caught


def test_what_the_log_may_hold_of_an_error():
    assert describe(None) == {}
    found = describe(raised(ValueError("what they wrote"), cause=KeyError("what they wrote")))
    assert (found["error"], found["cause"]) == ("ValueError", "KeyError")
    assert "tests/bot" not in str(found["at"])
    assert "bot/test_errors.py" in str(found["at"])
    assert "wrote" not in str(found)
    assert describe(StoreError("the database is of version 9"))["reason"] == "the database is of version 9"
    assert "wrote" not in str(describe(raised(InputError("what they wrote", "is no time zone"))))
    assert describe(BadRequest("Chat not found"))["reason"] == "Chat not found"
