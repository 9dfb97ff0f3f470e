"""A conversation whose replies are easy to foresee, to test what carries them."""

import threading

from bot.offering import Offer
from bot.replies import Block, Button, Part, Reply
from knowledge.models import Answer


def reply(*lines: str, buttons: tuple[str, ...] = (), answer: Answer | None = None) -> Reply:
    """One plain block a line; each button's action is its label."""
    return Reply(
        blocks=tuple(Block(lines=((Part(line),),)) for line in lines),
        buttons=(tuple(Button(label, label) for label in buttons),) if buttons else (),
        answer=answer,
    )


class FakeConversation:
    """Says back what it was asked. "boom" raises; "big" fills several messages; ``heard`` keeps every call."""

    commands = (("start", "Begin"), ("help", "What I can do"), ("ask", "Ask a question"))

    def __init__(self) -> None:
        self.heard: list[tuple[str, ...]] = []

    def ask(self, chat: str, text: str) -> Reply:
        self.heard.append(("ask", chat, text))
        if text == "boom":
            raise ValueError(f"cannot bear {text} from {chat}")
        answer = Answer(question=text, answered=False, confidence=0.25, kind="refusal", reading=text)
        if text == "big":
            return reply(*("citation " * 300 for _ in range(4)), buttons=("next",), answer=answer)
        return reply(f"You asked: {text}", buttons=("next", "context", "stale", "boom"), answer=answer)

    def command(self, chat: str, name: str, argument: str) -> Reply:
        self.heard.append(("command", chat, name, argument))
        return reply(f"/{name} [{argument}]")

    def press(self, chat: str, action: str) -> Reply | None:
        self.heard.append(("press", chat, action))
        if action == "boom":
            raise ValueError("pressed too hard")
        return None if action == "stale" else reply(f"After {action}", buttons=("next",))

    def offers(self, text: str) -> tuple[Offer, ...]:
        self.heard.append(("offers", text))
        return ()

    def forget(self, chat: str) -> None:
        self.heard.append(("forget", chat))

    def migrate(self, old: str, new: str) -> None:
        self.heard.append(("migrate", old, new))

    def remembered(self, chat: str) -> dict[str, object]:
        asked = [heard[2] for heard in self.heard if heard[:2] == ("ask", chat)]
        return {chat: {"last_question": asked[-1]}} if asked else {}


class Slow(FakeConversation):
    """Takes its time over each question, until told."""

    def __init__(self):
        super().__init__()
        self.asked, self.go_on = threading.Event(), threading.Event()

    def ask(self, chat, text):
        self.asked.set()
        self.go_on.wait(20)
        return super().ask(chat, text)
