"""From stored articles to the index's documents."""

import itertools
import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import tantivy
from pydantic_core import to_json

from knowledge.given_names import gender
from knowledge.index.fields import (
    ArticlePayload,
    EntityPayload,
    OfPayload,
    QuotePayload,
    SentencePayload,
    token,
)
from knowledge.models import NOT_SAID, Article, Quote, Span
from knowledge.same_name import name_parts, person_key
from knowledge.store.reading import StoredArticle
from knowledge.text import (
    content_forms,
    content_words,
    fold,
    folded_words,
    is_stop,
    normal,
    squash,
    words,
    written_words,
)

__all__ = [
    "article_document",
    "entities",
    "entity_document",
    "group_key",
    "keyed",
    "merged",
    "sentence_documents",
    "vocabulary",
    "written_sentences",
]

_PRONOUNS = frozenset("i he she it we they you who which that this one him her them his hers its their".split())
_HE = frozenset("he him his himself".split())
_SHE = frozenset("she her hers herself".split())
_DETERMINERS = ("the ", "a ", "an ")
_NAMING = ("full", "first", "last", "other", "common")
_GROUPS = frozenset(
    "analysts authorities campaigners diplomats doctors economists experts firefighters hospitals investigators "
    "lawmakers lawyers observers officials organisers organizers police prosecutors protesters relatives rescuers "
    "researchers residents scientists sources teachers unions witnesses workers".split()
)


def keyed(key: str, payload: Mapping[str, Any], **fields: str) -> tantivy.Document:
    """A document with a key, a payload, and the given fields' text."""
    document = tantivy.Document()
    document.add_text("key", key)
    document.add_text("kind", key[0])
    document.add_bytes("payload", to_json(payload))
    for name, text in fields.items():
        if text:
            document.add_text(name, text)
    return document


def article_document(stored: StoredArticle) -> tantivy.Document:
    """The article itself."""
    article = stored.article
    payload: ArticlePayload = {
        **_of(article),
        "id": article.id,
        "ingested": stored.ingested,
        "sentences": list(stored.sentence_ids),
    }
    return keyed(f"a{article.id}", payload)


def _of(article: Article) -> OfPayload:
    return {
        "title": article.title,
        "publisher": article.publisher,
        "url": article.url,
        "published": article.published,
    }


def written_sentences(stored: StoredArticle) -> list[list[str]]:
    """The words of each sentence as they are written."""
    return [written_words(stored.article.text[s.start : s.end]) for s in stored.sentences]


def sentence_documents(stored: StoredArticle, written: Sequence[Sequence[str]]) -> Iterator[tantivy.Document]:
    """One document a sentence, its neighbours' words with it; ``written`` are ``written_sentences``."""
    article = stored.article
    of = _of(article)
    title = " ".join(content_words(article.title))
    starts = [s.start for s in stored.sentences]
    count = len(starts)
    who: list[set[str]] = [set() for _ in starts]
    named: list[list[str]] = [[] for _ in starts]
    for mention in stored.mentions:
        place = _place(starts, mention.start)
        who[place].add(stored.keys[mention.person])
        if mention.kind != "pronoun":
            called = set(map(fold, stored.people[mention.person].name.split()))
            found = folded_words(article.text[mention.start : mention.end])
            named[place] += [normal(word) for word in found if is_stop(word) and word in called]
    contents = [" ".join([*content_forms(sentence), *names]) for sentence, names in zip(written, named, strict=True)]
    quotes: list[list[QuotePayload]] = [[] for _ in starts]
    for quote in (q for q in stored.quotes if q.rule != NOT_SAID):
        _spread(quotes, starts, quote, stored)
    facts: list[list[list[list[int] | None]]] = [[] for _ in starts]
    deeds: list[list[tuple[str, str]]] = [[] for _ in starts]
    for fact in stored.facts:
        parts = (fact.subject, fact.relation, fact.object, fact.time, fact.place, fact.number)
        facts[fact.sentence].append([_listed(part) for part in parts])
        deeds[fact.sentence].append(
            (_content(article.text, fact.subject), _content(article.text, fact.relation, fact.object))
        )
    asked: list[list[str]] = [[] for _ in starts]
    for phrasing in stored.phrasings:
        asked[phrasing.sentence].append(phrasing.text)
    for i, sentence in enumerate(stored.sentences):
        payload: SentencePayload = {
            "id": stored.sentence_ids[i],
            "article": article.id,
            "of": of,
            "number": i + 1,
            "start": sentence.start,
            "end": sentence.end,
            "text": article.text[sentence.start : sentence.end],
            "words": contents[i],
            "before": contents[i - 1] if i else "",
            "after": contents[i + 1] if i + 1 < count else "",
            "title": title,
            "labels": stored.labels[i],
            "who": sorted(who[i]),
            "quotes": quotes[i],
            "facts": facts[i],
            "deeds": deeds[i],
            "asked": asked[i],
        }
        yield keyed(
            f"s{stored.sentence_ids[i]}",
            payload,
            article=article.id,
            body=contents[i],
            near=f"{payload['before']} {payload['after']}".strip(),
            title=title,
            asked=" ".join(dict.fromkeys(w for text in asked[i] for w in content_words(text))),
            speaker=" ".join({token(q["key"]) for q in quotes[i] if q["key"]}),
            who=" ".join(token(key) for key in payload["who"]),
        )


def entities(stored: StoredArticle) -> Iterator[EntityPayload]:
    """Everyone the article names, and every group it quotes.

    The form of a group that no proper name tells from its like ("the company") is of the kind "common".
    """
    for place, (key, person) in enumerate(zip(stored.keys, stored.people, strict=True)):
        aliases = {squash(person.name): ["full", person.name]}
        parts = person.name.split()
        suffix = name_parts(person_key(person.name)).suffix
        if suffix:
            parts.pop()
        if len(parts) > 1:
            # People are asked for by one of their names, also when the article never uses it alone.
            aliases.setdefault(squash(parts[-1]), ["last", parts[-1]])
            aliases.setdefault(squash(parts[0]), ["first", parts[0]])
            last = folded_words(parts[-1])
            aliases.setdefault(last[-1] if last else "", ["last", parts[-1]])
        # "Victor Hale" is the father of Victor Hale Jr.
        theirs = squash(" ".join(parts)) if suffix else ""
        for alias in person.aliases:
            if squash(alias.text) != theirs:
                aliases.setdefault(squash(alias.text), [alias.kind, alias.text])
        aliases.pop("", None)
        yield {
            "key": key,
            "name": person.name,
            "role": person.role,
            "person": True,
            "gender": _gender(stored, place),
            "aliases": aliases,
        }
    named = {person.name for person in stored.people}
    for speaker in sorted({name for q in stored.quotes if (name := _sayer(q, stored))} - named):
        if key := group_key(speaker):
            name = _bare(speaker)
            aliases = {squash(name): ["common" if _is_common(speaker, stored.article.text) else "full", name]}
            yield {
                "key": key,
                "name": speaker,
                "role": None,
                "person": False,
                "gender": None,
                "aliases": aliases,
            }


def _is_common(speaker: str, text: str) -> bool:
    """Whether a group has no proper name: each of its words is in lower case, or would be but for its sentence's start.

    ("the company", "Hospital officials", "Police")
    """
    found = [speaker[start:end] for _, start, end in words(speaker)]
    if any(word != word.lower() for word in found[1:]):
        return False
    first = found[0]
    if first == first.lower() or len(found) > 1:
        return True
    return first.lower() in _GROUPS or re.search(rf"(?<!\w){re.escape(first.lower())}(?!\w)", text) is not None


def _gender(stored: StoredArticle, place: int) -> str | None:
    """What the pronouns that mean a person tell, or else the given name."""
    spans = [m for m in stored.mentions if m.person == place and m.kind == "pronoun"]
    words = [stored.article.text[m.start : m.end].casefold() for m in spans]
    men, women = sum(word in _HE for word in words), sum(word in _SHE for word in words)
    if men != women:
        return "man" if men > women else "woman"
    return gender(stored.people[place].name)


def merged(held: EntityPayload | None, new: EntityPayload) -> EntityPayload:
    """What two articles say of one entity, together; equal to ``held`` when the new one adds nothing."""
    if held is None:
        return new
    # Who came into the index as "Wang" is called by the full name when an article gives it.
    fuller = len(new["name"].split()) > 1 == len(held["name"].split())
    first, second = (new, held) if fuller else (held, new)
    return {
        **held,
        "name": first["name"],
        "role": first["role"] or second["role"],
        "person": held["person"] or new["person"],
        "gender": held["gender"] or new["gender"],
        "aliases": {**new["aliases"], **held["aliases"]},
    }


def entity_document(entity: EntityPayload) -> tantivy.Document:
    """The document of an entity, found by whole aliases, by their single words and by those of its role."""
    called = folded_words(entity["name"]) if entity["person"] else ()
    parts = {
        word
        for _, text in entity["aliases"].values()
        for word in folded_words(text)
        if not is_stop(word) or word in called
    }
    role = set(folded_words(entity["role"] or ""))
    return keyed(
        f"e{entity['key']}",
        entity,
        alias=" ".join(sorted(entity["aliases"])),
        part=" ".join(sorted(parts)),
        role=" ".join(sorted(role)),
    )


def vocabulary(stored: StoredArticle, written: Iterable[Iterable[str]], named: Iterable[EntityPayload]) -> set[str]:
    """The folded words of the article, its title, and its people's and groups' names also run together ("wangyi").

    ``written`` are its ``written_sentences``.
    """
    found = set(folded_words(stored.article.title))
    found.update(map(fold, set(itertools.chain.from_iterable(written))))
    found.discard("")
    for entity in named:
        for squashed, (kind, text) in entity["aliases"].items():
            if kind in _NAMING:
                found.update(folded_words(text))
                found.add(squashed)
    return {word for word in found if not word.isdigit()}


def group_key(speaker: str) -> str:
    """The key of a speaker that is no person: its words without a determiner in front."""
    return " ".join(folded_words(_bare(speaker)))


def _sayer(quote: Quote, stored: StoredArticle) -> str | None:
    """Under what name a quote is found: its speaker's, or the words the text has for one it does not name.

    "a spokesman" is nobody by name, but readers ask for the spokesman; a pronoun is no name at all.
    """
    if quote.speaker is not None or quote.source is None:
        return quote.speaker
    text = " ".join(stored.article.text[slice(*quote.source)].split())
    return None if text.lower() in _PRONOUNS else text


def _speaker_key(speaker: str, stored: StoredArticle) -> str:
    # A person's name keeps what looks like a determiner ("An Jung-geun").
    return next((k for k, p in zip(stored.keys, stored.people, strict=True) if p.name == speaker), group_key(speaker))


def _bare(speaker: str) -> str:
    lowered = speaker.lower()
    return next((speaker[len(d) :] for d in _DETERMINERS if lowered.startswith(d)), speaker)


def _spread(quotes: list[list[QuotePayload]], starts: list[int], quote: Quote, stored: StoredArticle) -> None:
    """Put a quote with each sentence that holds some of its content, or, for want of that, its source."""
    places = sorted(
        {i for start, end in quote.content for i in range(_place(starts, start), _place(starts, end - 1) + 1)}
    )
    sayer = _sayer(quote, stored)
    key = _speaker_key(sayer, stored) if sayer else ""
    attributing = {_place(starts, span[0]) for span in (quote.source, quote.cue) if span}
    for i in places:
        quotes[i].append(
            {
                "key": key,
                "speaker": quote.speaker,
                "content": [list(span) for span in quote.content],
                "source": _listed(quote.source),
                "cue": _listed(quote.cue),
                "type": quote.type,
                "addressee": _named(quote.addressee, stored),
                "via": _named(quote.via, stored),
                "confidence": quote.confidence,
                "head": i in attributing or i == places[0],
                "words": " ".join(content_words(_said_in(quote, stored, i))),
            }
        )


def _said_in(quote: Quote, stored: StoredArticle, place: int) -> str:
    """What of a quote is said in one of the article's sentences."""
    sentence = stored.sentences[place]
    inside = [(max(s, sentence.start), min(e, sentence.end)) for s, e in quote.content]
    return " ".join(stored.article.text[s:e] for s, e in inside if s < e)


def _place(starts: list[int], offset: int) -> int:
    return max(0, bisect_right(starts, offset) - 1)


def _content(text: str, *spans: Span | None) -> str:
    return " ".join(dict.fromkeys(w for span in spans if span for w in content_words(text[slice(*span)])))


def _listed(span: Span | None) -> list[int] | None:
    return None if span is None else list(span)


def _named(span: Span | None, stored: StoredArticle) -> str | None:
    """Whom a span names: the person, when it is all of a mention, else the words as they stand."""
    if span is None:
        return None
    person = next((m.person for m in stored.mentions if (m.start, m.end) == span), None)
    return stored.article.text[slice(*span)] if person is None else stored.people[person].name
