"""An HTTPS server on loopback that proves to be news.example, to whoever trusts its own certificate."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

# Made for these tests, trusted nowhere: a self-signed certificate for news.example, good until 2120.
KEY = """\
-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQggohd2B9nTeTG0mBR
3cKjrR0Ij+mCClvxXxHeVVTuMxahRANCAAQIdKuPW0oIUIzm/xU0UfHhfoipmPAE
xu2oJh0zo2CJ7ZRaYWUZdyrBmflWdOIZq/5okI8CssrNThNiTitB+sBE
-----END PRIVATE KEY-----
"""
CERTIFICATE = """\
-----BEGIN CERTIFICATE-----
MIIBezCCASCgAwIBAgIBATAKBggqhkjOPQQDAjAXMRUwEwYDVQQDDAxuZXdzLmV4
YW1wbGUwIBcNMjAwMTAxMDAwMDAwWhgPMjEyMDAxMDEwMDAwMDBaMBcxFTATBgNV
BAMMDG5ld3MuZXhhbXBsZTBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABAh0q49b
SghQjOb/FTRR8eF+iKmY8ATG7agmHTOjYIntlFphZRl3KsGZ+VZ04hmr/miQjwKy
ys1OE2JOK0H6wESjWzBZMBcGA1UdEQQQMA6CDG5ld3MuZXhhbXBsZTAPBgNVHRMB
Af8EBTADAQH/MA4GA1UdDwEB/wQEAwIChDAdBgNVHQ4EFgQUpXbIiDMMvZA1zvqS
TGWSvJep2TUwCgYIKoZIzj0EAwIDSQAwRgIhANY9RtBNjKSMalb+QmqXU0E76Dfk
vFnbwUn51o4ozko4AiEA79C1y/HG6E1ig0PDLUf3Pf2Weq9M9uIodbYJk9Wc72I=
-----END CERTIFICATE-----
"""
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 8\r\n\r\n<p>Safe."


def trusting() -> ssl.SSLContext:
    return ssl.create_default_context(cadata=CERTIFICATE)


@asynccontextmanager
async def tls_server(folder: Path, *, answers: list[str]) -> AsyncIterator[int]:
    """The port of a server that keeps its connections open; the Host of each request goes to ``answers``."""
    (folder / "both.pem").write_text(KEY + CERTIFICATE, encoding="ascii")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "both.pem")

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                answers.extend(line[6:] for line in head.decode().split("\r\n") if line.lower().startswith("host: "))
                writer.write(ANSWER)
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
