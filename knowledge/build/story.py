"""An article on its way through the stages: its text, sentences, quotations and trees, and who takes part in it."""

import bisect
from collections.abc import Iterator
from dataclasses import dataclass, field

from knowledge.build.marks import Quotation
from knowledge.build.tree import Tree
from knowledge.models import Sentence, Span

__all__ = ["Cast", "Named", "Piece", "Shared", "Someone", "Story", "pieces_of"]

# Characters parsed as one text at most, but for a single sentence (which is bounded itself).
LONGEST_PIECE = 5000


@dataclass(frozen=True, slots=True)
class Piece:
    """Whole sentences of one paragraph, parsed together: ``starts`` are offsets in it, ``first`` a number."""

    start: int
    end: int
    paragraph: int
    first: int
    starts: list[int]


def pieces_of(sentences: list[Sentence]) -> list[Piece]:
    """The sentences put together by paragraph, long paragraphs in several pieces."""
    pieces: list[Piece] = []
    run: list[Sentence] = []
    first = 0
    for index, sentence in enumerate(sentences):
        if run and (sentence.paragraph != run[0].paragraph or sentence.end - run[0].start > LONGEST_PIECE):
            pieces.append(_piece(run, first))
            run, first = [], index
        run.append(sentence)
    if run:
        pieces.append(_piece(run, first))
    return pieces


def _piece(run: list[Sentence], first: int) -> Piece:
    start = run[0].start
    return Piece(start, run[-1].end, run[0].paragraph, first, [sentence.start - start for sentence in run])


@dataclass(slots=True)
class Story:
    """What the stages share. Trees are in the order of the text; ``inside`` has a flag a token for each tree."""

    text: str
    paragraphs: list[Span]
    sentences: list[Sentence]
    quotations: list[Quotation]
    trees: list[Tree] = field(default_factory=list)
    inside: list[list[bool]] = field(default_factory=list)

    def add(self, tree: Tree) -> None:
        """Take in the next tree and find which of its tokens stand between quotation marks."""
        self.trees.append(tree)
        flags = [False] * len(tree)
        if tree.words:
            first = bisect.bisect_right(self.quotations, tree.begins[0], key=lambda q: q.end)
            for quotation in self.quotations[first:]:
                if quotation.start >= tree.ends[-1]:
                    break
                start = bisect.bisect_left(tree.begins, quotation.start)
                end = bisect.bisect_left(tree.begins, quotation.end)
                flags[start:end] = [True] * (end - start)
        self.inside.append(flags)

    def quotations_in(self, start: int, end: int) -> Iterator[Quotation]:
        """The quotations that overlap the characters ``[start, end)``."""
        low = bisect.bisect_right(self.quotations, start, key=lambda q: q.end)
        for quotation in self.quotations[low:]:
            if quotation.start >= end:
                break
            yield quotation

    def pieces(self) -> Iterator[tuple[int, Tree, list[bool]]]:
        """Each tree with its number and the flags of its tokens."""
        yield from ((n, tree, flags) for n, (tree, flags) in enumerate(zip(self.trees, self.inside, strict=True)))


@dataclass(slots=True)
class Someone:
    """A person in the making. ``first``, ``last`` and ``suffix`` are folded; ``gender`` is "m", "f" or unknown."""

    name: str
    first: str = ""
    last: str = ""
    gender: str = ""
    roles: list[str] = field(default_factory=list)
    forms: dict[str, str] = field(default_factory=dict)
    age: str = ""
    place: str = ""
    full_at: list[int] = field(default_factory=list)
    role_at: int | None = None
    titles: set[str] = field(default_factory=set)
    words: str = ""
    suffix: str = ""
    appointed: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Named:
    """Tokens ``[start, end)`` of tree ``tree`` that name person ``person``; ``kind`` as in ``models.Mention``.

    ``chance`` (0..1) is how sure it is that this person is meant.
    """

    tree: int
    start: int
    end: int
    person: int
    kind: str = "name"
    subject: bool = False
    quoted: bool = False
    chance: float = 1.0


@dataclass(frozen=True, slots=True)
class Shared:
    """Tokens ``[start, end)`` of tree ``tree``: a name that several people bear, with the roles next to it."""

    tree: int
    start: int
    end: int
    people: tuple[int, ...]
    titles: frozenset[str] = frozenset()


@dataclass(slots=True)
class Cast:
    """The people of an article and where they are named, in the order of the text; ``shared`` is still undecided."""

    people: list[Someone] = field(default_factory=list)
    named: list[Named] = field(default_factory=list)
    shared: list[Shared] = field(default_factory=list)

    def at(self, tree: int, start: int, end: int) -> list[Named]:
        """Those named within tokens ``[start, end)`` of a tree, in order."""
        low = bisect.bisect_left(self.named, (tree, start), key=lambda n: (n.tree, n.start))
        found = []
        for named in self.named[low:]:
            if named.tree != tree or named.start >= end:
                break
            if named.end <= end:
                found.append(named)
        return found
