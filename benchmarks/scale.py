"""Scale: answers over 1,000 to a million sentences, against other engines and the limit; how it grows.

    python -m benchmarks.scale FOLDER [SIZE...] [--limit SECONDS] [--anew] [--plot [FILE]]

FOLDER has the sentences of each SIZE ("1k", "35k", "100k", "1m"), one a line in SIZE.txt, and the questions
queries.json, queries_hard.json and queries_stop.json. What is made of them is kept there, as scale-*, for the next
time; ``--anew`` builds the indexes again. Every engine is a process of its own, in turn, twice; of the two times the
lesser counts, since others may work on the machine (the load, and how long a loop took, stand beside it). All times
are of the CPU where nothing else is said; peers are asked for at most ``--limit`` seconds a kind of question.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.scale_child import OURS, POSTINGS, contender
from benchmarks.scale_data import KINDS, Corpus, is_right, questions
from benchmarks.scale_growth import growth, plot
from benchmarks.scale_peers import PEERS

__all__ = ["main"]

_SIZES = ("1k", "35k", "100k")
_PLOT = Path("docs/scale.svg")
_LIMIT = 20.0
_ROUNDS, _STARTS = 2, 5
_P50, _P99, _PRIVATE, _START, _BUILD, _DISK = 3.0, 10.0, 60.0, 0.5, 40.0, 3.0
_FEW, _P50_OF_FEW = 1_000, 1.0
_RIGHT = {"plain": 0.97, "hard": 0.95}
_PYTHON = [sys.executable, "-m"]
_Found = dict[str, Any]


class _Measured(NamedTuple):
    """What an engine took at one kind of question, CPU and wall ms at p50 and p99; shares; how many were asked."""

    cpu: tuple[float, float]
    wall: tuple[float, float]
    right: float
    answered: float
    asked: int
    of: int

    def __str__(self) -> str:
        few = f" (n={self.asked})" if self.asked < self.of else ""
        return f"{_brief(self.cpu)} | {_brief(self.wall)} | {self.right:.3f}{few}"


def main(
    folder: Path, sizes: Sequence[str] = _SIZES, *, limit: float = _LIMIT, anew: bool = False, to: Path | None = None
) -> None:
    figures = {}
    for size in sizes:
        corpus = Corpus(folder, size)
        lines = corpus.sentences()
        print(f"\n  {size}: {len(lines):,} sentences, {corpus.file.stat().st_size / 1e6:.1f} MB of text")
        figures[len(lines)] = _measure(corpus, lines, limit, anew=anew)
    print("\n  In the opposite order (no tie may favour the first):")
    turned = Corpus(folder, sizes[-1]).reversed()
    _made(turned, OURS, anew=anew)
    _compare(turned, Corpus(folder, sizes[-1]).sentences(), [OURS], limit)
    growth(figures)
    if to is not None:
        plot(figures, to)


def _measure(corpus: Corpus, lines: Sequence[str], limit: float, *, anew: bool) -> dict[str, float]:
    made = {name: _made(corpus, name, anew=anew) for name in (OURS, *PEERS)}
    ours, text = made[OURS], corpus.file.stat().st_size / 1e6
    print(f"  storing (not the index) {ours['stored']['cpu']:.1f} CPU s; building the index {ours['cpu']:.1f} CPU s "
          f"({ours['cpu'] / _BUILD:.2f} of the limit), at most {ours['peak']:.0f} MB")  # fmt: skip
    print(f"  on disk / text: index {ours['disk'] / text:.2f} (limit {_DISK:.0f}), "
          f"database {ours['database'] / text:.2f}")  # fmt: skip
    for name in PEERS:
        if "cpu" in made[name]:
            print(f"  {name}: built in {made[name]['cpu']:.1f} CPU s, on disk / text {made[name]['disk'] / text:.2f}")
    measured, private = _compare(corpus, lines, [OURS, *PEERS, POSTINGS], limit)
    plain, least, tantivy = measured[OURS]["plain"], measured[POSTINGS]["plain"], measured["tantivy alone"]["plain"]
    most = _P50 if len(lines) > _FEW else _P50_OF_FEW
    print(f"  p50 {plain.cpu[0] / most:.2f} and p99 {plain.cpu[1] / _P99:.2f} of the limits; private memory "
          f"{private[OURS] / _PRIVATE:.2f} of the limit; p50 / tantivy alone {plain.cpu[0] / tantivy.cpu[0]:.1f}; "
          f"p50 / posting lists {plain.cpu[0] / least.cpu[0]:.0f}")  # fmt: skip
    for kind, of_kind in measured[OURS].items():
        floor = f", right first {of_kind.right:.3f} (limit {_RIGHT[kind]})" if kind in _RIGHT else ""
        print(f"  {kind}: answered {of_kind.answered:.3f}, refused {1 - of_kind.answered:.3f}{floor}")
    shares = _child(corpus, OURS, "stages")
    print(f"  where the time goes: {', '.join(f'{stage} {share:.0%}' for stage, share in shares.items())}")
    start, spent = _cold_start(corpus)
    print(f"  `onrecord ask` to its answer {start:.3f} s ({spent:.3f} CPU s), {start / _START:.2f} of the limit")
    return {
        "p50, ms": plain.cpu[0], "p99, ms": plain.cpu[1], "private, MB": private[OURS], "index, MB": ours["disk"],
        "database, MB": ours["database"], "build, CPU s": ours["cpu"], "store, CPU s": ours["stored"]["cpu"],
    }  # fmt: skip


# --- making -------------------------------------------------------------------------------------------------------


def _made(corpus: Corpus, name: str, *, anew: bool) -> _Found:
    """Make what is missing; what that took, now or the time before, and the MB it takes on disk."""
    notes = corpus.place("json")
    known: dict[str, _Found] = json.loads(notes.read_text(encoding="utf-8")) if notes.exists() else {}
    note = known.setdefault(name, {})
    if name == OURS:
        if stored := _child(corpus, name, "store"):
            note["stored"] = stored
            notes.write_text(json.dumps(known), encoding="utf-8")  # should building be broken off
        note["database"] = _megabytes(corpus.database)
    note |= _child(corpus, name, "rebuild" if anew else "build")
    note["disk"] = _megabytes(contender(corpus, name).made)
    notes.write_text(json.dumps(known), encoding="utf-8")
    return note


def _megabytes(place: Path) -> float:
    """What a file, with what SQLite keeps beside it, or a folder holds."""
    if place.is_dir():
        files = [path for path in place.rglob("*") if path.is_file()]
    else:
        files = [path for path in (place, Path(f"{place}-wal")) if path.exists()]
    return sum(path.stat().st_size for path in files) / 1e6


# --- asking -------------------------------------------------------------------------------------------------------


def _compare(
    corpus: Corpus, lines: Sequence[str], names: Sequence[str], limit: float
) -> tuple[dict[str, dict[str, _Measured]], dict[str, float]]:
    """Ask every engine in turn and print a row of each; what each took by kind, and its private MB."""
    rounds: dict[str, list[_Found]] = {name: [] for name in names}
    noise: dict[str, list[str]] = {name: [] for name in names}
    for _ in range(_ROUNDS):
        for name in names:
            before = _loop()
            rounds[name].append(_child(corpus, name, "ask", str(limit if name in PEERS else 10 * limit)))
            noise[name].append(f"{os.getloadavg()[0]:.1f} ({before:.0f}, {_loop():.0f})")
    judge = _Judge(corpus, lines)
    measured = {name: {kind: judge.lesser(kind, rounds[name]) for kind in KINDS} for name in names}
    private = {name: min(found["private"] for found in rounds[name]) for name in names}
    titles = " | ".join(f"{kind}: CPU p50, p99 | wall | right first" for kind in KINDS)
    print(f"\n| engine | {titles} | private MB | RSS MB | load (a loop's ms before, after) |\n|{'---|' * 13}")
    for name in names:
        resident = min(found["resident"] for found in rounds[name])
        cells = " | ".join(str(measured[name][kind]) for kind in KINDS)
        print(f"| {name} | {cells} | {private[name]:.0f} | {resident:.0f} | {'; '.join(noise[name])} |")
    print()
    return measured, private


class _Judge:
    """Knows the sentences in the order of the file, ``lines``, and in that of the engines."""

    def __init__(self, corpus: Corpus, lines: Sequence[str]) -> None:
        self._folder = corpus.folder
        self._lines = lines
        self._order = corpus.sentences()

    def lesser(self, kind: str, rounds: Sequence[_Found]) -> _Measured:
        """The lesser of the rounds' times; what was found is of the round that got furthest."""
        times = [found["kinds"][kind] for found in rounds]
        found = max((of_round["found"] for of_round in times), key=len)
        firsts = [self._order[place] if isinstance(place, int) else place for place, _ in found]
        asked = questions(self._folder, kind)
        right = [is_right(question, first, self._lines) for question, first in zip(asked, firsts, strict=False)]
        cpu, wall = ([_quantiles(of_round[clock]) for of_round in times] for clock in ("cpu", "wall"))
        return _Measured(
            cpu=(min(p50 for p50, _ in cpu), min(p99 for _, p99 in cpu)),
            wall=(min(p50 for p50, _ in wall), min(p99 for _, p99 in wall)),
            right=sum(right) / len(right),
            answered=sum(answered for _, answered in found) / len(found),
            asked=len(found),
            of=len(asked),
        )


def _quantiles(values: Sequence[float]) -> tuple[float, float]:
    ranked = sorted(values)
    return ranked[len(ranked) // 2], ranked[int(len(ranked) * 0.99)]


def _brief(pair: tuple[float, float]) -> str:
    return ", ".join(f"{value:.2g}" if value < 1 else f"{value:.1f}" for value in pair)


def _cold_start(corpus: Corpus) -> tuple[float, float]:
    """Seconds from the command to its answer, by the clock and of CPU: the best of some."""
    question = questions(corpus.folder, "plain")[0]["q"]
    command = [*_PYTHON, "bot", "ask", "--json", "--database", f"sqlite:///{corpus.database}", question]
    clock, spent = [], []
    for _ in range(_STARTS):
        before, started = os.times(), time.perf_counter()
        done = subprocess.run(command, stdout=subprocess.DEVNULL, check=False)
        clock.append(time.perf_counter() - started)
        after = os.times()
        spent.append(after.children_user + after.children_system - before.children_user - before.children_system)
        assert done.returncode in (0, 1)
    return min(clock), min(spent)


def _child(corpus: Corpus, name: str, step: str, *more: str) -> Any:
    command = [*_PYTHON, "benchmarks.scale_child", str(corpus.folder), corpus.label, name, step, *more]
    return json.loads(subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout.splitlines()[-1])


def _loop() -> float:
    """CPU ms of a loop that is always the same."""
    started = time.process_time()
    sum(number * number for number in range(300_000))
    return (time.process_time() - started) * 1000


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("sizes", nargs="*", default=_SIZES, metavar="SIZE")
    parser.add_argument("--limit", type=float, default=_LIMIT, help="seconds a peer and kind of question")
    parser.add_argument("--anew", action="store_true", help="build the indexes again")
    parser.add_argument("--plot", type=Path, nargs="?", const=_PLOT, default=None, help=f"write a plot, to {_PLOT}")
    chosen = parser.parse_args()
    main(chosen.folder, chosen.sizes, limit=chosen.limit, anew=chosen.anew, to=chosen.plot)
