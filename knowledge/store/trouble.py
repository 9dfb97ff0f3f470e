"""What kind of trouble a database is in, for those who do not know its library."""

import errno
import sqlite3

from sqlalchemy.exc import OperationalError

from knowledge.errors import OnRecordError

__all__ = ["complaint", "out_of_order", "reason"]

_PRIMARY = 0xFF  # of SQLite's extended codes
_NO_ROOM = {
    sqlite3.SQLITE_FULL: "; make room there and go on: what it holds is whole",
    # So a write fails that goes beyond a quota, or to a disk that is broken.
    sqlite3.SQLITE_IOERR: "; is there room on its disk? Make some and go on: what it holds is whole",
}
_DISK_FULL = "53100"  # PostgreSQL's code
_NO_SPACE = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


def out_of_order(error: BaseException) -> bool:
    """Whether the database could not be used just now (locked, full, out of reach), so that nothing was written."""
    return isinstance(error, OperationalError)


def complaint(error: BaseException) -> str | None:
    """What is wrong and what to do, in one line for an operator; None for what is not expected, as a fault of ours.

    Of the database it says which one, when it was opened by ``open_engine``.
    """
    if isinstance(error, OnRecordError):
        return str(error)
    if isinstance(error, OSError) and error.errno in _NO_SPACE:
        return f"{error.filename or 'the output'}: {error.strerror}; make room and try again"
    if not out_of_order(error):
        return None
    which = getattr(error, "__notes__", None) or ["the database"]
    return f"{which[0]}: {reason(error)}"


def reason(error: BaseException) -> str:
    """What a database or its driver complains of, in one line; when it has no room, what to do too."""
    cause = getattr(error, "orig", None) or error
    said = str(cause).splitlines()[0]
    if getattr(cause, "sqlstate", None) == _DISK_FULL:
        return said + _NO_ROOM[sqlite3.SQLITE_FULL]
    return said + _NO_ROOM.get(getattr(cause, "sqlite_errorcode", 0) & _PRIMARY, "")
