"""Pages to articles: every sentence of the body, no word of the furniture, and a line for what is no article."""

import json
import logging
import unicodedata
from pathlib import Path

import pytest

from knowledge.errors import InputError
from knowledge.web.dates import iso_time
from knowledge.web.markup import MAX_ELEMENTS, MAX_PAGE, decoded
from knowledge.web.page import read_page

LAYOUTS = sorted((Path(__file__).parent / "layouts").glob("*.html"))
STORY = [
    "The ropewalk at Saltby has twisted its last rope, two hundred and six years after the first.",
    "Its owner, Mabel Strand, said on Wednesday that the hemp no longer came and the ships no longer called.",
    "Nine people worked there.",
    "They will be paid until the end of June, and the youngest, who is nineteen, has found a place at the boatyard.",
    "The building is four hundred metres long and six wide, which makes it hard to sell and harder to heat.",
    "The council would like to see a market in it, but it has no money for the roof.",
    "“I shall keep one rope,” Mrs. Strand said, “and it will hold up my washing.”",
]


def page(body="", *, head="", title="The last rope of Saltby", story=STORY):
    """A plain page with the story and, after it, ``body``."""
    told = "".join(f"<p>{sentence}</p>" for sentence in story)
    return f"<html><head><title>{title}</title>{head}</head><body><div><h1>{title}</h1>{told}{body}</div></body></html>"


def read(text, **arguments):
    return read_page(text.encode() if isinstance(text, str) else text, **{"name": "rope.html", **arguments})


def paragraphs(text, **arguments):
    return read(text, **arguments).text.split("\n\n")


def refusal(text, **arguments):
    with pytest.raises(InputError) as caught:
        read(text, **arguments)
    assert "\n" not in str(caught.value)
    assert caught.value.name == arguments.get("name", "rope.html")
    return caught.value.reason


# -- layouts ---------------------------------------------------------------------------------------------------------


def notes(path, mark):
    lines = path.with_suffix(".txt").read_text(encoding="utf-8").splitlines()
    return [line[2:] for line in lines if line.startswith(f"{mark} ")]


def test_the_layouts_are_there():
    assert len(LAYOUTS) >= 14
    assert all(len(notes(path, "+")) >= 8 and notes(path, "-") for path in LAYOUTS)


@pytest.mark.parametrize("path", LAYOUTS, ids=[path.stem for path in LAYOUTS])
def test_a_layout_gives_its_body_and_nothing_else(path):
    article = read_page(path.read_bytes(), name=str(path))
    # Each sentence, verbatim and in order, and not a word between them.
    assert article.text.replace("\n\n", " ") == " ".join(notes(path, "+"))
    assert [words for words in notes(path, "-") if words in article.text] == []
    for expected in notes(path, "="):
        field, _, value = expected.partition(" | ")
        assert getattr(article, field) == value
    assert article.id == (article.url or path.stem)


# -- what stays and what goes ----------------------------------------------------------------------------------------

KEPT = [
    "Copyright law was changed in 2019, to the harm of small printers.",
    "The report was published on Monday and has eleven chapters.",
    "This report was produced by two engineers and a baker.",
    "By registering voters early, the party hoped to win the valley.",
    "Support to farmers will end in May.",
    "Like our neighbours, we burn peat.",
    "Watch-makers came from the hills each spring to sell their work.",
    "Written by hand, the ledger lists each bale of hemp since 1818.",
    "Pictures by children hang in the hall.",
    "Return to the main road was impossible for a week.",
    "The minister defended the privacy policy.",
    "Published in 1998 by a small press, the book sold nine copies.",
    "Already a member of the guild, he asked for no fee.",
    "She told the crowd,",
    "By Friday the hemp was gone.",
    "<a href='/long'>The long story of the ropewalk is told in a book of three hundred pages.</a>",
    "He sat in the <a class='related' href='/x'>Anchor</a> and <span class='share'>shared</span> a pie.",
    "<b>The last of the hemp</b> was burned on the beach.",
    "The permit was filed on <span class='chron'>May 8</span>.",
    "<b>May Wilson</b>, 71, has lived on the island since 1980.",
    "<b>May 8:</b> The crack was found in the north wall.",
    "Shops on the quay sell the magazine <span>Related</span>, which has four pages.",
    "<b>Comments</b> on the plan can be sent to the council until Friday.",
    "The council has opened a page called <span><b>Comments</b></span> where people can object.",
    "Corrective work on the wall began in May.",
    "With assistance from Ida Moss, the owner of the yard, the roof was mended.",
    "Sources of hemp are few.",
    "The author is dead.",
    "About Saltby there is little more to say.",
    "For more information the council sent two men.",
]


@pytest.mark.parametrize("inside", KEPT)
@pytest.mark.parametrize(
    "form", ["<p>{}</p><p>It rained.</p>", "<div>{}</div><p>It rained.</p>", "{}<br><br>It rained."]
)
def test_a_sentence_of_the_story_stays(inside, form):
    found = paragraphs(page(form.format(inside)))
    plain = inside
    for tag in ("<b>", "</b>", "</a>", "<span>", "</span>"):
        plain = plain.replace(tag, "")
    words = "".join(part.partition(">")[2] if part[:2] in ("a ", "sp") else part for part in plain.split("<"))
    assert found[: len(STORY)] == STORY
    assert found[len(STORY) :] == [words, "It rained."]


GONE = [
    "<p>Advertisement</p>",
    "<p>Story continues below</p>",
    "<p>Read more: The hemp that came by sleigh.</p>",
    "<p>Share this article on Facebook</p>",
    "<p>Our Standards: <a href='/standards'>The Sentinel's Rules.</a></p>",
    "<p>Thank you for reading the Sentinel to the end.</p>",
    "<p>Posted by ida on Sunday, June 3 @ 17:22:05 (1083 reads of it so far, and more to come)</p>",
    "<h3 class=postmetadata>It was in the news of the day.</h3>",
    "<p>Follow us on Mastodon.</p>",
    "<blockquote class='twitter-tweet'><p>I bought a rope there once.</p>— Karl (@karl) May 3, 2024</blockquote>",
    "<div class='embedded-tweet'><blockquote><p>I bought a rope there once.</p></blockquote></div>",
    "<amp-twitter><blockquote>I bought a rope there once.</blockquote></amp-twitter>",
    "<p><em>Do you own a rope? Reply to this email and tell us.</em></p>",
    "<p><em>Want the latest rope news first? Click here to join our community.</em></p>",
    "<p>Good ropes need your help. If you value them, please consider becoming a member for £4 a month.</p>",
    "<p>Karl Venn is the founder of the Sentinel. Contact him at karl@sentinel.example.</p>",
    "<p>Karl Venn can be reached at 555-0134 or by e-mail.</p>",
    "<p><a href='m'>E-mail this to a friend</a> | <a href='p'>Printable</a> | <a href='l'>Write to us</a></p>",
    "<div class='sharedaddy sd-like'><h3>Like this:</h3><span>Like</span> <span>Loading...</span></div>",
    "<p>(Corrects the length of the building in the fifth paragraph.)</p>",
    "<p>--With assistance from Karl Venn.</p>",
    "<p>SOURCE Saltby Ropes Ltd.</p>",
    "<p>Associated writer Karl Venn in Tarry, Idaho, contributed to this report.</p>",
    "<p>Our coverage of ropes receives support from foundations. We are solely responsible for all content.</p>",
    "<div class='player'><div class='vjs-error'><p>The media could not be loaded.</p></div></div>",
    "<p><em>The Rope is a free letter. If someone forwarded you this email, you can join below.</em></p>",
    "<p><em>If you enjoyed this story, give it some claps.</em></p>",
    "<div class='box'><h3>Study ropes</h3><p>Our course starts soon.</p><a class=btn href='/c'>Explore it</a></div>",
    "<h3>About the study</h3><p>Venn K, et al. Three strands double the pull. Letters on Rope (2026).</p>",
    "<p><b>About Saltby Ropes</b><br>Saltby Ropes makes ropes for ships in nine countries.</p>",
    "<p><b>ENDS</b></p><p>Photographs of the ropes are in our media hub.</p>",
    "<p># # #</p><p>Photographs of the ropes are in our media hub.</p>",
    "<p><b>Notes to editors:</b></p><ul><li>Photographs of the ropes are in our media hub.</li></ul>",
    "<p>For more information or an interview, please contact:</p><p>Karl Venn is at his desk.</p>",
    "<p>The writer tweets at @karlvenn.</p>",
    "<p>This blog is now closed. You can read our report here.</p>",
    "<div><h2>Also from this source</h2><h3><a href='/1'>Ropes up</a></h3><p>The works sold more in May.</p></div>",
    "<div><b>Related:</b> <a href='/1'>A whale in the marina</a></div>",
    "<p>Sign up for our evening letter.</p>",
    "<p>This article was amended on 3 June to correct a name.</p>",
    "<p>Last updated: 3 June 2024 at 10:15</p>",
    "<p>An earlier version of this article misspelled the owner's name.</p>",
    "<p>(Reporting by Ida Moss; Editing by Karl Venn)</p>",
    "<p>Additional reporting by Ida Moss in Saltby.</p>",
    "<p>Photo: Ida Moss</p>",
    "<p>The ropewalk in spring. (Photo: Ida Moss)</p>",
    "<p>The ropewalk in spring / Reuters</p>",
    "<p>© 2024 Saltby Sentinel.</p>",
    "<p>Already a subscriber? Log in</p>",
    "<p>We use cookies and so do our friends.</p>",
    "<p>12 comments</p>",
    "<p>By Ida Moss, maritime correspondent</p>",
    "<p>3 June 2024</p>",
    "<p><em>Ida Moss is the Sentinel's maritime correspondent and covers the coast.</em></p>",
    "<ul><li>Ropes</li><li>Saltby</li><li>Hemp trade</li></ul>",
    "<ul><li><a href='/1'>Harbour dues go up again</a></li><li><a href='/2'>A whale in the marina</a></li></ul>",
    "<h3><a href='/1'>Harbour dues go up again</a></h3>",
    "<div><h4><a href='/1'>Harbour dues go up again</a></h4><p>The fourth rise in a year angers the fleet.</p></div>",
    "<div><p><b>Related</b></p><p><a href='/1'>A whale in the marina</a> It stayed for an hour.</p></div>",
    "<h3>Related stories</h3><p><a href='/1'>A whale in the marina</a></p>",
    "<div><div><b>More from Saltby</b></div><div><a href='/1'>A whale in the marina</a></div></div>",
    "<div><h3>At a glance</h3><p>A rope has three strands.</p></div>",
    "<div><h3>Our newsletter</h3><p>Each Sunday, one long read.</p><input type='email'></div>",
    "<div><p>Each Sunday, one long read.</p><button>Subscribe</button></div>",
    "<form><p>Each Sunday, one long read.</p><input type='email'></form>",
    "<div><img src='a.jpg'><p>The ropewalk, seen from the quay.</p></div>",
    "<figure><blockquote>I shall keep one rope, and it will hold up my washing</blockquote></figure>",
    "<div>12 comments</div>",
    "<div><p>Sponsored</p><p>A rope for every purse.</p></div>",
    "<p>Don't miss</p><p><a href='/1'>A whale in the marina</a></p>",
    "<figure><img src='a.jpg'><figcaption>The ropewalk, seen from the quay.</figcaption></figure>",
    "<blockquote>I shall keep one rope, and it will hold up my washing</blockquote>",
    "<aside>A rope has three strands.</aside>",
    "<div style='display:none'><p>A rope has three strands.</p></div>",
    "<div hidden><p>A rope has three strands.</p></div>",
    "<p>The last rope of Saltby</p>",
    "<div aria-label='Related content'><p>A rope has three strands.</p></div>",
    "<amp-ad><p>A rope has three strands.</p></amp-ad>",
    "<div class='mostRead'><p>A rope has three strands.</p></div>",
    "<div class='rail__ad-slot2'><p>A rope has three strands.</p></div>",
    "<div class='author'><p>A rope has three strands.</p></div>",
    "<h3>2 comments</h3><p>I bought a rope there once and it is still as good as new today.</p><p>Me too.</p>",
    "<section><h3>Comments</h3><p>I bought a rope there once and it is still as good as new.</p></section>",
]


@pytest.mark.parametrize("furniture", GONE)
def test_what_is_not_the_story_goes(furniture):
    assert paragraphs(page(furniture)) == STORY


def test_words_stay_apart_where_something_was_taken_out():
    loose = page("<div>The hemp is gone.<div class='ad'>Advertisement</div>The tar is gone too.</div>")
    assert paragraphs(loose)[-2:] == ["The hemp is gone.", "The tar is gone too."]


def test_what_follows_the_comments_goes_but_for_what_goes_on_in_the_same_element():
    late = "<p>Comments are closed</p><p>The bell rang at six.</p>"
    other = "<table><tr><td>I had a rope of theirs for thirty years, and it never let me down.</td></tr></table>"
    assert paragraphs(page(late + f"<div><div>{other}</div></div>"))[len(STORY) :] == ["The bell rang at six."]


def test_a_link_to_the_comments_is_no_end_of_the_story():
    assert (
        paragraphs(page("<p><a href='#c'>3 comments</a></p><p>The bell rang at six.</p>"))[-1]
        == "The bell rang at six."
    )


RAIL = (
    "<div class=x><p>The fish market opens at four on each day but Sunday.</p>"
    "<div>The tide tables are on the door.</div><p>They are free.</p></div>"
)


@pytest.mark.parametrize("form", ["<div class=y>{}</div>{}", "{1}<div class=y>{0}</div>"])
def test_prose_in_a_box_with_no_name_beside_the_story_goes(form):
    told = "<h1>The last rope</h1>" + "".join(f"<p>{sentence}</p>" for sentence in STORY)
    assert paragraphs(f"<html><body><div>{form.format(told, RAIL)}</div></body></html>") == STORY


def test_an_imprint_with_no_name_and_no_headline_beside_it_goes():
    told = "".join(f"<p>{sentence}</p>" for sentence in STORY)
    imprint = "The Sentinel was founded in 1871 by Josiah Moss and is owned by the people who write and print it."
    text = f"<div><h1>The last rope</h1></div><div>{told}</div><div class=x><div>{imprint} {imprint[:60]}.</div></div>"
    assert paragraphs(f"<html><body><div>{text}</div></body></html>") == STORY


def test_a_lede_between_the_headline_and_the_body_stays():
    lede, told = "Saltby has no rope any more.", "".join(f"<p>{sentence}</p>" for sentence in STORY)
    top = f"<div><div><div><h1>The last rope</h1></div></div></div><div><div><div><p>{lede}</p></div></div></div>"
    assert paragraphs(f"<article>{top}<div class='article-body'>{told}</div></article>") == [lede, *STORY]


def test_names_on_a_wrapper_do_not_take_the_story():
    for names in ("has-sidebar social", "ad-free promo", "page-with-comments", "related", "adf3x newsletter-page"):
        assert paragraphs(page().replace("<body>", f"<body class='{names}'><div class='{names}'>")) == STORY


def test_a_line_break_in_a_sentence_is_white_space_and_after_one_a_paragraph():
    text = page("The tar was<br>sold by the<br>barrel.<br>Nobody wanted the barrels.")
    assert paragraphs(text)[-2:] == ["The tar was sold by the barrel.", "Nobody wanted the barrels."]
    text = page("<b>The hemp of Saltby</b><br>It came by sleigh.")
    assert paragraphs(text)[-1] == "It came by sleigh."
    text = page("<pre>The tar was\nsold by the barrel.\n\nNobody wanted the barrels.</pre>")
    assert paragraphs(text)[-2:] == ["The tar was sold by the barrel.", "Nobody wanted the barrels."]


def test_a_lede_in_the_head_of_the_page_and_a_part_after_an_advertisement_stay():
    lede, last = "Saltby has no rope any more.", "The bell rang at six, as on any day."
    told = "".join(f"<p>{sentence}</p>" for sentence in STORY)
    text = f"""<html><body><div class="top"><h1>The last rope</h1><p class="lede">{lede}</p></div>
        <div class="part1">{told}</div><div class="ad">Advertisement</div><div class="part2"><p>{last}</p></div>
        <div class="bottom"><p>Printed in Saltby by the Sentinel, which has no website.</p></div></body></html>"""
    assert paragraphs(text) == [lede, *STORY, last]


def test_a_quotation_that_is_part_of_the_story_stays_once():
    speech = "“We were never rich, but we were never idle, and the sea knew our names.”"
    pulled = "<blockquote class='pull'>We were never rich, but we were never idle</blockquote>"
    found = paragraphs(page(f"{pulled}<blockquote>{speech}</blockquote><p>Then she went home.</p>"))
    assert found[-2:] == [speech, "Then she went home."]
    twice = "<p>The bell rang twice on that day as it had always done.</p>"
    assert len(paragraphs(page(twice + "<p>It rained.</p>" + twice))) == len(STORY) + 2


def test_somebody_the_story_names_is_not_its_author():
    last = "Mabel Strand is also a writer of sea songs."
    assert paragraphs(page(f"<p>{last}</p>"))[-1] == last


def test_white_space_entities_and_invisible_characters_are_put_right():
    text = page(
        "<p>Tar\u00a0&amp;&nbsp;hemp&#8217;s  price\n fell\u200b in Salt\u00adby<sup>[2]</sup>\u0007 again.</p>"
    )
    assert paragraphs(text)[-1] == "Tar & hemp’s price fell in Saltby again."
    text = page("<p>The tar <span class='sr-only'>(opens in a new window)</span>is gone.</p>")
    assert paragraphs(text)[-1] == "The tar is gone."


# -- what the page says of itself ------------------------------------------------------------------------------------

CANONICAL = "<link rel='canonical' href='{}'>"
ADDRESSES = [
    ("http://News.Example:80/a?utm_source=x#top", "", "http://news.example/a"),
    ("https://m.news.example/a", CANONICAL.format("https://www.news.example/a?fbclid=1"), "https://www.news.example/a"),
    ("https://news.example/a?x=1", CANONICAL.format("/a"), "https://news.example/a"),
    ("https://news.example/a", CANONICAL.format("https://other.example/a"), "https://news.example/a"),
    ("https://news.example/a", CANONICAL.format("https://news.example/"), "https://news.example/a"),
    ("https://news.example/a", CANONICAL.format("javascript:alert(1)"), "https://news.example/a"),
    ("https://news.example/a", CANONICAL.format("http://[bad"), "https://news.example/a"),
    ("https://news.example/a", CANONICAL.format("https://news.example/" + "a" * 2000), "https://news.example/a"),
    ("https://news.example/a", "<meta property='og:url' content='https://news.example/b'>", "https://news.example/b"),
    ("http://127.0.0.1:8099/a", CANONICAL.format("http://127.0.0.1:8099/b"), "http://127.0.0.1:8099/b"),
    ("https://one.co.uk/a", CANONICAL.format("https://two.co.uk/a"), "https://one.co.uk/a"),
    (None, CANONICAL.format("https://news.example/a"), "https://news.example/a"),
]


@pytest.mark.parametrize(("url", "head", "expected"), ADDRESSES)
def test_the_address_is_the_canonical_one_of_the_same_site(url, head, expected):
    article = read(page(head=head), url=url)
    assert (article.id, article.url) == (expected, expected)


def test_a_file_that_names_no_address_has_the_id_it_is_given():
    for head in ("", CANONICAL.format("/relative"), CANONICAL.format("ftp://news.example/a")):
        article = read(page(head=head), identifier="folder/rope")
        assert (article.id, article.url) == ("folder/rope", None)
    assert read(page()).id == "rope"


SITE = "<meta property='og:site_name' content='Saltby Sentinel'>"
TITLES = [
    ("<meta property='og:title' content='A rope | Saltby Sentinel'>" + SITE, "A rope"),
    ("<meta property='og:title' content='A long rope is sold | The Sentinel'>", "A long rope is sold"),
    ("<meta property='og:title' content='Tar - hemp - Saltby Sentinel'>" + SITE, "Tar - hemp"),
    ("<meta property='og:title' content='Saltby Sentinel'>" + SITE, "The last rope of Saltby"),
    ("<meta name='og:title' content='Not this'><meta property='og:title' content='But this'>", "But this"),
    ("<meta property='og:title' content='Two\nlines\tand &amp;amp; a \u0007bell'>", "Two lines and &amp; a bell"),
    (
        '<script type=\'application/ld+json\'>{"@type":"NewsArticle","headline":"A rope &amp; a sail"}</script>',
        "A rope & a sail",
    ),
    ("<script type='application/ld+json'>not json</script>", "The last rope of Saltby"),
]


@pytest.mark.parametrize(("head", "expected"), TITLES)
def test_the_title_is_one_line_without_the_name_of_the_site(head, expected):
    assert read(page(head=head)).title == expected


def test_words_hidden_by_their_style_are_in_no_sentence():
    hidden = "<span style='{}; height:1px; position:absolute'>, opens new tab</span>"
    for style in ("clip: rect(0,0,0,0)", "clip:rect(1px, 1px, 1px, 1px)", "clip-path:inset(50%)", "display:none"):
        told = f"<p>Strand Ltd. <a href='/s'>(STR.L){hidden.format(style)}</a> is sold.</p>"
        assert paragraphs(page(told)) == [*STORY, "Strand Ltd. (STR.L) is sold."]


def test_a_publisher_may_be_named_as_libraries_do():
    assert read(page(head="<meta name='DC.publisher' content='Rivers and Coasts'>")).publisher == "Rivers and Coasts"


def test_a_call_out_is_part_of_the_story_unless_it_repeats_it():
    callout = "<div class='kg-callout-card'><div class='kg-callout-text'>{}</div></div>"
    assert paragraphs(page(callout.format("A rope has three strands."))) == [*STORY, "A rope has three strands."]
    assert paragraphs(page(callout.format(STORY[3][:60] + "."))) == STORY


def test_a_title_is_bounded_and_a_page_without_one_is_called_by_its_name():
    assert len(read(page(head=f"<meta property='og:title' content='{'rope ' * 500}'>")).title) <= 300
    assert len(read(page(head=f"<meta property='og:site_name' content='{'rope ' * 500}'>")).publisher) <= 100
    bare = "".join(f"<p>{sentence}</p>" for sentence in STORY)
    assert read(f"<html><body>{bare}</body></html>").title == "rope"


def test_a_headline_that_leads_to_the_front_page_is_the_name_of_the_site():
    told = "".join(f"<p>{sentence}</p>" for sentence in STORY)
    for href in ("/", "https://sentinel.example", "./", "/index.html"):
        logo = f"<title>Saltby Sentinel &raquo; The last rope</title><h1><a href='{href}'>Saltby Sentinel</a></h1>"
        article = read(f"{logo}<div><h2>The last rope</h2>{told}</div>")
        assert (article.title, article.publisher, article.text.split("\n\n")) == (
            "The last rope",
            "Saltby Sentinel",
            STORY,
        )


def test_the_headline_of_a_page_without_headings_is_found_by_its_name():
    told = "<br><br>".join(STORY)
    text = f"<title>Sentinel - The last rope</title><td><b>The last rope</b><br>Posted in May<br><br>{told}</td>"
    for divided in (text, text.replace("Sentinel - ", "The Sentinel: ")):
        article = read(f"<font>Sentinel</font><table>{divided}</table>")
        assert (article.title, article.text.split("\n\n")) == ("The last rope", STORY)


META = "<meta property='{}' content='{}'>"
TIMES = [
    (META.format("article:published_time", "2024-06-03T10:15:00+0200"), "2024-06-03T10:15:00+02:00"),
    (META.format("article:published_time", "2024-06-03 10:15:00 UTC"), "2024-06-03T10:15:00+00:00"),
    (META.format("article:published_time", "9024-06-03T10:15:00Z"), None),
    (META.format("article:published_time", "yesterday"), None),
    (META.format("date", "2024-06-03") + "<time datetime='2024-06-03T10:15Z'>", "2024-06-03T10:15:00+00:00"),
    (META.format("date", "20240603"), "2024-06-03"),
    ("<abbr class='published' title='2024-06-03T10:15:00Z'>June</abbr>", "2024-06-03T10:15:00+00:00"),
    ("", None),
]


@pytest.mark.parametrize(("head", "expected"), TIMES)
def test_the_time_is_the_fullest_the_page_marks(head, expected):
    assert read(page(head=head)).published == expected


def test_a_day_the_page_does_not_mark_is_read_from_its_address():
    assert read(page(), url="https://news.example/2023/11/05/rope").published == "2023-11-05"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Mon, 03 Jun 2024 10:15:00 GMT", "2024-06-03T10:15:00+00:00"),
        ("Mon, 03 Jun 2024 10:15:00 -0000", "2024-06-03T10:15:00+00:00"),
        ("2024-06-03 10:15 +0200", "2024-06-03T10:15:00+02:00"),
        ("2024-02-31", None),
        ("1066-10-14", None),
        ("2" * 100, None),
        (None, None),
    ],
)
def test_a_time_is_read_in_the_forms_pages_write_it(text, expected):
    assert iso_time(text) == expected


# -- refusals --------------------------------------------------------------------------------------------------------

CARDS = "".join(
    f"<div><h3><a href='/{i}'>Headline number {i} of the day</a></h3><p>{STORY[i % 7]}</p></div>" for i in range(14)
)
TEASERS = "".join(
    f"<p><a href='/{i}'>A headline of the day, number {i}</a></p><p>{i} {STORY[i % 7]}</p>" for i in range(9)
)
LOCKED = json.dumps(
    {"@type": "NewsArticle", "headline": "Rope", "isAccessibleForFree": False, "articleBody": " ".join(STORY)}
)
LOCKED = f"<script type='application/ld+json'>{LOCKED}</script>"
DUTCH = (
    "De touwslagerij van Zoutdorp heeft haar laatste touw gedraaid, zei de eigenares op woensdag. Negen mensen werkten "
    "daar, en zij krijgen tot eind juni hun loon. De gemeente wil van het gebouw een markt maken, maar zij heeft geen "
    "geld voor het dak. Het gebouw staat sinds het begin van de negentiende eeuw langs de haven en is heel erg lang. "
    "Wie er nu nog langs loopt, ruikt de teer en de hennep van de oude tijd, want niemand heeft de ramen gesloten."
)
CONSENT = (
    "We and our 212 partners use cookies and other means to store and read personal data on your device. Your consent "
    "lets us show personal advertising and measure it. You can change your preferences at any time, and you can object "
    "where our partners claim a legitimate interest in your personal data. Please choose what you allow, and read our "
    "privacy notice for the list of partners and the purposes for which they use cookies."
)
REFUSED = [
    (page(story=STORY[:2]), "holds 36 words of prose"),
    (page(story=[], body="<p>A short line.</p>"), "holds 3 words of prose"),
    (page(CARDS, story=[]), "14 headlines"),
    (page(TEASERS, story=[], head="<meta property='og:type' content='website'>"), "9 headlines"),
    (page(story=STORY[:3], body="<p>Subscribe to continue reading this story.</p>"), "for subscribers"),
    (page(head=LOCKED, story=STORY[:3]), "for subscribers"),
    (page(head=LOCKED, body="<div>This article is for subscribers.</div>"), "for subscribers"),
    (page("<form>Name <input name=u> <input type=password></form>", story=[], title="Welcome"), "asks to log in"),
    (page(story=[], body="<p>Please enable JavaScript and reload the page.</p>"), "asks for JavaScript"),
    (page(title="Just a moment...", story=["Checking your browser before you go on. " * 20]), "asks for JavaScript"),
    (page(story=[CONSENT], title="Before you go on", body="<button>Accept all</button>"), "asks for consent"),
    (page(story=[], body=f"<div class='consent'>{CONSENT}<button>Accept</button></div>"), "asks for consent"),
    (page(title="404 Not Found", story=STORY[:5]), "an error page"),
    (page(title="Oops, that page does not exist", story=STORY[:1]), "an error page"),
    (page(title="Sorry, the page you wanted could not be found", story=[]), "an error page"),
    (page(title="Het laatste touw", story=[DUTCH]), "not in English"),
    (page(title="Het laatste touw", story=[DUTCH]).replace("<html>", "<html lang=nl>"), "not in English"),
    (page(title="绳子", story=["最后一根绳子。" * 30, *(["船只不再来。 "] * 70)]), "not in English"),
]


@pytest.mark.parametrize(("text", "reason"), REFUSED)
def test_a_page_that_is_no_article_is_refused_with_the_reason(text, reason):
    assert reason in refusal(text)


def test_signs_of_a_refusal_do_not_refuse_an_article():
    more = [*STORY, *(f"{line[:-1]}, as the Sentinel wrote in its number {i}." for i, line in enumerate(STORY))]
    for text in (
        page(title="404 people left Saltby last year", story=more),
        page("<form><input type=password></form>", story=more),
        page(head=LOCKED, story=more),
        page(CARDS, head="<meta property='og:type' content='article'>"),
        page("<div class='cookie'>We use cookies. <button>Accept</button></div>", story=more),
        page(story=more).replace("<html>", "<html lang=de>"),
    ):
        assert read(text).text.startswith(STORY[0])


def test_a_page_that_a_script_fills_is_read_from_what_it_gives_to_machines():
    body = json.dumps({"@type": "Article", "headline": "Rope", "articleBody": "\n\n".join(STORY)})
    empty = (
        f"<html><head><script type='application/ld+json'>{body}</script></head><body><div id=app></div></body></html>"
    )
    assert paragraphs(empty) == STORY
    assert "for subscribers" in refusal(empty.replace('"headline"', '"isAccessibleForFree": "False", "headline"'))


# -- bytes -----------------------------------------------------------------------------------------------------------

NAIVE = page("<p>The café’s naïve owner paid 40 € for it.</p>")
ENCODINGS = [
    (NAIVE.encode(), None),
    (NAIVE.encode(), "utf-8"),
    (NAIVE.encode(), "no-such-encoding"),
    (NAIVE.encode(), "utf-16"),
    (NAIVE.encode(), "rot13"),
    (NAIVE.encode("utf-8-sig"), "latin-1"),
    (NAIVE.encode("utf-16"), None),
    (NAIVE.encode("utf-32"), None),
    (b"\xfe\xff" + NAIVE.encode("utf-16-be"), "utf-8"),
    (NAIVE.encode("cp1252"), None),
    (NAIVE.encode("cp1252"), "utf-8"),
    (NAIVE.encode("cp1252"), "iso-8859-1"),
    (NAIVE.replace("<head>", "<head><meta charset=utf-8>").encode("cp1252"), None),
    (NAIVE.replace("<head>", "<head><meta charset='iso-8859-15'>").encode("iso-8859-15", "xmlcharrefreplace"), None),
    (b'<?xml version="1.0" encoding="iso-8859-15"?>' + NAIVE.encode("iso-8859-15", "xmlcharrefreplace"), None),
]


@pytest.mark.parametrize(("body", "charset"), ENCODINGS)
def test_the_encoding_is_found_whatever_is_declared(body, charset):
    assert paragraphs(body, charset=charset)[-1] == "The café’s naïve owner paid 40 € for it."


HOSTILE = [
    (b"", "empty"),
    (b" \0\n", "empty"),
    (b"\0\xff\x01" * 1000, "binary"),
    (b"\xff\xfe" + bytes(range(256)) * 40, "binary"),
    (b"only words " * 50, "no HTML"),
    (b"<", "holds 0 words"),
    (b"<!doctype html>", "cannot be read as HTML"),
    (b"<frameset><frame src=a></frameset>", "holds 0 words"),
    (b"<!-- " + page().encode(), "no HTML"),
    (b"<p>" * (MAX_ELEMENTS + 1), "elements"),
    (b"<p>x" + b"<br" * (3 * MAX_ELEMENTS), "elements"),
    (b"<div>" * 10_000 + page().encode(), "nested too deep"),
    (page("<i>" * 300 + "x").encode(), "nested too deep"),
    (b"<p>" + b"word " * (MAX_PAGE // 5), "longer than"),
    (b"<p>" + b"word " * 500_000, "beside scripts"),
    (("<div " + " ".join(f"a{i}=1" for i in range(2000)) + ">").encode() + page().encode(), "attributes"),
]


@pytest.mark.parametrize(("body", "reason"), HOSTILE, ids=[f"{i} {reason}" for i, (_, reason) in enumerate(HOSTILE)])
def test_a_hostile_page_is_refused_with_a_line(body, reason):
    assert reason in refusal(body)


BROKEN = [
    page().replace("</p>", ""),
    page("<script>" + "x" * 3_000_000 + "</script>"),
    page("<script>" * 1000),
    page("<!-- " + "x" * 3_000_000 + "-->"),
    page("<p class='" + "ad " * 50_000 + "'>"),
    page("&#x110000;&#0;&bogus;&#xD800;"),
    page(head="<script type='application/ld+json'>" + "[" * 100_000 + "</script>"),
    page(head="<script type='application/ld+json'>" + json.dumps([{"@type": "Thing"}] * 2000) + "</script>"),
    page("<i></i>" * 5000 + "<p>Related</p>" * 500),
    page("<p>" + "<a href=x>y</a> " * 5000),
    page("<svg><svg><path></svg>" * 500),
    page("<svg>" * 500_000),
    "".join(f"<p>{sentence}" for sentence in ["<h1>The last rope</h1>", *STORY]),
    page().replace("The ropewalk", "\0The ropewalk"),
]


@pytest.mark.parametrize("text", BROKEN, ids=range(len(BROKEN)))
def test_a_broken_page_with_a_story_is_read(text):
    assert paragraphs(text)[: len(STORY)] == STORY


def test_control_characters_and_half_pairs_never_reach_the_text():
    text = decoded(("<p>a\x01b\ud800c\x85\x9d" + "d" * 200).encode("utf-16", "surrogatepass"), name="x")
    assert {unicodedata.category(char) for char in text} <= {"Sm", "Ll", "Zs", "So", "Cc"}
    assert [char for char in text if unicodedata.category(char) == "Cc"] == ["\x85"]
    assert "\x85" not in read(page("<p>The bell\x85 rang.</p>")).text


def test_nothing_is_logged(caplog):
    with caplog.at_level(logging.DEBUG):
        read(page())
        refusal(page(story=["????? " * 80]))
    assert [record for record in caplog.records if record.levelno >= logging.WARNING] == []
    assert not logging.getLogger("trafilatura.core").isEnabledFor(logging.ERROR)
