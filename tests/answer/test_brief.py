"""Briefings: the few sentences that carry a story."""

import pytest

from knowledge.answer.brief import brief
from knowledge.answer.retrieve import Retriever
from tests.auxil.records import Said, lines, put


@pytest.fixture(scope="module")
def bridge(newsroom):
    return Retriever(newsroom.index).in_article("bridge", 20)


def test_a_briefing_is_in_order_begins_with_the_beginning_and_has_six_sentences_at_most(bridge):
    chosen = [s["number"] for s in brief(bridge)]
    assert chosen[0] == 1
    assert chosen == sorted(set(chosen))
    assert len(chosen) <= 6


def test_different_people_are_quoted_by_their_surest_words(bridge):
    chosen = [s["number"] for s in brief(bridge)]
    assert {2, 8} <= set(chosen), "Reyes's direct quote and the Ministry's"


def test_no_two_sentences_say_nearly_the_same(empty):
    text = "The old bridge is closed.\nThe old bridge is closed today.\nReyes said no.\nThe bridge, the old, is closed!"
    put(empty, lines("a", text, people=["Reyes"], quotes=[Said("Reyes", "no", "Reyes")]))
    chosen = brief(Retriever(empty.index).in_article("a", 20))
    assert [s["number"] for s in chosen] == [1, 3]


def test_a_briefing_on_nothing_is_empty():
    assert brief([]) == []
