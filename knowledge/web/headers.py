"""Reading the few headers of an answer that matter, however they are written."""

import codecs
import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

__all__ = ["charset", "media_type", "retry_after", "validator"]

_CHARSET = re.compile(r"""charset\s*=\s*["']?([\w.:-]{1,40})""", re.ASCII | re.IGNORECASE)
# Only names of the families that pages are written in are looked up: Python's other codecs are not for text, or are
# slow on purpose (punycode), and it remembers every name it was ever asked for.
_FAMILIES = re.compile(
    "(utf|ascii|us-ascii|latin|iso-?8859|windows-|cp|koi8|mac|shift|sjis|euc|iso-?2022|gb|hz|big5|tis)[a-z0-9_-]*"
)
_SECONDS = re.compile("[0-9]{1,9}", re.ASCII)
_VALIDATOR = re.compile("[ -~]{1,1000}")


def media_type(content_type: str | None) -> str:
    """The media type in lower case without parameters; "" for a missing header."""
    return (content_type or "").partition(";")[0].partition(",")[0].strip().lower()


def charset(content_type: str | None) -> str | None:
    """The declared encoding in lower case, if it is one that Python can decode text with."""
    found = _CHARSET.search(content_type or "")
    name = found[1].lower() if found else ""
    if not _FAMILIES.fullmatch(name):
        return None
    try:
        codecs.lookup(name)
    except LookupError:
        return None
    return name


def retry_after(value: str | None, now: datetime) -> float | None:
    """The seconds from ``now`` that ``Retry-After`` (RFC 9110, 10.2.3: seconds or a date) asks to wait, at least 0."""
    text = (value or "").strip()
    if _SECONDS.fullmatch(text):
        return float(text)
    try:
        when = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    return max(0.0, (when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp() - now.timestamp())


def validator(value: str | None) -> str | None:
    """An ETag or Last-Modified that can be sent back as it came; None for anything odd or over 1,000 characters."""
    return value if value and _VALIDATOR.fullmatch(value) else None
