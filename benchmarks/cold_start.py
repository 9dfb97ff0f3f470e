"""Cold start: `onrecord ask` to its first answer, against Python starting bare and against the limit of 0.5 s."""

import subprocess
import sys
import time

from benchmarks import seed

_ROUNDS = 7
_LIMIT = 0.5


def main() -> None:
    with seed.library() as (database, _):
        ask = [sys.executable, "-m", "bot", "ask", "--json", "--database", database, "what did wang ye say"]
        bare = [sys.executable, "-c", "pass"]
        spacy = [sys.executable, "-c", "import spacy"]
        best = {name: float("inf") for name in ("bare", "ask", "spacy")}
        for _ in range(_ROUNDS):  # alternated, so that a busy moment falls on all of them
            for name, command in (("bare", bare), ("ask", ask), ("spacy", spacy)):
                started = time.perf_counter()
                subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
                best[name] = min(best[name], time.perf_counter() - started)
    print(f"  bare Python {best['bare']:.3f} s, ask {best['ask']:.3f} s, importing spaCy alone {best['spacy']:.3f} s")
    print(f"  ask / bare {best['ask'] / best['bare']:.1f}; ask / limit {best['ask'] / _LIMIT:.2f}")


if __name__ == "__main__":
    main()
