"""Citations as blocks of styled text: the verbatim sentence, who said it, and where it stands."""

from collections.abc import Sequence
from urllib.parse import quote as url_quote

from bot import phrases
from bot.replies import Block, Part
from knowledge.answer.cite import denies
from knowledge.index.fields import QuotePayload, SentencePayload
from knowledge.models import Citation, Span
from knowledge.text import one_line

__all__ = [
    "DOUBTFUL",
    "LESS_CERTAIN",
    "around_block",
    "article_line",
    "citation_block",
    "numbered",
    "said_block",
    "source_line",
    "was_block",
]

_FRAGMENT_WORDS = 6
_WAS = 1_000
_OPENING, _CLOSING = frozenset('“„«"'), frozenset('”»"')
_MARKING = _OPENING | _CLOSING
_MARKS = 3  # characters by which a sentence that is all quotation is longer than what it quotes

LESS_CERTAIN = 0.6
"""Below this confidence a quote that nobody's name stands beside is said to be less certain."""
DOUBTFUL = 0.5
"""Below this confidence any quote is."""


def citation_block(
    citation: Citation,
    number: int | None = None,
    also: Sequence[Citation] = (),
    speaker: str | None = None,
    more: Sequence[Citation] = (),
) -> Block:
    """The sentence, the part that answers marked, its source, and where else it stands; over it, who is speaking.

    ``more`` are the sentences right after it that are shown with it.
    """
    lines = _named(speaker, number)
    sentence = _marked(_joined(citation, more), citation.start, citation.span)
    start = _pad(number) if lines else _number(number)
    return Block((*lines, (Part(start + "“"), *sentence, Part("”")), *_everywhere(citation, number, also, more)))


def said_block(
    citation: Citation,
    quote: QuotePayload,
    number: int | None = None,
    also: Sequence[Citation] = (),
    speaker: str | None = None,
    more: Sequence[Citation] = (),
) -> Block:
    """What was said in this sentence, to whom, and the sentence itself; only that when the two are the same.

    What somebody denies, as well, is shown by the sentence alone. ``quote`` is the quote that the citation holds;
    ``also`` are citations of the same in other articles; ``speaker`` is a name to stand over it; ``more`` the
    sentences right after it through which the quote goes on, each with the quote of which it is a part.
    """
    content = "" if denies(citation.text, citation.start, quote) else _content(citation, more)
    text = _joined(citation, more)
    pad = _pad(number)
    lines = _named(speaker, number)
    start = pad if lines else _number(number)
    if 0 < len(content) < len(text) - _MARKS:
        lines.append((Part(start + f"“{content}”", "bold"),))
        if quote["addressee"]:
            lines.append((Part(f"{pad}to {one_line(quote['addressee'], 80)}", "italic"),))
        lines.append((Part(f"{pad}Source: “"), *_marked(text, citation.start, citation.span), Part("”")))
    else:
        lines.append((Part(start + "“"), Part(text), Part("”")))
    if quote["cue"] is None and quote["confidence"] < LESS_CERTAIN:
        lines.append((Part(pad + phrases.UNCERTAIN, "italic"),))
    elif quote["confidence"] < DOUBTFUL:
        lines.append((Part(pad + phrases.DOUBTFUL, "italic"),))
    lines += _everywhere(citation, number, also, more)
    return Block(tuple(lines))


def around_block(citation: Citation, sentences: Sequence[SentencePayload], place: int) -> Block:
    """A sentence in bold among its neighbours, as they stand in the article."""
    parts: list[Part] = []
    for i, sentence in enumerate(sentences):
        parts.append(Part(sentence["text"], "bold" if i == place else "plain"))
        parts.append(Part(" "))
    return Block((tuple(parts[:-1]), _where(citation, None)))


def was_block(words: str) -> Block:
    """A sentence as it read before."""
    return Block(((Part(phrases.BEFORE_IT, "bold"), Part(f"“{one_line(words, _WAS)}”")),))


def _joined(citation: Citation, more: Sequence[Citation]) -> str:
    """A sentence with those after it."""
    return " ".join((citation.text, *(following.text for following in more)))


def _content(citation: Citation, more: Sequence[Citation]) -> str:
    """The stretches of the sentences that were said, verbatim, without the quotation marks around them.

    Between two that nothing but marks and spaces parts stands a space; empty when one of the sentences has none.
    """
    said = ""
    before = " "
    for sentence in (citation, *more):
        spans = _spans(sentence)
        if not spans:
            return ""
        for first, last in spans:
            between = before + sentence.text[:first] if first == spans[0][0] else "…x"
            piece = _unmarked(one_line(sentence.text[first:last]))
            said += ("" if not said else " … " if any(map(str.isalnum, between)) else " ") + piece
        before = sentence.text[spans[-1][1] :]
    return said


def _spans(citation: Citation) -> list[Span]:
    """The stretches of a sentence that its quote has there, in the sentence's own code points."""
    spans = citation.quote.content if citation.quote else ()
    within = [
        (max(start, citation.start) - citation.start, min(end, citation.end) - citation.start) for start, end in spans
    ]
    return [(first, last) for first, last in within if first < last and _unmarked(citation.text[first:last])]


def _unmarked(text: str) -> str:
    """A stretch without the quotation marks around it, or one that has no partner here; marks inside it stay."""
    text = text.strip()
    last = len(text) - 1
    partner: dict[int, int] = {}
    opened: list[int] = []
    for place, mark in enumerate(text):
        if mark in _CLOSING and opened:
            partner[place] = opened.pop()
            partner[partner[place]] = place
        elif mark in _OPENING:
            opened.append(place)
    start = int(text[:1] in _MARKING and partner.get(0, last) == last)
    end = int(text[-1:] in _MARKING and partner.get(last, 0) == 0)
    return text[start : len(text) - end].strip()


def _marked(text: str, offset: int, span: Span | None) -> tuple[Part, ...]:
    if span is None or not offset <= span[0] < span[1] <= offset + len(text):
        return (Part(text),)
    start, end = span[0] - offset, span[1] - offset
    if end - start > 0.8 * len(text):
        return (Part(text),)  # to mark nearly all of it marks nothing
    parts = (Part(text[:start]), Part(text[start:end], "mark"), Part(text[end:]))
    return tuple(part for part in parts if part.text)


def _everywhere(
    citation: Citation, number: int | None, also: Sequence[Citation], more: Sequence[Citation]
) -> list[tuple[Part, ...]]:
    """A line for the citation's place, and one for each other place of the same."""
    return [_where(citation, number, more), *(source_line(other, number, phrases.ALSO) for other in also)]


def source_line(citation: Citation, number: int | None = None, label: str = "") -> tuple[Part, ...]:
    """A line for a citation's place, under the text that has the number; ``label`` stands before it."""
    pad, *where = _where(citation, number)
    return (pad, *([Part(label)] if label else []), *where)


def article_line(
    title: str, publisher: str | None, url: str | None, published: str | None, number: int | None = None
) -> tuple[Part, ...]:
    """Publisher, title with its link, and date of an article, under the text that has the number."""
    quoted = f"“{one_line(title, 200)}”"
    parts = [Part(_pad(number))]
    if publisher:
        parts.append(Part(f"{one_line(publisher, 100)}, "))
    parts.append(Part(quoted, "link", url) if url else Part(quoted))
    if published:
        parts.append(Part(f", {phrases.date(published)}"))
    return tuple(parts)


def numbered(number: int | None, *, first: bool = True) -> str:
    """What the first line of a text with a number begins with, or, as wide, the lines below it."""
    return _number(number) if first else _pad(number)


def _where(citation: Citation, number: int | None, more: Sequence[Citation] = ()) -> tuple[Part, ...]:
    """Publisher, title with its link, date, and the number of the sentence, or of the first and the last."""
    link = _to_sentence(citation, _joined(citation, more)) if citation.url else None
    title = citation.title or citation.article_id
    article = article_line(title, citation.publisher, link, citation.published, number)
    return (*article, Part(f", {phrases.place(citation.sentence, more[-1].sentence if more else None)}"))


def _to_sentence(citation: Citation, text: str) -> str:
    """The article's address with a text fragment, by which browsers that know them scroll to the sentence.

    Form: https://wicg.github.io/scroll-to-text-fragment/ (a start and an end, percent-encoded, "-" as well).
    """
    words = text.split()
    ends = [words] if len(words) <= 2 * _FRAGMENT_WORDS else [words[:_FRAGMENT_WORDS], words[-_FRAGMENT_WORDS:]]
    fragment = ",".join(url_quote(" ".join(end), safe="").replace("-", "%2D") for end in ends)
    return f"{(citation.url or '').partition('#')[0]}#:~:text={fragment}"


def _named(speaker: str | None, number: int | None) -> list[tuple[Part, ...]]:
    return [(Part(f"{_number(number)}{one_line(speaker, 80)}:"),)] if speaker else []


def _pad(number: int | None) -> str:
    return " " * len(_number(number))


def _number(number: int | None) -> str:
    return "" if number is None else f"{number}  "
