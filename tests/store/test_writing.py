"""Putting records into the store: one transaction an article, whole or not at all."""

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.exc import IntegrityError

from knowledge.errors import InputError
from knowledge.models import Article, ArticleRecord, Mention, Person, Sentence
from knowledge.same_name import person_key
from knowledge.store import reading, schema
from knowledge.store.check import problems
from knowledge.store.writing import digest, is_current, save
from tests.auxil.records import lines, person

DERIVED = [table for table in schema.metadata.sorted_tables if table.name != "stores"]
OTHERS = (
    "sentence_changes feeds feed_entries chats subscriptions digests digest_windows digest_items senders deliveries "
    "conversations handled_updates"
).split()


def contents(engine: Engine) -> dict[str, int]:
    with engine.connect() as connection:
        return {t.name: connection.execute(select(func.count()).select_from(t)).scalar_one() for t in DERIVED}


def test_a_record_is_kept_whole(engine, record):
    assert save(engine, record) == "added"
    stored = reading.article(engine, "bridge")
    assert stored is not None
    for part in ("article", "sentences", "people", "mentions", "quotes", "facts", "phrasings", "labels"):
        assert getattr(stored, part) == getattr(record, part), part
    assert stored.keys == ("ana reyes", "ben osei")
    assert contents(engine) == {
        "articles": 1, "revisions": 1, "changes": 1, "sentences": 3, "names": 2,
        "people": 2, "aliases": 5, "mentions": 4,
        "quotes": 2, "quote_contents": 3, "facts": 2, "phrasings": 2,
    } | dict.fromkeys(OTHERS, 0)  # fmt: skip


def test_the_same_again_is_unchanged_and_nothing_is_written(engine, record):
    save(engine, record)
    before = contents(engine)
    assert is_current(engine, record.article)
    assert save(engine, record) == "unchanged"
    assert contents(engine) == before


CHANGES = [{"text": "Another text."}, {"title": "Another title"}, {"publisher": None}, {"published": "2025-01-01"}]


@pytest.mark.parametrize("change", CHANGES, ids=[next(iter(change)) for change in CHANGES])
def test_a_changed_article_is_a_new_revision_and_the_old_one_is_kept(engine, record, change):
    save(engine, record)
    article = record.article.model_copy(update=change)
    assert not is_current(engine, article)
    changed = ArticleRecord(article=article, sentences=(Sentence(start=0, end=len(article.text)),))
    assert save(engine, changed) == "updated"
    stored = reading.article(engine, "bridge")
    assert stored is not None
    assert (stored.article, stored.people, stored.quotes) == (article, (), ())
    with engine.connect() as connection:
        rows = connection.execute(
            select(schema.revisions.c.number, schema.revisions.c.title, schema.revisions.c.text).order_by("number")
        ).all()
        kinds = connection.execute(select(schema.changes.c.kind).order_by("sequence")).scalars().all()
    assert rows == [(1, record.article.title, record.article.text), (2, article.title, article.text)]
    assert kinds == ["added", "updated"]
    assert contents(engine)["sentences"] == 3 + 1, "what hangs on the old revision stays"


def test_a_text_that_comes_back_is_a_revision_of_its_own(engine, record):
    other = lines("bridge", "Another text.")
    assert [save(engine, r) for r in (record, other, record)] == ["added", "updated", "updated"]
    assert contents(engine)["revisions"] == 3


HALF_WAY = [
    pytest.param({"sentences": (Sentence(start=5, end=5),)}, id="a sentence of no length"),
    pytest.param({"mentions": (Mention(start=9, end=3, person=0),)}, id="a mention that ends before it begins"),
    pytest.param({"mentions": (Mention(start=0, end=3, person=7),)}, id="a mention of nobody"),
    pytest.param({"phrasings": ({"text": "x", "kind": "open", "sentence": 99},)}, id="a phrasing of no sentence"),
]


@pytest.mark.parametrize("damage", HALF_WAY)
@pytest.mark.parametrize("held", [False, True], ids=["new", "held"])
def test_a_record_that_fails_half_way_leaves_nothing(engine, record, damage, held):
    if held:
        save(engine, lines("bridge", "What was held before."))
    before = contents(engine)
    broken = ArticleRecord.model_validate(record.model_dump() | damage)
    with pytest.raises((IntegrityError, IndexError)):
        save(engine, broken)
    assert contents(engine) == before
    assert list(problems(engine)) == []
    assert save(engine, record) == ("updated" if held else "added")


ODD = "\x01\x1b\x7f\x85\u2028\ufeff\ufffe\U0010ffff é e\u0301 ﬁ '\"\\%_ \r\n\t"


def test_odd_characters_are_kept_exactly(engine):
    held = lines("odd", f"Ana{ODD}Reyes.", title=ODD, publisher=ODD, people=[person(f"Ana{ODD}Reyes")])
    save(engine, held)
    stored = reading.article(engine, "odd")
    assert stored is not None
    assert (stored.article, stored.people) == (held.article, held.people)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_nul_character_is_kept_exactly(engine):
    held = lines("odd", "Ana\0 Reyes.", title="\0")
    save(engine, held)
    stored = reading.article(engine, "odd")
    assert stored is not None
    assert stored.article == held.article


UNFIT = [
    pytest.param(lines("odd", "Ana\0 Reyes."), "odd: .*NUL", id="NUL in the text"),
    pytest.param(lines("odd", "A text.", title="\0"), "odd: .*NUL", id="NUL in the title"),
    pytest.param(
        lines("odd", "A text.").model_copy(update={"people": (Person(name="\0"),)}), "odd: .*NUL", id="NUL in a name"
    ),
    pytest.param(
        lines("".join(map(chr, range(0x4E00, 0x4E00 + 1000))), "A text."), "index row size 30", id="a long id"
    ),
]


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
@pytest.mark.parametrize(("unfit", "reason"), UNFIT)
def test_what_a_database_cannot_keep_is_refused_in_a_line_and_the_next_goes_in(engine, unfit, reason):
    before = contents(engine)
    with pytest.raises(InputError, match=reason) as caught:
        save(engine, unfit)
    assert "\n" not in str(caught.value)
    assert "cannot be kept as it is" in str(caught.value)
    assert contents(engine) == before
    assert save(engine, lines("odd", "A text.")) == "added"


def test_a_digest_tells_every_field():
    article = Article(id="a", title="t", text="x", publisher="p", url="u", published="d")
    digests = {digest(article.model_copy(update={name: "other"})) for name in Article.model_fields}
    assert len(digests | {digest(article)}) == len(Article.model_fields) + 1


KEYS = [
    ("Wang Yi", "wang yi"),
    ("WANG  Yi", "wang yi"),
    ("Raïssi", "raissi"),
    ("An Jung-geun", "an jung geun"),
    ("🙂", "🙂"),
]


@pytest.mark.parametrize(("name", "key"), KEYS, ids=[name for name, _ in KEYS])
def test_a_persons_key_is_their_folded_name(name, key):
    assert person_key(name) == key
