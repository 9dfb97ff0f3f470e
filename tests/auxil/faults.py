"""The ways Telegram, or the way to it, can fail; each is one answer of the double."""

from dataclasses import dataclass, field
from typing import Any, Literal


@dataclass(frozen=True)
class Fault:
    """``refuse``: an error as JSON. ``page``: an error as HTML. The others carry the request out, and then:
    ``silence`` never answers, ``drop`` closes the connection, ``cut`` closes it in the middle of the answer."""

    kind: Literal["refuse", "page", "silence", "drop", "cut"]
    code: int = 0
    description: str = ""
    parameters: dict[str, Any] = field(default_factory=dict)


def too_many_requests(seconds: int) -> Fault:
    return Fault("refuse", 429, f"Too Many Requests: retry after {seconds}", {"retry_after": seconds})


def migrated(new_chat_id: int) -> Fault:
    return Fault(
        "refuse",
        400,
        "Bad Request: group chat was upgraded to a supergroup chat",
        {"migrate_to_chat_id": new_chat_id},
    )


def bad_request(description: str) -> Fault:
    return Fault("refuse", 400, f"Bad Request: {description}")


BLOCKED = Fault("refuse", 403, "Forbidden: bot was blocked by the user")
DEACTIVATED = Fault("refuse", 403, "Forbidden: user is deactivated")
UNAUTHORIZED = Fault("refuse", 401, "Unauthorized")
CONFLICT = Fault(
    "refuse",
    409,
    "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running",
)
CHAT_NOT_FOUND = bad_request("chat not found")
CANNOT_PARSE = bad_request('can\'t parse entities: Unsupported start tag "x" at byte offset 3')
TOO_LONG = bad_request("message is too long")
NO_THREAD = bad_request("message thread not found")
NOT_MODIFIED = bad_request("message is not modified")
STALE_QUERY = bad_request("query is too old and response timeout expired or query ID is invalid")
BAD_GATEWAY = Fault("page", 502, "<html><body>502 Bad Gateway</body></html>")
SILENCE = Fault("silence")
DROP = Fault("drop")
CUT = Fault("cut")
