"""What a subscriber would get, on the command line: since when, of what, and what is wrong with what was typed."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from typer.testing import CliRunner

from bot.__main__ import app
from bot.digesting import LEFT_OUT, NOTHING_NEW, digest_text, read_span
from knowledge.digest.bulletin import MOST
from knowledge.errors import InputError
from knowledge.library import Library
from knowledge.store.writing import save
from tests.answer.newsroom import BRIDGE, TALKS
from tests.auxil.outlets import FLOOD
from tests.auxil.records import lines, put

NOW = datetime.now(UTC) - timedelta(days=1)


@pytest.fixture
def stocked(library: Library) -> Library:
    put(library, *FLOOD, BRIDGE, TALKS)
    return library


@pytest.fixture
def run(stocked: Library) -> Callable[..., tuple[int, str]]:
    """Call ``onrecord digest``; its exit code, and all that it prints."""
    database = stocked.engine.url.render_as_string()

    def digest(*options: str) -> tuple[int, str]:
        result = CliRunner().invoke(app, ["digest", "--database", database, *options])
        return result.exit_code, result.output

    return digest


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("30m", timedelta(minutes=30)),
        ("12h", timedelta(hours=12)),
        (" 7D ", timedelta(days=7)),
        ("2w", timedelta(weeks=2)),
    ],
)
def test_a_span_is_a_number_and_a_unit(text: str, span: timedelta):
    assert read_span(text) == span


@pytest.mark.parametrize("text", ["", "7", "d", "0d", "-1d", "1.5h", "7 d", "7days", "99999w", "٣d", "1d2h"])
def test_anything_else_is_none(text: str):
    with pytest.raises(ValueError, match="no time such as"):
        read_span(text)


def test_everything_is_printed_a_story_once_with_its_sources(run):
    code, printed = run("--since", "1h")
    assert code == 0
    assert printed.count("“The river Alder flooded 400") == 1
    assert printed.count("“The river Alder flooded 460") == 1  # another count, as another outlet has it
    for publisher in ("Upland Herald", "River Post", "Northern Wire", "Evening Lantern", "Norland Post"):
        assert printed.count(publisher) == 1


def test_what_is_named_is_printed_under_its_name_and_nothing_twice(run):
    code, printed = run("--person", "ana reyes", "--topic", "trucks road", "--source", "geneva times")
    assert code == 0
    assert [line.strip() for line in printed.splitlines() if line.startswith("  ") and line[2:3].isalpha()] == [
        "Ana Reyes",
        "Geneva Times",
    ]
    assert printed.count("heavy trucks could damage the road") == 2  # what was said, and the sentence it stands in
    assert "Wang Yi met Senator William Carter" in printed


def test_an_excluded_word_leaves_out_what_holds_it(run):
    _, printed = run("--topic", "trucks -heavy")
    assert "new rules for trucks" in printed
    assert "heavy" not in printed.splitlines()[1]


def test_nothing_new_is_said_and_no_failure(stocked: Library, run):
    assert digest_text(stocked, datetime.now(UTC) + timedelta(hours=1), []) == f"{NOTHING_NEW}\n"
    assert run("--topic", "zebras") == (0, f"{NOTHING_NEW}\n")


def test_how_much_was_left_out_is_said(stocked: Library):
    for i in range(MOST):
        save(stocked.engine, lines(f"a{i}", f"The lighthouse number{i} of Norland was painted white by sailors."))
    assert stocked.follow(patience=10)
    assert digest_text(stocked, NOW, []).endswith(f"\n{LEFT_OUT.format('everything', 6)}\n")


def test_a_wrong_time_is_wrong_usage(run):
    code, printed = run("--since", "yesterday")
    assert code == 2
    assert "'yesterday' is no time such as 30m, 12h, 7d or 2w" in " ".join(printed.replace("│", " ").split())


@pytest.mark.parametrize(
    ("kind", "name"),
    [("person", "Nobody Atall"), ("person", ""), ("topic", "the"), ("source", "No Such Gazette"), ("topic", "x" * 500)],
)
def test_what_the_articles_do_not_name_is_an_error_that_says_which(stocked: Library, kind, name: str):
    with pytest.raises(InputError, match=f"^--{kind}"):
        digest_text(stocked, NOW, [(kind, name)])


def test_a_name_of_two_is_an_error_that_names_both(stocked: Library):
    with pytest.raises(InputError, match=r"William Carter.*Rosa Carter|Rosa Carter.*William Carter"):
        digest_text(stocked, NOW, [("person", "Carter")])
