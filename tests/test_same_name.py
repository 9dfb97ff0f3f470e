"""Which names may be one person's."""

import pytest

from knowledge.same_name import NameParts, may_be_one, name_parts, person_key

NAMES = [
    ("Joe Biden", "Joseph R. Biden Jr.", True),
    ("Joseph Biden", "Joseph Robinette Biden", True),
    ("Joseph R. Biden", "Joseph Robinette Biden", True),
    ("George W. Bush", "George H.W. Bush", False),
    ("George H. W. Bush", "George H.W. Bush", True),
    ("John Alan Smith", "John Albert Smith", False),
    ("John Smith Jr.", "John Smith III", False),
    ("John Smith", "Jane Smith", False),
    ("Victor Hale", "Victor Hale Jr.", False),
    ("Victor Hale Sr.", "Victor Hale Jr.", False),
    ("Vic Hale", "Victor Hale III", False),
    ("Yevhen Tkachuk", "Yevgeny Tkachuk", True),
    ("Serhiy Bondar", "Sergei Bondar", True),
    ("Mohammed al-Qadi", "Muhammad Kadi", True),
    ("Xu Meiling", "Hsu Mei-ling", True),
    ("Pavel Zelenskyy", "Pavel Zelenskiy", True),
    ("Tim Wood", "Tom Wood", False),
    ("Harry Reed", "Gary Reed", False),
    ("Igor Malin", "Egor Malin", False),
    ("Ana Lang", "Ana Lange", False),
    ("John Smith", "John Smithson", False),
    ("Smith", "John Smith", False),
]


@pytest.mark.parametrize(("one", "other", "may"), NAMES, ids=[f"{one} / {other}" for one, other, _ in NAMES])
def test_two_names_may_be_one(one, other, may):
    parts = name_parts(person_key(one)), name_parts(person_key(other))
    assert may_be_one(*parts) is may_be_one(*reversed(parts)) is may


PARTS = [
    ("Joseph R. Biden Jr.", NameParts("joseph", ("r",), "biden", "jr")),
    ("Wang", NameParts("", (), "wang", "")),
    ("Wang II", NameParts("", (), "wang", "ii")),
    ("Jr.", NameParts("", (), "jr", "")),
    ("🙂", NameParts("", (), "🙂", "")),
]


@pytest.mark.parametrize(("name", "parts"), PARTS, ids=[name for name, _ in PARTS])
def test_a_name_has_parts(name, parts):
    assert name_parts(person_key(name)) == parts
