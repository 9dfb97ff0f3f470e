"""From the people and mentions in the making to the records that leave ``build``."""

from knowledge.build.story import Cast, Someone, Story
from knowledge.models import Alias, AliasKind, Mention, Person

__all__ = ["first_sentences", "mentions_of", "people_of"]

_KINDS: dict[str, AliasKind] = {"full": "full", "first": "first", "last": "last"}


def people_of(cast: Cast) -> list[Person]:
    """The persons with every form that names them."""
    return [Person(name=someone.name, role=_role(someone), aliases=tuple(_aliases(someone))) for someone in cast.people]


def mentions_of(story: Story, cast: Cast) -> list[Mention]:
    """The mentions as character spans."""
    out = []
    for named in cast.named:
        start, end = story.trees[named.tree].span(named.start, named.end)
        kind = named.kind if named.kind in ("name", "role", "pronoun") else "name"
        out.append(Mention.model_validate({"start": start, "end": end, "person": named.person, "kind": kind}))
    return out


def first_sentences(story: Story, cast: Cast) -> list[int | None]:
    """For each person, the sentence that says what they are, else the first that names them."""
    firsts: list[int | None] = [None] * len(cast.people)
    for named in cast.named:
        sentence = story.trees[named.tree].sentence[named.start]
        if named.kind == "name" and firsts[named.person] is None:
            firsts[named.person] = sentence
    for index, someone in enumerate(cast.people):
        if someone.role_at is not None:
            firsts[index] = someone.role_at
    return firsts


def _role(someone: Someone) -> str | None:
    return max(someone.roles, key=len) if someone.roles else None


def _aliases(someone: Someone) -> list[Alias]:
    out = [Alias(text=text, kind=_KINDS.get(kind, "other")) for text, kind in someone.forms.items()]
    out += [Alias(text=role, kind="role") for role in someone.roles]
    return out
