"""Scopes: what is held where a question is asked, in all articles or in one."""

import pytest

PEOPLE = [
    ("ana reyes", "bridge", True),
    ("ana reyes", "letter", True),
    ("ana reyes", "talks", False),
    ("ministry of transport", "bridge", True),
    ("ministry of transport", "letter", False),
    ("nobody", "bridge", False),
    ("ana reyes", "nowhere", False),
    ("ana reyes", "", False),
]


@pytest.mark.parametrize(("key", "article", "held"), PEOPLE)
def test_someone_is_where_they_are_mentioned_or_quoted(scope, key, article, held):
    assert scope(article).has_entity(key) is held


def test_everyone_is_in_all_articles(scope):
    assert scope().has_entity("ana reyes")


TERMS = [
    ("bridg", None, True),
    ("bridg", "bridge", True),
    ("bridg", "talks", False),
    ("bridg", "nowhere", False),
    ("bridge", None, False),
    ("zeppelin", None, False),
    ("geneva", "letter", False),
]


@pytest.mark.parametrize(("term", "article", "held"), TERMS)
def test_a_normal_form_is_where_a_sentence_holds_it(scope, term, article, held):
    assert scope(article).has_term(term) is held
