"""Saving: CPU a save in stores of several sizes, each given the same articles in turn; the largest over the smallest.

    python -m benchmarks.saving FILE

FILE holds sentences, one a line, for some 4,100 articles of 25; the store is SQLite.
"""

import argparse
import shutil
import tempfile
import time
from collections.abc import Sequence
from itertools import islice
from pathlib import Path

from benchmarks.corpus import records, sentences_of
from knowledge.models import ArticleRecord
from knowledge.store.database import Engine, open_engine
from knowledge.store.writing import save

_SIZES = (40, 400, 4_000)
"""Articles held."""
_SAVED = 60
_LIMIT = 1.3


def main(file: Path, sizes: Sequence[int] = _SIZES) -> None:
    waiting = records(sentences_of(file))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "store.db"
        stores, held = {}, 0
        for size in sizes:
            engine = open_engine(f"sqlite:///{path}", create=True)
            for record in islice(waiting, size - held):
                save(engine, record)
            engine.dispose()
            held = size
            copy = shutil.copy(path, Path(folder) / f"{size}.db")
            stores[size] = open_engine(f"sqlite:///{copy}", create=False)
        spent = _spent(stores, list(islice(waiting, _SAVED)))
        for engine in stores.values():
            engine.dispose()
    for size, seconds in spent.items():
        print(f"  {size:>9,} articles held: {seconds * 1000:.1f} ms CPU a save")
    ratio = spent[max(sizes)] / spent[min(sizes)]
    print(f"  largest / smallest {ratio:.2f} (limit {_LIMIT})")


def _spent(stores: dict[int, Engine], articles: Sequence[ArticleRecord]) -> dict[int, float]:
    """CPU seconds a save in each store; in turn, so that a busy moment falls on all of them."""
    spent = dict.fromkeys(stores, 0.0)
    for record in articles:
        for size, engine in stores.items():
            started = time.process_time()
            save(engine, record)
            spent[size] += time.process_time() - started
    return {size: seconds / len(articles) for size, seconds in spent.items()}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path)
    main(parser.parse_args().file)
