"""Whom sources mean: pronouns, roles and last names of hand-read evaluation articles, by ``speakers.tsv``.

    python -m benchmarks.speakers FOLDER [PART]

FOLDER holds ``quotes/<PART>.jsonl`` (PART: ``dev``, which nothing is trained on). A source counts by the quote that is
found with it: a speaker who is a person of the article is *named*; right is the person read by hand. Sources whose
quote is not found are named by nobody.
"""

import csv
import sys
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

from benchmarks.stories import rows
from knowledge.build import build_records, load_model
from knowledge.models import Article, ArticleRecord

SPEAKERS = Path(__file__).with_name("speakers.tsv")
NOBODY = ("GROUP", "-")


def expected(part: str) -> dict[str, list[dict[str, Any]]]:
    """The lines of ``speakers.tsv`` for one part of the data, by article."""
    found = defaultdict(list)
    with SPEAKERS.open(encoding="utf-8", newline="") as file:
        lines = (line for line in file if not line.startswith("#"))
        for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE):
            if row["part"] == part:
                found[row["article"]].append({**row, "start": int(row["start"]), "end": int(row["end"])})
    return found


def same_person(name: str, wanted: str) -> bool:
    """Whether a name is the wanted one, a middle name or initial more or less."""
    one, other = name.casefold().split(), wanted.casefold().split()
    return one == other or (len(one) > 1 < len(other) and one[0] == other[0] and one[-1] == other[-1])


def main(folder: Path, part: str = "dev") -> None:
    wanted = expected(part)
    articles = [Article(id=row["id"], text=row["text"]) for row in rows(folder, part) if row["id"] in wanted]
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for record in build_records(articles, load_model()):
        for source in wanted[record.article.id]:
            if source["sure"] == "1":
                for kind in (source["kind"], "all"):
                    counts[kind].update(_outcome(record, source))
    for kind, n in counts.items():
        named, known = n["named"], n["known"]
        print(
            f"  {kind}: {sum(n[k] for k in ('known', 'unknown'))} sources, {known} of a person who can be known; "
            f"named {named}, of these right {n['right'] / max(named, 1):.3f}; right of what can be known "
            f"{n['right'] / max(known, 1):.3f} (of those in quotes that were found "
            f"{n['right'] / max(known - n['missing'], 1):.3f}); left null {n['null']}"
        )


def _outcome(record: ArticleRecord, source: dict[str, Any]) -> list[str]:
    known = source["person"] not in NOBODY
    outcome = ["known" if known else "unknown"]
    quotes = [q for q in record.quotes if q.source and q.source[0] < source["end"] and source["start"] < q.source[1]]
    if not quotes:
        return [*outcome, "missing"] if known else outcome
    speaker = min(quotes, key=lambda q: abs((q.source or (0, 0))[0] - source["start"])).speaker
    if speaker is None:
        return [*outcome, "null"] if known else outcome
    right = known and same_person(speaker, source["person"])
    if right or speaker in {person.name for person in record.people}:
        outcome.append("named")
    return [*outcome, "right"] if right else outcome


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:3])
