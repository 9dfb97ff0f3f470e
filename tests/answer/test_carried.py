"""What the turns before lend: words that weigh less, people, and the sentence shown last."""

import pytest

from knowledge.answer.carried import Carried, carry, nearer, with_carried
from knowledge.answer.rank import Ranked


def meant(carried: Carried) -> list[str]:
    return [expansion.meant for expansion, _ in carried.terms]


def test_a_question_lends_its_topic_its_people_and_what_was_shown(read, sentence):
    question = read("did Reyes open the bridge")
    carried = carry(question, None, sentence("bridge", 1))
    assert meant(carried) == ["reyes", "open", "bridge"]
    assert [{named.key for named in run} for run in carried.names] == [{"ana reyes"}]
    assert carried.near == sentence("bridge", 1)


def test_whom_a_question_is_about_is_lent_first(read):
    carried = carry(read("what did Reyes say about Rosa Carter"), None, None)
    assert [{named.key for named in run} for run in carried.names] == [{"ana reyes"}, {"rosa carter"}]


def test_what_is_carried_weighs_less_than_what_is_asked(read):
    assert all(0 < weight < 1 for _, weight in carry(read("bridge ferry"), None, None).terms)


def test_a_question_without_a_topic_leaves_what_was_spoken_of(read):
    before = carry(read("bridge"), None, None)
    assert carry(read("when was that"), before, None).terms == before.terms


def test_what_was_asked_two_turns_ago_is_let_go(read):
    turns = None
    for text in ("bridge", "ferry", "trucks"):
        turns = carry(read(text), turns, None)
    assert meant(turns) == ["trucks"]


def test_eight_words_at_most_are_carried(read):
    text = "bridge ferry trucks workers harbour painting lighthouse farmers water hospital"
    assert meant(carry(read(text), None, None)) == text.split()[:8]


def test_the_terms_lent_weigh_their_share_and_the_questions_own_are_left(read, retriever):
    carried = Carried(tuple((expansion, 0.35) for expansion in read("bridge ferry").topic))
    own = retriever.terms(read("ferry trucks"))
    older = retriever.terms(read("bridge ferry"))
    found = with_carried(carried, own, older)
    assert found[:2] == own
    (bridge,) = found[2:]
    assert bridge.expansion.meant == "bridge"
    assert bridge.rarity == pytest.approx(0.35 * older[0].rarity)


@pytest.fixture
def alike(sentence):
    """Sentences of one score, as candidates, by their places."""
    return lambda *places: [Ranked(sentence(*place), (), 1.0) for place in places]


NEARER = [
    pytest.param(("bridge", 8), [("talks", 1), ("bridge", 1)], [("bridge", 1), ("talks", 1)], id="of one article"),
    pytest.param(("bridge", 4), [("bridge", 8), ("bridge", 5)], [("bridge", 5), ("bridge", 8)], id="closer"),
    pytest.param(("bridge", 4), [("bridge", 5), ("bridge", 4)], [("bridge", 5), ("bridge", 4)], id="it and the next"),
    pytest.param(("bridge", 4), [("bridge", 5), ("bridge", 3)], [("bridge", 5), ("bridge", 3)], id="on either side"),
    pytest.param(("letter", 1), [("talks", 6), ("bridge", 1)], [("talks", 6), ("bridge", 1)], id="of other articles"),
]


@pytest.mark.parametrize(("shown", "before", "after"), NEARER)
def test_candidates_close_to_what_was_shown_come_first(sentence, alike, shown, before, after):
    moved = nearer(alike(*before), sentence(*shown))
    assert [(r.sentence["article"], r.sentence["number"]) for r in moved] == after


def test_closeness_does_not_outweigh_a_much_better_candidate(sentence, alike):
    best, *others = alike(("talks", 1), ("bridge", 5))
    moved = nearer([Ranked(best.sentence, (), 9.0), *others], sentence("bridge", 4))
    assert moved[0].sentence == best.sentence


def test_without_anything_shown_candidates_stay_as_they_are(alike):
    candidates = alike(("talks", 1), ("bridge", 5))
    assert nearer(candidates, None) == candidates


FIRST = [
    pytest.param("who built the bridge", "when was that", ("bridge", 4), id="when"),
    pytest.param("who opened the bridge", "when was that", ("bridge", 1), id="when, of another"),
    pytest.param("who built the bridge", "how much did it cost", ("bridge", 5), id="how much"),
    pytest.param("who built the bridge", "why", ("bridge", 4), id="why"),
    pytest.param("did Wang meet Carter", "where", ("talks", 1), id="where"),
]


@pytest.fixture
def leaning(newsroom):
    """The outcome of a question that leans on another."""

    def of(before: str, text: str):
        first = newsroom.answerer.consider(before)
        return newsroom.answerer.consider(text, carried=carry(first.question, None, first.sentences[0]))

    return of


@pytest.mark.parametrize(("before", "text", "place"), FIRST)
def test_the_best_candidate_is_the_one_that_holds_what_the_turn_before_lends(leaning, before, text, place):
    best = leaning(before, text).ranked[0].sentence
    assert (best["article"], best["number"]) == place


def test_a_question_that_leans_may_be_answered_or_refused(leaning):
    answered, refused = leaning("who built the bridge", "how much did it cost"), leaning("bridge", "how old is Ushakov")
    assert (answered.answer.kind, answered.sentences[0]["number"]) == ("sentence", 5)
    assert (refused.answer.kind, refused.reason) == ("refusal", "nothing_about_this")
    assert 0 < refused.answer.confidence < 0.5


def test_alone_such_a_question_asks_nothing(newsroom):
    assert newsroom.answerer.consider("when was that").reason == "nothing_asked"


def test_what_was_said_is_ranked_by_the_topic_lent(newsroom, read):
    trucks = carry(read("are trucks on the road"), None, None)
    first = [newsroom.answerer.consider("what did Reyes say", carried=c).sentences[0]["number"] for c in (None, trucks)]
    assert first == [2, 3]
