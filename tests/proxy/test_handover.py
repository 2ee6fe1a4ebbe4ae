"""Frames: what one process writes, the other reads, however the socket cuts it."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from itertools import pairwise

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.handover import (
    MAX_FRAME,
    Assured,
    Counts,
    Frame,
    Goodbye,
    Hello,
    Record,
    Settled,
    Snapshot,
    Unchanged,
    add_frame,
    frame,
    frames,
)
from routing.confidence.assurance import Assurance, Bar
from routing.confidence.calibration import Calibration
from routing.confidence.prompt import PromptHead
from routing.confidence.views import WHOLE

RECORD = Record(
    pair="01f0",
    route="support",
    endpoint="chat_completions",
    path="/chat/completions?x=1",
    started=1_700_000_000.25,
    request=b'{"model": "\xc3\xa9"}',
    arm="teacher",
    reason="weight_zero",
    status=200,
    content_type="text/event-stream",
    encoding="gzip",
    reply=bytes(range(256)),
    failure="",
    outcome="ok",
    first_token=None,
    total=1.5,
    overhead=0.0001,
    gaps=[0.25, 0.5],
    oversized=True,
    mirror=False,
    store=False,
    conversation="c",
    traceparent="00-0af7-b7ad-01",
    slice="math",
    met=["x-team=a"],
    fallback="connect",
)
ASSURANCE = Assurance(
    version=3,
    bars={
        "math": {
            WHOLE: Bar(Calibration(0.5, (1.0,), (-2.0,), (0.0,), (0.0, 1.0), (0.25, 1.0), 9, "1"), 0.875),
            24: Bar(Calibration()),
        }
    },
    silent=frozenset({"messages"}),
    unproven={"math": ("refusal",)},
    prompt={"math": PromptHead(0.25, (1.0,), (0.0,), (2.0,))},
)
EVERY_KIND: tuple[Frame, ...] = (
    Hello("0", 4711),
    RECORD,
    Counts([("requests", ("x", "ok"), 3.0)], [("overhead_seconds", (), [1, 0], 0.5)], 2, "c0ffee", config_ok=True),
    Goodbye(),
    Snapshot(7, 5.0, {"support": {"math": 1_500}, "other": {}}, {"support": 40_000}, {"support": 3}),
    Settled(12),
    Assured({"support": ASSURANCE, "other": Assurance()}),
    Unchanged(8, 5.0),
)
BYTES = b"".join(map(frame, EVERY_KIND))


def read(*pieces: bytes) -> list[Frame]:
    """The frames of a connection on which these pieces come before it ends in good order."""
    return asyncio.run(_read(pieces))


async def _read(pieces: tuple[bytes, ...]) -> list[Frame]:
    reader = asyncio.StreamReader()
    feeding = asyncio.create_task(_feed(reader, pieces))
    found = [message async for message in frames(reader)]
    await feeding
    return found


async def _feed(reader: asyncio.StreamReader, pieces: tuple[bytes, ...]) -> None:
    for piece in pieces:
        reader.feed_data(piece)
        await asyncio.sleep(0)
    reader.feed_eof()


@pytest.mark.parametrize("message", EVERY_KIND, ids=lambda message: type(message).__name__)
def test_every_kind_of_frame_comes_back_as_it_was(message: Frame) -> None:
    """A field lost here is a field the examiner never sees."""
    assert read(frame(message)) == [message]


def test_frames_are_added_to_what_is_there() -> None:
    """A worker gathers those of one turn in one buffer, and bounds it by the size of each."""
    buffer = bytearray()
    sizes = [add_frame(message, buffer) for message in EVERY_KIND]
    assert (bytes(buffer), sizes) == (BYTES, [len(frame(message)) for message in EVERY_KIND])


def test_what_cannot_be_framed_leaves_no_bytes() -> None:
    """Half a frame before the next would make every later one unreadable."""
    buffer = bytearray(BYTES)
    with pytest.raises(UnicodeEncodeError):
        add_frame(msgspec.structs.replace(RECORD, fallback="\ud800"), buffer)
    assert buffer == BYTES


def test_the_examples_cover_every_kind() -> None:
    """A kind added to the protocol joins the table above."""
    assert {type(message) for message in EVERY_KIND} == set(Frame.__args__)  # type: ignore[attr-defined] # a Union's


@given(st.lists(st.integers(0, len(BYTES)), max_size=12))
def test_a_split_anywhere_changes_nothing(cuts: list[int]) -> None:
    """A stream socket keeps no borders between messages."""
    borders = [0, *sorted(cuts), len(BYTES)]
    pieces = [BYTES[start:end] for start, end in pairwise(borders)]
    assert read(*pieces) == list(EVERY_KIND)


@given(st.integers(0, len(frame(RECORD)) - 1))
def test_a_connection_that_ends_within_a_frame_ends_quietly(kept: int) -> None:
    """That is how a killed peer looks; what came before it counts."""
    assert read(frame(Hello("0", 1)), frame(RECORD)[:kept]) == [Hello("0", 1)]


def test_a_broken_connection_ends_quietly() -> None:
    """A reset is an end like any other."""

    async def broken() -> list[Frame]:
        reader = asyncio.StreamReader()
        reader.feed_data(frame(Goodbye()))
        reader.set_exception(ConnectionResetError())
        return [message async for message in frames(reader)]

    assert asyncio.run(broken()) == []


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"\xc1",
        b"\x00",
        b"\x91\x63",
        b"\x92\x01\xa10",
        b"\x93\x01\x01\x01",
        frame(Settled(1))[4:] + b"\x00",
    ],
    ids=["empty", "not-messagepack", "not-an-array", "unknown-kind", "field-missing", "wrong-type", "trailing-byte"],
)
def test_bytes_that_are_no_frame_are_refused(payload: bytes) -> None:
    """Misread once, every later frame would be misread: the reader must know."""
    with pytest.raises(msgspec.DecodeError):
        read(len(payload).to_bytes(4, "big") + payload)


def test_an_oversize_frame_is_refused_before_it_is_read() -> None:
    """Else four bytes of garbage would make the reader collect gigabytes."""
    with pytest.raises(msgspec.DecodeError, match=f"{MAX_FRAME + 1} bytes exceeds the limit of {MAX_FRAME}"):
        read((MAX_FRAME + 1).to_bytes(4, "big"))


@given(st.binary(max_size=200))
def test_garbage_is_refused_or_ends_quietly(garbage: bytes) -> None:
    """Nothing else may come out of the reader: its caller handles these two."""
    with suppress(msgspec.DecodeError):
        read(garbage)


@given(st.binary(max_size=5000), st.text(max_size=50), st.floats(allow_nan=False), st.lists(st.floats(0, 1)))
def test_any_record_comes_back_as_it_was(reply: bytes, text: str, number: float, gaps: list[float]) -> None:
    """Replies are arbitrary bytes, and names may hold any character."""
    changed = msgspec.structs.replace(RECORD, reply=reply, conversation=text, total=number, gaps=gaps)
    assert read(frame(changed)) == [changed]
