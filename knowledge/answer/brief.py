"""Briefings: the few sentences that carry a story, cited, in the article's order."""

import re
from collections.abc import Iterable, Sequence

from rapidfuzz import fuzz

from knowledge.answer.cite import best_quote
from knowledge.index.fields import ArticlePayload, SentencePayload
from knowledge.text import folded_words

__all__ = ["LEAST", "MOST", "brief", "differing", "is_of_one", "lead", "meant_article"]

LEAST = 3
MOST = 7
_OF_STORY = 6
_SPEAKERS = 3
_SAME = 75.0
_SHORTEST = 5  # words; a heading or an exclamation carries no story
_NEXT = re.compile(
    r"\b(?:will|would|plans? to|planned|expected to|due to|set to|scheduled|next (?:week|month|year)|tomorrow|later "
    r"this|upcoming|to be held|is to|are to)\b",
    re.IGNORECASE,
)
_ONE_PIECE = frozenset("piece article story report text".split())
_PIECES = _ONE_PIECE | frozenset("news the a an one".split())


def brief(sentences: Sequence[SentencePayload]) -> list[SentencePayload]:
    """Three to six of an article's sentences (all when it has fewer), in its order.

    Its lead, the surest quotes of different people, what comes next, and who did what; no two say nearly the same.
    """
    told = _telling(sentences)
    if not told:
        return []
    quoted: dict[str, SentencePayload] = {}
    for sentence in sorted(told, key=_strength, reverse=True):
        quote = best_quote(sentence)
        if quote is not None and quote["key"] and quote["key"] not in quoted:
            quoted[quote["key"]] = sentence
    coming = [s for s in reversed(told) if _NEXT.search(s["text"])][:1]
    stating = sorted(told[1:], key=lambda s: (-bool(s["facts"]), -len(s["who"]), s["number"]))
    wanted = [told[0], *list(quoted.values())[:_SPEAKERS], *coming, *stating]
    return sorted(differing(wanted, _OF_STORY), key=lambda s: s["number"])


def lead(sentences: Sequence[SentencePayload]) -> SentencePayload | None:
    """The sentence that an article's briefing begins with; None of an article without sentences."""
    return next(iter(_telling(sentences)), None)


def differing(sentences: Iterable[SentencePayload], most: int = MOST) -> list[SentencePayload]:
    """The first ``most`` of the sentences of which no two say nearly the same (token_set_ratio below 75)."""
    chosen: list[SentencePayload] = []
    for sentence in sentences:
        if len(chosen) == most:
            break
        if all(fuzz.token_set_ratio(sentence["text"], other["text"]) < _SAME for other in chosen):
            chosen.append(sentence)
    return chosen


def meant_article(asked: str, articles: Iterable[ArticlePayload]) -> ArticlePayload | None:
    """Which article "the Reuters piece" is: the first whose publisher, or else whose title, holds all the words."""
    wanted = set(folded_words(asked)) - _PIECES
    if not wanted:
        return None
    articles = list(articles)
    for part in ("publisher", "title"):
        for article in articles:
            held = set(folded_words(str(article[part] or "")))
            if wanted <= held:
                return article
    return None


def is_of_one(asked: str, article: ArticlePayload) -> bool:
    """Whether "the Reuters piece" or "the wolves story" means that one article: by its publisher, or as a piece."""
    said = set(folded_words(asked))
    return bool(said & _ONE_PIECE) or said - _PIECES <= set(folded_words(article["publisher"] or ""))


def _telling(sentences: Sequence[SentencePayload]) -> list[SentencePayload]:
    """The sentences without headings and exclamations; all of a very short article's."""
    told = [s for s in sentences if len(s["text"].split()) >= _SHORTEST]
    return told if len(told) >= LEAST else list(sentences)


def _strength(sentence: SentencePayload) -> tuple[float, bool, int]:
    quote = best_quote(sentence)
    if quote is None:
        return 0.0, False, 0
    return quote["confidence"], quote["type"] != "indirect", -sentence["number"]
