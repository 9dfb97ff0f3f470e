"""What is shown of subscriptions: what is followed and when it comes, lists, and buttons to choose from."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bot.replies import Block, Button, Part, Reply, line, said
from bot.subscribing import texts
from bot.subscribing.presses import again, edit, fitting_button, menu, stop
from knowledge.models import Interest
from knowledge.schedule import quiet_until

if TYPE_CHECKING:
    from knowledge.store.subscribers import Chat, Subscription

__all__ = [
    "Rows",
    "command_for",
    "confirmed",
    "follow_menu",
    "listed",
    "local",
    "stopped",
    "which_day",
    "which_hour",
]

PAGE = 10
"""So many subscriptions are listed at a time."""

_STOPPED = 10
_HOURS_IN_ROW = 6
_DAYS_IN_ROW = 4

Rows = tuple[tuple[Button, ...], ...]


def local(moment: datetime, zone: str | None) -> datetime:
    """A moment by the clock of a zone, or of UTC."""
    return moment.astimezone(ZoneInfo(zone) if zone else UTC)


def command_for(interest: Interest, label: str) -> str:
    """How to type that something is to be followed, up to how often."""
    return "/subscribe everything" if interest.kind == "everything" else f"/subscribe {interest.kind} {label}"


def follow_menu() -> Rows:
    """What can be followed."""
    first = (Button(texts.EVERYTHING, "fe"), Button(texts.A_PERSON, menu("p")))
    return first, (Button(texts.A_TOPIC, menu("t")), Button(texts.A_SOURCE, menu("s")))


def confirmed(opening: str, subscription: "Subscription", chat: "Chat | None", *notes: str, rows: Rows = ()) -> Reply:
    """What is followed now, how often, and when the next digest comes; buttons to change that, below ``rows``."""
    zone = chat.zone if chat else None
    if subscription.paused:
        coming = texts.SUBSCRIPTION_PAUSED
    elif chat and chat.state != "active":
        coming = texts.PAUSED_NOTE
    elif subscription.due is None or subscription.when.often == "at_once":
        coming = texts.soon(chat.quiet if chat else None)
    else:
        due = quiet_until(chat.quiet if chat else None, zone, subscription.due) or subscription.due
        coming = texts.next_at(local(due, zone), zone or "UTC")
    how = _how(subscription, paused=False)
    told = opening in (texts.YOU_FOLLOW, texts.YOU_FOLLOW_ALREADY)
    what = f": {texts.followed(subscription.interest.kind)}, {how}." if told else f", {how}."
    heading = (Part(opening), Part(_shown(subscription), "bold"), Part(what))
    blocks = (Block((heading, (Part(coming),))), *(line(note) for note in notes if note))
    return Reply(blocks, (*rows, *_changing(subscription)))


def which_day(subscription: "Subscription") -> Reply:
    """The days of the week to choose from."""
    days = [Button(day, edit(subscription.id, f"w{number}")) for number, day in enumerate(texts.DAYS_SHORT)]
    return said(f"{texts.WHICH_DAY} {_typed(subscription, 'weekly monday 08:30')}", _in_rows(days, _DAYS_IN_ROW))


def which_hour(subscription: "Subscription", zone: str | None, often: str) -> Reply:
    """The hours of the day to choose from; ``often`` is "d", or "w" and the number of a day."""
    point = "." if often.startswith("w") else ""
    hours = [Button(texts.clock(h * 60), edit(subscription.id, f"{often}{point}{h * 60}")) for h in range(24)]
    example = "daily 08:30" if often == "d" else f"weekly {texts.DAYS_SHORT[int(often[1:])].lower()} 08:30"
    asked = f"{texts.which_hour(zone or 'UTC')} {_typed(subscription, example)}"
    return said(asked, _in_rows(hours, _HOURS_IN_ROW))


def listed(
    subscriptions: "Sequence[Subscription]", chat: "Chat | None", now: datetime, page: int = 1, *, thread: int = 0
) -> Reply:
    """What a chat follows, a page of it, with buttons to pause, change and stop each; ``thread`` is where it asks."""
    if not subscriptions:
        return Reply((line(texts.NOTHING_FOLLOWED), *_about(chat, now)), follow_menu())
    pages = -(-len(subscriptions) // PAGE)
    first = (min(max(page, 1), pages) - 1) * PAGE
    shown = list(enumerate(subscriptions, 1))[first : first + PAGE]
    whole = len(shown) == len(subscriptions)
    heading = texts.FOLLOWED if whole else texts.page(first + 1, first + len(shown), len(subscriptions))
    lines = [
        (Part(f"{number}  "), Part(_shown(each), "bold"), Part(f" ({_kind(each)}): {_how(each)}{_where(each, thread)}"))
        for number, each in shown
    ]
    rows: list[tuple[Button, ...]] = []
    for number, each in shown:
        pausing = (texts.RESUME, "r") if each.paused else (texts.PAUSE, "p")
        rows.append(
            (
                Button(f"{number} {pausing[0]}", edit(each.id, pausing[1])),
                Button(f"{number} {texts.EDIT}", edit(each.id)),
                Button(f"{number} {texts.STOP}", stop(each.id)),
            )
        )
    blocks = [line(heading), Block(tuple(lines))]
    if first + len(shown) < len(subscriptions):
        following = first // PAGE + 2
        blocks.append(line(texts.more(following)))
        rows.append((Button(texts.MORE, menu("l", following)),))
    if chat and chat.state == "active" and all(each.paused for each in subscriptions):
        blocks.append(line(texts.ALL_PAUSED))
    return Reply((*blocks, *_about(chat, now), line(texts.CHANGE_HOW)), tuple(rows))


def stopped(subscriptions: "Sequence[Subscription]") -> Reply:
    """What is followed no longer, with buttons to follow it again as it was."""
    lines = [(Part(texts.STOPPED), Part(_shown(each), "bold")) for each in subscriptions]
    rows = [
        fitting_button(texts.follow(each.label), again(each.interest, each.label, each.when, silent=each.silent))
        for each in subscriptions[:_STOPPED]
    ]
    return Reply((Block(tuple(lines)),), tuple(row for row in rows if row))


def _about(chat: "Chat | None", now: datetime) -> list[Block]:
    """The chat's clock, its quiet hours, and whether its digests are paused."""
    zone = texts.times_in(chat.zone, local(now, chat.zone)) if chat and chat.zone else texts.IN_UTC
    about = [zone, texts.quiet_set(chat.quiet if chat else None)]
    if chat and chat.state != "active":
        about.append(texts.PAUSED_NOTE)
    return [line("\n".join(about))]


def _changing(subscription: "Subscription") -> Rows:
    often = [
        Button(label, edit(subscription.id, what))
        for label, what, already in (
            (texts.AT_ONCE, "a", subscription.when.often == "at_once"),
            (texts.DAILY, "d", False),
            (texts.WEEKLY, "w", False),
        )
        if not already
    ]
    sound = (texts.WITH_SOUND, "l") if subscription.silent else (texts.SILENT, "q")
    pausing = (texts.RESUME, "r") if subscription.paused else (texts.PAUSE, "p")
    rest = [Button(label, edit(subscription.id, what)) for label, what in (sound, pausing)]
    return tuple(often), (*rest, Button(texts.STOP, stop(subscription.id)))


def _shown(subscription: "Subscription") -> str:
    label = subscription.label
    return f"“{label}”" if subscription.interest.kind == "topic" else label


def _kind(subscription: "Subscription") -> str:
    return texts.KINDS[subscription.interest.kind]


def _where(subscription: "Subscription", thread: int) -> str:
    return "" if subscription.thread == thread else f", {texts.ELSEWHERE}"


def _how(subscription: "Subscription", *, paused: bool = True) -> str:
    said_of = [texts.often(subscription.when)]
    said_of += [texts.SILENT] if subscription.silent else []
    said_of += [texts.PAUSED] if subscription.paused and paused else []
    return ", ".join(said_of)


def _typed(subscription: "Subscription", often: str) -> str:
    return texts.other_times(f"{command_for(subscription.interest, subscription.label)} {often}")


def _in_rows(buttons: Sequence[Button], length: int) -> Rows:
    return tuple(tuple(buttons[start : start + length]) for start in range(0, len(buttons), length))
