"""The renderer: whatever the reply, Telegram takes every message, and a reader sees every word."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot import texts
from bot.render import MAX_ENTITIES, MAX_UNITS, clean, cut, render, units
from bot.replies import Block, Button, Part, Reply
from tests.auxil.telegram_html import Entity, parse_message, utf16


def block(*parts, quoted=False):
    return Block(lines=(tuple(Part(p) if isinstance(p, str) else p for p in parts),), quoted=quoted)


def only(reply):
    (message,) = render(reply)
    return message


@pytest.mark.parametrize(
    ("part", "html"),
    [
        (Part("a < b & c > d \"e\" 'f'"), "a &lt; b &amp; c &gt; d \"e\" 'f'"),
        (Part("<b>", "bold"), "<b>&lt;b&gt;</b>"),
        (Part("x", "italic"), "<i>x</i>"),
        (Part("x", "mark"), "<u>x</u>"),
        (Part("&amp;", "code"), "<code>&amp;amp;</code>"),
        (
            Part("x", "link", 'https://e.org/?a=1&b="2"<\'>'),
            '<a href="https://e.org/?a=1&amp;b=&quot;2&quot;&lt;%27&gt;">x</a>',
        ),
        (Part("x", "link", "HTTP://e.org"), '<a href="HTTP://e.org">x</a>'),
        (Part("x", "link", "javascript:alert(1)"), "x"),
        (Part("x", "link", "tg://user?id=1"), "x"),
        (Part("x", "link", "https://"), "x"),
        (Part("x", "link", "https://[bad"), "x"),
        (Part("x", "link", "https://e.org/a b"), "x"),
        (Part("x", "link", "https://e.org/\x07"), "x"),
        (Part("x", "link", "https://e.org/" + "a" * 3000), "x"),
        (Part("x", "link"), "x"),
    ],
)
def test_each_style_and_every_escape(part, html):
    assert only(Reply((block(part),))).html == html


def test_a_style_around_white_space_alone_is_dropped():
    assert only(Reply((block("a", Part(" ", "bold"), "b"),))).html == "a b"


def test_quoted_blocks_are_set_off_and_long_ones_folded():
    reply = Reply((block("head"), block("short", quoted=True), block("word " * 200, quoted=True), block("tail")))
    assert only(reply).html == (
        "head\n<blockquote>short</blockquote>\n\n<blockquote expandable>"
        + ("word " * 200).strip()
        + "</blockquote>\ntail"
    )


@pytest.mark.parametrize(
    ("dirty", "cleaned"),
    [
        ("a\x00b\x1bc\x7fd\x9be", "abcde"),
        ("a\tb\nc", "a\tb\nc"),
        ("a\r\nb\rc\u2028d\u2029e", "a\nb\nc\nd\ne"),
        ("a\ud800b", "a\ufffdb"),
        ("abc\u202edef\u202c", "abcdef"),
        ("مرحبا \u200f👩\u200d👩\u200d👧", "مرحبا \u200f👩\u200d👩\u200d👧"),
    ],
)
def test_what_telegram_would_refuse_is_cleaned_away(dirty, cleaned):
    assert clean(dirty) == cleaned


@pytest.mark.parametrize("text", ["", " ", "\n\t", "\x00", "\u200b\u200d", "\u2800", "\u3164", "\u00ad", "\ufe0f"])
def test_nothing_to_see_is_never_an_empty_message(text):
    assert only(Reply((block(text), block(Part(text, "bold"), quoted=True)))).plain == texts.NOTHING_TO_SHOW
    assert only(Reply(())).html == texts.NOTHING_TO_SHOW


# --- buttons ----------------------------------------------------------------------------------------------------


def test_buttons_stand_under_the_last_message():
    row = (Button("next", "n"), Button("context", "c"))
    first, last = render(Reply((block("a" * 4000), block("b" * 4000)), (row,)))
    assert first.keyboard == ()
    assert last.keyboard == (row,)


@pytest.mark.parametrize(
    "button",
    [
        Button("x", ""),
        Button("x", "é" * 33),
        Button("", "x"),
        Button("\x00 ", "x"),
        Button("x", "a\x00"),
        Button("x", "\ud800"),
    ],
)
def test_a_button_telegram_would_refuse_is_left_out(button):
    assert only(Reply((block("a"),), ((button,), (button, Button("ok", "x" * 64))))).keyboard == (
        (Button("ok", "x" * 64),),
    )


def test_labels_are_cleaned_and_long_rows_broken():
    row = tuple(Button(f" {n}\n<&", f"b{n}") for n in range(9))
    keyboard = only(Reply((block("a"),), (row,))).keyboard
    assert [len(buttons) for buttons in keyboard] == [8, 1]
    assert keyboard[0][0].label == "0 <&"


# --- splitting --------------------------------------------------------------------------------------------------


def test_blocks_are_never_divided_between_messages():
    blocks = tuple(block(f"{n} " + "word " * 250) for n in range(10))
    messages = render(Reply(blocks))
    assert len(messages) == 4
    assert [message.plain.count("\n\n") + 1 for message in messages] == [3, 3, 3, 1]


def test_a_message_can_be_filled_to_the_last_unit():
    assert len(render(Reply((block("a" * 4000), block("b" * 94))))) == 1
    assert len(render(Reply((block("a" * 4000), block("b" * 95))))) == 2
    assert len(render(Reply((block("😀" * 2048),)))) == 1
    assert len(render(Reply((block("😀" * 2049),)))) == 2


def test_the_entities_of_a_message_stay_under_the_limit():
    blocks = tuple(block(*(Part("x", "bold") for _ in range(30)), quoted=True) for _ in range(7))
    messages = render(Reply(blocks))
    assert [message.html.count("</") for message in messages] == [93, 93, 31]


def test_one_block_with_too_many_entities_is_divided():
    messages = render(Reply((block(*(Part("x", "bold") for _ in range(250))),)))
    assert [message.html.count("</b>") for message in messages] == [100, 100, 50]


def test_a_block_too_long_for_a_message_is_divided_at_lines_then_words():
    lines = Block(tuple((Part("word " * 300, "bold"),) for _ in range(4)), quoted=True)
    messages = render(Reply((block("head"), lines, block("tail"))))
    assert [units(message.plain) for message in messages] == [3005, 3005]
    assert all("<blockquote expandable><b>" in message.html for message in messages)
    words = render(Reply((block("word " * 2000),)))
    assert {word for message in words for word in message.plain.split()} == {"word"}


def test_a_word_too_long_for_a_message_is_cut():
    messages = render(Reply((block("a" * 10_000),)))
    assert [len(message.plain) for message in messages] == [4096, 4096, 10_000 - 8192]


def test_cut_keeps_every_word():
    text = "one two " * 900
    pieces = cut(text, 1000)
    assert all(units(piece) <= 1000 for piece in pieces)
    assert " ".join(pieces) == text.strip()
    assert cut("  ", 10) == ()


def test_units_are_utf16():
    assert [units(text) for text in ("", "aé—", "😀a")] == [0, 3, 3]


# --- any reply at all -------------------------------------------------------------------------------------------

any_character = st.characters(exclude_categories=())  # control characters and lone surrogates too
ugly = st.text(st.sampled_from("<>&\"'/= \n\r\t\x00\x1b\u202e\ud800\u2028\u200b😀aé"), max_size=30)
text = st.one_of(st.text(any_character, max_size=60), ugly, st.builds(str.__mul__, ugly, st.integers(1, 300)))
url = st.one_of(
    st.none(),
    st.just("https://e.org/?a=1&b='2'"),
    st.text(any_character, max_size=30).map("https://e.org/".__add__),
    ugly,
)
part = st.builds(Part, text, st.sampled_from(["plain", "bold", "italic", "mark", "link", "code"]), url)
lines = st.lists(st.lists(part, max_size=6).map(tuple), max_size=6).map(tuple)
blocks = st.lists(st.builds(Block, lines, st.booleans()), max_size=8).map(tuple)
buttons = st.lists(st.lists(st.builds(Button, ugly, text), max_size=10).map(tuple), max_size=3).map(tuple)
replies = st.builds(Reply, blocks, buttons)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(replies)
def test_any_reply_becomes_messages_that_telegram_takes_whole(reply):
    messages = render(reply)
    assert messages
    for message in messages:
        parsed = parse_message(message.html, html=True)  # refuses what Telegram refuses
        assert parsed.text == message.plain.strip()
        assert not parsed.formatting_lost
        assert parse_message(message.plain, html=False).text == parsed.text
        assert utf16(message.plain) <= MAX_UNITS
        assert message.html.count("</") <= MAX_ENTITIES
    for button in (button for row in messages[-1].keyboard for button in row):
        assert button.label.strip()
        assert 1 <= len(button.action.encode()) <= 64


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(replies)
def test_any_reply_keeps_its_words_and_blocks(reply):
    messages = [message.plain for message in render(reply)]
    shown = "".join("".join(message.split()) for message in messages)
    for one in reply.blocks:
        whole = "\n".join("".join(clean(part.text) for part in line) for line in one.lines).strip()
        if not any(character.isalnum() for character in whole):
            continue
        assert "".join(whole.split()) in shown
        styled = sum(part.style != "plain" for line in one.lines for part in line)
        if units(whole) <= MAX_UNITS and styled < MAX_ENTITIES:
            assert any(whole in message for message in messages)


def test_the_parser_that_judges_reads_what_is_right():
    parsed = parse_message(' <b>a&lt;<i>😀</i></b> <a href="https://e.org/?a&amp;b">l</a> &#65;&#x42;', html=True)
    assert parsed.text == "a<😀 l AB"
    assert parsed.entities == (
        Entity("bold", 0, 4),
        Entity("italic", 2, 2),
        Entity("text_link", 5, 1, "https://e.org/?a&b"),
    )
