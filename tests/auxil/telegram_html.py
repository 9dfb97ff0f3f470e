"""A strict parser of Telegram's HTML: refuses what Telegram refuses, and what only a careless renderer would write.

Stricter than Telegram on purpose: a bare "&" or ">", a link that is not http(s), or a control character is an error
here, since each shows that something was not escaped or cleaned.
"""

import re
from dataclasses import dataclass

NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
KINDS = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "code": "code",
    "pre": "pre",
    "a": "text_link",
    "blockquote": "blockquote",
}
MOST_CHARACTERS = 4096
MOST_ENTITIES = 100

_TAG = re.compile(r"<(?P<close>/?)(?P<name>[a-z][a-z0-9-]*)(?P<attributes>[^<>]*)>")
_PLAIN = re.compile("[^<>&]+")
_REFERENCE = re.compile(r"&(?:(?P<name>[a-z]+)|#(?P<number>\d{1,7})|#x(?P<hex>[0-9a-fA-F]{1,6}));")
_HREF = re.compile(r' href="(?P<url>[^"<>]+)"')
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\r\ud800-\udfff\u2028-\u202e]")
_BLANK = re.compile(
    "[\\s\u00a0\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u2000-\u200f\u2028-\u202f\u205f-\u206f\u2800\u3000\u3164\ufeff\uffa0\ufffc]*"
)


class RefusedError(Exception):
    """Telegram's description of what is wrong with the text."""


@dataclass(frozen=True)
class Entity:
    kind: str
    offset: int  # in UTF-16 units
    length: int
    url: str | None = None


@dataclass(frozen=True)
class Parsed:
    """``formatting_lost`` when there were more entities than Telegram keeps."""

    text: str
    entities: tuple[Entity, ...] = ()
    formatting_lost: bool = False


def utf16(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def parse_message(source: str, *, html: bool) -> Parsed:
    """The text Telegram would show for ``source``; raises ``RefusedError`` with the description it would answer."""
    text, entities = parse(source) if html else (source, [])
    if _CONTROL.search(text):
        raise RefusedError("Bad Request: text must be encoded in UTF-8 and hold no control characters")
    if _BLANK.fullmatch(text):
        raise RefusedError("Bad Request: message text is empty")
    cut = utf16(text) - utf16(text.lstrip())
    text = text.strip()
    length = utf16(text)
    if length > MOST_CHARACTERS:
        raise RefusedError("Bad Request: message is too long")
    kept = []
    for entity in entities:
        start = max(0, entity.offset - cut)
        end = min(length, entity.offset - cut + entity.length)
        if end > start:
            kept.append(Entity(entity.kind, start, end - start, entity.url))
    if len(kept) > MOST_ENTITIES:
        return Parsed(text, (), formatting_lost=True)
    return Parsed(text, tuple(kept))


def parse(source: str) -> tuple[str, list[Entity]]:
    text, at = "", 0
    open_tags: list[tuple[str, int, str | None]] = []
    entities: list[Entity] = []
    while at < len(source):
        character = source[at]
        if character == "<":
            found = _TAG.match(source, at)
            if not found:
                raise _wrong("Unexpected start or end of a tag", source, at)
            if found["close"]:
                entities.append(_closed(found, source, open_tags, utf16(text)))
            else:
                url = _opened(found, source, [name for name, _, _ in open_tags])
                open_tags.append((found["name"], utf16(text), url))
            at = found.end()
        elif character == "&":
            found = _REFERENCE.match(source, at)
            if not found:
                raise _wrong('"&" that begins no entity', source, at)
            text += _referred(found, source)
            at = found.end()
        elif character == ">":
            raise _wrong('">" that ends no tag', source, at)
        else:
            plain = _PLAIN.match(source, at)
            assert plain
            text += plain[0]
            at = plain.end()
    if open_tags:
        raise _wrong(f"Can't find end tag corresponding to start tag {open_tags[-1][0]}", source, len(source))
    return text, sorted(entities, key=lambda entity: (entity.offset, -entity.length))


def _opened(found: re.Match[str], source: str, inside: list[str]) -> str | None:
    name, attributes, url = found["name"], found["attributes"], None
    if name not in KINDS:
        raise _wrong(f'Unsupported start tag "{name}"', source, found.start())
    if name == "blockquote" and "blockquote" in inside:
        raise _wrong("blockquotes cannot be nested", source, found.start())
    if {"code", "pre"} & set(inside):
        raise _wrong(f'"{name}" inside code', source, found.start())
    if name in inside:
        raise _wrong(f'"{name}" inside itself', source, found.start())
    if name == "a":
        href = _HREF.fullmatch(attributes)
        if not href:
            raise _wrong("bad attributes of a link", source, found.start())
        url = _unescaped(href["url"], source, found.start())
        if not re.fullmatch(r"https?://[^\s/?#]+\S*", url, re.IGNORECASE):
            raise _wrong("bad address of a link", source, found.start())
    elif attributes and (name, attributes) != ("blockquote", " expandable"):
        raise _wrong(f'Unexpected attributes of "{name}"', source, found.start())
    return url


def _closed(found: re.Match[str], source: str, open_tags: list[tuple[str, int, str | None]], here: int) -> Entity:
    if found["attributes"]:
        raise _wrong("attributes of an end tag", source, found.start())
    if not open_tags:
        raise _wrong("Unexpected end tag", source, found.start())
    name, offset, url = open_tags.pop()
    if name != found["name"]:
        raise _wrong(f'Unmatched end tag, expected "</{name}>", found "</{found["name"]}>"', source, found.start())
    if offset == here:
        raise _wrong(f'"{name}" with nothing in it', source, found.start())
    return Entity(KINDS[name], offset, here - offset, url)


def _unescaped(value: str, source: str, at: int) -> str:
    if "&" in _REFERENCE.sub("", value):
        raise _wrong('"&" that begins no entity in an address', source, at)
    return _REFERENCE.sub(lambda found: _referred(found, source), value)


def _referred(found: re.Match[str], source: str) -> str:
    if found["name"]:
        if found["name"] not in NAMED:
            raise _wrong(f'unknown entity "&{found["name"]};"', source, found.start())
        return NAMED[found["name"]]
    return chr(int(found["number"]) if found["number"] else int(found["hex"], 16))


def _wrong(what: str, source: str, at: int) -> RefusedError:
    offset = len(source[:at].encode("utf-8", "replace"))
    return RefusedError(f"Bad Request: can't parse entities: {what} at byte offset {offset}")
