"""One turn of conversation: text or a button in, a reply out. Knows no Telegram."""

from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from bot import phrases
from bot.actions import letter_of, parse_action, people_of, under_answer, which_of
from bot.antecedents import Antecedents
from bot.blocks import around_block, citation_block, said_block, was_block
from bot.followups import Understood, understand, what_said
from bot.listing import all_correction_blocks, article_block, correction_blocks
from bot.memory import SHOWN_PEOPLE, Kept, Turn, fitting, remember
from bot.replies import Block, Button, Part, Reply, line
from bot.slashless import command_meant
from bot.subscribing.offers import follow_buttons
from bot.subscribing.presses import Follow, parse_press
from knowledge.answer import Outcome
from knowledge.answer.cite import best_quote, by_pronoun, cite
from knowledge.answer.question import Question
from knowledge.answer.sources import together
from knowledge.index.fields import QuotePayload, SentencePayload
from knowledge.library import Library
from knowledge.models import Answer, Citation
from knowledge.text import folded_words, is_stop, one_line

if TYPE_CHECKING:
    from bot.offering import Offer

__all__ = ["COMMANDS", "Dialogue"]

COMMANDS: tuple[tuple[str, str], ...] = (
    ("start", "what this bot does"),
    ("help", "how to ask"),
    ("brief", "the story in a few cited sentences"),
    ("people", "who is in the articles"),
    ("quotes", "what somebody said: /quotes NAME"),
    ("sources", "the articles I answer from"),
    ("ask", "ask the articles a question"),
    ("subscribe", "follow a person, a topic, a source or everything"),
    ("subscriptions", "what you follow"),
    ("unsubscribe", "stop following: /unsubscribe 1, or all"),
    ("digest", "what is new now of what you follow"),
    ("timezone", "your city's time: /timezone Berlin"),
    ("quiet", "hours without digests: /quiet 22:00-07:00"),
    ("pause", "no digests until /resume"),
    ("resume", "digests again"),
    ("mydata", "everything that is kept about this chat"),
    ("forgetme", "erase everything that is kept about this chat"),
    ("privacy", "what is kept about you"),
)

_IN_TELEGRAM = frozenset(
    "subscribe subscriptions unsubscribe digest timezone quiet pause resume mydata forgetme".split()
)
_CHOOSING = frozenset("no not mean meant i'm one guy man woman person please say said".split())
_SHOWN_NEAREST = 3
_LISTED = 20


class Dialogue:
    """The conversation with every chat, over one library.

    ``article`` holds it to one article; ``remembered`` is how many chats' last questions are kept in memory, some
    hundred bytes each;
    ``questions_logged`` says that the operator keeps the questions' texts, and ``memory_stored`` that what chats are
    remembered by is kept in the database, which /privacy then tells.
    """

    def __init__(
        self,
        library: Library,
        article: str | None = None,
        *,
        remembered: int = 10_000,
        questions_logged: bool = False,
        memory_stored: bool = False,
    ) -> None:
        self._library = library
        self._memory_stored = memory_stored
        self._questions_logged = questions_logged
        self._remembered = remembered
        self._article = article
        self._kept: OrderedDict[str, str] = OrderedDict()
        self._latest: tuple[str, Outcome] | None = None

    @property
    def commands(self) -> tuple[tuple[str, str], ...]:
        """(name, description) of each command, in the order they are offered."""
        return COMMANDS

    # -- what an edge calls -----------------------------------------------------------------------------------------

    def ask(self, chat: str, text: str) -> Reply:
        """Answer a question, or carry on from the last one. ``Reply.answer`` is always filled."""
        self._library.refresh()
        turn = self._turn(chat)
        if turn is not None and (chosen := self._chosen_by_words(chat, turn, text)) is not None:
            return chosen
        answerer = self._library.answerer
        read = answerer.read(text, self._article)
        own = [run[0].entity["name"] for run in (read.who, *read.names) if run]
        names = Antecedents(answerer, self._article, turn.people if turn else ())
        meant = understand(text, " ".join(read.tokens), turn.before if turn else None, names, own)
        if not read.tokens:
            return self._nothing_asked(read)
        if (command := command_meant(text)) is not None:
            return Reply((line(phrases.by_command(command)),), (), _nothing(text))
        if meant.step == "small_talk":
            return Reply((line(phrases.SMALL_TALK),), (), _nothing(text))
        if turn is not None:
            match meant.step:
                case "next":
                    return self._next(chat, turn, text)
                case "context":
                    return self._context(turn, text)
                case "source":
                    return self._source(turn, text)
                case "who_said":
                    return self._who_said(turn, text)
        return self._answer(chat, turn, meant, read if meant.question == text else None)

    def command(self, chat: str, name: str, argument: str) -> Reply:
        """Carry out a command; an unknown one is answered with the list of those there are."""
        self._library.refresh()
        carry_out: dict[str, Callable[[], Reply]] = {
            "start": lambda: _plain(phrases.START, self._examples()),
            "help": lambda: _plain(phrases.HELP, self._examples(), phrases.command_list(COMMANDS)),
            "privacy": lambda: _plain(
                phrases.privacy(questions_logged=self._questions_logged, memory_stored=self._memory_stored)
            ),
            "ask": lambda: self._asked(chat, argument) if argument else _plain(phrases.ASK_WHAT, self._examples()),
            "brief": lambda: self._asked(chat, f"brief me on {argument}" if argument else "brief me"),
            "quotes": lambda: self._asked(chat, what_said(argument) if argument else "who is quoted"),
            "people": self._people,
            "sources": lambda: self._sources(argument),
        }
        if name in ("next", "context", "source"):
            return self.ask(chat, name)
        if name in _IN_TELEGRAM:
            return _plain(phrases.IN_TELEGRAM)
        if name not in carry_out:
            return _plain(phrases.unknown_command(one_line(name, 32)), phrases.command_list(COMMANDS))
        return carry_out[name]()

    def press(self, chat: str, action: str) -> Reply | None:
        """Carry out a button of any answer, however old; None when what it is about is no longer held."""
        self._library.refresh()
        match parse_action(action):
            case "x", [sentence]:
                return self._around(sentence)
            case "n", [number, *sentences] if sentences:
                return self._numbered(chat, number, sentences)
            case ("s" | "i") as letter, [sentence, place]:
                return self._chosen(chat, letter, sentence, place)
        return self._followed(action)

    def offers(self, text: str) -> "tuple[Offer, ...]":
        """Sentences to quote for a few words, the best first; nothing for what the articles don't say."""
        from bot.offering import offers

        return offers(self._library, self._article, text)

    def forget(self, chat: str) -> None:
        """Forget what a chat has asked, in its topics too."""
        for key in self._keys(chat):
            self.recall(key, None)

    def migrate(self, old: str, new: str) -> None:
        """A chat has another key from now on; what is remembered under that one already stays."""
        for key in self._keys(old):
            kept, moved = self._kept[key], f"{new}{key.removeprefix(old)}"
            self.recall(key, None)
            if moved not in self._kept:
                self.recall(moved, kept)

    def remembered(self, chat: str) -> dict[str, object]:
        """What is kept in memory of a chat and its topics, by their keys, as JSON can hold it."""
        turns = {key: turn for key in self._keys(chat) if (turn := self._turn(key)) is not None}
        return {
            key: {
                "last_question": turn.kept.question,
                "question_it_leans_on": turn.before.text,
                "people_spoken_of": [person["name"] for person in turn.people],
                "sentences_shown": sorted(turn.seen),
            }
            for key, turn in turns.items()
        }

    def kept(self, chat: str) -> str | None:
        """What a chat, or a topic of one, is remembered by; None for nothing."""
        return self._kept.get(chat)

    def recall(self, chat: str, kept: str | None) -> None:
        """Remember of a chat, or a topic of one, what ``kept`` said of it elsewhere; None: nothing."""
        if kept == self._kept.get(chat):
            return
        if self._latest is not None and self._latest[0] == chat:
            self._latest = None
        self._kept.pop(chat, None)
        if kept is not None:
            self._keep(chat, kept)

    def outcome(self, chat: str) -> Outcome | None:
        """What led to the last answer given to a chat; None when none was, or it is forgotten.

        The candidates and the evidence are kept only of the last answer of all.
        """
        if self._latest is not None and self._latest[0] == chat:
            return self._latest[1]
        turn = self._turn(chat)
        return turn.outcome if turn else None

    # -- memory -----------------------------------------------------------------------------------------------------

    def _keys(self, chat: str) -> list[str]:
        """The keys of a chat and of its topics, of those that have asked something."""
        return [key for key in self._kept if key == chat or key.startswith(f"{chat}:")]

    def _turn(self, chat: str) -> Turn | None:
        kept = Kept.of(self._kept.get(chat, ""))
        return Turn(self._library.answerer, self._library.index, self._article, kept) if kept else None

    def _keep(self, chat: str, kept: str) -> None:
        self._kept[chat] = kept
        self._kept.move_to_end(chat)
        if len(self._kept) > self._remembered:
            self._kept.popitem(last=False)

    # -- answers ----------------------------------------------------------------------------------------------------

    def _answer(self, chat: str, turn: Turn | None, meant: Understood, read: Question | None = None) -> Reply:
        """Answer what is meant after ``turn``; ``read`` is its question as it was read already."""
        question = read or self._library.answerer.read(meant.question, self._article)
        outcome = self._outcome(turn, meant, question)
        answerer, index = self._library.answerer, self._library.index
        now = remember(answerer, index, self._article, turn, meant.question, outcome)
        reply = self._told(now, outcome)
        self._keep(chat, now.kept.text())
        self._latest = chat, outcome
        return reply

    def _told(self, turn: Turn, outcome: Outcome) -> Reply:
        """An answer, as far as its first reply shows it, which ``turn`` notes."""
        answer = outcome.answer
        mended = phrases.mended(outcome.question)
        if not answer.answered:
            heading = " ".join(part for part in (phrases.refusal(outcome), mended) if part)
            nearest = [citation_block(c) for c in answer.nearest[:_SHOWN_NEAREST]]
            if nearest and not (outcome.reason == "not_quoted" and outcome.question.who):
                heading += " " + phrases.NEAREST
            return Reply((line(heading), *nearest), _with(self._following(outcome)), answer)
        heading = " ".join(part for part in (phrases.heading(outcome), mended) if part)
        first: tuple[Block, ...] = (line(heading),) if heading else ()
        if answer.kind == "briefing" or outcome.question.kind == "people":
            blocks = tuple(_shown(outcome, i, numbered=True) for i in range(len(answer.citations)))
            return Reply((*first, *blocks), _with(self._following(outcome)), answer)
        if len(people := fitting(outcome)) > 1:
            return _which(outcome, people, mended)
        numbered = len(outcome.statements) > 1 and outcome.question.kind == "said"
        shown = [*first, _shown(outcome, 0, numbered=numbered)]
        if outcome.named_by is not None:
            naming = answer.citations[len(outcome.group(0))]
            shown += [line(phrases.BEFORE), citation_block(naming)]
        if outcome.beside:
            shown += [line(phrases.OTHERWISE), *(_shown(outcome, i, numbered=False) for i in outcome.beside)]
        turn.show(range(outcome.opening))
        rest = (outcome.sentences[0], *outcome.sentences[outcome.opening :])
        return Reply(tuple(shown), _with(self._following(outcome), under_answer(2, rest)), answer)

    def _following(self, outcome: Outcome) -> tuple[Button, ...]:
        return follow_buttons(self._library.index, outcome)

    def _followed(self, action: str) -> Reply | None:
        """Where nobody can be sent anything later, how to follow it where they can."""
        match parse_press(action):
            case Follow("p", key):
                entity = self._library.index.entity(key)
                return _plain(phrases.follow_in_telegram(f"person {one_line(entity['name'] if entity else key, 80)}"))
            case Follow("t", words):
                return _plain(phrases.follow_in_telegram(f"topic {one_line(words, 80)}"))
        return None

    def _nothing_asked(self, read: Question) -> Reply:
        """What a line without a word gets; what was asked before stays."""
        outcome = self._library.answerer.consider(read, self._article)
        return Reply((line(phrases.refusal(outcome)),), (), outcome.answer)

    def _asked(self, chat: str, question: str) -> Reply:
        """A command's question, which leans on nothing."""
        return self._answer(chat, self._turn(chat), Understood("ask", question))

    def _outcome(self, turn: Turn | None, meant: Understood, question: Question) -> Outcome:
        """The answer to a question; one that makes little sense alone is tried as leaning on the turns before."""
        consider = self._library.answerer.consider
        if turn is None:
            return consider(question, self._article)
        if meant.unseen:
            return consider(question, self._article, seen=turn.seen)
        if meant.leans or (question.who and all(named.common for named in question.who)):
            return consider(question, self._article, turn.carried)
        outcome = consider(question, self._article)
        if outcome.answer.answered or outcome.reason != "nothing_about_this":
            return outcome
        leaning = consider(question, self._article, turn.carried)
        return leaning if leaning.answer.answered else outcome

    def _next(self, chat: str, turn: Turn, text: str) -> Reply:
        outcome, place = turn.outcome, turn.next
        if place is None:
            return Reply((line(phrases.NO_MORE),), (), _nothing(text))
        group = outcome.group(place)
        self._show(chat, turn, group)
        citations = outcome.answer.citations[place:]
        answer = outcome.answer.model_copy(update={"question": text, "citations": citations})
        block = _shown(outcome, place, numbered=True)
        rest = (outcome.sentences[place], *outcome.sentences[group.stop :])
        return Reply((block,), under_answer(outcome.statements.index(place) + 2, rest), answer)

    def _show(self, chat: str, turn: Turn, places: range) -> None:
        turn.show(places)
        self._keep(chat, turn.kept.text())

    def _context(self, turn: Turn, text: str) -> Reply:
        reply = self._around(turn.current, text) if turn.current is not None else None
        return reply or Reply((line(phrases.NO_MORE),), (), _nothing(text))

    def _source(self, turn: Turn, text: str) -> Reply:
        place = turn.place
        if place is None:
            return Reply((line(phrases.NO_MORE),), (), _nothing(text))
        group = turn.outcome.group(place)
        citations = tuple(cite(turn.outcome.sentences[i]) for i in group)
        block = citation_block(citations[0], also=citations[1:])
        return Reply((line(phrases.SOURCE), block), (), _sentences(text, citations))

    def _who_said(self, turn: Turn, text: str) -> Reply:
        sentence = self._library.index.sentence(turn.current) if turn.current is not None else None
        quote = best_quote(sentence) if sentence is not None else None
        if sentence is None or quote is None or not quote["key"]:
            return Reply((line(phrases.NO_SPEAKER),), (), _nothing(text))
        citation = cite(sentence, parts=("source",))
        # One whom the article does not name is shown by the sentence alone.
        heading = line(f"{quote['speaker']}:" if quote["speaker"] else phrases.SAID_HERE)
        return Reply((heading, said_block(citation, quote)), (), _sentences(text, (citation,)))

    def _around(self, identifier: int, asked: str | None = None) -> Reply | None:
        """A sentence in its context; of one that was corrected since, the one that stands there now.

        ``asked`` is the line that asks for it, which the reply then answers.
        """
        found, place = self._library.around(identifier)
        note: tuple[Block, ...] = ()
        if not found:
            became = self._library.became(identifier)
            if became is None:
                return None
            before, after = became
            if after is None:
                return Reply((line(phrases.GONE_SINCE), was_block(before)), (), _nothing(asked) if asked else None)
            if after["text"].split() != before.split():
                note = (line(phrases.CHANGED_SINCE), was_block(before))
            found, place = self._library.around(after["id"])
        block = around_block(cite(found[place]), found, place)
        citations = tuple(cite(sentence) for sentence in found)
        return Reply((*note, block), (), _sentences(asked, citations) if asked else None)

    def _chosen(self, chat: str, letter: str, identifier: int, place: int) -> Reply | None:
        """The last question, or a plain one, about the one person of several that may be meant."""
        sentence = self._library.index.sentence(identifier)
        people = people_of(letter, sentence) if sentence is not None else []
        entity = self._library.index.entity(people[place]) if place < len(people) else None
        if entity is None:
            return None
        turn = self._turn(chat)
        asked = turn.before.topic if turn and entity["key"] in turn.kept.who else ""
        text = f"who is {entity['name']}" if letter == "i" else what_said(entity["name"], asked)
        read = self._library.answerer.read(text, self._article)
        # Another of the same name is not meant.
        chosen = tuple(named for named in read.who if named.key == entity["key"]) or read.who
        return self._answer(chat, turn, Understood("ask", text), replace(read, who=chosen))

    def _chosen_by_words(self, chat: str, turn: Turn, text: str) -> Reply | None:
        """What a press of one of the people's buttons would give, when only that one's name or role holds the words."""
        several = len(turn.kept.who) > 1 and turn.kept.kind != "refusal"
        people = fitting(turn.outcome) if several else []
        typed = {word for word in folded_words(text) if not is_stop(word)} - _CHOOSING
        if len(people) < 2 or not typed:
            return None
        fit = []
        for key, name, sentence in people:
            entity = self._library.index.entity(key)
            told = set(folded_words(f"{name} {entity['role'] if entity else ''}"))
            fit += [(key, sentence)] if typed <= told else []
        if len(fit) != 1:
            return None
        (key, sentence), letter = fit[0], letter_of(turn.outcome.question.kind)
        return self._chosen(chat, letter, sentence["id"], people_of(letter, sentence).index(key))

    def _numbered(self, chat: str, number: int, identifiers: list[int]) -> Reply | None:
        held = [self._library.index.sentence(identifier) for identifier in identifiers]
        sentences = [sentence for sentence in held if sentence is not None]
        if held[0] is None:
            return None
        turn = self._turn(chat)
        members: Sequence[SentencePayload] = sentences[: together(sentences)]
        if turn is not None and held[0] in turn.outcome.sentences:
            group = turn.outcome.group(turn.outcome.sentences.index(held[0]))
            self._show(chat, turn, group)
            members = turn.outcome.sentences[group.start : group.stop]
        citation, *also = (cite(s) for s in members)
        quote = best_quote(sentences[0])
        block = said_block(citation, quote, number, also) if quote else citation_block(citation, number, also)
        rest = (s for s in sentences if s not in members)
        return Reply((block,), under_answer(number + 1, (sentences[0], *rest)))

    def _examples(self) -> str:
        """Questions that the articles answer."""
        index, quoted = self._library.index, self._library.answerer.consider("who is quoted", self._article)
        keys = dict.fromkeys(quote["key"] for sentence in quoted.sentences for quote in sentence["quotes"])
        held = [entity for key in keys if key and (entity := index.entity(key)) is not None]
        return phrases.examples([entity["name"] for entity in held if entity["person"]])

    # -- lists ------------------------------------------------------------------------------------------------------

    def _people(self) -> Reply:
        people = self._library.people(_LISTED)
        if not people:
            return _plain(phrases.EMPTY)
        lines = tuple((Part(f"{name}", "bold"), Part(phrases.person(role, count))) for name, role, count in people)
        return Reply((line(phrases.PEOPLE), Block(lines)))

    def _sources(self, argument: str) -> Reply:
        latest = self._library.latest(_LISTED)
        if not latest:
            return _plain(phrases.EMPTY)
        corrections = self._library.corrections([article["id"] for article in latest])
        listed = {str(number): article for number, article in enumerate(latest, 1)}
        if argument:
            article = listed.get(argument.strip())
            if article is None:
                return _plain(phrases.no_source(len(latest)))
            changed = all_correction_blocks(corrections.get(article["id"], ()))
            return Reply((article_block(article, int(argument)), *changed))
        blocks = [line(phrases.sources(self._library.index.count(self._library.index.term("kind", "a")), len(latest)))]
        for number, article in enumerate(latest, 1):
            changed = correction_blocks(corrections.get(article["id"], ()), number=number)
            blocks += [article_block(article, number), *changed]
        return Reply(tuple(blocks))


def _which(outcome: Outcome, people: Sequence[tuple[str, str, SentencePayload]], mended: str) -> Reply:
    """When several people fit: which is meant, with the first sentence of each."""
    typed = outcome.question.who_typed
    names = [name for _, name, _ in people]
    blocks = [line(" ".join(part for part in (phrases.which(typed, names), mended) if part))]
    for _, name, sentence in people[:SHOWN_PEOPLE]:
        place = outcome.sentences.index(sentence)
        blocks += [line(f"{one_line(name, 80)}:"), _shown(outcome, place, numbered=False)]
    return Reply(tuple(blocks), which_of(outcome.question.kind, people[:SHOWN_PEOPLE]), outcome.answer)


def _shown(outcome: Outcome, place: int, *, numbered: bool) -> Block:
    """The block of an answer's citation, by its place from 0, with all its sources when it leads them."""
    number = outcome.statements.index(place) + 1 if numbered else None
    citation, *also = (outcome.answer.citations[i] for i in outcome.group(place))
    quote = best_quote(outcome.sentences[place], {named.key for named in outcome.question.who})
    speaker = _speaker(outcome, outcome.sentences[place], quote)
    if outcome.answer.kind != "quote" or quote is None:
        return citation_block(citation, number, also, speaker)
    return said_block(citation, quote, number, also, speaker)


def _speaker(outcome: Outcome, sentence: SentencePayload, quote: QuotePayload | None) -> str | None:
    """The name to stand over a citation: where who speaks is what is asked, or else only "he" or "she"."""
    if quote is None or not quote["key"]:
        return None
    asked = outcome.answer.kind == "quote" and outcome.question.kind in ("who_said", "people")
    called = outcome.answer.kind == "briefing" and quote["source"] is not None and by_pronoun(sentence, quote)
    return quote["speaker"] if asked or called else None


def _with(following: tuple[Button, ...], rows: tuple[tuple[Button, ...], ...] = ()) -> tuple[tuple[Button, ...], ...]:
    """The rows under an answer, what follows its subject last in the first of them."""
    first, rest = (rows[0], rows[1:]) if rows else ((), ())
    row = (*first, *following)
    return (row, *rest) if row else ()


def _plain(*texts: str) -> Reply:
    return Reply(tuple(map(line, texts)))


def _nothing(text: str) -> Answer:
    return Answer(question=text, answered=False, confidence=0.0, kind="refusal", reading=one_line(text))


def _sentences(text: str, citations: tuple[Citation, ...]) -> Answer:
    return Answer(
        question=text, answered=True, confidence=1.0, kind="sentence", reading=one_line(text), citations=citations
    )
