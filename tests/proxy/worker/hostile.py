"""Requests that two servers in a row could read differently, or that are none. All of them are refused."""

from __future__ import annotations

from collections.abc import Iterable

POST = b"POST /echo HTTP/1.1\r\nHost: x\r\n"
CHUNKED = POST + b"Transfer-Encoding: chunked\r\n\r\n"
HOSTILE = {
    "a length and chunks": POST + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "chunks and a length": POST + b"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
    "two lengths": POST + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\nab",
    "a length twice": POST + b"Content-Length: 1\r\nContent-Length: 1\r\n\r\na",
    "a list of lengths": POST + b"Content-Length: 1, 1\r\n\r\na",
    "a signed length": POST + b"Content-Length: +1\r\n\r\na",
    "a negative length": POST + b"Content-Length: -1\r\n\r\na",
    "a length in hexadecimal": POST + b"Content-Length: 0x1\r\n\r\na",
    "a length beyond counting": POST + b"Content-Length: 99999999999999999999\r\n\r\na",
    "a folded line": POST + b"X-A: 1\r\n 2\r\nContent-Length: 0\r\n\r\n",
    "a folded first line": b"POST /echo HTTP/1.1\r\n Host: x\r\n\r\n",
    "bare line feeds": b"POST /echo HTTP/1.1\nHost: x\nContent-Length: 0\n\n",
    "a bare line feed in a header": POST + b"X-A: 1\nX-B: 2\r\n\r\n",
    "a bare carriage return": POST + b"X-A: 1\rX-B: 2\r\n\r\n",
    "NUL in a value": POST + b"X-A: a\x00b\r\n\r\n",
    "NUL in a name": POST + b"X\x00A: b\r\n\r\n",
    "a space before the colon": POST + b"Content-Length : 0\r\n\r\n",
    "no name": POST + b": b\r\n\r\n",
    "no colon": POST + b"X-A\r\n\r\n",
    "an unknown coding": POST + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
    "a coding under chunks": POST + b"Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
    "a coding over chunks": POST + b"Transfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n",
    "chunks twice": POST + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "chunks in HTTP/1.0": b"POST /echo HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "a chunk under a line feed": CHUNKED + b"2\nhi\r\n0\r\n\r\n",
    "a chunk that is longer": CHUNKED + b"2\r\nhi!\r\n0\r\n\r\n",
    "a negative chunk": CHUNKED + b"-2\r\nhi\r\n0\r\n\r\n",
    "a chunk beyond counting": CHUNKED + b"fffffffffffffffff\r\nhi\r\n0\r\n\r\n",
    "a length behind the chunks": CHUNKED + b"0\r\nContent-Length: 5\r\n\r\n",
    "a control character in the target": b"GET /ec\x01ho HTTP/1.1\r\n\r\n",
    "another version": b"GET /echo HTTP/2.0\r\n\r\n",
    "an upgrade with a body": POST + b"Connection: upgrade\r\nUpgrade: x\r\nContent-Length: 2\r\n\r\nhi",
}


def cuts(raw: bytes) -> Iterable[list[bytes]]:
    """The bytes whole, in two at every place, and one at a time."""
    yield [raw]
    yield from ([raw[:place], raw[place:]] for place in range(1, len(raw)))
    yield [raw[place : place + 1] for place in range(len(raw))]
