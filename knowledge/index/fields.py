"""What the index holds: its fields, and the kinds of documents told apart by the first letter of their key.

key       kind       found by                                 payload
m         meta       key                                      store, sequence, version
a<id>     article    key                                      title, publisher, url, published, sentences
s<id>     sentence   body near title asked speaker who place  the sentence with all that a citation shows
e<key>    entity     alias part role                          a person's or group's name, role, aliases

The words of the articles, for spelling, are in a file beside it: see ``lexicon``.
"""

from typing import TypedDict

import tantivy

__all__ = [
    "VERSION",
    "ArticlePayload",
    "EntityPayload",
    "MetaPayload",
    "OfPayload",
    "QuotePayload",
    "SentencePayload",
    "make_schema",
    "register",
    "token",
]

VERSION = 8
"""Of the documents' form: an index of another version is built anew."""

_WORDS = "onrecord_words"


class MetaPayload(TypedDict):
    """How far the index has followed which store.

    ``latest`` are the last articles' ids, the newest first; ``words`` is how many the lexicon holds at least.
    """

    store: str
    sequence: int
    version: int
    words: int
    latest: list[str]


class OfPayload(TypedDict):
    """What a citation says of its article."""

    title: str
    publisher: str | None
    url: str | None
    published: str | None


class ArticlePayload(OfPayload):
    """An article. ``sentences`` are the keys of its sentences, in order."""

    id: str
    ingested: str
    sentences: list[int]


class QuotePayload(TypedDict):
    """A quote that touches the sentence; ``head`` tells whether its source, cue or first words stand there.

    ``words`` are the content words, in normal form, of what of it is said in this sentence.
    """

    key: str
    speaker: str | None
    content: list[list[int]]
    source: list[int] | None
    cue: list[int] | None
    type: str
    addressee: str | None
    via: str | None
    confidence: float
    head: bool
    words: str


class SentencePayload(TypedDict):
    """One sentence; ``words``, ``before`` and ``after`` are the normal content words of it and its neighbours.

    Form words among them are part of the name of somebody mentioned there ("May told reporters").
    ``facts`` are lists of spans: subject, relation, object, time, place, number; null where there is none;
    ``deeds`` are the content words of each fact's subject, and of its relation and object.
    """

    id: int
    article: str
    of: OfPayload
    number: int
    start: int
    end: int
    text: str
    words: str
    before: str
    after: str
    title: str
    labels: str
    who: list[str]
    quotes: list[QuotePayload]
    facts: list[list[list[int] | None]]
    deeds: list[tuple[str, str]]
    asked: list[str]


class EntityPayload(TypedDict):
    """Someone, or a group that is quoted. ``aliases`` maps each squashed form to its kind and how it is written.

    ``gender`` is "man", "woman" or, when nothing tells, None.
    """

    key: str
    name: str
    role: str | None
    person: bool
    gender: str | None
    aliases: dict[str, list[str]]


def make_schema() -> tantivy.Schema:
    """The index's fields; the order matters to nobody."""
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("key", tokenizer_name="raw", index_option="basic")
    builder.add_text_field("kind", tokenizer_name="raw", index_option="basic")
    builder.add_text_field("article", tokenizer_name="raw", index_option="basic")
    for name in ("body", "near", "title", "asked"):
        builder.add_text_field(name, tokenizer_name=_WORDS, index_option="freq")
    for name in ("speaker", "who", "alias", "part", "role"):
        builder.add_text_field(name, tokenizer_name=_WORDS, index_option="basic")
    builder.add_bytes_field("payload", stored=True)
    return builder.build()


def register(index: tantivy.Index) -> None:
    """Give an opened index the analyser that cuts at spaces only: words are normalised before they get here."""
    index.register_tokenizer(_WORDS, tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build())


def token(key: str) -> str:
    """A key that may hold spaces as one token of a field."""
    return key.replace(" ", "_")
