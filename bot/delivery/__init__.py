"""What goes out by itself: composing digests when they are due, and sending them without anybody's having asked."""
