"""What is offered for quoting: whose words, on what, with which source; and nothing for what is not said."""

import pytest

from bot.offering import LONGEST, offers
from bot.render import render
from bot.replies import Reply
from knowledge.library import Library
from tests.answer.newsroom import ALL, TALKS
from tests.auxil.records import Said, blank_store, lines, person, put

COUNCIL = "Wang said that the council must act against hunger."
WATER = "“Farmers need water,” Wang Yi told Rosa Carter."
LADA = person("Lada Berg", "baker")
# Each day something else: twelve statements, which an answer would show ten of.
THINGS = "flour ovens yeast honey butter salt barley rye apples walnuts cinnamon almonds".split()


def day(number, thing):
    said = Said("Lada Berg", f"{thing} would be dearer", "Lada Berg", "said")
    return lines(
        f"day{number}",
        f"Lada Berg said on day {number} that {thing} would be dearer.",
        title=f"Day {number}",
        publisher="Mill Lane Daily",
        people=[LADA],
        quotes=[said],
    )


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    with Library.open(blank_store(tmp_path_factory.mktemp("offering") / "news.db")) as library:
        put(library, *ALL, *(day(number, thing) for number, thing in enumerate(THINGS, 1)))
        yield library


@pytest.fixture
def offered(library):
    """The words of what is offered, the best first."""
    return lambda text, article=None: [offer.description for offer in offers(library, article, text)]


@pytest.mark.parametrize(
    "text",
    ["wang yi council", "council wang yi", "wang ye council", "Wang Yi: the COUNCIL?", "what did wang yi say council"],
)
def test_a_person_and_a_subject_find_their_words_on_it(offered, text):
    assert offered(text) == [COUNCIL]


@pytest.mark.parametrize("text", ["wang yi", "Wang", "what did wang yi say"])
def test_a_person_alone_finds_all_their_words(offered, text):
    assert sorted(offered(text)) == sorted([COUNCIL, WATER])


def test_of_several_of_a_name_all_are_heard(offered):
    assert len(offered("carter")) == 2
    assert offered("rosa carter") == ["Rosa Carter, a doctor, told reporters that the hospital needs medicine."]


def test_more_is_offered_than_one_answer_has_room_for(library):
    found = offers(library, None, "lada berg")
    assert len(found) == len(THINGS)
    assert len({offer.id for offer in found}) == len(THINGS)
    assert {offer.title for offer in found} == {"Lada Berg"}


def test_a_question_finds_what_answers_it(offered):
    assert offered("who built the bridge") == ["Engineer Ben Osei built the bridge in 2021 because the old ferry sank."]
    assert offered("who is wang yi")[0].startswith("Chinese Foreign Minister Wang Yi met")


def test_words_without_a_person_find_the_sentences_that_hold_them(offered):
    assert offered("lighthouse letter") == ["It was about a painting of a lighthouse."]
    found = offered("bridge")
    assert found
    assert all("bridge" in sentence.casefold() for sentence in found)


def test_one_who_is_not_quoted_is_shown_where_they_are_named(offered):
    assert offered("netanyahu") == ["Israeli Prime Minister Binyamin Netanyahu did not come."]
    assert offered("wang yi geneva") == ["Chinese Foreign Minister Wang Yi met Senator William Carter in Geneva."]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "  ",
        "?!",
        "hello",
        "pizza",
        "wang yi pizza",
        "wang yi trucks",
        "what did wang yi say about trucks",
        "what did nobody say",
        "\x00\ud800\u202e",
        "<b>",
        "x" * 5000,
        "'; DROP TABLE chats; --",
    ],
)
def test_what_is_not_said_offers_nothing(offered, text):
    assert offered(text) == []


def test_only_so_much_of_a_text_is_read(offered):
    assert offered("wang yi council" + " " * LONGEST + "pizza") == [COUNCIL]
    assert offered("wang yi council" + ", the" * LONGEST + " pizza") == [COUNCIL]


def test_an_offer_says_who_and_where(library):
    (offer,) = offers(library, None, "wang yi council")
    assert offer.title == "Wang Yi"
    (message,) = render(Reply((offer.block,)))
    assert message.plain.startswith("Wang Yi:\n“the council must act against hunger”\nSource: “Wang said that")
    assert "Geneva Times, “Talks in Geneva”" in message.plain
    (other,) = offers(library, None, "lighthouse letter")
    assert other.title == "A letter"  # it names no outlet


def test_it_is_held_to_an_article(offered):
    assert offered("wang yi", TALKS.article.id)
    assert offered("wang yi council", "bridge") == []


def test_it_sees_what_came_in(tmp_path):
    with (
        Library.open(blank_store(tmp_path / "news.db")) as library,
        Library.open(f"sqlite:///{tmp_path}/news.db") as own,
    ):
        assert offers(own, None, "lada berg") == ()
        put(library, day(1, "flour"))
        assert len(offers(own, None, "lada berg")) == 1
