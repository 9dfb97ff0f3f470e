"""What the handlers say of their own."""

import math

START_INLINE = "inline"
"""The start parameter of the button beside inline results."""

ASK_ME = "Ask the articles"
NOT_SAID = "The articles don't say: ask me"

GROUP_ADMINS_ONLY = "Only an admin of this group can do that."
ADMIN_UNKNOWN = "I could not find out whether you are an admin of this group. Please try again in a moment."

NOT_KEPT = "I cannot keep that just now; nothing has changed. Please try again in a minute."
PASSED_ON = "A command that is passed on is not carried out: please write it yourself."
RESTING = "Your digests rest since I could not write here: /resume"

ERASE_WHAT = (
    "This erases everything I hold about this chat: its subscriptions, its settings, what it has been sent, and what "
    "was asked last. It cannot be undone."
)
ERASE = "erase everything"
KEEP = "keep"
ERASED = "Everything about this chat is erased."
KEPT = "Nothing was erased."

NOTHING_LEFT = "That was all of it."

MYDATA_FILE = "my-data.json"
MYDATA_NOT_SENT = "The file could not be sent. Please try again in a moment."


def too_many(wait: float) -> str:
    """What to say to who asks too fast, once; ``wait`` in seconds."""
    seconds = max(1, math.ceil(wait))
    return f"That is more than I can answer at a time. Please wait {seconds} second{'s' if seconds > 1 else ''}."
