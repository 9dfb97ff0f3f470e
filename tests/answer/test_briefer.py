"""Which articles a briefing is made of: one, or those that tell one story, each in its turn."""

import pytest

from knowledge.library import Library
from tests.auxil.records import lines, put

DAYS = ("2026-03-04", "2026-03-05", "2026-03-06")
BLAST = [
    lines(
        name,
        "\n".join(sentences),
        title=title,
        publisher=name,
        published=day,
        people=["Ana Reyes", "Peter Novak"],
    )
    for name, title, day, sentences in (
        (
            "Gamma", "Reyes resigns over the Norland blast", DAYS[2],
            ["Ana Reyes stepped down after the blast in Norland.", "Peter Novak takes over in May.",
             "She had led Norland for nine years."],
        ),
        (
            "Alpha", "Blast in Norland kills three", DAYS[0],
            ["A blast at a mill in Norland killed three workers.", "Ana Reyes called it the worst night of Norland.",
             "The blast broke windows all over Norland.", "Peter Novak said the blast was heard in Sudland.",
             "Every house near the blast in Norland was searched."],
        ),
        (
            "Beta", "Four dead in Norland blast", DAYS[1],
            ["Four people died in the blast of Norland, doctors told Peter Novak.",
             "Gas is the likely cause of the blast in Norland, Ana Reyes said."],
        ),
    )
]  # fmt: skip
WHALE = lines("Delta", "A whale swam into the marina of Westhaven.\nIt stayed for an hour.", title="A whale")


@pytest.fixture
def newsroom(library: Library) -> Library:
    put(library, *BLAST, WHALE)
    return library


def briefed(library: Library, question: str) -> list[tuple[str, int]]:
    answer = library.answerer.answer(question)
    assert answer.kind == "briefing"
    return [(citation.article_id, citation.sentence) for citation in answer.citations]


def test_a_subject_that_several_tell_is_told_by_each_the_earliest_first(newsroom: Library) -> None:
    told = briefed(newsroom, "brief me on the norland blast")
    names = [name for name, _ in told]
    assert names == sorted(names), "Alpha, Beta and Gamma were published in that order"
    assert set(names) == {"Alpha", "Beta", "Gamma"}
    assert told == sorted(told)
    assert len(told) <= 7


@pytest.mark.parametrize(
    "question", ["brief me on the alpha piece", "summary of the norland kills article", "brief me on alpha"]
)
def test_a_piece_is_told_alone(newsroom: Library, question: str) -> None:
    assert {name for name, _ in briefed(newsroom, question)} == {"Alpha"}


def test_a_subject_that_one_article_tells_is_its_story(newsroom: Library) -> None:
    assert briefed(newsroom, "brief me on the whale") == [("Delta", 1), ("Delta", 2)]


def test_what_is_new_tells_each_story_once_before_more_of_one(newsroom: Library) -> None:
    told = [name for name, _ in briefed(newsroom, "what's new")]
    assert told[:2] == ["Delta", "Beta"], "the newest of the two stories"
    assert set(told[2:]) == {"Alpha", "Gamma"}
