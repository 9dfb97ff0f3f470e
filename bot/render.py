"""A reply as Telegram messages: the only place that makes Telegram HTML.

Telegram refuses a message that is empty, that is longer than 4,096 characters once its HTML is parsed, or whose HTML
is not well formed; beyond 100 entities it silently drops formatting. ``render`` keeps all four rules for any reply.
A block is never divided between messages unless it alone is too long for one.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html import escape
from urllib.parse import urlsplit

from bot import texts
from bot.replies import Block, Button, Part, Reply, Style

__all__ = ["MAX_ENTITIES", "MAX_UNITS", "Message", "clean", "cut", "render", "units"]

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


def render(reply: Reply) -> tuple[Message, ...]:
    """Return the messages to send, in order: at least one, each acceptable to Telegram, buttons under the last.

    A button that Telegram would refuse (no label, or an action that is not 1 to 64 bytes) is left out: its typed twin
    still works, while sending it would lose the whole message.
    """
    messages = [_message(pieces) for pieces in _packed(_pieces(reply.blocks))]
    if not messages:
        messages = [Message(html=escape(texts.NOTHING_TO_SHOW, quote=False), plain=texts.NOTHING_TO_SHOW)]
    last = messages[-1]
    messages[-1] = Message(html=last.html, plain=last.plain, keyboard=_keyboard(reply.buttons))
    return tuple(messages)


def units(text: str) -> int:
    """Return the length of ``text`` in UTF-16 code units, the stricter of the two ways Telegram counts."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def clean(text: str) -> str:
    """Return ``text`` without what Telegram drops or refuses; a lone surrogate becomes U+FFFD."""
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


@dataclass(frozen=True, slots=True)
class _Piece:
    """A block, or a part of one that was too long: runs of cleaned text, line feeds included."""

    runs: tuple[Part, ...]
    quoted: bool

    @property
    def text(self) -> str:
        return "".join(run.text for run in self.runs)

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
                yield Part(text, part.style)


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
    return any(unicodedata.category(c)[0] not in "CZM" and c not in _INVISIBLE for c in text)


# --- pieces to messages -----------------------------------------------------------------------------------------


def _packed(pieces: Iterable[_Piece]) -> Iterator[tuple[_Piece, ...]]:
    """Put as many pieces into each message as fit."""
    held: list[_Piece] = []
    used = entities = 0
    for piece in pieces:
        length = units(piece.text)
        with_gap = length + (len(_gap(held[-1], piece)) if held else 0)
        if held and (used + with_gap > MAX_UNITS or entities + piece.entities > MAX_ENTITIES):
            yield tuple(held)
            held, used, entities, with_gap = [], 0, 0, length
        held.append(piece)
        used += with_gap
        entities += piece.entities
    if held:
        yield tuple(held)


def _gap(above: _Piece, below: _Piece) -> str:
    """Telegram already sets a blockquote off, so a blank line beside one would leave a hole."""
    return "\n" if above.quoted != below.quoted else "\n\n"


def _message(pieces: tuple[_Piece, ...]) -> Message:
    html, plain = "", ""
    above: _Piece | None = None
    for piece in pieces:
        gap = _gap(above, piece) if above else ""
        html += gap + _piece_html(piece)
        plain += gap + piece.text
        above = piece
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


def _keyboard(rows: Iterable[Iterable[Button]]) -> tuple[tuple[Button, ...], ...]:
    keyboard = []
    for row in rows:
        usable = [button for button in map(_button, row) if button]
        keyboard += [
            tuple(usable[start : start + MAX_BUTTONS_IN_ROW]) for start in range(0, len(usable), MAX_BUTTONS_IN_ROW)
        ]
    return tuple(keyboard)


def _button(button: Button) -> Button | None:
    label = clean(button.label).replace("\n", " ").strip()
    size = len(button.action.encode("utf-8", "surrogatepass"))
    usable = _shows(label) and 1 <= size <= MAX_ACTION_BYTES and clean(button.action) == button.action
    return Button(label, button.action) if usable else None
