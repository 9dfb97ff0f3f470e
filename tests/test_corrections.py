"""A corrected article: the list of articles says so, the old and the new sentence side by side; answers are the new."""

from datetime import UTC, datetime

import pytest

from bot.dialogue import Dialogue
from bot.listing import all_correction_blocks, correction_blocks
from bot.replies import Block
from bot.terminal import plain_text
from knowledge.library import Library
from knowledge.store.revising import Correction
from tests.auxil.records import lines, put

FIRST = """\
Ana Reyes opened the Harbour Bridge.
About 2,000 people walked across.
The ferry sails on."""
SECOND = FIRST.replace("2,000", "3,000").replace("\nThe ferry sails on.", "")


@pytest.fixture
def dialogue(library: Library) -> Dialogue:
    put(library, lines("bridge", FIRST, title="A bridge opens"))
    put(library, lines("bridge", SECOND, title="A bridge opens"))
    put(library, lines("ferry", "The old ferry sails until the spring.", title="The ferry"))
    return Dialogue(library)


def test_the_list_of_articles_shows_what_was_corrected(dialogue: Dialogue):
    shown = plain_text(dialogue.command("c", "sources", ""))
    assert ", 2 sentences changed" in shown
    assert "Before: “About 2,000 people walked across.”" in shown
    assert "Now: “About 3,000 people walked across.”" in shown
    assert "Before: “The ferry sails on.”" in shown
    assert "Now: (not there)" in shown
    assert shown.count("corrected") == 1


def test_answers_cite_the_newest_text(dialogue: Dialogue):
    assert "3,000" in plain_text(dialogue.ask("c", "how many people walked across"))


def correction(count: int, at: str = "2026-03-02T14:20:00+00:00") -> Correction:
    pairs = tuple((f"Old {i}.", f"New {i}.") for i in range(count))
    return Correction(
        article="a", title="A", publisher=None, at=at, changed=count, vanished=0, new=0, pairs=pairs[:50]
    )  # fmt: skip


def text(blocks: list[Block]) -> str:
    return "\n".join("".join(part.text for part in line) for block in blocks for line in block.lines)


@pytest.mark.parametrize(
    ("now", "heading"),
    [
        (datetime(2026, 3, 2, 18, tzinfo=UTC), "corrected 14:20, 1 sentence changed"),
        (datetime(2026, 3, 3, 8, tzinfo=UTC), "corrected 02 March 2026, 14:20, 1 sentence changed"),
    ],
)
def test_a_correction_of_today_has_its_time_and_an_older_one_its_day(now: datetime, heading: str):
    assert text(correction_blocks([correction(1)], now)).startswith(heading)


def test_of_a_long_correction_the_first_sentences_are_shown():
    shown = text(correction_blocks([correction(9), correction(1)]))
    assert shown.count("Before:") == 3
    assert shown.endswith("and 6 more")
    assert text(correction_blocks([correction(9)], number=2)).endswith("and 6 more: /sources 2")


def test_every_correction_is_shown_when_one_article_is_asked_for():
    shown = text(all_correction_blocks([correction(9), correction(1)]))
    assert shown.count("Before:") == 10
    assert "more" not in shown
    assert text(all_correction_blocks([correction(20)])).endswith("and 8 more")


def test_an_article_is_asked_for_by_its_number(library: Library):
    put(library, lines("a", "The old bridge is closed.\nThe sea is calm."), lines("b", "The barn burned."))
    put(library, lines("a", "The old bridge is open.\nThe sea is calm."))
    dialogue = Dialogue(library)
    shown = {number: plain_text(dialogue.command("c", "sources", number)) for number in ("1", " 2 ", "3", "0", "all")}
    assert [("The old bridge is closed." in shown[n], "The barn" in shown[n]) for n in ("1", " 2 ")] == [
        (True, False), (False, False)
    ]  # fmt: skip
    assert all("1 to 2: /sources 1" in shown[n] for n in ("3", "0", "all"))


def test_without_corrections_there_is_nothing():
    assert correction_blocks([]) == []
