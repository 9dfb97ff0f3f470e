import pytest

from knowledge.build.cues import CUES, forms_of

FORMS = [
    ("say", ["said"], {"say", "says", "said", "saying"}),
    ("admit", [], {"admits", "admitted", "admitting"}),
    ("deny", [], {"denies", "denied", "denying"}),
    ("agree", [], {"agrees", "agreed", "agreeing"}),
    ("write", ["wrote", "written"], {"writes", "wrote", "written", "writing"}),
    ("stress", [], {"stresses", "stressed", "stressing"}),
    ("quip", [], {"quips", "quipped", "quipping"}),
    ("vow", [], {"vows", "vowed", "vowing"}),
]


@pytest.mark.parametrize(("base", "irregular", "wanted"), FORMS)
def test_the_forms_of_a_verb(base: str, irregular: list[str], wanted: set[str]) -> None:
    assert wanted <= forms_of(base, irregular)


def test_what_a_cue_takes_is_data() -> None:
    assert CUES["told"].base == "tell"
    assert {"that", "person"} <= CUES["told"].takes
    assert ":of" in CUES["warned"].takes
    assert CUES["slammed"].takes == {"marks"}
    assert "ate" not in CUES
