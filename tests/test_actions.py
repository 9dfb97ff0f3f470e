"""What buttons carry: small enough for Telegram, and read back as it was written."""

import pytest

from bot.actions import base36, context_action, parse_action, people_of, under_answer, which_of
from knowledge.index.fields import QuotePayload, SentencePayload

LARGE = 2**40


def sentence(identifier: int, quoted: tuple[str, ...] = (), who: tuple[str, ...] = ()) -> SentencePayload:
    quotes = [
        QuotePayload(
            key=key, speaker=key, content=[[0, 1]], source=None, cue=None, type="direct", addressee=None, via=None,
            confidence=1.0, head=True,
        )
        for key in quoted
    ]  # fmt: skip
    return SentencePayload(
        id=identifier, article="a", number=1, start=0, end=1, text="x", words="", before="", after="", title="",
        labels="", who=list(who), quotes=quotes, facts=[], deeds=[], asked=[],
    )  # fmt: skip


@pytest.mark.parametrize(
    ("action", "read"),
    [
        ("x:0", ("x", [0])),
        ("x:z", ("x", [35])),
        ("n:2.10.zz", ("n", [2, 36, 1295])),
        ("s:5.0", ("s", [5, 0])),
        ("q:1", ("q", [1])),
        ("", None),
        ("x", None),
        ("x:", None),
        ("n:2.", None),
        ("x:!!", None),
        ("n:1..2", None),
    ],
)
def test_an_action_is_a_letter_and_numbers(action: str, read: tuple[str, list[int]] | None) -> None:
    assert parse_action(action) == read


@pytest.mark.parametrize("identifier", [0, 1, 35, 36, LARGE])
def test_the_context_button_carries_the_sentence(identifier: int) -> None:
    ((button,),) = under_answer(2, [sentence(identifier)])
    assert (button.label, parse_action(button.action)) == ("context", ("x", [identifier]))


def test_the_next_button_carries_its_number_and_all_that_is_left() -> None:
    ((button, _),) = under_answer(4, [sentence(n) for n in (7, 8, 99)])
    assert (button.label, parse_action(button.action)) == ("next", ("n", [4, 8, 99]))


@pytest.mark.parametrize("identifier", [1, 36**3, LARGE, 2**63])
@pytest.mark.parametrize("count", [1, 2, 10, 100])
def test_an_action_fits_into_64_bytes_and_keeps_what_comes_first(identifier: int, count: int) -> None:
    sentences = [sentence(identifier + n) for n in range(count)]
    (row,) = under_answer(100, sentences)
    assert all(0 < len(button.action.encode()) <= 64 for button in row)
    if count > 1:
        _, (number, *kept) = parse_action(row[0].action) or ("", [0])
        assert number == 100
        assert kept
        assert kept == [s["id"] for s in sentences[1 : 1 + len(kept)]]


@pytest.mark.parametrize(("letter", "people"), [("s", ["ann", "bob"]), ("i", ["bob", "cleo"])])
def test_people_are_counted_among_the_quoted_or_the_mentioned_in_one_order(letter: str, people: list[str]) -> None:
    assert people_of(letter, sentence(1, ("bob", "ann", "", "bob"), ("cleo", "bob"))) == people


@pytest.mark.parametrize(("kind", "letter"), [("said", "s"), ("who_is", "i")])
def test_the_button_of_a_person_leads_back_to_them(kind: str, letter: str) -> None:
    both = sentence(77, ("ann", "bob"), ("bob", "ann"))
    rows = which_of(kind, [("bob", "Bob Osei", both), ("ann", "Ann Osei", both)])
    assert [button.label for (button,) in rows] == ["Bob Osei", "Ann Osei"]
    read = [parse_action(button.action) for (button,) in rows]
    assert [(found[0], people_of(letter, both)[found[1][1]]) for found in read if found] == [
        (letter, "bob"),
        (letter, "ann"),
    ]


def test_a_long_name_is_cut_on_its_button() -> None:
    ((button,),) = which_of("said", [("k", "Maria " * 50, sentence(LARGE, ("k",)))])
    assert len(button.label) <= 40
    assert len(button.action.encode()) <= 64


@pytest.mark.parametrize("identifier", [0, 35, 36, LARGE])
def test_the_context_action_of_any_sentence_is_read_back(identifier: int) -> None:
    assert parse_action(context_action(identifier)) == ("x", [identifier])
    assert int(base36(identifier), 36) == identifier
