"""What chats follow, asked for by commands, links and buttons: text in, replies out. Knows no Telegram.

Whatever cannot be carried out changes nothing, and the reply says why. Who may ask is the caller's to know.
"""

import re
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from bot.replies import Button, Reply, line, said
from bot.subscribing import texts
from bot.subscribing.asking import Asking
from bot.subscribing.clock import ChatClock
from bot.subscribing.links import linked, payload_for
from bot.subscribing.lists import Rows, confirmed, follow_menu, listed, stopped, which_day, which_hour
from bot.subscribing.presses import Again, Edit, Follow, Menu, SetZone, Stop, menu, parse_press, read_often
from bot.subscribing.targets import Choice, Target, by_key, find_target, people_quoted, publishers_held
from bot.subscribing.wishes import Problem, Wish, parse_topic, parse_wish
from knowledge.errors import InputError
from knowledge.models import Interest
from knowledge.schedule import When
from knowledge.text import folded_words, one_line

if TYPE_CHECKING:
    from knowledge.library import Library
    from knowledge.store.subscribers import Subscription

__all__ = ["COMMANDS", "Subscribing"]

COMMANDS = frozenset("subscribe subscriptions unsubscribe timezone quiet pause resume".split())
"""The commands that ``Subscribing.command`` carries out."""

_NUMBER = re.compile(r"[1-9]\d{0,3}")
_LABEL = 80


class Subscribing:
    """Subscriptions over one library, for every chat. Calls must not overlap.

    ``library_of`` gives the library, which may be opened only then. In every call ``telegram`` is Telegram's number of
    the chat, ``thread`` that of a forum's topic, or 0, and ``now`` the time (aware). A chat may have ``limit``
    subscriptions; of ``remembered`` chats it is known that they were just asked for their city.
    """

    def __init__(self, library_of: "Callable[[], Library]", *, limit: int = 50, remembered: int = 10_000) -> None:
        self._library_of = library_of
        self._limit = limit
        self._clock = ChatClock(remembered)

    # -- what an edge calls -----------------------------------------------------------------------------------------

    def command(self, telegram: int, thread: int, name: str, argument: str, now: datetime) -> Reply:
        """Carry out one of ``COMMANDS``, given without its slash."""
        self._library.refresh()
        asking, argument = Asking(telegram, thread, now), argument.strip()
        self._clock.forget(telegram)
        match name:
            case "subscribe":
                return self._subscribe(asking, argument)
            case "subscriptions":
                return self._list(asking, int(argument) if _NUMBER.fullmatch(argument) else 1)
            case "unsubscribe":
                return self._unsubscribe(asking, argument)
            case "timezone":
                return self._clock.timezone(self._library, asking, argument)
            case "quiet":
                return self._clock.quiet(self._library, asking, argument)
            case "pause" | "resume":
                return self._pause(asking, argument, paused=name == "pause")
        raise ValueError(f"no command of subscriptions: {name}")

    def follow(self, telegram: int, thread: int, payload: str, now: datetime) -> Reply:
        """Carry out a link: ``payload`` is what stands after ``start=`` ("follow_wang-yi")."""
        self._library.refresh()
        return self._carry_out(Asking(telegram, thread, now), linked(self._library, payload))

    def press(self, telegram: int, thread: int, action: str, now: datetime) -> Reply | None:
        """Carry out a button, however old; None for one that ``presses.is_subscribing`` does not know."""
        self._library.refresh()
        asking, press = Asking(telegram, thread, now), parse_press(action)
        match press:
            case Follow():
                return self._carry_out(asking, self._pressed(press))
            case Again():
                return self._carry_out(asking, self._pressed(press.follow), press.when, press.silent or None)
            case Stop():
                return self._stop(asking, [press.subscription])
            case Edit():
                return self._edit(asking, press)
            case SetZone():
                return self._clock.press(self._library, asking, press.zone)
            case Menu():
                return self._menu(asking, press)
        return None

    def link(self, interest: Interest, label: str = "") -> str | None:
        """What to put after ``start=`` in a link that follows something called ``label``; None when it cannot say."""
        return payload_for(interest, label)

    def awaits_zone(self, telegram: int) -> bool:
        """Whether the chat was just asked for its city, so that its next messages may be one."""
        return self._clock.awaits(telegram)

    def take_zone(self, telegram: int, thread: int, text: str, now: datetime) -> Reply | None:
        """Take a plain message soon after the question as the city, when it is exactly a city's name.

        Else None, or a ``Suggestion`` to stand below what the message is answered with.
        """
        return self._clock.take(self._library, Asking(telegram, thread, now), text)

    def forget(self, telegram: int) -> None:
        """Forget that the chat was asked for its city."""
        self._clock.forget(telegram)

    @property
    def _library(self) -> "Library":
        return self._library_of()

    # -- following --------------------------------------------------------------------------------------------------

    def _subscribe(self, asking: Asking, argument: str) -> Reply:
        wish = parse_wish(argument)
        if wish is None:
            return said(f"{texts.FOLLOW_PROMPT}\n{texts.SUBSCRIBE_FORM}", follow_menu())
        if isinstance(wish, Problem):
            return said(wish.text)
        return self._carry_out(asking, find_target(self._library, wish), wish.when, wish.silent)

    def _pressed(self, press: Follow) -> Target | Choice | Problem:
        match press.kind:
            case "e":
                return find_target(self._library, Wish("everything"))
            case "p":
                return by_key(self._library, press.target)
            case "s":
                return Target(Interest(kind="source", target=press.target), one_line(press.target, 80))
        wish = parse_topic(press.target)
        return find_target(self._library, wish) if isinstance(wish, Wish) else wish

    def _carry_out(
        self,
        asking: Asking,
        target: Target | Choice | Problem,
        when: When | None = None,
        silent: bool | None = None,
    ) -> Reply:
        """Follow a target; of what is followed already, only what is said anew changes."""
        from knowledge.store import subscribers

        if isinstance(target, Problem):
            return said(target.text)
        if isinstance(target, Choice):
            return said(target.text, target.rows)
        engine, telegram, now = self._library.engine, asking.telegram, asking.now
        own = subscribers.subscriptions(engine, telegram)
        held = next((s for s in own if s.thread == asking.thread and s.interest == target.interest), None)
        when = when or (held.when if held else When(often="at_once"))
        silent = silent if silent is not None else bool(held and held.silent)
        try:
            subscription, became = subscribers.subscribe(
                engine,
                telegram,
                asking.thread,
                target.interest,
                target.label,
                when,
                silent=silent,
                now=now,
                limit=self._limit,
            )
        except subscribers.TooManySubscriptionsError:
            return said(texts.too_many(self._limit), ((Button(texts.SUBSCRIPTIONS, menu("l")),),))
        except InputError:  # a name that its normal form makes longer than can be kept
            return said(texts.CANNOT_KEEP)
        if subscription.silent != silent:
            became = "changed"
            subscription = subscribers.change(engine, telegram, subscription.id, now=now, silent=silent) or subscription
        opening = {"new": texts.YOU_FOLLOW, "changed": texts.CHANGED, "same": texts.YOU_FOLLOW_ALREADY}[became]
        return self._confirmed(opening, subscription, target.note, target.rows)

    def _confirmed(self, opening: str, subscription: "Subscription", note: str = "", rows: Rows = ()) -> Reply:
        from knowledge.store import subscribers

        timed = subscription.when.often != "at_once"
        where = self._clock.ask(self._library, subscription.telegram) if timed else ""
        chat = subscribers.chat(self._library.engine, subscription.telegram)
        return confirmed(opening, subscription, chat, note, where, rows=rows)

    def _menu(self, asking: Asking, press: Menu) -> Reply:
        match press.what:
            case "p":
                rows = people_quoted(self._library)
                return said(texts.WHICH_PERSON if rows else texts.NOBODY_YET, rows)
            case "t":
                return said(texts.HOW_TO_TOPIC)
            case "s":
                rows = publishers_held(self._library)
                return said(texts.WHICH_SOURCE if rows else texts.NO_SOURCES, rows)
            case "l":
                return self._list(asking, press.page)
            case "r":
                return self._pause(asking, "", paused=False)
        return said(f"{texts.FOLLOW_PROMPT}\n{texts.SUBSCRIBE_FORM}", follow_menu())

    # -- what is followed -------------------------------------------------------------------------------------------

    def _list(self, asking: Asking, page: int) -> Reply:
        from knowledge.store import subscribers

        own = subscribers.subscriptions(self._library.engine, asking.telegram)
        chat = subscribers.chat(self._library.engine, asking.telegram)
        return listed(own, chat, asking.now, page, thread=asking.thread)

    def _unsubscribe(self, asking: Asking, argument: str) -> Reply:
        from knowledge.store import subscribers

        own = subscribers.subscriptions(self._library.engine, asking.telegram)
        if not own:
            return said(texts.NOTHING_FOLLOWED, follow_menu())
        if not argument:
            listing = self._list(asking, 1)
            return Reply((*listing.blocks, line(texts.STOP_HOW)), listing.buttons)
        if argument.casefold() == "all":
            return self._stop(asking, None)
        chosen = _numbered(own, argument)
        if not chosen and any(letter.isalpha() for letter in argument):
            chosen = _called(own, argument)
            if len(chosen) != 1:
                typed = one_line(argument, 40)
                return said(texts.which_label(typed) if chosen else texts.no_label(typed))
        return self._stop(asking, [s.id for s in chosen]) if chosen else said(texts.no_number(len(own)))

    def _stop(self, asking: Asking, ids: Sequence[int] | None) -> Reply:
        from knowledge.store import subscribers

        gone = subscribers.unsubscribe(self._library.engine, asking.telegram, ids)
        return stopped(gone) if gone else said(texts.GONE)

    def _edit(self, asking: Asking, press: Edit) -> Reply:
        from knowledge.store import subscribers

        engine, telegram, now, what = self._library.engine, asking.telegram, asking.now, press.what
        subscription = subscribers.subscription(engine, telegram, press.subscription)
        if subscription is None:
            return said(texts.GONE)
        if not what:
            return self._confirmed(texts.YOU_FOLLOW, subscription)
        if what == "w":
            return which_day(subscription)
        if when := read_often(what):
            changed = subscribers.change(engine, telegram, subscription.id, now=now, when=when)
        elif what in ("q", "l"):
            changed = subscribers.change(engine, telegram, subscription.id, now=now, silent=what == "q")
        elif what in ("p", "r"):
            return self._pause_one(asking, subscription, paused=what == "p")
        elif what[0] in "dw" and "." not in what and not what[2:]:
            chat = subscribers.chat(engine, telegram)
            return which_hour(subscription, chat.zone if chat else None, what)
        else:
            return said(texts.GONE)
        return self._confirmed(texts.CHANGED, changed) if changed else said(texts.GONE)

    def _pause(self, asking: Asking, argument: str, *, paused: bool) -> Reply:
        """Pause or resume one subscription, by its number in the list, or all of the chat's digests."""
        from knowledge.store import subscribers

        engine, telegram, now = self._library.engine, asking.telegram, asking.now
        own = subscribers.subscriptions(engine, telegram)
        if argument:
            chosen = _numbered(own, argument)
            if not chosen:
                return said(texts.no_number(len(own)) if own else texts.NOTHING_FOLLOWED)
            replies = [self._pause_one(asking, subscription, paused=paused) for subscription in chosen]
            if len(replies) == 1:
                return replies[0]
            return Reply(tuple(reply.blocks[0] for reply in replies))
        if not own:
            return said(texts.NOTHING_FOLLOWED, follow_menu())
        if paused:
            subscribers.pause(engine, telegram, now)
            return said(texts.PAUSED_ALL, ((Button(texts.RESUME, menu("r")),),))
        subscribers.resume(engine, telegram, now)
        resting = [s for s in subscribers.subscriptions(engine, telegram) if s.paused]
        note = "\n" + texts.still_paused(len(resting)) if resting else ""
        return said(texts.RESUMED_ALL + note, ((Button(texts.SUBSCRIPTIONS, menu("l")),),))

    def _pause_one(self, asking: Asking, subscription: "Subscription", *, paused: bool) -> Reply:
        from knowledge.store import subscribers

        changed = subscribers.change(
            self._library.engine, asking.telegram, subscription.id, now=asking.now, paused=paused
        )
        opening = texts.PAUSED_ONE if paused else texts.RESUMED_ONE
        return self._confirmed(opening, changed) if changed else said(texts.GONE)


def _called(own: "Sequence[Subscription]", typed: str) -> "list[Subscription]":
    """The subscriptions that are called so; when none is, those whose names have these words."""
    sought = folded_words(typed)
    names = {each.id: folded_words(each.label) for each in own}
    same = [each for each in own if names[each.id] == sought]
    return same or [each for each in own if sought and set(sought) <= set(names[each.id])]


def _numbered(own: "Sequence[Subscription]", argument: str) -> "list[Subscription]":
    """The subscriptions with these numbers in the list ("2", "1 3", "1, 3"); none when one is no number of it."""
    typed = argument.replace(",", " ").split()
    if not all(_NUMBER.fullmatch(number) and int(number) <= len(own) for number in typed):
        return []
    return [own[number - 1] for number in sorted({int(number) for number in typed})]
