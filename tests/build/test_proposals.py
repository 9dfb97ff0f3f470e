"""What is proposed as the content of a verb: the right reading must be among them."""

from typing import TYPE_CHECKING

import pytest

from knowledge.build.pipeline import parsed
from knowledge.build.quotes.anchors import anchors_of
from knowledge.build.quotes.proposals import MOST_CUTS, propose

if TYPE_CHECKING:
    from spacy.language import Language

READINGS = [
    # a text, the rule and the words of a reading of its first verb of saying
    ("Ann Lee said the dam would hold, and left.", "clause", ["the dam would hold"]),
    ("Ann Lee promised to rebuild the bridge.", "infinitive", ["to rebuild the bridge"]),
    ("Ann Lee denied the charges.", "object", ["the charges"]),
    ("Ann Lee urged the council to go.", "object and clause", ["the council to go"]),
    ("Ann Lee warned of more floods.", "preposition", ["more floods"]),
    ("Ann Lee says in a letter that it will hold.", "that", ["that it will hold"]),
    ("The dam, Ann Lee said, will hold.", "parenthesis", ["The dam", "will hold"]),
    ("As Ann Lee said, the dam will hold.", "as reported", ["the dam will hold"]),
]


@pytest.mark.parametrize(("text", "rule", "words"), READINGS)
def test_the_right_reading_is_proposed(nlp: "Language", text: str, rule: str, words: list[str]) -> None:
    (story,) = parsed([(text, None)], nlp)
    tree, inside = story.trees[0], story.inside[0]
    anchor = anchors_of(tree, inside)[0]
    found = [(p.rule, [text[slice(*tree.span(*r))] for r in p.ranges]) for p in propose(tree, inside, anchor)]
    assert (rule, words) in found
    assert len({tuple(pieces) for _, pieces in found}) == len(found)


def test_proposals_are_bounded_however_many_commas_there_are(nlp: "Language") -> None:
    (story,) = parsed([("Ann Lee said the dam was " + ", ".join(["old"] * 150) + ".", None)], nlp)
    tree, inside = story.trees[0], story.inside[0]
    proposals = propose(tree, inside, anchors_of(tree, inside)[0])
    assert len(proposals) < 6 * (MOST_CUTS + 2)
