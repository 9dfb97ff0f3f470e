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


def page(code: int) -> Fault:
    """An error page of what stands between us and Telegram."""
    return Fault("page", code, f"<html><body>{code}</body></html>")


BLOCKED = Fault("refuse", 403, "Forbidden: bot was blocked by the user")
DEACTIVATED = Fault("refuse", 403, "Forbidden: user is deactivated")
UNAUTHORIZED = Fault("refuse", 401, "Unauthorized")
CONFLICT = Fault(
    "refuse",
    409,
    "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running",
)
CHAT_NOT_FOUND = bad_request("chat not found")
ALL_GONE = (
    BLOCKED,
    DEACTIVATED,
    CHAT_NOT_FOUND,
    Fault("refuse", 403, "Forbidden: bot was kicked from the supergroup chat"),
    Fault("refuse", 403, "Forbidden: bot is not a member of the channel chat"),
    Fault("refuse", 403, "Forbidden: bot can't initiate conversation with a user"),
    bad_request("not enough rights to send text messages to the chat"),
    bad_request("have no rights to send a message"),
    bad_request("need administrator rights in the channel chat"),
    bad_request("group chat was deactivated"),
    bad_request("user is deactivated"),
    bad_request("CHAT_WRITE_FORBIDDEN"),
    bad_request("CHAT_RESTRICTED"),
    bad_request("PEER_ID_INVALID"),
)
CANNOT_PARSE = bad_request('can\'t parse entities: Unsupported start tag "x" at byte offset 3')
TOO_LONG = bad_request("message is too long")
NO_THREAD = bad_request("message thread not found")
TOPIC_CLOSED = bad_request("TOPIC_CLOSED")
TOPIC_DELETED = bad_request("TOPIC_DELETED")
NOT_MODIFIED = bad_request("message is not modified")
STALE_QUERY = bad_request("query is too old and response timeout expired or query ID is invalid")
BAD_GATEWAY = page(502)
GATEWAY_TIMEOUT = page(504)
SILENCE = Fault("silence")
DROP = Fault("drop")
CUT = Fault("cut")
