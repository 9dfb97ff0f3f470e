"""What a line means after another; words only, whom they name is told by a small cast."""

from collections.abc import Sequence

import pytest

from bot.followups import Before, Understood, understand
from knowledge.text import words

KNOWN = {"putin": "Vladimir Putin", "lavrov": "Sergei Lavrov", "mayor": "Ana Reyes"}
FORMS = {"him": "he", "his": "he", "her": "she", "hers": "she", "that": "he", "this": "he"}


class Cast:
    """Three people, known by their last word; ``he`` and ``she`` are whom the conversation has spoken of."""

    def __init__(self, **pronouns: str) -> None:
        self._pronouns = pronouns

    def named(self, words: str) -> str | None:
        return next((name for word, name in KNOWN.items() if words.casefold().endswith(word)), None)

    def meant_by(self, pronoun: str, besides: Sequence[str] = ()) -> str | None:
        name = self._pronouns.get(FORMS.get(pronoun, pronoun))
        return None if name in besides else name


CAST = Cast(he="Sergei Lavrov", she="Ana Reyes")
SAID = Before("what did wang yi say about gaza", "said", "Wang Yi", "gaza")
SAID_ANYTHING = Before("what did wang yi say", "said", "Wang Yi")
WHO_IS = Before("who is lavrov", "who_is", "Sergei Lavrov")
WHO_SAID = Before("who said the bridge is safe", "who_said", topic="bridge safe")
OPEN = Before("who did putin call", "open", topic="putin call", names=("putin",))
BRIEF = Before("brief me", "brief")
EVERY_KIND = [SAID, SAID_ANYTHING, WHO_IS, WHO_SAID, OPEN, BRIEF]


def meant(text: str, before: Before | None = SAID, cast: Cast = CAST, own: Sequence[str] = ()) -> Understood:
    return understand(text, " ".join(word for word, _, _ in words(text)), before, cast, own)


@pytest.mark.parametrize("before", EVERY_KIND, ids=lambda before: before.kind)
@pytest.mark.parametrize(
    ("text", "step"),
    [
        ("next", "next"),
        ("more", "next"),
        ("More please!", "next"),
        ("another one", "next"),
        ("go on", "next"),
        ("and?", "next"),
        ("ok, next", "next"),
        ("what else?", "next"),
        ("anything else", "next"),
        ("tell me more", "next"),
        ("what else was said?", "next"),
        ("context", "context"),
        ("in context?", "context"),
        ("show me the context", "context"),
        ("thanks, context please", "context"),
        ("source?", "source"),
        ("and the source", "source"),
        ("show me the source", "source"),
        ("the link", "source"),
        ("which article?", "source"),
        ("where is that from", "source"),
        ("where did you get that", "source"),
        ("who reported that?", "source"),
        ("who said that?", "who_said"),
        ("and who said that", "who_said"),
        ("who says so", "who_said"),
        ("who said it though?", "who_said"),
    ],
)
def test_a_line_may_be_a_step_over_the_last_answer(before: Before, text: str, step: str) -> None:
    assert meant(text, before) == Understood(step, text)


@pytest.mark.parametrize(
    ("text", "question"),
    [
        ("what else did she say", "what did Ana Reyes say"),
        ("what more did he say?", "what did Sergei Lavrov say"),
        ("and what else did lavrov say", "what did Sergei Lavrov say"),
        ("anything else from the mayor?", "what did Ana Reyes say"),
        ("more from putin", "what did Vladimir Putin say"),
        ("did she say anything else", "what did Ana Reyes say"),
        ("did he say anything else about oil?", "what did Sergei Lavrov say about oil"),
        ("what else has she said on oil", "what did Ana Reyes say about oil"),
        ("what else did she say about that", "what did Ana Reyes say about gaza"),
        ("what else did they say", "what did Wang Yi say"),
    ],
)
def test_what_else_asks_for_what_was_not_shown_yet(text: str, question: str) -> None:
    assert meant(text) == Understood("ask", question, unseen=True)


def test_what_else_about_that_has_no_topic_when_the_last_question_had_none() -> None:
    assert meant("what else did she say about that", SAID_ANYTHING).question == "what did Ana Reyes say"


def test_what_else_from_a_pronoun_that_means_nobody_is_the_next_of_the_answer() -> None:
    assert meant("what else did he say", cast=Cast()).step == "next"


def test_what_else_from_somebody_unknown_is_asked_as_it_stands() -> None:
    assert meant("what else did biden say") == Understood("ask", "what else did biden say")


@pytest.mark.parametrize(
    ("text", "before", "question"),
    [
        ("when was that?", OPEN, "when putin call"),
        ("when?", OPEN, "when putin call"),
        ("why", OPEN, "why putin call"),
        ("and why?", OPEN, "why putin call"),
        ("where did that happen", OPEN, "where putin call"),
        ("how many", WHO_SAID, "how many said the bridge is safe"),
        ("why?", SAID, "why was that"),
        ("when was that?", SAID, "when was that"),
        ("where", WHO_IS, "where was that"),
    ],
)
def test_a_question_word_alone_is_asked_of_what_came_before(text: str, before: Before, question: str) -> None:
    assert meant(text, before) == Understood("ask", question, leans=True)


@pytest.mark.parametrize(
    ("text", "before", "question"),
    [
        ("and lavrov?", SAID, "what did Sergei Lavrov say about gaza"),
        ("what about the mayor", SAID, "what did Ana Reyes say about gaza"),
        ("how about putin?", SAID_ANYTHING, "what did Vladimir Putin say"),
        ("putin", SAID, "what did Vladimir Putin say about gaza"),
        ("and him?", SAID, "what did Sergei Lavrov say about gaza"),
        ("what about oil", SAID, "what did Wang Yi say about oil"),
        ("oil?", SAID, "what did Wang Yi say about oil"),
        ("about oil", SAID, "what did Wang Yi say about oil"),
        ("on the price of oil", SAID, "what did Wang Yi say about the price of oil"),
        ("and putin?", WHO_IS, "who is Vladimir Putin"),
        ("the mayor", WHO_IS, "who is Ana Reyes"),
        ("same for putin", WHO_IS, "who is Vladimir Putin"),
    ],
)
def test_a_bare_name_or_topic_takes_the_place_of_the_last_one(text: str, before: Before, question: str) -> None:
    assert meant(text, before) == Understood("ask", question)


def test_what_came_before_that_is_what_somebody_said_and_was_not_shown_yet() -> None:
    assert meant("and before that") == Understood("ask", "what did Wang Yi say", unseen=True)
    assert meant("before that", BRIEF) == Understood("ask", "before that", leans=True)


def test_or_not_is_no_part_of_a_question() -> None:
    assert meant("is it over or nah", OPEN) == meant("is it over", OPEN)


@pytest.mark.parametrize(
    ("text", "before", "question"),
    [
        ("and lavrov?", OPEN, "who did Sergei Lavrov call"),
        ("what about sheep", Before("how many wolves are there", "open", topic="wolves"), "how many sheep"),
        ("and oil", OPEN, "who oil"),
        ("and lavrov", WHO_SAID, "who lavrov"),
        ("oil", BRIEF, "oil"),
    ],
)
def test_after_an_open_question_what_takes_its_place_leans_on_it(text: str, before: Before, question: str) -> None:
    assert meant(text, before) == Understood("ask", question, leans=True)


@pytest.mark.parametrize(
    ("text", "before", "question"),
    [
        ("no i meant lavrov", SAID, "what did Sergei Lavrov say about gaza"),
        ("sorry, I meant the mayor", SAID, "what did Ana Reyes say about gaza"),
        ("I mean putin", WHO_IS, "who is Vladimir Putin"),
        ("no i ment oil", SAID, "what did Wang Yi say about oil"),
        ("no i meant on oil", SAID, "what did Wang Yi say about oil"),
        ("i meant about the oil price", SAID_ANYTHING, "what did Wang Yi say about the oil price"),
        ("no i meant not putin but lavrov", SAID, "what did Sergei Lavrov say about gaza"),
        ("no sry i meant lavrov", SAID, "what did Sergei Lavrov say about gaza"),
        ("wait i was asking about lavrov", SAID, "what did Sergei Lavrov say about gaza"),
    ],
)
def test_a_correction_asks_the_last_question_anew(text: str, before: Before, question: str) -> None:
    assert meant(text, before) == Understood("ask", question)


@pytest.mark.parametrize(
    ("text", "question", "leans"),
    [
        ("Putin? what did he say", "what did Vladimir Putin say", False),
        ("the mayor, what does she think about oil", "what does Ana Reyes think about oil", False),
        ("Putin? what did he say about that", "what did Vladimir Putin say about gaza", True),
        ("and the mayor what did he say", "what did Ana Reyes say", True),
        ("lavrov did he answer", "did Sergei Lavrov answer", True),
        ("the union what do they want", "what do the union want", True),
        ("how about lavrov which house did he see", "which house did Sergei Lavrov see", True),
        ("back to the mayor where can she go", "where can Ana Reyes go", True),
        ("no i meant the union, what do they want", "what do the union want", True),
        ("ok back to putin, what about oil", "what did Vladimir Putin say about oil", False),
    ],
)
def test_a_name_may_come_before_the_question_about_it(text: str, question: str, leans: bool) -> None:
    assert meant(text) == Understood("ask", question, leans=leans)


@pytest.mark.parametrize(
    ("text", "question"),
    [
        ("what did he say about oil", "what did Sergei Lavrov say about oil"),
        ("where does she live", "where does Ana Reyes live"),
        ("who did she meet?", "who did Ana Reyes meet"),
        ("who called him", "who called Sergei Lavrov"),
        ("what did his wife say", "what did Sergei Lavrov's wife say"),
        ("what did her son say", "what did Ana Reyes's son say"),
        ("who asked her about oil", "who asked Ana Reyes about oil"),
    ],
)
def test_a_pronoun_becomes_whom_it_means(text: str, question: str) -> None:
    assert meant(text, OPEN) == Understood("ask", question, leans=True)


@pytest.mark.parametrize("text", ["who is that?", "and who is he", "who was she?", "who is that guy"])
def test_who_is_that_asks_after_the_person_spoken_of(text: str) -> None:
    assert meant(text, cast=Cast(he="Sergei Lavrov", she="Sergei Lavrov")).question == "who is Sergei Lavrov"


def test_a_pronoun_that_means_nobody_stays() -> None:
    assert meant("what did he say", OPEN, Cast()) == Understood("ask", "what did he say", leans=True)


def test_a_pronoun_is_not_somebody_the_question_names_itself() -> None:
    assert meant("did lavrov say she called him", OPEN, own=["Sergei Lavrov"]).question == (
        "did lavrov say Ana Reyes called him"
    )
    assert meant("who did lavrov say he met", OPEN, own=["Sergei Lavrov"]).question == "who did lavrov say he met"


@pytest.mark.parametrize("text", ["what did putin say in his speech", "did putin call her own mayor"])
def test_his_own_is_the_one_whom_the_question_names(text: str) -> None:
    assert meant(text, own=["Vladimir Putin"]).question == text


@pytest.mark.parametrize(
    ("text", "before", "question"),
    [
        ("did that work", OPEN, "did that work"),
        ("how old is it?", OPEN, "how old is it"),
        ("who did they call there", SAID, "who did they call there"),
        ("what did lavrov say about that", SAID, "what did lavrov say about gaza"),
        ("what did lavrov say about that", SAID_ANYTHING, "what did lavrov say"),
        ("what did lavrov say about it", OPEN, "what did lavrov say"),
    ],
)
def test_a_thing_leans_on_the_topic_so_far(text: str, before: Before, question: str) -> None:
    assert meant(text, before) == Understood("ask", question, leans=True)


@pytest.mark.parametrize(
    "text",
    ["Who is Xi Jinping?", "what did lavrov say about oil", "how many people were hurt in the harbour", "brief me"],
)
def test_a_whole_question_stands_by_itself(text: str) -> None:
    assert meant(text) == Understood("ask", text)


def test_a_whole_question_joined_on_leans() -> None:
    assert meant("and who is xi jinping") == Understood("ask", "and who is xi jinping", leans=True)


@pytest.mark.parametrize(
    "text",
    ["next", "source", "context", "and lavrov?", "what did he say", "why?", "who said that?", "no i meant putin", ""],
)
def test_nothing_leans_on_a_question_that_was_not_asked(text: str) -> None:
    assert meant(text, None) == Understood("ask", text)
