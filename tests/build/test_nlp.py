from typing import TYPE_CHECKING

import pytest

from knowledge.build.nlp import load_model, normalise, parse, plain
from knowledge.errors import SettingsError

if TYPE_CHECKING:
    from spacy.language import Language


@pytest.mark.parametrize("name", ["no_such_model", "/nowhere/at/all", ""])
def test_a_missing_model_names_the_setting(name: str) -> None:
    with pytest.raises(SettingsError, match="ONRECORD_SPACY_MODEL"):
        load_model(name)


@pytest.mark.parametrize("text", ["“a” ‘b’", "``a'' b", "a\x00b\u2028c\ud800d", "«é»\u200b", "🙂''x''"])
def test_what_spacy_reads_is_as_long_as_the_text(text: str) -> None:
    assert len(normalise(text)) == len(plain(text)) == len(text)
    normalise(text).encode()


def test_sentences_start_where_they_are_told(nlp: "Language") -> None:
    (doc,) = parse(nlp, [("He came. he saw it all", (0, 9))])
    assert [token.text for token in doc if token.is_sent_start] == ["He", "he"]
