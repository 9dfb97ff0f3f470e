"""HTTP to Telegram: an error is Telegram's word only when it reads like Telegram's."""

import json
from typing import Any

from telegram.request import HTTPXRequest

__all__ = ["TelegramRequest"]

_BAD_GATEWAY = 502


class TelegramRequest(HTTPXRequest):
    """PTB's own client, but for error pages of what stands between (a proxy, a firewall): those count as a 502.

    Else a page with 403 would mean that a reader has blocked the bot, and one with 404 that its token is wrong.
    """

    async def do_request(self, *args: Any, **kwargs: Any) -> tuple[int, bytes]:
        """See ``BaseRequest``."""
        code, body = await super().do_request(*args, **kwargs)
        return (_BAD_GATEWAY if 400 <= code < 500 and not _is_telegrams(body) else code), body


def _is_telegrams(body: bytes) -> bool:
    """Whether an answer is of the Bot API's form: an object that says whether it is ok."""
    try:
        answer = json.loads(body)
    except ValueError:
        return False
    return isinstance(answer, dict) and "ok" in answer
