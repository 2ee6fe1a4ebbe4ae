# ruff: noqa: S101 -- what must hold is asserted
"""Our HTTP server on requests that a fuzzer makes up: `python -m fuzz.clients [-max_total_time=3600]`.

From the fuzzer's bytes come requests, or several, built of pieces that matter to HTTP and of arbitrary ones, cut
anywhere. Whoever answers says what it was asked. What must hold of any of them: nothing is raised; what is written back
is a sequence of whole replies, of which only the last may be a refusal or say that the connection ends, and which ends
it if it does; a request means the same however it was cut; and one that was answered was there, with this method,
target and body, to `read`, which takes all of the bytes at once and has a dozen lines where the server has a parser.
"""

from __future__ import annotations

import asyncio
import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass

import atheris

with atheris.instrument_imports(include=["proxy.worker.http", "proxy.worker.client", "proxy.worker.request_head"]):
    from proxy.config.settings import Listen
    from proxy.worker.client import Client
    from proxy.worker.http import Connection

from fuzz.upstreams import Wire, cut

PIECES = (
    b"GET /v1/x HTTP/1.1\r\n",
    b"POST /v1/y?a=%2F HTTP/1.1\r\n",
    b"HEAD /v1/x HTTP/1.1\r\n",
    b"GET /v1/x HTTP/1.0\r\n",
    b"POST http://h/v1/y HTTP/1.1\r\n",
    b"CONNECT h:1 HTTP/1.1\r\n",
    b"GET /v1/x HTTP/1.1\r\nHost: h\r\n\r\n",
    b"POST /v1/y HTTP/1.1\r\nContent-Length: 2\r\n\r\nhi",
    b"POST /v1/y HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n",
    b"Content-Length: 2\r\n",
    b"Content-Length: 0\r\n",
    b"content-length:3\r\n",
    b"Content-Length: ",
    b"Transfer-Encoding: chunked\r\n",
    b"Transfer-Encoding: gzip, chunked\r\n",
    b"Transfer-Encoding: ",
    b"Connection: close\r\n",
    b"Connection: keep-alive\r\n",
    b"Connection: upgrade\r\nUpgrade: x\r\n",
    b"Expect: 100-continue\r\n",
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
LOOP = asyncio.new_event_loop()
LISTEN = Listen("127.0.0.1", max_header=4096)
_LINE = re.compile(rb"[\r\n]*([A-Z-]+) +([^ \r\n]+) +HTTP/1\.([01])\r\n((?:[^\r\n]+\r\n)*)\r\n")
_CHUNK = re.compile(rb"([0-9A-Fa-f]+)(?:;[^\r\n]*)?\r\n")
_TRAILERS = re.compile(rb"(?:[^\r\n]+\r\n)*\r\n")
_REPLY = re.compile(
    rb"(?:HTTP/1\.1 100 Continue\r\n\r\n)?HTTP/1\.1 (\d{3}) [^\r\n]*\r\n"
    rb"((?:[^\r\n]+\r\n)*?)content-length: (\d+)\r\n((?:[^\r\n]+\r\n)*)\r\n"
)
_OK = b"200"
_TURNS = 6  # of the loop, in which whatever is under way must come to its end


@dataclass(frozen=True, slots=True)
class Asked:
    """A request, as who answered it saw it."""

    method: str
    target: str
    body: bytes


class Recording(Wire):
    """What the connection writes to, and keeps."""

    def __init__(self, connection: Connection) -> None:
        super().__init__()
        self.written = bytearray()
        self._connection = connection

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Kept, until somebody closes it."""
        if not self.closing:
            self.written += data

    def close(self) -> None:
        """The connection hears of it in the next turn, as of a real transport."""
        if not self.closing:
            super().close()
            LOOP.call_soon(self._connection.connection_lost, None)

    abort = close


async def converse(pieces: Sequence[bytes]) -> tuple[list[Asked], bytes, bool]:
    """Feed pieces to a connection: who was answered, what was written back, and whether the connection had ended."""
    asked: list[Asked] = []

    async def answer(client: Client) -> None:
        try:
            body, more = client.body() or b"", not client.whole
            while more:
                piece, more = await client.read()
                body += piece
        except asyncio.CancelledError:
            assert client.gone
            client.task.uncancel()
            return
        asked.append(Asked(client.method, client.target, body))
        client.start(200, [(b"content-length", b"2")])
        client.write(b"ok", more=False)

    connection = Connection(answer, lambda: LISTEN, set(), LOOP)
    wire = Recording(connection)
    connection.connection_made(wire)
    for piece in pieces:
        if not wire.closing:
            connection.data_received(piece)
        await settled()
    ended = wire.closing
    wire.close()
    await settled()
    assert connection.task.done(), "somebody waits for what can no longer come"
    connection.task.result()
    return asked, bytes(wire.written), ended


async def settled() -> None:
    """Let whatever can go on go on."""
    for _ in range(_TURNS):
        await asyncio.sleep(0)


def read(raw: bytes) -> list[Asked]:
    """The whole requests at the start of these bytes."""
    found, at = [], 0
    while head := _LINE.match(raw, at):
        lines = b"\n" + head[4].lower()
        length = re.search(rb"\ncontent-length:[ \t]*(\d+)[ \t]*\r", lines)
        body: bytes | None = b""
        at = head.end()
        if b"\ntransfer-encoding:" in lines:
            body, at = _dechunked(raw, at)
        elif length is not None:
            body, at = raw[at : at + int(length[1])], at + int(length[1])
        if body is None or at > len(raw):
            break
        target = re.sub(rb"^http://[^/?#]*", b"", head[2])
        found.append(Asked(head[1].decode(), target.partition(b"#")[0].decode("latin-1") or "/", body))
    return found


def _dechunked(raw: bytes, at: int) -> tuple[bytes | None, int]:
    body = b""
    while chunk := _CHUNK.match(raw, at):
        size, start = int(chunk[1], 16), chunk.end()
        if not size:
            trailers = _TRAILERS.match(raw, start)
            return (body, trailers.end()) if trailers else (None, at)
        if raw[start + size : start + size + 2] != b"\r\n":
            return None, at
        body += raw[start : start + size]
        at = start + size + 2
    return None, at


def replies(written: bytes, asked: Sequence[Asked], *, ended: bool) -> None:
    """What is written back is whole replies, one for each request and at most one refusal, which is the last."""
    at, refused, number = 0, False, 0
    while at < len(written):
        head = _REPLY.match(written, at)
        if head is None:
            assert written[at:] == b"HTTP/1.1 100 Continue\r\n\r\n", written
            break
        assert not refused, written
        refused = head[1] != _OK
        closing = b"connection: close\r\n" in head[2] + head[4]
        assert closing or not refused, written
        bodiless = not refused and asked[number].method == "HEAD"
        at = head.end() + (0 if bodiless else int(head[3]))
        number += not refused
        assert at <= len(written), written
        assert not closing or at == len(written), written
        assert not closing or ended, written
    assert number == len(asked), (written, asked)


def made_up(data: atheris.FuzzedDataProvider) -> bytes:
    """Up to 30 pieces, each from the list or of arbitrary bytes."""
    made = []
    for _ in range(data.ConsumeIntInRange(0, 30)):
        known = data.ConsumeBool()
        made.append(data.PickValueInList(list(PIECES)) if known else data.ConsumeBytes(data.ConsumeIntInRange(0, 9)))
    return b"".join(made)


def one(given: bytes) -> None:
    """One input of the fuzzer's."""
    data = atheris.FuzzedDataProvider(given)
    raw = made_up(data)
    pieces = cut(data, raw)
    asked, written, ended = LOOP.run_until_complete(converse(pieces))
    replies(written, asked, ended=ended)
    assert asked == read(raw)[: len(asked)], (raw, asked, read(raw))
    for again in ([raw] if raw else [], [raw[place : place + 1] for place in range(len(raw))]):
        assert LOOP.run_until_complete(converse(again))[0] == asked, (raw, again, asked)


def main() -> None:
    """Until it is stopped, or as libFuzzer's options say."""
    asyncio.set_event_loop(LOOP)
    atheris.Setup(sys.argv, one)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
