"""Lists of feeds as OPML, which other feed readers write and read (https://opml.org/spec2.opml)."""

from collections.abc import Iterable
from dataclasses import dataclass

from lxml import etree  # type: ignore[import-untyped]

from knowledge.errors import InputError
from knowledge.text import one_line
from knowledge.web.addresses import normalised
from knowledge.web.xml import first_element, local_name, read_tags, repaired, safe_text, without_control

__all__ = ["MAX_FEEDS", "FeedAddress", "parse_opml", "write_opml"]

MAX_FEEDS = 2_000
_MAX_ELEMENTS = 20_000
_MAX_TITLE = 500


@dataclass(frozen=True)
class FeedAddress:
    """Where a feed is: a normalised http or https address, and a title of one line, "" when it has none."""

    url: str
    title: str


def parse_opml(body: bytes, *, name: str, charset: str | None = None) -> tuple[FeedAddress, ...]:
    """The feeds of an OPML file, those in folders too, in its order; at most the first 2,000.

    Left out are outlines without an http or https address, and addresses that came before. ``name`` is what errors
    call the file, ``charset`` what the HTTP header says. A file that is not well-formed is taken when it still holds
    feeds. Raises InputError for anything else than OPML, and for what could cost too much to read
    (``knowledge.web.xml``).
    """
    if first_element(body) != "opml":
        raise InputError(name, "not OPML (its first element is another); give a list of feeds that a feed reader wrote")
    text = safe_text(body, name, charset)
    try:
        return tuple(_feeds(text, name, recover=False).values())
    except etree.XMLSyntaxError:
        pass
    feeds = tuple(_feeds(repaired(text, name), name, recover=True).values())
    if not feeds:
        raise InputError(name, "not OPML: XML that is not well-formed and without feeds; write it again")
    return feeds


def _feeds(text: str, name: str, *, recover: bool) -> dict[str, FeedAddress]:
    feeds: dict[str, FeedAddress] = {}
    for starts, element in read_tags(text, name, recover=recover, limit=_MAX_ELEMENTS):
        # An end comes after those of the outlines inside, a start in the order of the file.
        if not starts or local_name(element.tag) != "outline":
            continue
        values = {key.lower(): value for key, value in element.attrib.items()}
        try:
            url = normalised(values.get("xmlurl", ""))
        except InputError:
            continue
        title = _line(values.get("title") or values.get("text") or "")
        feeds.setdefault(url, FeedAddress(url, "" if title == url else title))
        if len(feeds) == MAX_FEEDS:
            break
    return feeds


def write_opml(feeds: Iterable[FeedAddress], *, title: str) -> str:
    """An OPML 2.0 file of feeds, to be saved as UTF-8; ``parse_opml`` reads the same feeds from it."""
    root = etree.Element("opml", version="2.0")
    etree.SubElement(etree.SubElement(root, "head"), "title").text = _line(title)
    body = etree.SubElement(root, "body")
    for feed in feeds:
        named = _line(feed.title)
        # OPML wants a text in every outline.
        etree.SubElement(body, "outline", type="rss", text=named or feed.url, title=named, xmlUrl=feed.url)
    text: str = etree.tostring(root, encoding="unicode", pretty_print=True)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}'


def _line(text: str) -> str:
    return one_line(without_control(text), _MAX_TITLE)
