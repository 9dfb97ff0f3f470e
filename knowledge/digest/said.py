"""What somebody says in an article beyond one sentence: how far it goes on, and whether it is taken back."""

from collections.abc import Iterator, Sequence

from knowledge.answer.cite import denies
from knowledge.index.fields import QuotePayload, SentencePayload

__all__ = ["going_on", "is_denied", "surest"]

_MOST = 12  # sentences; what goes on after them is another item


def going_on(sentences: Sequence[SentencePayload], place: int, key: str) -> Iterator[SentencePayload]:
    """The sentences right after the one at ``place`` through which what is said there goes on, in order, at most 12.

    ``sentences`` are the article's, in order; ``key`` is who says it.
    """
    last = _contents(sentences[place], key)
    for following in sentences[place + 1 : place + 1 + _MOST]:
        contents = _contents(following, key)
        if last.isdisjoint(contents):
            return
        yield following
        last = contents


def is_denied(sentences: Sequence[SentencePayload], quote: QuotePayload) -> bool:
    """Whether a quote's cue, in whichever of the article's sentences it stands, takes its content back."""
    cue = quote["cue"]
    if cue is None:
        return False
    home = next((s for s in sentences if s["start"] <= cue[0] < s["end"]), None)
    return home is not None and denies(home["text"], home["start"], quote)


def surest(
    sentences: Sequence[SentencePayload], sentence: SentencePayload, key: str
) -> tuple[QuotePayload | None, bool]:
    """The surest quote of somebody in one of the article's sentences, if any; and whether all of theirs is denied."""
    own = [quote for quote in sentence["quotes"] if quote["key"] == key]
    said = [quote for quote in own if not is_denied(sentences, quote)]
    best = max(said, key=lambda quote: (quote["head"], quote["confidence"]), default=None)
    return best, bool(own) and not said


def _contents(sentence: SentencePayload, key: str) -> set[tuple[tuple[int, ...], ...]]:
    """The quotes of somebody that a sentence has part in, by where in the article they stand."""
    return {tuple(map(tuple, quote["content"])) for quote in sentence["quotes"] if quote["key"] == key}
