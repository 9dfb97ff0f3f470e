"""Feeds: what is read from every format, from odd ones, and that hostile ones cost little."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from knowledge.errors import InputError
from knowledge.web.feed import Entry, Feed, is_feed, is_opml, parse_feed
from knowledge.web.feed_document import cut_down
from knowledge.web.xml import refuse_entities

URL = "https://gazette.example/feeds/news.xml"
ATOM = 'xmlns="http://www.w3.org/2005/Atom"'
RDF = 'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"'


def parse(body: str | bytes, url: str | None = URL, charset: str | None = None) -> Feed:
    return parse_feed(body.encode() if isinstance(body, str) else body, name="feed", url=url, charset=charset)


def refused(body: str | bytes) -> str:
    with pytest.raises(InputError) as caught:
        parse(body)
    assert caught.value.name == "feed"
    assert "\n" not in str(caught.value), "a refusal is one line"
    return caught.value.reason


def rss(*items: str, head: str = "<title>Gazette</title>") -> str:
    return f'<?xml version="1.0"?><rss version="2.0"><channel>{head}{"".join(items)}</channel></rss>'


def item(inside: str = "", number: int = 1) -> str:
    return f"<item><title>Story {number}</title><link>https://gazette.example/{number}</link>{inside}</item>"


def atom(*entries: str, attributes: str = "") -> str:
    return f"<feed {ATOM} {attributes}><title>Gazette</title><id>urn:gazette</id>{''.join(entries)}</feed>"


def json_feed(*items: object, **fields: object) -> str:
    return json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": "Gazette", "items": items, **fields})


# -- every format ----------------------------------------------------------------------------------------------------

FULL = Entry(
    key="tag:gazette.example,2026:1",
    url="https://gazette.example/harbour",
    title="Harbour bridge & tunnel reopen",
    published="2026-03-02T09:30:00Z",
    text="The bridge reopened.\n\nFerries stop.",
)
HTML = "&lt;p&gt;The bridge&lt;br&gt;reopened.&lt;/p&gt;&lt;p&gt;Ferries &lt;i&gt;stop&lt;/i&gt;.&lt;/p&gt;".replace(
    "&lt;br&gt;", " "
)
RSS_20 = f"""<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel>
 <title>Gazette</title><link>https://gazette.example/</link><description>News.</description>
 <image><title>A logo</title><link>https://gazette.example/logo</link></image>
 <item><title>Harbour bridge &amp; tunnel reopen</title><link>https://gazette.example/harbour?utm_source=rss</link>
  <guid isPermaLink="false">tag:gazette.example,2026:1</guid><author>ed@gazette.example</author>
  <pubDate>Mon, 02 Mar 2026 10:30:00 +0100</pubDate><description>{HTML}</description></item>
</channel></rss>"""
RSS_091 = f"""<?xml version="1.0"?>
<!DOCTYPE rss PUBLIC "-//Netscape Communications//DTD RSS 0.91//EN"
 "http://my.netscape.com/publish/formats/rss-0.91.dtd">
<rss version="0.91"><channel><title>Gazette</title><link>https://gazette.example/</link>
 <item><title>Harbour bridge &amp; tunnel reopen</title><link>https://gazette.example/harbour</link>
  <description>{HTML}</description></item></channel></rss>"""
RSS_090 = f"""<rdf:RDF {RDF} xmlns="http://my.netscape.com/rdf/simple/0.9/">
 <channel><title>Gazette</title><link>https://gazette.example/</link></channel>
 <item><title>Harbour bridge &amp; tunnel reopen</title><link>https://gazette.example/harbour</link></item></rdf:RDF>"""
RSS_10 = f"""<rdf:RDF {RDF} xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/"
  xmlns:content="http://purl.org/rss/1.0/modules/content/">
 <channel rdf:about="https://gazette.example/"><title>Gazette</title><link>https://gazette.example/</link>
  <items><rdf:Seq><rdf:li resource="tag:gazette.example,2026:1"/></rdf:Seq></items></channel>
 <item rdf:about="tag:gazette.example,2026:1"><title>Harbour bridge &amp; tunnel reopen</title>
  <link>https://gazette.example/harbour</link><dc:date>2026-03-02T10:30:00+01:00</dc:date>
  <description>Short.</description><content:encoded><![CDATA[<p>The bridge reopened.</p><p>Ferries stop.</p>]]>
  </content:encoded></item></rdf:RDF>"""
ATOM_10 = f"""<feed {ATOM}><title>Gazette</title><link href="https://gazette.example/"/><id>urn:gazette</id>
 <link rel="self" href="{URL}"/>
 <entry><title type="html">Harbour &lt;b&gt;bridge&lt;/b&gt; &amp;amp; tunnel reopen</title>
  <link rel="self" href="https://gazette.example/harbour.atom"/>
  <link rel="alternate" type="application/json" href="https://gazette.example/harbour.json"/>
  <link href="/harbour"/><link rel="enclosure" href="https://gazette.example/harbour.mp3"/>
  <id>tag:gazette.example,2026:1</id><updated>2026-03-05T00:00:00Z</updated>
  <published>2026-03-02T09:30:00Z</published><summary>Short.</summary>
  <content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>The bridge
   reopened.</p><script>track()</script><p>Ferries <i>stop</i>.</p></div></content></entry></feed>"""
JSON_11 = json_feed(
    {
        "id": FULL.key,
        "url": "/harbour",
        "title": FULL.title,
        "date_published": "2026-03-02T10:30:00+01:00",
        "content_html": "<p>The bridge reopened.</p><p>Ferries stop.</p>",
    },
    home_page_url="https://gazette.example",
)


@pytest.mark.parametrize(
    ("body", "lacks"),
    [
        pytest.param(RSS_20, (), id="RSS 2.0"),
        pytest.param(RSS_091, ("key", "published"), id="RSS 0.91"),
        pytest.param(RSS_090, ("key", "published", "text"), id="RSS 0.90"),
        pytest.param(RSS_10, (), id="RSS 1.0"),
        pytest.param(ATOM_10, (), id="Atom 1.0"),
        pytest.param(JSON_11, (), id="JSON Feed"),
    ],
)
def test_every_format_says_the_same(body, lacks):
    wanted = {"key": FULL.url, "published": None, "text": None}
    entry = Entry(**{**vars(FULL), **{name: wanted[name] for name in lacks}})
    assert parse(body) == Feed("Gazette", "https://gazette.example/", (entry,))
    assert is_feed(body.encode(), "application/octet-stream")
    assert not is_opml(body.encode())


# -- entries ---------------------------------------------------------------------------------------------------------

WHEN = "2026-03-02T10:30:00Z"
ENTRIES = [
    # What stands in the item, and what is other than in the item without it.
    pytest.param("", {}, id="no guid: the address is the key"),
    pytest.param("<guid>https://gazette.example/g</guid>", {"key": "https://gazette.example/g"}, id="guid"),
    pytest.param("<guid> a\n b </guid>", {"key": "https://gazette.example/feeds/a b"}, id="guid of two lines"),
    pytest.param(f"<guid>{'g' * 3_000}</guid>", {}, id="endless guid"),
    pytest.param(f'<guid isPermaLink="false">{"g" * 1_500}</guid>', {}, id="long guid"),
    pytest.param("<pubDate>Mon, 02 Mar 2026 10:30 GMT</pubDate>", {"published": WHEN}, id="no seconds"),
    pytest.param("<pubDate>Mon, 2 Mar 2026 05:30:00 EST</pubDate>", {"published": WHEN}, id="zone by name"),
    pytest.param("<pubDate>2026-03-02T10:30:00</pubDate>", {"published": WHEN}, id="no zone: UTC"),
    pytest.param("<pubDate>2026-03-02</pubDate>", {"published": "2026-03-02T00:00:00Z"}, id="a day"),
    pytest.param("<pubDate>next Tuesday</pubDate>", {}, id="no date at all"),
    pytest.param("<pubDate>Mon, 31 Feb 2026 10:30:00 GMT</pubDate>", {}, id="no such day"),
    pytest.param("<pubDate>Thu, 01 Jan 1970 00:00:00 GMT</pubDate>", {}, id="the zero of Unix"),
    pytest.param("<pubDate>0001-01-01T00:00:00Z</pubDate>", {}, id="the zero of .NET"),
    pytest.param("<pubDate>0000-00-00 00:00:00</pubDate>", {}, id="the zero of MySQL"),
    pytest.param("<pubDate>9999-12-31T23:59:59-01:00</pubDate>", {}, id="the year 10,000"),
    pytest.param(f"<pubDate>{'1' * 5_000}</pubDate>", {}, id="endless date"),
    pytest.param(f"<pubDate>tomorrow</pubDate><atom:updated xmlns:atom='{ATOM[7:-1]}'>{WHEN}</atom:updated>",
                 {"published": WHEN}, id="wrong date, right update"),
    pytest.param("<description>a &lt; b</description>", {"text": "a < b"}, id="plain text"),
    pytest.param("<description><![CDATA[<p>One&nbsp;x</p><style>p{}</style>Two]]></description>",
                 {"text": "One x\n\nTwo"}, id="CDATA"),
    pytest.param("<description>One&lt;br&gt;two &lt;br&gt;&lt;br&gt; three\n\nfour</description>",
                 {"text": "One two\n\nthree four"}, id="line breaks of HTML"),
    pytest.param("<description>One\ntwo\n \nthree</description>", {"text": "One two\n\nthree"}, id="lines"),
    pytest.param("<description>One <b>two</b><p>three</p></description>",
                 {"text": "One two\n\nthree"}, id="HTML not escaped"),
    pytest.param("<description>&lt;!-- gone --&gt;</description>", {}, id="a comment is no text"),
    pytest.param(f"<description>{'word ' * 50_000}</description>", {"text": ("word " * 20_000).strip()}, id="long"),
    pytest.param("<author>" + "a" * 100_000 + "</author><foo:bar xmlns:foo='urn:x'>x</foo:bar>", {}, id="others"),
    pytest.param('<link rel="' + "r" * 9_000 + '" href="https://gazette.example/2"/>', {}, id="endless attribute"),
]  # fmt: skip


@pytest.mark.parametrize(("inside", "other"), ENTRIES)
def test_an_entry(inside, other):
    url = "https://gazette.example/1"
    plain = Entry(key=url, url=url, title="Story 1", published=None, text=None)
    assert parse(rss(item(inside))).entries == (Entry(**{**vars(plain), **other}),)


@pytest.mark.parametrize(
    ("markup", "title"),
    [
        ("", ""),
        ("<title/>", ""),
        ("<title> Two\n lines\t here </title>", "Two lines here"),
        ("<title>A &lt;b&gt;bold&lt;/b&gt; claim</title>", "A bold claim"),
        ("<title>A <b>bold</b> claim</title>", "A bold claim"),
        ("<title><![CDATA[Salt &amp; pepper]]></title>", "Salt & pepper"),
        ("<title>Prices &lt; 5 and &gt; 3</title>", "Prices < 5 and > 3"),
        ("<title>Bell&#7;&nbsp;rings, AT&T says x < y</title>", "Bell rings, AT&T says x < y"),
        ("<title>&lt;script&gt;alert(1)&lt;/script&gt;Safe</title>", "Safe"),
        ("<title>" + "long " * 5_000 + "</title>", ("long " * 100)[:499] + "…"),
        ('<title type="text">Use &lt;b&gt;x&lt;/b&gt; here</title>', "Use <b>x</b> here"),
    ],
)
def test_a_title_is_one_line_of_plain_text(markup, title):
    inside = f"{markup}<link href='/1'/>"
    (found,) = parse(atom(f"<entry>{inside}</entry>") if "type=" in markup else rss(f"<item>{inside}</item>")).entries
    assert found.title == title


ADDRESSES = [
    pytest.param(rss("<item><link>../a?x=1&amp;y=2#top</link></item>"), "https://gazette.example/a?x=1&y=2", id="rss"),
    pytest.param(rss("<item><guid>https://gazette.example/g</guid></item>"), "https://gazette.example/g", id="guid"),
    pytest.param(rss('<item><guid isPermaLink="false">https://gazette.example/g</guid></item>'), None, id="no link"),
    pytest.param(rss("<item><link>javascript:alert(1)</link></item>"), None, id="javascript"),
    pytest.param(rss("<item><link>file:///etc/passwd</link></item>"), None, id="file"),
    pytest.param(rss("<item><link>http://[::1</link></item>"), None, id="no address"),
    pytest.param(rss(f"<item><link>https://gazette.example/{'a' * 1_990}</link></item>"), None, id="endless"),
    pytest.param(rss("<item><title>No link</title></item>"), None, id="none"),
    pytest.param(atom('<entry><link rel="self" href="/s"/><link href="/a"/><link rel="related" href="/r"/></entry>'),
                 "https://gazette.example/a", id="alternate preferred"),
    pytest.param(atom('<entry><link href="/a"/><link href="/b" hreflang="de"/></entry>'),
                 "https://gazette.example/a", id="the first alternate"),
    pytest.param(atom('<entry><link type="text/plain" href="/a.txt"/></entry>'),
                 "https://gazette.example/a.txt", id="no alternate in HTML"),
    pytest.param(atom('<entry xml:base="b/"><link href="a"/></entry>', attributes='xml:base="https://b.example/x/"'),
                 "https://b.example/x/b/a", id="xml:base"),
    pytest.param(json_feed({"id": "https://gazette.example/j"}), "https://gazette.example/j", id="JSON id"),
    pytest.param(json_feed({"id": 7, "url": "http://[::1"}), None, id="JSON, no address"),
    pytest.param(json_feed({"url": f"https://gazette.example/{'a' * 1_990}"}), None, id="JSON, endless"),
]  # fmt: skip


@pytest.mark.parametrize(("body", "url"), ADDRESSES)
def test_the_address_of_an_entry(body, url):
    assert [entry.url for entry in parse(body).entries] == ([] if url is None else [url])


def test_content_that_is_no_text_is_left_out():
    entry = '<entry><link href="/1"/><summary>Seen</summary>{}</entry>'
    for content, text in (
        ('<content type="image/png">iVBORw0KGgo=</content>', "Seen"),
        ('<content type="text/html" src="/1"/>', "Seen"),
        ('<content type="text">Read</content>', "Read"),
    ):
        assert parse(atom(entry.format(content))).entries[0].text == text


def test_relative_addresses_of_a_feed_from_nowhere_are_left_out():
    assert parse(rss("<item><link>/a</link></item>", item()), url=None).entries[0].url == "https://gazette.example/1"


def test_entries_keep_their_order_and_each_key_comes_once():
    numbers = (3, 1, 2)
    items = [item(f'<guid isPermaLink="false">{number % 3}</guid>', number) for number in (*numbers, 4, 6)]
    assert [entry.key for entry in parse(rss(*items)).entries] == ["0", "1", "2"]
    assert [entry.url[-1] for entry in parse(rss(*items)).entries] == ["3", "1", "2"]


@pytest.mark.parametrize("shape", ["rss", "json"])
def test_at_most_500_entries_are_taken(shape):
    if shape == "rss":
        body = rss(*(item(number=number) for number in range(700)))
    else:
        body = json_feed(*({"url": f"https://gazette.example/{number}"} for number in range(700)))
    entries = parse(body).entries
    assert len(entries) == 500
    assert entries[-1].url == "https://gazette.example/499"


@pytest.mark.parametrize(
    ("fields", "entry"),
    [
        ({"date_published": "2026-03-02T10:30:00"}, {"published": WHEN}),
        ({"date_modified": "2026-03-02T10:30:00.5Z"}, {"published": WHEN}),
        ({"date_published": "soon"}, {}),
        ({"date_published": 5}, {}),
        ({"id": 7}, {"key": "7"}),
        ({"summary": "Few <words>"}, {"text": "Few <words>"}),
        ({"content_text": "One\n\n\nTwo", "summary": "No"}, {"text": "One\n\nTwo"}),
        ({"title": ["no"], "content_html": None}, {}),
        ({"title": "half \ud800 a pair"}, {"title": "half a pair"}),
    ],
)
def test_an_item_of_a_json_feed(fields, entry):
    url = "https://gazette.example/1"
    plain = {"key": url, "url": url, "title": "", "published": None, "text": None}
    assert parse(json_feed({"url": url, **fields})).entries == (Entry(**{**plain, **entry}),)


# -- odd feeds -------------------------------------------------------------------------------------------------------

UMLAUT = rss(item(), head="<title>Gazette für “alle”</title>")


@pytest.mark.parametrize(
    ("body", "charset"),
    [
        pytest.param(UMLAUT.encode(), "iso-8859-1", id="header wrong"),
        pytest.param(UMLAUT.replace("?>", ' encoding="iso-8859-1"?>', 1).encode(), None, id="declaration wrong"),
        pytest.param(UMLAUT.replace("?>", ' encoding="utf-16"?>', 1).encode(), None, id="declared UTF-16 that is none"),
        pytest.param(UMLAUT.encode("cp1252"), None, id="nothing declared"),
        pytest.param(UMLAUT.replace("?>", ' encoding="utf-8"?>', 1).encode("cp1252"), "utf-8", id="not the UTF-8 said"),
        pytest.param(UMLAUT.replace("?>", ' encoding="latin1"?>', 1).encode("cp1252"), None, id="Latin-1 that is more"),
        pytest.param(UMLAUT.encode("mac-roman"), "macintosh", id="header right"),
        pytest.param(UMLAUT.encode("cp1252"), "raw_unicode_escape", id="a codec of no texts"),
        pytest.param(UMLAUT.encode("cp1252"), "no-such-codec", id="no codec"),
        pytest.param(UMLAUT.encode("utf-8-sig"), None, id="BOM"),
        pytest.param(UMLAUT.encode("utf-16"), None, id="UTF-16 with BOM"),
        pytest.param(UMLAUT.encode("utf-16-be"), None, id="UTF-16 without"),
        pytest.param(UMLAUT.encode("utf-32-le"), "utf-8", id="UTF-32"),
        pytest.param(b"\r\n\n  " + UMLAUT.encode(), None, id="white space in front"),
    ],
)
def test_the_encoding_is_what_the_bytes_say(body, charset):
    feed = parse(body, charset=charset)
    assert feed.title == "Gazette für “alle”"
    assert len(feed.entries) == 1
    assert is_feed(body, "text/html")


BOZO = [
    pytest.param(rss(item(), item("<description>Cut of", 2))[:-30], 1, id="cut off: only whole entries"),
    pytest.param(rss(item("<media:thumbnail url='x'/><dc:date>2026-03-02T10:30:00Z</dc:date>")), 1, id="undeclared"),
    pytest.param(rss(item("<description>a <b>b</description>")), 1, id="HTML left open"),
    pytest.param(rss("<item><title>Open</title><link>/o</link>", item()), 2, id="an entry left open"),
    pytest.param(rss(item("<description>&nbsp;&eacute;&nothing; & \x0b\x00</description>")), 1, id="HTML's entities"),
    pytest.param(rss(item("<description><![CDATA[a]] & <b></description>")), 0, id="CDATA left open"),
    pytest.param(rss(item()) + "<!-- served in 3 ms --> <p>bye</p>", 1, id="more after the end"),
    pytest.param(rss(item("<link>https://gazette.example/1?a=1&b=2&amp;c=3</link>")), 1, id="bare ampersand in a link"),
]


@pytest.mark.parametrize(("body", "entries"), BOZO)
def test_a_feed_that_is_not_well_formed_is_taken_when_it_holds_entries(body, entries):
    if entries:
        assert len(parse(body).entries) == entries
    else:
        assert "not well-formed" in refused(body)


def test_references_are_kept_behind_a_fault():
    body = rss("<b>", "<item><title>R&amp;D &#60; &copy; &#x1F; &#9999999;</title><link>/?x=1&amp;y=2</link></item>")
    (entry,) = parse(body).entries
    assert (entry.title, entry.url) == ("R&D < ©", "https://gazette.example/?x=1&y=2")


def test_what_is_not_declared_keeps_its_meaning():
    (entry,) = parse(rss(item("<dc:date>2026-03-02T10:30:00Z</dc:date> & "))).entries
    assert entry.published == WHEN


@pytest.mark.parametrize(
    "body", [rss(), rss(head=""), atom(), f"<rdf:RDF {RDF}/>", json_feed(), json_feed(items=7), json_feed(7)]
)
def test_an_empty_feed_is_a_feed(body):
    assert parse(body).entries == ()


NO_FEEDS = [
    pytest.param("", "neither XML", id="empty"),
    pytest.param("\x89PNG\r\n\x1a\n\0\0", "neither XML", id="image"),
    pytest.param("Not found", "neither XML", id="text"),
    pytest.param("{}", "neither XML", id="JSON"),
    pytest.param('{"version": "https://jsonfeed.org/version/1"', "broken JSON", id="JSON cut off"),
    pytest.param('{"version": "https://jsonfeed.org/version/1", "items": ' + "[" * 150_000, "broken", id="deep JSON"),
    pytest.param('{"version": "https://jsonfeed.org/version/1", "x": ' + "9" * 5_000 + "}", "broken", id="big number"),
    pytest.param('{"version": "https://jsonfeed.org/version/1", "items": ' + "[" * 200_001, "values", id="values"),
    pytest.param("<!DOCTYPE html><html><body><rss/></body></html>", "<html>", id="page"),
    pytest.param("<opml/>", "<opml>", id="OPML"),
    pytest.param('<feed xmlns="a\xa0b\xa0c"><title/></feed>', "cannot be read (ValueError)", id="spaces"),
    pytest.param("<rss", "first element is broken", id="one broken element"),
    pytest.param("<rss>", "not well-formed", id="one open element"),
    pytest.param("<rss><channel><item><title>Only half an en", "not well-formed", id="no whole entry"),
    pytest.param(rss(item()) + "x" * 10_000_000, "10,000,000 bytes", id="too long"),
]


@pytest.mark.parametrize(("body", "reason"), NO_FEEDS)
def test_what_is_no_feed_is_refused_with_one_line(body, reason):
    assert reason in refused(body)


@pytest.mark.parametrize(
    ("body", "media_type", "feed"),
    [
        (f"<rdf:RDF {RDF}><x/></rdf:RDF>", "application/rdf+xml", False),
        (f"<rdf:RDF {RDF}><x/></rdf:RDF>", "application/rss+xml", True),
        ("<!-- a --><?b c?>\n<x:feed xmlns:x='urn:x'/>", "", True),
        ("<html><rss/></html>", "application/rss+xml", False),
        ("{ ", "application/feed+json", False),
        ('{"version": "https:\\/\\/jsonfeed.org\\/version\\/1"}', "", True),
        ("<!--" + "-" * 70_000 + "--><rss/>", "", False),
        ("<?never ends", "", False),
    ],
)
def test_a_feed_is_told_by_what_it_holds(body, media_type, feed):
    assert is_feed(body.encode(), media_type) == feed


@pytest.mark.parametrize("encode", [str.encode, lambda path: f"file://{path}".encode()], ids=["path", "address"])
def test_a_body_that_names_a_file_is_not_opened(tmp_path: Path, encode):
    path = tmp_path / "feed.xml"
    path.write_text(RSS_20)
    assert "not a feed" in refused(encode(str(path)))


def test_a_body_is_not_taken_for_the_name_of_a_file(tmp_path: Path, monkeypatch):
    (tmp_path / "<rss").mkdir()
    (tmp_path / "<rss" / ">").write_text(RSS_20)
    monkeypatch.chdir(tmp_path)
    assert parse("<rss/>").entries == ()


def test_only_what_is_read_reaches_the_reader_of_formats():
    text = rss(f"junk {item('<author>a</author> junk' + '<link>/</link>' * 200)}", head="junk<title>G</title><x/>")
    document, well_formed, _ = cut_down(text[text.index("<rss") :], "feed")
    assert well_formed
    assert b"junk" not in document
    assert b"<x" not in document
    assert b"author" not in document
    assert document.count(b"<link>") == 99


@pytest.mark.parametrize(
    ("text", "cut_off"),
    [
        pytest.param(rss(item()), False, id="whole"),
        pytest.param(rss(item(), "<title>Q&A</title>"), False, id="faulty, but whole"),
        pytest.param(rss(item()) + "<!-- --></rss>", False, id="more after its end"),
        pytest.param(rss(item(), item("<description>Cut of", 2))[:-30], True, id="cut off in an entry"),
        pytest.param(rss(item())[:-6], True, id="cut off in its last tag"),
        pytest.param(rss(*(item(number=n) for n in range(501)))[:-30], False, id="cut off behind what is read"),
    ],
)
def test_a_feed_that_is_cut_off_says_so(text: str, cut_off: bool):
    assert parse(text).cut_off is cut_off


# -- hostile feeds ---------------------------------------------------------------------------------------------------

LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
ENTITY_FEEDS = {
    "billion laughs": f'<!DOCTYPE rss [<!ENTITY l0 "ha">{LAUGHS}]>' + rss(item("<description>&l9;</description>"))[21:],
    "quadratic": f'<!DOCTYPE rss [<!ENTITY a "{"a" * 50_000}">]>' + rss(item(f"<author>{'&a;' * 900}</author>"))[21:],
    "external": '<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + rss(item("<author>&x;</author>"))[21:],
    "parameter": '<!DOCTYPE rss [<!ENTITY % x SYSTEM "http://127.0.0.1:9/x.dtd"> %x;]>' + rss(item())[21:],
    "late": rss(item()) + '<!DOCTYPE rss [<!ENTITY a "b">]>',
}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-be", "utf-32-le"])
@pytest.mark.parametrize("attack", ENTITY_FEEDS)
def test_entities_are_refused_in_every_encoding(attack, encoding):
    body = ENTITY_FEEDS[attack].encode(encoding)
    assert "entities" in refused(body)
    with pytest.raises(InputError):
        refuse_entities(body, "feed")


def test_entities_are_refused_in_an_encoding_that_only_the_header_names():
    body = ENTITY_FEEDS["external"].encode("cp037")
    with pytest.raises(InputError, match="entities"):
        refuse_entities(body, "feed", "cp037")
    with pytest.raises(InputError):
        parse(body, charset="cp037")


@pytest.mark.parametrize(
    ("prolog", "reason"),
    [
        ('<!DOCTYPE rss SYSTEM "file:///etc/passwd">', "external"),
        ('<!doctype rss PUBLIC "-//X//Y" "http://127.0.0.1/x.dtd">', "external"),
        ("<!DOCTYPE rss [<!ELEMENT rss ANY>]>", "of its own"),
        ('<!DOCTYPE rss PUBLIC "-//Netscape Communications//DTD RSS 0.91//EN" "x" [ ]>', "of its own"),
        ('<?a?><!-- > --><!DOCTYPE rss SYSTEM\n"[">', "external"),
        ('<!DOCTYPE rss SYSTEM "never ends', "external"),
        ("<!DOCTYPE>", "broken start"),
        ("<!-- never ends ", "broken start"),
        (f"<?{' ' * 70_000}?><!DOCTYPE rss [", "no first element"),
        ("<!---->" * 10_000, "no first element"),
        ("\n" * 70_000, "no first element"),
        ("<a>" * 201, "200 deep"),
        ("<a" + "".join(f" a{number}=''" for number in range(1_100)) + ">", "1,000 attributes"),
        (f"<!--{' ' * 10_000_000}-->", "10,000,000 bytes"),
    ],
)
def test_what_could_cost_much_is_refused(prolog, reason):
    with pytest.raises(InputError, match=reason):
        refuse_entities(f"{prolog}<rss/>".encode(), "feed")


@pytest.mark.parametrize(
    "body",
    [
        RSS_091,
        ATOM_10,
        "<!DOCTYPE html><html/>",
        "<rss>" + "<a></a><b/><!-- <c> --><![CDATA[<d>]]><?e <f>?>" * 300 + "</rss>",
        "<rss>" + "<a>" * 199 + "</a>" * 199 + "</b></rss>",
        f'<rss a="{">" * 5_000}"/>',
    ],
    ids=range(6),
)
def test_what_costs_little_is_not_refused(body):
    refuse_entities(body.encode(), "feed")


def test_nothing_is_included_from_a_file(tmp_path: Path):
    secret = tmp_path / "secret.txt"
    secret.write_text("the secret")
    include = f'<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="{secret.as_uri()}" parse="text"/>'
    feed = parse(rss(item(f"<description>Seen: {include}</description>")))
    assert feed.entries[0].text == "Seen:"


# Each takes minutes, or gigabytes, when it is handed to a parser as it is. The limit is that of the processor's time.
HOSTILE = """
import resource
resource.setrlimit(resource.RLIMIT_CPU, (50, 50))
from knowledge.errors import InputError
from knowledge.web.feed import is_feed, parse_feed
from knowledge.web.opml import parse_opml

M = 1_000_000
rss, item = "<rss version='2.0'><channel>", "<item><title>T</title><link>http://a.example/1</link>"
json_feed = '{"version":"https://jsonfeed.org/version/1","items":['
cases = {
    "10 MB of junk": lambda: rss + "\\x07 &x; ]]> \\" ' = / > " * 400_000,
    "10 MB of lines": lambda: "\\n" * (9 * M) + rss,
    "100,000 entries": lambda: rss + "".join(f"{item}<guid>{i}</guid></item>" for i in range(100_000)),
    "comments": lambda: rss + "<!--" * (M // 4),
    "CDATA": lambda: rss + "<![CDATA[" * (M // 9),
    "instructions": lambda: rss + "<?a" * (M // 3),
    "tags left open": lambda: rss + "<a " * (M // 3),
    "quotes left open": lambda: rss + "<a b=\\"' " * (M // 8),
    "ampersands": lambda: rss + "&" * M,
    "an author": lambda: rss + item + f"<author>{'a' * M}</author></item></channel></rss>",
    "a date": lambda: rss + item + f"<pubDate>{'1' * M}</pubDate></item></channel></rss>",
    "elements": lambda: rss + item + "<link/>" * 90_000 + "</item></channel></rss>",
    "more elements": lambda: rss + item + "<a/>" * M,
    "empty entries": lambda: rss + "<item/>" * 90_000,
    "entries left open": lambda: rss + "<item>" * 90_000,
    "HTML": lambda: rss + item + f"<description>{'&lt;b&gt;' * 90_000}</description></item></channel></rss>",
    "namespaces": lambda: "<rss " + " ".join(f"xmlns:a{i}='b'" for i in range(90_000)) + "/>",
    "attributes": lambda: "<rss " + " ".join(f"a{i}=''" for i in range(90_000)) + "/>",
    "a base": lambda: f"<feed xml:base='http://a.example/{'a/' * M}'>" + (item + "</item>") * 150 + "</feed>",
    "JSON objects": lambda: json_feed + "{}," * 90_000 + "{}]}",
    "outlines": lambda: "<opml>" + "<outline xmlUrl='http://a.example/'/>" * 30_000,
    "10,000 nested outlines": lambda: "<opml>" + "<outline>" * 10_000 + "</outline>" * 10_000 + "</opml>",
}
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
for name, make in cases.items():
    body = make().encode()
    is_feed(body, "")
    try:
        if body.startswith(b"<opml"):
            result = f"{len(parse_opml(body, name=name))} feeds"
        else:
            result = f"{len(parse_feed(body, name=name, url=None).entries)} entries"
    except InputError as error:
        result = error.reason
    print(f"{name}: {result}")
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024, "MB")
"""


def test_hostile_feeds_cost_bounded_time_and_memory():
    done = subprocess.run([sys.executable, "-c", HOSTILE], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    *lines, memory = done.stdout.splitlines()
    results = dict(line.split(": ", 1) for line in lines)
    taken = {name: result for name, result in results.items() if result.endswith(("entries", "feeds"))}
    assert taken == {
        "100,000 entries": "500 entries",
        "an author": "1 entries",
        "a date": "1 entries",
        "elements": "1 entries",
        "empty entries": "0 entries",
        "HTML": "1 entries",
        "a base": "1 entries",
        "JSON objects": "0 entries",
    }
    assert len(results) == 22
    faulty = {name for name, result in results.items() if "hardly XML" in result}
    assert faulty == {"10 MB of junk", "tags left open", "ampersands"}
    assert int(memory.removesuffix(" MB")) < 250


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.data())
def test_a_feed_in_pieces_is_read_or_refused(data):
    whole = data.draw(st.sampled_from([RSS_20, RSS_091, RSS_10, ATOM_10, JSON_11]))
    pieces = data.draw(st.lists(st.tuples(st.integers(0, len(whole)), st.integers(0, len(whole)), st.text(max_size=5))))
    body = whole
    for start, end, text in pieces:
        body = body[:start] + text + body[end:]
    try:
        feed = parse(body.encode("utf-8", "replace"))
    except InputError as error:
        said = str(error)
    else:
        said = " ".join(entry.key for entry in feed.entries)
        assert all(entry.url.startswith(("http://", "https://")) and entry.key for entry in feed.entries)
    assert "\n" not in said
