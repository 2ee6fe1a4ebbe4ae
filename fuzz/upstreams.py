# ruff: noqa: S101 -- what must hold is asserted
"""Our HTTP client on replies that a fuzzer makes up: `python -m fuzz.upstreams [-max_total_time=3600]`.

From the fuzzer's bytes come a reply, or several, built of pieces that matter to HTTP and of arbitrary ones, cut
anywhere, and the way in which the connection ends. What must hold of any of them: nothing is raised but UpstreamError;
nobody waits for what can no longer come; a reply means the same however it was cut; and one that looks complete is
complete, with this status and this body, to `read`, which takes all of the bytes at once and has a dozen lines where
the client has a parser.
"""

from __future__ import annotations

import asyncio
import re
import sys
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

import atheris

with atheris.instrument_imports(include=["proxy.upstream"]):
    from proxy.upstream.call import UpstreamError
    from proxy.upstream.connection import Connection, Reply

T = TypeVar("T")

PIECES = (
    b"HTTP/1.1 200 OK\r\n",
    b"HTTP/1.1 204 No\r\n",
    b"HTTP/1.1 304 No\r\n",
    b"HTTP/1.1 100 Go\r\n",
    b"HTTP/1.1 103 Hints\r\n",
    b"HTTP/1.1 101 Switch\r\n",
    b"HTTP/1.1 150 Odd\r\nContent-Length: 2\r\n\r\nhi",
    b"HTTP/1.0 200 OK\r\n",
    b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi",
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
    b"Content-Length: 2\r\n",
    b"Content-Length: 0\r\n",
    b"content-length:3\r\n",
    b"Content-Length: ",
    b"Transfer-Encoding: chunked\r\n",
    b"Transfer-Encoding: gzip, chunked\r\n",
    b"Transfer-Encoding: ",
    b"Connection: close\r\n",
    b"Connection: keep-alive\r\n",
    b"Upgrade: x\r\n",
    b"X-A: 1\r\n",
    b"X-A",
    b": ",
    b"\r\n",
    b"\n",
    b"\r",
    b"\r\n\r\n",
    b"2\r\nhi\r\n",
    b"0\r\n\r\n",
    b"0\r\n",
    b"2;a=b\r\nhi\r\n",
    b"ffffffffffffffff\r\n",
    b"hi",
    b" ",
    b"\x00",
    b"\xff",
)
LOOP = asyncio.new_event_loop()  # never run: nothing may wait
ENDS = ("eof", "cut", "reset")
_HEAD = re.compile(rb"[\r\n]*(?:HTTP|RTSP|ICE)/\d\.\d (\d{3})[^\r\n]*\r\n((?:[^\r\n]+\r\n)*)\r\n")
_CHUNK = re.compile(rb"([0-9A-Fa-f]+)[ \t]*(?:;[^\r\n]*)?\r\n")
_TRAILERS = re.compile(rb"(?:[^\r\n]+\r\n)*\r\n")
_FIRST_FINAL, _BODILESS = 200, (204, 304)


class Wire(asyncio.Transport):
    """What the connection writes to: nobody takes it, and it can be closed."""

    def __init__(self) -> None:
        super().__init__()
        self.closing = False

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """To nowhere."""

    def is_closing(self) -> bool:
        """Whether anybody closed it."""
        return self.closing

    def close(self) -> None:
        """Let nothing more come."""
        self.closing = True

    abort = close

    def get_write_buffer_size(self) -> int:
        """All is written."""
        return 0

    def pause_reading(self) -> None:
        """What comes still comes: the fuzzer's replies are short."""

    resume_reading = pause_reading


@dataclass(frozen=True, slots=True)
class Seen:
    """What a caller sees of one reply, and whether its connection was kept."""

    status: int
    body: bytes
    whole: bool
    kept: bool = False


def finished(call: Coroutine[object, None, T]) -> T:
    """What a coroutine returns that has nothing left to wait for; one that waits would wait for ever."""
    try:
        call.send(None)
    except StopIteration as returned:
        result: T = returned.value
        return result
    finally:
        call.close()
    raise AssertionError("waits for what can no longer come")


async def collect(reply: Reply) -> Seen:
    """Read a reply to its end, whichever that is."""
    body = bytearray()
    try:
        await reply.head()
        while piece := await reply.read():
            body += piece
    except UpstreamError:
        return Seen(reply.status, bytes(body), whole=False)
    assert reply.ended
    assert reply.status in range(200, 600)
    assert not [value for _, value in reply.headers if re.search(rb"[\x00-\x08\x0a-\x1f\x7f]", value)]
    return Seen(reply.status, bytes(body), whole=True)


def converse(pieces: Sequence[bytes], end: str, *, bodiless: bool) -> list[tuple[Seen, bytes]]:
    """Feed pieces to a connection, asking again whenever it is free: what was seen, and of which bytes."""
    freed: list[Connection] = []
    wire, connection = Wire(), Connection(freed.append, lambda _: None, LOOP)
    connection.connection_made(wire)
    asked = [(connection.ask(b"", b"", bodiless=bodiless), bytearray())]
    for piece in pieces:
        if len(freed) == len(asked) and not wire.closing:
            asked.append((connection.ask(b"", b"", bodiless=bodiless), bytearray()))
        asked[-1][1].extend(piece)  # also what comes too late: it must not matter
        if not wire.closing:
            connection.data_received(piece)
    if end == "eof" and not wire.closing:
        connection.eof_received()
    connection.connection_lost(ConnectionResetError("reset") if end == "reset" else None)
    return [
        (replace(finished(collect(reply)), kept=number < len(freed)), bytes(raw))
        for number, (reply, raw) in enumerate(asked)
    ]


def read(raw: bytes, end: str, *, bodiless: bool) -> tuple[int, bytes] | None:
    """The status and body of a complete reply at the start of these bytes; None where there is none."""
    at, status, lines = 0, 0, b""
    while status < _FIRST_FINAL:
        head = _HEAD.match(raw, at)
        if head is None:
            return None
        at, status, lines = head.end(), int(head[1]), head[2].lower()
    if bodiless or status in _BODILESS:
        return status, b""
    if b"\ntransfer-encoding:" in b"\n" + lines:
        body = _dechunked(raw, at)
        return None if body is None else (status, body)
    length = re.search(rb"(?:^|\n)content-length:[ \t]*(\d+)[ \t]*\r", lines)
    if length is not None:
        body = raw[at : at + int(length[1])]
        return (status, body) if len(body) == int(length[1]) else None
    return (status, raw[at:]) if end == "eof" else None


def _dechunked(raw: bytes, at: int) -> bytes | None:
    body = b""
    while chunk := _CHUNK.match(raw, at):
        size, start = int(chunk[1], 16), chunk.end()
        if not size:
            return body if _TRAILERS.match(raw, start) else None
        if raw[start + size : start + size + 2] != b"\r\n":
            return None
        body += raw[start : start + size]
        at = start + size + 2
    return None


def made_up(data: atheris.FuzzedDataProvider) -> bytes:
    """Up to 30 pieces, each from the list or of arbitrary bytes."""
    made = []
    for _ in range(data.ConsumeIntInRange(0, 30)):
        known = data.ConsumeBool()
        made.append(data.PickValueInList(list(PIECES)) if known else data.ConsumeBytes(data.ConsumeIntInRange(0, 9)))
    return b"".join(made)


def cut(data: atheris.FuzzedDataProvider, raw: bytes) -> list[bytes]:
    """The same bytes in pieces, none of them empty."""
    places = sorted({data.ConsumeIntInRange(0, len(raw)) for _ in range(data.ConsumeIntInRange(0, 6))} - {0, len(raw)})
    return [raw[a:b] for a, b in zip([0, *places], [*places, len(raw)], strict=True) if a < b]


def one(given: bytes) -> None:
    """One input of the fuzzer's."""
    data = atheris.FuzzedDataProvider(given)
    bodiless, end = data.ConsumeIntInRange(0, 9) == 0, data.PickValueInList(list(ENDS))
    raw = made_up(data)
    conversation = converse(cut(data, raw), end, bodiless=bodiless)
    for seen, heard in conversation:
        if seen.whole:
            assert (seen.status, seen.body) == read(heard, end, bodiless=bodiless), (seen, heard)
    first = conversation[0][0]
    for pieces in ([raw] if raw else [], [raw[place : place + 1] for place in range(len(raw))]):
        again = converse(pieces, end, bodiless=bodiless)[0][0]
        assert (again.status, again.body, again.whole) == (first.status, first.body, first.whole), (raw, again, first)


def main() -> None:
    """Until it is stopped, or as libFuzzer's options say."""
    atheris.Setup(sys.argv, one)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
