"""Spans that seem to name a person, trimmed to the name: what the model says, checked and mended."""

from dataclasses import dataclass

from knowledge.build.cues import CUES
from knowledge.build.roles import RANKS, TITLES, after_name, is_person, is_role
from knowledge.build.story import Story
from knowledge.build.tree import FINITE, Tree
from knowledge.data import read_lines
from knowledge.english import is_english
from knowledge.given_names import MEN, WOMEN
from knowledge.same_name import SUFFIXES
from knowledge.text import fold

__all__ = ["LONGEST_NAME", "NOT_NAMES", "Found", "find_names", "past_suffix", "title_before"]

_GIVEN = MEN | WOMEN
_PLACES = frozenset(fold(word.replace("_", " ")) for line in read_lines("places") for word in line)
_PARTICLES = frozenset("de da di del della van von der den bin ibn al el la le du dos ter ten abu ben st".split())
# What is no part of a monarch's name either ("Charles III"): it follows a last name.
_FAMILY = frozenset(("jr", "sr"))
# A name with one of these in it is an institution's, a place's or a work's.
NOT_NAMES = frozenset(
    "society university college school institute center centre committee council commission department ministry "
    "agency bureau party senate house congress court news times post journal street avenue road city county state "
    "states news press foundation association club company corp inc group bank airport hospital church "
    "international national american democrat democrats republican republicans gop pac fund museum tower hotel "
    "island river lake mountain monday tuesday wednesday thursday friday saturday sunday january february july "
    "september october november december god twitter facebook google youtube instagram amazon apple microsoft "
    "hamas hezbollah taliban isis covid obamacare brexit internet earth christmas easter ramadan islam english mr "
    "mrs ms dr politico politifact buzzfeed huffpost newsmax yahoo tiktok whatsapp coal energy oil".split()
)
# Last words of firms, teams and places by which they may be called: "Northgate United ... United said".
_BODIES = frozenset(
    "united rovers wanderers athletic albion rangers town villa forest palace motors industries lines airlines airways "
    "police government partners labs systems media capital holdings foods union valley bay beach port heights hills "
    "creek".split()
)
LONGEST_NAME = 5
_MARKS = frozenset("\"“”'‘’")
# What firms, teams and towns are as well as people: "Acme, the market leader, said".
_THINGS_TOO = frozenset(
    "adviser advocate agent backer broadcaster broker builder buyer client competitor consultant contractor "
    "counterpart designer developer donor employer favorite fellow host investor leader manager member operator "
    "opponent organiser organizer owner participant partner peer player producer rival source supporter trader user "
    "victim".split()
)
# What a person leads: "the opposition leader" is no thing, "the market leader" may be one.
_LED = frozenset("opposition party union rebel strike protest church gang community tribal majority minority".split())
_NOT_PERSONS = frozenset(("GPE", "NORP", "LOC", "FAC", "EVENT", "DATE"))
_PHRASE = frozenset(("DT", "JJ", "NN", "NNP", "HYPH", "PRP$", "POS", "VBN", "VBG", "CD"))


@dataclass(slots=True)
class Found:
    """A span that seems to name a person: folded words, the honorific before it and the suffix after it ("jr").

    ``said`` tells that the text says that a lone word is a person's name: "Brandt, the mayor, ...".
    """

    tree: int
    start: int
    end: int
    words: list[str]
    title: str
    initial: bool = False
    said: bool = False
    suffix: str = ""


def find_names(story: Story) -> list[Found]:
    """All such spans of an article, in order."""
    found = _mended([name for number, tree, _ in story.pieces() for name in _names(number, tree)])
    missed = _missed(story, found)
    inner = {(name.tree, i) for name in missed for i in range(name.start, name.end)}
    kept = [name for name in found if (name.tree, name.start) not in inner]
    return sorted([*kept, *missed], key=lambda name: (name.tree, name.start))


def _mended(found: list[Found]) -> list[Found]:
    """The names, "Obama Speech" in a headline cut to the last name that it is in the text."""
    full = {tuple(name.words) for name in found if len(name.words) > 1}
    for name in found:
        tail = tuple(name.words[1:])
        if len(tail) > 1 and tail in full and name.words[0] not in _GIVEN and (name.initial or tail[0] in _GIVEN):
            name.words, name.start = name.words[1:], name.start + 1  # "Rip Ann Smith" in a headline
    lasts = {name.words[-1] for name in found if len(name.words) > 1 and name.words[0] in _GIVEN}
    for name in found:
        if len(name.words) == 2 and name.words[0] in lasts and name.words[1] in SUFFIXES:
            name.suffix = name.words.pop()  # "Lee III", where "Ann Lee" is known
    seen = {name.words[0] for name in found if name.words[0] not in _GIVEN and name.start and not name.initial}
    for name in found:
        if len(name.words) != 2 or name.words[0] in _GIVEN or name.suffix:
            continue
        first, last = name.words
        if first in lasts:
            name.words, name.end = [first], name.start + 1
        elif last in lasts and name.initial and first not in seen:
            # "Derelict Smith" at the start of a headline, where "Ann Smith" is known.
            name.words, name.start = [last], name.start + 1
    return found


def _missed(story: Story, found: list[Found]) -> list[Found]:
    """Full names that the model takes for something else, of people whom the text then calls by the last name.

    "Ann Ditto ... Ditto said": two capitalised words, the second of which is a subject of its own elsewhere (and
    speaks, unless the first is a given name); or two capitalised words after a role, or before what only a person is.
    """
    known = {name.words[-1] for name in found if len(name.words) > 1}
    lone = {name.words[0] for name in found if len(name.words) == 1}
    longer = (name for name in found if len(name.words) > 1)
    pairs, subjects, speakers = _pairs(story, {(name.tree, i) for name in longer for i in range(name.start, name.end)})
    more: list[Found] = []
    for number, start in pairs:
        tree = story.trees[number]
        first, last = fold(tree.words[start]), fold(tree.words[start + 1])
        role = fold(tree.words[start - 1]) if start else ""
        titled = is_role(role) and (_capital(tree.forms[start - 1]) or role not in _THINGS_TOO)
        called = last in lone or titled or (first in _GIVEN and (last in subjects or last in known))
        called = called or (last in speakers and not is_english(first) and last not in _BODIES)
        told = _is_bare(tree, start + 1) and tree.words[start + 2 : start + 3] == [","]
        called = called or (told and _is_said_of_a_person(tree, start + 1))
        plain = not {first, last} & (NOT_NAMES | TITLES | _PLACES) and (last not in known or first in _GIVEN)
        if called and plain and (titled or not start or tree.tags[start - 1] != "NNP"):
            whole = start - 2 if _is_hyphenated(tree, start) else start
            _take(number, tree, whole, start + 2, [False] * len(tree), more)
    return more


def _pairs(story: Story, taken: set[tuple[int, int]]) -> tuple[list[tuple[int, int]], set[str], set[str]]:
    """Where two capitalised words stand that are not taken, with none after them; the single ones as subjects.

    The third are those of the single ones that speak.
    """
    pairs: list[tuple[int, int]] = []
    subjects: set[str] = set()
    speakers: set[str] = set()
    for number, tree, _ in story.pieces():
        proper = [tag[:3] == "NNP" and _capital(form) for tag, form in zip(tree.tags, tree.forms, strict=True)]
        for i in range(len(tree)):
            before = i > 0 and tree.sentence[i - 1] == tree.sentence[i] and (proper[i - 1] or _starts_name(tree, i - 1))
            after = i + 1 < len(tree) and proper[i + 1]
            if tree.tags[i] in ("NN", "NNP") and _capital(tree.forms[i]) and tree.left[i] == i and _is_speaker(tree, i):
                speakers.add(fold(tree.words[i]))  # "Price" may be tagged as a common noun
            if not proper[i] or after:
                continue
            if not before and tree.deps[i] in ("nsubj", "nsubjpass"):
                subjects.add(fold(tree.words[i]))
            elif before and (number, i) not in taken and (number, i - 1) not in taken:
                pairs.append((number, i - 1))
    return pairs, subjects, speakers


def _starts_name(tree: Tree, i: int) -> bool:
    """Whether a capitalised word that begins a sentence is read as part of the name after it, whatever its tag."""
    first = i == 0 or tree.sentence[i - 1] != tree.sentence[i]
    return first and tree.deps[i] == "compound" and tree.heads[i] == i + 1 and _capital(tree.forms[i])


def _names(number: int, tree: Tree) -> list[Found]:
    """Spans of one tree that the model calls persons, trimmed, and capitalised words after an honorific."""
    found: list[Found] = []
    taken = [False] * len(tree)
    for entity in tree.entities:
        if entity.label == "PERSON" and not taken[entity.start]:
            _take(number, tree, entity.start, _past_nickname(tree, entity.end), taken, found)
    for i, word in enumerate(tree.words):
        if word in TITLES and not taken[i] and i + 1 < len(tree) and not taken[i + 1]:
            end = i + 1
            while end < len(tree) and end - i <= 4 and not taken[end] and _in_name(tree, end):
                end += 1
            if end > i + 1:
                _take(number, tree, i + 1, end, taken, found)
    for i in range(len(tree) - 2):
        start = i - 2 if _is_hyphenated(tree, i) else i
        if (_is_lone(tree, start, i) and _is_said_of_a_person(tree, i)) or _speaks_for(tree, start, i):
            known = next((name for name in found if (name.start, name.end) == (start, i + 1)), None)
            if known is None:
                known = Found(number, start, i + 1, _words(tree, start, i + 1), "", _is_initial(tree, start))
                found.append(known)
            known.said = True
    return sorted(found, key=lambda name: name.start)


def _is_hyphenated(tree: Tree, i: int) -> bool:
    """Whether a token is the second half of a name: "Al-Kadi"."""
    joined = i > 1 and tree.words[i - 1] == "-" and tree.ends[i - 2] == tree.begins[i - 1]
    return joined and tree.ends[i - 1] == tree.begins[i] and _capital(tree.forms[i - 2])


def _is_bare(tree: Tree, i: int) -> bool:
    """Whether a token has the form of a person's name."""
    word, form = fold(tree.words[i]), tree.forms[i]
    if tree.tags[i] != "NNP" or not _capital(form) or len(word) < 2 or form.isupper():
        return False
    return not (word in NOT_NAMES or word in _PLACES or word in TITLES or word in SUFFIXES or is_role(word))


def _speaks_for(tree: Tree, start: int, i: int) -> bool:
    """Whether a lone name is of somebody who speaks for a body: "The coast guard's Tkachuk said"."""
    owner = tree.kid(i, "poss")
    if owner is None or tree.tags[owner] != "NN" or tree.tags[start - 1] != "POS" or not _is_bare(tree, i):
        return False
    definite = tree.words[tree.left[owner]] == "the" and not is_person(fold(tree.words[owner]))
    return definite and not is_english(fold(tree.words[i])) and _is_speaker(tree, i)


def _is_speaker(tree: Tree, i: int) -> bool:
    return tree.deps[i] in ("nsubj", "nsubjpass") and tree.words[tree.heads[i]] in CUES


def _is_lone(tree: Tree, i: int, end: int) -> bool:
    """Whether tokens ``i`` to ``end`` are a name of one word, with a comma after it, that may be a person's."""
    if tree.words[end + 1] != "," or not _is_bare(tree, end):
        return False
    if i == 0 or tree.sentence[i - 1] != tree.sentence[i]:
        return True
    if tree.tags[i - 1] in ("NNP", "NNPS", "DT", "HYPH", "CD", "POS") or _capital(tree.forms[i - 1]):
        return tree.words[i - 1] in TITLES
    # "In Dunmore, the mayor, Ann Lee, said": what follows is another's role.
    said = tree.words[i - 1] in ("by", "with") or tree.words[max(0, i - 2) : i] == ["according", "to"]
    return said or tree.tags[i - 1] not in ("IN", "TO")


def _is_said_of_a_person(tree: Tree, i: int) -> bool:
    """Whether what follows a name tells a person: "Brandt, the mayor,", "Soto, 61, said", "Hart, who ..., said".

    Of what a firm, a team or a town can be or do as well, the model must say that it is a person, or the grammar
    that it speaks.
    """
    label = next((entity.label for entity in tree.entities if entity.start <= i < entity.end), "")
    subject = tree.deps[i] in ("nsubj", "nsubjpass")
    at = i + 2
    if tree.words[at] in ("who", "of"):  # "Falk, of the seafarers' union, said"
        speaks = _is_speaker(tree, i) and not is_english(fold(tree.words[i])) and tree.heads[i] > at
        return (label == "PERSON" and tree.words[at] == "who") or (speaks and label not in _NOT_PERSONS)
    start, end = after_name(tree, i + 1)
    if end == start:
        age = tree.words[at]
        aged = age.isdigit() and 5 < int(age[:4]) < 110 and tree.words[at + 1 : at + 2] == [","]
        return aged and subject and label not in _NOT_PERSONS
    last = start
    while last + 1 < end and tree.tags[last + 1] in _PHRASE:
        last += 1
    noun = fold(tree.words[last])
    named = tree.tags[last] in ("NN", "NNP") and is_person(noun)
    heads = noun == "leader" and fold(tree.words[last - 1]) in _LED
    return named and (label == "PERSON" or noun not in _THINGS_TOO or heads)


def _past_nickname(tree: Tree, end: int) -> int:
    """Where a name ends that goes on with a nickname in marks: "Robert C. “Bob” Lee"."""
    after = tree.forms[end : end + 4]
    if (
        len(after) == 4
        and after[0] in _MARKS
        and after[2] in _MARKS
        and _capital(after[1])
        and tree.tags[end + 3] == "NNP"
    ):
        return end + 4 if _capital(after[3]) else end
    return end


def _in_name(tree: Tree, i: int) -> bool:
    return (tree.tags[i] == "NNP" and _capital(tree.forms[i])) or tree.words[i] in _PARTICLES


def _take(number: int, tree: Tree, start: int, end: int, taken: list[bool], found: list[Found]) -> None:
    """Trim a span to the name in it and put it down, if a name is left."""
    while start < end and (fold(tree.words[start]) in TITLES or not _capital(tree.forms[start])):
        start += 1
    start = _past_role(tree, start, end)
    # "Smith Says ..." in a headline: the verb's capital is the headline's.
    while end > start and (
        not _ends_name(tree, start, end)
        or (end - start > 1 and (tree.words[end - 1] in CUES or tree.tags[end - 1] in FINITE))
    ):
        end -= 1
    end = past_suffix(tree, end)
    words = _words(tree, start, end)
    suffix = words.pop() if words[1:] and words[-1] in (SUFFIXES if words[2:] else _FAMILY) else ""
    if not words or len(words) > LONGEST_NAME or any(word in NOT_NAMES for word in words):
        return
    # "Hilltown Mayor" is only what stands before a name.
    if words[0] in ("the", "a", "an") or (len(words) > 1 and words[-1] in RANKS and _capital_follows(tree, end)):
        return
    if len(words) == 1 and (words[0] in _PLACES or len(words[0]) < 2 or words[0] in SUFFIXES):
        return
    if not all(
        _ends_name(tree, start, i + 1) or tree.words[i] in _PARTICLES or tree.forms[i] in "-.,“”\"'"
        for i in range(start, end)
    ):
        return
    taken[start:end] = [True] * (end - start)
    found.append(Found(number, start, end, words, title_before(tree, start), _is_initial(tree, start), suffix=suffix))


def title_before(tree: Tree, start: int) -> str:
    """The folded title right before a name, or nothing."""
    word = fold(tree.words[start - 1]) if start else ""
    return word if word in TITLES else ""


def past_suffix(tree: Tree, end: int) -> int:
    """Where a name ends that goes on with a suffix: "Victor Hale Jr.", "Victor Hale, Jr."."""
    after = [fold(word) for word in tree.words[end : end + 2]]
    if after and after[0] in SUFFIXES and _capital(tree.forms[end]):
        return end + 1
    return end + 2 if after[1:] and tree.words[end] == "," and after[1] in _FAMILY else end


def _past_role(tree: Tree, start: int, end: int) -> int:
    """Where the name begins after a role in capitals: "Hairdresser Jane Vale", "Assistant Fire Chief Joe Lund".

    Two words of the name must be left, and no given name goes before a role ("Dean Ray Cole", "Ann Bishop Lee").
    """
    begin = start
    for i in range(start, end - 2):
        word = fold(tree.words[i])
        if word in _GIVEN or not _capital(tree.forms[i]):
            break
        if is_role(word):
            begin = i + 1
    return begin


def _is_initial(tree: Tree, i: int) -> bool:
    """Whether a token would have a capital anyway, as the first of its sentence or after a mark."""
    return i == 0 or tree.sentence[i - 1] != tree.sentence[i] or not tree.words[i - 1][:1].isalpha()


def _capital_follows(tree: Tree, end: int) -> bool:
    return end < len(tree) and tree.tags[end][:3] == "NNP" and _capital(tree.forms[end])


def _ends_name(tree: Tree, start: int, end: int) -> bool:
    """Whether the last token can end a name: a capital, or the second half of a hyphenated one ("Ki-moon")."""
    hyphenated = end - start > 2 and tree.words[end - 2] == "-" and tree.ends[end - 2] == tree.begins[end - 1]
    return _capital(tree.forms[end - 1]) or (hyphenated and _capital(tree.forms[end - 3]))


def _words(tree: Tree, start: int, end: int) -> list[str]:
    """The folded words of a name; the parts of a hyphenated one are one word, punctuation is none."""
    words: list[str] = []
    for i in range(start, end):
        if tree.words[i] == "-" and words:
            words[-1] += "-"
        elif words and words[-1].endswith("-"):
            words[-1] += fold(tree.words[i])
        elif any(c.isalpha() for c in tree.words[i]):
            words.append(fold(tree.words[i]))
    return words


def _capital(form: str) -> bool:
    return form[:1].isupper() and any(c.isalpha() for c in form)
