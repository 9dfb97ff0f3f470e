"""A reply as Telegram messages: the only place that makes Telegram HTML.

Telegram refuses a message that is empty, that is longer than 4,096 characters once its HTML is parsed, or whose HTML
is not well formed; beyond 100 entities it silently drops formatting. ``render`` keeps all four rules for any reply.
A block is never divided between messages unless it alone is too long for one. What goes out in many messages is
``prepare``d once and ``pack``ed for each.
"""

import itertools
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from html import escape
from urllib.parse import urlsplit

from bot import texts
from bot.replies import Block, Button, Part, Reply, Style

__all__ = [
    "MAX_ENTITIES",
    "MAX_UNITS",
    "Message",
    "Prepared",
    "clean",
    "cut",
    "keyboard",
    "pack",
    "prepare",
    "render",
    "units",
]

MAX_UNITS = 4096
MAX_ENTITIES = 100
MAX_ACTION_BYTES = 64
MAX_BUTTONS_IN_ROW = 8
MAX_URL = 2048
# A longer quoted block is folded; Telegram shows about three lines of it and a "show more".
FOLD_UNITS = 500

_TAGS: dict[Style, str] = {"bold": "b", "italic": "i", "mark": "u", "code": "code"}

# What Telegram drops or refuses: control characters (but not tab and line feed), lone surrogates, and the
# bidirectional overrides, which could make a sentence read differently from what stands in it.
_REFUSED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\ufffe\uffff]")
_LINE_ENDS = re.compile("\r\n?|[\u2028\u2029]")
# Letters, as Unicode classes them, that show nothing.
_INVISIBLE = frozenset("\u115f\u1160\u2800\u3164\uffa0\ufffc")


@dataclass(frozen=True, slots=True)
class Message:
    """One message: ``html`` for Telegram, ``plain`` the same text without styles, ``keyboard`` the rows under it."""

    html: str
    plain: str
    keyboard: tuple[tuple[Button, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Prepared:
    """A block, or a part of one that was too long, that fits into a message; ``units`` and ``entities`` measure it."""

    html: str
    plain: str
    quoted: bool
    units: int
    entities: int


def render(reply: Reply) -> tuple[Message, ...]:
    """Return the messages to send, in order: at least one, each acceptable to Telegram, buttons under the last.

    A button that Telegram would refuse (no label, or an action that is not 1 to 64 bytes) is left out: its typed twin
    still works, while sending it would lose the whole message.
    """
    messages = [message for message, _ in pack([(piece,) for piece in prepare(reply.blocks)])]
    if not messages:
        messages = [Message(html=escape(texts.NOTHING_TO_SHOW, quote=False), plain=texts.NOTHING_TO_SHOW)]
    last = messages[-1]
    messages[-1] = Message(html=last.html, plain=last.plain, keyboard=keyboard(reply.buttons))
    return tuple(messages)


def prepare(blocks: Iterable[Block]) -> tuple[Prepared, ...]:
    """Return the blocks that show something, each one piece unless it is too long for a message."""
    return tuple(_prepared(piece) for piece in _pieces(blocks))


def pack(groups: Iterable[Sequence[Prepared]], *, spare: int = 0) -> Iterator[tuple[Message, tuple[int, ...]]]:
    """Put as many groups into each message as fit; yield it, without buttons, with the places of those that are in it.

    A group is divided between messages, at the ends of its pieces, only when none can hold it. In each message
    ``spare`` units are left, unless one piece alone is longer.
    """
    most = MAX_UNITS - spare
    held: list[Prepared] = []
    places: list[int] = []
    used = entities = 0
    for place, group in enumerate(groups):
        for pieces in (group,) if _size(group) <= most else ((piece,) for piece in group):
            size, styled = _size(pieces), sum(piece.entities for piece in pieces)
            gap = len(_gap(held[-1], pieces[0])) if held else 0
            if held and (used + gap + size > most or entities + styled > MAX_ENTITIES):
                yield _message(held), tuple(places)
                held, places, used, entities, gap = [], [], 0, 0, 0
            held += pieces
            used += gap + size
            entities += styled
            if place not in places:
                places.append(place)
    if held:
        yield _message(held), tuple(places)


def keyboard(rows: Iterable[Iterable[Button]]) -> tuple[tuple[Button, ...], ...]:
    """Return the buttons that Telegram takes, in rows that are not too long."""
    usable_rows = []
    for row in rows:
        usable = [button for button in map(_button, row) if button]
        usable_rows += [
            tuple(usable[start : start + MAX_BUTTONS_IN_ROW]) for start in range(0, len(usable), MAX_BUTTONS_IN_ROW)
        ]
    return tuple(usable_rows)


def units(text: str) -> int:
    """Return the length of ``text`` in UTF-16 code units, the stricter of the two ways Telegram counts."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def clean(text: str) -> str:
    """Return ``text`` without what Telegram drops or refuses; a lone surrogate becomes U+FFFD."""
    if text.isprintable():  # as nearly all is; nothing that is looked for below counts as printable
        return text
    text = _LINE_ENDS.sub("\n", text)
    return _REFUSED.sub(lambda found: "\ufffd" if "\ud800" <= found[0] <= "\udfff" else "", text)


def cut(text: str, limit: int) -> tuple[str, ...]:
    """Divide plain ``text`` into pieces of at most ``limit`` units, at line ends or spaces where there are any."""
    pieces = []
    while units(text) > limit:
        end = _cut_at(text, limit)
        pieces.append(text[:end])
        text = text[end:]
    pieces.append(text)
    return tuple(piece.strip() for piece in pieces if _shows(piece))


# --- blocks to pieces -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Piece:
    """A block, or a part of one that was too long: runs of cleaned text, line feeds included."""

    runs: tuple[Part, ...]
    quoted: bool

    @cached_property
    def text(self) -> str:
        return "".join([run.text for run in self.runs])

    @property
    def entities(self) -> int:
        return self.quoted + sum(run.style != "plain" for run in self.runs)


def _pieces(blocks: Iterable[Block]) -> Iterator[_Piece]:
    for block in blocks:
        piece = _Piece(runs=tuple(_runs(block)), quoted=block.quoted)
        if _shows(piece.text):
            yield from _divided(_trimmed(piece))


def _runs(block: Block) -> Iterator[Part]:
    """Yield the parts with clean text; a style that Telegram could not carry becomes plain."""
    for number, line in enumerate(block.lines):
        if number:
            yield Part("\n")
        for part in line:
            text = clean(part.text)
            if part.style == "link":
                url = _web_address(part.url)
                yield Part(text, "link", url) if url else Part(text)
            else:
                yield part if text is part.text else Part(text, part.style)


def _web_address(url: str | None) -> str | None:
    """Return ``url`` when it is an http or https address that can stand in an attribute, else None."""
    if not url or len(url) > MAX_URL or any(character.isspace() or not character.isprintable() for character in url):
        return None
    try:
        parts = urlsplit(url)
        usable = parts.scheme.lower() in {"http", "https"} and bool(parts.hostname)
    except ValueError:
        return None
    return url if usable else None


def _trimmed(piece: _Piece) -> _Piece:
    """Take white space off both ends, as Telegram would."""
    text = piece.text
    if text == text.strip() and all(run.style == "plain" or _shows(run.text) for run in piece.runs):
        return piece  # as nearly all are
    start = len(text) - len(text.lstrip())
    return _slice(piece, start, max(start, len(text.rstrip())))


def _slice(piece: _Piece, start: int, end: int) -> _Piece:
    """Return what stands between two characters; a style with nothing to see in it, which Telegram drops, is plain."""
    runs, at = [], 0
    for run in piece.runs:
        text = run.text[max(0, start - at) : max(0, end - at)]
        if text:
            runs.append(Part(text, run.style if _shows(text) else "plain", run.url))
        at += len(run.text)
    return _Piece(runs=tuple(runs), quoted=piece.quoted)


def _divided(piece: _Piece) -> Iterator[_Piece]:
    """Yield ``piece`` whole when one message can hold it, else in parts that each fill one as far as they can."""
    while units(piece.text) > MAX_UNITS or piece.entities > MAX_ENTITIES:
        text = piece.text
        end = _cut_at(text, MAX_UNITS, _room(piece))
        head, piece = _slice(piece, 0, end), _slice(piece, end, len(text))
        if _shows(head.text):
            yield _trimmed(head)
    if _shows(piece.text):
        yield _trimmed(piece)


def _room(piece: _Piece) -> int:
    """Return how many characters of ``piece`` stand before the entity that would be one too many."""
    entities, at = int(piece.quoted), 0
    for run in piece.runs:
        entities += run.style != "plain"
        if entities > MAX_ENTITIES:
            break
        at += len(run.text)
    return at


def _cut_at(text: str, limit: int, room: int | None = None) -> int:
    """Return where to divide ``text``: within ``limit`` units and ``room`` characters, after white space if it can."""
    end = len(text) if room is None else room
    if units(text[:end]) > limit:
        within = text[:limit].encode("utf-16-le", "replace")[: 2 * limit]
        end = len(within.decode("utf-16-le", "ignore"))  # half a pair at the end is left out
    for space in ("\n", " "):
        at = text.rfind(space, 0, end)
        # A cut in the first half would leave a stub; better inside a very long line or word.
        if at >= end // 2:
            return at + 1
    return max(1, end)


def _shows(text: str) -> bool:
    """Say whether a reader would see anything; Telegram refuses a message of white space and invisible characters."""
    if "!" <= text[:1] <= "~":  # as most texts begin
        return True
    return any(unicodedata.category(c)[0] not in "CZM" and c not in _INVISIBLE for c in text)


# --- pieces to messages -----------------------------------------------------------------------------------------


def _prepared(piece: _Piece) -> Prepared:
    return Prepared(_piece_html(piece), piece.text, piece.quoted, units(piece.text), piece.entities)


def _size(pieces: Sequence[Prepared]) -> int:
    """The length of pieces one below another."""
    gaps = sum(len(_gap(above, below)) for above, below in itertools.pairwise(pieces))
    return gaps + sum(piece.units for piece in pieces)


def _gap(above: Prepared, below: Prepared) -> str:
    """Telegram already sets a blockquote off, so a blank line beside one would leave a hole."""
    return "\n" if above.quoted != below.quoted else "\n\n"


def _message(pieces: Sequence[Prepared]) -> Message:
    gaps = ["", *(_gap(above, below) for above, below in itertools.pairwise(pieces))]
    html = "".join(gap + piece.html for gap, piece in zip(gaps, pieces, strict=True))
    plain = "".join(gap + piece.plain for gap, piece in zip(gaps, pieces, strict=True))
    return Message(html=html, plain=plain)


def _piece_html(piece: _Piece) -> str:
    html = "".join(_run_html(run) for run in piece.runs)
    if not piece.quoted:
        return html
    tag = "blockquote expandable" if units(piece.text) > FOLD_UNITS else "blockquote"
    return f"<{tag}>{html}</blockquote>"


def _run_html(run: Part) -> str:
    text = escape(run.text, quote=False)
    if run.style == "link" and run.url:
        return f'<a href="{escape(run.url).replace("&#x27;", "%27")}">{text}</a>'
    tag = _TAGS.get(run.style)
    return f"<{tag}>{text}</{tag}>" if tag else text


def _button(button: Button) -> Button | None:
    label = clean(button.label).replace("\n", " ").strip()
    size = len(button.action.encode("utf-8", "surrogatepass"))
    usable = _shows(label) and 1 <= size <= MAX_ACTION_BYTES and clean(button.action) == button.action
    return Button(label, button.action) if usable else None
