"""What a chat follows, asked for and changed in conversation: typed forms, buttons and their replies. No Telegram."""
