"""Server-sent events, sans-IO: bytes in, events out, split anywhere.

It follows the WHATWG's event stream format (lines end in LF, CR or CRLF; comments; several data lines make one event;
one BOM is skipped; ``id`` and ``retry`` mean nothing here), with one deviation: an event that the stream's end left
without its blank line is given too, marked as not ``terminated``, because servers end with a bare ``data: [DONE]``.
Data stay bytes: whoever parses them knows what to do with bad UTF-8.
"""

from __future__ import annotations

from typing import NamedTuple

_BOM = b"\xef\xbb\xbf"
_DATA = b"data: "
_NEXT = b"\n\n" + _DATA


class Event(NamedTuple):
    """One event. ``name`` is its ``event`` field, or ""."""

    data: bytes
    name: str = ""
    terminated: bool = True


class Parser:
    """Takes a stream's chunks and gives its events, in time linear in the bytes."""

    __slots__ = ("_after_cr", "_data", "_first", "_name", "_pending")

    def __init__(self) -> None:
        self._pending: list[bytes] = []  # pieces of the line that is not whole yet
        self._after_cr = False  # a LF that opens the next chunk belongs to this line's end
        self._first = True
        self._data: list[bytes] = []
        self._name = ""

    def feed(self, chunk: bytes) -> list[Event]:
        """The events that these bytes complete."""
        if not chunk:
            return []
        if self._after_cr and chunk.startswith(b"\n"):
            chunk = chunk[1:]
        self._after_cr = chunk.endswith(b"\r")
        found = map(self._line, chunk.splitlines(keepends=True))
        return [event for event in found if event is not None]

    def close(self) -> list[Event]:
        """The event that the end of the stream cut short, if it had data."""
        if self._pending:
            self._field(self._take(b""))
        event = self._dispatch(terminated=False)
        return [] if event is None else [event]

    def _line(self, piece: bytes) -> Event | None:
        if not piece.endswith((b"\n", b"\r")):
            self._pending.append(piece)
            return None
        line = piece.rstrip(b"\r\n")
        if self._first or self._pending:
            line = self._take(line)
        if not line:
            return self._dispatch(terminated=True)
        self._field(line)
        return None

    def _take(self, last: bytes) -> bytes:
        """The whole line, of which this is the last piece."""
        self._pending.append(last)
        line = b"".join(self._pending)
        self._pending.clear()
        if self._first:
            self._first = False
            line = line.removeprefix(_BOM)
        return line

    def _field(self, line: bytes) -> None:
        name, _, value = line.partition(b":")
        value = value.removeprefix(b" ")
        if name == b"data":
            self._data.append(value)
        elif name == b"event":
            self._name = value.decode("utf-8", "replace")

    def _dispatch(self, *, terminated: bool) -> Event | None:
        data, name = self._data, self._name
        self._data, self._name = [], ""
        return Event(b"\n".join(data), name, terminated) if data else None


def events(body: bytes) -> list[Event]:
    """The events of a whole stream."""
    if (plain := plain_data(body)) is not None:
        return [Event(data) for data in plain]
    parser = Parser()
    return parser.feed(body) + parser.close()


def plain_data(body: bytes) -> list[bytes] | None:
    """The data of a stream's events, where it is nothing but lines of data, each with its blank line; else None."""
    if not (body.startswith(_DATA) and body.endswith(b"\n\n")) or b"\r" in body:
        return None
    found = body[len(_DATA) : -2].split(_NEXT)
    return found if body.count(b"\n") == 2 * len(found) else None
