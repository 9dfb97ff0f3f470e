"""Feeds and their entries: what is due, what became of it, and that a page is settled once."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from knowledge.errors import InputError
from knowledge.store import feeds, schema
from knowledge.store.check import problems
from knowledge.store.feeds import EntryRow, FeedRow, KnownUrl
from knowledge.store.withdrawing import withdraw
from knowledge.store.writing import save
from tests.auxil.records import lines

START = datetime(2034, 5, 6, 12, 0, tzinfo=UTC)
POST, HERALD = "https://post.example/feed", "https://herald.example/feed"
PAGE = "https://post.example/{}".format


def at(minutes: float) -> datetime:
    return START + timedelta(minutes=minutes)


@pytest.fixture
def engine(engine):
    """With two feeds, 1 and 2, and three articles, a, b and c."""
    for name in "abc":
        save(engine, lines(name, f"Text of {name}."))
    feeds.add_feed(engine, POST, "Norland Post")
    feeds.add_feed(engine, HERALD)
    return engine


def feed(engine, number: int = 1) -> FeedRow:
    return feeds.list_feeds(engine)[number - 1]


def entries(engine) -> list[EntryRow]:
    with engine.connect() as connection:
        rows = connection.execute(select(schema.feed_entries).order_by(schema.feed_entries.c.id))
        return [EntryRow(**row._mapping) for row in rows]


def states(engine) -> list[tuple[str, str | None]]:
    return [(entry.state, entry.article) for entry in entries(engine)]


def give(engine, *given: tuple[str, str, str | None], number: int = 1, minutes: float = 0, **fields: Any) -> int:
    """A poll at ``minutes`` brought these entries; the next one is an hour later."""
    said = {"title": "", "etag": None, "last_modified": None, "digest": "d1"} | fields
    return feeds.record_entries(engine, number, given, **said, now=at(minutes), next_due=at(minutes + 60))


def due(engine, minutes: float, limit: int = 99) -> list[int]:
    return [entry.id for entry in feeds.due_entries(engine, at(minutes), limit)]


def due_feeds(engine, minutes: float) -> list[int]:
    return [found.id for found in feeds.due_feeds(engine, at(minutes))]


# -- feeds -----------------------------------------------------------------------------------------------------------


def test_a_new_feed_is_due_at_once(engine):
    added = feed(engine)
    assert added == FeedRow(
        id=1, address=POST, title="Norland Post", etag=None, last_modified=None, digest=None, checked=None,
        due=added.due, failures=0, problem=None, active=True, added=added.due,
    )  # fmt: skip
    assert added.due <= datetime.now(UTC)
    assert due_feeds(engine, 0) == [1, 2]


def test_a_feed_is_added_once(engine):
    assert feeds.add_feed(engine, POST, "Another title") is False
    assert [(f.address, f.title) for f in feeds.list_feeds(engine)] == [(POST, "Norland Post"), (HERALD, "")]


def test_a_removed_feed_is_not_polled_and_its_entries_wait(engine):
    give(engine, ("1", PAGE("x"), None))
    feeds.record_failure(engine, 1, "no answer", at(0), at(1))
    assert feeds.remove_feed(engine, POST) is True
    assert feed(engine).problem is None, "it did not stop because of it"
    assert feeds.remove_feed(engine, POST) is feeds.remove_feed(engine, "https://nowhere.example") is False
    assert [f.active for f in feeds.list_feeds(engine)] == [False, True]
    assert due_feeds(engine, 999) == [2]
    assert due(engine, 999) == []
    assert len(entries(engine)) == 1


def test_a_removed_feed_that_is_added_again_goes_on_where_it_stood(engine):
    give(engine, ("1", PAGE("x"), None), etag="e1")
    feeds.record_failure(engine, 1, "no answer", at(60), at(999))
    feeds.remove_feed(engine, POST)
    assert feeds.add_feed(engine, POST) is True
    again = feed(engine)
    assert (again.id, again.active, again.etag, again.failures, again.problem) == (1, True, "e1", 0, None)
    assert due_feeds(engine, 0) == [2, 1]
    assert due(engine, 0) == [1]
    assert give(engine, ("1", PAGE("x"), None)) == 0


UNUSABLE = [("x" * 2001, "is longer than 2,000 bytes"), ("é" * 1001, "is longer"), ("a\0b", "holds control characters")]


@pytest.mark.parametrize(("address", "reason"), UNUSABLE, ids=["long", "long in bytes", "control characters"])
def test_a_feed_whose_address_cannot_be_kept_is_refused(engine, address, reason):
    with pytest.raises(InputError, match=reason):
        feeds.add_feed(engine, address)
    with pytest.raises(InputError, match=reason):
        feeds.is_watched(engine, address)
    assert len(feeds.list_feeds(engine)) == 2


def test_a_feed_that_is_put_off_is_due_then_and_otherwise_as_it_was(engine):
    feeds.record_failure(engine, 1, "no answer", at(0), at(5))
    before = feed(engine)
    feeds.put_off_feed(engine, 1, at(10))
    assert feed(engine) == before.model_copy(update={"due": at(10)})


def test_of_feeds_due_at_one_moment_those_that_work_and_wait_longest_come_first(engine):
    feeds.add_feed(engine, "https://third.example/feed")
    feeds.add_feed(engine, "https://new.example/feed")
    feeds.record_failure(engine, 1, "no answer", at(0), at(30))
    feeds.record_unchanged(engine, 2, at(20), at(30))
    feeds.record_unchanged(engine, 3, at(10), at(30))
    feeds.put_off_feed(engine, 4, at(30))
    assert due_feeds(engine, 30) == [4, 3, 2, 1]


@pytest.mark.parametrize(("address", "watched"), [(POST, True), (f"{POST}/x", False)])
def test_a_feed_is_watched_until_it_is_removed(engine, address, watched):
    assert feeds.is_watched(engine, address) is watched
    feeds.remove_feed(engine, address)
    assert feeds.is_watched(engine, address) is False


def test_feeds_are_due_when_they_say_the_longest_due_first(engine):
    feeds.record_unchanged(engine, 1, at(0), at(30))
    feeds.record_unchanged(engine, 2, at(0), at(20))
    assert [due_feeds(engine, minutes) for minutes in (19.999, 20, 30)] == [[], [2], [2, 1]]


def test_moments_of_other_time_zones_are_the_same_moments(engine):
    west, east = (timezone(timedelta(hours=hours)) for hours in (-8, 9))
    for number in (1, 2):
        feeds.record_unchanged(engine, number, at(0), at(30).astimezone(west))
    assert feed(engine).due == at(30)
    assert feeds.due_feeds(engine, at(29).astimezone(east)) == []
    assert len(feeds.due_feeds(engine, at(30).astimezone(east))) == 2
    with pytest.raises(ValueError, match="no time zone"):
        feeds.due_feeds(engine, START.replace(tzinfo=None))


def test_an_unchanged_feed_keeps_what_tells_it(engine):
    give(engine, etag="e1", last_modified="m1", digest="d1", title="Post")
    feeds.record_failure(engine, 1, "no answer", at(1), at(2))
    feeds.record_unchanged(engine, 1, at(60), at(120), last_modified="m2")
    held = feed(engine)
    assert (held.etag, held.last_modified, held.digest, held.title) == ("e1", "m2", "d1", "Post")
    assert (held.checked, held.due, held.failures, held.problem) == (at(60), at(120), 0, None)
    feeds.record_unchanged(engine, 1, at(60), at(120), etag="e2")
    assert (feed(engine).etag, feed(engine).last_modified) == ("e2", "m2")


def test_a_new_body_replaces_what_told_the_one_before(engine):
    give(engine, etag="e1", last_modified="m1", digest="d1", title=" Norland\n Post ")
    feeds.record_failure(engine, 1, "no answer", at(1), at(2))
    give(engine, etag=None, last_modified="m2", digest="d2", title="  ", minutes=60)
    held = feed(engine)
    assert (held.etag, held.last_modified, held.digest, held.title) == (None, "m2", "d2", "Norland Post")
    assert (held.checked, held.due, held.failures, held.problem) == (at(60), at(120), 0, None)


@pytest.mark.parametrize("header", ["x" * 501, "a\0b", "\ud800", ""], ids=["long", "control", "surrogate", "empty"])
def test_a_header_that_cannot_be_given_back_is_not_kept(engine, header):
    give(engine, etag=header, last_modified=header)
    assert (feed(engine).etag, feed(engine).last_modified) == (None, None)


def test_a_failure_is_told_once_until_another_comes_or_it_is_over(engine):
    told = []
    for minutes, problem in enumerate(["no answer", "no answer", "answers 500", None, "answers 500"]):
        if problem is None:
            feeds.record_unchanged(engine, 1, at(minutes), at(minutes + 1))
        else:
            told.append(feeds.record_failure(engine, 1, problem, at(minutes), at(minutes + 1)))
    assert told == [True, False, True, True]
    held = feed(engine)
    assert (held.problem, held.failures, held.checked, held.due) == ("answers 500", 1, at(4), at(5))


def test_failures_in_a_row_are_counted_and_the_others_go_on(engine):
    for _ in range(3):
        feeds.record_failure(engine, 1, "one\nline " + "x" * 999, at(0), at(90))
    assert feed(engine).failures == 3
    assert feed(engine).problem == "one line " + "x" * 490 + "…"
    assert due_feeds(engine, 60) == [2]


def test_a_feed_that_is_gone_is_left_alone_with_its_problem(engine):
    assert feeds.record_failure(engine, 1, "is gone (410)", at(0), at(1), deactivate=True)
    assert (feed(engine).active, feed(engine).problem) == (False, "is gone (410)")
    assert due_feeds(engine, 99) == [2]
    feeds.record_failure(engine, 2, "no answer", at(0), at(1))
    assert feed(engine, 2).active
    assert feeds.remove_feed(engine, POST) is True
    assert (feed(engine).active, feed(engine).problem) == (False, None)
    assert feeds.remove_feed(engine, POST) is False
    assert feeds.add_feed(engine, POST) is True
    assert feed(engine).active


def test_the_next_moment_is_of_feeds_and_of_entries(engine):
    for number in (1, 2):
        feeds.record_unchanged(engine, number, at(0), at(50 + number))
    assert feeds.next_due(engine) == at(51)
    give(engine, ("1", PAGE("x"), None))
    assert feeds.next_due(engine) == at(0)
    feeds.record_retry(engine, 1, "no answer", at(7), most=5)
    assert feeds.next_due(engine) == at(7)
    feeds.remove_feed(engine, POST)
    assert feeds.next_due(engine) == at(52)
    feeds.remove_feed(engine, HERALD)
    assert feeds.next_due(engine) is None


# -- entries ---------------------------------------------------------------------------------------------------------


def test_a_feeds_entries_come_in_once(engine):
    first = [("1", PAGE("x"), "2034-05-06"), ("2", PAGE("y"), None)]
    assert give(engine, *first) == 2
    feeds.record_taken(engine, 1, "a")
    assert give(engine, ("3", PAGE("z"), None), *first, ("1", PAGE("other"), None), ("3", PAGE("zz"), None)) == 1
    assert [(e.key, e.url, e.published, e.state) for e in entries(engine)] == [
        ("1", PAGE("x"), "2034-05-06", "taken"), ("2", PAGE("y"), None, "new"), ("3", PAGE("z"), None, "new"),
    ]  # fmt: skip
    assert give(engine, ("1", PAGE("elsewhere"), None), number=2) == 1, "another feed's keys are its own"


def test_a_feed_of_thousands_of_entries_comes_in_once(engine):
    given = [(f"k{i}", PAGE(i), None) for i in range(1700)]
    assert give(engine, *given[:1200]) == 1200
    assert give(engine, *given) == 500
    assert give(engine, *given, number=2) == 1700
    assert len(due(engine, 0, 9999)) == 1700


def test_a_poll_that_fails_half_way_leaves_nothing(engine):
    with pytest.raises(IntegrityError):
        feeds.record_entries(
            engine, 77, [("1", PAGE("x"), None)],
            title="", etag=None, last_modified=None, digest=None, now=at(0), next_due=at(1),
        )  # fmt: skip
    assert entries(engine) == []


def test_an_entry_that_is_put_off_is_due_then_with_those_of_its_url_and_otherwise_as_it_was(engine):
    give(engine, ("1", PAGE("x"), None), ("2", PAGE("y"), None), ("3", PAGE("z"), None))
    give(engine, ("1", PAGE("x"), None), number=2)
    feeds.record_taken(engine, 3, "a")
    before = entries(engine)
    feeds.put_off_entry(engine, 1, at(10))
    feeds.put_off_entry(engine, 3, at(10))
    later = {1: at(10), 4: at(10)}
    assert entries(engine) == [e.model_copy(update={"due": later.get(e.id, e.due)}) for e in before]
    assert due(engine, 9) == [2]


def test_of_entries_due_at_one_moment_those_that_never_failed_come_first(engine):
    give(engine, ("1", PAGE("x"), None), ("2", PAGE("y"), None))
    feeds.record_retry(engine, 1, "429", at(10), most=5)
    feeds.put_off_entry(engine, 2, at(10))
    assert due(engine, 10) == [2, 1]


def test_entries_are_due_in_order_and_a_few_at_a_time(engine):
    give(engine, ("1", PAGE("x"), None), ("2", PAGE("y"), None), minutes=5)
    give(engine, ("1", PAGE("z"), None), number=2, minutes=3)
    assert [due(engine, minutes) for minutes in (2, 4, 5)] == [[], [3], [3, 1, 2]]
    assert due(engine, 5, limit=2) == [3, 1]
    feeds.record_retry(engine, 3, "no answer", at(9), most=5)
    assert [due(engine, minutes) for minutes in (5, 9)] == [[1, 2], [1, 2, 3]]


def test_what_became_of_an_entry_is_kept(engine):
    give(engine, *((str(i), PAGE(i), None) for i in range(4)))
    feeds.record_taken(engine, 1, "a")
    feeds.record_refused(engine, 2, "is no\narticle")
    assert [feeds.record_retry(engine, 3, f"try {i}", at(i), most=3) for i in range(3)] == ["new", "new", "failed"]
    assert [(e.state, e.article, e.attempts, e.problem) for e in entries(engine)] == [
        ("taken", "a", 0, None), ("refused", None, 0, "is no article"),
        ("failed", None, 3, "try 2"), ("new", None, 0, None),
    ]  # fmt: skip
    assert due(engine, 999) == [4]
    assert list(problems(engine)) == []


def test_a_settled_entry_stays_as_it_is(engine):
    give(engine, ("1", PAGE("x"), None), ("2", PAGE("y"), None))
    feeds.record_taken(engine, 1, "a")
    feeds.record_refused(engine, 2, "is no article")
    before = entries(engine)
    assert feeds.record_retry(engine, 1, "late", at(9), most=1) == "taken"
    assert feeds.record_retry(engine, 2, "late", at(9), most=1) == "refused"
    feeds.record_refused(engine, 1, "late")
    feeds.record_taken(engine, 2, "b")
    assert entries(engine) == before


def test_an_entry_is_taken_only_as_an_article_that_is_held(engine):
    give(engine, ("1", PAGE("x"), None))
    with pytest.raises(IntegrityError):
        feeds.record_taken(engine, 1, "nothing")
    assert states(engine) == [("new", None)]


ODD = [
    pytest.param(("k" * 5000, PAGE("x"), None), "new", id="a long key"),
    pytest.param(("\ud800\0", PAGE("x"), None), "new", id="a key that is no text"),
    pytest.param(("k", "https://x.example/" + "é" * 1000, None), "refused", id="a long address"),
    pytest.param(("k", "https://x.example/\0", None), "refused", id="an address with control characters"),
    pytest.param(("k", "https://x.example/\ud800", None), "refused", id="an address that is no text"),
    pytest.param(("k", PAGE("x"), "\0\ud800" + "9" * 5000), "new", id="a date that is none"),
]


@pytest.mark.parametrize(("entry", "state"), ODD)
def test_an_odd_entry_hinders_no_other(engine, entry, state):
    assert give(engine, ("first", PAGE("a"), None), entry, ("last", PAGE("b"), None)) == 3
    assert give(engine, entry) == 0, "it is known again"
    assert [e.state for e in entries(engine)] == ["new", state, "new"]
    odd = entries(engine)[1]
    assert (odd.problem is not None) == (state == "refused")
    assert max(len(odd.key), len(odd.url), len(odd.published or "")) <= 200


# -- a page is settled once ------------------------------------------------------------------------------------------


def test_of_a_page_in_two_feeds_one_entry_is_fetched_and_settles_both(engine):
    give(engine, ("1", PAGE("x"), None), ("1 again", PAGE("x"), None))
    give(engine, ("x", PAGE("x"), None), number=2)
    assert due(engine, 0) == [1]
    feeds.record_retry(engine, 1, "no answer", at(5), most=5)
    assert [due(engine, 4), due(engine, 5)] == [[], [1]]
    feeds.record_taken(engine, 1, "a")
    assert states(engine) == [("taken", "a")] * 3
    assert due(engine, 999) == []


def test_of_a_page_in_a_removed_feed_the_other_feeds_entry_is_fetched(engine):
    give(engine, ("1", PAGE("x"), None))
    give(engine, ("x", PAGE("x"), None), number=2)
    feeds.remove_feed(engine, POST)
    assert due(engine, 0) == [2]
    feeds.record_taken(engine, 2, "a")
    assert states(engine) == [("taken", "a")] * 2


def settle(engine, number: int, how: str) -> None:
    if how == "taken":
        feeds.record_taken(engine, number, "a")
    elif how == "refused":
        feeds.record_refused(engine, number, "is no article")
    elif how == "waiting":
        feeds.record_retry(engine, number, "no answer", at(30), most=5)
    elif how == "failed":
        feeds.record_retry(engine, number, "no answer", at(30), most=1)


TOOK, REFUSED = KnownUrl(article="a", problem=None), KnownUrl(article=None, problem="is no article")
STANDING = [
    ("taken", ("taken", "a", 0, None), TOOK, []),
    ("refused", ("refused", None, 0, "is no article"), REFUSED, []),
    ("waiting", ("new", None, 1, "no answer"), None, []),
    ("failed", ("new", None, 0, None), None, [2]),
]


@pytest.mark.parametrize(("how", "begins", "known", "fetched"), STANDING, ids=[row[0] for row in STANDING])
def test_an_entry_that_comes_later_begins_as_its_page_stands(engine, how, begins, known, fetched):
    give(engine, ("1", PAGE("x"), "2034-05-06"))
    settle(engine, 1, how)
    assert feeds.known_url(engine, PAGE("x")) == known
    assert give(engine, ("x", PAGE("x"), "2034-05-07"), number=2) == 1
    later = entries(engine)[1]
    assert (later.state, later.article, later.attempts, later.problem) == begins
    assert due(engine, 10) == fetched


def test_an_unknown_page_is_not_known(engine):
    give(engine, ("1", PAGE("x"), None))
    assert feeds.known_url(engine, PAGE("x")) is feeds.known_url(engine, PAGE("y")) is None


CHANGED = [
    ("taken", "2034-05-07", "new"),
    ("refused", "2034-05-07", "new"),
    ("waiting", "2034-05-07", "new"),
    ("taken", "2034-05-06", "taken"),
    ("taken", None, "taken"),
    ("withdrawn", "2034-05-07", "taken"),
]


@pytest.mark.parametrize(("how", "published", "state"), CHANGED, ids=[f"{row[0]}, {row[1]}" for row in CHANGED])
def test_a_page_that_its_feed_gives_again_with_another_date_has_changed(engine, how, published, state):
    give(engine, ("1", PAGE("x"), "2034-05-06"))
    settle(engine, 1, "taken" if how == "withdrawn" else how)
    if how == "withdrawn":
        withdraw(engine, "a")
    give(engine, ("1#changed", PAGE("x"), published), minutes=1)
    assert entries(engine)[1].state == state
    assert due(engine, 29) == ([2] if state == "new" and how != "waiting" else [])


def test_a_page_taken_once_is_known_by_its_newest_article(engine):
    give(engine, ("1", PAGE("x"), "2034-05-06"))
    feeds.record_taken(engine, 1, "a")
    give(engine, ("2", PAGE("x"), "2034-05-07"))
    assert feeds.known_url(engine, PAGE("x")) == KnownUrl(article="a", problem=None), "while it waits too"
    feeds.record_taken(engine, 2, "b")
    give(engine, ("3", PAGE("x"), "2034-05-08"))
    feeds.record_refused(engine, 3, "is no article")
    assert states(engine) == [("taken", "a"), ("taken", "b"), ("refused", None)]
    assert feeds.known_url(engine, PAGE("x")) == KnownUrl(article="b", problem=None)


def test_an_entry_that_is_taken_without_an_article_cannot_be_written(engine):
    give(engine, ("1", PAGE("x"), None))
    with pytest.raises(IntegrityError), engine.begin() as connection:
        connection.execute(update(schema.feed_entries).values(state="taken"))


def test_addresses_that_differ_are_two_pages(engine):
    give(engine, ("1", PAGE("x"), None))
    give(engine, ("1", PAGE("X"), None), number=2)
    feeds.record_taken(engine, 1, "a")
    assert states(engine) == [("taken", "a"), ("new", None)]
