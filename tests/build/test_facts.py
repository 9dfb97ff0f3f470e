from collections.abc import Callable

import pytest

from knowledge.build.phrasings import base_form
from knowledge.models import ArticleRecord

Build = Callable[[str], ArticleRecord]

FACTS = [
    # a text, and for each fact: subject, relation, object, time, place, number
    (
        "Acme Group signed a deal in Boston on Tuesday for $5 million.",
        [("Acme Group", "signed", "a deal", "Tuesday", "Boston", "$5 million")],
    ),
    ("Maria Lopez spoke with the king.", [("Maria Lopez", "spoke with", "the king", None, None, None)]),
    ("The dam was not built by them.", [("The dam", "was not built by", "them", None, None, None)]),
    ("It rained. There was a storm.", []),
]


@pytest.mark.parametrize(("text", "wanted"), FACTS)
def test_what_sentences_state(record: Build, text: str, wanted: list[tuple[str | None, ...]]) -> None:
    found = []
    for fact in record(text).facts:
        spans = (fact.subject, fact.relation, fact.object, fact.time, fact.place, fact.number)
        found.append(tuple(text[slice(*span)] if span else None for span in spans))
    assert found == wanted


def test_labels_tell_what_a_sentence_holds(record: Build) -> None:
    assert record("Maria Lopez came to Boston on Tuesday. It rained.").labels == ("DATE GPE PERSON", "")


QUESTIONS = [
    ("Maria Lopez told Bo Hart that the new dam would hold.", "said", "what did Maria Lopez say"),
    ("Maria Lopez told Bo Hart that the new dam would hold.", "said", "what did Maria Lopez tell Bo Hart"),
    ("Maria Lopez told Bo Hart that the new dam would hold.", "about", "what did Maria Lopez say about new dam"),
    ("Maria Lopez told Bo Hart that the new dam would hold.", "who_said", "who said the new dam would hold"),
    ("Maria Lopez, the mayor of Hilltown, came.", "who_is", "who is Maria Lopez"),
    ("Maria Lopez, the mayor of Hilltown, came.", "who_is", "who is the mayor of Hilltown"),
    ("Maria Lopez called Peter Novak on Friday.", "who", "who did Maria Lopez call"),
    ("Maria Lopez called Peter Novak on Friday.", "who", "who called Peter Novak"),
    ("Maria Lopez called Peter Novak on Friday.", "when", "when did Maria Lopez call Peter Novak"),
    ("Maria Lopez opened a school in Boston.", "where", "where did Maria Lopez open a school"),
    ("Maria Lopez opened a school in Boston.", "what", "what did Maria Lopez open"),
    ("Maria Lopez hired 300 engineers.", "how_many", "how many engineers did Maria Lopez hire"),
]


@pytest.mark.parametrize(("text", "kind", "question"), QUESTIONS)
def test_questions_are_prepared(record: Build, text: str, kind: str, question: str) -> None:
    assert (kind, question) in {(p.kind, p.text) for p in record(text).phrasings}


BASES = [
    ("spoke", "speak"),
    ("called", "call"),
    ("stopped", "stop"),
    ("carries", "carry"),
    ("agreed", "agree"),
    ("pushes", "push"),
    ("hired", "hire"),
    ("visited", "visit"),
    ("trying", "try"),
    ("running", "run"),
    ("added", "add"),
    ("runs", "run"),
    ("pass", "pass"),
]


@pytest.mark.parametrize(("form", "base"), BASES)
def test_the_form_that_follows_did(form: str, base: str) -> None:
    assert base_form(form) == base
