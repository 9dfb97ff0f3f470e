"""Citations: a whole sentence, the quote it holds, the part that answers."""

import pytest

from knowledge.answer.cite import best_quote, cite
from tests.answer.newsroom import ALL, TEXTS


@pytest.mark.parametrize("record", ALL, ids=[record.article.id for record in ALL])
def test_a_citation_is_the_sentence_and_its_article(newsroom, sentence, record):
    for number, span in enumerate(record.sentences, 1):
        citation = cite(sentence(record.article.id, number))
        assert citation.text == record.article.text[span.start : span.end]
        assert (citation.start, citation.end, citation.sentence) == (span.start, span.end, number)
        for name in ("title", "publisher", "url", "published"):
            assert getattr(citation, name) == getattr(record.article, name)
        assert citation.span is None


def test_a_quote_is_told_with_its_parts(newsroom, sentence):
    citation = cite(sentence("talks", 5))
    text = TEXTS["talks"]
    quote = citation.quote
    assert quote is not None
    assert (quote.speaker, quote.type) == ("Wang Yi", "direct")
    assert [text[slice(*span)] for span in quote.content] == ["“Farmers need water,”"]
    assert text[slice(*quote.source)] == "Wang Yi"
    assert text[slice(*quote.cue)] == "told"


PARTS = [
    pytest.param("talks", 5, ("content",), "“Farmers need water,”", id="content"),
    pytest.param("bridge", 2, ("source",), "Reyes", id="source"),
    pytest.param("bridge", 1, ("time",), "on Monday", id="time"),
    pytest.param("bridge", 1, ("place",), "Norland", id="place"),
    pytest.param("bridge", 5, ("number",), "5 million crowns", id="number"),
    pytest.param("bridge", 4, ("subject",), "Ben Osei", id="subject"),
    pytest.param("bridge", 4, ("object",), "the bridge", id="object"),
    pytest.param("bridge", 4, ("number", "time"), "in 2021", id="the first part there is"),
    pytest.param("bridge", 7, ("time",), None, id="no fact"),
    pytest.param("bridge", 7, ("content",), None, id="no quote"),
    pytest.param("bridge", 7, ("source",), None, id="no source"),
    pytest.param("bridge", 1, (), None, id="no part asked for"),
]


@pytest.mark.parametrize(("article", "number", "parts", "words"), PARTS)
def test_the_part_that_answers_is_marked(newsroom, sentence, article, number, parts, words):
    citation = cite(sentence(article, number), parts=parts)
    marked = None if citation.span is None else TEXTS[article][slice(*citation.span)]
    assert marked == words


def test_a_given_span_comes_before_the_parts(newsroom, sentence):
    assert cite(sentence("bridge", 1), parts=("time",), span=(0, 9)).span == (0, 9)


def test_a_part_is_cut_at_the_sentence(newsroom, sentence):
    first = sentence("talks", 5)
    quote = {**first["quotes"][0], "content": [[0, first["end"] + 50]]}
    citation = cite({**first, "quotes": [quote]}, parts=("content",))
    assert citation.span == (first["start"], first["end"])
    elsewhere = {**quote, "content": [[0, 5]]}
    assert cite({**first, "quotes": [elsewhere]}, parts=("content",)).span is None


def test_the_surest_quote_of_those_meant_is_told(sentence):
    rows = [("a", 0.5, True), ("b", 0.9, False), ("a", 0.5, False)]
    quotes = [{"key": key, "confidence": sure, "head": head} for key, sure, head in rows]
    held = {**sentence("bridge", 1), "quotes": quotes}
    assert best_quote(held) is quotes[1]
    assert best_quote(held, ["a"]) is quotes[0]
    assert best_quote(held, ["c"]) is None
    assert best_quote({**held, "quotes": []}) is None
