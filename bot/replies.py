"""What the dialogue hands to whoever shows it: text with styles and buttons, free of any chat system."""

from dataclasses import dataclass, field
from typing import Literal

from knowledge.models import Answer

__all__ = ["Block", "Button", "Part", "Reply", "line", "said"]

Style = Literal["plain", "bold", "italic", "mark", "link", "code"]


@dataclass(frozen=True, slots=True)
class Part:
    """A run of text in one style; ``url`` goes with the style ``link``."""

    text: str
    style: Style = "plain"
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Block:
    """One paragraph-like piece that is never split between messages (a citation is always one block).

    ``lines`` are lines of parts; ``quoted`` lines are source text, shown set off (a blockquote).
    """

    lines: tuple[tuple[Part, ...], ...]
    quoted: bool = False


@dataclass(frozen=True, slots=True)
class Button:
    """``action`` is 1 to 64 bytes of UTF-8, understood by ``Dialogue.press`` even after a restart."""

    label: str
    action: str


@dataclass(frozen=True, slots=True)
class Reply:
    """One turn's reply. ``blocks`` in order; ``buttons`` in rows under the last message; ``answer`` for ``--json``."""

    blocks: tuple[Block, ...]
    buttons: tuple[tuple[Button, ...], ...] = field(default=())
    answer: Answer | None = None


def line(text: str) -> Block:
    """One paragraph of plain text; its lines are those of the text."""
    return Block(tuple((Part(row),) for row in text.split("\n")))


def said(text: str, rows: tuple[tuple[Button, ...], ...] = ()) -> Reply:
    """A phrase, with buttons."""
    return Reply((line(text),), rows)
