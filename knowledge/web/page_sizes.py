"""How much each element of a page holds, counted once for the whole tree."""

from itertools import islice

from knowledge.web.markup import Element
from knowledge.web.page_names import naming

__all__ = ["Sizes"]

_NEAR = 60


class Sizes:
    """Counts for each element of a tree as it is when they are made; what is added later counts nothing."""

    def __init__(self, tree: Element) -> None:
        self._words: dict[Element, int] = {}
        self._linked: dict[Element, int] = {}
        self._story: set[Element] = set()
        self._heads: set[Element] = set()
        for element in reversed(list(tree.iter("*"))):  # children before parents
            own, tail = len((element.text or "").split()), len((element.tail or "").split())
            words = self._words.get(element, 0) + own
            linked = words if element.tag == "a" else self._linked.get(element, 0)
            self._words[element], self._linked[element] = words, linked
            parent = element.getparent()
            if parent is None:
                continue
            self._words[parent] = self._words.get(parent, 0) + words + tail
            self._linked[parent] = self._linked.get(parent, 0) + linked
            if element in self._heads or element.tag == "h1":
                self._heads.add(parent)
            if element in self._story or element.tag in ("h1", "main") or naming(element) == "story":
                self._story.add(parent)

    def words(self, element: Element) -> int:
        """The words inside an element."""
        return self._words.get(element, 0)

    def linked(self, element: Element) -> int:
        """The words inside links inside it (or all, when it is a link)."""
        return self._linked.get(element, 0)

    def unlinked(self, element: Element) -> int:
        """The words outside links."""
        return self.words(element) - self.linked(element)

    def holds_headline(self, element: Element) -> bool:
        """Whether an ``h1`` is inside it."""
        return element in self._heads

    def holds_story(self, element: Element) -> bool:
        """Whether an ``h1``, a ``main`` or an element named as the body of a story is inside it."""
        return element in self._story

    def opens(self, element: Element) -> bool:
        """Whether nothing stands before an element in its parent."""
        parent = element.getparent()
        return not (parent.text or "").strip() and not any(
            self.words(sibling) or (sibling.tail or "").strip()
            for sibling in islice(element.itersiblings(preceding=True), _NEAR)
        )

    def before(self, element: Element, enough: int) -> bool:
        """Whether at least ``enough`` words outside links stand before an element, in the elements around it."""
        found = 0
        for inner in (element, *element.iterancestors()):
            for sibling in islice(inner.itersiblings(preceding=True), _NEAR):
                found += self.unlinked(sibling) + len((sibling.tail or "").split())
                if found >= enough:
                    return True
            found += len((inner.text or "").split()) if inner is not element else 0
        return found >= enough
