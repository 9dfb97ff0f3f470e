"""The conversation in a terminal, and for programs: lines in, replies out."""

import contextlib
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from typing import TextIO

from bot.conversation import Conversation
from bot.replies import Block, Part, Reply, Style
from knowledge.models import Answer

__all__ = ["PROMPT", "Keyboard", "chat", "lines_from", "plain_text", "safe"]

PROMPT = "> "
INDENT = "  "
QUOTED = "    "

# What could move the cursor, hide text, recolour it or reorder it on the screen of whoever reads an article here:
# escape sequences whole, then any control character (but not tab and line feed), surrogates, bidirectional controls.
_SEQUENCE = re.compile(
    "(?:\x1b\\[|\x9b)[0-?]*[ -/]*[@-~]"  # CSI: colours, cursor
    "|(?:\x1b[\\]PX^_]|[\x9d\x90\x98\x9e\x9f])[^\x07\x1b\x9c]*(?:\x07|\x1b\\\\|\x9c)?"  # OSC, DCS...: titles, links
    "|\x1b[ -/]*[0-~]?"  # the short ones
)
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_SURROGATE = re.compile("[\ud800-\udfff]")

_STYLES: dict[Style, str] = {
    "plain": "",
    "bold": "bold",
    "italic": "italic",
    "mark": "underline",
    "code": "cyan",
    "link": "blue",
}


class Keyboard:
    """Lines typed by a person, with editing and history where the system has them; ends at Ctrl-D."""

    def __init__(self) -> None:
        with contextlib.suppress(ImportError):  # not on Windows
            import readline  # noqa: F401  (importing it gives input() editing and history)

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        try:
            return input(PROMPT)
        except EOFError:
            raise StopIteration from None


def lines_from(stream: TextIO) -> Iterable[str]:
    """Return the lines of ``stream``: a keyboard when it is the terminal, else its text, broken bytes replaced."""
    if stream is sys.stdin and stream.isatty():
        return Keyboard()
    raw = getattr(stream, "buffer", None)
    return stream if raw is None else (line.decode("utf-8", "replace") for line in raw)


def chat(
    conversation: Conversation,
    lines: Iterable[str],
    out: TextIO,
    *,
    interactive: bool = False,
    as_json: bool = False,
    name: str = "terminal",
) -> None:
    """Hold a conversation until the lines end or say "/quit".

    ``/command argument`` is a command, any other line that is not blank a question. Replies are plain text, indented
    by two spaces, with ``[labels]`` of what can be typed next. With ``interactive`` a prompt is shown before each
    line is read. With ``as_json`` each line read gives one line, an ``Answer`` as JSON in UTF-8, and nothing else.
    ``name`` is the chat's key in the conversation's memory. Ctrl-C ends it like the end of the lines.
    """
    _prepare(out, as_json=as_json)
    show: Callable[[str, Reply], None]
    if as_json:
        show = _json_printer(out)
    elif out.isatty():
        show = _screen_printer(out)
    else:
        show = _plain_printer(out)
    source = iter(lines)
    try:
        while (line := _next(source, out, prompt=interactive and not as_json)) is not None:
            if line.casefold() in {"/quit", "/exit"}:
                return
            if line:
                show(line, _turn(conversation, name, line))
                out.flush()
    except KeyboardInterrupt:
        if not as_json:
            out.write("\n")


def plain_text(reply: Reply) -> str:
    """Return ``reply`` as ``chat`` prints it: indented, safe for a terminal, ending in a line feed."""
    lines = [
        (QUOTED if block.quoted else INDENT) + line
        for block in reply.blocks
        for line in safe(_block_text(block)).split("\n")
    ]
    labels = _labels(reply)
    if labels:
        lines.append(INDENT + labels)
    return "".join(line.rstrip() + "\n" for line in lines)


def safe(text: str) -> str:
    """Return ``text`` without escape sequences, control characters and what cannot be written as UTF-8."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return _SURROGATE.sub("\ufffd", _CONTROL.sub("", _SEQUENCE.sub("", text)))


def _prepare(out: TextIO, *, as_json: bool) -> None:
    """A terminal that is not UTF-8 shows "?" for what it lacks; JSON is UTF-8 wherever it goes."""
    reconfigure = getattr(out, "reconfigure", None)
    if reconfigure is None:
        return
    if as_json:
        reconfigure(encoding="utf-8")
    else:
        reconfigure(errors="replace")


def _next(source: Iterator[str], out: TextIO, *, prompt: bool) -> str | None:
    """Return the next line without white space and lone surrogates around or in it; None at the end."""
    by_hand = isinstance(source, Keyboard)  # which shows its own prompt, so that editing keeps it in place
    if prompt and not by_hand:
        out.write(PROMPT)
        out.flush()
    line = next(source, None)
    if line is None:
        if prompt:
            out.write("\n")
        return None
    return _SURROGATE.sub("\ufffd", line).strip()


def _turn(conversation: Conversation, name: str, line: str) -> Reply:
    if not line.startswith("/"):
        return conversation.ask(name, line)
    command, _, argument = line[1:].partition(" ")
    return conversation.command(name, command.casefold(), argument.strip())


def _json_printer(out: TextIO) -> Callable[[str, Reply], None]:
    def show(line: str, reply: Reply) -> None:
        answer = reply.answer or Answer(question=line, answered=False, confidence=0.0, kind="refusal", reading=line)
        out.write(answer.model_dump_json() + "\n")

    return show


def _plain_printer(out: TextIO) -> Callable[[str, Reply], None]:
    def show(_line: str, reply: Reply) -> None:
        out.write(plain_text(reply))

    return show


def _screen_printer(out: TextIO) -> Callable[[str, Reply], None]:
    """For a person's terminal: wrapped to its width, with styles. rich is loaded only here."""
    from rich.console import Console
    from rich.padding import Padding
    from rich.text import Text

    console = Console(file=out, highlight=False, markup=False, emoji=False)

    def show(_line: str, reply: Reply) -> None:
        for block in reply.blocks:
            text = Text("\n").join(
                Text.assemble(*((safe(_part_text(part)), _STYLES[part.style]) for part in parts))
                for parts in block.lines
            )
            console.print(Padding(text, (0, 0, 0, len(QUOTED if block.quoted else INDENT))))
        labels = _labels(reply)
        if labels:
            console.print(Padding(Text(labels, style="dim"), (0, 0, 0, len(INDENT))))

    return show


def _block_text(block: Block) -> str:
    return "\n".join("".join(_part_text(part) for part in line) for line in block.lines)


def _part_text(part: Part) -> str:
    """A terminal cannot be trusted to follow links, so the address stands beside its label."""
    if part.style == "link" and part.url and part.url != part.text:
        return f"{part.text} ({part.url})"
    return part.text


def _labels(reply: Reply) -> str:
    labels = (safe(button.label).replace("\n", " ") for row in reply.buttons for button in row)
    return " ".join(f"[{label}]" for label in labels)
