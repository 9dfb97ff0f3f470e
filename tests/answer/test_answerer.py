"""Whole answers: what is cited first, what an answer is made of, and what always holds of one."""

import threading

import pytest

from knowledge.library import Library
from knowledge.models import Answer
from tests.answer.newsroom import TEXTS
from tests.auxil.records import Said, lines, person, put

# question, article or None, kind, places of the citations that may come first
ANSWERED = [
    pytest.param("what did Reyes say", None, "quote", {("bridge", 2)}, id="said: the surest, direct first"),
    pytest.param("what did Reyes say about trucks", None, "quote", {("bridge", 3)}, id="said about"),
    pytest.param("what did Reyes warn about", None, "quote", {("bridge", 3)}, id="said, by its verb"),
    pytest.param("what did the ministry of transport announce", None, "quote", {("bridge", 8)}, id="a group said"),
    pytest.param("what did Wang tell Carter", None, "quote", {("talks", 2), ("talks", 5)}, id="told someone"),
    pytest.param("what did Reyes say", "bridge", "quote", {("bridge", 2)}, id="said, in one article"),
    pytest.param("who said that the hospital needs medicine", None, "quote", {("talks", 3)}, id="who said"),
    pytest.param("who is Wang Yi", None, "fact", {("talks", 1)}, id="who is: where the role stands"),
    pytest.param("who is Reyes", "letter", "fact", {("letter", 1)}, id="who is, in one article"),
    pytest.param("who opened the Harbour Bridge", None, "sentence", {("bridge", 1)}, id="who"),
    pytest.param("when was the bridge built", None, "sentence", {("bridge", 4)}, id="when"),
    pytest.param("how many workers were injured", None, "sentence", {("bridge", 6)}, id="how many"),
    pytest.param("why did Osei build the bridge", None, "sentence", {("bridge", 4)}, id="why"),
    pytest.param("did Wang meet William Carter", None, "sentence", {("talks", 1)}, id="yes or no"),
    pytest.param("what is harmful according to Reyes", None, "sentence", {("bridge", 3)}, id="according to"),
    pytest.param("how much did it cost", None, "sentence", {("bridge", 5)}, id="how much"),
    pytest.param("brief me", None, "briefing", {("letter", 1), ("talks", 1), ("bridge", 1)}, id="briefing"),
    pytest.param("brief me", "bridge", "briefing", {("bridge", 1)}, id="briefing on an article"),
    pytest.param("brief me on the bridge", None, "briefing", {("bridge", 1)}, id="briefing on a topic"),
    pytest.param("who is quoted", None, "quote", {("talks", 5), ("bridge", 2)}, id="who is quoted"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "article", "kind", "first"), ANSWERED)
def test_the_right_sentence_is_cited_first(newsroom, text, article, kind, first):
    outcome = newsroom.answerer.consider(text, article)
    answer = outcome.answer
    assert well_formed(answer)
    assert answer.answered, (outcome.reason, answer.confidence)
    assert answer.kind == kind
    assert (answer.citations[0].article_id, answer.citations[0].sentence) in first
    assert [s["text"] for s in outcome.sentences] == [c.text for c in answer.citations]


SPANS = [
    ("what did Reyes say", "“The bridge is safe and it will stay open,”"),
    ("who said that the hospital needs medicine", "Rosa Carter"),
    ("who is Wang Yi", "Chinese Foreign Minister"),
    ("when was the bridge built", "in 2021"),
    ("how many workers were injured", "Seven"),
    ("who is Binyamin Netanyahu", "Israeli Prime Minister"),
]


@pytest.mark.parametrize(("text", "marked"), SPANS, ids=[text for text, _ in SPANS])
def test_the_part_that_answers_is_marked(newsroom, text, marked):
    citation = newsroom.answerer.answer(text).citations[0]
    assert citation.span is not None
    assert TEXTS[citation.article_id][slice(*citation.span)] == marked


SPEAKERS = [
    ("what did Reyes say", {"Ana Reyes"}),
    ("what did Wang Yi say", {"Wang Yi"}),
    ("what did Wang say about hunger and farmers", {"Wang Yi"}),
    ("what did Carter say", {"Rosa Carter", "William Carter"}),
    ("what did Rosa Carter say", {"Rosa Carter"}),
    ("what did Bill Carter say", {"William Carter"}),
]


@pytest.mark.parametrize(("text", "speakers"), SPEAKERS, ids=[text for text, _ in SPEAKERS])
def test_the_quotes_of_the_speaker_are_cited_and_nobody_elses(newsroom, text, speakers):
    citations = newsroom.answerer.answer(text).citations
    assert {c.quote.speaker for c in citations} == speakers


def test_of_a_sentence_with_two_quotes_the_one_asked_for_is_told(empty):
    given = [Said("Ana Reyes", "yes", "Reyes", confidence=0.95), Said("Ben Osei", "no", "Osei", confidence=0.6)]
    put(empty, lines("a", "Reyes said yes and Osei said no.", people=["Ana Reyes", "Ben Osei"], quotes=given))
    for name, word in (("Reyes", "yes"), ("Osei", "no")):
        (citation,) = empty.answerer.answer(f"what did {name} say").citations
        assert citation.quote.speaker.endswith(name)
        assert citation.text[slice(*citation.span)] == word


def test_everyone_who_is_quoted_is_listed_once(newsroom):
    citations = newsroom.answerer.answer("who is quoted").citations
    speakers = [c.quote.speaker for c in citations]
    assert sorted(speakers) == ["Ana Reyes", "Rosa Carter", "The Ministry of Transport", "Wang Yi", "William Carter"]
    assert all(c.span == c.quote.source for c in citations)


def test_at_most_ten_sentences_are_cited_and_five_are_near(empty):
    text = "\n".join(f"Reyes said that number {i} is safe." for i in range(30))
    given = [Said("Ana Reyes", f"number {i} is safe", "Reyes") for i in range(30)]
    put(empty, lines("a", text, people=[person("Ana Reyes"), "Ben Osei"], quotes=given))
    assert len(empty.answerer.answer("what did Reyes say").citations) == 10
    assert len(empty.answerer.answer("what did Reyes say about zeppelins").nearest) == 5
    assert len(empty.answerer.answer("what is the number of zeppelins in the safe sky").nearest) <= 5


def test_who_a_bare_name_means(newsroom):
    answerer = newsroom.answerer
    assert answerer.who("Wang Yi") == ["Wang Yi"]
    assert sorted(answerer.who("carter")) == ["Rosa Carter", "William Carter"]
    assert answerer.who("reyes", "talks") == []
    assert answerer.who("?!") == answerer.who("") == answerer.who("zebulon") == []


def test_somebody_of_a_withdrawn_article_is_still_known_but_nothing_is_cited(empty):
    from sqlalchemy import text

    put(empty, lines("a", "Ana Reyes said no.", people=["Ana Reyes"], quotes=[Said("Ana Reyes", "no")]))
    put(empty, lines("b", "It rained."))
    with empty.engine.begin() as connection:
        connection.execute(text("UPDATE articles SET withdrawn = 1 WHERE id = 'a'"))
        connection.execute(text("INSERT INTO changes (article, kind, at) VALUES ('a', 'withdrawn', '')"))
    empty.follow(patience=10)
    for question in ("what did Reyes say", "who is Ana Reyes", "Reyes", "brief me on Reyes"):
        answer = empty.answerer.answer(question)
        assert not answer.answered, question
        assert all(c.article_id == "b" for c in answer.nearest)


QUESTIONS = [
    *(param.values[0] for param in ANSWERED),
    "what did Zebulon say", "what did Osei say", "zeppelin", "", "who is Zebulon", "what did Reyes say about taxes",
]  # fmt: skip


def well_formed(answer: Answer) -> bool:
    """What holds of every answer; asserts, so that a failure says what does not."""
    assert answer.answered == bool(answer.citations)
    assert (answer.kind == "refusal") == (not answer.answered)
    assert not (answer.answered and answer.nearest)
    assert len(answer.nearest) <= 5
    assert 0 <= answer.confidence <= 1
    for c in (*answer.citations, *answer.nearest):
        text = TEXTS[c.article_id]
        assert c.text == text[c.start : c.end] == c.text.strip() != ""
        if c.span is not None:
            assert c.start <= c.span[0] < c.span[1] <= c.end
        if c.quote is not None:
            assert all(0 <= start < end <= len(text) for start, end in c.quote.content)
            assert any(start < c.end and c.start < end for start, end in c.quote.content)
    places = [(c.article_id, c.start) for c in answer.citations]
    assert len(set(places)) == len(places), "no sentence is cited twice"
    return True


@pytest.mark.parametrize("article", [None, *TEXTS, "nowhere"])
@pytest.mark.parametrize("text", list(dict.fromkeys(QUESTIONS)))
def test_every_answer_is_well_formed_and_closed_to_its_article(newsroom, text, article):
    answer = newsroom.answerer.answer(text, article)
    assert well_formed(answer)
    assert answer.question == text
    if article is not None:
        assert {c.article_id for c in (*answer.citations, *answer.nearest)} <= {article}


def test_answers_may_be_asked_from_several_threads(newsroom: Library):
    wanted = [newsroom.answerer.answer(text) for text in QUESTIONS]
    wrong: list[str] = []

    def ask() -> None:
        wrong.extend(q for q, a in zip(QUESTIONS, wanted, strict=True) if newsroom.answerer.answer(q) != a)

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


TURNING = [
    pytest.param("what did Reyes not say", "not", id="not"),
    pytest.param("is Reyes a doctor", "doctor", id="yes or no"),
    pytest.param("why did Wang Yi go", "why", id="form words and a name"),
    pytest.param("where did Reyes go", "where", id="where"),
]


@pytest.mark.parametrize(("text", "word"), TURNING)
def test_a_question_is_not_answered_as_another_unsaid(newsroom, text, word):
    answer = newsroom.answerer.answer(text)
    assert not answer.answered or word in answer.reading.split()


@pytest.mark.parametrize("text", ["what did the council say", "what did the hospital say"])
def test_what_is_mentioned_but_never_speaks_is_not_quoted(newsroom, text):
    assert newsroom.answerer.consider(text).reason == "not_quoted"


@pytest.mark.xfail(strict=True, reason="two speakers in one question are none")
def test_two_speakers_asked_for_at_once_are_both_quoted(newsroom):
    citations = newsroom.answerer.answer("what did Wang Yi and Rosa Carter say").citations
    assert {c.quote.speaker for c in citations if c.quote} == {"Wang Yi", "Rosa Carter"}


def test_what_was_seen_is_not_said_again_as_long_as_there_is_more(newsroom):
    consider = newsroom.answerer.consider
    first, second = consider("what did Reyes say").sentences
    assert consider("what did Reyes say", seen=[first["id"]]).sentences == (second,)
    assert consider("what did Reyes say", seen=[first["id"], second["id"]]).reason == "no_more"
    assert consider("who opened the Harbour Bridge", seen=[s["id"] for s in (first, second)]).answer.answered


def test_an_answer_that_opens_with_a_pronoun_is_followed_by_the_sentence_that_names_whom(newsroom):
    outcome = newsroom.answerer.consider("how much did it cost")
    assert [s["number"] for s in outcome.sentences[:2]] == [5, 4]
    assert outcome.named_by == outcome.sentences[1]
    assert [c.sentence for c in outcome.answer.citations[:2]] == [5, 4]
    assert len({s["id"] for s in outcome.sentences}) == len(outcome.sentences)


@pytest.mark.parametrize("text", ["who built the bridge", "what did Wang Yi say", "brief me on the letter", "zeppelin"])
def test_no_other_answer_has_a_sentence_that_names_whom(newsroom, text):
    assert newsroom.answerer.consider(text).named_by is None


def test_what_led_to_an_answer_is_told(newsroom):
    outcome = newsroom.answerer.consider("who built the bridge")
    assert [r.sentence for r in outcome.ranked][: len(outcome.sentences)] == list(outcome.sentences)
    assert outcome.evidence["context"] == 1.0
    assert newsroom.answerer.consider("who won the zeppelin bridge cup").evidence["absent"] > 0.3


BRIEFED = [
    pytest.param("brief me on the Geneva Times piece", {"talks"}, id="by its publisher"),
    pytest.param("brief me on the letter", {"letter"}, id="by its title"),
    pytest.param("brief me on farmers", {"talks"}, id="by a subject"),
]


@pytest.mark.parametrize(("text", "articles"), BRIEFED)
def test_a_briefing_is_on_the_article_or_the_subject_that_is_meant(newsroom, text, articles):
    citations = newsroom.answerer.answer(text).citations
    assert {c.article_id for c in citations} == articles
    assert [c.sentence for c in citations] == sorted(c.sentence for c in citations)


@pytest.mark.parametrize("text", ["brief me on farmers", "brief me on trucks", "brief me"])
def test_a_briefing_has_three_sentences_at_least_where_there_are_so_many(newsroom, text):
    assert len(newsroom.answerer.answer(text).citations) >= 3


def test_a_group_may_be_asked_of_where_its_name_stands_and_it_says_nothing(library):
    said = Said("Stonebridge Paving", "the road is dry", "Stonebridge Paving", "said")
    put(
        library,
        lines("one", "Stonebridge Paving said the road is dry.", quotes=[said]),
        lines("two", "The builder, Stonebridge Paving, has denied paying anyone.\nThe mayor slept."),
        lines("three", "The mayor denied paying for the road.\nThe road is long."),
    )
    answer = library.answerer.answer("did Stonebridge Paving deny paying")
    assert answer.answered
    assert answer.citations[0].article_id == "two"
