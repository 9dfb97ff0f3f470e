"""Who said what: attributions with their source, cue and content, and the person each source is."""

from knowledge.build.quotes.find import find_quotes

__all__ = ["find_quotes"]
