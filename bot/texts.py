"""Every fixed phrase a reader or an operator can be shown; nothing that comes from an article."""

# --- Telegram: what a reader is told when something is in the way -----------------------------------------------

NOTHING_TO_SHOW = "There is nothing to show here."
BUTTON_TOO_OLD = "This button is too old. Please ask again."
ONLY_TEXT = "I can only read text. Send me a question in words, or /help."


def something_went_wrong(error_id: str) -> str:
    """Tell the reader that the fault is ours, with the id the operator will find in the log."""
    return f"Something went wrong on my side, and it has been noted (error {error_id}). Please try again in a moment."


# --- what an operator is told: one line each, never with the token ----------------------------------------------


def running(name: str, how: str) -> str:
    """Say that the bot is up; ``how`` is "polling" or "webhook"."""
    return f"On the Record is answering as @{name} ({how}). Press Ctrl-C to stop."


STOPPING = "Stopping: finishing what is in hand. Press Ctrl-C again to stop at once."
CREDENTIAL_MISSING = (
    "TELEGRAM_BOT_TOKEN: is not set; put the token that @BotFather gave you into .env, "
    'or talk to the bot in the terminal with "onrecord chat".'
)
CREDENTIAL_REFUSED = (
    "TELEGRAM_BOT_TOKEN: Telegram does not accept this token; copy it again from @BotFather "
    "(and look at TELEGRAM_API_URL if you changed it)."
)
ALREADY_RUNNING = (
    "Another program is answering with this bot's token (409 Conflict); stop it, or give this one its own token."
)


def cannot_reach(address: str) -> str:
    """Tell the operator that the Bot API server does not answer and that we go on trying."""
    return f"Cannot reach {address} yet; trying again until it answers. Press Ctrl-C to stop."


def cannot_listen(setting: str, host: str, port: int, reason: str) -> str:
    """Tell the operator that a port cannot be opened, and which setting names it."""
    return f"{setting}: cannot listen on {host}:{port} ({reason}); choose another port."


def webhook_refused(reason: str) -> str:
    """Tell the operator that Telegram does not take the webhook's address."""
    return f"ONRECORD_WEBHOOK_URL: Telegram does not accept this address ({reason})."
