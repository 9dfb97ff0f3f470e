"""What kind of trouble a database is in, for those who do not know its library."""

from sqlalchemy.exc import OperationalError

__all__ = ["out_of_order"]


def out_of_order(error: BaseException) -> bool:
    """Whether the database could not be used just now (locked, full, out of reach), so that nothing was written."""
    return isinstance(error, OperationalError)
