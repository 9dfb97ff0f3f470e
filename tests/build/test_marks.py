import itertools

import pytest

from knowledge.build.furniture import paragraphs
from knowledge.build.marks import Quotation, quotations


def found(text: str) -> list[Quotation]:
    return quotations(text, paragraphs(text, (0, len(text))))


PAIRS = [
    # (text, what stands between marks)
    ("He said “yes” and “no.”", ["yes", "no."]),
    ('He said "yes" and "no."', ["yes", "no."]),
    ("''Yes,'' he said, ''no.''", ["Yes,", "no."]),
    ("``Yes,'' he said.", ["Yes,"]),
    ("«Oui», dit-il.", ["Oui"]),
    ("„Ja“, sagte er.", ["Ja"]),
    ("»Ja«, sagde han.", ["Ja"]),
    ("“He told me “go” at once,” she said.", ["He told me “go” at once,"]),
    ('"He told me "go" at once," she said.', ['He told me "go" at once,']),
    ("“He said ‘go,’” she said.", ["He said ‘go,’"]),
    ("It's the boys' game, isn't it?", []),
    ("‘It’s late,’ she said. ‘We’ll go.’", ["It’s late,", "We’ll go."]),
    ("He said: 'It's late.'", ["It's late."]),
    ("The ’90s were good, and the boys’ game, too.", []),
    ("A ‘smart dam,’ they call it.", []),
    ("“Yes,” he said. ‘It is late,’ she said.", ["Yes,"]),
    ('A 6" pipe and “a word”', ["a word"]),
    ("“ ” and “...”", []),
    ("”Too early,” she said.", ["Too early,"]),
    ("“Never closed, he said.", ["Never closed, he said."]),
    ("Never opened,” he said. “Fine.”", ["Never opened,", "Fine."]),
    ("“One.” Then.” And “two.”", ["One.", "two."]),
]


@pytest.mark.parametrize(("text", "wanted"), PAIRS)
def test_marks_are_paired(text: str, wanted: list[str]) -> None:
    assert [text[slice(*q.inner)] for q in found(text)] == wanted


def test_an_orphan_spoils_only_its_own_paragraph() -> None:
    text = "“We go.\nHe left early.”\n“Fine,” she said."
    first, second, third = found(text)
    assert (first.opened, first.closed) == (True, False)
    assert (second.opened, second.closed, text[slice(*second.inner)]) == (False, True, "He left early.")
    assert (third.opened, third.closed, text[slice(*third.inner)]) == (True, True, "Fine,")


@pytest.mark.parametrize("text", ["“" * 500 + "a", '"' * 501 + "a", "a " + "” “" * 300, "''" * 99, "‘a " * 9000])
def test_any_number_of_marks_is_read(text: str) -> None:
    spans = [(q.start, q.end) for q in found(text)]
    assert spans == sorted(spans)
    assert all(a[1] <= b[0] for a, b in itertools.pairwise(spans))
