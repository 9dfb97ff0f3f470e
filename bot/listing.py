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

__all__ = ["all_correction_blocks", "article_block", "correction_blocks"]

_PAIRS = 3  # of a correction, so many sentences are shown in the list
_MOST_PAIRS = 12  # and so many when they are asked for
_CORRECTIONS = 5
_LONGEST = 300


def article_block(article: ArticlePayload, number: int) -> Block:
    """An article's title, and where and when it was published; an admin may name it by its number."""
    title: Part = Part(article["title"] or article["id"], "link" if article["url"] else "bold", article["url"])
    about = phrases.source(article["publisher"], article["published"], len(article["sentences"]))
    return Block(((Part(f"{number}  "), title), (Part(about),)))


def correction_blocks(
    corrections: "Sequence[Correction]", now: datetime | None = None, number: int | None = None
) -> list[Block]:
    """What the latest correction of an article changed, each old sentence with the new one; nothing without one.

    Of many sentences only some are shown; ``number`` is the article's in the list, by which all can be asked for.
    """
    return [_correction_block(c, now or datetime.now(UTC), _PAIRS, number) for c in corrections[:1]]


def all_correction_blocks(corrections: "Sequence[Correction]", now: datetime | None = None) -> list[Block]:
    """What each correction of an article changed, the newest first."""
    return [_correction_block(c, now or datetime.now(UTC), _MOST_PAIRS, None) for c in corrections[:_CORRECTIONS]]


def _correction_block(correction: "Correction", now: datetime, most: int, number: int | None) -> Block:
    count = correction.changed + correction.vanished + correction.new
    lines: list[tuple[Part, ...]] = [(Part(phrases.corrected(_moment(correction.at, now), count), "italic"),)]
    for before, after in correction.pairs[:most]:
        lines.append((Part(phrases.BEFORE_IT, "bold"), Part(_quoted(before))))
        lines.append((Part(phrases.NOW_IT, "bold"), Part(_quoted(after))))
    if count > most:
        lines.append((Part(phrases.more_changes(count - most, number)),))
    return Block(tuple(lines))


def _quoted(sentence: str | None) -> str:
    return f"“{one_line(sentence, _LONGEST)}”" if sentence else phrases.NOTHING_THERE


def _moment(at: str, now: datetime) -> str:
    """The time of a day, and the day when it is not today."""
    moment = datetime.fromisoformat(at)
    return f"{moment:%H:%M}" if moment.date() == now.date() else f"{moment:%d %B %Y, %H:%M}"
