"""Inline mode over real HTTP: sentences with their sources, in pages, and nothing Telegram would refuse."""

import json

import pytest

from bot.dialogue import Dialogue
from bot.handlers import phrases
from bot.handlers.inline import PAGE
from bot.offering import Offer
from bot.replies import Block, Part
from tests.auxil import faults
from tests.auxil.fake_conversation import FakeConversation
from tests.auxil.telegram_html import parse_message
from tests.bot.edge import serving

COUNCIL = "The United Nations Security Council must take action, and the major powers should play an active role."
LONG = "word " * 2000


def offer(number, text="It was said.", title="Somebody", url="https://news.example/a?b=1&c=2"):
    line = (Part(f"{text} {number}"),)
    return Offer(id=f"o{number}", title=title, description=text, block=Block((line,)), url=url)


class Offering(FakeConversation):
    """Offers what it is given; ``asked`` is for what."""

    def __init__(self, found=()):
        super().__init__()
        self.found, self.asked = tuple(found), []

    def offers(self, text):
        self.asked.append(text)
        return self.found


async def ask(bot, text, offset="", user=7):
    """The parameters of the answer to an inline query, its results read."""
    query = {"id": f"q{len(bot.api.calls)}", "from": {"id": user, "is_bot": False, "first_name": "x"}}
    before = len(bot.api.calls_of("answerInlineQuery"))
    await bot.settle(await bot.api.push({"inline_query": query | {"query": text, "offset": offset}}))
    (call,) = bot.api.calls_of("answerInlineQuery")[before:]
    return call.params | {"results": json.loads(call.params["results"])}


@pytest.fixture
def conversation():
    return Offering(offer(number) for number in range(120))


@pytest.fixture
async def bot(conversation):
    async with serving(conversation) as bot:
        yield bot
        assert bot.api.complaints == []


async def test_the_first_page_says_where_the_next_begins(bot, conversation):
    answer = await ask(bot, " wang yi ")
    assert conversation.asked == ["wang yi"]
    assert [result["id"] for result in answer["results"]] == [f"o{number}" for number in range(PAGE)]
    assert answer["next_offset"] == "50"
    assert answer["cache_time"] == "60"
    assert answer["is_personal"] in ("True", "true")
    assert "button" not in answer


async def test_the_last_page_says_that_it_is(bot):
    ids = []
    offset = ""
    for _ in range(3):
        answer = await ask(bot, "wang yi", offset)
        ids += [result["id"] for result in answer["results"]]
        offset = answer["next_offset"]
    assert offset == ""
    assert ids == [f"o{number}" for number in range(120)]


@pytest.mark.parametrize("offset", ["-50", "x", "5\u0660", "٣", "1e3", "9" * 64, " 50", "+50"])
async def test_an_offset_that_is_none_of_ours_begins_anew(bot, offset):
    assert (await ask(bot, "wang yi", offset))["results"][0]["id"] == "o0"


async def test_an_offset_beyond_the_end_brings_nothing(bot):
    answer = await ask(bot, "wang yi", "200")
    assert (answer["results"], answer["next_offset"]) == ([], "")
    assert "button" not in answer


async def test_a_result_is_sent_as_it_is_rendered_and_without_a_preview(bot):
    result = (await ask(bot, "wang yi"))["results"][0]
    assert result["type"] == "article"
    assert result["title"] == "Somebody"
    assert result["url"] == "https://news.example/a?b=1&c=2"
    assert result["input_message_content"] == {
        "message_text": "It was said. 0",
        "parse_mode": "HTML",
        "link_preview_options": {"is_disabled": True},
    }


async def test_nothing_asked_and_nothing_found_show_the_way_to_the_bot(bot, conversation):
    conversation.found = ()
    for text, label in (("", phrases.ASK_ME), ("   ", phrases.ASK_ME), ("pizza", phrases.NOT_SAID)):
        answer = await ask(bot, text)
        assert answer["results"] == []
        assert json.loads(answer["button"]) == {"text": label, "start_parameter": phrases.START_INLINE}
    assert conversation.asked == ["pizza"]
    assert (await bot.chat(7).say(f"/start {phrases.START_INLINE}"))[0].text == "/start [inline]"


async def test_what_telegram_would_refuse_is_not_offered(bot, conversation):
    conversation.found = (
        offer(1, title="\u202e \u200b"),
        offer(2, LONG),
        offer(3, "<b>&", title="<i>Ana & co</i>\x00", url="javascript:alert(1)"),
        offer(4, url=None),
    )
    results = {result["id"]: result for result in (await ask(bot, "<b>"))["results"]}
    assert set(results) == {"o3", "o4"}
    assert results["o3"]["title"] == "<i>Ana & co</i>"
    assert results["o3"]["input_message_content"]["message_text"] == "&lt;b&gt;&amp; 3"
    assert "url" not in results["o3"]
    assert "url" not in results["o4"]


async def test_when_all_that_is_found_is_too_long_the_way_to_the_bot_is_shown(bot, conversation):
    conversation.found = (offer(1, LONG),)
    answer = await ask(bot, "wang yi")
    assert answer["results"] == []
    assert json.loads(answer["button"])["text"] == phrases.ASK_ME


async def test_an_answer_that_comes_too_late_harms_nobody(bot, log):
    bot.api.fail("answerInlineQuery", faults.STALE_QUERY)
    await ask(bot, "wang yi")
    assert (await ask(bot, "wang yi"))["results"]
    assert "unexpected error" not in log.getvalue()


async def test_a_result_that_is_quoted_in_the_bots_own_chat_is_no_question(bot, conversation):
    chat = bot.chat(7)
    ours = {"id": 123456, "is_bot": True, "first_name": "On the Record"}
    assert await chat.send(text="Wang Yi: it was said.", via_bot=ours) == []
    assert conversation.heard == []
    assert len(await chat.send(text="from another", via_bot=ours | {"id": 5})) == 1


async def test_the_seed_article_is_quoted_with_its_source(seed_library):
    async with serving(Dialogue(seed_library)) as bot:
        first, *_ = (await ask(bot, "wang yi council"))["results"]
        assert first["title"] == "Wang Yi"
        shown = parse_message(first["input_message_content"]["message_text"], html=True)
        assert shown.text.startswith("Wang Yi:")
        assert COUNCIL in shown.text
        assert "sentence 17" in shown.text
        everything = (await ask(bot, "wang yi"))["results"]
        assert {result["title"] for result in everything} == {"Wang Yi"}
        assert len({result["id"] for result in everything}) == len(everything) > 1
        for text in ("wang yi pizza", "pizza", "\U0001f600" * 200, "\x00" * 256, "wang yi council " * 16):
            for result in (await ask(bot, text))["results"]:
                parse_message(result["input_message_content"]["message_text"], html=True)
        assert (await ask(bot, "pizza"))["results"] == []
        assert bot.api.complaints == []
