"""What a question counts, and the count a sentence gives."""

import pytest

from knowledge.answer.counts import count_in, forms_counted
from knowledge.answer.spelling import Expansion

PEOPLE = frozenset(("person", "injur"))


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("The fire injured 12 people on Tuesday.", 12.0),
        ("Fourteen people were hurt.", 14.0),
        ("It left 17 people injured, three of them seriously.", 17.0),
        ("Some two thousand injured people came.", 2000.0),
        ("Two of the injured were taken to hospital.", None),
        ("Two of the injured died, and 17 people are in hospital.", 17.0),
        ("The company has 220 plants.", None),
        ("Nobody was injured.", None),
        ("In 2009 nobody was injured.", None),
        ("It was 17", None),
        ("", None),
    ],
)
def test_the_count_stands_beside_what_is_counted(text: str, count: float | None) -> None:
    assert count_in(text, PEOPLE) == count


def test_nothing_is_counted_without_a_form_of_it() -> None:
    assert count_in("Fourteen people were hurt.", frozenset()) is None


def test_what_is_counted_follows_many() -> None:
    people = Expansion("people", "people", {"person": 1.0, "popl": 0.3})
    hurt = Expansion("hurt", "hurt", {"hurt": 1.0})
    fire = Expansion("fire", "fire", {"fire": 1.0})
    asked = "how many of the people were hurt in the fire".split()
    assert forms_counted(asked, [people, hurt, fire]) == {"person"}
    assert forms_counted("how many people hurt".split(), [people, hurt]) == {"person", "hurt"}
    assert forms_counted("how old is he".split(), [people]) == frozenset()
