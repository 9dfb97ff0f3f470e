"""A feed's XML cut down to what is read from it: well-formed, small, and without anything that takes long to read.

feedparser knows the formats, but not how to stop: 100 kB of one author's name keep it busy for forty seconds. What it
gets is therefore made here: the first entries, only the elements that matter, and each of those without elements
inside and of bounded length.
"""

import re
from typing import Any, NamedTuple

from lxml import etree  # type: ignore[import-untyped]

from knowledge.errors import InputError
from knowledge.web.plain import text_of
from knowledge.web.xml import local_name, read_tags, repaired

__all__ = ["MAX_ENTRIES", "CutDown", "cut_down"]

MAX_ENTRIES = 500
_ENTRIES = frozenset({"item", "entry"})

# The elements that are kept, and the longest text of each. A longer address or date is none; longer words are cut.
_SHORT = dict.fromkeys(("link", "guid", "id"), 2_000) | dict.fromkeys(
    ("pubdate", "published", "updated", "date", "issued", "created", "modified"), 100
)
_LONG = {"title": 10_000} | dict.fromkeys(("description", "summary", "content", "encoded"), 1_000_000)
_ATTRIBUTES = frozenset("about base href hreflang ispermalink lang mode rel src type version".split())
_ATTRIBUTE = 2_000
_CHILDREN = 100  # of one entry
# What feeds use without declaring it.
_NAMESPACES = {
    "atom": "http://www.w3.org/2005/Atom",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "dc": "http://purl.org/dc/elements/1.1/",
}
_FIRST = re.compile(r"\A<[^\s/>]+")


class CutDown(NamedTuple):
    """A smaller document; whether the text was well-formed as far as it was read, and read to the end of the feed.

    A feed with more entries than are kept counts as read to its end.
    """

    document: bytes
    well_formed: bool
    ended: bool


def cut_down(text: str, name: str) -> CutDown:
    """A feed's XML, from its first element on, as a smaller document.

    Kept are at most 500 entries, those that are whole. Raises InputError when it is not XML at all, has too many
    faults, or more than 100,000 elements before the end of its 500th entry.
    """
    try:
        return CutDown(_cut_down(text, name, recover=False)[0], well_formed=True, ended=True)
    except etree.XMLSyntaxError:
        pass
    document, ended = _cut_down(_with_namespaces(repaired(text, name)), name, recover=True)
    return CutDown(document, well_formed=False, ended=ended)


def _with_namespaces(text: str) -> str:
    missing = (f' xmlns:{prefix}="{uri}"' for prefix, uri in _NAMESPACES.items() if f"xmlns:{prefix}" not in text)
    return _FIRST.sub("".join((r"\g<0>", *missing)), text, count=1)


def _cut_down(text: str, name: str, *, recover: bool) -> tuple[bytes, bool]:
    root, whole, ended = None, {}, False
    for starts, element in read_tags(text, name, recover=recover):
        root = element if root is None else root
        ended = ended or (element is root and not starts)
        if local_name(element.tag) not in _ENTRIES:
            continue
        whole[element] = not starts
        if not starts and sum(whole.values()) == MAX_ENTRIES:
            ended = True
            break
    if root is None:
        raise InputError(name, "not a feed: its first element is broken; give the address of a feed")
    entries = [element for element, ended in whole.items() if ended]
    channels = [element for element in root if local_name(element.tag) == "channel"]
    # All under the root, as in RSS 1.0: one that was never closed holds those that follow it.
    root.extend(entries)
    kept = {*entries, *channels}
    for element in (root, *kept):
        _clean_attributes(element)
        element.text = element.tail = None
        wanted = 0
        for child in list(element):
            child.tail = None
            if element is root and child in kept:
                continue
            if wanted < _CHILDREN and _flattened(child):
                wanted += 1
            else:
                element.remove(child)
    etree.cleanup_namespaces(root)
    document: bytes = etree.tostring(root, encoding="utf-8")
    return document, ended


def _flattened(element: Any) -> bool:
    """Make an element hold text only, and not too much of it; False for one that is not wanted."""
    name = local_name(element.tag)
    limit = _SHORT.get(name) or _LONG.get(name)
    if limit is None or ":" in element.tag.rpartition("}")[2]:
        return False
    text = element.text or ""
    if len(element):  # XHTML, or HTML that was not escaped
        text = text_of(element)
        for child in list(element):
            element.remove(child)
        element.set("type", "text")
    if len(text) > limit and name in _SHORT:
        return False
    element.text = text[:limit]
    _clean_attributes(element)
    return True


def _clean_attributes(element: Any) -> None:
    for key, value in element.attrib.items():
        if len(value) > _ATTRIBUTE or local_name(key) not in _ATTRIBUTES:
            del element.attrib[key]
