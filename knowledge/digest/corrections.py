"""What became of sentences that were sent: how they read now, or that they are gone."""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from knowledge.digest.items import Correction, CorrectionKind
from knowledge.digest.statements import cited, correction_statement, restored_statement, withdrawal_statement
from knowledge.index.fields import SentencePayload
from knowledge.index.search import SearchIndex
from knowledge.store.history import History
from knowledge.store.ledger import SentRow
from knowledge.store.revising import replaced

__all__ = ["Corrector", "last_told"]


class Corrector:
    """Compares what was sent with what the index holds; remembers it, so it is good for one round of digests."""

    def __init__(self, index: SearchIndex, history: History) -> None:
        self._index = index
        self._history = history
        self._current: dict[str, list[SentencePayload]] = {}
        self._changed: dict[int, dict[int, SentencePayload | None]] = {}

    def correction(self, sent: SentRow, sequence: int) -> Correction | None:
        """What became of a sentence whose article ``sequence`` was the last to change; None when that is known."""
        withdrawn = sent.kind == "withdrawal"
        if self._index.article(sent.article) is None:
            statement = withdrawal_statement(sent.sentence, sequence)
            return None if withdrawn else _told("withdrawal", sent, sequence, None, statement)
        changed = self._changed_since(sent.revision, sent.article)
        if sent.sentence in changed:
            after = changed[sent.sentence]
            statement = correction_statement(sent.sentence, after["text"] if after else None)
            return _told("correction", sent, sequence, after, statement)
        if not withdrawn:
            return None
        standing = (s for s in self._sentences(sent.article) if _spaced(s["text"]) == _spaced(sent.text))
        return _told("restored", sent, sequence, next(standing), restored_statement(sent.sentence, sequence))

    def _changed_since(self, revision: int, article: str) -> dict[int, SentencePayload | None]:
        """The sentences of a revision, by their keys, that do not stand in the article now, and what each became."""
        if revision not in self._changed:
            current = self._sentences(article)
            wording = self._history.wording(revision)
            became = replaced(wording.texts, [sentence["text"] for sentence in current])
            self._changed[revision] = {wording.ids[i]: None if j is None else current[j] for i, j in became.items()}
        return self._changed[revision]

    def _sentences(self, article: str) -> list[SentencePayload]:
        if article not in self._current:
            self._current[article] = self._index.of_article(article)
        return self._current[article]


def last_told(sent: Iterable[SentRow]) -> Iterator[SentRow]:
    """Of what one chat was sent, the latest first, the last word on each sentence: what was corrected is left out."""
    corrections: defaultdict[str, list[SentRow]] = defaultdict(list)
    told: set[int] = set()
    for one in sent:
        if one.sentence in told:
            continue
        told.add(one.sentence)
        later = corrections[one.article]
        if all(correction.statement != correction_statement(one.sentence, correction.text) for correction in later):
            yield one
        if one.kind == "correction":
            later.append(one)


def _told(
    kind: CorrectionKind,
    sent: SentRow,
    sequence: int,
    after: SentencePayload | None,
    statement: int,
) -> Correction:
    return Correction(
        kind=kind,
        sequence=sequence,
        article=sent.article,
        title=sent.title,
        publisher=sent.publisher,
        url=sent.url,
        published=sent.published,
        before=sent.text,
        before_sentence=sent.sentence,
        after=cited(after) if after else None,
        statement=statement,
    )


def _spaced(text: str) -> str:
    return " ".join(text.split())
