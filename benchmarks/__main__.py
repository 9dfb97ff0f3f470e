"""``make bench``: every measurement, each a ratio against a peer or a limit within this one run.

    python -m benchmarks [--eval FOLDER]

With ``--eval`` it also scores quotes, speakers, questions and conversations on evaluation data in that folder.
"""

import argparse
from pathlib import Path

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
    speakers,
    watching,
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--eval", type=Path, default=None, help="folder with evaluation data")
    chosen = parser.parse_args()
    for measurement in (cold_start, answers, extraction, ingesting, feeds, watching, composing, broadcast):
        print(f"\n{(measurement.__doc__ or '').splitlines()[0]}")
        measurement.main()
    if chosen.eval is not None:
        for judged in (quotes, speakers, questions, conversations):
            print(f"\n{(judged.__doc__ or '').splitlines()[0]}")
            judged.main(chosen.eval)


if __name__ == "__main__":
    main()
