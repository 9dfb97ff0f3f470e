"""Lists of feeds: read from what other readers write, and written so that they are read the same."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from knowledge.errors import InputError
from knowledge.web.addresses import normalised
from knowledge.web.feed import is_feed, is_opml
from knowledge.web.opml import FeedAddress, parse_opml, write_opml


def opml(*outlines: str) -> str:
    return f'<?xml version="1.0"?><opml version="2.0"><head/><body>{"".join(outlines)}</body></opml>'


def outline(url: str = "https://gazette.example/feed", more: str = 'text="Gazette"') -> str:
    return f'<outline type="rss" {more} xmlUrl="{url}"/>'


def parse(body: str | bytes) -> list[tuple[str, str]]:
    feeds = parse_opml(body.encode() if isinstance(body, str) else body, name="feeds.opml")
    return [(feed.url, feed.title) for feed in feeds]


ONE = ("https://gazette.example/feed", "Gazette")
FILES = [
    pytest.param(opml(), [], id="no feeds"),
    pytest.param(opml(outline()), [ONE], id="one"),
    pytest.param(opml(outline(more="")), [(ONE[0], "")], id="no title"),
    pytest.param(opml(outline(more='text="G" title=" A\n title "')), [(ONE[0], "A title")], id="title and text"),
    pytest.param(opml(outline(more='text="Gazette" title=""')), [ONE], id="empty title"),
    pytest.param(opml(outline(more=f'text="{"t" * 900}"')), [(ONE[0], "t" * 499 + "…")], id="long title"),
    pytest.param(opml(outline("HTTPS://Gazette.example:443/feed#x"), outline(more='text="Other"')),
                 [ONE], id="twice in two spellings"),
    pytest.param(opml(outline("ftp://gazette.example/"), outline(""), '<outline text="x"/>'), [], id="no addresses"),
    pytest.param(opml('<outline text="News">', outline(), '<outline text="Deep">', outline("http://b.example/"),
                      "</outline></outline>", outline("http://c.example/")),
                 [ONE, ("http://b.example/", "Gazette"), ("http://c.example/", "Gazette")], id="folders"),
    pytest.param(opml('<outline text="Outer" xmlUrl="http://o.example/">', outline(), "</outline>"),
                 [("http://o.example/", "Outer"), ONE], id="a feed that is a folder"),
    pytest.param(opml('<outline text="Gazette" XMLURL="https://gazette.example/feed"/>'), [ONE], id="capitals"),
    pytest.param(opml(outline(more='text="AT&T &eacute; &amp;"')), [(ONE[0], "AT&T é &")], id="bare ampersand"),
    pytest.param(opml("<b>", outline("http://b.example/?x=1&amp;y=2", 'text="R&amp;D"')),
                 [("http://b.example/?x=1&y=2", "R&D")], id="wrong tags"),
    pytest.param(opml(outline(), outline("http://b.example/"))[:-40], [ONE], id="cut off"),
    pytest.param("\ufeff\n" + opml(outline()).replace("<?", " <?"), [ONE], id="BOM and white space"),
    pytest.param(opml(outline(more='text="Gazétte"')).encode("utf-16"), [(ONE[0], "Gazétte")], id="UTF-16"),
    pytest.param(opml(outline(more='text="“G”"')).replace("?>", ' encoding="latin1"?>', 1).encode("cp1252"),
                 [(ONE[0], "“G”")], id="Latin-1 that is more"),
    pytest.param(opml(outline(more='text="Gazétte"')).encode("cp1252"), [(ONE[0], "Gazétte")], id="windows-1252"),
]  # fmt: skip


@pytest.mark.parametrize(("body", "feeds"), FILES)
def test_the_feeds_of_a_file(body, feeds):
    assert parse(body) == feeds
    assert is_opml(body if isinstance(body, bytes) else body.encode())


@pytest.mark.parametrize(
    ("codec", "charset"), [("mac-roman", "macintosh"), ("cp1252", "raw_unicode_escape"), ("utf-8", "latin1")]
)
def test_the_header_names_an_encoding_of_texts_or_nothing(codec, charset):
    body = opml(outline(more='text="“G”"')).encode(codec)
    assert parse_opml(body, name="feeds.opml", charset=charset) == (FeedAddress(ONE[0], "“G”"),)


def test_at_most_2000_feeds_are_taken():
    feeds = parse(opml(*(outline(f"https://gazette.example/{number}") for number in range(2_500))))
    assert len(feeds) == 2_000
    assert feeds[-1][0] == "https://gazette.example/1999"


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("", "not OPML"),
        ("<rss/>", "not OPML"),
        ("<!DOCTYPE html><html><opml/></html>", "not OPML"),
        ("<opml", "not well-formed"),
        ("<opml><body><outline", "not well-formed"),
        (opml(outline()).replace("<opml", '<!DOCTYPE opml SYSTEM "file:///etc/passwd"><opml'), "external"),
        (opml(outline()).replace("<opml", '<!DOCTYPE opml [<!ENTITY a "b">]><opml'), "entities"),
        ("<opml>" + "<outline>" * 10_000 + "</outline>" * 10_000 + "</opml>", "200 deep"),
        (opml('<outline text=""/>' * 20_001), "20,000 elements"),
        (opml(outline()) + " " * 10_000_000, "10,000,000 bytes"),
    ],
)
def test_what_is_no_list_of_feeds_is_refused_with_one_line(body, reason):
    with pytest.raises(InputError, match=reason) as caught:
        parse(body)
    assert str(caught.value).startswith("feeds.opml: ")
    assert "\n" not in str(caught.value)


ADDRESSES = st.builds(
    "https://{}.example/{}".format,
    st.from_regex(r"[a-z]{1,8}", fullmatch=True),
    st.from_regex(r"[a-z0-9/._~-]{0,8}[a-z](\?[a-z]=[a-z&']{0,5}[a-z])?", fullmatch=True),
).map(normalised)
TITLES = st.text(max_size=30).map(lambda title: " ".join(title.split()))


@given(st.lists(st.builds(FeedAddress, ADDRESSES, TITLES), unique_by=lambda feed: feed.url, max_size=5), st.text())
def test_what_is_written_is_read_back_the_same(feeds, title):
    text = write_opml(feeds, title=title)
    etree.fromstring(text.encode())  # well-formed
    read = parse_opml(text.encode(), name="feeds.opml")
    assert [feed.url for feed in read] == [feed.url for feed in feeds]
    assert write_opml(read, title=title) == text
    for one, other in zip(read, feeds, strict=True):
        assert one.title == other.title or not other.title.isprintable()


def test_what_is_written():
    title = '<Salt> & "pepper"\n\x00\ud800\ufffe'
    feeds = [FeedAddress("https://a.example/?x=1&y='2'", title), FeedAddress(ONE[0], "")]
    text = write_opml(feeds, title="Feeds & more")
    assert text.startswith('<?xml version="1.0" encoding="UTF-8"?>\n<opml version="2.0">')
    assert "<title>Feeds &amp; more</title>" in text
    assert f'text="{ONE[0]}" title="" xmlUrl="{ONE[0]}"' in text
    assert parse(text) == [(feeds[0].url, '<Salt> & "pepper"'), (ONE[0], "")]
    assert not is_feed(text.encode(), "text/x-opml")
