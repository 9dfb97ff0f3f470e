"""The conversation: dialogue, Telegram, terminal and command line over ``knowledge``."""
