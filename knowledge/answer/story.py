"""Articles of one story: whether two are, as far as who is in them and their titles tell, and which came first."""

from datetime import UTC, datetime

from knowledge.index.fields import SentencePayload
from knowledge.index.search import SearchIndex

__all__ = ["age", "one_cast", "one_story"]

_IN_COMMON = 2  # content words of two titles; people of two articles, a word of the titles counting as one
_LEADING = 12  # sentences of an article that show who is in its story


def one_story(one: SentencePayload, other: SentencePayload) -> bool:
    """Whether two articles' sentences are of one story: somebody stands in both, or the titles have words in common."""
    return bool(set(one["who"]) & set(other["who"])) or len(_titled(one) & _titled(other)) >= _IN_COMMON


def one_cast(index: SearchIndex, one: SentencePayload, other: SentencePayload) -> bool:
    """Whether the articles that two sentences are of have people in common, and more than one or the titles' words."""
    here, there = (
        {key for told in index.of_article(s["article"], 0, _LEADING) for key in told["who"]} for s in (one, other)
    )
    titles = len(_titled(one) & _titled(other))
    return titles >= _IN_COMMON or (bool(here & there) and len(here & there) + bool(titles) >= _IN_COMMON)


def _titled(sentence: SentencePayload) -> set[str]:
    return set(sentence["title"].split())


def age(index: SearchIndex, article: str) -> tuple[datetime, str, str]:
    """When an article was published, or, when it does not say, was ingested; then which was ingested first."""
    held = index.article(article)
    if held is None:
        return datetime.max.replace(tzinfo=UTC), "", article
    ingested = held["ingested"]
    when = _moment(held["published"]) or _moment(ingested) or datetime.max.replace(tzinfo=UTC)
    return when, ingested, held["id"]


def _moment(text: str | None) -> datetime | None:
    """A date or time in ISO 8601, a time without a zone taken as UTC; None for anything else."""
    try:
        moment = datetime.fromisoformat((text or "").strip())
    except ValueError:
        return None
    try:
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except OverflowError:
        return None
