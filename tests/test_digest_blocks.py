"""How digests read: grouped, numbered, cited, and divided between messages where nothing is torn."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.actions import parse_action
from bot.digest_blocks import Memo, Section, Told, digest_blocks, item_block, lay_out
from bot.render import MAX_UNITS, Message, units
from bot.replies import Reply
from bot.subscribing.presses import Stop, parse_press
from bot.terminal import plain_text
from knowledge.digest import Cited, Correction, Item
from knowledge.library import Library
from tests.auxil.records import Said, blank_store, lines, person, put

LINK = "https://example.org/a#:~:text="
ESCAPED = "Wang%20Yi%20said%20the%20council%20must%20act%2C%20he%20told%20Lavrov."
LONG = "A very long sentence about the council " * 120


def digest_messages(index, sections, **others):
    return tuple(laid.message for laid in lay_out(index, sections, **others))


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    path: Path = tmp_path_factory.mktemp("digest") / "news.db"
    said = Said("Wang Yi", "the council must act", "Wang Yi", "said", addressee="Lavrov")
    with Library.open(blank_store(path)) as library:
        put(
            library,
            lines(
                "a",
                "Wang Yi said the council must act, he told Lavrov.\nHe said it <b>rains</b> & snows.\nThe ferry sank.",
                people=[person("Wang Yi", "foreign minister")],
                quotes=[said, Said("Wang Yi", "it <b>rains</b> & snows", "He", "said")],
                publisher="New Telegraph",
                title="The <Council>",
                url="https://example.org/a",
                published="2026-03-01",
            ),
            lines("b", "Wang Yi said the council must act.", people=["Wang Yi"], publisher="Daily Mail", title="B"),
            lines("c", "The council met.\nIt was long.", publisher="Observer", title="C"),
            *(
                lines(
                    name,
                    f"Daniel Moreno said {said}.",
                    people=[person("Daniel Moreno", role, role)],
                    quotes=[Said("Daniel Moreno", said, "Daniel Moreno", "said")],
                )
                for name, role, said in (("m1", "striker", "my knee hurts"), ("m2", "judge", "the case is heard"))
            ),
            lines(
                "q",
                "Reyes said: “It is an insult.\nNobody asked.”\nShe added: “And so we go.”",
                people=["Ana Reyes"],
                quotes=[
                    Said("Ana Reyes", ("It is an insult.\nNobody asked.", "And so we go."), "Reyes", "said", "direct")
                ],
                publisher="Union Post",
                title="Q",
            ),
            lines("d", LONG.strip() + ".", publisher="Verbose", title="D"),
        )
        yield library


def cited(library: Library, article: str, number: int = 1) -> Cited:
    return Cited(library.index.of_article(article)[number - 1], 1)


def news(
    library: Library, article: str = "c", number: int = 1, *, quoted: bool = False, **fields: tuple[Cited, ...]
) -> Item:
    lead = cited(library, article, number)
    quote = lead.sentence["quotes"][0] if quoted else None
    return Item(sequence=1, lead=lead, quote=quote, **fields)


def changed(
    library: Library, *, after: bool = True, withdrawn: bool = False, before: str = "The old words."
) -> Correction:
    return Correction(
        kind="withdrawal" if withdrawn else "correction",
        sequence=2,
        article="a",
        title="The <Council>",
        publisher="New Telegraph",
        url="https://example.org/a",
        published="2026-03-01",
        before=before,
        before_sentence=99,
        after=cited(library, "a", 3) if after and not withdrawn else None,
        statement=2,
    )


def shown(library: Library, *told: Told, label: str = "ferries") -> str:
    return plain_text(Reply(digest_blocks(library.index, [Section(1, label, told)])))


def labels(message: Message) -> list[list[str]]:
    return [[button.label for button in row] for row in message.keyboard]


def test_a_quote_stands_under_its_speaker_with_its_source(library: Library) -> None:
    assert shown(library, news(library, "a", quoted=True)).splitlines() == [
        "  ferries",
        "  1  Wang Yi:",
        "     “the council must act”",
        "     to Lavrov",
        "     Source: “Wang Yi said the council must act, he told Lavrov.”",
        f"     New Telegraph, “The <Council>” ({LINK}{ESCAPED}), 1 March 2026, sentence 1",
    ]


def test_a_speaker_is_not_named_again_under_their_name(library: Library) -> None:
    item = news(library, "a", quoted=True)
    assert shown(library, item, label="Wang Yi").splitlines()[:3] == [
        "  Wang Yi",
        "  1  “the council must act”",
        "     to Lavrov",
    ]
    (message,) = digest_messages(library.index, [Section(1, "Wang Yi", (item,)), Section(2, "x", (item,))])
    assert "1  “the council" in message.plain
    assert "2  Wang Yi:\n" in message.plain
    memo = Memo()
    for label in ("Wang Yi", "x", "Wang Yi"):
        (laid,) = lay_out(library.index, [Section(1, label, (item,))], memo=memo)
        assert laid.message == digest_messages(library.index, [Section(1, label, (item,))])[0]


def test_a_speaker_goes_by_the_full_name_and_by_the_role_where_two_have_it(library: Library) -> None:
    assert "1  Daniel Moreno, striker:" in shown(library, news(library, "m1", quoted=True))
    assert "1  Daniel Moreno, judge:" in shown(library, news(library, "m2", quoted=True))
    short = news(library, "a", quoted=True)
    assert short.quote is not None
    assert "1  Wang Yi:" in shown(library, replace(short, quote={**short.quote, "speaker": "Wang"}))


def test_a_quote_over_several_sentences_is_one_block(library: Library) -> None:
    item = replace(news(library, "q", quoted=True), more=(cited(library, "q", 2), cited(library, "q", 3)))
    assert shown(library, item).splitlines()[1:] == [
        "  1  Ana Reyes:",
        "     “It is an insult. Nobody asked. … And so we go.”",
        "     Source: “Reyes said: “It is an insult. Nobody asked.” She added: “And so we go.””",
        "     Union Post, “Q”, sentences 1 to 3",
    ]
    denied = replace(item, quote=None, denied=True, more=())
    assert "  1  “Reyes said: “It is an insult.”\n" in shown(library, denied)


def test_what_others_have_otherwise_stands_beside_it(library: Library) -> None:
    item = replace(news(library, "c"), differing=(cited(library, "b"),) * 6)
    said = shown(library, item)
    assert "     Others have it differently:\n     “Wang Yi said the council must act.”\n     Daily Mail, “B”" in said
    assert said.count("Daily Mail") == 5
    assert "     and 1 more" in said


def test_what_stands_again_is_said(library: Library) -> None:
    restored = replace(changed(library), kind="restored")
    assert shown(library, restored).splitlines()[:2] == ["  Stands again:", "  1  “The ferry sank.”"]


def test_room_is_left_in_each_message(library: Library) -> None:
    sections = [Section(n, f"thing {n}" + "x" * n, (news(library), news(library, "c", 2)) * 40) for n in range(1, 20)]
    messages = digest_messages(library.index, sections)
    assert len(messages) > 10
    assert max(units(message.plain) for message in messages) <= MAX_UNITS - 20
    for length in range(3_800, 4_100, 20):
        long = changed(library, withdrawn=True, before="x " * (length // 2))
        (message,) = digest_messages(library.index, [Section(1, "x", (long,))])
        assert units(message.plain) <= MAX_UNITS - 20


def test_the_same_elsewhere_and_the_same_story_are_named(library: Library) -> None:
    item = news(library, "c", also=(cited(library, "b"),), story=(cited(library, "a", 3),))
    said = shown(library, item)
    assert "     also in: Daily Mail, “B”, sentence 1" in said
    assert "     the same story: New Telegraph, “The <Council>”" in said
    many = replace(item, also=(cited(library, "b"),) * 7, story=(cited(library, "a", 3),) * 6)
    assert shown(library, many).count("also in:") == 5
    assert "     and 2 more" in shown(library, many)
    assert "     and 1 more" in shown(library, many)


def test_a_sentence_that_says_only_he_is_under_his_name(library: Library) -> None:
    assert "1  Wang Yi:" in shown(library, news(library, "a", 2))
    assert ":" not in shown(library, news(library, "c")).splitlines()[1]


def test_a_correction_has_the_old_words_and_the_new(library: Library) -> None:
    assert shown(library, changed(library)).splitlines()[:4] == [
        "  Corrected since I sent it:",
        "  1  Before: “The old words.”",
        "     Now: “The ferry sank.”",
        f"     New Telegraph, “The <Council>” ({LINK}The%20ferry%20sank.), 1 March 2026, sentence 3",
    ]
    assert (
        "     Now: (not there any more)\n     New Telegraph, “The <Council>” (https://example.org/a), 1 March"
        in shown(library, changed(library, after=False))
    )


def test_what_was_withdrawn_is_said_by_itself(library: Library) -> None:
    assert shown(library, changed(library, withdrawn=True)).splitlines() == [
        "  Withdrawn since I sent it:",
        "  1  “The old words.”",
        "     New Telegraph, “The <Council>” (https://example.org/a), 1 March 2026",
    ]


def test_corrections_come_first_then_each_section_and_items_are_numbered_through(library: Library) -> None:
    sections = [
        Section(7, "Wang Yi", (changed(library, withdrawn=True), news(library, "a", quoted=True))),
        Section(8, "ferries", (changed(library), news(library, "c"), news(library, "c", 2))),
    ]
    (message,) = digest_messages(library.index, sections)
    text = message.plain
    order = ["Corrected since", "1  Before", "Withdrawn since", "2  “The old", "Wang Yi\n\n3  “the council"]
    order += ["ferries\n\n4  “The", "5  “It was"]
    assert [text.index(part) for part in order] == sorted(text.index(part) for part in order)
    assert "<b>Corrected since I sent it:</b>" in message.html
    assert "<b>ferries</b>" in message.html
    assert "The &lt;Council&gt;" in message.html
    assert labels(message) == [
        ["context 1", "context 3", "context 4", "context 5"],
        ["stop following ferries"],
        ["stop following Wang Yi"],
    ]


def test_each_button_carries_its_sentence_and_its_subscription(library: Library) -> None:
    (message,) = digest_messages(
        library.index, [Section(1295, "x", (news(library, "c", 2),))], digest_action="g:1", more=4
    )
    context, stop, rest = (row[0] for row in message.keyboard)
    assert parse_action(context.action) == ("x", [library.index.of_article("c")[1]["id"]])
    assert parse_press(stop.action) == Stop(1295)
    assert (rest.label, rest.action) == ("show all (4 more)", "g:1")


def test_without_a_subscription_or_more_there_are_no_such_buttons(library: Library) -> None:
    (message,) = digest_messages(library.index, [Section(None, "x", (news(library),))], digest_action="g:1", more=0)
    assert labels(message) == [["context 1"]]
    assert digest_messages(library.index, [Section(1, "x", ())]) == ()
    assert digest_messages(library.index, []) == ()


def test_a_digest_is_divided_between_items_and_each_message_has_its_own_buttons(library: Library) -> None:
    long = replace(news(library), also=(cited(library, "b"),) * 5, story=(cited(library, "a", 3),) * 5)
    sections = [Section(n, f"thing {n}", (long,) * 5) for n in range(1, 5)]
    messages = digest_messages(library.index, sections, digest_action="g:1", more=2)
    assert len(messages) > 1
    assert all(0 < units(message.plain) <= MAX_UNITS for message in messages)
    numbers = [[label for row in labels(m) for label in row if label.startswith("context")] for m in messages]
    assert [label for each in numbers for label in each] == [f"context {n}" for n in range(1, 21)]
    for message, each in zip(messages, numbers, strict=True):
        own = [label.removeprefix("context ") for label in each]
        assert all(f"{number}  “The council met.”" in message.plain for number in own)
        assert message.plain.count("“The council met.”") == len(own)
        assert not message.plain.rstrip().splitlines()[-1].startswith("thing")
        stops = [label for row in labels(message) for label in row if label.startswith("stop")]
        assert stops == list(dict.fromkeys(f"stop following thing {(int(n) - 1) // 5 + 1}" for n in own))
    assert ["show all" in str(labels(message)) for message in messages] == [False] * (len(messages) - 1) + [True]


def test_no_message_ends_with_a_heading(library: Library) -> None:
    item, other = news(library), news(library, "c", 2)
    divided = 0
    for count in range(60, 90):
        sections = [Section(1, "first", (item,) * count), Section(2, "second thing", (other,))]
        messages = digest_messages(library.index, sections)
        assert not any(message.plain.endswith("second thing") for message in messages)
        divided += any(message.plain.startswith("second thing") for message in messages)
    assert divided  # some of them had room for the heading alone


@pytest.mark.parametrize("before", ["x" * 9000, "😀" * 4000, "<&>" * 3000])
def test_an_item_that_no_message_could_hold_is_shortened_not_torn(library: Library, before: str) -> None:
    items = (news(library, "d"), changed(library, before=before), changed(library, withdrawn=True, before=before))
    for item in items:
        (message,) = digest_messages(library.index, [Section(1, "x", (item,))])
        assert 700 < units(message.plain) <= MAX_UNITS
        assert "…" in message.plain
    assert item_block(items[0], 1).lines[0][1].text == library.index.of_article("d")[0]["text"]


def test_a_memo_changes_nothing_but_the_time(library: Library) -> None:
    item, other = news(library, "a", quoted=True), news(library)
    memo = Memo()
    for sections in (
        [Section(1, "x", (item, other))],
        [Section(2, "y", (other, item))],
        [Section(3, "x", (item, other))],
    ):
        laid = lay_out(library.index, sections, memo=memo)
        assert tuple(one.message for one in laid) == digest_messages(library.index, sections)


def test_what_many_digests_share_is_made_once(library: Library) -> None:
    items = tuple(news(library, "a", quoted=True) for _ in range(10))
    memo = Memo()
    for number in range(100):
        lay_out(library.index, [Section(number, "Wang Yi", items)], memo=memo)
    assert len(memo.items) == 10
    assert len(memo.headings) == 1
    (again,) = lay_out(None, [Section(1, "Wang Yi", items)], memo=memo)  # type: ignore[arg-type]
    assert "10  “the council" in again.message.plain  # the index was not asked
