"""Reading a question: its kind, whom it is about, its topic, and its spelling mended."""

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal, cast, get_args

from knowledge.answer.forms import FORM_WORDS, mend_forms
from knowledge.answer.names import Named, Namer, bare
from knowledge.answer.scope import Scope
from knowledge.answer.spelling import Expansion, Speller
from knowledge.data import read_pairs
from knowledge.english import is_english
from knowledge.text import fold, folded_words, is_stop, one_line, words, written_words

__all__ = ["TELLING", "Kind", "Question", "QuestionReader", "Wanted"]

Kind = Literal["said", "who_said", "who_is", "brief", "people", "open"]
Wanted = Literal["who", "when", "where", "number", "money", "why", "say", "how", "what", "did"]

_OPENING: frozenset[Wanted] = frozenset(("who", "when", "number", "money", "where", "why"))
_MAX_CHARACTERS = 1000  # of a question, only so much is read; nobody asks more in one breath
_MAX_WORDS = 60
_MAX_SLOT_WORDS = 8
_MAX_NAME_WORDS = 4
TELLING = ("say", "says", "said", "tell", "tells", "told")
_ABOUT_SOMEONE = ("said", "who_is")
_DENYING = frozenset("not never".split())
_PRONOUNS = frozenset("he she they it him her them i we you".split())
_NEVER_IN_NAMES = frozenset(
    "who whom what which when where why how did does do doing is are was were be has have had would can could "
    "should might must said say says".split()
)
_MEASURES = frozenset(
    "big large long tall high deep wide old far fast heavy hot cold rich small strong expensive".split()
)
_MEASURE = 0.3
_NAMES_TOO = frozenset("may will".split())  # form words that somebody is called who is asked about, held or not
_CONNECTING = frozenset("about on regarding concerning re to that this it them us him her anything something".split())


@dataclass(frozen=True, slots=True)
class Question:
    """A question as it was understood.

    ``who`` is everyone whom the question's person may be, ``who_typed`` how that was typed ("" when it names nobody);
    ``names`` are all the names in its topic; ``topic`` what it asks about, word by word; ``wanted`` the kind of answer;
    ``verb`` the verb of speech it uses; ``slot`` the words of the topic as they were typed.
    """

    text: str
    reading: str
    kind: Kind
    wanted: Wanted
    tokens: tuple[str, ...]
    topic: tuple[Expansion, ...]
    who: tuple[Named, ...] = ()
    who_typed: str = ""
    names: tuple[tuple[Named, ...], ...] = ()
    verb: str = ""
    slot: tuple[str, ...] = ()

    def tokens_of(self, run: Sequence[Named]) -> tuple[str, ...]:
        """The words as which a name stands in the topic."""
        return self.slot[run[0].first : run[0].last]


@lru_cache(maxsize=1)
def _shapes() -> list[tuple[Kind, re.Pattern[str]]]:
    pairs = read_pairs("question_kinds")
    lists = {name: pattern for name, pattern in pairs if name not in get_args(Kind)}
    return [
        (cast("Kind", kind), re.compile(re.sub(r"\{(\w+)\}", lambda match: lists[match[1]], pattern)))
        for kind, pattern in pairs
        if kind not in lists
    ]


def _wanted(line: str) -> Wanted:
    """What kind of answer a question wants: the first expression it opens with, or else the first that it holds."""
    opens = (wanted for wanted, pattern in _wants() if wanted in _OPENING and pattern.match(line))
    holds = (wanted for wanted, pattern in _wants() if pattern.search(line))
    return next(itertools.chain(opens, holds), "what")


@lru_cache(maxsize=1)
def _wants() -> list[tuple[Wanted, re.Pattern[str]]]:
    return [(cast("Wanted", wanted), re.compile(pattern)) for wanted, pattern in read_pairs("question_wants")]


class QuestionReader:
    """Understands questions against one index's vocabulary and names."""

    def __init__(self, speller: Speller, namer: Namer) -> None:
        self._speller = speller
        self._namer = namer

    def read(self, text: str, scope: Scope) -> Question:
        """Understand a question that is asked of a scope.

        Never fails: what fits no shape is an ``open`` question, and an empty one has no topic.
        """
        text = one_line(text, _MAX_CHARACTERS)
        tokens = mend_forms(folded_words(text)[:_MAX_WORDS], self._speller.is_known)
        line = " ".join(tokens)
        for kind, pattern in _shapes():
            if kind in _ABOUT_SOMEONE and not _DENYING.isdisjoint(tokens):
                continue  # what somebody did not say is no matter of their quotes
            match = pattern.match(line)
            question = match and self._fitted(kind, match.groupdict(), text, tokens, scope)
            if question:
                return question
        return self._question("open", text, tokens, tokens, scope)

    def _fitted(
        self,
        kind: Kind,
        slots: dict[str, str | None],
        text: str,
        tokens: list[str],
        scope: Scope,
    ) -> Question | None:
        """The question this shape makes of the words, or None when its slots do not hold what they should."""
        topic = _topic(slots.get("topic") or slots.get("rest") or "")
        if "who" not in slots:
            return self._question(kind, text, tokens, topic, scope)
        slot = (slots["who"] or "").split()
        if kind == "said" and slot and _PRONOUNS.issuperset(slot):
            return self._question(kind, text, tokens, topic, scope)
        verb = (slots.get("verb") or "").split(" ")[0]
        if not slot or len(slot) > _MAX_SLOT_WORDS:
            return None
        if all(is_stop(word) or (kind == "who_is" and word in FORM_WORDS) for word in slot):
            who = self._called(slot, scope)
            if not who and not (verb in TELLING and _NAMES_TOO.issuperset(slot)):
                return None
        elif _NEVER_IN_NAMES.isdisjoint(slot):
            who = tuple(self._namer.slot(slot, scope))
        else:
            return None
        # Only a question for speech can be about someone whom no article names; "X on Y" must have no other reading.
        short = len([word for word in slot if not is_stop(word)]) <= _MAX_NAME_WORDS
        unknown = kind == "said" and (
            (verb in TELLING and short) or self._is_unknown_name(slot, scope, wholly="on" in slots)
        )
        if who or unknown:
            question = self._question(kind, text, tokens, topic, scope, who, " ".join(slot))
            return replace(question, verb=verb)
        return None

    def _called(self, slot: Sequence[str], scope: Scope) -> tuple[Named, ...]:
        """Those whose name is made of form words ("May"); of a question word only after an article ("the WHO")."""
        called = bare(slot)
        if called == slot and not _NEVER_IN_NAMES.isdisjoint(slot):
            return ()
        return tuple(self._namer.called(called, scope))

    def _is_unknown_name(self, slot: list[str], scope: Scope, *, wholly: bool) -> bool:
        """Whether a slot can only name someone whom the articles asked do not: a strange word, or a name elsewhere.

        ``wholly``: every word of it must be strange.
        """
        content = [word for word in slot if not is_stop(word)]
        if len(content) > _MAX_NAME_WORDS:
            return False
        strange = [
            not self._speller.expand(word, scope).known and not (wholly and is_english(word)) for word in content
        ]
        return (all(strange) if wholly else any(strange)) or bool(self._namer.slot(slot, Scope(scope.index)))

    def _question(
        self,
        kind: Kind,
        text: str,
        tokens: Sequence[str],
        topic: Sequence[str],
        scope: Scope,
        who: tuple[Named, ...] = (),
        who_typed: str = "",
    ) -> Question:
        raised = _raised(text)
        names = tuple(tuple(run) for run in self._namer.inside(topic, scope, raised))
        keys = self._named_in_full(topic, names, scope)
        expansions = tuple(
            _less(replace(self._speller.expand(word, scope), keys=named), tokens)
            for word, named in keys.items()
            if not is_stop(word) or (named and word in raised)
        )
        line = " ".join(tokens)
        return Question(
            text=text,
            reading=_reading(line, topic, expansions, who, who_typed, names),
            kind=kind,
            wanted=_wanted(line),
            tokens=tuple(tokens),
            topic=expansions,
            who=who,
            who_typed=who_typed,
            names=names,
            slot=tuple(topic),
        )

    def _named_in_full(
        self, topic: Sequence[str], names: Sequence[Sequence[Named]], scope: Scope
    ) -> dict[str, frozenset[str]]:
        """The topic's words, each with the entities whose name it is part of.

        A name that is written as no article does ("bibi") becomes the last name that the articles have for it.
        """
        content: dict[str, frozenset[str]] = {}
        runs = {run[0].first: run for run in names}
        place = 0
        while place < len(topic):
            run = runs.get(place)
            if run is None:
                content.setdefault(topic[place], frozenset())
                place += 1
                continue
            typed = list(topic[run[0].first : run[0].last])
            known = [word for word in typed if self._speller.expand(word, scope).known]
            if len(known) < len(typed):
                known += [words(named.entity["name"])[-1][0] for named in run]
            content.update(dict.fromkeys(known, frozenset(named.key for named in run)))
            place = run[0].last
        return content


def _raised(text: str) -> frozenset[str]:
    """The form words after the first that are written like names; none where every word is ("What Does May Say")."""
    written = written_words(text)
    capital = [word for word in written[1:] if word[:1].isupper()]
    return frozenset(filter(is_stop, map(fold, capital))) if len(capital) < len(written) - 1 else frozenset()


def _less(expansion: Expansion, tokens: Sequence[str]) -> Expansion:
    """The expansion; "big" in "how big" asks for a size, and an answer need not say "big"."""
    word = expansion.typed
    if word in _MEASURES and word in tokens and tokens[tokens.index(word) - 1] == "how" and tokens.index(word) > 0:
        return replace(expansion, topical=expansion.topical * _MEASURE)
    return expansion


def _topic(text: str) -> list[str]:
    """The topic's words without what connects it to the verb ("to Lavrov about the council" -> Lavrov ... council)."""
    topic = text.split()
    while topic and topic[0] in _CONNECTING:
        topic = topic[1:]
    return topic


def _reading(
    line: str,
    topic: Sequence[str],
    expansions: Sequence[Expansion],
    who: tuple[Named, ...],
    who_typed: str,
    names: tuple[tuple[Named, ...], ...],
) -> str:
    """The question's words, spelling mended, and everyone in it by name."""
    swaps = [(who_typed, who)] if who else []
    swaps += [(" ".join(topic[run[0].first : run[0].last]), run) for run in names]
    for typed, run in swaps:
        # The names go in as place holders, so that mending single words below does not touch them.
        line = re.sub(rf"(?<!\w){re.escape(typed)}(?!\w)", f"\0{swaps.index((typed, run))}\0", line, count=1)
    for expansion in expansions:
        if expansion.mended:
            line = re.sub(rf"(?<!\w){re.escape(expansion.typed)}(?!\w)", expansion.meant, line, count=1)
    return re.sub(r"\0(\d+)\0", lambda match: _names_of(swaps[int(match[1])][1]), line)


def _names_of(who: Sequence[Named]) -> str:
    names = list(dict.fromkeys(named.entity["name"] for named in who))
    return " or ".join(names[:3])
