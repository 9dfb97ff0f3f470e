"""What the names on an element (class, id, role ...) say it is: part of the story, furniture, or nothing.

The words are those that publishing systems and their themes use; each name is read word by word, so that ``mostRead``,
``most-read`` and ``rail__most_read`` are one, and ``add`` is no ``ad``.
"""

import re
from functools import lru_cache
from itertools import pairwise
from typing import Literal

from knowledge.web.markup import Element

__all__ = ["Naming", "naming"]

Naming = Literal["story", "comments", "furniture", "detail", "quote", "unseen"]
"""``story``: holds the body. ``furniture``: whatever its size. ``detail``: furniture when it is small (a byline's
``author``, but also the class of a whole page). ``quote``: a quotation pulled out of the text, or one that is part
of it. ``unseen``: hidden from the reader."""

_ATTRIBUTES = (
    "class id role aria-label itemprop data-testid data-component data-component-name data-module data-name data-type"
).split()
_PART = re.compile(r"[^\W_]+")
_HUMP = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_NUMBERED = re.compile(r"([A-Za-z]+)\d*")

_COMMENTS = frozenset("comment comments commentary-list disqus respond livefyre".split())
_FURNITURE = frozenset(
    "nav navigation navbar menu menus submenu breadcrumb breadcrumbs footer cookie cookies consent gdpr ccpa "
    "newsletter newsletters subscribe subscription subscriptions signup share sharing shares sharebar sharethis "
    "addthis addtoany social socials related recommended recommendation recommendations recirc recirculation trending "
    "popular mostread outbrain taboola zergnet mgid revcontent sponsored sponsor sponsors promo promos promoted "
    "promotion advert adverts advertisement advertisements advertising advertorial ads ad adbox adslot adsense "
    "adsbygoogle adunit adwrap mpu sidebar siderail rail ticker pagination pager paging byline bylines credit credits "
    "caption captions figcaption copyright taglist tagcloud keywords bio biography infobox factbox factfile toolbar "
    "masthead teaser teasers carousel gallery galleries slideshow slider lightbox modal popup popover overlay poll "
    "quiz donate donation donations upsell complementary contentinfo skiplink skip readnext readmore upnext crosslink "
    "crosslinks sitemap ftr postmetadata postmeta entrymeta postinfo footnote footnotes endnote endnotes dfp "
    "interstitial leaderboard skyscraper whatsapp appeal sitenav topnav subnav interlink "
    "tweet tweets sharedaddy relatedposts vjs jwplayer videojs".split()
)
_DETAIL = frozenset(
    "author authors contributor contributors kicker eyebrow rubric image images photo photos picture pictures "
    "thumbnail thumb video videos player audio print banner tools search login signin tag tags topics category "
    "categories metadata bar alert notice notification disclaimer reaction reactions rating ratings follow listen "
    "embed bottom foot colophon imprint legal contact correction corrections publisher address source sources".split()
)
_FURNITURE_PAIRS = frozenset(
    tuple(pair.split("_"))
    for pair in (
        "read_next read_more read_also read_on most_read most_viewed most_shared more_stories more_news "
        "more_articles more_from more_on more_links see_also also_read also_like up_next next_up next_article "
        "next_story next_post prev_next about_author author_bio author_box author_info author_card author_profile "
        "author_block author_note follow_us sign_up stay_informed stay_connected fact_box fact_file info_box "
        "at_glance side_bar key_data editors_picks latest_news latest_stories latest_headlines top_stories "
        "other_stories other_news dont_miss our_picks live_ticker breaking_news news_ticker breaking_bar call_to "
        "app_download load_more show_more back_top wp_caption skip_link entry_meta post_meta article_meta "
        "story_meta entry_footer post_navigation photo_credit image_credit img_caption in_pictures inline_ad "
        "story_continues article_tags story_tags post_tags join_us support_us linked_stories story_links "
        "article_links further_reading link_list useful_links you_may you_might article_tools story_tools "
        "page_tools print_line reader_offer reading_list text_ad twitter_tweet instagram_media "
        "tiktok_embed fb_post bluesky_embed mastodon_embed reddit_embed sd_sharing sd_like jetpack_likes".split()
    )
)
# A call-out repeats the story, or is part of it.
_QUOTE = frozenset("callout pullquote pull pulled blockquote quote quotes doc-pullquote".split())
_UNSEEN = frozenset(
    [("sr", "only"), ("visually", "hidden"), ("screen", "reader"), ("visuallyhidden",), ("a11y", "hidden")]
)
# A layout said to have furniture is not itself furniture.
_HAVING = frozenset("has have having with no non without enabled disabled free not show hide".split())
_STORY = re.compile(
    r"\b(?:(?:article|story|post|entry|news|main|page|text|content|body) (?:body|text|copy|content)"
    r"|rich text|richtext|articlebody|articletext|storybody|storytext|bodytext|bodycopy|maincontent|entrycontent"
    r"|postcontent|postbody)(?: (?:main|inner|container|wrapper|wrap|section|full|block|part|p|\d+))*$"
)


@lru_cache(maxsize=16384)
def _words(name: str) -> tuple[str, ...]:
    """The words of one name, in lower case; parts that mix letters and digits are made by a machine and say nothing."""
    found: list[str] = []
    for part in _PART.findall(name):
        numbered = _NUMBERED.fullmatch(part)
        if numbered:
            found.extend(hump.lower() for hump in _HUMP.findall(numbered.group(1)))
    return tuple(found)


@lru_cache(maxsize=16384)
def _named(name: str) -> Naming | None:
    parts = _words(name)
    if not parts or _HAVING.intersection(parts):
        return None
    pairs = set(pairwise(parts))
    if pairs & _UNSEEN or parts in _UNSEEN:
        return "unseen"
    if _COMMENTS.intersection(parts):
        return "comments"
    if _FURNITURE.intersection(parts) or pairs & _FURNITURE_PAIRS:
        return "furniture"
    if _STORY.search(" ".join(parts)):
        return "story"
    if _QUOTE.intersection(parts):
        return "quote"
    return "detail" if _DETAIL.intersection(parts) else None


def naming(element: Element) -> Naming | None:
    """What an element is by its names, or None when they say nothing; of several ``story`` wins, then ``unseen``."""
    found: set[Naming | None] = set()
    if "-" in element.tag:
        found.add(_named(element.tag))
    for attribute in _ATTRIBUTES:
        value = element.get(attribute)
        if value and len(value) < 1000:
            # A label is words in a row; the others are names beside each other.
            names = [value.replace(" ", "-")] if attribute == "aria-label" else value.split()
            found.update(map(_named, names))
    for kind in ("story", "unseen", "comments", "furniture", "detail", "quote"):
        if kind in found:
            return kind
    return None
