"""One turn of conversation: text or a button in, a reply out. Knows no Telegram."""

from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot import phrases
from bot.blocks import around_block, citation_block, said_block
from bot.followups import understand
from bot.replies import Block, Button, Part, Reply
from knowledge.answer import Outcome
from knowledge.answer.cite import best_quote, cite
from knowledge.index.fields import SentencePayload
from knowledge.library import Library
from knowledge.models import Answer, Citation
from knowledge.text import one_line

__all__ = ["COMMANDS", "Dialogue"]

COMMANDS: tuple[tuple[str, str], ...] = (
    ("ask", "ask the articles a question"),
    ("brief", "the story in a few cited sentences"),
    ("people", "who is in the articles"),
    ("quotes", "what somebody said: /quotes NAME"),
    ("sources", "the articles I answer from"),
    ("help", "how to ask"),
    ("privacy", "what is kept about you"),
    ("start", "what this bot does"),
)

_SHOWN_NEAREST = 3
_LISTED = 20
_ACTION_BYTES = 64  # Telegram's limit for a button


@dataclass(slots=True)
class _Turn:
    """What a chat is remembered by: its last question and how far into the answer it has got."""

    question: str
    outcome: Outcome
    shown: int = 1

    @property
    def current(self) -> SentencePayload | None:
        """The sentence shown last as an answer; None after a refusal, whose nearest sentences are no answer."""
        sentences = self.outcome.sentences
        return sentences[min(self.shown, len(sentences)) - 1] if self.outcome.answer.answered else None

    @property
    def person(self) -> str | None:
        """Whom the question was about."""
        who = self.outcome.question.who
        return who[0].entity["name"] if who else None


class Dialogue:
    """The conversation with every chat, over one library.

    ``article`` holds it to one article; ``remembered`` is how many chats' last questions are kept in memory.
    """

    def __init__(self, library: Library, article: str | None = None, *, remembered: int = 10_000) -> None:
        self._library = library
        self._remembered = remembered
        self._article = article
        self._turns: OrderedDict[str, _Turn] = OrderedDict()

    @property
    def commands(self) -> tuple[tuple[str, str], ...]:
        """(name, description) of each command, in the order they are offered."""
        return COMMANDS

    # -- what an edge calls -----------------------------------------------------------------------------------------

    def ask(self, chat: str, text: str) -> Reply:
        """Answer a question, or carry on from the last one. ``Reply.answer`` is always filled."""
        self._library.follow()
        turn = self._turns.get(chat)
        meant = understand(text, turn.question if turn else None, turn.person if turn else None)
        if turn is not None:
            match meant.step:
                case "next":
                    return self._next(turn, text)
                case "context":
                    return self._context(turn, text)
                case "source":
                    return self._source(turn, text)
                case "who_said":
                    return self._who_said(turn, text)
        question = meant.question
        if meant.swap is not None and turn is not None:
            question = self._swapped(turn, meant.swap)
        return self._answer(chat, question)

    def command(self, chat: str, name: str, argument: str) -> Reply:
        """Carry out a command; an unknown one is answered with the list of those there are."""
        self._library.follow()
        carry_out: dict[str, Callable[[], Reply]] = {
            "start": lambda: _plain(phrases.START, *phrases.EXAMPLES),
            "help": lambda: _plain(phrases.HELP, *phrases.EXAMPLES, phrases.command_list(COMMANDS)),
            "privacy": lambda: _plain(phrases.PRIVACY),
            "ask": lambda: self._answer(chat, argument) if argument else _plain(phrases.ASK_WHAT, *phrases.EXAMPLES),
            "brief": lambda: self._answer(chat, f"brief me on {argument}" if argument else "brief me"),
            "quotes": lambda: self._answer(chat, f"what did {argument} say" if argument else "who is quoted"),
            "people": self._people,
            "sources": self._sources,
        }
        if name in ("next", "context", "source"):
            return self.ask(chat, name)
        if name not in carry_out:
            return _plain(phrases.unknown_command(one_line(name, 32)), phrases.command_list(COMMANDS))
        return carry_out[name]()

    def press(self, chat: str, action: str) -> Reply | None:  # noqa: ARG002  (a button carries all it needs)
        """Carry out a button of any answer, however old; None when what it is about is no longer held."""
        kind, _, rest = action.partition(":")
        try:
            numbers = [int(part, 36) for part in rest.split(".")]
        except ValueError:
            return None
        if kind == "x" and len(numbers) == 1:
            return self._around(numbers[0])
        if kind == "n" and len(numbers) >= 2:
            return self._numbered(numbers[0], numbers[1:])
        return None

    # -- answers ----------------------------------------------------------------------------------------------------

    def _answer(self, chat: str, question: str) -> Reply:
        outcome = self._library.answerer.consider(question, self._article)
        self._turns[chat] = _Turn(question, outcome)
        self._turns.move_to_end(chat)
        if len(self._turns) > self._remembered:
            self._turns.popitem(last=False)
        answer = outcome.answer
        mended = phrases.mended(outcome.question)
        if not answer.answered:
            heading = " ".join(part for part in (phrases.refusal(outcome), mended) if part)
            nearest = [citation_block(c) for c in answer.nearest[:_SHOWN_NEAREST]]
            if nearest and not (outcome.reason == "not_quoted" and outcome.question.who):
                heading += " " + phrases.NEAREST
            return Reply((_line(heading), *nearest), (), answer)
        heading = " ".join(part for part in (phrases.heading(outcome), mended) if part)
        first: tuple[Block, ...] = (_line(heading),) if heading else ()
        if answer.kind == "briefing" or outcome.question.kind == "people":
            blocks = tuple(_shown(outcome, i, numbered=True) for i in range(len(answer.citations)))
            return Reply((*first, *blocks), (), answer)
        numbered = len(answer.citations) > 1 and outcome.question.kind == "said"
        block = _shown(outcome, 0, numbered=numbered)
        return Reply((*first, block), _buttons(2, outcome.sentences), answer)

    def _next(self, turn: _Turn, text: str) -> Reply:
        outcome, place = turn.outcome, turn.shown
        held = outcome.answer.citations
        if place >= len(held):
            return Reply((_line(phrases.NO_MORE),), (), _nothing(text))
        turn.shown += 1
        answer = outcome.answer.model_copy(update={"question": text, "citations": held[place:]})
        block = _shown(outcome, place, numbered=True)
        return Reply((block,), _buttons(place + 2, outcome.sentences[place:]), answer)

    def _context(self, turn: _Turn, text: str) -> Reply:
        sentence = turn.current
        reply = self._around(sentence["id"]) if sentence is not None else None
        if sentence is None or reply is None:
            return Reply((_line(phrases.NO_MORE),), (), _nothing(text))
        found, _ = self._library.around(sentence["id"])
        citations = tuple(cite(self._library.index, s) for s in found)
        return Reply(reply.blocks, (), _sentences(text, citations))

    def _source(self, turn: _Turn, text: str) -> Reply:
        if turn.current is None:
            return Reply((_line(phrases.NO_MORE),), (), _nothing(text))
        citation = cite(self._library.index, turn.current)
        return Reply((_line(phrases.SOURCE), citation_block(citation)), (), _sentences(text, (citation,)))

    def _who_said(self, turn: _Turn, text: str) -> Reply:
        quote = best_quote(turn.current) if turn.current is not None else None
        if turn.current is None or quote is None or not quote["key"]:
            return Reply((_line(phrases.NO_SPEAKER),), (), _nothing(text))
        citation = cite(self._library.index, turn.current, parts=("source",))
        # One whom the article does not name is shown by the sentence alone.
        heading = _line(f"{quote['speaker']}:" if quote["speaker"] else phrases.SAID_HERE)
        return Reply((heading, said_block(citation, quote)), (), _sentences(text, (citation,)))

    def _swapped(self, turn: _Turn, what: str) -> str:
        """The last question about somebody or something else ("and lavrov?", "what about gaza")."""
        question = turn.outcome.question
        names_someone = bool(self._library.answerer.who(what, self._article))
        if question.kind == "said":
            topic = " ".join(e.meant for e in question.topic)
            if names_someone or not turn.person:
                return f"what did {what} say about {topic}" if topic else f"what did {what} say"
            return f"what did {turn.person} say about {what}"
        if question.kind == "who_is":
            return f"who is {what}"
        return what

    def _around(self, identifier: int) -> Reply | None:
        found, place = self._library.around(identifier)
        if not found:
            return None
        return Reply((around_block(cite(self._library.index, found[place]), found, place),))

    def _numbered(self, number: int, identifiers: list[int]) -> Reply | None:
        held = [self._library.index.sentence(identifier) for identifier in identifiers]
        sentences = [sentence for sentence in held if sentence is not None]
        if held[0] is None:
            return None
        citation, quote = cite(self._library.index, sentences[0]), best_quote(sentences[0])
        block = said_block(citation, quote, number) if quote else citation_block(citation, number)
        return Reply((block,), _buttons(number + 1, sentences))

    # -- lists ------------------------------------------------------------------------------------------------------

    def _people(self) -> Reply:
        people = self._library.people(_LISTED)
        if not people:
            return _plain(phrases.EMPTY)
        lines = tuple((Part(f"{name}", "bold"), Part(phrases.person(role, count))) for name, role, count in people)
        return Reply((_line(phrases.PEOPLE), Block(lines)))

    def _sources(self) -> Reply:
        latest = self._library.latest(_LISTED)
        if not latest:
            return _plain(phrases.EMPTY)
        blocks = [_line(phrases.sources(self._library.index.frequency("kind", "a"), len(latest)))]
        for article in latest:
            title: Part = Part(article["title"] or article["id"], "link" if article["url"] else "bold", article["url"])
            about = phrases.source(article["publisher"], article["published"], len(article["sentences"]))
            blocks.append(Block(((title,), (Part(about),))))
        return Reply(tuple(blocks))


def _shown(outcome: Outcome, place: int, *, numbered: bool) -> Block:
    """The block of an answer's citation, by its place from 0."""
    citation, number = outcome.answer.citations[place], place + 1 if numbered else None
    quote = best_quote(outcome.sentences[place], {named.key for named in outcome.question.who})
    if outcome.answer.kind != "quote" or quote is None:
        return citation_block(citation, number)
    return said_block(citation, quote, number)


def _buttons(number: int, sentences: Sequence[SentencePayload]) -> tuple[tuple[Button, ...], ...]:
    """Next (when there is one) and context for the first of the sentences, each within Telegram's 64 bytes."""
    row = []
    rest = [_base36(s["id"]) for s in sentences[1:]]
    while rest and len(action := f"n:{_base36(number)}.{'.'.join(rest)}") > _ACTION_BYTES:
        rest.pop()
    if rest:
        row.append(Button(phrases.NEXT, action))
    row.append(Button(phrases.CONTEXT, f"x:{_base36(sentences[0]['id'])}"))
    return (tuple(row),)


def _base36(number: int) -> str:
    digits = ""
    while number or not digits:
        number, digit = divmod(number, 36)
        digits = "0123456789abcdefghijklmnopqrstuvwxyz"[digit] + digits
    return digits


def _line(text: str) -> Block:
    return Block(((Part(text),),))


def _plain(*texts: str) -> Reply:
    return Reply(tuple(Block(tuple((Part(line),) for line in text.split("\n"))) for text in texts))


def _nothing(text: str) -> Answer:
    return Answer(question=text, answered=False, confidence=0.0, kind="refusal", reading=one_line(text))


def _sentences(text: str, citations: tuple[Citation, ...]) -> Answer:
    return Answer(
        question=text, answered=True, confidence=1.0, kind="sentence", reading=one_line(text), citations=citations
    )
