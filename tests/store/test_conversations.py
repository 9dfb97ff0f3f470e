"""What several processes of one bot share: updates that are done with, and what chats are remembered by."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine

from knowledge.store import conversations
from knowledge.store.conversations import UPDATES_KEPT
from knowledge.store.database import open_engine, writing
from tests.auxil.postgres import Postgres

NOW = datetime(2034, 5, 6, 12, tzinfo=UTC)


@pytest.fixture
def engine(postgres: Postgres) -> Iterator[Engine]:
    with postgres.blank() as url:
        engine = open_engine(url, create=False)
        yield engine
        engine.dispose()


def finish(engine: Engine, number: int, now: datetime = NOW, **contents: str | None) -> None:
    named = {key.replace("_", ":"): content for key, content in contents.items()}
    with writing(engine).begin() as connection:
        connection.execute(conversations.finished(number, named, now))


def is_handled(engine: Engine, number: int) -> bool:
    with engine.connect() as connection:
        return bool(connection.execute(conversations.standing(number, "")).scalar())


def test_an_update_is_done_with_together_with_what_it_changed(engine):
    assert not is_handled(engine, 1)
    finish(engine, 1, tg_7="one", tg_7_3="topic")
    assert is_handled(engine, 1)
    finish(engine, 2, tg_7="two", tg_8="other", tg_7_3=None)
    finish(engine, 2)
    assert conversations.of_chat(engine, "tg:7") == {"tg:7": "two"}
    assert conversations.load(engine, "tg:8") == "other"
    with engine.connect() as connection:
        asked = [connection.execute(conversations.standing(n, key)).one() for n, key in ((2, "tg:7"), (3, "tg:9"))]
    assert asked == [(True, "two"), (False, None)]
    assert conversations.load(engine, "tg:7:3") is None


def test_a_chat_goes_with_its_topics_and_without_its_neighbours(engine):
    finish(engine, 1, tg_4="a", tg_4_2="b", tg_42="c", tg_3="d", tg_5="e")
    assert conversations.of_chat(engine, "tg:4") == {"tg:4": "a", "tg:4:2": "b"}
    conversations.forget(engine, "tg:4")
    assert conversations.of_chat(engine, "tg:4") == {}
    assert [conversations.load(engine, key) for key in ("tg:42", "tg:3", "tg:5")] == ["c", "d", "e"]


def test_a_migrated_chat_takes_its_memory_along_but_not_over_another(engine):
    finish(engine, 1, tg_4="old", tg_4_2="topic", tg_9="new")
    conversations.migrate(engine, "tg:4", "tg:9")
    conversations.migrate(engine, "tg:4", "tg:9")
    assert conversations.of_chat(engine, "tg:9") == {"tg:9": "new", "tg:9:2": "topic"}
    assert conversations.of_chat(engine, "tg:4") == {}


def test_what_is_old_goes(engine):
    finish(engine, 1, tg_4="old")
    finish(engine, 2, NOW + UPDATES_KEPT, tg_5="newer")
    assert conversations.prune(engine, NOW + UPDATES_KEPT) == 0, "Telegram may still repeat it"
    assert conversations.prune(engine, NOW + UPDATES_KEPT + timedelta(seconds=1)) == 1
    assert (is_handled(engine, 1), is_handled(engine, 2)) == (False, True)
    assert conversations.prune(engine, NOW + timedelta(days=7, seconds=1)) == 2
    assert conversations.load(engine, "tg:4") is None
    assert conversations.load(engine, "tg:5") == "newer"
