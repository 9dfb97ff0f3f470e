"""Questions on evaluation data: right first and refused, with the data's own scorer.

    python -m benchmarks.questions FOLDER

FOLDER holds ``qa`` and ``said`` (each with ``dev/articles.jsonl`` and ``dev/questions.jsonl``) and the scorer
``qa/score.py``. Nothing of it is kept.
"""

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from bot.ingesting import ingest_sources
from knowledge.library import Library


def main(folder: Path) -> None:
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        for data in ("qa", "said"):
            _questions(folder, data, work)


def _questions(folder: Path, data: str, work: Path) -> None:
    dev = folder / data / "dev"
    database = f"sqlite:///{work / data}.db"
    ingest_sources(database, [str(dev / "articles.jsonl")], as_json=False)
    rows = [json.loads(line) for line in (dev / "questions.jsonl").open(encoding="utf-8")]
    with Library.open(database) as library:
        for setting in ("closed", "open"):
            predictions = work / f"{data}.{setting}.jsonl"
            asked = [row for row in rows if setting == "closed" or row.get("open", True)]
            started = time.process_time()
            with predictions.open("w", encoding="utf-8") as file:
                for row in asked:
                    file.write(json.dumps(_prediction(library, row, setting)) + "\n")
            spent = (time.process_time() - started) / max(1, len(asked)) * 1000
            print(f"  {data}, {setting}: {spent:.1f} CPU ms an answer")
            score = [sys.executable, str(folder / "qa" / "score.py"), "--data", str(dev), "--pred", str(predictions)]
            for kind in sorted({row["kind"] for row in rows}) if data == "said" else [None]:
                chosen = ["--kind", kind, "--source", "news"] if kind else []
                done = subprocess.run(
                    [*score, "--setting", setting, *chosen], capture_output=True, text=True, check=True
                )
                print(f"  {kind or ''}\n{done.stdout}")


def _prediction(library: Library, row: dict[str, Any], setting: str) -> dict[str, Any]:
    answer = library.answerer.answer(row["question"], row["article_id"] if setting == "closed" else None)
    spans = [
        [c.start, c.end] if setting == "closed" else [c.article_id, c.start, c.end]
        for c in (*answer.citations, *answer.nearest)
    ]
    return {"question_id": row["id"], "spans": spans, "answered": answer.answered, "confidence": answer.confidence}


if __name__ == "__main__":
    main(Path(sys.argv[1]))
