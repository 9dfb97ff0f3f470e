"""A digest as it is read: corrections first, then what is new under the name of what is followed, each item cited."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from bot import phrases
from bot.actions import base36, context_action
from bot.blocks import article_line, citation_block, numbered, said_block, source_line
from bot.render import MAX_UNITS, Message, Prepared, keyboard, pack, prepare
from bot.replies import Block, Button, Part
from knowledge.answer.cite import best_quote, by_pronoun, cite
from knowledge.digest.items import Cited, Correction, Item
from knowledge.index.search import SearchIndex
from knowledge.models import Citation
from knowledge.text import one_line

__all__ = ["Laid", "Memo", "Section", "digest_blocks", "item_block", "lay_out"]

_LABEL = 40
_HEADING = 200
_OTHERS = 5  # so many other sources are listed of each kind
_LONGEST = (3_000, 1_500, 700)  # characters of sentences that no message could hold, and ever shorter
_BEFORE = 1_500  # characters of each side of a correction
_SPARE = 20  # units left in each message, for what is said of one that is sent again
_ROOM = MAX_UNITS - _SPARE - _HEADING - 2
_CONTEXT_IN_ROW = 4

_CHANGED = (
    ("correction", phrases.CORRECTED_SINCE),
    ("withdrawal", phrases.WITHDRAWN_SINCE),
    ("restored", phrases.STANDING_AGAIN),
)

Told = Item | Correction


@dataclass(frozen=True, slots=True)
class Section:
    """What is new of one thing followed, called ``label``; ``subscription`` is its key, None when it has none."""

    subscription: int | None
    label: str
    items: tuple[Told, ...]


@dataclass(slots=True)
class Memo:
    """What was made for one digest and is the same in the next; to be kept no longer than the items are."""

    items: dict[tuple[int, int, bool], tuple[Told, tuple[Prepared, ...]]] = field(default_factory=dict)
    headings: dict[str, tuple[Prepared, ...]] = field(default_factory=dict)
    speakers: dict[int, tuple[Told, str | None]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Laid:
    """A message of a digest and the items in it, in order, each with its section."""

    message: Message
    items: tuple[tuple[Section, Told], ...]


@dataclass(frozen=True, slots=True)
class _Numbered:
    """One item in its place; ``heading`` stands over it when it is the first of its kind or section."""

    number: int
    told: Told
    heading: str | None
    section: Section


def lay_out(
    index: SearchIndex,
    sections: Sequence[Section],
    *,
    digest_action: str | None = None,
    more: int = 0,
    memo: Memo | None = None,
) -> tuple[Laid, ...]:
    """Return a digest's messages, none for no items: an item is never divided, nor parted from the heading over it.

    Under each message stand the buttons of its items: their contexts, and stopping what they came from; under the last
    also, when ``more`` items are left, the one that carries ``digest_action``. With one ``memo`` for many digests,
    what several have in common is made once.
    """
    memo = memo or Memo()
    told = list(_in_order(sections))
    laid = []
    packed = list(pack((_pieces(index, one, memo) for one in told), spare=_SPARE))
    for place, (message, places) in enumerate(packed, 1):
        last = place == len(packed)
        here = [told[i] for i in places]
        rows = _rows(here, digest_action if last and more else None, more)
        items = tuple((one.section, one.told) for one in here)
        laid.append(Laid(Message(message.html, message.plain, rows), items))
    return tuple(laid)


def digest_blocks(index: SearchIndex, sections: Sequence[Section]) -> tuple[Block, ...]:
    """Return a digest's headings and items."""
    blocks = []
    for one in _in_order(sections):
        blocks += [_heading(one.heading)] if one.heading else []
        blocks.append(item_block(one.told, one.number, _over(_speaker(index, one.told), one)))
    return tuple(blocks)


def item_block(told: Told, number: int, speaker: str | None = None) -> Block:
    """Return an item as one block, whatever else it stands among; ``speaker`` is the name to stand over it."""
    if isinstance(told, Correction):
        return _correction(told, number, _BEFORE)
    return _news(told, number, speaker)


# -- items in order --------------------------------------------------------------------------------------------------


def _in_order(sections: Sequence[Section]) -> Iterator[_Numbered]:
    """What became of what was sent, each kind by itself, then the news of each section, numbered through."""
    number = 0
    changed = [(told, section) for section in sections for told in section.items if isinstance(told, Correction)]
    for kind, heading in _CHANGED:
        over: str | None = heading
        for told, section in changed:
            if told.kind == kind:
                number += 1
                yield _Numbered(number, told, over, section)
                over = None
    for section in sections:
        over = section.label
        for item in section.items:
            if isinstance(item, Item):
                number += 1
                yield _Numbered(number, item, over, section)
                over = None


def _pieces(index: SearchIndex, one: _Numbered, memo: Memo) -> tuple[Prepared, ...]:
    # With the item, whose id would else come to mean another.
    if id(one.told) not in memo.speakers:
        memo.speakers[id(one.told)] = one.told, _speaker(index, one.told)
    speaker = _over(memo.speakers[id(one.told)][1], one)
    key = id(one.told), one.number, speaker is None
    if key not in memo.items:
        memo.items[key] = one.told, _whole(one.told, one.number, speaker)
    pieces = memo.items[key][1]
    if one.heading is None:
        return pieces
    if one.heading not in memo.headings:
        memo.headings[one.heading] = prepare([_heading(one.heading)])
    return (*memo.headings[one.heading], *pieces)


def _over(speaker: str | None, one: _Numbered) -> str | None:
    """The name to stand over an item: none when it is under a heading that is that name."""
    return None if speaker == one.section.label else speaker


def _whole(told: Told, number: int, speaker: str | None) -> tuple[Prepared, ...]:
    """An item as one piece: what a message could not hold is said more shortly."""
    pieces = prepare([item_block(told, number, speaker)])
    for longest in _LONGEST:
        if len(pieces) > 1 or any(piece.units > _ROOM for piece in pieces):
            pieces = prepare([_shortened(told, number, speaker, longest)])
    return pieces


def _rows(told: Sequence[_Numbered], digest_action: str | None, more: int) -> tuple[tuple[Button, ...], ...]:
    contexts = [
        Button(phrases.context_of(one.number), context_action(sentence))
        for one in told
        if (sentence := _sentence(one.told)) is not None
    ]
    rows = [tuple(contexts[i : i + _CONTEXT_IN_ROW]) for i in range(0, len(contexts), _CONTEXT_IN_ROW)]
    stops = {one.section.subscription: one.section.label for one in told if one.section.subscription is not None}
    for subscription, label in stops.items():
        rows.append((Button(one_line(phrases.stop_following(label), _LABEL), f"u:{base36(subscription)}"),))
    if digest_action:
        rows.append((Button(phrases.show_all(more), digest_action),))
    return keyboard(rows)


def _sentence(told: Told) -> int | None:
    """The key of the sentence whose context there is to show."""
    cited = told.lead if isinstance(told, Item) else told.after
    return cited.sentence["id"] if cited else None


# -- one item --------------------------------------------------------------------------------------------------------


def _heading(text: str) -> Block:
    return Block(((Part(one_line(text, _HEADING), "bold"),),))


def _news(item: Item, number: int, speaker: str | None) -> Block:
    quote = item.quote
    key = quote["key"] if quote else None
    citation = _cited(item.lead, key)
    more = [_cited(cited, key) for cited in item.more]
    also = [_cited(cited) for cited in item.also[:_OTHERS]]
    if quote:
        block = said_block(citation, quote, number, also, speaker, more)
    else:
        block = citation_block(citation, number, also, speaker, more)
    rest = (*_others(item.also, number), *_differing(item, number), *_story(item, number))
    return Block((*block.lines, *rest))


def _speaker(index: SearchIndex, told: Told) -> str | None:
    """Whose words an item is, by the full name, and with the role where others have the name.

    Nobody's when it is not somebody's words that count, unless its sentence calls them only "he" or "she".
    """
    if isinstance(told, Correction):
        return None
    sentence, quote = told.lead.sentence, told.quote
    if quote is None:
        quote = best_quote(sentence)
        if quote is None or quote["source"] is None or not by_pronoun(sentence, quote):
            return None
    entity = index.entity(quote["key"]) if quote["key"] else None
    if entity is None or not entity["person"]:
        return quote["speaker"] if quote["key"] else None
    first, _, number = entity["key"].partition("~")
    several = bool(number) or index.entity(f"{first}~2") is not None
    return f"{entity['name']}, {entity['role']}" if several and entity["role"] else entity["name"]


def _differing(item: Item, number: int) -> Iterator[tuple[Part, ...]]:
    pad = numbered(number, first=False)
    if item.differing:
        yield (Part(pad + phrases.OTHERWISE),)
    for cited in item.differing[:_OTHERS]:
        yield (Part(f"{pad}“{one_line(cited.sentence['text'], _LONGEST[-1])}”"),)
        yield source_line(_cited(cited), number)
    yield from _others(item.differing, number)


def _story(item: Item, number: int) -> Iterator[tuple[Part, ...]]:
    for cited in item.story[:_OTHERS]:
        yield source_line(_cited(cited), number, phrases.SAME_STORY)
    yield from _others(item.story, number)


def _others(cited: Sequence[Cited], number: int) -> Iterator[tuple[Part, ...]]:
    if len(cited) > _OTHERS:
        yield (Part(numbered(number, first=False) + phrases.others(len(cited) - _OTHERS)),)


def _correction(told: Correction, number: int, longest: int) -> Block:
    before = f"“{one_line(told.before, longest)}”"
    article = article_line(told.title or told.article, told.publisher, told.url, told.published, number)
    first, pad = Part(numbered(number)), Part(numbered(number, first=False))
    if told.kind == "withdrawal":
        return Block(((first, Part(before)), article))
    now = f"“{one_line(told.after.sentence['text'], longest)}”" if told.after else phrases.NOT_THERE_ANY_MORE
    if told.kind == "restored" and told.after:
        return Block(((first, Part(now)), source_line(_cited(told.after), number)))
    place = source_line(_cited(told.after), number) if told.after else article
    return Block(
        (
            (first, Part(phrases.BEFORE_IT, "bold"), Part(before)),
            (pad, Part(phrases.NOW_IT, "bold"), Part(now)),
            place,
        )
    )


def _shortened(told: Told, number: int, speaker: str | None, longest: int) -> Block:
    """An item that is too long for a message: the sentences alone, or only their beginning."""
    if isinstance(told, Correction):
        return _correction(told, number, longest)
    citation = _cited(told.lead)
    text = " ".join(cited.sentence["text"] for cited in (told.lead, *told.more))
    short = citation.model_copy(update={"text": one_line(text, longest), "span": None})
    return citation_block(short, number, (), speaker)


def _cited(cited: Cited, speaker: str | None = None) -> Citation:
    return cite(cited.sentence, speakers=(speaker,) if speaker else ())
