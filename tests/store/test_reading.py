"""Getting things out of the store."""

from knowledge.store import reading, schema
from knowledge.store.database import open_engine
from knowledge.store.withdrawing import withdraw
from knowledge.store.writing import save
from tests.auxil.records import Said, Stated, lines, person


def test_an_empty_store_holds_nothing(engine):
    assert reading.article_ids(engine) == []
    assert reading.last_sequence(engine) == 0
    assert reading.changes_after(engine, 0) == []
    assert reading.article(engine, "nothing") is None
    assert reading.recent_people(engine, 5) == []
    assert set(reading.counts(engine).values()) == {0}


def test_articles_come_in_the_order_of_their_last_revision(engine):
    for name in ("a", "b", "c"):
        save(engine, lines(name, f"Text of {name}."))
    save(engine, lines("a", "A new text."))
    assert reading.article_ids(engine) == ["a", "c", "b"]
    assert reading.article_ids(engine, limit=2) == ["a", "c"]
    assert [stored.article.id for stored in reading.articles_oldest_first(engine)] == ["b", "c", "a"]


def test_a_withdrawn_article_is_not_read(engine, record):
    save(engine, record)
    save(engine, lines("other", "Another text."))
    withdraw(engine, "bridge")
    assert reading.article(engine, "bridge") is None
    assert reading.article_ids(engine) == ["other"]
    assert reading.counts(engine) == {"articles": 1, "sentences": 1, "people": 0, "quotes": 0, "facts": 0}


def test_a_withdrawn_article_that_comes_again_is_held_again(engine, record):
    save(engine, record)
    withdraw(engine, "bridge")
    assert save(engine, record) == "updated"
    assert reading.article_ids(engine) == ["bridge"]


def test_changes_are_told_in_order_a_stretch_at_a_time(engine):
    for name in ("a", "b", "a", "c"):
        save(engine, lines(name, f"Text {reading.last_sequence(engine)}."))
    withdraw(engine, "b")
    told = [(c.sequence, c.article, c.kind) for c in reading.changes_after(engine, 0)]
    assert told == [(1, "a", "added"), (2, "b", "added"), (3, "a", "updated"), (4, "c", "added"), (5, "b", "withdrawn")]
    assert [c.sequence for c in reading.changes_after(engine, 1, limit=2)] == [2, 3]
    assert reading.last_sequence(engine) == 5


def test_a_number_of_the_sequence_is_never_used_again(engine):
    save(engine, lines("a", "Text."))
    with engine.begin() as connection:
        connection.execute(schema.changes.delete())
    save(engine, lines("b", "Text."))
    assert reading.last_sequence(engine) == 2


def test_counts_are_of_the_current_revisions(engine, record):
    save(engine, lines("bridge", "One line.\nTwo lines.", people=["One line"], facts=[Stated("One", "line")]))
    save(engine, record)
    assert reading.counts(engine) == {"articles": 1, "sentences": 3, "people": 2, "quotes": 2, "facts": 2}


def test_recent_people_are_those_named_most_in_the_newest_articles(engine):
    save(engine, lines("old", "Old Timer spoke. Old Timer left. Old Timer wept.", people=["Old Timer"]))
    save(engine, lines("a", "Ana Reyes met Ben Osei.", people=[person("Ana Reyes", "mayor"), "Ben Osei"]))
    save(engine, lines("b", "Ben Osei slept. Osei woke.", people=["Ben Osei"]))
    found = [("ben osei", "Ben Osei", None), ("ana reyes", "Ana Reyes", "mayor")]
    assert reading.recent_people(engine, 5, newest=2) == found
    assert reading.recent_people(engine, 1, newest=2) == found[:1]


def test_people_named_as_often_come_in_the_order_of_their_letters_whatever_the_database_sorts_by(engine):
    named = ["Zoe", "Ábel", "Éva", "Ann", "Ann-Marie", "Anna", "Ann Z", "An-na"]
    save(engine, lines("a", "\n".join(f"{name} spoke." for name in named), people=named))
    keys = [key for key, _, _ in reading.recent_people(engine, 20)]
    assert keys == sorted(keys)
    assert len(keys) == len(named)


def test_publishers_come_by_the_number_of_their_articles_then_by_their_letters(engine):
    for number, name in enumerate(["Zett", "Äther", "ann", "Ann", "An-n", "Ann", "Gone", ""]):
        save(engine, lines(str(number), "A line.", publisher=name))
    withdraw(engine, "6")
    assert reading.publishers(engine, 9) == ["Ann", "An-n", "Zett", "ann", "Äther"]
    assert reading.publishers(engine, 2) == ["Ann", "An-n"]


def test_of_several_forms_of_a_name_one_is_shown(engine):
    for name, role in (("Ana REYES", None), ("Ana Reyes", "a mayor"), ("ANA Reyes", "the mayor")):
        save(engine, lines(name, f"{name} spoke.", people=[person(name, role)]))
    assert reading.recent_people(engine, 5) == [("ana reyes", "Ana Reyes", "the mayor")]


def test_someone_who_is_never_mentioned_is_still_listed(engine, record):
    save(engine, record.model_copy(update={"mentions": ()}))
    assert [key for key, _, _ in reading.recent_people(engine, 5)] == ["ana reyes", "ben osei"]


def test_the_stretches_of_a_quote_keep_their_order(engine):
    text = "one two three four"
    save(engine, lines("a", text, quotes=[Said(None, ("three", "one")), Said("X", ("two",))]))
    stored = reading.article(engine, "a")
    assert stored is not None
    assert [[text[slice(*span)] for span in q.content] for q in stored.quotes] == [["three", "one"], ["two"]]


def test_two_stores_have_two_identities(engine, new_url):
    other = open_engine(new_url, create=True)
    assert reading.identity(engine) == reading.identity(engine) != reading.identity(other)
    other.dispose()
