"""Lines that only ask for what a command does, typed without it: "unsubscribe", "follow Ana Reyes"."""

import re

from knowledge.text import one_line

__all__ = ["command_meant"]

_LONGEST = 80
_ALONE = re.compile(r"(subscriptions|digest|pause|resume)", re.IGNORECASE)
_FOLLOW = re.compile(r"(?:follow(?! up\b)|subscribe(?: to)?)(?: (?P<what>.+))?", re.IGNORECASE)
_STOP = re.compile(r"(?:stop|stop following|unfollow|unsubscribe(?: from)?)", re.IGNORECASE)
_STOP_WHAT = re.compile(r"(?:stop following|unfollow|unsubscribe(?: from)?) (?P<what>.+)", re.IGNORECASE)


def command_meant(text: str) -> str | None:
    """The command that a whole line means, as it is typed ("/subscribe Ana Reyes"); None for any other line."""
    line = one_line(text).rstrip(".!")
    if len(line) > _LONGEST or "?" in line:
        return None
    if match := _ALONE.fullmatch(line):
        return f"/{match[1].casefold()}"
    if _STOP.fullmatch(line):
        return "/unsubscribe"
    if match := _STOP_WHAT.fullmatch(line):
        return f"/unsubscribe {match['what']}"
    if match := _FOLLOW.fullmatch(line):
        return f"/subscribe {match['what'] or ''}".strip()
    return None
