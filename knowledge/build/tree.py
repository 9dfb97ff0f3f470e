"""A parsed piece of an article as plain lists: what the stages look at, with no spaCy in it.

Reading each attribute of each token once, here, is several times quicker than asking spaCy's tokens again and again.
"""

from __future__ import annotations

import bisect
from dataclasses import dataclass
from typing import TYPE_CHECKING

from knowledge.models import Span

if TYPE_CHECKING:
    from spacy.tokens import Doc

__all__ = ["FINITE", "Entity", "Tree", "is_subject", "tree_of"]

FINITE = frozenset(("VBD", "VBZ", "VBP", "MD"))
"""The tags of verbs that make a clause."""


@dataclass(frozen=True, slots=True)
class Entity:
    """A named thing: tokens ``[start, end)`` and spaCy's label."""

    start: int
    end: int
    label: str


@dataclass(slots=True)
class Tree:
    """The tokens of one piece; every list has one entry a token, and offsets are the article's."""

    forms: list[str]
    words: list[str]
    tags: list[str]
    deps: list[str]
    heads: list[int]
    begins: list[int]
    ends: list[int]
    sentence: list[int]
    kids: list[list[int]]
    left: list[int]
    right: list[int]
    entities: list[Entity]
    paragraph: int

    def __len__(self) -> int:
        return len(self.words)

    def span(self, start: int, end: int) -> Span:
        """The characters of tokens ``[start, end)``."""
        return (self.begins[start], self.ends[end - 1])

    def kid(self, token: int, *deps: str) -> int | None:
        """The first child of ``token`` with one of the relations, or None."""
        return next((k for k in self.kids[token] if self.deps[k] in deps), None)

    def is_verb(self, token: int) -> bool:
        """Whether the token is tagged as any form of a verb."""
        return self.tags[token][:2] == "VB"

    def sentence_bounds(self, token: int) -> tuple[int, int]:
        """The tokens ``[start, end)`` of the sentence of ``token``."""
        number = self.sentence[token]
        return bisect.bisect_left(self.sentence, number), bisect.bisect_right(self.sentence, number)


def is_subject(tree: Tree, start: int, end: int) -> bool:
    """Whether tokens ``[start, end)`` are a clause's subject; of "Ann and Bo came" both are."""
    head = next((i for i in range(end - 1, start - 1, -1) if not start <= tree.heads[i] < end), None)
    while head is not None and tree.deps[head] == "conj":
        head = tree.heads[head]
    return head is not None and tree.deps[head] in ("nsubj", "nsubjpass")


def tree_of(doc: Doc, start: int, paragraph: int, first: int, starts: list[int]) -> Tree:
    """The tree of a parsed piece that begins at ``start`` in the article.

    ``starts`` are the offsets of its sentences in the piece; the first of them is the article's number ``first``.
    """
    tokens = list(doc)
    heads = [token.head.i for token in tokens]
    forms = [token.text for token in tokens]
    offsets = [token.idx for token in tokens]
    kids: list[list[int]] = [[] for _ in tokens]
    sentence = []
    number = 0
    for i, (head, offset) in enumerate(zip(heads, offsets, strict=True)):
        while number + 1 < len(starts) and starts[number + 1] <= offset:
            number += 1
        sentence.append(first + number)
        if head != i:
            kids[head].append(i)
    return Tree(
        forms=forms,
        words=['"' if form == "''" else form.lower() for form in forms],
        tags=[token.tag_ for token in tokens],
        deps=[token.dep_ for token in tokens],
        heads=heads,
        begins=[start + offset for offset in offsets],
        ends=[start + offset + len(form) for offset, form in zip(offsets, forms, strict=True)],
        sentence=sentence,
        kids=kids,
        left=[token.left_edge.i for token in tokens],
        right=[token.right_edge.i for token in tokens],
        entities=[Entity(ent.start, ent.end, ent.label_) for ent in doc.ents],
        paragraph=paragraph,
    )
