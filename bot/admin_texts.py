"""Every fixed phrase of what admins do in the chat; what comes from an article or a feed is put in by the callers."""

from collections.abc import Sequence

__all__ = [
    "ADD_HOW",
    "ADMINS_ALSO",
    "ADMIN_COMMANDS",
    "ALREADY_WATCHED",
    "DONE",
    "ENDED_BADLY",
    "FEEDS_FILE",
    "FEEDS_HOW",
    "FEEDS_TITLE",
    "IN_BRIEF",
    "IN_LINE",
    "KEEP",
    "KEPT",
    "NOBODY_QUOTED",
    "NOTHING_FOUND",
    "NOT_AN_ADDRESS",
    "NOT_AN_ADMIN",
    "NOT_FETCHED",
    "NOT_REACHED",
    "NOT_READABLE",
    "NOT_WATCHED",
    "NO_FEEDS",
    "NO_LONGER_HELD",
    "QUOTED_IN",
    "READING",
    "REFUSED",
    "REMOVE_HOW",
    "SOMETHING_FAILED",
    "STOPPED",
    "TOO_MANY",
    "WHO_IS_QUOTED",
    "WITHDRAW",
    "WITHDRAWN",
    "WITHDRAW_WHICH",
    "cannot_start",
    "count",
    "feed",
    "feeds_more",
    "feeds_watched",
    "no_such_article",
    "people_more",
    "quoted",
    "refused_more",
    "several",
    "so_far",
    "too_large",
    "too_short",
    "took_too_long",
    "unwatched",
    "watched",
]

ADMIN_COMMANDS: tuple[tuple[str, str], ...] = (
    ("add", "read an article or a feed: /add URL"),
    ("remove", "withdraw an article: /remove ARTICLE"),
    ("feeds", "the feeds I watch; /feeds add URL, /feeds remove N"),
)
ADMINS_ALSO = "You run this bot, so you can also send me a link, a document or a channel's post to read, and:"
NOT_AN_ADMIN = "Only those who run this bot can do that. You are welcome to ask me anything about the articles."
NO_LONGER_HELD = "This article is no longer held, or has changed since. Please start again."
SOMETHING_FAILED = "This did not work."

# --- adding -----------------------------------------------------------------------------------------------------

ADD_HOW = (
    "Add what? Write /add and an address, or send me a link, a .txt, .html or .jsonl document, or forward a channel's "
    "post."
)
NOT_AN_ADDRESS = "This is no address I can read; give one that starts with https:// or http://."
NOT_FETCHED = "Telegram did not hand over the document. Send it again in a moment."
NOT_READABLE = "I can read .txt, .html and .jsonl documents; this is another kind."
READING = "Reading …"
IN_LINE = "Waiting: two other additions are being read. Yours comes after them."
TOO_MANY = "Too many additions are waiting. Send it again when they are done."
STOPPED = "The bot was stopped before this was read. Send it again when it is back."
ENDED_BADLY = "Reading it ended unexpectedly, and it has been noted."
NOTHING_FOUND = "Nothing was found there."
REFUSED = "Not taken: "
DONE = {"added": "Added: ", "updated": "Updated: ", "unchanged": "Unchanged: "}
WHO_IS_QUOTED = "who is quoted"
IN_BRIEF = "in brief"
QUOTED_IN = "Quoted in "
NOBODY_QUOTED = "Nobody is quoted by name."


def too_large(size: int | None, limit: int) -> str:
    """Why a document is not read; sizes in bytes, None when Telegram does not tell."""
    known = "of unknown size" if size is None else f"of {size / 1e6:,.1f} MB"
    return f"This document is {known}; I take up to {limit / 1e6:,.0f} MB of this kind."


def too_short(length: int, least: int) -> str:
    """Why a forwarded post is not read; lengths in characters."""
    return f"This post has {length} characters; I take posts of {least} or more."


def took_too_long(seconds: float) -> str:
    """Why an addition was given up."""
    return f"Reading it took longer than {seconds:,.0f} seconds and was given up."


def cannot_start(reason: str) -> str:
    """Why nothing was read."""
    return f"Reading could not be started ({reason})."


def so_far(done: int) -> str:
    """How far an addition of several articles has come."""
    return f"{READING} {count(done, 'article')} so far."


def count(number: int, noun: str, nouns: str | None = None) -> str:
    """A number with its noun."""
    return f"{number:,} {noun if number == 1 else nouns or noun + 's'}"


def refused_more(rest: int) -> str:
    """What follows the first reasons why articles were refused."""
    return f"… and {rest:,} more refused."


def people_more(rest: int) -> str:
    """What follows a list of people that is cut short."""
    return f"… and {rest:,} more."


def quoted(sentences: int) -> str:
    """What follows the name of somebody quoted."""
    return f", quoted in {count(sentences, 'sentence')}"


def several(counted: Sequence[tuple[str, int]]) -> str:
    """What became of several articles: (what, how many), those of none left out."""
    articles = sum(number for _, number in counted)
    became = ", ".join(f"{number:,} {what}" for what, number in counted if number)
    return f"{count(articles, 'article')}: {became}."


# --- removing ---------------------------------------------------------------------------------------------------

REMOVE_HOW = "Withdraw which? Write /remove and an article's id, its address, or its number in /sources."
WITHDRAW_WHICH = "Withdraw this article? I would no longer answer from it; its record stays."
WITHDRAW = "withdraw"
KEEP = "keep"
WITHDRAWN = "Withdrawn: "
KEPT = "Kept: "


def no_such_article(name: str) -> str:
    """What to say when no article is meant."""
    return f"I hold no article “{name}”. Give its id, its address, or its number in /sources."


# --- feeds ------------------------------------------------------------------------------------------------------

FEEDS_HOW = "Write /feeds, /feeds add URL, /feeds remove URL or N, or /feeds export."
NO_FEEDS = "I watch no feeds. Add one with /feeds add URL."
NOT_REACHED = "It could not be reached yet, so I have not seen that it is a feed: "
ALREADY_WATCHED = "This feed is watched already."
NOT_WATCHED = "This feed is not watched. /feeds lists those that are."
FEEDS_FILE = "feeds.opml"
FEEDS_TITLE = "Feeds of On the Record"


def feeds_watched(total: int) -> str:
    """The heading of the list of feeds."""
    return f"I watch {count(total, 'feed')}:"


def feeds_more(rest: int) -> str:
    """What follows a list that is cut short."""
    return f"… and {rest:,} more; /feeds export gives all of them."


def feed(*, checked: str | None, problem: str | None, failures: int, active: bool) -> str:
    """What follows a feed's title: when it was last asked (UTC), and what is the matter with it."""
    parts = [f"last checked {checked} UTC" if checked else "not checked yet"]
    if problem:
        parts.append(f"{'failing' if active else 'stopped'} ({count(failures, 'time')} in a row): {problem}")
    return ", ".join(parts)


def watched(address: str) -> str:
    """Say that a feed has been added."""
    return f"Watching {address} from now on."


def unwatched(address: str) -> str:
    """Say that a feed has been removed."""
    return f"No longer watching {address}. The articles that came from it stay."
