"""What a new revision of an article changed: sentences compared, recorded when it is saved, and told as corrections."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict
from rapidfuzz import fuzz
from sqlalchemy import Connection, Engine, Row, func, insert, select

from knowledge.store import schema
from knowledge.store.schema import revisions, sentence_changes, sentences

__all__ = [
    "Correction",
    "SentenceChange",
    "changes",
    "corrections",
    "record_changes",
    "replaced",
    "revision_count",
]

Kind = Literal["changed", "vanished", "new"]
SentenceChange = tuple[Kind, int | None, int | None]
Gap = tuple[list[int], list[int]]

_ALIKE = 60.0
"""The least likeness (0 to 100, rapidfuzz's ``ratio``) of two wordings of one sentence."""
_CHANCE = 50.0
"""About the likeness of two unlike sentences: one good pair counts for more than two that just pass."""
_COMPARED = 50_000
"""How many pairs of sentences are compared for one revision, about; 50 ms."""
_LETTERS = 500
"""How much of a sentence is compared."""
_PLACE = ("revision", "text_start", "text_end")


class Correction(BaseModel):
    """What one revision changed of the one before it; counts are of sentences, ``at`` is UTC, ISO 8601.

    A pair is a sentence's words (before, after): both when it changed, one of them when it vanished or is new.
    """

    model_config = ConfigDict(frozen=True)

    article: str
    title: str
    publisher: str | None
    at: str
    changed: int
    vanished: int
    new: int
    pairs: tuple[tuple[str | None, str | None], ...]


def changes(old: Sequence[str], new: Sequence[str]) -> list[SentenceChange]:
    """What became of the sentences, in reading order: (kind, 0-based place in ``old``, 0-based place in ``new``).

    White space makes no difference, and a sentence that only moved is no change. Between two sentences that stayed,
    old and new ones that are alike are pairs, in order; of those that remain the old ones vanished and the new ones
    are new. The time is bounded: O(n log n), and at most some 50,000 comparisons; when there is more to compare, the
    stretches are cut into parts and only what stands in corresponding parts is compared.
    """
    old, new = [" ".join(s.split()) for s in old], [" ".join(s.split()) for s in new]
    gaps = list(_gaps(old, new))
    parts = 1 + sum(len(a) * len(b) for a, b in gaps) // _COMPARED
    found: list[SentenceChange] = []
    for gap in gaps:
        for before, after in _cut(gap, parts):
            found += _told(before, after, _pairs([old[i] for i in before], [new[j] for j in after]))
    return found


def replaced(old: Sequence[str], new: Sequence[str]) -> dict[int, int | None]:
    """The places of the old sentences that do not stand in the new text, white space aside.

    Each with the place of the new sentence that it became; None when it vanished.
    """
    standing = {" ".join(s.split()) for s in new}
    return {i: j for _, i, j in changes(old, new) if i is not None and " ".join(old[i].split()) not in standing}


def _gaps(old: Sequence[str], new: Sequence[str]) -> Iterator[Gap]:
    """The places of the sentences that are not the same, a stretch at a time between those that stayed in order."""
    place = {key: j for j, key in enumerate(_numbered(new))}
    same = [(i, place[key]) for i, key in enumerate(_numbered(old)) if key in place]
    gone = set(range(len(old))) - {i for i, _ in same}
    come = set(range(len(new))) - {j for _, j in same}
    last_i = last_j = 0
    for i, j in (*_in_order(same), (len(old), len(new))):
        yield [k for k in range(last_i, i) if k in gone], [k for k in range(last_j, j) if k in come]
        last_i, last_j = i, j


def _numbered(texts: Sequence[str]) -> list[tuple[str, int]]:
    """Each text with how often it stood before: the second "No." of one revision is the second of the other."""
    seen: Counter[str] = Counter()
    numbered = []
    for text in texts:
        numbered.append((text, seen[text]))
        seen[text] += 1
    return numbered


def _in_order(pairs: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The most pairs that stand in one order on both sides: the longest increasing subsequence, O(n log n)."""
    ends: list[int] = []
    at: list[int] = []
    before: list[int | None] = []
    for k, (_, j) in enumerate(pairs):
        length = bisect_left(ends, j)
        before.append(at[length - 1] if length else None)
        ends[length : length + 1] = [j]
        at[length : length + 1] = [k]
    chain: list[tuple[int, int]] = []
    step = at[-1] if at else None
    while step is not None:
        chain.append(pairs[step])
        step = before[step]
    return chain[::-1]


def _cut(gap: Gap, parts: int) -> Iterator[Gap]:
    old, new = gap
    parts = max(1, min(parts, len(old), len(new)))
    for k in range(parts):
        yield (
            old[k * len(old) // parts : (k + 1) * len(old) // parts],
            new[k * len(new) // parts : (k + 1) * len(new) // parts],
        )


def _pairs(old: Sequence[str], new: Sequence[str]) -> list[tuple[int, int]]:
    """The pairs of alike sentences, in one order on both sides, whose likeness together is the greatest."""
    old, new = [s[:_LETTERS] for s in old], [s[:_LETTERS] for s in new]
    likeness = [[fuzz.ratio(a, b, score_cutoff=_ALIKE) - _CHANCE for b in new] for a in old]
    best = [[0.0] * (len(new) + 1) for _ in range(len(old) + 1)]  # [i][j]: of what stands from i and from j on
    for i in range(len(old) - 1, -1, -1):
        for j in range(len(new) - 1, -1, -1):
            best[i][j] = max(best[i + 1][j], best[i][j + 1], likeness[i][j] + best[i + 1][j + 1])
    pairs = []
    i = j = 0
    while i < len(old) and j < len(new):
        if best[i][j] == best[i + 1][j]:
            i += 1
        elif best[i][j] == best[i][j + 1]:
            j += 1
        else:
            pairs.append((i, j))
            i, j = i + 1, j + 1
    return pairs


def _told(before: Sequence[int], after: Sequence[int], pairs: Sequence[tuple[int, int]]) -> Iterator[SentenceChange]:
    last_i = last_j = 0
    for i, j in (*pairs, (len(before), len(after))):
        yield from (("vanished", k, None) for k in before[last_i:i])
        yield from (("new", None, k) for k in after[last_j:j])
        if i < len(before) and j < len(after):
            yield "changed", before[i], after[j]
        last_i, last_j = i + 1, j + 1


def record_changes(
    connection: Connection,
    previous: int,
    revision: int,
    text: str,
    spans: Sequence[tuple[int, int]],
    ids: Sequence[int],
) -> None:
    """Record what a revision changed of the ``previous`` one, as part of the connection's transaction.

    ``text`` is the new revision's; the i-th of ``spans`` is where its i-th sentence stands there, the i-th of ``ids``
    that sentence's key. The same text with another title has no changes.
    """
    old_text = connection.execute(select(revisions.c.text).where(revisions.c.id == previous)).scalar_one()
    if old_text == text:
        return
    of_previous = select(sentences).where(sentences.c.revision == previous).order_by(sentences.c.number)
    old = connection.execute(of_previous).all()
    found = changes([old_text[s.text_start : s.text_end] for s in old], [text[start:end] for start, end in spans])
    rows = [
        {
            "revision": revision,
            "kind": kind,
            "before": None if i is None else old[i].id,
            "after": None if j is None else ids[j],
        }
        for kind, i, j in found
    ]
    if rows:
        connection.execute(insert(sentence_changes), rows)


def corrections(
    engine: Engine, articles: Sequence[str] | None = None, limit: int = 20, *, pairs: int = 50
) -> list[Correction]:
    """The revisions that changed sentences of articles that are not withdrawn, the newest first, at most ``limit``.

    ``articles`` are the ids of those to look at, all when it is None. A correction counts all its sentences and shows
    the first ``pairs`` of them, in reading order. What was revised before the store recorded this is not told.
    """
    query = (
        select(sentence_changes.c.revision)
        .join(revisions, sentence_changes.c.revision == revisions.c.id)
        .join(schema.articles, revisions.c.article == schema.articles.c.id)
        .where(schema.articles.c.withdrawn.is_(False))
        .group_by(sentence_changes.c.revision)
        .order_by(sentence_changes.c.revision.desc())
        .limit(limit)
    )
    if articles is not None:
        query = query.where(schema.articles.c.id.in_(articles))
    with engine.connect() as connection:
        return [_correction(connection, revision, pairs) for revision in connection.execute(query).scalars().all()]


def _correction(connection: Connection, revision: int, pairs: int) -> Correction:
    before, after = sentences.alias(), sentences.alias()
    query = (
        select(
            sentence_changes.c.kind,
            *(s.c[name].label(f"{side}_{name}") for side, s in (("old", before), ("new", after)) for name in _PLACE),
        )
        .join(before, sentence_changes.c.before == before.c.id, isouter=True)
        .join(after, sentence_changes.c.after == after.c.id, isouter=True)
        .where(sentence_changes.c.revision == revision)
        .order_by(sentence_changes.c.id)
    )
    rows = connection.execute(query).all()
    kinds = Counter(row.kind for row in rows)
    of = {revision} | {row.old_revision for row in rows if row.old_revision is not None}
    texts = {r.id: r for r in connection.execute(select(revisions).where(revisions.c.id.in_(of)))}

    def words(row: Row[Any], side: str) -> str | None:
        home, start, end = (getattr(row, f"{side}_{name}") for name in _PLACE)
        return None if home is None else texts[home].text[start:end]

    own = texts[revision]
    return Correction(
        article=own.article,
        title=own.title,
        publisher=own.publisher,
        at=own.ingested,
        changed=kinds["changed"],
        vanished=kinds["vanished"],
        new=kinds["new"],
        pairs=tuple((words(row, "old"), words(row, "new")) for row in rows[:pairs]),
    )


def revision_count(engine: Engine, article_id: str) -> int:
    """How many revisions of an article are kept, the current one included; 0 when it is unknown."""
    query = select(func.count()).select_from(revisions).where(revisions.c.article == article_id)
    with engine.connect() as connection:
        return int(connection.execute(query).scalar_one())
