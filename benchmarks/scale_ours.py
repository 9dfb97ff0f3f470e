"""On the Record as one of those measured at scale; the rest of what is imported comes when it is needed."""

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from signal import ITIMER_PROF, SIGPROF, setitimer, signal
from types import FrameType

from benchmarks.scale_data import Corpus, First

__all__ = ["Ours", "where_time_goes"]

_STAGES = {"question.py": "read", "retrieve.py": "retrieve", "rank.py": "rank"}
_REST = "decide and cite"
_TICK = 0.001  # seconds of CPU


class Ours:
    """The whole answering path over a library."""

    needs = ("benchmarks.corpus", "knowledge.index.follow")

    def __init__(self, corpus: Corpus) -> None:
        self._corpus = corpus
        self._database = f"sqlite:///{corpus.database}"
        self.made = corpus.place("db.index")

    def store(self) -> bool:
        """Store the sentences as articles with prepared records; False when they are."""
        from benchmarks.corpus import load
        from knowledge.store.database import open_engine

        if self._corpus.database.exists():
            return False
        half = self._corpus.place("db.part")
        half.unlink(missing_ok=True)
        engine = open_engine(f"sqlite:///{half}", create=True)
        load(engine, self._corpus.sentences())
        engine.dispose()
        half.rename(self._corpus.database)
        return True

    def build(self, *, anew: bool) -> bool:
        """Build the index; False when there is one of this store and ``anew`` does not ask for another."""
        from knowledge.index.follow import rebuild
        from knowledge.index.search import SearchIndex
        from knowledge.store.database import open_engine
        from knowledge.store.reading import identity, last_sequence

        engine = open_engine(self._database, create=False)
        index = SearchIndex(self.made)
        meta = index.meta()
        held = meta is not None and (meta["store"], meta["sequence"]) == (identity(engine), last_sequence(engine))
        if anew or not held:
            rebuild(index, engine)
        engine.dispose()
        return anew or not held

    def open(self) -> Callable[[str], First]:
        """What answers a question: with what it cites first or, when it refuses, shows as nearest."""
        from knowledge.library import Library

        answer = Library.open(self._database).answerer.answer

        def ask(question: str) -> First:
            found = answer(question)
            shown = found.citations or found.nearest
            return First(shown[0].text if shown else None, found.answered)

        return ask


def where_time_goes(work: Callable[[], object]) -> dict[str, float]:
    """The shares of CPU time that the stages of answering take, by looking at the stack at each tick."""
    seen: Counter[str] = Counter()

    def look(_signal: int, frame: FrameType | None) -> None:
        stage = None
        while frame is not None:
            path = Path(frame.f_code.co_filename)
            if path.parent.name == "answer":
                stage = _STAGES.get(path.name, stage or _REST)  # the outermost, so that what it calls counts as it
            frame = frame.f_back
        if stage:
            seen[stage] += 1

    signal(SIGPROF, look)
    setitimer(ITIMER_PROF, _TICK, _TICK)
    try:
        work()
    finally:
        setitimer(ITIMER_PROF, 0)
    return {stage: seen[stage] / max(1, seen.total()) for stage in (*_STAGES.values(), _REST)}
