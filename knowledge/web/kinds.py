"""Kinds of files by their media types: those that are read, and what the others are called."""

from typing import Final

from knowledge.web.addresses import shown

__all__ = ["FEED_KINDS", "OPML_KINDS", "PAGE_KINDS", "wanted", "wrong_kind"]

PAGE_KINDS: Final = frozenset(("text/html", "application/xhtml+xml", ""))
"""The media types of a page; "" is one that the server does not name."""

OPML_KINDS: Final = frozenset(("text/x-opml", "application/opml+xml", "text/x-opml+xml"))
"""The media types that lists of feeds have of their own; most come as XML."""

FEED_KINDS: Final = OPML_KINDS | frozenset(
    "application/rss+xml application/atom+xml application/rdf+xml application/xml text/xml application/feed+json "
    "application/json".split()
)
"""The media types of feeds and of lists of feeds."""

_READ: Final = (
    (PAGE_KINDS - {""}, "a web page"),
    (FEED_KINDS - OPML_KINDS, "a feed"),
    (OPML_KINDS, "an OPML file"),
)
_PLAIN: Final = "text/plain"
_CALLED: Final = {
    "application/pdf": "a PDF",
    "application/msword": "a Word document",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "a Word document",
    "application/vnd.oasis.opendocument.text": "an OpenDocument text",
    "application/epub+zip": "an e-book",
    "application/zip": "a ZIP archive",
    _PLAIN: "plain text",
}
_FAMILIES: Final = {"image": "a picture", "audio": "a sound recording", "video": "a video"}


def wanted(kinds: frozenset[str]) -> str:
    """What files of these media types are, for a message: "a web page, a feed or an OPML file"."""
    names = [name for family, name in _READ if family & kinds]
    return " or ".join(part for part in (", ".join(names[:-1]), *names[-1:]) if part) or "a file of another type"


def wrong_kind(kind: str, kinds: frozenset[str]) -> str:
    """What is wrong with a file of the media type ``kind`` where one of ``kinds`` is wanted, and what to give."""
    name = _CALLED.get(kind) or _FAMILIES.get(kind.partition("/")[0])
    what = f"{name} ({shown(kind)})" if name else shown(kind)
    if kind == _PLAIN:
        return f"is {what}; save it as a .txt file and give that"
    return f"is {what}; give the address of {wanted(kinds)}"
