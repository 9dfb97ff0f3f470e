"""The knowledge base as one thing to open: the store, its index, and the answerer over them."""

import logging
import threading
from collections.abc import Sequence
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from knowledge.answer import Answerer
from knowledge.errors import SearchIndexError
from knowledge.index.fields import ArticlePayload, SentencePayload, token
from knowledge.index.lexicon import FILE
from knowledge.index.search import SearchIndex, index_folder
from knowledge.store.peek import peek

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from knowledge.store.revising import Correction

__all__ = ["Library"]

_log = logging.getLogger(__name__)


class Library:
    """An opened knowledge base. Answers may be asked from several threads; ``close`` when done.

    When the index's folder is lost it goes on from what it has opened, until another there has come as far.
    """

    def __init__(self, database: str, index: SearchIndex) -> None:
        self._database = database
        self._following = threading.Lock()
        self._use(index)

    @classmethod
    def open(cls, database: str, *, index: str | None = None, create: bool = False, patience: float = 10.0) -> Self:
        """Open a database and its index, brought up to date.

        ``index`` names the index's folder when it is not the usual one; ``patience`` is how many seconds to wait for
        another process that is writing the index. An index that cannot be written (no room on its disk) answers as it
        is, and that is logged. Raises StoreError or SearchIndexError when they cannot be opened.
        """
        if peek(database) is None:
            from knowledge.store.database import open_engine

            open_engine(database, create=create).dispose()  # makes or migrates it, or says what is wrong
        library = cls(database, SearchIndex(index_folder(database, index)))
        try:
            library.follow(patience=patience)
        except SearchIndexError as error:
            if not library._is_of_store():
                raise
            _log.warning("%s", error)
        return library

    @cached_property
    def engine(self) -> "Engine":
        """The database, opened when something is first asked of it: most answers need only the index."""
        from knowledge.store.database import open_engine

        return open_engine(self._database, create=False)

    def refresh(self) -> None:
        """See what the index holds by now. Whoever stores articles keeps it up: a reader need never wait for that."""
        with self._following:
            mark = _mark(self.index.folder)
            if mark == self._mark:
                self.index.reload()
            elif mark is not None:
                # Whoever keeps it up has begun another, or is in the middle of making its folder.
                with suppress(SearchIndexError, ValueError):
                    self._use_if_as_far(SearchIndex(self.index.folder))

    def follow(self, *, patience: float = 0.0) -> bool:
        """Take in what other processes have ingested since; whether all of it is in."""
        with self._following:
            index = self.index
            if _mark(index.folder) == self._mark:
                index.reload()
            else:
                index = SearchIndex(index.folder)
            meta, glimpse = index.meta(), peek(self._database)
            reached = meta is not None and glimpse is not None and (meta["store"], meta["sequence"]) == glimpse
            if not reached:
                from knowledge.index.follow import follow

                reached = follow(index, self.engine, patience=patience)
            self._use_if_as_far(index)
            return reached

    def _use(self, index: SearchIndex) -> None:
        self.index, self.answerer = index, Answerer(index)
        self._mark = _mark(index.folder)

    def _use_if_as_far(self, index: SearchIndex) -> None:
        """Answer from another index from now on, once it has what the one in use has."""
        held, new = self.index.meta(), index.meta()
        if (
            index is not self.index
            and new
            and (held is None or (new["store"] == held["store"] and new["sequence"] >= held["sequence"]))
        ):
            self._use(index)

    def _is_of_store(self) -> bool:
        """Whether the index, however far it has come, is one of this store."""
        from knowledge.store.reading import identity

        meta = self.index.meta()
        return meta is not None and meta["store"] == identity(self.engine)

    def around(self, sentence: int, reach: int = 2) -> tuple[list[SentencePayload], int]:
        """A sentence by its key with up to ``reach`` neighbours on each side, and its place among them.

        The list is empty when the sentence is no longer held.
        """
        held = self.index.sentence(sentence)
        found = self.index.around(held, reach) if held else []
        return found, next((i for i, s in enumerate(found) if s["id"] == sentence), 0)

    def became(self, sentence: int) -> tuple[str, SentencePayload | None] | None:
        """A sentence of an article's earlier revision: its words, and the sentence that stands in its place now.

        That may have the same words; None when it is gone. Nothing for a key that the store does not know, or that is
        of an article that is withdrawn.
        """
        from knowledge.store.history import History
        from knowledge.store.reading import revision_of
        from knowledge.store.revising import replaced

        found = revision_of(self.engine, sentence)
        current = self.index.of_article(found[0]) if found else []
        if found is None or not current:
            return None
        old = History(self.engine).wording(found[1])
        place = old.ids.index(sentence)
        words = old.texts[place]
        same = next((held for held in current if held["text"].split() == words.split()), None)
        if same is not None:
            return words, same
        after = replaced(old.texts, [held["text"] for held in current])[place]
        return words, None if after is None else current[after]

    def latest(self, limit: int = 10) -> list[ArticlePayload]:
        """The articles ingested last, the newest first."""
        meta = self.index.meta()
        names = meta["latest"][:limit] if meta else []
        return [article for name in names if (article := self.index.article(name)) is not None]

    def corrections(self, articles: Sequence[str]) -> dict[str, "list[Correction]"]:
        """The corrections of each of the articles, by id, the newest first; most have none."""
        from knowledge.store.revising import corrections

        found: dict[str, list[Correction]] = {}
        for correction in corrections(self.engine, articles):
            found.setdefault(correction.article, []).append(correction)
        return found

    def publishers(self, limit: int) -> list[str]:
        """The publishers of the articles held, those of most articles first."""
        from knowledge.store.reading import publishers

        return publishers(self.engine, limit)

    def people(self, limit: int = 20) -> list[tuple[str, str | None, int]]:
        """(name, role, number of sentences that quote them) of the people most named in the latest articles."""
        from knowledge.store.reading import recent_people

        found = []
        for key, name, role in recent_people(self.engine, limit):
            entity = self.index.entity(key)  # the latest article may have only the last name
            quoted = self.index.count(self.index.term("speaker", token(key)))
            found.append((entity["name"] if entity else name, role, quoted))
        return found

    def close(self) -> None:
        """Give the database connections back."""
        if "engine" in self.__dict__:
            self.engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _mark(folder: Path) -> tuple[int, int] | None:
    """What tells the index in a folder from one that is made in its place; None for none.

    Its file of words is written in place and kept open, so that no other can have its number meanwhile.
    """
    try:
        stat = (folder / FILE).stat()
    except OSError:
        return None
    return stat.st_dev, stat.st_ino
