"""The records that leave ``build`` and that everything else works on.

Offsets are Unicode code points into ``Article.text``, half open (``[start, end)``). Every record is frozen.
"""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

__all__ = [
    "NOT_SAID",
    "Alias",
    "AliasKind",
    "Answer",
    "AnswerKind",
    "Article",
    "ArticleRecord",
    "Citation",
    "CitedQuote",
    "Fact",
    "Interest",
    "InterestKind",
    "Mention",
    "Person",
    "Phrasing",
    "Quote",
    "QuoteType",
    "Sentence",
    "Span",
]

Span = tuple[int, int]
QuoteType = Literal["direct", "mixed", "indirect"]
AliasKind = Literal["full", "first", "last", "role", "other"]
NOT_SAID = "not said"
"""The ``Quote.rule`` of what somebody is said not to have said: an attribution, but no answer to "what did she say"."""

Text = Annotated[str, StringConstraints(min_length=1)]


class Record(BaseModel):
    """A frozen value; unknown keys are ignored so that records written by a newer version can be read."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Article(Record):
    """One published text, kept exactly as given."""

    id: Text
    title: str = ""
    text: Text
    publisher: str | None = None
    url: str | None = None
    published: str | None = None


class Sentence(Record):
    """The unit of citation: ``text[start:end]``, no white space at either end."""

    start: int
    end: int
    paragraph: int = Field(default=0, description="0-based paragraph of the article the sentence stands in")


class Alias(Record):
    """A form that names a person, as it is written in the article."""

    text: Text
    kind: AliasKind


class Person(Record):
    """Someone the article names. ``name`` is the fullest form in the article; ``role`` a title or description."""

    name: Text
    role: str | None = None
    aliases: tuple[Alias, ...] = ()


class Mention(Record):
    """A span that names a person: ``person`` is the index in ``ArticleRecord.people``."""

    start: int
    end: int
    person: int
    kind: Literal["name", "role", "pronoun"] = "name"


class Quote(Record):
    """An attribution: who (``source``), the words that attribute (``cue``), what was said (``content``).

    ``speaker`` is the person ``source`` resolves to, by fullest name, or a group as it stands, or None when the
    evidence is not good enough. ``addressee`` and ``via`` are spans ("told *Lavrov*", "*TASS* cited him as ...").
    ``confidence`` is 0..1; ``rule`` names the evidence that made the quote.
    """

    content: tuple[Span, ...]
    source: Span | None = None
    cue: Span | None = None
    speaker: str | None = None
    type: QuoteType = "indirect"
    addressee: Span | None = None
    via: Span | None = None
    confidence: float = Field(default=1.0, ge=0.0, le=1.0)
    rule: str = ""


class Fact(Record):
    """What a sentence states, each part a span; ``sentence`` is the 0-based index in ``ArticleRecord.sentences``."""

    sentence: int
    subject: Span
    relation: Span
    object: Span | None = None
    time: Span | None = None
    place: Span | None = None
    number: Span | None = None


class Phrasing(Record):
    """A question prepared in advance and the sentence (0-based) that answers it; ``kind`` as the reader's question."""

    text: Text
    kind: str
    sentence: int


class ArticleRecord(Record):
    """Everything derived from one article; what an ingest stores in one transaction."""

    article: Article
    sentences: tuple[Sentence, ...]
    people: tuple[Person, ...] = ()
    mentions: tuple[Mention, ...] = ()
    quotes: tuple[Quote, ...] = ()
    facts: tuple[Fact, ...] = ()
    phrasings: tuple[Phrasing, ...] = ()
    labels: tuple[str, ...] = Field(
        default=(),
        description="for each sentence, the kinds of named things it holds, space-separated (PERSON GPE DATE ...)",
    )


class CitedQuote(Record):
    """The quote a citation holds; spans are into the article's text."""

    speaker: str | None
    content: tuple[Span, ...]
    source: Span | None
    cue: Span | None
    type: QuoteType


class Citation(Record):
    """One sentence of one article, verbatim: ``text == article.text[start:end]``."""

    article_id: str
    start: int
    end: int
    text: str
    title: str
    publisher: str | None
    url: str | None
    published: str | None
    sentence: int = Field(description="1-based number of the sentence in the article")
    quote: CitedQuote | None = None
    span: Span | None = Field(default=None, description="the part that answers, inside the sentence, when known")


InterestKind = Literal["everything", "person", "topic", "source"]


class Interest(Record):
    """What somebody follows: every article, a person's quotes, a topic, or a publisher's articles.

    ``target`` is the person's key, the topic's words in normal form with spaces between them, the publisher's name;
    empty for everything. ``without`` are a topic's excluded words, in normal form, sorted.
    """

    kind: InterestKind
    target: str = ""
    without: tuple[str, ...] = ()


AnswerKind = Literal["quote", "fact", "sentence", "briefing", "refusal"]


class Answer(Record):
    """Ranked citations, or a refusal with the nearest things held. Answered exactly when there is a citation."""

    question: str
    answered: bool
    confidence: float = Field(ge=0.0, le=1.0)
    kind: AnswerKind
    reading: str = Field(description="what the question was understood as, spelling mended")
    citations: tuple[Citation, ...] = ()
    nearest: tuple[Citation, ...] = ()
