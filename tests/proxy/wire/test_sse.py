"""Server-sent events."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.wire.sse import Event, Parser, events

LINES = st.sampled_from(
    ["data: a", "data:b", "data", "data: é€😀", "event: x", "event", ":", "id: 1", "retry: 5", "", "?", "\ufeff"]
)
STREAMS = st.lists(st.tuples(LINES, st.sampled_from(["\n", "\r\n", "\r"]))).map(
    lambda lines: "".join(line + end for line, end in lines).encode()
)


@pytest.mark.parametrize(
    ("stream", "expected"),
    [
        (b"data: a\n\n", [Event(b"a")]),
        (b"data: a\r\n\r\ndata: b\r\rdata: c\n\n", [Event(b"a"), Event(b"b"), Event(b"c")]),
        (b"data: a\ndata: b\ndata:\n\n", [Event(b"a\nb\n")]),
        (b"event: x\ndata:  a\n\ndata: b\n\n", [Event(b" a", "x"), Event(b"b")]),
        (b": hello\n\ndata: a\n:\n\n", [Event(b"a")]),
        (b"\xef\xbb\xbfdata: a\n\n", [Event(b"a")]),
        (b"event: only\n\ndata: a\n\n", [Event(b"a")]),
        (b"id: 1\nretry: 2\nnonsense\ndata: a\n\n", [Event(b"a")]),
        (b"data\n\n", [Event(b"")]),
        (b"data: a\n\ndata: [DONE]", [Event(b"a"), Event(b"[DONE]", terminated=False)]),
        (b"data: a\n", [Event(b"a", terminated=False)]),
        (b"", []),
        (b"\n\n\n", []),
    ],
)
def test_streams_and_their_events(stream: bytes, expected: list[Event]) -> None:
    """The standard's rules, one by one, and the one deviation: the stump of a cut stream."""
    assert events(stream) == expected


@given(STREAMS | st.binary(), st.lists(st.integers(0, 40)))
def test_any_split_gives_the_same_events(stream: bytes, sizes: list[int]) -> None:
    """TCP splits inside line ends and inside characters; no client may notice."""
    parser = Parser()
    found = []
    rest = stream
    for size in sizes:
        found += parser.feed(rest[:size])
        rest = rest[size:]
    found += parser.feed(rest) + parser.close()
    assert found == events(stream)


@given(STREAMS)
def test_every_single_byte_split_gives_the_same_events(stream: bytes) -> None:
    """The worst split there is."""
    parser = Parser()
    found = [event for i in range(len(stream)) for event in parser.feed(stream[i : i + 1])]
    assert found + parser.close() == events(stream)


def test_a_long_line_in_small_chunks_takes_linear_time() -> None:
    """Joining anew at each chunk would copy eight terabytes for one event of 40 MB."""
    parser = Parser()
    parser.feed(b"data: ")
    for _ in range(400_000):
        parser.feed(b"x" * 100)
    (event,) = parser.feed(b"\n\n")
    assert len(event.data) == 40_000_000
