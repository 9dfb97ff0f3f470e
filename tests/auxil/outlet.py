"""A made-up outlet on a web server double: feeds and the pages they lead to."""

from collections.abc import Sequence
from xml.sax.saxutils import escape

from tests.auxil.web_server import WebServer

__all__ = ["BODY", "page", "put_feed", "put_page"]

BODY = (
    "Ana Reyes, the mayor of Norland, opened the Harbour Bridge on Monday after three years of work on both banks.",
    "Reyes said the bridge is safe and that the first trucks would cross it before the end of the week.",
    "The engineer Ben Osei, who drew the plans, told reporters that the steel had been tested twice in the winter.",
    "About 2,000 people walked across in the rain, many of them with umbrellas and small flags in their hands.",
    "The old ferry will go on sailing until the spring, so that nobody has to wait for the road to be finished.",
)


def page(title: str, paragraphs: Sequence[str], *, canonical: str = "", published: str = "") -> str:
    """The HTML of an article's page, with a menu and a footer around it."""
    link = f'<link rel="canonical" href="{canonical}">' if canonical else ""
    date = f'<meta property="article:published_time" content="{published}">' if published else ""
    text = "".join(f"<p>{escape(p)}</p>\n" for p in paragraphs)
    return (
        f'<!DOCTYPE html><html lang="en"><head><title>{escape(title)}</title>'
        '<meta property="og:type" content="article">'
        f'<meta property="og:title" content="{escape(title)}"><meta property="og:site_name" content="The Norland Post">'
        f"{link}{date}</head><body><nav><a href='/'>Home</a> <a href='/sport'>Sport</a></nav>"
        f"<main><article><h1>{escape(title)}</h1>\n{text}</article></main>"
        "<footer>Copyright The Norland Post. All rights reserved.</footer></body></html>"
    )


def put_page(server: WebServer, path: str, title: str, paragraphs: Sequence[str] = BODY, **more: str) -> str:
    """Serve an article; returns its address."""
    return server.put(path, page(title, paragraphs, **more))


def put_feed(
    server: WebServer, path: str, links: Sequence[str], *, etag: str | None = None, stamps: Sequence[str] = ()
) -> str:
    """Serve an RSS feed of links, each with a stamp when there are any; returns the feed's address."""
    items = "".join(
        f"<item><title>Story {i}</title><link>{escape(link)}</link><guid>{escape(link)}</guid>"
        + (f"<pubDate>{stamps[i]}</pubDate>" if stamps else "")
        + "</item>"
        for i, link in enumerate(links)
    )
    body = f'<?xml version="1.0"?><rss version="2.0"><channel><title>The Norland Post</title>{items}</channel></rss>'
    return server.put(path, body, media_type="application/rss+xml", etag=etag)
