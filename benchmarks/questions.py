"""Questions on evaluation data: right first and refused, with the data's own scorer, beside the peers in one run.

    python -m benchmarks.questions FOLDER

FOLDER holds ``qa`` and ``said`` (each with ``dev/articles.jsonl`` and ``dev/questions.jsonl``) and the scorer
``qa/score.py``. Nothing of it is kept. The weights are trained on these very questions: on others expect less.
"""

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.peers import PEERS, Peer
from bot.ingesting import ingest_sources
from knowledge.index.fields import SentencePayload
from knowledge.library import Library

_FIGURES = ("hit@1", "hit@3", "cov", "ansP", "ansF1", "AURC", "AUROC", "cov@P.8")
_SURE = 0.8
Row = dict[str, Any]
Asked = Callable[[Row], Row]


def main(folder: Path) -> None:
    with tempfile.TemporaryDirectory() as name:
        for data in ("qa", "said"):
            _questions(folder, data, Path(name))


def _questions(folder: Path, data: str, work: Path) -> None:
    dev = folder / data / "dev"
    database = f"sqlite:///{work / data}.db"
    ingest_sources(database, [str(dev / "articles.jsonl")], as_json=False)
    rows = [json.loads(line) for line in (dev / "questions.jsonl").open(encoding="utf-8")]
    kinds: list[str | None] = sorted({row["kind"] for row in rows}) if data == "said" else [None]
    with Library.open(database) as library:
        for setting in ("closed", "open"):
            asked = [row for row in rows if setting == "closed" or row.get("open", True)]
            print(f"\n  {data}, {setting}")
            taken: list[float] = []
            predictions = [_prediction(library, row, setting, taken) for row in asked]
            print(f"  {median(taken):.1f} CPU ms an answer (median)")
            for kind in kinds:
                for group, found in _score(folder, data, setting, predictions, work, kind).items():
                    print(f"  {kind or '':6}{group:12}{_line(found)}")
            _say_how_sure(rows, predictions, setting)
            _peers(folder, data, setting, asked, library, work)


def _prediction(library: Library, row: Row, setting: str, taken: list[float]) -> Row:
    started = time.process_time()
    answer = library.answerer.answer(row["question"], row["article_id"] if setting == "closed" else None)
    taken.append((time.process_time() - started) * 1000)
    spans = [
        [c.start, c.end] if setting == "closed" else [c.article_id, c.start, c.end]
        for c in (*answer.citations, *answer.nearest)
    ]
    return {"question_id": row["id"], "spans": spans, "answered": answer.answered, "confidence": answer.confidence}


def _score(
    folder: Path, data: str, setting: str, predictions: Iterable[Row], work: Path, kind: str | None
) -> dict[str, dict[str, float]]:
    """What the data's scorer says of predictions, for each group of questions."""
    file = work / "predictions.jsonl"
    file.write_text("".join(json.dumps(prediction) + "\n" for prediction in predictions), encoding="utf-8")
    command = [sys.executable, str(folder / "qa" / "score.py"), "--data", str(folder / data / "dev")]
    command += ["--pred", str(file), "--setting", setting, "--json"]
    command += ["--kind", kind, "--source", "news"] if kind else []
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    found: dict[str, dict[str, float]] = json.loads(done.stdout)
    return {group: figures for group, figures in found.items() if not group.startswith("macro")}


def _line(found: dict[str, float]) -> str:
    named = [name for name in _FIGURES if name in found] + [name for name in found if name.startswith("refused")]
    return "  ".join(f"{name.replace('refused_', 'refused ')} {found[name]:.3f}" for name in named)


def _say_how_sure(rows: list[Row], predictions: list[Row], setting: str) -> None:
    """How many of the answers given at a confidence of .8 or more are right."""
    asked = {row["id"]: row for row in rows}
    sure = [p for p in predictions if p["answered"] and p["confidence"] >= _SURE]
    right = sum(_hit(asked[p["question_id"]], p["spans"][0], setting) for p in sure)
    print(f"  of {len(sure)} answers at confidence {_SURE} or more {right / max(1, len(sure)):.2f} are right")


def _hit(row: Row, span: list[Any], setting: str) -> bool:
    article, start, end = (row["article_id"], *span) if setting == "closed" else span
    overlaps = (min(end, y) - max(start, x) >= 0.5 * min(end - start, y - x) for x, y in row["answers"])
    return bool(article == row["article_id"] and any(overlaps))


def _peers(folder: Path, data: str, setting: str, asked: list[Row], library: Library, work: Path) -> None:
    texts = (folder / data / "dev" / "articles.jsonl").open(encoding="utf-8")
    articles = {
        identifier: library.index.of_article(identifier) for identifier in (json.loads(text)["id"] for text in texts)
    }
    for name, make in PEERS.items():
        if setting == "open":
            everything = [sentence for sentences in articles.values() for sentence in sentences]
            peers: dict[str, Peer] = dict.fromkeys(articles, make(everything))
        else:
            peers = {identifier: make(sentences) for identifier, sentences in articles.items()}
        predictions = [_of_peer(row, peers[row["article_id"]](row["question"]), setting) for row in asked]
        found = _score(folder, data, setting, predictions, work, None)
        shares = "  ".join(f"{group} {f['hit@1']:.3f}/{f['hit@3']:.3f}" for group, f in found.items() if "hit@1" in f)
        print(f"  peer {name:14} hit@1/hit@3 {shares}")


def _of_peer(row: Row, found: list[SentencePayload], setting: str) -> Row:
    spans = [[s["start"], s["end"]] if setting == "closed" else [s["article"], s["start"], s["end"]] for s in found]
    return {"question_id": row["id"], "spans": spans, "answered": bool(spans)}


if __name__ == "__main__":
    main(Path(sys.argv[1]))
