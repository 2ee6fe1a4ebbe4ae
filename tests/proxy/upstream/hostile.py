"""Replies as an upstream may send them by mistake or by malice, and the one way to read each.

``HOSTILE`` is the table. Tests put its rows on a wire for both clients, and feed them to our own connection cut at
every byte. ``wire`` is the server: it sends a row's bytes to whoever asks, and ends the connection.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Literal

from proxy.upstream import Request, Upstream, UpstreamError
from routing.observation import Failure

End = Failure | Literal["whole"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a caller sees of a reply: status 0 where there was no head."""

    status: int
    body: bytes
    end: End


_LONG = 1_000  # bytes; what is longer is sent in one piece
NOTHING = Outcome(0, b"", Failure.INVALID)
SPOILED = "what follows in the same segment spoils the reply"
READ = "is read as if it were right"
HANGS = "the reader waits until somebody's deadline, or the head is refused, as TCP cut it"


@dataclass(frozen=True, slots=True)
class Hostile:
    """``raw`` is all that comes, then the connection ends. ``kept``: whether it could have carried another exchange.

    ``apart`` is how aiohttp reads it otherwise, as of 3.14: that client is not held to the row.
    """

    name: str
    raw: bytes
    expected: Outcome
    kept: bool = False
    method: str = "POST"
    apart: str = ""


def _reply(*lines: bytes, body: bytes = b"", status: bytes = b"200 OK") -> bytes:
    return b"\r\n".join((b"HTTP/1.1 " + status, *lines, b"", b"")) + body


def whole(body: bytes, status: int = 200) -> Outcome:
    """A reply in good order."""
    return Outcome(status, body, "whole")


def broken(body: bytes = b"", status: int = 200) -> Outcome:
    """A reply that broke off."""
    return Outcome(status, body, Failure.RESET)


CHUNKED = b"Transfer-Encoding: chunked"
TWO = b"Content-Length: 2"
HOSTILE = (
    # in good order, if oddly
    Hostile("sized", _reply(TWO, body=b"hi"), whole(b"hi"), kept=True),
    Hostile("empty", _reply(b"Content-Length: 0"), whole(b""), kept=True),
    Hostile("chunked", _reply(CHUNKED, body=b"1\r\nh\r\n1\r\ni\r\n0\r\n\r\n"), whole(b"hi"), kept=True),
    Hostile("extended", _reply(CHUNKED, body=b'2;a=b;c="d;e"\r\nhi\r\n0;z\r\n\r\n'), whole(b"hi"), kept=True),
    Hostile("trailed", _reply(CHUNKED, body=b"2\r\nhi\r\n0\r\nX-T: 1\r\nY: 2\r\n\r\n"), whole(b"hi"), kept=True),
    Hostile("padded-chunks", _reply(CHUNKED, body=b"2  \r\nhi\r\n0\r\n\r\n"), whole(b"hi"), kept=True),
    Hostile("until-close", _reply(body=b"hi"), whole(b"hi")),
    Hostile("until-close-empty", _reply(), whole(b"")),
    Hostile("old-version", b"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nhi", whole(b"hi")),
    Hostile("no-reason", b"HTTP/1.1 200\r\nContent-Length: 2\r\n\r\nhi", whole(b"hi"), kept=True),
    Hostile("says-close", _reply(TWO, b"Connection: close", body=b"hi"), whole(b"hi")),
    Hostile("head", _reply(b"Content-Length: 99"), whole(b""), method="HEAD"),
    Hostile("head-chunked", _reply(CHUNKED), whole(b""), method="HEAD"),
    Hostile("204", _reply(status=b"204 None"), whole(b"", 204), kept=True),
    Hostile("204-with-length", _reply(TWO, status=b"204 None"), whole(b"", 204), kept=True),
    Hostile("304", _reply(TWO, status=b"304 Same"), whole(b"", 304), kept=True),
    Hostile("interim", _reply(status=b"100 Go on") + _reply(TWO, body=b"hi"), whole(b"hi"), kept=True),
    Hostile(
        "interims",
        (_reply(b"Link: </a>", status=b"103 Hints") + _reply(status=b"102 Working")) * 3 + _reply(TWO, body=b"hi"),
        whole(b"hi"),
        kept=True,
    ),
    Hostile("blank-lines-first", b"\r\n\r\n" + _reply(TWO, body=b"hi"), whole(b"hi"), kept=True),
    # more than was asked for
    Hostile("garbage-behind", _reply(TWO, body=b"hi!"), whole(b"hi"), apart=SPOILED),
    Hostile("another-behind", _reply(TWO, body=b"hi") + _reply(TWO, body=b"ho"), whole(b"hi")),
    Hostile("garbage-behind-chunks", _reply(CHUNKED, body=b"2\r\nhi\r\n0\r\n\r\n!"), whole(b"hi"), apart=SPOILED),
    Hostile("body-of-204", _reply(TWO, status=b"204 None", body=b"hi"), whole(b"", 204), apart=SPOILED),
    Hostile("body-of-304", _reply(TWO, status=b"304 Same", body=b"hi"), whole(b"", 304), apart=SPOILED),
    Hostile("body-of-head", _reply(TWO, body=b"hi"), whole(b""), method="HEAD", apart=SPOILED),
    Hostile(
        "chunks-of-204",
        _reply(CHUNKED, status=b"204 None", body=b"2\r\nhi\r\n0\r\n\r\n"),
        whole(b"", 204),
        apart=SPOILED,
    ),
    # less than was promised
    Hostile("nothing", b"", Outcome(0, b"", Failure.RESET)),
    Hostile("half-a-status", b"HTTP/1.1 2", Outcome(0, b"", Failure.RESET)),
    Hostile("half-a-head", b"HTTP/1.1 200 OK\r\nContent-Le", Outcome(0, b"", Failure.RESET)),
    Hostile("interim-only", _reply(status=b"100 Go on"), Outcome(0, b"", Failure.RESET)),
    Hostile("short", _reply(b"Content-Length: 3", body=b"hi"), broken(b"hi")),
    Hostile("no-last-chunk", _reply(CHUNKED, body=b"2\r\nhi\r\n"), broken(b"hi")),
    Hostile("half-a-chunk", _reply(CHUNKED, body=b"3\r\nhi"), broken(b"hi")),
    Hostile("half-a-chunk-size", _reply(CHUNKED, body=b"2\r\nhi\r\n3"), broken(b"hi")),
    Hostile("half-the-end", _reply(CHUNKED, body=b"2\r\nhi\r\n0\r\n"), broken(b"hi")),
    Hostile("half-a-trailer", _reply(CHUNKED, body=b"2\r\nhi\r\n0\r\nX-T: 1\r\n"), broken(b"hi")),
    # no HTTP
    Hostile("another-protocol", b"SSH-2.0-OpenSSH_9.2\r\n", NOTHING),
    Hostile("tls-alert", b"\x15\x03\x01\x00\x02\x02\x28", NOTHING),
    Hostile("a-request", b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", NOTHING),
    Hostile("status-999", _reply(TWO, status=b"999 Odd", body=b"hi"), NOTHING),
    Hostile("status-99", _reply(TWO, status=b"99 Odd", body=b"hi"), NOTHING),
    Hostile("status-text", _reply(TWO, status=b"OK 200", body=b"hi"), NOTHING),
    Hostile("switching", _reply(b"Upgrade: x", b"Connection: upgrade", status=b"101 Switching"), NOTHING),
    Hostile("switching-bare", _reply(status=b"101 Switching"), NOTHING),
    Hostile(
        "interim-with-a-body", _reply(TWO, status=b"150 Odd", body=b"hi") + _reply(TWO, body=b"ho"), NOTHING, apart=READ
    ),
    Hostile("two-lengths", _reply(TWO, b"Content-Length: 3", body=b"hi!"), NOTHING),
    Hostile("a-length-and-chunks", _reply(TWO, CHUNKED, body=b"2\r\nhi\r\n0\r\n\r\n"), NOTHING),
    Hostile("chunks-and-a-length", _reply(CHUNKED, TWO, body=b"2\r\nhi\r\n0\r\n\r\n"), NOTHING),
    Hostile("a-negative-length", _reply(b"Content-Length: -2", body=b"hi"), NOTHING),
    Hostile("a-signed-length", _reply(b"Content-Length: +2", body=b"hi"), NOTHING),
    Hostile("an-endless-length", _reply(b"Content-Length: " + b"9" * 30, body=b"hi"), NOTHING),
    Hostile("packed-in-transit", _reply(b"Transfer-Encoding: gzip", body=b"hi"), NOTHING, apart=READ),
    Hostile(
        "packed-and-chunked",
        _reply(b"Transfer-Encoding: gzip, chunked", body=b"2\r\nhi\r\n0\r\n\r\n"),
        NOTHING,
        apart=READ,
    ),
    Hostile("chunked-twice", _reply(CHUNKED, CHUNKED, body=b"2\r\nhi\r\n0\r\n\r\n"), NOTHING, apart=READ),
    Hostile("control-character", _reply(b"X-Odd: a\x01b", TWO, body=b"hi"), NOTHING),
    Hostile("nul", _reply(b"X-Odd: a\x00b", TWO, body=b"hi"), NOTHING),
    Hostile("bare-return", _reply(b"X-Odd: a\rX-Split: b", TWO, body=b"hi"), NOTHING),
    Hostile("folded", _reply(b"X-Odd: a\r\n b", TWO, body=b"hi"), NOTHING, apart=READ),
    Hostile("space-in-a-name", _reply(b"X Odd: a", TWO, body=b"hi"), NOTHING),
    Hostile("space-before-the-colon", _reply(b"Content-Length : 2", body=b"hi"), NOTHING, apart=READ),
    Hostile("no-name", _reply(b": a", TWO, body=b"hi"), NOTHING),
    Hostile("long-head", _reply(b"X-Long: " + b"x" * 70_000, TWO, body=b"hi"), NOTHING),
    Hostile("many-headers", _reply(*(b"X-%d: x" % n for n in range(9_000)), TWO, body=b"hi"), NOTHING),
    Hostile("endless-interims", _reply(status=b"100 Go on") * 4_000 + _reply(TWO, body=b"hi"), NOTHING, apart=READ),
    # bad chunks, after a head that was none the worse
    Hostile("no-number", _reply(CHUNKED, body=b"2\r\nhi\r\nzz\r\n"), broken(b"hi"), apart=HANGS),
    Hostile("a-negative-chunk", _reply(CHUNKED, body=b"2\r\nhi\r\n-1\r\n"), broken(b"hi"), apart=HANGS),
    Hostile("an-endless-chunk", _reply(CHUNKED, body=b"2\r\nhi\r\n" + b"f" * 17 + b"\r\n"), broken(b"hi"), apart=HANGS),
    Hostile("a-chunk-too-long", _reply(CHUNKED, body=b"2\r\nhi!!\r\n0\r\n\r\n"), broken(b"hi"), apart=HANGS),
    Hostile("an-empty-size", _reply(CHUNKED, body=b"2\r\nhi\r\n\r\n0\r\n\r\n"), broken(b"hi"), apart=HANGS),
    Hostile("long-extension", _reply(CHUNKED, body=b"2\r\nhi\r\n2;" + b"x" * 140_000), broken(b"hi")),
    Hostile(
        "long-trailer", _reply(CHUNKED, body=b"2\r\nhi\r\n0\r\nX-T: " + b"x" * 140_000), broken(b"hi"), apart=HANGS
    ),
    Hostile(
        "many-trailers", _reply(CHUNKED, body=b"2\r\nhi\r\n0\r\n" + b"X-T: x\r\n" * 20_000), broken(b"hi"), apart=HANGS
    ),
)


async def outcome(upstream: Upstream, row: Hostile) -> Outcome:
    """What a caller sees who asks an upstream for a row and reads to the end."""
    body = bytearray()
    try:
        reply = await upstream.open(Request(row.method, f"/{row.name}", (), b"{}" if row.method == "POST" else b""))
    except UpstreamError as error:
        return Outcome(0, b"", error.failure)
    try:
        while piece := await reply.read():
            body += piece
    except UpstreamError as error:
        reply.abort()
        return Outcome(reply.status, bytes(body), error.failure)
    assert reply.ended
    return Outcome(reply.status, bytes(body), "whole")


@asynccontextmanager
async def wire(tls: ssl.SSLContext | None, *, by_byte: bool) -> AsyncIterator[str]:
    """The base URL of a server that sends the bytes of the row a request names, whole or one at a time, and closes."""
    rows = {row.name: row.raw for row in HOSTILE}

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            head = await reader.readuntil(b"\r\n\r\n")
            raw = rows[head.split(b" ")[1].decode().rpartition("/")[2]]
            step = 1 if by_byte and len(raw) < _LONG else max(1, len(raw))
            for start in range(0, len(raw), step):
                writer.write(raw[start : start + step])
                await writer.drain()
                await asyncio.sleep(0)  # let the peer read it by itself
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0, ssl=tls)
    port = server.sockets[0].getsockname()[1]
    try:
        yield f"https://localhost:{port}/v1" if tls else f"http://127.0.0.1:{port}/v1"
    finally:
        server.close()
