"""Which paragraphs of a page are the story: those trafilatura takes for it, and the prose that stands among them."""

import logging
import re
import warnings
from copy import deepcopy
from itertools import takewhile

from knowledge.web.markup import Element
from knowledge.web.page_lines import (
    before_end_matter,
    is_furniture_line,
    without_repeats,
    without_short_lists,
    without_tail,
)
from knowledge.web.page_names import naming
from knowledge.web.prose import Block, any_of, blocks, is_prose

__all__ = ["FEWEST_WORDS", "main_text", "quiet", "story"]

FEWEST_WORDS = 60
"""The fewest words of prose that make an article."""

_LETTERS = re.compile(r"[\W_]+")
_NUMBER = re.compile(r"\d+")
_COMMENTS = any_of(
    r"""
    ^(?:all |reader )?comments?(?: \(\d+\))?$|[|:] *\d+ comments?$|^(?:leave|post|add) a (?:comment|reply)$
    ^\d+ (?:comments|responses|replies|thoughts on)\b.{0,80}$
    ^(?:the |these )?comments (?:are|is) (?:owned|closed|open|moderated|the responsibility)\b
    """
)
_UNDER = 0.6
_MOST = 0.85
_MOST_HEADED = 0.75
_NEAR = 3
_TELLING = 4


def story(tree: Element, title: str) -> list[Block]:
    """The paragraphs of the story on a page whose furniture was taken out, in order, verbatim."""
    found = before_end_matter(_before_comments(blocks(tree.find("body"))))
    lines = [block for block in found if not is_furniture_line(block)]
    heading = _letters(title)
    prose = [block for block in without_short_lists(lines) if is_prose(block) and _letters(block.text) != heading]
    prose = _under_headline(tree, prose)
    if sum(block.words for block in prose) < FEWEST_WORDS:
        return prose
    return without_repeats(without_tail(_chosen(prose, main_text(tree))))


def _under_headline(tree: Element, prose: list[Block]) -> list[Block]:
    """The paragraphs that follow the headline, when they are most of them."""
    h1 = next(tree.iter("h1"), None)
    if h1 is None:
        return prose
    before = set(takewhile(lambda element: element is not h1, tree.iter("*")))
    # What holds the headline began before it, and ends after it.
    before.difference_update(h1.iterancestors())
    after = [block for block in prose if block.element not in before]
    return after if sum(b.words for b in after) >= _UNDER * sum(b.words for b in prose) else prose


def _before_comments(found: list[Block]) -> list[Block]:
    """The paragraphs before a line that opens the comments, and those that go on in the same elements after it."""
    told = 0
    near: set[Element] = set()
    for i, block in enumerate(found):
        if told >= FEWEST_WORDS and block.linked < block.words and _COMMENTS.search(block.text):
            return found[:i] + [late for late in found[i + 1 :] if near.intersection(_around(late.element, _NEAR))]

        if is_prose(block):
            told += block.words
            near.update(_around(block.element, _NEAR))
    return found


def main_text(tree: Element) -> str:
    """What trafilatura takes for the main text of a page; "" when it finds none."""
    quiet()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from trafilatura import bare_extraction

        # A copy: trafilatura changes the tree it reads. Fast: the extractors it else compares with take the square of
        # a page's depth.
        found = bare_extraction(deepcopy(tree), fast=True, include_comments=False, include_tables=True)
    text = getattr(found, "text", None)
    return text if isinstance(text, str) else ""


def quiet() -> None:
    """Keep trafilatura and its parts from logging what they find wrong with a page: it is said in one refusal."""
    for name in ("trafilatura", "htmldate", "courlan", "justext", "charset_normalizer"):
        logging.getLogger(name).setLevel(logging.CRITICAL)


def _letters(text: str) -> str:
    return _LETTERS.sub("", text.casefold())


def _chosen(prose: list[Block], main: str) -> list[Block]:
    letters = _letters(main)
    votes = {i for i, block in enumerate(prose) if block.words >= _TELLING and _letters(block.text) in letters}
    leading = votes or set(range(len(prose)))
    container = _container([prose[i] for i in leading])
    near = {up for i in leading for up in _around(prose[i].element, _NEAR)}
    after = _after_headline(container)
    article = next(container.iterancestors("article"), None)
    kept: list[Block] = []
    begun = False
    for i, block in enumerate(prose):
        around = _around(block.element)
        if container in around:
            if i not in leading and not _is_region(container) and near.isdisjoint(around[:_NEAR]):
                continue
            begun = True
        elif not begun and block.element in after:
            if i not in leading and article not in around:
                continue
        elif i not in leading or not _goes_on(container, around):
            continue
        kept.append(block)
    return kept


def _after_headline(container: Element) -> set[Element]:
    """The elements between the last headline before the story and the story: a lede may stand there."""
    found: set[Element] = set()
    headed = False
    for element in container.getroottree().iter("*"):
        if element is container:
            break
        if element.tag == "h1":
            found, headed = set(), True
        elif headed:
            found.add(element)
    return found


def _goes_on(container: Element, around: list[Element]) -> bool:
    """Whether a paragraph outside the container stands beside it, in a paragraph of its own or in one more like it."""
    parent = container.getparent()
    beside = next((up for up in around if up.getparent() is parent), None)
    if beside is None:
        return False
    names = {_NUMBER.sub("", element.get("class") or "") for element in (beside, container)}
    return str(beside.tag) == "p" or (beside.tag == container.tag and len(names) == 1)


def _container(leading: list[Block]) -> Element:
    """The smallest element that holds most of the words, or the region of the page around it that is marked as one."""
    held: dict[Element, int] = {}
    for block in leading:
        for up in _around(block.element):
            held[up] = held.get(up, 0) + block.words
    most = _MOST * sum(block.words for block in leading)
    # The deepest comes last: an element is met after all that hold it.
    smallest = max((up for up, words in held.items() if words >= most), key=lambda up: len(_around(up)))
    # With the headline in it, a little less is enough.
    headed = {up for h1 in smallest.iter("h1") for up in h1.iterancestors()}
    fewer = [up for up in headed.intersection(held) if held[up] >= _MOST_HEADED * sum(b.words for b in leading)]
    smallest = max([smallest, *fewer], key=lambda up: len(_around(up)))
    return next((up for up in _around(smallest) if _is_region(up)), smallest)


def _is_region(element: Element) -> bool:
    marked = {element.tag, element.get("role")} & {"article", "main"}
    return len(marked) > 0 or naming(element) == "story"


def _around(element: Element, most: int | None = None) -> list[Element]:
    """An element and those around it, inmost first, at most ``most``."""
    found = [element]
    while (most is None or len(found) < most) and (parent := found[-1].getparent()) is not None:
        found.append(parent)
    return found
