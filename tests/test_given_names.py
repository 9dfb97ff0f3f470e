"""Given names: whether "he" or "she" may mean somebody."""

import pytest

from knowledge.given_names import MEN, WOMEN, gender

TOLD = [
    pytest.param("Ana Reyes", "woman", id="a woman's"),
    pytest.param("Ben Osei", "man", id="a man's"),
    pytest.param("ANA REYES", "woman", id="capitals"),
    pytest.param("Rosa Maria Carter", "woman", id="two names"),
    pytest.param("Leslie Ben Carter", "man", id="the first that tells"),
    pytest.param("Leslie Carter", None, id="both"),
    pytest.param("Zebulonia Carter", None, id="no given name"),
    pytest.param("Zebulonia Ben", None, id="a last name like a given name"),
    pytest.param("Ana", None, id="one word"),
    pytest.param("", None, id="nothing"),
]


@pytest.mark.parametrize(("name", "told"), TOLD)
def test_the_first_given_name_tells(name, told):
    assert gender(name) == told


def test_the_lists_are_in_lower_case_as_they_are_looked_up():
    assert {name for name in MEN | WOMEN if name != name.casefold()} == set()
