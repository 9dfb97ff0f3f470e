"""Records of articles without spaCy: sentences by line, people and quotes as they are given.

lines("a", "Ana Reyes leads Norland.\nShe said the bridge is safe.", people=["Ana Reyes"],
      quotes=[Said("Ana Reyes", "the bridge is safe", source="She", cue="said")])
"""

import re
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import zip_longest
from pathlib import Path

from knowledge.library import Library
from knowledge.models import (
    Alias,
    Article,
    ArticleRecord,
    Fact,
    Mention,
    Person,
    Phrasing,
    Quote,
    QuoteType,
    Sentence,
    Span,
)
from knowledge.store.database import open_engine
from knowledge.store.writing import save

__all__ = ["LineBuilder", "Said", "Stated", "blank_store", "lines", "person", "put"]


@dataclass(frozen=True)
class Said:
    """A quote: its speaker, and its parts as they are written; ``content`` may be several stretches."""

    speaker: str | None
    content: str | tuple[str, ...]
    source: str | None = None
    cue: str | None = None
    type: QuoteType = "indirect"
    addressee: str | None = None
    via: str | None = None
    confidence: float = 0.9


@dataclass(frozen=True)
class Stated:
    """A fact: its parts as they are written, all in one sentence."""

    subject: str
    relation: str
    object: str | None = None
    time: str | None = None
    place: str | None = None
    number: str | None = None


def person(name: str, role: str | None = None, *aliases: str, last: bool = True) -> Person:
    """A person with a role and other forms, which name a role when a word of them is in lower case.

    The last name alone is one of the forms unless ``last`` is false.
    """
    forms = [Alias(text=name, kind="full")]
    if last and " " in name:
        forms.append(Alias(text=name.rsplit(maxsplit=1)[-1], kind="last"))
    forms += [Alias(text=alias, kind="role" if re.search(r"\b[a-z]{2}", alias) else "other") for alias in aliases]
    return Person(name=name, role=role, aliases=tuple(forms))


@dataclass(frozen=True)
class LineBuilder:
    """Makes a record of any article: a sentence is a line that is not blank.

    Of the people, quotes and facts given, an article gets those whose words stand in it. ``labels`` and ``phrasings``
    are given line by line.
    """

    people: Sequence[Person | str] = ()
    quotes: Sequence[Said] = ()
    facts: Sequence[Stated] = ()
    phrasings: Sequence[str] = field(default=())
    labels: Sequence[str] = field(default=())

    def __call__(self, article: Article) -> ArticleRecord:
        text = article.text
        sentences = tuple(_sentences(text))
        named = [p if isinstance(p, Person) else person(p) for p in self.people]
        people = [p for p in named if any(_found(text, alias.text) for alias in p.aliases)]
        count = len(sentences)
        return ArticleRecord(
            article=article,
            sentences=sentences,
            people=tuple(people),
            mentions=tuple(_mentions(text, people, sentences)),
            quotes=tuple(q for said in self.quotes if (q := _quote(text, sentences, said))),
            facts=tuple(f for stated in self.facts if (f := _fact(text, sentences, stated))),
            phrasings=tuple(
                Phrasing(text=asked, kind="open", sentence=i) for i, asked in enumerate(self.phrasings[:count]) if asked
            ),
            labels=tuple(label for label, _ in zip_longest(self.labels[:count], sentences, fillvalue=""))
            if self.labels
            else (),
        )


def lines(
    identifier: str,
    text: str,
    *,
    people: Sequence[Person | str] = (),
    quotes: Sequence[Said] = (),
    facts: Sequence[Stated] = (),
    phrasings: Sequence[str] = (),
    labels: Sequence[str] = (),
    **fields: str,
) -> ArticleRecord:
    """The record of one article of the given text."""
    build = LineBuilder(people, quotes, facts, phrasings, labels)
    return build(Article(id=identifier, text=text, **fields))


@lru_cache(maxsize=1)
def _blank() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "blank.db"
        open_engine(f"sqlite:///{path}", create=True).dispose()
        return path.read_bytes()


def blank_store(path: Path) -> str:
    """The address of an empty store put at ``path``: a copy, which takes a hundredth of the time of making one.

    All of them have one identity.
    """
    path.write_bytes(_blank())
    return f"sqlite:///{path}"


def put(library: Library, *records: ArticleRecord) -> None:
    """Store the records and bring the library's index up to them."""
    for record in records:
        save(library.engine, record)
    assert library.follow(patience=10)


def _sentences(text: str) -> Iterator[Sentence]:
    paragraph, offset = 0, 0
    for line in text.split("\n"):
        start = offset + len(line) - len(line.lstrip())
        end = offset + len(line.rstrip())
        if start < end:
            yield Sentence(start=start, end=end, paragraph=paragraph)
        else:
            paragraph += 1
        offset += len(line) + 1


def _found(text: str, form: str) -> list[Span]:
    return [m.span() for m in re.finditer(rf"(?<!\w){re.escape(form)}(?!\w)", text)]


def _mentions(text: str, people: Iterable[Person], sentences: Sequence[Sentence]) -> Iterator[Mention]:
    taken: list[Span] = []
    forms = [(alias, i) for i, someone in enumerate(people) for alias in someone.aliases]
    for alias, i in sorted(forms, key=lambda pair: -len(pair[0].text)):
        for start, end in _found(text, alias.text):
            if not any(start < e and s < end for s, e in taken) and _holding(sentences, (start, end)) is not None:
                taken.append((start, end))
                yield Mention(start=start, end=end, person=i, kind="role" if alias.kind == "role" else "name")


def _holding(sentences: Sequence[Sentence], span: Span) -> int | None:
    return next((i for i, s in enumerate(sentences) if s.start <= span[0] and span[1] <= s.end), None)


def _quote(text: str, sentences: Sequence[Sentence], said: Said) -> Quote | None:
    wanted = (said.content,) if isinstance(said.content, str) else said.content
    spans = [_span(text, content) for content in wanted]
    content = [span for span in spans if span is not None]
    if len(content) < len(spans):
        return None
    home = next(s for s in sentences if s.start <= content[0][0] < s.end)

    def near(part: str | None) -> Span | None:
        return None if part is None else _span(text, part, home.start)

    return Quote(
        content=tuple(content),
        source=near(said.source),
        cue=near(said.cue),
        speaker=said.speaker,
        type=said.type,
        addressee=near(said.addressee),
        via=near(said.via),
        confidence=said.confidence,
        rule="given",
    )


def _fact(text: str, sentences: Sequence[Sentence], stated: Stated) -> Fact | None:
    parts = [stated.subject, stated.relation, stated.object, stated.time, stated.place, stated.number]
    for i, sentence in enumerate(sentences):
        inside = text[sentence.start : sentence.end]
        if all(part is None or part in inside for part in parts):
            spans = [part and _span(text, part, sentence.start) for part in parts]
            names = ("subject", "relation", "object", "time", "place", "number")
            return Fact.model_validate({"sentence": i, **dict(zip(names, spans, strict=True))})
    return None


def _span(text: str, part: str, start: int = 0) -> Span | None:
    at = text.find(part, start)
    return None if at < 0 else (at, at + len(part))
