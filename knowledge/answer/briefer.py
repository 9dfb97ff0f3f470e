"""Which articles and sentences a briefing is made of."""

from collections.abc import Sequence

from knowledge.answer.brief import LEAST, brief, differing, meant_article
from knowledge.answer.question import Question
from knowledge.answer.rank import Ranked
from knowledge.answer.retrieve import Retriever
from knowledge.index.fields import SentencePayload
from knowledge.index.search import SearchIndex

__all__ = ["Briefer"]

_SENTENCES = 100
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

    def meant(self, question: Question, article: str | None) -> str | None:
        """The id of the article that "the Reuters piece" is, among the latest; None when the topic names none."""
        held = (self._index.article(name) for name in self.latest(article))
        found = meant_article(" ".join(question.slot), [a for a in held if a is not None]) if question.topic else None
        return found["id"] if found else None

    def story(self, article: str | None) -> list[SentencePayload]:
        """One article's story, or what the latest have to tell: three to seven sentences where there are so many."""
        names = self.latest(article)
        if len(names) == 1:
            return brief(self._retriever.in_article(names[0], _SENTENCES))
        # The leads of what came last; two stories still make a briefing of three sentences.
        each = 1 if len(names) >= LEAST else 2
        return differing(s for name in names for s in brief(self._retriever.in_article(name, _SENTENCES))[:each])

    def on_topic(self, ranked: Sequence[Ranked]) -> list[SentencePayload]:
        """What several sentences, or articles, say of a subject: each article's in its order; empty when none does."""
        held = [r for r in ranked if r.feature("context") >= _ON_TOPIC]
        if not held or held[0].feature("matched") < _FIRST_ON_TOPIC:
            return []
        chosen = differing(r.sentence for r in held)
        first = chosen[0]
        if len(chosen) < LEAST:  # what stands around says more of it than nothing
            around = [s for s in self._retriever.around(first, LEAST) if s not in chosen]
            around.sort(key=lambda s: abs(s["number"] - first["number"]))
            chosen = differing([*chosen, *around], LEAST)
        return sorted(chosen, key=lambda s: (s["article"] != first["article"], s["article"], s["number"]))
