"""Several processes of one bot on one PostgreSQL database: chats, updates and memories that they share."""
