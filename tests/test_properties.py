"""Whatever is asked and whatever is ingested: nothing raises, and every citation is verbatim."""

import json
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from bot.dialogue import Dialogue
from bot.render import render
from knowledge.library import Library
from knowledge.models import Answer, Article
from knowledge.store.check import problems
from knowledge.store.reading import article as read_article
from knowledge.store.writing import save
from tests.answer.newsroom import ALL, TEXTS
from tests.auxil.records import LineBuilder, Said, blank_store, put

BOUNDED = settings(
    max_examples=120,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
BUILD = LineBuilder(people=["Ana Reyes"], quotes=[Said("Ana Reyes", "the bridge is safe", "Reyes", "said")])


@pytest.fixture(scope="module")
def newsroom(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    with Library.open(blank_store(tmp_path_factory.mktemp("asked") / "news.db")) as library:
        put(library, *ALL)
        yield library


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    with Library.open(blank_store(tmp_path_factory.mktemp("kept") / "shelf.db")) as library:
        yield library


def check(answer: Answer, texts: dict[str, str]) -> None:
    """What holds of every answer to anything."""
    assert answer.answered == bool(answer.citations)
    assert answer.answered != (answer.kind == "refusal")
    assert not (answer.answered and answer.nearest)
    assert len(answer.nearest) <= 5
    for c in (*answer.citations, *answer.nearest):
        assert c.text == texts[c.article_id][c.start : c.end]
        assert c.text
        assert c.span is None or c.start <= c.span[0] < c.span[1] <= c.end
    json.loads(answer.model_dump_json())


# -- any question ----------------------------------------------------------------------------------------------------

VOCABULARY = (
    "what did who is was said say about on the brief me quotes by according to why when how many did "
    "Ana Reyes Wang Yi Carter Netanyahu mayor of Norland bridge brigde ferry trucks hunger ministry it them and"
).split()
SYNTAX = ["body:(* AND NOT", "+", "-", "*", "~2", '"', "(", ")", "[a TO z]", "\\", ":", "^9", "key:m", "{", "OR", "/./"]
AWKWARD = [
    *("\0", "\x1b[31m", "\u202e", "\u200f", "\u200b", "\ud800", "\n"),
    *("🙂", "👨‍👩‍👧", "مرحبا", "שלום", "王毅", "ﷺ", "İ", "ß", "<b>", "&amp;", "'", "’"),
]
PIECES = st.one_of(st.sampled_from(VOCABULARY), st.sampled_from(SYNTAX), st.sampled_from(AWKWARD), st.text(max_size=5))
QUESTIONS = st.one_of(
    st.text(max_size=200),
    st.lists(PIECES, max_size=15).map(" ".join),
    st.lists(PIECES, max_size=15).map("".join),
    st.tuples(PIECES, st.integers(1, 4096)).map(lambda pair: (pair[0] * pair[1])[:4096]),
)


@BOUNDED
@given(question=QUESTIONS, article=st.sampled_from([None, None, "bridge", "talks", "nowhere", "", "\0", "x" * 70_000]))
@example(question="body:(* AND NOT", article=None)
@example(question="what did \x00\x1b[0m Reyes \u202e say", article=None)
@example(question="<b>what did Reyes say</b> &amp; <script>", article=None)
@example(question="مرحبا what did Wang say שלום", article=None)
@example(question="🙂" * 4096, article=None)
@example(question="what did Reyes say about " * 164, article=None)
@example(question="who is " + "a" * 4089, article="bridge")
@example(question="half \ud800 a pair", article=None)
@example(question="ﷺ say", article=None)
def test_any_text_may_be_asked(newsroom: Library, question: str, article: str | None) -> None:
    answer = newsroom.answerer.answer(question, article)
    check(answer, TEXTS)
    if article is not None:
        assert {c.article_id for c in (*answer.citations, *answer.nearest)} <= {article}


@BOUNDED
@given(text=QUESTIONS)
def test_any_text_may_be_asked_whom_it_names(newsroom: Library, text: str) -> None:
    assert all(newsroom.answerer.who(text))


# -- any article -----------------------------------------------------------------------------------------------------

LINES = st.lists(
    st.one_of(
        st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=60),
        st.lists(PIECES.filter(lambda p: p.isprintable()), max_size=8).map(" ".join),
        st.just("Reyes said the bridge is safe."),
        st.just("Ana Reyes opened the ferry."),
    ),
    min_size=1,
    max_size=6,
)
SEPARATORS = st.sampled_from(["\n", "\n\n", "\r\n", " \n\t"])


@settings(BOUNDED, max_examples=60)
@given(lines=LINES, separator=SEPARATORS, title=st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=40))
@example(lines=["Reyes said the bridge is safe.\0", "\x0bAna Reyes\x1c"], separator="\n", title="\0")
@example(lines=["ﷺ spoke", "\u2028Ana Reyes\u2029"], separator="\n", title="")
@example(lines=["x" * 70_000], separator="\n", title="")
def test_any_text_may_be_an_article(shelf: Library, lines: list[str], separator: str, title: str) -> None:
    text = separator.join(lines)
    if not text.strip():
        return
    record = BUILD(Article(id="any", title=title, text=text))
    save(shelf.engine, record)
    assert shelf.follow(patience=10)
    assert list(problems(shelf.engine)) == []
    stored = read_article(shelf.engine, "any")
    assert stored is not None
    assert stored.article.text == text
    assert stored.sentences == record.sentences
    held = shelf.index.article("any")
    assert held is not None
    assert len(held["sentences"]) == len(record.sentences)
    asked = ["what did Reyes say", "brief me", "who is Ana Reyes", lines[0], lines[-1][:100]]
    for question in asked:
        check(shelf.answerer.answer(question), {"any": text})
    if record.quotes:
        assert shelf.answerer.answer("what did Reyes say").answered
    assert shelf.answerer.answer("brief me").answered


# -- any conversation ------------------------------------------------------------------------------------------------

TYPED = st.one_of(
    st.sampled_from(
        [
            *(
                "next",
                "what else",
                "more",
                "context",
                "source?",
                "who said that?",
                "why?",
                "when was that",
                "and wang?",
            ),
            *("what else did she say", "who is that", "back to Carter", "no i meant Reyes", "thanks", "?!", "how many"),
            *("what did Reyes say", "what did Carter say", "how old is Reyes", "who said the bridge is safe"),
            *("brief me", "who is quoted", "what did nobody say", "who is Carter", "did Wang call Netanyahu"),
            *(
                "/people",
                "/sources",
                "/quotes Reyes",
                "/brief",
                "/next",
                "/context",
                "/nosuch",
                "/ask",
                "press 0",
                "press 1",
            ),
        ]
    ),
    QUESTIONS,
)


@BOUNDED
@given(lines=st.lists(TYPED, min_size=2, max_size=8))
@example(lines=["how old is Reyes", "next"])
def test_any_conversation_goes_on(newsroom: Library, lines: list[str]) -> None:
    dialogue = Dialogue(newsroom)
    buttons: list[str] = []
    for line in lines:
        if line.startswith("press "):
            reply = dialogue.press("one", buttons[int(line[6:])]) if len(buttons) > int(line[6:]) else None
        elif line.startswith("/"):
            name, _, argument = line[1:].partition(" ")
            reply = dialogue.command("one", name, argument)
        else:
            reply = dialogue.ask("one", line)
            assert reply.answer is not None
        if reply is None:
            continue
        if reply.answer is not None:
            check(reply.answer, TEXTS)
        assert render(reply)
        buttons = [button.action for row in reply.buttons for button in row] or buttons
