"""One story from several outlets, as a conversation shows it."""

from collections.abc import Iterator

import pytest

from bot.dialogue import Dialogue
from bot.render import render
from bot.terminal import plain_text
from knowledge.library import Library
from knowledge.models import ArticleRecord
from knowledge.store.withdrawing import withdraw
from tests.auxil.outlets import FLOOD
from tests.auxil.records import Said, blank_store, lines, put
from tests.test_dialogue import Speaker

FIRST = "“We knew that the wall was too low, and we did nothing about it,”"
OTHERWISE = "Others have it differently:"


@pytest.fixture(scope="module")
def flood(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    with Library.open(blank_store(tmp_path_factory.mktemp("flood") / "flood.db")) as library:
        put(library, *FLOOD)
        yield library


@pytest.fixture
def reader(flood: Library) -> Speaker:
    return Speaker(Dialogue(flood))


def shown(heard: str) -> list[str]:
    """The lines of a reply without their links."""
    return [line.strip().split(" (https:")[0] for line in heard.splitlines() if line.strip()]


def test_a_quote_is_shown_once_with_a_line_for_each_source(reader: Speaker) -> None:
    heard = shown(reader.say("what did Mara Dunmore say"))
    assert heard[0] == "Mara Dunmore (mayor of Kestrel Bridge), 2 statements."
    assert heard[1] == f"1  {FIRST}"
    assert heard[3:5] == [
        "River Post, “Flood in Kestrel Bridge (post)”",
        "also in: Upland Herald, “Flood in Kestrel Bridge (herald)”",
    ]


def test_another_wording_is_shown_beside_it_with_its_source(reader: Speaker) -> None:
    heard = shown(reader.say("what did Mara Dunmore say"))
    beside = heard[heard.index(OTHERWISE) + 1 :]
    assert beside[0] == "“they had known the wall was too low and had done nothing about it”"
    assert beside[2] == "Northern Wire, “Flood in Kestrel Bridge (wire)”"


def test_other_numbers_are_shown_beside_the_first(reader: Speaker) -> None:
    heard = reader.say("how many houses were flooded in Kestrel Bridge")
    said, _, beside = heard.partition(OTHERWISE)
    assert "flooded 400 houses" in said
    assert "flooded 460 houses" in beside
    assert said.count("sentence 1") == 3
    assert beside.count("sentence 1") == 1


def test_each_source_is_linked_to_its_sentence(reader: Speaker) -> None:
    reader.say("what did Mara Dunmore say")
    assert reader.reply is not None
    links = [part.url or "" for block in reader.reply.blocks for line in block.lines for part in line if part.url]
    assert [link.split("#:~:text=")[0] for link in links] == [
        f"https://{name}.example/flood" for name in ("post", "herald", "wire")
    ]


def test_next_goes_on_with_the_next_statement_typed_or_pressed(reader: Speaker) -> None:
    reader.say("what did Mara Dunmore say")
    pressed = reader.press("next")
    assert pressed is not None
    assert reader.labels == ["context"]
    reader.say("what did Mara Dunmore say")
    typed = reader.say("next")
    assert shown(typed) == shown(pressed)
    assert shown(typed)[0] == "2  “a higher wall by 2027”"
    assert reader.labels == ["context"]
    assert "no more" in reader.say("next")


def test_pressing_next_shows_the_same_after_a_restart(reader: Speaker, flood: Library) -> None:
    reader.say("what did Gordon Pell say")
    assert reader.reply is not None
    (action,) = [b.action for row in reader.reply.buttons for b in row if b.label == "next"]
    here, later = reader.dialogue.press("one", action), Dialogue(flood).press("another", action)
    assert here is not None
    assert later == here


def test_a_pressed_button_shows_the_sources_even_after_a_restart(reader: Speaker, flood: Library) -> None:
    sentences = {c: s["id"] for _, s in flood.index.sentences(flood.index.term("body", "wall"), 10)
                 for c in [(s["article"], s["number"])]}  # fmt: skip
    post, herald, last = (sentences[place] for place in (("post", 2), ("herald", 2), ("herald", 4)))
    action = ".".join(["n:2", *(_base36(identifier) for identifier in (post, herald, last))])
    reply = reader.dialogue.press("new", action)
    assert reply is not None
    assert "also in: Upland Herald" in plain_text(reply)
    (row,) = reply.buttons
    assert [button.action for button in row] == [f"n:3.{_base36(last)}", f"x:{_base36(post)}"]


def test_source_names_every_source(reader: Speaker) -> None:
    reader.say("what did Mara Dunmore say")
    assert "also in: Upland Herald" in reader.say("source?")
    assert reader.sentences == [2, 2]
    assert "Mara Dunmore told the River Post" in reader.say("context")


def test_what_else_she_said_is_none_of_what_was_shown(reader: Speaker) -> None:
    reader.say("what did Mara Dunmore say")
    heard = reader.say("what else did Mara Dunmore say")
    assert "a higher wall" in heard
    assert OTHERWISE not in heard


def test_telegram_gets_one_message(reader: Speaker) -> None:
    reader.say("what did Mara Dunmore say")
    assert reader.reply is not None
    (message,) = render(reader.reply)
    assert message.html.count("also in: ") == 1


def test_in_one_article_nothing_is_beside_anything(flood: Library) -> None:
    for name in ("post", "herald", "wire", "lantern"):
        reader = Speaker(Dialogue(flood, name))
        for line in ("what did Mara Dunmore say", "how many houses were flooded", "next"):
            heard = reader.say(line)
            assert "also in" not in heard
            assert OTHERWISE not in heard


def test_whom_they_mean_is_shown_after_all_the_sources(library: Library) -> None:
    text = "They flooded {} houses in the valley of Kestrel Bridge on Wednesday."
    records = [
        lines(name, f"The rivers Alder and Osk burst their banks.\n{text.format(number)}", title="Kestrel Bridge flood",
              publisher=name, labels=["", "CARDINAL GPE DATE"])
        for name, number in (("Alpha", 400), ("Beta", 400), ("Gamma", 460))
    ]  # fmt: skip
    put(library, *records)
    reader = Speaker(Dialogue(library))
    heard = shown(reader.say("how many houses were flooded in the valley of Kestrel Bridge"))
    assert [line.split(",")[0] for line in heard[:-1]] == [
        f"“{text.format(400)}”", "Alpha", "also in: Beta",
        "Whom or what it means stands before it:", "“The rivers Alder and Osk burst their banks.”", "Alpha",
        OTHERWISE, f"“{text.format(460)}”", "Gamma",
    ]  # fmt: skip
    assert text.format(400) not in reader.say("next")


def test_the_statement_after_one_of_several_sources_is_a_new_one_typed_or_pressed(library: Library) -> None:
    said = ("the old wall would be built again by next summer", "every family in the valley would get money",
            "no school in the town had been harmed by water")  # fmt: skip
    put(library, *(
        lines(f"{name}{i}", f"Mara Dunmore said that {content}.", title="Flood", people=["Mara Dunmore"],
              quotes=[Said("Mara Dunmore", content, "Mara Dunmore", "said")])
        for i, content in enumerate(said) for name in ("a", "b")
    ))  # fmt: skip
    reader = Speaker(Dialogue(library))
    ways = [lambda: reader.press("next") or "", lambda: reader.say("next")]
    for first, second in ((0, 0), (1, 1), (1, 0), (0, 1)):
        heard = [reader.say("what did Mara Dunmore say"), ways[first](), ways[second]()]
        assert all(any(content in part for part in heard) for content in said)
        assert [part.count("also in: “Flood”") for part in heard] == [1, 1, 1]
        assert heard[2].lstrip().startswith("3  ")
        assert reader.labels == ["context"]


def test_when_two_may_be_meant_each_is_shown_with_its_sources(library: Library) -> None:
    def said(name: str, speaker: str, content: str) -> object:
        quote = Said(speaker, content, speaker, "said")
        return lines(name, f"{speaker} said that {content}.", people=[speaker], quotes=[quote], title="Flood")

    wall, money = "the old wall would be built again by next summer", "the town had no money for a wall"
    put(library, said("a", "Mara Dunmore", wall), said("b", "Mara Dunmore", wall), said("c", "Paul Dunmore", money),
        said("d", "Paul Dunmore", money))  # type: ignore[arg-type]  # fmt: skip
    reader = Speaker(Dialogue(library))
    heard = reader.say("what did Dunmore say")
    assert "Which do you mean?" in heard
    assert heard.count("also in: “Flood”") == 2
    assert "no more" in reader.say("next")


def _base36(number: int) -> str:
    digits = "0123456789abcdefghijklmnopqrstuvwxyz"
    return digits[number] if number < 36 else _base36(number // 36) + digits[number % 36]


def test_another_count_in_other_words_is_shown_beside_the_first(library: Library) -> None:
    def told(name: str, text: str, title: str = "Kelso plant fire") -> ArticleRecord:
        return lines(name, text, title=title, publisher=name, labels=["CARDINAL"])

    put(
        library,
        told("Alpha", "A fire at the Kelso plant injured 12 people, city officials said."),
        told("Beta", "Fourteen people were hurt when fire swept through a shed at the Kelso plant."),
        told("Gamma", "A fire that tore through the Kelso plant left 12 people injured on Tuesday."),
        told("Delta", "A bus crash injured 90 people in Norland on Friday.", "Crash in Norland"),
    )
    heard = Speaker(Dialogue(library)).say("how many people were injured in the kelso fire")
    said, _, beside = heard.partition(OTHERWISE)
    assert "12 people" in said
    assert "Fourteen people" in beside
    assert beside.count("sentence 1") == 1


def test_counts_of_one_story_are_told_by_who_is_in_it(library: Library) -> None:
    def told(name: str, title: str, *sentences: str) -> ArticleRecord:
        people = ["Ana Reyes", "Peter Novak", "Karl Venn"]
        return lines(name, "\n".join(sentences), title=title, publisher=name, people=people, labels=["CARDINAL"] * 3)

    put(
        library,
        told("Alpha", "Sunk off Norland", "The ferry sank, killing at least 14 people.", "Ana Reyes met Peter Novak."),
        told("Beta", "A minister goes", "The sinking of the ferry killed 21 people.", "Reyes and Novak spoke to Venn."),
        told("Gamma", "Another sea", "A ferry sank in Sudland and 300 people died.", "Karl Venn saw it."),
    )
    heard = Speaker(Dialogue(library)).say("how many people died when the ferry sank off norland")
    assert "at least 14" in heard.partition(OTHERWISE)[0]
    assert "21 people" in heard.partition(OTHERWISE)[2]
    assert "300" not in heard


def test_the_nearest_are_listed_once_however_many_articles_have_them(library: Library) -> None:
    text = "The shed of Kelso held furniture and carpets.\nIts gate was shut."
    put(library, *(lines(name, text, title=f"Fire ({name})", publisher=name) for name in ("Alpha", "Beta", "Gamma")))
    heard = Speaker(Dialogue(library)).say("who insured the furniture in the shed of kelso in 1987")
    assert "The articles don't say." in heard
    assert heard.count("furniture and carpets") == 1


def test_what_is_listed_once_stands_where_it_is_nearest(library: Library) -> None:
    twice, once = "Ana Reyes left Norland.", "Ana Reyes came back."
    rain = "It rained.\n"
    put(library, *(
        lines(name, text, people=["Ana Reyes"])
        for name, text in (("a", twice), ("b", rain + once), ("c", 2 * rain + twice))
    ))  # fmt: skip
    heard = Speaker(Dialogue(library)).say("what did Ana Reyes say")
    assert [line.strip() for line in heard.splitlines() if "“Ana" in line] == [f"“{twice}”", f"“{once}”"]


def test_articles_that_were_corrected_or_withdrawn_are_counted_no_more(library: Library) -> None:
    put(library, *(lines(name, f"The shed of {name} burned.") for name in ("alpha", "beta", "gamma")))
    put(library, lines("alpha", "The barn of alpha burned."))
    withdraw(library.engine, "gamma")
    library.follow()
    assert Speaker(Dialogue(library)).say("/sources").lstrip().startswith("I answer from 2 articles.")
