"""What a subscriber would get, as text: the news since a while ago of whatever is asked for."""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from bot.digest_blocks import Section, digest_blocks
from bot.replies import Reply
from bot.subscribing.targets import Choice, Target, find_target
from bot.subscribing.wishes import Problem, Wish, parse_wish
from bot.terminal import plain_text
from knowledge.digest import Bulletin, Item
from knowledge.errors import InputError
from knowledge.library import Library
from knowledge.models import InterestKind
from knowledge.store.ledger import sequence_at

__all__ = ["LEFT_OUT", "NOTHING_NEW", "digest_text", "read_span"]

NOTHING_NEW = "Nothing new."
LEFT_OUT = "{}: {:,} sentences that came before these are left out."

_SPAN = re.compile(r"(\d{1,4})([mhdw])", re.ASCII)
_UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}


def read_span(text: str) -> timedelta:
    """How long "30m", "12h", "7d" or "2w" is. Raises ValueError for anything else, and for none at all."""
    match = _SPAN.fullmatch(text.strip().casefold())
    if match is None or not int(match[1]):
        raise ValueError(f"{text!r} is no time such as 30m, 12h, 7d or 2w")
    return int(match[1]) * _UNITS[match[2]]


def digest_text(library: Library, since: datetime, asked: Sequence[tuple[InterestKind, str]]) -> str:
    """The digest of what is new since a moment (aware), by what is asked for (a kind and a name); without any, all.

    Raises InputError for what the articles do not name, or name twice.
    """
    targets = [_target(library, kind, name) for kind, name in asked or [("everything", "")]]
    low = sequence_at(library.engine, since)
    meta = library.index.meta()
    wanted = {target.interest: low for target in targets}
    bulletin = Bulletin(library.index, library.engine, wanted, meta["sequence"] if meta else low)
    sections = list(_sections(bulletin, targets, low))
    if not sections:
        return NOTHING_NEW + "\n"
    printed = plain_text(Reply(digest_blocks(library.index, sections)))
    return printed + "".join(
        f"{LEFT_OUT.format(target.label, left_out)}\n"
        for target in targets
        if (left_out := bulletin.more(target.interest, low))
    )


def _sections(bulletin: Bulletin, targets: Sequence[Target], low: int) -> Iterator[Section]:
    """What is new of each; of what is new of several only once."""
    known: set[int] = set()
    for target in targets:
        new: list[Item] = []
        for item in bulletin.news(target.interest, low):
            if known.isdisjoint(item.statements):
                known.update(statement for _, _, statement in item.receipts)
                new.append(item)
        if new:
            yield Section(None, target.label, tuple(new))


def _target(library: Library, kind: InterestKind, name: str) -> Target:
    option = f"--{kind} {name}".strip()
    wish = parse_wish(f"{kind} {name}")
    if not isinstance(wish, Wish):
        raise InputError(option, wish.text if isinstance(wish, Problem) else "give a name")
    target = find_target(library, wish)
    if isinstance(target, Choice):
        labels = ", ".join(button.label for row in target.rows for button in row)
        raise InputError(option, f"{target.text} {labels}".strip())
    if isinstance(target, Problem):
        raise InputError(option, target.text)
    if kind == "person" and library.index.entity(target.interest.target) is None:
        raise InputError(option, "the articles name nobody so called")
    return target
