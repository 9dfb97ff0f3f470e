"""From a page of the web to an article: its body word for word, and what the page says of itself; or one refusal."""

import re
from copy import deepcopy
from pathlib import PurePath

from knowledge.models import Article
from knowledge.web.markup import page_tree
from knowledge.web.page_facts import Facts, facts, guessed_day
from knowledge.web.page_furniture import take_out_furniture
from knowledge.web.page_refusals import Look, look_at, refuse_unless_article
from knowledge.web.page_story import FEWEST_WORDS, story

__all__ = ["read_page"]

_PARAGRAPHS = re.compile(r"\s*\n\s*")


def read_page(
    body: bytes, *, name: str, url: str | None = None, charset: str | None = None, identifier: str | None = None
) -> Article:
    """The article on an HTML page.

    ``text`` is its body, a paragraph each joined by an empty line: the words of the page, white space collapsed, with
    no headings, menus, captions, boxes, comments or notes on the page. ``id`` and ``url`` are the page's canonical
    address when it is on the site of ``url``, the final address, else ``url``. A page of no known address has the id
    ``identifier`` and no url.

    ``body`` is at most ``markup.MAX_PAGE`` bytes; ``name`` is what an error names, a file or an address; ``url`` the
    address the page came from, after redirects, None for a file; ``charset`` the encoding that came with it, if any;
    ``identifier`` by default the last part of ``name``, without its ending.

    Raises InputError when it is not an article in English that can be read: too large, broken or binary; a front page,
    an error page, a wall of any kind; or under ``page_story.FEWEST_WORDS`` words of prose.
    """
    tree = page_tree(body, name=name, charset=charset)
    look, said = look_at(tree), facts(tree, url=url)
    whole = deepcopy(tree) if said.published is None else None
    take_out_furniture(tree)
    paragraphs = [block.text for block in story(tree, said.title)]
    if sum(len(paragraph.split()) for paragraph in paragraphs) < FEWEST_WORDS:
        paragraphs = _given_to_machines(said, look) or paragraphs
    refuse_unless_article(name, paragraphs, look, said)
    identifier = said.address or identifier or PurePath(name).stem
    return Article(
        id=identifier,
        title=said.title or identifier,
        text="\n\n".join(paragraphs),
        publisher=said.publisher,
        url=said.address,
        published=said.published if whole is None else guessed_day(whole, url),
    )


def _given_to_machines(said: Facts, look: Look) -> list[str]:
    """The body in the page's JSON-LD, for a page that a script would fill; never one kept for subscribers."""
    if not said.is_free or look.has_password or "<" in said.body:
        return []
    return [" ".join(paragraph.split()) for paragraph in _PARAGRAPHS.split(said.body.strip()) if paragraph]
