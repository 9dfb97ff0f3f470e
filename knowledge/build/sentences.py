"""Where sentences begin and end, by rule; the parser is told, not asked.

The rules follow the usual description of English sentence ends (full stop, closing marks, space, capital) with lists
of abbreviations; what is an abbreviation and what may follow it is data.
"""

import bisect
import re

from knowledge.build.furniture import strip
from knowledge.models import Sentence, Span

__all__ = ["LONGEST", "sentences_of", "split"]

# Longer stretches with no sentence end are cut at white space: nobody can be shown a citation of that length.
LONGEST = 2000

_CLOSERS = "\"'”’»“)\\]"
_END = re.compile(rf"(?:[.!?…؟]+|[。！？]+)(?:[ \u00a0](?=[”»](?:\s|$)))?[{_CLOSERS}]*")
_NEXT = re.compile(r"[\s]*([\"'“‘”„«»(\[¿¡—–-]*)\s*(\S+)")
_BEFORE = re.compile(r"[\w.&'’-]+$")

# Never the end of a sentence: a name, a number or a place follows.
_TITLES = frozenset(
    "mr mrs ms mx dr prof rev fr hon pres gov lt gen col maj sgt capt cmdr adm cpl pvt sen rep reps sens govs "
    "atty supt messrs mme mlle st mt ft vs v cf eg ie al approx dept est fig vol pp nos ed eds trans insp amb".split()
)
# The end of a sentence only before a word that starts sentences.
_MAYBE = frozenset(
    "inc corp co ltd llc bros jr sr etc esq no us u.s u.k u.n e.u d.c n.y l.a u.s.a u.a.e p.s ph.d m.d b.a m.a "
    "j.d r.i a.m p.m ave blvd rd dist assn dept md pa va ga fla calif ariz mass conn ill wis wash tex tenn ore "
    "okla minn mich ind kan ky la mo miss mont neb nev colo del ala ark vt wyo pa jan feb mar apr jun jul aug "
    "sept sep oct nov dec".split()
)
_MONTHS = frozenset("jan feb mar apr jun jul aug sept sep oct nov dec no".split())
_INITIALS = re.compile(r"(?:[^\W\d_]\.)*[^\W\d_]")
_STARTERS = frozenset(
    "the a an he she it they we i you his her its their our my this that these those there here in on at by for "
    "from with to as but and or so yet if when while after before since because although though however meanwhile "
    "still also then now both many some most all one no not what who why how where which another other each every "
    "according even instead under during over between among through despite until once unlike last next earlier "
    "later more two three".split()
)
_SAYING = frozenset(
    "went said says say asked asks told tells replied added wrote shouted yelled cried exclaimed wondered tweeted "
    "writes demanded responded declared chanted quipped joked continued".split()
)  # fmt: skip
_AFTER_TIME = frozenset(
    "et est edt pt pst pdt ct cst cdt gmt utc eastern central pacific mountain monday tuesday wednesday thursday "
    "friday saturday sunday".split()
)  # fmt: skip


def split(text: str, span: Span) -> list[Span]:
    """The sentences of one paragraph: exact, in order, no white space at either end, each with a letter or digit."""
    found: list[Span] = []
    start = span[0]
    for match in _END.finditer(text, *span):
        end = match.end()
        if end < span[1] and end > start and _ends(text, match, span[1]):
            found.append((start, end))
            start = end
    found.append((start, span[1]))
    stripped = (strip(text, piece) for part in found for piece in _bounded(text, part))
    return [s for s in _joined(text, [s for s in stripped if s]) if any(c.isalnum() for c in text[s[0] : s[1]])]


def sentences_of(text: str, paragraphs: list[Span]) -> list[Sentence]:
    """The sentences of all paragraphs, each with the number of its paragraph."""
    return [Sentence(start=s, end=e, paragraph=n) for n, span in enumerate(paragraphs) for s, e in split(text, span)]


def sentence_at(sentences: list[Sentence], position: int) -> int | None:
    """The index of the sentence that holds the character at ``position``, if one does."""
    index = bisect.bisect_right(sentences, position, key=lambda sentence: sentence.start) - 1
    return index if index >= 0 and position < sentences[index].end else None


def _ends(text: str, match: re.Match[str], limit: int) -> bool:
    """Whether the sentence ends after this full stop and its closing marks."""
    end = match.end()
    mark = match.group()
    if mark[0] in "。！？":
        return True
    if not text[end].isspace():
        # "said.”He went": a closing mark and a capital with the space forgotten; never inside "U.S.-backed" or "3.5".
        return mark[-1] in "”»" and text[end].isupper()
    following = _NEXT.match(text, end, min(limit, end + 200))
    if following is None:
        return False
    opening, word = following.groups()
    word = word.strip("\"'“”‘’.,;:!?)(]")
    if word[:1].islower():
        return False
    if not word and not opening:
        return False
    bare = mark.rstrip("\"'”’»“)] \u00a0")
    quoted = any(c in "\"”»'’" for c in mark)
    if quoted and bare[-1:] in "!?…" and _attribution_follows(text, end, limit):
        return False
    if bare != ".":
        return bare not in ("...", "…") or word[:1].isupper() or bool(opening)
    if quoted and mark[1] != "'":
        return True
    return _abbreviation_may_end(text, match.start(), word, opening)


def _abbreviation_may_end(text: str, stop: int, word: str, opening: str) -> bool:
    """Whether the sentence ends at the single full stop at ``stop``, given the word before it and after it."""
    before = _BEFORE.search(text, max(0, stop - 30), stop)
    last = before.group().lower().lstrip("'’-") if before else ""
    following = word.lower().replace("’", "'").partition("'")[0]
    if last in _TITLES:
        return False
    if last in _MONTHS and following[:1].isdigit():
        return False
    if last in ("a.m", "p.m") and following not in _AFTER_TIME:
        return True
    if last in _MAYBE or (_INITIALS.fullmatch(last) and last != "i"):
        return following in _STARTERS or (opening[:1] in ("“", '"') and last not in _MONTHS)
    return True


def _attribution_follows(text: str, end: int, limit: int) -> bool:
    """Whether words such as "Mr. Smith said" come straight after a quotation that ends in a question mark."""
    following = re.findall(r"[\w’'-]+", text[end : min(limit, end + 60)])[:5]
    for i, word in enumerate(following):
        if word.lower() in _SAYING:
            return i > 0
        if word[:1].islower() and word not in ("of", "de", "van", "von", "bin", "al"):
            return False
    return False


def _bounded(text: str, span: Span) -> list[Span]:
    """The span, cut at white space where it is longer than ``LONGEST``."""
    pieces: list[Span] = []
    start, end = span
    while end - start > LONGEST:
        cut = max((text.rfind(c, start + LONGEST // 2, start + LONGEST) for c in " \t\u00a0"), default=-1)
        cut = cut if cut > start else start + LONGEST
        pieces.append((start, cut))
        start = cut
    return [*pieces, (start, end)]


def _joined(text: str, spans: list[Span]) -> list[Span]:
    """The spans, one that is nothing but marks ("”", "...") put to the sentence before it."""
    out: list[Span] = []
    for span in spans:
        piece = text[span[0] : span[1]]
        if out and len(piece) <= 3 and not any(c.isalnum() for c in piece):
            out[-1] = (out[-1][0], span[1])
        else:
            out.append(span)
    return out
