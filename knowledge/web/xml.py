"""XML from strangers: refused when it could cost more than its size, decoded, and read element by element.

Nothing here trusts a parser to refuse: entities, external subsets, depth and size are checked on the text before one
sees it, and what a parser gets is that same text from its first element on, so that the two cannot disagree about an
encoding or a prolog. Attacks and limits: OWASP, "XML Security Cheat Sheet".
"""

import re
import sys
from collections.abc import Iterator
from contextlib import nullcontext, suppress
from functools import lru_cache
from html.entities import name2codepoint
from typing import Any, NamedTuple

from lxml import etree  # type: ignore[import-untyped]

from knowledge.errors import InputError
from knowledge.web.xml_encoding import decoded

__all__ = [
    "MAX_BYTES",
    "MAX_DEPTH",
    "MAX_ELEMENTS",
    "Tag",
    "first_element",
    "local_name",
    "read_tags",
    "refuse_entities",
    "repaired",
    "safe_text",
    "without_control",
]

MAX_BYTES = 10_000_000
MAX_DEPTH = 200
MAX_ELEMENTS = 100_000  # a feed of 500 entries has about 10,000
_MAX_FAULTS = 200_000
_MAX_ATTRIBUTES = 1_000  # of one element, namespaces among them
_LONG_TAG = 4_000
_PROLOG = 64 * 1024  # characters before the first element
_CHUNK = 64 * 1024

_ENTITY = "<!ENTITY"
_ENTITIES = tuple(_ENTITY.encode(codec) for codec in ("utf-8", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"))
# The only external subset that feeds ever named (RSS 0.91, Netscape 1999); it is never fetched.
_HARMLESS = "-//Netscape Communications//DTD RSS 0.91//EN"

_SPACE = re.compile(r"[\s\0]*")
_NAME = re.compile(r"<([^\W\d][\w:.-]*)")
_SUBSET_END = re.compile(r"\]\s*+>")
_DOCTYPE = re.compile(r"""<!DOCTYPE\s+[^\s\[>"']+((?:[^\[>"']|"[^"]*"|'[^']*')*+)(\[?)>?""", re.IGNORECASE)
# What holds no element, then a tag. An end that never comes is the end of the text, so no character is read twice.
_PIECES = re.compile(
    r"""<!--(?:.*?-->|.*)|<!\[CDATA\[(?:.*?\]\]>|.*)|<\?(?:.*?\?>|.*)"""
    r"""|<(?P<close>/?)[^\W\d](?:[^<>"']|"[^"]*"|'[^']*')*+>""",
    re.DOTALL,
)
# CDATA, in which nothing is a fault, a "<" of no tag, a reference, and an "&" of none.
_MENDED = re.compile(
    r"<!\[CDATA\[(?:.*?\]\]>|.*)|<(?![/!?]|[^\W\d][^<>]*+>)|&(?:(#[0-9]{1,7}|#x[0-9a-fA-F]{1,6}|\w{1,32});)?", re.DOTALL
)
_CODEPOINTS = {**name2codepoint, "apos": 39}
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # XML 1.0, production 2


class _Prolog(NamedTuple):
    """What comes before the first element: where that starts, its name ("" when there is none), what forbids it."""

    start: int
    element: str
    refusal: str | None


class Tag(NamedTuple):
    """A start or an end of an element, and the element as far as it is read."""

    starts: bool
    element: Any


def refuse_entities(body: bytes, name: str, charset: str | None = None) -> None:
    """Raise InputError when an XML document could cost more than its size, or name files of its reader's.

    Refused: more than 10 MB, entity declarations (in any of UTF-8, -16 and -32, wherever they stand), document types
    with an internal subset or an external one other than that of RSS 0.91, a first element later than 64 kB, elements
    nested more than 200 deep. ``name`` says which input it is, ``charset`` is that of the HTTP header. Time and memory
    are linear in the size.
    """
    safe_text(body, name, charset)


def safe_text(body: bytes, name: str, charset: str | None = None) -> str:
    """A document's text from its first element on, once ``refuse_entities`` has nothing against it.

    Left out is what stands before: XML declaration, document type and comments.
    """
    if len(body) > MAX_BYTES:
        raise InputError(name, f"longer than {MAX_BYTES:,} bytes; give a shorter one")
    text = decoded(body, charset)
    if _ENTITY in text or any(entity in body for entity in _ENTITIES):
        raise InputError(name, "declares XML entities, which are not read; give one without them")
    prolog = _prolog(text)
    if prolog.refusal:
        raise InputError(name, prolog.refusal)
    refusal = _shape_refusal(text, prolog.start)
    if refusal:
        raise InputError(name, refusal)
    return text[prolog.start :]


def first_element(body: bytes) -> str:
    """The local name of a document's first element in lower case; "" when what comes first is something else."""
    return _prolog(decoded(body[: 4 * _PROLOG])).element


def _prolog(text: str) -> _Prolog:
    at, refusal = 0, None
    limit = min(len(text), _PROLOG)
    while True:
        at = _SPACE.match(text, at, limit).end()  # type: ignore[union-attr]  # it matches nothing, too
        if text.startswith("<?", at):
            end, mark = text.find("?>", at, limit), 2
        elif text.startswith("<!--", at):
            end, mark = text.find("-->", at, limit), 3
        elif doctype := _DOCTYPE.match(text, at, limit):
            refusal = refusal or _doctype_refusal(*doctype.groups())
            # Behind a subset the first element only says what it was that is refused.
            closed = _SUBSET_END.search(text, doctype.end(), limit) if doctype[2] else doctype
            end, mark = (closed.end() if closed else -1), 0
        else:
            break
        if end < 0:
            break
        at = end + mark
    found = _NAME.match(text, at)
    if found is None and (at == limit or text.startswith(("<!", "<?"), at)):
        refusal = refusal or f"no first element within {_PROLOG:,} characters, or a broken start; give another"
    return _Prolog(at, local_name(found[1]) if found else "", refusal)


def _doctype_refusal(external: str, subset: str) -> str | None:
    if subset:
        return "its document type declares things of its own, which are not read; give one without them"
    if external.strip() and _HARMLESS not in external:
        return "names an external document type, which is not fetched; give one without it"
    return None


def _shape_refusal(text: str, start: int) -> str | None:
    depth = 0
    for piece in _PIECES.finditer(text, start):
        if piece["close"] is None:
            continue
        if piece["close"]:
            depth = max(0, depth - 1)
        elif text[piece.end() - 2] != "/":
            depth += 1
            if depth > MAX_DEPTH:
                return f"elements are nested more than {MAX_DEPTH} deep; give another"
        long = piece.end() - piece.start() > _LONG_TAG
        if long and text.count("=", piece.start(), piece.end()) > _MAX_ATTRIBUTES:
            return f"an element has more than {_MAX_ATTRIBUTES:,} attributes; give another"
    return None


def repaired(text: str, name: str) -> str:
    """A text with the commonest faults of XML mended: HTML's entities, bare "&" and "<", control characters.

    All references become numbers: after the first fault, libxml2 drops those that are names, "&amp;" too. Raises
    InputError when there are more than 200,000 faults.
    """
    faults = 0

    def mended(found: re.Match[str]) -> str:
        nonlocal faults
        if found[0].startswith("<!"):
            return found[0]
        codepoint = _codepoint(found[1] or "")
        if codepoint is not None:
            return f"&#{codepoint};" if not _NOT_XML.match(chr(codepoint)) else ""
        faults += 1
        if faults > _MAX_FAULTS:
            raise InputError(name, f"has more than {_MAX_FAULTS:,} faults, so it is hardly XML; give another")
        return f"&#{ord(found[0][0])};{found[0][1:]}"

    return without_control(_MENDED.sub(mended, text))


def _codepoint(reference: str) -> int | None:
    """The character that a reference without "&" and ";" means; None for one that means none."""
    if not reference.startswith("#"):
        return _CODEPOINTS.get(reference)
    digits = reference[1:]
    codepoint = int(digits[1:], 16) if digits.startswith("x") else int(digits)
    return codepoint if codepoint <= sys.maxunicode else 0


def without_control(text: str) -> str:
    """A text without the characters that XML cannot hold, however they are written."""
    return _NOT_XML.sub("", text)


@lru_cache(1024)
def local_name(tag: object) -> str:
    """The name of an element in lower case, without its namespace or prefix; "" for what is no element."""
    return re.split("[}:]", tag)[-1].lower() if isinstance(tag, str) else ""


def read_tags(text: str, name: str, *, recover: bool, limit: int = MAX_ELEMENTS) -> Iterator[Tag]:
    """The starts and ends of a text's elements as they are read; stop early and the rest is not parsed.

    Ends that are only implied by the end of the text are left out: what they close was cut off. With ``recover`` the
    parser makes the best of what is not well-formed; without, that raises ``lxml.etree.XMLSyntaxError``. More than
    ``limit`` elements: InputError.
    """
    parser = etree.XMLPullParser(
        events=("start", "end"),
        recover=recover,
        encoding="utf-8",
        resolve_entities=False,
        no_network=True,
        huge_tree=False,
        load_dtd=False,
        remove_comments=True,
        remove_pis=True,
    )
    elements = 0
    with suppress(etree.XMLSyntaxError) if recover else nullcontext():
        for at in range(0, len(text), _CHUNK):
            parser.feed(text[at : at + _CHUNK].encode("utf-8", "replace"))
            for event, element in parser.read_events():
                elements += event == "start"
                if elements > limit:
                    raise InputError(name, f"has more than {limit:,} elements; give a shorter one")
                yield Tag(event == "start", element)
        parser.close()
