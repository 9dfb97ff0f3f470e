"""Single paragraphs that are not the story: credits, appeals, pointers, notes on the page; and what is told twice."""

import re
import sys
from collections.abc import Sequence

from knowledge.web.page_names import naming
from knowledge.web.prose import Block, any_of, ends_like_a_sentence, is_prose

__all__ = ["before_end_matter", "is_furniture_line", "without_repeats", "without_short_lists", "without_tail"]

_LONGEST = 60
_LABEL = 3
_LABEL_WORDS = 15
_PAGE = r"(?:article|story|post|page|piece|live ?blog|entry)"
_PICTURE = r"(?:photo(?:graph|graphy|graphs|s)?|picture|image|illustration|video|graphic|footage|credit|cartoon)s?"
_NAME = r"(?-i:[A-Z])[\w.’'-]+"
_ON = "(?:x|twitter|facebook|instagram|bluesky|mastodon|threads|whatsapp|telegram|linkedin|youtube|tiktok)"
_TAKING = "this|on|via|to|by|link|article|story|page|it|reddit|email|the|pdf|with|a|friend|for|later"
_CREDITED = "reporting|writing|editing|reported|written|edited|compiled|translated|photographs?|photography|production"
_LINKED = "and|in|for|by|additional"
_SOON = "first|originally|last|also|being|since|automatically"

# Each says what only a page says of itself, or asks what only a page asks: a sentence of a story that begins with the
# same word ("Copyright law ...", "The report was published ...", "By registering voters ...") is none of them.
_AT_START = any_of(
    rf"""
    (?:advertisement|advertising|sponsored(?: content)?|promoted|paid (?:post|content))\W*$
    (?:the )?{_PAGE} (?:continues|resumes) (?:below|after)\b
    (?:scroll|swipe|click|tap) (?:down|here|to|on|through|left|right|for)\b
    (?:read|see|watch|hear|listen)(?: (?:more|next|also|on|now|here|(?:the full|our) \w+))*(?:\s*[:|»>→]|\s[–—-]\s)
    (?:read|see) (?:more|next|also)\b(?! than)
    (?:also|must) read\b|see in\s*:|up next\b|don[’']t miss\b
    (?:related|recommended|elsewhere|further reading|background|in depth)(?: [a-z]+){{0,2}}\s*[:|»>]
    more (?:on|from) [^.:]{{1,60}}[:|»>]|most (?:read|popular|viewed|shared)\b.{{0,40}}$
    (?:share|tweet|pin|post|e-?mail|print|save|copy)(?: (?:{_TAKING}|{_ON}))*\W*$
    (?:follow|join) (?:us|@\w+|our)\b|(?:like|find|visit) us (?:on|at)\b|follow (?:\S+ ){{1,4}}on {_ON}\b
    sign up (?:for|to|here|now|today|and)\b
    by (?:signing up|submitting|subscribing|clicking|registering)\b[^.]{{0,60}}\byou\b
    (?:please )?subscribe(?:\W*$| (?:to|for|now|today|here)\b)
    (?:please )?(?:enter|type) your (?:e-?mail|name|address)|you can unsubscribe|unsubscribe\b|no spam\b
    get (?:\S+ ){{1,12}}(?:inbox|newsletter|briefing|by e-?mail|to your phone)\b
    thank(?:s| you) for (?:signing|subscrib)|(?:want|enjoy(?:ed|ing)?) (?:more|this|reading|to read|to get|what)\b.*[?:]
    (?:please )?(?:support|help fund|donate to) (?:us|our|independent|quality|local)\b.{{0,60}}\bjournalism
    (?:please )?(?:support us|donate (?:now|today|to us)|help us keep|download (?:our|the)(?: \w+)? app)\b
    become an? (?:member|subscriber|supporter|patron)\b|(?:not (?:yet )?|already )an? (?:subscriber|member)\s*\?
    thank(?:s| you) for reading\b|(?:posted|submitted|published|contributed|filed) by \S.{{0,60}}\d[^.?!]*$
    ©|c\) ?\d{{4}}|copyright (?:©|\(c\)|\d{{4}})
    this {_PAGE} (?:was|has been|is being|will be|is)(?: (?:{_SOON}))* (?:published|posted|updated|amended)\b
    this {_PAGE} (?:was|has been|is)(?: (?:{_SOON}))* (?:corrected|edited)\b
    this {_PAGE} (?:was |has been |is )?(?:first |originally |also )*(?:appeared|modified|changed|translated|part of)\b
    the article (?:was|has been) (?:updated|amended|corrected|(?:first|last|originally) \w+)\b
    (?:an earlier|a previous|an original|the original) (?:version|edition) of (?:this|the) (?:article|story|post)\b
    (?:last |first )?(?:updated?|modified|published|posted|filed|issued|created)(?: on| at)?\W[^.?!]*\d[^.?!]*$
    (?:correction|clarification|editor[’']?s?[’']? note|note to readers|disclaimer|disclosure)\b[^:.]{{0,30}}:
    \W*(?:additional |further )?(?:{_CREDITED}) by {_NAME}(?:[\s;,()]+(?:{_NAME}|(?-i:{_CREDITED}|{_LINKED})))*\W*$
    {_PICTURE}(?: (?:credit|by|courtesy|from))*\s*(?:[:/|©]|(?:by|courtesy of) {_NAME})|(?:caption|sources?)\s*:
    (?:tags?|topics?|filed under|categor(?:y|ies)|keywords|posted in|in this (?:article|story)|labels?)\s*:
    (?:skip|jump|back) to (?:the )?(?:main|content|top|navigation|article|home|story)\b
    (?:contact|e-?mail|write to|reach|call) (?:us|the (?:author|reporter|writer|editor|newsroom))\b
    (?:do you |have |got )(?:have |know |you )?(?:an? )?(?:story|news|tip|question|opinion|view|comment|photo|error)\b
    what do you think|join the (?:conversation|discussion|debate)|leave a (?:comment|reply)|have your say|let us know
    (?:log|sign) ?in\b(?: to\b| or\b|\W*$)|please (?:log|sign) in|(?:please )?enable javascript
    (?:view|show|load|hide|open|see|read)(?: all)?(?: \d+)? (?:comments?|replies|more|gallery|slideshow|transcript)\W*$
    \d[\d,.]* ?(?:min(?:ute)?s?(?: read)?|comments?|shares?|views|likes?|replies)\b(?: ago)?\W*$
    listen to this (?:article|story|episode|podcast)|(?:reading|read) time\b|estimated reading
    (?:page|image|photo|slide|picture) \d+ (?:of|/) \d+|(?:this|our) (?:web)?site uses\b|we (?:and our \w+ )?use cookies
    (?:we|you|our partners) .{{0,80}}\bcookies?\b.{{0,80}}\b(?:consent|privacy|experience|device|settings|traffic)
    (?:e-?mail|tel(?:ephone)?|phone|twitter|facebook):
    corrects\b|(?:adds|updates|refiles|recasts|repeats) (?:\S+ ){{0,6}}(?:paragraphs?|headline|quotes?|details|byline)\b
    this (?:live ?)?blog (?:is|has)(?: now)? (?:closed|ended|finished)\b
    with (?:assistance|reporting|files|contributions?) (?:from|by) {_NAME}(?:[\s;,()]+(?:{_NAME}|and|the))*\W*$
    (?-i:SOURCE):? (?-i:[A-Z])[^.?!]{{1,80}}(?:\b(?:inc|ltd|co|corp|plc)\.?)?\W*$
    if you (?:enjoy|like|love)(?:ed)? this (?:{_PAGE})\b|if you (?:like|love) what you\b
    (?:want|looking for) the latest\b[^.]{{0,80}}\?
    """
)
_AT_END = any_of(
    rf"""
    [(|/—–.\]] ?{_PICTURE}(?: (?:credit|by|courtesy|from))*\b ?(?:[:/|©]|(?:by|courtesy of) {_NAME})[^.]{{0,60}}[.)]*$
    [/|] ?(?:AP|AFP|Reuters|EPA|PA|Getty(?: Images)?|Alamy|Shutterstock|Wikimedia(?: Commons)?|Handout)\W*$
    \bcontributed (?:to this (?:report|story|article)|reporting)\W*$
    \ball rights reserved\b.{{0,60}}$|\byour inbox\b.{{0,40}}$
    \b(?:agree to|our) [^.]{{0,60}}(?:terms (?:of (?:use|service)|and conditions)|terms|privacy policy)\b.{{0,30}}$
    """
)
_ANYWHERE = any_of(
    r"""
    \bplease consider (?:becoming|making a|supporting|donating|subscribing)\b|\b(?:reply to|hit reply on) this e-?mail\b
    \bforwarded (?:you )?this (?:e-?mail|newsletter)\b|\bsolely responsible for (?:all|its|the|this) content\b
    \bclick here to (?:join|sign up|subscribe|follow|download|get|read|register)\b
    """
)
_SAID = re.compile(r"[“\"”]|\b(?:said|says|told|according to)\b")
_FULL_NAME = r"(?P<name>[A-Z][\w.’'-]+(?: [A-Z][\w.’'-]+){1,3})"
_NAMED = re.compile(_FULL_NAME)
_BIO = re.compile(
    _FULL_NAME + r"(?:, [^,]{1,40},)?"
    r" (?:is|was|has been|covers|reports|writes|edits)\b.{0,100}?\b(?:reporter|correspondent|editor|journalist"
    r"|columnist|writer|critic|photographer|covers|writes|reports (?:on|from)|joined the)\b"
)
_REACHED = re.compile(
    r"\b(?:can be reached|(?:[Cc]ontact|[Rr]each|[Ee]-?mail|[Ff]ollow) (?:her|him|them|[A-Z]\w+))"
    r" (?:(?:at|on|by|via|through)\b.*)?(?:@|\d{3})"
)
_WRITER = re.compile(r"\W*The (?:writer|author|reporter|columnist)s? (?:tweets?|is|are|can be|may be|has|was)\b")
_END_MARK = any_of(
    r"""
    \W*(?-i:ENDS?|Ends)\W*|\W*(?:# *){3}\W*|-+ ?30 ?-+
    notes? (?:to|for) (?:the )?editors?\b\W*|(?:media|press) (?:contacts?|enquir(?:y|ies)|inquir(?:y|ies)|office)\W*
    for (?:more|further|additional) information\b[^.]{0,80}\bcontact\b[^.]{0,40}
    """
)
_ABOUT = re.compile(
    r"About (?:(?:the|this|our) (?:study|research|survey|poll|data|company|authors?|organi[sz]ation|report|series)"
    r"|[A-Z][\w&.’'-]+(?: [\w&.’'()-]+){1,7})\W*"
)
_LEAST_TOLD = 60
_ABOUT_SHARE = 0.25
_QUOTED = frozenset(("blockquote", "aside", "figure", "q"))
_RUN = 3
_TOLD = 0.7
_WHOLE = 8
_WORD = re.compile(r"\w+")


def is_furniture_line(block: Block) -> bool:
    """Whether a paragraph speaks of the page rather than tells the story. What somebody is quoted to say does not."""
    text = block.text.lstrip("*•·|»›>→▶►-–—[( ")
    if block.words > _LONGEST or len(text) > 10 * _LONGEST or not text:
        return not text
    label, _, rest = text.partition(":")
    if rest.strip() and len(label.split()) <= _LABEL and len(rest.split()) <= block.linked:
        return True  # a word or two that lead to a link
    if _SAID.search(text) and not block.linked:
        return _AT_START.match(text) is not None and not ends_like_a_sentence(block.text)
    return any(found is not None for found in (_AT_START.match(text), _AT_END.search(text), _ANYWHERE.search(text)))


def without_tail(found: Sequence[Block]) -> list[Block]:
    """The paragraphs without who the author is, said at the end: somebody whom the story does not name."""
    kept = list(found)
    while kept and kept[-1].words <= _LONGEST:
        name = _author(kept[-1].text)
        named = name and any(name.split()[-1] in block.text for block in kept[:-1])
        if named or not (name or _WRITER.match(kept[-1].text)):
            break
        kept.pop()
    return kept


def _author(text: str) -> str:
    """Whom a paragraph introduces as its author, or says how to reach; "" when it does neither."""
    found = _BIO.match(text) or (_NAMED.match(text) if _REACHED.search(text) else None)
    return found.group("name") if found else ""


def before_end_matter(found: Sequence[Block]) -> list[Block]:
    """The paragraphs before a line that ends the story ("ENDS", "###", "Notes to editors").

    Or before a heading that tells who published it ("About Saltby Ropes Ltd."), when little follows.
    """
    told = 0
    rest = sum(block.words for block in found)
    for i, block in enumerate(found):
        rest -= block.words
        if told >= _LEAST_TOLD and block.words <= _LABEL_WORDS:
            if _END_MARK.fullmatch(block.text):
                return list(found[:i])
            if not is_prose(block) and _ABOUT.fullmatch(block.text) and rest <= _ABOUT_SHARE * told:
                return list(found[:i])
        told += block.words if is_prose(block) else 0
    return list(found)


def without_short_lists(found: Sequence[Block]) -> list[Block]:
    """The paragraphs without lists of a word or two an item (tags, places), unless a line before opens the list."""
    kept: list[Block] = []
    at = 0
    while at < len(found):
        if not found[at].is_item:
            kept.append(found[at])
            at += 1
            continue
        end = at
        while end < len(found) and found[end].is_item:
            end += 1
        items = found[at:end]
        told = [item for item in items if item.words >= 4 or ends_like_a_sentence(item.text)]
        if 2 * len(told) >= len(items) or (kept and kept[-1].text.endswith(":")):
            kept.extend(items)
        at = end
    return kept


def without_repeats(found: Sequence[Block]) -> list[Block]:
    """The paragraphs without quotations pulled out of the text, and without what is word for word told again later."""
    words = [tuple(_WORD.findall(block.text.casefold())) for block in found]
    marked = [_is_marked(block) for block in found]
    told: dict[tuple[str, ...], int] = {}  # each run of words: how long the longest paragraph is that tells it
    for these, is_marked in zip(words, marked, strict=True):
        for run in _runs(these):
            told[run] = max(told.get(run, 0), len(these) if is_marked else sys.maxsize)
    kept: list[Block] = []
    seen: set[tuple[str, ...]] = set()
    for block, these, is_marked in zip(reversed(found), reversed(words), reversed(marked), strict=True):
        runs = _runs(these)
        if is_marked and runs and sum(told[run] > len(these) for run in runs) >= _TOLD * len(runs):
            continue
        if len(these) >= _WHOLE and these in seen:
            continue
        seen.add(these)
        kept.append(block)
    return kept[::-1]


def _runs(text: Sequence[str]) -> list[tuple[str, ...]]:
    return [tuple(text[i : i + _RUN]) for i in range(len(text) - _RUN + 1)]


def _is_marked(block: Block) -> bool:
    """Whether it stands in an element that may be a quotation pulled out of the text."""
    element = block.element
    for _ in range(4):
        if element is None or element.tag == "body":
            return False
        if element.tag in _QUOTED or naming(element) == "quote":
            return True
        element = element.getparent()
    return False
