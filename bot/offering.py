"""Sentences offered for quoting: what answers a few words, each with its full citation. Knows no Telegram."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice

from bot.actions import base36
from bot.blocks import citation_block, said_block
from bot.followups import what_said
from bot.replies import Block
from knowledge.answer import Answerer, Outcome
from knowledge.answer.cite import best_quote, by_pronoun, denies
from knowledge.answer.question import Question
from knowledge.library import Library
from knowledge.text import is_stop, one_line

__all__ = ["LONGEST", "MOST", "Offer", "offers"]

MOST = 200
"""So many sentences are offered at most."""

LONGEST = 256
"""So many characters of what is asked for are read."""

_ON_TOPIC = 0.5
_ON_ALL_OF_IT = 0.9
_TITLE = 100
_DESCRIPTION = 200


@dataclass(frozen=True, slots=True)
class Offer:
    """One sentence to quote. ``id`` is its key in base 36; ``title`` who says it, or the outlet that writes it.

    ``description`` are the words, on one line; ``block`` the sentence with its full citation; ``url`` its article's.
    """

    id: str
    title: str
    description: str
    block: Block
    url: str | None


def offers(library: Library, article: str | None, text: str) -> tuple[Offer, ...]:
    """What may be quoted for ``text``, the best first: of a person it names their quotes, else what answers it.

    Nothing for what the articles don't say. ``article`` holds it to one article; None: all of them.
    """
    library.refresh()
    answerer = library.answerer
    read = answerer.read(one_line(text, LONGEST), article)
    if not read.tokens:
        return ()
    wanted = _quotes_wanted(answerer, read, article)
    if wanted is None:
        return tuple(islice(_answering(answerer, read, article, _ON_TOPIC), MOST))
    quoted = tuple(islice(_quotes(answerer, wanted, article), MOST))
    # Of one who has said nothing on it, what is written on all of it.
    return quoted or tuple(_answering(answerer, read, article, _ON_ALL_OF_IT))


def _quotes_wanted(answerer: Answerer, read: Question, article: str | None) -> Question | None:
    """The question for what the person among the words has said, on the rest of them; None for any other question."""
    if read.kind == "said":
        return read
    if read.kind not in ("open", "who_is") or is_stop(read.tokens[0]):
        return None  # it asks for something else
    runs = (read.who,) if read.who else read.names
    run = next((run for run in runs if any(named.entity["person"] for named in run)), None)
    if run is None:
        return None
    words = () if read.who else (*read.slot[: run[0].first], *read.slot[run[0].last :])
    typed = read.who_typed or " ".join(read.tokens_of(run))
    name = run[0].entity["name"] if len(run) == 1 else typed  # where several fit, all of them are meant
    question = answerer.read(what_said(name, " ".join(word for word in words if not is_stop(word))), article)
    if question.kind != "said":
        return None
    keys = {named.key for named in run}
    # Another of the same full name is not meant.
    return replace(question, who=tuple(named for named in question.who if named.key in keys) or question.who)


def _quotes(answerer: Answerer, question: Question, article: str | None) -> Iterator[Offer]:
    """What somebody said, all of it: an answer has room for the first few."""
    seen: set[int] = set()
    while (outcome := answerer.consider(question, article, seen=seen)).answer.answered:
        new = [place for place in outcome.statements if outcome.sentences[place]["id"] not in seen]
        yield from (_offer(outcome, place) for place in new)
        seen |= {sentence["id"] for sentence in outcome.sentences}


def _answering(answerer: Answerer, question: Question, article: str | None, floor: float) -> Iterator[Offer]:
    """What answers a question; of the sentences found by its topic those that hold so much of it themselves."""
    outcome = answerer.consider(question, article)
    matched = {ranked.sentence["id"]: ranked.features["matched"] for ranked in outcome.ranked}
    for place in outcome.statements:
        if matched.get(outcome.sentences[place]["id"], 1.0) >= floor:
            yield _offer(outcome, place)


def _offer(outcome: Outcome, place: int) -> Offer:
    citation, *also = (outcome.answer.citations[i] for i in outcome.group(place))
    sentence = outcome.sentences[place]
    quote = best_quote(sentence, {named.key for named in outcome.question.who})
    if quote is not None and (not quote["key"] or denies(citation.text, citation.start, quote)):
        quote = None
    speaker = quote["speaker"] if quote else None
    title = speaker or citation.publisher or citation.title or citation.article_id
    if quote is not None and outcome.answer.kind == "quote":
        block = said_block(citation, quote, None, also, speaker)  # no question stands above to say who it is
    else:
        called = quote is not None and by_pronoun(sentence, quote)
        block = citation_block(citation, None, also, speaker if called else None)
    return Offer(
        id=base36(sentence["id"]),
        title=one_line(title, _TITLE),
        description=one_line(citation.text, _DESCRIPTION),
        block=block,
        url=citation.url,
    )
