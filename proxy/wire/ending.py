"""Did a stream come to its end? A cheap check of the bytes that pass, for the worker's hot path.

A stream cut short by a proxy, a crash or a deploy closes as cleanly as a whole one; only its terminal event tells
them apart. This module looks for that event's line and parses nothing; ``replies`` reads the stream in full, later.
An error event ends nothing: a stream that only ends with one has not come to its end.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from routing.traits import Endpoint


@dataclass(frozen=True, slots=True)
class _Terminal:
    """The terminal event's line, and bytes that are in it but in few other chunks: looking for those is cheaper."""

    hint: bytes
    line: re.Pattern[bytes]


_DONE = _Terminal(b"[DONE]", re.compile(rb"[\r\n]data: ?\[DONE\]"))
_RESPONSE = _Terminal(
    b"response.",
    re.compile(rb'[\r\n](?:event: ?|data: ?\{"type": ?")response\.(?:completed|incomplete|failed)[\r\n"]'),
)
_MESSAGE = _Terminal(
    b"message_stop",
    re.compile(rb'[\r\n](?:event: ?|data: ?\{"type": ?")message_stop[\r\n"]'),
)
_TERMINAL = {
    Endpoint.CHAT: _DONE,
    Endpoint.COMPLETIONS: _DONE,
    Endpoint.RESPONSES: _RESPONSE,
    Endpoint.MESSAGES: _MESSAGE,
}
_OVERLAP = 64  # longer than any terminal event's line up to where it is recognized


class Ending:
    """Watches a stream's chunks for the terminal event. Other endpoints than the four have none: always seen."""

    __slots__ = ("_carry", "_terminal", "seen")

    def __init__(self, endpoint: Endpoint) -> None:
        self._terminal = _TERMINAL.get(endpoint)
        self._carry = b"\n"
        self.seen = self._terminal is None

    def feed(self, chunk: bytes) -> None:
        """Looks at the next bytes, split from the earlier ones anywhere."""
        if self.seen or self._terminal is None:
            return
        window = self._carry + chunk
        # not ``in``, which first tries to take the hint for a number, and raises and catches an error
        self.seen = window.find(self._terminal.hint) >= 0 and self._terminal.line.search(window) is not None
        self._carry = window[-_OVERLAP:]


def ended(endpoint: Endpoint, tail: bytes) -> bool:
    """Whether the terminal event is in the last bytes of a stream.

    The tail must hold the start of the last event. 4 kB do for every endpoint but ``RESPONSES``, whose last event
    repeats the whole reply: watch that one from its start, with ``Ending``.
    """
    ending = Ending(endpoint)
    ending.feed(tail)
    return ending.seen
