"""What a new revision changed: the comparison of sentences, its record, and the corrections it tells."""

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from knowledge.models import ArticleRecord, Phrasing, Sentence
from knowledge.store import reading, schema
from knowledge.store.check import problems
from knowledge.store.revising import changes, corrections, revision_count
from knowledge.store.withdrawing import withdraw
from knowledge.store.writing import save
from tests.auxil.records import lines

# -- comparing -------------------------------------------------------------------------------------------------------

PORT = "The port of Norland closed on Monday."
PORT_2 = "The port of Norland closed on Tuesday."
CREW = "A crew of 12 repaired the eastern quay."
CREW_2 = "A crew of 14 repaired the eastern quay."
CREW_3 = "A crew of 14 men repaired the eastern quay by night."
FISH = "Fish is dear this winter, said the baker."
RAIN = "Heavy rain fell over all of the hills."
NO = "No."

COMPARED = [
    ("nothing at all", [], [], []),
    ("the same", [PORT, CREW], [PORT, CREW], []),
    ("other white space", ["The  port\nof Norland."], [" The port of\u00a0Norland. "], []),
    ("the first text", [], [PORT, CREW], [("new", None, 0), ("new", None, 1)]),
    ("all of it gone", [PORT, CREW], [], [("vanished", 0, None), ("vanished", 1, None)]),
    ("one word", [PORT, CREW, FISH], [PORT, CREW_2, FISH], [("changed", 1, 1)]),
    ("one more at the start", [CREW], [PORT, CREW], [("new", None, 0)]),
    ("one more at the end", [CREW], [CREW, PORT], [("new", None, 1)]),
    ("one gone from the middle", [PORT, CREW, FISH], [PORT, FISH], [("vanished", 1, None)]),
    ("one for an unlike one", [PORT, CREW, FISH], [PORT, RAIN, FISH], [("vanished", 1, None), ("new", None, 1)]),
    ("a letter's case", ["The Port closed."], ["The port closed."], [("changed", 0, 0)]),
    ("two changed in order", [PORT, CREW], [PORT_2, CREW_2], [("changed", 0, 0), ("changed", 1, 1)]),
    ("one of two changed", [PORT, CREW], [CREW_2], [("vanished", 0, None), ("changed", 1, 0)]),
    ("changed beside a new one", [CREW], [RAIN, CREW_2, FISH], [("new", None, 0), ("changed", 0, 1), ("new", None, 2)]),
    ("the more alike of two", [CREW], [CREW_3, CREW_2], [("new", None, 0), ("changed", 0, 1)]),
    ("the more alike of two, first", [CREW], [CREW_2, CREW_3], [("changed", 0, 0), ("new", None, 1)]),
    ("moved to the end", [PORT, CREW, FISH], [CREW, FISH, PORT], []),
    ("turned round", [PORT, CREW, FISH, RAIN], [RAIN, FISH, CREW, PORT], []),
    ("moved, and another changed", [PORT, CREW, FISH, RAIN], [CREW_2, FISH, RAIN, PORT], [("changed", 1, 0)]),
    ("one of two repeated ones gone", [NO, PORT, NO], [NO, PORT], [("vanished", 2, None)]),
    ("one repeated once more", [NO, PORT], [NO, PORT, NO], [("new", None, 2)]),
    ("repeated, then another", [NO, NO, NO], [NO, NO, PORT], [("vanished", 2, None), ("new", None, 2)]),
    # Over stretches that stayed nothing is paired: it is not one sentence that was put in other words.
    ("alike but elsewhere", [CREW, PORT], [PORT, CREW_2], [("vanished", 0, None), ("new", None, 1)]),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "told"), [row[1:] for row in COMPARED], ids=[row[0] for row in COMPARED])
def test_sentences_are_compared(old, new, told):
    assert changes(old, new) == told


LIKENESS = [
    ("60 in a hundred", "abcdefghijkl" + "m" * 8, "abcdefghijkl" + "0" * 8, True),
    ("55 in a hundred", "abcdefghijk" + "m" * 9, "abcdefghijk" + "0" * 9, False),
    ("what stands far behind makes no difference", "a" * 500 + "b" * 5000, "a" * 500 + "c" * 5000, True),
]


@pytest.mark.parametrize(("old", "new", "pair"), [row[1:] for row in LIKENESS], ids=[row[0] for row in LIKENESS])
def test_two_sentences_are_a_pair_when_they_are_alike(old, new, pair):
    assert [kind for kind, _, _ in changes([old], [new])] == (["changed"] if pair else ["vanished", "new"])


def test_one_good_pair_counts_for_more_than_two_poor_ones():
    shared = "a" * 12
    old = [shared + "b" * 8, shared + "c" * 8]
    new = [shared + "0" * 8, shared + "b" * 7 + "1"]
    assert changes(old, new) == [("new", None, 0), ("changed", 0, 1), ("vanished", 1, None)]


WORDS = st.lists(st.sampled_from([PORT, PORT_2, CREW, CREW_2, CREW_3, FISH, RAIN, NO, ""]), max_size=12)


@settings(deadline=None)
@given(WORDS, WORDS)
def test_the_changes_make_the_new_text_of_the_old_one(old, new):
    told = changes(old, new)
    gone = [i for _, i, _ in told if i is not None]
    come = [j for _, _, j in told if j is not None]
    assert gone == sorted(set(gone))
    assert come == sorted(set(come))
    assert Counter(old) - Counter(old[i] for i in gone) == Counter(new) - Counter(new[j] for j in come)
    assert not {old[i] for i in gone} & {new[j] for j in come}, "what stands in both is no change"
    for kind, i, j in told:
        assert (i is None, j is None) == (kind == "new", kind == "vanished")


def many(stem: str, count: int) -> list[str]:
    return [f"{i} {stem} {i}" for i in range(count)]


# Every one of these takes minutes, or more memory than there is, when each is compared with each.
HOSTILE = [
    pytest.param(many("one", 30_000), many("two", 30_000), id="thousands, each another"),
    pytest.param(["x"] * 30_000, ["x", "y"] * 15_000, id="one thousands of times"),
    pytest.param(many("x", 30_000), many("x", 30_000)[::-1], id="thousands turned round"),
    pytest.param(
        [w for i in range(15_000) for w in (f"s{i}", f"old {i}")],
        [w for i in range(15_000) for w in (f"s{i}", f"new {i}")],
        id="every second one changed",
    ),
    pytest.param(["ab" * 2_000_000], ["ba" * 1_999_999], id="sentences without end"),
    pytest.param(many("one", 30_000), ["two"], id="thousands and one"),
]


@pytest.mark.parametrize(("old", "new"), HOSTILE)
def test_texts_beyond_measure_are_compared_in_bounded_time(old, new):
    told = changes(old, new)
    assert sum(i is not None for _, i, _ in told) == len(old) - (Counter(old) & Counter(new)).total()


def test_parts_of_a_stretch_that_correspond_are_still_paired():
    told = changes(many("was closed by the mayor", 600), many("was opened by the mayor", 600))
    assert sum(kind == "changed" for kind, _, _ in told) > 500


# -- recording -------------------------------------------------------------------------------------------------------


def story(*sentences: str, identifier: str = "a", **fields: str) -> ArticleRecord:
    return lines(identifier, "\n".join(sentences), **fields)


def recorded(engine) -> list[tuple[int, str, int | None, int | None]]:
    """(revision, kind, number of the sentence before, after)."""
    before, after = schema.sentences.alias(), schema.sentences.alias()
    table = schema.sentence_changes
    query = (
        select(table.c.revision, table.c.kind, before.c.number, after.c.number)
        .join(before, table.c.before == before.c.id, isouter=True)
        .join(after, table.c.after == after.c.id, isouter=True)
    )
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(query.order_by(table.c.id))]


def test_what_a_new_text_changed_is_recorded_with_it(engine):
    save(engine, story(PORT, CREW, FISH))
    assert recorded(engine) == []
    save(engine, story(PORT, CREW_2, RAIN))
    assert recorded(engine) == [(2, "changed", 2, 2), (2, "vanished", 3, None), (2, "new", None, 3)]
    save(engine, story(PORT_2, CREW_2, RAIN))
    assert recorded(engine)[3:] == [(3, "changed", 1, 1)], "against the revision before, not the first"
    assert list(problems(engine)) == []


SAME = [{"title": "Another"}, {"publisher": "Another"}, {"url": "https://x.example/a"}, {"published": "2024-05-06"}]


@pytest.mark.parametrize("fields", SAME, ids=[next(iter(fields)) for fields in SAME])
def test_the_same_text_has_no_changes_but_is_a_revision(engine, fields):
    save(engine, story(PORT, CREW))
    assert save(engine, story(PORT, CREW, **fields)) == "updated"
    assert recorded(engine) == []
    assert revision_count(engine, "a") == 2
    assert corrections(engine) == []


def test_the_same_text_cut_into_other_sentences_has_no_changes(engine):
    record = story(PORT, CREW)
    save(engine, record)
    article = record.article.model_copy(update={"title": "Another"})
    whole = (Sentence(start=0, end=len(article.text)),)
    save(engine, ArticleRecord(article=article, sentences=whole))
    assert recorded(engine) == []


def test_a_text_whose_sentences_only_moved_is_a_revision_without_changes(engine):
    save(engine, story(PORT, CREW))
    assert save(engine, story(CREW, PORT)) == "updated"
    assert recorded(engine) == []


def test_a_revision_that_fails_leaves_no_changes(engine):
    save(engine, story(PORT, CREW))
    nowhere = Phrasing(text="x", kind="open", sentence=99)
    with pytest.raises(IndexError):
        save(engine, story(PORT_2, CREW).model_copy(update={"phrasings": (nowhere,)}))
    assert recorded(engine) == []
    assert save(engine, story(PORT_2, CREW)) == "updated"
    assert [row[1:] for row in recorded(engine)] == [("changed", 1, 1)]


def test_counts_are_of_articles_as_they_stand(engine):
    save(engine, story(PORT, CREW))
    save(engine, story(PORT_2, CREW, FISH))
    assert reading.counts(engine)["sentences"] == 3


# -- telling ---------------------------------------------------------------------------------------------------------


def test_a_correction_tells_what_was_and_what_is(engine):
    save(engine, story(PORT, CREW, FISH, title="The port", publisher="Norland Post"))
    save(engine, story(RAIN, PORT_2, CREW, title="The port reopens", publisher="Norland Post"))
    (correction,) = corrections(engine)
    with engine.connect() as connection:
        at = connection.execute(select(func.max(schema.revisions.c.ingested))).scalar()
    assert correction.model_dump() == {
        "article": "a", "title": "The port reopens", "publisher": "Norland Post", "at": at,
        "changed": 1, "vanished": 1, "new": 1,
        "pairs": ((None, RAIN), (PORT, PORT_2), (FISH, None)),
    }  # fmt: skip


def test_corrections_come_newest_first_of_the_articles_asked_for(engine):
    for text in (PORT, PORT_2, CREW):
        save(engine, story(text))
        save(engine, story(text, FISH, identifier="b"))
    save(engine, story(PORT, identifier="c"))
    told = [(c.article, c.pairs[0][1]) for c in corrections(engine)]
    assert told == [("b", None), ("a", None), ("b", PORT_2), ("a", PORT_2)]
    assert [c.article for c in corrections(engine, limit=3)] == ["b", "a", "b"]
    assert [c.article for c in corrections(engine, ["a", "c"])] == ["a", "a"]
    assert corrections(engine, []) == corrections(engine, ["unknown"]) == []


def test_a_long_correction_shows_its_first_pairs_and_counts_all(engine):
    save(engine, story(*many("was closed by the mayor", 9)))
    save(engine, story(*many("was opened by the mayor", 9)))
    (correction,) = corrections(engine, pairs=2)
    assert correction.changed == 9
    assert correction.pairs == tuple(
        (f"{i} was closed by the mayor {i}", f"{i} was opened by the mayor {i}") for i in (0, 1)
    )


def test_a_withdrawn_article_tells_no_correction(engine):
    save(engine, story(PORT))
    save(engine, story(PORT_2))
    withdraw(engine, "a")
    assert corrections(engine) == []
    assert revision_count(engine, "a") == 2, "its record stays"


def test_revisions_are_counted(engine):
    assert revision_count(engine, "a") == 0
    for text in (PORT, PORT_2, PORT_2, PORT):
        save(engine, story(text))
    assert revision_count(engine, "a") == 3
