"""Plain text from the HTML of strangers: what a reader would see, as lines or as paragraphs."""

import re
from typing import Any

from lxml import etree  # type: ignore[import-untyped]

from knowledge.web.xml import local_name

__all__ = ["paragraphs", "shown_text", "text_of"]

_BLOCKS = frozenset(
    "address article aside blockquote dd div dl dt figcaption figure footer form h1 h2 h3 h4 h5 h6 header hr li "
    "main nav ol p pre section table td th tr ul".split()
)
_UNSEEN = ("script", "style", "template", "noscript", "iframe", "object")
_SPACES = re.compile(r"\s+")
_BETWEEN = re.compile(r"\n\s*\n")
_NOT_TEXT = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


def shown_text(html: str) -> str:
    """The words of a piece of HTML, an empty line around each block; scripts, styles and comments left out."""
    parser = etree.HTMLParser(
        encoding="utf-8", no_network=True, huge_tree=False, remove_comments=True, remove_pis=True, default_doctype=False
    )
    if "<" not in html and "&" not in html:
        return html
    # The element around it makes even a comment, or nothing, a document.
    return text_of(etree.fromstring(f"<div>{_NOT_TEXT.sub('', html)}</div>".encode(), parser))


def text_of(root: Any) -> str:
    """The text inside an element of (X)HTML, an empty line around each block; takes scripts and styles out of it."""
    etree.strip_elements(root, *(f"{{*}}{tag}" for tag in _UNSEEN), with_tail=False)
    pieces: list[str] = []
    for event, element in etree.iterwalk(root, events=("start", "end")):
        tag = local_name(element.tag)
        if tag in _BLOCKS:
            pieces.append("\n\n")
        if event == "start":
            pieces.append(_SPACES.sub(" ", element.text or ""))
        elif element is not root:
            pieces.append("\n" if tag == "br" else "")
            pieces.append(_SPACES.sub(" ", element.tail or ""))
    return "".join(pieces)


def paragraphs(text: str) -> str:
    """A text in paragraphs: no line breaks or control characters in one, an empty line between two."""
    found = (" ".join(paragraph.split()) for paragraph in _BETWEEN.split(_NOT_TEXT.sub("", text)))
    return "\n\n".join(paragraph for paragraph in found if paragraph)
