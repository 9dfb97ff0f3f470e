"""Rows of (text, quotes): the documentation of the quote rules. ``None`` in a row means: not looked at."""

from collections.abc import Callable

import pytest

from knowledge.models import ArticleRecord

Build = Callable[[str], ArticleRecord]

# For each text its quotes: rule, speaker, cue, type and contents.
ROWS: list[tuple[str, list[tuple[str, str | None, str | None, str, list[str]]]]] = [
    # direct: after, before, inverted, split
    (
        "“The dam will hold,” Mayor Ann Lee said on Monday. “It was built to last.”",
        [("parenthesis", "Ann Lee", "said", "direct", ["The dam will hold,", "It was built to last."])],
    ),
    (
        "“The dam will hold,” said Ann Lee, 52, the mayor of Hilltown.",
        [("parenthesis", "Ann Lee", "said", "direct", ["The dam will hold,"])],
    ),
    (
        "“Nobody,” Ann Lee said, “will be left behind.”",
        [("parenthesis", "Ann Lee", "said", "direct", ["Nobody,", "will be left behind."])],
    ),
    (
        "''The dam will hold,'' Ms. Lee said. ''It was built to last.''",
        [("parenthesis", "Lee", "said", "direct", ["The dam will hold,", "It was built to last."])],
    ),
    ("He said: “The dam will hold.”", [("clause", None, "said", "direct", ["The dam will hold."])]),
    # indirect: clause, parenthesis, according to, as reported
    ("Ann Lee said the dam would hold.", [("clause", "Ann Lee", "said", "indirect", ["the dam would hold"])]),
    ("The dam will hold, Ann Lee said.", [("parenthesis", "Ann Lee", "said", "indirect", ["The dam will hold"])]),
    (
        "The dam, Ann Lee said, will hold.",
        [("parenthesis", "Ann Lee", "said", "indirect", ["The dam", "will hold"])],
    ),
    (
        "If it rains, Ann Lee said, the dam will be opened.",
        [("parenthesis", "Ann Lee", "said", "indirect", ["If it rains", "the dam will be opened"])],
    ),
    (
        "According to Ann Lee, the dam will hold.",
        [("according", "Ann Lee", "According", "indirect", ["the dam will hold"])],
    ),
    (
        "The dam will hold, according to two engineers who built it.",
        [("according", "two engineers", "according", "indirect", ["The dam will hold"])],
    ),
    (
        "The bridge is closed (the road is open, according to the police).",
        [("according", "the police", "according", "indirect", ["the road is open"])],
    ),
    (
        "As the Daily Herald reported, the dam was built in 1950.",
        [("as reported", "the Daily Herald", "reported", "indirect", ["the dam was built in 1950"])],
    ),
    (
        "Russia and China said the talks had failed.",
        [("clause", "Russia and China", "said", "indirect", ["the talks had failed"])],
    ),
    # what else a cue takes
    (
        "Ann Lee promised to rebuild the bridge.",
        [("infinitive", "Ann Lee", None, "indirect", ["to rebuild the bridge"])],
    ),
    (
        "Ann Lee urged the council to close the dam.",
        [("object and clause", "Ann Lee", "urged", "indirect", ["the council to close the dam"])],
    ),
    ("Ann Lee denied the charges.", [("object", "Ann Lee", "denied", "indirect", ["the charges"])]),
    ("Ann Lee warned of more floods.", [("preposition", "Ann Lee", "warned", "indirect", ["more floods"])]),
    # mixed, and words in marks under verbs that are no cues otherwise
    (
        "Ann Lee called the plan “a gift to the rich.”",
        [("next", "Ann Lee", "called", "mixed", ["the plan “a gift to the rich.”"])],
    ),
    (
        "Ann Lee dismissed the report as “nonsense.”",
        [("next", "Ann Lee", "dismissed", "mixed", ["the report as “nonsense.”"])],
    ),
    # participles, relative clauses, coordination
    (
        "Ann Lee left the room, saying that the talks had failed.",
        [("clause", "Ann Lee", "saying", "indirect", ["that the talks had failed"])],
    ),
    (
        "Ann Lee, who said she would resign, left at noon.",
        [("clause", "Ann Lee", "said", "indirect", ["she would resign"])],
    ),
    (
        "Ann Lee said the dam would hold, and urged people to stay.",
        [
            ("clause", "Ann Lee", "said", "indirect", ["the dam would hold"]),
            ("object and clause", "Ann Lee", "urged", "indirect", ["people to stay"]),
        ],
    ),
    (
        "Asked if the dam would hold, Ann Lee said it would.",
        [("clause", "Ann Lee", "said", "indirect", ["it would"])],
    ),
    # who is known by the order of words, by any verb after a comma, by the issuer of a text
    (
        "“The risk,” said Edward Mole, a baker who lives in Hilltown, “is small.”",
        [("marks", "Edward Mole", "said", "direct", ["The risk,", "is small."])],
    ),
    ("“The dam will hold!” Ann Lee went on.", [("marks", "Ann Lee", "went", "direct", ["The dam will hold!"])]),
    ("“The dam will hold,” Ann Lee sang.", [("marks", "Ann Lee", "sang", "direct", ["The dam will hold,"])]),
    (
        "Ann Lee issued a statement saying that the dam would hold.",
        [("clause", "Ann Lee", "saying", "indirect", ["that the dam would hold"])],
    ),
    (
        "Ann Lee says in a statement that the dam will hold.",
        [("that", "Ann Lee", "says", "indirect", ["that the dam will hold"])],
    ),
    (
        "Ann Lee denied the report that the dam was failing, explaining that it was new.",
        [
            ("object", "Ann Lee", "denied", "indirect", ["the report that the dam was failing"]),
            ("clause", "Ann Lee", "explaining", "indirect", ["that it was new"]),
        ],
    ),
    (
        "It is said by some people that the dam will break.",
        [("clause", "some people", "said", "indirect", ["that the dam will break"])],
    ),
    (
        "Bo Hart was praised by Ann Lee as “a very brave man of few words.”",
        [("fragment", "Ann Lee", "praised", "direct", ["a very brave man of few words."])],
    ),
    (
        "Ann Lee expressed hope that the “brave and patient people of Hilltown” would stay.",
        [
            (
                "object",
                "Ann Lee",
                "expressed",
                "mixed",
                ["hope that the “brave and patient people of Hilltown” would stay"],
            )
        ],
    ),
    (
        "Ann Lee welcomed the “many brave people of the old town” on Monday.",
        [("fragment", "Ann Lee", "welcomed", "mixed", ["the “many brave people of the old town”"])],
    ),
    (
        "“The dam will hold,” he said of the plan.",
        [("parenthesis", None, "said", "direct", ["The dam will hold,"])],
    ),
    (
        "The town will stay, and the dam will hold, according to Ann Lee.",
        [("according", "Ann Lee", "according", "indirect", ["The town will stay, and the dam will hold"])],
    ),
    (
        "Ann Lee put it bluntly:\n“The dam will not hold for long.”",
        [("introduced", "Ann Lee", "put", "direct", ["The dam will not hold for long."])],
    ),
    (
        "“We will never leave this old town.” — Ann Lee",
        [("signed", "Ann Lee", None, "direct", ["We will never leave this old town."])],
    ),
    (
        "Ann Lee’s campaign sent an email to supporters saying, “We have won the race.”",
        [("clause", "Ann Lee’s campaign", "saying", "direct", ["We have won the race."])],
    ),
    # a name and a colon, and words that go on with what was told in other words
    (
        "Ann Lee: “The dam will hold for many years.”",
        [("labelled", "Ann Lee", None, "direct", ["The dam will hold for many years."])],
    ),
    ("The price: “a hundred dollars or more.”", []),
    (
        "Ann Lee said that the dam was new. “It will hold for many years.”",
        [
            ("clause", "Ann Lee", "said", "indirect", ["that the dam was new"]),
            ("goes on", "Ann Lee", None, "direct", ["It will hold for many years."]),
        ],
    ),
    ("The dam was new. “It will hold for many years.”", []),
    (
        "Lamenting their luck, farmers often say, “Poor Hilltown, so close to the river.”",
        [("after parenthesis", "farmers", "say", "direct", ["Poor Hilltown, so close to the river."])],
    ),
    ("As Ann Lee pointed out, the dam is old.", [("after", "Ann Lee", "pointed", "indirect", ["the dam is old"])]),
    # a speaker whom the parser takes for one of the things before
    (
        "The shop sold lamps and rugs, its manager, Ann Lee, said late on Friday.",
        [("parenthesis", "Ann Lee", "said", "indirect", ["The shop sold lamps and rugs"])],
    ),
    (
        "The truck carried apples, the driver, Sam Cole, added.",
        [("parenthesis", "Sam Cole", "added", "indirect", ["The truck carried apples"])],
    ),
    # nouns of saying
    (
        "Ann Lee made the claim that the dam was safe.",
        [("verb and noun", "Ann Lee", "claim", "indirect", ["that the dam was safe"])],
    ),
    ("Ann Lee’s claim that the dam broke was false.", [("noun", "Ann Lee", None, "indirect", ["that the dam broke"])]),
    ("The claim that the dam broke is false.", []),
    ("Ann Lee’s warning scared people.", []),
    (
        "However, Russia has issued repeated warnings that the war might spread.",
        [("verb and noun", "Russia", "warnings", "indirect", ["that the war might spread"])],
    ),
    # over paragraphs
    (
        "Ann Lee continued:\n“The dam will hold. I know it.”",
        [("introduced", "Ann Lee", "continued", "direct", ["The dam will hold. I know it."])],
    ),
    (
        "“The dam will hold,” said Ann Lee.\n“I have seen it myself and I know it.”",
        [
            ("parenthesis", "Ann Lee", "said", "direct", ["The dam will hold,"]),
            ("same speaker", "Ann Lee", None, "direct", ["I have seen it myself and I know it."]),
        ],
    ),
    (
        "“The dam will hold,” said Ann Lee. “I have seen it.\n“I will go there and see it again.”",
        [
            (
                "parenthesis",
                "Ann Lee",
                "said",
                "direct",
                ["The dam will hold,", "I have seen it.", "I will go there and see it again."],
            )
        ],
    ),
    (
        "“The dam will hold and nobody needs to leave.”\n— Ann Lee",
        [("signed", "Ann Lee", None, "direct", ["The dam will hold and nobody needs to leave."])],
    ),
    (
        "LEE: The dam will hold.\nHART: I doubt it.",
        [
            ("transcript", "LEE", None, "indirect", ["The dam will hold."]),
            ("transcript", "HART", None, "indirect", ["I doubt it."]),
        ],
    ),
    (
        '"LEE: The dam will hold.\n"HART: I doubt it.',
        [
            ("transcript", "LEE", None, "direct", ["The dam will hold."]),
            ("transcript", "HART", None, "direct", ["I doubt it."]),
        ],
    ),
    (
        "“The dam will hold,” said Ann Lee. “It was built to last.” Bo Hart added that it was old.",
        [
            ("parenthesis", "Ann Lee", "said", "direct", ["The dam will hold,", "It was built to last."]),
            ("clause", "Bo Hart", "added", "indirect", ["that it was old"]),
        ],
    ),
    ("LOOK: The dam has failed on Monday.", []),  # one label alone is a headline's
    # marks of all kinds, one inside the other, one that is not closed
    ("„The dam will hold,“ said Ann Lee.", [("parenthesis", "Ann Lee", "said", "direct", ["The dam will hold,"])]),
    ("«The dam will hold», said Ann Lee.", [("parenthesis", "Ann Lee", "said", "direct", ["The dam will hold"])]),
    ("``The dam will hold,'' said Ann Lee.", [("parenthesis", "Ann Lee", "said", "direct", ["The dam will hold,"])]),
    (
        "‘The dam will hold,’ said Ann Lee. ‘It’s been built to last.’",
        [("marks", "Ann Lee", "said", "direct", ["The dam will hold,", "It’s been built to last."])],
    ),
    (
        "“He told me “Go away” and left,” Ann Lee said.",
        [("parenthesis", "Ann Lee", "said", "direct", ["He told me “Go away” and left,"])],
    ),
    (
        "Ann Lee said, “They sang “Go home!”",
        [("clause", "Ann Lee", "said", "direct", ["They sang “Go home!”"])],
    ),
    (
        "Ann Lee called the fire “a terrible day for all of us.”",
        [("next", "Ann Lee", "called", "mixed", ["the fire “a terrible day for all of us.”"])],
    ),
    (
        "“The dam will hold, Ann Lee said. The sun rose.\nBo Hart said, “It is old.”",
        [("clause", "Bo Hart", "said", "direct", ["It is old."])],
    ),
    # what the content leaves out: a dateline, what the source is
    (
        "HILLTOWN, Sept 3 (Reuters) - The dam is old, Ann Lee said on Monday.",
        [("parenthesis", "Ann Lee", "said", "indirect", ["The dam is old"])],
    ),
    (
        "The cause of it, according to Ann Lee and Bo Hart, both engineers of the town, is the age of the dam.",
        [("according", "Ann Lee", "according", "indirect", ["The cause of it", "is the age of the dam"])],
    ),
    # what somebody did not say is kept, and answers nothing
    (
        "Ann Lee did not say when the dam would open.",
        [("not said", "Ann Lee", "say", "indirect", ["when the dam would open"])],
    ),
    # no quotes: scare quotes, titles, nobody's words
    ("The so-called “smart dam” was built in 1950.", []),
    ("They watched “Gone With the Wind” on Friday.", []),
    ("The film, “The Old Dam,” opened on Monday.", []),
    ("Ann Lee hailed Bo Hart as a hero.", []),
    ("Ann Lee believes that the dam is old.", []),
    ("It was announced that the dam would be closed.", []),
    ("The borrowing continued.", []),
    ("BREAKING: The dam has failed.", []),
]


@pytest.mark.parametrize(("text", "wanted"), ROWS, ids=[text[:50] for text, _ in ROWS])
def test_who_said_what(
    record: Build, text: str, wanted: list[tuple[str, str | None, str | None, str, list[str]]]
) -> None:
    found = []
    for quote, row in zip(record(text).quotes, wanted, strict=True):
        cue = text[slice(*quote.cue)] if quote.cue and row[2] is not None else None
        found.append((quote.rule, quote.speaker, cue, quote.type, [text[s:e] for s, e in quote.content]))
    assert found == wanted


WRONG = [
    # what is known to go wrong: a text, its right contents, and why they are missed
    (
        "On Monday, Ann Lee said that the dam was old, but the council disagreed.",
        ["that the dam was old"],
        "only what the words mean tells that “but ...” is not hers",
    ),
    (
        "Ann Lee read “War and Peace” on the train.",
        [],
        "“read” is a verb of saying, and a title can be what is read out",
    ),
    (
        "Ann Lee announced the decision at a meeting on Monday.",
        ["the decision"],
        "the content is taken to the end of the sentence, as readers marked it oftener",
    ),
]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [pytest.param(text, wanted, marks=pytest.mark.xfail(reason=reason, strict=True)) for text, wanted, reason in WRONG],
)
def test_what_should_be_found(record: Build, text: str, wanted: list[str]) -> None:
    assert [text[s:e] for quote in record(text).quotes for s, e in quote.content] == wanted


ADDRESSED = [
    ("Ann Lee told Bo Hart on Friday that the dam would hold.", "Bo Hart"),
    ("Ann Lee told reporters that the dam would hold.", "reporters"),
    ("“The dam will hold,” Ann Lee said to them.", "them"),
    ("Ann Lee said the dam would hold.", None),
]


@pytest.mark.parametrize(("text", "whom"), ADDRESSED)
def test_who_is_told(record: Build, text: str, whom: str | None) -> None:
    (quote,) = record(text).quotes
    assert (text[slice(*quote.addressee)] if quote.addressee else None) == whom


CHAINS = [
    ("Officials quoted Ann Lee as saying the dam was old.", "Ann Lee", "Officials"),
    ("Ann Lee was quoted by local papers as saying that the dam would hold.", "Ann Lee", "local papers"),
    (
        "Ann Lee was cited by local papers as stating, “The dam will hold.”",
        "Ann Lee",
        "local papers",
    ),
    (
        "A recording of the meeting shows that Ann Lee told Bo Hart, “The dam will hold.”",
        "Ann Lee",
        None,
    ),
    (
        "A recording of the meeting states that Ann Lee told Bo Hart, “The dam will hold.”",
        "Ann Lee",
        "A recording of the meeting",
    ),
]


@pytest.mark.parametrize(("text", "speaker", "via"), CHAINS)
def test_who_passes_it_on(record: Build, text: str, speaker: str, via: str | None) -> None:
    (quote,) = record(text).quotes
    assert quote.speaker == speaker
    assert (text[slice(*quote.via)] if quote.via else None) == via


def test_the_source_stands_as_it_does_in_the_text(record: Build) -> None:
    text = "Maria Lopez is the mayor. She said the dam would hold."
    (quote,) = record(text).quotes
    assert quote.source == (26, 29)
    assert quote.speaker == "Maria Lopez"


def test_an_orphan_mark_after_the_speakers_quotation_is_the_speakers_and_less_certain(record: Build) -> None:
    text = "Ann Lee said, “The dam will hold.”\n\nNobody in the town needs to leave tonight.”\n\nThe sun rose."
    first, second = record(text).quotes
    assert (first.speaker, second.speaker) == ("Ann Lee", "Ann Lee")
    assert text[slice(*second.content[0])] == "Nobody in the town needs to leave tonight."
    assert second.confidence < 0.6 < first.confidence
