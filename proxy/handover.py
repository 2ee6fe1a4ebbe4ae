"""The seam between workers and the examiner: frames on a Unix-domain stream socket, both ends of it.

Records go one way, snapshots the other. A frame is a four-byte big-endian length and a MessagePack array whose first
element is its kind. The worker's end never waits: a record that would make the unsent bytes exceed the bound is shed
and counted. The examiner's end settles what it has concluded, so that after a crash of either side the other knows how
many records were lost in flight. This module refuses to know what a record means: ``proxy.worker`` makes them,
``proxy.examiner.intake`` takes them.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Union

import msgspec

from routing.confidence.assurance import Assurance

MAX_FRAME = 256 * 1024 * 1024
_HEADER = 4
_NO_LENGTH = bytes(_HEADER)


class Hello(msgspec.Struct, frozen=True, array_like=True, tag=1):
    """A worker introduces itself."""

    worker: str
    pid: int


class Declined(msgspec.Struct, frozen=True, array_like=True, kw_only=True):
    """The student's whole reply to a request that the teacher answered in its place; times as a ``Record`` has them."""

    status: int
    content_type: str
    encoding: str
    reply: bytes
    first_token: float | None
    total: float


class Called(msgspec.Struct, frozen=True, array_like=True, kw_only=True):
    """A call of an upstream that ended before the one that answered, or beside it.

    ``started`` and ``ended`` are seconds since the request's start; ``outcome`` as ``upstream_attempts_total`` has it.
    """

    arm: str
    started: float
    ended: float
    status: int
    outcome: str


class Record(msgspec.Struct, frozen=True, array_like=True, tag=2, kw_only=True):
    """One finished exchange. Times are seconds; ``started`` is Unix time; ``failure`` a Failure value or "".

    ``reply`` is the body as it came over the wire (``encoding`` is its content-encoding), cut at the route's bound if
    ``oversized``. ``mirror`` is False for requests that opted out, ``store`` for those marked do-not-store.
    ``arm`` is who answered; ``reason`` is that of the decision, whose arm was the student's where ``fallback`` says why
    the teacher answered in its place.
    ``slice`` is the one that the worker settled, "" where it left that to the examiner; ``met`` are the conditions on
    headers, of the route's slice rules, that hold.
    ``confidence`` is the student's as it was judged, None where it was not; ``held`` is how long its reply was held
    back, in seconds. ``declined`` is that reply, where it came whole and the teacher answered.
    ``asked`` is when the call that answered began, in seconds since ``started``, None where there was none; ``calls``
    are the others that were made for this request.
    """

    pair: str
    route: str
    endpoint: str
    path: str
    started: float
    request: bytes
    arm: str
    reason: str
    status: int
    content_type: str
    encoding: str
    reply: bytes
    failure: str
    outcome: str
    first_token: float | None
    total: float
    overhead: float
    gaps: list[float]
    oversized: bool = False
    mirror: bool = True
    store: bool = True
    conversation: str = ""
    traceparent: str = ""
    slice: str = ""
    met: list[str] = []
    fallback: str = ""
    confidence: float | None = None
    held: float = 0.0
    declined: Declined | None = None
    asked: float | None = None
    calls: tuple[Called, ...] = ()


class Counts(msgspec.Struct, frozen=True, array_like=True, tag=3):
    """A worker's totals since its start, so that a lost frame loses nothing.

    ``counters`` are (metric, label values, total); ``histograms`` (metric, label values, count per bucket, sum).
    """

    counters: list[tuple[str, tuple[str, ...], float]]
    histograms: list[tuple[str, tuple[str, ...], list[int], float]]
    in_flight: int
    config_hash: str
    config_ok: bool


class Goodbye(msgspec.Struct, frozen=True, array_like=True, tag=4):
    """A worker ends in good order: nothing is in flight."""


class Snapshot(msgspec.Struct, frozen=True, array_like=True, tag=5):
    """What workers must know to decide. Older than ``ttl`` seconds, it counts for nothing: teacher.

    ``weights`` are the student's buckets of 100 000 (a percentage times 1 000) by route and slice. What is absent has
    none. ``ill`` has how many 100 000ths of each of a route's weights may be served while its student is ill, or
    returning; of a route that is absent, all. ``assured`` has the version by which each route's student is judged: a
    worker that holds another serves the teacher there.
    """

    sequence: int
    ttl: float
    weights: dict[str, dict[str, int]]
    ill: dict[str, int] = {}
    assured: dict[str, int] = {}


class Settled(msgspec.Struct, frozen=True, array_like=True, tag=6):
    """How many more of this connection's records the examiner has concluded."""

    records: int


class Assured(msgspec.Struct, frozen=True, array_like=True, tag=7):
    """By what students are judged from now on, by route; of a route that is absent, what was said before holds.

    It comes before the first ``Snapshot`` that names its versions.
    """

    routes: dict[str, Assurance]


class Unchanged(msgspec.Struct, frozen=True, array_like=True, tag=8):
    """What this connection's last ``Snapshot`` said still holds, for ``ttl`` seconds from now."""

    sequence: int
    ttl: float


Frame = Union[Hello, Record, Counts, Goodbye, Snapshot, Settled, Assured, Unchanged]

_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(Frame)


def frame(message: Frame) -> bytes:
    """The bytes of one frame."""
    buffer = bytearray()
    add_frame(message, buffer)
    return bytes(buffer)


def add_frame(message: Frame, buffer: bytearray) -> int:
    """Write one frame to a buffer's end, without another copy of its bodies; returns its bytes."""
    start = len(buffer)
    buffer += _NO_LENGTH
    try:
        _encoder.encode_into(message, buffer, -1)
    except BaseException:  # half a frame would make every later one unreadable
        del buffer[start:]
        raise
    size = len(buffer) - start
    buffer[start : start + _HEADER] = (size - _HEADER).to_bytes(_HEADER, "big")
    return size


async def frames(reader: asyncio.StreamReader) -> AsyncIterator[Frame]:
    """The frames of a connection until it ends. Raises ``msgspec.DecodeError`` on bytes that are no frame."""
    try:
        while True:
            size = int.from_bytes(await reader.readexactly(_HEADER), "big")
            if size > MAX_FRAME:
                raise msgspec.DecodeError(f"a frame of {size} bytes exceeds the limit of {MAX_FRAME}")
            yield _decoder.decode(await reader.readexactly(size))
    except (asyncio.IncompleteReadError, ConnectionError):
        return
