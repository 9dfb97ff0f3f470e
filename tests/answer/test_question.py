"""Reading questions: what each is understood as, its kind, and whom it is about."""

import pytest

from knowledge.answer.question import _shapes, _wants

READ = [
    ("what did Wang Yi say", "what did Wang Yi say", "said", {"wang yi"}),
    ("What did Reyes say?", "what did Ana Reyes say", "said", {"ana reyes"}),
    ("wat did wang ye say", "what did Wang Yi say", "said", {"wang yi"}),
    ("waht did reyse say abuot trucks", "what did Ana Reyes say about trucks", "said", {"ana reyes"}),
    ("and what did Reyes say", "and what did Ana Reyes say", "said", {"ana reyes"}),
    ("what has the mayor of Norland said", "what has Ana Reyes said", "said", {"ana reyes"}),
    ("did Reyes say anything about trucks", "did Ana Reyes say anything about trucks", "said", {"ana reyes"}),
    ("whatdid Reyes say", "what did Ana Reyes say", "said", {"ana reyes"}),
    ("what did my good old blue green zebulon say", "what did my good old blue green zebulon say", "open", set()),
    ("Reyes quotes", "Ana Reyes quotes", "said", {"ana reyes"}),
    ("quotes by Reyes", "quotes by Ana Reyes", "said", {"ana reyes"}),
    ("Reyes on the brigde", "Ana Reyes on the bridge", "said", {"ana reyes"}),
    ("what is Reyes' view on trucks", "what is Ana Reyes view on trucks", "said", {"ana reyes"}),
    ("Reyes said what", "Ana Reyes said what", "said", {"ana reyes"}),
    ("what is harmful according to Reyes", "what is harmful according to Ana Reyes", "open", set()),
    ("what did Carter say", "what did Rosa Carter or William Carter say", "said", {"rosa carter", "william carter"}),
    ("what did Zebulon say", "what did zebulon say", "said", set()),
    ("who said farmers need water", "who said farmers need water", "who_said", set()),
    ("who is Osei", "who is Ben Osei", "who_is", {"ben osei"}),
    ("whos osei", "who is Ben Osei", "who_is", {"ben osei"}),
    ("Osei", "Ben Osei", "who_is", {"ben osei"}),
    ("tell me about Rosa Carter", "tell me about Rosa Carter", "who_is", {"rosa carter"}),
    ("brief me", "brief me", "brief", set()),
    ("brief me on the bridge", "brief me on the bridge", "brief", set()),
    ("wats this article about", "what is this article about", "brief", set()),
    ("what is it all about", "what is it all about", "brief", set()),
    ("what's new", "what new", "brief", set()),
    ("who is quoted", "who is quoted", "people", set()),
    ("who opened the brigde", "who opened the bridge", "open", set()),
    ("where did Wang meet Carter", "where did Wang Yi meet William Carter or Rosa Carter", "open", set()),
    ("where did Reyes go", "where did Ana Reyes go", "open", set()),
    ("lighthouse", "lighthouse", "open", set()),
    ("zeppelin", "zeppelin", "open", set()),
    ("what did Reyes not say", "what did Ana Reyes not say", "open", set()),
    ("what did he say", "what did he say", "said", set()),
    ("what dis Reyes sya abuot trucks", "what did Ana Reyes say about trucks", "said", {"ana reyes"}),
    ("y did osei build teh bridge", "why did Ben Osei build the bridge", "open", set()),
    ("", "", "open", set()),
    ("?!", "", "open", set()),
]


@pytest.mark.parametrize(
    ("text", "reading", "kind", "who"),
    [pytest.param(*row, id=row[0]) for row in READ],
)
def test_a_question_is_understood(read, text, reading, kind, who):
    question = read(text)
    assert question.kind == kind
    assert {named.key for named in question.who} == who
    assert sorted(question.reading.split(" ")) == sorted(reading.split(" "))
    assert question.text == text


WANTED = [
    ("who opened the bridge", "who"),
    ("which person opened the bridge", "who"),
    ("when did it open", "when"),
    ("what year did it open", "when"),
    ("where is the bridge", "where"),
    ("what city is it in", "where"),
    ("how many workers were injured", "number"),
    ("how long is the bridge", "number"),
    ("how much did it cost", "money"),
    ("why did the ferry sink", "why"),
    ("what was said about taxes", "say"),
    ("how did it sink", "how"),
    ("did the ferry sink", "did"),
    ("the ferry", "what"),
]


@pytest.mark.parametrize(("text", "wanted"), WANTED, ids=[text for text, _ in WANTED])
def test_the_kind_of_answer_that_is_wanted_is_read(read, text, wanted):
    assert read(text).wanted == wanted


def test_the_topic_is_what_stands_after_the_verb_without_what_connects_it(read):
    for text in ("what did Wang tell Carter about taxes", "what did Wang say about the taxes", "wang yi on taxes"):
        topic = [expansion.typed for expansion in read(text).topic]
        assert topic[-1] == "taxes", text
        assert "about" not in topic


def test_the_verb_of_speech_is_read(read):
    assert read("what did Reyes warn about").verb == "warn"
    assert read("Reyes quotes").verb == ""


def test_the_names_in_a_topic_are_read(read):
    question = read("what did Wang tell Rosa Carter")
    assert [{named.key for named in run} for run in question.names] == [{"rosa carter"}]
    assert question.who_typed == "wang"


def test_a_question_closed_to_an_article_is_about_nobody_of_the_others(read):
    assert read("what did Reyes say", "talks").who == ()
    assert read("who is Reyes", "talks").kind == "open"


LONG = ["what did Reyes say " + "about " * 3000, "x" * 5000, "why " * 1000, "a" * 999 + " 🙂", "(" * 4096]


@pytest.mark.parametrize("text", LONG, ids=["words", "one word", "form words", "cut", "brackets"])
def test_of_a_long_question_only_so_much_is_read(read, text):
    question = read(text)
    assert len(question.text) <= 1000
    assert len(question.tokens) <= 60


def test_every_shape_is_anchored_and_every_want_compiles():
    assert all(pattern.pattern.startswith("^") and pattern.pattern.endswith("$") for _, pattern in _shapes())
    assert len(_wants()) == 9


def test_a_real_word_is_no_slip_of_a_form_word(read):
    assert read("what colour is the sky").reading == "what colour is the sky"


def test_the_words_of_a_name_in_the_topic_have_whom_it_names(read):
    keys = {expansion.typed: set(expansion.keys) for expansion in read("did Rosa Carter open the bridge").topic}
    assert keys["rosa"] == keys["carter"] == {"rosa carter"}
    assert keys["bridge"] == set()


def test_a_name_written_as_no_article_has_it_is_looked_for_as_they_have_it(read):
    assert [expansion.meant for expansion in read("when does netanyahoo come").topic] == ["netanyahu", "come"]


MEASURES = [("how big is the bridge", True), ("is the big bridge open", False), ("big bridge", False)]


@pytest.mark.parametrize(("text", "little"), MEASURES, ids=[text for text, _ in MEASURES])
def test_what_is_measured_is_hardly_of_the_topic(read, text, little):
    (big,) = [expansion for expansion in read(text).topic if expansion.typed == "big"]
    assert (big.topical < 0.5) is little


def test_the_words_as_which_a_name_was_typed_are_told(read):
    question = read("what did Wang tell Rosa Carter")
    assert question.tokens_of(question.names[0]) == ("rosa", "carter")
