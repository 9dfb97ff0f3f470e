"""Whom a name means, one of each: whose name articles write in several ways is one person."""

from collections.abc import Sequence

from knowledge.answer.names import Named, one_person
from knowledge.index.fields import token
from knowledge.index.search import SearchIndex

__all__ = ["called", "people_among"]


def people_among(index: SearchIndex, found: Sequence[Named]) -> list[Named]:
    """Those found, in their order, each person once: under the key of a full name, and of several the most quoted."""
    groups: list[list[Named]] = []
    for named in found:
        group = next((g for g in groups if any(one_person(named.entity, other.entity) for other in g)), None)
        if group is None:
            groups.append([named])
        elif named.key not in {other.key for other in group}:
            group.append(named)
    return [max(group, key=lambda named: _standing(index, named)) for group in groups]


def called(named: Named) -> str:
    """The name with the role, as it tells somebody from another of the name."""
    name, role = named.entity["name"], named.entity["role"]
    return f"{name}, {role}" if role else name


def _standing(index: SearchIndex, named: Named) -> tuple[bool, int]:
    return " " in named.key, index.count(index.term("speaker", token(named.key)))
