"""Claims of several processes on a real server: one has a thing at a time, and what is lost is free."""

from collections.abc import Iterator
from contextlib import suppress

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from knowledge.store.claims import ClaimLostError, Claims
from knowledge.store.database import open_engine
from tests.auxil.postgres import Postgres


@pytest.fixture
def url(postgres: Postgres) -> Iterator[str]:
    with postgres.blank() as address:
        yield address


@pytest.fixture
def make(url: str):
    made = []

    def make() -> Claims:
        engine = open_engine(url, create=False)
        made.append((Claims(engine), engine))
        return made[-1][0]

    yield make
    for claims, engine in made:
        claims.close()
        engine.dispose()


def test_what_one_has_another_cannot_take_until_it_is_released(make):
    one, other = make(), make()
    assert one.take("tg:7")
    assert not other.take("tg:7")
    assert not one.take("tg:7")
    assert other.take("tg:8")
    assert (one.holds("tg:7"), other.holds("tg:7")) == (True, False)
    one.release("tg:7")
    one.release("tg:7")
    assert other.take("tg:7")


def test_who_is_gone_has_nothing(make):
    one, other = make(), make()
    assert one.take("tg:7")
    one.close()
    assert other.take("tg:7")
    assert not one.holds("tg:7")
    assert one.take("tg:8"), "it can begin anew"


def test_a_lost_connection_loses_what_was_claimed_and_says_so(make, postgres, url):
    one, other = make(), make()
    assert one.take("tg:7")
    assert one.take("tg:8")
    assert one.execute("tg:7", select(text("1"))) == [(1,)]
    postgres.cut_off(url)
    assert not one.holds("tg:7")
    with pytest.raises(ClaimLostError):
        one.execute("tg:8", select(text("1")))
    one.release("tg:8")
    while True:
        with suppress(DBAPIError):  # its connection was cut off too
            assert other.take("tg:7")
            break
    assert not one.take("tg:7")
    assert one.take("tg:8")


def test_what_fails_by_itself_loses_nothing(make):
    one, other = make(), make()
    assert one.take("tg:7")
    with pytest.raises(DBAPIError):
        one.execute("tg:7", text("SELECT 1 / 0"))
    assert one.holds("tg:7")
    assert not other.take("tg:7")
