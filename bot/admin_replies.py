"""What admins are shown: what was learned of an article, an article to withdraw, the feeds."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot import admin_texts as texts
from bot.actions import which_of
from bot.addition import Report
from bot.newsroom import Held, Quoted
from bot.phrases import command_list
from bot.replies import Block, Button, Part, Reply, line, said
from knowledge.text import one_line

if TYPE_CHECKING:
    from knowledge.store.feeds import FeedRow

__all__ = [
    "REASON",
    "Tally",
    "feed_list",
    "helped",
    "learned",
    "parse_press",
    "people",
    "refused",
    "several",
    "to_withdraw",
    "withdrawn",
]

REASON = 300
"""The longest reason shown, in characters."""


_TITLE = 200
_REASONS = 3
_PEOPLE = 20
_PEOPLE_BUTTONS = 8
_FEEDS = 30
_STATUSES = {"added": "added", "updated": "updated", "unchanged": "unchanged", "rejected": "refused"}
# Unlike the conversation's actions on purpose: they are told apart by their beginnings.
_PRESS = re.compile(r"adm:([bkqw]):([0-9]{1,18})")


def parse_press(data: str) -> tuple[str, int] | None:
    """What a button of this module asks for: b(rief), q(uoted), w(ithdraw), k(eep), and the key of an article."""
    match = _PRESS.fullmatch(data)
    return (match[1], int(match[2])) if match else None


@dataclass(slots=True)
class Tally:
    """What an addition of any number of articles has come to so far: how many, the last, and the first refusals."""

    statuses: dict[str, int] = field(default_factory=lambda: dict.fromkeys(_STATUSES, 0))
    sentences: int = 0
    quotes: int = 0
    facts: int = 0
    refusals: list[str] = field(default_factory=list)
    last: Report | None = None

    @property
    def total(self) -> int:
        """How many articles there were."""
        return sum(self.statuses.values())

    def count(self, report: Report) -> None:
        """Take in what became of one article."""
        self.last = report
        self.statuses[report.status] += 1
        self.sentences += report.sentences
        self.quotes += report.quotes
        self.facts += report.facts
        if report.status == "rejected" and len(self.refusals) < _REASONS:
            self.refusals.append(report.error)


def helped(reply: Reply) -> Reply:
    """The help everybody gets, with what only admins can do."""
    return Reply((*reply.blocks, line(f"{texts.ADMINS_ALSO}\n{command_list(texts.ADMIN_COMMANDS)}")))


def refused(report: Report) -> Reply:
    """Why an article was not taken."""
    return said(texts.REFUSED + one_line(report.error, REASON))


def learned(report: Report, held: Held, quoted: Sequence[Quoted]) -> Reply:
    """What became of one article that was taken, with buttons to see what was learned of it."""
    title = (Part(texts.DONE[report.status]), _title(held))
    buttons = [Button(texts.IN_BRIEF, f"adm:b:{held.key}")]
    if quoted:
        buttons.insert(0, Button(texts.WHO_IS_QUOTED, f"adm:q:{held.key}"))
    found = [texts.count(held.sentences, "sentence"), texts.count(len(quoted), "person", "people") + " quoted"]
    if report.status != "unchanged":  # what is held already is not read again, nor counted
        found += [texts.count(report.quotes, "quote"), texts.count(report.facts, "fact")]
    return Reply((Block((title, (Part(", ".join(found) + "."),))),), (tuple(buttons),))


def several(tally: Tally) -> Reply:
    """What became of several articles."""
    counted = [(_STATUSES[status], number) for status, number in tally.statuses.items()]
    blocks = [line(texts.several(counted))]
    if tally.sentences:
        found = (("sentence", tally.sentences), ("quote", tally.quotes), ("fact", tally.facts))
        blocks.append(line(", ".join(texts.count(number, noun) for noun, number in found) + "."))
    blocks += [line(texts.REFUSED + one_line(reason, REASON)) for reason in tally.refusals]
    if (rest := tally.statuses["rejected"] - len(tally.refusals)) > 0:
        blocks.append(line(texts.refused_more(rest)))
    return Reply(tuple(blocks))


def people(held: Held, quoted: Sequence[Quoted]) -> Reply:
    """The people an article quotes; the conversation understands their buttons: what they said."""
    if not quoted:
        return said(texts.NOBODY_QUOTED)
    heading = (Part(texts.QUOTED_IN), _title(held), Part(":"))
    rows: list[tuple[Part, ...]] = []
    for person in quoted[:_PEOPLE]:
        role = f" ({one_line(person.role, 80)})" if person.role else ""
        rows.append((Part(one_line(person.name, 80), "bold"), Part(role + texts.quoted(person.sentences))))
    if rest := len(quoted) - len(rows):
        rows.append((Part(texts.people_more(rest)),))
    buttons = which_of("said", [(p.key, p.name, p.first) for p in quoted[:_PEOPLE_BUTTONS]])
    return Reply((Block((heading,)), Block(tuple(rows))), buttons)


def to_withdraw(held: Held) -> Reply:
    """An article, and whether to withdraw it."""
    about = [one_line(part, 100) for part in (held.publisher, held.published) if part]
    about.append(texts.count(held.sentences, "sentence"))
    block = Block(((_title(held),), (Part(", ".join(about)),), (Part(one_line(held.id, REASON), "code"),)))
    buttons = (Button(texts.WITHDRAW, f"adm:w:{held.key}"), Button(texts.KEEP, f"adm:k:{held.key}"))
    return Reply((line(texts.WITHDRAW_WHICH), block), (buttons,))


def withdrawn(held: Held, *, done: bool) -> Reply:
    """What became of the article that was shown for withdrawing."""
    return Reply((Block(((Part(texts.WITHDRAWN if done else texts.KEPT), _title(held)),)),))


def feed_list(feeds: "Sequence[FeedRow]") -> Reply:
    """The feeds, with the numbers they can be removed by."""
    if not feeds:
        return said(texts.NO_FEEDS)
    blocks = [line(texts.feeds_watched(len(feeds)))]
    for number, feed in enumerate(feeds[:_FEEDS], 1):
        title = one_line(feed.title or feed.address, _TITLE)
        about = texts.feed(
            checked=feed.checked.strftime("%Y-%m-%d %H:%M") if feed.checked else None,
            problem=one_line(feed.problem, REASON) if feed.problem else None,
            failures=feed.failures,
            active=feed.active,
        )
        blocks.append(Block(((Part(f"{number}. "), Part(title, "link", feed.address)), (Part(about),))))
    if len(feeds) > _FEEDS:
        blocks.append(line(texts.feeds_more(len(feeds) - _FEEDS)))
    return Reply(tuple(blocks))


def _title(held: Held) -> Part:
    return Part(one_line(held.title, _TITLE), "link" if held.url else "bold", held.url)
