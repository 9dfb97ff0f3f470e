"""A quote in the making."""

from dataclasses import dataclass, field

from knowledge.models import Span

__all__ = ["Draft", "Tokens"]

Tokens = tuple[int, int]


@dataclass(slots=True)
class Draft:
    """An attribution found in tree ``tree``: token ranges for who and how, character spans for what was said.

    ``cue`` is the token of the attributing word. ``rule`` and ``confidence`` say what made it.
    """

    tree: int
    cue: int | None
    source: Tokens | None
    pieces: list[Span] = field(default_factory=list)
    head: int | None = None
    source_tree: int | None = None
    addressee: Tokens | None = None
    via: Tokens | None = None
    rule: str = ""
    confidence: float = 0.8
    marked: bool = False
    fixed: bool = False
    by_name: bool = True
    cue_span: Span | None = None

    def overlap(self, span: Span) -> int:
        """How many characters of ``span`` the content covers."""
        return sum(max(0, min(end, span[1]) - max(start, span[0])) for start, end in self.pieces)

    def take(self, span: Span) -> None:
        """Widen the content by ``span``, pieces that touch it joined with it."""
        if self.fixed:
            return
        start, end = span
        kept = []
        for piece in self.pieces:
            if piece[0] <= end and start <= piece[1]:
                start, end = min(start, piece[0]), max(end, piece[1])
            else:
                kept.append(piece)
        self.pieces = sorted([*kept, (start, end)])
