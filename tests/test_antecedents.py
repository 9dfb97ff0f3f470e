"""Who is spoken of: which names a run of words means, and whom "he" and "she" mean after it."""

from collections.abc import Iterator, Sequence

import pytest

from bot.antecedents import Antecedents, spoken_of
from knowledge.index.fields import EntityPayload
from knowledge.library import Library
from tests.auxil.records import Said, blank_store, lines, person, put

ARTICLE = lines(
    "bridge",
    """\
Ana Reyes, the mayor of Norland, opened the Harbour Bridge.
Ana Reyes said the bridge is safe.
The engineer Ben Osei built the bridge.
Sasha Lindqvist watched from the ferry.
The harbour police said the ferry will return.""",
    people=[
        person("Ana Reyes", "mayor of Norland", "mayor of Norland"),
        person("Ben Osei", "engineer"),
        "Sasha Lindqvist",
    ],
    quotes=[
        Said("Ana Reyes", "the bridge is safe", "Ana Reyes", "said"),
        Said("The harbour police", "the ferry will return", "The harbour police", "said"),
    ],
    labels=["PERSON FAC", "PERSON", "PERSON", "PERSON", ""],
)


@pytest.fixture(scope="module")
def harbour(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    with Library.open(blank_store(tmp_path_factory.mktemp("harbour") / "harbour.db")) as library:
        put(library, ARTICLE)
        yield library


def someone(name: str, gender: str | None = None, *, is_person: bool = True) -> EntityPayload:
    return EntityPayload(key=name.casefold(), name=name, role=None, person=is_person, gender=gender, aliases={})


@pytest.mark.parametrize(
    ("words", "article", "name"),
    [
        ("reyes", None, "Ana Reyes"),
        ("ana reyess", None, "Ana Reyes"),
        ("the mayor of norland", None, "Ana Reyes"),
        ("Osei", "bridge", "Ben Osei"),
        ("osei", "another", None),
        ("the weather", None, None),
        ("", None, None),
    ],
)
def test_a_run_of_words_names_somebody_of_the_articles(
    harbour: Library, words: str, article: str | None, name: str | None
) -> None:
    assert Antecedents(harbour.answerer, article, ()).named(words) == name


ANA, EVE = someone("Ana", "woman"), someone("Eve", "woman")
BEN, SASHA = someone("Ben", "man"), someone("Sasha")
POLICE = someone("The police", is_person=False)


@pytest.mark.parametrize(
    ("pronoun", "people", "besides", "name"),
    [
        ("she", [ANA, EVE, BEN], (), "Ana"),
        ("her", [BEN, EVE, ANA], (), "Eve"),
        ("he", [ANA, BEN], (), "Ben"),
        ("his", [ANA, BEN], (), "Ben"),
        ("him", [ANA, EVE], (), "Ana"),
        ("he", [ANA, SASHA, BEN], (), "Sasha"),
        ("she", [SASHA], (), "Sasha"),
        ("she", [ANA, EVE], ("Ana",), "Eve"),
        ("he", [BEN], ("Ben",), None),
        ("he", [POLICE, BEN], (), "Ben"),
        ("he", [], (), None),
    ],
)
def test_a_pronoun_means_the_latest_person_whom_it_fits(
    harbour: Library, pronoun: str, people: Sequence[EntityPayload], besides: Sequence[str], name: str | None
) -> None:
    assert Antecedents(harbour.answerer, None, people).meant_by(pronoun, besides) == name


@pytest.mark.parametrize(
    ("question", "names"),
    [
        ("what did reyes say", ["Ana Reyes"]),
        ("who built the bridge", ["Ben Osei"]),
        ("who is osei", ["Ben Osei"]),
        ("did osei watch reyes", ["Ben Osei", "Ana Reyes"]),
        ("what did osei say", ["Ben Osei"]),
        ("who won the world cup", []),
    ],
)
def test_those_are_spoken_of_whom_a_question_or_its_answer_names(
    harbour: Library, question: str, names: list[str]
) -> None:
    spoken = spoken_of(harbour.index, harbour.answerer.consider(question), ())
    assert [entity["name"] for entity in spoken][: len(names)] == names
    assert bool(spoken) == bool(names)


def test_the_latest_come_first_and_nobody_twice(harbour: Library) -> None:
    people: tuple[EntityPayload, ...] = ()
    for question in ("what did reyes say", "who is osei", "who is lindqvist", "what did reyes say about the bridge"):
        people = spoken_of(harbour.index, harbour.answerer.consider(question), people)
    assert [entity["name"] for entity in people] == ["Ana Reyes", "Sasha Lindqvist", "Ben Osei"]
