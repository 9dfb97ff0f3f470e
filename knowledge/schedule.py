"""When a digest is due in its reader's own time: pure, on the wall clock of an IANA time zone."""

from datetime import UTC, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field

__all__ = ["DAY", "Often", "Quiet", "When", "next_due", "quiet_until"]

Often = Literal["at_once", "daily", "weekly"]
Quiet = tuple[int, int]
"""When a chat wants no digests: from the first minute after midnight to the second, over midnight when it is less."""

DAY = 24 * 60


class When(BaseModel):
    """How often: at once, or at ``minute`` after midnight each day, or on ``weekday`` (0 is Monday) each week."""

    model_config = ConfigDict(frozen=True)

    often: Often
    minute: int = Field(default=0, ge=0, lt=DAY)
    weekday: int = Field(default=0, ge=0, le=6)


def next_due(when: When, zone: str | None, after: datetime) -> datetime | None:
    """The first moment after ``after`` (aware) that ``when`` names in the zone (UTC without one); None: at once.

    Each date has one such moment, whatever its clock does: of an hour that comes twice the first is meant, and one
    that is left out is put off by as much as the clock jumps (PEP 495, fold=0).
    """
    if when.often == "at_once":
        return None
    here = _zone(zone)
    day = after.astimezone(here).date() - timedelta(days=1)  # the clock may have been put back over midnight
    while True:
        moment = datetime.combine(day, time(*divmod(when.minute, 60)), here).astimezone(UTC)
        if moment > after and (when.often == "daily" or day.weekday() == when.weekday):
            return moment
        day += timedelta(days=1)


def quiet_until(quiet: Quiet | None, zone: str | None, now: datetime) -> datetime | None:
    """The end of the quiet hours that ``now`` (aware) is in; None when it is in none."""
    if quiet is None or quiet[0] == quiet[1]:
        return None
    here = _zone(zone)
    local = now.astimezone(here)
    minute, (start, end) = local.hour * 60 + local.minute, quiet
    inside = start <= minute < end if start < end else minute >= start or minute < end
    if not inside:
        return None
    day = local.date() + timedelta(days=int(end <= minute))
    return max(datetime.combine(day, time(*divmod(end, 60)), here).astimezone(UTC), now + timedelta(seconds=1))


def _zone(name: str | None) -> ZoneInfo:
    return ZoneInfo(name or "UTC")
