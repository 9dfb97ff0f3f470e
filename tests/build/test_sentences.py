import pytest

from knowledge.build.furniture import paragraphs
from knowledge.build.sentences import LONGEST, sentence_at, sentences_of, split

SPLITS = [
    # a text, and its sentences
    ("One. Two.", ["One.", "Two."]),
    ("  A storm came.  It left. ", ["A storm came.", "It left."]),
    ("Mr. Hale met Dr. Ode at St. Mary's. They spoke.", ["Mr. Hale met Dr. Ode at St. Mary's.", "They spoke."]),
    ("J.J. Cole and R. M. Hart won.", ["J.J. Cole and R. M. Hart won."]),
    ("The U.S. Senate voted. The U.S. is next.", ["The U.S. Senate voted.", "The U.S. is next."]),
    ("He moved to the U.S. He liked it.", ["He moved to the U.S.", "He liked it."]),
    ("It began at 9 a.m. Nobody came.", ["It began at 9 a.m.", "Nobody came."]),
    ("It began at 9 a.m. Monday. Nobody came.", ["It began at 9 a.m. Monday.", "Nobody came."]),
    ("Acme Inc. Chief Ann Lee left.", ["Acme Inc. Chief Ann Lee left."]),
    ("They sued Acme Inc. The case is open.", ["They sued Acme Inc.", "The case is open."]),
    ("On Oct. 5 it rained.", ["On Oct. 5 it rained."]),
    ("It cost 3.5 million. No. 7 won.", ["It cost 3.5 million.", "No. 7 won."]),
    ("“We won. We are glad,” he said. “Go.”", ["“We won.", "We are glad,” he said.", "“Go.”"]),
    ('"We won." "Good."', ['"We won."', '"Good."']),
    ("“Is it true?” Ms. Lee asked. Nobody knew.", ["“Is it true?” Ms. Lee asked.", "Nobody knew."]),
    ("“Is it true?” she asked.", ["“Is it true?” she asked."]),
    ("“Is it true?” The room was still.", ["“Is it true?”", "The room was still."]),
    ("It is over.” The end.", ["It is over.”", "The end."]),
    ("It is over. ” Then they left.", ["It is over. ”", "Then they left."]),
    ("''It rains,'' he said. ''It pours.''", ["''It rains,'' he said.", "''It pours.''"]),
    ("Well... maybe. And then… Nothing.", ["Well... maybe.", "And then…", "Nothing."]),
    ("He left.”She stayed.", ["He left.”", "She stayed."]),
    ("(It was late.) They slept.", ["(It was late.)", "They slept."]),
    ("What?! No way!", ["What?!", "No way!"]),
    ("他来了。她走了。", ["他来了。", "她走了。"]),
    ("Yes. ...", ["Yes. ..."]),
    ("***", []),
    ("What I know. Who am I. I do.", ["What I know.", "Who am I.", "I do."]),
]


@pytest.mark.parametrize(("text", "wanted"), SPLITS)
def test_sentences_are_cut_at_their_ends(text: str, wanted: list[str]) -> None:
    assert [text[s:e] for s, e in split(text, (0, len(text)))] == wanted


def test_no_sentence_crosses_a_paragraph() -> None:
    text = "A headline\nFirst one. Second\n\r\n third"
    sentences = sentences_of(text, paragraphs(text, (0, len(text))))
    assert [(text[s.start : s.end], s.paragraph) for s in sentences] == [
        ("A headline", 0),
        ("First one.", 1),
        ("Second", 1),
        ("third", 2),
    ]


@pytest.mark.parametrize("text", ["word " * 5000, "x" * 9000, "a.b" * 4000])
def test_what_never_ends_is_cut(text: str) -> None:
    spans = split(text, (0, len(text)))
    assert all(0 < e - s <= LONGEST for s, e in spans)
    assert "".join(text[s:e] for s, e in spans).replace(" ", "") == text.replace(" ", "")


def test_the_sentence_at_a_position() -> None:
    text = "One.  Two."
    sentences = sentences_of(text, [(0, len(text))])
    assert [sentence_at(sentences, i) for i in (0, 3, 4, 6, 10)] == [0, 0, None, 1, None]
