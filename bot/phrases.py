"""What the dialogue says of its own; every word about the story itself comes from the articles."""

from collections.abc import Sequence
from datetime import datetime

from knowledge.answer import Outcome
from knowledge.answer.question import Question
from knowledge.text import one_line

NEXT = "next"
CONTEXT = "context"

START = (
    "I answer questions about the articles I have read, only in their own words: every answer is a sentence of an "
    "article, with its source. When the articles don't say, I say so."
)
HELP = "Ask in plain words; slips of the keyboard are no harm."
ASK_WHAT = "Ask what? Write your question after /ask, or just send it."
IN_TELEGRAM = "Digests come in Telegram: talk to the bot there, and send it this command."
_PRIVACY = (
    "I keep this chat's number, its time zone and quiet hours, and what it follows; and for 30 days which sentences it "
    "was sent, so that nothing comes twice and corrections reach you. {}, I keep what you last asked about, so that "
    "“and Lavrov?” can be understood."
)
_IN_MEMORY, _STORED = "In memory, until I am restarted", "For a week"
_NO_QUESTIONS = "The texts of your questions are neither stored nor logged."
_NO_MORE_QUESTIONS = "No other texts of your questions are stored, and none is logged."
_QUESTIONS_LOGGED = "The operator of this bot has chosen to log the texts of questions."
_YOUR_DATA = "/mydata sends you everything that is kept about this chat; /forgetme erases it."
_EXAMPLES = ("what did {} say", "who is {}", "what did {} say")
EMPTY = "I have read no articles yet. The operator adds them with “onrecord ingest”."
NEAREST = "The nearest they hold:"
NO_MORE = "There is no more to that answer. Ask another question."
UNCERTAIN = "The article does not name the speaker right here; from what stands before, it is the same."
DOUBTFUL = "It is less certain that these are their words: read the sentence."
SAID_HERE = "Said here by somebody the article does not name:"
NO_SPEAKER = "The article does not say who said that."
SOURCE = "It stands here:"
SMALL_TALK = "Ask me anything about the articles, or send /help."
BEFORE = "Whom or what it means stands before it:"
ALSO = "also in: "
SAME_STORY = "the same story: "
OTHERWISE = "Others have it differently:"
PEOPLE = "People in the latest articles:"


def privacy(*, questions_logged: bool, memory_stored: bool) -> str:
    """What is kept about a chat."""
    kept = _PRIVACY.format(_STORED if memory_stored else _IN_MEMORY)
    unlogged = _NO_MORE_QUESTIONS if memory_stored else _NO_QUESTIONS
    return f"{kept}\n{_QUESTIONS_LOGGED if questions_logged else unlogged}\n{_YOUR_DATA}"


def follow_in_telegram(what: str) -> str:
    """What to say to a button that follows something, where nothing can be sent later."""
    return f"Digests come in Telegram: /subscribe {what}"


def by_command(command: str) -> str:
    """What to say to a line that only asks for what a command does; ``command`` is how to type it."""
    return f"There is a command for that: {command}"


def examples(people: Sequence[str]) -> str:
    """Questions to try: about the people given, who are quoted, and for everybody."""
    asked = [form.format(one_line(name, 60)) for form, name in zip(_EXAMPLES, people, strict=False)]
    return "\n".join(("For example:", *asked, *(() if asked else ("who is quoted",)), "brief me"))


def command_list(commands: Sequence[tuple[str, str]]) -> str:
    """The commands, one a line."""
    return "\n".join(f"/{name}: {description}" for name, description in commands)


def unknown_command(name: str) -> str:
    """What to say to a command there is not."""
    return f"There is no command /{name}. These there are:"


def person(role: str | None, quotes: int) -> str:
    """What follows a name in the list of people."""
    said = "" if not quotes else f", quoted {quotes} time{'s' if quotes > 1 else ''}"
    return f" ({one_line(role, 80)}){said}" if role else said


def sources(total: int, shown: int) -> str:
    """The heading of the list of articles."""
    articles = f"{total:,} article{'s' if total != 1 else ''}"
    return f"I answer from {articles}." if total == shown else f"I answer from {articles}; the latest {shown}:"


def source(publisher: str | None, published: str | None, sentences: int) -> str:
    """What follows a title in the list of articles."""
    return ", ".join(
        part for part in (publisher, date(published), f"{sentences} sentence{'s' if sentences != 1 else ''}") if part
    )


BEFORE_IT = "Before: "
NOW_IT = "Now: "
NOTHING_THERE = "(not there)"

CORRECTED_SINCE = "Corrected since I sent it:"
WITHDRAWN_SINCE = "Withdrawn since I sent it:"
STANDING_AGAIN = "Stands again:"
NOT_THERE_ANY_MORE = "(not there any more)"
CHANGED_SINCE = "This sentence has been corrected since. Below it is how it reads now."
GONE_SINCE = "This sentence has been corrected since, and is no longer in its article."


def context_of(number: int) -> str:
    """The button that shows an item of a digest in its context."""
    return f"{CONTEXT} {number}"


def others(count: int) -> str:
    """What stands for sources that are not listed."""
    return f"and {count} more"


def stop_following(label: str) -> str:
    """The button under a digest that stops what brought its items."""
    return f"stop following {label}"


def show_all(more: int) -> str:
    """The button that shows what a digest had no room for."""
    return f"show all ({more} more)"


def place(sentence: int, last: int | None) -> str:
    """Where in its article a citation stands; ``last`` is the number of its last sentence when it has several."""
    return f"sentence {sentence}" if last is None else f"sentences {sentence} to {last}"


def date(published: str | None) -> str:
    """When an article was published, as it is read: the day, as it was there; whatever is no date stays as it is."""
    try:
        moment = datetime.fromisoformat(published or "")
    except ValueError:
        return one_line(published or "", 40)
    return f"{moment.day} {moment:%B} {moment.year}"


def corrected(at: str, sentences: int) -> str:
    """The heading of a correction."""
    return f"corrected {at}, {sentences} sentence{'s' if sentences != 1 else ''} changed"


def more_changes(count: int, number: int | None) -> str:
    """What follows a correction that is cut short; ``number`` is the article's in the list."""
    return f"and {count} more" if number is None else f"and {count} more: /sources {number}"


def no_source(listed: int) -> str:
    """What to say to a number that no article of the list has."""
    return f"Give the number of an article in the list, 1 to {listed}: /sources 1"


def mended(question: Question) -> str:
    """Which words were read as others; empty when all were read as typed."""
    pairs = [(e.typed, e.meant) for e in question.topic if e.mended]
    if question.who and question.who[0].mended:
        pairs.insert(0, (question.who_typed, question.who[0].entity["name"]))
    if not pairs:
        return ""
    read = [f"“{one_line(typed, 40)}” as {one_line(meant, 60)}" for typed, meant in pairs[:4]]
    return "I read " + ", ".join(read) + "."


def which(typed: str, names: Sequence[str]) -> str:
    """What to ask when several people fit."""
    people = " or ".join(one_line(name, 60) for name in names)
    return f"“{one_line(typed, 40)}” may be {people}. Which do you mean?"


def heading(outcome: Outcome) -> str:
    """What stands above an answer; empty when the citation says it all."""
    question, answer = outcome.question, outcome.answer
    if question.kind == "said" and question.who:
        heard = {quote["key"] for sentence in outcome.sentences for quote in sentence["quotes"]}
        speaking = [n.entity for n in question.who if n.key in heard]
        names = list(dict.fromkeys(entity["name"] for entity in speaking))
        role = speaking[0]["role"] if len(names) == 1 else None
        about = f" ({one_line(role, 80)})" if role else ""
        count = len(outcome.statements)
        which = " or ".join(one_line(name, 80) for name in names[:3])
        return f"{which}{about}, {count} statement{'s' if count != 1 else ''}."
    if answer.kind == "briefing":
        return "In brief:"
    if question.kind == "people":
        return "Quoted in the articles:"
    return ""


def refusal(outcome: Outcome) -> str:
    """Why there is no answer."""
    question = outcome.question
    name = one_line(question.who[0].entity["name"], 80) if question.who else one_line(question.who_typed, 80)
    topic = " ".join(e.meant for e in question.topic)
    match outcome.reason:
        case "empty":
            return EMPTY
        case "nothing_asked":
            return "I don't see what you are asking. Name a person or a subject, or send /help."
        case "unclear_person":
            return "I don't see whom you mean. Ask with a name."
        case "unknown_person":
            return f"The articles name nobody called “{name}”."
        case "not_quoted":
            if not question.who:
                return f"The articles quote nothing by “{name}”."
            where = " They mention this name here:" if outcome.answer.nearest else ""
            return f"The articles quote nothing by {name}.{where}"
        case "no_more":
            return f"That is all the articles quote by {name}."
        case "not_on_topic":
            return f"The articles quote {name}, but not on “{one_line(topic, 80)}”."
        case _:
            return "The articles don't say."
