"""From an article to its record: the stages in their order, and nothing else."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING

from knowledge.build.facts import find_facts, labels_of
from knowledge.build.furniture import body_of, paragraphs
from knowledge.build.marks import quotations
from knowledge.build.mentions import find_mentions
from knowledge.build.nlp import parse
from knowledge.build.people import find_people
from knowledge.build.phrasings import find_phrasings
from knowledge.build.quotes import find_quotes, judged_quotes, speaking
from knowledge.build.records import first_sentences, mentions_of, people_of
from knowledge.build.roles import find_roles
from knowledge.build.sentences import sentences_of
from knowledge.build.story import Story, pieces_of
from knowledge.build.tree import tree_of
from knowledge.models import Article, ArticleRecord, Span

if TYPE_CHECKING:
    from spacy.language import Language

__all__ = ["build_record", "build_records", "parsed"]

# Articles whose paragraphs are parsed together.
TOGETHER = 16


def build_record(article: Article, nlp: Language, *, body: Span | None = None) -> ArticleRecord:
    """Everything derived from one article; ``body`` is the part of its text that is the article (by default, found)."""
    return next(_together([(article, body)], nlp))


def build_records(articles: Iterable[Article], nlp: Language) -> Iterator[ArticleRecord]:
    """The records of many articles, in order; the same as one by one, but quicker."""
    waiting = iter(articles)
    while batch := list(itertools.islice(waiting, TOGETHER)):
        yield from _together([(article, None) for article in batch], nlp)


def parsed(batch: Sequence[tuple[str, Span | None]], nlp: Language) -> list[Story]:
    """Texts with their bodies (None: to be found), parsed as one stream of pieces; spaCy's own is freed at the end."""
    stories = [_begin(text, body) for text, body in batch]
    plans = [pieces_of(story.sentences) for story in stories]
    with _zone(nlp):
        pieces = (
            (story.text[p.start : p.end], p.starts) for story, plan in zip(stories, plans, strict=True) for p in plan
        )
        docs = parse(nlp, pieces)
        for story, plan in zip(stories, plans, strict=True):
            for p, doc in zip(plan, docs, strict=False):
                story.add(tree_of(doc, p.start, p.paragraph, p.first, p.starts))
    return stories


def _together(batch: list[tuple[Article, Span | None]], nlp: Language) -> Iterator[ArticleRecord]:
    stories = parsed([(article.text, body) for article, body in batch], nlp)
    for (article, _), story in zip(batch, stories, strict=True):
        yield _finish(article, story)


def _zone(nlp: Language) -> AbstractContextManager[object]:
    return nullcontext() if getattr(nlp.vocab, "in_memory_zone", False) else nlp.memory_zone()


def _begin(text: str, body: Span | None) -> Story:
    lines = paragraphs(text, body_of(text) if body is None else body)
    return Story(text, lines, sentences_of(text, lines), quotations(text, lines))


def _finish(article: Article, story: Story) -> ArticleRecord:
    cast = find_people(story)
    find_roles(story, cast)
    judged = judged_quotes(story)
    find_mentions(story, cast, speaking(story, judged))
    people = people_of(cast)
    quotes = find_quotes(story, cast, judged)
    stated = find_facts(story)
    phrasings = find_phrasings(story, cast, people, quotes, stated, first_sentences(story, cast))
    return ArticleRecord(
        article=article,
        sentences=tuple(story.sentences),
        people=tuple(people),
        mentions=tuple(mentions_of(story, cast)),
        quotes=tuple(quotes),
        facts=tuple(item.fact for item in stated),
        phrasings=tuple(phrasings),
        labels=labels_of(story),
    )
