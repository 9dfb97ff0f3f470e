"""The body of an answer, unpacked as it comes in, never more of it than was asked for.

gzip can grow a thousandfold, so zlib is told at each piece how many bytes there is still room for.
"""

import zlib

__all__ = ["CODINGS", "Body", "UnpackError"]

CODINGS = frozenset({"", "identity", "gzip", "x-gzip", "deflate"})
"""The values of ``Content-Encoding`` that can be unpacked; "" is a missing one."""

_GZIP = b"\x1f\x8b"
_PACKING = 65_536
"""How many bytes longer than its content a packed body may be: gzip's own headers, and data that does not shrink."""


class UnpackError(ValueError):
    """The body is not what its ``Content-Encoding`` says, or ends too soon."""


class Body:
    """Up to ``limit`` bytes of content.

    ``content`` grows with each ``feed`` to at most ``limit`` + 1 bytes, whatever comes; one byte too many is how it
    is known that there is more, and then ``over`` is true and further pieces change nothing.
    """

    def __init__(self, coding: str, limit: int) -> None:
        """``coding`` is one of ``CODINGS``."""
        self.content = bytearray()
        self.over = False
        self._limit = limit
        self._came = 0
        self._coding = coding.removeprefix("x-")
        self._held = b""  # a first byte, until the second one says what begins here
        self._part: zlib._Decompress | None = None

    def feed(self, data: bytes) -> None:
        """Take a piece as it came. Raises UnpackError."""
        if self.over:
            return
        self._came += len(data)
        if self._coding in ("gzip", "deflate"):
            self._unpack(self._held + data)
        else:
            self.content += data[: self._room]
        # The second half is for bodies that never unpack to anything.
        self.over = len(self.content) > self._limit or self._came > self._limit + _PACKING

    def end(self) -> None:
        """Say that nothing more comes. Raises UnpackError when the packed body is cut short."""
        if self._held or not (self._part is None or self._part.eof or self.over):
            raise UnpackError(f"its {self._coding} body ends too soon")

    @property
    def _room(self) -> int:
        return self._limit + 1 - len(self.content)

    def _unpack(self, data: bytes) -> None:
        self._held = b""
        while data and self._room > 0:
            if self._part is None or self._part.eof:
                if len(data) < len(_GZIP):
                    self._held = data
                    return
                if self._part is not None and not (self._coding == "gzip" and data.startswith(_GZIP)):
                    return  # padding behind the end: browsers overlook it too
                self._part = zlib.decompressobj(self._window(data))
            try:
                self.content += self._part.decompress(data, self._room)
            except zlib.error as error:
                raise UnpackError(f"its body is not valid {self._coding}") from error
            data = self._part.unused_data

    def _window(self, data: bytes) -> int:
        """The kind of data for zlib: gzip, zlib (RFC 1950), or the bare deflate that some servers send for it."""
        if self._coding == "gzip":
            return 16 + zlib.MAX_WBITS
        has_header = data[0] & 0x0F == zlib.DEFLATED and int.from_bytes(data[:2], "big") % 31 == 0
        return zlib.MAX_WBITS if has_header else -zlib.MAX_WBITS
