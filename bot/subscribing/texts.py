"""What is said of subscriptions; names, topics and titles come from elsewhere and are always bounded."""

from collections.abc import Sequence
from datetime import datetime

from knowledge.models import InterestKind
from knowledge.schedule import Quiet, When

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
DAYS_SHORT = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")

# --- how to write it ---------------------------------------------------------------------------------------------

SUBSCRIBE_FORM = (
    "Write what to follow: /subscribe everything, /subscribe person NAME, /subscribe topic WORDS or "
    "/subscribe source NAME; then, if you like, “at once”, “daily 08:00” or “weekly monday 08:00”."
)
NO_TAGS = "Please write plain words, without < and >. Nothing has changed."
HOW_OFTEN_THEN = (
    "Daily or weekly? Write “daily 08:00” or “weekly monday 08:00” at the end. If the time is part of the name, write "
    "“at once” after it. Nothing has changed."
)
WEEKLY_DAY = (
    "On which day, at what time? Write “weekly monday 08:00”. If “weekly” is part of the name, write “at once” after "
    "it."
)
DAILY_TIME = "At what time? Write “daily 08:00”. If “daily” is part of the name, write “at once” after it."
DAILY_WITH_DAY = "Daily means every day. Write “daily 08:00” or “weekly monday 08:00”."
ONE_DAY = "Once a week is on one day. Write “weekly monday 08:00”."
FOLLOW_WHOM = "Whom? Write a name after it: /subscribe person Wang Yi"
FOLLOW_WHICH_SOURCE = "Which one? Write its name after it: /subscribe source New Telegraph"
FOLLOW_WHAT = "Which topic? Write its words after it: /subscribe topic security council"
WITHOUT_WHAT = "Without what? Write a word after it: /subscribe topic football without transfers"
NO_CONTENT = "These words are in every article. Name the topic with a telling word: /subscribe topic security council"
BOTH_WAYS = "A word cannot be followed and left out at once. Nothing has changed."
EACH_BY_ITSELF = "I follow what has all the words of a topic: follow each of the two by itself. Nothing has changed."
ONE_SOURCE = "Follow one source at a time: /subscribe source New Telegraph. Nothing has changed."
QUIET_FORM = "Write /quiet 22:00-07:00, or /quiet off."
QUIET_SAME = "These two times are the same. Write when it begins and when it ends: /quiet 22:00-07:00"


CANNOT_KEEP = "I cannot keep a name like that; a shorter one may do. Nothing has changed."


def too_long(limit: int) -> str:
    """Refuse a name or topic that is too long."""
    return f"That is too long to follow: at most {limit} characters. A few telling words do best. Nothing has changed."


def too_many_words(most: int) -> str:
    """Refuse a topic of too many words, which hardly any sentence holds together."""
    return f"Nothing holds so many words at once: name the topic in at most {most}. Nothing has changed."


def not_understood(typed: str) -> str:
    """Refuse what stands after "everything" and is no time."""
    return f"I don't understand “{typed}” after “everything”. Write “at once”, “daily 08:00” or “weekly monday 08:00”."


def weekly_time(day: str) -> str:
    """Ask for the time that a day was named without."""
    return f"At what time? Write “weekly {day} 08:00”. If “weekly” is part of the name, write “at once” after it."


def no_time(typed: str) -> str:
    """Refuse a time of day there is not."""
    return f"“{typed}” is no time of day; they go from 00:00 to 23:59."


def no_word(kind: InterestKind | None) -> str:
    """Refuse a name or topic without a word in it."""
    what = "a name" if kind in ("person", "source") else "what you want to follow"
    return f"I see no word there. Write {what} in letters. Nothing has changed."


# --- following ---------------------------------------------------------------------------------------------------

FOLLOW_PROMPT = "What do you want to follow? I send you what is new about it: at once, daily or weekly."
EVERYTHING = "everything"
A_PERSON = "a person"
A_TOPIC = "a topic"
A_SOURCE = "a source"
WHICH_PERSON = "Whom? These are quoted in the latest articles; for anybody else write /subscribe person NAME"
NOBODY_YET = "The articles quote nobody by name yet. Write /subscribe person NAME"
HOW_TO_TOPIC = (
    "Write the topic's words: /subscribe topic security council\n"
    "A word with a hyphen before it is left out: /subscribe topic football -transfers\n"
    "At the end you may write how often: at once, daily 08:00, weekly monday 08:00"
)
WHICH_SOURCE = "Which one? These I have articles from; for any other of them write /subscribe source NAME"
NO_SOURCES = "The articles I hold do not say where they were published, so there is no source to follow yet."
FOLLOW_AS_WHAT = "As what? Nothing has changed yet."
AT_ONCE = "at once"
DAILY = "daily"
WEEKLY = "weekly"
SILENT = "silent"
WITH_SOUND = "with sound"
STOP = "stop"
PAUSE = "pause"
RESUME = "resume"
EDIT = "edit"
MORE = "more"
SUBSCRIPTIONS = "my subscriptions"
GONE = "That subscription is no longer there. /subscriptions lists those there are."
IN_UTC = "Times are in UTC until you name your city: /timezone Berlin"
ASK_ZONE = (
    "In which city's time? Send me the name of a city, or /timezone Berlin. Until you say, I take UTC; I guess nothing."
)
ASK_ZONE_GROUP = "In which city's time? Write /timezone Berlin. Until you say, I take UTC; I guess nothing."
PAUSED_NOTE = "Digests are paused in this chat: /resume"


def which_person(typed: str) -> str:
    """Ask which of several people is meant."""
    return f"“{typed}” may be several people. Whom do you want to follow?"


def which_publisher(typed: str) -> str:
    """Ask which of several publishers is meant."""
    return f"“{typed}” may be several. Which one do you want to follow?"


def no_publisher(typed: str) -> str:
    """Refuse a publisher that no article is of."""
    return f"I have no articles from “{typed}”. I have some from these:"


def left_out(words: Sequence[str]) -> str:
    """Say what a topic leaves out."""
    return "Left out is what has " + " or ".join(f"“{word}”" for word in words) + "."


NOTHING_YET = "No article has all these words together yet."


def mended_words(words: str) -> str:
    """Say of a topic that nothing is on how its words may have been meant; a button follows that."""
    return f"{NOTHING_YET} Did you mean “{words}”?"


def taken_as_topic(words: str) -> str:
    """Say of a link without a kind that it is followed as a topic; a button follows the person."""
    return f"The articles name nobody called “{words}”, so it is followed as a topic."


def as_written(name: str) -> str:
    """The button that follows somebody whose name was read as another's."""
    return f"no: follow “{name}” as written"


def read_as(typed: str, meant: str) -> str:
    """Say how a name was read that was not written so."""
    return f"I read “{typed}” as {meant}."


def nobody_called(name: str) -> str:
    """Say of somebody followed that nothing is known of them."""
    return f"The articles name nobody called “{name}” yet; when one quotes them, I send it."


def as_person(name: str) -> str:
    """The button that follows somebody."""
    return f"person {name}"


def as_topic(words: str) -> str:
    """The button that follows a topic."""
    return f"topic {words}"


def as_source(name: str) -> str:
    """The button that follows a publisher."""
    return f"source {name}"


def follow(label: str) -> str:
    """The button that follows something again."""
    return f"follow {label}"


def too_many(limit: int) -> str:
    """Refuse one subscription too many."""
    return (
        f"You follow {limit} things already, and that is as much as I can keep up with for one chat. "
        "Stop one of them first: /subscriptions"
    )


def followed(kind: InterestKind) -> str:
    """What is sent of something followed; it stands after its name."""
    match kind:
        case "everything":
            return "every new article"
        case "person":
            return "what the articles quote them saying"
        case "topic":
            return "what the articles have on it"
        case "source":
            return "its new articles"


def often(when: When) -> str:
    """How often, in words."""
    match when.often:
        case "at_once":
            return AT_ONCE
        case "daily":
            return f"daily at {clock(when.minute)}"
        case _:
            return f"every {_DAYS[when.weekday]} at {clock(when.minute)}"


def clock(minute: int) -> str:
    """A minute after midnight as a time of day."""
    return f"{minute // 60:02}:{minute % 60:02}"


YOU_FOLLOW = "You follow "
YOU_FOLLOW_ALREADY = "You already follow "
CHANGED = "Changed: "


def next_at(moment: datetime, zone: str) -> str:
    """When the next digest comes; ``moment`` is local."""
    return f"The next digest comes on {day(moment)} at {moment:%H:%M} ({zone}), if there is news."


def soon(quiet: Quiet | None) -> str:
    """When the next digest comes of what is followed at once."""
    held = f" What comes in the quiet hours ({hours(quiet)}) waits for their end." if quiet else ""
    return f"The next digest comes as soon as there is news.{held}"


SUBSCRIPTION_PAUSED = "It is paused, so no digest comes until you resume it."


def day(moment: datetime) -> str:
    """A date with its day of the week."""
    return f"{_DAYS[moment.weekday()]}, {moment.day} {moment:%B}"


def hours(quiet: Quiet) -> str:
    """A stretch of the day."""
    return f"{clock(quiet[0])}-{clock(quiet[1])}"


def other_times(typed: str) -> str:
    """How to type another time for what is followed; ``typed`` is the whole command."""
    return f"For another time write: {typed}"


def which_hour(zone: str) -> str:
    """Ask for an hour."""
    return f"At which hour ({zone})?"


WHICH_DAY = "On which day?"

# --- lists, stopping, pausing ------------------------------------------------------------------------------------

NOTHING_FOLLOWED = "You follow nothing yet. /subscribe begins; under an answer there is a button too."
NOTHING_FOLLOWED_HERE = "Nothing is followed in this topic: what this group follows comes in others. /subscribe begins."
NO_ARTICLES = "There is nothing new: I have read no articles yet."
FOLLOWED = "You follow:"
PAUSED = "paused"
KINDS: dict[InterestKind, str] = {
    "everything": "every new article",
    "person": "a person",
    "topic": "a topic",
    "source": "a source",
}
CHANGE_HOW = (
    "By their numbers: /pause 1, /resume 1, /unsubscribe 1. To change how often, press “1 edit”, or follow again as "
    "you want it: /subscribe topic football weekly monday 08:00 silent (or loud)"
)
STOP_HOW = "Write the number or the name of what to stop: /unsubscribe 1, /unsubscribe Wang Yi, or /unsubscribe all"
ELSEWHERE = "in another topic"
ALL_PAUSED = "All of them are paused: /resume"
STOPPED = "Stopped: "
PAUSED_ONE = "Paused: "
RESUMED_ONE = "Resumed: "
PAUSED_ALL = "Digests are paused in this chat. What comes meanwhile is kept for the next one: /resume"
RESUMED_ALL = "Digests are on again in this chat. /subscriptions lists what you follow."


def still_paused(count: int) -> str:
    """Say that subscriptions paused one by one rest on."""
    return f"{count} of them {'is' if count == 1 else 'are'} paused still."


def page(first: int, last: int, total: int) -> str:
    """Which of the subscriptions are listed."""
    return f"You follow ({first} to {last} of {total}):"


def more(number: int) -> str:
    """How to type for the next page."""
    return f"The next: /subscriptions {number}"


def no_number(listed: int) -> str:
    """Refuse a number that nothing in the list has."""
    return f"Give a number from the list, 1 to {listed}: /subscriptions shows it. Nothing has changed."


def which_label(typed: str) -> str:
    """Ask which of several subscriptions that are called alike is to be stopped."""
    return f"Several of them are called “{typed}”: give the number, as /subscriptions shows it. Nothing has changed."


def no_label(typed: str) -> str:
    """Refuse to stop what is not followed."""
    return f"You follow nothing called “{typed}”: /subscriptions lists what you follow. Nothing has changed."


def times_in(zone: str, local: datetime) -> str:
    """In which zone times are, with the time there."""
    return f"Times are in {zone}, where it is {local:%H:%M} now."


def quiet_set(quiet: Quiet | None) -> str:
    """What the quiet hours are."""
    if quiet is None:
        return "No quiet hours are set."
    return f"Quiet hours are {hours(quiet)}: what comes then waits for their end."


# --- time zones --------------------------------------------------------------------------------------------------

NO_ZONE = "I don't know in which city's time you are, and take UTC."
ZONE_FORM = "Write the name of a city, or of a time zone: /timezone Berlin, /timezone Europe/Berlin"
OFFSET = (
    "A difference to UTC does not say when the clocks change. Write the name of a city, or of a time zone: "
    "/timezone Berlin"
)


def zone_set(place: str, zone: str, local: datetime) -> str:
    """Confirm a zone, with the time there."""
    of = f"{place} ({zone})" if place != zone else zone
    return f"Times are those of {of} from now on; it is {local:%H:%M} there, {day(local)}."


def which_place(typed: str) -> str:
    """Ask which of several cities is meant."""
    return f"There are several places called “{typed}”, in several time zones. Which one?"


def no_place(typed: str) -> str:
    """Refuse what is no city."""
    return f"I know no city called “{typed}”. Nothing has changed. {ZONE_FORM}"


def did_you_mean(place: str) -> str:
    """Ask whether a message was meant for the city that was asked for."""
    return f"Did you mean {place}, for the time of your digests?"


def a_country(name: str) -> str:
    """Refuse a whole country."""
    return f"“{name}” is no city. Write the name of a city there: /timezone Berlin. Nothing has changed."


def nothing_new(since: str) -> str:
    """What to say to /digest when nothing is new; ``since`` is when the latest article came in."""
    return f"Nothing new since {since}, when the latest article came in."
