"""What a page says of itself: address, title, publisher, time, kind. Each value one line, bounded, or None."""

import html as entities
import json
import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin, urlsplit

from knowledge.errors import InputError
from knowledge.sources import MAX_ID
from knowledge.text import fold, one_line, squash
from knowledge.web.addresses import normalised
from knowledge.web.dates import iso_time
from knowledge.web.markup import Element
from knowledge.web.page_story import quiet

__all__ = ["Facts", "facts", "guessed_day"]

_TITLE = 300
_PUBLISHER = 100
_MOST_NODES = 500
_ARTICLE = re.compile(r"(?:Article|BlogPosting|Report)$")
_PARTS = re.compile(r"\s+([|·•»–—:]{1,2}|-)\s+")
_ROOT = re.compile(r"(?:https?:)?(?://[^/]*)?(?:/|\./|/?index\.\w+)?")
_DOOR = re.compile(r"^(?:www|m|amp|mobile)\.")
_TIMES = (
    "article:published_time", "og:article:published_time", "datepublished", "article.published", "published_time",
    "parsely-pub-date", "sailthru.date", "dc.date.issued", "dc.date", "dcterms.created", "pubdate", "publishdate",
    "publication_date", "publish-date", "date",
)  # fmt: skip
Node = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Facts:
    """What a page says of itself; ``address`` is normalised, ``published`` ISO 8601 as the page marks it.

    ``kind`` is "article", "list" or "", by the page's own word.
    ``is_free`` is False when the page says that its article is not free to read; ``body`` the text it gives to
    machines, "" when none; ``language`` the lower-case primary subtag of its lang attribute, "" when none.
    """

    address: str | None
    title: str
    publisher: str | None
    published: str | None
    kind: str
    is_free: bool
    body: str
    language: str


def facts(tree: Element, *, url: str | None) -> Facts:
    """Read them from meta elements, JSON-LD, microdata and the page's headings, most trusted first."""
    nodes = list(_nodes(tree))
    story = next((node for node in nodes if any(_ARTICLE.search(kind) for kind in _kinds(node))), {})
    meta = _meta(tree)
    kinds = {kind for node in nodes for kind in _kinds(node)}
    declared = "article" if story or meta.get("og:type", "").startswith("article") else ""
    if not declared and ("CollectionPage" in kinds or "ItemList" in kinds or meta.get("og:type") == "website"):
        declared = "list"
    publisher = _publisher(tree, meta, story, nodes)
    return Facts(
        address=_address(tree, meta, url),
        title=_title(tree, meta, story, publisher),
        publisher=publisher,
        published=_published(tree, meta, story),
        kind=declared,
        is_free=str(story.get("isAccessibleForFree", "")).lower() != "false",
        body=_string(story.get("articleBody")),
        language=(tree.get("lang") or tree.get("{http://www.w3.org/XML/1998/namespace}lang") or "").lower()[:2],
    )


def _nodes(tree: Element) -> Iterator[Node]:
    """The nodes of the page's JSON-LD, outermost first; what cannot be read is left out."""
    waiting: list[Any] = []
    for script in tree.iter("script"):
        try:
            waiting.append(json.loads(script.text or "", strict=False))
        except (ValueError, RecursionError):
            continue
    for seen, value in enumerate(waiting):  # grows as it is read
        if seen >= _MOST_NODES:
            return
        if isinstance(value, dict):
            yield value
            waiting.extend(inner for inner in value.values() if isinstance(inner, (dict, list)))
        elif isinstance(value, list):
            waiting.extend(value)


def _kinds(node: Node) -> list[str]:
    kinds = node.get("@type")
    return [kind for kind in (kinds if isinstance(kinds, list) else [kinds]) if isinstance(kind, str)]


def _meta(tree: Element) -> dict[str, str]:
    found: dict[str, str] = {}
    for attribute in ("property", "name", "itemprop"):
        for element in tree.iter("meta"):
            name, content = element.get(attribute), element.get("content")
            if name and content:
                found.setdefault(name.lower().strip(), content.strip())
    return found


def _string(value: Any) -> str:
    if isinstance(value, list) and value:
        value = value[0]
    if isinstance(value, dict):
        value = value.get("name")
    return entities.unescape(value) if isinstance(value, str) else ""


def _address(tree: Element, meta: dict[str, str], url: str | None) -> str | None:
    own = _normal(url) if url else None
    for link in [*(e.get("href") for e in tree.iter("link") if "canonical" in _rel(e)), meta.get("og:url")]:
        try:
            address = _normal(urljoin(url or "", (link or "").strip()))
        except ValueError:
            continue
        if address and (own is None or _same_site(address, own)):
            return address
    return own


def _rel(element: Element) -> list[str]:
    return (element.get("rel") or "").lower().split()


def _normal(url: str) -> str | None:
    try:
        address = normalised(url)
    except InputError:
        return None
    return address if len(address) <= MAX_ID else None


def _same_site(address: str, own: str) -> bool:
    """Whether both are of one site; a page that names the site's front page as its own address is mistaken."""
    from courlan import extract_domain

    one, other = urlsplit(address), urlsplit(own)
    if one.path in ("", "/") and not one.query and (other.path not in ("", "/") or other.query):
        return False
    if one.hostname == other.hostname:
        return True
    site = extract_domain(own)
    if site is not None:
        return extract_domain(address) == site
    return _DOOR.sub("", one.hostname or "") == _DOOR.sub("", other.hostname or "")


def _publisher(tree: Element, meta: dict[str, str], story: Node, nodes: list[Node]) -> str | None:
    said = meta.get("og:site_name") or _string(story.get("publisher")) or meta.get("application-name")
    said = said or meta.get("dc.publisher") or meta.get("dcterms.publisher") or ""
    if not said:
        said = next((_string(node.get("name")) for node in nodes if "WebSite" in _kinds(node)), "")
    for element in tree.iter() if not said else ():
        if element.get("itemprop") == "publisher":
            named = next((e for e in element.iter() if e.get("itemprop") == "name"), None)
            said = (named.get("content") or named.text_content()) if named is not None else ""
            break
    if not said:
        said = next((h1.text_content() for h1 in tree.iter("h1") if _is_logo(h1)), "")
    return one_line(said, _PUBLISHER) or None


def _is_logo(heading: Element) -> bool:
    """Whether a heading leads to the front page: the name of the site."""
    return any(_ROOT.fullmatch(link.get("href") or "#") for link in heading.iter("a"))


def _title(tree: Element, meta: dict[str, str], story: Node, publisher: str | None) -> str:
    top = [one_line(h1.text_content()) for h1 in list(tree.iter("h1"))[:3] if not _is_logo(h1)]
    whole = one_line(next((title.text_content() for title in tree.iter("title")), ""))
    for said in (meta.get("og:title"), _string(story.get("headline")), *top, _shown(tree, whole, publisher), whole):
        title = _without_site(one_line(said or ""), publisher, top)
        if title and not (publisher and squash(title) == squash(publisher)):
            return one_line(title, _TITLE)
    return one_line(top[0] if top else whole, _TITLE)


def _shown(tree: Element, whole: str, publisher: str | None) -> str:
    """The longest part of the page's name that stands on the page: the headline of a page that marks none."""
    parts = {*_PARTS.split(whole), whole.partition(": ")[2]} - {whole}  # "The Sentinel: The last rope"
    parts = {part for part in parts if len(part) > 1 and squash(part) != squash(publisher or "")}
    return max((parts & {one_line(element.text or "") for element in tree.find("body").iter("*")}), key=len, default="")


def _without_site(title: str, publisher: str | None, headings: list[str]) -> str:
    """The title without the name of the site behind it."""
    for found in reversed(list(_PARTS.finditer(title))):
        head, tail = title[: found.start()], title[found.end() :]
        is_site = publisher is not None and fold(squash(tail)) == fold(squash(publisher))
        is_bar = found.group(1) in ("|", "·", "»", "::") and len(tail.split()) <= 5 and len(head.split()) >= 3
        if is_site or is_bar or head in headings:
            title = head
        else:
            break
    return title


def _published(tree: Element, meta: dict[str, str], story: Node) -> str | None:
    said = [_string(story.get("datePublished")), *(meta.get(name) for name in _TIMES)]
    said += [
        element.get("content") or element.get("datetime") or element.text_content()
        for element in tree.iter()
        if element.get("itemprop") in ("datePublished", "dateCreated")
    ]
    # hAtom and h-entry, microformats.org
    said += [
        element.get("datetime") or element.get("title")
        for element in tree.iter("abbr", "time")
        if {"published", "dt-published"}.intersection((element.get("class") or "").split())
    ]
    times = list(tree.iter("time"))
    # The time of the story stands by its headline; those of comments and other stories come later.
    said += [time.get("datetime") for time in [*(t for t in times if t.get("pubdate") is not None), *times[:1]]]
    days = []
    for text in said:
        time = iso_time(text)
        if time and "T" in time:
            return time
        days += [time] if time else []
    return days[0] if days else None


def guessed_day(tree: Element, url: str | None) -> str | None:
    """The day that trafilatura reads from the address or the words of a page that does not mark it; it may change."""
    quiet()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from trafilatura.metadata import extract_metadata

        found = extract_metadata(tree, default_url=url)
    return iso_time(found.date)
