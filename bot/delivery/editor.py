"""What is due is made into digests: which news each chat gets, in which messages. Sending them is the postman's."""

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import cached_property
from itertools import chain, groupby
from typing import TYPE_CHECKING

from bot.delivery.content import dump
from bot.delivery.draft import Draft, News
from bot.delivery.whom import Meaning
from bot.digest_blocks import Memo, digest_messages
from bot.render import Message
from bot.subscribing.presses import SHOW_ALL
from knowledge.digest import Bulletin
from knowledge.models import Interest
from knowledge.schedule import next_due, quiet_until

if TYPE_CHECKING:
    from knowledge.library import Library
    from knowledge.store.database import Engine
    from knowledge.store.ledger import Due, ItemRow, NewDigest, SentRow, Window

__all__ = ["KEPT", "MOST_ITEMS", "Editor"]

MOST_ITEMS = 10
"""So many items go into a digest; the rest is behind a button."""

KEPT = timedelta(days=30)
"""How long it is known what a chat has been sent."""

_MOST_AT_A_PRESS = 50
_TOGETHER = 500  # digests recorded in one transaction
_MOST_DUE = 100_000


class Editor:
    """Composes the digests over one database, opened when something is first asked of it; for several threads.

    ``now`` tells the time (aware). A digest and what it moves on are one transaction, so that a process that dies, or
    two that compose at once, lose nothing and make nothing twice.
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
        self._lock = threading.Lock()

    def edit(self) -> int:
        """Make the digests that are due by now; how many there are. Quiet hours put theirs off to their end."""
        from knowledge.store import ledger

        with self._lock:
            now, high = self._now(), self._follow()
            due = self._not_in_quiet(ledger.due(self._engine, now, high, limit=_MOST_DUE), now)
            return self._compose(due, high, now, asked=False)

    def now(self, telegram: int, thread: int) -> int:
        """Make a digest of what is new by now for a chat and topic, due or not; 0 when nothing is, else 1."""
        from knowledge.store import ledger

        with self._lock:
            now, high = self._now(), self._follow()
            due = ledger.due(self._engine, now, high, telegram=telegram)
            return self._compose([d for d in due if d.subscription.thread == thread], high, now, asked=True)

    def rest(self, telegram: int, message: int) -> tuple[Message, ...]:
        """What the digest with this message left out, up to 50 items; none when that is no longer known.

        They count as sent from now on.
        """
        from knowledge.store import ledger
        from knowledge.store.subscribers import chat

        with self._lock:
            self._follow()
            digest, held = ledger.digest_of(self._engine, telegram, message), chat(self._engine, telegram)
            windows = ledger.digest_windows(self._engine, telegram, digest) if digest is not None else []
            if digest is None or held is None or not windows:
                return ()
            meaning = Meaning(self._library)
            followed = [(s.id, s.label, meaning.of(s.interest, s.label), low) for s, low, _ in windows]
            wanted = _lowest((interest, low) for *_, interest, low in followed)
            bulletin = Bulletin(self._library.index, self._engine, wanted, max(high for *_, high in windows))
            thread = windows[0][0].thread
            draft = Draft(
                _MOST_AT_A_PRESS, lambda statements: ledger.received(self._engine, held.id, thread, statements)
            )
            draft.fill([(key, label, bulletin.news(interest, low)) for key, label, interest, low in followed])
            ledger.add_items(self._engine, digest, list(_rows(draft)))
            return digest_messages(self._library.index, draft.sections, digest_action=SHOW_ALL, more=draft.left_out)

    def clean(self) -> int:
        """Forget what was sent longer ago than it is kept; how many digests that were."""
        from knowledge.store import ledger

        with self._lock:
            return ledger.clean(self._engine, self._now() - KEPT)

    def close(self) -> None:
        """Let the database go; the next call would open it again."""
        with self._lock:
            if "_library" in self.__dict__:
                self._library.close()
                del self._library

    # -- what is due ------------------------------------------------------------------------------------------------

    @cached_property
    def _library(self) -> "Library":
        from knowledge.library import Library

        return Library.open(self._database, index=self._index_folder, create=True)

    @property
    def _engine(self) -> "Engine":
        return self._library.engine

    def _follow(self) -> int:
        """Bring the index up, if nobody else is at it; the change it has reached."""
        self._library.follow(patience=0.0)
        meta = self._library.index.meta()
        return meta["sequence"] if meta else 0

    def _not_in_quiet(self, due: "Sequence[Due]", now: datetime) -> "list[Due]":
        """Those whose chats are not in their quiet hours; the others are put off."""
        from knowledge.store import ledger

        wanted: list[Due] = []
        held: dict[datetime, list[int]] = {}
        for one in due:
            until = quiet_until(one.quiet, one.zone, now)
            if until is None:
                wanted.append(one)
            else:
                held.setdefault(until, []).append(one.subscription.id)
        for until, subscriptions in held.items():
            ledger.hold(self._engine, subscriptions, until)
        return wanted

    # -- composing --------------------------------------------------------------------------------------------------

    def _compose(self, due: "Sequence[Due]", high: int, now: datetime, *, asked: bool) -> int:
        """Make and record the digests of these subscriptions; those with nothing new are only moved on."""
        from knowledge.store import ledger

        if not due:
            return 0
        meaning = Meaning(self._library)
        wanted = _lowest(
            (meaning.of(d.subscription.interest, d.subscription.label), d.subscription.cursor) for d in due
        )
        bulletin = Bulletin(self._library.index, self._engine, wanted, high)
        sent = self._sent_since_changed(bulletin, due)
        memo = Memo()
        made: list[NewDigest] = []
        without: list[Window] = []
        recorded = 0
        for _, group in groupby(due, key=lambda d: (d.chat, d.subscription.thread)):
            own = list(group)
            windows = tuple(_window(d, high, now) for d in own)
            draft = self._draft(bulletin, meaning, sent, own)
            if draft.sections:
                made.append(self._digest(draft, own, windows, memo, now, asked=asked))
            else:
                without += windows
            if len(made) >= _TOGETHER:
                recorded += sum(ledger.record(self._engine, made, now))
                made = []
        ledger.advance(self._engine, without)
        return recorded + sum(ledger.record(self._engine, made, now))

    def _sent_since_changed(self, bulletin: Bulletin, due: "Sequence[Due]") -> "dict[int, list[SentRow]]":
        """What the subscriptions were sent of articles that have changed since, by subscription."""
        from knowledge.store import ledger

        changed = bulletin.changed(min(d.subscription.cursor for d in due))
        found: dict[int, list[SentRow]] = {}
        if changed:
            for row in ledger.sent_of(self._engine, [d.subscription.id for d in due], changed):
                found.setdefault(row.subscription, []).append(row)
        return found

    def _draft(
        self, bulletin: Bulletin, meaning: Meaning, sent: "dict[int, list[SentRow]]", due: "Sequence[Due]"
    ) -> Draft:
        from knowledge.store import ledger

        chat, thread = due[0].chat, due[0].subscription.thread
        draft = Draft(MOST_ITEMS, lambda statements: ledger.received(self._engine, chat, thread, statements))
        found: list[tuple[int, str, Sequence[News]]] = []
        for subscription in (d.subscription for d in due):
            corrections = bulletin.corrections(sent.get(subscription.id, ()), subscription.cursor)
            news = bulletin.news(meaning.of(subscription.interest, subscription.label), subscription.cursor)
            found.append((subscription.id, subscription.label, (*corrections, *news)))
        draft.fill(found)
        return draft

    def _digest(
        self,
        draft: Draft,
        due: "Sequence[Due]",
        windows: "tuple[Window, ...]",
        memo: Memo,
        now: datetime,
        *,
        asked: bool,
    ) -> "NewDigest":
        from knowledge.store.ledger import NewDigest

        messages = digest_messages(
            self._library.index, draft.sections, digest_action=SHOW_ALL, more=draft.left_out, memo=memo
        )
        return NewDigest(
            chat=due[0].chat,
            thread=due[0].subscription.thread,
            asked=asked,
            silent=all(d.subscription.silent for d in due),
            windows=windows,
            items=tuple(_rows(draft)),
            messages=tuple(dump(message) for message in messages),
            due=now,
        )


def _lowest(wanted: Iterable[tuple[Interest, int]]) -> dict[Interest, int]:
    """Each interest with the lowest change that it is wanted from."""
    lowest: dict[Interest, int] = {}
    for interest, low in wanted:
        lowest[interest] = min(low, lowest.get(interest, low))
    return lowest


def _window(due: "Due", high: int, now: datetime) -> "Window":
    """The changes since a subscription's last window, and when it is due next."""
    from knowledge.store.ledger import Window

    subscription = due.subscription
    after = next_due(subscription.when, due.zone, now)
    low = subscription.cursor
    return Window(subscription=subscription.id, low=low, high=max(low, high), due=after, was=subscription.due)


def _rows(draft: Draft) -> "Iterator[ItemRow]":
    """A row for each sentence that an item cites, and for each form in which its statement may come again."""
    from knowledge.store.ledger import ItemRow

    told = chain.from_iterable(((section, item) for item in section.items) for section in draft.sections)
    for position, (section, item) in enumerate(told, 1):
        for place, (article, sentence, statement) in enumerate(item.receipts):
            yield ItemRow(
                subscription=section.subscription,
                position=position,
                place=place,
                kind=item.kind,
                article=article,
                sentence=sentence,
                statement=statement,
            )
