"""Quotes: who said what, in which words of the text."""

from knowledge.build.quotes.find import find_quotes, judged_quotes, speaking

__all__ = ["find_quotes", "judged_quotes", "speaking"]
