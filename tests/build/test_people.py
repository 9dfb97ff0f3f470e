from collections.abc import Callable

import pytest

from knowledge.models import ArticleRecord

Build = Callable[[str], ArticleRecord]

PEOPLE = [
    # a text, and the role of each name in it
    ("Maria Lopez, the mayor of Hilltown, spoke first.", {"Maria Lopez": "the mayor of Hilltown"}),
    ("German Chancellor Olaf Braun met her.", {"Olaf Braun": "German Chancellor"}),
    ("Karl Braun, who is a lawyer from Berlin, won.", {"Karl Braun": "a lawyer from Berlin"}),
    (
        "Senator John Hale met Sarah Hale on Monday. Mr. Hale left. Ms. Hale stayed.",
        {"John Hale": "Senator", "Sarah Hale": None},
    ),
    (
        "President Carter spoke. Emily Carter, a singer, listened. The president said the war was over.",
        {"Emily Carter": "a singer", "Carter": "President"},
    ),
    (
        "Liam Stone, a striker for Norland, won. Hairdresser Jane Vale met Olaf Berg, a plumber. Dean Ray Cole left.",
        {"Liam Stone": "a striker for Norland", "Jane Vale": "Hairdresser", "Olaf Berg": "a plumber"}
        | {"Dean Ray Cole": None},
    ),
    ("The University of Texas and Acme Group signed a deal in Boston.", {}),
    # roles of several words, in capitals
    (
        "Fire Marshal Ruth Delaney came. Assistant Fire Chief Joe Lund met Keeper Eva Ruiz. Foreman Pete Galvan won.",
        {"Ruth Delaney": "Fire Marshal", "Joe Lund": "Assistant Fire Chief", "Eva Ruiz": "Keeper"}
        | {"Pete Galvan": "Foreman"},
    ),
    ("Ann Bishop Lee met Archbishop Aris Sorensen.", {"Ann Bishop Lee": None, "Aris Sorensen": "Archbishop"}),
    # one name only, and what is said of it tells that it is a person's
    (
        "Brandt, the mayor, came. Soto, 61, a farmer, left. Kowalski, who owns the yard, said no.",
        {"Brandt": "the mayor", "Soto": "a farmer", "Kowalski": None},
    ),
    ("The letter was signed by Brandt, the mayor.", {"Brandt": "the mayor"}),
    # roles that a sentence gives
    (
        "Karl Osten named Ann Lee, a critic, as transport minister. Bo Hart was elected mayor of Hilltown on Monday.",
        {"Karl Osten": None, "Ann Lee": "transport minister", "Bo Hart": "mayor of Hilltown"},
    ),
    (
        "Ann Lee will become the bishop. Peter Novak succeeds John Hale as treasurer. Paul Stone was not named coach.",
        {"Ann Lee": "the bishop", "Peter Novak": "treasurer", "John Hale": None, "Paul Stone": None},
    ),
    ("Ann Lee took office with Peter Novak as her deputy.", {"Ann Lee": None, "Peter Novak": None}),
    # father and son
    ("Victor Hale met Victor Hale, Jr., a lawyer.", {"Victor Hale": None, "Victor Hale, Jr.": "a lawyer"}),
    # nobody: a firm, a town, plurals, a town before somebody's role, a name that a clause with another's role follows
    ("Tesla, the market leader, said no. Police, who closed the road, said no. Wellington, a port, was hit.", {}),
    ("In Dunmore, the mayor, Ann Lee, spoke.", {"Ann Lee": "the mayor"}),
    ("After meeting Brandt, the mayor said he was glad.", {}),
    # what only ever stands where a place does is one
    (
        "Tom Ferrand scored in a game against Bolton. He flew to Dunmore on Sunday. Police shut a road in Millrace.",
        {"Tom Ferrand": None},
    ),
]


@pytest.mark.parametrize(("text", "wanted"), PEOPLE)
def test_who_is_who(record: Build, text: str, wanted: dict[str, str | None]) -> None:
    assert {person.name: person.role for person in record(text).people} == wanted


def test_every_form_of_a_name_is_an_alias(record: Build) -> None:
    text = "Maria Lopez is the mayor. Lopez was born here. “Maria is right,” said Peter Novak. Maria J. Lopez left."
    lopez = record(text).people[0]
    assert lopez.name == "Maria J. Lopez"
    kinds = {alias.text: alias.kind for alias in lopez.aliases}
    assert kinds["Maria Lopez"] == "full"
    assert kinds["Lopez"] == "last"


def test_a_last_name_goes_to_the_one_its_honorific_fits(record: Build) -> None:
    text = "John Hale met Sarah Hale on Monday. Mr. Hale left. Ms. Hale stayed."
    found = record(text)
    alone = [m for m in found.mentions if text[m.start : m.end] == "Hale"]
    assert [found.people[m.person].name for m in alone] == ["John Hale", "Sarah Hale"]


MENTIONS = [
    # (text, [(mention, kind, person)]), names left out
    ("Maria Lopez came. She left at noon.", [("She", "pronoun", "Maria Lopez")]),
    (
        "German Chancellor Olaf Braun met President Marie Dupont of France. Germany’s chancellor smiled.",
        [("Germany’s chancellor", "role", "Olaf Braun")],
    ),
    (
        "French Foreign Minister Marie Dupont came. German Foreign Minister Karl Braun spoke to his French colleague.",
        [("his", "pronoun", "Karl Braun"), ("his French colleague", "role", "Marie Dupont")],
    ),
    (
        "Peter Novak, 71, won the race. The 71-year-old said nothing.",
        [("The 71-year-old", "role", "Peter Novak")],
    ),
    ("Paul Stone and Peter Novak came. He left.", []),
    ("Sarah Hale came. He left.", []),
    (
        "Vice President Tom Reed left. Former President Ann Cole stayed. The president was away.",
        [],
    ),
    (
        "President Carter spoke. Emily Carter, a singer, listened. The president said the war was over.",
        [("The president", "role", "Carter")],
    ),
]


@pytest.mark.parametrize(("text", "wanted"), MENTIONS)
def test_mentions_that_are_no_names(record: Build, text: str, wanted: list[tuple[str, str, str]]) -> None:
    found = record(text)
    others = [m for m in found.mentions if m.kind != "name"]
    assert [(text[m.start : m.end], m.kind, found.people[m.person].name) for m in others] == wanted
