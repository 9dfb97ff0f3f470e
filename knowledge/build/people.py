"""Who is named: spans that name persons, and which of them name the same one.

A full name makes a person; a last name alone (or a first name, or the family name that comes first) joins the person
it fits. Two people with one last name stay apart: a bare last name goes to the one it fits by honorific or title; where
it fits several, it waits for ``mentions``, where the text before it is known.
"""

from collections import Counter
from itertools import takewhile

from knowledge.build.names import LONGEST_NAME, NOT_NAMES, Found, find_names, past_suffix, title_before
from knowledge.build.roles import (
    MEN_TITLES,
    RANKS,
    WOMEN_TITLES,
    after_name,
    analyse,
    gender_of_role,
    role_base,
)
from knowledge.build.story import Cast, Named, Shared, Someone, Story
from knowledge.build.tree import Tree, is_subject
from knowledge.given_names import MEN, WOMEN
from knowledge.text import fold

__all__ = ["find_people"]

# Who is named so often before is whom the article is about.
OFTEN = 2
_LEARNED = frozenset("dr doctor prof professor rev".split())
_PLACING = frozenset("in to at from against near".split())


def find_people(story: Story) -> Cast:
    """Everyone the article names, and every span that names them."""
    found = find_names(story)
    cast = Cast()
    by_last: dict[str, list[int]] = {}
    by_first: dict[str, list[int]] = {}
    owners: list[int | None] = []
    for order, name in enumerate(found):
        owners.append(_join_full(story, cast, by_last, by_first, name, order) if len(name.words) > 1 else None)
    singles = _singles(story, found, by_last, by_first)
    places = _places(story, {name.words[0] for name in found if len(name.words) == 1 and not name.title})
    for name in found:
        unknown = len(name.words) == 1 and name.words[0] not in by_last and name.words[0] not in by_first
        if unknown and _likely(story, name) and (name.said or name.words[0] not in places):
            _alone(story, cast, by_last, name)
    named = [_named(story, name, owner) for name, owner in zip(found, owners, strict=True) if owner is not None]
    honorifics: dict[str, set[str]] = {}
    for name in singles:
        if name.title in MEN_TITLES or name.title in WOMEN_TITLES:
            honorifics.setdefault(name.words[0], set()).add(_gender("", name.title))
    for name in singles:
        bearers = _bearers(cast, name, by_last, by_first, named, honorifics.get(name.words[0], set()))
        bearers = _of_one_age(story, cast, name, bearers)
        another = len(bearers) == 1 and _is_another(story, name, [n for n in named if n.person == bearers[0]])
        if another or (not bearers and (name.title or name.suffix)):
            bearers = [_alone(story, cast, by_last, name)]
        if len(bearers) == 1:
            _form(story, cast.people[bearers[0]], name, by_last)
            named.append(_named(story, name, bearers[0]))
        elif bearers:
            titles = frozenset(_titles(story, name))
            cast.shared.append(Shared(name.tree, name.start, name.end, tuple(bearers), titles))
    cast.named = sorted(named, key=lambda n: (n.tree, n.start))
    return cast


def _parts(words: list[str]) -> tuple[str, str]:
    """First and last name of a folded full name, punctuation left out."""
    kept = [word for word in words if word.isalpha() or len(word) > 1]
    return (kept[0], kept[-1]) if kept else ("", "")


def _text(story: Story, name: Found) -> str:
    tree = story.trees[name.tree]
    start, end = tree.span(name.start, name.end)
    return " ".join(story.text[start:end].split())


def _join_full(
    story: Story, cast: Cast, by_last: dict[str, list[int]], by_first: dict[str, list[int]], name: Found, order: int
) -> int:
    """The person of a full name, a new one when nobody fits."""
    first, last = _parts(name.words)
    text = _text(story, name)
    for index in by_last.get(last, []):
        person = cast.people[index]
        if person.suffix != name.suffix:
            continue  # father and son
        inner = " ".join(name.words) in person.words
        if (
            person.first == first
            or inner
            or (min(len(person.first), len(first)) == 1 and person.first[:1] == first[:1])
        ):
            if len(text.split()) > len(person.name.split()) and len(name.words) < LONGEST_NAME:
                person.name = text
            person.forms.setdefault(text, "last" if inner and person.first != first else "full")
            person.full_at.append(order)
            person.titles |= _titles(story, name)
            person.gender = person.gender or _gender(first, name.title)
            return index
    person = Someone(text, first, last, _gender(first, name.title), forms={text: "full"}, full_at=[order])
    person.titles = _titles(story, name)
    person.words, person.suffix = " ".join(name.words), name.suffix
    cast.people.append(person)
    index = len(cast.people) - 1
    by_last.setdefault(last, []).append(index)
    by_first.setdefault(first, []).append(index)
    return index


def _titles(story: Story, name: Found) -> set[str]:
    """The nouns for roles that stand close to a name, as their base forms."""
    tree = story.trees[name.tree]
    first, last = tree.sentence_bounds(name.start)
    before = takewhile(lambda i: not tree.is_verb(i), range(name.start - 1, max(first, name.start - 6) - 1, -1))
    after = takewhile(lambda i: not tree.is_verb(i), range(name.end, min(name.end + 10, last)))
    return {base for i in (*before, *after) if (base := role_base(fold(tree.words[i])))}


def _gender(first: str, title: str) -> str:
    if title in MEN_TITLES or title in WOMEN_TITLES:
        return "m" if title in MEN_TITLES else "f"
    by_role = gender_of_role(title)
    if by_role:
        return by_role
    man, woman = first in MEN, first in WOMEN
    return "" if man == woman else "m" if man else "f"


def _singles(
    story: Story, found: list[Found], by_last: dict[str, list[int]], by_first: dict[str, list[int]]
) -> list[Found]:
    """Every single word that is a known last or first name and stands in no longer name, whatever the model calls it.

    The model takes a last name for a place or a company often enough that it is not asked.
    """
    known = set(by_last) | set(by_first)
    covered = {(name.tree, i) for name in found if len(name.words) > 1 for i in range(name.start, name.end)}
    alone = {(name.tree, name.start): name for name in found if len(name.words) == 1}
    singles: list[Found] = []
    for number, tree, _ in story.pieces():
        for i, form in enumerate(tree.forms):
            if (number, i) in alone:
                singles.append(alone[number, i])
            elif form[:1].isupper() and tree.tags[i][:2] == "NN" and (number, i) not in covered:
                word = fold(form)
                # At the start of a sentence a last name may be tagged as a common noun ("Sanders said").
                noun = tree.tags[i][:3] != "NNP" and not (word in by_last and tree.deps[i] in ("nsubj", "nsubjpass"))
                if word in known and word not in NOT_NAMES and not noun and not _in_longer(tree, i):
                    end = past_suffix(tree, i + 1)
                    suffix = fold(tree.words[end - 1]) if end > i + 1 else ""
                    singles.append(Found(number, i, end, [word], title_before(tree, i), suffix=suffix))
    return singles


def _in_longer(tree: Tree, i: int) -> bool:
    """Whether a capitalised word is part of a longer name of something else ("Smith Tower", "the Lee Foundation")."""
    after = i + 1 < len(tree) and tree.tags[i + 1][:3] == "NNP" and tree.forms[i + 1][:1].isupper()
    return after and tree.heads[i] == i + 1 and tree.deps[i] == "compound" and tree.words[i + 1] in NOT_NAMES


def _alone(story: Story, cast: Cast, by_last: dict[str, list[int]], name: Found) -> int:
    """A person of whom the article gives one name only."""
    text = _text(story, name)
    person = Someone(text, "", name.words[0], _gender("", name.title), forms={text: "last"}, suffix=name.suffix)
    person.titles = _titles(story, name)
    cast.people.append(person)
    by_last.setdefault(name.words[0], []).append(len(cast.people) - 1)
    return len(cast.people) - 1


def _likely(story: Story, name: Found) -> bool:
    """Whether a lone word called a person is one: a title or a role says so, or a capital not its sentence's."""
    return bool(name.title) or name.said or not (name.initial or story.trees[name.tree].tags[name.start] == "NNPS")


def _places(story: Story, words: set[str]) -> set[str]:
    """Those of some lone ``words`` that only ever stand where places do: "in Dunmore", "against Bolton"."""
    placed: set[str] = set()
    others: set[str] = set()
    for _, tree, _ in story.pieces():
        for i, word in enumerate(tree.words):
            if tree.forms[i][:1].isupper() and fold(word) in words:
                (placed if _is_placed(tree, i) else others).add(fold(word))
    return placed - others


def _is_placed(tree: Tree, i: int) -> bool:
    """Whether a word stands where a place does, itself or as one of several ("in Dunmore and Bolton")."""
    while tree.deps[i] == "conj" and tree.tags[tree.heads[i]][:3] == "NNP" and tree.heads[i] < i:
        i = tree.heads[i]
    before = tree.heads[i] if tree.deps[i] == "pobj" else max(i - 1, 0)
    told = tree.words[before - 1 : before] == ["according"]
    return tree.words[before] in _PLACING and not told


def _bearers(
    cast: Cast,
    name: Found,
    by_last: dict[str, list[int]],
    by_first: dict[str, list[int]],
    named: list[Named],
    called: set[str],
) -> list[int]:
    """Whose single name this can be; ``called`` are the genders of the honorifics that come with it ("m", "f")."""
    bearers = by_last.get(name.words[0]) or by_first.get(name.words[0], [])
    gender = "m" if name.title in MEN_TITLES else "f" if name.title in WOMEN_TITLES else ""
    if gender:
        return [c for c in bearers if cast.people[c].gender in ("", gender)]
    if name.title in RANKS:
        # "President Lee" is none of the Lees whose full names stand nowhere near that title; "Senator Lee" is not,
        # unless the article is about him (the title may be news to the text, but a president is a president). A
        # learned title may come with any role.
        titled = [c for c in bearers if role_base(name.title) in cast.people[c].titles]
        before = Counter(n.person for n in named if (n.tree, n.start) < (name.tree, name.start))
        least = 1 if name.title in _LEARNED else OFTEN
        # "Mr. Lee" elsewhere, and one Lee in the article, a man of whom nothing else is said: he is the president.
        plain = [
            c for c in bearers if len(bearers) == 1 and not cast.people[c].titles and cast.people[c].gender in called
        ]
        lone = [c for c in bearers if not cast.people[c].first]  # the last name alone: any title may be theirs
        about = [c for c in bearers if before[c] >= least and role_base(name.title) != "president"]
        return titled or lone or plain or about
    return bearers


def _of_one_age(story: Story, cast: Cast, name: Found, bearers: list[int]) -> list[int]:
    """Those of the bearers of a single name whom its suffix, or "the younger" before it, leaves: father or son.

    Without either, one with a suffix is not meant where the article names the one without it.
    """
    people = cast.people
    if name.suffix:
        return [c for c in bearers if people[c].suffix == name.suffix]
    before = story.trees[name.tree].words[name.start - 1] if name.start else ""
    younger = [c for c in bearers if people[c].suffix not in ("", "sr")]
    if before == "younger" and younger:
        return younger
    if before in ("elder", "older") and younger:
        return [c for c in bearers if c not in younger] or bearers
    plain = {people[c].first for c in bearers if not people[c].suffix}
    return [c for c in bearers if not people[c].suffix or people[c].first not in plain]


def _is_another(story: Story, name: Found, named: list[Named]) -> bool:
    """Whether "Lee, the union official," is not the one whom the article ``named`` "Ann Lee, the mayor,"."""
    role = _apposed_role(story, name.tree, name.end)
    others = {_apposed_role(story, n.tree, n.end) for n in named} - {""} if role else set()
    return bool(others) and role not in others


def _apposed_role(story: Story, number: int, name_end: int) -> str:
    """The noun of ", the union official," after a name, or nothing."""
    tree = story.trees[number]
    start, end = after_name(tree, name_end)
    definite = end > start and tree.words[start] == "the" and tree.words[name_end] == ","
    return analyse([fold(word) for word in tree.words[start:end]])[0] if definite else ""


def _form(story: Story, person: Someone, name: Found, by_last: dict[str, list[int]]) -> None:
    """Keep the form of a single name as an alias."""
    text = _text(story, name)
    person.forms.setdefault(text, "last" if name.words[0] in by_last else "first")
    if not person.gender and name.title:
        person.gender = _gender(person.first, name.title)


def _named(story: Story, name: Found, owner: int) -> Named:
    tree = story.trees[name.tree]
    subject = is_subject(tree, name.start, name.end)
    return Named(name.tree, name.start, name.end, owner, "name", subject, story.inside[name.tree][name.start])
