"""What several articles say alike: said once, the earliest first, and no answer the worse for it."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from knowledge.answer import Answerer, Outcome
from knowledge.answer.sources import gather, together
from knowledge.index.fields import SentencePayload
from knowledge.library import Library
from knowledge.models import ArticleRecord
from tests.auxil.outlets import FLOOD
from tests.auxil.records import Said, blank_store, lines, person, put

DUNMORE = person("Mara Dunmore", "mayor of Kestrel Bridge")


@pytest.fixture(scope="module")
def flood(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    with Library.open(blank_store(tmp_path_factory.mktemp("flood") / "flood.db")) as library:
        put(library, *FLOOD)
        yield library


@pytest.fixture
def ask(tmp_path: Path) -> Iterator[Callable[..., Outcome]]:
    """Ask a question of some records and nothing else."""
    opened: list[Library] = []

    def consider(question: str, *records: ArticleRecord) -> Outcome:
        opened.append(Library.open(blank_store(tmp_path / f"{len(opened)}.db")))
        put(opened[-1], *records)
        return opened[-1].answerer.consider(question)

    yield consider
    for library in opened:
        library.close()


def story(name: str, text: str, *quotes: Said, published: str = "", **fields: str) -> ArticleRecord:
    dated = {"published": published} if published else {}
    return lines(name, text, people=[DUNMORE], quotes=quotes, title="Kestrel Bridge flood", **dated, **fields)


def quoted(name: str, content: str, source: str = "Mara Dunmore", published: str = "", **said: object) -> ArticleRecord:
    quote = Said("Mara Dunmore", content, source, "said", **{"type": "direct", **said})  # type: ignore[arg-type]
    return story(name, f"{content}, {source} said.", quote, published=published)


def cited(outcome: Outcome) -> list[str]:
    return [citation.article_id for citation in outcome.answer.citations]


WALL = "“We knew that the wall was far too low and we did nothing about it”"


def test_a_quote_is_answered_once_with_its_sources_the_earliest_first(flood: Library) -> None:
    outcome = flood.answerer.consider("what did Mara Dunmore say")
    assert cited(outcome)[:2] == ["post", "herald"]
    assert outcome.leaders == (0, 0, 2, 3)
    assert list(outcome.group(0)) == [0, 1]
    assert outcome.statements == [0, 3]


def test_another_wording_and_another_number_stand_beside_it(flood: Library) -> None:
    for question in ("what did Mara Dunmore say", "how many houses were flooded in Kestrel Bridge"):
        outcome = flood.answerer.consider(question)
        assert [cited(outcome)[place] for place in outcome.beside] == ["wire"]
        assert outcome.opening == outcome.beside[0] + 1


def test_the_same_words_by_another_are_another_statement(flood: Library) -> None:
    outcome = flood.answerer.consider("who said we did nothing about the wall")
    quotes = [citation.quote for citation in outcome.answer.citations]
    assert {quote.speaker for quote in quotes if quote} == {"Gordon Pell", "Mara Dunmore"}
    for statement in outcome.statements:
        assert len({quote.speaker for place in outcome.group(statement) if (quote := quotes[place])}) <= 1


def test_the_same_fact_is_answered_once(flood: Library) -> None:
    outcome = flood.answerer.consider("how many houses were flooded in Kestrel Bridge")
    assert [cited(outcome)[place] for place in outcome.group(0)] == ["post", "herald", "lantern"]


def test_citations_are_sentences_of_their_own_articles_and_the_answer_has_no_new_fields(flood: Library) -> None:
    texts = {record.article.id: record.article.text for record in FLOOD}
    answer = flood.answerer.answer("what did Mara Dunmore say")
    assert all(texts[c.article_id][c.start : c.end] == c.text for c in answer.citations)
    assert set(answer.model_dump()) == {
        "question", "answered", "confidence", "kind", "reading", "citations", "nearest"
    }  # fmt: skip


@pytest.mark.parametrize("article", [record.article.id for record in FLOOD])
@pytest.mark.parametrize(
    "question", ["what did Mara Dunmore say", "how many houses were flooded", "who is Gordon Pell"]
)
def test_an_answer_from_one_article_is_as_it_was(flood: Library, question: str, article: str) -> None:
    outcome = flood.answerer.consider(question, article)
    assert (outcome.leaders, outcome.beside, outcome.opening) == ((), (), 1)
    assert outcome.statements == list(range(len(outcome.sentences)))


def test_a_briefing_and_the_list_of_the_quoted_keep_their_order(flood: Library) -> None:
    for question in ("brief me on the flood", "who is quoted"):
        assert flood.answerer.consider(question).leaders == ()


def test_who_somebody_is_has_no_other_wording(flood: Library) -> None:
    outcome = flood.answerer.consider("who is Mara Dunmore")
    assert outcome.answer.answered
    assert outcome.beside == ()


@pytest.mark.parametrize(
    ("early", "late", "first"),
    [
        ("2026-03-04", "2026-03-05", "early"),
        ("2026-03-04T23:00:00-05:00", "2026-03-05T02:00:00Z", "late"),  # by the hour, wherever the clock hangs
        ("4 March", "2026-03-05", "late"),  # not a date: its time of ingest stands for it
        ("0001-01-01T00:00:00+14:00", "2026-03-05", "late"),  # out of the calendar
        ("", "", "early"),  # the first ingested, or the first by its id
    ],
)
def test_the_earliest_is_by_date_and_then_by_ingest(
    ask: Callable[..., Outcome], early: str, late: str, first: str
) -> None:
    records = [quoted("early", WALL, published=early), quoted("late", WALL, published=late)]
    outcome = ask("what did Mara Dunmore say", *records)
    assert cited(outcome)[0] == first
    assert outcome.leaders == (0, 0)


CUT = "“the wall was far too low and we did nothing about it”"


@pytest.mark.parametrize(
    ("question", "weak"),
    [
        ("what did Mara Dunmore say", quoted("weak", WALL, published="2026-01-01", confidence=0.5)),
        ("what did Mara Dunmore say about the plan and the wall", quoted(
            "weak", "“the wall was far too low and we did nothing”", published="2026-01-01")),
        ("who said the wall was too low", story("weak", f"{WALL}, she said.", Said(
            "Mara Dunmore", WALL, "she", "said", type="direct"), published="2026-01-01")),
        ("who said the wall was too low", story("weak", f"{WALL}, it was said.", Said(
            "Mara Dunmore", WALL, None, "said", type="direct"), published="2026-01-01")),
    ],
    ids=["less sure", "without a word that is asked", "by a pronoun", "by nobody"],
)  # fmt: skip
def test_what_answers_less_well_does_not_lead(ask: Callable[..., Outcome], question: str, weak: ArticleRecord) -> None:
    whole = "“The plan was old, the wall was far too low and we did nothing about it”"
    strong = quoted("strong", whole if "plan" in question else WALL, published="2026-02-02")
    outcome = ask(question, weak, strong)
    assert cited(outcome)[:2] == ["strong", "weak"]
    assert outcome.leaders[:2] == (0, 0)


@pytest.mark.parametrize(
    ("cut", "leads"),
    [
        ("the wall was far too low and we did nothing", "whole"),
        ("every engineer said that the wall was far too low", "cut"),
    ],
)
def test_what_is_cut_short_does_not_lead_and_what_is_hardly_cut_does(library: Library, cut: str, leads: str) -> None:
    whole = quoted("whole", "“Long ago every engineer said that the wall was far too low and we did nothing at all”")
    put(library, quoted("cut", f"“{cut}”", published="2026-01-01"), whole)
    read = library.answerer.read("what did Mara Dunmore say about the wall")
    found = [s for _, s in library.index.sentences(library.index.term("body", "wall"), 10)]
    found.sort(key=lambda s: s["article"] != "whole")  # as if it was ranked first
    gathered = gather(library.index, read, found, [read.who[0].key])
    assert gathered.leaders == (0, 0)
    assert gathered.sentences[0]["article"] == leads


FACT = "The river Alder flooded 400 houses in Kestrel Bridge"


def test_a_sentence_that_does_not_hold_the_kind_of_thing_asked_does_not_lead(ask: Callable[..., Outcome]) -> None:
    records = [
        lines("bare", f"{FACT}.", labels=["CARDINAL GPE"], title="Flood", published="2026-01-01"),
        lines("dated", f"{FACT} on Wednesday.", labels=["CARDINAL GPE DATE"], title="Flood", published="2026-02-02"),
    ]
    outcome = ask("when were 400 houses flooded in Kestrel Bridge", *records)
    assert cited(outcome) == ["dated", "bare"]
    assert outcome.leaders == (0, 0)


def test_he_leads_nobody_who_has_a_name_and_is_of_no_other_story(ask: Callable[..., Outcome]) -> None:
    text = "He crossed the frozen river Alder at night with a lantern and a dog."
    records = [lines(name, text, title=title) for name, title in (("a", "A thief is caught"), ("b", "The old bishop"))]
    assert ask("who crossed the frozen river Alder at night", *records).leaders == ()
    records = [lines(name, text, title="A thief is caught") for name in ("a", "b")]
    assert ask("who crossed the frozen river Alder at night", *records).leaders[:2] == (0, 0)


def test_police_are_other_people_in_every_town(ask: Callable[..., Outcome]) -> None:
    def arrest(name: str, town: str) -> ArticleRecord:
        content = "two men had been arrested"
        quote = Said("police", content, "police", "said")
        return lines(name, f"In {town} police said {content}.", title=f"News from {town}", quotes=[quote])

    assert ask("what did police say", arrest("a", "Osk"), arrest("b", "Brandel")).leaders == ()


def test_two_sources_with_two_counts_stand_side_by_side(ask: Callable[..., Outcome]) -> None:
    def count(name: str, source: str, number: str) -> ArticleRecord:
        content = f"{number} people were killed in the landslide in Marrow"
        quote = Said(source, content, source, "said")
        return lines(name, f"{source} said {content}.", title="Landslide", quotes=[quote], labels=["CARDINAL GPE"])

    records = [count("a", "The fire service", "12"), count("b", "The governor", "14")]
    outcome = ask("how many people were killed in the landslide in Marrow", *records)
    assert outcome.beside == (1,)
    assert outcome.leaders == (0, 1)


def test_one_outlet_has_nothing_beside_itself(ask: Callable[..., Outcome]) -> None:
    records = [
        lines(name, f"{FACT.replace('400', number)}.", publisher="River Post", labels=["CARDINAL GPE"])
        for name, number in (("noon", "400"), ("evening", "460"))
    ]
    outcome = ask("how many houses were flooded in Kestrel Bridge", *records)
    assert len(cited(outcome)) == 2
    assert (outcome.leaders, outcome.beside) == ((), ())


def test_an_article_that_says_it_twice_is_one_source(ask: Callable[..., Outcome]) -> None:
    twice = lines("twice", f"{FACT}.\n{FACT}.", labels=["CARDINAL GPE"] * 2)
    outcome = ask(
        "how many houses were flooded in Kestrel Bridge", twice, lines("once", f"{FACT}.", labels=["CARDINAL"])
    )
    groups = [[cited(outcome)[place] for place in outcome.group(first)] for first in outcome.statements]
    assert sorted(map(sorted, groups)) == [["once", "twice"], ["twice"]]


def test_at_most_three_stand_beside_the_first(ask: Callable[..., Outcome]) -> None:
    records = [
        lines(f"o{number}", f"The river Alder flooded {number} houses in Kestrel Bridge.", labels=["CARDINAL GPE"])
        for number in range(400, 406)
    ]
    outcome = ask("how many houses were flooded in Kestrel Bridge", *records)
    assert outcome.beside == (1, 2, 3)
    assert outcome.statements == [0, 4, 5]


_TWO = ["", "CARDINAL GPE DATE"]
NAMED = "They flooded 400 houses in the valley of Kestrel Bridge on Wednesday."


def test_whom_they_mean_stands_after_the_sources_and_before_what_is_otherwise(ask: Callable[..., Outcome]) -> None:
    records = [
        lines(name, f"The rivers Alder and Osk burst their banks.\n{text}", title="Kestrel Bridge flood", labels=_TWO)
        for name, text in (("a", NAMED), ("b", NAMED), ("c", NAMED.replace("400", "460")))
    ]
    outcome = ask("how many houses were flooded in the valley of Kestrel Bridge", *records)
    assert outcome.named_by is not None
    assert [(c.article_id, c.sentence) for c in outcome.answer.citations[:4]] == [
        ("a", 2),
        ("b", 2),
        ("a", 1),
        ("c", 2),
    ]
    assert outcome.leaders[:4] == (0, 0, 2, 3)
    assert (outcome.beside, outcome.opening) == ((3,), 4)


def test_ten_outlets_that_say_one_thing_leave_room_for_whom_it_means(ask: Callable[..., Outcome]) -> None:
    records = [
        lines(f"a{i}", f"The rivers Alder and Osk burst their banks.\n{NAMED}", title="Kestrel flood", labels=_TWO)
        for i in range(12)
    ]
    outcome = ask("how many houses were flooded in the valley of Kestrel Bridge", *records)
    assert len(outcome.answer.citations) == 10
    assert outcome.named_by is not None
    assert outcome.sentences[len(outcome.group(0))]["id"] == outcome.named_by["id"]
    assert len({c.article_id for c in outcome.answer.citations}) == 9


def test_an_article_that_is_no_longer_held_comes_last(flood: Library) -> None:
    found = [s for _, s in flood.index.sentences(flood.index.term("body", "alder"), 10)]
    gone: list[SentencePayload] = [{**s, "article": "gone"} if s["article"] == "post" else s for s in found]
    read = flood.answerer.read("how many houses were flooded by the Alder")
    gathered = gather(flood.index, read, gone)
    assert [s["article"] for s in gathered.sentences].index("gone") > gathered.leaders[1]


def test_how_many_from_the_first_on_say_one_thing(flood: Library) -> None:
    outcome = Answerer(flood.index).consider("what did Mara Dunmore say")
    assert together(outcome.sentences) == 2
    assert together(outcome.sentences[1:]) == 1
    assert together(()) == 0
