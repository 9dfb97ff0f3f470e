"""Datelines: "HILLTOWN, Sept 3 (Reuters) - " before an article's first words is nobody's statement."""

from knowledge.build.tree import Tree

__all__ = ["after_dateline"]

_DASHES = frozenset(("-", "–", "—", "--"))
LONGEST = 14


def after_dateline(tree: Tree, first: int) -> int:
    """The first token after the dateline that a sentence begins with, or ``first`` when it has none.

    A dateline begins with a place in capitals or ends with an agency in brackets, and a dash between spaces ends it.
    """
    if first >= len(tree) or tree.tags[first][:3] != "NNP":
        return first
    for i in range(first + 1, min(first + LONGEST, len(tree) - 1)):
        if tree.sentence[i] != tree.sentence[first]:
            return first
        if tree.words[i] in _DASHES:
            free = tree.ends[i - 1] < tree.begins[i] and tree.ends[i] < tree.begins[i + 1]
            shouted = tree.forms[first].isupper() and len(tree.forms[first]) > 2
            return i + 1 if free and (shouted or tree.words[i - 1] == ")") else first
        if not (tree.tags[i] in ("NNP", "NNPS", "CD", "NN", "IN") or tree.words[i] in (",", "(", ")", ".", "/")):
            return first
    return first
