"""The order in which quotes are found, and how drafts become records."""

from knowledge.build.descriptions import describe
from knowledge.build.furniture import strip
from knowledge.build.quotes.according import according_quotes
from knowledge.build.quotes.anchors import anchors_of
from knowledge.build.quotes.chains import through
from knowledge.build.quotes.clauses import clause_quotes
from knowledge.build.quotes.draft import Draft
from knowledge.build.quotes.judge import Judged, judge
from knowledge.build.quotes.marked import marked_quotes
from knowledge.build.quotes.nouns import noun_quotes
from knowledge.build.quotes.speakers import head_of, speaker_of
from knowledge.build.quotes.transcripts import transcript_quotes
from knowledge.build.story import Cast, Story
from knowledge.models import Quote, QuoteType, Span

__all__ = ["drafts_of", "find_quotes", "judged_quotes", "speaking"]

# Of two readings of one speaker's words, one within the other, the surer one stands when it is surer by this much.
CLEARER = 0.3


def judged_quotes(story: Story) -> list[Judged]:
    """What is likely enough to be a quote, before it is known who anybody is."""
    return judge(story, drafts_of(story))


def speaking(story: Story, judged: list[Judged]) -> frozenset[tuple[int, int]]:
    """The heads of the sources, as (tree, token)."""
    return frozenset(head for item in judged if (head := head_of(story, item.draft)) is not None)


def find_quotes(story: Story, cast: Cast, judged: list[Judged]) -> list[Quote]:
    """All quotes of an article with their speakers, in the order of their content."""
    made = []
    for item in judged:
        quote = _record(story, cast, item)
        if quote is not None:
            made.append((item.draft, quote))
    names = {person.name for person in cast.people}
    by_tree: dict[int, list[tuple[Draft, Quote]]] = {}
    for draft, quote in made:
        by_tree.setdefault(draft.tree, []).append((draft, quote))
    kept = {tree: [one for one in found if not _is_mistaken(*one, found)] for tree, found in by_tree.items()}
    quotes = [quote for found in kept.values() for draft, quote in found if not _is_nested(quote, draft, found, names)]
    return sorted(quotes, key=lambda quote: quote.content)


def drafts_of(story: Story) -> list[Draft]:
    """Everything that may be a quote."""
    drafts: list[Draft] = []
    anchors = []
    turns = transcript_quotes(story)
    for number, tree, inside in story.pieces():
        anchors.append(anchors_of(tree, inside))
        if number in turns:
            drafts.append(turns[number])
            continue
        drafts += according_quotes(number, tree, inside)
        drafts += clause_quotes(number, tree, inside, anchors[-1])
        drafts += noun_quotes(number, tree, inside)
    return through(story, marked_quotes(story, drafts, anchors))


def _is_mistaken(draft: Draft, quote: Quote, made: list[tuple[Draft, Quote]]) -> bool:
    """Whether a quote takes in the cue of a much surer one of the same speaker: "“Go,”" and "to us stating, “Go”"."""
    for other, inner in made:
        if inner.cue is not None and other is not draft and inner.speaker == quote.speaker:
            clearer = inner.confidence - quote.confidence >= CLEARER
            if clearer and draft.overlap(inner.cue) == inner.cue[1] - inner.cue[0]:
                return True
    return False


def _is_nested(quote: Quote, draft: Draft, made: list[tuple[Draft, Quote]], names: set[str]) -> bool:
    """Whether a quote is only part of another's words.

    "The paper notes that Ann told Bo to go" stays Ann's quote too, since she is named; "he said he asked them to go"
    is one statement.
    """
    if quote.cue is None:
        return False
    for other, outer in made:
        if other is not draft and other.overlap(quote.cue) == quote.cue[1] - quote.cue[0]:
            named = quote.speaker in names and quote.speaker != outer.speaker and draft.rule == "clause"
            if not named or not draft.by_name:
                return True
    return False


def _record(story: Story, cast: Cast, judged: Judged) -> Quote | None:
    draft = judged.draft
    tree = story.trees[draft.tree]
    content = _clean(story, draft.pieces)
    if not content:
        return None
    home = story.trees[draft.source_tree if draft.source_tree is not None else draft.tree]
    speaker, sure = speaker_of(story, cast, draft)
    head = head_of(story, draft)
    draft.by_name = head is not None and home.tags[head[1]] not in ("PRP", "PRP$") and describe(home, head[1]) is None
    return Quote(
        content=content,
        source=home.span(*draft.source) if draft.source else None,
        cue=draft.cue_span or (tree.span(draft.cue, draft.cue + 1) if draft.cue is not None else None),
        speaker=speaker,
        type=_type(story, content),
        addressee=tree.span(*draft.addressee) if draft.addressee else None,
        via=tree.span(*draft.via) if draft.via else None,
        confidence=round(judged.chance * sure, 2),
        rule=draft.rule,
    )


def _clean(story: Story, pieces: list[Span]) -> tuple[Span, ...]:
    """The pieces in order, none touching another, no white space at their ends."""
    out: list[Span] = []
    for piece in sorted(pieces):
        first = max(piece[0], out[-1][1]) if out else piece[0]
        span = strip(story.text, (first, piece[1])) if first < piece[1] else None
        if span is not None and any(c.isalnum() for c in story.text[span[0] : span[1]]):
            out.append(_balanced(story, span))
    return tuple(out)


def _balanced(story: Story, span: Span) -> Span:
    """The span with both marks of a quotation in it when one is ("a “gift to the rich" takes its "”" too).

    A mark that closes two quotations at once, one in the other, is the inner one's: “They sang “Go!”
    """
    start, end = span
    for quotation in story.quotations_in(start, end):
        if not (quotation.opened and quotation.closed):
            continue
        if start <= quotation.start and end == quotation.inner[1]:
            end = quotation.end
        if quotation.end <= end and start == quotation.inner[0]:
            start = quotation.start
        within = story.text[start:end]
        if end == quotation.inner[1] and story.text[end] == "”" and within.count("“") > within.count("”"):
            end = quotation.end
    return start, end


def _type(story: Story, content: tuple[Span, ...]) -> QuoteType:
    """direct: all letters stand in quotation marks; indirect: none do; mixed: some."""
    within = 0
    for start, end in content:
        for quotation in story.quotations_in(start, end):
            first, last = max(start, quotation.start), min(end, quotation.end)
            within += sum(c.isalnum() for c in story.text[first:last])
    if not within:
        return "indirect"
    total = sum(sum(c.isalnum() for c in story.text[s:e]) for s, e in content)
    return "direct" if within == total else "mixed"
