"""Briefings: the few sentences that carry a story, cited, in the article's order."""

from collections.abc import Sequence

from rapidfuzz import fuzz

from knowledge.answer.cite import best_quote
from knowledge.index.fields import SentencePayload

__all__ = ["brief"]

_MOST = 6
_SAME = 75.0


def brief(sentences: Sequence[SentencePayload]) -> list[SentencePayload]:
    """At most six of an article's sentences: its first, the surest quotes of different people, and who did what.

    No two say nearly the same (rapidfuzz token_set_ratio below 75). The result is in the article's order.
    """
    if not sentences:
        return []
    quoted: dict[str, SentencePayload] = {}
    for sentence in sorted(sentences, key=_strength, reverse=True):
        quote = best_quote(sentence)
        if quote is not None and quote["key"] and quote["key"] not in quoted:
            quoted[quote["key"]] = sentence
    stating = sorted(sentences[1:], key=lambda s: (-bool(s["facts"]), -len(s["who"]), s["number"]))
    chosen: list[SentencePayload] = []
    for sentence in [sentences[0], *list(quoted.values())[:3], *stating]:
        if len(chosen) == _MOST:
            break
        if all(fuzz.token_set_ratio(sentence["text"], other["text"]) < _SAME for other in chosen):
            chosen.append(sentence)
    return sorted(chosen, key=lambda s: s["number"])


def _strength(sentence: SentencePayload) -> tuple[float, bool, int]:
    quote = best_quote(sentence)
    if quote is None:
        return 0.0, False, 0
    return quote["confidence"], quote["type"] != "indirect", -sentence["number"]
