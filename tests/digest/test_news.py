"""What is new for whom: which sentences, cited as they stand, one item a statement or story, none twice."""

import pytest

from knowledge.digest import Bulletin, Correction, Item
from knowledge.digest.bulletin import MOST
from knowledge.digest.matching import Candidate, Newest
from knowledge.library import Library
from knowledge.models import ArticleRecord, Interest
from knowledge.store import reading
from knowledge.store.withdrawing import withdraw
from knowledge.store.writing import save
from tests.answer.newsroom import BRIDGE, TALKS
from tests.auxil.outlets import FLOOD
from tests.auxil.records import Said, lines, put
from tests.auxil.records import person as somebody
from tests.digest.reader import EVERYTHING, Reader, articles, person, shown, source, topic

HERALD, POST, WIRE, LANTERN = FLOOD
DUNMORE, PELL, REYES = "mara dunmore", "gordon pell", "ana reyes"


def bulletin(library: Library, *interests: Interest, low: int = 0) -> Bulletin:
    meta = library.index.meta()
    assert meta
    return Bulletin(library.index, library.engine, dict.fromkeys(interests, low), meta["sequence"])


def news(library: Library, interest: Interest, low: int = 0) -> list[str]:
    return [shown(item) for item in bulletin(library, interest, low=low).news(interest, low)]


def said(name: str, words: str, speaker: str = "Ana Reyes", **fields: str) -> ArticleRecord:
    """An article in which somebody says one thing."""
    quote = Said(speaker, words, speaker, "said")
    return lines(name, f"{speaker} said {words}.", people=[speaker], quotes=[quote], **fields)


# -- grounded ---------------------------------------------------------------------------------------------------------


def test_every_sentence_of_an_item_stands_in_its_article_as_it_is_cited(library: Library):
    put(library, *FLOOD, BRIDGE, TALKS)
    interests = [EVERYTHING, person(DUNMORE), topic("bridg"), source("River Post")]
    made = bulletin(library, *interests)
    items = [item for interest in interests for item in made.news(interest, 0)]
    assert len(items) > 6
    for item in items:
        for cited in (item.lead, *item.more, *item.also, *item.differing, *item.story):
            sentence = cited.sentence
            stored = reading.article(library.engine, sentence["article"])
            assert stored
            assert stored.article.text[sentence["start"] : sentence["end"]] == sentence["text"]
            assert stored.sentence_ids[sentence["number"] - 1] == sentence["id"]


# -- each kind of interest --------------------------------------------------------------------------------------------


def test_a_person_followed_is_a_person_quoted_where_the_quote_begins(library: Library):
    put(library, BRIDGE, TALKS)
    assert news(library, person(REYES)) == [
        "“The bridge is safe and it will stay open,” Reyes said.",
        "Reyes warned that heavy trucks could damage the road.",
    ]
    assert news(library, person("nobody")) == []


SAND = "the old stone bridge of Norland was built on sand"


def denial(name: str, *more: str) -> ArticleRecord:
    text = "\n".join([f"Ana Reyes denied that {SAND}.", *more])
    return lines(name, text, people=["Ana Reyes"], quotes=[Said("Ana Reyes", SAND, "Ana Reyes", "denied")])


def test_what_somebody_denies_is_told_as_the_sentence_that_says_so_and_not_as_what_they_say(library: Library):
    put(library, denial("one"), denial("two"))
    (item,) = bulletin(library, person(REYES)).news(person(REYES), 0)
    assert (item.denied, item.quote) == (True, None)
    assert articles(item) == ["one", "two"]
    assert shown(item) == f"Ana Reyes denied that {SAND}."
    put(library, said("three", SAND))
    said_after, denied = bulletin(library, person(REYES)).news(person(REYES), 0)
    assert [i.denied for i in (said_after, denied)] == [False, True]
    assert not said_after.also
    assert said_after.quote is not None
    assert said_after.statements.isdisjoint(statement for _, _, statement in denied.receipts)
    assert denied.statements.isdisjoint(statement for _, _, statement in said_after.receipts)


def test_who_was_told_what_somebody_says_is_told_that_they_deny_it(library: Library):
    reader = Reader(library, person(REYES), since=0)
    put(library, said("one", SAND))
    assert len(reader.told()) == 1
    put(library, denial("two"))
    assert reader.told() == [f"Ana Reyes denied that {SAND}."]
    put(library, denial("three"))
    assert reader.told() == []


def test_what_goes_on_after_a_denial_is_denied_too(library: Library):
    parts = (SAND, "it could fall in the winter", "the mayor of Norland knew of every crack in it")

    def denied(*parts: str) -> ArticleRecord:
        text = f"The band played.\nAna Reyes denied this: “{parts[0]}.\n“{parts[1]}.\n“{parts[2]}.”"
        return lines("one", text, people=["Ana Reyes"], quotes=[Said("Ana Reyes", parts, "Ana Reyes", "denied")])

    put(library, denied(*parts))
    (item,) = bulletin(library, person(REYES)).news(person(REYES), 0)
    assert item.denied
    assert [cited.sentence["number"] for cited in item.more] == [3, 4]
    reader = Reader(library, person(REYES), since=0)
    assert len(reader.told()) == 1
    put(library, said("two", parts[2]))
    assert len(reader.told()) == 1
    later = Reader(library, person(REYES))
    put(library, denied(parts[0], parts[1].replace("winter", "summer"), parts[2]))
    (new,) = later.digest()
    assert isinstance(new, Item)
    assert (new.denied, new.quote, shown(new)) == (True, None, "“it could fall in the summer.")


def test_a_sentence_that_denies_one_thing_and_says_another_is_not_the_denial(library: Library):
    says = SAND.replace("sand", "rock")
    quotes = [
        Said("Ana Reyes", SAND, "Ana Reyes", "denied"),
        Said("Ana Reyes", says, "Ana Reyes", "said", confidence=0.6),
    ]
    put(library, denial("one"))
    text = f"Ana Reyes denied that {SAND} and said {says}."
    put(library, lines("two", text, people=["Ana Reyes"], quotes=quotes))
    items = bulletin(library, person(REYES)).news(person(REYES), 0)
    assert sorted((articles(item), item.denied) for item in items) == [(["one"], True), (["two"], False)]


PARTS = ("The bridge is safe for everybody", "It will stay open all winter", "Nobody has to fear the ice")


def quoted(name: str, *parts: str, **fields: str) -> ArticleRecord:
    """An article with a quote that runs over several sentences, with who says it in the last."""
    text = "\n".join([*(f"“{part}." for part in parts[:-1]), f"“{parts[-1]},” Ana Reyes said.", "The band played."])
    quote = Said("Ana Reyes", parts, "Ana Reyes", "said")
    return lines(name, text, people=["Ana Reyes"], quotes=[quote], **fields)


def test_a_quote_over_several_sentences_is_one_item_with_all_of_them(library: Library):
    put(library, quoted("three", *PARTS))
    (item,) = bulletin(library, person(REYES)).news(person(REYES), 0)
    assert shown(item) == f"“{PARTS[0]}."
    assert [cited.sentence["number"] for cited in item.more] == [2, 3]
    assert [(article, key) for article, key, _ in sorted(item.whole, key=lambda receipt: receipt[1])] == [
        ("three", sentence["id"]) for sentence in library.index.of_article("three")[:3]
    ]


def test_a_quote_ends_where_something_else_stands(library: Library):
    text = "“The bridge is safe,” Ana Reyes said.\nThe band played on.\n“It will stay open all winter.”"
    quote = Said("Ana Reyes", ("The bridge is safe", "It will stay open all winter"), "Ana Reyes", "said")
    put(library, lines("two", text, people=["Ana Reyes"], quotes=[quote]))
    items = bulletin(library, person(REYES)).news(person(REYES), 0)
    first, _, last = text.split("\n")
    assert [(shown(item), item.more) for item in items] == [(first, ()), (last, ())]


def test_what_a_longer_quote_has_shown_is_not_sent_again_by_itself(library: Library):
    reader = Reader(library, person(REYES), since=0)
    put(library, quoted("three", *PARTS))
    assert len(reader.told()) == 1
    for name, part in (("one", PARTS[1]), ("other", f"That {PARTS[2]}")):
        put(library, said(name, part))
        assert reader.told() == []


def test_a_quote_that_begins_with_something_new_is_sent_although_its_end_was(library: Library):
    reader = Reader(library, person(REYES), since=0)
    put(library, said("one", PARTS[1]))
    assert len(reader.told()) == 1
    put(library, quoted("three", *PARTS))
    assert reader.told() == [f"“{PARTS[0]}."]


def test_of_outlets_that_quote_the_same_the_one_with_the_most_of_it_leads(library: Library):
    put(library, quoted("short", PARTS[0], published="2026-03-01"), quoted("long", *PARTS, published="2026-03-02"))
    (item,) = bulletin(library, person(REYES)).news(person(REYES), 0)
    assert articles(item) == ["long", "short"]
    assert len(item.more) == 2


def test_what_is_added_to_a_quote_is_new(library: Library):
    def live(*parts: str) -> ArticleRecord:
        text = "\n".join([f"“{parts[0]},” Ana Reyes said.", *(f"“{part}.”" for part in parts[1:])])
        return lines("live", text, people=["Ana Reyes"], quotes=[Said("Ana Reyes", parts, "Ana Reyes", "said")])

    put(library, live(*PARTS[:2]))
    reader = Reader(library, person(REYES))
    put(library, live(*PARTS))
    (item,) = reader.digest()
    assert isinstance(item, Item)
    assert shown(item) == f"“{PARTS[2]}.”"
    assert item.quote is not None
    assert item.quote["speaker"] == "Ana Reyes"


def test_a_quote_without_end_is_told_in_parts(library: Library):
    parts = [f"The lighthouse number{i} of Norland was painted" for i in range(30)]
    put(library, quoted("long", *parts))
    items = bulletin(library, person(REYES)).news(person(REYES), 0)
    numbers = [[c.sentence["number"] for c in (item.lead, *item.more)] for item in items]
    assert [number for some in numbers for number in some] == list(range(1, 31))
    assert max(map(len, numbers)) == 13


def test_everything_is_the_lead_of_each_story(library: Library):
    put(library, *FLOOD, BRIDGE, TALKS)
    flood, talks, bridge = sorted(bulletin(library, EVERYTHING).news(EVERYTHING, 0), key=lambda i: -len(articles(i)))
    assert articles(talks) == ["talks"]
    assert articles(bridge) == ["bridge"]
    assert sorted(articles(flood)) == ["herald", "lantern", "post", "wire"]
    assert flood.sequence == 4


def test_a_source_is_its_own_articles_however_its_name_is_written(library: Library):
    put(library, *FLOOD, BRIDGE)
    for name in ("River Post", "river  post"):
        (item,) = bulletin(library, source(name)).news(source(name), 0)
        assert articles(item) == ["post"]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("bridg harbour", "Ana Reyes, the mayor of Norland, opened the Harbour Bridge on Monday."),
        ("truck", "Reyes warned that heavy trucks could damage the road."),
        ("truck ministri", "The Ministry of Transport announced new rules for trucks."),
        ("ferri sink osei", "Engineer Ben Osei built the bridge in 2021 because the old ferry sank."),
        ("truck damag minist", None),  # "minister" is of another article
        ("truck open", "“The bridge is safe and it will stay open,” Reyes said."),  # the next has the trucks
        ("crown osei ferri sink engin", "Engineer Ben Osei built the bridge in 2021 because the old ferry sank."),
        ("injur ministri transport", None),  # they stand in one article, but two sentences apart
        ("ferri rule truck", "The Ministry of Transport announced new rules for trucks."),  # one before has one word
        ("bridg safe", "Ana Reyes, the mayor of Norland, opened the Harbour Bridge on Monday."),  # the lead comes first
        ("zebra", None),
        ("truck zebra", None),
    ],
)
def test_a_topic_is_one_sentence_an_article_the_best(library: Library, words: str, expected: str | None):
    put(library, BRIDGE, TALKS)
    assert news(library, topic(words)) == ([expected] if expected else [])


def test_a_heading_is_no_lead(library: Library):
    lead = "The river Alder flooded 400 houses in Kestrel Bridge."
    put(
        library,
        lines(
            "flood", f"Kestrel Bridge\n{lead}\nThe mayor came by boat at noon.\nNobody was hurt in it at all, she said."
        ),
    )
    put(
        library, lines("other", "Nothing else happened in the hills all day.\nIt rained.\nThen the sun came out again.")
    )
    assert news(library, topic("bridg kestrel")) == [lead]


def test_a_topic_leaves_out_what_holds_an_excluded_word(library: Library):
    put(library, BRIDGE)
    assert news(library, topic("truck", "heavi")) == ["The Ministry of Transport announced new rules for trucks."]
    assert news(library, topic("truck", "norland")) == []  # it stands in the title
    assert news(library, topic("")) == []


# -- the window -------------------------------------------------------------------------------------------------------


def test_what_came_before_the_window_is_not_new(library: Library):
    put(library, BRIDGE)
    reader = Reader(library, EVERYTHING, person(REYES))
    assert reader.told() == []
    put(library, TALKS)
    assert reader.told() == ["Chinese Foreign Minister Wang Yi met Senator William Carter in Geneva."]
    assert reader.told() == []


def test_of_an_updated_article_only_its_new_sentences_are_new(library: Library):
    first = "Ana Reyes opened the long new bridge of Norland.\nThe crossing cost five million crowns."
    put(library, lines("live", first, people=["Ana Reyes"]))
    reader = Reader(library, EVERYTHING, topic("cross"), topic("lorri"))
    more = f"{first}\nHeavy lorries were sent to the ferry until the evening."
    put(library, lines("live", more, people=["Ana Reyes"]))
    assert reader.told() == ["Heavy lorries were sent to the ferry until the evening."]


def test_a_person_who_gets_another_key_makes_no_news(library: Library):
    wang = somebody("Wang", "foreign minister", last=False)
    put(library, lines("a", "Wang, the foreign minister, opened a new bridge in Norland.", people=[wang]))
    reader = Reader(library, EVERYTHING)
    full = somebody("Wang Yi", "foreign minister")
    put(library, lines("b", "Wang Yi, the foreign minister, closed an old school in Sudland.", people=[full]))
    assert {change.kind for change in reading.changes_after(library.engine, 0)} == {"added", "rekeyed"}
    assert reader.told() == ["Wang Yi, the foreign minister, closed an old school in Sudland."]


def test_what_is_new_of_an_article_saved_often_depends_on_where_the_window_begins(library: Library):
    sentences = [f"The {word} of Norland was painted in a bright new colour." for word in ("dam", "quay", "mill")]
    for count in (1, 2, 3):
        put(library, lines("live", "\n".join(sentences[:count])))
    interest = topic("colour norland")
    made = bulletin(library, interest)
    found = [[(shown(item), item.sequence) for item in made.news(interest, low)] for low in range(4)]
    assert found == [[(sentences[0], 1)], [(sentences[1], 2)], [(sentences[2], 3)], []]


def test_a_sentence_that_went_and_came_back_is_new_to_those_who_came_between(library: Library):
    kept = "The harbour of Norland was dredged in the spring."
    gone = "Seven lorries fell into the deep water there."
    for text in (f"{kept}\n{gone}", kept, f"{kept}\n{gone}"):
        put(library, lines("live", text))
    made = bulletin(library, topic("lorri"))
    assert [len(made.news(topic("lorri"), low)) for low in (0, 1, 2)] == [1, 0, 1]
    assert [len(news(library, topic("lorri"), low)) for low in (0, 1, 2)] == [1, 0, 1]


def test_withdrawn_articles_have_no_news(library: Library):
    put(library, BRIDGE, TALKS)
    withdraw(library.engine, "bridge")
    assert library.follow(patience=10)
    assert news(library, person(REYES)) == []


def test_of_very_much_the_newest_is_told(library: Library):
    text = "\n".join(f"The lighthouse number{i} of Norland was painted white." for i in range(MOST))
    for i in range(MOST + 5):
        quote = Said("Ana Reyes", f"the lighthouse number{i} was painted by twelve sailors", "Ana Reyes", "said")
        first = f"Ana Reyes said the lighthouse number{i} was painted by twelve sailors."
        save(library.engine, lines(f"a{i}", first, people=["Ana Reyes"], quotes=[quote]))
    put(library, lines("long", text))
    found = bulletin(library, person(REYES)).news(person(REYES), 0)
    assert [item.sequence for item in found] == list(range(MOST + 5, 5, -1))


def test_the_newest_are_kept_in_whatever_order_they_come(library: Library):
    put(library, BRIDGE)
    sentence = library.index.of_article("bridge")[0]
    for order in ((1, 2, 3), (3, 2, 1), (2, 3, 1)):
        newest = Newest(2)
        for sequence in order:
            newest.add(Candidate(sequence, sentence, None, ((0, sequence),), frozenset()))
        assert [candidate.sequence for candidate in newest.since(0)] == [3, 2]
        assert [candidate.sequence for candidate in newest.since(2)] == [3]


def test_an_interest_that_was_not_wanted_is_an_error(library: Library):
    with pytest.raises(KeyError):
        bulletin(library, EVERYTHING).news(person(REYES), 0)


def test_of_very_much_it_is_known_how_much_was_not_looked_at(library: Library):
    for i in range(MOST + 5):
        save(library.engine, lines(f"a{i}", f"The lighthouse number{i} of Norland was painted white by sailors."))
    assert library.follow(patience=10)
    made = bulletin(library, EVERYTHING)
    assert [made.more(EVERYTHING, low) for low in (0, 2, 4, 5, MOST)] == [5, 3, 1, 0, 0]
    with pytest.raises(KeyError):
        made.more(person(REYES), 0)


# -- in which order ---------------------------------------------------------------------------------------------------


DAY = "2026-03-04"
NORLANDS = {"a": "Norland", "b": "Belmar", "c": "Orlin", "d": "Dutton"}


def test_the_newest_article_is_first_whichever_came_last(library: Library):
    days = {"b": "2026-03-02", "d": "2026-03-04", "a": "2026-03-01T10:00:00Z", "c": "2026-03-03T23:00:00Z"}
    for name, day in days.items():
        words = f"the lighthouse of {NORLANDS[name]} was painted by twelve sailors"
        put(library, said(name, words, published=day))
    for interest in (person(REYES), topic("lighthous")):
        found = bulletin(library, interest).news(interest, 0)
        assert [item.lead.sentence["article"] for item in found] == ["d", "c", "b", "a"]


def test_of_articles_of_one_moment_the_one_that_came_last_is_first(library: Library):
    for name in ("b", "c", "a"):
        words = f"the lighthouse of {NORLANDS[name]} was painted by twelve sailors"
        put(library, said(name, words, published="2026-03-04"))
    found = bulletin(library, person(REYES)).news(person(REYES), 0)
    assert [item.lead.sentence["article"] for item in found] == ["a", "c", "b"]


def test_a_statement_is_as_old_as_the_article_that_leads_it(library: Library):
    for name, words, day in (("a", SAFE, "2026-03-01"), ("c", SAND, "2026-03-03"), ("d", SAFE, "2026-03-04")):
        put(library, said(name, words, published=day))
    found = bulletin(library, person(REYES)).news(person(REYES), 0)
    assert [articles(item) for item in found] == [["c"], ["a", "d"]]


def test_of_a_storys_articles_of_one_moment_the_one_that_came_last_leads(library: Library):
    put(library, lines("b", "A ferry sank in the harbour of Norland at night.", title="Ferry disaster", published=DAY))
    put(library, lines("a", "The owner will raise the wreck by winter.", title="Ferry disaster", published=DAY))
    put(library, lines("c", "Divers searched for the missing captain.", title="Ferry disaster", published=DAY))
    (item,) = bulletin(library, EVERYTHING).news(EVERYTHING, 0)
    assert articles(item) == ["c", "a", "b"]


@pytest.mark.parametrize("cue", ["said", "denied"])
def test_who_names_the_speaker_leads_before_who_was_earlier(library: Library, cue: str):
    for name, speaker, day in (("early", "She", "2026-03-01"), ("late", "Ana Reyes", "2026-03-02")):
        text = f"{speaker} {cue} that {SAND}.\nAna Reyes then left the hall."
        quote = Said("Ana Reyes", SAND, speaker, cue)
        put(library, lines(name, text, people=["Ana Reyes"], quotes=[quote], published=day))
    (item,) = bulletin(library, person(REYES)).news(person(REYES), 0)
    assert articles(item) == ["late", "early"]


def test_an_article_that_is_corrected_is_no_newer(library: Library):
    words = "the lighthouse number{} of Norland was painted by {} sailors"
    put(library, said("old", words.format(1, "twelve"), published="2026-03-01"))
    put(library, said("new", words.format(2, "nine"), published="2026-03-02"))
    put(library, said("old", words.format(1, "thirteen"), published="2026-03-01"))
    found = bulletin(library, person(REYES)).news(person(REYES), 0)
    assert [item.lead.sentence["article"] for item in found] == ["new", "old"]


def test_a_story_is_led_by_its_newest_article_and_links_to_the_newest_first(library: Library):
    told = {
        "b": ("2026-03-02", "Divers searched the harbour for the missing captain."),
        "d": ("2026-03-04", "The owner promised to raise the wreck before winter."),
        "a": ("2026-03-01", "A ferry sank in the harbour of Norland at night."),
        "c": ("2026-03-03", "Hundreds of people lit candles on the quay for the dead."),
    }
    for name, (day, text) in told.items():
        put(library, lines(name, text, title=f"Ferry disaster {name}", published=day))
    (item,) = bulletin(library, EVERYTHING).news(EVERYTHING, 0)
    assert articles(item) == ["d", "c", "b", "a"]


def test_the_sources_of_a_statement_are_listed_from_the_earliest(library: Library):
    for name, day in {"b": "2026-03-02", "d": "2026-03-04", "a": "2026-03-01", "c": "2026-03-03"}.items():
        put(library, said(name, SAFE, published=day))
    (item,) = bulletin(library, person(REYES)).news(person(REYES), 0)
    assert articles(item) == ["a", "b", "c", "d"]


# -- one item a statement, or a story ---------------------------------------------------------------------------------


def test_accounts_of_a_story_with_another_count_are_told_apart_from_the_others(library: Library):
    put(library, *FLOOD)
    (item,) = bulletin(library, EVERYTHING).news(EVERYTHING, 0)
    assert "400" in shown(item)
    assert [cited.sentence["article"] for cited in item.differing] == ["wire"]
    assert (len(item.also), item.story) == (2, ())
    wire = item.differing[0]
    assert wire.receipts[0] in item.whole
    assert set(wire.shown) <= set(item.receipts)
    reader = Reader(library, source("Northern Wire"), since=0)
    reader.known = {statement for _, _, statement in item.receipts}
    assert reader.told() == []


def test_of_very_many_counts_three_are_told_and_the_others_linked(library: Library):
    for i in range(6):
        told = f"The river Alder flooded {400 + i} houses in Kestrel Bridge on Wednesday."
        put(library, lines(f"a{i}", told, title="Flood in Kestrel Bridge", published=DAY))
    (item,) = bulletin(library, EVERYTHING).news(EVERYTHING, 0)
    assert [cited.sentence["article"] for cited in item.differing] == ["a4", "a3", "a2"]
    assert [cited.sentence["article"] for cited in item.story] == ["a1", "a0"]


DUNNE = ("Michael Dunne", "Striker Michael Dunne will miss six weeks with a knee injury.",
         "Governor Michael Dunne resigned from the central bank on Friday.")  # fmt: skip


def test_two_articles_that_have_but_one_person_in_common_are_two_stories(library: Library):
    put(library, lines("a", DUNNE[1], title="Rovers striker Michael Dunne hurt", people=[DUNNE[0]]))
    put(library, lines("b", DUNNE[2], title="Governor Michael Dunne quits", people=[DUNNE[0]]))
    assert {key for s in library.index.of_article("a") for key in s["who"]} == {"michael dunne"}
    assert sorted(news(library, EVERYTHING)) == sorted(DUNNE[1:])


def test_two_people_or_one_and_the_words_of_the_titles_make_a_story(library: Library):
    first, second = "Ana Reyes met Ben Osei at the bridge.", "Ben Osei drank tea with Ana Reyes in the hills."
    put(library, *(lines(n, t, people=["Ana Reyes", "Ben Osei"]) for n, t in (("a", first), ("b", second))))
    put(library, lines("c", DUNNE[1], title="Dunne hurt", people=[DUNNE[0]]))
    put(library, lines("d", "Michael Dunne limped from the field.", title="Dunne badly hurt", people=[DUNNE[0]]))
    assert sorted(sorted(articles(i)) for i in bulletin(library, EVERYTHING).news(EVERYTHING, 0)) == [
        ["a", "b"],
        ["c", "d"],
    ]


def test_what_was_only_linked_as_the_same_story_is_told_when_it_is_found_otherwise(library: Library):
    told = [
        "The old ferry sank in the harbour of Norland at night.",
        "The owner promised to raise the wreck by winter.",
    ]
    reader = Reader(library, EVERYTHING, since=0)
    for name, text, day in zip("ab", told, ("2026-03-01", "2026-03-02"), strict=True):
        put(library, lines(name, text, title="Ferry disaster", published=day))
    (item,) = reader.digest()
    assert articles(item) == ["b", "a"]
    put(library, lines("c", told[0], title="A night in the harbour"))
    put(library, lines("d", told[1], title="A wreck will rise"))
    assert reader.told() == [told[0]]


def test_one_statement_of_several_outlets_is_one_item_the_earliest_first(library: Library):
    put(library, *reversed(FLOOD))
    wall, promise, *others = sorted(bulletin(library, person(DUNMORE)).news(person(DUNMORE), 0), key=by_lead)
    assert articles(wall) == ["post", "herald"]
    assert wall.quote is not None
    assert wall.quote["speaker"] == "Mara Dunmore"
    assert [shown(item) for item in (promise, *others)] == [
        "Mara Dunmore admitted that they had known the wall was too low and had done nothing about it.",
        "Mara Dunmore promised a higher wall by 2027.",
    ]


def by_lead(item: Item) -> tuple[bool, str]:
    return not item.also, shown(item)


def test_a_topics_own_words_in_the_titles_make_no_story_of_it(library: Library):
    put(
        library,
        lines("one", "The council met in the old mill to speak of Kestrel Bridge.", title="Kestrel Bridge council"),
        lines("two", "Kestrel Bridge will have a school with a swimming bath.", title="School for Kestrel Bridge"),
    )
    assert len(news(library, topic("kestrel bridg"))) == 2
    assert len(news(library, EVERYTHING)) == 1  # among everything they do


def test_a_statement_that_an_article_repeats_is_told_once(library: Library):
    forms = [f"the {bridge} of Norland is safe for heavy trucks" for bridge in ("bridge", "Bridge")]
    text = "\n".join(f"Ana Reyes said {form}." for form in forms)
    quotes = [Said("Ana Reyes", form, "Ana Reyes", "said") for form in forms]
    put(library, lines("again", text, people=["Ana Reyes"], quotes=quotes))
    (item,) = bulletin(library, person(REYES)).news(person(REYES), 0)
    assert articles(item) == ["again"]


# -- nothing twice ----------------------------------------------------------------------------------------------------

SAFE = "the bridge of Norland is safe for heavy trucks in every winter"


def test_what_was_sent_is_not_sent_again_when_another_outlet_repeats_it(library: Library):
    reader = Reader(library, person(REYES), since=0)
    put(library, said("one", SAFE))
    assert len(reader.told()) == 1
    for name, words in (("two", SAFE), ("three", f"that {SAFE}"), ("four", SAFE.replace("every", "each"))):
        put(library, said(name, words))
        assert reader.told() == []
    put(library, said("five", "the bridge of Norland will be closed to heavy trucks on Monday"))
    assert len(reader.told()) == 1


def test_what_was_said_before_somebody_followed_is_news_when_it_is_said_again(library: Library):
    put(library, said("one", SAFE))
    reader = Reader(library, person(REYES))
    put(library, said("two", SAFE))
    assert len(reader.told()) == 1


def test_what_others_say_in_the_same_words_does_not_hide_that_it_was_sent(library: Library):
    reader = Reader(library, person(REYES), since=0)
    put(library, said("first", f"that {SAFE}"))
    assert len(reader.told()) == 1
    put(library, *(said(f"other{i}", SAFE.replace("every", "each"), speaker=f"Ben Osei{i}") for i in range(9)))
    put(library, said("last", SAFE.replace("every", "each")))
    assert reader.told() == []


def test_who_was_sent_a_denial_is_told_when_it_is_said_after_all(library: Library):
    reader = Reader(library, topic("truck norland"), since=0)
    denied = Said("Ana Reyes", SAFE, "Ana Reyes", "denied")
    put(library, lines("denial", f"Ana Reyes denied that {SAFE}.", people=["Ana Reyes"], quotes=[denied]))
    assert len(reader.told()) == 1
    reader.interests = (person(REYES),)
    put(library, said("after", SAFE))
    assert len(reader.told()) == 1


@pytest.mark.parametrize("first", [0, 1])
def test_a_sentence_found_through_a_person_and_through_a_topic_is_sent_once(library: Library, first: int):
    interests = [person(REYES), topic("truck norland")]
    by_one, by_both = Reader(library, interests[first], since=0), Reader(library, *interests, since=0)
    put(library, said("one", SAFE))
    assert len(by_one.told()) == len(by_both.told()) == 1
    by_one.interests, by_one.low = (interests[1 - first],), 0
    assert by_one.told() == []


def test_a_sentence_that_says_more_than_its_quote_is_sent_once_too(library: Library):
    text = "“It is safe now,” Ana Reyes said before hundreds of lorries queued at the harbour gates of Norland."
    put(
        library,
        lines("one", text, people=["Ana Reyes"], quotes=[Said("Ana Reyes", "It is safe now", "Ana Reyes", "said")]),
    )
    for first, second in ((person(REYES), topic("lorri harbour")), (topic("lorri harbour"), person(REYES))):
        reader = Reader(library, first, since=0)
        assert reader.told() == [text]
        reader.interests, reader.low = (second,), 0
        assert reader.told() == []


def test_the_same_sentence_of_an_article_that_is_saved_again_is_not_sent_again(library: Library):
    reader = Reader(library, person(REYES), EVERYTHING, since=0)
    put(library, said("one", SAFE))
    assert len(reader.told()) == 1
    more = f"Ana Reyes said  {SAFE}.\nA band played at the bridge until the evening."
    quote = Said("Ana Reyes", SAFE, "Ana Reyes", "said")
    put(library, lines("one", more, people=["Ana Reyes"], quotes=[quote], title="Safe at last"))
    assert reader.told() == []


def test_a_wording_that_replaces_one_that_was_not_sent_is_news(library: Library):
    """Whoever was sent the first one gets a correction instead, and not the new one besides."""
    from_the_start = Reader(library, topic("flood kestrel"), since=0)
    put(library, lines("flood", "The flood in Kestrel Bridge has killed twelve people so far."))
    later = Reader(library, topic("flood kestrel"))
    assert len(from_the_start.told()) == 1
    put(library, lines("flood", "The flood in Kestrel Bridge has killed fifteen people so far."))
    assert later.told() == ["The flood in Kestrel Bridge has killed fifteen people so far."]
    (correction,) = from_the_start.digest()
    assert isinstance(correction, Correction)


def test_what_was_sent_for_one_interest_and_is_worded_anew_is_no_news_for_another(library: Library):
    """The correction comes with the first one's next digest."""
    reader = Reader(library, topic("flood kestrel"), since=0)
    put(library, lines("flood", "The flood in Kestrel Bridge has killed twelve people so far."))
    assert len(reader.told()) == 1
    other = Reader(library, EVERYTHING)
    other.known = reader.known
    put(library, lines("flood", "The flood in Kestrel Bridge has killed fifteen people so far."))
    assert other.told() == []
    (correction,) = reader.digest()
    assert isinstance(correction, Correction)
    put(library, lines("flood", "The flood in Kestrel Bridge has killed nineteen people so far."))
    assert other.told() == []


def test_another_outlets_new_count_is_news_although_its_old_one_was_the_same(library: Library):
    twelve = "The flood in Kestrel Bridge has killed twelve people so far."
    reader = Reader(library, topic("flood kestrel"), since=0)
    put(library, lines("one", twelve))
    assert reader.told() == [twelve]
    put(library, lines("two", twelve))
    assert reader.told() == []
    put(library, lines("two", twelve.replace("twelve", "fifteen")))
    assert reader.told() == [twelve.replace("twelve", "fifteen")]


def test_what_says_little_by_itself_is_news_each_time(library: Library):
    reader = Reader(library, person("ana reyes"), person("police"), since=0)
    for i in range(2):
        put(library, said(f"none{i}", "no comment"))
        closed = Said("Police", "the road was closed", "Police", "said")
        put(library, lines(f"road{i}", "Police said the road was closed.", quotes=[closed]))
        assert len(reader.told()) == 2
