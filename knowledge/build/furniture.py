"""Which part of a text is the article: site furniture at its end is left out."""

import re

from knowledge.models import Span

__all__ = ["body_of", "paragraphs"]

LINE_BREAK = re.compile(r"[\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]+")

# A line that is nothing but one of these starts the furniture, when only short lines follow it. The list is what
# WordPress themes and news sites print under an article.
_LABEL = re.compile(
    r"(?:read (?:previous|next|also|more|the rest here)|(?:previous|next) (?:article|post|story)|advertisements?"
    r"|related(?: (?:articles?|stories|posts|news|content|topics?|links))?|you (?:may|might) (?:also )?like"
    r"|more (?:from|on|stories|news)(?: .{1,40})?|recommended(?: for you)?|most (?:read|popular)|trending(?: now)?"
    r"|share (?:this(?: .{1,20})?|on .{1,20})|tags?|leave a (?:reply|comment)|comments?|sign up .{1,60}"
    r"|subscribe(?: .{1,60})?|follow us(?: .{1,40})?|post navigation|don['’]t miss|also read|see also)\s*[:»>.…]*",
    re.IGNORECASE,
)
# "Related: Senate passes the bill": the label and its headline on one line.
_LABELLED = re.compile(
    r"(?:related|read (?:more|also|next)|also read|see also|more|recommended)\s*:\s*\S.*", re.IGNORECASE
)
_ENDED = re.compile(r"[.!?…][\"'”’»)\]]*$")
LONGEST_HEADLINE = 160


def paragraphs(text: str, body: Span) -> list[Span]:
    """The lines of ``body`` without white space at either end, empty ones left out."""
    spans: list[Span] = []
    position = body[0]
    for match in LINE_BREAK.finditer(text, *body):
        spans.append((position, match.start()))
        position = match.end()
    spans.append((position, body[1]))
    return [stripped for span in spans if (stripped := strip(text, span)) is not None]


def strip(text: str, span: Span) -> Span | None:
    """The span without white space at either end, or None when nothing is left."""
    piece = text[span[0] : span[1]]
    start = span[0] + len(piece) - len(piece.lstrip())
    end = span[0] + len(piece.rstrip())
    return (start, end) if start < end else None


def body_of(text: str) -> Span:
    """The article's part of ``text``: all of it, less the furniture at its end.

    Conservative: a label is furniture only when every line after it is a label too or looks like a headline
    (short, or without a full stop at its end), and the first line never is.
    """
    lines = paragraphs(text, (0, len(text)))
    end = len(lines)
    for i in range(len(lines) - 1, 0, -1):
        line = text[lines[i][0] : lines[i][1]] if lines[i][1] - lines[i][0] <= LONGEST_HEADLINE else ""
        if not line:
            break
        if _LABEL.fullmatch(line) or (_LABELLED.fullmatch(line) and not _ENDED.search(line)):
            end = i
        elif _ENDED.search(line):
            break
    return (0, lines[end - 1][1]) if lines else (0, len(text))
