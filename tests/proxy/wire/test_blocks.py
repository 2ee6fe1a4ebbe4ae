"""Streams cut into their events, with the bytes they came in."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from proxy.wire.blocks import LIMIT, Block, Blocks, edited, replaced
from proxy.wire.sse import Event, events

pieces = st.sampled_from(
    [
        *(
            b"data: a",
            b"data:b",
            b"data",
            b"data: ",
            b"event: x",
            b"event:y",
            b"id: 1",
            b": ping",
            b"\xef\xbb\xbf",
            b"a:b",
        ),
        *(b"\n", b"\n", b"\n\n", b"\r\n", b"\r", b"\xff", b'data: {"a":1}\n\n', b"event: z\ndata: c\n\n"),
    ]
)
streams = st.lists(pieces, max_size=12).map(b"".join)
sizes = st.lists(st.integers(1, 9), min_size=1, max_size=5)


def cut(stream: bytes, sizes: list[int]) -> list[Block]:
    """The blocks of a stream that comes in pieces of these sizes, its last one included."""
    blocks, found, at, turn = Blocks(), [], 0, 0
    while at < len(stream):
        size = sizes[turn % len(sizes)]
        found += blocks.feed(stream[at : at + size])
        at, turn = at + size, turn + 1
    rest = blocks.close()
    return [*found, blocks.last(rest)] if rest else found


@given(streams, sizes)
def test_joined_the_blocks_are_the_stream(stream: bytes, sizes: list[int]) -> None:
    """Nothing is lost or normalized."""
    assert b"".join(block.raw for block in cut(stream, sizes)) == stream


@given(streams, sizes)
def test_their_events_are_those_of_the_parser(stream: bytes, sizes: list[int]) -> None:
    """Two readers of one format that differ would be two truths about one reply."""
    found = [(block.data, block.name) for block in cut(stream, sizes) if block.places]
    assert found == [(event.data, event.name) for event in events(stream)]


@given(streams)
def test_a_single_event_is_one_to_the_parser_too(stream: bytes) -> None:
    """The way nearly every chunk takes reads what the long one reads."""
    data = Blocks().single(stream)
    assert data is None or events(stream) == [Event(data)]


def test_a_chunk_is_single_only_between_events() -> None:
    """Else it belongs to what is pending."""
    blocks = Blocks()
    assert blocks.single(b"data: a\n\n") == b"a"
    blocks.feed(b"id: 1\n")
    assert blocks.single(b"data: a\n\n") is None
    assert [block.raw for block in blocks.feed(b"data: a\n\n")] == [b"id: 1\ndata: a\n\n"]


def test_data_over_several_lines_are_edited_where_they_lie() -> None:
    """Servers may break a document into lines; what is left of it stays broken as it was."""
    (block,) = Blocks().feed(b': x\r\ndata:{"a":\r\ndata: [1,\r\ndata: 2],"b":\r\ndata:3}\r\n\r\n')
    assert block.data == b'{"a":\n[1,\n2],"b":\n3}'
    start, end = block.data.find(b"["), block.data.find(b"]") + 1
    assert edited(block, [(start, end, b"null")]) == b': x\r\ndata:{"a":\r\ndata: null,"b":\r\ndata:3}\r\n\r\n'
    assert edited(block, [(0, 1, b"<"), (len(block.data) - 1, len(block.data), b">")]).endswith(b"data:3>\r\n\r\n")


def test_an_event_takes_its_whole_blank_line_along() -> None:
    """Else half a line end would stay behind where an event is left out."""
    blocks = Blocks()
    assert blocks.feed(b"data: a\r\n\r") == []
    assert [block.raw for block in blocks.feed(b"\ndata: b\r\n\r\n")] == [b"data: a\r\n\r\n", b"data: b\r\n\r\n"]
    assert [block.raw for block in blocks.feed(b"data: a\r\r")] == [b"data: a\r\r"]


def test_several_spans_are_replaced_at_once() -> None:
    """Of any length."""
    assert replaced(b"0123456789", [(1, 3, b"x"), (3, 4, b""), (8, 10, b"end")]) == b"0x4567end"


def test_an_event_beyond_the_limit_is_given_up() -> None:
    """Whoever feeds it is told, and gets what is held."""
    blocks = Blocks()
    assert blocks.feed(b"x" * LIMIT) == []
    assert (blocks.overflown, blocks.held) == (False, LIMIT)
    assert blocks.feed(b"y") == []
    assert blocks.overflown
    assert len(blocks.close()) == LIMIT + 1
    assert blocks.held == 0
