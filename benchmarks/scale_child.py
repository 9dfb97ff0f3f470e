"""One step of measuring scale, in a process of its own; prints what it found as one line of JSON.

python -m benchmarks.scale_child FOLDER LABEL NAME store|build|rebuild|ask|stages [LIMIT]
"""

import gc
import json
import sys
import time
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

from benchmarks.scale_data import KINDS, Corpus, First, questions
from benchmarks.scale_ours import Ours, where_time_goes

__all__ = ["OURS", "POSTINGS", "contender"]

OURS, POSTINGS = "On the Record", "posting lists (limit)"
_WARMING = 3
_SAMPLED = 5.0  # CPU seconds
_LIMIT = 60.0
_Result = dict[str, Any]


def main(folder: str, label: str, name: str, step: str, limit: str = str(_LIMIT)) -> None:
    corpus = Corpus(Path(folder), label)
    match step:
        case "store" | "build" | "rebuild":
            result = _made(corpus, name, step)
        case "stages":
            result = _stages(Ours(corpus).open(), corpus)
        case _ if name == POSTINGS:
            result = _intersected(corpus)
        case _:
            result = _asked(contender(corpus, name).open(), corpus, float(limit))
    print(json.dumps(result))


def contender(corpus: Corpus, name: str) -> Any:
    """An engine by its name."""
    if name == OURS:
        return Ours(corpus)
    from benchmarks.scale_peers import PEERS

    return PEERS[name](corpus)


def _made(corpus: Corpus, name: str, step: str) -> _Result:
    """CPU seconds and the most memory, in MB, of making something; nothing when there was nothing to make."""
    maker = contender(corpus, name)
    for module in maker.needs:
        import_module(module)
    started = time.process_time()
    made = maker.store() if step == "store" else maker.build(anew=step == "rebuild")
    spent = time.process_time() - started
    return {"cpu": spent, "peak": _memory("VmHWM")} if made else {}


def _asked(ask: Callable[[str], First], corpus: Corpus, limit: float) -> _Result:
    """By kind of question, what each took in ms and what came first, for ``limit`` seconds a kind; memory in MB."""
    for question in questions(corpus.folder, "plain")[:_WARMING]:
        ask(question["q"])
    gc.collect()
    gc.freeze()  # as the bot does
    kinds = {}
    for kind in KINDS:
        cpu, wall, found = [], [], []
        until = time.perf_counter() + limit
        for question in questions(corpus.folder, kind):
            started, clock = time.process_time_ns(), time.perf_counter_ns()
            first = ask(question["q"])
            wall.append((time.perf_counter_ns() - clock) / 1e6)
            cpu.append((time.process_time_ns() - started) / 1e6)
            found.append(first)
            if time.perf_counter() > until:
                break
        kinds[kind] = {"cpu": cpu, "wall": wall, "found": found}
    return {"kinds": kinds, "private": _memory("RssAnon"), "resident": _memory("VmRSS")}


def _intersected(corpus: Corpus) -> _Result:
    from benchmarks.scale_limit import measure

    kinds = {}
    for kind in KINDS:
        cpu, found = measure(corpus, [question["q"] for question in questions(corpus.folder, kind)])
        kinds[kind] = {"cpu": cpu, "wall": cpu, "found": [First(place) for place in found]}
    return {"kinds": kinds, "private": _memory("RssAnon"), "resident": _memory("VmRSS")}


def _stages(ask: Callable[[str], First], corpus: Corpus) -> _Result:
    asked = [question["q"] for question in questions(corpus.folder, "plain")]

    def work() -> None:
        until = time.process_time() + _SAMPLED
        while time.process_time() < until:
            for question in asked:
                ask(question)

    return where_time_goes(work)


def _memory(field: str) -> float:
    """A line of /proc/self/status in MB (Linux)."""
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith(f"{field}:"):
            return int(line.split()[1]) / 1024
    return float("nan")


if __name__ == "__main__":
    main(*sys.argv[1:])
