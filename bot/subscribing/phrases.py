"""What is said to /digest when there is no digest."""

NO_ARTICLES = "There is nothing new: I have read no articles yet."
NOTHING_FOLLOWED_HERE = "Nothing is followed in this topic: what this group follows comes in others. /subscribe begins."


def nothing_new(since: str) -> str:
    """What to say when nothing is new; ``since`` is when the latest article came in."""
    return f"Nothing new since {since}, when the latest article came in."
