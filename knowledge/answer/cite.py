"""From sentences of the index to citations: verbatim, with the quote they hold and the part that answers."""

from collections.abc import Collection, Sequence
from typing import Literal

from knowledge.index.fields import QuotePayload, SentencePayload
from knowledge.models import Citation, CitedQuote, Span
from knowledge.text import content_words, normal, words

__all__ = ["Part", "best_quote", "by_pronoun", "cite", "denies"]

Part = Literal["content", "source", "time", "place", "number", "subject", "object"]
_DENYING = frozenset(map(normal, "deny refute dispute reject dismiss rebut doubt".split()))
_FACT_PLACES: dict[Part, int] = {"subject": 0, "object": 2, "time": 3, "place": 4, "number": 5}


def cite(
    sentence: SentencePayload,
    *,
    speakers: Collection[str] = (),
    parts: tuple[Part, ...] = (),
    span: Span | None = None,
) -> Citation:
    """The citation of a sentence.

    ``speakers`` are the keys whose quote is meant when it holds several; ``span`` is the part that answers, or, when
    that is not given, the first of ``parts`` that the sentence has.
    """
    quote = best_quote(sentence, speakers)
    return Citation(
        article_id=sentence["article"],
        start=sentence["start"],
        end=sentence["end"],
        text=sentence["text"],
        **sentence["of"],
        sentence=sentence["number"],
        quote=None if quote is None else _cited(quote),
        span=span or next((found for part in parts if (found := _part(sentence, quote, part)) is not None), None),
    )


def best_quote(sentence: SentencePayload, speakers: Collection[str] = ()) -> QuotePayload | None:
    """The surest quote in a sentence, of one of the speakers when any are given."""
    quotes = [q for q in sentence["quotes"] if not speakers or q["key"] in speakers]
    return max(quotes, key=lambda q: (q["confidence"], q["head"]), default=None)


def by_pronoun(sentence: SentencePayload, quote: QuotePayload) -> bool:
    """Whether a quote is somebody's whom its sentence calls only "he" or "they", or does not name at all."""
    return not content_words(_within(sentence["text"], sentence["start"], quote["source"]))


def denies(text: str, start: int, quote: QuotePayload) -> bool:
    """Whether a quote's cue, in a sentence that begins at ``start``, takes its content back ("denied that ...").

    Then the content alone says the opposite of what was said.
    """
    cue = _within(text, start, quote["cue"])
    return any(normal(word) in _DENYING for word, _, _ in words(cue))


def _within(text: str, start: int, span: Sequence[int] | None) -> str:
    """What of a span of the article stands in its sentence."""
    return text[max(0, span[0] - start) : max(0, span[1] - start)] if span is not None else ""


def _cited(quote: QuotePayload) -> CitedQuote:
    return CitedQuote.model_validate({k: quote[k] for k in ("speaker", "content", "source", "cue", "type")})


def _part(sentence: SentencePayload, quote: QuotePayload | None, part: Part) -> Span | None:
    if part == "content":
        spans = quote["content"] if quote else []
    elif part == "source":
        spans = [quote["source"]] if quote and quote["source"] else []
    else:
        spans = [s for fact in sentence["facts"] if (s := fact[_FACT_PLACES[part]]) is not None]
    for span in spans:
        start, end = max(span[0], sentence["start"]), min(span[1], sentence["end"])
        if start < end:
            return start, end
    return None
