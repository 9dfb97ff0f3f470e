"""Conversations, line by line, as the dialogue hears and says them."""

import gc
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot import phrases
from bot.actions import context_action
from bot.dialogue import COMMANDS, Dialogue
from bot.memory import Turn
from bot.replies import Reply
from bot.terminal import plain_text
from knowledge.library import Library
from knowledge.store.withdrawing import withdraw
from tests.auxil.records import Said, Stated, blank_store, lines, person, put


class Speaker:
    """Says lines to a dialogue as one chat and hears them as a terminal would show them."""

    def __init__(self, dialogue: Dialogue, chat: str = "one") -> None:
        self.dialogue = dialogue
        self.chat = chat
        self.reply: Reply | None = None

    def say(self, line: str) -> str:
        if line.startswith("/"):
            name, _, argument = line[1:].partition(" ")
            self.reply = self.dialogue.command(self.chat, name, argument)
        else:
            self.reply = self.dialogue.ask(self.chat, line)
        return plain_text(self.reply)

    def press(self, label: str) -> str | None:
        assert self.reply is not None
        (action,) = [b.action for row in self.reply.buttons for b in row if b.label == label]
        self.reply = self.dialogue.press(self.chat, action)
        return None if self.reply is None else plain_text(self.reply)

    @property
    def labels(self) -> list[str]:
        assert self.reply is not None
        return [button.label for row in self.reply.buttons for button in row]

    @property
    def sentences(self) -> list[int]:
        assert self.reply is not None
        assert self.reply.answer is not None
        return [citation.sentence for citation in self.reply.answer.citations]


@pytest.fixture
def reader(seed_library: Library) -> Speaker:
    return Speaker(Dialogue(seed_library))


def test_a_statement_is_shown_with_speaker_role_addressee_and_place(reader: Speaker) -> None:
    heard = reader.say("what did wang ye say")
    assert "Wang Yi (Chinese Foreign Minister), 3 statements. I read “wang ye” as Wang Yi." in heard
    assert "1  “The United Nations Security Council must take action, and the major powers" in heard
    assert "to Sergei Lavrov" in heard
    assert "New Telegraph, “Putin Speaks With Middle East Govt Over Hamas/ Israel Crisis”, sentence 17" in heard
    assert "[next] [context] [follow Wang Yi]" in heard


def test_the_less_certain_statement_says_so(reader: Speaker) -> None:
    heard = [reader.say(line) for line in ("what did wang yi say", "next", "next")]
    assert ["does not name the speaker" in said for said in heard].count(True) == 1


def test_next_goes_through_the_statements_and_then_says_there_is_no_more(reader: Speaker) -> None:
    reader.say("what did wang yi say")
    assert reader.say("what else").lstrip().startswith("2  ")
    assert reader.say("next").lstrip().startswith("3  ")
    assert "no more" in reader.say("anything else?")
    assert reader.reply is not None
    assert reader.reply.answer is not None
    assert not reader.reply.answer.answered


def test_the_next_button_shows_the_same_as_the_word(reader: Speaker) -> None:
    reader.say("what did wang yi say")
    pressed = reader.press("next")
    assert pressed is not None
    assert reader.labels == ["next", "context"]
    assert reader.press("next") is not None
    assert reader.labels == ["context"]
    reader.say("what did wang yi say")
    assert reader.say("next").splitlines()[0] == pressed.splitlines()[0]


def test_context_shows_the_sentences_around_in_the_article(reader: Speaker) -> None:
    reader.say("who is lavrov")
    shown = reader.press("context")
    assert shown is not None
    assert "China’s foreign minister suggested" in shown
    assert "A Chinese transcript" in shown
    reader.say("who is lavrov")
    assert "A Chinese transcript" in reader.say("context")
    assert reader.sentences == [14, 15, 16, 17, 18]


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["what did wang yi say", "and ushakov?"], {6, 7}),
        (["what did ushakov say", "what about putin"], {11}),
        (["what did ushakov say", "about a political settlement"], {6}),
        (["what did ushakov say", "what about escalation?"], {7}),
        (["who is lavrov", "and ushakov"], {6}),
        (["who is ushakov", "what did he say about escalation"], {7}),
        (["who said the west is trying to split russia", "source?"], {11}),
        (["what did ushakov say about escalation", "who said that?"], {7}),
    ],
    ids=lambda value: " / ".join(value) if isinstance(value, list) else "",
)
def test_a_short_line_leans_on_the_one_before(reader: Speaker, lines: list[str], expected: set[int]) -> None:
    for line in lines:
        reader.say(line)
    assert reader.sentences[0] in expected


def test_someone_else_is_asked_for_in_the_same_deed(reader: Speaker) -> None:
    reader.say("who did putin call")
    heard = reader.say("and xi jinping")
    assert "The articles don't say. The nearest they hold:" in heard
    assert "Putin and Xi Jinping will meet in China" in heard


def test_and_lavrov_after_a_said_question_is_refused_with_where_he_is_mentioned(reader: Speaker) -> None:
    reader.say("what did wang yi say")
    heard = reader.say("and lavrov?")
    assert "The articles quote nothing by Sergei Lavrov. They mention this name here:" in heard
    assert "sentence 16" in heard


def test_who_said_that_names_the_speaker_or_says_that_the_article_does_not(reader: Speaker) -> None:
    reader.say("what did ushakov say")
    assert reader.say("who said that?").startswith("  Yuri Ushakov:")
    reader.say("when did putin enter the diplomatic fray")
    assert "does not say who said that" in reader.say("who said that")


def test_another_chat_does_not_see_the_topic(seed_library: Library) -> None:
    dialogue = Dialogue(seed_library)
    Speaker(dialogue, "one").say("what did wang yi say")
    stranger = Speaker(dialogue, "two")
    stranger.say("and ushakov?")
    assert stranger.reply is not None
    assert stranger.reply.answer is not None
    assert stranger.reply.answer.question == "and ushakov?"


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("what did joe biden say", "The articles name nobody called “joe biden”."),
        ("what did lavrov say", "The articles quote nothing by Sergei Lavrov."),
        ("what did wang yi say about football", "The articles quote Wang Yi, but not on “football”."),
        ("who won the world cup", "The articles don't say."),
        ("?!", "I don't see what you are asking."),
    ],
)
def test_a_refusal_gives_its_reason(reader: Speaker, question: str, says: str) -> None:
    assert says in reader.say(question)


def test_a_step_after_a_refusal_that_has_nothing_to_show_says_so(reader: Speaker) -> None:
    reader.say("zzz yyy")
    for line in ("next", "context", "source", "who said that"):
        heard = reader.say(line)
        assert "no more" in heard or "does not say" in heard


def test_a_briefing_lists_cited_sentences_in_the_articles_order(reader: Speaker) -> None:
    heard = reader.say("brief me")
    assert heard.startswith("  In brief:")
    assert 3 <= len(reader.sentences) <= 7
    assert reader.sentences == sorted(set(reader.sentences))
    assert heard.count("sentence ") == len(reader.sentences)


def test_every_command_replies_with_something(reader: Speaker) -> None:
    for name, _ in COMMANDS:
        assert reader.say(f"/{name}").strip()


def test_the_commands_do_what_they_say(reader: Speaker) -> None:
    assert "3 statements" in reader.say("/quotes wang yi")
    assert "Quoted in the articles:" in reader.say("/quotes")
    assert "In brief:" in reader.say("/brief")
    assert "In brief:" in reader.say("/brief gaza")
    assert "Yuri Ushakov (Kremlin foreign policy adviser), quoted 2 times" in reader.say("/people")
    assert "I answer from 1 article." in reader.say("/sources")
    assert "[next]" in reader.say("/ask what did wang yi say")
    assert "/privacy: " in reader.say("/help")
    assert "There is no command /frobnicate" in reader.say("/frobnicate")


@pytest.mark.parametrize(
    "action",
    [
        "", "n", "n:", "n:1", "x:", "x:!!", "x:1.2", "x:zzzzzz", "n:2.zzzzzz", "z:1",
        "s:1", "s:zzzzzz.0", "s:1.zz", "i:1.zz", "i:1.2.3",
    ],
)  # fmt: skip
def test_a_button_that_is_not_ours_or_too_old_is_not_understood(reader: Speaker, action: str) -> None:
    assert reader.dialogue.press("one", action) is None


HARBOUR = lines(
    "harbour",
    """\
Ana Reyes, the mayor of Norland, opened the Harbour Bridge on Monday.
“The bridge is safe,” Ana Reyes said.
Tom Reyes said the toll on the bridge is a scandal.
Tom Reyes said he would swim.
Engineer Ben Osei built the bridge in 2021.
It cost 5 million crowns.
Baker Carl Lund gave the lamps.
He sold his boat.
The ferry sank.""",
    people=[person("Ana Reyes", "mayor of Norland"), person("Tom Reyes", "fisherman"), "Ben Osei", "Carl Lund"],
    quotes=[
        Said("Ana Reyes", "“The bridge is safe,”", "Ana Reyes", "said", type="direct"),
        Said("Tom Reyes", "the toll on the bridge is a scandal", "Tom Reyes", "said"),
        Said("Tom Reyes", "he would swim", "Tom Reyes", "said"),
    ],
    facts=[Stated("It", "cost", "5 million crowns", number="5 million crowns")],
    labels=["PERSON FAC DATE", "PERSON", "PERSON", "PERSON", "PERSON DATE", "MONEY", "PERSON", "", ""],
)


@pytest.fixture
def harbour(tmp_path: Path) -> Iterator[Speaker]:
    with Library.open(blank_store(tmp_path / "harbour.db")) as library:
        put(library, HARBOUR)
        yield Speaker(Dialogue(library))


def test_when_two_people_fit_it_asks_which_and_cites_both(harbour: Speaker) -> None:
    heard = harbour.say("what did reyes say")
    assert "“reyes” may be " in heard.splitlines()[0]
    assert "Which do you mean?" in heard.splitlines()[0]
    assert "“The bridge is safe,” Ana Reyes said." in heard
    assert set(harbour.sentences) == {2, 3, 4}
    assert sorted(harbour.labels) == ["Ana Reyes", "Tom Reyes"]  # to follow one, they choose first


@pytest.mark.parametrize(
    ("question", "name", "sentences"),
    [
        ("what did reyes say", "Ana Reyes", {2}),
        ("what did reyes say", "Tom Reyes", {3, 4}),
        ("what did reyes say about the bridge", "Tom Reyes", {3}),
        ("what did reyes say about the bridge", "Ana Reyes", {2}),
    ],
)
def test_the_button_of_one_of_them_asks_the_question_about_them(
    harbour: Speaker, question: str, name: str, sentences: set[int]
) -> None:
    harbour.say(question)
    pressed = harbour.press(name)
    assert pressed is not None
    assert pressed.lstrip().startswith(name)
    assert set(harbour.sentences) == sentences


def test_after_the_choice_the_conversation_is_about_the_one_chosen(harbour: Speaker) -> None:
    harbour.say("what did reyes say")
    harbour.press("Tom Reyes")
    harbour.say("who is he")
    assert harbour.sentences[0] == 3


def test_who_is_asks_which_too(harbour: Speaker) -> None:
    assert "Which do you mean?" in harbour.say("who is reyes")
    assert harbour.press("Ana Reyes") is not None
    assert harbour.sentences[0] == 1


def test_one_person_whose_name_is_written_in_two_ways_is_not_asked_about(library: Library) -> None:
    said = {"source": "Carter", "cue": "said"}
    put(
        library,
        lines(
            "a", "Bill Carter said it rains.", people=["Bill Carter"], quotes=[Said("Bill Carter", "it rains", **said)]
        ),
        lines(
            "b",
            "William Carter said it snows.",
            people=["William Carter"],
            quotes=[Said("William Carter", "it snows", **said)],
        ),
    )
    reader = Speaker(Dialogue(library))
    assert "Which" not in reader.say("what did carter say")


@pytest.mark.parametrize(
    ("question", "opens", "names"),
    [
        ("how much did the bridge cost", "It cost 5 million crowns.", "Engineer Ben Osei built the bridge in 2021."),
        ("who sold his boat", "He sold his boat.", "Baker Carl Lund gave the lamps."),
    ],
)
def test_a_sentence_that_opens_with_a_pronoun_shows_the_one_that_says_whom_it_means(
    harbour: Speaker, question: str, opens: str, names: str
) -> None:
    answer, _, naming = harbour.say(question).partition("Whom or what it means stands before it:")
    assert opens in answer
    assert names in naming


def test_any_other_sentence_stands_alone(harbour: Speaker) -> None:
    assert "stands before it" not in harbour.say("did the ferry sink")


def test_next_under_a_sentence_shown_with_another_is_neither_of_them(harbour: Speaker) -> None:
    heard = harbour.say("how much did the bridge cost")
    pressed = harbour.press("next")
    assert pressed is not None
    assert pressed.splitlines()[0].strip(" 2“”") not in heard


@pytest.mark.parametrize(
    ("question", "label", "action"),
    [
        ("what did wang yi say", "follow Wang Yi", "fp:wang yi"),
        ("what did wang yi say about football", "follow Wang Yi", "fp:wang yi"),
        ("what did lavrov say", "follow Sergei Lavrov", "fp:sergei lavrov"),
        ("who is ushakov", "follow Yuri Ushakov", "fp:yuri ushakov"),
        ("who did putin call", "follow Vladimir Putin", "fp:vladimir putin"),
        ("how old is putin", "follow Vladimir Putin", "fp:vladimir putin"),
        ("brief me on gaza", "follow “gaza”", "ft:gaza"),
    ],
)
def test_what_an_answer_or_a_refusal_is_about_can_be_followed(
    reader: Speaker, question: str, label: str, action: str
) -> None:
    reader.say(question)
    assert reader.reply is not None
    assert [(b.label, b.action) for row in reader.reply.buttons for b in row if b.label.startswith("follow")] == [
        (label, action)
    ]


@pytest.mark.parametrize(
    "question", ["brief me", "who is quoted", "what did joe biden say", "?!", "", "who won the marathon in lapland"]
)
def test_what_is_about_nobody_known_and_nothing_in_particular_cannot(reader: Speaker, question: str) -> None:
    reader.say(question)
    assert not [label for label in reader.labels if label.startswith("follow")]


def test_a_topic_of_many_words_cannot_be_followed_from_its_answer(reader: Speaker) -> None:
    reader.say("brief me on gaza aid war peace")
    assert reader.labels == ["follow “gaza aid war peace”"]
    reader.say("brief me on gaza aid war peace truce")
    assert not [label for label in reader.labels if label.startswith("follow")]


def test_a_group_that_is_another_in_the_next_article_cannot_be_followed(library: Library) -> None:
    said = Said("the company", "profits rose", "The company", "said")
    put(library, lines("a", "The company said profits rose.", quotes=[said]))
    reader = Speaker(Dialogue(library))
    assert "1 statement" in reader.say("what did the company say")
    assert not [label for label in reader.labels if label.startswith("follow")]


def test_an_action_that_follows_fits_into_64_bytes_or_is_left_out(library: Library) -> None:
    name = "Maximilianaaurelia Constantiaphilippina Hohenlohewaldenburg Schillingsfuerstenberg"
    put(library, lines("a", f"{name} said so.", people=[name], quotes=[Said(name, "so", name, "said")]))
    reader = Speaker(Dialogue(library))
    assert "1 statement." in reader.say(f"what did {name} say")
    assert not [label for label in reader.labels if label.startswith("follow")]


def test_in_a_terminal_following_says_where_it_can_be_done(reader: Speaker) -> None:
    reader.say("what did wang yi say")
    assert reader.press("follow Wang Yi") == "  Digests come in Telegram: /subscribe person Wang Yi\n"
    reader.say("brief me on gaza")
    assert reader.press("follow “gaza”") == "  Digests come in Telegram: /subscribe topic gaza\n"
    for name in "subscribe subscriptions unsubscribe digest timezone quiet pause resume mydata forgetme".split():
        assert "Digests come in Telegram" in reader.say(f"/{name}")


def test_what_is_kept_in_memory_can_be_seen_and_forgotten(reader: Speaker) -> None:
    assert reader.dialogue.remembered("one") == {}
    asked = "what did wang yi say about the security council's action"
    reader.say(asked)
    kept = reader.dialogue.remembered("one")["one"]
    assert kept["last_question"] == asked
    assert "Wang Yi" in kept["people_spoken_of"]
    assert json.loads(json.dumps(kept)) == kept
    reader.dialogue.forget("one")
    assert reader.dialogue.remembered("one") == {}
    assert not [turn for turn in gc.get_objects() if isinstance(turn, Turn) and turn.before.text == asked]
    assert "The articles don't say." in reader.say("next")
    reader.dialogue.forget("nobody")


def test_a_chat_is_forgotten_with_its_topics(seed_library: Library) -> None:
    dialogue = Dialogue(seed_library)
    for chat in ("tg:7", "tg:7:33", "tg:77"):
        dialogue.ask(chat, "what did wang yi say")
    assert set(dialogue.remembered("tg:7")) == {"tg:7", "tg:7:33"}
    dialogue.forget("tg:7")
    assert dialogue.remembered("tg:7") == {}
    assert set(dialogue.remembered("tg:77")) == {"tg:77"}


def test_privacy_says_whether_questions_are_logged(seed_library: Library) -> None:
    assert "neither stored nor logged" in Speaker(Dialogue(seed_library)).say("/privacy")
    stored = Speaker(Dialogue(seed_library, memory_stored=True)).say("/privacy")
    assert "For a week, I keep what you last asked about" in stored
    assert "neither stored" not in stored
    logged = Speaker(Dialogue(seed_library, questions_logged=True)).say("/privacy")
    assert "has chosen to log the texts of questions" in logged
    assert "neither stored nor logged" not in logged


def test_offers_are_sentences_to_quote(reader: Speaker) -> None:
    offers = reader.dialogue.offers("wang yi council")
    assert offers
    assert any("Security Council" in offer.description for offer in offers)


def test_with_no_articles_it_says_so(library: Library) -> None:
    reader = Speaker(Dialogue(library))
    for line in ("what did wang yi say", "brief me", "/people", "/sources", "/quotes"):
        assert "no articles" in reader.say(line)


def test_it_can_be_held_to_one_article(library: Library, take) -> None:
    take("one", "Ada Lovelace said the engine weaves patterns.")
    take("two", "Alan Turing said machines may think.")
    reader = Speaker(Dialogue(library, "one"))
    assert "Ada Lovelace" in reader.say("what did ada lovelace say")
    assert "name nobody called" in reader.say("what did alan turing say")


def test_a_new_article_answers_at_once(library: Library, take) -> None:
    reader = Speaker(Dialogue(library))
    reader.say("what did grace hopper say")
    take("new", "Grace Hopper said the bug was a moth.")
    assert "the bug was a moth" in reader.say("what did grace hopper say")


def test_memory_is_bounded_by_forgetting_the_oldest_chat(seed_library: Library) -> None:
    dialogue = Dialogue(seed_library, remembered=2)
    for chat in ("one", "two", "three"):
        Speaker(dialogue, chat).say("what did wang yi say")
    forgotten, kept = Speaker(dialogue, "one"), Speaker(dialogue, "three")
    assert "statements" in kept.say("and ushakov?")
    assert "Ushakov (Kremlin" not in forgotten.say("and ushakov?").splitlines()[0]


def test_a_link_leads_to_the_sentence(library: Library, take) -> None:
    take(
        "linked",
        "Ada Lovelace said the engine weaves patterns - as looms do.",
        url="https://example.org/a#top",
        title="T",
    )
    reader = Speaker(Dialogue(library))
    reader.say("what did ada lovelace say")
    assert reader.reply is not None
    urls = [part.url for block in reader.reply.blocks for line in block.lines for part in line if part.url]
    assert urls == [
        "https://example.org/a#:~:text=Ada%20Lovelace%20said%20the%20engine%20weaves%20patterns%20%2D%20as%20looms%20do."
    ]


def test_what_is_published_stands_in_the_list_of_sources(library: Library, take) -> None:
    take("dated", "Ada Lovelace said so.", publisher="The Engine", published="1843-08-01", title="Notes")
    heard = Speaker(Dialogue(library)).say("/sources")
    assert "Notes" in heard
    assert "The Engine, 1 August 1843, 1 sentence" in heard


@pytest.mark.parametrize(
    "question",
    [
        "what did the us president say",
        "what did China say",
        "what did hamas say about israel",
        "what did the german foreign minister say",
        "did putin call biden",
        "who did xi jinping call",
        "did merkel call putin",
    ],
)
def test_a_speaker_or_a_deed_that_no_article_has_is_refused(reader: Speaker, question: str) -> None:
    heard = reader.say(question)
    assert reader.sentences == []
    assert "quote nothing by" in heard or "name nobody" in heard or "don't say" in heard


def test_why_after_a_statement_is_not_made_into_another_question(reader: Speaker) -> None:
    reader.say("what did putin say")
    assert "The articles don't say" in reader.say("why?")


DENIED = lines(
    "sirens",
    "Ana Reyes said the sirens had failed.\nPeter Novak left the room.\nHe denied that the sirens had failed again.\n"
    "“All of the workers were out,” she said.",
    people=[person("Ana Reyes", "mayor"), person("Peter Novak", "fire chief"), person("Karl Reyes", "striker")],
    quotes=[
        Said("Ana Reyes", "the sirens had failed.", "Ana Reyes", "said"),
        Said("Peter Novak", "that the sirens had failed again", "He", "denied"),
        Said("Ana Reyes", "“All of the workers were out,”", "she", "said", type="direct"),
    ],
)


@pytest.fixture
def sirens(library: Library) -> Speaker:
    put(library, DENIED)
    return Speaker(Dialogue(library))


def test_what_somebody_denies_is_shown_by_the_sentence_alone(sirens: Speaker) -> None:
    heard = sirens.say("what did Peter Novak say")
    assert heard.splitlines()[1].strip() == "“He denied that the sirens had failed again.”"


def test_who_denies_a_thing_has_not_said_it(sirens: Speaker) -> None:
    heard = sirens.say("who said the sirens had failed again")
    assert "Peter Novak:" not in heard


def test_who_said_it_is_answered_with_a_name(sirens: Speaker) -> None:
    assert sirens.say("who said all of the workers were out").lstrip().startswith("Ana Reyes:\n")


def test_the_people_quoted_are_named(sirens: Speaker) -> None:
    heard = sirens.say("who is quoted")
    assert "1  Ana Reyes:" in heard
    assert "2  Peter Novak:" in heard


def test_who_is_called_she_in_a_briefing_is_named(sirens: Speaker) -> None:
    heard = sirens.say("brief me").splitlines()
    place = next(i for i, line in enumerate(heard) if "All of the workers" in line)
    assert heard[place - 1].strip().endswith("Ana Reyes:")


def test_only_who_speaks_is_named_over_the_statements(sirens: Speaker) -> None:
    heard = sirens.say("what did Reyes say about the workers")
    assert heard.lstrip().startswith("Ana Reyes (mayor), 1 statement")


@pytest.mark.parametrize("command", ["/start", "/help", "/ask"])
def test_examples_are_of_people_the_articles_quote(sirens: Speaker, command: str) -> None:
    assert "For example:\n  what did Ana Reyes say\n  who is Peter Novak\n  brief me" in sirens.say(command)


def test_without_a_person_quoted_the_examples_name_nobody(library: Library) -> None:
    put(library, lines("barn", "The barn burned."))
    assert "For example:\n  who is quoted\n  brief me" in Speaker(Dialogue(library)).say("/help")


@pytest.mark.parametrize(
    ("content", "shown"),
    [
        ("“We found out,”", "“We found out,”"),
        ("the fire “a terrible day for us.”", "“the fire “a terrible day for us.””"),
        ("“It is “bad” here,”", "“It is “bad” here,”"),
        ("“I” and “we”", "““I” and “we””"),
        ("“It goes on", "“It goes on”"),
        ("no beginning”", "“no beginning”"),
        ('"It is" bad', '“"It is" bad”'),
        ('"It is bad"', "“It is bad”"),
    ],
)
def test_only_marks_around_what_was_said_are_taken_off(library: Library, content: str, shown: str) -> None:
    said = Said("Ana Reyes", content, "Ana Reyes", "called", type="mixed")
    put(library, lines("fire", f"Ana Reyes called it so on Monday: {content}", people=["Ana Reyes"], quotes=[said]))
    heard = Speaker(Dialogue(library)).say("what did Ana Reyes say").splitlines()
    assert heard[1].strip() == shown


def test_candidates_are_kept_of_the_last_answer_only(seed_library: Library) -> None:
    dialogue = Dialogue(seed_library)
    dialogue.ask("one", "who did putin call")
    first = dialogue.outcome("one")
    assert first is not None
    assert first.ranked
    dialogue.ask("two", "who did putin call")
    later = dialogue.outcome("one")
    assert later is not None
    assert (later.ranked, later.evidence, later.sentences) == ((), {}, first.sentences)


@pytest.mark.parametrize("step", ["next", "what else", "more", "source?", "who said that?", "context", "when was that"])
def test_a_step_over_a_refusal_is_no_answer(reader: Speaker, step: str) -> None:
    assert "The articles don't say." in reader.say("how old is Putin")
    reader.say(step)
    assert reader.reply is not None
    assert reader.reply.answer is not None
    assert not reader.reply.answer.answered


@pytest.fixture
def namesakes(library: Library) -> Speaker:
    for name, role, said in (
        ("club", "the Northgate striker", "my knee hurts"),
        ("court", "Judge", "the case is heard"),
    ):
        text = f"{role} Daniel Moreno said {said}."
        quote = Said("Daniel Moreno", said, "Daniel Moreno", "said")
        put(library, lines(name, text, people=[person("Daniel Moreno", role)], quotes=[quote]))
    return Speaker(Dialogue(library))


@pytest.mark.parametrize(
    "typed", ["the striker", "no the striker", "Daniel Moreno, the Northgate striker", "i meant the northgate one"]
)
def test_one_of_several_people_may_be_chosen_in_words(namesakes: Speaker, typed: str) -> None:
    assert "Which do you mean?" in namesakes.say("what did Daniel Moreno say")
    heard = namesakes.say(typed)
    assert "my knee hurts" in heard
    assert "the case is heard" not in heard


@pytest.mark.parametrize("typed", ["moreno", "daniel", "the keeper"])
def test_words_that_fit_both_or_neither_choose_nobody(namesakes: Speaker, typed: str) -> None:
    namesakes.say("what did Daniel Moreno say")
    heard = namesakes.say(typed)
    assert ("my knee hurts" in heard) == ("the case is heard" in heard)


@pytest.fixture
def companies(library: Library) -> Speaker:
    told = [
        ("ferry", "Ferry sinks off Norland", "Ana Reyes", "the ship had passed every test"),
        ("wreck", "Norland ferry was full", "Ana Reyes", "the ship had carried too few boats"),
        ("plant", "Blast at a mill", "Karl Venn", "no toxic smoke had left the site"),
    ]
    put(library, *(
        lines(name, f"{who} came here.\nThe company said {said}.\n{who} went home.", title=title, people=[who],
              quotes=[Said("the company", said, "The company", "said")])
        for name, title, who, said in told
    ))  # fmt: skip
    return Speaker(Dialogue(library))


def test_the_company_is_that_of_the_story_spoken_of(companies: Speaker) -> None:
    companies.say("what did the company say about toxic smoke")
    assert companies.sentences == [2]
    companies.say("who is Reyes")
    heard = [companies.say("what did the company say"), companies.say("next")]
    assert sorted("too few boats" in said for said in heard) == [False, True]
    assert sorted("every test" in said for said in heard) == [False, True]
    assert "There is no more" in companies.say("next")


def test_without_a_story_the_statements_of_one_company_are_shown(companies: Speaker) -> None:
    companies.say("what did the company say")
    assert companies.reply is not None
    assert companies.reply.answer is not None
    assert len({c.article_id == "plant" for c in companies.reply.answer.citations}) == 1


def test_a_button_under_what_another_process_sent_is_understood_at_once(library: Library) -> None:
    dialogue = Dialogue(library)
    with Library.open(library._database) as other:
        put(other, lines("a", "The ferry sank.\nIt was old."))
        (first, _) = other.index.of_article("a")
    reply = dialogue.press("one", context_action(first["id"]))
    assert reply is not None
    assert "It was old." in plain_text(reply)


@pytest.fixture
def corrected(library: Library) -> tuple[Speaker, list[int]]:
    text = "The ferry sank.\n{}{}It was old."
    put(library, lines("a", text.format("Six people died.\n", "Nobody knows why.\n")))
    keys = [sentence["id"] for sentence in library.index.of_article("a")]
    put(library, lines("a", text.format("Nine people died.\n", "")))
    return Speaker(Dialogue(library)), keys


@pytest.mark.parametrize(
    ("place", "shown"),
    [
        (0, ["  The ferry sank. Nine people died. It was old."]),
        (
            1,
            [
                "  This sentence has been corrected since. Below it is how it reads now.",
                "  Before: “Six people died.”",
                "  The ferry sank. Nine people died. It was old.",
            ],
        ),
        (
            2,
            [
                "  This sentence has been corrected since, and is no longer in its article.",
                "  Before: “Nobody knows why.”",
            ],
        ),
    ],
)
def test_the_context_of_what_was_corrected_since_is_that_of_now(
    corrected: tuple[Speaker, list[int]], place: int, shown: list[str]
) -> None:
    speaker, keys = corrected
    reply = speaker.dialogue.press("one", context_action(keys[place]))
    assert reply is not None
    assert plain_text(reply).splitlines()[: len(shown)] == shown


def test_of_an_article_that_is_withdrawn_there_is_no_context(corrected: tuple[Speaker, list[int]]) -> None:
    speaker, keys = corrected
    library = speaker.dialogue._library
    withdraw(library.engine, "a")
    assert library.follow(patience=10)
    for key in (*keys, 2**31, 2**70):
        assert speaker.dialogue.press("one", context_action(key)) is None


def test_context_in_words_follows_a_correction_too(library: Library) -> None:
    six, nine = (
        lines(
            "a",
            f"The ferry sank.\nAna Reyes said {count} people died.",
            people=["Ana Reyes"],
            quotes=[Said("Ana Reyes", f"{count} people died", "Ana Reyes", "said")],
        )
        for count in ("six", "nine")
    )
    put(library, six)
    speaker = Speaker(Dialogue(library))
    speaker.say("what did Ana Reyes say")
    put(library, nine)
    assert "corrected since" in speaker.say("context")
    assert speaker.sentences == [1, 2]


@pytest.mark.parametrize(
    ("line", "command"),
    [
        ("unsubscribe", "/unsubscribe"),
        ("Stop.", "/unsubscribe"),
        ("stop following Ana Reyes", "/unsubscribe Ana Reyes"),
        ("subscribe", "/subscribe"),
        ("Subscribe to Ana Reyes", "/subscribe Ana Reyes"),
        ("follow Ana Reyes", "/subscribe Ana Reyes"),
        ("digest", "/digest"),
        ("resume", "/resume"),
    ],
)
def test_a_command_without_its_slash_is_named(reader: Speaker, line: str, command: str) -> None:
    reader.say("what did wang yi say")
    assert reader.say(line) == f"  There is a command for that: {command}\n"


@pytest.mark.parametrize("line", ["stop the war", "who will follow Putin", "follow up on gaza", "did talks stop?"])
def test_other_lines_with_such_words_are_questions(reader: Speaker, line: str) -> None:
    assert "There is a command" not in reader.say(line)


@pytest.mark.parametrize(
    ("published", "read"),
    [
        ("2026-11-24T08:00:00Z", "24 November 2026"),
        ("2026-11-24T23:30:00-05:00", "24 November 2026"),
        ("2026-03-01", "1 March 2026"),
        ("0843-03-01", "1 March 843"),
        ("spring 2026", "spring 2026"),
        ("", ""),
        (None, ""),
    ],
)
def test_a_date_is_shown_as_it_is_read(published: str | None, read: str) -> None:
    assert phrases.date(published) == read
