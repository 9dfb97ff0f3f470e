"""What an admin's addition is about: what is to be read, and what became of it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

__all__ = ["AddingError", "Address", "Document", "Post", "Report", "Source", "web_address"]

_MAX_ADDRESS = 2048


@dataclass(frozen=True, slots=True)
class Address:
    """A page or a feed. ``url`` is an http or https address, checked by whoever makes this."""

    url: str


@dataclass(frozen=True, slots=True)
class Document:
    """A file. ``name`` is safe as a file's name, its stem the article's id; ``fetch`` writes the file to a path."""

    name: str
    fetch: Callable[[Path], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class Post:
    """An article in hand: id, title and text, and whatever else article JSONL may hold."""

    article: dict[str, str]


Source = Address | Document | Post


@dataclass(frozen=True, slots=True)
class Report:
    """What became of one article, as ``ingest --json`` tells it; ``article_id`` is empty for one that was unreadable.

    ``error`` is fit for the chat: it names no folder of this machine.
    """

    article_id: str
    status: Literal["added", "updated", "unchanged", "rejected"]
    sentences: int = 0
    quotes: int = 0
    facts: int = 0
    error: str = ""


class AddingError(Exception):
    """An addition that came to nothing, or broke off; ``str()`` says why, fit for the chat."""


def web_address(text: str) -> str | None:
    """The one spelling of the http or https address that ``text`` is; None when it is anything else.

    One that holds a name or password is none: it would be seen on a command line.
    """
    from knowledge.errors import InputError
    from knowledge.web.addresses import normalised

    text = text.strip()
    if len(text) > _MAX_ADDRESS or any(c.isspace() or not c.isprintable() for c in text):
        return None
    try:
        return normalised(text)
    except InputError:
        return None
