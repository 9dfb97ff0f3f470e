"""A builder for processes to be tried with: what it does with an article is the first word of its text."""

import os
import signal
import sys
import time
from pathlib import Path

from knowledge.errors import InputError, SettingsError
from knowledge.ingest import Builder
from knowledge.models import Article, ArticleRecord, Sentence

__all__ = ["load", "load_and_end", "load_nothing", "load_once"]

_loaded = 0


def load() -> Builder:
    """A builder whose records tell, as their label, which process made them and how often it has loaded."""
    global _loaded  # noqa: PLW0603
    _loaded += 1
    return _build


def load_nothing() -> Builder:
    raise SettingsError("ONRECORD_SPACY_MODEL: cannot load 'none'")


def load_and_end() -> Builder:
    os._exit(7)


def load_once(marker: str) -> Builder:
    """In the first process to come here, a builder; the others end."""
    try:
        Path(marker).touch(exist_ok=False)
    except FileExistsError:
        os._exit(7)
    return load()


def _build(article: Article) -> ArticleRecord:
    word, _, rest = article.text.partition(" ")
    if word == "raise":
        raise ValueError("two\nlines")
    if word == "refuse":
        raise InputError(article.id, "no story; leave it out")
    if word == "exit":
        os._exit(3)
    if word == "die" or (word == "once" and not Path(rest).exists()):
        if rest:
            Path(rest).touch()
        os.kill(os.getpid(), signal.SIGKILL)
    if word == "hang":
        # One write: other processes write to the same pipe.
        blocked = signal.SIGINT in signal.pthread_sigmask(signal.SIG_BLOCK, ())
        os.write(sys.stdout.fileno(), f"hanging{', interrupts blocked' * blocked}\n".encode())
        time.sleep(600)
    sentence = Sentence(start=0, end=len(article.text))
    return ArticleRecord(article=article, sentences=(sentence,), labels=(f"{os.getpid()} {_loaded}",))
