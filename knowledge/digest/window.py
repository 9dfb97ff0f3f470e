"""What changed in a window of the store's sequence: of each article the sentences that are new, for whom."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from knowledge.index.fields import ArticlePayload, SentencePayload
from knowledge.index.search import SearchIndex
from knowledge.store.history import SAVED, History
from knowledge.store.reading import Change
from knowledge.store.revising import changes

__all__ = ["Renewed", "Stretch", "renewed"]


@dataclass(frozen=True, slots=True)
class Stretch:
    """What is new of an article in the windows ``(low, high]`` with ``first <= low < end``.

    ``new`` are the places of the sentences, each with the wording that it replaced, or None.
    """

    first: int
    end: int
    new: Mapping[int, str | None]


@dataclass(frozen=True, slots=True)
class Renewed:
    """An article with news in a window: all its sentences in order, and which of them are new since when."""

    article: ArticlePayload
    sentences: Sequence[SentencePayload]
    stretches: tuple[Stretch, ...]

    def came(self, place: int) -> int:
        """The change that a sentence came with, for good: the last after which it was new to somebody."""
        return max(stretch.end for stretch in self.stretches if place in stretch.new)


def renewed(
    index: SearchIndex, history: History, changed: Mapping[str, Sequence[Change]], low: int
) -> Iterator[Renewed]:
    """The articles that were added or updated after ``low`` and are held, in the order of ``changed``.

    That has their changes after ``low``, as ``History.changes`` gives them. One at a time, so that no more than one is
    in memory. How an article reads is compared with how it read at ``low`` and whenever it was saved since.
    """
    numbers: dict[str, int] | None = None
    for identifier, of_article in changed.items():
        saved = [change for change in of_article if change.kind in SAVED]
        article = index.article(identifier)
        if not saved or article is None:
            continue
        number = 0
        if saved[0].kind != "added":
            if numbers is None:
                numbers = history.numbers(low)
            number = numbers.get(identifier, 0)
        sentences = index.of_article(identifier)
        stretches = tuple(_stretches(history, low, number, saved, sentences)) if sentences else ()
        if stretches:
            yield Renewed(article, sentences, stretches)


def _stretches(
    history: History, low: int, number: int, saved: Sequence[Change], sentences: Sequence[SentencePayload]
) -> Iterator[Stretch]:
    """``number`` is the revision that was current at ``low``; 0 when the article was not there."""
    current = [sentence["text"] for sentence in sentences]
    article = saved[0].article
    firsts = [low, *(change.sequence for change in saved)]
    if number == 0:
        yield Stretch(low, firsts[1], dict.fromkeys(range(len(current))))
    for wording in history.wordings(article, max(1, number), number + len(saved)):
        place = wording.number - number
        new = {
            j: None if i is None else wording.texts[i] for _, i, j in changes(wording.texts, current) if j is not None
        }
        if new:
            yield Stretch(firsts[place], firsts[place + 1], new)
