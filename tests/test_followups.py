"""What a short line means after another; words only, nothing looked up."""

import pytest

from bot.followups import Understood, understand

LAST = "what did wang yi say about gaza"


@pytest.mark.parametrize("text", ["next", "more", "What else?", "anything else", "what else did he say?", "go on"])
def test_a_line_may_ask_for_the_next(text: str) -> None:
    assert understand(text, LAST, "Wang Yi").step == "next"


@pytest.mark.parametrize(
    "text", ["source?", "show me the source", "the link", "where is that from", "who reported that?"]
)
def test_a_line_may_ask_for_the_source(text: str) -> None:
    assert understand(text, LAST, "Wang Yi").step == "source"


@pytest.mark.parametrize("text", ["context", "in context", "show me the context"])
def test_a_line_may_ask_for_the_context(text: str) -> None:
    assert understand(text, LAST, "Wang Yi").step == "context"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("who said that?", Understood("who_said", "who said that?")),
        ("and lavrov?", Understood("ask", "and lavrov?", swap="lavrov")),
        ("what about the un", Understood("ask", "what about the un", swap="the un")),
        ("about oil?", Understood("ask", "what did Wang Yi say about oil")),
        ("when was that?", Understood("ask", "when was that?")),
        ("why?", Understood("ask", "why?")),
        ("what did he say about oil", Understood("ask", "what did Wang Yi say about oil")),
        ("who is xi jinping", Understood("ask", "who is xi jinping")),
        ("and who is xi jinping", Understood("ask", "and who is xi jinping")),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_line_becomes_a_whole_question(text: str, expected: Understood) -> None:
    assert understand(text, LAST, "Wang Yi") == expected


@pytest.mark.parametrize("text", ["next", "and lavrov?", "what did he say", "why?", "who said that?"])
def test_nothing_leans_on_a_question_that_was_not_asked(text: str) -> None:
    assert understand(text, None, None) == Understood("ask", text)


def test_a_pronoun_stays_when_the_last_question_was_about_nobody() -> None:
    assert understand("what did he say", "where is gaza", None) == Understood("ask", "what did he say")


@pytest.mark.parametrize(
    ("text", "expected"), [("when was that?", "when did putin call"), ("why?", "why did putin call")]
)
def test_a_question_word_alone_asks_the_last_question_anew(text: str, expected: str) -> None:
    assert understand(text, "who did putin call", None) == Understood("ask", expected)
