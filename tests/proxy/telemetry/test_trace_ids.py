"""Ids of traces and spans: the same wherever they are worked out, and what W3C Trace Context says they are."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from proxy.telemetry.trace_ids import Place, Role, drawn, inbound, served, shadow, threshold, traced, traceparent
from proxy.worker.endpoints import new_pair_id

TRACE, SPAN = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
SAMPLED, UNSAMPLED = f"00-{TRACE}-{SPAN}-01", f"00-{TRACE}-{SPAN}-00"
PAIR = "019a0b0c0d0e" + "00112233445566ff"


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (SAMPLED, True),
        (UNSAMPLED, False),
        (f"00-{TRACE}-{SPAN}-03", True),
        (f"00-{TRACE}-{SPAN}-02", False),
        (f"  {SAMPLED}\t", True),
        (f"cc-{TRACE}-{SPAN}-01-what-comes", True),
        ("", None),
        (f"00-{TRACE}-{SPAN}-01-more", None),
        (f"ff-{TRACE}-{SPAN}-01", None),
        (f"00-{'0' * 32}-{SPAN}-01", None),
        (f"00-{TRACE}-{'0' * 16}-01", None),
        (f"00-{TRACE.upper()}-{SPAN}-01", None),
        (f"00-{TRACE}-{SPAN}", None),
        (f"{SAMPLED},{SAMPLED}", None),
        ("\x00" * 200_000, None),
    ],
)
def test_a_header_is_read_as_the_standard_says(header: str, expected: bool | None) -> None:
    """What is no traceparent begins a trace anew; a later version is read as far as this one is known."""
    found = inbound(header)
    assert (found.sampled if found else None) is expected
    assert found is None or found.place == Place(TRACE, SPAN)


def test_a_trace_that_begins_here_is_named_after_its_pair() -> None:
    """So that whoever has one has the other, without asking anybody."""
    place = served(PAIR, Role.SERVER, None)
    assert place == Place("7063" + PAIR, PAIR[12:])
    assert traceparent(place) == f"00-7063{PAIR}-{PAIR[12:]}-01".encode()


def test_a_callers_trace_goes_on() -> None:
    """Its id stays; the span is ours."""
    assert served(PAIR, Role.TEACHER, inbound(SAMPLED)) == Place(TRACE, "00112233445566fd")


def test_the_work_on_a_pair_is_in_a_trace_of_its_own() -> None:
    """Whatever the caller's is: its duration is no latency of the caller's."""
    assert shadow(PAIR, Role.MIRROR) == Place("7073" + PAIR, "00112233445566f6")


def test_the_spans_of_a_pair_differ() -> None:
    """A trace with two spans of one id is drawn as nonsense."""
    pair = new_pair_id()
    assert len({served(pair, role, None, nth).span for role in Role for nth in range(500)}) == 500 * len(Role)
    assert inbound(traceparent(served(pair, Role.STUDENT, None)).decode()) is not None


def test_the_caller_decides_before_the_draw() -> None:
    """A trace with holes is worth little."""
    assert traced(PAIR, inbound(SAMPLED), threshold(0))
    assert not traced(PAIR, inbound(UNSAMPLED), threshold(100))
    assert traced(PAIR, None, threshold(100))
    assert not traced(PAIR, None, threshold(0))


def test_a_share_is_that_share() -> None:
    """Of 20 000 pairs, 5 % are 1 000: six standard deviations are 185."""
    below = threshold(5)
    assert 815 < sum(drawn(new_pair_id(), below) for _ in range(20_000)) < 1185


@example(13.0, 99.99999999999999, "0" * 20 + "20000000")  # one that is rounded to all
@given(st.floats(0, 100), st.floats(0, 100), st.from_regex(r"[0-9a-f]{28}", fullmatch=True))
def test_a_larger_share_holds_all_of_a_smaller_one(one: float, other: float, pair: str) -> None:
    """A request that has a line in the log is traced, where at least as many are."""
    less, more = sorted((one, other))
    assert drawn(pair, threshold(less)) <= drawn(pair, threshold(more))
