"""A student's reply as it comes: what its caller may get of it, and what confidence hears in it. Sans-IO.

The student is asked for log-probabilities that its caller did not ask for (``mirror_request.for_judging``). Fed with
the reply's bytes, split anywhere, a ``StudentReply`` gives those that the same server would have sent unasked, and
keeps what it heard. Where nothing was asked for on top, bytes pass as they come, whatever they are. Nothing raises.

It refuses to judge: ``routing.confidence`` does. Of an encoded reply it can read nothing, and says so; whoever asks
for log-probabilities on top has to ask for ``accept-encoding: identity``.
"""

from __future__ import annotations

from proxy.wire.blocks import Block, Blocks, edited, replaced
from proxy.wire.heard import Heard
from proxy.wire.listening import LISTENED, Listening
from proxy.wire.surplus import Surplus
from routing.traits import Endpoint

_PLAIN = frozenset({"", "identity"})


class _Opaque:
    """A reply that cannot be read: encoded, or of an endpoint that nothing is known of."""

    __slots__ = ("heard",)
    readable = False
    held = 0

    def __init__(self) -> None:
        self.heard = Heard()

    def feed(self, chunk: bytes) -> bytes:
        """The same bytes."""
        return chunk

    def close(self) -> bytes:
        """Nothing is left."""
        return b""

    def deafen(self) -> None:
        """It hears nothing anyway."""


class _Stream:
    """A stream of events. At most one that is incomplete is held back, and only where events are edited."""

    __slots__ = ("_blocks", "_edits", "_listening", "heard", "readable")

    def __init__(self, endpoint: Endpoint, surplus: Surplus) -> None:
        self._blocks = Blocks()
        self._listening = Listening(endpoint, surplus)
        self._edits = surplus is not Surplus.NOTHING
        self.heard = self._listening.heard
        self.readable = True

    @property
    def held(self) -> int:
        return self._blocks.held if self._edits else 0

    def feed(self, chunk: bytes) -> bytes:
        if not self.readable:
            return chunk
        data = self._blocks.single(chunk)
        if data is not None:
            return self._single(chunk, data)
        passed = [self._pass(block) for block in self._blocks.feed(chunk)]
        if self._blocks.overflown:
            self.readable = False
            passed.append(self._blocks.close())
        return b"".join(passed) if self._edits else chunk

    def close(self) -> bytes:
        rest = self._blocks.close()
        passed = self._pass(self._blocks.last(rest)) if rest else b""
        return passed if self._edits else b""

    def deafen(self) -> None:
        self._listening.hears = False

    def _single(self, chunk: bytes, data: bytes) -> bytes:
        edits = self._listening.event("", data)
        if edits is None:
            return b""
        if not edits:
            return chunk
        return b"data: " + replaced(data, edits) + b"\n\n"

    def _pass(self, block: Block) -> bytes:
        if not block.data:
            return block.raw
        edits = self._listening.event(block.name, block.data)
        if edits is None:
            return b""
        return edited(block, edits) if edits else block.raw


class _Whole:
    """A unary reply: it is heard when it has ended, and held back until then where it is to be edited."""

    __slots__ = ("_edits", "_listening", "_pieces", "heard", "held")
    readable = True

    def __init__(self, endpoint: Endpoint, surplus: Surplus) -> None:
        self._listening = Listening(endpoint, surplus)
        self._edits = surplus is not Surplus.NOTHING
        self._pieces: list[bytes] = []
        self.heard = self._listening.heard
        self.held = 0

    def feed(self, chunk: bytes) -> bytes:
        self._pieces.append(chunk)
        self.held += len(chunk) if self._edits else 0
        return b"" if self._edits else chunk

    def close(self) -> bytes:
        body, self._pieces, self.held = b"".join(self._pieces), [], 0
        edits = self._listening.whole(body)
        return replaced(body, edits) if self._edits else b""

    def deafen(self) -> None:
        self._listening.hears = False


StudentReply = _Stream | _Whole | _Opaque
"""A reply that is being read.

Attributes:
    heard: What it said so far; its tokens and texts are for whoever reads them to clear.
    readable: Whether that is anything: False for an encoded reply, for one of another endpoint, and from an event
        beyond ``blocks.LIMIT`` on. What is not readable passes as it is.
    held: Bytes that are held back.

``feed(chunk)`` gives the bytes that may be passed on now, and ``close()`` those that are left at the reply's end, which
must be called in the end: a unary reply is heard then. ``deafen()`` ends the hearing of tokens, from the commit point
on: the reply's texts are heard still, and it is edited, at less cost.
"""


def reading(endpoint: Endpoint, surplus: Surplus, *, stream: bool, encoding: str = "") -> StudentReply:
    """Begin to read a reply: what it was asked for on top, whether it is a stream of events, its content-encoding."""
    if endpoint not in LISTENED or encoding.strip().lower() not in _PLAIN:
        return _Opaque()
    return _Stream(endpoint, surplus) if stream else _Whole(endpoint, surplus)
