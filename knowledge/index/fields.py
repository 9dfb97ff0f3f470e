"""What the index holds: its fields, and the kinds of documents told apart by the first letter of their key.

key       kind       found by                                 payload
m         meta       key                                      store, sequence, version
a<id>     article    key                                      title, publisher, url, published, sentences
s<id>     sentence   body near title asked speaker who place  the sentence with all that a citation shows
e<key>    entity     alias part                               a person's or group's name, role, aliases
w<word>   word       keys                                     a word of the vocabulary, for spelling
"""

from typing import TypedDict

import tantivy

__all__ = [
    "VERSION",
    "ArticlePayload",
    "EntityPayload",
    "MetaPayload",
    "QuotePayload",
    "SentencePayload",
    "make_schema",
    "register",
    "spelling_keys",
    "token",
]

VERSION = 6
"""Of the documents' form: an index of another version is built anew."""

_WORDS = "onrecord_words"
_KEY_LETTERS = 7
_TWO_SLIPS_FROM = 5


class MetaPayload(TypedDict):
    """How far the index has followed which store; ``latest`` are the last articles' ids, the newest first."""

    store: str
    sequence: int
    version: int
    latest: list[str]


class ArticlePayload(TypedDict):
    """What a citation says of its article. ``sentences`` are the keys of its sentences, in order."""

    id: str
    title: str
    publisher: str | None
    url: str | None
    published: str | None
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

    ``facts`` are lists of spans: subject, relation, object, time, place, number; null where there is none;
    ``deeds`` are the content words of each fact's subject, and of its relation and object.
    """

    id: int
    article: str
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
    for name in ("speaker", "who", "alias", "part", "keys"):
        builder.add_text_field(name, tokenizer_name=_WORDS, index_option="basic")
    builder.add_bytes_field("payload", stored=True)
    return builder.build()


def register(index: tantivy.Index) -> None:
    """Give an opened index the analyser that cuts at spaces only: words are normalised before they get here."""
    index.register_tokenizer(_WORDS, tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build())


def token(key: str) -> str:
    """A key that may hold spaces as one token of a field."""
    return key.replace(" ", "_")


def spelling_keys(word: str, skeleton: str) -> list[str]:
    """The keys under which a word is found in spite of slips: its beginning with up to two letters left out, its sound.

    Words within two edits of each other share a key when both edits are in their beginnings, or fewer (symmetric
    deletion with a prefix, as in SymSpell); of short words one letter is left out.
    """
    word = word[:_KEY_LETTERS]
    keys = {word}
    last = keys
    for _ in range(1 if len(word) < _TWO_SLIPS_FROM else 2):
        last = {key[:i] + key[i + 1 :] for key in last for i in range(len(key))}
        keys |= last
    keys.discard("")
    if len(skeleton) >= 2:
        keys.add(f"~{skeleton}")
    return sorted(keys)
