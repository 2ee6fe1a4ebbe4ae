"""Spans as plain values."""

from __future__ import annotations

import pytest

from proxy.examiner.tracing.span import error_of_call, nanoseconds, server


@pytest.mark.parametrize(
    ("outcome", "status", "error"),
    [
        ("ok", 200, ""),
        ("cancelled", 200, ""),
        ("client_gone", 0, ""),
        ("http_error", 429, "429"),
        ("connect", 0, "connect"),
    ],
)
def test_what_went_wrong_with_a_call_is_named(outcome: str, status: int, error: str) -> None:
    """A call that was given up is no error of the server's."""
    assert error_of_call(outcome, status) == error


@pytest.mark.parametrize(
    ("url", "address", "port"),
    [("http://s/v1", "s", 80), ("https://s.example/v1", "s.example", 443), ("http://[::1]:8000/v1", "::1", 8000)],
)
def test_whom_a_call_asks(url: str, address: str, port: int) -> None:
    """As the conventions split it."""
    assert server(url) == {"server.address": address, "server.port": port}


def test_moments_keep_their_order() -> None:
    """Sub-microsecond differences survive, although a Unix time in a float has none."""
    assert nanoseconds(1_790_000_000.25, 0.000_000_5) - nanoseconds(1_790_000_000.25) == 500
