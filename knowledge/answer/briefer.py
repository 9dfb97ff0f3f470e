"""Which articles and sentences a briefing is made of."""

from collections.abc import Iterator, Sequence

from knowledge.answer.brief import LEAST, brief, differing, is_of_one, lead, meant_article
from knowledge.answer.question import Question
from knowledge.answer.rank import Ranked
from knowledge.answer.retrieve import Retriever
from knowledge.answer.story import Stories, age
from knowledge.index.fields import SentencePayload
from knowledge.index.search import SearchIndex

__all__ = ["Briefer"]

_SENTENCES = 100
_LEADING = 12  # sentences in which the first stands that is no heading
_ON_TOPIC = 0.5
_FIRST_ON_TOPIC = 0.4


class Briefer:
    """Makes briefings from one index."""

    def __init__(self, index: SearchIndex, retriever: Retriever) -> None:
        self._index = index
        self._retriever = retriever

    def latest(self, article: str | None) -> list[str]:
        """The ids of the articles that were ingested last, the newest first; just ``article`` when it is given."""
        meta = self._index.meta()
        return [article] if article is not None else meta["latest"] if meta else []

    def meant(self, question: Question, article: str | None) -> tuple[str | None, bool]:
        """The id of the article that "the Reuters piece" is, among the latest; None when the topic names none.

        And whether that one article is meant, rather than a subject that stands in its title.
        """
        held = (self._index.article(name) for name in self.latest(article))
        asked = " ".join(question.slot)
        found = meant_article(asked, [a for a in held if a is not None]) if question.topic else None
        return (found["id"], article is not None or is_of_one(asked, found)) if found else (None, False)

    def story(self, article: str | None) -> list[SentencePayload]:
        """One article's story, or what the latest have to tell: three to seven sentences where there are so many."""
        names = self.latest(article)
        if len(names) == 1:
            return brief(self._retriever.in_article(names[0], _SENTENCES))
        return differing(self._latest_told(names))

    def _latest_told(self, names: Sequence[str]) -> Iterator[SentencePayload]:
        """The leads of what came last, each story's newest before what else is told of it."""
        stories = Stories(self._index)
        first: list[SentencePayload] = []
        again: list[SentencePayload] = []
        for name in names:
            leading = lead(self._retriever.in_article(name, _LEADING))
            if leading is None:
                continue
            if any(stories.one_cast(leading, other) for other in first):
                again.append(leading)
            else:
                first.append(leading)
                yield leading
        yield from again
        if len(first) + len(again) < LEAST:
            # Two articles still make a briefing of three sentences.
            for leading in (*first, *again):
                yield from brief(self._retriever.in_article(leading["article"], _SENTENCES))[1:2]

    def of_story(self, article: str, ranked: Sequence[Ranked]) -> list[SentencePayload]:
        """One article's story, or, when others tell it too, what they say of the topic by which it was called."""
        opening = next(iter(self._retriever.in_article(article, 1)), None)
        told = {r.sentence["article"]: r.sentence for r in reversed(ranked) if r.features["context"] >= _ON_TOPIC}
        stories = Stories(self._index)
        telling = {name for name, s in told.items() if opening is not None and stories.one_cast(opening, s)}
        if not telling - {article}:
            return self.story(article)
        return self.on_topic([r for r in ranked if r.sentence["article"] in {article, *telling}])

    def on_topic(self, ranked: Sequence[Ranked]) -> list[SentencePayload]:
        """What several sentences, or articles, say of a subject; empty when none does.

        Of several articles none fills it alone. Each article's sentences stand in its order, the earliest article's
        first.
        """
        held = [r for r in ranked if r.features["context"] >= _ON_TOPIC]
        if not held or held[0].features["matched"] < _FIRST_ON_TOPIC:
            return []
        chosen = differing(_in_turn([r.sentence for r in held]))
        first = chosen[0]
        if len(chosen) < LEAST:  # what stands around says more of it than nothing
            around = [s for s in self._retriever.around(first, LEAST) if s not in chosen]
            around.sort(key=lambda s: abs(s["number"] - first["number"]))
            chosen = differing([*chosen, *around], LEAST)
        ages = {name: age(self._index, name) for name in {s["article"] for s in chosen}}
        return sorted(chosen, key=lambda s: (ages[s["article"]], s["number"]))


def _in_turn(sentences: Sequence[SentencePayload]) -> list[SentencePayload]:
    """The best sentence of each article, then the second of each, and so on; the articles by their best."""
    of_article: dict[str, int] = {}
    rounds: list[tuple[int, SentencePayload]] = []
    for sentence in sentences:
        turn = of_article[sentence["article"]] = of_article.get(sentence["article"], -1) + 1
        rounds.append((turn, sentence))
    return [sentence for _, sentence in sorted(rounds, key=lambda pair: pair[0])]
