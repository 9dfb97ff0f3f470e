"""When something was published, as pages and feeds write it, in one form."""

import re
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime

__all__ = ["iso_time"]

_LONGEST = 60
_FIRST, _LAST = 1900, 2100
_OFFSET = re.compile(r"([+-]\d\d)(\d\d)$")
_LOOSE = re.compile(r"(\d{4}-\d\d-\d\d)\s+(\d\d:\d\d(?::\d\d)?)\s*(Z|UTC|GMT|[+-]\d\d:?\d\d)?$", re.IGNORECASE)
_DAY = re.compile(r"\d{4}-?\d\d-?\d\d$")


def iso_time(text: str | None) -> str | None:
    """A time in ISO 8601 from ISO 8601, its usual slips, or RFC 2822; a day stays a day; None for anything else.

    The offset from UTC is kept when there is one. Years outside 1900 to 2100 are slips, and None.
    """
    text = (text or "").strip()
    if not text or len(text) > _LONGEST:
        return None
    loose = _LOOSE.match(text)
    if loose:
        zone = loose.group(3) or ""
        text = f"{loose.group(1)}T{loose.group(2)}{'Z' if zone.isalpha() else zone}"
    try:
        if _DAY.match(text):
            found: date = date.fromisoformat(text)
        else:
            found = datetime.fromisoformat(_OFFSET.sub(r"\1:\2", text))
    except ValueError:
        found_time = _mail_time(text)
        if found_time is None:
            return None
        found = found_time
    return found.isoformat() if _FIRST <= found.year <= _LAST else None


def _mail_time(text: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(text)
    except (ValueError, TypeError, OverflowError):
        return None
    # RFC 5322 3.3: "-0000" is a time in UTC whose zone is not told.
    return found if found.tzinfo else found.replace(tzinfo=UTC)
