"""Verbs that attribute words to someone, in all their forms, and what each of them takes (``data/cues.txt``)."""

from dataclasses import dataclass

from knowledge.data import read_lines

__all__ = ["CUES", "Cue", "forms_of"]

_VOWELS = "aeiou"


@dataclass(frozen=True, slots=True)
class Cue:
    """One verb: its base form and what it takes ("that", "np", "to", "prep", "person", "marks", "speak")."""

    base: str
    takes: frozenset[str]


def forms_of(base: str, irregular: list[str]) -> set[str]:
    """All forms of a verb: the regular ones by the rules of English spelling, ``irregular`` past forms as given."""
    forms = {base, *irregular}
    if base.endswith(("s", "sh", "ch", "x", "z")):
        forms.add(base + "es")
    elif base.endswith("y") and base[-2] not in _VOWELS:
        forms |= {base[:-1] + "ies", base[:-1] + "ied"}
    else:
        forms.add(base + "s")
    stems = {base[:-1]} if base.endswith("e") and not base.endswith("ee") else {base}
    before = base.replace("qu", "q")[:-2]
    if base[-1] not in _VOWELS + "wxy" and base[-2] in _VOWELS and before[-1:] not in tuple(_VOWELS):
        stems.add(base + base[-1])
    for stem in stems:
        forms |= {stem + "ing"} if irregular else {stem + "ing", stem + ("d" if stem.endswith("e") else "ed")}
    return forms


def _read() -> dict[str, Cue]:
    cues: dict[str, Cue] = {}
    for verb, *takes in read_lines("cues"):
        base, *irregular = verb.split("=")
        cue = Cue(base, frozenset(takes))
        cues.update((form, cue) for form in forms_of(base, irregular))
    return cues


CUES = _read()
