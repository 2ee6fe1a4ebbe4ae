"""A caller that speaks HTTP/1.1 from a plain socket, so that a test sees every byte the proxy sends.

It knows whether a body ended as its framing promised (``complete``), which HTTP libraries hide or turn into
exceptions. Its counterpart is ``upstream``.
"""

from __future__ import annotations

import json
import socket
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from types import TracebackType
from typing import Self

Fields = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Head:
    """A status line and its headers: names in lower case, values decoded as Latin-1."""

    status: int
    reason: str
    headers: Fields

    def values(self, name: str) -> list[str]:
        """All values of one header, in order."""
        return [value for key, value in self.headers if key == name]

    def value(self, name: str) -> str | None:
        """The only value of one header, or None."""
        found = self.values(name)
        assert len(found) <= 1, f"{name} came {len(found)} times"
        return found[0] if found else None


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole reply. ``body`` is without its chunk framing; ``complete`` says whether that was kept to the end."""

    head: Head
    body: bytes
    complete: bool

    @property
    def status(self) -> int:
        """Of the final reply."""
        return self.head.status

    def error(self) -> dict[str, object]:
        """The object of an OpenAI-shaped error; fails where the body is none."""
        error = json.loads(self.body)["error"]
        assert set(error) == {"message", "type", "param", "code"}, error
        assert isinstance(error["message"], str), error
        assert error["message"], error
        return dict(error)

    def unzipped(self) -> bytes:
        """A gzip body, decompressed."""
        return zlib.decompress(self.body, 31)


class Caller:
    """One connection to the proxy; use it as a context manager."""

    def __init__(self, address: tuple[str, int], timeout: float = 15.0) -> None:
        self.socket = socket.create_connection(address, timeout)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._file = self.socket.makefile("rb")
        self.complete = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def send(self, data: bytes) -> None:
        """These bytes, as they are."""
        self.socket.sendall(data)

    def head(self) -> Head:
        """The head of the final reply; interim ones are passed over. Raises ConnectionError where none comes."""
        while True:
            start = self._file.readline()
            if not start:
                raise ConnectionResetError("the connection ended before a reply")
            _, status, reason = start.decode("latin-1").rstrip("\r\n").split(" ", 2)
            headers = tuple(self._fields())
            if int(status) >= 200:
                return Head(int(status), reason, headers)

    def pieces(self, head: Head, *, bodiless: bool = False) -> Iterator[bytes]:
        """The body as it arrives: a chunk at a time, or as much as one read gives. Sets ``complete`` at its end."""
        try:
            if bodiless or head.status in {204, 304}:
                self.complete = True
            elif (head.value("transfer-encoding") or "").lower() == "chunked":
                yield from self._chunks()
            elif (length := head.value("content-length")) is not None:
                yield from self._sized(int(length))
            else:
                yield from iter(lambda: self._file.read1(65536), b"")
                self.complete = True
        except ConnectionResetError:
            return

    def answer(self, *, bodiless: bool = False) -> Answer:
        """The whole reply."""
        head = self.head()
        self.complete = False
        body = b"".join(self.pieces(head, bodiless=bodiless))
        return Answer(head, body, self.complete)

    def ended(self) -> bool:
        """Whether the proxy closes this connection without another byte (waits for it)."""
        try:
            return self._file.read1(1) == b""
        except ConnectionResetError:
            return True

    def reset(self) -> None:
        """Leave without ceremony: RST."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close()

    def close(self) -> None:
        """Leave: FIN."""
        self._file.close()
        self.socket.close()

    def _fields(self) -> Iterator[tuple[str, str]]:
        while line := self._file.readline().rstrip(b"\r\n"):
            name, _, value = line.partition(b":")
            yield name.decode("latin-1").lower(), value.strip().decode("latin-1")

    def _chunks(self) -> Iterator[bytes]:
        while line := self._file.readline():
            size = int(line.split(b";")[0], 16)
            data = self._file.read(size)
            if size and data:
                yield data
            if size == 0:
                self.complete = self._past_trailer()
            if size == 0 or len(data) < size or self._file.readline() != b"\r\n":
                return

    def _past_trailer(self) -> bool:
        while (line := self._file.readline()) not in {b"\r\n", b""}:
            pass
        return line == b"\r\n"

    def _sized(self, length: int) -> Iterator[bytes]:
        while length and (data := self._file.read1(min(length, 65536))):
            length -= len(data)
            yield data
        self.complete = length == 0


def request(method: str, target: str, body: bytes | None = None, headers: Fields = ()) -> bytes:
    """The bytes of one HTTP/1.1 request; a host, and with a body content-length and JSON, unless given."""
    names = {name.lower() for name, _ in headers}
    extra = [] if "host" in names else [("host", "proxy.test")]
    if body is not None and not names & {"content-length", "transfer-encoding"}:
        extra.append(("content-length", str(len(body))))
    if body is not None and "content-type" not in names:
        extra.append(("content-type", "application/json"))
    lines = [f"{method} {target} HTTP/1.1", *(f"{name}: {value}" for name, value in (*extra, *headers))]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + (body or b"")
