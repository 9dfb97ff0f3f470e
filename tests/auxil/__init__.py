"""What tests need besides the product: a Bot API server double, and a driver that talks to the bot through it."""
