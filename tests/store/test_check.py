"""Proving the store: each kind of damage is found and named, and a sound store has none."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine, inspect, text

from knowledge.store.check import problems
from knowledge.store.feeds import add_feed, record_entries, record_taken
from knowledge.store.writing import save
from tests.auxil.records import lines


def damage(engine: Engine, *statements: str) -> list[str]:
    """What is found after the statements, which no constraint held back."""
    if engine.dialect.name == "postgresql":
        without_constraints(engine)
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            connection.exec_driver_sql("COMMIT")
            connection.exec_driver_sql("PRAGMA foreign_keys = OFF")
            connection.exec_driver_sql("PRAGMA ignore_check_constraints = ON")
        for statement in statements:
            assert connection.execute(text(statement)).rowcount > 0, f"{statement} changes nothing"
        if engine.dialect.name == "sqlite":
            connection.exec_driver_sql("PRAGMA ignore_check_constraints = OFF")
            connection.exec_driver_sql("PRAGMA foreign_keys = ON")
            connection.exec_driver_sql("BEGIN")
        connection.commit()
    return list(problems(engine))


def without_constraints(engine: Engine) -> None:
    with engine.begin() as connection:
        found = inspect(connection)
        for table in found.get_table_names():
            for constraint in (*found.get_foreign_keys(table), *found.get_check_constraints(table)):
                connection.execute(text(f'ALTER TABLE {table} DROP CONSTRAINT "{constraint["name"]}"'))


NOON = datetime(2024, 5, 6, 12, tzinfo=UTC)


@pytest.fixture
def held(engine, record) -> Engine:
    save(engine, lines("other", "A text.\nAnother one.", people=["Another one"]))
    save(engine, record)
    return engine


@pytest.fixture
def watched(held) -> Engine:
    """With a corrected article, whose sentence change 1 is new and 2 is changed, and a feed, whose entry 1 is taken."""
    save(held, lines("other", "One is new.\nA text!\nAnother one.\nGone by then.", people=["Another one"]))
    save(
        held, lines("other", "One is new.\nA text?\nAnother one.\nWholly otherwise, and long.", people=["Another one"])
    )
    add_feed(held, "https://post.example/feed")
    entries = [("1", "https://post.example/bridge", None), ("2", "https://post.example/well", None)]
    headers = {"title": "", "etag": None, "last_modified": None, "digest": None}
    record_entries(held, 1, entries, **headers, now=NOON, next_due=NOON)
    record_taken(held, 1, "bridge")
    return held


def test_a_sound_store_has_no_problem(held):
    assert list(problems(held)) == []


def test_an_empty_store_has_no_problem(engine):
    assert list(problems(engine)) == []


ONE = "(SELECT min(id) FROM {0} WHERE revision = 2)".format
FIRST = ONE("sentences")
DAMAGE = [
    pytest.param(
        f"UPDATE sentences SET text_end = 9999 WHERE id = {FIRST}",
        "article bridge: sentence 1 [0, 9999) is not a stretch of the text",
        id="a sentence past the end",
    ),
    pytest.param(
        f"UPDATE sentences SET text_start = -4 WHERE id = {FIRST}",
        "article bridge: sentence 1 [-4, 59) is not a stretch of the text",
        id="a sentence before the start",
    ),
    pytest.param(
        f"UPDATE sentences SET text_end = 4 WHERE id = {FIRST}",
        "article bridge: sentence 1 [0, 4) is not a stretch of the text",
        id="white space at the end of a sentence",
    ),
    pytest.param(
        f"UPDATE sentences SET text_start = 3 WHERE id = {FIRST}",
        "article bridge: sentence 1 [3, 59) is not a stretch of the text",
        id="white space at the start of a sentence",
    ),
    pytest.param(
        f"UPDATE sentences SET text_end = 0 WHERE id = {FIRST}",
        "article bridge: sentence 1 [0, 0) is not a stretch of the text",
        id="a sentence of no length",
    ),
    pytest.param(
        "UPDATE sentences SET text_start = 4 WHERE revision = 2 AND number = 2",
        "article bridge: sentence 2 begins before the one before it ends",
        id="sentences that overlap",
    ),
    pytest.param(
        "UPDATE mentions SET text_end = 4 WHERE id = (SELECT max(id) FROM mentions WHERE text_start = 0)",
        "article bridge: mention [0, 4) is not a stretch of the text",
        id="white space at the end of a mention",
    ),
    pytest.param(
        "DELETE FROM quote_contents WHERE quote = 1",
        "article bridge: quote 1 has no content",
        id="a quote without content",
    ),
    pytest.param(
        "UPDATE quote_contents SET text_end = text_end + 1 WHERE quote = 1",
        "article bridge: quote 1: [61, 75) is not a stretch of the text",
        id="white space at the end of a quote",
    ),
    pytest.param(
        "UPDATE quotes SET cue_end = 9999 WHERE id = 1",
        "article bridge: quote 1: [79, 9999) is not a stretch of the text",
        id="a cue past the end",
    ),
    pytest.param(
        "UPDATE quotes SET source_end = NULL WHERE id = 1",
        "article bridge: a quote cannot be read (source.1: Input should be a valid integer)",
        id="half a source",
    ),
    pytest.param(
        "UPDATE quotes SET type = 'shouted' WHERE id = 1",
        "article bridge: a quote cannot be read (type: Input should be 'direct', 'mixed' or 'indirect')",
        id="an unknown type of quote",
    ),
    pytest.param(
        "UPDATE quotes SET confidence = 7 WHERE id = 1",
        "article bridge: a quote cannot be read (confidence: Input should be less than or equal to 1)",
        id="a confidence over 1",
    ),
    pytest.param(
        "UPDATE facts SET object_start = 61, object_end = 63 WHERE id = 1",
        "article bridge: fact 1: [61, 63) is not inside its sentence",
        id="a fact outside its sentence",
    ),
    pytest.param(
        "UPDATE facts SET subject_end = subject_start WHERE id = 2",
        "article bridge: fact 2: [94, 94) is not inside its sentence",
        id="a fact's part of no length",
    ),
    pytest.param(
        "UPDATE facts SET sentence = 77 WHERE id = 1",
        "facts.sentence: 77 is no sentences.id",
        id="a fact of no sentence",
    ),
    pytest.param(
        "UPDATE mentions SET sentence = 1 WHERE id = (SELECT max(id) FROM mentions)",
        "mentions: 5 is in another article than its person",
        id="a mention strayed",
    ),
    pytest.param("DELETE FROM people WHERE name = 'Ana Reyes'", "mentions.person: 2 is no people.id", id="nobody"),
    pytest.param(
        "DELETE FROM people WHERE name = 'Ana Reyes'", "aliases.person: 2 is no people.id", id="nobody's alias"
    ),
    pytest.param(
        "DELETE FROM quotes WHERE id = 1", "quote_contents.quote: 1 is no quotes.id", id="content of no quote"
    ),
    pytest.param(
        "DELETE FROM revisions WHERE id = 2", "article bridge: its current revision is missing", id="no revision"
    ),
    pytest.param("DELETE FROM revisions WHERE id = 2", "sentences.revision: 2 is no revisions.id", id="lost sentences"),
    pytest.param(
        "UPDATE articles SET revision = 1 WHERE id = 'bridge'",
        "article bridge: its current revision is missing",
        id="the revision of another article",
    ),
    pytest.param(
        "DELETE FROM articles WHERE id = 'other'", "changes.article: other is no articles.id", id="no article"
    ),
    pytest.param(
        "UPDATE phrasings SET sentence = 77 WHERE text = 'who opened a bridge'",
        "phrasings.sentence: 77 is no sentences.id",
        id="a phrasing of no sentence",
    ),
    pytest.param(
        "DELETE FROM names WHERE key = 'ben osei'",
        "names: ben osei is not there, so later articles cannot find whom they name by that last name",
        id="a name that is not found",
    ),
]


@pytest.mark.parametrize(("statement", "problem"), DAMAGE)
def test_damage_is_found_and_named(held, statement, problem):
    assert problem in damage(held, statement)


def test_a_quote_in_no_sentence_is_found(held):
    found = damage(held, "DELETE FROM facts", "DELETE FROM phrasings", "DELETE FROM sentences WHERE number = 2")
    assert "article bridge: quote 1: [61, 74) stands in no sentence" in found


def test_damage_in_one_article_hides_no_damage_in_another(held):
    found = damage(
        held,
        "UPDATE quotes SET type = 'shouted' WHERE id = 1",
        "UPDATE sentences SET text_end = 9999 WHERE revision = 1 AND number = 2",
    )
    assert [line.split(":")[0] for line in found] == ["article other", "article bridge"]


STRAYED = "sentence_changes: {0} tells of a sentence that is not of its revision or of the one before".format
MISNAMED = "sentence_changes: {0} does not tell what it is called".format
UNTAKEN = "feed_entries: {0} is taken without an article or has one without being taken".format
OF_THE_WEB = [
    ("UPDATE sentence_changes SET before = 3 WHERE id = 2", STRAYED(2), "a sentence of another article before"),
    ("UPDATE sentence_changes SET before = after WHERE id = 2", STRAYED(2), "a sentence of the newer revision before"),
    ("UPDATE sentence_changes SET after = before WHERE id = 2", STRAYED(2), "a sentence of the older revision after"),
    ("UPDATE sentence_changes SET after = 3 WHERE id = 1", STRAYED(1), "a sentence of another article after"),
    (
        "UPDATE sentence_changes SET before = 77 WHERE id = 2",
        "sentence_changes.before: 77 is no sentences.id",
        "before",
    ),
    ("UPDATE sentence_changes SET after = 77 WHERE id = 2", "sentence_changes.after: 77 is no sentences.id", "after"),
    (
        "UPDATE sentence_changes SET revision = 77 WHERE id = 2",
        "sentence_changes.revision: 77 is no revisions.id",
        "no revision",
    ),
    ("UPDATE sentence_changes SET kind = 'new' WHERE id = 2", MISNAMED(2), "new with a before"),
    ("UPDATE sentence_changes SET kind = 'vanished' WHERE id = 2", MISNAMED(2), "vanished with an after"),
    ("UPDATE sentence_changes SET kind = 'changed' WHERE id = 1", MISNAMED(1), "changed without a before"),
    ("UPDATE sentence_changes SET kind = 'odd' WHERE id = 2", MISNAMED(2), "an unknown kind"),
    (
        "UPDATE feed_entries SET article = 'x' WHERE id = 1",
        "feed_entries.article: x is no articles.id",
        "no such article",
    ),
    ("UPDATE feed_entries SET article = NULL WHERE id = 1", UNTAKEN(1), "taken without an article"),
    ("UPDATE feed_entries SET article = 'bridge' WHERE id = 2", UNTAKEN(2), "an article without being taken"),
    ("UPDATE feed_entries SET feed = 77 WHERE id = 2", "feed_entries.feed: 77 is no feeds.id", "an entry of no feed"),
]


def test_a_sound_store_of_the_web_has_no_problem(watched):
    assert list(problems(watched)) == []


@pytest.mark.parametrize(("statement", "problem"), [row[:2] for row in OF_THE_WEB], ids=[row[2] for row in OF_THE_WEB])
def test_damage_to_what_came_from_the_web_is_found_and_named(watched, statement, problem):
    assert damage(watched, statement) == [problem]
