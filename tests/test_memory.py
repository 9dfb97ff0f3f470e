"""What chats are remembered by: a short text, from which the next turn goes on with what the articles say by then."""

import json

import pytest

from bot.dialogue import Dialogue
from bot.memory import Kept, Turn
from knowledge.library import Library
from knowledge.store.withdrawing import withdraw
from tests.auxil.records import Said, lines, person, put

TALK = (
    "what did wang yi say",
    "what else did he say",
    "and lavrov?",
    "who did putin call",
    "when was that",
    "where was that",
    "and why",
    "context",
    "source?",
    "brief me",
    "what did he say",
    "who is quoted",
)


def test_it_goes_on_elsewhere_as_it_would_have_here(seed_library: Library) -> None:
    here = Dialogue(seed_library)
    elsewhere = [Dialogue(seed_library), Dialogue(seed_library)]
    kept = None
    for number, line in enumerate(TALK):
        there = elsewhere[number % 2]
        there.recall("chat", kept)
        assert there.ask("chat", line) == here.ask("chat", line), line
        kept = there.kept("chat")
        assert kept == here.kept("chat")
    assert there.remembered("chat") == here.remembered("chat")


def test_the_topic_stays_over_a_question_that_has_none(seed_library: Library) -> None:
    dialogue = Dialogue(seed_library)
    dialogue.ask("chat", "what did wang yi say about the security council")
    dialogue.ask("chat", "when was that")
    kept = Kept.of(dialogue.kept("chat") or "")
    assert kept is not None
    assert kept.question == "when was that"
    turn = Turn(seed_library.answerer, seed_library.index, None, kept)
    assert "council" in {expansion.meant for expansion, _ in turn.carried.terms}
    assert turn.carried.near is not None
    assert turn.people[0]["name"] == "Wang Yi"


def test_it_is_short_and_bounded(seed_library: Library) -> None:
    dialogue = Dialogue(seed_library)
    dialogue.ask("chat", "what did wang yi say")
    kept = dialogue.kept("chat")
    assert kept is not None
    assert len(kept) < 700
    dialogue.ask("chat", "wang \ud83d yi 王毅 " * 1_000)
    kept = dialogue.kept("chat")
    assert kept is not None
    assert kept.isascii()
    assert len(kept) < 25_000


def test_it_comes_back_as_it_was(seed_library: Library) -> None:
    dialogue = Dialogue(seed_library)
    for line in TALK:
        dialogue.ask("chat", line)
        text = dialogue.kept("chat")
        assert text is not None
        kept = Kept.of(text)
        assert kept is not None
        assert kept.text() == text
        assert kept == Kept.of(kept.text())


@pytest.mark.parametrize("text", ["", "null", "[]", "{}", '{"before":{}}', "no JSON"])
def test_what_another_version_wrote_is_nothing(seed_library: Library, text: str) -> None:
    assert Kept.of(text) is None
    dialogue = Dialogue(seed_library)
    dialogue.recall("chat", text)
    assert dialogue.ask("chat", "next") == Dialogue(seed_library).ask("chat", "next")


def test_what_another_version_adds_is_nothing(seed_library: Library) -> None:
    dialogue = Dialogue(seed_library)
    dialogue.ask("chat", "who did putin call")
    held = json.loads(dialogue.kept("chat") or "")
    assert Kept.of(json.dumps(held | {"more": 1})) is None
    assert Kept.of(json.dumps({k: v for k, v in held.items() if k != "seen"})) is None


def statement(name: str, said: str):
    said = f"“{said},”"
    quote = Said("Ana Reyes", said, source="Reyes", cue="said", type="direct")
    return lines(name, f"{said} Reyes said.", people=[person("Ana Reyes", "mayor", "Reyes")], quotes=[quote])


def test_what_is_withdrawn_in_between_is_not_shown(library: Library) -> None:
    statements = {"a": "We open on Monday", "b": "The toll is two crowns", "c": "Nobody has to swim"}
    put(library, *(statement(name, said) for name, said in statements.items()))
    dialogue = Dialogue(library)
    first = dialogue.ask("chat", "what did Ana Reyes say").answer
    assert first is not None
    order = [citation.article_id for citation in first.citations]
    withdraw(library.engine, order[1])
    assert library.follow(patience=10)
    second = dialogue.ask("chat", "next").answer
    assert second is not None
    assert [citation.article_id for citation in second.citations] == order[2:]
    assert dialogue.ask("chat", "source?").answer == second.model_copy(
        update={"question": "source?", "reading": "source?", "confidence": 1.0, "kind": "sentence"}
        | {"citations": tuple(c.model_copy(update={"span": None}) for c in second.citations)}
    )
    withdraw(library.engine, order[2])
    assert library.follow(patience=10)
    for line in ("next", "source?", "context", "who said that?"):
        answer = dialogue.ask("chat", line).answer
        assert answer is not None
        assert not answer.answered, line


def test_a_chat_that_migrates_takes_its_memory_along(seed_library: Library) -> None:
    dialogue = Dialogue(seed_library)
    dialogue.ask("tg:-5", "what did wang yi say")
    dialogue.ask("tg:-5:3", "who did putin call")
    dialogue.ask("tg:-1005:3", "what did wang yi say")
    dialogue.ask("tg:-55", "who did putin call")
    dialogue.migrate("tg:-5", "tg:-1005")
    assert set(dialogue.remembered("tg:-1005")) == {"tg:-1005", "tg:-1005:3"}
    assert "wang yi" in str(dialogue.remembered("tg:-1005")["tg:-1005:3"])
    assert dialogue.remembered("tg:-5") == {}
    assert set(dialogue.remembered("tg:-55")) == {"tg:-55"}
