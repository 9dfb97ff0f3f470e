"""What is said to /digest when there is no digest."""

NO_ARTICLES = "There is nothing new: I have read no articles yet."


def nothing_new(since: str) -> str:
    """What to say when nothing is new; ``since`` is when the latest article came in."""
    return f"Nothing new since {since}, when the latest article came in."
