"""A stream of server-sent events cut into its events, each with the bytes it came in: for whoever edits a stream.

Joined, the blocks are the stream, byte for byte, whatever its line ends and comments. Its counterpart is
``sse``, which gives the same events and forgets their bytes. At most one incomplete event is held back, and of that no
more than ``LIMIT`` bytes.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import NamedTuple

LIMIT = 16 * 1024 * 1024  # bytes of one event; a Responses stream repeats the whole reply in its last one
_DATA, _EVENT, _END = b"data: ", b"event: ", b"\n\n"
_BOM = b"\xef\xbb\xbf"
_BLANK = re.compile(  # a CR after another line end may be the first half of a CRLF: the next byte tells
    rb"(?>\r\n|\n)(?:\r\n|\n|\r(?=.))|\r(?!\n)(?>\r\n|\n|\r)", re.DOTALL
)
_LINE = re.compile(rb"([^\r\n]*)(?>\r\n|\n|\r|\Z)")
_PARTIAL = 3  # bytes of a blank line that may lie at the end of what was searched


class Block(NamedTuple):
    """One event as it came. ``places`` says where its data lie: (offset in ``data``, offset in ``raw``) of each line.

    ``data`` is empty where there are none: a comment, a blank line.
    """

    raw: bytes
    data: bytes
    name: str = ""
    places: tuple[tuple[int, int], ...] = ()


def edited(block: Block, edits: list[tuple[int, int, bytes]]) -> bytes:
    """The event's bytes with these spans of its data replaced; the spans in order, none overlapping."""
    return replaced(block.raw, [(_place(block, start), _place(block, end), new) for start, end, new in edits])


def replaced(data: bytes, edits: list[tuple[int, int, bytes]]) -> bytes:
    """The bytes with these spans replaced."""
    if len(edits) == 1:
        start, end, new = edits[0]
        return data[:start] + new + data[end:]
    pieces, at = [], 0
    for start, end, new in edits:
        pieces += [data[at:start], new]
        at = end
    return b"".join([*pieces, data[at:]])


def _place(block: Block, offset: int) -> int:
    """Where in an event's bytes an offset in its data is."""
    line = bisect_right(block.places, (offset, len(block.raw))) - 1
    begins, lies = block.places[line]
    return lies + offset - begins


class Blocks:
    """Takes a stream's chunks, split anywhere, and gives its events."""

    __slots__ = ("_pending", "_returns", "_searched", "_start", "overflown")

    def __init__(self) -> None:
        self._pending = bytearray()
        self._searched = 0  # bytes of those in which there is no blank line
        self._returns = False  # whether the stream has carriage returns
        self._start = True
        self.overflown = False

    @property
    def held(self) -> int:
        """Bytes of the incomplete event."""
        return len(self._pending)

    def feed(self, chunk: bytes) -> list[Block]:
        """The events that these bytes complete.

        An event beyond the limit sets ``overflown``; from then on nothing is read, and ``close`` gives what is held.
        """
        if not self._returns:
            self._returns = chunk.find(b"\r") >= 0
        buffer, searched = chunk, 0
        if self._pending:
            self._pending += chunk
            if not self._is_whole():
                return self._waiting()
            buffer, searched = bytes(self._pending), self._searched
        blocks, at = [], 0
        while (end := self._end(buffer, max(at, searched))) > 0:
            blocks.append(self._block(buffer[at:end]))
            at = end
        self._pending = bytearray(buffer[at:])
        self._waiting()
        return blocks

    def single(self, chunk: bytes) -> bytes | None:
        """The data of a chunk that is one event and nothing but a line of data, as nearly all are; None of another.

        Such a chunk is not to be fed.
        """
        last = len(chunk) - len(_END)
        if self._pending or self._returns or chunk.find(b"\n") != last or chunk.find(_END, last) < 0:
            return None
        if not chunk.startswith(_DATA) or chunk.find(b"\r") >= 0:
            return None
        self._start = False
        return chunk[len(_DATA) : last]

    def close(self) -> bytes:
        """What is held of an event that has no end yet."""
        rest, self._pending, self._searched = bytes(self._pending), bytearray(), 0
        return rest

    def last(self, rest: bytes) -> Block:
        """The event that a stream's end cut short, of the bytes that ``close`` gave."""
        return self._block(rest)

    def _is_whole(self) -> bool:
        if self._returns:
            return _BLANK.search(self._pending, self._searched) is not None
        return self._pending.find(_END, self._searched) >= 0

    def _waiting(self) -> list[Block]:
        """What is pending has no event's end in it."""
        self._searched = max(0, len(self._pending) - _PARTIAL)
        self.overflown = len(self._pending) > LIMIT
        return []

    def _end(self, buffer: bytes, start: int) -> int:
        """Where the event ends that begins before ``start`` or there; 0 if it has no end yet."""
        if self._returns:
            found = _BLANK.search(buffer, start)
            return found.end() if found else 0
        at = buffer.find(_END, start)
        return at + len(_END) if at >= 0 else 0

    def _block(self, raw: bytes) -> Block:
        first, self._start = self._start, False
        return (None if self._returns else _usual(raw)) or _read(
            raw, len(_BOM) if first and raw.startswith(_BOM) else 0
        )


def _usual(raw: bytes) -> Block | None:
    """An event of a line of data, perhaps with a name before it; None of any other."""
    name, at = "", 0
    if raw.startswith(_EVENT):
        at = raw.find(b"\n") + 1
        name = raw[len(_EVENT) : at - 1].decode("utf-8", "replace")
    last = len(raw) - len(_END)
    if not raw.startswith(_DATA, at) or raw.find(b"\n", at) != last:
        return None
    return Block(raw, raw[at + len(_DATA) : last], name, ((0, at + len(_DATA)),))


def _read(raw: bytes, start: int) -> Block:
    data: list[bytes] = []
    places: list[tuple[int, int]] = []
    name, size = "", 0
    for line in _LINE.finditer(raw, start):
        field, _, value = line[1].partition(b":")
        spaced = value.startswith(b" ")
        if field == b"event":
            name = value[spaced:].decode("utf-8", "replace")
        elif field == b"data":
            places.append((size, line.end(1) - len(value) + spaced))
            data.append(value[spaced:])
            size += len(data[-1]) + 1
    return Block(raw, b"\n".join(data), name, tuple(places))
