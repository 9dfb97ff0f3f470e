"""The conversation in a terminal and in a pipe."""

import io
import json
import os
import pty
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import terminal
from bot.replies import Block, Button, Part, Reply
from tests.auxil.fake_conversation import FakeConversation, reply


class Screen(io.StringIO):
    def isatty(self):
        return True


def hold(lines, **options):
    conversation, out = FakeConversation(), io.StringIO()
    terminal.chat(conversation, lines, out, **options)
    return conversation, out.getvalue()


def test_questions_and_commands_and_their_replies():
    conversation, shown = hold(["what did Wang Yi say\n", "/Brief  the war \n", "/help\n"])
    assert conversation.heard == [
        ("ask", "terminal", "what did Wang Yi say"),
        ("command", "terminal", "brief", "the war"),
        ("command", "terminal", "help", ""),
    ]
    assert shown == (
        "  You asked: what did Wang Yi say\n  [next] [context] [stale] [boom]\n  /brief [the war]\n  /help []\n"
    )


def test_blank_lines_are_skipped_and_quit_ends_it():
    conversation, shown = hold(["", "  \n", "\t\n", "one\n", "/quit\n", "two\n"])
    assert [heard[2] for heard in conversation.heard] == ["one"]
    assert "two" not in shown


def test_a_person_sees_a_prompt_and_a_clean_end():
    _, shown = hold(["/help\n"], interactive=True)
    assert shown == "> " + "  /help []\n" + "> " + "\n"
    _, shown = hold(["/QUIT\n"], interactive=True)
    assert shown == "> "


def test_the_name_of_the_chat_can_be_chosen():
    conversation, _ = hold(["one"], name="other")
    assert conversation.heard == [("ask", "other", "one")]


def test_json_is_one_answer_a_line_read_and_nothing_else():
    _, shown = hold(["one\n", "\n", "/help me\n", "fin\u00e9 \ud800\n"], as_json=True, interactive=True)
    first, second, third = map(json.loads, shown.splitlines())
    assert (first["question"], first["confidence"], first["answered"]) == ("one", 0.25, False)
    assert (second["question"], second["kind"], second["reading"]) == ("/help me", "refusal", "/help me")
    assert (second["confidence"], second["citations"]) == (0.0, [])
    assert third["question"] == "finé \ufffd"


def test_json_is_utf8_and_text_never_fails_whatever_the_terminal():
    for as_json in (True, False):
        raw = io.BytesIO()
        with io.TextIOWrapper(raw, encoding="ascii") as out:
            terminal.chat(FakeConversation(), ["finé 😀"], out, as_json=as_json)
            out.flush()
            written = raw.getvalue()
        assert ("finé 😀".encode() in written) if as_json else (b"You asked: fin? ?" in written)


def test_ctrl_c_ends_it_like_the_end_of_the_lines():
    def lines():
        yield "/help"
        raise KeyboardInterrupt

    _, shown = hold(lines())
    assert shown == "  /help []\n\n"
    _, shown = hold(lines(), as_json=True)
    assert len(shown.splitlines()) == 1


# --- layout -----------------------------------------------------------------------------------------------------

RICH = Reply(
    blocks=(
        Block(((Part("Wang Yi", "bold"), Part(", 3 statements.")), (Part("second line"),))),
        Block(((Part("The Council must "), Part("act", "mark")),), quoted=True),
        Block(((Part("New Telegraph", "link", "https://e.org/a"), Part(", sentence 17", "italic")),)),
        Block(((Part("https://e.org/b", "link", "https://e.org/b"), Part("x", "code")),)),
    ),
    buttons=((Button("next", "n"),), (Button("follow\nWang", "f"),)),
)
LAYOUT = """\
  Wang Yi, 3 statements.
  second line
    The Council must act
  New Telegraph (https://e.org/a), sentence 17
  https://e.org/bx
  [next] [follow Wang]
"""


def test_replies_are_indented_links_written_out_and_labels_last():
    assert terminal.plain_text(RICH) == LAYOUT
    assert terminal.plain_text(Reply(())) == ""


class Fixed(FakeConversation):
    def __init__(self, fixed):
        super().__init__()
        self.fixed = fixed

    def ask(self, chat, text):
        return self.fixed


def test_on_a_screen_the_same_words_with_styles(monkeypatch):
    for name in ("NO_COLOR", "FORCE_COLOR", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm")
    out = Screen()
    terminal.chat(Fixed(RICH), ["x"], out)
    shown = out.getvalue()
    assert "\x1b[1mWang Yi\x1b[0m" in shown
    assert "\x1b[4mact\x1b[0m" in shown
    assert [line.rstrip() for line in terminal.safe(shown).splitlines()] == LAYOUT.splitlines()


def test_a_screen_shows_no_line_of_labels_when_there_are_no_buttons():
    out = Screen()
    terminal.chat(Fixed(reply("one")), ["x"], out)
    assert terminal.safe(out.getvalue()).split() == ["one"]


# --- hostile text -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("hostile", "shown"),
    [
        ("a\x1b[31mred\x1b[0m", "ared"),
        ("a\x1b]0;title\x07b", "ab"),
        ("a\x1b]8;;https://evil\x1b\\link\x1b]8;;\x1b\\", "alink"),
        ("a\x1bPq stuff\x1b\\b", "ab"),
        ("a\x9b2Jb", "ab"),
        ("a\x1b", "a"),
        ("a\x1b(Bb", "ab"),
        ("a\x08\x7f\x00b\x07", "ab"),
        ("one\rtwo\r\nthree", "one\ntwo\nthree"),
        ("a\u202eb\u2066c", "abc"),
        ("a\ud800", "a\ufffd"),
        ("tab\tand ünï 😀 stay", "tab\tand ünï 😀 stay"),
    ],
)
def test_what_could_play_with_a_terminal_is_taken_out(hostile, shown):
    assert terminal.safe(hostile) == shown


@given(st.text(st.characters(exclude_categories=())))
def test_nothing_printed_can_control_a_terminal(text):
    screen = Screen()
    terminal.chat(Fixed(Reply((Block(((Part(text),),)),), ((Button(text, "x"),),))), ["x"], screen)
    printed = terminal.plain_text(Reply((Block(((Part(text),),)),), ((Button(text, "x"),),)))
    for shown in (printed, terminal.safe(text)):
        assert not [c for c in shown if ord(c) < 32 and c not in "\n\t"]
        shown.encode("utf-8")
    assert "\x9b" not in screen.getvalue()
    assert not [c for c in screen.getvalue() if ord(c) < 32 and c not in "\n\t\x1b"]


# --- where lines come from --------------------------------------------------------------------------------------


def test_a_pipe_with_broken_bytes_is_read_all_the_same():
    stream = io.TextIOWrapper(io.BytesIO(b"one \xff\ntwo"), encoding="ascii")
    assert list(terminal.lines_from(stream)) == ["one \ufffd\n", "two"]
    assert list(terminal.lines_from(io.StringIO("a\nb"))) == ["a\n", "b"]


def test_a_keyboard_asks_and_ends_at_ctrl_d(monkeypatch):
    main, end = pty.openpty()
    with open(end, encoding="utf-8", closefd=False) as typed:
        monkeypatch.setattr(sys, "stdin", typed)
        lines = terminal.lines_from(sys.stdin)
        assert isinstance(lines, terminal.Keyboard)
    os.close(main)
    os.close(end)
    monkeypatch.setattr(sys, "stdin", io.StringIO("/help\n"))
    shown = io.StringIO()
    monkeypatch.setattr(sys, "stdout", shown)
    terminal.chat(FakeConversation(), terminal.Keyboard(), shown, interactive=True)
    assert shown.getvalue() == "> " + "  /help []\n" + "> " + "\n"
