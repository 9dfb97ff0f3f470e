"""Anchors: a verb outside quotation marks, whose words it is, and the stretch of text the two take up."""

from dataclasses import dataclass

from knowledge.build.cues import CUES, Cue
from knowledge.build.datelines import after_dateline
from knowledge.build.quotes.draft import Tokens
from knowledge.build.roles import is_person, is_role
from knowledge.build.tree import FINITE, Tree
from knowledge.text import fold

__all__ = ["OTHER", "TEXTS", "Anchor", "anchor_at", "anchors_of", "inverted", "noun_phrase", "speaks"]

_SUBJECTS = ("nsubj", "nsubjpass")
_RELATIVES = frozenset(("who", "which", "that"))
_CLIMB = frozenset(("conj", "acomp", "attr", "xcomp", "advcl", "pcomp", "acl", "prep", "dep", "ccomp", "pobj", "dobj"))
# A text that someone issues: what it says is its author's words.
TEXTS = frozenset("statement letter tweet post email e-mail message interview speech op-ed memo note release".split())
_BREAKS = frozenset(("relcl", "acl", "parataxis", "advcl"))
_SPEAKING = frozenset(("PERSON", "ORG", "NORP", "GPE"))
_NOUNS = frozenset(("NN", "NNS", "NNP", "NNPS", "PRP"))
_NOMINAL = _NOUNS | {"DT", "JJ", "PRP$", "POS", "HYPH", "CD"}
# Tags the parser gives to verbs in headlines and after odd subjects ("4 in 10 say").
_MISREAD = frozenset(("NNS", "NNP", "NNPS"))
_PAST_OR_PRESENT = frozenset(("VBD", "VBZ", "VBP", "VBN"))
_QUOTING = frozenset("quote quotes quoted quoting cite cites cited citing".split())
LONGEST_SOURCE = 30
OTHER = Cue("", frozenset())


@dataclass(frozen=True, slots=True)
class Anchor:
    """A ``verb`` and what it takes (``cue``), the tokens of who says it, and the tokens of "he told her on Monday".

    ``head`` is the noun of the source; of "Ann, who said" the source is "who" and the head is "Ann".
    """

    verb: int
    cue: Cue
    source: Tokens
    head: int
    group: Tokens
    via: Tokens | None = None
    passive: bool = False


def anchors_of(tree: Tree, inside: list[bool]) -> list[Anchor]:
    """The anchors at all cue verbs of one tree, in order."""
    found = []
    for i, word in enumerate(tree.words):
        if word not in CUES or inside[i] or _passes_on(tree, i):
            continue
        if tree.is_verb(i) and tree.deps[i] not in ("amod", "compound", "nmod"):
            anchor = anchor_at(tree, inside, i)
        elif tree.tags[i] in _MISREAD and i and tree.tags[i - 1] in _NOUNS:
            anchor = _by_order(tree, inside, i, CUES[word])  # "Mayor Says Dam Will Hold"
        else:
            continue
        if anchor is not None:
            found.append(anchor)
    return found


def anchor_at(tree: Tree, inside: list[bool], verb: int) -> Anchor | None:
    """The anchor at one verb, if it is known whose words it is."""
    cue = CUES.get(tree.words[verb], OTHER)
    passive = tree.kid(verb, "auxpass") is not None or (
        tree.tags[verb] == "VBN" and tree.kid(verb, "nsubj", "aux") is None and tree.deps[verb] != "conj"
    )
    subject, via = _subject(tree, inside, verb, passive)
    in_order = cue is not OTHER and tree.tags[verb] in _PAST_OR_PRESENT and tree.kid(verb, "auxpass") is None
    if in_order and (subject is None or (tree.heads[subject] != verb and not speaks(tree, subject))):
        trailing = _trailing(tree, inside, verb, cue)
        if trailing is not None:
            return trailing
    if subject is None or subject == verb or (tree.words[subject] in ("it", "there", "what") and passive):
        return _by_order(tree, inside, verb, cue) if in_order else None
    if tree.words[subject] in _RELATIVES and tree.deps[tree.heads[subject]] == "relcl":
        head = tree.heads[tree.heads[subject]]
        start, end = subject, subject + 1
    else:
        head = subject
        start, end = noun_phrase(tree, head)
        if start <= verb < end:
            start, end = (start, verb) if head < verb else (verb + 1, end)
            if not start <= head < end:
                return None
    return Anchor(verb, cue, (start, end), head, _group(tree, verb, (start, end)), via, passive)


def _trailing(tree: Tree, inside: list[bool], verb: int, cue: Cue) -> Anchor | None:
    """The anchor of "It held lamps, its owner, Ann Lee, said.", where the parser takes her for one of the lamps.

    By the order of words: a clause, then a role and a name (or the reverse), each after a comma, then the verb. Who
    says words in marks is told by them (``near``).
    """
    first = tree.sentence_bounds(verb)[0]
    second = _phrase(tree, first, verb - (tree.words[verb - 1] == ","))
    start = _phrase(tree, first, second - 1) if second is not None else None
    if second is None or start is None or any(inside[first:verb]):
        return None
    head, other = second - 2, verb - 1 - (tree.words[verb - 1] == ",")
    role = next((fold(tree.words[i]) for i in (head, other) if tree.tags[i] == "NN"), "")
    clause = any(tag in FINITE for tag in tree.tags[first : start - 1])
    if {tree.tags[head], tree.tags[other]} != {"NN", "NNP"} or not is_person(role) or not clause:
        return None
    source = (start, other + 1)
    return Anchor(verb, cue, source, head, _group(tree, verb, source))


def _phrase(tree: Tree, first: int, end: int) -> int | None:
    """Where the nouns that end before token ``end`` begin, when a comma stands before them."""
    start = end
    while start > first and tree.tags[start - 1] in _NOMINAL:
        start -= 1
    return start if first < start < end and tree.words[start - 1] == "," else None


def _by_order(tree: Tree, inside: list[bool], verb: int, cue: Cue) -> Anchor | None:
    """The anchor of a verb that the parser gave no subject: the noun right before it, or the sentence's first."""
    first, last = tree.sentence_bounds(verb)
    head = verb - 1
    while head > first and tree.tags[head] in ("RB", "MD"):
        head -= 1
    if head >= first and tree.words[head] == ",":
        start = first
        head = start
        while head + 1 < verb and tree.tags[head + 1] in _NOMINAL:
            head += 1
    else:
        start = head
        while start > first and tree.tags[start - 1] in _NOMINAL:
            start -= 1
    if head < first or tree.tags[head] not in _NOUNS or inside[head] or not speaks(tree, head) or verb + 1 >= last:
        return None
    return Anchor(verb, cue, (start, head + 1), head, (start, verb + 1))


def inverted(tree: Tree, inside: list[bool], verb: int) -> Anchor | None:
    """The anchor of "said Ann Lee, 40, a nurse" by the order of words, for when the parser sees no subject there."""
    last = tree.sentence_bounds(verb)[1]
    head = verb + 1
    while head < last and tree.tags[head] in _NOMINAL:
        head += 1
    head -= 1
    if head == verb or tree.tags[head] not in _NOUNS or inside[head]:
        return None
    if tree.words[head] in ("him", "her", "them", "me", "us"):
        return None
    source = (verb + 1, head + 1)
    return Anchor(verb, CUES.get(tree.words[verb], OTHER), source, head, (verb, head + 1))


def noun_phrase(tree: Tree, head: int) -> Tokens:
    """The tokens of a noun with what belongs to it, up to a relative clause; at most ``LONGEST_SOURCE``."""
    start, end = tree.left[head], tree.right[head] + 1
    start = max(start, min(head, after_dateline(tree, tree.sentence_bounds(head)[0])))
    for kid in tree.kids[head]:
        if kid > head and tree.deps[kid] in _BREAKS:
            end = min(end, tree.left[kid])
    while end > head + 1 and (tree.words[end - 1] in (",", '"', "-", "–", "—", "(") or tree.words[end - 1].isspace()):
        end -= 1
    while start < head and (tree.words[start] in (",", '"', "-", "–", "—", "'") or tree.words[start].isspace()):
        start += 1
    if end - start > LONGEST_SOURCE:
        start, end = max(start, head - 6), min(end, head + 7)
    return start, end


def _subject(tree: Tree, inside: list[bool], verb: int, passive: bool) -> tuple[int | None, Tokens | None]:
    """The token of who speaks, and the tokens of the one they are cited by."""
    if passive:
        agent = tree.kid(verb, "agent")
        return (tree.kid(agent, "pobj") if agent is not None else None), None
    quoted = _quoted_as(tree, verb)
    if quoted is not None:
        return quoted
    current, thing = verb, None
    for _ in range(8):
        # Words in marks are somebody's words, not who says them, whatever the parser makes of them.
        own = next((k for k in reversed(tree.kids[current]) if tree.deps[k] in _SUBJECTS and not inside[k]), None)
        own = _past_dateline(tree, own) if own is not None else None
        if own is not None:
            if current == verb or speaks(tree, own):
                return own, _cited_by(tree, verb, current, own)
            # "denied the notion that a change is coming, explaining ...": things do not speak, look further out.
            thing = thing if thing is not None else own
        dep, head = tree.deps[current], tree.heads[current]
        if head == current or (dep not in _CLIMB and not (thing is not None and dep == "relcl")):
            break
        if thing is None and (
            dep == "acl" or (dep in ("advcl", "xcomp", "prep", "pcomp") and tree.tags[head][:2] == "NN")
        ):
            sender = _sender(tree, head)
            if sender is not None:
                current = sender
                continue
            if tree.deps[head] == "attr" and tree.tags[current] == "VB":
                current = tree.heads[head]  # "Ann Lee is the only one to have said ..."
                continue
            return (head if tree.tags[current] == "VBG" else None), None
        if dep == "ccomp" and current == verb and tree.tags[current] not in ("VBG", "VB"):
            break
        if dep in ("pobj", "dobj") and thing is None:
            break
        current = head
    return thing, None


def _past_dateline(tree: Tree, subject: int) -> int:
    """The subject, or what the parser takes for an apposition of the dateline's place ("NAIROBI - The mayor said")."""
    opening = after_dateline(tree, tree.sentence_bounds(subject)[0])
    if subject >= opening:
        return subject
    nouns = (k for k in range(opening, len(tree)) if tree.heads[k] < opening and tree.tags[k] in _NOUNS)
    return next(nouns, subject)


def _sender(tree: Tree, noun: int) -> int | None:
    """The verb of "issued a statement" or "sent an email to supporters", given the last noun.

    A participle after it ("saying ...") has the words of that verb's subject.
    """
    if tree.deps[noun] == "pobj" and tree.words[tree.heads[noun]] == "to":
        above = tree.heads[tree.heads[noun]]
        text = tree.kid(above, "dobj") if tree.is_verb(above) else above
        noun = text if text is not None and tree.words[text] in TEXTS else noun
    if tree.words[noun] not in TEXTS or tree.deps[noun] not in ("dobj", "pobj"):
        return None
    return tree.heads[noun] if tree.deps[noun] == "dobj" else tree.heads[tree.heads[noun]]


def _passes_on(tree: Tree, verb: int) -> bool:
    """Whether a verb only says by whom words are passed on: "cited" in "was cited by agencies as stating"."""
    if tree.words[verb] not in _QUOTING:
        return False
    as_ = next((k for k in tree.kids[verb] if tree.words[k] == "as" and tree.deps[k] == "prep"), None)
    said = tree.kid(as_, "pcomp") if as_ is not None else None
    return said is not None and tree.words[said] in CUES


def _quoted_as(tree: Tree, verb: int) -> tuple[int, Tokens | None] | None:
    """Whose words they are in "Officials quoted Ann as saying ...", and who quotes."""
    by = tree.heads[verb]
    outer = tree.heads[by]
    if tree.deps[verb] != "pcomp" or tree.words[by] != "as" or tree.words[outer] not in _QUOTING:
        return None
    whom = tree.kid(outer, "dobj")
    if whom is None or tree.kid(outer, "auxpass") is not None:
        return None
    who = tree.kid(outer, *_SUBJECTS)
    return whom, (noun_phrase(tree, who) if who is not None else None)


def speaks(tree: Tree, token: int) -> bool:
    """Whether a noun can speak: a name, a pronoun for people, a role, a plural."""
    tag = tree.tags[token]
    return tag != "NN" or is_role(tree.words[token]) or tree.words[token].endswith(("man", "woman", "er", "or", "ist"))


def _cited_by(tree: Tree, verb: int, current: int, subject: int) -> Tokens | None:
    """Who cites: the agents of "was cited by Russian agencies as stating"."""
    agent = tree.kid(current, "agent") if current != verb and tree.deps[subject] == "nsubjpass" else None
    by = tree.kid(agent, "pobj") if agent is not None else None
    if by is None:
        return None
    start, end = noun_phrase(tree, by)
    if start < verb < end:
        end = verb - (tree.words[verb - 1] == "as")
    return (start, end) if end > by else None


def _group(tree: Tree, verb: int, source: Tokens) -> Tokens:
    """From the first to the last token of source, verb and the verb's adverbs, objects and times."""
    start, end = min(verb, source[0]), max(verb + 1, source[1])
    for kid in tree.kids[verb]:
        dep = tree.deps[kid]
        if dep in ("aux", "neg", "auxpass", "advmod") and kid < verb and tree.left[kid] >= source[0]:
            start = min(start, tree.left[kid])
        if (
            kid > verb
            and dep in ("advmod", "npadvmod", "prep", "dative", "prt", "dobj", "agent", "tmod")
            and (tree.left[kid] <= end + 1)
        ):
            end = max(end, tree.right[kid] + 1)
    return start, end
