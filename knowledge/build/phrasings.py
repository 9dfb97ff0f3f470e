"""Questions prepared in advance, from quotes, roles and facts, each with the sentence that answers it."""

import bisect
import re

from knowledge.build.cues import CUES
from knowledge.build.facts import Stated
from knowledge.build.quotes.anchors import speaks
from knowledge.build.sentences import sentence_at
from knowledge.build.story import Cast, Story
from knowledge.build.tree import Tree
from knowledge.data import read_lines
from knowledge.models import Person, Phrasing, Quote, Span

__all__ = ["base_form", "find_phrasings"]

PER_QUOTE = 6
PER_FACT = 3
LONGEST_TOPIC = 6
LONGEST_PART = 8
LONGEST_PHRASING = 160

_BASES = {form: line[0] for line in read_lines("irregular") for form in line[1:]}
_BE = frozenset("is are was were be been being am 's 're 'm".split())
_ARTICLES = re.compile(r"^(?:the|a|an|that|its|their|his|her)\s+", re.IGNORECASE)

Found = dict[tuple[str, int], Phrasing]


def find_phrasings(
    story: Story, cast: Cast, people: list[Person], quotes: list[Quote], facts: list[Stated], firsts: list[int | None]
) -> list[Phrasing]:
    """The questions that the quotes, the people's roles and the facts answer, no two alike for one sentence."""
    found: Found = {}
    topics = _topics(story)
    for quote in quotes:
        _of_quote(story, quote, topics, found)
    for person, first in zip(people, firsts, strict=True):
        if person.role and first is not None:
            _put(found, f"who is {person.name}", "who_is", first)
            if " " in person.role:
                _put(found, f"who is {person.role}", "who_is", first)
    for stated in facts:
        for text, kind in _of_fact(story, cast, stated)[:PER_FACT]:
            _put(found, text, kind, stated.fact.sentence)
    return list(found.values())


def _put(found: Found, text: str, kind: str, sentence: int) -> None:
    text = " ".join(text.split())
    if len(text) <= LONGEST_PHRASING:
        found.setdefault((text, sentence), Phrasing(text=text, kind=kind, sentence=sentence))


def _topics(story: Story) -> list[Span]:
    """The noun phrases worth asking about, in order: a noun with the words before it that belong to it."""
    found = []
    for _, tree, _ in story.pieces():
        for i, tag in enumerate(tree.tags):
            if tag[:2] != "NN" or (i + 1 < len(tree) and tree.tags[i + 1][:2] == "NN"):
                continue
            start = i
            while (
                start > tree.left[i]
                and tree.tags[start - 1][:2] in ("NN", "JJ", "CD", "PO")
                and i - start < LONGEST_TOPIC
            ):
                start -= 1
            while start < i and tree.tags[start] == "POS":
                start += 1
            if tree.ends[i] - tree.begins[start] > 2:
                found.append(tree.span(start, i + 1))
    return found


def _of_quote(story: Story, quote: Quote, topics: list[Span], found: Found) -> None:
    """Ask "what did X say", "what did X say about Y", "who said Z" for one quote."""
    first = sentence_at(story.sentences, quote.content[0][0])
    if quote.speaker is None or first is None:
        return
    _put(found, f"what did {quote.speaker} say", "said", first)
    if quote.addressee is not None:
        _put(found, f"what did {quote.speaker} tell {story.text[slice(*quote.addressee)]}", "said", first)
    about = 0
    for span in quote.content:
        low = bisect.bisect_left(topics, span[0], key=lambda topic: topic[0])
        for topic in topics[low:]:
            if topic[1] > span[1] or about >= PER_QUOTE - 2:
                break
            sentence = sentence_at(story.sentences, topic[0])
            if sentence is not None:
                about += 1
                _put(found, f"what did {quote.speaker} say about {story.text[slice(*topic)]}", "about", sentence)
    words = _ARTICLES.sub("", story.text[slice(*quote.content[0])]).split()[:LONGEST_PART]
    if len(words) > 2:
        _put(found, f"who said {' '.join(words)}", "who_said", first)


def _of_fact(story: Story, cast: Cast, stated: Stated) -> list[tuple[str, str]]:
    """Questions that a fact answers: its object and its subject first, then time, place or number."""
    tree, fact = story.trees[stated.tree], stated.fact
    subject = _name(story, cast, stated.tree, stated.subject, fact.subject)
    if subject is None:
        return []
    relation = story.text[slice(*fact.relation)]
    verb = base_form(tree.words[stated.verb])
    link = tree.words[stated.preposition] if stated.preposition is not None else ""
    target = None
    if stated.target is not None and fact.object is not None:
        target = _name(story, cast, stated.tree, stated.target, fact.object)
    out = []
    asks = "who" if _person(cast, tree, stated.tree, stated.subject) else "what"
    if target is not None:
        out.append((f"{asks} {relation} {target}", asks))
    plain = tree.words[stated.verb] not in _BE and tree.kid(stated.verb, "auxpass") is None
    if plain and target is not None and stated.target is not None:
        thing = tree.is_verb(stated.target) or not _person(cast, tree, stated.tree, stated.target)
        wanted = "what" if thing else "who"
        out.append((f"{wanted} did {subject} {verb} {link}", wanted))
    tail = f"{link} {target}" if target is not None else ""
    did = f"did {subject} {verb} {tail}" if plain else f"{subject} {relation} {tail}"
    if fact.time is not None:
        out.append((f"when {did}", "when"))
    elif fact.place is not None:
        out.append((f"where {did}", "where"))
    elif fact.number is not None and target is not None:
        number = story.text[slice(*fact.number)]
        if number in target:
            counted = target.replace(number, "", 1).strip()
            out.append((f"how many {counted} did {subject} {verb} {link}", "how_many"))
    return out


def _person(cast: Cast, tree: Tree, number: int, token: int) -> bool:
    """Whether a token is the head of someone's name or of a word for people."""
    return any(n.start <= token < n.end for n in cast.at(number, tree.left[token], tree.right[token] + 1)) or (
        speaks(tree, token) and tree.tags[token] not in ("NNS", "NNP", "NNPS")
    )


def _name(story: Story, cast: Cast, number: int, token: int, span: Span) -> str | None:
    """A part of a fact in words: a person by name, anything else as it stands unless it is a pronoun or too long."""
    tree = story.trees[number]
    for named in cast.at(number, tree.left[token], tree.right[token] + 1):
        if named.start <= token < named.end and tree.kid(token, "conj") is None:
            return cast.people[named.person].name
    if tree.tags[token] in ("PRP", "WP", "WDT", "DT", "EX"):
        return None
    words = story.text[slice(*span)].split()
    return " ".join(words[:LONGEST_PART]).rstrip(",;:“\"'(")


def base_form(word: str) -> str:
    """The form of a verb that follows "did", from a table and the rules of spelling ("spoke" -> "speak")."""
    if word in _BASES or word in CUES:
        return _BASES.get(word) or CUES[word].base
    if word.endswith("ing") and len(word) > 5:
        return word[:-4] if word[-4] == word[-5] and word[-4] not in "lsz" else word[:-3]
    if word.endswith("eed"):
        return word[:-1]
    if word.endswith(("ied", "ies")) and len(word) > 4:
        return f"{word[:-3]}y"
    if word.endswith("ed") and len(word) > 4:
        stem = word[:-2]
        if stem[-1] == stem[-2] and stem[-1] not in "lsz":
            return stem[:-1]
        ends_in_e = stem[-1] in "cvguz" or (stem[-1] in "tskdpr" and stem[-2] in "aiou" and stem[-3] not in "aeiou")
        return f"{stem}e" if ends_in_e and not stem.endswith(("it", "er", "ow", "isit", "our")) else stem
    if word.endswith(("ches", "shes", "sses", "xes")):
        return word[:-2]
    return word[:-1] if word.endswith("s") and not word.endswith("ss") else word
