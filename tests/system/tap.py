"""A tap on the wire between Practicum and an upstream: it passes bytes on, both ways, and remembers them.

With it a test reads what a real server was really sent, and what it really answered, however random its reply. It
refuses to change anything: what one side writes the other gets, and when one side ends so does the other.
"""

from __future__ import annotations

import contextlib
import re
import socket
import threading
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit


@dataclass(slots=True)
class Line:
    """One connection: the bytes that went to the upstream, and those that came back."""

    asked: bytearray = field(default_factory=bytearray)
    answered: bytearray = field(default_factory=bytearray)


class Tap:
    """A port of its own in front of ``url``; use it as a context manager."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        assert parts.hostname, f"{url} names no host"
        self._upstream = (parts.hostname, parts.port or 80)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._lines: list[Line] = []
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def asked(self, mark: str) -> bytes:
        """The bytes of the one POST whose head or body carries ``mark``."""
        return self._exchange(mark)[0]

    def answered(self, mark: str) -> bytes:
        """What came back for it so far: the body, its chunks joined; b"" before its head is there."""
        _, line, place = self._exchange(mark)
        bodies = _bodies(bytes(line.answered))
        return bodies[place] if place < len(bodies) else b""

    def _exchange(self, mark: str) -> tuple[bytes, Line, int]:
        found = [
            (request, line, place)
            for line in list(self._lines)
            for place, request in enumerate(_requests(bytes(line.asked)))
            if mark.encode() in request
        ]
        assert len(found) == 1, f"{len(found)} requests carry {mark}"
        return found[0]

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return  # the tap was closed
            threading.Thread(target=self._connect, args=(client,), daemon=True).start()

    def _connect(self, client: socket.socket) -> None:
        try:
            with client, socket.create_connection(self._upstream) as upstream:
                self._lines.append(line := Line())
                back = threading.Thread(target=_pump, args=(upstream, client, line.answered), daemon=True)
                back.start()
                _pump(client, upstream, line.asked)
                back.join()
        except ConnectionRefusedError:
            return  # the upstream is down, and the client is told by its connection's end


def _pump(source: socket.socket, sink: socket.socket, memory: bytearray) -> None:
    """Pass bytes on until one side ends; then end both."""
    with contextlib.suppress(OSError):  # the pump of the other direction has ended both
        while data := source.recv(65536):
            memory += data
            sink.sendall(data)
    for end in (source, sink):
        with contextlib.suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)


def _requests(data: bytes) -> list[bytes]:
    """The requests of a connection, which are all POST or all GET."""
    return [b"POST /" + rest for rest in data.split(b"POST /")[1:]]


def _bodies(data: bytes) -> list[bytes]:
    """The bodies of a connection's replies; the last may not be whole yet."""
    bodies = []
    while b"\r\n\r\n" in data:
        head, _, data = data.partition(b"\r\n\r\n")
        length = re.search(rb"content-length: *(\d+)", head, re.IGNORECASE)
        size = int(length[1]) if length else 0
        body, data = (data[:size], data[size:]) if length else _joined(data)
        bodies.append(body)
    return bodies


def _joined(data: bytes) -> tuple[bytes, bytes]:
    """A chunked body and what follows it."""
    body, more = b"", True
    while more and b"\r\n" in data:
        line, _, data = data.partition(b"\r\n")
        size = int(line, 16)
        body, data, more = body + data[:size], data[size + 2 :], size > 0
    return body, data
