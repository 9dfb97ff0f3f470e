"""Unpacking bodies: what is given out is bounded, whatever comes in."""

import gzip
import zlib

import pytest

from knowledge.web.unpack import Body, UnpackError
from tests.auxil.web_server import BOMB_BYTES, gzip_bomb

TEXT = b"<p>The ferry will not sail on Monday, the harbour master said.</p>\n" * 50


def raw_deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(data) + packer.flush()


def unpacked(coding: str, data: bytes, *, step: int, limit: int = 100_000) -> Body:
    body = Body(coding, limit)
    for start in range(0, len(data), step):
        body.feed(data[start : start + step])
    body.end()
    return body


PACKED = [
    ("", TEXT),
    ("identity", TEXT),
    ("gzip", gzip.compress(TEXT, mtime=0)),
    ("x-gzip", gzip.compress(TEXT, mtime=0)),
    ("gzip", gzip.compress(TEXT[:900], mtime=0) + gzip.compress(TEXT[900:], mtime=0)),
    ("gzip", gzip.compress(TEXT, mtime=0) + b"\0" * 20),
    ("deflate", zlib.compress(TEXT)),
    ("deflate", raw_deflate(TEXT)),
]


@pytest.mark.parametrize("step", [1, 7, 100_000])
@pytest.mark.parametrize(("coding", "data"), PACKED)
def test_a_body_is_unpacked_however_it_is_cut(coding, data, step):
    body = unpacked(coding, data, step=step)
    assert bytes(body.content) == TEXT
    assert not body.over


def test_an_empty_body_is_empty():
    assert unpacked("gzip", b"", step=1).content == b""


@pytest.mark.parametrize(
    ("coding", "data", "reason"),
    [
        ("gzip", b"\x1f\x8b\x08\x00 this is no gzip", "not valid gzip"),
        ("gzip", TEXT, "not valid gzip"),
        ("deflate", b"\xff" * 50, "not valid deflate"),
        ("gzip", gzip.compress(TEXT, mtime=0)[:-9], "ends too soon"),
        ("gzip", b"\x1f", "ends too soon"),
        ("deflate", zlib.compress(TEXT)[:30], "ends too soon"),
    ],
)
def test_a_broken_body_is_refused(coding, data, reason):
    with pytest.raises(UnpackError, match=reason):
        unpacked(coding, data, step=16)


@pytest.mark.parametrize(
    ("coding", "data"), [("", TEXT), ("gzip", gzip.compress(TEXT, mtime=0)), ("deflate", raw_deflate(TEXT))]
)
def test_the_limit_is_exact(coding, data):
    assert not unpacked(coding, data, step=64, limit=len(TEXT)).over
    assert unpacked(coding, data, step=64, limit=len(TEXT) - 1).over


def test_a_piece_longer_than_the_limit_is_not_kept_whole():
    body = Body("", 1_000)
    body.feed(bytes(1_000_000))
    assert len(body.content) == 1_001


def test_a_bomb_is_given_out_to_the_limit_and_not_a_byte_further():
    body, fed, most = Body("gzip", 50_000), 0, 0
    for piece in gzip_bomb(BOMB_BYTES):
        body.feed(piece)
        fed += len(piece)
        most = max(most, len(body.content))
    assert fed > 150_000, "the whole bomb was fed"
    assert body.over
    assert most == 50_001


def test_a_body_that_never_unpacks_to_anything_is_over_all_the_same():
    body = Body("gzip", 1_000)
    for _ in range(5_000):
        body.feed(gzip.compress(b"", mtime=0))
        if body.over:
            break
    assert body.over
    assert body.content == b""
