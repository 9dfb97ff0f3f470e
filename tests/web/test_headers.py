"""The headers of an answer, however they are written."""

from datetime import UTC, datetime

import pytest

from knowledge.web.headers import charset, media_type, retry_after, validator

NOW = datetime(2026, 3, 1, 12, 0, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("content_type", "kind", "encoding"),
    [
        ("text/html; charset=utf-8", "text/html", "utf-8"),
        ('Text/HTML;Charset="ISO-8859-1"', "text/html", "iso-8859-1"),
        ("application/rss+xml", "application/rss+xml", None),
        ("text/html, text/plain", "text/html", None),
        ("text/html; charset=windows-1252; x=y", "text/html", "windows-1252"),
        ("text/html; charset=punycode", "text/html", None),
        ("text/html; charset=zip", "text/html", None),
        ("text/html; charset=utf-99", "text/html", None),
        ("text/html; charset=", "text/html", None),
        ("", "", None),
        (None, "", None),
    ],
)
def test_the_type_is_read(content_type, kind, encoding):
    assert media_type(content_type) == kind
    assert charset(content_type) == encoding


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120),
        (" 0 ", 0),
        ("Sun, 01 Mar 2026 12:01:30 GMT", 90),
        ("Sun, 01 Mar 2026 12:01:30 -0000", 90),
        ("Sun, 01 Mar 2026 11:00:00 GMT", 0),
        ("soon", None),
        ("-5", None),
        ("9" * 5_000, None),
        ("Sun, 01 Mar 99999 12:01:30 GMT", None),
        ("Mon, 01 Jan 0001 00:00:00 +2300", 0),
        ("", None),
        (None, None),
    ],
)
def test_retry_after_is_seconds_or_a_date(value, seconds):
    assert retry_after(value, NOW) == seconds


@pytest.mark.parametrize("odd", ['"a\r\nX: y"', '"é"', "x" * 1_001, "", None])
def test_a_validator_that_could_not_be_sent_back_is_dropped(odd):
    assert validator(odd) is None
    assert validator('W/"a1"') == 'W/"a1"'
