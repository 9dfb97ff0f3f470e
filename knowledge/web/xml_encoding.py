"""The text of an XML document, whatever it says about its encoding."""

import codecs
import re

__all__ = ["decoded"]

_BOMS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark it starts with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (codecs.BOM_UTF8, "utf-8"),
    # "<?" or "<x" without a mark (XML 1.0, appendix F).
    (b"<\0\0\0", "utf-32-le"),
    (b"\0\0\0<", "utf-32-be"),
    (b"<\0", "utf-16-le"),
    (b"\0<", "utf-16-be"),
)
# Codecs of whole texts whose ASCII is ASCII, as far as feeds go; UTF-16 and -32 show by themselves. Others that Python
# knows (punycode, idna, escapes) are slow or no encodings of texts.
_CODECS = re.compile(r"ascii|utf-8|iso8859|cp\d|koi8|gb|big5|euc_|shift_jis|mac-")
_DECLARED = re.compile(rb"""<\?xml[^>]{0,200}?\sencoding\s*=\s*["']([\w.:-]{1,40})""")


def decoded(body: bytes, charset: str | None = None) -> str:
    """The text of a document, whatever it says about its encoding.

    A byte order mark decides, then whether the bytes are UTF-8, which other encodings hardly ever are by chance; then
    ``charset`` (of the HTTP header), the XML declaration, and at last windows-1252 with marks for what it lacks.
    """
    for mark, encoding in _BOMS:
        if body.startswith(mark):
            return body.decode(encoding, "replace").removeprefix("\ufeff")
    found = _DECLARED.search(body, 0, 1024)
    for label in ("utf-8", charset, found and found[1].decode("ascii", "replace")):
        codec = _codec(label or "")
        if codec:
            try:
                return body.decode(codec)
            except UnicodeError:
                continue
    return body.decode("windows-1252", "replace")


def _codec(label: str) -> str | None:
    try:
        codec = codecs.lookup(label.strip()).name
    except (LookupError, ValueError):
        return None
    # Pages that say Latin-1 or ASCII mean windows-1252 (WHATWG, Encoding).
    return ("cp1252" if codec in ("iso8859-1", "ascii") else codec) if _CODECS.match(codec) else None
