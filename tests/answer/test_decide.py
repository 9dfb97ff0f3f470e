"""Deciding: how sure, and when not to answer."""

from dataclasses import replace

import pytest

from knowledge.answer.decide import (
    FLOOR,
    HELD_FLOOR,
    LEANING_FLOOR,
    confidence,
    confidence_features,
    evidence_of,
    leaning_confidence,
    leaning_features,
    reason_to_refuse,
    reason_to_refuse_leaning,
    shows_it,
)
from knowledge.answer.rank import rank
from knowledge.answer.weights import CONFIDENCE, HELD, LEANING, RANK


@pytest.fixture(scope="module")
def ranked(retriever, read):
    def of(text: str, limit: int = 40):
        question = read(text)
        terms = retriever.terms(question)
        return question, terms, rank(question, terms, retriever.by_topic(question, None, limit))

    return of


def refused(question, terms, candidates, sure):
    return reason_to_refuse(question, terms, candidates, evidence_of(terms, candidates), sure)


@pytest.mark.parametrize("kind", CONFIDENCE)
def test_the_confidence_rests_on_just_the_features_it_has_weights_for(ranked, kind):
    _, terms, candidates = ranked("who opened the bridge")
    found = confidence_features(terms, candidates)
    assert list(found) == list(CONFIDENCE[kind])
    assert found["bias"] == 1.0


def test_there_are_weights_of_confidence_for_each_kind_that_is_ranked():
    assert set(CONFIDENCE) == set(RANK)


@pytest.mark.parametrize("text", ["who opened the bridge", "who said water", "zeppelin bridge", "bridge " * 50])
def test_the_confidence_is_a_share(ranked, text):
    question, terms, candidates = ranked(text)
    evidence = evidence_of(terms, candidates)
    assert 0 <= confidence(question, evidence) <= 1
    assert 0 <= evidence["held"] <= 1


def test_without_a_candidate_there_is_no_confidence(ranked):
    question, terms, _ = ranked("ferry")
    assert evidence_of(terms, []) == {}
    assert confidence(question, {}) == 0.0


def test_the_only_candidate_wins_by_a_full_margin(ranked):
    _, terms, candidates = ranked("lighthouse", limit=1)
    assert confidence_features(terms, candidates)["margin"] == 1.0


def test_the_margin_is_how_far_the_next_is_behind(ranked):
    question, terms, candidates = ranked("who built the bridge")
    found = [candidates[0], replace(candidates[1], score=candidates[0].score - 0.25)]
    assert confidence_features(terms, found)["margin"] == pytest.approx(0.25)
    assert leaning((question, terms, found))["margin"] == pytest.approx(0.25)


def test_what_is_missing_is_the_share_of_the_rarest_word_that_is_not_there(ranked):
    _, terms, candidates = ranked("zeppelin bridge opened")
    shares = [t.rarity / sum(t.rarity for t in terms) for t in terms]
    found = confidence_features(terms, candidates)
    assert found["missing"] == found["missing_here"] == found["unknown"] == pytest.approx(shares[0])


def test_a_word_in_the_sentence_before_is_missing_only_in_this_one(ranked, sentence):
    _, (ferry,), candidates = ranked("ferry")
    (after,) = [r for r in candidates if r.sentence == sentence("bridge", 5)]
    found = confidence_features([ferry], [after])
    assert (found["missing"], found["missing_here"]) == (0.0, 1.0)


def test_what_the_articles_say_is_surer_than_what_they_do_not(ranked):
    sure = [
        confidence(question, evidence_of(terms, candidates))
        for question, terms, candidates in map(ranked, ("who built the bridge", "who won the zeppelin bridge cup"))
    ]
    assert sure[0] > FLOOR > sure[1]


def test_a_story_the_articles_tell_is_surer_held_than_another(ranked):
    _, terms, candidates = ranked("who built the bridge")
    _, other, strange = ranked("who won the zeppelin bridge cup")
    assert evidence_of(terms, candidates)["held"] > HELD_FLOOR > evidence_of(other, strange)["held"]


def test_what_the_decision_rests_on_is_told_by_name(ranked):
    _, terms, candidates = ranked("who built the bridge")
    found, evidence = confidence_features(terms, candidates), evidence_of(terms, candidates)
    assert evidence == {**found, "held": evidence["held"]}
    assert set(HELD) <= set(found)


ABSENT = [
    pytest.param("who built the bridge", 0.0, 0.0, id="all there"),
    pytest.param("the zeppelin bridge", 0.3, 1.0, id="a word missing"),
    pytest.param("which zeppelin", 0.85, 1.0, id="nothing there"),
]


@pytest.mark.parametrize(("text", "least", "most"), ABSENT)
def test_what_is_absent_weighs_by_how_rare_it_is_in_english(ranked, text, least, most):
    _, terms, candidates = ranked(f"{text} ferry")
    assert candidates
    found = confidence_features(terms[:-1], candidates)
    assert least <= found["absent"] <= most
    assert (found["most_absent"] > 0) == (most > 0)


def test_a_word_that_is_hardly_of_the_topic_is_hardly_missed(ranked):
    _, terms, candidates = ranked("zeppelin bridge")
    unsure = [replace(t, expansion=replace(t.expansion, topical=0.1)) for t in terms]
    one, other = (confidence_features(ts, candidates)["most_absent"] for ts in (terms, unsure))
    assert other == pytest.approx(one / 10)


def test_an_answer_less_sure_than_the_floor_is_none(ranked):
    found = ranked("who built the bridge")
    assert refused(*found, FLOOR - 0.01) == "nothing_about_this"
    assert refused(*found, FLOOR) is None


def test_without_a_topic_nothing_is_asked(ranked):
    question, _, candidates = ranked("who built the bridge")
    assert refused(question, [], candidates, 1.0) == "nothing_asked"


def test_a_story_not_held_is_refused_however_sure_but_for_who_said_it(ranked):
    question, terms, candidates = ranked("who built the bridge")
    weak = [replace(r, score=r.score - 25) for r in candidates]
    assert evidence_of(terms, weak)["held"] < HELD_FLOOR
    assert refused(question, terms, weak, 1.0) == "nothing_about_this"
    assert refused(replace(question, kind="who_said"), terms, weak, 1.0) is None


TOO_LITTLE = [
    pytest.param("zeppelin hangar bridge crew", id="most of it unknown"),
    pytest.param("how many lighthouses", id="how many, and no number"),
    pytest.param("how old is the bridge", id="how old, and no age"),
    pytest.param("did Wang open the bridge", id="somebody else's deed"),
    pytest.param("did Osei come", id="another deed"),
    pytest.param("did Osei promise a vote on taxes", id="somebody else's promise"),
    pytest.param("who did Zebulon meet", id="an unknown name"),
]


@pytest.mark.parametrize("text", TOO_LITTLE)
def test_some_things_are_refused_however_sure_the_ranker_is(ranked, text):
    question, terms, candidates = ranked(text)
    assert candidates
    assert refused(question, terms, candidates, 1.0) == "nothing_about_this"


ENOUGH = [
    pytest.param("who built the bridge", id="who"),
    pytest.param("did Osei build the bridge", id="whether"),
    pytest.param("how many workers were injured", id="how many"),
    pytest.param("the zeppelin opened the harbour bridge", id="a word unknown"),
    pytest.param("who did Wang meet in Geneva", id="whom"),
]


@pytest.mark.parametrize("text", ENOUGH)
def test_what_holds_all_that_is_wanted_is_not_refused_when_it_is_sure(ranked, text):
    assert refused(*ranked(text), 1.0) is None


REFUSED = [
    pytest.param("", "nothing_asked", None, id="nothing"),
    pytest.param("?! …", "nothing_asked", None, id="no words"),
    pytest.param("what is it", "nothing_asked", None, id="form words alone"),
    pytest.param("what did Zebulon say", "unknown_person", None, id="someone unknown"),
    pytest.param("what did Zebulon say about the bridge", "unknown_person", None, id="someone unknown, a topic held"),
    pytest.param("what did Wang Yi say", "unknown_person", "bridge", id="someone of another article"),
    pytest.param("what did Osei say", "not_quoted", None, id="someone not quoted"),
    pytest.param("what did Osei say about the bridge", "not_quoted", None, id="someone not quoted, a topic held"),
    pytest.param("what did Reyes say", "not_quoted", "letter", id="someone quoted in another article only"),
    pytest.param("what did Reyes say about taxes", "not_on_topic", None, id="someone else's topic"),
    pytest.param("what did Reyes say about zeppelins", "not_on_topic", None, id="nobody's topic"),
    pytest.param("who won the world cup", "nothing_about_this", None, id="nothing of it"),
    pytest.param("asdf qwerty zxcv", "nothing_about_this", None, id="noise"),
    pytest.param("who is Zebulon", "nothing_about_this", None, id="who is someone unknown"),
    pytest.param("brief me on zeppelins", "nothing_about_this", None, id="a briefing on nothing held"),
    pytest.param("brief me", "nothing_about_this", "nowhere", id="a briefing on no article"),
    pytest.param("who is quoted", "nothing_about_this", "letter", id="nobody is quoted"),
    pytest.param("why was the bridge built", "nothing_about_this", "nowhere", id="no article"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "reason", "article"), REFUSED)
def test_a_refusal_has_its_reason_and_no_citation(newsroom, text, reason, article):
    outcome = newsroom.answerer.consider(text, article)
    assert outcome.reason == reason
    assert outcome.answer.kind == "refusal"
    assert not outcome.answer.answered
    assert outcome.answer.citations == ()
    assert len(outcome.answer.nearest) <= 5
    assert outcome.answer.confidence < 0.5


def test_an_empty_library_says_so(empty):
    for text in ("what did Reyes say", "", "brief me", "who is Reyes"):
        assert empty.answerer.consider(text).reason == "empty"


# -- questions that lean on the turns before -------------------------------------------------------------------------


def leaning(found, near=None, own=None):
    question, terms, candidates = found
    return leaning_features(question, terms if own is None else own, terms, candidates, near)


def test_the_leaning_confidence_rests_on_just_the_features_it_has_weights_for(ranked):
    assert list(leaning(ranked("who opened the bridge"))) == list(LEANING)


def test_without_a_candidate_there_is_nothing_to_lean_on(ranked):
    question, terms, _ = ranked("ferry")
    assert leaning_features(question, terms, terms, [], None) == {}
    assert reason_to_refuse_leaning(question, terms, terms, [], None, 1.0) == "nothing_asked"


NEAR = [
    pytest.param(("bridge", 1), 1.0, id="the sentence itself"),
    pytest.param(("bridge", 2), 0.5, id="the next"),
    pytest.param(("bridge", 4), 0.25, id="three on"),
    pytest.param(("talks", 1), 0.1, id="of another article"),
    pytest.param(None, 0.1, id="nothing shown"),
]


@pytest.mark.parametrize(("shown", "near"), NEAR)
def test_near_is_how_close_the_best_is_to_what_was_shown(ranked, sentence, shown, near):
    found = ranked("who opened the bridge")
    assert found[2][0].sentence["number"] == 1
    assert leaning(found, sentence(*shown) if shown else None)["near"] == near


def test_a_question_that_has_no_words_of_its_own_is_neither_held_nor_absent(ranked):
    found = leaning(ranked("who opened the bridge"), own=[])
    assert [found[name] for name in ("no_own", "own_here", "own_around", "most_absent")] == [1.0, 0.5, 0.5, 0.0]


def test_only_the_questions_own_words_are_missed(ranked):
    _, zeppelin, _ = ranked("zeppelin")
    found = ranked("who opened the bridge")
    here, missing = leaning(found), leaning(found, own=zeppelin)
    assert (here["own_here"], here["most_absent"]) == (1.0, 0.0)
    assert (missing["own_here"], missing["own_around"]) == (0.0, 0.0)
    assert missing["most_absent"] > 0.5


KINDS = [("why was the bridge built", "why"), ("did Osei build the bridge", "did")]


@pytest.mark.parametrize(("text", "name"), KINDS, ids=[name for _, name in KINDS])
def test_what_kind_of_question_leans_is_told(ranked, text, name):
    other = {"why": "did", "did": "why"}[name]
    assert (leaning(ranked(text))[name], leaning(ranked(text))[other]) == (1.0, 0.0)


def test_names_are_held_missed_or_not_asked_for(ranked):
    shares = [leaning(ranked(text))["names"] for text in ("who is at the ferry", "did Osei build it")]
    assert shares == [0.5, 1.0]


def test_the_leaning_confidence_is_a_share_and_grows_with_what_is_held(ranked):
    _, zeppelin, _ = ranked("zeppelin")
    found = ranked("who opened the bridge")
    held_here, missed = leaning_confidence(leaning(found)), leaning_confidence(leaning(found, own=zeppelin))
    assert 0 < missed < held_here < 1


LEANING_REFUSED = [
    pytest.param("who opened the bridge", LEANING_FLOOR, None, id="sure"),
    pytest.param("who opened the bridge", LEANING_FLOOR - 0.01, "nothing_about_this", id="unsure"),
    pytest.param("how many lighthouses", 1.0, "nothing_about_this", id="how many, and no number"),
    pytest.param("when was the lighthouse painting", 1.0, "nothing_about_this", id="when, and no time"),
    pytest.param("which lighthouse painting", 1.0, None, id="no kind wanted"),
    pytest.param("how many workers", 1.0, None, id="how many, and a number"),
    pytest.param("who is at the lighthouse painting", 1.0, None, id="who, and nobody"),
    pytest.param("how old is Osei", 1.0, "nothing_about_this", id="how old, and no age"),
    pytest.param("what is it", 1.0, "nothing_asked", id="nothing of the topic"),
]


@pytest.mark.parametrize(("text", "sure", "reason"), LEANING_REFUSED)
def test_a_leaning_answer_is_refused_when_it_is_unsure_or_lacks_what_is_wanted(ranked, text, sure, reason):
    question, terms, candidates = ranked(text)
    assert reason_to_refuse_leaning(question, terms, terms, candidates, None, sure) == reason


AGAIN = [
    pytest.param("why is the bridge open", ("bridge", 1), "nothing_about_this", id="why, the same again"),
    pytest.param("why is the bridge open", ("bridge", 2), None, id="why, another"),
    pytest.param("why is the bridge open", None, None, id="why, nothing shown"),
    pytest.param("why was the bridge built", ("bridge", 4), None, id="why, the same, with a reason"),
    pytest.param("who opened the bridge", ("bridge", 1), None, id="who, the same again"),
]


@pytest.mark.parametrize(("text", "shown", "reason"), AGAIN)
def test_why_is_not_answered_by_what_was_just_shown_unless_it_gives_a_reason(ranked, sentence, text, shown, reason):
    question, terms, candidates = ranked(text)
    near = sentence(*shown) if shown else None
    assert reason_to_refuse_leaning(question, terms, terms, candidates, near, 1.0) == reason


def test_why_is_answered_by_what_was_just_shown_when_it_gives_a_reason_however_unsure(ranked, sentence):
    question, terms, candidates = ranked("why was the bridge built")
    assert reason_to_refuse_leaning(question, [], terms, candidates, sentence("bridge", 4), 0.0) is None
    assert reason_to_refuse_leaning(question, [], terms, candidates, sentence("bridge", 1), 0.0) is not None


SHOWN = [
    pytest.param("when was that", ("bridge", 1), True, id="when, and a day"),
    pytest.param("when was that", ("talks", 1), False, id="when, and no time"),
    pytest.param("where was that", ("talks", 1), True, id="where, and a place"),
    pytest.param("where was that", ("talks", 2), False, id="where, and no place"),
    pytest.param("when was the bridge built", ("bridge", 1), False, id="when, of something named"),
    pytest.param("who was that", ("bridge", 1), False, id="who"),
    pytest.param("when was that", None, False, id="nothing shown"),
]


@pytest.mark.parametrize(("text", "shown", "shows"), SHOWN)
def test_a_bare_when_or_where_is_told_by_what_was_just_shown_when_it_holds_one(ranked, sentence, text, shown, shows):
    question, own, _ = ranked(text)
    _, terms, candidates = ranked("bridge")
    near = sentence(*shown) if shown else None
    assert shows_it(question, own, near) is shows
    refused = reason_to_refuse_leaning(question, own, terms, candidates, near, 0.0)
    assert (refused is None) is shows
