"""In Telegram: what may have been meant for a city is asked below the ordinary answer."""

from pathlib import Path

from bot.dialogue import Dialogue
from bot.subscribing.desk import SubscriptionDesk
from knowledge.library import Library
from tests.auxil.records import blank_store, lines, put
from tests.bot.edge import serving


async def test_a_slip_in_the_city_is_asked_about_below_the_answer(tmp_path: Path) -> None:
    database = blank_store(tmp_path / "news.db")
    with Library.open(database) as library:
        put(library, lines("a", "The ferry sank."))
        desk = SubscriptionDesk(database)
        async with serving(Dialogue(library), desk) as bot:
            chat = bot.chat()
            await chat.say("/subscribe topic ferry daily 8:00")
            (reply,) = await chat.say("Lodnon")
            assert reply.text.startswith("The articles don't say.")
            assert reply.text.endswith("Did you mean London, United Kingdom, for the time of your digests?")
            assert reply.buttons == ["London, United Kingdom"]
            (reply,) = await chat.say("yes")
            assert "Did you mean" not in reply.text
            (reply,) = await chat.press("London, United Kingdom")
            assert reply.text.startswith("Times are those of Europe/London")
        desk.close()
