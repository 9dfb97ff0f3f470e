"""Media types in words."""

import pytest

from knowledge.web.kinds import FEED_KINDS, PAGE_KINDS, wrong_kind

PDF = "is a PDF (application/pdf); give the address of "
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@pytest.mark.parametrize(
    ("kind", "kinds", "told"),
    [
        ("application/pdf", PAGE_KINDS | FEED_KINDS, f"{PDF}a web page, a feed or an OPML file"),
        ("application/pdf", PAGE_KINDS, f"{PDF}a web page"),
        ("application/pdf", FEED_KINDS, f"{PDF}a feed or an OPML file"),
        ("application/pdf", frozenset({"a/b"}), f"{PDF}a file of another type"),
        (WORD, PAGE_KINDS, f"is a Word document ({WORD}); give the address of a web page"),
        ("video/mp4", PAGE_KINDS, "is a video (video/mp4); give the address of a web page"),
        ("application/x-thing", PAGE_KINDS, "is application/x-thing; give the address of a web page"),
        ("text/plain", PAGE_KINDS, "is plain text (text/plain); save it as a .txt file and give that"),
    ],
)
def test_what_is_of_another_kind_is_named_with_what_to_give(kind, kinds, told):
    assert wrong_kind(kind, kinds) == told
