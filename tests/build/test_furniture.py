import pytest

from knowledge.build.furniture import body_of, paragraphs

BODIES = [
    # (text, the body)
    ("One.\nTwo.", "One.\nTwo."),
    ("One.\n\nRead Previous\n\nA headline\n\nRead Next\n\nAnother headline", "One."),
    ("One.\nTwo.\nAdvertisement", "One.\nTwo."),
    ("One.\nRelated: A bill passes", "One."),
    ("One.\nShare this\nTags", "One."),
    ("One.\nRead more:\nA full sentence stands here.", "One.\nRead more:\nA full sentence stands here."),
    ("Advertisement", "Advertisement"),
    ("One.\nA last line without a stop", "One.\nA last line without a stop"),
    ("One.\nRead Next\n" + "long " * 60, "One.\nRead Next\n" + "long " * 59 + "long"),
    ("\n\n", "\n\n"),
]


@pytest.mark.parametrize(("text", "body"), BODIES)
def test_furniture_at_the_end_is_no_part_of_the_article(text: str, body: str) -> None:
    start, end = body_of(text)
    assert text[start:end] == body


def test_paragraphs_are_lines_without_white_space() -> None:
    text = " a \r\n\n\tb c\u2028d\x0b \n"
    assert [text[s:e] for s, e in paragraphs(text, (0, len(text)))] == ["a", "b c", "d"]
