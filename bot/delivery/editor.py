"""What is due is made into digests: which news each chat gets, in which messages. Sending them is the postman's."""

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import cached_property
from itertools import groupby
from typing import TYPE_CHECKING

import structlog

from bot.delivery.content import dump
from bot.delivery.draft import Draft, Found
from bot.delivery.whom import Meanings
from bot.digest_blocks import Laid, Memo, lay_out
from bot.subscribing.presses import SHOW_ALL
from knowledge.digest import Bulletin, Item
from knowledge.models import Interest
from knowledge.schedule import next_due, quiet_until

if TYPE_CHECKING:
    from knowledge.library import Library
    from knowledge.store.database import Engine
    from knowledge.store.ledger import Due, ItemRow, NewDigest, SentRow, Window
    from knowledge.store.subscribers import Subscription

__all__ = ["KEPT", "MOST_ITEMS", "Editor"]

MOST_ITEMS = 10
"""So many items go into a digest; the rest is behind a button."""

KEPT = timedelta(days=30)
"""How long it is known what a chat has been sent."""

_MOST_AT_A_PRESS = 50
_TOGETHER = 500  # digests recorded in one transaction
_MOST_DUE = 100_000
# What was followed by name comes before what comes with everything.
_RANKS = {"person": 0, "topic": 1, "source": 2, "everything": 3}
# How long a digest waits for an index that is behind; and one that could not be made for another try.
_INDEX_PATIENCE = timedelta(minutes=30)
_AFTER_FAULT = timedelta(minutes=10)

_log = structlog.get_logger(__name__)

Place = tuple[int, int]
"""A chat, by its key in the store, and a topic of it."""


class Editor:
    """Composes the digests over one database, opened when something is first asked of it; for several threads.

    ``now`` tells the time (aware). A digest and what it moves on are one transaction that compares where its
    subscriptions stand, so that a process that dies, or two that compose at once, lose nothing and make nothing twice.
    """

    def __init__(
        self,
        database: str,
        *,
        index: str | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._database = database
        self._index_folder = index
        self._now = now
        self._opening = threading.Lock()
        self._hurried = threading.Event()

    def edit(self) -> int:
        """Make the digests that are due by now; how many there are. Quiet hours put theirs off to their end."""
        from knowledge.store import ledger

        now = self._now()
        high, caught_up = self._follow()
        due = ledger.due(self._engine, now, high, limit=_MOST_DUE)
        if not caught_up:
            due = [one for one in due if _can_wait_no_longer(one, now)]
        return self._compose(self._not_in_quiet(due, now), high, now, asked=False)

    def now(self, telegram: int, thread: int) -> int:
        """Make a digest of what is new by now for a chat and topic, due or not; 0 when nothing is, else 1."""
        from knowledge.store import ledger

        now, (high, _) = self._now(), self._follow()
        due = ledger.due(self._engine, now, high, telegram=telegram)
        return self._compose([d for d in due if d.subscription.thread == thread], high, now, asked=True)

    def rest(self, telegram: int, message: int) -> int | None:
        """Make a digest of what the one with this message left out, up to 50 items; how many those are.

        None when it is not known (any more) what was in it.
        """
        from knowledge.store import ledger
        from knowledge.store.subscribers import chat

        now = self._now()
        self._follow()
        digest, held = ledger.digest_of(self._engine, telegram, message), chat(self._engine, telegram)
        windows = ledger.digest_windows(self._engine, telegram, digest) if digest is not None else []
        if digest is None or held is None or not windows:
            return None
        followed = [(subscription, low) for subscription, low, _ in windows]
        place = held.id, followed[0][0].thread
        bulletin = self._bulletin(followed, max(high for *_, high in windows))
        sent = ledger.sent_of(self._engine, [place], bulletin.changed(min(low for _, low in followed)))
        draft = self._draft(bulletin, place, followed, sent, most=_MOST_AT_A_PRESS)
        laid = self._lay_out(draft, Memo())
        if not laid:
            return 0
        made = _digest(place, laid, now, asked=True, rest_of=digest)
        return sum(len(one.items) for one in laid) if all(ledger.record(self._engine, [made], now)) else 0

    def clean(self) -> int:
        """Forget what was sent longer ago than it is kept; how many digests that were."""
        from knowledge.store import ledger

        return ledger.clean(self._engine, self._now() - KEPT)

    def hurry(self) -> None:
        """The bot is stopping: a round ends with the chat that is in hand, and no other begins."""
        self._hurried.set()

    def close(self) -> None:
        """Let the database go; the next call would open it again."""
        with self._opening:
            opened = self.__dict__.pop("_opened", None)
        if opened:
            opened[0].close()

    # -- what is due ------------------------------------------------------------------------------------------------

    @cached_property
    def _opened(self) -> "tuple[Library, Meanings]":
        from knowledge.library import Library

        library = Library.open(self._database, index=self._index_folder, create=True)
        return library, Meanings(library)

    @property
    def _library(self) -> "Library":
        with self._opening:
            return self._opened[0]

    @property
    def _engine(self) -> "Engine":
        return self._library.engine

    def _follow(self) -> tuple[int, bool]:
        """Bring the index up, if nobody else is at it; the change it has reached, and whether that is the last."""
        caught_up = self._library.follow(patience=0.0)
        meta = self._library.index.meta()
        return (meta["sequence"] if meta else 0), caught_up

    def _not_in_quiet(self, due: "Sequence[Due]", now: datetime) -> "list[Due]":
        """Those whose chats are not in their quiet hours; the others are put off."""
        from knowledge.store import ledger

        wanted: list[Due] = []
        held: dict[datetime, list[Due]] = {}
        for one in due:
            try:
                until = quiet_until(one.quiet, one.zone, now)
            except Exception as error:  # noqa: BLE001
                self._set_aside([one], now, error)
                continue
            if until is None:
                wanted.append(one)
            else:
                held.setdefault(until, []).append(one)
        for until, some in held.items():
            ledger.hold(self._engine, some, until)
        return wanted

    def _set_aside(self, due: "Sequence[Due]", now: datetime, error: Exception) -> None:
        """What one chat trips over must not keep the others' digests from them: try it again later."""
        from knowledge.store import ledger

        _log.error("bug: digest not made", chat=due[0].subscription.telegram, error=type(error).__name__)
        ledger.hold(self._engine, due, now + _AFTER_FAULT)

    # -- composing --------------------------------------------------------------------------------------------------

    def _compose(self, due: "Sequence[Due]", high: int, now: datetime, *, asked: bool) -> int:
        """Make and record the digests of these subscriptions; those with nothing new are only moved on."""
        from knowledge.store import ledger

        if not due:
            return 0
        bulletin = self._bulletin([(d.subscription, d.subscription.cursor) for d in due], high)
        sent = self._sent_since_changed(bulletin, due)
        memo = Memo()
        made: list[NewDigest] = []
        without: list[Window] = []
        recorded = 0
        for place, group in groupby(due, key=_place):
            if self._hurried.is_set():
                break
            own = list(group)
            try:
                laid = self._news_of(bulletin, place, own, sent.get(place, ()), memo)
                windows = tuple(_window(d, high, now) for d in own)
            except Exception as error:  # noqa: BLE001
                self._set_aside(own, now, error)
                continue
            if laid:
                silent = all(d.subscription.silent for d in own)
                made.append(_digest(place, laid, now, asked=asked, silent=silent, windows=windows))
            else:
                without += windows
            if len(made) >= _TOGETHER:
                recorded += sum(ledger.record(self._engine, made, now))
                made = []
        ledger.advance(self._engine, without)
        return recorded + sum(ledger.record(self._engine, made, now))

    def _bulletin(self, followed: "Iterable[tuple[Subscription, int]]", high: int) -> Bulletin:
        """The news since each subscription's change, as far back as each interest is wanted."""
        wanted: dict[Interest, int] = {}
        for subscription, low in followed:
            for interest in self._meant(subscription):
                wanted[interest] = min(low, wanted.get(interest, low))
        return Bulletin(self._library.index, self._engine, wanted, high)

    def _meant(self, subscription: "Subscription") -> tuple[Interest, ...]:
        with self._opening:
            return self._opened[1].of(subscription.interest, subscription.label)

    def _sent_since_changed(self, bulletin: Bulletin, due: "Sequence[Due]") -> "dict[Place, list[SentRow]]":
        """What was sent of articles that have changed since, by where it was."""
        from knowledge.store import ledger

        changed = bulletin.changed(min(d.subscription.cursor for d in due))
        found: dict[Place, list[SentRow]] = {}
        if changed:
            for row in ledger.sent_of(self._engine, {_place(d) for d in due}, changed):
                found.setdefault((row.chat, row.thread), []).append(row)
        return found

    def _news_of(
        self, bulletin: Bulletin, place: Place, due: "Sequence[Due]", sent: "Sequence[SentRow]", memo: Memo
    ) -> tuple[Laid, ...]:
        followed = [(d.subscription, d.subscription.cursor) for d in due]
        return self._lay_out(self._draft(bulletin, place, followed, sent, most=MOST_ITEMS), memo)

    def _draft(
        self,
        bulletin: Bulletin,
        place: Place,
        followed: "Sequence[tuple[Subscription, int]]",
        sent: "Sequence[SentRow]",
        *,
        most: int,
    ) -> Draft:
        from knowledge.store import ledger

        own: dict[int | None, list[SentRow]] = {subscription.id: [] for subscription, _ in followed}
        others: list[SentRow] = []  # sent for what is not due now, or followed no more
        for row in sent:
            own.get(row.subscription, others).append(row)
        lowest = min(low for _, low in followed)
        found = [
            Found(s.id, s.label, bulletin.corrections(own[s.id], lowest), self._news(bulletin, s, low))
            for s, low in sorted(followed, key=lambda pair: _RANKS[pair[0].interest.kind])
        ]
        found.append(Found(None, "", bulletin.corrections(others, lowest)))
        draft = Draft(most, lambda statements: ledger.received(self._engine, *place, statements))
        draft.fill(found)
        return draft

    def _news(self, bulletin: Bulletin, subscription: "Subscription", low: int) -> Sequence[Item]:
        several = [bulletin.news(interest, low) for interest in self._meant(subscription)]
        if len(several) == 1:
            return several[0]
        return sorted((item for news in several for item in news), key=lambda item: -item.sequence)

    def _lay_out(self, draft: Draft, memo: Memo) -> tuple[Laid, ...]:
        index = self._library.index
        return lay_out(index, draft.sections, digest_action=SHOW_ALL, more=draft.left_out, memo=memo)


def _place(due: "Due") -> Place:
    return due.chat, due.subscription.thread


def _can_wait_no_longer(due: "Due", now: datetime) -> bool:
    """Whether a digest is to be made although the index lacks the latest: what comes at once takes these next time."""
    moment = due.subscription.due
    return moment is None or now - moment > _INDEX_PATIENCE


def _window(due: "Due", high: int, now: datetime) -> "Window":
    """The changes since a subscription's last window, and when it is due next."""
    from knowledge.store.ledger import Window

    subscription = due.subscription
    after = next_due(subscription.when, due.zone, now)
    low = subscription.cursor
    return Window(subscription=subscription.id, low=low, high=max(low, high), due=after, was=subscription.due)


def _digest(
    place: Place,
    laid: Sequence[Laid],
    now: datetime,
    *,
    asked: bool,
    silent: bool = False,
    windows: "tuple[Window, ...]" = (),
    rest_of: int | None = None,
) -> "NewDigest":
    from knowledge.store.ledger import NewDigest

    return NewDigest(
        chat=place[0],
        thread=place[1],
        asked=asked,
        silent=silent,
        windows=windows,
        items=tuple(_rows(laid)),
        messages=tuple(dump(one.message) for one in laid),
        due=now,
        rest_of=rest_of,
    )


def _rows(laid: Sequence[Laid]) -> "Iterator[ItemRow]":
    """A row for each sentence that an item cites, and for each form in which its statement may come again."""
    from knowledge.store.ledger import ItemRow

    position = 0
    for message, one in enumerate(laid, 1):
        for section, item in one.items:
            position += 1
            for place, receipt in enumerate(item.receipts):
                article, sentence, statement = receipt
                yield ItemRow(
                    subscription=section.subscription,
                    message=message,
                    position=position,
                    place=0 if receipt in item.whole else place,
                    kind=item.kind,
                    article=article,
                    sentence=sentence,
                    statement=statement,
                )
