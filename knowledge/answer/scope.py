"""What a question is asked of: all articles, or one."""

from dataclasses import dataclass, field
from typing import Any

import tantivy

from knowledge.index.fields import token
from knowledge.index.search import SearchIndex

__all__ = ["Scope"]


@dataclass(frozen=True, slots=True)
class Scope:
    """The articles of an index that a question is asked of: the one with the id ``article``, or all.

    Made for one question: ``found``, ``near`` and ``spelt`` keep what was looked up for it, so that no word is looked
    up twice.
    """

    index: SearchIndex
    article: str | None = None
    found: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)
    near: dict[str, list[tuple[str, float]]] = field(default_factory=dict, compare=False, repr=False)
    spelt: dict[str, tuple[list[str], list[str]]] = field(default_factory=dict, compare=False, repr=False)

    def has_entity(self, key: str) -> bool:
        """Whether someone is mentioned or quoted there."""
        if self.article is None:
            return True
        named = [self.index.term(field, token(key)) for field in ("who", "speaker")]
        return self.index.count(self.index.all_of([self._here(), self.index.any_of(named)])) > 0

    def has_term(self, term: str) -> bool:
        """Whether a sentence there holds a normal form."""
        if self.article is None:
            return self.index.frequency("body", term) > 0
        return self.index.count(self.index.all_of([self._here(), self.index.term("body", term)])) > 0

    def _here(self) -> tantivy.Query:
        return self.index.term("article", self.article or "")
