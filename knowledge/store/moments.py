"""Moments as the store keeps them: text in one fixed form, so that the order of texts is that of time."""

from datetime import UTC, datetime

__all__ = ["moment", "stamp"]


def stamp(when: datetime) -> str:
    """A moment as it is kept: UTC, ISO 8601, to the millisecond. Raises ValueError for one without a time zone."""
    if when.tzinfo is None:
        raise ValueError(f"{when} has no time zone")
    return when.astimezone(UTC).isoformat(timespec="milliseconds")


def moment(text: str) -> datetime:
    """The moment that ``stamp`` made this of, cut to the millisecond."""
    return datetime.fromisoformat(text)
