"""From what is typed to what is followed: a person, a topic or a publisher of the articles held."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from rapidfuzz import fuzz, process

from bot.replies import Button
from bot.subscribing import texts
from bot.subscribing.people import called, people_among
from bot.subscribing.presses import again, fitting_button, follow
from bot.subscribing.wishes import Problem, Wish, parse_topic
from knowledge.answer.names import Named
from knowledge.index.fields import token
from knowledge.library import Library
from knowledge.models import Interest
from knowledge.same_name import person_key
from knowledge.schedule import When
from knowledge.text import content_words, folded_words, normal, one_line, squash, words

__all__ = ["Choice", "Target", "by_key", "find_target", "guessed", "held_person", "people_quoted", "publishers_held"]

_ALIKE = 80.0
_CLEARLY = 6.0
_SHOWN = 8
_TYPED = 40
_MOST_WORDS = 8
_NAMED = 30
_PUBLISHERS = 2_000

Rows = tuple[tuple[Button, ...], ...]


@dataclass(frozen=True, slots=True)
class Target:
    """What is to be followed and what it is called; ``note`` says how it was read, when that needs saying.

    ``rows`` are the buttons for what may have been meant instead.
    """

    interest: Interest
    label: str
    note: str = ""
    rows: Rows = ()


@dataclass(frozen=True, slots=True)
class Choice:
    """What to ask, and the buttons that answer."""

    text: str
    rows: Rows = ()


def find_target(library: Library, wish: Wish) -> Target | Choice | Problem:
    """What a wish means by the articles held; a choice when that is not one thing."""
    match wish.kind:
        case "everything":
            return Target(Interest(kind="everything"), texts.EVERYTHING)
        case "person":
            return _person(library, wish)
        case "topic":
            return _topic(library, wish)
        case "source":
            return _source(library, wish)
        case _:
            return _unsaid(library, wish)


def guessed(library: Library, name: str) -> Target | Choice | Problem:
    """What a link that says no kind means: a person whom the articles name, or else a topic."""
    if _people(library, name):
        return _person(library, Wish("person", name))
    topic = _topic(library, Wish("topic", name))
    if not isinstance(topic, Target):
        return topic
    label = one_line(name, 80)
    note = " ".join(part for part in (texts.taken_as_topic(label), topic.note) if part)
    person = fitting_button(texts.as_person(label), follow(Interest(kind="person", target=label), label))
    return replace(topic, note=note, rows=(*((person,) if person else ()), *topic.rows))


def by_key(library: Library, key: str) -> Target:
    """Somebody by their key or name, whom the articles may not name."""
    return held_person(library, key) or held_person(library, person_key(key)) or _unknown_person(key)


def held_person(library: Library, key: str) -> Target | None:
    """Somebody by their key; None when the articles name nobody with it."""
    entity = library.index.entity(key)
    return Target(Interest(kind="person", target=key), one_line(entity["name"], 80)) if entity else None


def people_quoted(library: Library) -> Rows:
    """A button for each of the people most quoted in the latest articles."""
    targets = [held for key in _quoted_keys(library) if (held := held_person(library, key)) is not None]
    return _rows(((target.label, target.interest) for target in targets[:_SHOWN]), Wish("person"))


def publishers_held(library: Library) -> Rows:
    """A button for each of the publishers of most articles."""
    return _publisher_rows(library.publishers(_SHOWN), Wish("source"))


def _person(library: Library, wish: Wish) -> Target | Choice:
    name = wish.name
    people = _people(library, name)
    typed = one_line(name, _TYPED)
    if len(people) > 1:
        named = [(called(person), Interest(kind="person", target=person.key)) for person in people[:_SHOWN]]
        return Choice(texts.which_person(typed), _rows(named, wish))
    if not people:
        return held_person(library, person_key(name)) or _unknown_person(name)
    (person,) = people
    label = one_line(person.entity["name"], 80)
    target = Target(Interest(kind="person", target=person.key), label)
    if not person.mended:
        return target
    written = _button(texts.as_written(one_line(name, 80)), Interest(kind="person", target=one_line(name)), "", wish)
    return replace(target, note=texts.read_as(typed, label), rows=(written,) if written else ())


def _unknown_person(name: str) -> Target:
    """Somebody who may be quoted tomorrow; that nobody is called so today is said."""
    label = one_line(name, 80)
    return Target(Interest(kind="person", target=person_key(name)), label, texts.nobody_called(label))


def _people(library: Library, name: str) -> list[Named]:
    return people_among(library.index, library.answerer.read(f"who is {name}").who)


def _topic(library: Library, wish: Wish) -> Target | Problem:
    wanted = list(dict.fromkeys(content_words(wish.name)))
    without = sorted({normal(word) for typed in wish.without for word, _, _ in words(typed)})
    if not wanted:
        return Problem(texts.NO_CONTENT)
    if len(wanted) > _MOST_WORDS:
        return Problem(texts.too_many_words(_MOST_WORDS))
    if not set(wanted).isdisjoint(without):
        return Problem(texts.BOTH_WAYS)
    label = " ".join((wish.name, *(f"-{word}" for word in wish.without)))
    target = Target(Interest(kind="topic", target=" ".join(sorted(wanted)), without=tuple(without)), label)
    note = texts.left_out(wish.without) if wish.without else ""
    if _stands(library, wanted):
        return replace(target, note=note)
    mended = _mended(library, wish.name)
    telling = texts.mended_words(one_line(mended, 80)) if mended else texts.NOTHING_YET
    again = " ".join((mended, *(f"-{word}" for word in wish.without)))
    row = _button(texts.follow(f"“{mended}”"), Interest(kind="topic", target=mended), again, wish) if mended else ()
    return replace(target, note=" ".join(part for part in (note, telling) if part), rows=(row,) if row else ())


def _stands(library: Library, wanted: Sequence[str]) -> bool:
    """Whether an article has all the words, in one sentence with its neighbours and title."""
    index = library.index
    everywhere = ("body", "near", "title")
    each = [index.any_of(index.term(field, word) for field in everywhere) for word in wanted]
    return index.count(index.all_of(each)) > 0


def _mended(library: Library, name: str) -> str:
    """A topic's words, those that are slips read as questions read them; empty when none is, or it helps nothing."""
    read = library.answerer.read(name).topic
    if not any(word.mended for word in read):
        return ""
    mended = " ".join(word.meant for word in read)
    return mended if _stands(library, content_words(mended)) else ""


def _source(library: Library, wish: Wish) -> Target | Choice | Problem:
    name = wish.name
    held = library.publishers(_PUBLISHERS)
    typed = one_line(name, _TYPED)
    if not held:
        return Choice(texts.NO_SOURCES)
    same = [publisher for publisher in held if squash(publisher) == squash(name)]
    if not same and "," in name:
        return Problem(texts.ONE_SOURCE)
    alike = [(publisher, 100.0) for publisher in same] or _alike(name, held)
    if not alike:
        return Choice(texts.no_publisher(typed), _publisher_rows(held[:_SHOWN], wish))
    if len(alike) > 1:
        return Choice(texts.which_publisher(typed), _publisher_rows([p for p, _ in alike[:_SHOWN]], wish))
    publisher = alike[0][0]
    note = "" if same else texts.read_as(typed, one_line(publisher, 80))
    return Target(Interest(kind="source", target=publisher), one_line(publisher, 80), note)


def _alike(name: str, held: Sequence[str]) -> list[tuple[str, float]]:
    """The publishers that a name may mean, the likeliest first; only the first when the others are much less likely."""
    folded = {publisher: " ".join(folded_words(publisher)) for publisher in held}
    typed = " ".join(folded_words(name))
    found = [
        (publisher, max(score, fuzz.ratio(typed, folded[publisher])))
        for _, score, publisher in process.extract(
            typed, folded, scorer=fuzz.token_set_ratio, score_cutoff=_ALIKE, limit=2 * _SHOWN
        )
    ]
    found.sort(key=lambda pair: -pair[1])
    return [pair for pair in found if pair[1] >= found[0][1] - _CLEARLY]


def _unsaid(library: Library, wish: Wish) -> Choice:
    """A name without a word for what it is: what it may be, to choose from."""
    name = wish.name
    offered = [
        (texts.as_person(called(person)), Interest(kind="person", target=person.key), "")
        for person in _people(library, name)[: _SHOWN // 2]
    ]
    source = _source(library, wish)
    if isinstance(source, Target):
        offered.append((texts.as_source(source.label), source.interest, ""))
    typed = parse_topic(name)
    topic = _topic(library, typed) if isinstance(typed, Wish) else typed
    if isinstance(topic, Target):
        offered.append((texts.as_topic(topic.label), topic.interest, topic.label))
    rows = tuple(row for text, interest, label in offered if (row := _button(text, interest, label, wish)))
    return Choice(texts.FOLLOW_AS_WHAT if rows else texts.SUBSCRIBE_FORM, rows)


def _button(text: str, interest: Interest, label: str, wish: Wish) -> tuple[Button, ...]:
    """A row with the button that follows something, as often as the wish says."""
    if wish.when is None and not wish.silent:
        return fitting_button(text, follow(interest, label))
    when = wish.when or When(often="at_once")
    return fitting_button(text, again(interest, label, when, silent=bool(wish.silent)))


def _rows(named: Iterable[tuple[str, Interest]], wish: Wish) -> Rows:
    return tuple(row for label, interest in named if (row := _button(label, interest, label, wish)))


def _publisher_rows(publishers: Sequence[str], wish: Wish) -> Rows:
    return _rows(((publisher, Interest(kind="source", target=publisher)) for publisher in publishers), wish)


def _quoted_keys(library: Library) -> list[str]:
    """The people quoted of those named in the latest articles, those whom most sentences quote first."""
    from knowledge.store.reading import recent_people

    quoted = {
        key: library.index.count(library.index.term("speaker", token(key)))
        for key, _, _ in recent_people(library.engine, _NAMED)
    }
    return sorted((key for key, count in quoted.items() if count), key=lambda key: -quoted[key])
