"""How two statements relate, and how many are put together."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.cluster import Relation, Said, clusters, relate_quotes, relate_sentences
from knowledge.cluster_numbers import holds_number, number_at
from knowledge.text import words

PAIRS = Path(__file__).parent / "auxil" / "pairs.tsv"
MARK = 0.95


@dataclass(frozen=True)
class Marked:
    """A line of the test set."""

    part: str
    relation: str
    sort: str
    one: Said | str
    other: Said | str

    @property
    def found(self) -> Relation:
        return _relate(self.one, self.other)

    def __str__(self) -> str:
        return f"{self.relation}, found {self.found} ({self.part}, {self.sort}):\n    {self.one}\n    {self.other}"


def _relate(one: Said | str, other: Said | str) -> Relation:
    if isinstance(one, Said) and isinstance(other, Said):
        return relate_quotes(one, other)
    return relate_sentences(str(one), str(other))


def _read(speaker: str, text: str) -> Said | str:
    return Said(None if speaker == "-" else speaker, text, text[0] in "“\"‘'") if speaker else text


def _pairs() -> Iterator[Marked]:
    for line in PAIRS.read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            part, relation, sort, speaker, one, other_speaker, other = line.split("\t")
            yield Marked(part, relation, sort, _read(speaker, one), _read(other_speaker, other))


ALL = list(_pairs())


@pytest.mark.parametrize("part", ["dev", "held"])
def test_at_least_95_of_100_pairs_are_related_as_marked(part: str) -> None:
    pairs = [pair for pair in ALL if pair.part == part]
    wrong = [pair for pair in pairs if pair.found != pair.relation]
    assert len(wrong) <= (1 - MARK) * len(pairs), "\n".join(map(str, wrong))


def test_the_test_set_has_every_sort() -> None:
    assert len(ALL) >= 90
    sorts = {pair.sort for pair in ALL}
    assert {"punctuation", "spelling", "cut", "translated", "other quote", "other speaker", "numbers"} <= sorts
    assert sum(pair.part == "held" for pair in ALL) >= 30


def test_no_two_speakers_are_ever_put_together_whatever_they_say() -> None:
    quotes = [said for pair in ALL for said in (pair.one, pair.other) if isinstance(said, Said)]
    for one, other in combinations(quotes, 2):
        if one.speaker_key != other.speaker_key or one.speaker_key is None:
            assert relate_quotes(one, other) == "apart"
    for said in quotes:
        assert relate_quotes(said, Said("somebody else", said.content, said.direct)) == "apart"
        assert relate_quotes(Said(None, said.content, said.direct), Said(None, said.content, said.direct)) == "apart"


def test_it_does_not_matter_which_comes_first() -> None:
    assert [str(p) for p in ALL if _relate(p.one, p.other) != _relate(p.other, p.one)] == []


def test_everything_is_the_same_as_itself() -> None:
    said = [s for pair in ALL for s in (pair.one, pair.other) if not isinstance(s, Said) or s.speaker_key]
    assert [s for s in said if _relate(s, s) != "same"] == []


@pytest.mark.parametrize(
    ("one", "other", "relation"),
    [
        ("I never said we would abandon our friends in the north", "we would abandon our friends in the north",
         "apart"),  # cut so that it says the opposite
        ("We will rebuild every school before winter", "We will rebuild every damaged school before winter",
         "reworded"),
        ("Russia attacked Ukraine at dawn without a warning", "Ukraine attacked Russia at dawn without a warning",
         "apart"),
        ("We expect 40 tanks in March and 30 in June", "We expect 30 tanks in March and 40 in June", "differs"),
        ("We will win this war", "They will win this war", "reworded"),
        ("All of the hostages are alive and well", "Some of the hostages are alive and well", "apart"),
        ("The border will open before the vote", "The border will open after the vote", "apart"),
        ("We will [not] attend the summit in Geneva", "We will attend the summit in Geneva", "apart"),
        ("No ship sails until I have read the reports", "Ships sail until I have read the reports", "apart"),
        ("No comment", "No comment", "apart"),  # said of many things
        ("I trust Zelenskiy with the whole of my army", "I trust Zelensky with the whole of my army", "same"),
        ("“I will resign” ", "", "apart"),
        ("we will win", "we will win the war and the peace that comes after it in the end", "apart"),  # too short a cut
    ],
)  # fmt: skip
def test_what_a_small_word_turns(one: str, other: str, relation: str) -> None:
    assert relate_quotes(Said("k", one, True), Said("k", other, True)) == relation


@pytest.mark.parametrize(
    ("one", "other", "relation"),
    [
        ("The blast at the factory in Marrow on Monday killed 12 people.",
         "The blast at the factory in Marrow on Monday wounded 30 people.", "apart"),  # two counts
        ("A man was killed when a tree fell in Osk.", "Two men were killed when a tree fell in Osk.", "apart"),
        ("One person was killed when a tree fell in Osk.", "Two people were killed when a tree fell in Osk.",
         "differs"),
        ("He was arrested on Monday.", "She was arrested on Monday.", "apart"),
        ("Hundreds of people marched in Calder.", "About 400 people marched in Calder.", "apart"),  # may well be one
        ("The plant will close in June.", "The plant will close in June, a union leader said.", "apart"),
        ("The fire in Osk cost forty-two thousand pounds.", "The fire in Osk cost £42,000.", "same"),
        ("The repairs in Osk cost £3bn.", "The repairs in Osk cost £3m.", "differs"),
        ("More than a hundred houses burned in Osk.", "Nearly 100 houses burned in Osk.", "differs"),
        ("Voters in Ferrol go to the polls on 4 May.", "Voters in Ferrol go to the polls on 11 May.", "apart"),
        ("The dam in Osk broke in 1964 after a storm.", "The dam in Osk broke in 1971 after a storm.", "apart"),
    ],
)  # fmt: skip
def test_what_makes_a_fact_another(one: str, other: str, relation: str) -> None:
    assert relate_sentences(one, other) == relation


def test_what_has_little_in_common_is_apart_without_a_closer_look() -> None:
    one, other = "The flood destroyed at least 460 houses in Osk.", "The flood has destroyed 400 houses in Osk by now."
    assert relate_sentences(one, other) == relate_sentences(one, other, least=0.5) == "differs"
    assert relate_sentences(one, other, least=0.95) == "apart"
    assert relate_sentences(one, one, least=1.0) == "same"


@pytest.mark.parametrize(
    ("text", "value", "taken"),
    [
        ("twelve", 12, 1),
        ("forty two thousand people", 42000, 3),
        ("forty ships", 40, 1),
        ("2.4 million", 2400000, 2),
        ("dozens of", 12, 1),
        ("three dozen eggs", 36, 2),
        ("one man", 1, 1),
        ("one of them", None, 1),
        ("one", None, 1),
        ("hundred", None, 1),
        ("people", None, 1),
    ],
)
def test_numbers_are_read_as_values(text: str, value: float | None, taken: int) -> None:
    assert number_at(text.split(), 0) == (value, taken)


def test_a_hundred_is_a_number_and_no_one_is_none() -> None:
    assert number_at(["a", "hundred", "men"], 1) == (100, 2)
    assert number_at(["no", "one", "man"], 1) == (None, 2)


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("It cost $2.4m.", True),
        ("Seventeen died.", True),
        ("A hundred men.", True),
        ("Dozens came.", True),
        ("Forty-two ships sank.", True),
        ("Tenants attended.", False),
        ("Nobody came.", False),
    ],
)
def test_a_text_without_a_number_is_told_at_once(text, holds):
    assert holds_number(text) is holds
    folded = [word for word, _, _ in words(text)]
    assert holds or all(number_at(folded, place)[0] is None for place in range(len(folded)))


def test_groups_are_in_the_order_of_their_first_and_no_chain_joins_unlike_ends() -> None:
    numbers = [1, 5, 2, 3, 6]
    assert clusters(numbers, lambda a, b: "same" if abs(a - b) <= 1 else "apart") == [[0, 2], [1, 4], [3]]
    assert clusters([], relate_sentences) == []
    assert clusters(["a b c"] * 3, relate_sentences) == [[0, 1, 2]]


def test_a_very_long_statement_is_the_same_only_when_it_is_equal() -> None:
    long = "the water rose over the bridge and the road " * 1000
    assert relate_sentences(long, long) == "same"
    assert relate_sentences(long, long + "again") == "apart"
    assert relate_quotes(Said("k", long, True), Said("k", long, True)) == "same"


def test_statements_with_too_many_words_of_their_own_are_told_apart() -> None:
    def letters(first: int) -> str:
        return " ".join(f"w{chr(97 + i // 26)}{chr(97 + i % 26)}x" for i in range(first, first + 120))

    assert relate_sentences(letters(0), letters(80)) == "apart"


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=80), st.text(max_size=80))
def test_no_text_is_too_odd(one: str, other: str) -> None:
    assert relate_sentences(one, other) == relate_sentences(other, one)
    assert relate_quotes(Said("k", one, True), Said("k", other, False)) in ("same", "reworded", "differs", "apart")


@pytest.mark.parametrize("piece", ["said, ", "“said that ", "[", ". ", ", a", "1", "$1 ", "…"])
def test_repeats_of_anything_end(piece: str) -> None:
    text = (piece * 2000)[:1990]
    assert relate_sentences(text, f"{text} x") in ("same", "differs", "apart")
