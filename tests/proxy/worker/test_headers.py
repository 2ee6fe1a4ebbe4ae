"""Which headers pass: a table for what must not, and a property for everything else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.upstream import Headers
from proxy.worker.headers import forwarded, returned, value

HOP_BY_HOP = (
    b"connection",
    b"keep-alive",
    b"proxy-authenticate",
    b"proxy-authorization",
    b"proxy-connection",
    b"te",
    b"trailer",
    b"transfer-encoding",
    b"upgrade",
)
OURS = (b"x-practicum-arm", b"x-practicum-mirror", b"x-practicum-conversation", b"x-practicum-", b"x-practicum-new")
PAIR = ((b"x-practicum-pair", b"p1"), (b"x-practicum-arm", b"teacher"))
OPENAI: Headers = ((b"authorization", b"Bearer client"),)
ANTHROPIC: Headers = ((b"x-api-key", b"client"), (b"anthropic-version", b"2023-06-01"))


def passed_on(*headers: tuple[bytes, bytes]) -> Headers:
    """What a teacher without a key of its own gets from a client whom nobody asks for one."""
    return forwarded(headers, api_key=None, keep_credentials=True)


def given_back(*headers: tuple[bytes, bytes], status: int = 200) -> Headers:
    """What the client gets."""
    return returned(headers, status, pair="p1", arm="teacher")


@pytest.mark.parametrize("name", [*HOP_BY_HOP, *OURS, b"host", b"content-length", b"expect"])
def test_a_request_leaves_behind_what_is_between_client_and_proxy(name: bytes) -> None:
    """Passed on, these would confuse the upstream's framing or let a client speak in our name."""
    assert passed_on((b"accept", b"*/*"), (name, b"x"), (b"x-end", b"1")) == [(b"accept", b"*/*"), (b"x-end", b"1")]


@pytest.mark.parametrize("name", [*HOP_BY_HOP, *OURS])
def test_a_reply_leaves_behind_what_is_between_upstream_and_proxy(name: bytes) -> None:
    """An upstream cannot name the arm, nor the framing of a connection that is not its own."""
    assert given_back((name, b"x"), (b"x-end", b"1")) == [(b"x-end", b"1"), *PAIR]


@pytest.mark.parametrize(
    "lines",
    [
        [b"x-secret"],
        [b"close, X-Secret"],
        [b"keep-alive , x-secret,"],
        [b"Keep-Alive", b"x-secret"],
        [b"close", b" X-SECRET "],
    ],
)
def test_a_header_that_connection_names_stays_on_its_hop(lines: list[bytes]) -> None:
    """Whatever the case and however many lines say so."""
    headers = [*((b"connection", line) for line in lines), (b"x-secret", b"1"), (b"x-open", b"2")]
    assert passed_on(*headers) == [(b"x-open", b"2")]
    assert given_back(*headers) == [(b"x-open", b"2"), *PAIR]


@pytest.mark.parametrize(
    ("headers", "api_key", "keep", "expected"),
    [
        (OPENAI, None, True, [(b"authorization", b"Bearer client")]),
        (OPENAI, None, False, []),
        (OPENAI, "ours", True, [(b"authorization", b"Bearer ours")]),
        (OPENAI, "ours", False, [(b"authorization", b"Bearer ours")]),
        (ANTHROPIC, None, True, list(ANTHROPIC)),
        (ANTHROPIC, None, False, [(b"anthropic-version", b"2023-06-01")]),
        (ANTHROPIC, "ours", True, [(b"anthropic-version", b"2023-06-01"), (b"x-api-key", b"ours")]),
        (ANTHROPIC, "ours", False, [(b"anthropic-version", b"2023-06-01"), (b"x-api-key", b"ours")]),
        ((), None, True, []),
        ((), None, False, []),
        ((), "ours", True, [(b"authorization", b"Bearer ours")]),
        ((), "ours", False, [(b"authorization", b"Bearer ours")]),
        (((b"anthropic-version", b"v"),), "ours", False, [(b"anthropic-version", b"v"), (b"x-api-key", b"ours")]),
        (((b"api-key", b"azure"),), None, True, [(b"api-key", b"azure")]),
        (((b"api-key", b"azure"),), None, False, []),
        (((b"api-key", b"azure"),), "ours", True, [(b"authorization", b"Bearer ours")]),
        ((*OPENAI, *ANTHROPIC), "ours", True, [(b"anthropic-version", b"2023-06-01"), (b"x-api-key", b"ours")]),
    ],
)
def test_credentials_reach_only_whom_they_are_for(
    headers: Headers, api_key: str | None, keep: bool, expected: Headers
) -> None:
    """A key of this proxy's must never reach the teacher, nor a client's beside the teacher's own."""
    assert forwarded(headers, api_key=api_key, keep_credentials=keep) == expected


@pytest.mark.parametrize(
    ("status", "framing", "kept"),
    [
        (200, (), True),
        (404, (), True),
        (204, (), False),
        (304, (), False),
        (200, ((b"transfer-encoding", b"chunked"),), False),
    ],
)
def test_a_length_passes_where_it_is_true(status: int, framing: Headers, kept: bool) -> None:
    """A length on a reply without a body, or beside chunks, makes a client wait for bytes that never come."""
    headers = given_back(*framing, (b"content-length", b"5"), status=status)
    assert headers == [*([(b"content-length", b"5")] if kept else []), *PAIR]


def test_values_pass_as_they_are() -> None:
    """Order, repetition, bytes beyond ASCII, and emptiness all mean something to somebody."""
    odd = ((b"set-cookie", b"a=1"), (b"x-latin", b"caf\xe9"), (b"set-cookie", b"b=2, c"), (b"x-empty", b""))
    assert passed_on(*odd) == list(odd)
    assert given_back(*odd) == [*odd, *PAIR]


def test_the_first_value_counts_and_none_is_empty() -> None:
    """One answer for every reader of a header."""
    assert value(((b"a", b"1"), (b"b", b"2"), (b"b", b"3")), b"b") == b"2"
    assert value((), b"b") == b""


NAMES = st.sampled_from((*HOP_BY_HOP, *OURS, b"authorization", b"x-api-key", b"content-length", b"x-a", b"x-b"))
VALUES = st.sampled_from((b"", b"close", b"x-a", b"X-A , te", b"\xff", b",,")) | st.binary(max_size=8)


@given(st.lists(st.tuples(NAMES, VALUES), max_size=8), st.booleans())
def test_what_passes_is_what_came_in_its_order(headers: list[tuple[bytes, bytes]], keep: bool) -> None:
    """For any headers: nothing of the hop, nothing invented, nothing moved."""
    for result in (forwarded(headers, api_key=None, keep_credentials=keep), given_back(*headers)[: -len(PAIR)]):
        rest = iter(headers)
        assert all(header in rest for header in result)  # a subsequence
        assert not any(name in HOP_BY_HOP or name.startswith(b"x-practicum-") for name, _ in result)


@given(st.lists(st.tuples(NAMES, VALUES), max_size=8), st.booleans())
def test_passing_twice_is_passing_once(headers: list[tuple[bytes, bytes]], keep: bool) -> None:
    """A second proxy of the same kind changes nothing more."""
    once = forwarded(headers, api_key=None, keep_credentials=keep)
    assert forwarded(once, api_key=None, keep_credentials=keep) == once
