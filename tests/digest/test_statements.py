"""By what a statement is known again: the same words of the same speaker, in every article and process."""

import subprocess
import sys

import pytest

from knowledge.digest.statements import cited, quote_statement, wording
from knowledge.index.fields import SentencePayload
from knowledge.library import Library
from tests.auxil.records import Said, lines, put

SAFE = "the old bridge is safe for trucks"


@pytest.fixture
def sentence(library: Library):
    """The first sentence of an article in which somebody says something."""
    made = iter(range(100))

    def put_one(content: str, source: str = "Ana Reyes", text: str = "{source} said {content}.") -> SentencePayload:
        name = f"a{next(made)}"
        quote = Said(source, content, source, "said")
        text = text.format(source=source, content=content)
        put(library, lines(name, text, people=["Ana Reyes", "Ben Osei"], quotes=[quote]))
        return library.index.of_article(name)[0]

    return put_one


def of_quote(sentence: SentencePayload) -> int:
    return quote_statement(sentence, sentence["quotes"][0])


@pytest.mark.parametrize("content", [f"“{SAFE.upper()}”", SAFE.replace(" ", "  "), SAFE.replace("trucks", "truck’s")])
def test_case_white_space_and_quotation_marks_make_no_other_statement(sentence, content: str):
    assert of_quote(sentence(SAFE)) == of_quote(sentence(content, text="“Yes”, {source} said {content}."))


@pytest.mark.parametrize(
    ("content", "source"), [(SAFE.replace("is", "is not"), "Ana Reyes"), (SAFE, "Ben Osei"), (SAFE[:-7], "Ana Reyes")]
)
def test_other_words_and_other_speakers_make_another_statement(sentence, content: str, source: str):
    assert of_quote(sentence(SAFE)) != of_quote(sentence(content, source))


def test_a_statement_is_a_positive_number_that_every_process_finds(sentence):
    found = wording(SAFE, "a")
    code = f"from knowledge.digest.statements import wording; print(wording({SAFE!r}, 'a'))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert int(done.stdout) == found
    assert all(0 <= wording(SAFE, str(i)) < 2**63 for i in range(100))


def test_the_same_sentence_is_one_statement_when_it_says_enough(sentence):
    assert cited(sentence(SAFE)).statement == cited(sentence(SAFE)).statement
    for little in ("no", "he goes"):
        assert cited(sentence(little)).statement != cited(sentence(little)).statement
    of_somebody = [cited(sentence(SAFE, text="He told {source} that {content} in winter.")) for _ in range(2)]
    assert of_somebody[0].statement != of_somebody[1].statement


def test_what_one_who_is_named_says_is_one_statement_from_three_words_on(sentence):
    assert of_quote(sentence("it is safe")) == of_quote(sentence("it is safe"))
    assert of_quote(sentence("no comment")) != of_quote(sentence("no comment"))


def test_only_what_is_said_in_the_sentence_counts(library: Library):
    """Of a quote that goes on in the next sentence, each sentence has its own part."""
    parts = ("The old bridge is safe for trucks", "It will stay open all winter long")
    quote = Said("Ana Reyes", parts, "Ana Reyes", "said")
    put(library, lines("two", f"“{parts[0]}.\n{parts[1]},” Ana Reyes said.", people=["Ana Reyes"], quotes=[quote]))
    put(library, lines("one", f"“{parts[1]},” Ana Reyes said.", people=["Ana Reyes"],
                       quotes=[Said("Ana Reyes", parts[1], "Ana Reyes", "said")]))  # fmt: skip
    (_, second), (alone,) = library.index.of_article("two"), library.index.of_article("one")
    assert of_quote(second) == of_quote(alone)
