"""Where in a JSON document's bytes its values lie: for edits that leave every other byte as its sender wrote it.

``located`` is told the values and finds them in a few searches, or says that it cannot be sure; ``search`` is told
their paths and reads the whole document, which takes a hundred times as long. Its counterpart is ``fields``, which
takes an object apart and joins it anew.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable

import msgspec

Span = tuple[int, int]
Path = tuple[str | int, ...]
"""Keys from the outermost object to the value; 0 stands for any place in an array."""

ANY = 0
_TOKEN = re.compile(rb'[{}\[\],]|"(?:[^"\\]++|\\.)*+"?|[^\s{}\[\]:,"]++', re.DOTALL)
_SPACE = b" \t\r\n"
_OPENING, _CLOSING = (b"{", b"["), (b"}", b"]")


def located(data: bytes, key: bytes, values: Iterable[msgspec.Raw]) -> list[Span] | None:
    """The spans of all values that ``key`` (with its quotes) has in a document, in their order.

    None where the key's bytes also stand elsewhere: under another path, spelled otherwise, or at a string's end.
    """
    spans, at = [], 0
    for value in values:
        found = data.find(key, at)
        if found < 0:
            return None
        begin = found + len(key)
        written = bytes(value)
        start = begin + 1
        at = start + len(written)
        if data[begin:at] != b":" + written:
            start = data.find(written, start)  # there is a space between them
            if start < 0 or data[begin:start].strip(_SPACE) != b":":
                return None
            at = start + len(written)
        spans.append((start, at))
    return spans if data.find(key, at) < 0 else None


def search(data: bytes, paths: Collection[Path]) -> list[Span]:
    """The spans of the values at these paths, in their order; one within another is not given.

    Nothing is raised and no recursion needed, whatever the bytes; of what is no JSON the spans mean nothing.
    """
    scan = _Scan(paths)
    for token in _TOKEN.finditer(data):
        sign = token[0][:1]
        if sign in _CLOSING:
            scan.close(token.end())
        elif sign == b",":
            scan.comma()
        elif sign in _OPENING:
            scan.open(token.start(), sign)
        else:
            scan.scalar(token)
    return scan.spans


class _Scan:
    """A document as far as it was read: for each open container the key it is at, None before there is one."""

    __slots__ = ("_begun", "_depth", "_depths", "_path", "_paths", "spans")

    def __init__(self, paths: Collection[Path]) -> None:
        self.spans: list[Span] = []
        self._paths = paths
        self._depths = {len(path) for path in paths}
        self._path: list[str | int | None] = []
        self._begun, self._depth = -1, 0  # where the wanted container that is open began, and how many are around it

    def open(self, start: int, sign: bytes) -> None:
        if self._wanted():
            self._begun, self._depth = start, len(self._path)
        self._path.append(ANY if sign == b"[" else None)

    def close(self, end: int) -> None:
        if self._path:
            self._path.pop()
        if self._begun >= 0 and len(self._path) == self._depth:
            self.spans.append((self._begun, end))
            self._begun = -1

    def comma(self) -> None:
        if self._path and self._path[-1] != ANY:
            self._path[-1] = None

    def scalar(self, token: re.Match[bytes]) -> None:
        if self._path and self._path[-1] is None:
            self._path[-1] = _key(token[0])
        elif self._wanted():
            self.spans.append(token.span())

    def _wanted(self) -> bool:
        return self._begun < 0 and len(self._path) in self._depths and tuple(self._path) in self._paths


def _key(token: bytes) -> str:
    try:
        key = json.loads(token.decode("utf-8", "replace"))
    except ValueError:
        return ""
    return key if isinstance(key, str) else ""
