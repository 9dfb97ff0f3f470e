"""From stored articles to documents: who is found by what, and which sentence holds which quote."""

import re

import pytest

from knowledge.index.documents import entities, group_key, merged, vocabulary, written_sentences
from knowledge.models import Alias, Mention, Person
from knowledge.store import reading
from knowledge.store.writing import save
from tests.auxil.records import Said, Stated, lines, person


@pytest.fixture
def stored(library):
    def put(text: str, **given):
        save(library.engine, lines("a", text, **given))
        found = reading.article(library.engine, "a")
        assert found is not None
        return found

    return put


def sentences(library, article: str = "a"):
    assert library.follow(patience=10)
    held = library.index.article(article)
    assert held is not None
    return [library.index.sentence(key) for key in held["sentences"]]


def test_a_person_is_found_by_full_last_and_first_name_and_every_alias(stored):
    given = person("Abdel Fattah al-Sisi", "president", "the president", "Sisi’s")
    (entity,) = entities(stored("Abdel Fattah al-Sisi spoke.", people=[given]))
    assert {form: kind for form, (kind, _) in entity["aliases"].items()} == {
        "abdelfattahalsisi": "full", "alsisi": "last", "sisi": "last", "abdel": "first", "thepresident": "role",
    }  # fmt: skip


def test_a_person_without_letters_is_no_trap(stored):
    given = [Person(name="🙂 🙂", aliases=(Alias(text="🙂 🙂", kind="full"),)), Person(name="X", aliases=())]
    record = stored("🙂 🙂 spoke.", people=given)
    assert [entity["aliases"] for entity in entities(record)] == [{}]


def test_a_group_that_is_quoted_is_somebody_too(stored):
    record = stored(
        "The Kremlin said no.\nA spokesman agreed.", quotes=[Said("The Kremlin", "no"), Said("!", "agreed")]
    )
    assert list(entities(record)) == [
        {
            "key": "kremlin",
            "name": "The Kremlin",
            "role": None,
            "person": False,
            "gender": None,
            "aliases": {"kremlin": ["full", "Kremlin"]},
        }
    ]


KEYS = [
    ("The Kremlin", "kremlin"),
    ("a Spokesman", "spokesman"),
    ("An Aide", "aide"),
    ("Theodore", "theodore"),
    ("!", ""),
]


@pytest.mark.parametrize(("speaker", "key"), KEYS, ids=[speaker for speaker, _ in KEYS])
def test_the_key_of_a_group_has_no_determiner(speaker, key):
    assert group_key(speaker) == key


@pytest.mark.parametrize("name", ["An Jung-geun", "A Boogie", "The Rock"])
def test_a_persons_name_that_begins_like_a_determiner_keeps_its_quotes(library, stored, name):
    stored(f"{name} said it is late.", people=[name], quotes=[Said(name, "it is late")])
    (sentence,) = sentences(library)
    assert sentence["quotes"][0]["key"] == sentence["who"][0]
    answer = library.answerer.answer(f"what did {name} say")
    assert answer.answered, answer


def test_two_articles_say_of_one_entity_what_both_say():
    full, last = ["full", "X Y"], ["last", "Y"]
    old = {"key": "x", "name": "X Y", "role": None, "person": False, "gender": None, "aliases": {"xy": full}}
    new = {
        "key": "x",
        "name": "X. Y",
        "role": "mayor",
        "person": True,
        "gender": None,
        "aliases": {"xy": ["other", "x y"], "y": last},
    }
    both = {
        "key": "x",
        "name": "X Y",
        "role": "mayor",
        "person": True,
        "gender": None,
        "aliases": {"xy": full, "y": last},
    }
    assert merged(None, new) == new
    assert merged(old, new) == both
    assert merged(old, old) == old


def test_what_tells_of_he_or_she_is_kept_from_either_article():
    unknown = {"key": "x", "name": "X Y", "role": None, "person": True, "gender": None, "aliases": {}}
    woman = {**unknown, "gender": "woman"}
    assert merged(unknown, woman) == merged(woman, unknown) == woman
    assert merged(woman, {**unknown, "gender": "man"}) == woman


GENDERS = [
    pytest.param("Ana Reyes", "spoke.", "woman", id="given name"),
    pytest.param("Reyes", "spoke.", None, id="nothing"),
    pytest.param("Reyes", "spoke. He slept.", "man", id="he"),
    pytest.param("Reyes", "spoke. Her bridge is old.", "woman", id="her"),
    pytest.param("Ana Reyes", "spoke. He slept.", "man", id="a pronoun before the name"),
    pytest.param("Reyes", "spoke. He slept. She slept. Her bridge is old.", "woman", id="the most pronouns"),
    pytest.param("Ana Reyes", "spoke. He slept. She slept.", "woman", id="as many of each"),
]


@pytest.mark.parametrize(("name", "rest", "gender"), GENDERS)
def test_pronouns_or_the_given_name_tell_whether_somebody_is_he_or_she(library, name, rest, gender):
    record = lines("a", f"{name} {rest}", people=[name])
    pronouns = tuple(
        Mention(start=m.start(), end=m.end(), person=0, kind="pronoun")
        for m in re.finditer(r"\b(?:He|She|Her)\b", record.article.text)
    )
    save(library.engine, record.model_copy(update={"mentions": (*record.mentions, *pronouns)}))
    found = reading.article(library.engine, "a")
    assert found is not None
    assert [entity["gender"] for entity in entities(found)] == [gender]


def test_the_pronouns_of_others_tell_nothing(library):
    record = lines("a", "Reyes met Osei. She slept.", people=["Reyes", "Osei"])
    she = Mention(start=16, end=19, person=1, kind="pronoun")
    save(library.engine, record.model_copy(update={"mentions": (*record.mentions, she)}))
    found = reading.article(library.engine, "a")
    assert found is not None
    assert {entity["name"]: entity["gender"] for entity in entities(found)} == {"Reyes": None, "Osei": "woman"}


def test_a_sentence_carries_its_neighbours_its_title_and_who_is_in_it(library, stored):
    stored(
        "Ana Reyes opened the bridge.\nBen Osei slept.\nIt rained.",
        title="The bridges of Norland",
        people=["Ana Reyes", "Ben Osei"],
        facts=[Stated("Ana Reyes", "opened", "the bridge")],
        phrasings=["who opened the bridge"],
        labels=["PERSON", "PERSON", ""],
    )
    first, second, third = sentences(library)
    assert (first["before"], first["words"], first["after"]) == ("", "ana rey open bridg", "ben osei sleep")
    assert (second["before"], second["after"]) == ("ana rey open bridg", "rain")
    assert (third["before"], third["after"]) == ("ben osei sleep", "")
    assert first["title"] == "bridg norland"
    assert [s["who"] for s in (first, second, third)] == [["ana reyes"], ["ben osei"], []]
    assert first["facts"] == [[[0, 9], [10, 16], [17, 27], None, None, None]]
    assert first["asked"] == ["who opened the bridge"]
    assert [s["labels"] for s in (first, second, third)] == ["PERSON", "PERSON", ""]


def test_a_quote_lies_with_every_sentence_that_holds_some_of_it(library, stored):
    text = "Reyes told Ben Osei: “It is safe.\nIt is new.\nIt is ours.”\nOsei, cited by TASS, agreed."
    quote = Said(
        "Ana Reyes", "“It is safe.\nIt is new.\nIt is ours.”", "Reyes", "told", addressee="Ben Osei", via="TASS"
    )
    stored(text, people=["Ana Reyes", person("Ben Osei")], quotes=[quote])
    found = sentences(library)
    assert [len(s["quotes"]) for s in found] == [1, 1, 1, 0]
    assert [s["quotes"][0]["head"] for s in found[:3]] == [True, False, False]
    assert {s["quotes"][0]["key"] for s in found[:3]} == {"ana reyes"}
    assert (found[0]["quotes"][0]["addressee"], found[0]["quotes"][0]["via"]) == ("Ben Osei", "TASS")


def test_a_sentence_has_the_words_of_a_quote_that_are_said_in_it(library, stored):
    text = "“It is safe.\nThe bridges are new,” Reyes said."
    stored(text, quotes=[Said("Ana", "“It is safe.\nThe bridges are new,”", "Reyes", "said")])
    assert [s["quotes"][0]["words"] for s in sentences(library)] == ["safe", "bridg new"]


def test_a_fact_is_also_kept_as_its_words(library, stored):
    stored("The workers built the old bridge in 2021.", facts=[Stated("The workers", "built", "the old bridge")])
    assert sentences(library)[0]["deeds"] == [["worker", "build old bridg"]]


def test_the_head_of_a_quote_is_also_where_its_source_stands(library, stored):
    stored("“It is safe.\nIt is new,” Reyes said.", quotes=[Said("Ana", "“It is safe.\nIt is new,”", "Reyes", "said")])
    assert [s["quotes"][0]["head"] for s in sentences(library)] == [True, True]


def test_an_addressee_is_named_in_full_when_the_words_are_all_of_a_mention(library, stored):
    stored("Reyes told Osei no.", people=[person("Ben Osei")], quotes=[Said("Reyes", "no", addressee="Osei")])
    assert sentences(library)[0]["quotes"][0]["addressee"] == "Ben Osei"


def test_the_vocabulary_holds_words_of_text_and_title_and_names_run_together(stored):
    given = person("Wang Yi", "minister", "the minister")
    record = stored("Wang Yi met 3 men in 1967.", title="Talks", people=[given])
    assert vocabulary(record, written_sentences(record), entities(record)) == {
        "wang",
        "yi",
        "met",
        "men",
        "in",
        "talks",
        "wangyi",
    }
