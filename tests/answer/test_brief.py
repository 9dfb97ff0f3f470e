"""Briefings: the few sentences that carry a story."""

import pytest

from knowledge.answer.brief import LEAST, MOST, brief, differing, meant_article
from knowledge.answer.retrieve import Retriever
from tests.auxil.records import Said, Stated, lines, put

THINGS = ("the road is wet", "farmers need more water", "taxes rise too fast", "hospitals lack medicine")


@pytest.fixture(scope="module")
def bridge(retriever):
    return retriever.in_article("bridge", 20)


@pytest.fixture
def briefed(empty):
    """The numbers of the sentences that a briefing on a text has."""

    def of(text: str, **given) -> list[int]:
        put(empty, lines("a", text, **given))
        return [s["number"] for s in brief(Retriever(empty.index).in_article("a", 100))]

    return of


def test_a_briefing_is_in_order_begins_with_the_beginning_and_has_six_sentences_at_most(bridge):
    chosen = [s["number"] for s in brief(bridge)]
    assert chosen[0] == 1
    assert chosen == sorted(set(chosen))
    assert len(chosen) <= 6


def test_different_people_are_quoted_by_their_surest_words(bridge):
    chosen = [s["number"] for s in brief(bridge)]
    assert {2, 8} <= set(chosen), "Reyes's direct quote and the Ministry's"


def test_no_two_sentences_say_nearly_the_same(briefed):
    text = (
        "The old bridge is closed.\nThe old bridge is closed today.\nReyes said no to the ferry.\n"
        "The bridge, the old, is closed!"
    )
    assert briefed(text, people=["Reyes"], quotes=[Said("Reyes", "no", "Reyes")]) == [1, 3]


def test_a_heading_or_an_exclamation_carries_no_story(briefed):
    text = (
        "BREAKING NEWS\nThe mayor of Norland opened a bridge.\nHooray!\n"
        "Seven workers were hurt by a ferry.\nThe council wants its money back."
    )
    assert briefed(text) == [2, 4, 5]


FEW = [
    pytest.param("Hooray!", [1], id="one"),
    pytest.param("The mayor of Norland opened a bridge.\nReyes slept.\nIt rained.", [1, 2, 3], id="two of them short"),
]


@pytest.mark.parametrize(("text", "numbers"), FEW)
def test_of_an_article_of_few_sentences_all_are_told(briefed, text, numbers):
    assert briefed(text) == numbers


DULL = "\n".join(f"{name} walked {place} with {count} dogs." for name, place, count in (
    ("Somebody", "north", "no"), ("Everyone", "uphill", "nine"), ("Nobody", "backwards", "four"),
    ("Strangers", "indoors", "two"), ("Farmers", "homewards", "ten"), ("Sailors", "south", "seven"),
    ("Nurses", "around", "three"), ("Painters", "ashore", "six"),
))  # fmt: skip


@pytest.mark.parametrize(
    "last", ["A new ferry will sail from Geneva.", "The council is expected to pay.", "The vote is due to be tomorrow."]
)
def test_what_comes_next_is_told(briefed, last):
    assert 9 in briefed(f"{DULL}\n{last}")


def test_what_is_past_and_says_who_did_nothing_is_told_last(briefed):
    assert 9 not in briefed(f"{DULL}\nA new ferry sailed from Geneva.")


def test_who_did_what_is_told_before_the_rest(briefed):
    facts = [Stated("Reyes", "opened", "the bridge")]
    assert 9 in briefed(f"{DULL}\nReyes opened the bridge for all.", people=["Reyes"], facts=facts)


def test_of_one_speakers_quotes_as_sure_as_each_other_the_direct_one_is_told(briefed):
    said = "Reyes said that the road is wet.\n“Farmers need more water,” Reyes said."
    quotes = [Said("Reyes", THINGS[0], "Reyes"), Said("Reyes", "“Farmers need more water,”", "Reyes", type="direct")]
    facts = [Stated(word, "walked") for word in ("Strangers", "Sailors", "Nurses", "Painters")]
    told = briefed(
        f"The council met in Geneva on Monday.\n{said}\n{DULL}", people=["Reyes"], quotes=quotes, facts=facts
    )
    assert (2 in told, 3 in told) == (False, True)


def test_three_different_speakers_are_quoted_the_surest_first(briefed):
    names = ["Reyes", "Osei", "Wang", "Carter"]
    said = "\n".join(f"{name} said that {thing}." for name, thing in zip(names, THINGS, strict=True))
    given = {
        "people": names,
        "quotes": [Said(names[i], THINGS[i], names[i], confidence=0.6 + i / 10) for i in range(4)],
        "facts": [Stated("Strangers", "walked"), Stated("Sailors", "walked")],
    }
    told = briefed(f"The council met in Geneva on Monday.\n{said}\n{DULL}", **given)
    assert {3, 4, 5} <= set(told)
    assert 2 not in told


def test_a_briefing_on_nothing_is_empty():
    assert brief([]) == []


def test_of_sentences_nearly_the_same_the_first_is_kept(bridge):
    first, second, third = bridge[:3]
    again = {**second, "id": -1, "text": first["text"].replace("Monday", "Tuesday")}
    assert differing([first, again, third]) == [first, third]


@pytest.mark.parametrize(("most", "count"), [(LEAST, LEAST), (0, 0), (100, 8)])
def test_so_many_differing_sentences_are_taken(bridge, most, count):
    assert differing(bridge, most) == bridge[:count]


def test_seven_differing_sentences_are_the_most(bridge):
    assert len(differing(bridge)) == MOST < len(bridge)


MEANT = [
    pytest.param("the norland post piece", "bridge", id="publisher"),
    pytest.param("the Geneva Times article", "talks", id="publisher, in capitals"),
    pytest.param("norland", "bridge", id="a word of the publisher"),
    pytest.param("talks", "talks", id="a word of the title"),
    pytest.param("a letter", "letter", id="the title of one without a publisher"),
    pytest.param("geneva post", None, id="words of two publishers"),
    pytest.param("geneva hunger", None, id="a word of the text"),
    pytest.param("zeppelin", None, id="a word of none"),
    pytest.param("the piece", None, id="no word of any"),
    pytest.param("", None, id="nothing"),
]


@pytest.fixture(scope="module")
def articles(newsroom):
    return [newsroom.index.article(name) for name in ("bridge", "talks", "letter")]


@pytest.mark.parametrize(("asked", "name"), MEANT)
def test_the_article_that_is_meant_is_named_by_its_publisher_or_title(articles, asked, name):
    found = meant_article(asked, articles)
    assert (found and found["id"]) == name


def test_a_publisher_is_meant_before_a_title_and_the_first_before_the_others(articles):
    bridge, talks, _ = articles
    titled = {**bridge, "id": "titled", "title": "The Geneva Times is sold"}
    assert meant_article("the geneva times piece", [titled, talks]) == talks
    assert meant_article("geneva times", [titled, bridge]) == titled
    assert meant_article("geneva times", [{**talks, "id": "newer"}, talks])["id"] == "newer"


def test_among_no_articles_none_is_meant():
    assert meant_article("the geneva times piece", []) is None
