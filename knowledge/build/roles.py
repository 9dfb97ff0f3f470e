"""What people are: titles before a name, descriptions after it, and the mentions that use them instead of the name."""

import re

from knowledge.build.story import Cast, Named, Someone, Story
from knowledge.build.tree import Tree
from knowledge.data import read_lines, read_words
from knowledge.text import fold

__all__ = [
    "DISTINCT",
    "MEN_TITLES",
    "RANKS",
    "TITLES",
    "WOMEN_TITLES",
    "Role",
    "after_name",
    "analyse",
    "core",
    "find_roles",
    "gender_of_role",
    "is_person",
    "is_role",
    "place_of",
    "role_base",
]

_ROLES = {word: line[0] for line in read_lines("roles") for word in line}
_PERSONS = read_words("person_nouns")
_PLACES = {fold(word.replace("_", " ")): line[0] for line in read_lines("places") for word in line}
MEN_TITLES = frozenset("mr sir lord king prince".split())
WOMEN_TITLES = frozenset("mrs ms miss lady dame madame queen princess".split())
RANKS = frozenset(
    "dr prof rev sen rep gov gen lt col maj sgt capt cmdr adm pres president senator representative congressman "
    "congresswoman governor mayor secretary professor doctor judge justice sheriff pope chancellor premier".split()
)  # fmt: skip
TITLES = MEN_TITLES | WOMEN_TITLES | RANKS
_MALE = frozenset(
    "man men boy guy uncle grandfather businessman congressman councilman husband son brother father king prince monk "
    "pope".split()
)
_FEMALE = frozenset(
    "woman women girl lady aunt grandmother actress wife daughter sister mother queen princess nun spokeswoman".split()
)
_FORMER = frozenset("then current then- late longtime top senior chief acting the a an s".split())
# A role with one of these is another role than the one without.
DISTINCT = frozenset("former ex vice deputy assistant associate".split())
LONGEST_ROLE = 14
_PARTY = {"gop": "republican", "democratic": "democrat"}

# Verbs that give a role: to whom they name ("named Ann Lee mayor"), to their subject, and to their subject by "as".
_APPOINTING = frozenset(
    "appoint appoints appointed name names named elect elects elected re-elected reelected choose chooses chose chosen "
    "pick picks picked hire hires hired confirm confirms confirmed install installs installed".split()
)
_BECOMING = frozenset("become becomes became".split())
_FOLLOWING = frozenset(
    "succeed succeeds succeeded replace replaces replaced take takes took taken sworn start starts started begin "
    "begins began return returns returned".split()
)
# Helpers with which it happened, or surely will.
_HAPPENED = frozenset("was were is are been be being has have had will 's".split())
_UNSURE = frozenset("if whether unless not never n't to".split())
# What a description may call a role that is news.
_NEW = frozenset("new newly incoming appointed elected".split())
_NOUN_PHRASE = frozenset(("DT", "PRP$", "NN", "NNP", "NNPS", "JJ", "HYPH", "POS", "CD"))
# Tokens at most between a verb that gives a role and its "as".
_FAR = 12

# A role taken apart: its noun, the place it is of, and the other words that tell it from its like.
Role = tuple[str, str, frozenset[str]]


def is_role(word: str) -> bool:
    """Whether a folded word is a noun for what someone does."""
    return word in _ROLES or (word.endswith(("woman", "man")) and word[:-5].rstrip("wo") + "man" in _ROLES)


def is_person(word: str) -> bool:
    """Whether a folded word is a noun for one person: a role, or "friend", "source", "mother"."""
    return word in _PERSONS or is_role(word)


def role_base(word: str) -> str:
    """The noun that stands for a role and its abbreviations ("sen" -> "senator"), or nothing."""
    return _ROLES.get(word, "")


def gender_of_role(word: str) -> str:
    """Tell "m" or "f" where a role says it ("congresswoman", "husband"), else nothing."""
    if word in _FEMALE or (word.endswith("woman") and len(word) > 5):
        return "f"
    return "m" if word in _MALE or (word.endswith("man") and word[:-3] + "woman" in _ROLES) else ""


def place_of(word: str) -> str:
    """The country a folded word names or is the adjective of, or nothing."""
    return _PLACES.get(word, "")


def analyse(words: list[str]) -> Role:
    """The parts of a role given as folded words ("chinese foreign minister" -> minister, China, {foreign})."""
    cut = next((i for i, word in enumerate(words) if i and word in ("of", "for", "to", "at", "in", "who", "and")), None)
    front = words[:cut]
    noun = next((_ROLES[word] for word in reversed(front) if word in _ROLES), "")
    place = next((place for word in words if (place := place_of(word))), "")
    rest = frozenset(
        _ROLES.get(_PARTY.get(word, word), _PARTY.get(word, word))
        for word in words
        if word.isalpha() and not place_of(word) and word not in _FORMER
    )
    return noun, place, rest - {noun, "of", "for", "to", "at", "in", "who", "and", "s"}


def find_roles(story: Story, cast: Cast) -> None:
    """Fill in what each person is, from the words around each of their names."""
    for named in cast.named:
        tree = story.trees[named.tree]
        person = cast.people[named.person]
        for start, end in (_before(tree, named.start), _named_so(tree, named), after_name(tree, named.end)):
            if end > start and not cast.at(named.tree, start, end):
                _add(story, tree, person, start, end)
        given = None if named.quoted else _given(tree, named)
        if given is not None and not cast.at(named.tree, *given):
            person.appointed.add(_add(story, tree, person, *given))
        if tree.words[named.end : named.end + 1] == ["of"] and named.end + 1 < len(tree):
            person.place = person.place or place_of(fold(tree.words[named.end + 1]))
        if not person.age and named.end + 1 < len(tree) and tree.words[named.end] == ",":
            age = tree.words[named.end + 1]
            if age.isdigit() and 5 < int(age[:4]) < 110 and tree.words[named.end + 2 : named.end + 3] in ([","], ["."]):
                person.age = age


def _add(story: Story, tree: Tree, person: Someone, start: int, end: int) -> str:
    first, last = tree.span(start, end)
    text = " ".join(story.text[first:last].split())
    if text and text not in person.roles:
        person.roles.append(text)
        if person.role_at is None:
            person.role_at = tree.sentence[start]
    if not person.gender:
        person.gender = next((g for word in tree.words[start:end] if (g := gender_of_role(fold(word)))), "")
    return text


def _given(tree: Tree, named: Named) -> tuple[int, int] | None:
    """The role that a sentence gives to a name: "named Ann Lee mayor", "Lee was elected mayor", "becomes the mayor"."""
    head = next((i for i in range(named.start, named.end) if not named.start <= tree.heads[i] < named.end), named.start)
    whom = named.start - 1  # "named the lawyer Ann Lee as mayor"
    while whom > 0 and named.start - whom < LONGEST_ROLE and tree.tags[whom] in _NOUN_PHRASE:
        whom -= 1
    if whom >= 0 and tree.words[whom] in _APPOINTING and _happened(tree, whom, passive=False):
        end = named.end
        if tree.words[end : end + 1] == [","]:  # "named Ann Lee, until now a critic, as mayor"
            end = _as(tree, end + 1)
        return _role_at(tree, end)
    for verb in (tree.heads[head], *tree.kids[head]):
        subject = tree.kid(verb, "nsubj", "nsubjpass")
        of_name = subject == head or (verb > head and tree.deps[verb] in ("relcl", "acl"))
        if not of_name or verb < head:
            continue
        if tree.words[verb] in _APPOINTING and _happened(tree, verb, passive=True):
            return _role_at(tree, verb + 1) or _role_at(tree, _as(tree, verb + 1))
        if tree.words[verb] in _BECOMING and _happened(tree, verb, passive=False):
            return _role_at(tree, verb + 1)
        if tree.words[verb] in _FOLLOWING and _happened(tree, verb, passive=tree.words[verb] == "sworn"):
            return _role_at(tree, _as(tree, verb + 1))
    return None


def _happened(tree: Tree, verb: int, *, passive: bool) -> bool:
    """Whether a verb that gives a role says that it was given, or will be."""
    helpers = [tree.words[k] for k in tree.kids[verb] if tree.deps[k] in ("aux", "auxpass", "neg", "mark")]
    if tree.words[verb - 1] in _UNSURE or not {word for word in helpers if word != "that"} <= _HAPPENED:
        return False
    if (tree.kid(verb, "auxpass") is not None or tree.deps[verb] == "acl") != passive:
        return False
    return tree.tags[verb] in ("VBD", "VBZ", "VBP", "VBN") or (tree.tags[verb] == "VB" and "will" in helpers)


def _as(tree: Tree, start: int) -> int:
    """Where the next "as" of a clause stands, or the end of the text; "with Ann Lee as mayor" is of another."""
    last = min(tree.sentence_bounds(start)[1], start + _FAR) if start < len(tree) else start
    found = next((i for i in range(start, last) if tree.words[i] in ("as", "with")), len(tree))
    return found if tree.words[found : found + 1] == ["as"] else len(tree)


def _role_at(tree: Tree, start: int) -> tuple[int, int] | None:
    """The role that begins right at a token, "as" or "to be" left out: "as the mayor of Hilltown"."""
    if tree.words[start : start + 1] == ["as"]:
        start += 1
    elif tree.words[start : start + 2] == ["to", "be"]:
        start += 2
    if start >= len(tree):
        return None
    last = min(tree.sentence_bounds(start)[1], start + LONGEST_ROLE)
    end = start
    while end < last and tree.tags[end] in _NOUN_PHRASE:
        end += 1
    if end == start or not is_role(fold(tree.words[end - 1])) or tree.tags[end - 1][:2] != "NN":
        return None
    days = {i for entity in tree.entities if entity.label in ("DATE", "TIME") for i in range(entity.start, entity.end)}
    after = end + 1
    while after < last and tree.tags[after] in _NOUN_PHRASE and after not in days:
        after += 1
    return (start, after if tree.words[end : end + 1] in (["of"], ["at"]) and after > end + 1 else end)


def _before(tree: Tree, name: int) -> tuple[int, int]:
    """The title that stands before a name: nouns and adjectives up to it, the last but a few a role's noun."""
    start = name
    while start and name - start < 8 and _in_title(tree, start - 1):
        start -= 1
    words = [fold(word) for word in tree.words[start:name]]
    roles = [i for i, word in enumerate(words) if word in _ROLES]
    if not roles or words[0] in ("mr", "mrs", "ms"):
        return (name, name)
    if roles[-1] < len(words) - 1 and not all(tree.tags[start + i][:2] == "NN" for i in range(roles[-1], len(words))):
        return (name, name)
    while start < name and tree.tags[start] in ("IN", "CC", "POS"):
        start += 1
    return (start, name)


def _named_so(tree: Tree, named: Named) -> tuple[int, int]:
    """The description that a name is an apposition of: "the president of France, Marie Dupont"."""
    head = tree.heads[named.end - 1]
    if tree.tags[head] == "NNP" and tree.deps[head] == "pobj":
        head = tree.heads[tree.heads[head]]  # the parser makes her an apposition of "France"
    comma = named.start - 1
    apart = tree.deps[named.end - 1] == "appos" and tree.tags[head] == "NN" and fold(tree.words[head]) in _ROLES
    if not apart or comma <= head or tree.words[comma] != "," or named.start - tree.left[head] > LONGEST_ROLE:
        return (named.start, named.start)
    return (tree.left[head], comma)


def _in_title(tree: Tree, i: int) -> bool:
    tag = tree.tags[i]
    if tree.sentence[i] != tree.sentence[i + 1]:
        return False
    return tag in ("NN", "NNP", "JJ", "NNPS", "HYPH") or (tag == "VBG" and tree.words[i] == "acting")


def after_name(tree: Tree, name_end: int) -> tuple[int, int]:
    """The description that follows a name: ", the President of Russia," or ", who is ..."; up to the next comma."""
    none = (name_end, name_end)
    i = name_end
    if i < len(tree) and tree.words[i] == "(":
        return none
    if i + 1 >= len(tree) or tree.words[i] not in (",", "is", "was", "–", "—", "--"):
        return none
    copula = tree.words[i] in ("is", "was")
    i += 1
    if tree.words[i].isdigit() and tree.words[i + 1 : i + 2] == [","] and i + 2 < len(tree):
        i += 2  # "Ann Lee, 52, the mayor,"
    if tree.words[i] in ("who", "whom") and i + 2 < len(tree):
        if tree.words[i + 1] not in ("is", "was", "'s"):
            return none
        i, copula = i + 2, True
    start = i
    if copula and tree.words[start] not in ("the", "a", "an"):
        return none
    found = False
    while i < len(tree) and i - start < LONGEST_ROLE and tree.sentence[i] == tree.sentence[name_end]:
        word, tag = tree.words[i], tree.tags[i]
        if word in ('"', "(", ")", ";", ":", ".", "–", "—", "--", ","):
            break
        if word in ("who", "which", "that", "whose") or tag in ("VBD", "VBZ", "VBP", "MD", "WDT", "TO"):
            break
        found = found or (fold(word) in _ROLES and _ends_noun(tree, i))
        i += 1
    closed = i < len(tree) and tree.words[i] in (",", ".", ";", "–", "—", "--", "who", ")")
    if not found or not (closed or i == len(tree)):
        return none
    if tree.tags[start] not in ("DT", "NN", "NNP", "JJ", "PRP$", "NNS", "HYPH", "NNPS"):
        return none
    return (start, i)


def _ends_noun(tree: Tree, i: int) -> bool:
    return tree.tags[i][:2] == "NN"


def core(person: Someone) -> list[Role]:
    """All roles of a person, taken apart; one without a place is of the person's own ("Chancellor Lee of France")."""
    known = []
    for role in person.roles:
        noun, place, rest = analyse([fold(word) for word in re.findall(r"[\w.]+(?:['’]s)?", role)])
        known.append((noun, place or person.place, rest | _NEW if role in person.appointed else rest))
    return known
