"""Who "he" or "she" is in a conversation: the people spoken of, the latest first, by what their names tell."""

from collections.abc import Sequence

from knowledge.answer import Answerer, Outcome
from knowledge.answer.names import same_name
from knowledge.index.fields import EntityPayload
from knowledge.index.search import SearchIndex

__all__ = ["Antecedents", "spoken_of"]

_WOMAN = frozenset(("she", "her", "hers"))
_MAN = frozenset(("he", "him", "his"))


class Antecedents:
    """Tells names and pronouns apart for one turn; ``people`` are those spoken of before it, the latest first."""

    def __init__(self, answerer: Answerer, article: str | None, people: Sequence[EntityPayload]) -> None:
        self._answerer = answerer
        self._article = article
        self._people = people

    def named(self, words: str) -> str | None:
        """The full name of whom a run of words names; None when it names nobody.

        Where several people fit, the words as they are: the question is then put of all of them.
        """
        names = list(dict.fromkeys(self._answerer.who(words, self._article)))
        if not names:
            return None
        return names[0] if all(same_name(names[0], name) for name in names) else words

    def meant_by(self, pronoun: str, besides: Sequence[str] = ()) -> str | None:
        """The full name of the latest person whom a pronoun can mean."""
        wanted = "woman" if pronoun in _WOMAN else "man" if pronoun in _MAN else None
        people = [e for e in self._people if e["person"] and e["name"] not in besides]
        fitting = [e for e in people if _fits(e, wanted)]
        # Who asks knows better than a list of first names: where nobody else can be meant, it is the latest.
        return next((e["name"] for e in (*fitting, *people)), None)


def _fits(entity: EntityPayload, wanted: str | None) -> bool:
    return wanted is None or entity["gender"] in (None, wanted)


def spoken_of(index: SearchIndex, outcome: Outcome, before: Sequence[EntityPayload]) -> tuple[EntityPayload, ...]:
    """Everyone spoken of so far, the latest first: whom the question is about, whom its answer names, those before."""
    question = outcome.question
    asked = [named.entity for named in question.who]
    asked += [run[0].entity for run in question.names]
    answer: list[EntityPayload] = []
    if outcome.answer.answered:
        shown = outcome.sentences if outcome.answer.kind == "briefing" else outcome.sentences[:1]
        keys = [quote["key"] for sentence in shown for quote in sentence["quotes"] if quote["key"]]
        keys += [key for sentence in shown for key in sentence["who"]]
        answer = [entity for key in dict.fromkeys(keys) if (entity := index.entity(key)) is not None]
    # "Who moderates?" is followed by "what did he say" about the answer; any other question by one about its own.
    order = [*answer, *asked] if question.wanted == "who" and question.kind != "who_is" else [*asked, *answer]
    return tuple({entity["key"]: entity for entity in (*order, *before)}.values())
