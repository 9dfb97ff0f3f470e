"""Articles of one story: whether two are, as far as who is in them and their titles tell, and which came first."""

from datetime import UTC, datetime

from knowledge.index.fields import SentencePayload
from knowledge.index.search import SearchIndex
from knowledge.text import content_words

__all__ = ["IN_COMMON", "Stories", "age", "one_story"]

IN_COMMON = 2
"""So many signs in common, people or words of the titles, make two articles one story."""

_WHO = "who "  # words have no spaces
_LEADING = 12  # sentences of an article that show who is in its story


def one_story(one: SentencePayload, other: SentencePayload) -> bool:
    """Whether two articles' sentences are of one story: somebody stands in both, or the titles have words in common."""
    return bool(set(one["who"]) & set(other["who"])) or len(_titled(one) & _titled(other)) >= IN_COMMON


class Stories:
    """Which articles tell one story; reads who is in an article once, so it is good for one question."""

    def __init__(self, index: SearchIndex) -> None:
        self._index = index
        self._casts: dict[str, set[str]] = {}

    def one_cast(self, one: SentencePayload, other: SentencePayload) -> bool:
        """Whether the articles that two sentences are of have people in common, and more than one or the titles' words.

        Or the titles have words enough in common.
        """
        return len(self.signs(one) & self.signs(other)) >= IN_COMMON

    def signs(self, sentence: SentencePayload) -> set[str]:
        """What the articles of one story have ``IN_COMMON``: who is in them, and the words of their titles.

        Of those whom a title names it counts who they are: a name is not another sign.
        """
        cast = self._cast(sentence["article"])
        names = {word for key in cast for word in content_words(key.partition("~")[0])}
        return {f"{_WHO}{key}" for key in cast} | (_titled(sentence) - names)

    def _cast(self, article: str) -> set[str]:
        if article not in self._casts:
            told = self._index.of_article(article, 0, _LEADING)
            self._casts[article] = {key for sentence in told for key in sentence["who"]}
        return self._casts[article]


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
