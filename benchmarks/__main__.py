"""``make bench``: every measurement, each a ratio against a peer or a limit within this one run.

    python -m benchmarks [--eval FOLDER] [--scale FOLDER]

With ``--eval`` it also scores quotes, speakers, questions and conversations on evaluation data in that folder, and Ray
ingests articles from there. With ``--scale`` it also answers over, and saves into, up to a hundred thousand sentences
of that folder (``benchmarks.scale`` says what it has to hold).
"""

import argparse
from pathlib import Path
from types import ModuleType
from typing import Any

from benchmarks import (
    answers,
    broadcast,
    cold_start,
    composing,
    conversations,
    extraction,
    feeds,
    ingesting,
    questions,
    quotes,
    ray_ingest,
    saving,
    scale,
    speakers,
    updates,
    watching,
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--eval", type=Path, default=None, help="folder with evaluation data")
    parser.add_argument("--scale", type=Path, default=None, help="folder with many sentences")
    chosen = parser.parse_args()
    for measurement in (cold_start, answers, extraction, ingesting):
        _run(measurement)
    _run(ray_ingest, folder=chosen.eval)
    for measurement in (feeds, watching, composing, updates, broadcast):
        _run(measurement)
    if chosen.eval is not None:
        for judged in (quotes, speakers, questions, conversations):
            _run(judged, chosen.eval)
    if chosen.scale is not None:
        _run(saving, chosen.scale / "1m.txt")
        _run(scale, chosen.scale)


def _run(measurement: ModuleType, *given: Any, **named: Any) -> None:
    print(f"\n{(measurement.__doc__ or '').splitlines()[0]}")
    measurement.main(*given, **named)


if __name__ == "__main__":
    main()
