import itertools
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from knowledge.build import build_record, build_records
from knowledge.models import Article, ArticleRecord, Span

if TYPE_CHECKING:
    from spacy.language import Language

Build = Callable[[str], ArticleRecord]

SEED = Path(__file__).parents[2] / "seeds" / "new-telegraph-putin-middle-east.txt"
HEADER_LINES = 4


def prove(found: ArticleRecord) -> None:
    """Every span lies in the text; what must lies in sentences; every index names something."""
    text = found.article.text
    for sentence in found.sentences:
        piece = text[sentence.start : sentence.end]
        assert piece
        assert piece == piece.strip()
    assert all(a.end <= b.start for a, b in itertools.pairwise(found.sentences))
    for mention in found.mentions:
        assert text[mention.start : mention.end].strip()
        assert 0 <= mention.person < len(found.people)
    for person in found.people:
        assert person.name.strip()
    for quote in found.quotes:
        assert quote.content
        assert all(text[s:e].strip() == text[s:e] != "" for s, e in quote.content)
        assert all(a[1] <= b[0] for a, b in itertools.pairwise(quote.content))
        for span in (quote.source, quote.cue, quote.addressee, quote.via):
            assert span is None or in_sentence(found, span)
        assert quote.rule
    for fact in found.facts:
        home = found.sentences[fact.sentence]
        for span in (fact.subject, fact.relation, fact.object, fact.time, fact.place, fact.number):
            assert span is None or home.start <= span[0] < span[1] <= home.end
    for phrasing in found.phrasings:
        assert phrasing.text.strip()
        assert 0 <= phrasing.sentence < len(found.sentences)
    assert len(found.labels) == len(found.sentences)


def in_sentence(found: ArticleRecord, span: Span) -> bool:
    return any(s.start <= span[0] < span[1] <= s.end for s in found.sentences)


@pytest.fixture(scope="module")
def seed(nlp: "Language") -> ArticleRecord:
    text = SEED.read_text(encoding="utf-8").split("\n", HEADER_LINES)[-1]
    return build_record(Article(id="seed", text=text), nlp)


def test_the_seed_has_its_sentences_and_no_furniture(seed: ArticleRecord) -> None:
    prove(seed)
    assert len(seed.sentences) == 18
    assert "Read Previous" in seed.article.text
    last = seed.sentences[-1]
    assert seed.article.text[last.start : last.end].endswith("disaster.”")


def test_the_seed_has_its_quotes(seed: ArticleRecord) -> None:
    said: dict[str | None, list[int]] = {}
    for quote in seed.quotes:
        number = next(n for n, s in enumerate(seed.sentences, 1) if s.start <= quote.content[0][0] < s.end)
        said.setdefault(quote.speaker, []).append(number)
    assert said["Wang Yi"] == [15, 17, 18]
    assert said["Yuri Ushakov"] == [6, 7]
    assert said["Vladimir Putin"] == [11]
    assert said["the Kremlin"] == [4]
    assert said["TASS"] == [9]
    assert 12 in said["Russia"]
    assert said["China and Russia"] == [13]
    assert not set(said) & {"Sergei Lavrov", "Benjamin Netanyahu", "Xi Jinping"}


def test_the_seed_keeps_chains_addressee_and_doubt(seed: ArticleRecord) -> None:
    text = seed.article.text
    by_sentence = {text[slice(*q.content[0])][:20]: q for q in seed.quotes}
    told = by_sentence["The United Nations S"]
    assert told.addressee is not None
    assert told.via is not None
    assert text[slice(*told.addressee)] == "Lavrov"
    assert text[slice(*told.via)] == "A Chinese transcript of the meeting"
    cited = by_sentence["We believe that the "]
    assert cited.via is not None
    assert text[slice(*cited.via)] == "Russian news agencies"
    assert by_sentence["Establishing an emer"].confidence < 0.6


def test_the_seed_has_its_people(seed: ArticleRecord) -> None:
    people = {person.name: person for person in seed.people}
    assert people["Wang Yi"].role == "Chinese Foreign Minister"
    assert people["Yuri Ushakov"].role == "Kremlin foreign policy adviser"
    assert people["Vladimir Putin"].role == "the President of Russia"
    assert {"Sergei Lavrov", "Benjamin Netanyahu", "Xi Jinping", "Ebrahim Raisi"} <= set(people)
    text = seed.article.text
    roles = {text[m.start : m.end]: seed.people[m.person].name for m in seed.mentions if m.kind == "role"}
    assert roles == {"China’s foreign minister": "Wang Yi", "his Russian colleague": "Sergei Lavrov"}


def test_a_body_can_be_given(nlp: "Language") -> None:
    found = build_record(Article(id="a", text="Junk. The rain came. Junk."), nlp, body=(6, 20))
    assert [(s.start, s.end) for s in found.sentences] == [(6, 20)]


def test_many_articles_give_what_each_gives_alone(nlp: "Language") -> None:
    texts = ["Ann Lee said it rained.", "…", "“Go,” said Bo Hart.\n\nHe left.", "Paris is big."] * 6
    articles = [Article(id=str(n), text=text) for n, text in enumerate(texts)]
    assert list(build_records(articles, nlp)) == [build_record(article, nlp) for article in articles]


HOSTILE = [
    "\x00\x01\x02",
    "🙂🙃 “🙂” said 🙂.",
    "قال الرئيس: “نعم”. שלום",
    "said " * 3000,
    "“" * 800,
    "''" * 800 + "a said",
    "(" * 3000,
    "a" * 20000,
    "according to",
    "according to according to X.",
    ", said. “”, he said “",
    "SMITH: \nJONES:",
    "Mr. Mrs. Dr. said",
    "“Yes,”\n— \n—",
    "\n:\n“Word word word word.”",
    "The 71-year-old the old - year - old",
]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_text_is_read(nlp: "Language", text: str) -> None:
    prove(build_record(Article(id="a", text=text), nlp))


_WORDS = st.sampled_from(
    [
        *"said told Ann Lee Mr. Hale he she “ ” \" '' ‘ ’ . , : ? ! — - ( ) that according to the mayor his".split(),
        *"Russian colleague US 71 asked Paris on Monday called him as saying … « » „ who is President of".split(),
        *("France’s", "announced", "\n", "\n\n", "\u2028", "warnings", "year", "old", "SMITH:"),
    ]
)
_TEXTS = st.one_of(st.text(min_size=1, max_size=200), st.lists(_WORDS, min_size=1, max_size=60).map(" ".join))


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=_TEXTS)
def test_any_text_is_read(nlp: "Language", text: str) -> None:
    prove(build_record(Article(id="a", text=text), nlp))
