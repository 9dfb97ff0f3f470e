"""What a question counts, and the count a sentence gives."""

import pytest

from knowledge.answer.counts import Counted, counted_by, forms_counted
from knowledge.answer.spelling import Expansion
from knowledge.library import Library
from tests.auxil.records import lines, put

PEOPLE = Expansion("people", "people", {"person": 1.0})
INJURED = Expansion("injured", "injured", {"injur": 1.0}, frozenset(("hurt",)))
DIED = Expansion("died", "died", {"die": 1.0}, frozenset(("dead", "death", "kill")))


@pytest.mark.parametrize(
    ("text", "injured", "died"),
    [
        ("The fire injured 12 people on Tuesday.", 12, None),
        ("Fourteen people were hurt.", 14, None),
        ("It left 17 people injured, three of them seriously.", 17, None),
        ("Some two thousand injured people came.", 2000, None),
        ("Nearly 2,000 people were hurt.", 2000, None),
        ("Two of the injured were taken to hospital.", None, None),
        ("Three workers died and 47 people were hurt.", 47, 3),
        ("An explosion killed three workers and injured 40 people.", 40, 3),
        ("The toll stood at four dead, with 47 injured.", 47, 4),
        ("The number of injured stands at 47.", 47, None),
        ("The sinking on March 4 killed 21 people and injured 31.", 31, 21),
        ("He was charged over the deaths of 22 people.", None, 22),
        ("It capsized, killing at least 14 people.", None, 14),
        ("Eight people were still missing.", None, None),
        ("The company has 220 plants.", None, None),
        ("In 2009 nobody was injured.", None, None),
        ("It was 17", None, None),
        ("", None, None),
    ],
)
def test_the_count_is_the_number_nearest_to_what_is_counted(text: str, injured: int | None, died: int | None) -> None:
    assert Counted((PEOPLE, INJURED)).count_in(text) == injured
    assert Counted((PEOPLE, DIED)).count_in(text) == died


@pytest.mark.parametrize(
    ("question", "counted"),
    [
        ("how many people were injured in the fire", ["people", "injured"]),
        ("how many were injured in the fire of Norland", ["injured"]),
        ("how many people were injured when the fire broke out", ["people", "injured"]),
        ("how many boats did the fire reach", ["boats"]),
        ("how old is the fire", None),
        ("where was the fire", None),
        ("how many", None),
    ],
)
def test_what_is_counted_follows_many(library: Library, question: str, counted: list[str] | None) -> None:
    put(library, lines("fire", "The fire injured 12 people and two boats in Norland."))
    found = counted_by(library.answerer.read(question))
    assert (None if found is None else [e.typed for e in found.words]) == counted


def test_the_forms_of_what_is_counted_are_those_that_surely_stand_for_it() -> None:
    people = Expansion("people", "people", {"person": 1.0, "popl": 0.3})
    asked = "how many of the people were injured in the fire".split()
    assert forms_counted(asked, [people, INJURED, DIED]) == {"person"}
    assert forms_counted("how many people injured".split(), [people, INJURED]) == {"person", "injur"}
    assert forms_counted("how old is he".split(), [people]) == frozenset()
