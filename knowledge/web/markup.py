"""From the bytes of a page to its tree of elements, in bounded time and memory, or one refusal."""

import codecs
import re
from typing import Any, TypeAlias

from lxml import etree, html  # type: ignore[import-untyped]

from knowledge.errors import InputError
from knowledge.sources import MAX_BYTES

__all__ = ["INLINE", "MAX_ELEMENTS", "MAX_PAGE", "Element", "decoded", "page_tree", "take_out"]

Element: TypeAlias = Any
"""An ``lxml.html.HtmlElement``; lxml says nothing of its types."""

MAX_PAGE = 10_000_000
"""The longest page taken, in bytes."""

INLINE = frozenset("a abbr b cite em font i mark q s small span strong sub sup time u".split())
"""Elements that stand inside a sentence."""

MAX_ELEMENTS = 30_000
"""The most elements a page may hold: some ten times an ordinary one."""

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_DECLARED = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w.:-]{1,40})", re.IGNORECASE)
_XML_DECLARED = re.compile(rb"^\s*<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([\w.:-]{1,40})", re.IGNORECASE)
_HEAD = 4096  # HTML 13.2.3.2 has a declared encoding stand in the first 1,024 bytes; some pages are late
_RUBBISH = 0.01
# What runs or draws but says nothing; each ends at its own end tag or, unclosed, at the end of the page.
_UNREAD = re.compile(r"<(script|style|svg|noscript|template|iframe|object|canvas)\b([^>]*)>", re.IGNORECASE)
_LINKED_DATA = re.compile(r"application/ld\+json", re.IGNORECASE)
_COMMENT = re.compile(r"<!--")
_CONTROL = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff\ud800-\udfff]")
_LONG_TAG = re.compile(r"<[a-z][^<>]{4000,}", re.IGNORECASE)
_QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'")
_MOST_ATTRIBUTES = 500
_XML_LINE = re.compile(r"^\s*<\?xml[^>]*\?>")


def decoded(body: bytes, *, name: str, charset: str | None = None) -> str:
    """The page as text: by its byte order mark, ``charset``, its own declaration, UTF-8, else Windows-1252.

    Each is tried strictly, so that a wrong declaration does not spoil the text. Control characters are spaces.
    Raises InputError when it is longer than ``MAX_PAGE``, empty, binary, or in no encoding that can be told.
    """
    if len(body) > MAX_PAGE:
        raise InputError(name, f"longer than {MAX_PAGE:,} bytes; give the page of one article")
    if not body.strip(b"\0 \t\r\n"):
        raise InputError(name, "empty; give a page with an article")
    text = _text(body, charset)
    nuls, lost = text.count("\0"), text.count("\ufffd")
    if nuls > _RUBBISH * len(text) or lost > _RUBBISH * len(text):
        raise InputError(name, "binary, or in an encoding that cannot be told; save it as UTF-8")
    return _CONTROL.sub(" ", text)


def _text(body: bytes, charset: str | None) -> str:
    for mark, encoding in _BOMS:
        if body.startswith(mark):
            return body.decode(encoding, "replace").removeprefix("\ufeff")
    head = body[:_HEAD]
    found = _DECLARED.search(head) or _XML_DECLARED.search(head)
    for named in (charset, found.group(1).decode("ascii") if found else None, "utf-8"):
        codec = _known(named)
        if codec is None:
            continue
        try:
            return body.decode(codec)
        except UnicodeError:
            continue
    return body.decode("windows-1252", "replace")


def _known(encoding: str | None) -> str | None:
    """The codec for a declared encoding, as browsers read it: Latin-1 means Windows-1252; None for none of text."""
    try:
        info = codecs.lookup((encoding or "").strip("\"' "))
    except (LookupError, ValueError):
        return None
    if not info._is_text_encoding or info.name in ("idna", "punycode", "unicode_escape", "raw_unicode_escape", "utf-7"):
        return None
    # A declaration that can be read byte by byte cannot stand in UTF-16.
    if info.name in ("utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be"):
        return None
    return "windows-1252" if info.name in ("iso8859-1", "ascii") else info.name


def page_tree(body: bytes, *, name: str, charset: str | None = None) -> Element:
    """The tree of a page, scripts (but JSON-LD), styles, drawings and comments left out.

    Raises InputError as ``decoded`` does, and for no markup, more than ``MAX_BYTES`` characters or ``MAX_ELEMENTS``
    elements, nesting deeper than the parser goes (255), or hundreds of attributes on one element.
    """
    text = _XML_LINE.sub("", _readable(decoded(body, name=name, charset=charset)))
    if len(text) > MAX_BYTES:
        raise InputError(name, f"holds {len(text):,} characters beside scripts; give the page of one article")
    if text.count("<") > 3 * MAX_ELEMENTS:
        raise InputError(name, f"holds more than {MAX_ELEMENTS:,} elements; give the page of one article")
    if "<" not in text:
        raise InputError(name, "holds no HTML; save it as a .txt file")
    if any(len(_QUOTED.sub("", tag).split()) > _MOST_ATTRIBUTES for tag in _LONG_TAG.findall(text)):
        # The parser compares each attribute of an element with all before it.
        raise InputError(name, f"an element has more than {_MOST_ATTRIBUTES} attributes; save the text as a .txt file")
    parser = html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, huge_tree=False)
    try:
        tree = html.document_fromstring(text.encode("utf-8"), parser=parser, ensure_head_body=True)
    except (etree.LxmlError, ValueError, AssertionError) as error:
        raise InputError(name, "cannot be read as HTML; save the article's text as a .txt file") from error
    if any(entry.type == etree.ErrorTypes.ERR_RESOURCE_LIMIT for entry in parser.error_log):
        raise InputError(name, "its elements are nested too deep; save the article's text as a .txt file")
    if sum(1 for _ in tree.iter()) > MAX_ELEMENTS:
        raise InputError(name, f"holds more than {MAX_ELEMENTS:,} elements; give the page of one article")
    return tree


def _readable(text: str) -> str:
    """The page without what is not read: cut before parsing, so that megabytes of scripts cost next to nothing."""
    return _without(_without(text, _COMMENT), _UNREAD)


def _without(text: str, opening: re.Pattern[str]) -> str:
    kept, at = [], 0
    unclosed: set[str | None] = set()  # sought once: a page of nothing but open tags is read through only once
    while found := opening.search(text, at):
        tag = found.group(1).lower() if opening is _UNREAD else None
        end = re.compile(f"</{tag}[^>]*>" if tag else "-->", re.IGNORECASE)
        closed = None if tag in unclosed else end.search(text, found.end())
        is_data = tag == "script" and _LINKED_DATA.search(found.group(2)) is not None
        kept.append(text[at : closed.end() if is_data and closed else found.start()])
        if closed:
            at = closed.end()
        else:
            unclosed.add(tag)
            # A browser takes the rest of the page as the comment or script; inside others it goes on reading.
            at = len(text) if tag in (None, "script", "style") else found.end()
        kept.append(" ")
    kept.append(text[at:])
    return "".join(kept)


def take_out(element: Element) -> None:
    """Empty an element in place: what stands after it stays, and stays apart from what stands before it."""
    tail = element.tail
    inline = element.tag in ("span", "a", "sup", "sub", "small", "b", "i", "em", "strong", "font", "time", "cite")
    element.clear()
    element.tag = "span" if inline else "hr"
    element.tail = tail
