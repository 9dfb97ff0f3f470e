"""The list of articles that answers come from, with what was corrected in them."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from bot import phrases
from bot.replies import Block, Part
from knowledge.index.fields import ArticlePayload
from knowledge.text import one_line

if TYPE_CHECKING:
    from knowledge.store.revising import Correction

__all__ = ["article_block", "correction_blocks"]

_PAIRS = 3  # of a correction, so many sentences are shown
_LONGEST = 300


def article_block(article: ArticlePayload, number: int) -> Block:
    """An article's title, and where and when it was published; an admin may name it by its number."""
    title: Part = Part(article["title"] or article["id"], "link" if article["url"] else "bold", article["url"])
    about = phrases.source(article["publisher"], article["published"], len(article["sentences"]))
    return Block(((Part(f"{number}  "), title), (Part(about),)))


def correction_blocks(corrections: "Sequence[Correction]", now: datetime | None = None) -> list[Block]:
    """What the latest correction of an article changed, each old sentence with the new one; nothing without one."""
    if not corrections:
        return []
    latest = corrections[0]
    count = latest.changed + latest.vanished + latest.new
    lines: list[tuple[Part, ...]] = [
        (Part(phrases.corrected(_moment(latest.at, now or datetime.now(UTC)), count), "italic"),)
    ]
    for before, after in latest.pairs[:_PAIRS]:
        lines.append((Part(phrases.BEFORE_IT, "bold"), Part(_quoted(before))))
        lines.append((Part(phrases.NOW_IT, "bold"), Part(_quoted(after))))
    if count > _PAIRS:
        lines.append((Part(phrases.more_changes(count - _PAIRS)),))
    return [Block(tuple(lines))]


def _quoted(sentence: str | None) -> str:
    return f"“{one_line(sentence, _LONGEST)}”" if sentence else phrases.NOTHING_THERE


def _moment(at: str, now: datetime) -> str:
    """The time of a day, and the day when it is not today."""
    moment = datetime.fromisoformat(at)
    return f"{moment:%H:%M}" if moment.date() == now.date() else f"{moment:%d %B %Y, %H:%M}"
